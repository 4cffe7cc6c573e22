package io.carom.party;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhoisTest {
    private static final String FILE = """
            parties:
              - {name: northgate, role: supplier, networks: [10.1.0.0/16], domains: [northgate.example]}
              - {name: acme, role: client, networks: [192.168.0.0/16], accounts: ["acme\\\\*"], hosts: [dc01]}
              - {name: bolt, role: client, networks: [192.168.4.0/24]}
            links:
              - {name: north-acme, supplier: northgate, client: acme, kind: vpn, networks: [10.99.4.0/24],
                 accounts: ["ng-*"], hours: "22:00-06:00", zone: Europe/Berlin}
            """;

    private static List<String> ask(String value, @Nullable String tenant, @Nullable String at) throws Exception {
        return new Whois(PartiesFile.parse(FILE, "p.yaml"))
                .ask(value, tenant, at == null ? null : Instant.parse(at)).stream()
                        .map(o -> o.party().name() + ": " + o.why() + " " + o.inHours())
                        .toList();
    }

    @Test
    void aNetworkThatTwoUseIsTheTenantsElseBothAreNamedTheNarrowerFirst() throws Exception {
        assertEquals(
                List.of("bolt: network 192.168.4.0/24 null", "acme: network 192.168.0.0/16 null"),
                ask("192.168.4.9", null, null));
        assertEquals(List.of("acme: network 192.168.0.0/16 null"), ask("192.168.4.9", "acme", null));
    }

    @Test
    void hoursOverMidnightAreOfTheLinksZone() throws Exception {
        assertEquals(
                List.of("northgate: link north-acme, network 10.99.4.0/24 true"),
                ask("10.99.4.17", null, "2019-03-04T21:30:00Z"));
        assertEquals(
                List.of("northgate: link north-acme, network 10.99.4.0/24 false"),
                ask("10.99.4.17", null, "2019-03-04T20:30:00Z"));
    }

    @Test
    void namesAccountsAndMailAddresses() throws Exception {
        assertEquals(List.of("northgate: domain northgate.example null"), ask("Mail.Northgate.example", null, null));
        assertEquals(List.of("northgate: domain northgate.example null"), ask("a@northgate.example", null, null));
        assertEquals(List.of("acme: host dc01.corp.internal null"), ask("DC01.corp.internal", null, null));
        assertEquals(List.of("acme: account acme\\* null"), ask("ACME\\bob", null, null));
        assertEquals(List.of("northgate: link north-acme, account ng-* null"), ask("CORP\\ng-admin", null, null));
        assertEquals(List.of(), ask("203.0.113.9", null, null));
    }

    @Test
    void aJumpHostIsTheEndOfAllItsLinks() throws Exception {
        Whois whois = new Whois(PartiesFile.parse("""
                        parties:
                          - {name: ng, role: supplier}
                          - {name: acme, role: client}
                          - {name: bolt, role: client}
                        links:
                          - {name: ng-acme, supplier: ng, client: acme, kind: jump-host, hosts: [jump1]}
                          - {name: ng-bolt, supplier: ng, client: bolt, kind: jump-host, hosts: [jump1]}
                        """, "p.yaml"));
        assertEquals(
                List.of("link ng-acme, host jump1", "link ng-bolt, host jump1"),
                whois.ask("JUMP1", null, null).stream().map(Whois.Owner::why).toList());
        assertEquals(
                List.of("link ng-bolt, host jump1"),
                whois.ask("jump1", "bolt", null).stream().map(Whois.Owner::why).toList());
    }

    @Test
    void starsStandForAnyText() {
        assertTrue(Whois.matches("svc-*-adm*", "svc-a-b-adm"));
        assertFalse(Whois.matches("svc-*-adm", "svc-a-admin"));
        assertTrue(Whois.matches("*", ""));
    }
}
