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
import org.jspecify.annotations.Nullable;

/// Reads how long what is kept from the home's `carom.yaml`. The first rule that fits a table holds.
///
///     retention:
///       - {client: acme, class: network_activity, days: 90}
///       - {days: 400}
///     sessions: {days: 400, most: 10000000}
///
/// `sessions` are those that traces are made of: how long before a client's latest they may be, and how many there
/// may be in the home.
public final class RetentionFile {
    public static final String NAME = "carom.yaml";

    /// A hundred years; longer is not to expire.
    private static final int MOST = 36_500;

    /// As many sessions are some 200 GB.
    private static final long MOST_SESSIONS = 1_000_000_000;

    private static final List<String> MEMBERS = List.of("retention", "sessions");

    /// How long sessions for tracing are kept.
    ///
    /// @param days before a client's latest
    /// @param most of all clients
    public record Sessions(int days, long most) {
        public static final Sessions DEFAULT = new Sessions(400, 10_000_000);
    }

    private RetentionFile() {}

    /// @return {@link Sessions#DEFAULT} where the file, or the number, is not there
    /// @throws ConfigException with every fault, each with line and column
    public static Sessions sessions(Path home) throws IOException, ConfigException {
        Path file = home.resolve(NAME);
        if (!Files.exists(file)) {
            return Sessions.DEFAULT;
        }
        Faults faults = new Faults(file.toString());
        YamlNode root = YamlNode.parse(Files.readString(file), faults);
        Sessions out =
                root == null ? Sessions.DEFAULT : sessions(root.members(MEMBERS).get("sessions"));
        faults.throwIfAny();
        return out;
    }

    private static Sessions sessions(@Nullable YamlNode node) {
        if (node == null) {
            return Sessions.DEFAULT;
        }
        Map<String, YamlNode> m = node.members(List.of("days", "most"));
        return new Sessions(
                (int) number(m.get("days"), Sessions.DEFAULT.days, MOST, "expected a number of days from 0 to "),
                number(
                        m.get("most"),
                        Sessions.DEFAULT.most,
                        MOST_SESSIONS,
                        "expected a number of sessions from 0 to "));
    }

    private static long number(@Nullable YamlNode node, long otherwise, long most, String expected) {
        if (node == null) {
            return otherwise;
        }
        if (!node.text().matches("\\d{1,10}") || Long.parseLong(node.text()) > most) {
            node.fault(expected + most);
            return otherwise;
        }
        return Long.parseLong(node.text());
    }

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
            YamlNode retention = root.members(MEMBERS).get("retention");
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
