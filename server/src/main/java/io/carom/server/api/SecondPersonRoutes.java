package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.view.SecondPerson;
import io.carom.view.Telling;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is done only where a second person agrees.
final class SecondPersonRoutes {
    /// Whose word counts, by what it is about.
    private static final Map<String, Set<Role>> ANSWER = Map.of(
            "action", Role.WORKERS,
            "telling", Role.ANALYSTS,
            "rules", Role.ADMINISTRATORS);

    private final Desk desk;

    SecondPersonRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                        "second-person",
                        Role.OURS,
                        ApiDoc.of("What needs a second person here", "SecondPerson"),
                        (c, p) -> desk.view(p).secondPerson().rules()),
                Given.put(
                        "second-person",
                        Role.ADMINISTRATORS,
                        ApiDoc.of(
                                        "Changes what needs a second person; for less of it a second administrator has to agree",
                                        "SecondPerson")
                                .takes("SecondPersonText"),
                        this::rules),
                Given.get(
                        "approvals",
                        Role.ANYBODY,
                        ApiDoc.of("What waits for the word of a second person", "Approvals"),
                        (c, p) -> Desk.listed(
                                "approvals", desk.view(p).secondPerson().waiting())),
                Given.post(
                        "incidents/{incident}/approvals",
                        Role.WORKERS,
                        ApiDoc.of("Asks a second person to agree to an action of an incident", "Approval")
                                .takes("Ask"),
                        this::ask),
                Given.post(
                        "approvals/{approval}",
                        Role.WORKERS,
                        ApiDoc.of(
                                        "Agrees to what somebody else asked for, or does not; what is agreed to is done",
                                        "Answered")
                                .takes("Verdict"),
                        this::answer));
    }

    private ObjectNode rules(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        SecondPerson second = desk.view(person).secondPerson();
        Set<String> known = new TreeSet<>();
        second.rules().path("known").forEach(k -> known.add(k.asString("")));
        Set<String> wanted = new TreeSet<>(body.texts("for", 20));
        if (!known.containsAll(wanted)) {
            throw Refused.notUnderstood("\"for\": expected some of " + String.join(", ", known) + ".");
        }
        JsonNode waits = second.change(wanted, person.name(), body.optional("why", TellingAnswers.NOTE));
        Gate.about(
                c,
                waits == null
                        ? "for " + String.join(", ", wanted)
                        : "asks to lessen it to " + String.join(", ", wanted) + ": "
                                + waits.path("id").asString(""),
                null);
        return second.rules();
    }

    private ObjectNode ask(Context c, Person person) throws IOException, Refused {
        String id = c.pathParam("incident");
        Given.there(desk.view(person).incident(id));
        Body body = Body.of(c);
        ObjectNode asked = desk.view(person)
                .secondPerson()
                .ask(id, body.text("key", 100), person.name(), body.optional("why", TellingAnswers.NOTE));
        if (asked == null) {
            throw Refused.notUnderstood("\"key\": no action of that key in this incident needs a second person.");
        }
        Gate.about(
                c,
                asked.path("id").asString("") + ": " + asked.path("what").asString(""),
                asked.path("client").asString(""));
        return asked;
    }

    private ObjectNode answer(Context c, Person person) throws IOException, Refused {
        String id = c.pathParam("approval");
        SecondPerson second = desk.view(person).secondPerson();
        ObjectNode asked = Given.there(second.one(id));
        Body body = Body.of(c);
        String word = body.text("answer", 20);
        if (!List.of("yes", "no", "withdrawn").contains(word)) {
            throw Refused.notUnderstood("\"answer\": expected yes, no or withdrawn.");
        }
        String kind = asked.path("kind").asString("");
        boolean mine = asked.path("by").asString("").equals(person.name());
        if (!mine && !ANSWER.getOrDefault(kind, Set.of()).contains(person.role())) {
            throw new Refused(
                    403,
                    "Not for your role",
                    "Your role is " + person.role().label() + ", whose word does not count here.");
        }
        if (mine != word.equals("withdrawn")) {
            throw new Refused(
                    409,
                    "Not yours to answer",
                    mine
                            ? "You asked for this: another person has to answer."
                            : "Who asked for this can withdraw it; you can say no.");
        }
        String client = asked.path("client").asString("");
        String about = word + " to " + id + ": " + asked.path("what").asString("");
        Gate.about(c, about, client.isEmpty() ? null : client);
        try {
            SecondPerson.Answered answered =
                    Given.there(second.answer(id, word, person.name(), body.optional("note", TellingAnswers.NOTE)));
            if (!answered.counted()) {
                throw new Refused(409, "Answered already", "Somebody has answered this, or it waited too long.");
            }
            ObjectNode out = Desk.JSON.createObjectNode();
            out.set("approval", answered.request());
            ObjectNode sent = answered.sent();
            out.set("sent", sent == null ? Desk.JSON.createArrayNode() : sent.path("sent"));
            if (sent != null) {
                Gate.about(
                        c,
                        about + "; " + TellingRoutes.told(asked.path("package").asString(""), sent),
                        client);
            }
            return out;
        } catch (Telling.TellingException e) {
            Gate.about(c, about + "; not sent: " + e.getMessage(), client);
            throw new Refused(
                    409,
                    "Agreed, and not sent",
                    e.getMessage() + " Send it once more when that is mended; it stays agreed.");
        }
    }
}
