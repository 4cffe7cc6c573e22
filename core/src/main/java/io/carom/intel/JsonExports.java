package io.carom.intel;

import io.carom.event.JsonText;
import io.carom.intel.IntelExport.Out;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// STIX 2.1 by {@link StixObjects}, MISP, and our own lines of JSON.
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

    private static Instant first(Instant now, @Nullable Instant a, @Nullable Instant b) {
        return a != null ? a : b != null ? b : now;
    }

    static void stix(Out out) {
        StixObjects objects = new StixObjects(out.now);
        for (ThreatIndicator one : out.all) {
            if (objects.indicator(one) == null) {
                out.leave(one, "STIX has no pattern for it");
            }
        }
        out.text.append(objects.bundle());
    }

    static void misp(Out out) {
        // MISP takes no attribute's UUID a second time in another event.
        StringBuilder values = new StringBuilder();
        out.all.forEach(
                one -> values.append(one.type()).append(' ').append(one.value()).append('\n'));
        String event = NameUuid.own("event " + values).toString();
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
                    NameUuid.own(event + " attribute " + one.type() + " " + one.value())
                            .toString(),
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
        member(json, "uuid", event, "");
        optional(json, "info", "Indicators exported by Carom");
        optional(json, "date", out.now.toString().substring(0, 10));
        json.raw(",\"threat_level_id\":\"2\",\"analysis\":\"2\",\"distribution\":\"0\"");
        if (strictest != null) {
            json.raw(",\"Tag\":[{\"name\":").string(strictest.tag()).raw("}]");
        }
        out.text.append(json).append(",\"Attribute\":[").append(attributes).append("\n]}}\n");
    }
}
