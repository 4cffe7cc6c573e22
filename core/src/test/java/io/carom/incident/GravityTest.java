package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.event.Finding;
import io.carom.incident.Incident.Severity;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GravityTest {
    private static final long T0 = Instant.parse("2019-03-04T02:10:00Z").toEpochMilli();

    private static final Parties PARTIES = parties();

    private static Parties parties() {
        try {
            return PartiesFile.parse("""
            parties:
              - name: acme
                role: client
                networks: [10.1.0.0/16]
                critical: ["dc*", "10.1.9.0/24"]
                privileged: ["adm-*", "root"]
              - name: borealis
                role: client
                networks: [10.2.0.0/16]
            """, "parties.yaml");
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static Finding finding(String analytic, int severity, String host, String user, String src) {
        return new Finding(
                analytic + host + user + src,
                analytic,
                "Title of " + analytic,
                "",
                severity,
                T0,
                "acme",
                new Finding.Evidence("acme/log", 1, "x", host == null ? 4001 : 1007, src, null, host, user, "native"),
                List.of(),
                List.of());
    }

    private static Incident of(Finding... findings) {
        FindingsByEntity by = new FindingsByEntity(PARTIES);
        Arrays.stream(findings).forEach(by::add);
        List<Incident> all = Incidents.of(by.groups(), List.of(), PARTIES, Instant.EPOCH);
        assertEquals(1, all.size(), all::toString);
        return all.getFirst();
    }

    private static boolean says(Incident it, String text) {
        return it.severityWhy().stream().anyMatch(w -> w.contains(text));
    }

    @Test
    void aMachineThatTheClientCallsCriticalWeighsAStepMore() {
        assertEquals(Severity.MEDIUM, of(finding("r", 3, "ws1", "ann", null)).severity());
        Incident it = of(finding("r", 3, "dc1.acme.example", "ann", null));
        assertEquals(Severity.HIGH, it.severity());
        assertTrue(
                says(it, "is critical to acme, as its party file says."),
                it.severityWhy().toString());
    }

    @Test
    void aCriticalNetworkCountsForItsAddresses() {
        Incident it = of(finding("r", 3, null, null, "10.1.9.7"));
        assertEquals(Severity.HIGH, it.severity());
        assertTrue(says(it, "10.1.9.7 is critical"), it.severityWhy().toString());
        assertEquals(
                Severity.MEDIUM, of(finding("r", 3, null, null, "10.1.8.7")).severity());
    }

    @Test
    void anAccountThatTheClientCallsPrivilegedWeighsAStepMoreHoweverItIsWritten() {
        for (String account : List.of("ACME\\adm-eve", "adm-eve@acme.example", "Adm-Eve", "root")) {
            Incident it = of(finding("r", 3, "ws1", account, null));
            // "root" is everybody's: it says nothing of who used it.
            boolean said = says(it, "privileged account");
            assertEquals(!account.equals("root"), said, account + it.severityWhy());
            assertEquals(said ? Severity.HIGH : Severity.MEDIUM, it.severity(), account);
        }
    }

    @Test
    void bothTogetherWeighOneStepAndNothingIsGraverThanCritical() {
        assertEquals(Severity.HIGH, of(finding("r", 3, "dc1", "adm-eve", null)).severity());
        assertEquals(
                Severity.CRITICAL, of(finding("r", 5, "dc1", "adm-eve", null)).severity());
    }

    @Test
    void aLoneAnalyticIsALeadUnlessItIsAboutACriticalMachine() {
        Incident lead = of(finding("carom.beacon", 3, "ws1", null, null));
        assertEquals(Severity.LOW, lead.severity());
        assertTrue(
                says(lead, "a lead to look at, not an alarm"),
                lead.severityWhy().toString());
        assertEquals(
                Severity.MEDIUM,
                of(finding("carom.beacon", 3, "dc1", null, null)).severity());
    }

    @Test
    void whatIsOnlyNotedMakesNoAlarmOnACriticalMachineEither() {
        assertEquals(
                Severity.LOW,
                of(finding("carom.travel", 2, "dc1", "adm-eve", null)).severity());
    }

    @Test
    void spreadAndSeveralKindsOfEvidenceTogetherWeighAStepAndAreSaid() {
        Incident it = of(
                finding("r1", 3, "ws1", "ann", null),
                finding("r2", 3, "ws2", "ann", null),
                finding("r1", 3, "ws3", "ann", null));
        assertEquals(Severity.HIGH, it.severity());
        assertTrue(says(it, "3 machines are affected"), it.severityWhy().toString());
        assertTrue(says(it, "2 kinds of evidence agree."), it.severityWhy().toString());
        assertEquals(
                "The gravest finding is medium: Title of r1.", it.severityWhy().getFirst());
    }

    @Test
    void accountsThatMayDoMostAreToBeDisabledFirstWithWhereTheyWereUsed() {
        Incident it = of(finding("r1", 3, "ws1", "aaron", null), finding("r2", 4, "ws1", "adm-eve", null));
        Incident.Action disable = it.actions().stream()
                .filter(a -> a.kind().equals("disable"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of("adm-eve", "aaron"), disable.targets());
        assertEquals(
                "Disable or reset at acme, and end the sessions of: adm-eve (used on ws1), aaron (used on ws1).",
                disable.text());
    }

    private static Finding at(long time, String analytic, int severity) {
        Finding f = finding(analytic, severity, "ws1", "ann", null);
        return new Finding(
                f.uid(), analytic, f.title(), "", severity, time, f.client(), f.evidence(), List.of(), List.of());
    }

    @Test
    void fourKindsOfMildEvidenceInOneNightAreAnAlarmAndOverWeeksTheyAreALead() {
        long hour = 3_600_000;
        Incident night = of(
                at(T0, "carom.partner-drift", 2),
                at(T0 + hour, "carom.lateral-movement", 3),
                at(T0 + 2 * hour, "carom.remote-support", 2),
                at(T0 + 9 * hour, "carom.remote-execution", 2));
        assertEquals(Severity.MEDIUM, night.severity());
        assertTrue(says(night, "came within half a day"), night.severityWhy().toString());
        Incident weeks = of(
                at(T0, "carom.partner-drift", 2),
                at(T0 + hour, "carom.lateral-movement", 3),
                at(T0 + 90 * hour, "carom.remote-support", 2),
                at(T0 + 180 * hour, "carom.remote-execution", 2));
        assertEquals(Severity.LOW, weeks.severity());
        Incident same = of(
                at(T0, "carom.lateral-movement", 3),
                at(T0 + hour, "carom.lateral-movement", 2),
                at(T0 + 2 * hour, "carom.remote-support", 2));
        assertEquals(Severity.LOW, same.severity());
    }
}
