package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The table against the compiled schema it was made from.
class OcsfTableTest {
    @BeforeEach
    void schemaAtHand() {
        OcsfChecker.get();
    }

    @Test
    void everyClassObjectAndAttributeSaysWhatTheCompiledSchemaSays() {
        JsonNode compiled = OcsfChecker.read(OcsfChecker.compiledSchema());
        OcsfSchema schema = OcsfSchema.get();
        JsonNode classes = compiled.get("classes");
        assertEquals(sorted(classes), List.copyOf(schema.classNames()));
        for (String name : schema.classNames()) {
            JsonNode stated = classes.get(name);
            OcsfClass it = schema.byName(name);
            assertEquals(stated.get("uid").intValue(), it.uid());
            assertEquals(stated.get("caption").stringValue(), it.caption());
            assertEquals(stated.get("category_uid").intValue(), it.categoryUid());
            if (stated.has("category_name"))
                assertEquals(stated.get("category_name").stringValue(), it.categoryCaption());
            assertEquals(texts(stated.path("profiles")), it.profiles());
            assertEquals(stated.has("@deprecated"), it.deprecatedSince() != null, name);
            constraints(stated, it.constraints());
            attributes(name, stated.get("attributes"), it.attributes(), compiled);
        }
        JsonNode objects = compiled.get("objects");
        assertEquals(sorted(objects), List.copyOf(schema.objectNames()));
        for (String name : schema.objectNames()) {
            JsonNode stated = objects.get(name);
            OcsfObject it = schema.object(name);
            assertEquals(stated.get("caption").stringValue(), it.caption());
            assertEquals(stated.path("observable").asInt(0), it.observableTypeId());
            constraints(stated, it.constraints());
            attributes(name, stated.get("attributes"), it.attributes(), compiled);
        }
    }

    private static void attributes(
            String owner, JsonNode stated, Map<String, OcsfAttribute> attributes, JsonNode compiled) {
        assertEquals(sorted(stated), List.copyOf(attributes.keySet()), owner);
        JsonNode types = compiled.get("dictionary").get("types").get("attributes");
        for (Map.Entry<String, JsonNode> entry : stated.properties()) {
            String at = owner + "." + entry.getKey();
            JsonNode a = entry.getValue();
            OcsfAttribute it = attributes.get(entry.getKey());
            assertEquals(a.get("type").stringValue(), it.type(), at);
            assertEquals(a.path("object_type").asString(""), it.objectType() == null ? "" : it.objectType(), at);
            assertEquals(a.path("is_array").asBoolean(false), it.array(), at);
            assertEquals(
                    a.get("requirement").stringValue(), it.requirement().name().toLowerCase(Locale.ROOT), at);
            assertEquals(texts(a.path("profiles")), it.profiles(), at);
            String sibling = a.path("sibling").asString("");
            assertEquals(stated.has(sibling) ? sibling : "", it.sibling() == null ? "" : it.sibling(), at);
            assertEquals(
                    a.path("@deprecated").path("since").asString(""),
                    it.deprecatedSince() == null ? "" : it.deprecatedSince(),
                    at);
            Map<String, String> captions = new HashMap<>();
            a.path("enum")
                    .properties()
                    .forEach(v ->
                            captions.put(v.getKey(), v.getValue().get("caption").stringValue()));
            assertEquals(captions, it.values() == null ? Map.of() : it.values().captions(), at);
            JsonNode type = types.path(it.type());
            String base = it.type().equals("timestamp_t")
                    ? it.type()
                    : type.path("type").asString(it.type());
            Kind kind = it.objectType() != null
                    ? Kind.JSON
                    : Kind.valueOf(base.substring(0, base.length() - 2).toUpperCase(Locale.ROOT));
            assertEquals(kind, it.kind(), at);
            assertEquals(type.path("max_len").asInt(0), it.longest(), at);
            int observable = a.path("observable").asInt(0);
            if (observable == 0 && it.objectType() == null) {
                JsonNode word = compiled.get("dictionary").get("attributes").path(entry.getKey());
                observable =
                        word.path("observable").asInt(type.path("observable").asInt(0));
            }
            assertEquals(observable, it.observableTypeId(), at);
        }
    }

    private static void constraints(JsonNode stated, List<OcsfConstraint> constraints) {
        Map<String, List<String>> wanted = new TreeMap<>();
        stated.path("constraints").properties().forEach(c -> wanted.put(c.getKey(), texts(c.getValue())));
        Map<String, List<String>> found = new TreeMap<>();
        for (OcsfConstraint c : constraints) found.put(c.rule().name().toLowerCase(Locale.ROOT), c.attributes());
        assertEquals(wanted, found);
    }

    @Test
    void theProgramThatMadeTheTableMakesItAgain() throws IOException, InterruptedException {
        Path script = Path.of(System.getProperty("carom.root", ".."), "scripts", "ocsf-table");
        assertTrue(Files.isRegularFile(script), script::toString);
        Path out = Files.createTempFile("ocsf", ".tsv");
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "--source",
                            "17",
                            script.toString(),
                            OcsfChecker.compiledSchema().toString())
                    .redirectOutput(out.toFile())
                    .redirectError(new File(out + ".err"))
                    .start();
            assertEquals(0, process.waitFor(), () -> "see " + out + ".err");
            try (InputStream table = OcsfSchema.class.getResourceAsStream("ocsf-1.8.0.tsv")) {
                assertArrayEquals(table.readAllBytes(), Files.readAllBytes(out));
            }
            Files.deleteIfExists(Path.of(out + ".err"));
        } finally {
            Files.deleteIfExists(out);
        }
    }

    private static List<String> sorted(JsonNode object) {
        return object.propertyNames().stream().sorted().toList();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(n -> texts.add(n.stringValue()));
        return texts;
    }
}
