package io.carom.mailnet.enrol;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.carom.certificate.Pem;
import io.carom.mailnet.Network;
import io.carom.mailnet.NetworkSettings;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Totp;
import io.carom.mailnet.store.Notes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Where one joins, and where members' certificates are asked for: HTTPS in TLS 1.3. Of what is asked
/// without a certificate only joining, with an invitation's code, tells anything of the network beyond
/// its authority.
public final class MembersPort implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Network network;
    private final Notes notes;
    private final int submission;
    private final int imap;
    private final Beside beside;

    private MembersPort(HttpsServer server, Network network, Notes notes, int submission, int imap, Beside beside) {
        this.beside = beside;
        this.server = server;
        this.network = network;
        this.notes = notes;
        this.submission = submission;
        this.imap = imap;
    }

    /// @param submission the port where mail is submitted, told to members
    /// @param imap the port where it is read
    /// @param beside is asked first
    public static MembersPort open(
            InetSocketAddress where,
            SSLContext context,
            Network network,
            Notes notes,
            int submission,
            int imap,
            Beside beside)
            throws IOException {
        // Bounds of the JDK's server are properties, read when the first is made.
        System.setProperty("sun.net.httpserver.maxReqTime", "120");
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
        MembersPort port = new MembersPort(server, network, notes, submission, imap, beside);
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
            if (beside.answers((HttpsExchange) exchange)) {
                return;
            }
            String path = exchange.getRequestURI().getPath();
            String asked =
                    exchange.getRequestMethod() + " " + (path.matches("/join/[A-Za-z0-9_-]{1,100}") ? "/join" : path);
            switch (asked) {
                case "GET /ca.crt" ->
                    Https.send(
                            exchange,
                            200,
                            "application/x-pem-file",
                            Pem.text(network.authority().certificate()));
                case "GET /ca.crl" ->
                    Https.send(
                            exchange,
                            200,
                            "application/pkix-crl",
                            network.authority()
                                    .revocations(
                                            network.members().withdrawn(),
                                            network.clock().instant()));
                case "GET /mail/config-v1.1.xml", "GET /.well-known/autoconfig/mail/config-v1.1.xml" ->
                    Https.send(exchange, 200, "text/xml", autoconfig());
                case "GET /join" -> Https.send(exchange, 200, "text/plain; charset=utf-8", howTo());
                case "POST /join" -> join(exchange, path.substring("/join/".length()));
                case "POST /renew" -> renew(exchange);
                case "GET /members" -> members(exchange);
                default -> Https.send(exchange, 404, "text/plain; charset=utf-8", "nothing here\n");
            }
        } catch (IOException | RuntimeException e) {
            notes.refused(
                    "members.failed",
                    Https.from(exchange),
                    Map.of("from", Https.from(exchange), "why", String.valueOf(e.getMessage())));
        }
    }

    private void join(HttpExchange exchange, String code) throws IOException {
        Members.Joined joined;
        try {
            joined = network.members().join(code, Https.request(exchange), Https.from(exchange));
        } catch (IOException e) {
            String from = Https.from(exchange);
            if (e instanceof Members.RefusedInvitation refused) {
                notes.refused("invitation.refused", from, Map.of("from", from, "why", refused.why()));
            } else {
                notes.refused("join.refused", from, Map.of("from", from, "why", String.valueOf(e.getMessage())));
            }
            Https.refuse(exchange, 403, String.valueOf(e.getMessage()));
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
        Https.send(exchange, 200, "application/json", answer + "\n");
    }

    private void settings(ObjectNode answer) {
        NetworkSettings settings = network.settings();
        answer.put("authority", Pem.text(network.authority().certificate()));
        answer.put("domain", settings.domain()).put("host", settings.host());
        answer.put("submission", submission).put("imap", imap).put("members", port());
    }

    private void renew(HttpExchange exchange) throws IOException {
        X509Certificate shown = Https.shown(exchange);
        Members.SignedIn who = shown == null ? null : network.members().byCertificate(shown);
        if (who == null) {
            Https.refuse(exchange, 403, "show the certificate that is to be renewed");
            return;
        }
        try {
            X509Certificate made = network.members().renew(who, Https.request(exchange));
            ObjectNode answer = JSON.createObjectNode();
            answer.put("address", who.address().toString()).put("certificate", Pem.text(made));
            settings(answer);
            Https.send(exchange, 200, "application/json", answer + "\n");
        } catch (IOException e) {
            Https.refuse(exchange, 403, String.valueOf(e.getMessage()));
        }
    }

    /// To a member all whom it can write to; to another network the members here.
    private void members(HttpExchange exchange) throws IOException {
        X509Certificate shown = Https.shown(exchange);
        boolean member = shown != null && network.members().byCertificate(shown) != null;
        Peers.Peer peer = shown == null || member ? null : network.peers().byCertificate(shown);
        if (!member && peer == null) {
            notes.refused("directory.refused", Https.from(exchange), Map.of("from", Https.from(exchange)));
            Https.refuse(exchange, 403, "show a member's certificate");
            return;
        }
        Https.send(exchange, 200, "application/json", Directory.told(network, member) + "\n");
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
