package io.carom.server.tls;

import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// What a server speaks TLS with.
///
/// @param authority the file that clients are to trust; null where the certificate was given
public record ServerTls(SSLContext context, @Nullable Path authority, Instant until) {
    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

    /// With a certificate that somebody else made.
    ///
    /// @param chain the file with the server's certificate, then those it stands on
    public static ServerTls given(Path chain, Path key) throws IOException {
        List<X509Certificate> certificates = Pem.certificates(chain);
        return new ServerTls(
                context(certificates, Pem.key(key)),
                null,
                certificates.getFirst().getNotAfter().toInstant());
    }

    /// With a certificate of the home's own authority, made where there is none, where the one there is
    /// does not name all of these, or where its time is soon over.
    public static ServerTls own(Path home, Collection<String> names, Instant now) throws IOException {
        Authority authority = Authority.of(home, now);
        Path certificateFile = home.resolve("tls").resolve("server.crt");
        Path keyFile = home.resolve("tls").resolve("server.key");
        X509Certificate certificate = null;
        if (Files.exists(certificateFile) && Files.exists(keyFile)) {
            certificate = Pem.certificates(certificateFile).getFirst();
            if (!names(certificate).containsAll(names)
                    || certificate.getNotAfter().toInstant().isBefore(now.plus(RENEWED_BEFORE))
                    || !certificate
                            .getIssuerX500Principal()
                            .equals(authority.certificate().getSubjectX500Principal())) {
                certificate = null;
            }
        }
        if (certificate == null) {
            Authority.Issued issued = authority.server(names, now);
            Pem.write(keyFile, Pem.text(issued.key()), true);
            Pem.write(certificateFile, Pem.text(issued.certificate()), false);
            certificate = issued.certificate();
        }
        return new ServerTls(
                context(List.of(certificate, authority.certificate()), Pem.key(keyFile)),
                authority.certificateFile(),
                certificate.getNotAfter().toInstant());
    }

    /// By which a server here is called: `localhost`, this machine's name, where it listens, and what
    /// is added.
    public static Set<String> names(String listen, Collection<String> more) {
        Set<String> names = new LinkedHashSet<>();
        names.add("localhost");
        names.add("127.0.0.1");
        names.add("0:0:0:0:0:0:0:1");
        try {
            InetAddress address = InetAddress.getByName(listen);
            if (!address.isAnyLocalAddress()) {
                names.add(address.getHostAddress());
            }
            if (!address.isLoopbackAddress()) {
                String own = InetAddress.getLocalHost().getHostName();
                if (!own.isBlank() && own.indexOf('%') < 0) {
                    names.add(own);
                }
            }
        } catch (UnknownHostException e) {
            // Then nobody calls it so.
        }
        names.addAll(more);
        return names;
    }

    private static Set<String> names(X509Certificate certificate) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                names.add(String.valueOf(name.get(1)));
            }
        } catch (CertificateParsingException e) {
            throw new IOException("the server's certificate cannot be read: " + e.getMessage(), e);
        }
        return names;
    }

    private static SSLContext context(List<X509Certificate> chain, PrivateKey key) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] none = new char[0];
            store.setKeyEntry("server", key, none, new ArrayList<Certificate>(chain).toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new Presented()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate and its key do not make a server: " + e.getMessage(), e);
        }
    }

    /// Takes any certificate that a client presents. The handshake proves that the client has its key;
    /// whose it is is told by its fingerprint, which an account has or nobody: see `account.Accounts`.
    private static final class Presented extends X509ExtendedTrustManager {
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException("a server asks no server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("a server asks no server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("a server asks no server");
        }
    }
}
