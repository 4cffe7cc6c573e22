package io.carom.run;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/// The detectors' state in a file: a length and a checksum, the version of the program, the position of
/// the spool, and Java objects of this program's own. A file that is damaged, or of another version, is
/// left aside, and detection begins with what the spool still has.
final class LiveSnapshot {
    private static final String NEW = ".new";
    private static final int MAGIC = 0x4361_7235;

    private final Path file;
    private final String version;
    private final LongConsumer published;
    private final Executor aside;
    private final Consumer<String> notes;
    private int written;

    /// @param published told of each position whose state is kept
    /// @param aside does that, and gives back the room of the state before, for which nobody is to wait
    LiveSnapshot(Path file, String version, LongConsumer published, Executor aside, Consumer<String> notes) {
        this.file = file;
        this.version = version;
        this.published = published;
        this.aside = aside;
        this.notes = notes;
    }

    /// Bytes that go to the disk as they are written, and are there when it is closed. Left to the end,
    /// hundreds of megabytes at once would keep everybody waiting who puts a finding or a record on the same
    /// disk.
    private static final class Steady extends OutputStream {
        private static final int STEP = 8 << 20;

        private final FileChannel channel;
        private int ahead;
        private boolean closed;

        Steady(Path file) throws IOException {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(b, from, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            ahead += length;
            if (ahead >= STEP) {
                ahead = 0;
                channel.force(false);
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                try (channel) {
                    channel.force(true);
                }
            }
        }
    }

    interface State {
        void save(ObjectOutputStream out) throws IOException;
    }

    /// A state that is on the disk and takes the place of the one before when it is published.
    record Written(Path made, LiveSnapshot of, long position) {
        void publish() throws IOException {
            // Its room is given back when nobody has it open any more: of a gigabyte that takes a while.
            FileChannel before = Files.exists(of.file) ? FileChannel.open(of.file, StandardOpenOption.READ) : null;
            try {
                Files.move(made, of.file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                drop(made, e);
                throw e;
            } finally {
                of.aside.execute(() -> close(before));
            }
            of.aside.execute(() -> {
                try {
                    // What the state before needs of the spool goes next: this one must be there after a power cut.
                    force(java.util.Objects.requireNonNull(of.file.getParent()));
                } catch (IOException e) {
                    of.notes.accept("the state of detection may not be on the disk yet: " + e.getMessage());
                    return;
                }
                of.published.accept(position);
            });
        }

        private static void force(Path folder) throws IOException {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }

        private static void close(@Nullable FileChannel before) {
            try {
                if (before != null) {
                    before.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A state of which a part is written: another thread may write the rest.
    final class Open {
        private final Path made;
        private final long position;
        private final CRC32C crc = new CRC32C();
        private final OutputStream raw;
        private final ObjectOutputStream out;

        private Open(Path made, long position) throws IOException {
            this.made = made;
            this.position = position;
            raw = new BufferedOutputStream(new Steady(made), 1 << 18);
            CheckedOutputStream checked = new CheckedOutputStream(raw, crc);
            DataOutputStream head = new DataOutputStream(checked);
            head.writeInt(MAGIC);
            head.writeUTF(version);
            head.writeLong(position);
            out = new ObjectOutputStream(checked);
        }

        /// Writes the rest.
        ///
        /// @return null if it could not be written, which was told
        @Nullable
        Written finish(State rest) {
            try (raw) {
                rest.save(out);
                out.flush();
                long sum = crc.getValue();
                new DataOutputStream(raw).writeLong(sum);
                raw.close();
                return new Written(made, LiveSnapshot.this, position);
            } catch (IOException | RuntimeException e) {
                failed(made, e);
                return null;
            }
        }
    }

    /// Begins to write a state.
    ///
    /// @return null if it could not be written, which was told
    @Nullable
    Open begin(long position, byte[] first, State more) {
        // Each of its own: the one before may still wait for its findings to be kept.
        Path made = file.resolveSibling(file.getFileName() + "." + ++written + NEW);
        try {
            Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
            Open open = new Open(made, position);
            try {
                open.out.writeInt(first.length);
                open.out.write(first);
                more.save(open.out);
                return open;
            } catch (IOException | RuntimeException e) {
                open.raw.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            failed(made, e);
            return null;
        }
    }

    private void failed(Path made, Exception e) {
        drop(made, e);
        notes.accept("the state of detection cannot be kept: " + e.getMessage()
                + "; more is read again after a crash, nothing is lost");
    }

    /// What is written of a state that will not be published: where the disk is full it is wanted for other
    /// things.
    private static void drop(Path made, Exception why) {
        try {
            Files.deleteIfExists(made);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /// A state that was checked.
    record Kept(Path file, long position, long skip) {
        ObjectInputStream open() throws IOException {
            InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 18);
            in.skipNBytes(skip);
            return objects(in);
        }
    }

    /// The kept state; null if there is none that can be taken up.
    @Nullable
    Kept read() {
        dropUnpublished();
        if (!Files.exists(file)) {
            return null;
        }
        try {
            long size = Files.size(file);
            CRC32C crc = new CRC32C();
            long position;
            long skip;
            try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 18)) {
                CheckedInputStream checked = new CheckedInputStream(raw, crc);
                DataInputStream head = new DataInputStream(checked);
                if (head.readInt() != MAGIC) {
                    throw new IOException("it is no state of detection");
                }
                String of = head.readUTF();
                position = head.readLong();
                skip = 4 + 2 + of.length() + 8;
                if (!of.equals(version)) {
                    notes.accept("the kept state of detection is of another version; detection begins anew with what"
                            + " the spool still has");
                    return null;
                }
                checked.skipNBytes(size - 8 - skip);
                if (new DataInputStream(raw).readLong() != crc.getValue()) {
                    throw new IOException("its checksum is wrong");
                }
            }
            return new Kept(file, position, skip);
        } catch (IOException e) {
            notes.accept("the kept state of detection cannot be taken up (" + e.getMessage()
                    + "); detection begins anew with what the spool still has");
            return null;
        }
    }

    /// States that a crash kept from being published.
    private void dropUnpublished() {
        Path folder = java.util.Objects.requireNonNull(file.getParent());
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.newDirectoryStream(folder, file.getFileName() + ".*" + NEW)) {
            for (Path each : files) {
                Files.delete(each);
            }
        } catch (IOException e) {
            notes.accept("states of detection that were not published stay: " + e.getMessage());
        }
    }

    /// Puts a state that cannot be taken up aside.
    void setAside(Exception why) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + ".bad"), StandardCopyOption.REPLACE_EXISTING);
        notes.accept("the kept state of detection cannot be taken up (" + why + ") and was put aside; detection begins"
                + " anew with what the spool still has");
    }

    /// Nothing but this program's own classes and the JDK's plain ones is made of a file.
    static ObjectInputStream objects(InputStream in) throws IOException {
        ObjectInputStream objects = new ObjectInputStream(in);
        objects.setObjectInputFilter(info -> {
            Class<?> of = info.serialClass();
            while (of != null && of.isArray()) {
                of = of.getComponentType();
            }
            if (of == null || of.isPrimitive()) {
                return ObjectInputFilter.Status.UNDECIDED;
            }
            String name = of.getName();
            return name.startsWith("io.carom.")
                            || name.startsWith("java.lang.")
                            || name.startsWith("java.util.")
                            || name.startsWith("java.time.")
                    ? ObjectInputFilter.Status.ALLOWED
                    : ObjectInputFilter.Status.REJECTED;
        });
        return objects;
    }
}
