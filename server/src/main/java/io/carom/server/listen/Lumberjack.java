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
import java.util.ArrayList;
import java.util.Arrays;
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
    /// What an event may be. A longer one is cut: were it refused, its sender would send it for ever.
    private static final int EVENT = 4 << 20;

    /// What a field takes beside its bytes, about.
    private static final int FIELD = 128;
    /// What a tree takes: mostly less than this for a byte, and never more than that.
    private static final long TREE_OF_BYTE = 16;

    private static final long TREE = 16 << 20;

    private static final int TOGETHER = 1 << 20;
    /// What a connection holds without asking.
    private static final int FREE = 64 << 10;
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
        final Shipped shipped =
                new Shipped(settings.name(), counts, settings.format().isEmpty());
        /// Bytes of a compressed frame that are held now, and those of an event and what is made of it.
        long packed;

        long event;
        /// What is taken of the memory of all.
        long taken;

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
                        json(in, length(in));
                    }
                    case 'D' -> {
                        last = in.readInt() & 0xFFFF_FFFFL;
                        pairs(in);
                    }
                    case 'C' -> {
                        if (inner) {
                            throw refused("a compressed frame within another");
                        }
                        byte[] frame = bytes(in, length(in));
                        packed = frame.length;
                        event = 0;
                        frames(
                                new DataInputStream(new Bounded(
                                        new InflaterInputStream(new ByteArrayInputStream(frame)), INFLATED)),
                                true);
                        packed = 0;
                    }
                    default -> throw refused("no frame of Lumberjack: " + type);
                }
                boolean isEvent = type == 'J' || type == 'D';
                if (isEvent && ++inWindow >= window || isEvent && shipped.size() >= TOGETHER) {
                    keep();
                    acknowledge(last);
                    inWindow = inWindow >= window ? 0 : inWindow;
                }
                event = 0;
                hold();
            }
        }

        /// Takes of the memory of all what is held now, or gives back what is not held any more.
        private void hold() throws IOException {
            long held = Math.max(0, packed + event + shipped.size() - FREE);
            if (held > taken && !surrounding.budget().take(held - taken)) {
                throw refused("too much is being received at once");
            }
            if (held < taken) {
                surrounding.budget().give(taken - held);
            }
            taken = held;
        }

        /// The sender has gone.
        void end() {
            surrounding.budget().give(taken);
            taken = 0;
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

        /// Reads so many bytes; memory is taken for what comes, not for what is said to come.
        private byte[] bytes(DataInputStream in, int length) throws IOException {
            byte[] b = new byte[Math.min(length, FREE)];
            long before = event;
            int size = 0;
            while (size < length) {
                if (size == b.length) {
                    b = Arrays.copyOf(b, (int) Math.min(length, b.length * 2L));
                }
                event = before + b.length;
                hold();
                int got = in.read(b, size, b.length - size);
                if (got < 0) {
                    throw new EOFException("the sender left within a frame");
                }
                size += got;
            }
            event = before + length;
            return b;
        }

        private void json(DataInputStream in, int length) throws IOException {
            if (length > EVENT) {
                byte[] beginning = bytes(in, Records.LONGEST);
                in.skipNBytes(length - Records.LONGEST);
                counts.cut.incrementAndGet();
                shipped.line("", "", Envelope.NONE, new String(beginning, StandardCharsets.UTF_8));
                return;
            }
            byte[] b = bytes(in, length);
            // The tree of it.
            event += Math.min(TREE, b.length * TREE_OF_BYTE);
            hold();
            try {
                shipped.document(Shipped.JSON.readTree(b));
            } catch (JacksonException e) {
                // It is acknowledged, or it would come for ever; as a line it is a reject that can be looked at.
                shipped.line("", "", Envelope.NONE, new String(b, StandardCharsets.UTF_8));
            }
        }

        private void pairs(DataInputStream in) throws IOException {
            int count = in.readInt();
            if (count < 0 || count > 10_000) {
                throw refused("an event of " + count + " fields");
            }
            ObjectNode document = Shipped.JSON.createObjectNode();
            for (int i = 0; i < count; i++) {
                String key = field(in);
                document.put(key, field(in));
            }
            if (document.has("line") && !document.has("message")) {
                document.set("message", document.remove("line"));
            }
            shipped.document(document);
        }

        private String field(DataInputStream in) throws IOException {
            int length = length(in);
            if (event + length > EVENT) {
                throw refused("an event of more than " + (EVENT >> 20) + " MiB");
            }
            String text = new String(bytes(in, length), StandardCharsets.UTF_8);
            event += FIELD;
            return text;
        }

        private void keep() throws IOException {
            List<SpoolEntry> entries = new ArrayList<>();
            shipped.take((source, body) -> entries.add(new SpoolEntry(
                    client,
                    source,
                    settings.format(),
                    sender,
                    surrounding.clock().millis(),
                    body)));
            long[] told = {System.nanoTime()};
            surrounding.putPatiently(entries, counts, () -> {
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
        try {
            session.frames(
                    new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 14)), false);
        } finally {
            session.end();
        }
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
