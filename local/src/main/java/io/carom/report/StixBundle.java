package io.carom.report;

import io.carom.event.Cidr;
import io.carom.incident.Entity;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.JsonStringEncoder;

/// The incidents as a STIX 2.1 bundle: who saw which indicator, when, how often, and what belongs
/// together.
///
/// Ids are UUIDs of version 5, so that the same incident has the same ids when it is investigated again;
/// those of cyber observables are made as STIX 2.1, section 2.9 says. Everything is marked TLP:AMBER: it
/// names clients. Findings of rules have no STIX pattern; their techniques are there as attack patterns.
final class StixBundle {
    /// Namespace of the ids of cyber observables, as STIX 2.1 states it.
    private static final UUID OBSERVABLES = UUID.fromString("00abedb4-aa42-466c-9c01-fed23a9226d9");

    /// Namespace of our own objects' ids: the name-based UUID of "io.carom" as a domain.
    private static final UUID OWN = version5(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "io.carom");

    /// TLP:AMBER as STIX 2.1, section 7.2.1.4 defines it.
    private static final String AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

    private static final long MAX_COUNT = 999_999_999;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
    private static final Pattern TECHNIQUE = Pattern.compile("T\\d{4}(?:\\.\\d{3})?");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final ReportInput in;
    private final String made;
    private final String us;
    /// By id: an object that several incidents name is there once.
    private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();

    private final Map<String, String> indicators = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    StixBundle(ReportInput in) {
        this.in = in;
        this.made = time(in.made());
        this.us = "identity--" + version5(OWN, "identity Carom");
    }

