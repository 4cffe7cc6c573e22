package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.cases.DutyClocks;
import io.carom.config.Suggestion;
import io.carom.respond.DutyClock;
import io.carom.respond.Response;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// States when something happened that a clock hangs on.
@Command(
        name = "clock",
        header = {
            "States when an incident was seen, known for certain, classified, found material or told, or a duty done.",
            "",
            "  carom incidents clock inc-3f2a9c01d4e7 classified --at 2026-03-02T10:00Z",
            "  carom incidents clock inc-3f2a9c01d4e7 nis2.early-warning --note \"case 4711 at the CSIRT\"",
            "",
            "Without WHAT the clocks are shown.",
            ""
        },
        mixinStandardHelpOptions = true)
final class IncidentClockCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(index = "0", paramLabel = "ID", description = "The incident.")
    String id = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "WHAT",
            description = "seen, aware, classified, material, told, or the id of a duty that was done.")
    @Nullable
    String what;

    @Option(names = "--at", paramLabel = "TIME", description = "When (default: now): 2026-03-02T10:00Z.")
    @Nullable
    String at;

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so (default: the user of this machine).")
    @Nullable
    String by;

    @Option(names = "--note", paramLabel = "TEXT", description = "What is to be remembered of it.")
    String note = "";

    @Option(names = "--undo", description = "Takes it back.")
    boolean undo;

    @Mixin
    KnownParties knownParties = new KnownParties();

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        Instant now = Instant.now();
        try (Cases cases = Cases.open(common.home())) {
            var parties = knownParties.of(common, cases);
            ObjectNode incident = cases.incident(id);
            if (incident == null) {
                throw unknown();
            }
            if (what != null) {
                List<String> known = new ArrayList<>(Response.STATED);
                DutyClocks.of(incident, parties, now).stream()
                        .map(DutyClock::duty)
                        .forEach(d -> known.add(d.id()));
                if (!known.contains(what)) {
                    throw new CommandLine.ParameterException(
                            program,
                            "WHAT: expected " + String.join(", ", known) + "; found \"" + Shown.text(what, 60) + "\"."
                                    + Suggestion.of(what, known));
                }
                String who = by == null ? System.getProperty("user.name", "somebody") : by;
                boolean there = undo
                        ? cases.moments().unstate(id, what, who)
                        : cases.moments().state(id, what, time(program, now), who, note);
                incident = there ? cases.incident(id) : null;
                if (incident == null) {
                    throw unknown();
                }
            }
            DutyClocks.put(incident, parties, now);
            if (common.json) {
                common.out().println(incident);
            } else {
                ClockLines.print(incident.path("clocks"), common.out());
            }
        }
        return Exit.DONE;
    }

    private IOException unknown() {
        return new IOException(
                "there is no incident \"" + Shown.text(id, 60) + "\" in this home; \"carom incidents\" lists them");
    }

    private Instant time(CommandLine program, Instant now) {
        if (at == null) {
            return now;
        }
        try {
            Instant time = Times.of(at);
            if (time.isAfter(now)) {
                throw new CommandLine.ParameterException(program, "--at: " + time + " has not been yet");
            }
            return time;
        } catch (DateTimeException e) {
            throw new CommandLine.ParameterException(
                    program,
                    "--at: \"" + Shown.text(at, 60) + "\" is no time; expected 2026-03-02T10:00Z or 2026-03-02");
        }
    }
}
