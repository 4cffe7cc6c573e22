package io.carom.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS towards others: trusted are the usual authorities, and one's own where a file of them is named.
public final class Trust {
    private Trust() {}

    /// @param authority PEM; null for the usual ones alone
    /// @param own what is shown of oneself; null for nothing
    /// @throws IOException naming the file if its certificates cannot be read or used
    public static SSLContext context(@Nullable Path authority, KeyManager @Nullable [] own) throws IOException {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            if (authority != null) {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                int n = 0;
                for (var manager : trust.getTrustManagers()) {
                    if (manager instanceof X509TrustManager x509) {
                        for (X509Certificate one : x509.getAcceptedIssuers()) {
                            store.setCertificateEntry("usual" + n++, one);
                        }
                    }
                }
                for (X509Certificate one : Pem.certificates(authority)) {
                    store.setCertificateEntry("own" + n++, one);
                }
                trust.init(store);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates cannot be used: " + e.getMessage(), e);
        }
    }
}
