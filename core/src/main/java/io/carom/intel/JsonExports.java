package io.carom.intel;

import io.carom.event.JsonText;
import io.carom.intel.IntelExport.Out;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// STIX 2.1, MISP, and our own lines of JSON.
final class JsonExports {
    private JsonExports() {}

    /// One indicator as a line of JSON, which {@link IntelDocument} reads back whole.
    static String line(ThreatIndicator one) {
        Facts f = one.facts();
        JsonText json = new JsonText();
        json.raw("{");
        member(json, "type", one.type().label(), "");
        member(json, "value", one.value(), ",");
        optional(json, "comment", f.comment());
        optional(json, "source", f.source());
        optional(json, "tlp", label(f.tlp()));
        optional(json, "pap", f.pap());
        if (f.confidence() >= 0) {
            json.raw(",\"confidence\":").number(f.confidence());
        }
        optional(json, "made", text(f.made()));
        optional(json, "valid_from", text(f.validFrom()));
        optional(json, "valid_until", text(f.validUntil()));
        json.raw(f.revoked() ? ",\"revoked\":true" : "").raw(f.detect() ? "" : ",\"detect\":false");
        texts(json, "kill_chain", f.killChain());
        texts(json, "labels", f.labels());
        optional(json, "id", f.id());
        optional(json, "origin", f.origin());
        return json.raw("}").toString();
    }

    private static String label(@Nullable Tlp tlp) {
        return tlp == null ? "" : tlp.label();
    }

    private static String text(@Nullable Instant time) {
        return time == null ? "" : time.toString();
    }

    private static void member(JsonText json, String name, String value, String comma) {
        json.raw(comma).string(name).raw(":").string(value);
    }

    private static void optional(JsonText json, String name, String value) {
        if (!value.isEmpty()) {
            member(json, name, value, ",");
        }
    }

    private static void texts(JsonText json, String name, List<String> values) {
        if (!values.isEmpty()) {
            json.raw(",").string(name).raw(":[");
            for (int i = 0; i < values.size(); i++) {
                json.raw(i == 0 ? "" : ",").string(values.get(i));
            }
            json.raw("]");
        }
    }

    /// In milliseconds, as STIX 2.1 writes times.
    private static String stamp(Instant time) {
        String text = time.truncatedTo(ChronoUnit.MILLIS).toString();
        return text.indexOf('.') < 0 ? text.substring(0, text.length() - 1) + ".000Z" : text;
    }

    private static Instant first(Instant now, @Nullable Instant a, @Nullable Instant b) {
        return a != null ? a : b != null ? b : now;
    }

    static void stix(Out out) {
        Map<String, String> identities = new LinkedHashMap<>();
        List<String> objects = new ArrayList<>();
        Set<String> ids = new TreeSet<>();
        for (ThreatIndicator one : out.all) {
            String pattern = SimplePatterns.pattern(one.type(), one.value());
            if (pattern == null) {
                out.leave(one, "STIX has no pattern for it");
                continue;
            }
            Facts f = one.facts();
            String id = "indicator--" + NameUuid.own("indicator " + pattern);
            if (!ids.add(id)) {
                continue;
            }
            String source = f.source().isEmpty() ? "Carom" : f.source();
            String by = "identity--" + NameUuid.own("identity " + source);
            identities.put(by, source);
            Instant made = first(out.now, f.made(), f.validFrom());
            Instant from = first(out.now, f.validFrom(), f.made());
            JsonText json = new JsonText();
            json.raw("{\"type\":\"indicator\",\"spec_version\":\"2.1\"");
            optional(json, "id", id);
            optional(json, "created_by_ref", by);
            optional(json, "created", stamp(made));
            optional(json, "modified", stamp(made));
            optional(json, "name", one.type() == IntelType.PATTERN ? "" : one.value());
            optional(json, "description", f.comment());
            json.raw(",\"indicator_types\":[")
                    .string(f.detect() ? "malicious-activity" : "unknown")
                    .raw("]");
            optional(json, "pattern", pattern);
            json.raw(",\"pattern_type\":\"stix\"");
            optional(json, "valid_from", stamp(from));
            Instant until = f.validUntil();
            if (until != null && until.isAfter(from)) {
                optional(json, "valid_until", stamp(until));
            }
            json.raw(f.revoked() ? ",\"revoked\":true" : "");
            if (f.confidence() >= 0) {
                json.raw(",\"confidence\":").number(f.confidence());
            }
            List<String> labels = new ArrayList<>(f.labels());
            labels.removeIf(String::isBlank);
            if (!f.pap().isEmpty()) {
                labels.add("PAP:" + f.pap());
            }
            if (!f.detect()) {
                labels.add("misp:to_ids=\"False\"");
            }
            Tlp tlp = f.tlp();
            if (tlp != null) {
                labels.add(tlp.label());
                json.raw(",\"object_marking_refs\":[").string(marking(tlp)).raw("]");
            }
            texts(json, "labels", labels.stream().distinct().toList());
            phases(json, f.killChain());
            objects.add(json.raw("}").toString());
        }
        out.text
                .append("{\"type\":\"bundle\",\"id\":\"bundle--")
                .append(NameUuid.own("bundle " + String.join(" ", ids)))
                .append("\",\"objects\":[");
        String comma = "\n";
        for (Map.Entry<String, String> identity : identities.entrySet()) {
            JsonText json = new JsonText();
            json.raw("{\"type\":\"identity\",\"spec_version\":\"2.1\"");
            optional(json, "id", identity.getKey());
            optional(json, "created", stamp(out.now));
            optional(json, "modified", stamp(out.now));
            optional(json, "name", identity.getValue());
            out.text.append(comma).append(json.raw(",\"identity_class\":\"organization\"}"));
            comma = ",\n";
        }
        for (String object : objects) {
            out.text.append(comma).append(object);
            comma = ",\n";
        }
        out.text.append("\n]}\n");
    }

