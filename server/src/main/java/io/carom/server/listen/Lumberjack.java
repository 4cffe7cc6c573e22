package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// Lumberjack, versions 1 and 2, as Beats and Logstash speak it: windows of events, compressed or not,
/// each window acknowledged once its events are on the disk. While the spool takes nothing the sender
/// is kept alive by acknowledgements of nothing.
final class Lumberjack implements Listener {
    static final Kind PLAIN = kind("lumberjack", false);
    static final Kind SECURE = kind("lumberjack-tls", true);

    private static Kind kind(String name, boolean tls) {
        return Kind.network(
                name,
                List.of("connections", "idle"),
                (settings, surrounding) -> new Lumberjack(settings, surrounding, tls));
    }

    /// A sender's window and a frame are at most so large.
    private static final int WINDOW = 1 << 17;

    private static final int FRAME = 16 << 20;
    /// What a compressed frame may hold.
    private static final int INFLATED = 64 << 20;

    private static final int TOGETHER = 1 << 20;
    private static final long KEEP_ALIVE = 5_000;

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Connections connections;

    private Lumberjack(ListenerSettings settings, Surrounding surrounding, boolean tls) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        connections = new Connections(
                settings.socket(),
                tls ? surrounding.tls().context() : null,
                settings.number("connections", 2000),
                settings.duration("idle", Duration.ofMinutes(10)),
                counts,
                surrounding.notes(),
                this::serve);
    }

    /// What is known of one connection.
    private final class Session {
        final String client;
        final String sender;
        final OutputStream out;
        final Shipped shipped = new Shipped(settings.name(), counts);
        int version = '2';
        long window;
        long inWindow;
        long last;

        Session(Socket socket) throws IOException {
            client = settings.clientOf(socket.getInetAddress());
            sender = socket.getInetAddress().getHostAddress();
            out = socket.getOutputStream();
        }

        void frames(DataInputStream in, boolean inner) throws IOException {
            while (true) {
                int v = in.read();
                if (v < 0) {
                    return;
                }
                if (v != '1' && v != '2') {
                    throw refused("no version of Lumberjack: " + v);
                }
                version = v;
                int type = in.readUnsignedByte();
                switch (type) {
                    case 'W' -> {
                        window = in.readInt() & 0xFFFF_FFFFL;
                        if (window > WINDOW) {
                            throw refused("a window of " + window + " events");
                        }
                        inWindow = 0;
                    }
                    case 'J' -> {
                        last = in.readInt() & 0xFFFF_FFFFL;
                        json(bytes(in, length(in)));
                    }
                    case 'D' -> {
                        last = in.readInt() & 0xFFFF_FFFFL;
                        pairs(in);
                    }
                    case 'C' -> {
                        if (inner) {
                            throw refused("a compressed frame within another");
                        }
                        byte[] packed = bytes(in, length(in));
                        long taken = Math.min(INFLATED, packed.length * 8L);
                        if (!surrounding.budget().take(taken)) {
                            throw refused("too much is being received at once");
                        }
                        try {
                            frames(
                                    new DataInputStream(new Bounded(
                                            new InflaterInputStream(new ByteArrayInputStream(packed)), INFLATED)),
                                    true);
                        } finally {
                            surrounding.budget().give(taken);
                        }
                    }
                    default -> throw refused("no frame of Lumberjack: " + type);
                }
                boolean event = type == 'J' || type == 'D';
                if (event && ++inWindow >= window || event && shipped.size() >= TOGETHER) {
                    keep();
                    acknowledge(last);
                    inWindow = inWindow >= window ? 0 : inWindow;
                }
            }
        }

        private IOException refused(String why) {
            counts.refused.incrementAndGet();
            return new IOException(why);
        }

        private int length(DataInputStream in) throws IOException {
            int length = in.readInt();
            if (length < 0 || length > FRAME) {
                throw refused("a frame of " + (length & 0xFFFF_FFFFL) + " bytes");
            }
            return length;
        }

        /// Reads so many bytes; memory grows with what comes, not with what is said to come.
        private byte[] bytes(DataInputStream in, int length) throws IOException {
            byte[] b = in.readNBytes(length);
            if (b.length < length) {
                throw new EOFException("the sender left within a frame");
            }
            return b;
        }

        private void json(byte[] b) throws IOException {
            try {
                shipped.document(Shipped.JSON.readTree(b));
            } catch (JacksonException e) {
                // It is acknowledged, or it would come for ever; as a line it is a reject that can be looked at.
                shipped.line("", "", new String(b, StandardCharsets.UTF_8));
            }
        }

        private void pairs(DataInputStream in) throws IOException {
            int count = in.readInt();
            if (count < 0 || count > 10_000) {
                throw refused("an event of " + count + " fields");
            }
            ObjectNode document = Shipped.JSON.createObjectNode();
            for (int i = 0; i < count; i++) {
                String key = new String(bytes(in, length(in)), StandardCharsets.UTF_8);
                document.put(key, new String(bytes(in, length(in)), StandardCharsets.UTF_8));
            }
            if (document.has("line") && !document.has("message")) {
                document.set("message", document.remove("line"));
            }
            shipped.document(document);
        }

        private void keep() throws IOException {
            shipped.take((source, body) -> put(new SpoolEntry(
                    client,
                    source,
                    settings.format(),
                    sender,
                    surrounding.clock().millis(),
                    body)));
        }

        private void put(SpoolEntry entry) throws IOException {
            long[] told = {System.nanoTime()};
            surrounding.putPatiently(entry, counts, () -> {
                if (System.nanoTime() - told[0] > KEEP_ALIVE * 1_000_000) {
                    told[0] = System.nanoTime();
                    acknowledge(0);
                }
            });
        }

        private void acknowledge(long sequence) throws IOException {
            byte[] answer = {
                (byte) version,
                'A',
                (byte) (sequence >>> 24),
                (byte) (sequence >>> 16),
                (byte) (sequence >>> 8),
                (byte) sequence
            };
            out.write(answer);
            out.flush();
        }
    }

    /// Ends with a fault where more comes than may.
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(InputStream in, long most) {
            this.in = in;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte @Nullable [] b, int from, int length) throws IOException {
            int got = in.read(java.util.Objects.requireNonNull(b), from, length);
            left -= Math.max(0, got);
            if (left < 0) {
                throw new IOException("a compressed frame holds more than " + (INFLATED >> 20) + " MiB");
            }
            return got;
        }
    }

    private void serve(Socket socket) throws IOException {
        Session session = new Session(socket);
        session.frames(new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 14)), false);
    }

    @Override
    public String place() {
        return connections.place();
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
