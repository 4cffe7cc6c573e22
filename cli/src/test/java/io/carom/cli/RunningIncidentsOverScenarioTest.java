package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.Incidents;
import io.carom.incident.RunningIncidents;
import io.carom.observe.Observation;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.run.History;
import io.carom.run.ObservationStage;
import io.carom.run.Stage;
import io.carom.scenario.ScenarioMaker;
import io.carom.scenario.ScenarioOptions;
import io.carom.trace.Ledger;
import io.carom.trace.SessionBook;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The incidents of an intrusion, told as its findings and sessions come, beside those that are told of all at once.
class RunningIncidentsOverScenarioTest {
    private static final int PIECES = 3;

    @TempDir
    Path dir;

    private final List<Finding> findings = new ArrayList<>();
    private final List<Observation> seen = new ArrayList<>();
    private Parties parties = Parties.NONE;

    private void read() throws Exception {
        Path logs = dir.resolve("logs");
        ScenarioMaker.make(new ScenarioOptions(5, 3, 3, 12_000, logs, Instant.parse("2019-03-04T00:00:00Z")), w -> {});
        Common common = new Common();
        common.spec = CommandSpec.create();
        new CommandLine(common.spec);
        common.quiet = true;
        common.home = dir.resolve("home");
        Reading reading = new Reading();
        reading.paths.add(logs.toString());
        Detection detection = new Detection();
        parties = reading.parties(common);
        detection.own(parties);
        List<Stage> stages = new ArrayList<>(detection.stages(common, findings::add));
        try (ObservationStage observations = detection.observations(common, parties, List.of(seen::add))) {
            stages.add(observations);
            reading.run(common, parties, History.NONE, stages);
            detection.tellBehaviours(
                    common, wanted -> reading.again(common, parties, wanted), observations, findings::add);
        }
        findings.sort(Comparator.comparingLong(Finding::time).thenComparing(Finding::uid));
    }

    /// Who talked to whom, as the ledger counts it.
    private List<Ledger.Pair> pairs(List<Observation> of) {
        Map<String, Ledger.Pair> out = new HashMap<>();
        for (Observation one : of) {
            if (one instanceof Observation.Contact c) {
                String client = c.origin().client();
                out.merge(
                        client + " " + c.src().text() + " " + c.dst().text() + " " + c.dstPort(),
                        pair(client, c),
                        (a, b) -> new Ledger.Pair(
                                client,
                                a.src(),
                                a.dst(),
                                a.port(),
                                a.srcParty(),
                                a.dstParty(),
                                a.link(),
                                Math.min(a.first(), b.first()),
                                Math.max(a.last(), b.last()),
                                a.count() + 1,
                                0,
                                0));
            }
        }
        return List.copyOf(out.values());
    }

    private Ledger.Pair pair(String client, Observation.Contact c) {
        Link link = parties.linkOf(c.src().bytes(), client);
        return new Ledger.Pair(
                client,
                c.src().text(),
                c.dst().text(),
                c.dstPort(),
                name(parties.ownerOf(c.src().bytes(), client)),
                name(parties.ownerOf(c.dst().bytes(), client)),
                link == null ? null : link.name(),
                c.time(),
                c.time(),
                1,
                0,
                0);
    }

    private static @Nullable String name(@Nullable Party party) {
        return party == null ? null : party.name();
    }

    @Test
    void anIntrusionToldAsItComesIsTheOneToldAfterwards() throws Exception {
        read();
        long begin = findings.getFirst().time();
        long end = findings.getLast().time();
        FindingsByEntity by = new FindingsByEntity(parties);
        SessionBook book = new SessionBook();
        RunningIncidents running = new RunningIncidents(parties);
        Instant now = Instant.parse("2019-03-20T00:00:00Z");
        List<Incident> whole = List.of();
        int found = 0;
        int entered = 0;
        for (int piece = 1; piece <= PIECES; piece++) {
            long until = piece == PIECES ? Long.MAX_VALUE : begin + (end - begin) * piece / PIECES;
            while (found < findings.size() && findings.get(found).time() <= until) {
                by.add(findings.get(found++));
            }
            while (entered < seen.size() && seen.get(entered).time() <= until) {
                book.accept(seen.get(entered++));
            }
            List<Ledger.Pair> pairs = pairs(seen.subList(0, entered));
            running.enter(new Ledger.Fresh(true, List.copyOf(pairs)));
            int had = entered;
            ToLongFunction<String> changes = client -> had;
            RunningIncidents.Telling telling = running.told(by.groups(), now);
            while (running.due(changes) > 0) {
                running.trace(book.history(o -> "log"), changes, 50_000_000);
                telling = running.told(by.groups(), now);
            }
            whole = Incidents.of(by.groups(), pairs, parties, now, book.history(o -> "log"));
            assertEquals(whole, telling.all(), "after piece " + piece);
        }
        assertTrue(
                whole.stream()
                        .anyMatch(i -> i.severity().compareTo(Incident.Severity.HIGH) >= 0
                                && i.entry().link() != null
                                && !i.path().isEmpty()),
                "the intrusion is among them");
    }
}
