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
    void brokenAndHostileYamlIsAFaultAndNotACrash() {
        for (String text : List.of(
                "parties: [",
                "",
                "a: &a [x,x]\nb: &b [*a,*a]",
                "[".repeat(20_000),
                "!!javax.script.ScriptEngineManager [x]")) {
            assertThrows(ConfigException.class, () -> PartiesFile.parse(text, "p"), text);
        }
    }
}
