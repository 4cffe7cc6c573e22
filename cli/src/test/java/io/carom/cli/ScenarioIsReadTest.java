package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.event.Reject;
import io.carom.event.SourceNames;
import io.carom.party.PartiesFile;
import io.carom.scenario.ScenarioMaker;
import io.carom.scenario.ScenarioOptions;
import io.carom.scenario.Truth;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each log that the scenario maker writes is read by the reader for its product, record by record.
class ScenarioIsReadTest {
    private static final Map<String, Set<String>> READERS = Map.ofEntries(
            Map.entry("zeek", Set.of("zeek-tsv", "zeek")),
            Map.entry("nfdump", Set.of("nfdump")),
            Map.entry("windows", Set.of("windows-json", "windows-xml")),
            Map.entry("cisco-asa", Set.of("cisco-asa")),
            Map.entry("cisco-vpn", Set.of("cisco-asa")),
            Map.entry("fortigate", Set.of("fortigate")),
            Map.entry("fortigate-vpn", Set.of("fortigate")),
            Map.entry("paloalto", Set.of("paloalto")),
            Map.entry("openvpn", Set.of("openvpn")),
            Map.entry("squid", Set.of("squid")),
            Map.entry("iis", Set.of("iis-w3c")),
            Map.entry("azure", Set.of("azure-signin")),
            Map.entry("m365", Set.of("microsoft-365")),
            Map.entry("linux", Set.of("auth-log")),
            Map.entry("bind", Set.of("bind-query")),
            Map.entry("dhcpd", Set.of("generic-syslog")),
            Map.entry("screenconnect", Set.of("screenconnect-csv")),
            Map.entry("anydesk", Set.of("anydesk")),
            Map.entry("teamviewer", Set.of("teamviewer")),
            Map.entry("mail", Set.of("mbox", "eml")));

    @TempDir
    Path dir;

    private record Read(boolean recognised, Set<String> sources, Set<String> natives, List<Reject> rejects) {}

    private static Read read(Path file) throws Exception {
        Set<String> sources = new TreeSet<>();
        Set<String> natives = new HashSet<>();
        List<Reject> rejects = new ArrayList<>();
        Instant written = Files.getLastModifiedTime(file).toInstant();
        try (InputStream in = Files.newInputStream(file)) {
            InputReader.Result result = new InputReader(Sources.installed(), null)
                    .read(
                            in,
                            new InputContext(file.getFileName().toString(), ZoneOffset.UTC, written),
                            new EventBatch(1 << 16),
                            (batch, n) -> {
                                for (int row = 0; row < batch.rows(); row++) {
                                    sources.add(SourceNames.name(batch.source(row)));
                                    natives.add(
                                            batch.text(batch.nativeText(row)).strip());
                                }
                                rejects.addAll(batch.rejects());
                                return batch;
                            });
            return new Read(result.recognised(), sources, natives, rejects);
        }
    }

    @Test
    void everyLogIsReadByItsProductsReaderAndHoldsTheIntrudersRecords() throws Exception {
        Set<String> products = new TreeSet<>();
        // Each seed has other products; a few have all of them.
        for (long seed = 1; seed <= 9 && !products.containsAll(READERS.keySet()); seed++) {
            Path out = dir.resolve("seed" + seed);
            Truth truth = ScenarioMaker.make(
                    new ScenarioOptions(seed, 3, 9, 30_000, out, Instant.parse("2019-03-04T00:00:00Z")), w -> {});
            assertEquals(
                    10, PartiesFile.read(out.resolve("parties.yaml")).parties().size());
            Map<String, Read> readings = new HashMap<>();
            try (Stream<Path> walk = Files.walk(out)) {
                for (Path file : walk.filter(Files::isRegularFile).toList()) {
                    String path = out.relativize(file).toString().replace('\\', '/');
                    if (path.indexOf('/') > 0) {
                        Read read = read(file);
                        readings.put(path, read);
                        String product = path.split("/")[1];
                        products.add(product);
                        assertTrue(read.recognised, path + " is not recognised");
                        assertEquals(List.of(), read.rejects, path);
                        assertTrue(
                                READERS.get(product).containsAll(read.sources), path + " is read by " + read.sources);
                    }
                }
            }
            for (Truth.Malicious m : truth.records()) {
                List<String> lines = Files.readAllLines(out.resolve(m.file()));
                int from = (int) m.line() - 1;
                String record =
                        String.join("\n", lines.subList(from, from + m.lines())).strip();
                assertTrue(readings.get(m.file()).natives.contains(record), () -> m + "\n" + record);
            }
        }
        Set<String> missing = new TreeSet<>(READERS.keySet());
        missing.removeAll(products);
        assertEquals(Set.of(), missing, "products that stand in none of these scenarios");
    }
}
