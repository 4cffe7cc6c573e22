package io.carom.server.api;

import io.carom.server.account.Authenticator;
import io.carom.server.http.Route;
import io.carom.server.out.Sending;
import io.carom.server.out.Targets;
import java.util.ArrayList;
import java.util.List;

/// All routes of the API.
public final class ApiRoutes implements AutoCloseable {
    private final List<Route> routes = new ArrayList<>();
    private final Changes changes;
    private final Targets targets;
    private final Sending sending;

    public ApiRoutes(Desk desk, Authenticator authenticator) throws java.io.IOException {
        this.changes = new Changes(desk);
        this.targets = new Targets(desk.home());
        this.sending = Sending.start(desk.home(), desk.views(), targets, desk.clock());
        routes.addAll(new MeRoutes(desk).routes());
        routes.addAll(new IncidentRoutes(desk).routes());
        routes.addAll(new PlaybookRoutes(desk).routes());
        routes.addAll(new TellingRoutes(desk).routes());
        routes.addAll(new SecondPersonRoutes(desk).routes());
        routes.addAll(new HomeRoutes(desk).routes());
        routes.addAll(new AccountRoutes(desk, authenticator).routes());
        routes.addAll(new TargetRoutes(desk, targets, sending).routes());
        routes.add(changes.route());
        routes.add(OpenApi.route(() -> routes));
    }

    public List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    public void close() {
        changes.close();
        sending.close();
    }
}
