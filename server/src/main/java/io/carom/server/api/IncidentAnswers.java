package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.http.Refused;
import io.carom.view.IncidentPicture;
import io.carom.view.IncidentRecords;
import io.carom.view.Now;
import io.carom.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers about incidents.
public final class IncidentAnswers {
    /// Duties that stand on Now.
    private static final int CLOCKS = 24;

    private final Desk desk;

    public IncidentAnswers(Desk desk) {
        this.desk = desk;
    }

    /// What an incident must be to be listed; empty where it does not matter.
    ///
    /// @param status a state, or `open` for all but closed
    /// @param assignee who has it: a name, `me`, or `nobody`
    public record Filter(String status, String client, String severity, String supplier, String text, String assignee) {
        boolean fits(JsonNode incident, String me) {
            String its = incident.path("status").asString("");
            String who = incident.path("assignee").asString("");
            return (status.isEmpty() || (status.equals("open") ? !its.equals("closed") : its.equals(status)))
                    && (client.isEmpty()
                            || client.equals(incident.path("client").asString("")))
                    && (severity.isEmpty()
                            || severity.equals(incident.path("severity").asString("")))
                    && (supplier.isEmpty()
                            || supplier.equals(
                                    incident.path("entry").path("party").asString("")))
                    && switch (assignee) {
                        case "" -> true;
                        case "me" -> who.equals(me);
                        case "nobody" -> who.isEmpty();
                        default -> who.equals(assignee);
                    }
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
            if (filter.fits(one, person.name())) {
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
        now.clocks(CLOCKS).forEach(answer.putArray("clocks")::add);
        now.sources(8).forEach(answer.putArray("alarms")::add);
        return answer;
    }

    /// The whole of one.
    public ObjectNode one(Person person, String id) throws IOException, Refused {
        return Given.there(desk.view(person).incident(id));
    }

    /// A record that it stands on, as it stood in the log; one that it does not name is not there.
    public ObjectNode nativeRecord(Person person, String id, @Nullable String path, @Nullable String record)
            throws IOException, Refused {
        View view = desk.view(person);
        Given.there(view.incident(id));
        if (path == null || path.isEmpty()) {
            throw Refused.notUnderstood("\"path\" is missing.");
        }
        if (record == null || !record.matches("[0-9]{1,18}")) {
            throw Refused.notUnderstood("\"record\": expected its number.");
        }
        return Given.there(new IncidentRecords(view).of(id, path, Long.parseLong(record)));
    }

    /// Its hops as a picture to be walked in time.
    public ObjectNode picture(Person person, String id) throws IOException, Refused {
        View view = desk.view(person);
        return IncidentPicture.of(Given.there(view.incident(id)));
    }
}
