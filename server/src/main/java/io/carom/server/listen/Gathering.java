package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Puts records of packets together by sender, and into the spool by a thread of its own: a packet must
/// be taken from the system at once. What comes while the disk is busy is held, up to {@link #MOST}
/// bytes; more is dropped and counted, for a sender of packets cannot be told to wait.
final class Gathering implements AutoCloseable {
    static final int MOST = 32 << 20;
    private static final int SENDERS = 4096;

    private record Sender(String client, String address) {}

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts;
    private final Thread thread;
    private Map<Sender, Records> now = new LinkedHashMap<>();
    private long bytes;
    private boolean closed;

    Gathering(ListenerSettings settings, Surrounding surrounding, Counts counts) {
        this.settings = settings;
        this.surrounding = surrounding;
        this.counts = counts;
        thread = Thread.ofPlatform().name("carom-gathering").daemon().start(this::write);
    }

    /// Adds records of a sender, or drops them.
    ///
    /// @param about how many bytes they are
    synchronized void add(String client, String address, int about, Consumer<Records> records) {
        if (bytes + about > MOST || closed) {
            counts.dropped.incrementAndGet();
            return;
        }
        // A forged address costs an entry of its own; too many are put together.
        Sender sender = new Sender(client, now.size() < SENDERS ? address : "");
        Records of = now.computeIfAbsent(sender, s -> new Records(counts));
        int before = of.size();
        records.accept(of);
        // What line feeds within a record become is longer than they are.
        bytes += Math.max(about, of.size() - before);
        notifyAll();
    }

    private void write() {
        while (true) {
            Map<Sender, Records> taken;
            long takenBytes;
            synchronized (this) {
                try {
                    while (now.isEmpty() && !closed) {
                        wait();
                    }
                } catch (InterruptedException e) {
                    return;
                }
                if (now.isEmpty()) {
                    return;
                }
                taken = now;
                takenBytes = bytes;
                now = new LinkedHashMap<>();
            }
            long records = taken.values().stream().mapToLong(Records::count).sum();
            List<SpoolEntry> entries = new ArrayList<>();
            taken.forEach((sender, of) -> {
                if (of.count() > 0) {
                    entries.add(new SpoolEntry(
                            sender.client,
                            settings.name(),
                            settings.format(),
                            sender.address,
                            surrounding.clock().millis(),
                            of.take()));
                }
            });
            try {
                surrounding.putPatiently(entries, counts, () -> {});
            } catch (IOException e) {
                counts.dropped.addAndGet(records);
                surrounding.notes().accept(settings.name() + ": records were lost: " + e.getMessage());
            }
            synchronized (this) {
                bytes -= takenBytes;
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(Duration.ofSeconds(3));
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
