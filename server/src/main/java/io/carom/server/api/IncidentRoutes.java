package io.carom.server.api;

import io.carom.cases.Cases;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Query;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.view.View;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Incidents: to be read, and moved on.
final class IncidentRoutes {
    private static final Map<String, Cases.Step> STEPS = Map.of(
            "ack", Cases.Step.ACK,
            "assign", Cases.Step.ASSIGN,
            "note", Cases.Step.NOTE,
            "contain", Cases.Step.CONTAIN,
            "close", Cases.Step.CLOSE,
            "false_alarm", Cases.Step.FALSE_ALARM,
            "reopen", Cases.Step.REOPEN);

    private static final int NOTE = 20_000;

    private static final int MOST = 10_000;

    private final Desk desk;
    private final IncidentAnswers answers;

    IncidentRoutes(Desk desk) {
        this.desk = desk;
        this.answers = new IncidentAnswers(desk);
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                        "now",
                        Role.ANYBODY,
                        ApiDoc.of(
                                "What needs a person, in order", "Now", ApiDoc.query("limit", "at most so many (50)")),
                        (c, p) -> answers.now(p, Query.number(c, "limit", 50, 1000))),
                Given.get(
                        "incidents",
                        Role.ANYBODY,
                        ApiDoc.of(
                                "Incidents, worst first",
                                "Incidents",
                                ApiDoc.query(
                                        "status", "new, acknowledged, contained, closed, or open for all but closed"),
                                ApiDoc.query("client", "only this client's"),
                                ApiDoc.query("severity", "only of this severity"),
                                ApiDoc.query("supplier", "only those that came by way of this supplier"),
                                ApiDoc.query("q", "only those that hold this text"),
                                ApiDoc.query("assignee", "only those that somebody has: a name, me, or nobody"),
                                ApiDoc.query("offset", "of the first that is listed (0)"),
                                ApiDoc.query("limit", "at most so many (10000)")),
                        (c, p) -> answers.list(
                                p,
                                filter(c),
                                Query.number(c, "offset", 0, Integer.MAX_VALUE),
                                Query.number(c, "limit", MOST, MOST))),
                Given.get(
                        "incidents/{incident}",
                        Role.ANYBODY,
                        ApiDoc.of("One incident, whole", "Incident"),
                        (c, p) -> about(c, answers.one(p, c.pathParam("incident")))),
                Given.get(
                        "incidents/{incident}/picture",
                        Role.ANYBODY,
                        ApiDoc.of("The hops of an incident as a graph", "Picture"),
                        (c, p) -> answers.picture(p, c.pathParam("incident"))),
                Given.get(
                                "incidents/{incident}/records",
                                Role.ANYBODY,
                                ApiDoc.of(
                                        "A record that an incident stands on, as it stood in the log",
                                        "Record",
                                        ApiDoc.query("path", "of its input, as the incident names it"),
                                        ApiDoc.query("record", "its number there")),
                                (c, p) -> answers.nativeRecord(
                                        p, c.pathParam("incident"), c.queryParam("path"), c.queryParam("record")))
                        .costing(Cost.COSTLY),
                Given.post(
                        "incidents/{incident}/steps",
                        Role.WORKERS,
                        ApiDoc.of("Moves an incident on, or notes something", "Incident")
                                .takes("Step"),
                        this::step),
                Given.post(
                        "incidents/{incident}/clocks",
                        Role.WORKERS,
                        ApiDoc.of("States when something happened that a clock hangs on", "Incident")
                                .takes("Statement"),
                        this::clock),
                Given.post(
                        "incidents/{incident}/ticks",
                        Role.WORKERS,
                        ApiDoc.of("Ticks off something that was to be done", "Incident")
                                .takes("Tick"),
                        this::tick));
    }

    static IncidentAnswers.Filter filter(Context c) {
        return new IncidentAnswers.Filter(
                Given.text(c, "status"),
                Given.text(c, "client"),
                Given.text(c, "severity"),
                Given.text(c, "supplier"),
                Given.text(c, "q"),
                Given.text(c, "assignee"));
    }

    private static ObjectNode about(Context context, ObjectNode incident) {
        Gate.about(context, "", incident.path("client").asString(""));
        return incident;
    }

    private ObjectNode step(Context context, Person person) throws IOException, Refused {
        String id = context.pathParam("incident");
        View view = desk.view(person);
        ObjectNode incident = Given.there(view.incident(id));
        Body body = Body.of(context);
        String named = body.text("step", 20);
        Cases.Step step = STEPS.get(named);
        if (step == null) {
            throw Refused.notUnderstood("\"step\": expected ack, assign, note, contain, close, false_alarm or reopen.");
        }
        String text = step == Cases.Step.NOTE || step == Cases.Step.ASSIGN
                ? body.text("text", NOTE)
                : body.optional("text", NOTE);
        String client = incident.path("client").asString("");
        if (step == Cases.Step.ASSIGN && !new PeopleAnswers(desk).mayHave(person, client, text)) {
            throw Refused.notUnderstood("\"text\": nobody who works on incidents of " + client + " is called so.");
        }
        Gate.about(context, named, null);
        Given.there(view.step(id, step, person.name(), text));
        return about(context, answers.one(person, id));
    }

    private ObjectNode clock(Context context, Person person) throws IOException, Refused {
        String id = context.pathParam("incident");
        View view = desk.view(person);
        Given.there(view.incident(id));
        Body body = Body.of(context);
        String name = body.text("name", 100);
        if (!view.statements(id).contains(name)) {
            throw Refused.notUnderstood("\"name\": expected " + String.join(", ", view.statements(id)) + ".");
        }
        Instant stated = at(body.optional("at", 40));
        Instant at = body.flag("undo", false) ? null : stated == null ? desk.now() : stated;
        if (at != null && at.isAfter(desk.now())) {
            throw Refused.notUnderstood("\"at\": that time has not been yet.");
        }
        Gate.about(context, name, null);
        Given.there(view.state(id, name, at, person.name(), body.optional("note", NOTE)));
        return about(context, answers.one(person, id));
    }

    /// A picker of times gives one without a zone: it is in UTC.
    private static @Nullable Instant at(String text) throws Refused {
        return Body.time("at", text.length() == 16 ? text + ":00Z" : text.length() == 19 ? text + "Z" : text);
    }

    private ObjectNode tick(Context context, Person person) throws IOException, Refused {
        String id = context.pathParam("incident");
        View view = desk.view(person);
        ObjectNode incident = Given.there(view.incident(id));
        Body body = Body.of(context);
        String key = body.text("key", 100);
        String what = null;
        for (JsonNode action : incident.path("actions")) {
            if (action.path("key").asString("").equals(key)) {
                what = action.path("text").asString("");
            }
        }
        if (what == null) {
            what = new PlaybookAnswers(desk).step(incident, key);
        }
        if (what == null) {
            throw Refused.notUnderstood("\"key\": there is nothing of that key to be done in this incident.");
        }
        boolean done = body.flag("done", true);
        Gate.about(context, (done ? "done: " : "not done: ") + key, null);
        switch (view.tick(id, key, done, person.name(), what)) {
            case DONE -> {}
            case NOT_THERE -> throw Refused.notThere();
            case NOT_AGREED ->
                throw new Refused(
                        409,
                        "Not agreed",
                        "This is done once a second person agrees: ask for one, and another answers.");
        }
        return about(context, answers.one(person, id));
    }
}
