package io.carom.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/// Iceberg's file access on the local disk, without Hadoop. What is written is on the disk before it is
/// closed.
///
/// Iceberg notes absolute paths. A home that was copied or moved, however often, is read by taking every
/// folder it was written in for the one it is in now.
final class LocalFiles implements FileIO {
    private static final long serialVersionUID = 1;

    private final String[] places;
    private final String now;

    /// @param places the lake's folders so far
    /// @param now the lake's folder now
    LocalFiles(Collection<Path> places, Path now) {
        // Of folders within one another the innermost is meant.
        this.places = places.stream()
                .map(Path::toString)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toArray(String[]::new);
        this.now = now.toString();
    }

    private Path path(String location) {
        String plain = location.startsWith("file:") ? location.replaceFirst("^file:/*", "/") : location;
        for (String place : places) {
            if (plain.startsWith(place + "/")) {
                return Path.of(now + plain.substring(place.length()));
            }
        }
        return Path.of(plain);
    }

    /// Sees to it that a file, or the names in a folder, survive a power cut.
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// SHA-256 of a file, in hexadecimal.
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public InputFile newInputFile(String location) {
        return new LocalInput(location, path(location));
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new LocalOutput(location, path(location));
    }

    @Override
    public void deleteFile(String location) {
        try {
            Files.deleteIfExists(path(location));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record LocalInput(String location, Path path) implements InputFile {
        @Override
        public long getLength() {
            try {
                return Files.size(path);
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "no such file: %s", path);
            } catch (IOException e) {
                throw new RuntimeIOException(e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new LocalStream(FileChannel.open(path, StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "no such file: %s", path);
            } catch (IOException e) {
                throw new RuntimeIOException(e);
            }
        }

        @Override
        public boolean exists() {
            return Files.exists(path);
        }
    }

    private record LocalOutput(String location, Path path) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            return open(StandardOpenOption.CREATE_NEW);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return open(StandardOpenOption.CREATE);
        }

        private PositionOutputStream open(StandardOpenOption create) {
            try {
                Files.createDirectories(path.getParent());
                return new LocalOutputStream(
                        FileChannel.open(path, create, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
            } catch (IOException e) {
                throw new RuntimeIOException(e);
            }
        }

        @Override
        public InputFile toInputFile() {
            return new LocalInput(location, path);
        }
    }

    private static final class LocalStream extends SeekableInputStream {
        private final FileChannel channel;

        LocalStream(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long getPos() throws IOException {
            return channel.position();
        }

        @Override
        public void seek(long position) throws IOException {
            channel.position(position);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return channel.read(ByteBuffer.wrap(b, off, len));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class LocalOutputStream extends PositionOutputStream {
        private final FileChannel channel;
        private final OutputStream out;
        private long position;
        private boolean open = true;

        LocalOutputStream(FileChannel channel) {
            this.channel = channel;
            this.out = Channels.newOutputStream(channel);
        }

        /// Also asked for after the file is closed.
        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            position++;
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            out.write(b, off, len);
            position += len;
        }

        @Override
        public void close() throws IOException {
            if (open) {
                open = false;
                channel.force(true);
                channel.close();
            }
        }
    }
}
