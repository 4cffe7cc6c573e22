package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import io.carom.source.user.MappingFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Archives of others' logs, read whole as a user would name them: every record is an event or a reject, and
/// their number is that of another count.
class SharedDataTest {
    private static final Attribute QUERY = Attribute.of("query.hostname");

    /// Counts lines that are neither blank nor comments while they are read.
    private static final class Lines extends FilterInputStream {
        private long lines;
        private boolean within;
        private boolean comment;

        Lines(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int got = in.read(b, off, len);
            for (int i = off; i < off + got; i++) {
                if (b[i] == '\n') {
                    lines += within && !comment ? 1 : 0;
                    within = false;
                } else if (!within && b[i] != '\r' && b[i] != ' ' && b[i] != '\t') {
                    within = true;
                    comment = b[i] == '#';
                }
            }
            return got;
        }

        long count() {
            return lines + (within && !comment ? 1 : 0);
        }
    }

    private record Read(long lines, long events, long rejects, boolean recognised, Set<String> sources) {}

    private interface Look {
        void at(String path, EventBatch batch, int row);
    }

    /// By the part of the path behind the archive's name.
    private static Map<String, Read> read(String archive, Look look) throws IOException {
        Map<String, Read> files = new TreeMap<>();
        Inputs.readOne(WindowsData.file(archive).toString(), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream in) throws IOException {
                long[] seen = new long[2];
                Set<String> sources = new TreeSet<>();
                Lines lines = new Lines(in);
                InputContext context = new InputContext(path, ZoneOffset.UTC, ReadEvents.REFERENCE);
                InputReader.Result result = new InputReader(Sources.installed(), null)
                        .read(lines, context, new EventBatch(1 << 20), (batch, records) -> {
                            seen[0] += batch.rows();
                            seen[1] += batch.rejects().size();
                            for (int row = 0; row < batch.rows(); row++) {
                                sources.add(SourceNames.name(batch.source(row)));
                                look.at(path, batch, row);
                            }
                            return batch;
                        });
                assertEquals(result.records(), seen[0] + seen[1], path);
                lines.readAllBytes();
                files.put(
                        path.substring(path.indexOf('!') + 1),
                        new Read(lines.count(), seen[0], seen[1], result.recognised(), sources));
            }

            @Override
            public void refused(String path, String reason) {
                throw new AssertionError(path + ": " + reason);
            }
        });
        return files;
    }

    @Test
    void aDayOfAnExerciseIsReadWholeAsTsvAndAsJson() throws IOException {
        Map<String, Read> files = read("zeek/zed-sample-data.tar", (path, batch, row) -> {});
        List<String> faults = new ArrayList<>();
        Map<String, Long> tsv = new TreeMap<>();
        Map<String, Long> json = new TreeMap<>();
        files.forEach((name, read) -> {
            if (name.startsWith("zeek-")) {
                if (read.events != read.lines || read.rejects != 0) {
                    faults.add(name + ": " + read);
                }
                String kind = name.substring(name.indexOf('/') + 1).replaceFirst("\\..*", "");
                (name.startsWith("zeek-json/") ? json : tsv).put(kind, read.events);
            }
        });
        assertEquals(List.of(), faults);
        assertEquals(32, tsv.size());
        assertEquals(tsv, json);
    }

    /// Counts and names of the data's own description.
    @Test
    void dnsTunnelsAndOrdinaryQueriesAreReadWhole() throws IOException {
        Map<String, Set<String>> names = new HashMap<>();
        Map<String, Read> files = read("network/dns-tunnels.tar", (path, batch, row) -> {
            String query = batch.text(QUERY, row);
            if (query != null && query.endsWith(".ggy666.tk")) {
                names.computeIfAbsent(path.replaceFirst(".*tunnel-", "").replaceFirst("-.*", ""), k -> new HashSet<>())
                        .add(query);
            }
        });
        Map<String, Long> events = new TreeMap<>();
        files.forEach((name, read) -> {
            assertEquals(read.lines, read.events, name);
            assertEquals(0, read.rejects, name);
            events.put(name.replace("./", ""), read.events);
        });
        assertEquals(
                Map.of(
                        "normal-00002.dns.log.gz", 15_000L,
                        "normal-00043.dns.log.gz", 15_000L,
                        "tunnel-dnscat2-txt.dns.log.gz", 3_975L,
                        "tunnel-iodine-cname.dns.log.gz", 9_089L),
                events);
        assertEquals(3_975, names.get("dnscat2").size());
        assertTrue(
                names.get("iodine").size() >= 9_000,
                "names: " + names.get("iodine").size());
    }

    /// No product wrote this table, so a mapping file says what its columns are. Its clock begins in 1970.
    @Test
    void aTableOfSignInsIsReadWholeByAMappingFile() throws Exception {
        Source table = MappingFile.parse("""
                name: lanl-redteam
                product: {vendor: LANL, name: Red team}
                format: delimited
                recognise: {fields: [tstamp, userdomain, redteam]}
                time: {field: tstamp, form: epoch-s}
                class: authentication
                fields:
                  src: src_endpoint.hostname
                  dst: dst_endpoint.hostname
                  usr: user.name
                  domain: user.domain
                constants: {activity_id: Logon}
                """, "lanl.yaml");
        Sources formats = Sources.with(List.of(table), "lanl");
        try (InputStream in = new java.util.zip.GZIPInputStream(
                java.nio.file.Files.newInputStream(WindowsData.file("network/lanl-redteam.csv.gz")))) {
            ReadEvents read = ReadEvents.of("lanl-redteam.csv", in, formats, null);
            assertEquals(749, read.result().records());
            assertEquals(749, read.events().size());
            assertEquals(
                    701,
                    read.events().stream()
                            .filter(event -> event.contains("\"src_endpoint\":{\"hostname\":\"C17693\"}"))
                            .count());
        }
    }

    @Test
    void everyMemberOfTheSlipsDataIsReadOrIsNoLog() throws IOException {
        Map<String, Read> files = read("network/slips-dataset.tar.gz", (path, batch, row) -> {});
        List<String> faults = new ArrayList<>();
        Set<String> noLogs = new TreeSet<>();
        files.forEach((name, read) -> {
            boolean header = name.endsWith(".binetflow");
            if (!read.recognised) {
                noLogs.add(name.replaceFirst(".*/", ""));
            } else if (read.lines - (header ? 1 : 0) != read.events + read.rejects) {
                faults.add(name + ": " + read);
            }
        });
        assertEquals(List.of(), faults);
        assertEquals(
                Set.of("README.md", "test-cc-capture-2.pcap", "test12-icmp-portscan.pcap", "test8-malicious.pcap"),
                noLogs);
        assertEquals(394, files.get("test4-malicious.binetflow").events);
        assertEquals(89, files.get("test3-mixed.binetflow").events);
        assertEquals(66, files.get("test11-portscan.binetflow").events);
        assertEquals(766, files.get("test18-malicious-ctu-sme-11-win/zeek-labeled/conn.log.labeled").events);
        assertEquals(576, files.get("test9-mixed-zeek-dir/conn.log").events);
    }

    /// What stands beside the Windows captures: Linux, AWS and Zeek.
    @Test
    void theOtherSecurityDatasetsAreReadWhole() throws IOException {
        Map<String, Read> files = new TreeMap<>();
        Inputs.readOne(WindowsData.file("captures/security-datasets.tar").toString(), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream in) throws IOException {
                String name = path.substring(path.indexOf('!') + 1);
                if (name.contains("windows/") || name.contains("_metadata") || name.contains("lsass_memory_dump.zip")) {
                    return;
                }
                long[] seen = new long[2];
                Set<String> sources = new TreeSet<>();
                Lines lines = new Lines(in);
                InputContext context = new InputContext(path, ZoneOffset.UTC, ReadEvents.REFERENCE);
                InputReader.Result result = new InputReader(Sources.installed(), null)
                        .read(lines, context, new EventBatch(1 << 20), (batch, records) -> {
                            seen[0] += batch.rows();
                            seen[1] += batch.rejects().size();
                            for (int row = 0; row < batch.rows(); row++) {
                                sources.add(SourceNames.name(batch.source(row)));
                            }
                            return batch;
                        });
                assertEquals(result.records(), seen[0] + seen[1], path);
                files.put(name, new Read(lines.count(), seen[0], seen[1], result.recognised(), sources));
            }

            @Override
            public void refused(String path, String reason) {
                throw new AssertionError(path + ": " + reason);
            }
        });
        List<String> faults = new ArrayList<>();
        files.forEach((name, read) -> {
            boolean log = !name.matches(".*(\\.cap|\\.pcap|\\.pcapng|README\\.md)");
            // An event of auditd has several lines.
            boolean whole = read.sources.contains("auditd")
                    ? read.events > 0 && read.events <= read.lines
                    : read.events == read.lines;
            if (log ? !read.recognised || read.rejects > 0 || !whole : read.recognised) {
                faults.add(name + ": " + read);
            }
        });
        assertEquals(List.of(), faults, "files whose lines are not their events");
        assertTrue(files.size() >= 10, files.keySet().toString());
    }
}
