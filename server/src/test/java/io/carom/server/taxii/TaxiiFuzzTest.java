package io.carom.server.taxii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.api.SilentCloseable;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.config.ConfigException;
import io.carom.server.Home;
import io.carom.server.Mutations;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Whatever is sent or asked over TAXII is answered as the specification has it, and nothing of another
/// client comes into an answer.
class TaxiiFuzzTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHEN = "2026-02-01T00:00:00.000Z";
    private static final String SECRET = "of-globex-alone";

    private static final class Server {
        static final Server ONE = new Server();
        final Home home;
        final List<byte[]> bodies = new ArrayList<>();
        final List<byte[]> questions = new ArrayList<>();

        private Server() {
            try {
                Path folder = Files.createTempDirectory("taxii-fuzz");
                Files.writeString(folder.resolve("serve.yaml"), "limits: {people: {feed: none, change: none}}\n");
                home = new Home(folder);
                home.store.publish("acme", List.of(Home.indicator(1, WHEN), Home.indicator(2, WHEN)), Home.NOW);
                home.store.publish(
                        "globex", List.of(Home.indicator(3, WHEN).replace("\"3\"", "\"" + SECRET + "\"")), Home.NOW);
                bodies.add(text("{\"objects\":[" + Home.indicator(4, WHEN) + "," + Home.indicator(5, WHEN) + "]}"));
                bodies.add(text("{\"objects\":[{\"type\":\"url\",\"spec_version\":\"2.1\",\"id\":\"url--"
                        + "c1477287-23ac-5971-a010-5c287877fa60\",\"value\":\"http://a.example/\"}]}"));
                String next = JSON.readTree(home.get("/taxii2/root/collections/" + home.acme + "/objects/?limit=1")
                                .body())
                        .path("next")
                        .asString("");
                assertFalse(next.isEmpty());
                for (String question : List.of(
                        "objects/?limit=1&next=" + next,
                        "objects/?match[type]=indicator&match[version]=all&added_after=2026-01-01T00:00:00Z",
                        "objects/" + Home.id(1) + "/versions/?limit=5",
                        "objects/" + Home.id(3) + "/",
                        "manifest/?match[id]=" + Home.id(1) + "," + Home.id(2),
                        "objects/?match[spec_version]=2.1,2.0")) {
                    questions.add(text(question));
                }
            } catch (IOException | ConfigException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void check(String what, HttpResponse<String> answer) {
        String all = what + ": " + answer.statusCode() + " " + answer.body();
        assertTrue(answer.statusCode() < 500, all);
        assertFalse(answer.body().contains(SECRET), all);
        boolean taxii = answer.headers().firstValue("Content-Type").orElse("").equals(Home.TAXII);
        if (taxii && answer.statusCode() >= 400) {
            JsonNode error = JSON.readTree(answer.body());
            assertEquals(
                    String.valueOf(answer.statusCode()),
                    error.path("http_status").asString(""),
                    all);
        }
    }

    private static void post(byte[] body) {
        Home home = Server.ONE.home;
        try {
            check(
                    "POST " + new String(body, StandardCharsets.UTF_8),
                    home.send(HttpRequest.newBuilder(home.at("/taxii2/root/collections/" + home.acme + "/objects/"))
                            .header("Authorization", Home.basic("acme"))
                            .header("Accept", Home.TAXII)
                            .header("Content-Type", Home.TAXII)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))));
        } catch (IOException e) {
            throw new AssertionError("the connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What stands between separators is written as a URL has it, the separators as they are.
    private static void get(byte[] question) {
        Home home = Server.ONE.home;
        StringBuilder path = new StringBuilder("/taxii2/root/collections/" + home.acme + "/");
        for (String part : new String(question, StandardCharsets.UTF_8).split("(?<=[/?&=])|(?=[/?&=])")) {
            path.append(part.matches("[/?&=]") ? part : URLEncoder.encode(part, StandardCharsets.UTF_8));
        }
        try {
            check("GET " + path, home.get(path.toString()));
        } catch (IOException e) {
            throw new AssertionError(path + " ended the connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anythingIsAnswered(FuzzedDataProvider data) {
        boolean body = data.consumeBoolean();
        byte[] said = data.consumeRemainingAsBytes();
        // The test itself connects to the server.
        try (SilentCloseable here = BugDetectors.allowNetworkConnections((host, port) -> true)) {
            if (body) {
                post(said);
            } else {
                get(said);
            }
        }
    }

    @Test
    void whatIsNearlyRightIsAnswered() {
        Mutations mutations = new Mutations(7);
        get(text("objects/?match[=x"));
        get(text("objects/?match[type=indicator"));
        for (int i = 0; i < 1_000; i++) {
            post(mutations.of(Server.ONE.bodies));
            get(mutations.of(Server.ONE.questions));
        }
    }
}
