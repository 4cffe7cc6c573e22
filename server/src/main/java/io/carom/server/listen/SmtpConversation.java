package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import io.carom.spool.SpoolFullException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One sender of copies. A mail is thanked for when it is on the disk; where no more can be taken its
/// sender is told to come again, which mail servers do for days.
final class SmtpConversation {
    private static final long SIZE = 50L << 20;
    private static final int MAX_LINE = 2_000;
    private static final int MAX_FAULTS = 20;
    private static final int MAX_RECIPIENTS = 1_000;
    private static final int PIECE = 64 << 10;
    private static final Pattern PATH =
            Pattern.compile("(?i)(FROM|TO): ?<([^<>\\s]{0,1000})>((?: [!-~]{1,500}){0,10})");
    private static final Pattern SAID_SIZE = Pattern.compile("(?i) SIZE=(\\d{1,15})(?= |$)");

    private final SSLContext tls;
    private final Surrounding surrounding;
    private final ListenerSettings settings;
    private final Counts counts;
    private final Predicate<String> taken;
    private final long most;
    private Socket socket;
    private InputStream in;
    private boolean secure;
    private boolean greeted;
    private boolean begun;
    private int recipients;
    private int faults;

    /// @param taken whether copies go to an address
    SmtpConversation(
            Socket socket,
            SSLContext tls,
            Surrounding surrounding,
            ListenerSettings settings,
            Counts counts,
            Predicate<String> taken)
            throws IOException {
        this.socket = socket;
        this.tls = tls;
        this.surrounding = surrounding;
        this.settings = settings;
        this.counts = counts;
        this.taken = taken;
        most = settings.bytes("size", SIZE);
        in = new BufferedInputStream(socket.getInputStream(), PIECE);
    }

    void run() throws IOException {
        try {
            say("220 carom ESMTP takes copies and sends nothing");
            for (String line = line(); line != null && command(line); line = line()) {
                if (faults > MAX_FAULTS) {
                    counts.refused.incrementAndGet();
                    say("421 4.7.0 too much that is not understood");
                    return;
                }
            }
        } finally {
            if (secure) {
                socket.close();
            }
        }
    }

