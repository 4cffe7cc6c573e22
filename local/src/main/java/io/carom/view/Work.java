package io.carom.view;

import io.carom.cases.Approvals;
import io.carom.cases.Cases;
import io.carom.cases.KeptIncidents;
import io.carom.cases.Ticks;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What there is to do in an incident, and what of it was done.
final class Work {
    private final Cases cases;
    private final Set<String> rules;
    private final Map<String, Map<String, Approvals.Request>> requests = new HashMap<>();

    Work(Cases cases, Instant now) throws IOException {
        this.cases = cases;
        this.rules = cases.approvals().rules();
        // The latest stands.
        for (Approvals.Request one : cases.approvals().ofActions(now)) {
            requests.computeIfAbsent(one.incident(), i -> new HashMap<>()).put(one.subject(), one);
        }
    }

    /// Puts into an incident which playbook it has, and into each action its `key`, whether it needs a
    /// `second_person` and what one said, and `done` with who and when. The key changes with the targets:
    /// an address that came later was not blocked with the others.
    void put(ObjectNode incident) throws IOException {
        String id = incident.path("id").asString("");
        Map<String, Ticks.Tick> ticks = cases.ticks().of(id);
        Map<String, Approvals.Request> asked = requests.getOrDefault(id, Map.of());
        incident.put("playbook", kind(incident));
        for (JsonNode action : incident.path("actions")) {
            ObjectNode one = (ObjectNode) action;
            String key = key(action);
            one.put("key", key);
            Ticks.Tick tick = ticks.get(key);
            for (String before : formerly(action)) {
                tick = tick == null ? ticks.get(before) : tick;
            }
            if (rules.contains(action.path("kind").asString(""))) {
                one.put("second_person", true);
                Approvals.Request request = asked.get(key);
                if (request != null) {
                    SecondPerson.state(request, one.putObject("approval"));
                }
            }
            if (tick != null) {
                one.putObject("done").put("who", tick.who()).put("at", tick.at().toString());
            }
        }
    }

    /// By its targets; where it has none, by its text: several of one kind may have none.
    private static String key(JsonNode action) {
        return action.path("targets").size() == 0
                ? print(action.path("kind").asString("") + "\0\0"
                        + action.path("text").asString(""))
                : of(action.path("kind").asString(""), action);
    }

    /// Keys that an action had in homes of before: what was ticked off by them is done. Without targets
    /// all of a kind had one, and isolating was called `look`.
    static List<String> formerly(JsonNode action) {
        String kind = action.path("kind").asString("");
        if (action.path("targets").size() == 0) {
            return List.of(print(kind + "\0"));
        }
        return kind.equals("isolate") ? List.of(of("look", action)) : List.of();
    }

    private static String of(String kind, JsonNode action) {
        TreeSet<String> targets = new TreeSet<>();
        action.path("targets").forEach(t -> targets.add(t.asString("")));
        return print(kind + "\0" + String.join("\0", targets));
    }

    private static String print(String of) {
        return "action-" + KeptIncidents.print(of);
    }

    /// The kind of an incident, which is what its playbook is called.
    private static String kind(JsonNode incident) {
        TreeSet<String> techniques = new TreeSet<>();
        incident.path("techniques").forEach(t -> techniques.add(t.asString("")));
        if (techniques.contains("T1486") || techniques.contains("T1490")) {
            return "ransomware";
        }
        JsonNode entry = incident.path("entry");
        if (!entry.path("link").asString("").isEmpty()
                && entry.path("confidence").asDouble(0) >= 0.4) {
            return "supplier-link";
        }
        String way = incident.path("origins").path(0).path("way").asString("");
        switch (way) {
            case "link" -> {
                return "supplier-link";
            }
            case "phishing", "drive_by" -> {
                return "phishing";
            }
            case "remote_tool" -> {
                return "remote-support";
            }
            case "exposed_service" -> {
                return "exposed-service";
            }
            default -> {}
        }
        if (techniques.stream()
                .anyMatch(t -> t.startsWith("T1048") || t.startsWith("T1041") || t.startsWith("T1567"))) {
            return "data-theft";
        }
        return way.equals("valid_account") || techniques.stream().anyMatch(t -> t.startsWith("T1078"))
                ? "stolen-account"
                : "other";
    }

    static final List<String> KINDS = List.of(
            "supplier-link",
            "phishing",
            "stolen-account",
            "remote-support",
            "exposed-service",
            "data-theft",
            "ransomware",
            "other");
}
