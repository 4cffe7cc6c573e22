package io.carom.server.listen;

import io.carom.config.YamlNode;
import io.carom.server.http.UnreadableRequests;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import io.carom.spool.SpoolFullException;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipException;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// A port that takes records over HTTP in the forms that shippers speak: lines ({@link NdjsonForm}),
/// Splunk's event collector ({@link SplunkForm}), Elasticsearch's bulk ({@link ElasticForm}) and
/// OpenTelemetry's logs ({@link OtlpForm}). All are answered once the records are on the disk; while
/// the spool takes nothing they are told to come again (503, 429 for Elasticsearch), and nothing of
/// their request is kept.
///
/// Where tokens are set a sender shows one: `Authorization: Splunk|Bearer|ApiKey TOKEN`, or Basic with
/// the token as the password.
final class HttpPort implements Listener {
    static final Kind PLAIN = new Of("http", false);
    static final Kind SECURE = new Of("https", true);

    private record Of(String name, boolean tls) implements Kind {
        @Override
        public List<String> keys() {
            return List.of("tokens", "threads", "idle", "sourcetypes", "plain");
        }

        @Override
        public void check(ListenerSettings settings, Map<String, YamlNode> nodes) {
            YamlNode address = nodes.get("address");
            if (address == null || isLoopback(settings)) {
                return;
            }
            if (settings.tokens().isEmpty()) {
                address.fault("without tokens only this machine may send: name tokens, or listen on 127.0.0.1");
            } else if (!tls && !settings.flag("plain", false)) {
                address.fault("tokens would go over the network in the clear: use https, or say plain: true");
            }
        }

        private static boolean isLoopback(ListenerSettings settings) {
            try {
                return settings.socket().getAddress().isLoopbackAddress();
            } catch (IOException | RuntimeException e) {
                return true;
            }
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return new HttpPort(settings, surrounding, tls);
        }
    }

    /// One form of asking.
    interface Form {
        void routes(Routes routes);
    }

    /// Where a form puts its routes.
    interface Routes {
        void add(HandlerType method, String path, Answer answer);
    }

    interface Answer {
        void give(Context context, Sender sender) throws IOException;
    }

    /// Who sends.
    ///
    /// @param client whose what is sent is
    record Sender(HttpPort port, String client, String address) {
        /// @param format how what is in it is read; empty for: as the listener is set
        Shipped shipped(String format) {
            boolean byContent = format.isEmpty() && port.settings.format().isEmpty();
            return new Shipped(port.settings.name(), port.counts, byContent);
        }

        /// @param format how it is read; empty for: as the listener is set
        SpoolEntry entry(String source, String format, byte[] body) {
            return new SpoolEntry(
                    client,
                    source,
                    format.isEmpty() ? port.settings.format() : format,
                    address,
                    port.surrounding.clock().millis(),
                    body);
        }

        Counts counts() {
            return port.counts;
        }

        HttpBody.Read body(Context context) throws IOException {
            return HttpBody.read(context, port.surrounding.budget());
        }

        /// Keeps all of a request's records, or none; on return they are on the disk.
        void put(List<SpoolEntry> entries) throws IOException {
            if (entries.isEmpty()) {
                return;
            }
            long all = 0;
            for (SpoolEntry entry : entries) {
                all += entry.body().length + NAMES;
            }
            if (all > Spool.MOST_ENTRY) {
                throw new HttpBody.TooLargeException(413, "what is in a body is more than is kept at once");
            }
            try {
                port.surrounding.spool().put(entries);
            } catch (SpoolFullException e) {
                throw e;
            } catch (IOException e) {
                // The spool tells what is wrong with the disk. A sender comes again, OTLP's after a 503 alone.
                throw (SpoolFullException) new SpoolFullException("not kept: " + e.getMessage()).initCause(e);
            }
        }

        void put(Shipped shipped) throws IOException {
            List<SpoolEntry> entries = new ArrayList<>();
            shipped.take((source, body) -> entries.add(entry(source, "", body)));
            put(entries);
        }

        ListenerSettings settings() {
            return port.settings;
        }
    }

    /// What the names of an entry take in the spool at most, about.
    private static final int NAMES = 2 << 10;

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Javalin javalin;
    private final String place;

