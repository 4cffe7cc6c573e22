package io.carom.server.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Takes connections and serves each in a virtual thread. At most so many at once, and of one address a
/// quarter of them; a handshake must be done within {@link #HANDSHAKE}, and a connection on which
/// nothing comes for the idle time is closed.
final class Connections implements AutoCloseable {
    private static final int HANDSHAKE = 10_000;

    /// Serves one connection; what is thrown ends it.
    interface Service {
        void serve(Socket socket) throws IOException;
    }

    private final ServerSocket server;
    private final javax.net.ssl.@org.jspecify.annotations.Nullable SSLContext tls;
    private final int most;
    private final Duration idle;
    private final Service service;
    private final Counts counts;
    private final Consumer<String> notes;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Thread> serving = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final Thread accepting;
    private volatile boolean closing;

    /// @param tls null for plain TCP
    Connections(
            InetSocketAddress address,
            @org.jspecify.annotations.Nullable SSLContext tls,
            int most,
            Duration idle,
            Counts counts,
            Consumer<String> notes,
            Service service)
            throws IOException {
        this.tls = tls;
        this.most = most;
        this.idle = idle;
        this.counts = counts;
        this.notes = notes;
        this.service = service;
        server = new ServerSocket();
        server.setReuseAddress(true);
        try {
            server.bind(address, 1024);
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    "cannot listen on " + address.getAddress().getHostAddress() + " port " + address.getPort() + ": "
                            + e.getMessage(),
                    e);
        }
        accepting = Thread.ofVirtual().name("accept " + server.getLocalPort()).start(this::accept);
    }

    String place() {
        String host = server.getInetAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.getLocalPort();
    }

    private void accept() {
        while (!closing) {
            try {
                take(server.accept());
            } catch (IOException | RuntimeException | Error e) {
                pause(e);
            }
        }
    }

    /// Too many open files, no memory and the like: the next may succeed.
    private void pause(Throwable e) {
        if (closing) {
            return;
        }
        notes.accept("a connection to " + place() + " could not be taken: " + e);
        try {
            Thread.sleep(1000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Socket socket) {
        InetAddress from = socket.getInetAddress();
        int all = counts.connections.incrementAndGet();
        // Both are counted before either is looked at, as both are taken back.
        int ofAddress = byAddress.merge(from, 1, Integer::sum);
        if (all > most || ofAddress > Math.max(1, most / 4)) {
            counts.refused.incrementAndGet();
            left(socket, from);
            return;
        }
        open.add(socket);
        Thread thread = Thread.ofVirtual().name("from " + from.getHostAddress()).unstarted(() -> {
            try {
                serve(socket);
            } catch (IOException e) {
                // The sender left, was too slow, or spoke another language: it is counted where that matters.
            } catch (RuntimeException e) {
                notes.accept("a connection from " + from.getHostAddress() + " to " + place() + " failed: " + e);
            } finally {
                open.remove(socket);
                serving.remove(Thread.currentThread());
                left(socket, from);
            }
        });
        serving.add(thread);
        try {
            thread.start();
        } catch (RuntimeException | Error e) {
            open.remove(socket);
            serving.remove(thread);
            left(socket, from);
            throw e;
        }
    }

    private void left(Socket socket, InetAddress from) {
        counts.connections.decrementAndGet();
        byAddress.computeIfPresent(from, (a, n) -> n > 1 ? n - 1 : null);
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    private void serve(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        socket.setTcpNoDelay(true);
        SSLContext context = tls;
        if (context == null) {
            socket.setSoTimeout((int) idle.toMillis());
            service.serve(socket);
            return;
        }
        socket.setSoTimeout(HANDSHAKE);
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
        try (secure) {
            secure.setUseClientMode(false);
            try {
                secure.startHandshake();
            } catch (IOException e) {
                counts.refused.incrementAndGet();
                throw e;
            }
            secure.setSoTimeout((int) idle.toMillis());
            service.serve(secure);
        }
    }

    /// Takes no more connections, ends those there are, and waits for what they had received.
    @Override
    public void close() throws IOException {
        closing = true;
        server.close();
        for (Socket socket : open) {
            try {
                socket.shutdownInput();
            } catch (IOException | UnsupportedOperationException e) {
                // A TLS connection is closed below.
            }
        }
        try {
            long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            for (Thread thread : serving) {
                long left = until - System.nanoTime();
                if (left > 0) {
                    thread.join(Duration.ofNanos(left));
                }
            }
            for (Socket socket : open) {
                socket.close();
            }
            serving.forEach(Thread::interrupt);
            accepting.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
