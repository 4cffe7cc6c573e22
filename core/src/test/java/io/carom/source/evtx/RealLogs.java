package io.carom.source.evtx;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Assumptions;

/// Event logs of real machines and what is known of them, where the folder of test data is there.
final class RealLogs {
    static final String SAMPLES = "evtx/attack-samples.tar.gz";
    static final String REGRESSION = "sigma/regression.tar.gz";

    private RealLogs() {}

    /// The file of the data folder. Without it the test is skipped; where the build must have it
    /// (`CI=true`), it fails.
    static Path file(String name) {
        Path file = Path.of(System.getProperty("carom.data", "")).resolve(name);
        if (!Files.exists(file) && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("test data missing: " + file);
        }
        Assumptions.assumeTrue(Files.exists(file), "test data missing: " + file);
        return file;
    }

    /// All files of an archive whose name ends so, by name.
    static Map<String, byte[]> in(String archive, String suffix) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file(archive)));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile() && entry.getName().endsWith(suffix)) {
                    files.put(entry.getName().replaceFirst("^\\./", ""), tar.readAllBytes());
                }
            }
        }
        return files;
    }

    /// The rows of a CSV without quotes, as maps by the names in its first line.
    static List<Map<String, String>> rows(String csv) throws IOException {
        List<String> lines = Files.readAllLines(file(csv));
        String[] names = lines.getFirst().split(",", -1);
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < names.length; i++) {
                row.put(names[i], cells[i]);
            }
            rows.add(row);
        }
        return rows;
    }
}
