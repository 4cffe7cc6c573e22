package io.carom.cli;

import io.carom.incident.Incident;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Incidents for people on a terminal.
final class IncidentText {
    private static final int MAX_SHORT = 12;
    private static final int MAX_STEPS = 25;

    private final Paper paper;

    IncidentText(Paper paper) {
        this.paper = paper;
    }

    /// What an investigation found, the worst first: what happened, and what to do first.
    void told(List<Incident> incidents) {
        List<Incident> grave = incidents.stream()
                .filter(i -> i.severity().compareTo(Incident.Severity.MEDIUM) >= 0)
                .toList();
        for (Incident it : grave.stream().limit(MAX_SHORT).toList()) {
            paper.gap()
                    .incident(it.severity().label(), it.title())
                    .soft(
                            2,
                            it.id() + ", " + minute(it.firstSeen().toString()) + " to "
                                    + minute(it.lastSeen().toString()) + " UTC")
                    .text(2, it.summary());
            it.actions().stream().limit(3).forEach(a -> paper.item(2, "[ ]", a.text()));
        }
        if (grave.size() > MAX_SHORT) {
            paper.gap()
                    .text(
                            0,
                            Shown.count(grave.size() - MAX_SHORT) + " more incidents: \"carom incidents\" lists them.");
        }
        int leads = incidents.size() - grave.size();
        if (leads > 0) {
            paper.gap()
                    .text(
                            0,
                            Shown.count(leads) + (leads == 1 ? " lead" : " leads")
                                    + " of low weight: in the report, and \"carom incidents\" lists them.");
        }
        if (incidents.isEmpty()) {
            paper.gap()
                    .text(
                            0,
                            "Nothing that was looked for was seen. What was looked at and how far back is in the report.");
        }
    }

    /// One incident, whole, as its JSON tells it; without its clocks and its log.
    void whole(JsonNode i) {
        paper.incident(text(i, "severity"), text(i, "title"));
        paper.soft(
                2,
                text(i, "id") + ", " + text(i, "status")
                        + (i.path("assignee").isString() ? ", with " + text(i, "assignee") : "")
                        + (text(i, "campaign").isEmpty() ? "" : ", " + text(i, "campaign")));
        paper.gap().text(2, text(i, "summary"));
        list("Why it is " + text(i, "severity"), i.path("severity_why"));
        paper.gap().head("How it came in");
        JsonNode entry = i.path("entry");
        paper.text(2, text(entry, "reason"));
        for (JsonNode rival : i.path("alternatives")) {
            paper.item(
                    2,
                    "or, " + percent(rival) + ":",
                    (text(rival, "link").isEmpty()
                                    ? text(rival, "way").replace('_', ' ') + " from " + text(rival, "from")
                                    : text(rival, "party") + " over " + text(rival, "link"))
                            + ". " + text(rival, "why"));
        }
        if (!i.path("origins").isEmpty()) {
            paper.gap().head("Where it may have begun");
            for (JsonNode o : i.path("origins")) {
                paper.item(
                        2,
                        percent(o),
                        text(o, "way").replace('_', ' ') + " at " + text(o, "at") + " of " + text(o, "party")
                                + (text(o, "from").isEmpty() ? "" : ", from " + text(o, "from"))
                                + (text(o, "account").isEmpty() ? "" : ", as " + text(o, "account")) + ", "
                                + minute(text(o, "time")) + ". " + text(o, "why"));
            }
        }
        path(i.path("path"));
        list("What is missing", i.path("gaps"));
        paper.gap().head("What to do");
        for (JsonNode action : i.path("actions")) {
            paper.item(2, "[ ]", text(action, "text"));
        }
    }

    private void path(JsonNode path) {
        if (path.isEmpty()) {
            return;
        }
        paper.gap().head("How it went (UTC)");
        int n = 0;
        for (JsonNode hop : path) {
            if (n++ == MAX_STEPS) {
                paper.soft(2, Shown.count(path.size() - MAX_STEPS) + " more steps with --json");
                break;
            }
            String account = text(hop, "account");
            paper.item(
                    2,
                    minute(text(hop, "time")),
                    text(hop, "from") + " -> " + text(hop, "to") + "  " + text(hop, "via")
                            + (account.isEmpty() ? "" : " as " + account)
                            + (hop.path("confidence").asDouble(0) > 0 ? "  (" + percent(hop) + ")" : ""));
        }
    }

    private void list(String head, JsonNode lines) {
        if (!lines.isEmpty()) {
            paper.gap().head(head);
            lines.forEach(line -> paper.item(2, "-", line.asString("")));
        }
    }

    private static String percent(JsonNode node) {
        return String.format(
                Locale.ROOT, "%.0f %%", 100 * node.path("confidence").asDouble(0));
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    /// `2019-03-04 02:10` of a time in ISO 8601.
    static String minute(String time) {
        return time.length() < 16 ? time : time.substring(0, 16).replace('T', ' ');
    }
}
