package io.carom.respond;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The duties by regime, as `duties.yaml` states them.
///
/// @param laws by id of the regime
/// @param duties by id of the regime
public record DutyBook(Map<String, String> laws, Map<String, List<Duty>> duties, Map<String, BusinessDays> calendars) {
    private static final String OWN = "duties.yaml";

    public DutyBook {
        laws = Map.copyOf(laws);
        duties = Map.copyOf(duties);
        calendars = Map.copyOf(calendars);
    }

    /// Those that Carom knows.
    public static DutyBook builtIn() {
        return BuiltIn.BOOK;
    }

    private static final class BuiltIn {
        static final DutyBook BOOK = read();

        private static DutyBook read() {
            try (InputStream in = Objects.requireNonNull(DutyBook.class.getResourceAsStream(OWN))) {
                return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), OWN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ConfigException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// @throws ConfigException with every fault, each with line and column
    public static DutyBook parse(String text, String file) throws ConfigException {
        Faults faults = new Faults(file);
        Map<String, BusinessDays> calendars = new LinkedHashMap<>();
        Map<String, String> laws = new LinkedHashMap<>();
        Map<String, List<Duty>> duties = new LinkedHashMap<>();
        YamlNode root = YamlNode.parse(text, faults);
        if (root != null) {
            Map<String, YamlNode> top = root.members(List.of("regimes", "calendars"));
            elements(top.get("calendars")).forEach(c -> calendar(c, calendars));
            for (YamlNode node : elements(top.get("regimes"))) {
                Map<String, YamlNode> m = node.members(List.of("id", "name", "law", "duties"));
                String id = text(node, m, "id");
                laws.put(id, text(node, m, "law"));
                List<Duty> of = new ArrayList<>();
                for (YamlNode duty : elements(m.get("duties"))) {
                    duty(duty, id, text(node, m, "name"), calendars, of);
                }
                duties.put(id, of);
            }
        }
        faults.throwIfAny();
        return new DutyBook(laws, duties, calendars);
    }

    private static List<YamlNode> elements(@Nullable YamlNode node) {
        return node == null ? List.of() : node.elements();
    }

    private static List<String> texts(@Nullable YamlNode node) {
        return elements(node).stream().map(YamlNode::text).toList();
    }

    private static String text(YamlNode node, Map<String, YamlNode> m, String name) {
        YamlNode value = m.get(name);
        if (value == null) {
            node.fault("\"" + name + "\" is missing");
            return "";
        }
        return value.text();
    }

    private static void calendar(YamlNode node, Map<String, BusinessDays> into) {
        Map<String, YamlNode> m = node.members(List.of("id", "zone", "closes", "holidays"));
        List<BusinessDays.Holiday> holidays = new ArrayList<>();
        for (YamlNode element : elements(m.get("holidays"))) {
            Map<String, YamlNode> h = element.members(List.of("name", "on", "since"));
            YamlNode since = h.get("since");
            try {
                holidays.add(BusinessDays.Holiday.of(
                        text(element, h, "name"),
                        text(element, h, "on"),
                        since == null ? 0 : Integer.parseInt(since.text())));
            } catch (IllegalArgumentException | DateTimeException e) {
                element.fault(Objects.requireNonNullElse(e.getMessage(), "no day"));
            }
        }
        try {
            String id = text(node, m, "id");
            into.put(
                    id,
                    new BusinessDays(
                            id, ZoneId.of(text(node, m, "zone")), LocalTime.parse(text(node, m, "closes")), holidays));
        } catch (DateTimeException e) {
            node.fault("expected a zone such as America/New_York and a time such as 17:30");
        }
    }

    private static void duty(
            YamlNode node, String regime, String name, Map<String, BusinessDays> calendars, List<Duty> into) {
        Map<String, YamlNode> m = node.members(List.of("id", "name", "to", "source", "from", "met", "after", "latest"));
        YamlNode met = m.get("met");
        if ((met == null) == (m.get("from") == null)) {
            node.fault("a duty starts with an event (from) or when another is done (met)");
        }
        Term term = term(node, m, calendars);
        YamlNode limit = m.get("latest");
        Duty.Latest latest = null;
        if (limit != null) {
            Map<String, YamlNode> l = limit.members(List.of("from", "after"));
            Term at = term(limit, l, calendars);
            latest = at == null ? null : new Duty.Latest(texts(l.get("from")), at);
        }
        if (term != null) {
            into.add(new Duty(
                    text(node, m, "id"),
                    regime,
                    name,
                    text(node, m, "name"),
                    text(node, m, "to"),
                    text(node, m, "source"),
                    texts(m.get("from")),
                    met == null ? null : met.text(),
                    term,
                    latest));
        }
    }

    private static @Nullable Term term(YamlNode node, Map<String, YamlNode> m, Map<String, BusinessDays> calendars) {
        try {
            return Term.of(text(node, m, "after"), calendars);
        } catch (IllegalArgumentException e) {
            m.getOrDefault("after", node).fault(Objects.requireNonNullElse(e.getMessage(), "no time"));
            return null;
        }
    }
}
