package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.OcsfChecker;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Real mails of others: 1,000 of a corpus, and 219 made to break readers.
class MailDataTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static Map<String, byte[]> files(String archive) throws IOException {
        Path path = WindowsData.file("mail/" + archive);
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        return files;
    }

    private static ReadEvents read(String name, byte[] bytes) {
        ReadEvents read = ReadEvents.of(name, bytes);
        assertEquals(
                read.result().records(), read.events().size() + read.rejects().size(), name);
        return read;
    }

    /// A part of the corpus is wrapped in JSON.
    private static byte[] mail(String name, byte[] bytes) {
        return name.endsWith(".json")
                ? JSON.readTree(bytes).get("text").stringValue().getBytes(StandardCharsets.UTF_8)
                : bytes;
    }

    private static ReadEvents forced(String name, byte[] bytes) {
        return ReadEvents.of(
                name,
                new ByteArrayInputStream(bytes),
                Sources.installed().named("eml").orElseThrow());
    }

    /// A mail that names nobody has no address that OCSF takes for one.
    private static boolean isNobody(OcsfChecker.Violation violation) {
        return violation.rule() == OcsfChecker.Rule.PATTERN
                && violation.path().equals("email.from")
                && violation.message().startsWith("\"Unknown\"");
    }

    private static List<String> faults(String name, List<String> events) {
        List<String> faults = new ArrayList<>();
        for (String event : events) {
            OcsfChecker.get().check(event).stream().filter(v -> !isNobody(v)).forEach(v -> faults.add(name + ": " + v));
        }
        return faults;
    }

    @Test
    void everyMailOfTheCorpusIsOneEventThatConforms() throws IOException {
        Map<String, Integer> mails = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        int timed = 0;
        int addressed = 0;
        int uncut = 0;
        for (Map.Entry<String, byte[]> file : files("corpus.tar.gz").entrySet()) {
            if (!file.getKey().matches("(phishing|ham|hard-ham)/.*\\.(eml|txt|json)")) {
                continue;
            }
            ReadEvents read = read(file.getKey(), mail(file.getKey(), file.getValue()));
            assertEquals(1, read.events().size(), file.getKey());
            assertTrue(List.of("eml", "mbox").contains(read.sources().getFirst()), file.getKey());
            mails.merge(file.getKey().substring(0, file.getKey().indexOf('/')), 1, Integer::sum);
            faults.addAll(faults(file.getKey(), read.events()));
            String event = read.events().getFirst();
            timed += event.contains("\"time\":0,") ? 0 : 1;
            addressed += event.contains("\"src_endpoint\":{") ? 1 : 0;
            uncut += event.contains("\"mail.cut\"") ? 0 : 1;
        }
        assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())));
        assertEquals(Map.of("phishing", 400, "ham", 500, "hard-ham", 100), mails);
        assertEquals(1_000, timed, "mails with a time");
        assertEquals(1_000, uncut, "mails read to their end");
        assertTrue(addressed > 900, () -> "mails with a source: too few");
    }

    @Test
    void oddMailsAreReadAndLoseNothing() throws IOException {
        List<String> faults = new ArrayList<>();
        Map<String, Integer> told = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : files("odd-mails.tar.gz").entrySet()) {
            ReadEvents read = read(file.getKey(), file.getValue());
            faults.addAll(faults(file.getKey(), read.events()));
            if (!file.getKey().endsWith(".eml")) {
                continue;
            }
            String as = read.sources().isEmpty() ? "unknown" : read.sources().getFirst();
            told.merge(as, 1, Integer::sum);
            ReadEvents forced = forced(file.getKey(), file.getValue());
            assertEquals(1, forced.events().size() + forced.rejects().size(), file.getKey());
            faults.addAll(faults(file.getKey(), forced.events()));
        }
        assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())));
        // The others are fragments without a line of their own to a mail: a body's type, or a sender alone.
        assertEquals(192, told.getOrDefault("eml", 0) + told.getOrDefault("mbox", 0), () -> "told as " + told);
    }
}
