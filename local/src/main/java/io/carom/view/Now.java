package io.carom.view;

import io.carom.campaign.Campaign;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What needs a person, in order, each with why and the one best thing to do.
///
/// The order is by a sum that is shown with its reasons: how grave it is, weighed by how far the
/// response has come; a duty whose time runs out; an intruder that is at other clients too; a way in
/// over a supplier that is still open.
public final class Now {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Integer> GRAVE =
            Map.of("critical", 100, "high", 60, "medium", 25, "low", 8, "informational", 2);

    private static final int ALARMS = 200;

    private final View view;

    public Now(View view) {
        this.view = view;
    }

    /// All incidents that are not closed, what needs somebody most first.
    public List<ObjectNode> needs() throws IOException {
        Map<String, Campaign> campaigns = new HashMap<>();
        if (view.sight().all()) {
            for (Campaign one : view.snapshot().campaigns(view.views())) {
                one.incidents().forEach(id -> campaigns.put(id, one));
            }
        }
        List<ObjectNode> out = new ArrayList<>();
        for (ObjectNode incident : view.incidents()) {
            if (!incident.path("status").asString("").equals("closed")) {
                out.add(need(incident, campaigns.get(incident.path("id").asString(""))));
            }
        }
        out.sort(Comparator.comparingInt((ObjectNode n) -> -n.path("score").asInt(0))
                .thenComparing(n -> n.path("incident").path("id").asString("")));
        return out;
    }

    /// Alarms of sources that are open, the gravest first, then the newest: what is not seen cannot be
    /// found.
    public List<ObjectNode> sources(int most) throws IOException {
        return new ReceivedStates(view)
                .alarms(ALARMS).stream()
                        .sorted(Comparator.comparing(
                                a -> -GRAVE.getOrDefault(a.path("severity").asString(""), 2)))
                        .limit(most)
                        .toList();
    }

    private ObjectNode need(ObjectNode incident, @Nullable Campaign campaign) {
        String status = incident.path("status").asString("");
        String severity = incident.path("severity").asString("");
        JsonNode clocks = incident.path("clocks");
        ArrayNode why = JSON.createArrayNode();
        double weight = switch (status) {
            case "acknowledged" -> 0.8;
            case "contained" -> 0.5;
            default -> 1.0;
        };
        int score = (int) Math.round(GRAVE.getOrDefault(severity, 2) * weight);
        switch (status) {
            case "acknowledged" -> why.add("Somebody has seen it; it is not contained.");
            case "contained" ->
                why.add(
                        clocks.has("told")
                                ? "It is contained and the client knows."
                                : "It is contained; the client was not told.");
            default ->
                why.add((clocks.has("seen") ? "It was opened and nobody has taken it, " : "Nobody has looked at it, ")
                        + since(clocks.path("detected").asString("")) + " after it was found.");
        }
        JsonNode duty = pressing(clocks);
        if (duty != null) {
            Duration left =
                    Duration.between(view.now(), Instant.parse(duty.path("due").asString("")));
            score += left.isNegative()
                    ? 120
                    : left.toHours() < 4 ? 100 : left.toHours() < 24 ? 60 : left.toHours() < 72 ? 25 : 5;
            why.add(duty.path("name").asString("") + " to " + duty.path("to").asString("")
                    + (left.isNegative() ? " is overdue by " : " is due in ") + words(left.abs()) + ".");
        }
        if (campaign != null && campaign.clients().size() > 1) {
            score += 30;
            why.add("The same intruder is at " + (campaign.clients().size() - 1)
                    + (campaign.clients().size() == 2 ? " other client" : " other clients") + " too.");
        } else if (incident.path("spread").asBoolean(false)) {
            score += 30;
            why.add("The same intruder was seen elsewhere too.");
        }
        JsonNode entry = incident.path("entry");
        if (!entry.path("link").asString("").isEmpty()
                && entry.path("confidence").asDouble(0) >= 0.5) {
            score += status.equals("contained") ? 5 : 25;
            why.add("It came in over a supplier's link, " + entry.path("link").asString("")
                    + (status.equals("contained") ? "." : ", which may still be open."));
        }
        ObjectNode out = JSON.createObjectNode();
        out.set("incident", summary(incident));
        out.set("why", why);
        out.set("action", action(incident, status, duty));
        out.put("score", score);
        if (duty == null) {
            out.putNull("due").putNull("due_name");
        } else {
            out.put("due", duty.path("due").asString(""))
                    .put("due_name", duty.path("name").asString(""));
        }
        return out;
    }

    /// Duties that are due and were not done, or not in time; not those that wait for another.
    static List<JsonNode> due(JsonNode clocks) {
        List<JsonNode> out = new ArrayList<>();
        for (JsonNode duty : clocks.path("duties")) {
            if (!duty.path("due").asString("").isEmpty()
                    && duty.path("met").asString("").isEmpty()
                    && !duty.path("forecast").asBoolean(false)) {
                out.add(duty);
            }
        }
        return out;
    }

    /// Of these the one that is due first; null if there is none.
    static @Nullable JsonNode pressing(JsonNode clocks) {
        return due(clocks).stream()
                .min(Comparator.comparing(d -> d.path("due").asString("")))
                .orElse(null);
    }

