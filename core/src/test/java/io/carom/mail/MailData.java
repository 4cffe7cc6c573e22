package io.carom.mail;

import io.carom.source.WindowsData;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.json.JsonMapper;

/// Real mails and vectors of others; a test skips where they are not.
public final class MailData {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private MailData() {}

    public static Path path(String name) {
        return WindowsData.file("mail/" + name);
    }

    /// The files of an archive by their names.
    public static Map<String, byte[]> files(String archive) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path(archive)));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName().replaceFirst("^(\\./)?", ""), tar.readAllBytes());
                }
            }
        }
        return files;
    }

    /// The corpus by name; what is wrapped in JSON is unwrapped.
    public static Map<String, byte[]> corpus() throws IOException {
        Map<String, byte[]> mails = files("corpus.tar.gz");
        mails.replaceAll((name, bytes) -> name.endsWith(".json")
                ? JSON.readTree(bytes).get("text").stringValue().getBytes(StandardCharsets.UTF_8)
                : bytes);
        return mails;
    }
}
