package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.view.Hidden;
import io.carom.view.View;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Findings that are to be expected: hidden until a day, and shown again.
final class SuppressionRoutes {
    private static final int VALUE = 1_000;

    private final Desk desk;

    SuppressionRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                        "suppressions",
                        Role.OURS,
                        ApiDoc.of("What hides findings now, why, by whom and until when", "Suppressions"),
                        (c, p) -> all(p)),
                Given.post(
                        "incidents/{incident}/suppressions",
                        Role.ANALYSTS,
                        ApiDoc.of("Hides findings like one of an incident's at its client, until a day", "Incident")
                                .takes("SuppressionText"),
                        this::hide),
                Given.delete(
                        "suppressions/{suppression}",
                        Role.ANALYSTS,
                        ApiDoc.of("Shows again what was hidden", "Suppressions"),
                        this::show));
    }

    private ObjectNode all(Person person) throws IOException {
        return Desk.listed("suppressions", new Hidden(desk.view(person)).all());
    }

    private ObjectNode hide(Context c, Person person) throws IOException, Refused {
        String id = c.pathParam("incident");
        View view = desk.view(person);
        ObjectNode incident = Given.there(view.incident(id));
        Body body = Body.of(c);
        String analytic = body.text("analytic", VALUE);
        String value = body.optional("value", VALUE).strip();
        String reason = body.text("reason", TellingAnswers.NOTE);
        Instant until = body.time("until");
        if (until == null || !until.isAfter(desk.now())) {
            throw Refused.notUnderstood("\"until\": expected a day that is to come, such as 2027-06-30.");
        }
        String hides = new Hidden(view).hide(id, analytic, value, reason, person.name(), until);
        if (hides == null) {
            throw Refused.notUnderstood(
                    "\"analytic\", \"value\": there is no such finding that is shown in this incident.");
        }
        Gate.about(
                c,
                hides + ": hides " + analytic + (value.isEmpty() ? "" : " about " + value) + " until " + until + ": "
                        + reason,
                incident.path("client").asString(""));
        return Given.there(view.incident(id));
    }

    private ObjectNode show(Context c, Person person) throws IOException, Refused {
        Given.there(new Hidden(desk.view(person)).show(c.pathParam("suppression")));
        return all(person);
    }
}
