package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.http.Refused;
import io.carom.view.IncidentPicture;
import io.carom.view.Now;
import io.carom.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers about incidents.
public final class IncidentAnswers {
    private final Desk desk;

    public IncidentAnswers(Desk desk) {
        this.desk = desk;
    }

    /// What an incident must be to be listed; empty where it does not matter.
    ///
    /// @param status a state, or `open` for all but closed
    public record Filter(String status, String client, String severity, String supplier, String text) {
        boolean fits(JsonNode incident) {
            String its = incident.path("status").asString("");
            return (status.isEmpty() || (status.equals("open") ? !its.equals("closed") : its.equals(status)))
                    && (client.isEmpty()
                            || client.equals(incident.path("client").asString("")))
                    && (severity.isEmpty()
                            || severity.equals(incident.path("severity").asString("")))
                    && (supplier.isEmpty()
                            || supplier.equals(
                                    incident.path("entry").path("party").asString("")))
                    && (text.isEmpty() || holds(incident));
        }

        private boolean holds(JsonNode incident) {
            String wanted = text.toLowerCase(Locale.ROOT);
            return List.of("id", "title", "summary", "client").stream()
                            .anyMatch(n -> incident.path(n)
                                    .asString("")
                                    .toLowerCase(Locale.ROOT)
                                    .contains(wanted))
                    || any(incident.path("techniques"), wanted)
                    || any(incident.path("indicators"), wanted)
                    || any(incident.path("parties"), wanted);
        }

        private static boolean any(JsonNode texts, String wanted) {
            for (JsonNode one : texts) {
                if (one.asString("").toLowerCase(Locale.ROOT).contains(wanted)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// Those that fit, worst first, and how many there are in all.
    ///
    /// @param offset of the first that is listed
    /// @param limit how many are listed at most
    public ObjectNode list(Person person, Filter filter, int offset, int limit) throws IOException {
        List<JsonNode> out = new ArrayList<>();
        int total = 0;
        for (ObjectNode one : desk.view(person).incidents()) {
            if (filter.fits(one)) {
                if (total >= offset && out.size() < limit) {
                    out.add(Now.summary(one));
                }
                total++;
            }
        }
        ObjectNode answer = Desk.listed("incidents", out);
        answer.put("total", total);
        return answer;
    }

    /// What needs a person, in order.
    public ObjectNode now(Person person, int most) throws IOException {
        Now now = new Now(desk.view(person));
        List<ObjectNode> needs = now.needs();
        ObjectNode answer = Desk.listed("needs", needs.subList(0, Math.min(most, needs.size())));
        answer.put("total", needs.size());
        ObjectNode by = answer.putObject("by_severity");
        for (String severity : List.of("critical", "high", "medium", "low", "informational")) {
            by.put(
                    severity,
                    needs.stream()
                            .filter(n -> n.path("incident")
                                    .path("severity")
                                    .asString("")
                                    .equals(severity))
                            .count());
        }
        answer.put(
                "unseen",
                needs.stream()
                        .filter(n ->
                                n.path("incident").path("status").asString("").equals("new"))
                        .count());
        List<ObjectNode> running = needs.stream()
                .filter(n -> n.path("due").isString())
                .sorted(java.util.Comparator.comparing(n -> n.path("due").asString("")))
                .limit(8)
                .toList();
        var clocks = answer.putArray("clocks");
        running.forEach(n -> clocks.addObject()
                .put("due", n.path("due").asString(""))
                .put("name", n.path("due_name").asString(""))
                .put("incident", n.path("incident").path("id").asString(""))
                .put("client", n.path("incident").path("client").asString("")));
        now.sources(8).forEach(answer.putArray("alarms")::add);
        return answer;
    }

    /// The whole of one.
    public ObjectNode one(Person person, String id) throws IOException, Refused {
        return Given.there(desk.view(person).incident(id));
    }

    /// Its hops as a picture to be walked in time.
    public ObjectNode picture(Person person, String id) throws IOException, Refused {
        View view = desk.view(person);
        return IncidentPicture.of(Given.there(view.incident(id)));
    }
}
