package io.carom.report;

import io.carom.incident.Incident;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// Writes what an investigation found: a page for people, JSON for programs.
public final class Report {
    public static final String PAGE = "report.html";
    public static final String INCIDENTS = "incidents.json";
    public static final String BUNDLE = "bundle.stix.json";

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private Report() {}

    /// Writes {@link #PAGE}, {@link #INCIDENTS} and {@link #BUNDLE} into the folder, which is made if
    /// needed.
    /// Each file has its name only once it is whole. Findings are written as they are found, by
    /// {@link FindingsFile}.
    public static void write(Path folder, ReportInput in) throws IOException {
        Files.createDirectories(folder);
        whole(folder.resolve(INCIDENTS), out -> incidents(in.incidents(), out));
        whole(folder.resolve(BUNDLE), out -> out.write(new StixBundle(in).text()));
        whole(folder.resolve(PAGE), out -> out.write(new ReportPage(in).html()));
    }

    /// Writes incidents, one JSON object a line.
    public static void incidents(List<Incident> incidents, Writer out) throws IOException {
        for (Incident incident : incidents) {
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
                IncidentJson.write(incident, json);
            }
            out.write('\n');
        }
    }

    private interface Content {
        void to(Writer out) throws IOException;
    }

    private static void whole(Path file, Content content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        // This writer replaces what UTF-8 cannot write (half a surrogate pair from a log) where another
        // throws.
        try (OutputStream bytes = Files.newOutputStream(part);
                Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            content.to(out);
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
