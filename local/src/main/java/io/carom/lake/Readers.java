package io.carom.lake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who reads a lake now, in any process: each holds a shared lock on one file. Files that a commit
/// replaced are deleted only while nobody reads, for a query opens its files one after another.
final class Readers {
    private static final String FILE = "readers.lock";
    /// A process locks a file once, however many readers it has.
    private static final Map<Path, Held> HERE = new HashMap<>();

    private static final class Held {
        final FileChannel channel;
        int readers = 1;

        Held(FileChannel channel) {
            this.channel = channel;
        }
    }

    private Readers() {}

    /// Begins to read; to be closed. Where the lock cannot be had (a read-only disk) nobody deletes either.
    static AutoCloseable enter(Path root) {
        synchronized (HERE) {
            Held held = HERE.get(root);
            if (held != null) {
                held.readers++;
                return () -> leave(root);
            }
            FileChannel channel = null;
            try {
                channel = FileChannel.open(
                        root.resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                channel.lock(0, Long.MAX_VALUE, true);
                HERE.put(root, new Held(channel));
                return () -> leave(root);
            } catch (IOException | OverlappingFileLockException e) {
                close(channel);
                return () -> {};
            }
        }
    }

    private static void leave(Path root) {
        synchronized (HERE) {
            Held held = HERE.get(root);
            if (held != null && --held.readers == 0) {
                HERE.remove(root);
                close(held.channel);
            }
        }
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /// Deletes what is no longer needed.
    @FunctionalInterface
    interface Sweep {
        void run() throws IOException;
    }

    /// Runs the sweep while nobody reads and nobody can begin to; false if somebody reads.
    static boolean whileNobodyReads(Path root, Sweep sweep) throws IOException {
        synchronized (HERE) {
            if (HERE.containsKey(root)) {
                return false;
            }
            try (FileChannel channel =
                            FileChannel.open(root.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    return false;
                }
                sweep.run();
                return true;
            }
        }
    }
}
