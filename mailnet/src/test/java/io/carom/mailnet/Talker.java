package io.carom.mailnet;

import io.carom.certificate.Authority;
import io.carom.mailnet.wire.NetworkTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// The other end of a line protocol: says exactly these bytes, hears lines.
final class Talker implements AutoCloseable {
    private final Socket raw;
    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;

    Talker(int port, Authority.Issued own) throws IOException {
        this(port, own, "127.0.0.1", "TLSv1.3");
    }

    /// @param own what is shown; null for nothing
    /// @param from the address of this machine from which it comes
    Talker(int port, Authority.Issued own, String from, String protocol) throws IOException {
        // The JDK looks at the chain itself only where it is asked to; here the test is the judge.
        SSLContext context = NetworkTls.client(own, null, chain -> null);
        raw = new Socket();
        raw.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        raw.connect(new InetSocketAddress("127.0.0.1", port));
        raw.setSoTimeout(20_000);
        socket = (SSLSocket) context.getSocketFactory().createSocket(raw, "127.0.0.1", port, true);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The next line without its end; null when the other end has hung up.
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /// Lines up to one that begins so; all of them.
    ///
    /// @throws AssertionError if the other end hangs up before
    String expect(String beginning) throws IOException {
        StringBuilder all = new StringBuilder();
        while (true) {
            String line = line();
            if (line == null) {
                throw new AssertionError("hung up before \"" + beginning + "\" after: " + all);
            }
            all.append(line).append('\n');
            if (line.startsWith(beginning)) {
                return all.toString();
            }
            boolean otherReply = beginning.matches("\\d{3} .*") && line.matches("\\d{3} .*");
            if (otherReply
                    || beginning.matches("[a-z]\\d* (OK|NO|BAD) .*") && line.matches("[a-z]\\d* (OK|NO|BAD).*")) {
                throw new AssertionError("expected \"" + beginning + "\", heard: " + all);
            }
        }
    }

    String say(String line, String beginning) throws IOException {
        send(line + "\r\n");
        return expect(beginning);
    }

    /// Hands a mail over by SMTP; gives the reply to its end.
    String mail(String from, byte[] mail, String... to) throws IOException {
        say("MAIL FROM:<" + from + ">", "250 ");
        for (String one : to) {
            say("RCPT TO:<" + one + ">", "250 ");
        }
        return data(mail);
    }

    String data(byte[] mail) throws IOException {
        say("DATA", "354 ");
        send(mail);
        send("\r\n.\r\n");
        return line();
    }

    boolean isHungUp() throws IOException {
        try {
            String line;
            do {
                line = line();
            } while (line != null);
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
