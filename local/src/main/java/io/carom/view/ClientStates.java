package io.carom.view;

import io.carom.lake.Lake;
import io.carom.party.Party;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How it stands with each client.
public final class ClientStates {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SEVERITIES = List.of("critical", "high", "medium", "low", "informational");

    private final View view;

    public ClientStates(View view) {
        this.view = view;
    }

    /// Clients that are declared, that have incidents, or of which events are kept; in sight.
    List<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        view.snapshot().parties.parties().stream()
                .filter(p -> p.role() != Party.Role.SUPPLIER)
                .forEach(p -> names.add(p.name()));
        view.snapshot().incidents.forEach(i -> names.add(i.path("client").asString("")));
        names.addAll(view.views().lake().clients());
        return List.copyOf(view.seen(names));
    }

    /// One object a client, those in most trouble first: `name`, `role`, `state` (`breached`, `watch`,
    /// `quiet`, `silent`), `open` by severity, `worst`, `told`, `due` (the most pressing duty),
    /// `events`, `last_event`, `links`, `hidden` as {@link Hidden#all} has it.
    public List<ObjectNode> all() throws IOException {
        Map<String, ObjectNode> out = new TreeMap<>();
        Snapshot snapshot = view.snapshot();
        for (String name : view.clients()) {
            ObjectNode one = JSON.createObjectNode();
            one.put("name", name)
                    .put(
                            "role",
                            snapshot.parties
                                    .named(name)
                                    .map(p -> p.role().name().toLowerCase(java.util.Locale.ROOT))
                                    .orElse("client"));
            one.put("contact", snapshot.parties.named(name).map(Party::contact).orElse(""));
            one.put(
                    "links",
                    snapshot.parties.links().stream()
                            .filter(l -> l.client().equals(name))
                            .count());
            ObjectNode open = one.putObject("open");
            SEVERITIES.forEach(s -> open.put(s, 0));
            one.put("open_total", 0)
                    .put("worst", "")
                    .put("untold", 0)
                    .putNull("due")
                    .putNull("due_name");
            one.put("events", 0L).putNull("last_event");
            one.putArray("hidden");
            out.put(name, one);
        }
        for (ObjectNode hidden : new Hidden(view).all()) {
            String of = hidden.path("client").asString("");
            out.forEach((name, one) -> {
                if (of.isEmpty() || of.equals(name)) {
                    ((ArrayNode) one.path("hidden")).add(hidden);
                }
            });
        }
        for (ObjectNode incident : view.incidents()) {
            ObjectNode one = out.get(incident.path("client").asString(""));
            if (one == null || incident.path("status").asString("").equals("closed")) {
                continue;
            }
            String severity = incident.path("severity").asString("");
            ObjectNode open = (ObjectNode) one.get("open");
            open.put(severity, open.path(severity).asInt(0) + 1);
            one.put("open_total", one.path("open_total").asInt(0) + 1);
            String worst = one.path("worst").asString("");
            if (worst.isEmpty() || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(worst)) {
                one.put("worst", severity);
            }
            JsonNode clocks = incident.path("clocks");
            if (!clocks.has("told") && SEVERITIES.indexOf(severity) <= 1) {
                one.put("untold", one.path("untold").asInt(0) + 1);
            }
            JsonNode duty = Now.pressing(clocks);
            if (duty != null) {
                String due = duty.path("due").asString("");
                if (one.path("due").isNull() || due.compareTo(one.path("due").asString("")) < 0) {
                    one.put("due", due).put("due_name", duty.path("name").asString(""));
                }
            }
        }
        for (Lake.SourceState source : view.views().lake().sources()) {
            ObjectNode one = out.get(source.client());
            if (one != null) {
                one.put("events", one.path("events").asLong(0) + source.events());
                String last = Instant.ofEpochMilli(source.last()).toString();
                if (last.compareTo(one.path("last_event").asString("")) > 0) {
                    one.put("last_event", last);
                }
            }
        }
        List<ObjectNode> all = new ArrayList<>(out.values());
        all.forEach(one -> one.put("state", state(one)));
        all.sort(java.util.Comparator.comparingInt(
                        (ObjectNode o) -> rank(o.path("state").asString("")))
                .thenComparing(o -> -o.path("open").path("critical").asInt(0))
                .thenComparing(o -> -o.path("open_total").asInt(0))
                .thenComparing(o -> o.path("name").asString("")));
        return all;
    }

    private static int rank(String state) {
        return List.of("breached", "watch", "quiet", "silent").indexOf(state);
    }

    private static String state(ObjectNode one) {
        return switch (one.path("worst").asString("")) {
            case "critical", "high" -> "breached";
            case "" -> one.path("events").asLong(0) == 0 ? "silent" : "quiet";
            default -> "watch";
        };
    }
}
