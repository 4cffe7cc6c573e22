package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where it began in a supplier's network, when no path through sessions leads back to it.
class BeginningsTest extends Scene {
    private static final String PARTIES = """
            parties:
              - {name: ng, role: supplier, networks: [10.1.0.0/16]}
              - {name: acme, role: client, networks: [10.20.0.0/16]}
              - {name: bolt, role: client, networks: [10.20.0.0/16]}
            links:
              - {name: ng-acme, supplier: ng, client: acme, kind: vpn, networks: [10.1.200.0/26]}
              - {name: ng-bolt, supplier: ng, client: bolt, kind: vpn, networks: [10.1.201.0/26]}
            """;

    private void rdp(String client, long time, String from, String to) {
        rdp(client, time, from, to, 40);
    }

    private void web(long time, String account, String from) {
        seen.add(new Request(
                origin("ng"),
                time,
                ip(from),
                ip("10.1.1.80"),
                443,
                "portal.example",
                "GET",
                "/",
                "x",
                account,
                200,
                100,
                900,
                false));
    }

    private void suspect(String client, String machine, long time) {
        suspect(client, machine, time, 4, "lsass was dumped", "T1003");
    }

    /// A client was entered over the link, and nothing tells which of the supplier's machines was behind it.
    private Trace entered() throws ConfigException {
        for (long t = T - 9 * DAY; t < T; t += 6 * HOUR) {
            rdp("acme", t, "10.20.2.9", "10.20.1.5");
            rdp("ng", t, "10.1.2.9", "10.1.1.5");
        }
        rdp("acme", T, "10.1.200.9", "10.20.1.10");
        suspect("acme", "10.20.1.10", T + 10 * MINUTE);
        return trace(PARTIES, "acme", Map.of("10.20.1.10", T + 10 * MINUTE)).getFirst();
    }

    /// People come to the supplier's web server from somewhere else every day.
    private void travellers() {
        for (int day = 7; day > 0; day--) {
            for (int i = 0; i < 4; i++) {
                web(T - day * DAY + i * HOUR, "person" + i, "198.51.100." + (10 * day + i));
            }
        }
    }

    @Test
    void theKeyOfAProgramFromAPlaceItNeverCameFromIsLikelierThanPeopleWhoTravel() throws ConfigException {
        travellers();
        for (int day = 8; day > 0; day--) {
            web(T - day * DAY, "api", "192.0.2.77");
        }
        web(T - 20 * HOUR, "api", "203.0.113.9");
        Trace.Origin first = entered().origins().getFirst();
        assertEquals("203.0.113.9", first.from());
        assertEquals("api", first.account());
        assertTrue(first.confidence() > 0.5, first::toString);
    }

    @Test
    void whoComesByAMeansThatNobodyNewComesByIsLikelierThanWhoComesAsManyDo() throws ConfigException {
        travellers();
        signIn("ng", T - 30 * HOUR, "tech", "203.0.113.9", "10.1.1.30", Means.SSH);
        Trace.Origin first = entered().origins().getFirst();
        assertEquals("203.0.113.9", first.from());
        assertEquals("tech", first.account());
    }

    @Test
    void ofPeopleWhoAllTravelNobodyIsCalledLikely() throws ConfigException {
        travellers();
        List<Trace.Origin> all = entered().origins();
        assertTrue(all.isEmpty() || all.getFirst().confidence() < 0.3, all::toString);
    }

    @Test
    void whatCameBackOverAnotherClientsLinkBeganThere() throws ConfigException {
        travellers();
        // Both clients have this private network; only in the logs of one did the machine go out then.
        rdp("bolt", T - 30 * HOUR, "203.0.113.9", "10.20.1.44");
        suspect("bolt", "10.20.1.44", T - 30 * HOUR + 20 * MINUTE);
        rdp("bolt", T - 28 * HOUR, "10.20.1.44", "10.1.201.9");
        for (long t = T - 9 * DAY; t < T - 2 * DAY; t += 6 * HOUR) {
            rdp("bolt", t, "10.20.2.9", "10.20.1.5");
        }
        rdp("ng", T - 28 * HOUR + 2000, "10.20.1.44", "10.1.1.13");
        signIn("ng", T - 28 * HOUR + 3000, "adm", "10.20.1.44", "10.1.1.13", Means.REMOTE_DESKTOP);
        suspect("ng", "10.1.1.13", T - 28 * HOUR + 10 * MINUTE);
        Trace best = entered();
        Trace.Origin first = best.origins().getFirst();
        assertEquals("bolt", first.party());
        assertEquals("203.0.113.9", first.from());
    }

    @Test
    void whereNoSessionShowsTheWayInItIsStillAskedWhoWasNewAtTheSupplier() throws ConfigException {
        travellers();
        for (long t = T - 9 * DAY; t < T; t += 6 * HOUR) {
            rdp("acme", t, "10.20.2.9", "10.20.1.5");
            rdp("ng", t, "10.1.2.9", "10.1.1.5");
        }
        signIn("ng", T - 30 * HOUR, "tech", "203.0.113.9", "10.1.1.30", Means.SSH);
        suspect("acme", "10.20.1.10", T);
        Trace best = trace(PARTIES, "acme", Map.of("10.20.1.10", T)).getFirst();
        assertEquals(Trace.Way.UNKNOWN, best.entry().way());
        Trace.Origin first = best.origins().getFirst();
        assertEquals("ng", first.party());
        assertEquals("203.0.113.9", first.from());
        assertTrue(first.confidence() <= 0.6, "nothing says that it came over the link: " + first);
        assertTrue(best.hops().isEmpty(), best.hops()::toString);
    }

    @Test
    void whoseAccountWasPhishedAndThenUsedFromElsewhereIsToldOfWithThatPlace() throws ConfigException {
        for (long t = T - 9 * DAY; t < T; t += 6 * HOUR) {
            rdp("acme", t, "10.20.2.9", "10.20.1.5");
            rdp("ng", t, "10.1.2.9", "10.1.1.5");
        }
        suspicions.add(new Suspicion(
                "ng",
                "",
                "tech",
                T - 40 * HOUR,
                3,
                "Phishing mail to tech",
                List.of("T1566"),
                "",
                new Trace.Source("log", 1)));
        signIn("ng", T - 30 * HOUR, "tech", "203.0.113.9", "10.1.1.30", Means.VPN);
        signIn("ng", T - 1 * HOUR, "tech", "10.1.1.30", "10.1.1.31", Means.REMOTE_DESKTOP);
        suspect("ng", "10.1.1.31", T - 50 * MINUTE);
        Trace best = trace(PARTIES, "ng", Map.of("10.1.1.31", T - 50 * MINUTE)).getFirst();
        assertTrue(
                best.origins().stream()
                        .anyMatch(o -> o.way() == Trace.Way.PHISHING && o.from().equals("203.0.113.9")),
                best::toString);
    }
}
