package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ManyAccountsTest {
    private static final String ID = "many-accounts";

    private static Deeds past() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 10; day++) {
            d.signIn(T0 + day * DAY, "eve", "10.20.3.3", "files", Means.NETWORK, Outcome.SUCCESS);
            for (int i = 0; i < 12; i++) {
                d.signIn(
                        T0 + day * DAY + i * MINUTE,
                        "admin" + i,
                        "10.20.1.9",
                        "srv" + i,
                        Means.NETWORK,
                        Outcome.SUCCESS);
            }
        }
        return d;
    }

    @Test
    void aWorkstationFromWhichManySignInIsTold() {
        Deeds d = past();
        for (int i = 0; i < 6; i++) {
            d.signIn(T0 + 10 * DAY + i * HOUR, "u" + i, "10.20.3.3", "ws" + i, Means.NETWORK, Outcome.SUCCESS);
        }
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "4 accounts signed in from 10.20.3.3 that never did before, to 4 machines",
                found.getFirst().title());
        assertEquals(3, found.getFirst().severityId());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void aJumpHostAndAColleagueAreNone() {
        Deeds d = past();
        d.signIn(T0 + 10 * DAY, "colleague", "10.20.3.3", "files", Means.NETWORK, Outcome.SUCCESS);
        for (int i = 0; i < 4; i++) {
            d.signIn(T0 + 10 * DAY + i, "new" + i, "10.20.1.9", "srv" + i, Means.NETWORK, Outcome.SUCCESS);
        }
        assertEquals(List.of(), d.found(ID));
    }

    @Test
    void theIntrudersOfLosAlamosWorkedFromFourMachines() throws Exception {
        Path data = Path.of(System.getProperty("carom.data", ""), "network", "lanl-redteam.csv.gz");
        Assumptions.assumeTrue(data.toFile().exists(), "no data");
        Deeds d = new Deeds("acme");
        try (var in = new java.io.BufferedReader(new java.io.InputStreamReader(
                new java.util.zip.GZIPInputStream(java.nio.file.Files.newInputStream(data)),
                java.nio.charset.StandardCharsets.US_ASCII))) {
            in.readLine();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                // ,id,tstamp,userdomain,src,dst,usr,domain,redteam,day: seconds since the exercise began
                String[] part = line.split(",");
                d.signIn(
                        T0 + Long.parseLong(part[2]) * SECOND,
                        part[6].toLowerCase(java.util.Locale.ROOT),
                        part[4].toLowerCase(java.util.Locale.ROOT),
                        part[5].toLowerCase(java.util.Locale.ROOT),
                        Means.NETWORK,
                        Outcome.SUCCESS);
            }
        }
        List<String> sources = d.found(ID).stream().map(Draft::host).distinct().toList();
        assertTrue(sources.contains("c17693"), sources::toString);
    }
}
