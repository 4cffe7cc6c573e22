package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mail.name.LookAlikes;
import io.carom.mail.name.OwnName;
import io.carom.mail.structure.MailStructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class LookAlikesTest {
    private static final LookAlikes WIPRO = new LookAlikes(List.of(new OwnName("Wipro", "us", List.of("wipro.com"))));

    @Test
    void aDomainInFrontOfAnotherIsTold() {
        LookAlikes.Match match = WIPRO.find("securemail.wipro.com.internal-message.app");
        assertNotNull(match);
        assertEquals(LookAlikes.How.CARRIED, match.how());
        // Wherever it is, the first time or later.
        match = WIPRO.find("x-wipro.com.wipro.com.internal-message.app");
        assertNotNull(match);
        assertEquals(LookAlikes.How.CARRIED, match.how());
    }

    @Test
    void whatIsOurOwnIsNone() {
        assertNull(WIPRO.find("mail.wipro.com"));
        assertNull(WIPRO.find("wipro.com"));
        assertNull(WIPRO.find("example.org"));
    }

    @Test
    void eachWayOfMakingOneIsFound() throws IOException {
        Map<String, int[]> ways = new TreeMap<>();
        Map<String, LookAlikes> brands = new HashMap<>();
        Map<String, List<String>> missed = new TreeMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(MailData.path("lookalikes.csv.gz"))),
                StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] row = line.split(",");
                LookAlikes of = brands.computeIfAbsent(
                        row[0], b -> new LookAlikes(List.of(new OwnName(b, "client", List.of(b)))));
                int[] counts = ways.computeIfAbsent(row[1], k -> new int[2]);
                counts[0]++;
                if (of.find(row[2]) != null) {
                    counts[1]++;
                } else {
                    missed.computeIfAbsent(row[1], k -> new ArrayList<>()).add(row[2]);
                }
            }
        }
        List<String> below = new ArrayList<>();
        ways.forEach((way, n) -> {
            if (n[1] < 0.95 * n[0]) {
                below.add(way + " " + n[1] + " of " + n[0] + " "
                        + missed.get(way).stream().limit(12).toList());
            }
        });
        assertEquals(List.of(), below);
        assertEquals(15, ways.size());
    }

    @Test
    void realDomainsOfOrdinaryMailsAreSeldomTakenForOne() throws IOException {
        LookAlikes all =
                new LookAlikes(List.of(
                                "wipro.com",
                                "infosys.com",
                                "capgemini.com",
                                "elavon.com",
                                "rackspace.com",
                                "northwind-bank.co.uk")
                        .stream()
                        .map(d -> new OwnName(d, "client", List.of(d)))
                        .toList());
        Pattern host = Pattern.compile("(?:@|https?://)([a-z0-9.-]+\\.[a-z]{2,})", Pattern.CASE_INSENSITIVE);
        TreeSet<String> hosts = new TreeSet<>();
        MailData.corpus().forEach((name, mail) -> {
            if (name.contains("ham/")) {
                MailStructure.of(mail).parts().forEach(part -> {
                    Matcher m = host.matcher(part.text() == null ? "" : part.text());
                    while (m.find()) {
                        hosts.add(m.group(1).toLowerCase(java.util.Locale.ROOT));
                    }
                });
            }
        });
        List<String> taken = hosts.stream().filter(h -> all.find(h) != null).toList();
        assertTrue(hosts.size() > 800, () -> "" + hosts.size());
        assertTrue(taken.size() <= hosts.size() / 500, () -> taken + " of " + hosts.size());
    }
}
