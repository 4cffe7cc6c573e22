package io.carom.advise;

import io.carom.certificate.Authority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A mail server on loopback that takes one mail, with TLS from the start, after STARTTLS, or without.
final class MailServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final SSLContext tls;
    private final String security;
    /// What it says behind its answer to STARTTLS, before TLS: as one in the middle would.
    private final String slipped;

    private final List<String> heard = new ArrayList<>();
    private final CompletableFuture<List<String>> done;

    /// @param name that its certificate is for
    MailServer(Path authority, String name, String security, String slipped) throws Exception {
        this.security = security;
        this.slipped = slipped;
        this.tls = context(Authority.of(authority, Instant.now()).server(List.of(name), Instant.now()));
        this.done = CompletableFuture.supplyAsync(this::serve);
    }

    private static SSLContext context(Authority.Issued issued) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", issued.key(), new char[0], new Certificate[] {issued.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    int port() {
        return socket.getLocalPort();
    }

    /// What it was told, each line with `tls ` before it where nobody between could read it.
    List<String> heard() throws Exception {
        return done.get();
    }

    private List<String> serve() {
        try (Socket plain = socket.accept()) {
            Socket now = security.equals("tls") ? secure(plain) : plain;
            say(now, "220 mail ready");
            BufferedReader in = reader(now);
            boolean data = false;
            String line;
            while ((line = in.readLine()) != null) {
                heard.add((now instanceof SSLSocket ? "tls " : "") + line);
                if (data) {
                    data = !line.equals(".");
                    if (!data) {
                        say(now, "250 taken");
                    }
                } else if (line.startsWith("EHLO")) {
                    say(now, now instanceof SSLSocket ? "250-mail\r\n250 AUTH PLAIN" : "250-mail\r\n250 STARTTLS");
                } else if (line.equals("STARTTLS")) {
                    say(now, "220 go ahead" + slipped);
                    now = secure(now);
                    in = reader(now);
                } else if (line.startsWith("AUTH")) {
                    say(now, "235 welcome");
                } else if (line.equals("DATA")) {
                    data = true;
                    say(now, "354 go on");
                } else if (line.equals("QUIT")) {
                    say(now, "221 bye");
                    return heard;
                } else {
                    say(now, "250 ok");
                }
            }
        } catch (IOException e) {
            heard.add("failed: " + e.getMessage());
        }
        return heard;
    }

    private SSLSocket secure(Socket plain) throws IOException {
        SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
        secure.setUseClientMode(false);
        secure.startHandshake();
        return secure;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static void say(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
