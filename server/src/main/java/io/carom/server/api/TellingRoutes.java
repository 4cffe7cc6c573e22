package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.view.Telling;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Telling clients: the package looked at, sent, acknowledged.
final class TellingRoutes {
    private static final List<String> CHANNELS = List.of("folder", "webhook", "mail", "network", "taxii");

    /// A package's page brings its own style along and runs nothing.
    private static final String PAGE =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

    private final Desk desk;
    private final TellingAnswers answers;

    TellingRoutes(Desk desk) {
        this.desk = desk;
        this.answers = new TellingAnswers(desk);
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                        "clients/{client}/advice",
                        Role.ANYBODY,
                        ApiDoc.of("What a client was told, by which ways, and who has it", "Advice"),
                        (c, p) -> about(c, answers.of(p, c.pathParam("client")))),
                Given.get(
                                "clients/{client}/advice/draft",
                                Role.OURS,
                                ApiDoc.of(
                                        "What a client would be told now; nothing is sent",
                                        "Draft",
                                        ApiDoc.query(
                                                "tlp",
                                                "what the client may do with it: clear, green, amber (amber), …"),
                                        ApiDoc.query("severity", "the mildest incident that is told of (medium)")),
                                (c, p) -> about(
                                        c,
                                        answers.draft(
                                                p,
                                                c.pathParam("client"),
                                                Given.text(c, "tlp"),
                                                Given.text(c, "severity"))))
                        .costing(Cost.COSTLY),
                Route.api(
                        HandlerType.GET,
                        "/api/v1/clients/{client}/advice/{package}/{file}",
                        Role.ANYBODY,
                        ApiDoc.of(
                                "A file of a package: advise.html, advise.pdf, advise.stix.json, advise.misp.json,"
                                        + " indicators.csv, sightings.csv",
                                "",
                                "application/octet-stream"),
                        this::file),
                Given.post(
                                "clients/{client}/advice",
                                Role.ANALYSTS,
                                ApiDoc.of(
                                                "Sends a client the package that was looked at, or asks a second person first",
                                                "Telling")
                                        .takes("Tell"),
                                this::send)
                        .costing(Cost.COSTLY),
                Given.post(
                        "clients/{client}/advice/{package}/receipt",
                        Role.WORKERS,
                        ApiDoc.of("Notes that somebody at the client has a package", "Advice")
                                .takes("Receipt"),
                        this::receipt),
                Given.post(
                                "clients/{client}/advice/{package}/reminder",
                                Role.ANALYSTS,
                                ApiDoc.of("Sends a package once more, by the ways that reach a person", "Telling")
                                        .takes("Nothing"),
                                this::remind)
                        .costing(Cost.COSTLY));
    }

    private static ObjectNode about(Context c, ObjectNode answer) {
        Gate.about(c, "", c.pathParam("client"));
        return answer;
    }

    private void file(Context c, Person person) throws IOException, Refused {
        String client = c.pathParam("client");
        String name = c.pathParam("file");
        Telling.File file;
        try {
            file = Given.there(desk.view(person).telling().file(client, c.pathParam("package"), name));
        } catch (Telling.TellingException e) {
            throw TellingAnswers.conflict(e);
        }
        Gate.about(c, "", client);
        boolean shown = name.endsWith(".html") || name.endsWith(".pdf");
        if (name.endsWith(".html")) {
            c.header("Content-Security-Policy", PAGE);
        }
        c.header("Content-Disposition", (shown ? "inline" : "attachment") + "; filename=\"" + name + "\"");
        c.header("Content-Type", file.type()).result(file.bytes());
    }

    private ObjectNode send(Context c, Person person) throws IOException, Refused {
        String client = c.pathParam("client");
        // Whether there is such a client is not told by what is wrong with the order.
        answers.of(person, client);
        Body body = Body.of(c);
        List<String> via = body.texts("via", 10);
        if (!CHANNELS.containsAll(via)) {
            throw Refused.notUnderstood("\"via\": expected " + String.join(", ", CHANNELS) + ".");
        }
        Telling.Order order = new Telling.Order(
                body.text("package", 40),
                TellingAnswers.tlp(body.optional("tlp", 20)),
                TellingAnswers.severity(body.optional("severity", 20)),
                via,
                body.flag("again", false),
                person.name(),
                body.optional("note", TellingAnswers.NOTE));
        try {
            ObjectNode out = Given.there(desk.view(person).telling().send(client, order));
            Gate.about(
                    c,
                    out.path("waits").isString()
                            ? "asks a second person to tell: "
                                    + out.path("waits").asString("")
                            : told(order.id(), out),
                    client);
            return out;
        } catch (Telling.TellingException e) {
            Gate.about(c, "not told: " + e.getMessage(), client);
            throw TellingAnswers.conflict(e);
        }
    }

    /// What was sent, as the audit log says it.
    static String told(String id, ObjectNode outcome) {
        StringBuilder out = new StringBuilder("package ").append(id);
        for (var sent : outcome.path("sent")) {
            out.append(sent.path("ok").asBoolean(false) ? " told by " : " failed by ")
                    .append(sent.path("channel").asString(""))
                    .append(" to ")
                    .append(sent.path("target").asString(""));
        }
        return outcome.path("sent").isEmpty() ? out + " went by every way before" : out.toString();
    }

    private ObjectNode receipt(Context c, Person person) throws IOException, Refused {
        String client = c.pathParam("client");
        Body body = Body.of(c);
        String own = person.sight().client();
        // A client's person speaks for themselves; of others it is said who they are.
        String by = own != null ? person.name() : body.optional("by", 200);
        String note = body.optional("note", TellingAnswers.NOTE);
        answers.of(person, client);
        if (by.isBlank()) {
            throw Refused.notUnderstood("\"by\": who at the client has it?");
        }
        Given.there(desk.view(person)
                .telling()
                .receipt(
                        client,
                        c.pathParam("package"),
                        by,
                        own != null ? note : note + (note.isBlank() ? "" : "; ") + "noted by " + person.name()));
        Gate.about(c, by + " has it", client);
        return answers.of(person, client);
    }

    private ObjectNode remind(Context c, Person person) throws IOException, Refused {
        String client = c.pathParam("client");
        try {
            ObjectNode out = Given.there(desk.view(person).telling().remind(client, c.pathParam("package")));
            Gate.about(c, told(c.pathParam("package"), out), client);
            return out;
        } catch (Telling.TellingException e) {
            throw TellingAnswers.conflict(e);
        }
    }
}
