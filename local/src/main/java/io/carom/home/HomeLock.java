package io.carom.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The lock of a part of the home that one writes at a time: in this program, and of all programs.
///
/// The system keeps such a lock by process and file, and lets go of it when the process closes the file
/// by whatever way it was opened. So whoever is refused in the program that holds it must not have opened
/// the file at all.
public final class HomeLock implements AutoCloseable {
    private static final Set<Path> HERE = new HashSet<>();

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;

    private HomeLock(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /// Takes the lock, and makes its file if that is not there.
    ///
    /// @param file in a folder that is there
    /// @return null if somebody holds it
    public static @Nullable HomeLock of(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Path real = folder.toRealPath().resolve(Objects.requireNonNull(file.getFileName()));
        synchronized (HERE) {
            if (HERE.contains(real)) {
                return null;
            }
            FileChannel channel = FileChannel.open(real, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            if (lock == null) {
                channel.close();
                return null;
            }
            HERE.add(real);
            return new HomeLock(real, channel, lock);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (HERE) {
            // Closed twice, the file may be another's by then.
            if (channel.isOpen()) {
                HERE.remove(file);
                try (channel) {
                    lock.release();
                }
            }
        }
    }
}