    /// The duties of all incidents that are not closed, `due`, `name`, `state`, `incident` and `client` of
    /// each: first those that can be done in time, the most pressing first, then those that are over, the
    /// latest first.
    public List<ObjectNode> clocks(int most) throws IOException {
        List<ObjectNode> running = new ArrayList<>();
        List<ObjectNode> over = new ArrayList<>();
        for (ObjectNode incident : view.incidents()) {
            if (incident.path("status").asString("").equals("closed")) {
                continue;
            }
            for (JsonNode duty : due(incident.path("clocks"))) {
                boolean missed = Instant.parse(duty.path("due").asString("")).isBefore(view.now());
                (missed ? over : running)
                        .add(JSON.createObjectNode()
                                .put("due", duty.path("due").asString(""))
                                .put("name", duty.path("name").asString(""))
                                .put("state", missed ? "missed" : "running")
                                .put("incident", incident.path("id").asString(""))
                                .put("client", incident.path("client").asString("")));
            }
        }
        Comparator<ObjectNode> first = Comparator.comparing(d -> d.path("due").asString(""));
        running.sort(first);
        over.sort(first.reversed());
        running.addAll(over);
        return running.subList(0, Math.min(most, running.size()));
    }

    /// The one best thing to do, and the step that says it was done: `ack`, `tick`, `contain`, `tell`,
    /// `duty`, `close`; `ask` where a second person is to be asked first, `wait` where one was.
    private ObjectNode action(ObjectNode incident, String status, @Nullable JsonNode duty) {
        ObjectNode out = JSON.createObjectNode();
        if (duty != null
                && Duration.between(view.now(), Instant.parse(duty.path("due").asString("")))
                                .toHours()
                        < 4) {
            // What a contract promises is done by telling the client.
            boolean client = duty.path("regime").asString("").equals("contract");
            return out.put("step", client ? "tell" : "duty")
                    .put("key", duty.path("id").asString(""))
                    .put(
                            "text",
                            client
                                    ? duty.path("name").asString("") + " what was found and what was done."
                                    : "Tell " + duty.path("to").asString("") + ": "
                                            + duty.path("name").asString("") + ".");
        }
        if (status.equals("new") || status.equals("acknowledged")) {
            JsonNode todo = todo(incident);
            if (todo != null) {
                return out.put("step", status.equals("new") ? "ack" : tick(todo))
                        .put("key", todo.path("key").asString(""))
                        .put("text", todo.path("text").asString(""));
            }
            return out.put("step", status.equals("new") ? "ack" : "contain")
                    .put("key", "")
                    .put(
                            "text",
                            status.equals("new")
                                    ? "Look at what was found and say that you have it."
                                    : "All that was to be done is done: say that it can go no further.");
        }
        boolean told = incident.path("clocks").has("told");
        return out.put("step", told ? "close" : "tell")
                .put("key", "")
                .put(
                        "text",
                        told
                                ? "Close it, with what was learned."
                                : "Tell the client what was found and what was done.");
    }

    /// The first action that is not done; those that wait for a second person last.
    private static @Nullable JsonNode todo(ObjectNode incident) {
        JsonNode waits = null;
        for (JsonNode action : incident.path("actions")) {
            if (!action.has("done")) {
                if (!tick(action).equals("wait")) {
                    return action;
                }
                waits = waits == null ? action : waits;
            }
        }
        return waits;
    }

    /// `tick`; where a second person has to agree first, `ask` or `wait`.
    private static String tick(JsonNode action) {
        if (!action.path("second_person").asBoolean(false)) {
            return "tick";
        }
        return switch (action.path("approval").path("state").asString("")) {
            case "yes" -> "tick";
            case "waiting" -> "wait";
            default -> "ask";
        };
    }

    /// The members of an incident that a list shows.
    public static ObjectNode summary(JsonNode incident) {
        ObjectNode out = JSON.createObjectNode();
        for (String name : List.of(
                "id",
                "client",
                "title",
                "severity",
                "status",
                "assignee",
                "first_seen",
                "last_seen",
                "entry",
                "findings_total",
                "playbook")) {
            out.set(name, incident.has(name) ? incident.get(name) : JSON.nullNode());
        }
        JsonNode clocks = incident.path("clocks");
        out.put("detected", clocks.path("detected").asString(""));
        out.put("told", clocks.has("told"));
        JsonNode duty = pressing(clocks);
        out.put("due", duty == null ? null : duty.path("due").asString(""));
        out.put("steps", incident.path("path").size());
        return out;
    }

    private String since(String time) {
        try {
            return words(Duration.between(Instant.parse(time), view.now()).abs());
        } catch (DateTimeException e) {
            return "some time";
        }
    }

    /// A length of time in words.
    static String words(Duration time) {
        long minutes = time.toMinutes();
        if (minutes < 2) {
            return "a minute";
        }
        if (minutes < 120) {
            return minutes + " minutes";
        }
        return time.toHours() < 48 ? time.toHours() + " hours" : time.toDays() + " days";
    }
}
