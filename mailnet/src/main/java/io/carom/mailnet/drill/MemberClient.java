package io.carom.mailnet.drill;

import io.carom.certificate.Certificates;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.seal.Smime;
import io.carom.mailnet.wire.NetworkTls;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A member without a mail program: reads the newest mail, answers it. What a rehearsal plays its members with.
final class MemberClient {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int MAX_LINE = 1 << 16;
    private static final int MAX_MAIL = 64 << 20;
    private static final Pattern LITERAL = Pattern.compile("\\{(\\d{1,9})}$");
    private static final Pattern ID = Pattern.compile("(?im)^Message-ID: <([^>\\s]{1,250})>");

    private final Membership member;
    private final MailAuthority.Issued identity;

    MemberClient(Membership member) throws IOException {
        this.member = member;
        identity = member.identity();
    }

    /// @param entity what was inside
    record Read(String messageId, byte[] entity) {}

    /// Waits for a mail and opens it.
    Read read() throws IOException {
        try (Line imap = new Line("imap")) {
            imap.until("* OK");
            imap.say("a AUTHENTICATE EXTERNAL =", "a OK");
            imap.say("b SELECT INBOX", "b OK");
            if (!imap.said.contains("* 1 EXISTS")) {
                imap.say("c IDLE", "+ ");
                imap.until("* 1 EXISTS");
                imap.say("DONE", "c OK");
            }
            imap.send("d FETCH 1 BODY[]");
            String head = imap.next();
            Matcher m = LITERAL.matcher(head);
            if (!m.find() || Integer.parseInt(m.group(1)) > MAX_MAIL) {
                throw new IOException("no mail was given: " + head);
            }
            byte[] mail = imap.in.readNBytes(Integer.parseInt(m.group(1)));
            imap.until("d OK");
            Matcher id = ID.matcher(new String(mail, StandardCharsets.ISO_8859_1));
            if (!id.find()) {
                throw new IOException("a mail without an id");
            }
            return new Read(id.group(1), Smime.open(mail, identity).entity());
        }
    }

    /// Answers a mail, encrypted.
    void answer(String messageId, Address to, X509Certificate certificate, String text) throws IOException {
        byte[] entity = ("Content-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        byte[] sealed = Smime.sealed(entity, identity, List.of(certificate));
        try (Line smtp = new Line("submission")) {
            smtp.until("220 ");
            smtp.say("EHLO member", "250 ");
            smtp.say("AUTH EXTERNAL =", "235 ");
            smtp.say("MAIL FROM:<" + member.address() + ">", "250 ");
            smtp.say("RCPT TO:<" + to + ">", "250 ");
            smtp.say("DATA", "354 ");
            smtp.out.write(("From: " + member.address() + "\r\nTo: " + to + "\r\nSubject: [...]\r\nIn-Reply-To: <"
                            + messageId + ">\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            smtp.out.write(sealed);
            smtp.say(".", "250 ");
        }
    }

    /// A connection that speaks in lines.
    private final class Line implements Closeable {
        private final Socket raw;
        private final InputStream in;
        private final OutputStream out;
        private String said = "";

        Line(String port) throws IOException {
            String fingerprint = member.text("fingerprint");
            SSLContext context = NetworkTls.client(identity, member.authority(), chain ->
                    Certificates.fingerprint(chain.getLast()).equals(fingerprint)
                            ? MailAuthority.objection(chain.getFirst(), chain.getLast(), Instant.now())
                            : "it does not stand on the network's authority");
            raw = new Socket();
            raw.connect(new InetSocketAddress(member.text("host"), member.port(port)), TIMEOUT_MILLIS);
            raw.setSoTimeout(TIMEOUT_MILLIS);
            SSLSocket tls = (SSLSocket)
                    context.getSocketFactory().createSocket(raw, member.text("host"), member.port(port), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            tls.setSSLParameters(parameters);
            in = new BufferedInputStream(tls.getInputStream());
            out = tls.getOutputStream();
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
}
