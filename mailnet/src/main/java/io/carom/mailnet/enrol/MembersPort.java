package io.carom.mailnet.enrol;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.carom.certificate.Certificates;
import io.carom.certificate.Pem;
import io.carom.mailnet.Network;
import io.carom.mailnet.NetworkSettings;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Totp;
import io.carom.mailnet.store.Notes;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Where one joins, and where members' certificates are asked for: HTTPS in TLS 1.3. Of what is asked without a
/// certificate only joining, with an invitation's code, tells anything of the network beyond its authority.
public final class MembersPort implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 32 << 10;

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Network network;
    private final Notes notes;
    private final int submission;
    private final int imap;

    private MembersPort(HttpsServer server, Network network, Notes notes, int submission, int imap) {
        this.server = server;
        this.network = network;
        this.notes = notes;
        this.submission = submission;
        this.imap = imap;
    }

    /// @param submission the port where mail is submitted, told to members
    /// @param imap the port where it is read
    public static MembersPort open(
            InetSocketAddress where, SSLContext context, Network network, Notes notes, int submission, int imap)
            throws IOException {
        // Bounds of the JDK's server are properties, read when the first is made.
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        System.setProperty("sun.net.httpserver.maxRspTime", "60");
        System.setProperty("sun.net.httpserver.idleInterval", "30");
        System.setProperty("jdk.httpserver.maxConnections", "500");
        HttpsServer server;
        try {
            server = HttpsServer.create(where, 128);
        } catch (IOException e) {
            throw new IOException(
                    where.getAddress().getHostAddress() + ":" + where.getPort() + " (members): " + e.getMessage()
                            + ". Another port: \"ports\" in mailnet/network.yaml.",
                    e);
        }
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setProtocols(new String[] {"TLSv1.3"});
                wanted.setWantClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        MembersPort port = new MembersPort(server, network, notes, submission, imap);
        server.setExecutor(port.threads);
        server.createContext("/", port::answer);
        server.start();
        return port;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String asked =
                    exchange.getRequestMethod() + " " + (path.matches("/join/[A-Za-z0-9_-]{1,100}") ? "/join" : path);
            switch (asked) {
                case "GET /ca.crt" ->
                    send(
                            exchange,
                            200,
                            "application/x-pem-file",
                            Pem.text(network.authority().certificate()));
                case "GET /ca.crl" ->
                    send(
                            exchange,
                            200,
                            "application/pkix-crl",
                            network.authority()
                                    .revocations(
                                            network.members().withdrawn(),
                                            network.clock().instant()));
                case "GET /mail/config-v1.1.xml", "GET /.well-known/autoconfig/mail/config-v1.1.xml" ->
                    send(exchange, 200, "text/xml", autoconfig());
                case "GET /join" -> send(exchange, 200, "text/plain; charset=utf-8", howTo());
                case "POST /join" -> join(exchange, path.substring("/join/".length()));
                case "POST /renew" -> renew(exchange);
                case "GET /members" -> members(exchange);
                default -> send(exchange, 404, "text/plain; charset=utf-8", "nothing here\n");
            }
        } catch (IOException | RuntimeException e) {
            notes.refused(
                    "members.failed",
                    from(exchange),
                    Map.of("from", from(exchange), "why", String.valueOf(e.getMessage())));
        }
    }

    private static String from(HttpExchange exchange) {
        return exchange.getRemoteAddress().getAddress().getHostAddress();
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        send(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        send(exchange, status, "application/json", JSON.createObjectNode().put("error", why) + "\n");
    }

    /// A certificate request in PEM or DER.
    private static byte[] request(HttpExchange exchange) throws IOException {
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(MAX_BODY + 1);
        }
        if (body.length > MAX_BODY) {
            throw new IOException("the request is larger than " + MAX_BODY + " bytes");
        }
        if (body.length > 0 && body[0] == 0x30) {
            return body;
        }
        try (PEMParser parser = new PEMParser(new StringReader(new String(body, StandardCharsets.US_ASCII)))) {
            if (parser.readObject() instanceof PKCS10CertificationRequest request) {
                return request.getEncoded();
            }
        } catch (RuntimeException e) {
            throw new IOException("no certificate request in PEM: " + e.getMessage(), e);
        }
        throw new IOException("expected a certificate request: -----BEGIN CERTIFICATE REQUEST-----");
    }

    private void join(HttpExchange exchange, String code) throws IOException {
        Members.Joined joined;
        try {
            joined = network.members().join(code, request(exchange), from(exchange));
        } catch (IOException e) {
            notes.refused(
                    "join.refused",
                    from(exchange),
                    Map.of("from", from(exchange), "why", String.valueOf(e.getMessage())));
            refuse(exchange, 403, String.valueOf(e.getMessage()));
            return;
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("address", joined.address().toString());
        answer.put("certificate", Pem.text(joined.certificate()));
        String password = joined.password();
        String totp = joined.totp();
        if (password != null && totp != null) {
            answer.put("password", password);
            answer.put("totp", totp);
            answer.put(
                    "totp_uri",
                    Totp.uri(joined.address().toString(), network.settings().domain(), totp));
        }
        settings(answer);
        send(exchange, 200, "application/json", answer + "\n");
    }

    private void settings(ObjectNode answer) {
        NetworkSettings settings = network.settings();
        answer.put("authority", Pem.text(network.authority().certificate()));
        answer.put("domain", settings.domain()).put("host", settings.host());
        answer.put("submission", submission).put("imap", imap).put("members", port());
    }

    private void renew(HttpExchange exchange) throws IOException {
        X509Certificate shown = shown(exchange);
        Members.SignedIn who = shown == null ? null : network.members().byCertificate(shown);
        if (who == null) {
            refuse(exchange, 403, "show the certificate that is to be renewed");
            return;
        }
        try {
            X509Certificate made = network.members().renew(who, request(exchange));
            ObjectNode answer = JSON.createObjectNode();
            answer.put("address", who.address().toString()).put("certificate", Pem.text(made));
            settings(answer);
            send(exchange, 200, "application/json", answer + "\n");
        } catch (IOException e) {
            refuse(exchange, 403, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable X509Certificate shown(HttpExchange exchange) {
        try {
            return ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0] instanceof X509Certificate c
                    ? c
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /// To a member all whom it can write to; to another network the members here.
    private void members(HttpExchange exchange) throws IOException {
        X509Certificate shown = shown(exchange);
        boolean member = shown != null && network.members().byCertificate(shown) != null;
        Peers.Peer peer = shown == null || member ? null : network.peers().byCertificate(shown);
        if (!member && peer == null) {
            notes.refused("directory.refused", from(exchange), Map.of("from", from(exchange)));
            refuse(exchange, 403, "show a member's certificate");
            return;
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode all = answer.putArray("members");
        for (Members.Member one : network.members().all()) {
            X509Certificate certificate = one.certificate();
            if (one.revoked() == null && certificate != null) {
                put(all, one.address().toString(), one.name(), certificate);
            }
        }
        ObjectNode authorities = answer.putObject("authorities");
        authorities.put(
                network.settings().domain(), Pem.text(network.authority().certificate()));
        if (member) {
            for (Peers.Correspondent one : network.peers().correspondents()) {
                put(all, one.address().toString(), one.name(), one.certificate());
            }
            for (Peers.Peer one : network.peers().all()) {
                if (one.ended() == null) {
                    authorities.put(one.domain(), Pem.text(one.authority()));
                }
            }
        }
        send(exchange, 200, "application/json", answer + "\n");
    }

    private static void put(ArrayNode all, String address, String name, X509Certificate certificate)
            throws IOException {
        all.addObject()
                .put("address", address)
                .put("name", name)
                .put("fingerprint", Certificates.fingerprint(certificate))
                .put("certificate", Pem.text(certificate));
    }

    private String howTo() {
        return """
                This is an invitation to a private mail network.

                With Carom:     carom mail network join LINK --out FOLDER
                Without it:     openssl req -new -newkey rsa:3072 -noenc -keyout member.key -subj /CN=me -out member.csr
                                curl --cacert ca.crt --data-binary @member.csr LINK

                The authority's fingerprint is what stands behind # in the link. Compare it before you trust ca.crt:
                it is at https://%s:%d/ca.crt
                """.formatted(network.settings().host(), port());
    }

    /// How Mozilla's programs find their settings.
    private String autoconfig() {
        NetworkSettings s = network.settings();
        String server = """
                    <%s type="%s">
                      <hostname>%s</hostname><port>%d</port><socketType>SSL</socketType>
                      <authentication>TLS-client-cert</authentication><username>%%EMAILADDRESS%%</username>
                    </%s>
                """;
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n  <emailProvider id=\""
                + s.domain() + "\">\n    <domain>" + s.domain() + "</domain>\n"
                + server.formatted("incomingServer", "imap", s.host(), imap, "incomingServer")
                + server.formatted("outgoingServer", "smtp", s.host(), submission, "outgoingServer")
                + "  </emailProvider>\n</clientConfig>\n";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
