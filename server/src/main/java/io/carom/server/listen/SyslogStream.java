package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/// Syslog over TCP (RFC 6587) or TLS (RFC 5425): counted octets and lines, each frame as it says
/// itself. The protocol has no acknowledgement; a sender is held back by not being read from.
final class SyslogStream implements Listener {
    private static final int PIECE = 64 << 10;

    /// What a connection holds without asking.
    private static final int FREE = 64 << 10;

    static final Kind TCP = kind("syslog-tcp", false);
    static final Kind TLS = kind("syslog-tls", true);

    private static Kind kind(String name, boolean tls) {
        return Kind.network(
                name,
                List.of("connections", "idle"),
                (settings, surrounding) -> new SyslogStream(settings, surrounding, tls));
    }

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Connections connections;

    private SyslogStream(ListenerSettings settings, Surrounding surrounding, boolean tls) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        connections = new Connections(
                settings.socket(),
                tls ? surrounding.tls().context() : null,
                settings.number("connections", 2000),
                settings.duration("idle", Duration.ofHours(1)),
                counts,
                surrounding.notes(),
                this::serve);
    }

    private void serve(Socket socket) throws IOException {
        String client = settings.clientOf(socket.getInetAddress());
        String sender = socket.getInetAddress().getHostAddress();
        Records records = new Records(counts);
        SyslogFrames frames = new SyslogFrames(records::add, counts.cut::incrementAndGet);
        InputStream in = socket.getInputStream();
        byte[] piece = new byte[PIECE];
        long taken = 0;
        try {
            while (true) {
                int got = in.read(piece);
                if (got < 0) {
                    frames.end();
                    put(records, client, sender);
                    return;
                }
                frames.add(piece, 0, got);
                put(records, client, sender);
                long held = Math.max(0, frames.held() - FREE);
                if (held > taken && !surrounding.budget().take(held - taken)) {
                    counts.refused.incrementAndGet();
                    return;
                }
                if (held < taken) {
                    surrounding.budget().give(taken - held);
                }
                taken = held;
            }
        } finally {
            surrounding.budget().give(taken);
        }
    }

    private void put(Records records, String client, String sender) throws IOException {
        if (records.count() > 0) {
            surrounding.putPatiently(
                    new SpoolEntry(
                            client,
                            settings.name(),
                            settings.format(),
                            sender,
                            surrounding.clock().millis(),
                            records.take()),
                    counts);
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
