package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// How the API's routes are asked and how their answers go out.
final class Given {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Given() {}

    /// Makes an answer.
    @FunctionalInterface
    interface Answer {
        JsonNode of(Context context, Person person) throws Exception;
    }

    static Route get(String path, Set<Role> roles, ApiDoc doc, Answer answer) {
        return route(HandlerType.GET, path, roles, doc, answer);
    }

    static Route post(String path, Set<Role> roles, ApiDoc doc, Answer answer) {
        return route(HandlerType.POST, path, roles, doc, answer);
    }

    static Route put(String path, Set<Role> roles, ApiDoc doc, Answer answer) {
        return route(HandlerType.PUT, path, roles, doc, answer);
    }

    static Route delete(String path, Set<Role> roles, ApiDoc doc, Answer answer) {
        return route(HandlerType.DELETE, path, roles, doc, answer);
    }

    /// @param path behind `/api/v1/`
    private static Route route(HandlerType method, String path, Set<Role> roles, ApiDoc doc, Answer answer) {
        return Route.api(method, "/api/v1/" + path, roles, doc, json(answer));
    }

    static Route.ToPerson json(Answer answer) {
        return (context, person) -> json(context, answer.of(context, person));
    }

    static void json(Context context, JsonNode node) {
        context.header("Content-Type", ApiDoc.JSON).result(JSON.writeValueAsBytes(node));
    }

    /// What is not there, or not for the one who asks.
    static <T> T there(@org.jspecify.annotations.Nullable T it) throws Refused {
        if (it == null) {
            throw Refused.notThere();
        }
        return it;
    }

    static void there(boolean it) throws Refused {
        if (!it) {
            throw Refused.notThere();
        }
    }

    static String text(Context context, String name) {
        String text = context.queryParam(name);
        return text == null ? "" : text;
    }
}