    private HttpPort(ListenerSettings settings, Surrounding surrounding, boolean tls) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        SSLContext context = tls ? surrounding.tls().context() : null;
        List<Form> forms = List.of(new NdjsonForm(), new SplunkForm(), new ElasticForm(), new OtlpForm());
        java.net.InetSocketAddress address = settings.socket();
        javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.http.generateEtags = false;
            config.http.prefer405over404 = true;
            config.jetty.threadPool = new QueuedThreadPool(settings.number("threads", 200), 4);
            config.jetty.modifyServer(server -> server.setErrorHandler(new UnreadableRequests()));
            config.jetty.modifyHttpConfiguration(http -> {
                http.setSendServerVersion(false);
                http.setRequestHeaderSize(16 << 10);
                // Who sends slower than this holds a thread for nothing.
                http.setMinRequestDataRate(256);
            });
            config.jetty.addConnector((server, http) ->
                    connector(server, http, address, context, settings.duration("idle", Duration.ofSeconds(60))));
            for (Form form : forms) {
                form.routes(
                        (method, path, answer) -> config.routes.addHttpHandler(method, path, c -> answer(c, answer)));
            }
            config.routes.exception(
                    HttpResponseException.class,
                    (e, c) -> c.status(e.getStatus()).result("{}\n"));
            config.routes.exception(Exception.class, (e, c) -> {
                surrounding.notes().accept(settings.name() + ": a request failed: " + e);
                c.status(500).result("{}\n");
            });
        });
        try {
            javalin.start();
        } catch (RuntimeException e) {
            javalin.stop();
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IOException("cannot listen on " + settings.address() + ": " + cause.getMessage(), e);
        }
        String host = address.getAddress().getHostAddress();
        place = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + javalin.port();
    }

    private static ServerConnector connector(
            org.eclipse.jetty.server.Server server,
            HttpConfiguration http,
            java.net.InetSocketAddress address,
            @Nullable SSLContext context,
            Duration idle) {
        ServerConnector connector;
        if (context == null) {
            connector = new ServerConnector(server, new HttpConnectionFactory(http));
        } else {
            HttpConfiguration secure = new HttpConfiguration(http);
            secure.addCustomizer(new SecureRequestCustomizer(false));
            SslContextFactory.Server ssl = new SslContextFactory.Server();
            ssl.setSslContext(context);
            connector = new ServerConnector(
                    server, new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(secure));
        }
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(idle.toMillis());
        connector.setAcceptQueueSize(1024);
        return connector;
    }

    private void answer(Context context, Answer answer) throws IOException {
        String client = client(context);
        if (client == null) {
            counts.refused.incrementAndGet();
            context.status(401)
                    .header("WWW-Authenticate", "Basic realm=\"carom\"")
                    .json(Map.of("text", "Invalid token", "code", 4, "error", "show one of this listener's tokens"));
            return;
        }
        try {
            answer.give(context, new Sender(this, client, context.req().getRemoteAddr()));
        } catch (SpoolFullException e) {
            counts.waited.incrementAndGet();
            boolean elastic = context.path().endsWith("_bulk");
            refuse(context.header("Retry-After", "2"), elastic ? 429 : 503, "Server is busy", 9);
        } catch (HttpBody.TooLargeException e) {
            counts.refused.incrementAndGet();
            refuse(context, e.status, String.valueOf(e.getMessage()), e.status == 503 ? 9 : 6);
        } catch (JacksonException | IllegalArgumentException e) {
            counts.refused.incrementAndGet();
            refuse(context, 400, "Invalid data format", 6);
        } catch (ZipException | EOFException e) {
            counts.refused.incrementAndGet();
            refuse(context, 400, "the body is not compressed as it says", 6);
        } catch (BadMessageException e) {
            // The sender's: too slow, or cut off within the body.
            counts.refused.incrementAndGet();
            refuse(context, e.getCode(), "the request did not come as it should", 6);
        }
    }

    private static void refuse(Context context, int status, String text, int code) {
        context.status(status)
                .contentType("application/json")
                .result(Shipped.JSON.writeValueAsBytes(Shipped.JSON
                        .createObjectNode()
                        .put("text", text)
                        .put("code", code)
                        .put("error", text)
                        .put("status", status)));
    }

    /// Whose what this sender sends is; null if he does not show a token that is needed.
    private @Nullable String client(Context context) throws IOException {
        if (settings.tokens().isEmpty()) {
            return settings.clientOf(
                    java.net.InetAddress.getByName(context.req().getRemoteAddr()));
        }
        String shown = context.header("Authorization");
        if (shown == null) {
            return null;
        }
        int blank = shown.indexOf(' ');
        String scheme = blank < 0 ? "" : shown.substring(0, blank).toLowerCase(Locale.ROOT);
        String token = shown.substring(blank + 1).strip();
        if (scheme.equals("basic")) {
            try {
                String pair = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
                token = pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                return null;
            }
        } else if (scheme.equals("apikey") && settings.clientOfToken(token) == null) {
            // Elasticsearch's own are an id and a key, in base64.
            try {
                String pair = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
                token = pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        return settings.clientOfToken(token);
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
