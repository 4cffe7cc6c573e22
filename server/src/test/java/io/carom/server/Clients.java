package io.carom.server;

import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Clients as programs outside have them.
final class Clients {
    private Clients() {}

    /// One that trusts these certificates and no other.
    static java.net.http.HttpClient trusting(Path authority) throws Exception {
        return client(authority, null);
    }

    /// One that shows a certificate, too.
    static java.net.http.HttpClient showing(Path authority, Authority.Issued own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.key(), new char[0], new Certificate[] {own.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        return client(authority, keys.getKeyManagers());
    }

    private static java.net.http.HttpClient client(Path authority, KeyManager @Nullable [] keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate one : Pem.certificates(authority)) {
            store.setCertificateEntry(one.getSerialNumber().toString(), one);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return java.net.http.HttpClient.newBuilder().sslContext(context).build();
    }
}
