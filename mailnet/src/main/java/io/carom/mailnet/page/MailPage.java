package io.carom.mailnet.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.carom.certificate.Pem;
import io.carom.mailnet.Network;
import io.carom.mailnet.enrol.Beside;
import io.carom.mailnet.enrol.Directory;
import io.carom.mailnet.enrol.Https;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.seal.NotEncrypted;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.store.Refused;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the page asks for, on the members port: its own files, and under `/page/api/` what it shows.
/// Nobody is told by a cookie: whoever asks sends a session's token, which no other page has.
public final class MailPage implements Beside {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_JSON = 64 << 10;
    private static final String API = "/page/api/";
    private static final long WRONG_WAITS_MILLIS = 1_000;
    private static final String NOTHING_LOADED = "default-src 'none'; frame-ancestors 'none'";

    private final Network network;
    private final Notes notes;
    private final PageSessions sessions;

    public MailPage(Network network, Notes notes) {
        this.network = network;
        this.notes = notes;
        sessions = new PageSessions(network);
    }

    @Override
    public boolean answers(HttpsExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean get = exchange.getRequestMethod().equals("GET");
        if (path.startsWith(API)) {
            headers(exchange, NOTHING_LOADED);
            api(exchange, path.substring(API.length()));
        } else if (get && path.equals("/")) {
            headers(exchange, NOTHING_LOADED);
            exchange.getResponseHeaders().set("Location", "/page/");
            exchange.sendResponseHeaders(303, -1);
        } else if (get && (path.equals("/page/") || path.startsWith("/join/") && isBrowser(exchange))) {
            PageFiles files = PageFiles.loaded();
            headers(exchange, files.policy());
            give(exchange, files.page());
        } else if (get && path.startsWith("/page/")) {
            PageFiles.Asset asset = PageFiles.loaded().at(path);
            if (asset == null) {
                return false;
            }
            headers(exchange, NOTHING_LOADED);
            give(exchange, asset);
        } else {
            return false;
        }
        return true;
    }

    /// An invitation's link is opened by people in browsers, and by programs.
    private static boolean isBrowser(HttpExchange exchange) {
        String takes = exchange.getRequestHeaders().getFirst("Accept");
        return takes != null && takes.contains("text/html");
    }

    private static void headers(HttpExchange exchange, String policy) {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", policy);
        headers.set("X-Content-Type-Options", "nosniff");
        // The address of an invitation has its code in it.
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    }

    private static void give(HttpExchange exchange, PageFiles.Asset asset) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", asset.type());
        headers.set("Cache-Control", "no-cache");
        headers.set("ETag", asset.tag());
        if (asset.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        exchange.sendResponseHeaders(200, asset.bytes().length);
        exchange.getResponseBody().write(asset.bytes());
    }

    private void api(HttpsExchange exchange, String what) throws IOException {
        String asked = exchange.getRequestMethod() + " " + what;
        try {
            if (!isOwn(exchange)) {
                Https.refuse(exchange, 403, "what is asked here is asked by this server's own page");
                return;
            }
            switch (asked) {
                case "POST challenge" ->
                    answer(exchange, JSON.createObjectNode().put("nonce", sessions.question()));
                case "POST sign-in" -> signIn(exchange);
                default -> {
                    String token = token(exchange);
                    SignedIn who = token == null ? null : sessions.who(token, !what.equals("wait"));
                    if (who == null) {
                        Https.refuse(exchange, 401, "You are not signed in any more.");
                        return;
                    }
                    member(exchange, asked, who, Objects.requireNonNull(token));
                }
            }
        } catch (NotEncrypted e) {
            Https.refuse(exchange, 422, "only encrypted mail is kept: " + e.getMessage());
        } catch (Refused e) {
            Https.refuse(exchange, 422, String.valueOf(e.getMessage()));
        } catch (JacksonException | IllegalArgumentException e) {
            Https.refuse(exchange, 400, "that is not what the page asks");
        }
    }

    /// A browser tells from which page a request comes. A token has to be shown as well.
    private static boolean isOwn(HttpExchange exchange) {
        String site = exchange.getRequestHeaders().getFirst("Sec-Fetch-Site");
        return site == null || site.equals("same-origin");
    }

    private static @Nullable String token(HttpExchange exchange) {
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        return shown != null && shown.startsWith("Bearer ") ? shown.substring("Bearer ".length()) : null;
    }

