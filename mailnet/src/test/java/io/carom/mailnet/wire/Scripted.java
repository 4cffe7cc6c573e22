package io.carom.mailnet.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/// A connection without a network: what the other end says is there, what it hears is dropped.
public final class Scripted {
    private Scripted() {}

    /// @param certificate that the other end shows
    public static Wire wire(byte[] said, X509Certificate certificate, Doors doors) throws IOException {
        return new Wire(new Near(), new Said(said, certificate), doors);
    }

    private static final class Near extends Socket {
        @Override
        public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public void setSoTimeout(int millis) {}
    }

    private static final class Said extends SSLSocket {
        private final InputStream in;
        private final SSLSession session;

        Said(byte[] said, X509Certificate certificate) {
            in = new ByteArrayInputStream(said);
            session = (SSLSession) Proxy.newProxyInstance(
                    Said.class.getClassLoader(),
                    new Class<?>[] {SSLSession.class},
                    (p, m, a) -> m.getName().equals("getPeerCertificates") ? new Certificate[] {certificate} : null);
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public SSLSession getSession() {
            return session;
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return new String[0];
        }

        @Override
        public String[] getEnabledCipherSuites() {
            return new String[0];
        }

        @Override
        public void setEnabledCipherSuites(String[] suites) {}

        @Override
        public String[] getSupportedProtocols() {
            return new String[0];
        }

        @Override
        public String[] getEnabledProtocols() {
            return new String[0];
        }

        @Override
        public void setEnabledProtocols(String[] protocols) {}

        @Override
        public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {}

        @Override
        public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {}

        @Override
        public void startHandshake() {}

        @Override
        public void setUseClientMode(boolean mode) {}

        @Override
        public boolean getUseClientMode() {
            return false;
        }

        @Override
        public void setNeedClientAuth(boolean need) {}

        @Override
        public boolean getNeedClientAuth() {
            return false;
        }

        @Override
        public void setWantClientAuth(boolean want) {}

        @Override
        public boolean getWantClientAuth() {
            return false;
        }

        @Override
        public void setEnableSessionCreation(boolean flag) {}

        @Override
        public boolean getEnableSessionCreation() {
            return false;
        }
    }
}
