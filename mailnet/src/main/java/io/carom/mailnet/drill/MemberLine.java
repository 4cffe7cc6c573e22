package io.carom.mailnet.drill;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.wire.NetworkTls;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A member's connection, in lines.
final class MemberLine implements Closeable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int MAX_LINE = 1 << 16;

    private final Socket raw;
    private final InputStream in;
    private final OutputStream out;
    private String said = "";

    /// @param port `imap` or `submission`
    MemberLine(Membership member, Authority.Issued identity, String port) throws IOException {
        String fingerprint = member.text("fingerprint");
        SSLContext context = NetworkTls.client(
                identity,
                member.authority(),
                chain -> Certificates.fingerprint(chain.getLast()).equals(fingerprint)
                        ? MailAuthority.objection(chain.getFirst(), chain.getLast(), Instant.now())
                        : "it does not stand on the network's authority");
        raw = new Socket();
        raw.connect(new InetSocketAddress(member.text("host"), member.port(port)), TIMEOUT_MILLIS);
        raw.setTcpNoDelay(true);
        raw.setSoTimeout(TIMEOUT_MILLIS);
        SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(raw, member.text("host"), member.port(port), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        tls.setSSLParameters(parameters);
        in = new BufferedInputStream(tls.getInputStream());
        out = new BufferedOutputStream(tls.getOutputStream(), 1 << 15);
    }

    /// Exactly so many bytes, as after a literal.
    byte[] bytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /// All lines up to the last that was waited for.
    String said() {
        return said;
    }

    void send(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    void say(String line, String wanted) throws IOException {
        send(line);
        until(wanted);
    }

    /// Lines up to one that begins so.
    void until(String wanted) throws IOException {
        StringBuilder all = new StringBuilder();
        String tag = wanted.substring(0, wanted.indexOf(' ') + 1);
        while (true) {
            String line = next();
            all.append(line).append('\n');
            if (line.startsWith(wanted)) {
                said = all.toString();
                return;
            }
            boolean refused = wanted.matches("[a-z] OK") && line.startsWith(tag)
                    || wanted.matches("\\d{3} ") && line.matches("[45]\\d\\d .*");
            if (refused) {
                throw new IOException("the network said: " + line);
            }
        }
    }

    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() > MAX_LINE) {
                throw new IOException("the network hung up");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
