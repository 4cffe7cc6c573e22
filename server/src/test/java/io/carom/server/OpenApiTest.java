package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.carom.server.http.Route;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The API's description speaks of every route of the API and of no other, and the server answers as it
/// says.
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    @Test
    void whatIsDescribedIsWhatTheServerAnswers() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Browser session = new Browser(server.address())) {
            session.signIn("admin", Breach.password("admin"));
            JsonNode description =
                    JSON.readTree(admin.ask("GET", "/api/v1/openapi.json", "").body());
            assertEquals("3.1.0", description.path("openapi").asString(""));
            TreeSet<String> described = new TreeSet<>();
            description
                    .path("paths")
                    .propertyStream()
                    .forEach(path -> path.getValue()
                            .propertyStream()
                            .forEach(m -> described.add(m.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
            TreeSet<String> there = new TreeSet<>();
            server.table().stream()
                    .filter(r -> r.path().startsWith("/api/"))
                    .forEach(r -> there.add(r.method().name() + " " + r.path()));
            assertEquals(there, described);
            JsonNode incident = JSON.readTree(
                    admin.ask("GET", "/api/v1/incidents/" + Breach.ACME, "").body());
            String key = incident.path("actions").path(0).path("key").asString("");
            // What is made first is there for the routes that speak of it.
            admin.ask("POST", "/api/v1/searches", "{\"name\":\"mine\",\"question\":\"q=a\"}");
            admin.ask("PUT", "/api/v1/second-person", "{\"for\":[\"cut\"]}");
            for (Route route : server.table()) {
                if (!route.path().startsWith("/api/") || route.path().equals("/api/v1/changes")) {
                    continue;
                }
                String name = route.method().name() + " " + route.path();
                PeopleRoutes.Line line = PeopleRoutes.TABLE.get(name);
                HttpResponse<String> answer = (route.path().startsWith("/api/v1/me/") ? session : admin)
                        .ask(
                                route.method().name(),
                                TenantIsolationTest.path(route),
                                line.body().replace("KEY", key));
                JsonNode responses = description
                        .path("paths")
                        .path(route.path())
                        .path(route.method().name().toLowerCase(Locale.ROOT))
                        .path("responses");
                JsonNode said = responses.path(String.valueOf(answer.statusCode()));
                assertTrue(
                        said.isObject(),
                        name + " answers " + answer.statusCode() + ", which is not described: " + answer.body());
                String type =
                        answer.headers().firstValue("Content-Type").orElse("").split(";")[0];
                JsonNode content = said.path("content").path(type);
                assertTrue(content.isObject(), name + " answers " + type + ", which is not described");
                if (content.has("schema")) {
                    assertEquals(
                            List.of(),
                            faults(description, content.path("schema"), answer.body()),
                            name + "\n" + answer.body());
                }
            }
            HttpResponse<String> no = new Browser(server.address()).ask("GET", "/api/v1/now", "");
            assertEquals(
                    List.of(),
                    faults(description, JSON.readTree("{\"$ref\":\"#/components/schemas/Problem\"}"), no.body()));
        }
    }

    private static List<String> faults(JsonNode description, JsonNode schema, String body) {
        ObjectNode whole = (ObjectNode) schema.deepCopy();
        whole.set("components", description.path("components"));
        Schema compiled = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole);
        return compiled.validate(JSON.readTree(body)).stream()
                .map(Object::toString)
                .limit(5)
                .toList();
    }
}
