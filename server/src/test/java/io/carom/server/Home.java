package io.carom.server;

import io.carom.config.ConfigException;
import io.carom.intel.Tlp;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A home with two clients, `acme` and `globex`, an account of each that may write, and a server over
/// it without TLS.
/// The password of each account is its name twice.
public final class Home implements AutoCloseable {
    public static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    public static final String TAXII = "application/taxii+json;version=2.1";

    public final CaromServer server;
    public final CollectionStore store;
    public final Accounts accounts;
    public final String acme;
    public final String globex;
    private final HttpClient http = HttpClient.newHttpClient();

    public Home(Path folder) throws IOException, ConfigException {
        this(folder, InstantSource.system());
    }

    public Home(Path folder, InstantSource clock) throws IOException, ConfigException {
        store = CollectionStore.open(folder);
        accounts = Accounts.open(folder);
        for (String client : List.of("acme", "globex")) {
            accounts.put(new Account(client, client, Tlp.GREEN, true), NOW);
            accounts.password(client, client + client);
        }
        acme = store.collectionOf("acme");
        globex = store.collectionOf("globex");
        server = CaromServer.start(new ServerOptions(folder, "127.0.0.1", 0, false, null, null, List.of(), clock));
    }

    public static String id(int number) {
        return "indicator--" + new UUID(0x4000L, 0x8000_0000_0000_0000L | number);
    }

    public static String indicator(int number, String modified) {
        return "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" + id(number)
                + "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"" + modified + "\",\"name\":\"" + number
                + "\",\"pattern\":\"[ipv4-addr:value = '192.0.2.1']\",\"pattern_type\":\"stix\","
                + "\"valid_from\":\"2026-01-01T00:00:00.000Z\"}";
    }

    public static String basic(String account) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((account + ":" + account + account).getBytes(StandardCharsets.UTF_8));
    }

    public URI at(String path) {
        return URI.create(server.address().toString().replaceAll("/$", "") + path);
    }

    /// Of an account that asks as TAXII has it.
    public HttpResponse<String> ask(@Nullable String authorization, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Accept", TAXII);
        if (method.equals("POST")) {
            request.header("Content-Type", TAXII);
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return send(request);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return ask(basic("acme"), "GET", path, "");
    }

    @Override
    public void close() throws IOException {
        http.close();
        server.close();
        accounts.close();
        store.close();
    }
}
