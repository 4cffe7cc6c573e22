package io.carom.report;

import io.carom.event.Finding;
import io.carom.event.JsonText;
import io.carom.incident.FindingJson;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// `findings.ndjson`: every finding as it is found, one OCSF Detection Finding a line. It has its name only
/// once it is whole and closed. For one thread.
public final class FindingsFile implements Closeable {
    public static final String NAME = "findings.ndjson";

    private final Path part;
    private final Path whole;
    private final OutputStream out;
    private final JsonText line = new JsonText();
    private boolean closed;

    public FindingsFile(Path folder) throws IOException {
        Files.createDirectories(folder);
        part = folder.resolve(NAME + ".part");
        whole = folder.resolve(NAME);
        out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16);
    }

    public void add(Finding finding) throws IOException {
        line.length(0);
        FindingJson.write(finding, line);
        line.raw('\n');
        out.write(line.bytes(), 0, line.length());
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            out.close();
            Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
