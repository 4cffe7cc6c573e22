package io.carom.server.api;

import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Route;
import java.util.List;

/// Playbooks: of an incident, and to be edited.
final class PlaybookRoutes {
    private static final int LONGEST = 200_000;

    private final PlaybookAnswers answers;

    PlaybookRoutes(Desk desk) {
        this.answers = new PlaybookAnswers(desk);
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                        "incidents/{incident}/playbook",
                        Role.ANYBODY,
                        ApiDoc.of("What to do in an incident, and what was done of it", "Playbook"),
                        (c, p) -> answers.of(p, c.pathParam("incident"))),
                Given.get(
                        "playbooks",
                        Role.OURS,
                        ApiDoc.of("All playbooks, as they are edited", "Playbooks"),
                        (c, p) -> answers.all()),
                Given.put(
                        "playbooks/{kind}",
                        Role.ANALYSTS,
                        ApiDoc.of(
                                        "Keeps a playbook of one's own; an empty text brings the built-in one back",
                                        "Playbooks")
                                .takes("PlaybookText"),
                        (c, p) -> answers.put(c.pathParam("kind"), Body.of(c).optional("text", LONGEST))));
    }
}
