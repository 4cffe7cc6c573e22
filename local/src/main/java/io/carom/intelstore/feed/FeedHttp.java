package io.carom.intelstore.feed;

import io.carom.certificate.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Asks servers of which nothing is known: sizes, times and the number of redirects are bounded, no
/// redirect leads to another scheme, and what is shown to one server is shown to no other.
final class FeedHttp implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(90);
    /// For all of an answer, so that a server that drips is left.
    private static final Duration WHOLE = Duration.ofMinutes(10);
    private static final int REDIRECTS = 5;
    private static final String AGENT = "carom/0.1 (+TAXII 2.1)";

    private final Credentials credentials;
    private final EnvironmentProxies proxies;
    private final HttpClient client;

    /// What a server answered, its body read.
    ///
    /// @param at where it came from in the end
    record Answer(URI at, int status, HttpHeaders headers, byte[] body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /// The media type alone, in lower case.
        String type() {
            String type = header("Content-Type");
            int end = type.indexOf(';');
            return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    FeedHttp(Credentials credentials, Map<String, String> environment) throws IOException {
        this.credentials = credentials;
        this.proxies = new EnvironmentProxies(environment);
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies)
                .sslContext(context(credentials))
                .build();
    }

    private static SSLContext context(Credentials credentials) throws IOException {
        try {
            KeyManager[] keys = null;
            if (credentials.certificate() != null) {
                PemFile own = new PemFile(credentials.certificate());
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry(
                        "own", own.key(), new char[0], own.certificates().toArray(Certificate[]::new));
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, new char[0]);
                keys = factory.getKeyManagers();
            }
            return Trust.context(credentials.authority(), keys);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates for feeds cannot be used: " + e.getMessage(), e);
        }
    }

    /// An answer held in memory.
    ///
    /// @param most bytes of it
    Answer get(URI address, Map<String, String> headers, int most) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return ask(address, headers, most, body, body);
    }

    /// An answer whose body goes to a file; what the server says when it does not give it is held.
    Answer get(URI address, Map<String, String> headers, long most, Path into)
            throws IOException, InterruptedException {
        try (OutputStream out = Files.newOutputStream(into)) {
            return ask(address, headers, most, out, new ByteArrayOutputStream());
        }
    }

    private Answer ask(
            URI first, Map<String, String> headers, long most, OutputStream good, ByteArrayOutputStream other)
            throws IOException, InterruptedException {
        URI at = checked(first);
        for (int hop = 0; ; hop++) {
            HttpResponse<InputStream> answer = send(at, headers);
            String location = answer.headers().firstValue("Location").orElse("");
            if (answer.statusCode() / 100 == 3 && answer.statusCode() != 304 && !location.isEmpty()) {
                answer.body().close();
                if (hop == REDIRECTS) {
                    throw new FeedException(first + ": sent on more than " + REDIRECTS + " times");
                }
                at = redirected(first, at, location);
                continue;
            }
            boolean wanted = answer.statusCode() == 200;
            copy(at, answer, wanted ? most : 64 << 10, wanted ? good : other);
            return new Answer(at, answer.statusCode(), answer.headers(), other.toByteArray());
        }
    }

    private URI checked(URI address) throws FeedException {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http") || address.getHost() == null) {
            throw new FeedException(address + ": no address of a feed; expected https://HOST/…");
        }
        if (address.getRawUserInfo() != null) {
            throw new FeedException("https://…@" + address.getHost()
                    + ": no name or password in an address; put them in a file and name it with --credentials");
        }
        if (scheme.equals("http")
                && !credentials.headers().isEmpty()
                && !List.of("localhost", "127.0.0.1", "[::1]").contains(address.getHost())) {
            throw new FeedException(address + ": what is secret is not sent without TLS; expected https://");
        }
        return address;
    }

    private URI redirected(URI first, URI at, String location) throws FeedException {
        URI to;
        try {
            to = at.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new FeedException(first + ": sent on to what is no address");
        }
        if (to.getScheme() == null || !to.getScheme().equalsIgnoreCase(at.getScheme())) {
            throw new FeedException(first + ": sent on from " + at.getScheme() + " to \"" + to.getScheme()
                    + "\", which is not followed");
        }
        if (credentials.secret() && !origin(to).equals(origin(at))) {
            throw new FeedException(first + ": sent on to " + to.getHost()
                    + ", to which your credentials are not shown. If that is right, name its address.");
        }
        return checked(to);
    }

    private static String origin(URI address) {
        int port = address.getPort() < 0 ? address.getScheme().equalsIgnoreCase("https") ? 443 : 80 : address.getPort();
        return (address.getScheme() + "://" + address.getHost() + ":" + port).toLowerCase(Locale.ROOT);
    }

    private HttpResponse<InputStream> send(URI at, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(at)
                .timeout(ANSWER)
                .header("User-Agent", AGENT)
                .header("Accept-Encoding", "gzip");
        URI proxy = proxies.of(at);
        if (proxy != null && proxy.getUserInfo() != null) {
            request.header(
                    "Proxy-Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(proxy.getUserInfo().getBytes(StandardCharsets.UTF_8)));
        }
        headers.forEach(request::setHeader);
        try {
            credentials.headers().forEach(request::setHeader);
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IllegalArgumentException e) {
            throw new FeedException(at + ": a header of the credentials cannot be sent: " + e.getMessage(), e);
        } catch (HttpConnectTimeoutException e) {
            throw new FeedException(at + ": no connection within " + CONNECT.toSeconds() + " s", e);
        } catch (HttpTimeoutException e) {
            throw new FeedException(at + ": no answer within " + ANSWER.toSeconds() + " s", e);
        } catch (SSLException e) {
            throw new FeedException(
                    at + ": no TLS with it: " + e.getMessage()
                            + ". An authority of its own is named in the credentials file: \"authority: ca.pem\".",
                    e);
        } catch (ConnectException e) {
            throw new FeedException(
                    at + ": cannot be reached" + (e.getMessage() == null ? "" : ": " + e.getMessage()), e);
        }
    }

    private static void copy(URI at, HttpResponse<InputStream> answer, long most, OutputStream to) throws IOException {
        boolean[] late = new boolean[1];
        try (InputStream raw = answer.body()) {
            var watch = CompletableFuture.delayedExecutor(WHOLE.toMillis(), TimeUnit.MILLISECONDS);
            CompletableFuture<Void> leave = CompletableFuture.runAsync(
                    () -> {
                        late[0] = true;
                        close(raw);
                    },
                    watch);
            try {
                String coding = answer.headers().firstValue("Content-Encoding").orElse("identity");
                PushbackInputStream plain = new PushbackInputStream(raw);
                int one = plain.read();
                if (one < 0) {
                    return;
                }
                plain.unread(one);
                InputStream in = coding.equalsIgnoreCase("gzip") ? new GZIPInputStream(plain) : plain;
                byte[] some = new byte[64 << 10];
                long all = 0;
                int n;
                while ((n = in.read(some)) >= 0) {
                    all += n;
                    if (all > most) {
                        throw new FeedException(at + ": gives more than " + (most >> 10) + " KiB, which is not read");
                    }
                    to.write(some, 0, n);
                }
            } finally {
                leave.cancel(false);
            }
        } catch (FeedException e) {
            throw e;
        } catch (IOException e) {
            throw new FeedException(
                    late[0]
                            ? at + ": not whole within " + WHOLE.toMinutes() + " minutes"
                            : at + ": broke off: " + e.getMessage(),
                    e);
        }
    }

    private static void close(@Nullable InputStream in) {
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            // It is left anyway.
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
