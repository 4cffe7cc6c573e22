package io.carom.server.listen;

import io.carom.server.tls.ServerTls;
import io.carom.source.Sources;
import io.carom.spool.SpoolEntry;
import io.carom.spool.SpoolFullException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// A spool in memory, which can be full, for listeners under test.
final class Around {
    final List<SpoolEntry> entries = Collections.synchronizedList(new ArrayList<>());
    final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    final Budget budget = new Budget(64 << 20);
    volatile boolean full;
    /// The disk is out of order.
    volatile boolean broken;
    /// By how much its clock is ahead of the system's, in milliseconds.
    volatile long ahead;
    /// How often something was put.
    final AtomicInteger puts = new AtomicInteger();
    private final Path home;

    Around(Path home) {
        this.home = home;
    }

    Surrounding surrounding() {
        return surrounding(added -> {
            if (full) {
                throw new SpoolFullException("full");
            }
            if (broken) {
                throw new IOException("the disk is out of order");
            }
            puts.incrementAndGet();
            entries.addAll(added);
        });
    }

    /// The same, with what comes put elsewhere.
    Surrounding surrounding(Surrounding.Intake taker) {
        return new Surrounding(
                home,
                taker,
                new Surrounding.Recall() {
                    @Override
                    public long end() {
                        return entries.size();
                    }

                    @Override
                    public void since(long position, java.util.function.Consumer<SpoolEntry> taker) {
                        List.copyOf(entries)
                                .subList((int) position, entries.size())
                                .forEach(taker);
                    }
                },
                () -> ServerTls.own(home, List.of("localhost", "127.0.0.1"), Instant.now())
                        .context(),
                budget,
                Sources.installed(),
                () -> Instant.now().plusMillis(ahead),
                notes::add);
    }

    static ListenerSettings settings(
            String kind, String address, Map<String, String> tokens, Map<String, String> more) {
        return new ListenerSettings(kind, address, kind, "acme", Map.of(), "", tokens, more);
    }

    Listener start(String kind, Map<String, String> tokens, Map<String, String> more) throws IOException {
        return java.util.Objects.requireNonNull(Listeners.kind(kind))
                .start(settings(kind, "127.0.0.1:0", tokens, more), surrounding());
    }

    static int port(Listener listener) {
        return Integer.parseInt(listener.place().substring(listener.place().lastIndexOf(':') + 1));
    }

    /// All records, in the order in which they came.
    List<String> records() {
        List<String> all = new ArrayList<>();
        synchronized (entries) {
            for (SpoolEntry entry : entries) {
                all.addAll(List.of(new String(entry.body(), StandardCharsets.UTF_8).split("\n")));
            }
        }
        return all;
    }

    /// Waits as long as a busy machine may take; what never comes is told all the same.
    static void await(String what, BooleanSupplier until) throws InterruptedException {
        for (int i = 0; i < 4_800 && !until.getAsBoolean(); i++) {
            Thread.sleep(25);
        }
        if (!until.getAsBoolean()) {
            throw new AssertionError(what);
        }
    }
}
