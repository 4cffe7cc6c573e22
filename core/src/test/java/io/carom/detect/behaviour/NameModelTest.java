package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Domains;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NameModelTest {
    private static final Path LISTS =
            Path.of(System.getProperty("carom.data", "../shared/data"), "intel", "misp-warninglists.tar.gz");

    private final NameModel model = NameModel.own();

    @Test
    void namesThatPeopleGaveAreNotDrawn() {
        for (String label :
                List.of("wikipedia", "facebook", "microsoftonline", "springboard", "hochschule", "telefonica")) {
            assertTrue(model.random(label) < 0, label + " " + model.random(label));
        }
        for (String label :
                List.of("", "a", "1234567890", "xn--bcher-kva", "two-words", "a".repeat(300), "\u0430\u0431")) {
            assertTrue(model.random(label) == 0, label);
        }
    }

    @Test
    void namesDrawnFromLettersDigitsOrHexadecimalAre() {
        Random random = new Random(7);
        for (String letters :
                List.of("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0123456789", "0123456789abcdef")) {
            double share = share(2000, () -> drawn(random, letters, 12));
            assertTrue(share > 0.97, letters + " " + share);
        }
    }

    @Test
    void popularNamesItDidNotLearnFromAreMostlyNotDrawn() throws IOException {
        TreeSet<String> others = labels("tranco10k");
        others.removeAll(labels("majestic_million"));
        assertTrue(others.size() > 3000, "" + others.size());
        double sum = 0;
        for (String label : others) {
            sum += Math.clamp(model.random(label), -8, 12);
        }
        // What decides is that names of people do not add up, before the prior is taken off.
        assertTrue(sum / others.size() < -0.5, "" + sum / others.size());
    }

    /// `-Dgolden=write` writes the table anew.
    @Test
    void theTableIsWhatTheListTeaches() throws IOException {
        byte[] learned = NameModel.of(labels("majestic_million")).table();
        if ("write".equals(System.getProperty("golden"))) {
            Files.write(Path.of("src/main/resources/io/carom/detect/behaviour/domain-letters.bin"), learned);
            return;
        }
        assertArrayEquals(learned, model.table());
    }

    private double share(int n, Supplier<String> names) {
        int drawn = 0;
        for (int i = 0; i < n; i++) {
            drawn += model.random(names.get()) > 0 ? 1 : 0;
        }
        return (double) drawn / n;
    }

    static String drawn(Random random, String letters, int length) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(letters.charAt(random.nextInt(letters.length())));
        }
        return out.toString();
    }

    private static TreeSet<String> labels(String list) throws IOException {
        Assumptions.assumeTrue(Files.exists(LISTS), "no data");
        Domains domains = new Domains();
        TreeSet<String> out = new TreeSet<>();
        for (String name : names(list)) {
            String domain = domains.registrable(name.toLowerCase(java.util.Locale.ROOT));
            if (!domain.isEmpty()) {
                out.add(domain.substring(0, domain.indexOf('.')));
            }
        }
        return out;
    }

    private static List<String> names(String list) throws IOException {
        try (InputStream in = Files.newInputStream(LISTS);
                TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(in, true))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().endsWith("lists/" + list + "/list.json")) {
                    List<String> names = new ArrayList<>();
                    for (JsonNode name :
                            JsonMapper.shared().readTree(tar.readAllBytes()).get("list")) {
                        names.add(name.asString());
                    }
                    return names;
                }
            }
        }
        throw new IOException("no list " + list);
    }
}
