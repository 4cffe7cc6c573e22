package io.carom.detect.sigma;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// The third-party rules and logs that tests use where they are present.
public final class SigmaArchives {
    private SigmaArchives() {}

    public static Path data(String name) {
        Path file = Path.of(System.getProperty("carom.data", "../shared/data"), name);
        if (!Files.exists(file)) {
            Assertions.assertNotEquals("true", System.getenv("CI"), "not there: " + file);
            Assumptions.abort("not there: " + file);
        }
        return file;
    }

    /// The files of a `.tar.gz` by their path in it.
    public static Map<String, byte[]> files(String name) {
        Map<String, byte[]> files = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GzipCompressorInputStream(new BufferedInputStream(Files.newInputStream(data(name))), true))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
