package io.carom.mailnet.wire;

import io.carom.certificate.Authority;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// What is spoken TLS with, and whom is believed.
public final class NetworkTls {
    private NetworkTls() {}

    /// Says of a certificate what is wrong with it, null if nothing.
    public interface Check {
        ///
        /// @param chain as it was shown, the other end's own first
        @Nullable
        String objection(List<X509Certificate> chain) throws IOException;
    }

    /// A server that shows this certificate, and lets those through of whom `check` says nothing.
    public static SSLContext server(Authority.Issued own, X509Certificate authority, Check check) throws IOException {
        return context(keys(own, authority), new Checked(check));
    }

    /// A client that shows this certificate, or none, and talks to servers of whom `check` says nothing.
    public static SSLContext client(Authority.@Nullable Issued own, @Nullable X509Certificate authority, Check check)
            throws IOException {
        return context(own == null ? null : keys(own, authority), new Checked(check));
    }

    private static KeyManager[] keys(Authority.Issued own, @Nullable X509Certificate authority) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] none = new char[0];
            PrivateKey key = own.key();
            store.setKeyEntry(
                    "own",
                    key,
                    none,
                    authority == null
                            ? new Certificate[] {own.certificate()}
                            : new Certificate[] {own.certificate(), authority});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, none);
            return keys.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate and its key do not fit: " + e.getMessage(), e);
        }
    }

    private static SSLContext context(KeyManager @Nullable [] keys, TrustManager trust) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS 1.3 could be set up: " + e.getMessage(), e);
        }
    }

    private static final class Checked extends X509ExtendedTrustManager {
        private final Check check;

        Checked(Check check) {
            this.check = check;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                String wrong = check.objection(List.of(chain));
                if (wrong != null) {
                    // RFC 5280 bounds nothing here: the name is what somebody wrote into it, and is cut where it is
                    // kept.
                    throw new CertificateException("the certificate of "
                            + chain[0].getSubjectX500Principal().getName() + " is not taken: " + wrong);
                }
            } catch (IOException e) {
                throw new CertificateException("the certificate could not be checked: " + e.getMessage(), e);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }
    }
}
