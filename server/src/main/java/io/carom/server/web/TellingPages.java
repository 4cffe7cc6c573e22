package io.carom.server.web;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.api.Desk;
import io.carom.server.api.TellingAnswers;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Telling a client, and what one was told.
final class TellingPages {
    private final TellingAnswers answers;

    TellingPages(Desk desk) {
        this.answers = new TellingAnswers(desk);
    }

    List<Route> routes() {
        return List.of(
                PageRoutes.page(
                        "/clients/{client}/advice", Role.ANYBODY, "advice", "Tell a client", "clients", this::page),
                Route.page(HandlerType.GET, "/clients/{client}/advice/draft", Role.OURS, this::draft)
                        .costing(Cost.COSTLY));
    }

    private static String text(Context c, String name, String otherwise) throws Refused {
        String text = PageRoutes.text(c, name);
        return text.isEmpty() ? otherwise : text;
    }

    private Map<String, Object> page(Context c, Person person) throws IOException, Refused {
        String client = c.pathParam("client");
        ObjectNode it = answers.of(person, client);
        Gate.about(c, "", client);
        return Map.of("it", it, "tlp", text(c, "tlp", "amber"), "severity", text(c, "severity", "medium"));
    }

    private void draft(Context c, Person person) throws IOException, Refused {
        String client = c.pathParam("client");
        ObjectNode it = answers.draft(person, client, text(c, "tlp", ""), text(c, "severity", ""));
        Gate.about(c, "", client);
        ObjectNode ways = answers.of(person, client);
        Templates.give(
                c,
                "part/draft",
                Map.of(
                        "shell",
                        new Shell("", "clients", person),
                        "it",
                        it,
                        "ways",
                        ways,
                        "fault",
                        ways.path("fault").asString("")));
    }
}
