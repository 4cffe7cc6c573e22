package io.carom.advise;

import io.carom.certificate.Trust;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Hands a mail to a mail server (RFC 5321), with TLS unless the settings say that there is none: a
/// server that does not offer what they state gets nothing.
record MailDelivery(AdviseSettings.Smtp server, List<String> to) implements Delivery {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int MAX_LINES = 100;
    private static final int MAX_LINE = 2_000;

    MailDelivery {
        to = List.copyOf(to);
    }

    @Override
    public String channel() {
        return "mail";
    }

    @Override
    public String target() {
        return String.join(", ", to);
    }

    @Override
    public String deliver(Parcel parcel) throws IOException {
        hand(server, to, MailMessage.of(parcel, server.from(), to, Instant.now()));
        return "";
    }

    /// @param mail whole, as the server sends it on
    static void hand(AdviseSettings.Smtp server, List<String> to, byte[] mail) throws IOException {
        String place = server.host() + ":" + server.port();
        try (Session session = new Session(server)) {
            session.say("MAIL FROM:<" + server.from() + ">", 250);
            for (String address : to) {
                session.say("RCPT TO:<" + address + ">", 250, 251);
            }
            session.say("DATA", 354);
            session.data(mail);
            session.expect("the mail", 250);
            session.send("QUIT");
        } catch (IOException e) {
            throw new IOException(place + ": " + (e.getMessage() == null ? "no connection" : e.getMessage()), e);
        }
    }

    /// A conversation with the server.
    private static final class Session implements Closeable {
        private Socket socket;
        private BufferedReader in;
        private OutputStream out;

        Session(AdviseSettings.Smtp server) throws IOException {
            socket = new Socket();
            socket.setSoTimeout(TIMEOUT_MILLIS);
            try {
                socket.connect(new InetSocketAddress(server.host(), server.port()), TIMEOUT_MILLIS);
                if (server.security().equals("tls")) {
                    secure(server);
                }
                in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                out = socket.getOutputStream();
                expect("the connection", 220);
                String offers = say("EHLO " + name(server), 250);
                if (server.security().equals("starttls")) {
                    if (!offers.contains("STARTTLS")) {
                        throw new IOException("the server offers no STARTTLS; nothing was sent. If it has none, say"
                                + " \"security: none\" in advise.yaml, which sends in the clear");
                    }
                    say("STARTTLS", 220);
                    secure(server);
                    in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                    out = socket.getOutputStream();
                    say("EHLO " + name(server), 250);
                }
                Path file = server.passwordFile();
                if (!server.user().isEmpty() && file != null) {
                    String password = Files.readString(file).strip();
                    String plain = "\0" + server.user() + "\0" + password;
                    send("AUTH PLAIN " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
                    expect("the password", 235);
                }
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        }

        private static String name(AdviseSettings.Smtp server) {
            return server.from().substring(server.from().indexOf('@') + 1);
        }

        private void secure(AdviseSettings.Smtp server) throws IOException {
            SSLSocket secure = (SSLSocket) Trust.context(server.authority(), null)
                    .getSocketFactory()
                    .createSocket(socket, server.host(), server.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            socket = secure;
        }

        void send(String line) throws IOException {
            out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        String say(String line, int... wanted) throws IOException {
            send(line);
            return expect(line.split("[ :]", 2)[0], wanted);
        }

        String expect(String of, int... wanted) throws IOException {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < MAX_LINES; i++) {
                String line = in.readLine();
                if (line == null) {
                    throw new IOException("the server hung up");
                }
                String cut = line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line;
                all.append(cut.toUpperCase(Locale.ROOT)).append('\n');
                if (cut.length() < 4 || cut.charAt(3) != '-') {
                    for (int code : wanted) {
                        if (cut.startsWith(String.valueOf(code))) {
                            return all.toString();
                        }
                    }
                    throw new IOException("the server refused " + of + ": " + cut);
                }
            }
            throw new IOException("the server says more than it should");
        }

        /// Lines that begin with a full stop get another one (RFC 5321, section 4.5.2).
        void data(byte[] mail) throws IOException {
            ByteArrayOutputStream stuffed = new ByteArrayOutputStream(mail.length + 64);
            boolean begin = true;
            for (byte b : mail) {
                if (begin && b == '.') {
                    stuffed.write('.');
                }
                stuffed.write(b);
                begin = b == '\n';
            }
            stuffed.writeBytes("\r\n.\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(stuffed.toByteArray());
            out.flush();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
