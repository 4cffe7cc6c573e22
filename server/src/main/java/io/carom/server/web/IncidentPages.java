package io.carom.server.web;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.api.Desk;
import io.carom.server.api.IncidentAnswers;
import io.carom.server.api.PeopleAnswers;
import io.carom.server.api.PlaybookAnswers;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Query;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Now, the list of incidents, and one of them.
final class IncidentPages {
    private static final int SHOWN = 12;
    private static final int ON_A_PAGE = 200;
    private static final int MOST_PAGES = 100_000;

    private final Desk desk;
    private final IncidentAnswers answers;
    private final PlaybookAnswers playbooks;

    IncidentPages(Desk desk) {
        this.desk = desk;
        this.answers = new IncidentAnswers(desk);
        this.playbooks = new PlaybookAnswers(desk);
    }

    List<Route> routes() {
        return List.of(
                PageRoutes.page(
                        "/",
                        Role.ANYBODY,
                        "now",
                        "Now",
                        "now",
                        (c, p) -> Map.of(
                                "now",
                                answers.now(p, SHOWN),
                                "approvals",
                                desk.view(p).secondPerson().waiting())),
                PageRoutes.page("/incidents", Role.ANYBODY, "incidents", "Incidents", "incidents", this::list),
                PageRoutes.page("/incidents/{incident}", Role.ANYBODY, "incident", "Incident", "incidents", this::one),
                PageRoutes.page(
                                "/incidents/{incident}/records",
                                Role.ANYBODY,
                                "record",
                                "Record",
                                "incidents",
                                this::nativeRecord)
                        .costing(Cost.COSTLY));
    }

    private Map<String, Object> list(Context c, Person person) throws IOException, Refused {
        IncidentAnswers.Filter filter = new IncidentAnswers.Filter(
                c.queryParam("status") == null
                        ? "open"
                        : PageRoutes.text(c, "status").replace("all", ""),
                PageRoutes.text(c, "client"),
                PageRoutes.text(c, "severity"),
                PageRoutes.text(c, "supplier"),
                PageRoutes.text(c, "q"),
                PageRoutes.text(c, "assignee"));
        int page = Math.max(1, Query.number(c, "page", 1, MOST_PAGES));
        return Map.of(
                "answer",
                answers.list(person, filter, (page - 1) * ON_A_PAGE, ON_A_PAGE),
                "filter",
                filter,
                "page",
                new Part(page, ON_A_PAGE),
                "clients",
                desk.view(person).clients(),
                "people",
                Role.WORKERS.contains(person.role()) ? workers(person, filter.client()) : List.<String>of());
    }

    /// Who can be given any of those that are listed.
    private List<String> workers(Person person, String client) throws IOException {
        String own = person.sight().client();
        return new PeopleAnswers(desk).workers(person, own == null ? client : own);
    }

    private Map<String, Object> one(Context c, Person person) throws IOException, Refused {
        String id = c.pathParam("incident");
        ObjectNode incident = answers.one(person, id);
        String client = incident.path("client").asString("");
        Gate.about(c, "", client);
        boolean first = looks(c, person)
                && !incident.path("clocks").has("seen")
                && !incident.path("status").asString("").equals("closed");
        if (first) {
            // What others are given is not to be changed.
            incident = incident.deepCopy();
            incident.withObject("clocks").put("seen", desk.clock().instant().toString());
        }
        Map<String, Object> shown = Map.of(
                "title",
                V.s(incident, "title", 80),
                "it",
                incident,
                "playbook",
                playbooks.of(person, id),
                "people",
                new PeopleAnswers(desk).workers(person, client));
        if (first) {
            desk.view(person).seen(id, person.name());
        }
        return shown;
    }

    /// Whether somebody who works on incidents has opened the page: not a program, and not the page
    /// itself, which follows what others do.
    private static boolean looks(Context c, Person person) {
        return person.session() != null && Role.WORKERS.contains(person.role()) && c.header("X-Refresh") == null;
    }

    private Map<String, Object> nativeRecord(Context c, Person person) throws IOException, Refused {
        String id = c.pathParam("incident");
        ObjectNode incident = answers.one(person, id);
        Gate.about(c, "", incident.path("client").asString(""));
        return Map.of(
                "it",
                incident,
                "record",
                answers.nativeRecord(person, id, c.queryParam("path"), c.queryParam("record")));
    }
}
