package io.carom.view;

import io.carom.advise.Audience;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes out of an answer what its client may not know: names, machines, accounts and addresses of
/// others, and what is said among those who work for all clients.
final class ClientRedaction {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Members whose values are ours: words of a closed set, ids, times. They are not looked into.
    private static final Set<String> OURS = Set.of(
            "id",
            "status",
            "severity",
            "key",
            "playbook",
            "kind",
            "way",
            "what",
            "time",
            "last",
            "first_seen",
            "last_seen");

    /// Entries of the log whose text was typed by who made them. In others Carom says what was done, in
    /// the words of who sees all.
    private static final Set<String> TYPED =
            Set.of("note", "assign", "ack", "contain", "close", "false_alarm", "reopen", "clock");

    private final Audience audience;
    private final Set<String> people;

    /// @param people names of the client's own people, whose notes it may read
    ClientRedaction(Audience audience, Set<String> people) {
        this.audience = audience;
        this.people = people;
    }

    /// @param spread whether the intruder was seen at other clients too
    ObjectNode incident(ObjectNode incident, boolean spread) {
        ObjectNode out = (ObjectNode) of(incident);
        out.put("client", audience.client());
        out.remove("campaign");
        out.put("spread", spread);
        for (JsonNode one : out.path("hidden")) {
            ((ObjectNode) one).put("by", "").put("reason", "");
        }
        ArrayNode log = out.putArray("log");
        for (JsonNode entry : incident.path("log")) {
            String who = entry.path("who").asString("");
            String what = entry.path("what").asString("");
            String text = entry.path("text").asString("");
            // Whoever has the name now may have written it as another, or may not be who wrote it.
            boolean own = people.contains(who)
                    && audience.client().equals(entry.path("client").asString(""));
            if (own) {
                log.addObject()
                        .put("at", entry.path("at").asString(""))
                        .put("who", who)
                        .put("what", what)
                        .put("text", TYPED.contains(what) ? text : audience.text(text));
            } else if (!what.equals("note") && !what.equals("assign")) {
                log.addObject()
                        .put("at", entry.path("at").asString(""))
                        .put("who", "")
                        .put("what", what)
                        .put("text", "");
            }
        }
        for (JsonNode action : out.path("actions")) {
            unnamed(action.path("done"), "who");
            unnamed(action.path("approval"), "by");
            unnamed(action.path("approval"), "answered_by");
        }
        if (!people.contains(out.path("assignee").asString(""))) {
            out.putNull("assignee");
        }
        return out;
    }

    /// Who of those that work for all clients did something is not a client's.
    private void unnamed(JsonNode node, String name) {
        if (node instanceof ObjectNode one
                && one.path(name).isString()
                && !people.contains(one.path(name).asString(""))) {
            one.put(name, "");
        }
    }

    /// The same shape, with every text looked through.
    JsonNode of(JsonNode node) {
        if (node.isString()) {
            return JSON.getNodeFactory().stringNode(audience.text(node.asString("")));
        }
        if (node.isArray()) {
            ArrayNode out = JSON.createArrayNode();
            node.forEach(child -> out.add(of(child)));
            return out;
        }
        if (node.isObject()) {
            ObjectNode out = JSON.createObjectNode();
            node.propertyStream()
                    .forEach(p -> out.set(
                            p.getKey(),
                            OURS.contains(p.getKey()) && p.getValue().isString() ? p.getValue() : of(p.getValue())));
            return out;
        }
        return node;
    }
}
