package io.carom.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.jspecify.annotations.Nullable;

/// Iceberg's file access on the local disk, without Hadoop. What is written is on the disk before it is
/// closed.
///
/// Iceberg notes absolute paths. A home that was copied or moved, however often, is read by taking every
/// folder it was written in for the one it is in now.
final class LocalFiles implements FileIO {
    private static final long serialVersionUID = 1;

    /// What the names of tables' metadata end in.
    static final String METADATA = ".metadata.json";

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

    /// Makes a folder below another that is there, so that it survives a power cut with what is put into it.
    static void makeFolder(Path folder, Path below) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            for (Path at = folder.getParent(); at != null && at.startsWith(below); at = at.getParent()) {
                force(at);
            }
        }
    }

    /// All files below a folder, also behind links. What comes or goes meanwhile may be among them or not.
    static List<Path> below(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                folder, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<Path>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (attributes.isRegularFile()) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                        // A link into a folder that it is below leads to nothing else.
                        if (e instanceof NoSuchFileException || e instanceof FileSystemLoopException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path of, @Nullable IOException e) throws IOException {
                        if (e == null || e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }
                });
        return files;
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
                Path folder = Objects.requireNonNull(path.getParent());
                Files.createDirectories(folder);
                // The catalog names the metadata alone, which is written last: with its name those of all before it are
                // on the disk.
                return new LocalOutputStream(
                        FileChannel.open(path, create, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                        path.toString().endsWith(METADATA) ? folder : null);
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
        private final @Nullable Path folder;
        private final OutputStream out;
        private long position;
        private boolean open = true;

        /// @param folder whose names are to be on the disk too; null for none
        LocalOutputStream(FileChannel channel, @Nullable Path folder) {
            this.channel = channel;
            this.folder = folder;
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
                if (folder != null) {
                    force(folder);
                }
            }
        }
    }
}