    static void answer(HttpExchange exchange, ObjectNode json) throws IOException {
        Https.send(exchange, 200, "application/json", json + "\n");
    }

    private void signIn(HttpsExchange exchange) throws IOException {
        JsonNode given = json(exchange);
        SignedIn who;
        String by;
        if (given.has("fingerprint")) {
            by = "key";
            who = sessions.byKey(text(given, "fingerprint"), text(given, "nonce"), text(given, "signature"));
        } else if (given.has("password")) {
            by = "password";
            who = sessions.byPassword(text(given, "address"), text(given, "password"));
        } else {
            by = "certificate";
            X509Certificate shown = Https.shown(exchange);
            who = shown == null ? null : network.members().byCertificate(shown);
        }
        String from = Https.from(exchange);
        if (who == null) {
            notes.refused(
                    "signin.refused",
                    from,
                    Map.of("from", from, "to", "page", "why", "the " + by + " is not a member's"));
            pause();
            Https.refuse(
                    exchange,
                    403,
                    switch (by) {
                        case "key" -> "The key of this browser does not stand for a member any more.";
                        case "password" -> "Password or code are wrong, or the code was used.";
                        default -> "This browser shows no certificate of a member.";
                    });
            return;
        }
        Members.Member member = Objects.requireNonNull(network.members().active(who.address()));
        String how = by;
        network.database().alter(c -> {
            AuditLog.add(
                    c,
                    network.clock().instant(),
                    "signin",
                    Map.of("address", who.address(), "by", how, "to", "page", "from", from));
        });
        ObjectNode told = JSON.createObjectNode();
        told.put("token", sessions.begin(who));
        told.put("address", who.address().toString()).put("name", member.name());
        told.put("domain", network.settings().domain());
        told.put("most", network.settings().limits().message());
        answer(exchange, told);
    }

    private static void pause() {
        try {
            Thread.sleep(WRONG_WAITS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String text(JsonNode given, String name) {
        return given.path(name).asString("");
    }

    static JsonNode json(HttpExchange exchange) throws IOException {
        return JSON.readTree(Https.body(exchange, MAX_JSON));
    }

    private void member(HttpExchange exchange, String asked, SignedIn who, String token) throws IOException {
        Mailboxes boxes = new Mailboxes(network, who);
        Map<String, String> query = query(exchange);
        switch (asked) {
            case "POST sign-out" -> {
                sessions.end(token);
                answer(exchange, JSON.createObjectNode());
            }
            case "GET directory" -> answer(exchange, Directory.told(network, true));
            case "POST renew" -> {
                X509Certificate made = network.members().renew(who, Https.request(exchange));
                answer(exchange, JSON.createObjectNode().put("certificate", Pem.text(made)));
            }
            case "GET boxes" -> Https.send(exchange, 200, "application/json", boxes.all() + "\n");
            case "GET mails" -> answer(exchange, boxes.mails(query));
            case "GET mail" -> boxes.mail(exchange, query);
            case "GET wait" -> answer(exchange, boxes.await(query));
            case "POST flag" -> {
                boxes.flag(query, json(exchange));
                answer(exchange, JSON.createObjectNode());
            }
            case "POST move" -> {
                boxes.move(query);
                answer(exchange, JSON.createObjectNode());
            }
            case "POST keep" -> {
                boxes.keep(query, exchange.getRequestBody());
                answer(exchange, JSON.createObjectNode());
            }
            case "POST send" -> send(exchange, who, query);
            default -> Https.refuse(exchange, 404, "nothing here");
        }
    }

    private void send(HttpExchange exchange, SignedIn who, Map<String, String> query) throws IOException {
        String id = MailStore.newId();
        try {
            Sending.send(network, who, id, query.getOrDefault("to", ""), exchange.getRequestBody());
        } catch (Refused e) {
            notes.refusedMember(
                    "mail.refused",
                    who.address().toString(),
                    Map.of(
                            "by", who.address(),
                            "from", Https.from(exchange),
                            "what", id,
                            "why", String.valueOf(e.getMessage())));
            throw e;
        }
        answer(exchange, JSON.createObjectNode().put("id", id));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> all = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null) {
            for (String one : raw.split("&")) {
                int equals = one.indexOf('=');
                if (equals > 0) {
                    all.put(
                            one.substring(0, equals).toLowerCase(Locale.ROOT),
                            URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
        }
        return all;
    }
}
