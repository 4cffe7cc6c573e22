package io.carom.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.Incidents;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.trace.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalsTest {
    private static final long T = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private static Finding finding(
            String analytic,
            @Nullable String src,
            @Nullable String dst,
            @Nullable String host,
            @Nullable String user,
            List<Finding.Observable> observables,
            long time) {
        return new Finding(
                analytic + src + dst + host + user + time,
                analytic,
                "Title of " + analytic,
                "message",
                4,
                time,
                "acme",
                new Finding.Evidence("log", time / 1000, "test", 4001, src, dst, host, user, "native"),
                observables,
                List.of("T1071"));
    }

    /// A kind that no incident has could be ticked in Settings, and nobody would ever be asked.
    @Test
    void whatNeedsASecondPersonIsWhatIncidentsProposeToDo() throws Exception {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: acme, role: client, networks: [10.1.0.0/16]}
                  - {name: northgate, role: supplier, networks: [10.8.0.0/16]}
                links:
                  - {name: northgate-vpn, supplier: northgate, client: acme, kind: vpn, networks: [10.8.4.0/24]}
                """, "p");
        String c2 = "203.0.113.9";
        FindingsByEntity by = new FindingsByEntity(parties);
        List<Ledger.Pair> pairs = new ArrayList<>();
        for (int i = 5; i <= 7; i++) {
            String machine = "10.1.0." + i;
            by.add(finding(
                    "indicator:ip:" + c2,
                    machine,
                    c2,
                    null,
                    null,
                    List.of(new Finding.Observable("dst_endpoint.ip", 2, c2)),
                    T + i * MINUTE));
            pairs.add(new Ledger.Pair(
                    "acme",
                    "10.8.4.17",
                    machine,
                    3389,
                    "northgate",
                    "acme",
                    "northgate-vpn",
                    T - 30 * MINUTE,
                    T,
                    4,
                    100,
                    200));
        }
        by.add(finding("rule", null, null, "ws1", "svc-backup", List.of(), T));
        by.add(finding(
                FindingsByEntity.BEHAVIOUR + "mail",
                null,
                null,
                null,
                "ann",
                List.of(new Finding.Observable("email.message_uid", 99, "<1@evil.example>")),
                T));
        Set<String> kinds = new TreeSet<>();
        for (Incident one : Incidents.of(by.groups(), pairs, parties, Instant.ofEpochMilli(T))) {
            one.actions().forEach(a -> kinds.add(a.kind()));
        }
        Set<String> never = new TreeSet<>(Approvals.KNOWN);
        never.remove(Approvals.TELL);
        never.removeAll(kinds);
        assertEquals(Set.of(), never, "nothing proposes these; it proposes " + kinds);
    }

    @Test
    void aClientsPeopleMeetWhatWaitsForTheirOwnIncidentsAlone(@TempDir Path home) throws Exception {
        Instant now = Instant.ofEpochMilli(T);
        Approvals.Kind action = Approvals.Kind.ACTION;
        try (Cases cases = Cases.open(home)) {
            Approvals approvals = cases.approvals();
            Approvals.Who ana = new Approvals.Who("ana", now, "");
            Approvals.Who later = new Approvals.Who("ana", now.plusSeconds(60), "");
            String second = approvals
                    .ask(action, "acme", "inc-1", "b", "cut", "", later)
                    .id();
            String first =
                    approvals.ask(action, "acme", "inc-1", "a", "cut", "", ana).id();
            approvals.ask(action, "globex", "inc-2", "a", "cut", "", ana);
            approvals.ask(Approvals.Kind.TELLING, "acme", "", "package", "tell", "{}", ana);
            assertEquals(
                    List.of(first, second),
                    approvals.waiting("acme", later.at()).stream()
                            .map(Approvals.Request::id)
                            .toList());
            assertEquals(4, approvals.waiting(later.at()).size());
            // What waits for the same already is what is asked for; what has an answer waits no more.
            assertEquals(
                    first,
                    approvals
                            .ask(action, "acme", "inc-1", "a", "cut", "", later)
                            .id());
            assertTrue(approvals.answer(first, Approvals.Verdict.NO, new Approvals.Who("bea", now, "")));
            assertEquals(1, approvals.waiting("acme", later.at()).size());
            assertNotEquals(
                    first,
                    approvals
                            .ask(action, "acme", "inc-1", "a", "cut", "", later)
                            .id());
            assertEquals(List.of(), approvals.waiting("acme", now.plus(Duration.ofDays(4))), "they lapsed");
        }
    }
}
