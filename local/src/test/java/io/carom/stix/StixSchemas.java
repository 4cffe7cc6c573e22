package io.carom.stix;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The schemas of STIX 2.1 that OASIS publishes, against which all that writes STIX is held.
public final class StixSchemas {
    private static final JsonMapper JSON = new JsonMapper();

    private StixSchemas() {}

    /// Fails with the first objects of a bundle that do not hold to their schemas; skips the test where the schemas are
    /// not there.
    ///
    /// @return the types of the objects
    public static Set<String> check(String bundle) throws IOException {
        Path archive =
                Path.of(System.getProperty("carom.data", "../shared/data"), "intel", "stix2-json-schemas.tar.gz");
        if (!Files.isRegularFile(archive)) {
            String message = archive + " is not there (system property carom.data)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(message);
            }
            Assumptions.abort(message);
        }
        Map<String, String> schemas = schemas(archive);
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(schemas));
        Map<String, Schema> known = new HashMap<>();
        List<String> faults = new ArrayList<>();
        for (JsonNode object : JSON.readTree(bundle).get("objects")) {
            String type = object.get("type").stringValue();
            Schema schema = known.computeIfAbsent(
                    type,
                    t -> registry.getSchema(SchemaLocation.of(schemas.keySet().stream()
                            .filter(k -> k.endsWith("/" + t + ".json"))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("STIX 2.1 has no type " + t)))));
            for (Error error : schema.validate(object.toString(), InputFormat.JSON)) {
                String shown = object.toString();
                faults.add(
                        type + ": " + error.getMessage() + " in " + shown.substring(0, Math.min(300, shown.length())));
            }
        }
        Assertions.assertEquals(List.of(), faults.stream().limit(10).toList());
        return new TreeSet<>(known.keySet());
    }

    /// By the id that each states of itself, as their references are resolved against it.
    private static Map<String, String> schemas(Path archive) throws IOException {
        Map<String, String> out = new HashMap<>();
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
            byte[] tar = in.readAllBytes();
            for (int at = 0; at + 512 <= tar.length && tar[at] != 0; ) {
                String name = new String(tar, at, 100, StandardCharsets.UTF_8).split("\0", 2)[0];
                int size = Integer.parseInt(
                        new String(tar, at + 124, 12, StandardCharsets.UTF_8)
                                .replace("\0", "")
                                .strip(),
                        8);
                if (name.startsWith("schemas/") && name.endsWith(".json")) {
                    String text = new String(tar, at + 512, size, StandardCharsets.UTF_8);
                    out.put(JSON.readTree(text).get("$id").stringValue(), text);
                }
                at += 512 + (size + 511) / 512 * 512;
            }
        }
        return out;
    }
}
