package io.carom.server.out;

import io.carom.intel.Facts;
import io.carom.intel.IndicatorValue;
import io.carom.intel.IntelType;
import io.carom.intel.StixObjects;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// An incident as a STIX 2.1 bundle: a report that stands on its indicators, techniques and client. The same incident
/// exported twice is the same bundle.
final class StixShape {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StixShape() {}

    static ObjectNode of(JsonNode it) {
        Instant time = Instant.parse(it.path("first_seen").asString(""));
        StixObjects objects = new StixObjects(time);
        String us = objects.identity(StixObjects.id("identity", "carom"), "Carom", "system");
        List<String> refs = new ArrayList<>();
        for (JsonNode value : it.path("indicators")) {
            IndicatorValue.of(value.asString("")).ifPresent(v -> {
                IntelType type = IntelType.labelled(v.type().label());
                if (type != null) {
                    Facts.Draft facts = Facts.at("carom");
                    facts.tlp = Tlp.AMBER;
                    facts.validFrom = time;
                    facts.made = time;
                    String id = objects.indicator(new ThreatIndicator(type, v.value(), facts.done()));
                    if (id != null) {
                        refs.add(id);
                    }
                }
            });
        }
        for (JsonNode technique : it.path("techniques")) {
            String name = technique.asString("");
            String id = StixObjects.id("attack-pattern", "attack-pattern " + name);
            if (!objects.has(id)) {
                Map<String, Object> one = objects.put(id);
                one.put("created", StixObjects.time(time));
                one.put("modified", StixObjects.time(time));
                one.put("name", name);
                one.put("external_references", List.of(Map.of("source_name", "mitre-attack", "external_id", name)));
            }
            refs.add(id);
        }
        String client = it.path("client").asString("");
        refs.add(objects.identity(StixObjects.id("identity", "client " + client), client, "organization"));
        String published = it.path("clocks").path("detected").asString(time.toString());
        Map<String, Object> report =
                objects.put(StixObjects.id("report", "incident " + it.path("id").asString("")));
        report.put("created", StixObjects.time(time));
        report.put(
                "modified", StixObjects.time(Instant.parse(it.path("last_seen").asString(time.toString()))));
        report.put("created_by_ref", us);
        report.put("name", it.path("title").asString(""));
        report.put("description", it.path("summary").asString(""));
        report.put("report_types", List.of("incident"));
        report.put("published", StixObjects.time(Instant.parse(published)));
        report.put("object_refs", refs);
        return (ObjectNode) JSON.readTree(objects.bundle());
    }
}