    /// The definition that every reader of STIX 2.1 knows. AMBER+STRICT has none among those: its own of TLP 2.0.
    private static String marking(Tlp tlp) {
        String first = tlp.firstMarking();
        return first == null ? tlp.marking() : first;
    }

    private static void phases(JsonText json, List<String> killChain) {
        List<String> phases = new ArrayList<>();
        for (String phase : killChain) {
            int colon = phase.indexOf(':');
            if (colon > 0 && colon < phase.length() - 1) {
                phases.add(phase);
            }
        }
        for (int i = 0; i < phases.size(); i++) {
            int colon = phases.get(i).indexOf(':');
            json.raw(i == 0 ? ",\"kill_chain_phases\":[" : ",")
                    .raw("{\"kill_chain_name\":")
                    .string(phases.get(i).substring(0, colon))
                    .raw(",\"phase_name\":")
                    .string(phases.get(i).substring(colon + 1))
                    .raw("}");
        }
        json.raw(phases.isEmpty() ? "" : "]");
    }

    static void misp(Out out) {
        StringBuilder attributes = new StringBuilder();
        Tlp strictest = null;
        for (ThreatIndicator one : out.all) {
            if (one.type() == IntelType.JA4) {
                out.leave(one, "MISP has no type for it");
                continue;
            }
            Facts f = one.facts();
            Tlp tlp = f.tlp();
            strictest = Tlp.stricter(strictest, tlp);
            String[] written = MispTypes.written(one.type(), one.value());
            JsonText json = new JsonText();
            json.raw(attributes.isEmpty() ? "\n{" : ",\n{");
            member(
                    json,
                    "uuid",
                    NameUuid.own("attribute " + one.type() + " " + one.value()).toString(),
                    "");
            optional(json, "type", written[0]);
            optional(json, "category", written[1]);
            json.raw(",\"to_ids\":" + f.detect());
            optional(json, "value", one.type() == IntelType.URL ? "http://" + one.value() : one.value());
            optional(json, "comment", f.comment());
            optional(
                    json,
                    "timestamp",
                    String.valueOf(first(out.now, f.made(), f.validFrom()).getEpochSecond()));
            List<String> tags = new ArrayList<>(f.labels());
            if (tlp != null) {
                tags.add(tlp.tag());
            }
            if (!f.pap().isEmpty()) {
                tags.add("PAP:" + f.pap());
            }
            for (int i = 0; i < tags.size(); i++) {
                json.raw(i == 0 ? ",\"Tag\":[{\"name\":" : ",{\"name\":")
                        .string(tags.get(i))
                        .raw("}");
            }
            attributes.append(json.raw(tags.isEmpty() ? "}" : "]}"));
        }
        JsonText json = new JsonText();
        json.raw("{\"Event\":{");
        member(json, "uuid", NameUuid.own("event " + attributes).toString(), "");
        optional(json, "info", "Indicators exported by Carom");
        optional(json, "date", out.now.toString().substring(0, 10));
        json.raw(",\"threat_level_id\":\"2\",\"analysis\":\"2\",\"distribution\":\"0\"");
        if (strictest != null) {
            json.raw(",\"Tag\":[{\"name\":").string(strictest.tag()).raw("}]");
        }
        out.text.append(json).append(",\"Attribute\":[").append(attributes).append("\n]}}\n");
    }
}
