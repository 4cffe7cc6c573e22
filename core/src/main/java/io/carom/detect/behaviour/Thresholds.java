package io.carom.detect.behaviour;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The values of all thresholds, each with its reason.
///
///     scan:
///       targets: {value: 25, why: "..."}
///
/// Carom's own stand in `analytics.yaml` beside this class. A file of the same form in the home overrides
/// some.
public final class Thresholds {
    private static final String OWN = "analytics.yaml";

    /// @param name `analytic.name`
    public record Value(String name, double value, String why) {}

    private final Map<String, Value> values;
    private final double[] byIndex;

    private Thresholds(Map<String, Value> values) {
        this.values = values;
        List<Threshold> all = Threshold.all();
        byIndex = new double[all.size()];
        for (Threshold threshold : all) {
            Value value = values.get(threshold.name());
            if (value == null) {
                throw new IllegalStateException(OWN + " has no value for " + threshold.name());
            }
            byIndex[threshold.index()] = value.value;
        }
    }

    /// Carom's own values. The analytics that use them must have been loaded.
    public static Thresholds own() {
        Faults faults = new Faults(OWN);
        try (InputStream in = Thresholds.class.getResourceAsStream(OWN)) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Value> values = parse(text, faults);
            faults.throwIfAny();
            return new Thresholds(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /// These values with those of a file in their place.
    ///
    /// @throws ConfigException with every fault of the file, each with line and column
    public Thresholds with(Path file) throws IOException, ConfigException {
        Faults faults = new Faults(file.toString());
        Map<String, Value> changed = parse(Files.readString(file), faults);
        Map<String, Value> all = new LinkedHashMap<>(values);
        for (Value value : changed.values()) {
            if (all.replace(value.name, value) == null) {
                faults.at(
                        1,
                        1,
                        "no analytic has a threshold \"" + value.name + "\"."
                                + io.carom.config.Suggestion.of(value.name, all.keySet()));
            }
        }
        faults.throwIfAny();
        return new Thresholds(all);
    }

    private static Map<String, Value> parse(String text, Faults faults) {
        Map<String, Value> values = new LinkedHashMap<>();
        YamlNode root = YamlNode.parse(text, faults);
        if (root == null) {
            return values;
        }
        root.members()
                .forEach((analytic, section) -> section.members().forEach((name, node) -> {
                    Map<String, YamlNode> parts = node.members(List.of("value", "why"));
                    YamlNode number = parts.get("value");
                    YamlNode why = parts.get("why");
                    if (number == null) {
                        node.fault("expected a value");
                        return;
                    }
                    if (why == null || why.text().isBlank()) {
                        node.fault("expected a reason (why)");
                        return;
                    }
                    try {
                        double value = Double.parseDouble(number.text());
                        if (!Double.isFinite(value) || value < 0) {
                            number.fault("expected a number of 0 or more, found \"" + number.text() + "\"");
                        }
                        values.put(analytic + "." + name, new Value(analytic + "." + name, value, why.text()));
                    } catch (NumberFormatException e) {
                        number.fault("expected a number, found \"" + number.text() + "\"");
                    }
                }));
        return values;
    }

    /// Its value.
    public double of(Threshold threshold) {
        if (threshold.index() < byIndex.length) {
            return byIndex[threshold.index()];
        }
        // Of a class that was loaded after these values.
        Value value = values.get(threshold.name());
        if (value == null) {
            throw new IllegalStateException(OWN + " has no value for " + threshold.name());
        }
        return value.value;
    }

    /// All values, in the file's order.
    public List<Value> all() {
        return new ArrayList<>(values.values());
    }
}
