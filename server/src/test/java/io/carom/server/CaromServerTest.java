package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.tls.ServerTls;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the server listens, and with which certificate.
class CaromServerTest {
    @TempDir
    Path home;

    private static HttpResponse<String> get(HttpClient client, URI address) throws Exception {
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aClientThatTrustsTheHomesAuthorityIsAnsweredAndAnotherIsNot() throws Exception {
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, true))) {
            URI address = server.address().resolve("healthz");
            assertEquals("https", address.getScheme());
            try (HttpClient trusting = Clients.trusting(Objects.requireNonNull(server.authority()));
                    HttpClient other = HttpClient.newHttpClient()) {
                assertEquals("ok\n", get(trusting, address).body());
                assertThrows(SSLHandshakeException.class, () -> get(other, address));
            }
        }
    }

    @Test
    void theAuthorityStaysAndTheCertificateIsMadeAgainWhenItMust() throws Exception {
        Instant now = Instant.now();
        List<String> names = List.of("localhost", "127.0.0.1");
        Path server = home.resolve("tls").resolve("server.crt");
        ServerTls.own(home, names, now);
        String authority = Files.readString(home.resolve("tls").resolve("ca.crt"));
        String first = Files.readString(server);
        ServerTls.own(home, names, now);
        assertEquals(first, Files.readString(server));
        // Another name.
        ServerTls.own(home, List.of("localhost", "127.0.0.1", "carom.example"), now);
        String second = Files.readString(server);
        assertNotEquals(first, second);
        // Its time is soon over.
        ServerTls.own(home, names, now.plus(Duration.ofDays(380)));
        assertNotEquals(second, Files.readString(server));
        assertEquals(authority, Files.readString(home.resolve("tls").resolve("ca.crt")));
        for (String key : List.of("ca.key", "server.key")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(home.resolve("tls").resolve(key))));
        }
        IOException over =
                assertThrows(IOException.class, () -> ServerTls.own(home, names, now.plus(Duration.ofDays(4000))));
        assertTrue(
                String.valueOf(over.getMessage()).contains("ca.crt: the authority's time is over"), over.getMessage());
    }

    @Test
    void aGivenCertificateIsShown() throws Exception {
        Authority authority = Authority.of(home.resolve("elsewhere"), Instant.now());
        Authority.Issued issued = authority.server(List.of("127.0.0.1"), Instant.now());
        Path chain = home.resolve("chain.pem");
        Path key = home.resolve("key.pem");
        Files.writeString(chain, Pem.text(issued.certificate(), authority.certificate()));
        Files.writeString(key, Pem.text(issued.key()));
        ServerOptions options =
                new ServerOptions(home, "127.0.0.1", 0, true, chain, key, List.of(), InstantSource.system());
        try (CaromServer server = CaromServer.start(options);
                HttpClient client = Clients.trusting(authority.certificateFile())) {
            assertNull(server.authority());
            assertEquals(200, get(client, server.address().resolve("healthz")).statusCode());
        }
        Files.writeString(key, "nothing");
        IOException e = assertThrows(IOException.class, () -> CaromServer.start(options));
        assertEquals(key + ": no private key in it; expected \"-----BEGIN PRIVATE KEY-----\"", e.getMessage());
    }

    @Test
    void aClientCertificateShowsWhoAsks() throws Exception {
        Instant now = Instant.now();
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, true));
                Accounts accounts = Accounts.open(home)) {
            Path authority = Objects.requireNonNull(server.authority());
            Authority own = Authority.of(home, now);
            Authority others = Authority.of(home.resolve("elsewhere"), now);
            Authority.Issued known = others.client("acme-siem", now);
            Authority.Issued over = own.client("acme-old", now.minus(Duration.ofDays(400)));
            accounts.put(new Account("acme-siem", "acme", null, false), now);
            accounts.certificate("acme-siem", known.certificate());
            accounts.certificate("acme-siem", over.certificate());
            URI taxii = server.address().resolve("taxii2/");
            try (HttpClient client = Clients.showing(authority, known)) {
                assertEquals(200, get(client, taxii).statusCode());
            }
            // Of our own authority, and yet nobody's; and one whose time is over.
            try (HttpClient nobody = Clients.showing(authority, own.client("acme-siem", now));
                    HttpClient late = Clients.showing(authority, over);
                    HttpClient without = Clients.trusting(authority)) {
                assertEquals(401, get(nobody, taxii).statusCode());
                assertEquals(401, get(late, taxii).statusCode());
                assertEquals(401, get(without, taxii).statusCode());
            }
        }
    }

    /// Jetty ends the connection after such a request; a client that keeps its own must be told.
    @Test
    void whatIsNoRequestIsAnsweredAndTheConnectionSaidToEnd() throws Exception {
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            String path = raw(server, "GET /taxii2/%00/ HTTP/1.1\r\nHost: a\r\n\r\n");
            assertTrue(path.startsWith("HTTP/1.1 400 "), path);
            assertTrue(path.endsWith("\r\n\r\n400 Bad Request\n"), path);
            String large = raw(server, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            assertTrue(large.startsWith("HTTP/1.1 431 "), large);
            for (String answer : List.of(path, large)) {
                assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
                assertTrue(answer.contains("\r\nX-Content-Type-Options: nosniff\r\n"), answer);
            }
        }
    }

    /// All that comes until the connection ends.
    private static String raw(CaromServer server, String request) throws IOException {
        URI address = server.address();
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void withoutTlsOnlyThisMachineMayAsk() throws Exception {
        IOException e = assertThrows(
                IOException.class,
                () -> CaromServer.start(
                        new ServerOptions(home, "0.0.0.0", 0, false, null, null, List.of(), InstantSource.system())));
        assertTrue(String.valueOf(e.getMessage()).startsWith("without TLS only this machine may ask"), e.getMessage());
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(
                    "ok\n", get(client, server.address().resolve("healthz")).body());
            // A second one cannot have the same port, and says so.
            IOException taken = assertThrows(
                    IOException.class,
                    () -> CaromServer.start(new ServerOptions(
                            home,
                            "127.0.0.1",
                            server.address().getPort(),
                            false,
                            null,
                            null,
                            List.of(),
                            InstantSource.system())));
            assertTrue(
                    String.valueOf(taken.getMessage())
                            .contains("port " + server.address().getPort()),
                    taken.getMessage());
        }
    }
}
