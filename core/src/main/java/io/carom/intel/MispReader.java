package io.carom.intel;

import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads MISP events: attributes, those of objects, and what tags say of them.
///
/// MISP marks with `to_ids` what is meant for detection. In an event in which nothing is marked its author
/// does not use the mark: there everything counts that names intruders' own things, and references do not.
final class MispReader {
    private static final int SHOWN = 120;

    private final String document;
    private final Gathered into;

    MispReader(String document, Gathered into) {
        this.document = document;
        this.into = into;
    }

    void event(Members event) {
        String uuid = event.text("uuid", event.text("id", ""));
        String source = "";
        if (event.get("Orgc") instanceof Members org) {
            source = org.text("name", "");
        } else if (event.get("Org") instanceof Members org) {
            source = org.text("name", "");
        }
        List<Members> all = new ArrayList<>();
        for (JsonValue attribute : event.items("Attribute")) {
            found(attribute, all);
        }
        for (JsonValue object : event.items("Object")) {
            if (object instanceof Members it) {
                for (JsonValue attribute : it.items("Attribute")) {
                    if (it.yes("deleted")) {
                        into.leave("MISP attribute that was deleted");
                    } else {
                        found(attribute, all);
                    }
                }
            }
        }
        event.items("ShadowAttribute").forEach(s -> into.leave("MISP proposal that nobody accepted"));
        boolean unmarked = all.stream().noneMatch(a -> a.yes("to_ids"));
        List<String> tags = tags(event);
        String info = event.text("info", "");
        if (all.isEmpty()) {
            into.leave("MISP event without attributes");
        }
        for (Members attribute : all) {
            attribute(attribute, uuid, info, source, tags, unmarked);
        }
    }

    /// Attributes that stand without an event, as a search gives them.
    void attributes(List<JsonValue> attributes) {
        List<Members> all = new ArrayList<>();
        attributes.forEach(a -> found(a, all));
        boolean unmarked = all.stream().noneMatch(a -> a.yes("to_ids"));
        for (Members attribute : all) {
            String info = "";
            String source = "";
            if (attribute.get("Event") instanceof Members event) {
                info = event.text("info", "");
                source = event.get("Orgc") instanceof Members org ? org.text("name", "") : "";
            }
            attribute(attribute, "", info, source, List.of(), unmarked);
        }
    }

    private void found(JsonValue value, List<Members> all) {
        if (value instanceof Members attribute) {
            attribute.items("ShadowAttribute").forEach(s -> into.leave("MISP proposal that nobody accepted"));
            all.add(attribute);
        } else {
            into.fault(document + ": an attribute is no object");
        }
    }

    private static List<String> tags(Members of) {
        List<String> tags = new ArrayList<>();
        for (JsonValue tag : of.items("Tag")) {
            if (tag instanceof Members it && it.text("name") != null) {
                tags.add(it.text("name", ""));
            }
        }
        return tags;
    }

    private void attribute(
            Members it, String event, String info, String source, List<String> eventTags, boolean unmarked) {
        String type = it.text("type", "");
        String value = it.text("value", it.text("value1", ""));
        String uuid = it.text("uuid", it.text("id", ""));
        String place = document + "#" + cut(uuid.isEmpty() ? event : uuid);
        if (it.yes("deleted")) {
            into.leave("MISP attribute that was deleted");
            return;
        }
        Facts.Draft facts = Facts.at(place);
        facts.id = cut(uuid);
        facts.source = source;
        String comment = it.text("comment", "");
        facts.comment = comment.isBlank() ? info : info.isBlank() ? comment : comment + " (" + info + ")";
        facts.made = instant(it, "timestamp");
        eventTags.forEach(facts::label);
        List<String> own = tags(it);
        if (own.stream().anyMatch(t -> t.toLowerCase(Locale.ROOT).startsWith("tlp:"))) {
            // An attribute's own colour is meant instead of the event's.
            facts.tlp = null;
        }
        if (own.stream().anyMatch(t -> t.toLowerCase(Locale.ROOT).startsWith("pap:"))) {
            facts.pap = "";
        }
        own.forEach(facts::label);
        boolean reference = type.equals("link") || it.text("category", "").equals("External analysis");
        facts.detect &= unmarked ? !reference : it.yes("to_ids");
        sightings(it, facts);
        List<SimplePatterns.Named> values = values(type, value);
        if (values.isEmpty()) {
            into.leave("MISP attribute of type \"" + cut(type) + "\" names nothing that is compared");
            return;
        }
        if (!take(values, facts.done(), into)) {
            into.fault(place + ": \"" + cut(value) + "\" is no value of MISP's type \"" + cut(type) + "\"");
        }
    }

