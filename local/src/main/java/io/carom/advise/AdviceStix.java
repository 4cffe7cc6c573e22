package io.carom.advise;

import io.carom.intel.IntelExport;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a client is told as a STIX 2.1 bundle: the indicators as `intel export` writes them, who saw
/// them when and how often, the incidents as groupings, what to do as courses of action, what is not
/// known as a note. Every object is marked. Ids are made of what the objects are.
final class AdviceStix {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Advice in;
    private final String made;
    private final Map<String, ObjectNode> objects = new LinkedHashMap<>();
    private final String client;

    private AdviceStix(Advice in) {
        this.in = in;
        this.made = stamp(in.made());
        this.client = id("identity", "client " + in.client());
    }

    static String of(Advice in) {
        return new AdviceStix(in).bundle();
    }

    private String id(String type, String of) {
        return type + "--"
                + UUID.nameUUIDFromBytes(("carom advice " + type + " " + of).getBytes(StandardCharsets.UTF_8));
    }

    private static String stamp(Instant time) {
        String text = time.truncatedTo(ChronoUnit.MILLIS).toString();
        return text.indexOf('.') < 0 ? text.substring(0, text.length() - 1) + ".000Z" : text;
    }

    private ObjectNode object(String id, Tlp tlp) {
        ObjectNode it = objects.computeIfAbsent(id, i -> JSON.createObjectNode());
        it.put("type", id.substring(0, id.indexOf("--")))
                .put("spec_version", "2.1")
                .put("id", id)
                .put("created", made)
                .put("modified", made);
        it.putArray("object_marking_refs").add(marking(tlp));
        return it;
    }

    /// The id of the marking; its definition is put into the bundle.
    private String marking(Tlp tlp) {
        String first = tlp.firstMarking();
        String id = first == null ? tlp.marking() : first;
        ObjectNode it = objects.computeIfAbsent(id, i -> JSON.createObjectNode());
        if (it.isEmpty()) {
            it.put("type", "marking-definition").put("spec_version", "2.1").put("id", id);
            if (first == null) {
                it.put("created", "2022-10-01T00:00:00.000Z").put("name", tlp.label());
                it.putObject("extensions")
                        .putObject("extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d")
                        .put("extension_type", "property-extension")
                        .put("tlp_2_0", tlp.tag().substring(4));
            } else {
                // STIX 2.1, section 7.2.1.4: the four are fixed, white is TLP 2.0's clear.
                String name = tlp == Tlp.CLEAR ? "white" : tlp.tag().substring(4);
                it.put("created", "2017-01-20T00:00:00.000Z")
                        .put("definition_type", "tlp")
                        .put("name", "TLP:" + name.toUpperCase(java.util.Locale.ROOT));
                it.putObject("definition").put("tlp", name);
            }
        }
        return id;
    }

    private String bundle() {
        object(client, in.tlp()).put("name", in.client()).put("identity_class", "organization");
        String sender = id("identity", "sender");
        object(sender, in.tlp())
                .put("name", in.sender().isEmpty() ? "Carom" : in.sender())
                .put("identity_class", in.sender().isEmpty() ? "system" : "organization");
        Map<String, List<String>> seen = new HashMap<>();
        for (Advice.Seen one : in.indicators()) {
            seen.put(one.uid(), sighting(one, sender));
        }
        Map<String, List<String>> actions = new HashMap<>();
        for (Advice.Action action : in.actions()) {
            String id = id("course-of-action", in.client() + action.kind() + action.whole());
            object(id, in.tlp())
                    .put("created_by_ref", sender)
                    .put("name", action.kind())
                    .put("description", action.whole());
            action.incidents()
                    .forEach(i ->
                            actions.computeIfAbsent(i, x -> new ArrayList<>()).add(id));
        }
        for (Advice.Case one : in.incidents()) {
            List<String> refs = new ArrayList<>();
            one.indicators().stream().sorted().forEach(uid -> refs.addAll(seen.getOrDefault(uid, List.of())));
            refs.addAll(actions.getOrDefault(one.id(), List.of()));
            incident(one, sender, refs);
        }
        if (!in.unknown().isEmpty()) {
            ObjectNode note = object(id("note", in.client() + String.join("\n", in.unknown())), in.tlp());
            note.put("created_by_ref", sender)
                    .put("abstract", "What is not known")
                    .put("content", String.join("\n", in.unknown()));
            ArrayNode refs = note.putArray("object_refs");
            refs.add(client);
        }
        ObjectNode bundle = JSON.createObjectNode();
        bundle.put("type", "bundle").put("id", id("bundle", in.client() + made + new TreeSet<>(objects.keySet())));
        ArrayNode array = bundle.putArray("objects");
        objects.values().forEach(array::add);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bundle) + "\n";
    }

    /// Takes the indicator as the exporter writes it, with who made it, and says that it was seen.
    ///
    /// @return ids of the indicator and of its sighting
    private List<String> sighting(Advice.Seen seen, String sender) {
        ThreatIndicator one = seen.indicator();
        IntelExport.Written written = IntelExport.STIX.write(List.of(one), in.made());
        Tlp tlp = one.facts().tlp() == null ? in.tlp() : one.facts().tlp();
        String indicator = "";
        for (JsonNode object : JSON.readTree(written.text()).path("objects")) {
            String id = object.path("id").asString("");
            ObjectNode known = objects.putIfAbsent(id, (ObjectNode) object);
            // Markings are the same wherever they stand, so they are not marked.
            boolean marks = id.startsWith("marking-definition--");
            if (known == null && !marks && !object.has("object_marking_refs")) {
                ((ObjectNode) object).putArray("object_marking_refs").add(marking(in.tlp()));
            }
            indicator = object.path("type").asString("").equals("indicator") ? id : indicator;
        }
        if (indicator.isEmpty()) {
            return List.of();
        }
        marking(tlp);
        String id = id("sighting", in.client() + indicator);
        // That this client saw it is the client's own matter, however freely the indicator goes about.
        ObjectNode it = object(id, Tlp.stricter(tlp, in.tlp()) == tlp ? tlp : in.tlp());
        it.put("created_by_ref", sender)
                .put("first_seen", stamp(seen.first()))
                .put("last_seen", stamp(seen.last()))
                .put("count", Math.clamp(seen.count(), 0, 999_999_999))
                .put("sighting_of_ref", indicator);
        it.putArray("where_sighted_refs").add(client);
        return List.of(indicator, id);
    }

    private void incident(Advice.Case one, String sender, List<String> of) {
        ObjectNode it = object(id("grouping", in.client() + one.id()), in.tlp());
        it.put("created_by_ref", sender)
                .put("name", one.id() + " (" + one.severity() + ")")
                .put("description", one.headline() + " " + one.entry())
                .put("context", "suspicious-activity");
        ArrayNode refs = it.putArray("object_refs");
        refs.add(client);
        for (String technique : one.techniques()) {
            if (technique.matches("T\\d{4}(\\.\\d{3})?")) {
                String id = id("attack-pattern", technique);
                ObjectNode attack = object(id, in.tlp());
                attack.put("name", technique);
                attack.putArray("external_references")
                        .addObject()
                        .put("source_name", "mitre-attack")
                        .put("external_id", technique);
                refs.add(id);
            }
        }
        of.forEach(refs::add);
    }
}
