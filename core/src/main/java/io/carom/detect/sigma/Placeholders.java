package io.carom.detect.sigma;

import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Values for the placeholders of rules (`|expand: '%Servers%'`), by name.
public record Placeholders(Map<String, List<String>> values) {
    public static final Placeholders NONE = new Placeholders(Map.of());

    public Placeholders {
        values = Map.copyOf(values);
    }

    /// Reads a YAML file of names with one value or a list each: `Servers: [srv1, 'srv2*']`.
    public static Placeholders read(String text, Faults faults) {
        YamlNode root = YamlNode.parse(text, faults);
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (root != null) {
            root.members().forEach((name, node) -> {
                List<String> of = new ArrayList<>();
                for (YamlNode element : node.elements()) {
                    of.add(element.text());
                }
                values.put(name, of);
            });
        }
        return new Placeholders(values);
    }
}