    /// Takes what an attribute names; false if nothing of it is a value.
    static boolean take(List<SimplePatterns.Named> values, Facts facts, Gathered into) {
        boolean taken = false;
        boolean hash = values.stream().anyMatch(n -> n.type() == IntelType.HASH);
        for (SimplePatterns.Named named : values) {
            Facts.Draft one = facts.draft();
            // The hash tells the file; its name beside it may be anybody's.
            one.detect &= named.type() != IntelType.FILE_NAME || !hash;
            taken |= into.add(named.type(), named.value(), one.done());
        }
        return taken;
    }

    /// What was told of an attribute since: it was seen (that renews it), it was a false alarm (then it
    /// is context, unless it was seen later), it ended.
    private static void sightings(Members attribute, Facts.Draft facts) {
        Instant seen = null;
        Instant falseAlarm = null;
        for (JsonValue sighting : attribute.items("Sighting")) {
            Instant when = sighting instanceof Members it ? instant(it, "date_sighting") : null;
            if (when == null) {
                continue;
            }
            switch (scalar((Members) sighting, "type")) {
                case "", "0" -> seen = later(seen, when);
                case "1" -> falseAlarm = later(falseAlarm, when);
                case "2" -> {
                    if (facts.validUntil == null || when.isBefore(facts.validUntil)) {
                        facts.validUntil = when;
                    }
                }
                default -> {}
            }
        }
        if (seen != null) {
            facts.made = later(facts.made, seen);
        }
        if (falseAlarm != null && (seen == null || seen.isBefore(falseAlarm))) {
            facts.detect = false;
            facts.labels.add("false-positive");
        }
    }

    private static Instant later(@org.jspecify.annotations.Nullable Instant a, Instant b) {
        return a == null || a.isBefore(b) ? b : a;
    }

    /// What an attribute names; of composite types each part.
    static List<SimplePatterns.Named> values(String type, String value) {
        int bar = type.indexOf('|');
        if (type.equals("malware-sample")) {
            return parts("filename", "md5", value);
        }
        if (bar > 0) {
            return parts(type.substring(0, bar), type.substring(bar + 1), value);
        }
        IntelType one = MispTypes.of(type);
        if (one == IntelType.FILE_NAME && (value.indexOf('\\') >= 0 || value.indexOf('/') >= 0)) {
            one = IntelType.FILE_PATH;
        }
        if (type.equals("uri") && value.startsWith("/")) {
            // A path alone is on any server.
            return List.of();
        }
        return one == null ? List.of() : List.of(new SimplePatterns.Named(one, value));
    }

    private static List<SimplePatterns.Named> parts(String first, String second, String value) {
        int bar = first.startsWith("regkey") ? value.indexOf('|') : value.lastIndexOf('|');
        String left = bar < 0 ? value : value.substring(0, bar);
        String right = bar < 0 ? "" : value.substring(bar + 1);
        List<SimplePatterns.Named> named = new ArrayList<>();
        for (Map.Entry<String, String> part : List.of(Map.entry(first, left), Map.entry(second, right))) {
            IntelType type = MispTypes.of(part.getKey());
            if (type != null && !part.getValue().isBlank()) {
                named.add(new SimplePatterns.Named(type, part.getValue()));
            }
        }
        return named;
    }

    /// A member that some write as a text and others as a number; empty if it is neither.
    private static String scalar(Members it, String name) {
        return switch (it.get(name)) {
            case JsonValue.Text(String text) -> text;
            case JsonValue.Number(java.math.BigDecimal number) when number.scale() == 0 -> number.toString();
            case null, default -> "";
        };
    }

    private static @org.jspecify.annotations.Nullable Instant instant(Members it, String name) {
        String seconds = scalar(it, name);
        try {
            return seconds.isEmpty() || seconds.length() > 12 ? null : Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String cut(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
