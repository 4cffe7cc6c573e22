package io.carom.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Tells builds apart that may read an input differently: by the content of all classes of readers and
/// events.
///
/// All of them together, for one new reader may claim what another read before. From a jar the checksums of
/// its directory serve, so that nothing is unpacked.
final class BuildVersion {
    private BuildVersion() {}

    static String get() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            contents()
                    .forEach((name, sum) -> digest.update((name + ":" + sum + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("the program's own classes cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> contents() throws IOException, URISyntaxException {
        Map<String, String> contents = new TreeMap<>();
        CodeSource code = BuildVersion.class.getProtectionDomain().getCodeSource();
        if (code == null) {
            throw new IOException("they come from no file");
        }
        Path at = Path.of(code.getLocation().toURI());
        if (Files.isDirectory(at)) {
            try (Stream<Path> walk = Files.walk(at)) {
                walk.filter(Files::isRegularFile).forEach(file -> {
                    String name = at.relativize(file).toString().replace('\\', '/');
                    if (counts(name)) {
                        contents.put(name, sum(file));
                    }
                });
            }
        } else {
            try (ZipFile jar = new ZipFile(at.toFile())) {
                for (ZipEntry entry : java.util.Collections.list(jar.entries())) {
                    if (counts(entry.getName())) {
                        contents.put(entry.getName(), entry.getSize() + " " + entry.getCrc());
                    }
                }
            }
        }
        return contents;
    }

    private static boolean counts(String name) {
        return name.startsWith("io/carom/source/") || name.startsWith("io/carom/event/");
    }

    private static String sum(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            CRC32 crc = new CRC32();
            crc.update(content);
            return content.length + " " + crc.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
