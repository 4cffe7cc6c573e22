package io.carom.party;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carom.config.ConfigException;
import io.carom.event.Cidr;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PartiesFileTest {
    private static final String GOOD = """
            parties:
              - name: northgate
                role: us
                networks: [10.1.0.0/16, "2001:db8:1::/48"]
                domains: [northgate.example]
                logs: [northgate]
              - {name: acme, role: client, networks: [10.20.0.0/16], domains: [acme.example], hosts: [ACME-DC1], logs: [acme]}
              - {name: bolt, role: client, networks: [10.20.0.0/16], logs: [clients/bolt]}
            links:
              - {name: acme-vpn, supplier: northgate, client: acme, kind: vpn, networks: [10.1.9.0/24], ports: [3389], hours: "08:00-18:00"}
            """;

    private static byte[] ip(String text) {
        return Objects.requireNonNull(Cidr.address(text));
    }

    @Test
    void anOverlappingNetworkBelongsToTheTenantWhoseLogsAreAsked() throws ConfigException {
        Parties parties = PartiesFile.parse(GOOD, "p");
        assertEquals("acme", parties.ownerOf(ip("10.20.3.4"), "acme").name());
        assertEquals("bolt", parties.ownerOf(ip("10.20.3.4"), "bolt").name());
        assertEquals("northgate", parties.ownerOf(ip("10.1.9.7"), "acme").name());
        assertEquals("northgate", parties.ownerOf(ip("2001:db8:1::7"), "acme").name());
        assertNull(parties.ownerOf(ip("192.0.2.1"), "acme"));
    }

    @Test
    void aLinkIsAWayToItsOwnClientOnly() throws ConfigException {
        Parties parties = PartiesFile.parse(GOOD, "p");
        assertEquals("acme-vpn", parties.linkOf(ip("10.1.9.7"), "acme").name());
        assertNull(parties.linkOf(ip("10.1.9.7"), "bolt"));
        assertNull(parties.linkOf(ip("10.1.8.7"), "acme"));
    }

    @Test
    void namesBelongByHostOrByTheLongestDomain() throws ConfigException {
        Parties parties = PartiesFile.parse(GOOD, "p");
        assertEquals("acme", parties.ownerOfName("acme-dc1").name());
        assertEquals("acme", parties.ownerOfName("mail.ACME.example").name());
        assertNull(parties.ownerOfName("notacme.example"));
        assertEquals("bolt", parties.ownerOfLogs("clients/bolt/zeek/conn.log").name());
        assertNull(parties.ownerOfLogs("clients/boltx/conn.log"));
    }

    @Test
    void everyFaultIsToldAtOnceWithItsPlace() {
        ConfigException e = assertThrows(ConfigException.class, () -> PartiesFile.parse("""
                        parties:
                          - name: Acme Corp
                            role: custommer
                            netwroks: [10.0.0.0/8]
                          - {name: bolt, role: client, networks: [10.0.0.0/40, 300.1.1.1]}
                        links:
                          - {name: l1, supplier: nobody, client: bolt, kind: vpn, hours: 8-18, ports: [99999]}
                        """, "parties.yaml"));
        assertEquals(
                List.of(
                        "parties.yaml:2:11: a name is lower-case letters, digits, - and _, at most 64 of them, and begins"
                                + " with a letter or digit: it also names a folder",
                        "parties.yaml:3:11: expected us, client or supplier",
                        "parties.yaml:4:5: \"netwroks\" is unknown. Did you mean \"networks\"?",
                        "parties.yaml:5:43: \"10.0.0.0/40\" is no network: the prefix length of IPv4 is 0 to 32",
                        "parties.yaml:5:56: \"300.1.1.1\" is no network: expected an address and a prefix length such as"
                                + " 10.8.4.0/24",
                        "parties.yaml:7:26: no party is named \"nobody\". Known are: bolt.",
                        "parties.yaml:7:66: expected hours such as 08:00-18:00",
                        "parties.yaml:7:80: expected a port from 0 to 65535"),
                e.faults());
    }

    @Test
    void aFileThatSaysNothingYetDeclaresNobody() throws Exception {
        for (String text : List.of("", "\n", "# nothing yet\n---\n", "parties:\n", "parties: []\nlinks: []\n")) {
            assertEquals(List.of(), PartiesFile.parse(text, "p").parties(), text);
        }
    }

    @Test
    void brokenAndHostileYamlIsAFaultAndNotACrash() {
        for (String text : List.of(
                "parties: [",
                "a: &a [x,x]\nb: &b [*a,*a]",
                "[".repeat(20_000),
                "!!javax.script.ScriptEngineManager [x]")) {
            assertThrows(ConfigException.class, () -> PartiesFile.parse(text, "p"), text);
        }
    }

    @Test
    void allThatAPartyOwnsAndALinkAllowsIsRead() throws ConfigException {
        Parties parties = PartiesFile.parse("""
                        parties:
                          - {name: ng, role: supplier, directories: [NGATE], tenants: [72F988BF-86F1], mail_domains: [ng-mail.example]}
                          - name: acme
                            role: client
                            sites:
                              - {name: berlin, networks: [192.168.1.0/24], logs: [acme/berlin]}
                              - {name: pune, networks: [192.168.1.0/24, "2001:db8:7::/48"], logs: [acme/pune]}
                            critical: [acme-dc*, 10.20.1.0/24]
                            privileged: [adm-*]
                        links:
                          - {name: l, supplier: ng, client: acme, kind: federation, accounts: [ng-*], targets: [10.20.1.0/24, acme-app1],
                             purpose: patching, contact: noc@ng.example, contract: C-17}
                        """, "p");
        assertEquals(
                "ng", Objects.requireNonNull(parties.ownerOfAccount("NGATE\\x")).name());
        assertEquals(
                "ng",
                Objects.requireNonNull(parties.ownerOfTenant("72f988bf-86f1")).name());
        assertEquals(
                "ng",
                Objects.requireNonNull(parties.ownerOfAccount("a.b@ng-mail.example"))
                        .name());
        assertEquals(
                "acme",
                Objects.requireNonNull(parties.ownerOf(ip("192.168.1.9"), "acme"))
                        .name());
        assertEquals(
                "acme",
                Objects.requireNonNull(parties.ownerOfLogs("acme/pune/conn.log"))
                        .name());
        assertEquals(true, parties.critical("acme", "ACME-DC2.acme.example"));
        assertEquals(true, parties.critical("acme", "10.20.1.77"));
        assertEquals(false, parties.critical("acme", "10.20.2.77"));
        assertEquals(true, parties.privileged("acme", "ACME\\adm-x"));
        Link link = Objects.requireNonNull(parties.linkOfAccount("acme\\ng-7", "acme"));
        assertEquals(true, link.meantFor(ip("10.20.1.5"), ""));
        assertEquals(true, link.meantFor(ip("10.20.9.5"), "ACME-APP1"));
        assertEquals(false, link.meantFor(ip("10.20.9.5"), "acme-fs1"));
        assertEquals("C-17", link.contract());
    }

    @Test
    void aJumpHostLeadsToAllItsClientsByAnyOfItsNames() throws ConfigException {
        Parties parties = PartiesFile.parse("""
                        parties:
                          - {name: ng, role: supplier}
                          - {name: acme, role: client}
                          - {name: bolt, role: client}
                        links:
                          - {name: ng-acme, supplier: ng, client: acme, kind: jump-host, hosts: [jump1, ts.ng.example],
                             targets: [app1.acme.example]}
                          - {name: ng-bolt, supplier: ng, client: bolt, kind: jump-host, hosts: [jump1, ts.ng.example]}
                          - {name: ng-bolt-2, supplier: ng, client: bolt, kind: jump-host, hosts: [ts.ng2.example]}
                        """, "p");
        assertEquals(
                "ng-acme",
                Objects.requireNonNull(parties.linkOfHost("JUMP1.ng.example", "acme"))
                        .name());
        assertEquals(
                "ng-bolt",
                Objects.requireNonNull(parties.linkOfHost("jump1", "bolt")).name());
        assertEquals(
                "ng-acme",
                Objects.requireNonNull(parties.linkOfLabel("TS", "acme")).name());
        // Two of bolt's links begin at machines that logs call the same.
        assertNull(parties.linkOfLabel("ts", "bolt"));
        assertNull(parties.linkOfHost("ts", "acme"));
        Link link = Objects.requireNonNull(parties.linkOfHost("jump1", "acme"));
        assertEquals(true, link.meantFor(ip("10.20.9.5"), "APP1"));
        assertEquals(true, link.meantFor(ip("10.20.9.5"), "app1.acme.example"));
        assertEquals(false, link.meantFor(ip("10.20.9.5"), "app1.bolt.example"));
        assertEquals(false, link.meantFor(ip("10.20.9.5"), "app"));
    }

    @Test
    void anEndOfTwoLinksAndALinkToOneselfAreFaults() {
        ConfigException e = assertThrows(ConfigException.class, () -> PartiesFile.parse("""
                        parties:
                          - {name: ng, role: supplier}
                          - {name: acme, role: client}
                        links:
                          - {name: a, supplier: ng, client: acme, kind: vpn, networks: [10.9.0.0/24]}
                          - {name: b, supplier: ng, client: acme, kind: vpn, networks: [10.9.0.0/24]}
                          - {name: c, supplier: ng, client: ng, kind: vpn}
                        """, "p"));
        assertEquals(
                List.of(
                        "p:6:65: 10.9.0.0/24 is the end of link a to acme already: give each link networks of its own,"
                                + " or make them one link",
                        "p:7:37: a link leads from one party to another; both are \"ng\""),
                e.faults());
    }

    @Test
    void dutiesAndContractsOfAPartyAndTimesOfALinkAreRead() throws ConfigException {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: ng, role: us}
                  - {name: acme, role: client, duties: [NIS2, gdpr], contract: MSA 12, notify_within: 3d}
                links:
                  - {name: l, supplier: ng, client: acme, kind: vpn, networks: [10.0.0.0/30], notify_within: 90m}
                """, "p");
        Obligations of = parties.named("acme").orElseThrow().obligations();
        assertEquals(List.of("nis2", "gdpr"), of.regimes());
        assertEquals("MSA 12", of.contract());
        assertEquals(java.time.Duration.ofDays(3), of.notifyWithin());
        assertEquals(
                java.time.Duration.ofMinutes(90), parties.links().getFirst().notifyWithin());
        assertEquals(Obligations.NONE, parties.named("ng").orElseThrow().obligations());
    }

    @Test
    void unknownDutiesAndTimesAreToldWithTheirPlace() {
        ConfigException e = assertThrows(ConfigException.class, () -> PartiesFile.parse("""
                parties:
                  - {name: ng, role: us}
                  - {name: acme, role: client, duties: [nis3, gdpr, gdpr], notify_within: soon}
                """, "p"));
        assertEquals(
                List.of(
                        "p:3:41: expected one of: nis2, gdpr, dora, sec; found \"nis3\". Did you mean \"nis2\"?",
                        "p:3:53: \"gdpr\" stands twice",
                        "p:3:75: expected a time such as 30m, 24h or 3d, found \"soon\""),
                e.faults());
    }
}
