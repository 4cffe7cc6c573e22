package io.carom.mailnet.enrol;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/// Questions and answers on the members port.
public final class Https {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_REQUEST = 32 << 10;

    private Https() {}

    /// The other end's address.
    public static String from(HttpExchange exchange) {
        return exchange.getRemoteAddress().getAddress().getHostAddress();
    }

    public static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        send(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void send(HttpExchange exchange, int status, String type, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    public static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        send(exchange, status, "application/json", JSON.createObjectNode().put("error", why) + "\n");
    }

    /// The body, which is small.
    public static byte[] body(HttpExchange exchange, int most) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                throw new IOException("the request is larger than " + most + " bytes");
            }
            return body;
        }
    }

    /// A certificate request in PEM or DER.
    public static byte[] request(HttpExchange exchange) throws IOException {
        byte[] body = body(exchange, MAX_REQUEST);
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

    /// The certificate of the connection; null if none was shown.
    public static @Nullable X509Certificate shown(HttpExchange exchange) {
        try {
            return ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0] instanceof X509Certificate c
                    ? c
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