    private void say(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private void fault(String line) throws IOException {
        faults++;
        say(line);
    }

    /// A command without its end; null when the sender has gone.
    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                int end = line.length() - (line.isEmpty() || line.charAt(line.length() - 1) != '\r' ? 0 : 1);
                return line.substring(0, end);
            }
            if (line.length() >= MAX_LINE) {
                say("500 5.5.2 the line is too long");
                return null;
            }
            line.append((char) b);
        }
        return null;
    }

    /// @return whether the conversation goes on
    private boolean command(String line) throws IOException {
        int space = line.indexOf(' ');
        String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
        String rest = space < 0 ? "" : line.substring(space + 1);
        switch (verb) {
            case "EHLO", "HELO" -> greet(verb);
            case "STARTTLS" -> {
                return startTls(rest);
            }
            case "MAIL" -> mail(rest);
            case "RCPT" -> recipient(rest);
            case "DATA" -> {
                return data();
            }
            case "RSET" -> {
                forget();
                say("250 2.0.0 forgotten");
            }
            case "NOOP" -> say("250 2.0.0 yes");
            case "VRFY", "EXPN" -> fault("252 2.5.1 that is not told");
            case "QUIT" -> {
                say("221 2.0.0 bye");
                return false;
            }
            case "GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS" -> {
                counts.refused.incrementAndGet();
                say("421 4.7.0 this is no web server");
                return false;
            }
            default -> fault("502 5.5.1 not done here");
        }
        return true;
    }

    private void forget() {
        begun = false;
        recipients = 0;
    }

    private void greet(String verb) throws IOException {
        forget();
        greeted = true;
        if (verb.equals("HELO")) {
            say("250 carom");
            return;
        }
        say("250-carom\r\n250-SIZE " + most + "\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
                + (secure ? "" : "250-STARTTLS\r\n") + "250 ENHANCEDSTATUSCODES");
    }

    private boolean startTls(String rest) throws IOException {
        if (secure || !rest.isEmpty()) {
            fault("503 5.5.1 not now");
            return true;
        }
        if (in.available() > 0) {
            // What came ahead of the handshake could be taken for said within it.
            counts.refused.incrementAndGet();
            say("503 5.5.1 nothing comes ahead of TLS");
            return false;
        }
        say("220 2.0.0 go on");
        SSLSocket over = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
        over.setUseClientMode(false);
        over.startHandshake();
        socket = over;
        in = new BufferedInputStream(over.getInputStream(), PIECE);
        secure = true;
        greeted = false;
        forget();
        return true;
    }

    private void mail(String rest) throws IOException {
        if (!greeted || begun) {
            fault("503 5.5.1 not now");
            return;
        }
        if (!secure && settings.flag("starttls", false)) {
            fault("530 5.7.0 STARTTLS first");
            return;
        }
        Matcher m = PATH.matcher(rest);
        if (!m.matches() || !m.group(1).equalsIgnoreCase("FROM")) {
            fault("501 5.5.4 expected MAIL FROM:<address>");
            return;
        }
        Matcher size = SAID_SIZE.matcher(m.group(3));
        if (size.find() && Long.parseLong(size.group(1)) > most) {
            counts.refused.incrementAndGet();
            fault("552 5.3.4 it is larger than " + most + " bytes");
            return;
        }
        begun = true;
        say("250 2.1.0 yes");
    }

    private void recipient(String rest) throws IOException {
        Matcher m = PATH.matcher(rest);
        if (!begun) {
            fault("503 5.5.1 not now");
        } else if (!m.matches() || !m.group(1).equalsIgnoreCase("TO")) {
            fault("501 5.5.4 expected RCPT TO:<address>");
        } else if (!taken.test(m.group(2))) {
            counts.refused.incrementAndGet();
            fault("550 5.7.1 nothing is sent on from here");
        } else if (recipients >= MAX_RECIPIENTS) {
            fault("452 4.5.3 too many recipients");
        } else {
            recipients++;
            say("250 2.1.5 yes");
        }
    }

    private boolean data() throws IOException {
        if (!begun || recipients == 0) {
            fault("503 5.5.1 not now");
            return true;
        }
        say("354 up to a full stop alone on a line");
        forget();
        Body body = new Body();
        try {
            if (!body.read()) {
                return false;
            }
            if (body.refusal != null) {
                counts.refused.incrementAndGet();
                fault(body.refusal);
                return true;
            }
            if (body.mail.size() == 0) {
                fault("554 5.6.0 there is nothing in it");
                return true;
            }
            keep(body.mail.toByteArray());
            return true;
        } finally {
            surrounding.budget().give(body.held);
        }
    }

    private void keep(byte[] mail) throws IOException {
        byte[] opened = JournalReport.opened(mail);
        String id = digest(opened);
        try {
            surrounding
                    .spool()
                    .put(List.of(new SpoolEntry(
                            settings.clientOf(socket.getInetAddress()),
                            settings.name() + ":" + id,
                            "eml",
                            socket.getInetAddress().getHostAddress(),
                            surrounding.clock().millis(),
                            opened)));
        } catch (SpoolFullException e) {
            counts.waited.incrementAndGet();
            say("452 4.3.1 no room now; come again");
            return;
        }
        counts.records.incrementAndGet();
        counts.bytes.addAndGet(opened.length);
        say("250 2.0.0 kept as " + id);
    }

    private static String digest(byte[] mail) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(mail), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// A mail as it comes: up to a full stop alone between CR LF and CR LF, and nothing else ends it.
    private final class Body {
        final ByteArrayOutputStream mail = new ByteArrayOutputStream();
        long held;

        @Nullable
        String refusal;

        /// @return false if the sender went away
        boolean read() throws IOException {
            // Where in CR LF . CR LF it stands; a mail begins at the beginning of a line.
            int at = 2;
            long total = 0;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (++total > 2 * most + PIECE) {
                    // It is told once it ends; who does not end is left.
                    return false;
                }
                switch (b) {
                    case '\r' -> {
                        if (at == 3) {
                            at = 4;
                            continue;
                        }
                        if (at == 4) {
                            // The stop was a stuffed one, and its line holds a CR alone.
                            add('\r');
                        }
                        at = 1;
                    }
                    case '\n' -> {
                        if (at == 4) {
                            return true;
                        }
                        at = at == 1 ? 2 : 0;
                    }
                    case '.' -> {
                        if (at == 2) {
                            // The stop that stands ahead of a line is not of it.
                            at = 3;
                            continue;
                        }
                        if (at == 4) {
                            add('\r');
                        }
                        at = 0;
                    }
                    default -> {
                        if (at == 4) {
                            add('\r');
                        }
                        at = 0;
                    }
                }
                add(b);
            }
            return false;
        }

        private void add(int b) {
            if (refusal != null) {
                return;
            }
            if (mail.size() >= most) {
                refuse("552 5.3.4 it is larger than " + most + " bytes");
            } else if (mail.size() == held && !more()) {
                refuse("452 4.3.1 no memory now; come again");
            } else {
                mail.write(b);
            }
        }

        private boolean more() {
            if (!surrounding.budget().take(PIECE)) {
                return false;
            }
            held += PIECE;
            return true;
        }

        private void refuse(String why) {
            refusal = why;
            mail.reset();
        }
    }
}
