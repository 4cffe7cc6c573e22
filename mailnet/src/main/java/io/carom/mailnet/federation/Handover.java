package io.carom.mailnet.federation;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Hands mail over to another network: SMTP in TLS 1.3, to the one route that is pinned, both ends by their
/// certificates.
final class Handover implements Closeable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int MAX_LINE = 2_000;
    private static final int MAX_LINES = 50;

    private final Socket raw;
    private final InputStream in;
    private final OutputStream out;

    private Handover(Socket raw, InputStream in, OutputStream out) {
        this.raw = raw;
        this.in = in;
        this.out = out;
    }

    /// What the other network said of a recipient.
    ///
    /// @param code of its reply; 0 if there was none
    record Said(int code, String text) {
        boolean isKept() {
            return code == 250;
        }

        boolean isFinal() {
            return code >= 500;
        }
    }

    static Handover open(Peers.Peer peer, Authority.Issued own, X509Certificate authority, String domain)
            throws IOException {
        String fingerprint = Certificates.fingerprint(peer.authority());
        SSLContext context = NetworkTls.client(own, authority, chain -> {
            if (!fingerprint.equals(Certificates.fingerprint(chain.getLast()))) {
                return "it does not stand on " + peer.domain() + "'s authority";
            }
            if (!MailAuthority.isNetwork(chain.getFirst(), peer.domain())) {
                return "it is not for " + peer.domain();
            }
            return MailAuthority.objection(chain.getFirst(), peer.authority(), Instant.now());
        });
        Socket raw = new Socket();
        try {
            raw.connect(new InetSocketAddress(peer.host(), peer.port()), TIMEOUT_MILLIS);
            raw.setTcpNoDelay(true);
            raw.setSoTimeout(TIMEOUT_MILLIS);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, peer.host(), peer.port(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            Handover made = new Handover(
                    raw,
                    new BufferedInputStream(tls.getInputStream()),
                    new BufferedOutputStream(tls.getOutputStream()));
            made.expect(made.reply(), 220);
            made.expect(made.say("EHLO " + domain), 250);
            return made;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private void expect(Said said, int wanted) throws IOException {
        if (said.code() != wanted) {
            throw new IOException(said.code() + " " + said.text());
        }
    }

    /// Sends one mail.
    ///
    /// @return what was said, by recipient
    Map<String, Said> send(String from, List<String> to, Path mail) throws IOException {
        Map<String, Said> said = new LinkedHashMap<>();
        Said sender = say("MAIL FROM:<" + from + "> SIZE=" + Files.size(mail));
        if (sender.code() != 250) {
            to.forEach(t -> said.put(t, sender));
            return said;
        }
        boolean some = false;
        for (String one : to) {
            Said answer = say("RCPT TO:<" + one + ">");
            said.put(one, answer);
            some |= answer.code() == 250;
        }
        if (!some) {
            say("RSET");
            return said;
        }
        Said go = say("DATA");
        Said end = go;
        if (go.code() == 354) {
            stuffed(mail);
            end = reply();
        } else {
            // Else the next mail would be taken for a second one within this.
            say("RSET");
        }
        for (String one : to) {
            if (said.get(one) instanceof Said before && before.code() == 250) {
                said.put(one, end);
            }
        }
        return said;
    }

    /// The file as lines with CR LF; a full stop that begins one is doubled (RFC 5321, 4.5.2).
    private void stuffed(Path mail) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(mail), 1 << 16)) {
            boolean begins = true;
            int before = 0;
            for (int b = file.read(); b >= 0; b = file.read()) {
                if (begins && b == '.') {
                    out.write('.');
                }
                out.write(b);
                begins = b == '\n';
                before = b;
            }
            if (before != '\n') {
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        out.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private Said say(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return reply();
    }

    private Said reply() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < MAX_LINES; i++) {
            String line = line();
            if (!line.matches("\\d{3}([ -].*)?")) {
                throw new IOException("no reply of SMTP");
            }
            text.append(text.isEmpty() ? "" : " ").append(line.substring(Math.min(4, line.length())));
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return new Said(Integer.parseInt(line.substring(0, 3)), text.toString());
            }
        }
        throw new IOException("a reply without an end");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() > MAX_LINE) {
                throw new IOException("the other network hung up");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        try (raw) {
            out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }
}
