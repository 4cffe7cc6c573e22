package io.carom.mailnet.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A port that answers in TLS 1.3 from the first byte: there is no plain beginning that could be attacked,
/// and no older version to be talked down to. A virtual thread a connection.
public final class Listener implements AutoCloseable {
    private static final Duration HANDSHAKE = Duration.ofSeconds(15);
    private static final int BACKLOG = 1024;

    private final ServerSocket server;
    private final SSLContext context;
    private final boolean certificateNeeded;
    private final Doors doors;
    private final Talk talk;
    private final Refusals refusals;
    private final String name;
    private final AtomicLong count = new AtomicLong();

    /// A conversation, from greeting to farewell.
    public interface Talk {
        void with(Wire wire) throws IOException;
    }

    /// Who was not let in, and why.
    public interface Refusals {
        void refused(String listener, String from, String why);
    }

    private Listener(
            String name,
            ServerSocket server,
            SSLContext context,
            boolean certificateNeeded,
            Doors doors,
            Talk talk,
            Refusals refusals) {
        this.name = name;
        this.server = server;
        this.context = context;
        this.certificateNeeded = certificateNeeded;
        this.doors = doors;
        this.talk = talk;
        this.refusals = refusals;
    }

    /// Listens until closed.
    ///
    /// @param certificateNeeded whether nobody is talked to who shows no certificate; else one is asked for
    public static Listener open(
            String name,
            InetSocketAddress where,
            SSLContext context,
            boolean certificateNeeded,
            Doors doors,
            Talk talk,
            Refusals refusals)
            throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(where, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    where.getAddress().getHostAddress() + ":" + where.getPort() + " (" + name + "): " + e.getMessage()
                            + ". Another port: \"ports\" in mailnet/network.yaml.",
                    e);
        }
        Listener listener = new Listener(name, server, context, certificateNeeded, doors, talk, refusals);
        Thread.ofPlatform().name("mail network " + name).daemon().start(listener::accept);
        return listener;
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket raw = server.accept();
                String from = raw.getInetAddress().getHostAddress();
                String full = doors.enter(from);
                if (!full.isEmpty()) {
                    raw.close();
                    refusals.refused(name, from, full);
                    continue;
                }
                Thread.ofVirtual()
                        .name("mail network " + name + " " + count.incrementAndGet())
                        .start(() -> serve(raw, from));
            } catch (SocketException e) {
                // Closed, or the machine has no more descriptors: those that end give some back.
                pause();
            } catch (IOException | RuntimeException e) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket raw, String from) {
        boolean counted = true;
        try (raw) {
            raw.setTcpNoDelay(true);
            raw.setSoTimeout((int) HANDSHAKE.toMillis());
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            if (certificateNeeded) {
                parameters.setNeedClientAuth(true);
            } else {
                parameters.setWantClientAuth(true);
            }
            tls.setSSLParameters(parameters);
            Wire wire = new Wire(raw, tls, doors);
            doors.add(wire);
            try {
                tls.startHandshake();
            } catch (IOException e) {
                refusals.refused(name, from, "TLS: " + reason(e));
                doors.remove(wire);
                return;
            }
            try (wire) {
                talk.with(wire);
            } catch (IOException e) {
                if (!wire.ended().isEmpty()) {
                    refusals.refused(name, from, wire.ended());
                } else if (e instanceof WireFault) {
                    refusals.refused(name, from, String.valueOf(e.getMessage()));
                }
            } finally {
                doors.remove(wire);
                if (wire.isKnown()) {
                    counted = false;
                }
            }
        } catch (IOException | RuntimeException e) {
            refusals.refused(name, from, reason(e));
        } finally {
            if (counted) {
                doors.known(from);
            }
            doors.leave();
        }
    }

    /// The innermost reason: what a trust said of a certificate stands below TLS's own words.
    private static String reason(Exception e) {
        Throwable inner = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            inner = cause;
        }
        String text = inner.getMessage();
        return text == null ? inner.getClass().getSimpleName().toLowerCase(Locale.ROOT) : text;
    }

    /// Where it is, for people.
    public static InetSocketAddress at(String listen, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(listen), port);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
