package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.SECOND;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class TunnelsTest {
    @Test
    void echoRequestsThatCarryDataAreTold() {
        Seen seen = new Seen();
        for (int i = 0; i < 100; i++) {
            seen.contact(T0 + i * SECOND, "10.1.1.5", 8, "203.0.113.7", 0, 1, "", 900, 900, 10, Outcome.SUCCESS);
        }
        List<Draft> found = seen.found("tunnel");
        assertEquals(
                "Tunnel: data in echo requests from 10.1.1.5 to 203.0.113.7",
                found.getFirst().title());
        assertTrue(
                found.getFirst().message().contains("900 bytes each"),
                found.getFirst().message());
        seen.orderAndDuplicatesChangeNothing("tunnel");
    }

    @Test
    void wrappedTrafficVpnsLongSshAndLookupsPastTheResolverAreTold() {
        Seen seen = new Seen()
                .contact(T0, "10.1.1.5", 0, "203.0.113.7", 0, 47, "", 100, 100, 10, Outcome.SUCCESS)
                .contact(T0, "10.1.1.6", "203.0.113.7", 51_820, 17, "", 100_000, 100_000, HOUR)
                .contact(T0, "10.1.1.7", "203.0.113.7", 22, 6, "ssh", 90_000_000, 1_000_000, 3 * HOUR)
                .hello(T0, "10.1.1.8", "203.0.113.9", "dns.google", "x");
        assertEquals(
                List.of(
                        "Tunnel: GRE from 10.1.1.5 to 203.0.113.7",
                        "Tunnel: a VPN from 10.1.1.6 to 203.0.113.7",
                        "Tunnel: a long SSH session from 10.1.1.7 to 203.0.113.7",
                        "Tunnel: name look-ups over TLS from 10.1.1.8 to dns.google"),
                seen.found("tunnel").stream().map(Draft::title).sorted().toList());
    }

    @Test
    void pingsShortSessionsAndDeclaredEndsAreNone() throws ConfigException {
        Seen seen = new Seen();
        for (int i = 0; i < 5000; i++) {
            seen.contact(T0 + i * SECOND, "10.1.1.5", 8, "203.0.113.7", 0, 1, "", 56, 56, 10, Outcome.SUCCESS);
        }
        seen.contact(T0, "10.1.1.7", "203.0.113.7", 22, 6, "ssh", 90_000, 1_000_000, 10 * MINUTE);
        seen.contact(T0, "10.1.1.6", "203.0.113.7", 1194, 17, "", 100, 0, HOUR);
        assertEquals(List.of(), seen.found("tunnel"));
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: us, role: us, networks: [10.1.0.0/16], logs: [us]}
                  - {name: branch, role: supplier, networks: [203.0.113.0/24], logs: [branch]}
                """, "p");
        Seen joined = new Seen().contact(T0, "10.1.1.5", 0, "203.0.113.7", 0, 47, "", 100, 100, 10, Outcome.SUCCESS);
        assertEquals(List.of(), Behaviour.of("tunnel", joined.all, parties));
    }
}
