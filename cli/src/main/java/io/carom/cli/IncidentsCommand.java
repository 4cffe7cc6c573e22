package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.cases.DutyClocks;
import io.carom.cases.KeptIncidents;
import io.carom.incident.Suppression;
import io.carom.party.Parties;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `carom incidents`: what was found, who works on it, and how far they are.
@Command(
        name = "incidents",
        header = {
            "Lists incidents, shows one, and moves its clocks.",
            "",
            "  carom incidents",
            "  carom incidents ack inc-3f2a9c01d4e7 --note \"called the client\"",
            ""
        },
        subcommands = {
            IncidentsCommand.Ack.class,
            IncidentsCommand.Assign.class,
            IncidentsCommand.Note.class,
            IncidentsCommand.Contain.class,
            IncidentsCommand.Close.class,
            IncidentsCommand.Reopen.class,
            IncidentClockCommand.class,
            IncidentsCommand.Merge.class,
            IncidentsCommand.Split.class,
            IncidentsCommand.Suppress.class,
            IncidentsCommand.Suppressions.class,
            IncidentsCommand.Unsuppress.class
        },
        mixinStandardHelpOptions = true)
final class IncidentsCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "ID", arity = "0..1", description = "Only this one, whole.")
    @Nullable
    String id;

    @Option(names = "--client", paramLabel = "NAME", description = "Only of this client.")
    @Nullable
    String client;

    @Option(names = "--open", description = "Only those that are not closed.")
    boolean open;

    @Mixin
    KnownParties knownParties = new KnownParties();

    @Override
    public Integer call() throws Exception {
        try (Cases cases = Cases.open(common.home())) {
            List<ObjectNode> incidents = new ArrayList<>();
            if (id != null) {
                ObjectNode one = cases.incident(id);
                if (one == null) {
                    throw unknown(id);
                }
                incidents.add(one);
            } else {
                incidents.addAll(cases.incidents());
            }
            if (client != null) {
                incidents.removeIf(i -> !i.path("client").asString("").equals(client));
            }
            if (open) {
                incidents.removeIf(i -> i.path("status").asString("").equals("closed"));
            }
            Parties parties = knownParties.of(common, cases);
            Instant now = Instant.now();
            for (ObjectNode incident : incidents) {
                DutyClocks.put(incident, parties, now);
                if (common.json) {
                    common.out().println(incident);
                } else if (id != null) {
                    whole(incident);
                } else {
                    line(incident);
                }
            }
            if (incidents.isEmpty()) {
                common.note(
                        client != null || open
                                ? "No incident is so; without --client and --open all are listed."
                                : "There are no incidents here. \"carom investigate PATH\" looks for some.");
            }
        }
        return Exit.DONE;
    }

    private static IOException unknown(String id) {
        return new IOException(
                "there is no incident \"" + Shown.text(id, 60) + "\" in this home; \"carom incidents\" lists them");
    }

    private static String text(JsonNode node, String name, int most) {
        return Shown.text(node.path(name).asString(""), most);
    }

    private void line(ObjectNode i) {
        common.out()
                .printf(
                        "%s  %-13s %-12s %s  %s%n",
                        text(i, "id", 20),
                        text(i, "severity", 13),
                        text(i, "status", 12),
                        text(i, "first_seen", 20),
                        text(i, "title", 160));
    }

    private void whole(ObjectNode i) {
        PrintWriter out = common.out();
        new IncidentText(new Paper(out)).whole(i);
        out.println();
        ClockLines.print(i.path("clocks"), out);
        out.println();
        out.println("Log");
        for (JsonNode note : i.path("log")) {
            out.println("  " + text(note, "at", 24) + "  " + text(note, "who", 40) + " " + text(note, "what", 12) + "  "
                    + text(note, "text", 300));
        }
    }

    /// A step of an incident's way from found to closed.
    abstract static class Move implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Parameters(index = "0", paramLabel = "ID", description = "The incident.")
        String id = "";

        @Option(names = "--by", paramLabel = "NAME", description = "Who does it (default: the user of this machine).")
        @Nullable
        String by;

        @Option(names = "--note", paramLabel = "TEXT", description = "What is to be remembered of it.")
        String note = "";

        abstract Cases.Step step();

        String words() {
            return note;
        }

        @Override
        public Integer call() throws Exception {
            String who = by == null ? System.getProperty("user.name", "somebody") : by;
            try (Cases cases = Cases.open(common.home())) {
                if (!cases.step(id, step(), who, words())) {
                    throw unknown(id);
                }
                ObjectNode now = cases.incident(id);
                if (common.json && now != null) {
                    DutyClocks.put(now, KnownParties.kept(common, cases), Instant.now());
                    common.out().println(now);
                } else {
                    common.out().println(id + ": " + (now == null ? "" : text(now, "status", 20)));
                }
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "ack",
            header = {
                "Somebody has seen it.",
                "",
                "  carom incidents ack inc-3f2a9c01d4e7",
                "  carom incidents ack inc-3f2a9c01d4e7 --by ana --note \"called the client\"",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Ack extends Move {
        @Override
        Cases.Step step() {
            return Cases.Step.ACK;
        }
    }

    @Command(
            name = "assign",
            header = {
                "Somebody has it now.",
                "",
                "  carom incidents assign inc-3f2a9c01d4e7 ana",
                "  carom incidents assign inc-3f2a9c01d4e7 ana --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Assign extends Move {
        @Parameters(index = "1", paramLabel = "WHO", description = "Who has it now.")
        String to = "";

        @Override
        Cases.Step step() {
            return Cases.Step.ASSIGN;
        }

        @Override
        String words() {
            return to;
        }
    }

    @Command(
            name = "note",
            header = {
                "Something to remember.",
                "",
                "  carom incidents note inc-3f2a9c01d4e7 \"the VPN account is disabled\"",
                "  carom incidents note inc-3f2a9c01d4e7 \"mail sent to acme\" --by ana",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Note extends Move {
        @Parameters(index = "1", paramLabel = "TEXT", description = "What is to be remembered.")
        String said = "";

        @Override
        Cases.Step step() {
            return Cases.Step.NOTE;
        }

        @Override
        String words() {
            return said;
        }
    }

    @Command(
            name = "contain",
            header = {
                "It can go no further.",
                "",
                "  carom incidents contain inc-3f2a9c01d4e7",
                "  carom incidents contain inc-3f2a9c01d4e7 --note \"link to acme closed\"",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Contain extends Move {
        @Override
        Cases.Step step() {
            return Cases.Step.CONTAIN;
        }
    }

    @Command(
            name = "close",
            header = {
                "It is over.",
                "",
                "  carom incidents close inc-3f2a9c01d4e7",
                "  carom incidents close inc-3f2a9c01d4e7 --note \"hosts rebuilt\"",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Close extends Move {
        @Option(
                names = "--false-alarm",
                description = "It was nothing: what was blocked for it is in firewalls' block list no more.")
        boolean falseAlarm;

        @Override
        Cases.Step step() {
            return falseAlarm ? Cases.Step.FALSE_ALARM : Cases.Step.CLOSE;
        }
    }

    @Command(
            name = "reopen",
            header = {
                "It is not over.",
                "",
                "  carom incidents reopen inc-3f2a9c01d4e7",
                "  carom incidents reopen inc-3f2a9c01d4e7 --note \"the beacon is back\"",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Reopen extends Move {
        @Override
        Cases.Step step() {
            return Cases.Step.REOPEN;
        }
    }

    private static String who(@Nullable String by) {
        return by == null ? System.getProperty("user.name", "somebody") : by;
    }

    @Command(
            name = "merge",
            header = {
                "Makes incidents of one client part of another.",
                "",
                "  carom incidents merge inc-3f2a9c01d4e7 inc-90ab12cd34ef",
                "  carom incidents merge inc-3f2a9c01d4e7 inc-90ab12cd34ef inc-77cc01ab92fe --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Merge implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Parameters(index = "0", paramLabel = "ID", description = "The incident that stays.")
        String whole = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "ID", description = "Those that become part of it.")
        List<String> parts = new ArrayList<>();

        @Option(names = "--by", paramLabel = "NAME", description = "Who does it (default: the user of this machine).")
        @Nullable
        String by;

        @Override
        public Integer call() throws Exception {
            try (Cases cases = Cases.open(common.home())) {
                for (String part : parts) {
                    cases.kept().merge(part, whole, who(by));
                }
                tell(common, cases, whole);
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "split",
            header = {
                "Makes some findings of an incident one of their own, or undoes a merge.",
                "",
                "  carom incidents split inc-3f2a9c01d4e7 --affected fs01",
                "  carom incidents split inc-3f2a9c01d4e7 --analytic carom.beacon --affected 10.1.2.3",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Split implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Parameters(index = "0", paramLabel = "ID", description = "The incident.")
        String id = "";

        @Option(names = "--analytic", paramLabel = "ID", description = "The findings of this rule or analytic.")
        String analytic = "";

        @Option(names = "--affected", paramLabel = "VALUE", description = "The findings about this machine or account.")
        String affected = "";

        @Option(names = "--by", paramLabel = "NAME", description = "Who does it (default: the user of this machine).")
        @Nullable
        String by;

        @Override
        public Integer call() throws Exception {
            try (Cases cases = Cases.open(common.home())) {
                tell(common, cases, cases.kept().split(id, analytic, affected, who(by)));
            }
            return Exit.DONE;
        }
    }

    private static void tell(Common common, Cases cases, String id) throws IOException {
        ObjectNode now = cases.incident(id);
        if (now == null) {
            throw unknown(id);
        }
        if (common.json) {
            common.out().println(now);
        } else {
            common.out().println(id + "  " + text(now, "severity", 13) + "  " + text(now, "title", 200));
        }
    }

    @Command(
            name = "suppress",
            header = {
                "Says that some findings are to be expected: they make no incident, kept ones included, until a day.",
                "",
                "  carom incidents suppress --value 10.1.9.9 --reason \"scanner of the security team\" --until 2027-06-30",
                "  carom incidents suppress --client acme --analytic carom.beacon --value fs01 --reason backup --until"
                        + " 2027-01-31",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Suppress implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Option(names = "--client", paramLabel = "NAME", description = "Only at this client.")
        String client = "";

        @Option(names = "--analytic", paramLabel = "ID", description = "Only of this rule, indicator or analytic.")
        String analytic = "";

        @Option(
                names = "--value",
                paramLabel = "VALUE",
                description = "Only about this machine, address, network, account or indicator.")
        String value = "";

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
        String reason = "";

        @Option(names = "--until", required = true, paramLabel = "DATE", description = "The day it ends.")
        String until = "";

        @Option(names = "--by", paramLabel = "NAME", description = "Who decides (default: the user of this machine).")
        @Nullable
        String by;

        @Override
        public Integer call() throws Exception {
            picocli.CommandLine program =
                    java.util.Objects.requireNonNull(common.spec).commandLine();
            Instant end;
            try {
                end = LocalDate.parse(until).atStartOfDay(ZoneOffset.UTC).toInstant();
            } catch (DateTimeException e) {
                throw new picocli.CommandLine.ParameterException(
                        program, "--until: expected a day such as 2027-06-30, found \"" + until + "\"");
            }
            if (analytic.isEmpty() && value.isEmpty()) {
                throw new picocli.CommandLine.ParameterException(
                        program, "say what is to be expected: --analytic ID, --value VALUE, or both");
            }
            if (!end.isAfter(Instant.now())) {
                throw new picocli.CommandLine.ParameterException(program, "--until: " + until + " is past");
            }
            String id = "sup-" + KeptIncidents.print(client + "\0" + analytic + "\0" + value);
            try (Cases cases = Cases.open(common.home())) {
                int before = cases.incidents().size();
                cases.kept()
                        .suppress(new Suppression(id, client, analytic, value, reason, who(by), Instant.now(), end));
                int hidden = before - cases.incidents().size();
                common.out().println(id);
                common.note(hidden + (hidden == 1 ? " incident is" : " incidents are") + " hidden by it.");
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "suppressions",
            header = {
                "What is suppressed, why, by whom and until when.",
                "",
                "  carom incidents suppressions",
                "  carom incidents suppressions --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Suppressions implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Override
        public Integer call() throws Exception {
            try (Cases cases = Cases.open(common.home())) {
                for (Suppression s : cases.kept().suppressions()) {
                    boolean acts = s.acts(Instant.now());
                    if (common.json) {
                        common.out()
                                .println(new tools.jackson.databind.ObjectMapper()
                                        .createObjectNode()
                                        .put("id", s.id())
                                        .put("client", s.client())
                                        .put("analytic", s.analytic())
                                        .put("value", s.value())
                                        .put("reason", s.why())
                                        .put("by", s.by())
                                        .put("made", s.made().toString())
                                        .put("until", s.until().toString())
                                        .put("acts", acts));
                    } else {
                        common.out()
                                .println(Shown.text(
                                        s.id() + "  " + (acts ? "until " : "ended ") + s.until() + "  "
                                                + String.join(" ", s.client(), s.analytic(), s.value())
                                                        .strip() + "  (" + s.why() + "; " + s.by() + ")",
                                        400));
                    }
                }
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "unsuppress",
            header = {
                "Ends a suppression now; what it hid is seen again.",
                "",
                "  carom incidents unsuppress sup-3f2a9c01d4e7",
                "  carom incidents unsuppress sup-3f2a9c01d4e7 --home /srv/carom",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Unsuppress implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Parameters(index = "0", paramLabel = "ID", description = "The suppression.")
        String id = "";

        @Override
        public Integer call() throws Exception {
            try (Cases cases = Cases.open(common.home())) {
                if (!cases.kept().unsuppress(id)) {
                    throw new IOException("no suppression \"" + Shown.text(id, 60)
                            + "\" acts in this home; \"carom incidents suppressions\" lists them");
                }
            }
            return Exit.DONE;
        }
    }
}
