package io.carom.server.web;

import io.carom.server.account.Authenticator;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.api.Desk;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All pages.
public final class PageRoutes {
    private final List<Route> routes = new ArrayList<>();

    public PageRoutes(Desk desk, Authenticator authenticator) {
        routes.add(Assets.route());
        SignIn signIn = new SignIn(desk, authenticator);
        routes.addAll(signIn.routes());
        routes.addAll(new ProviderSignIn(desk, signIn).routes());
        routes.addAll(new IncidentPages(desk).routes());
        routes.addAll(new HomePages(desk).routes());
        routes.addAll(new TellingPages(desk).routes());
        routes.addAll(new AuditPages(desk).routes());
    }

    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /// How a page says no. Whoever is signed in keeps their navigation; it names nobody but them.
    public static void refuse(Context context, int status, String title, @Nullable String description) {
        context.status(status);
        Person person = Gate.person(context);
        Templates.give(
                context,
                "refused",
                Map.of(
                        "shell",
                        person == null
                                ? Shell.stranger(title)
                                : new Shell(title, "", person, context.attribute(Shell.MAIL)),
                        "status",
                        status,
                        "title",
                        title,
                        "text",
                        description == null || description.isEmpty()
                                ? "There is nothing here, or nothing that you may see."
                                : description));
    }

    /// What a page shows beside its shell.
    @FunctionalInterface
    interface Shown {
        Map<String, Object> of(Context context, Person person) throws Exception;
    }

    /// @param template and item of the navigation
    static Route page(String path, Set<Role> roles, String template, String title, String active, Shown shown) {
        return Route.page(HandlerType.GET, path, roles, (context, person) -> {
            Map<String, Object> parameters = new HashMap<>(shown.of(context, person));
            Object own = parameters.remove("title");
            parameters.put(
                    "shell",
                    new Shell(own == null ? title : own.toString(), active, person, context.attribute(Shell.MAIL)));
            Templates.give(context, template, parameters);
        });
    }

    static String text(Context context, String name) throws Refused {
        String text = context.queryParam(name);
        if (text != null && text.length() > 4000) {
            throw Refused.notUnderstood("\"" + name + "\" is too long.");
        }
        return text == null ? "" : text;
    }
}