    void write(JsonGenerator out) {
        marking();
        identity(us, "Carom", "system");
        for (Incident incident : in.incidents()) {
            incident(incident);
        }
        StixCampaigns.write(CampaignSection.of(in), this);
        out.writeStartObject();
        out.writeStringProperty("type", "bundle");
        out.writeStringProperty("id", "bundle--" + version5(OWN, "bundle " + String.join(" ", objects.keySet())));
        out.writeArrayPropertyStart("objects");
        for (Map<String, Object> object : objects.values()) {
            value(out, object);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /// The id of an object of ours.
    static String own(String type, String of) {
        return type + "--" + version5(OWN, type + " " + of);
    }

    void put(String id, Map<String, Object> object) {
        objects.put(id, object);
    }

    /// The id of the indicator with this value, where the bundle has it.
    Optional<String> indicator(String value) {
        return Optional.ofNullable(indicators.get(value));
    }

    private void marking() {
        Map<String, Object> it = new LinkedHashMap<>();
        it.put("type", "marking-definition");
        it.put("spec_version", "2.1");
        it.put("id", AMBER);
        it.put("created", "2017-01-20T00:00:00.000Z");
        it.put("definition_type", "tlp");
        it.put("name", "TLP:AMBER");
        it.put("definition", Map.of("tlp", "amber"));
        objects.put(AMBER, it);
    }

    private Map<String, Object> object(String id) {
        Map<String, Object> it = new LinkedHashMap<>();
        it.put("type", id.substring(0, id.indexOf("--")));
        it.put("spec_version", "2.1");
        it.put("id", id);
        return it;
    }

    Map<String, Object> dated(String id) {
        Map<String, Object> it = object(id);
        it.put("created_by_ref", us);
        it.put("created", made);
        it.put("modified", made);
        it.put("object_marking_refs", List.of(AMBER));
        return it;
    }

    private String identity(String id, String name, String kind) {
        objects.computeIfAbsent(id, i -> {
            Map<String, Object> it = object(i);
            if (!i.equals(us)) {
                it.put("created_by_ref", us);
                it.put("object_marking_refs", List.of(AMBER));
            }
            it.put("created", made);
            it.put("modified", made);
            it.put("name", name.isEmpty() ? "not declared" : name);
            it.put("identity_class", kind);
            return it;
        });
        return id;
    }

    String organisation(String name) {
        return identity("identity--" + version5(OWN, "identity party " + name), name, "organization");
    }

    private void incident(Incident incident) {
        Set<String> refs = new LinkedHashSet<>();
        String client = organisation(incident.client());
        refs.add(client);
        if (incident.entry().party() != null) {
            refs.add(organisation(incident.entry().party()));
        }
        Map<String, List<Group>> byIndicator = new TreeMap<>();
        for (Group group : incident.findings()) {
            if (group.byIndicator()) {
                byIndicator
                        .computeIfAbsent(group.analytic(), a -> new ArrayList<>())
                        .add(group);
            }
        }
        Set<String> patterns = new LinkedHashSet<>();
        for (String technique : incident.techniques()) {
            if (TECHNIQUE.matcher(technique).matches()) {
                patterns.add(technique(technique));
            }
        }
        refs.addAll(patterns);
        byIndicator.forEach((analytic, groups) -> {
            String pattern = pattern(analytic);
            if (pattern != null) {
                sighting(incident, analytic, pattern, groups, client, refs);
            }
        });
        String id = "report--" + version5(OWN, "report " + incident.id());
        Map<String, Object> it = dated(id);
        it.put("name", incident.title());
        it.put("description", incident.summary());
        it.put("report_types", List.of("observed-data"));
        it.put("published", made);
        it.put("object_refs", refs);
        it.put("labels", List.of("severity:" + incident.severity().label()));
        it.put("external_references", List.of(Map.of("source_name", "carom", "external_id", incident.id())));
        objects.put(id, it);
    }

    private String technique(String technique) {
        String id = "attack-pattern--" + version5(OWN, "attack-pattern " + technique);
        objects.computeIfAbsent(id, i -> {
            Map<String, Object> it = dated(i);
            it.put("name", technique);
            it.put("external_references", List.of(Map.of("source_name", "mitre-attack", "external_id", technique)));
            return it;
        });
        return id;
    }

    private void sighting(
            Incident incident, String analytic, String pattern, List<Group> groups, String client, Set<String> refs) {
        Group one = groups.getFirst();
        long count = groups.stream().mapToLong(Group::count).sum();
        String first = time(Instant.ofEpochMilli(
                groups.stream().mapToLong(Group::first).min().orElseThrow()));
        String last = time(Instant.ofEpochMilli(
                groups.stream().mapToLong(Group::last).max().orElseThrow()));

        String indicator = "indicator--" + version5(OWN, "indicator " + pattern);
        objects.computeIfAbsent(indicator, i -> {
            Map<String, Object> it = dated(i);
            it.put("name", one.title());
            if (!one.message().isEmpty()) {
                it.put("description", one.message());
            }
            it.put("indicator_types", List.of("malicious-activity"));
            it.put("pattern", pattern);
            it.put("pattern_type", "stix");
            it.put("valid_from", first);
            return it;
        });
        refs.add(indicator);
        indicators.put(analytic.substring(analytic.indexOf(':', analytic.indexOf(':') + 1) + 1), indicator);

        Set<String> seen = new LinkedHashSet<>();
        for (Group group : groups) {
            for (Entity entity : group.entities()) {
                if (entity.kind() == Entity.Kind.INDICATOR) {
                    seen.add(observable(entity.value()));
                }
            }
        }
        if (seen.isEmpty()) {
            seen.add(observable(analytic.substring(analytic.indexOf(':', analytic.indexOf(':') + 1) + 1)));
        }
        String observed = "observed-data--" + version5(OWN, "observed-data " + incident.id() + " " + pattern);
        Map<String, Object> data = dated(observed);
        data.put("first_observed", first);
        data.put("last_observed", last);
        data.put("number_observed", Math.clamp(count, 1, MAX_COUNT));
        data.put("object_refs", seen);
        objects.put(observed, data);
        refs.add(observed);
        refs.addAll(seen);

        String sighting = "sighting--" + version5(OWN, "sighting " + incident.id() + " " + pattern);
        Map<String, Object> it = dated(sighting);
        it.put("first_seen", first);
        it.put("last_seen", last);
        it.put("count", Math.clamp(count, 1, MAX_COUNT));
        it.put("sighting_of_ref", indicator);
        it.put("observed_data_refs", List.of(observed));
        it.put("where_sighted_refs", List.of(client));
        objects.put(sighting, it);
        refs.add(sighting);
        refs.add(relationship(indicator, "based-on", observed));
        Set<String> attacks = new LinkedHashSet<>();
        groups.forEach(g -> attacks.addAll(g.attacks()));
        for (String attack : attacks) {
            if (TECHNIQUE.matcher(attack).matches()) {
                refs.add(relationship(indicator, "indicates", technique(attack)));
            }
        }
    }

    String relationship(String from, String type, String to) {
        String id = "relationship--" + version5(OWN, from + " " + type + " " + to);
        objects.computeIfAbsent(id, i -> {
            Map<String, Object> it = dated(i);
            it.put("relationship_type", type);
            it.put("source_ref", from);
            it.put("target_ref", to);
            return it;
        });
        return id;
    }

    /// The pattern of an indicator by its id as an analytic; null where STIX has no word for it.
    private static @org.jspecify.annotations.Nullable String pattern(String analytic) {
        String[] parts = analytic.split(":", 3);
        if (parts.length < 3 || parts[2].isEmpty()) {
            return null;
        }
        String value = parts[2];
        String quoted = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
        String address = value.indexOf(':') >= 0 ? "ipv6-addr" : "ipv4-addr";
        return switch (parts[1]) {
            case "ip" -> "[" + address + ":value = " + quoted + "]";
            case "cidr" -> "[" + address + ":value ISSUBSET " + quoted + "]";
            case "domain" -> "[domain-name:value = " + quoted + "]";
            case "url" ->
                "[url:value = 'http://" + quoted.substring(1) + " OR url:value = 'https://" + quoted.substring(1) + "]";
            case "hash" -> "[file:hashes." + hashName(value) + " = " + quoted + "]";
            case "email" -> "[email-addr:value = " + quoted + "]";
            case "file-name" -> "[file:name = " + quoted + "]";
            case "account" -> "[user-account:account_login = " + quoted + "]";
            default -> null;
        };
    }

    private static String hashName(String hash) {
        return switch (hash.length()) {
            case 32 -> "MD5";
            case 40 -> "'SHA-1'";
            case 128 -> "'SHA-512'";
            default -> "'SHA-256'";
        };
    }

    /// Puts the value in as a cyber observable, its kind told by content; gives its id.
    private String observable(String value) {
        String type;
        Map<String, Object> says = new TreeMap<>();
        int length = value.length();
        if (Cidr.address(value) != null) {
            type = value.indexOf(':') >= 0 ? "ipv6-addr" : "ipv4-addr";
            says.put("value", value);
        } else if (HEX.matcher(value).matches() && (length == 32 || length == 40 || length == 64 || length == 128)) {
            type = "file";
            says.put("hashes", Map.of(hashName(value).replace("'", ""), value));
        } else if (value.indexOf('/') >= 0) {
            type = "url";
            says.put("value", value);
        } else if (value.indexOf('@') > 0) {
            type = "email-addr";
            says.put("value", value);
        } else {
            type = "domain-name";
            says.put("value", value);
        }
        StringBuilder canonical = new StringBuilder();
        canonical(says, canonical);
        String id = type + "--" + version5(OBSERVABLES, canonical.toString());
        objects.computeIfAbsent(id, i -> {
            Map<String, Object> it = object(i);
            it.putAll(says);
            return it;
        });
        return id;
    }

    /// JSON as RFC 8785 writes it; keys are sorted already.
    private static void canonical(Map<?, ?> map, StringBuilder out) {
        out.append('{');
        String comma = "";
        for (Map.Entry<?, ?> e : map.entrySet()) {
            out.append(comma).append('"').append(e.getKey()).append("\":");
            comma = ",";
            if (e.getValue() instanceof Map<?, ?> inner) {
                canonical(inner, out);
            } else {
                out.append('"')
                        .append(JsonStringEncoder.getInstance().quoteAsCharArray(String.valueOf(e.getValue())))
                        .append('"');
            }
        }
        out.append('}');
    }

    private static void value(JsonGenerator out, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((name, inner) -> {
                    out.writeName(String.valueOf(name));
                    value(out, inner);
                });
                out.writeEndObject();
            }
            case Collection<?> list -> {
                out.writeStartArray();
                list.forEach(inner -> value(out, inner));
                out.writeEndArray();
            }
            case Number number -> out.writeNumber(number.longValue());
            default -> out.writeString(String.valueOf(value));
        }
    }

    /// In milliseconds, within the years that STIX's timestamps can write.
    static String time(Instant time) {
        Instant bounded = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time.isAfter(LATEST) ? LATEST : time;
        String text = bounded.truncatedTo(ChronoUnit.MILLIS).toString();
        return text.indexOf('.') < 0 ? text.substring(0, text.length() - 1) + ".000Z" : text;
    }

    /// A name-based UUID by SHA-1 (RFC 9562, section 5.5).
    static UUID version5(UUID namespace, String name) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(16)
                    .putLong(namespace.getMostSignificantBits())
                    .putLong(namespace.getLeastSignificantBits())
                    .flip());
            ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
            long high = hash.getLong() & ~0xF000L | 0x5000L;
            long low = hash.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-1", e);
        }
    }
}
