package io.carom.server.api;

import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Query;
import io.carom.server.http.Route;
import java.util.List;

/// Who one is here, and what was done here.
final class MeRoutes {
    private final Desk desk;

    MeRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                        "me", Role.ANYBODY, ApiDoc.of("Who asks, and what they may", "Me"), (c, p) -> MeAnswers.me(p)),
                Given.get(
                        "audit",
                        Role.AUDITORS,
                        ApiDoc.of(
                                "The latest lines of the audit log",
                                "Audit",
                                ApiDoc.query("limit", "at most so many (200)"),
                                ApiDoc.query("q", "only those that hold this text")),
                        (c, p) -> MeAnswers.audit(desk, Given.text(c, "q"), Query.number(c, "limit", 200, 5000))));
    }
}
