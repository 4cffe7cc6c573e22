package io.carom.intel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What OASIS's own matcher and validator say of patterns, where their tests are present as data.
class StixVectorsTest {
    private static List<Members> vectors(String name) throws IOException {
        Path file = Path.of(System.getProperty("carom.data", "../shared/data"), "intel", name);
        if (!Files.exists(file)) {
            Assertions.assertNotEquals("true", System.getenv("CI"), "not there: " + file);
            Assumptions.abort("not there: " + file);
        }
        List<Members> vectors = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                vectors.add((Members) JsonTree.of(line));
            }
        }
        return vectors;
    }

    private static StixVersion version(Members vector) {
        return Objects.requireNonNull(StixVersion.of(vector.text("spec", "")));
    }

    private static String text(Members vector) {
        return vector.text("pattern", "");
    }

    private static String expected(Members vector) {
        return vector.get("expected") instanceof JsonValue.Truth(boolean value) ? String.valueOf(value) : "error";
    }

    private static Answer answer(Members vector) {
        try {
            Pattern pattern = Pattern.parse(text(vector), version(vector));
            return pattern.match(ObservedData.of(vector.items("observed")));
        } catch (PatternException | ObservedData.Fault e) {
            return new Answer.Undecided(String.valueOf(e.getMessage()));
        }
    }

    private static void matches(String name, int count) throws IOException {
        List<Members> vectors = vectors(name);
        assertEquals(count, vectors.size());
        List<String> wrong = new ArrayList<>();
        for (Members vector : vectors) {
            Answer answer = answer(vector);
            String found = switch (answer) {
                case Answer.Matched m -> "true";
                case Answer.Unmatched u -> "false";
                case Answer.Undecided u -> "error";
            };
            if (!found.equals(expected(vector))) {
                wrong.add(
                        version(vector).label() + " " + text(vector) + " expected " + expected(vector) + ": " + answer);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyMatcherVectorIsAnsweredAsExpected() throws IOException {
        matches("stix-pattern-vectors.ndjson.gz", 510);
    }

    @Test
    void everyTemporalVectorIsAnsweredAsExpected() throws IOException {
        matches("stix-pattern-vectors-temporal.ndjson.gz", 64);
    }

    @Test
    void theObservationsThatMatchAreNamed() throws IOException {
        int checked = 0;
        for (Members vector : vectors("stix-pattern-vectors-temporal.ndjson.gz")) {
            List<JsonValue> named = vector.items("matching_sdos");
            if (named.isEmpty()) {
                continue;
            }
            Set<String> expected = new LinkedHashSet<>();
            named.forEach(n -> expected.add(((JsonValue.Text) n).value()));
            Set<String> found = new LinkedHashSet<>();
            for (Observation observation : ((Answer.Matched) answer(vector)).by()) {
                found.add(observation.bundle().isEmpty() ? observation.id() : observation.bundle());
            }
            assertEquals(expected, found, text(vector));
            checked++;
        }
        assertEquals(3, checked);
    }

    @Test
    void everySyntaxVectorIsTakenOrRefusedAtItsColumn() throws IOException {
        List<Members> vectors = vectors("stix-pattern-syntax.ndjson.gz");
        assertEquals(77, vectors.size());
        List<String> wrong = new ArrayList<>();
        for (Members vector : vectors) {
            boolean valid = vector.yes("valid");
            try {
                Pattern pattern = Pattern.parse(text(vector), version(vector));
                assertEquals(pattern, Pattern.parse(pattern.toString(), pattern.version()), pattern.toString());
                if (!valid) {
                    wrong.add("taken: " + text(vector));
                }
            } catch (PatternException e) {
                int column = vector.get("column") instanceof JsonValue.Number(java.math.BigDecimal at)
                        ? at.intValueExact()
                        : e.column();
                if (valid || e.line() != 1 || e.column() != column) {
                    wrong.add(text(vector) + " expected " + (valid ? "valid" : "column " + column) + ": "
                            + e.getMessage());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }
}
