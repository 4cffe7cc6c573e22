package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracerTest extends Scene {
    private static final String PARTIES = """
            parties:
              - {name: ng, role: supplier, networks: [10.1.0.0/16]}
              - {name: acme, role: client, networks: [10.20.0.0/16, "2001:db8:20::/48"]}
              - {name: bolt, role: client, networks: [10.20.0.0/16]}
            links:
              - {name: ng-acme, supplier: ng, client: acme, kind: vpn, networks: [10.1.200.0/26, "2001:db8:1::/64"]}
              - {name: ng-bolt, supplier: ng, client: bolt, kind: vpn, networks: [10.1.201.0/26]}
            """;

    private void signIn(String client, long time, String account, String from, String host) {
        signIn(client, time, account, from, host, Means.REMOTE_DESKTOP);
    }

    private void lent(String client, long time, String address, String outside, String account) {
        seen.add(new Lease(origin(client), time, ip(address), ip(outside), "", "", account, Lease.Kind.VPN, 0, false));
    }

    private void suspect(String client, String machine, long time, String title) {
        suspect(client, machine, time, 3, title, "T1021");
    }

    /// Two days of routine, so that what is new can be told from what is usual.
    private void routine(String client) {
        for (long t = T - 9 * DAY; t < T; t += 6 * HOUR) {
            rdp(client, t, "10.20.2.9", "10.20.1.5", 10);
        }
    }

    private List<Trace> trace(String client, Map<String, Long> since) throws ConfigException {
        return trace(PARTIES, client, since);
    }

    private static List<String> hops(Trace trace) {
        return trace.hops().stream().map(h -> h.from() + " > " + h.to()).toList();
    }

    @Test
    void aLinkIsTheWayInAndTheSuppliersLogsTellOfItsBeginning() throws ConfigException {
        routine("acme");
        routine("ng");
        lent("ng", T - 5 * HOUR, "10.1.190.7", "203.0.113.9", "j.doe");
        rdp("ng", T - 5 * HOUR + 5 * MINUTE, "10.1.190.7", "10.1.1.13", 40);
        suspect("ng", "10.1.1.13", T - 5 * HOUR + 20 * MINUTE, "lsass was dumped");
        seen.add(new Launch(
                origin("ng"), T - 2 * HOUR, "10.1.1.13", "adm-x", "ng", "cmd.exe", "tcping 10.20.1.10 3389", "", ""));
        suspect("acme", "10.1.200.9", T - 110 * MINUTE, "reconnaissance over the link");
        rdp("acme", T, "10.1.200.9", "10.20.1.10", 50);
        suspect("acme", "10.20.1.10", T + 10 * MINUTE, "lsass was dumped");
        Trace best = trace("acme", Map.of("10.20.1.10", T + 10 * MINUTE)).getFirst();
        assertEquals("ng-acme", best.entry().link());
        assertEquals(Trace.Way.LINK, best.entry().way());
        assertEquals("203.0.113.9", best.origins().getFirst().from());
        assertEquals("j.doe", best.origins().getFirst().account());
        assertEquals(
                List.of(
                        "203.0.113.9 > 10.1.190.7",
                        "10.1.190.7 > 10.1.1.13",
                        "10.1.1.13 > 10.1.200.9",
                        "10.1.200.9 > 10.20.1.10"),
                hops(best));
    }

    @Test
    void anAddressOfAVpnPoolIsWhoeverHadItThenAndNobodyElse() throws ConfigException {
        routine("ng");
        lent("ng", T - 30 * HOUR, "10.1.190.7", "198.51.100.1", "other");
        lent("ng", T - 2 * HOUR, "10.1.190.7", "203.0.113.9", "j.doe");
        rdp("ng", T, "10.1.190.7", "10.1.1.13", 40);
        lent("ng", T + HOUR, "10.1.190.7", "198.51.100.2", "later");
        suspect("ng", "10.1.1.13", T + MINUTE, "lsass was dumped");
        Trace best = trace("ng", Map.of("10.1.1.13", T + MINUTE)).getFirst();
        assertEquals("203.0.113.9", best.entry().from());
        assertEquals(Trace.Way.VALID_ACCOUNT, best.entry().way());
        assertEquals(List.of("203.0.113.9 > 10.1.190.7", "10.1.190.7 > 10.1.1.13"), hops(best));
    }

    @Test
    void twoSessionsThatExplainItAsWellAreBothToldAndWhatWouldTellThemApart() throws ConfigException {
        routine("acme");
        rdp("acme", T, "203.0.113.9", "10.20.1.10", 60);
        rdp("acme", T, "198.51.100.7", "10.20.1.10", 60);
        suspect("acme", "10.20.1.10", T + 30 * MINUTE, "lsass was dumped");
        List<Trace> traces = trace("acme", Map.of("10.20.1.10", T + 30 * MINUTE));
        assertEquals(2, traces.size());
        assertEquals(traces.get(0).confidence(), traces.get(1).confidence(), 0.01);
        assertTrue(traces.getFirst().confidence() < 0.6, "neither is called likely");
        assertTrue(
                traces.getFirst().gaps().stream().anyMatch(g -> g.contains("would show which of 2 sessions it was")),
                traces.getFirst().gaps()::toString);
    }

    @Test
    void aRoutineSessionExplainsLessThanOneThatNeverWasBefore() throws ConfigException {
        routine("acme");
        rdp("acme", T, "10.20.2.9", "10.20.1.5", 60);
        rdp("acme", T + MINUTE, "203.0.113.9", "10.20.1.5", 60);
        suspect("acme", "10.20.1.5", T + 30 * MINUTE, "lsass was dumped");
        Trace best = trace("acme", Map.of("10.20.1.5", T + 30 * MINUTE)).getFirst();
        assertEquals("203.0.113.9", best.entry().from());
    }

    @Test
    void itGoesOnToMachinesThatWereNeverUsedBeforeAndNotToThoseUsedDaily() throws ConfigException {
        for (long t = T - 9 * DAY; t < T + DAY; t += 6 * HOUR) {
            rdp("acme", t, "10.20.1.10", "10.20.1.30", 10);
        }
        rdp("acme", T, "203.0.113.9", "10.20.1.10", 60);
        suspect("acme", "10.20.1.10", T + MINUTE, "lsass was dumped");
        rdp("acme", T + HOUR, "10.20.1.10", "10.20.1.20", 20);
        signIn("acme", T + HOUR + 4000, "adm-a", "10.20.1.10", "10.20.1.20");
        rdp("acme", T + 2 * HOUR, "10.20.1.20", "10.20.1.10", 20);
        Trace best = trace("acme", Map.of("10.20.1.10", T + MINUTE)).getFirst();
        assertTrue(hops(best).contains("10.20.1.10 > 10.20.1.20"), hops(best)::toString);
        assertTrue(hops(best).contains("10.20.1.20 > 10.20.1.10"), hops(best)::toString);
        assertFalse(hops(best).contains("10.20.1.10 > 10.20.1.30"), hops(best)::toString);
    }

    @Test
    void twoClientsOfTheSamePrivateNetworkAreNeverMixed() throws ConfigException {
        routine("acme");
        routine("bolt");
        rdp("acme", T, "10.1.200.9", "10.20.1.10", 50);
        rdp("bolt", T, "10.1.201.9", "10.20.1.10", 50);
        suspect("bolt", "10.20.1.10", T + MINUTE, "lsass was dumped");
        Trace best = trace("bolt", Map.of("10.20.1.10", T + MINUTE)).getFirst();
        assertEquals("ng-bolt", best.entry().link());
        assertEquals(List.of("10.1.201.9 > 10.20.1.10"), hops(best));
    }

    @Test
    void ipv6IsTracedLikeIpv4() throws ConfigException {
        for (long t = T - 9 * DAY; t < T; t += 6 * HOUR) {
            rdp("acme", t, "2001:db8:20::9", "2001:db8:20::5", 10);
        }
        rdp("acme", T, "2001:db8:1::7", "2001:db8:20::5", 50);
        suspect("acme", "2001:db8:20::5", T + MINUTE, "lsass was dumped");
        Trace best = trace("acme", Map.of("2001:db8:20::5", T + MINUTE)).getFirst();
        assertEquals("ng-acme", best.entry().link());
    }

    @Test
    void withoutAPartiesFileEverythingGoesByAddress() throws ConfigException {
        routine("");
        rdp("", T, "203.0.113.9", "10.20.1.10", 60);
        rdp("", T + HOUR, "10.20.1.10", "10.20.1.20", 60);
        suspect("", "10.20.1.10", T + MINUTE, "lsass was dumped");
        suspect("", "10.20.1.20", T + HOUR + MINUTE, "lsass was dumped");
        Trace best = trace("", "", Map.of("10.20.1.20", T + HOUR + MINUTE)).getFirst();
        assertEquals("203.0.113.9", best.entry().from());
        assertEquals(List.of("203.0.113.9 > 10.20.1.10", "10.20.1.10 > 10.20.1.20"), hops(best));
    }

    @Test
    void aRecordThatCameTwiceAndAClockThatIsMinutesOffChangeNothing() throws ConfigException {
        routine("acme");
        rdp("acme", T, "10.1.200.9", "10.20.1.10", 50);
        suspect("acme", "10.20.1.10", T + MINUTE, "lsass was dumped");
        Trace once = trace("acme", Map.of("10.20.1.10", T + MINUTE)).getFirst();
        seen.addAll(List.copyOf(seen));
        Trace twice = trace("acme", Map.of("10.20.1.10", T + MINUTE)).getFirst();
        assertEquals(hops(once), hops(twice));
        assertEquals(once.entry().link(), twice.entry().link());
        // The host's clock is five minutes behind the sensor's: it seems to have been hit before the session.
        Trace early = trace("acme", Map.of("10.20.1.10", T - 5 * MINUTE)).getFirst();
        assertEquals("ng-acme", early.entry().link());
    }

    @Test
    void whereNoLogShowsASessionThatIsSaid() throws ConfigException {
        routine("acme");
        Trace none = trace("acme", Map.of("10.20.1.77", T)).getFirst();
        assertEquals(Trace.Way.UNKNOWN, none.entry().way());
        assertEquals(0, none.confidence());
        assertEquals(
                List.of(
                        "No session into 10.20.1.77 before 2019-03-10T12:00:00Z is in the logs; sign-ins of that machine"
                                + " or flows to it would show one."),
                none.gaps());
    }

    private void remoteSupport(String client, long time, String account, String domain, String from, String host) {
        seen.add(new SignIn(
                origin(client),
                time,
                account,
                domain,
                from.isEmpty() ? null : ip(from),
                "",
                host,
                null,
                Means.REMOTE_SUPPORT,
                Outcome.SUCCESS,
                "",
                "",
                "",
                ""));
    }

    @Test
    void aSupportToolThatNamesOnlyThePersonIsLaidToHisSupplierAndItsServerSaysFromWhere() throws ConfigException {
        routine("acme");
        routine("ng");
        String parties = PARTIES + """
                  - {name: ng-tool, supplier: ng, client: acme, kind: remote-support, accounts: ["*@ng.example"]}
                """;
        remoteSupport("acme", T, "j.doe", "ng.example", "", "app7");
        remoteSupport("ng", T - 2 * MINUTE, "j.doe", "ng.example", "10.1.1.13", "app7");
        suspect("acme", "app7", T + 10 * MINUTE, "lsass was dumped");
        Trace best = trace(parties, "acme", Map.of("app7", T + 10 * MINUTE)).getFirst();
        assertEquals("ng-tool", best.entry().link());
        assertTrue(hops(best).contains("10.1.1.13 > app7"), () -> "" + hops(best));
    }

    @Test
    void aBastionThatOnlyTheSuppliersAccountsUseIsTheSuppliersEnd() throws ConfigException {
        routine("acme");
        String parties = PARTIES + """
                  - {name: ng-cloud, supplier: ng, client: acme, kind: federation, accounts: [ext-ng*]}
                """;
        for (int day = 8; day > 0; day--) {
            signIn("acme", T - day * DAY, "ext-ng1", "10.20.250.4", "10.20.1.9");
        }
        signIn("acme", T, "ext-ng1", "10.20.250.4", "10.20.1.10");
        suspect("acme", "10.20.1.10", T + 10 * MINUTE, "lsass was dumped");
        Trace best =
                trace(parties, "acme", Map.of("10.20.1.10", T + 10 * MINUTE)).getFirst();
        assertEquals("ng-cloud", best.entry().link());
        assertEquals("10.20.250.4", best.entry().from());
    }

    @Test
    void aJumpHostOfManyClientsIsTheEndOfEachOnesLink() throws ConfigException {
        routine("bolt");
        String parties = PARTIES + """
                  - {name: ng-acme-jump, supplier: ng, client: acme, kind: jump-host, hosts: [jump1.ng.example]}
                  - {name: ng-bolt-jump, supplier: ng, client: bolt, kind: jump-host, hosts: [jump1.ng.example]}
                """;
        seen.add(new SignIn(
                origin("bolt"),
                T,
                "ext-ng1",
                "ng",
                null,
                "jump1",
                "srv9",
                null,
                Means.REMOTE_DESKTOP,
                Outcome.SUCCESS,
                "",
                "",
                "",
                ""));
        suspect("bolt", "srv9", T + 10 * MINUTE, "lsass was dumped");
        Trace best = trace(parties, "bolt", Map.of("srv9", T + 10 * MINUTE)).getFirst();
        assertEquals("ng-bolt-jump", best.entry().link());
        assertEquals("jump1", best.entry().from());
    }

    @Test
    void whatOnlyCoincidesNamesAnAddressWhereItPointsToOneClearly() {
        Machines machines = new Machines();
        machines.coincide("app7", ip("10.20.1.10"));
        assertEquals("10.20.1.10", machines.label("10.20.1.10"), "once is chance");
        machines.coincide("app7", ip("10.20.1.10"));
        assertEquals("app7", machines.label("10.20.1.10"));
        assertEquals("10.20.1.10", machines.address("app7"));
        machines.coincide("app7", ip("10.20.1.11"));
        machines.coincide("app7", ip("10.20.1.11"));
        assertEquals("10.20.1.10", machines.label("10.20.1.10"), "two addresses claim it alike");
        machines.learn("app7", ip("10.20.1.12"), 2);
        assertEquals("app7", machines.label("10.20.1.12"));
        assertEquals("10.20.1.12", machines.address("app7"), "what is said outright goes first");
    }

    @Test
    void behindATranslatedAddressNobodysServersTakeEachOthersNames() throws ConfigException {
        routine("acme");
        for (int i = 0; i < 12; i++) {
            long t = T - DAY + i * HOUR;
            rdp("acme", t, "10.1.200.9", "10.20.1.10", 30);
            rdp("acme", t + 2000, "10.1.200.9", "10.20.1." + (20 + i % 4), 30);
            signIn("acme", t + 4000, "ext-ng1", "10.1.200.9", "jump1");
        }
        suspect("acme", "10.20.1.21", T, "lsass was dumped");
        Trace best = trace("acme", Map.of("10.20.1.21", T)).getFirst();
        assertTrue(hops(best).stream().noneMatch(h -> h.contains("jump1")), () -> "" + hops(best));
    }

    @Test
    void aProcedureOnTheWireSaysByWhatASessionWentOn() throws ConfigException {
        routine("acme");
        rdp("acme", T, "203.0.113.9", "10.20.1.10", 60);
        seen.add(new Contact(
                origin("acme"),
                T + 10 * MINUTE,
                ip("10.20.1.10"),
                50_001,
                ip("10.20.1.11"),
                445,
                6,
                Outcome.SUCCESS,
                1,
                90_000,
                9_000,
                90,
                90,
                10_000,
                "smb",
                false));
        seen.add(new Call(
                origin("acme"),
                T + 10 * MINUTE + 500,
                ip("10.20.1.10"),
                ip("10.20.1.11"),
                "",
                "",
                "rpc",
                "svcctl",
                "CreateServiceW",
                Outcome.UNKNOWN));
        suspect("acme", "10.20.1.10", T + 5 * MINUTE, "lsass was dumped");
        suspect("acme", "10.20.1.11", T + 12 * MINUTE, "lsass was dumped");
        Trace best = trace("acme", Map.of("10.20.1.10", T + 5 * MINUTE, "10.20.1.11", T + 12 * MINUTE))
                .getFirst();
        assertEquals(
                "SMB and a new service",
                best.hops().stream()
                        .filter(h -> h.to().equals("10.20.1.11"))
                        .findFirst()
                        .orElseThrow()
                        .via());
    }

    @Test
    void aConnectionThatBeganAndLastedAsTheSessionSaysWhoWasBehindALink() throws ConfigException {
        routine("acme");
        routine("ng");
        rdp("acme", T, "10.1.200.9", "10.20.1.10", 50);
        carries("ng", T - MINUTE, "10.1.1.13", 52);
        carries("ng", T - 2 * MINUTE, "10.1.1.14", 8);
        carries("ng", T - 3 * HOUR, "10.1.1.15", 50);
        for (String machine : List.of("10.1.1.13", "10.1.1.14", "10.1.1.15")) {
            suspect("ng", machine, T - DAY, 2, "Something odd", "T1021");
        }
        suspect("acme", "10.20.1.10", T + 10 * MINUTE, "lsass was dumped");
        Trace best = trace("acme", Map.of("10.20.1.10", T + 10 * MINUTE)).getFirst();
        assertTrue(hops(best).contains("10.1.1.13 > 10.1.200.9"), () -> "" + hops(best));
    }

    /// A connection to the outside, as a firewall tells of it.
    private void carries(String client, long time, String from, long minutes) {
        seen.add(new Contact(
                origin(client),
                time,
                ip(from),
                50_000,
                ip("198.51.100.77"),
                443,
                6,
                Outcome.SUCCESS,
                1,
                500_000,
                9_000_000,
                900,
                900,
                minutes * MINUTE,
                "ssl",
                false));
    }

    @Test
    void anAddressWithManyNamesKeepsNone() {
        Machines machines = new Machines();
        for (int i = 0; i < 6; i++) {
            machines.learn("srv" + i, ip("10.20.250.4"), i == 0 ? 3 : 2);
        }
        machines.learn("app7.acme.example", ip("10.20.1.10"), 2);
        assertEquals("10.20.250.4", machines.label("10.20.250.4"));
        assertEquals("app7", machines.label("10.20.1.10"));
    }

    @Test
    void whatAClientsMachinePlantedOnTheSuppliersLeadsBackToThatClient() throws ConfigException {
        routine("acme");
        routine("bolt");
        routine("ng");
        rdp("bolt", T - 2 * HOUR, "203.0.113.9", "10.20.1.7", 90);
        rdp("bolt", T, "10.1.201.9", "10.20.1.7", 60);
        suspicions.add(new Suspicion(
                "ng",
                "10.1.1.13",
                "",
                T + 20 * MINUTE,
                4,
                "mstsc wrote what begins by itself",
                List.of("T1021.001", "T1547.001"),
                "",
                new Trace.Source("log", 1)));
        seen.add(new Launch(
                origin("ng"), T + HOUR, "10.1.1.13", "adm-x", "ng", "cmd.exe", "tcping 10.20.1.10 3389", "", ""));
        rdp("acme", T + 2 * HOUR, "10.1.200.9", "10.20.1.10", 50);
        suspect("acme", "10.20.1.10", T + 2 * HOUR + 10 * MINUTE, "lsass was dumped");
        Trace best =
                trace("acme", Map.of("10.20.1.10", T + 2 * HOUR + 10 * MINUTE)).getFirst();
        assertEquals("ng-acme", best.entry().link());
        assertEquals("203.0.113.9", best.origins().getFirst().from());
        assertEquals("bolt", best.origins().getFirst().party());
        assertTrue(hops(best).contains("10.20.1.7 > 10.1.1.13"), () -> "" + hops(best));
    }

    @Test
    void ofABusyPairTheSessionInTheMiddleIsKept() {
        // A supplier's end of a link and the jump host behind it: twenty sessions a day, before it and after.
        SessionBook book = new SessionBook();
        for (int i = -200; i <= 200; i++) {
            signIn("acme", T + i * 72 * MINUTE, "ng-tech", "10.1.200.9", "jump");
        }
        seen.forEach(book);
        assertTrue(book.history(o -> "log").into("acme", "jump").stream().anyMatch(s -> s.time() == T));
    }
}
