package io.carom.server.api;

import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Route;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The description of the API, OpenAPI 3.1, made from the table of routes: it cannot speak of a route
/// that there is not, nor leave one out.
final class OpenApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");
    private static final String PATH = "/api/v1/openapi.json";

    private OpenApi() {}

    static Route route(Supplier<List<Route>> routes) {
        return Route.api(
                HandlerType.GET,
                PATH,
                Role.ANYBODY,
                ApiDoc.of("This description", ""),
                Given.json((c, p) -> of(routes.get())));
    }

    static ObjectNode of(List<Route> routes) {
        ObjectNode out = JSON.createObjectNode();
        out.put("openapi", "3.1.0");
        out.putObject("info")
                .put("title", "Carom")
                .put("version", "1")
                .put(
                        "description",
                        "What Carom knows, as the one who asks may see it. Whatever belongs to another client is answered"
                                + " as what is not there. Everything that changes something is sent as JSON.");
        ObjectNode paths = out.putObject("paths");
        for (Route route : routes) {
            ApiDoc doc = route.doc();
            if (doc != null) {
                operation(
                        paths.withObject("/" + route.path().replace("~", "~0").replace("/", "~1"))
                                .putObject(route.method().name().toLowerCase(Locale.ROOT)),
                        route,
                        doc);
            }
        }
        ObjectNode components = out.putObject("components");
        components.set("schemas", schemas());
        ObjectNode ways = components.putObject("securitySchemes");
        ways.putObject("token").put("type", "http").put("scheme", "bearer");
        ways.putObject("password").put("type", "http").put("scheme", "basic");
        ways.putObject("session").put("type", "apiKey").put("in", "cookie").put("name", "__Host-carom");
        var security = out.putArray("security");
        security.addObject().putArray("token");
        security.addObject().putArray("password");
        security.addObject().putArray("session");
        return out;
    }

    private static void operation(ObjectNode out, Route route, ApiDoc doc) {
        out.put("summary", doc.summary());
        out.put(
                "operationId",
                route.method().name().toLowerCase(Locale.ROOT) + route.path().replaceAll("[^A-Za-z0-9]+", "_"));
        out.put(
                "description",
                "For the roles "
                        + String.join(
                                ", ",
                                route.roles().stream().map(Role::label).sorted().toList()) + ".");
        var parameters = out.putArray("parameters");
        Matcher names = PARAMETER.matcher(route.path());
        while (names.find()) {
            parameters
                    .addObject()
                    .put("name", names.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .putObject("schema")
                    .put("type", "string");
        }
        for (ApiDoc.Query query : doc.query()) {
            parameters
                    .addObject()
                    .put("name", query.name())
                    .put("in", "query")
                    .put("description", query.about())
                    .putObject("schema")
                    .put("type", "string");
        }
        String body = doc.body();
        if (body != null) {
            ObjectNode sent = out.putObject("requestBody").put("required", true);
            sent.putObject("content")
                    .putObject(ApiDoc.JSON)
                    .putObject("schema")
                    .put("$ref", "#/components/schemas/" + body);
        }
        ObjectNode answers = out.putObject("responses");
        ObjectNode good = answers.putObject("200");
        good.put("description", doc.summary());
        ObjectNode types = good.putObject("content");
        ObjectNode content = types.putObject(doc.type());
        if (doc.answer() != null) {
            content.putObject("schema").put("$ref", "#/components/schemas/" + doc.answer());
        }
        if (doc.csv()) {
            types.putObject(ApiDoc.CSV);
        }
        no(answers, "401", "Nobody is signed in");
        no(answers, "403", "Not for this role or token");
        no(answers, "429", "Too many requests; Retry-After says in how many seconds to ask again");
        if (route.path().contains("{") || body != null || !route.roles().containsAll(Role.ANYBODY)) {
            no(answers, "404", "Not there, or another client's");
        }
        if (body != null || !doc.query().isEmpty()) {
            no(answers, "400", "Not understood");
        }
        if (body != null) {
            no(answers, "409", "Not as things are now");
        }
    }

    private static void no(ObjectNode answers, String status, String description) {
        answers.putObject(status)
                .put("description", description)
                .putObject("content")
                .putObject("application/problem+json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
    }

    private static ObjectNode schemas() {
        try (InputStream in = OpenApi.class.getResourceAsStream("schemas.json")) {
            if (in == null) {
                throw new IOException("the API's schemas are not in the program");
            }
            return (ObjectNode) JSON.readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
