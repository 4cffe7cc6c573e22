package io.carom.server.out;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An incident as a STIX 2.1 bundle: a report that stands on its indicators and techniques. Ids follow
/// from the
/// incident, so the same one exported twice is the same.
final class StixShape {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StixShape() {}

    private static String id(String type, String of) {
        return type + "--" + UUID.nameUUIDFromBytes(("carom/" + type + "/" + of).getBytes(StandardCharsets.UTF_8));
    }

    static ObjectNode of(JsonNode it) {
        String incident = it.path("id").asString("");
        String time = it.path("first_seen").asString("");
        ObjectNode bundle = JSON.createObjectNode().put("type", "bundle").put("id", id("bundle", incident));
        ArrayNode objects = bundle.putArray("objects");
        ObjectNode us = object(objects, "identity", "carom", time);
        us.put("name", "Carom").put("identity_class", "system");
        ArrayNode refs = JSON.createArrayNode();
        it.path("indicators").forEach(i -> {
            String pattern = pattern(i.asString(""));
            ObjectNode one = object(objects, "indicator", i.asString(""), time);
            one.put("name", i.asString(""))
                    .put("pattern", pattern)
                    .put("pattern_type", "stix")
                    .put("valid_from", time)
                    .put("created_by_ref", us.path("id").asString(""));
            refs.add(one.path("id").asString(""));
        });
        it.path("techniques").forEach(t -> {
            ObjectNode one = object(objects, "attack-pattern", t.asString(""), time);
            one.put("name", t.asString(""));
            one.putArray("external_references")
                    .addObject()
                    .put("source_name", "mitre-attack")
                    .put("external_id", t.asString(""));
            refs.add(one.path("id").asString(""));
        });
        ObjectNode victim = object(objects, "identity", "client/" + it.path("client").asString(""), time);
        victim.put("name", it.path("client").asString("")).put("identity_class", "organization");
        refs.add(victim.path("id").asString(""));
        ObjectNode report = object(objects, "report", incident, time);
        report.put("name", it.path("title").asString(""))
                .put("description", it.path("summary").asString(""))
                .put("published", it.path("clocks").path("detected").asString(time))
                .put("created_by_ref", us.path("id").asString(""));
        report.putArray("report_types").add("incident");
        report.set("object_refs", refs);
        return bundle;
    }

    private static ObjectNode object(ArrayNode into, String type, String of, String time) {
        return into.addObject()
                .put("type", type)
                .put("spec_version", "2.1")
                .put("id", id(type, of))
                .put("created", time)
                .put("modified", time);
    }

    private static String pattern(String value) {
        String quoted = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
        if (value.matches("[0-9]+(\\.[0-9]+){3}")) {
            return "[ipv4-addr:value = " + quoted + "]";
        }
        if (value.contains(":") && value.matches("[0-9a-fA-F:.]+")) {
            return "[ipv6-addr:value = " + quoted + "]";
        }
        if (value.contains("@")) {
            return "[email-addr:value = " + quoted + "]";
        }
        if (value.contains("/") || value.contains(":")) {
            return "[url:value = " + quoted + "]";
        }
        if (value.matches("[0-9a-fA-F]{64}")) {
            return "[file:hashes.'SHA-256' = " + quoted + "]";
        }
        return "[domain-name:value = " + quoted + "]";
    }
}
