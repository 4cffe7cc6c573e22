package io.carom.mail;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.Suggestion;
import io.carom.config.YamlNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The reasons there are, what each weighs and means: a logistic model that can be read.
///
/// Carom's own stand in `reasons.yaml` beside this class; a file of the same form, as `carom mail
/// train` writes it, overrides weights.
public final class Reasons {
    /// The weight that every mail begins with.
    public static final String START = "start";

    private static final Reasons OWN = own(Lists.node("reasons.yaml"));

    /// @param weight in log-odds
    /// @param text what it means, behind "the mail"
    public record Reason(String id, double weight, String text) {}

    private final Map<String, Reason> all;

    private Reasons(Map<String, Reason> all) {
        this.all = all;
    }

    /// Carom's own.
    public static Reasons own() {
        return OWN;
    }

    private static Reasons own(YamlNode node) {
        Map<String, Reason> all = new LinkedHashMap<>();
        node.members().forEach((id, value) -> {
            Map<String, YamlNode> members = value.members(List.of("weight", "text"));
            YamlNode weight = members.get("weight");
            YamlNode text = members.get("text");
            if (weight == null || text == null) {
                throw new IllegalStateException("reasons.yaml: " + id + " has no weight or no text");
            }
            all.put(id, new Reason(id, Double.parseDouble(weight.text()), text.text()));
        });
        return new Reasons(all);
    }

    /// These with the weights of a file in their place.
    ///
    /// @param text of the file
    /// @param name for messages
    /// @throws ConfigException with every fault, each with line and column
    public Reasons with(String text, String name) throws ConfigException {
        Faults faults = new Faults(name);
        Map<String, Reason> changed = new LinkedHashMap<>(all);
        YamlNode root = YamlNode.parse(text, faults);
        if (root != null) {
            root.members().forEach((id, value) -> {
                Reason before = all.get(id);
                if (before == null) {
                    value.fault("\"" + id + "\" is no reason." + Suggestion.of(id, all.keySet()));
                    return;
                }
                Map<String, YamlNode> members = value.members(List.of("weight", "text"));
                YamlNode weight = members.get("weight");
                if (weight == null) {
                    value.fault("expected a weight");
                    return;
                }
                String number = weight.text();
                if (!number.matches("-?\\d{1,3}(\\.\\d{1,9})?")) {
                    weight.fault("expected a number such as 1.5, found \"" + number + "\"");
                    return;
                }
                changed.put(id, new Reason(id, Double.parseDouble(number), before.text));
            });
        }
        faults.throwIfAny();
        return new Reasons(changed);
    }

    /// These with other weights.
    Reasons weighted(Map<String, Double> weights) {
        Map<String, Reason> changed = new LinkedHashMap<>(all);
        weights.forEach((id, weight) -> changed.computeIfPresent(id, (k, r) -> new Reason(id, weight, r.text)));
        return new Reasons(changed);
    }

    /// All by id, in their order.
    public Map<String, Reason> all() {
        return Collections.unmodifiableMap(all);
    }

    /// The reason of this id.
    public Reason of(String id) {
        Reason reason = all.get(id);
        if (reason == null) {
            throw new IllegalArgumentException("reasons.yaml has no " + id);
        }
        return reason;
    }
}
