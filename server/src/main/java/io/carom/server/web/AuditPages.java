package io.carom.server.web;

import io.carom.server.account.Role;
import io.carom.server.api.Desk;
import io.carom.server.api.MeAnswers;
import io.carom.server.http.Route;
import java.util.List;
import java.util.Map;

/// Who did what here.
final class AuditPages {
    private final Desk desk;

    AuditPages(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(PageRoutes.page("/audit", Role.AUDITORS, "audit", "Audit", "audit", (c, p) -> {
            String text = PageRoutes.text(c, "q");
            return Map.of("answer", MeAnswers.audit(desk, text, 300), "q", text);
        }));
    }
}
