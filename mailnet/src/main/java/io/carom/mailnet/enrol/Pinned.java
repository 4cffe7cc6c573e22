package io.carom.mailnet.enrol;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.wire.NetworkTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Talks HTTPS with a network's members port, of which nothing is believed but the authority's
/// fingerprint.
final class Pinned {
    private static final int MAX_ANSWER = 64 << 20;
    private static final int TIMEOUT_MILLIS = 30_000;

    private Pinned() {}

    /// @param status of HTTP
    /// @param authority the network's, as it stood in the chain that was shown
    record Answer(int status, byte[] body, X509Certificate authority) {}

    /// Asks once.
    ///
    /// @param fingerprint of the authority that the server's certificate must stand on, 64 hexadecimal
    /// digits
    /// @param domain which the server's certificate must be for; null if it is learnt here
    /// @param own what is shown; null for nothing
    static Answer ask(
            String host,
            int port,
            String fingerprint,
            @Nullable String domain,
            Authority.@Nullable Issued own,
            @Nullable X509Certificate ownAuthority,
            String method,
            String path,
            byte[] body)
            throws IOException {
        X509Certificate[] authority = new X509Certificate[1];
        SSLContext context = NetworkTls.client(own, ownAuthority, chain -> {
            X509Certificate issuer = chain.getLast();
            if (!Certificates.fingerprint(issuer).equals(fingerprint)) {
                return "it does not stand on the authority that was named; somebody is between, or the link is old";
            }
            if (domain != null && !MailAuthority.isNetwork(chain.getFirst(), domain)) {
                return "it is not for " + domain;
            }
            authority[0] = issuer;
            return MailAuthority.objection(chain.getFirst(), issuer, Instant.now());
        });
        try (Socket raw = new Socket()) {
            raw.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            raw.setSoTimeout(TIMEOUT_MILLIS);
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, host, port, true)) {
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setProtocols(new String[] {"TLSv1.3"});
                tls.setSSLParameters(parameters);
                tls.startHandshake();
                HttpOnce.write(tls.getOutputStream(), method, host, port, path, body);
                HttpOnce.Read read = HttpOnce.read(tls.getInputStream(), MAX_ANSWER);
                return new Answer(read.status(), read.body(), authority[0]);
            }
        } catch (IOException e) {
            throw new IOException(
                    String.format(Locale.ROOT, "%s:%d: %s", host, port, e.getMessage() == null ? e : e.getMessage()),
                    e);
        }
    }
}
