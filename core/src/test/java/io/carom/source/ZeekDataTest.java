package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

/// Zeek logs of others, read whole: no record lost, and the same events of TSV and JSON.
class ZeekDataTest {
    /// More of a file than this is not compared in text; its records are counted all the same.
    private static final int COMPARED = 3_000;

    private static Map<String, byte[]> members(String archive, String within) throws IOException {
        Map<String, byte[]> members = new TreeMap<>();
        InputStream raw = new BufferedInputStream(Files.newInputStream(WindowsData.file(archive)));
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(archive.endsWith(".gz") ? new GZIPInputStream(raw) : raw)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile() && entry.getName().contains(within)) {
                    byte[] bytes = tar.readAllBytes();
                    boolean packed = entry.getName().endsWith(".gz");
                    members.put(
                            entry.getName(),
                            packed ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes);
                }
            }
        }
        return members;
    }

    /// Records as `grep -vc '^#'` would count them, blank lines aside.
    private static long lines(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .count();
    }

    /// Records that have more or fewer values than the `#fields` line before them has names.
    private static long uneven(byte[] bytes) {
        long uneven = 0;
        int names = -1;
        for (String line :
                new String(bytes, StandardCharsets.ISO_8859_1).lines().toList()) {
            if (line.startsWith("#fields\t")) {
                names = line.split("\t", -1).length - 1;
            } else if (names >= 0 && !line.isBlank() && !line.startsWith("#")) {
                uneven += line.split("\t", -1).length == names ? 0 : 1;
            }
        }
        return uneven;
    }

    private static byte[] first(byte[] bytes, int records) {
        int seen = 0;
        int at = 0;
        while (at < bytes.length && seen < records) {
            boolean header = bytes[at] == '#';
            while (at < bytes.length && bytes[at] != '\n') {
                at++;
            }
            at++;
            seen += header ? 0 : 1;
        }
        return java.util.Arrays.copyOf(bytes, Math.min(at, bytes.length));
    }

    @Test
    void tsvAndJsonOfTheSameRecordsGiveTheSameEvents() throws IOException {
        Map<String, byte[]> all = members("zeek/zed-sample-data.tar", "zeek-");
        List<String> faults = new ArrayList<>();
        int kinds = 0;
        for (String name : all.keySet()) {
            if (!name.startsWith("zeek-default/")) {
                continue;
            }
            kinds++;
            String kind = name.substring("zeek-default/".length(), name.length() - ".log.gz".length());
            ReadEvents tsv = ReadEvents.of(kind + ".log", first(all.get(name), COMPARED));
            ReadEvents json = ReadEvents.of(kind + ".json", first(all.get("zeek-json/" + kind + ".json.gz"), COMPARED));
            compare(kind, tsv, json, faults);
        }
        assertEquals(32, kinds);
        assertEquals(List.of(), faults);
    }

    @Test
    void ritasHttpLogsAreTwins() throws IOException {
        byte[] tsv = members("network/rita-zeek.tar", "valid_tsv/")
                .values()
                .iterator()
                .next();
        byte[] json = members("network/rita-http-json.tar", "http")
                .values()
                .iterator()
                .next();
        assertEquals(27_204, lines(tsv));
        assertEquals(27_204, lines(json));
        List<String> faults = new ArrayList<>();
        compare("http", ReadEvents.of("http.log", tsv), ReadEvents.of("http.json", json), faults);
        assertEquals(List.of(), faults);
    }

    private static void compare(String kind, ReadEvents tsv, ReadEvents json, List<String> faults) {
        if (!tsv.rejects().isEmpty()
                || !json.rejects().isEmpty()
                || tsv.events().size() != json.events().size()) {
            faults.add(
                    kind + ": " + tsv.events().size() + " and " + json.events().size() + " events, "
                            + tsv.rejects().size() + " and " + json.rejects().size() + " rejects");
            return;
        }
        for (int i = 0; i < tsv.events().size(); i++) {
            String one = mapped(tsv.events().get(i));
            String other = mapped(json.events().get(i));
            if (!one.equals(other)) {
                faults.add(kind + " record " + (i + 1) + "\n" + one + "\n" + other);
                return;
            }
        }
    }

    /// What the mapping made of the record. Fields without an attribute are kept as they were written, which differs.
    private static String mapped(String event) {
        int unmapped = event.indexOf(",\"unmapped\":");
        return unmapped < 0 ? event.substring(0, event.length() - 1) : event.substring(0, unmapped);
    }

    @Test
    void everyLineOfEveryFileIsAnEventOrAReject() throws IOException {
        for (String archive :
                List.of("zeek/apt29-day1.tar.gz", "network/slips-dataset.tar.gz", "network/rita-zeek.tar")) {
            for (Map.Entry<String, byte[]> file : members(archive, ".log").entrySet()) {
                if (file.getKey().startsWith("text_file/") || file.getKey().startsWith("valid_tsv/")) {
                    continue;
                }
                ReadEvents read = ReadEvents.of(file.getKey(), file.getValue());
                assertTrue(read.result().recognised(), file.getKey());
                assertEquals(lines(file.getValue()), read.result().records(), file.getKey());
                assertEquals(
                        read.result().records(),
                        read.events().size() + read.rejects().size(),
                        file.getKey());
                if (!file.getKey().startsWith("truncated/")) {
                    assertEquals(uneven(file.getValue()), read.rejects().size(), file.getKey());
                    for (String source : read.sources()) {
                        // JSON of `loaded_scripts` and the like has no field that tells it as Zeek's.
                        assertTrue(
                                source.equals("zeek") || source.equals("generic-json"), file.getKey() + " " + source);
                    }
                }
            }
        }
    }

    /// `conn_top.log` has lost its header, so none of its 59 records can be read; the last of four JSON records is cut:
    /// sixty. In `conn.log` the last of 59 records is cut too.
    @Test
    void recordsCutOrWithoutTheirHeaderAreRejected() throws IOException {
        Map<String, byte[]> files = members("network/rita-zeek.tar", "truncated/");
        ReadEvents top = ReadEvents.of("conn_top.log", files.get("truncated/conn_top.log"));
        ReadEvents json = ReadEvents.of("conn_json.log", files.get("truncated/conn_json.log"));
        ReadEvents tsv = ReadEvents.of("conn.log", files.get("truncated/conn.log"));
        assertEquals(List.of(0, 59), List.of(top.events().size(), top.rejects().size()));
        assertEquals(List.of(3, 1), List.of(json.events().size(), json.rejects().size()));
        assertEquals(List.of(58, 1), List.of(tsv.events().size(), tsv.rejects().size()));
    }

    @Test
    void proseNamedLikeALogIsNone() throws IOException {
        byte[] prose = members("network/rita-zeek.tar", "text_file/")
                .values()
                .iterator()
                .next();
        assertFalse(ReadEvents.of("conn.log", prose).result().recognised());
    }

    @Test
    void flowsOfArgusAreAllRead() throws IOException {
        Map<String, byte[]> files = members("network/slips-dataset.tar.gz", ".binetflow");
        assertEquals(3, files.size());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            ReadEvents read = ReadEvents.of(file.getKey(), file.getValue());
            assertEquals(lines(file.getValue()) - 1, read.events().size(), file.getKey());
            assertEquals(List.of(), read.rejects(), file.getKey());
            assertTrue(read.sources().stream().allMatch("argus"::equals), file.getKey());
        }
    }
}
