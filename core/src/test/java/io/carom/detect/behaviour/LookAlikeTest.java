package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.event.SourceNames;
import io.carom.observe.Observation.Mail;
import io.carom.observe.Origin;
import io.carom.party.PartiesFile;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LookAlikeTest {
    private static List<Draft> found(Seen seen) throws ConfigException {
        return ScansTest.last(Behaviour.of("look-alike", seen.all, PartiesFile.parse("""
                parties:
                  - {name: us, role: us, networks: [10.0.0.0/8], logs: [us]}
                  - {name: acme, role: client, domains: [acme.com]}
                """, "p")));
    }

    @Test
    void whoStandsInFrontOfAnothersDomainPretends() throws ConfigException {
        Seen seen = new Seen();
        seen.lookup(T0, "10.1.1.5", "mail.acme.com.secure-login.app", "A", 0, "203.0.113.9");
        seen.lookup(T0, "10.1.1.5", "xacme.com.acme.com.secure-login.app", "A", 0, "203.0.113.9");
        seen.lookup(T0, "10.1.1.5", "mail.acme.com", "A", 0, "203.0.113.10");
        seen.lookup(T0, "10.1.1.5", "bacme.com.example", "A", 0, "203.0.113.10");
        Set<String> subjects = new TreeSet<>();
        found(seen).forEach(f -> subjects.add(f.subject()));
        assertEquals(Set.of("mail.acme.com.secure-login.app", "xacme.com.acme.com.secure-login.app"), subjects);
    }

    @Test
    void whatResolversAppendToNamesPretendsNothing() throws ConfigException {
        Seen seen = new Seen();
        for (int i = 1; i < 5; i++) {
            seen.lookup(T0 + i * HOUR, "10.1.1." + i, "mail.acme.com.branch.secure-login.app", "A", 3);
            seen.lookup(T0 + i * HOUR, "10.1.1." + i, "mail.acme.com.localdomain", "A", -1);
            seen.lookup(T0 + i * HOUR, "10.1.1." + i, "mail.acme.com.site.home.arpa", "A", 0, "10.1.1.1");
        }
        assertEquals(List.of(), found(seen));
    }

    @Test
    void sendersAreReadBehindTheirNames() throws ConfigException {
        Seen seen = new Seen();
        seen.all.add(new Mail(
                new Origin("us", 1, 1, SourceNames.of("test"), 4009),
                T0,
                "human resources <hr@acme.com.secure-login.app>",
                List.of("eve@us.example"),
                null,
                "hello",
                "1"));
        List<Draft> found = found(seen);
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.getFirst().title().endsWith("acme.com.secure-login.app"), found::toString);
    }
}
