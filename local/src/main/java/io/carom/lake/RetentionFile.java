package io.carom.lake;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads how long what is kept from the home's `carom.yaml`. The first rule that fits a table holds.
///
///     retention:
///       - {client: acme, class: network_activity, days: 90}
///       - {days: 400}
public final class RetentionFile {
    public static final String NAME = "carom.yaml";

    /// A hundred years; longer is not to expire.
    private static final int MOST = 36_500;

    private RetentionFile() {}

    /// @return no rules if there is no such file: nothing expires then
    /// @throws ConfigException with every fault, each with line and column
    public static List<Upkeep.Retention> read(Path home) throws IOException, ConfigException {
        Path file = home.resolve(NAME);
        if (!Files.exists(file)) {
            return List.of();
        }
        Faults faults = new Faults(file.toString());
        List<Upkeep.Retention> rules = new ArrayList<>();
        YamlNode root = YamlNode.parse(Files.readString(file), faults);
        if (root != null) {
            YamlNode retention = root.members(List.of("retention")).get("retention");
            for (YamlNode node : retention == null ? List.<YamlNode>of() : retention.elements()) {
                Map<String, YamlNode> m = node.members(List.of("client", "class", "days"));
                YamlNode days = m.get("days");
                if (days == null) {
                    node.fault("a rule needs days: how many full days events are kept");
                } else if (!days.text().matches("\\d{1,5}") || Integer.parseInt(days.text()) > MOST) {
                    days.fault("expected a number of days from 0 to " + MOST);
                } else {
                    YamlNode client = m.get("client");
                    YamlNode table = m.get("class");
                    rules.add(new Upkeep.Retention(
                            client == null ? null : client.text(),
                            table == null ? null : table.text(),
                            Integer.parseInt(days.text())));
                }
            }
        }
        faults.throwIfAny();
        return rules;
    }
}
