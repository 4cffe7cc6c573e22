package io.carom.server.listen;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The listeners of a server, all or none of them.
public final class Listeners implements AutoCloseable {
    private static final List<Kind> KINDS = List.of(
            SyslogPackets.UDP,
            SyslogStream.TCP,
            SyslogStream.TLS,
            HttpPort.PLAIN,
            HttpPort.SECURE,
            Lumberjack.PLAIN,
            Lumberjack.SECURE,
            NetFlow.KIND,
            Following.KIND,
            Objects.KIND,
            Mailbox.KIND,
            SmtpTap.KIND,
            Topics.KIND);

    /// One that receives.
    public record Running(ListenerSettings settings, Listener listener) {}

    private final List<Running> running = new ArrayList<>();

    private Listeners() {}

    /// Names of all kinds.
    public static List<String> names() {
        return KINDS.stream().map(Kind::name).toList();
    }

    static @Nullable Kind kind(String name) {
        return KINDS.stream().filter(k -> k.name().equals(name)).findFirst().orElse(null);
    }

    /// Starts all of them.
    ///
    /// @throws IOException if one cannot receive; then none does
    public static Listeners start(List<ListenerSettings> all, Surrounding surrounding) throws IOException {
        Listeners listeners = new Listeners();
        for (ListenerSettings settings : all) {
            try {
                Kind kind = java.util.Objects.requireNonNull(kind(settings.kind()));
                listeners.running.add(new Running(settings, kind.start(settings, surrounding)));
            } catch (IOException | RuntimeException e) {
                listeners.close();
                throw new IOException(settings.name() + " (" + settings.kind() + "): " + e.getMessage(), e);
            }
        }
        return listeners;
    }

    public List<Running> running() {
        return List.copyOf(running);
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        for (Running one : running) {
            try {
                one.listener.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
