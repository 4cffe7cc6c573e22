package io.carom.server.api;

import io.carom.server.http.Route;
import java.util.ArrayList;
import java.util.List;

/// All routes of the API.
public final class ApiRoutes implements AutoCloseable {
    private final List<Route> routes = new ArrayList<>();
    private final Changes changes;

    public ApiRoutes(Desk desk) {
        this.changes = new Changes(desk);
        routes.addAll(new MeRoutes(desk).routes());
        routes.addAll(new IncidentRoutes(desk).routes());
        routes.addAll(new PlaybookRoutes(desk).routes());
        routes.add(changes.route());
        routes.add(OpenApi.route(() -> routes));
    }

    public List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    public void close() {
        changes.close();
    }
}
