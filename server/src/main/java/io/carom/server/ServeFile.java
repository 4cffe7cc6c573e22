package io.carom.server;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import io.carom.server.http.Cost;
import io.carom.server.http.RateLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the home's `serve.yaml` says. See docs/operations.md.
record ServeFile(RateLimits limits) {
    static final String NAME = "serve.yaml";
    static final ServeFile NONE = new ServeFile(RateLimits.USUAL);

    private static final List<String> COSTS = Stream.of(Cost.values())
            .filter(c -> c != Cost.FREE)
            .map(Cost::label)
            .toList();

    /// @throws ConfigException with every fault, each with line and column
    static ServeFile read(Path home) throws IOException, ConfigException {
        Path file = home.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        Faults faults = new Faults(file.toString());
        YamlNode root = YamlNode.parse(Files.readString(file), faults);
        ServeFile made = root == null ? NONE : file(root);
        faults.throwIfAny();
        return made;
    }

    private static ServeFile file(YamlNode root) {
        YamlNode limits = root.members(List.of("limits")).get("limits");
        if (limits == null) {
            return NONE;
        }
        Map<String, YamlNode> m = limits.members(List.of("people", "strangers"));
        return new ServeFile(new RateLimits(
                limits(m.get("people"), RateLimits.USUAL.people()),
                limits(m.get("strangers"), RateLimits.USUAL.strangers())));
    }

    private static Map<Cost, Integer> limits(@Nullable YamlNode node, Map<Cost, Integer> usual) {
        Map<Cost, Integer> out = new EnumMap<>(Cost.class);
        out.putAll(usual);
        if (node != null) {
            node.members(COSTS).forEach((name, value) -> {
                for (Cost cost : Cost.values()) {
                    if (cost.label().equals(name) && cost != Cost.FREE) {
                        limit(out, cost, value);
                    }
                }
            });
        }
        return out;
    }

    private static void limit(Map<Cost, Integer> out, Cost cost, YamlNode value) {
        String text = value.text();
        if (text.equals("none")) {
            out.remove(cost);
        } else if (text.matches("[1-9][0-9]{0,7}")) {
            out.put(cost, Integer.valueOf(text));
        } else {
            value.fault(
                    "expected how many requests a minute, such as 600, or none for no limit; found \"" + text + "\"");
        }
    }
}
