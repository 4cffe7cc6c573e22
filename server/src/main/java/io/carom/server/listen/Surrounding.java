package io.carom.server.listen;

import io.carom.source.Sources;
import io.carom.spool.SpoolEntry;
import io.carom.spool.SpoolFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/// What a listener has around it.
///
/// @param home where it may keep how far it read
/// @param spool where records go
/// @param recall looks at what is in the spool
/// @param tls makes this server's TLS
/// @param budget memory that all listeners share
/// @param notes told what a person who runs the server is to know
public record Surrounding(
        Path home,
        Intake spool,
        Recall recall,
        Tls tls,
        Budget budget,
        Sources sources,
        InstantSource clock,
        Consumer<String> notes) {
    /// Takes records, all or none of them, and returns once they are on the disk.
    @FunctionalInterface
    public interface Intake {
        void put(List<SpoolEntry> entries) throws IOException;
    }

    /// What is in the spool already.
    public interface Recall {
        /// Position behind the last entry.
        long end();

        /// Looks at the entries from a position on, as far as they are still there.
        void since(long position, Consumer<SpoolEntry> taker) throws IOException;
    }

    @FunctionalInterface
    public interface Tls {
        SSLContext context() throws IOException;
    }

    /// How long a sender that can wait is let wait before it is looked again.
    private static final long AGAIN = 200;

    /// Puts records in, waiting as long as the spool takes nothing: the sender is held back meanwhile.
    ///
    /// @throws IOException if the disk failed otherwise, or this is stopping
    void putPatiently(SpoolEntry entry, Counts counts) throws IOException {
        putPatiently(List.of(entry), counts, () -> {});
    }

    /// What is done meanwhile, so that a sender stays.
    interface Meanwhile {
        void turn() throws IOException;
    }

    /// As {@link #putPatiently(SpoolEntry, Counts)}, all of them at once.
    ///
    /// @param meanwhile done after each turn of waiting
    void putPatiently(List<SpoolEntry> entries, Counts counts, Meanwhile meanwhile) throws IOException {
        while (true) {
            try {
                spool.put(entries);
                return;
            } catch (SpoolFullException e) {
                counts.waited.incrementAndGet();
                try {
                    Thread.sleep(AGAIN);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IOException("stopped while the spool takes nothing", interrupted);
                }
                meanwhile.turn();
            }
        }
    }
}
