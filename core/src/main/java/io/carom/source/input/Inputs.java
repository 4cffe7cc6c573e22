package io.carom.source.input;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/// From what a user names (files, folders, globs, `-`) to streams of log bytes: archives and
/// compression are opened in place, one inside another, by content and never by name. Nothing is
/// unpacked to disk but tables that cannot be read from their beginning ({@link TableFile}).
///
/// Bounds, each told when it is met: an archive opens at most {@link #MAX_DEPTH} others, gives at most
/// {@link #MAX_ENTRIES} members, and expands at most {@link #MAX_RATIO} times once past {@link
/// #FREE_BYTES}. A member
/// whose name leads out of the archive is refused, though no name is ever used to write. Damaged data
/// is read up to the damage.
public final class Inputs {
    public static final int MAX_DEPTH = 5;
    public static final int MAX_ENTRIES = 1_000_000;
    public static final int MAX_RATIO = 1000;
    /// Folders within folders are followed this deep.
    public static final int MAX_FOLDERS = 64;
    public static final long FREE_BYTES = 256L << 20;

    private static final String UNKNOWN_METHOD = "a compression method that is not read";
    private static final int XZ_MEMORY_KIB = 256 << 10;
    private static final int BUFFER = 1 << 16;
    private static final int LEAST_BUFFER = 1 << 10;

    private static final List<TableFile> TABLES = ServiceLoader.load(TableFile.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private final Visitor visitor;
    /// Of a file's own bytes: files of a kilobyte, such as rules, come by the thousand.
    private int buffer = BUFFER;

    private Inputs(Visitor visitor) {
        this.visitor = visitor;
    }

    /// Takes the inputs one after another.
    public interface Visitor {
        /// One stream of log bytes; it is closed by the caller.
        ///
        /// @param path as shown to the user: `logs.zip!conn.log.gz`
        /// @param modified when the file or member was last written
        void input(String path, Instant modified, InputStream bytes) throws IOException;

        /// What could not be read, or not to its end, and why.
        void refused(String path, String reason);

        /// A file is about to be read; for progress.
        ///
        /// @param bytes its size on disk, -1 if not known
        default void file(String path, long bytes) {}

        /// So many more bytes of the current file on disk were read; for progress.
        default void read(long bytes) {}
    }

    /// The files behind paths, sorted, and what cannot be read among them.
    ///
    /// @param files in reading order; `-` stands for standard input
    /// @param missing `path: why`
    public record Listing(List<String> files, List<String> missing, long bytes) {}

    /// Walks folders and globs without opening anything.
    public static Listing list(List<String> paths) throws IOException {
        List<String> files = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String path : paths) {
            Path at = Path.of(path);
            if (path.equals("-")) {
                files.add("-");
            } else if (Files.exists(at)) {
                walk(at, files, missing, null, MAX_FOLDERS);
            } else if (path.matches(".*[*?\\[{].*")) {
                int before = files.size();
                glob(path, files, missing);
                if (files.size() == before) {
                    missing.add(path + ": nothing matches");
                }
            } else {
                missing.add(path + ": no such file or folder");
            }
        }
        long bytes = 0;
        for (String file : files) {
            bytes += file.equals("-") ? 0 : Files.size(Path.of(file));
        }
        return new Listing(files, missing, bytes);
    }

    private static void walk(
            Path root, List<String> files, List<String> missing, @Nullable PathMatcher only, int folders)
            throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), folders, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (only != null && !only.matches(file)) {
                    return FileVisitResult.CONTINUE;
                }
                if (attributes.isRegularFile()) {
                    found.add(file);
                } else if (attributes.isDirectory()) {
                    if (only == null) {
                        missing.add(file + ": folders are nested deeper than " + MAX_FOLDERS);
                    }
                } else {
                    missing.add(file + ": not a regular file");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                missing.add(file + ": " + reason(e));
                return FileVisitResult.CONTINUE;
            }
        });
        Collections.sort(found);
        for (Path path : found) {
            files.add(path.toString());
        }
    }

    private static void glob(String pattern, List<String> files, List<String> missing) throws IOException {
        int special = 0;
        while ("*?[{".indexOf(pattern.charAt(special)) < 0) {
            special++;
        }
        int slash = pattern.lastIndexOf('/', special);
        Path root = Path.of(slash < 0 ? "" : slash == 0 ? "/" : pattern.substring(0, slash));
        if (Files.isDirectory(slash < 0 ? Path.of(".") : root)) {
            String rest = pattern.substring(slash + 1);
            int folders = rest.contains("**") ? MAX_FOLDERS : rest.split("/", -1).length;
            walk(root, files, missing, FileSystems.getDefault().getPathMatcher("glob:" + pattern), folders);
        }
    }

    /// Opens every file of the listing, in order, and gives what it holds to the visitor.
    ///
    /// @throws IOException only from the visitor; what is wrong with an input is told to {@link
    /// Visitor#refused}
    public static void read(Listing listing, Visitor visitor) throws IOException {
        for (String file : listing.files()) {
            readOne(file, visitor);
        }
    }

    /// Opens one file, or standard input for `-`.
    public static void readOne(String file, Visitor visitor) throws IOException {
        Inputs inputs = new Inputs(visitor);
        if (file.equals("-")) {
            visitor.file("-", -1);
            Counted in = new Counted(System.in, visitor);
            inputs.open("-", Instant.now(), in, new Budget(in), 0);
            return;
        }
        Path path = Path.of(file);
        FileInputStream raw;
        Instant modified;
        try {
            modified = Files.getLastModifiedTime(path).toInstant();
            long size = Files.size(path);
            inputs.buffer = (int) Math.clamp(size + 1, LEAST_BUFFER, BUFFER);
            visitor.file(file, size);
            raw = new FileInputStream(path.toFile());
        } catch (IOException e) {
            visitor.refused(file, reason(e));
            return;
        }
        try (raw) {
            Counted in = new Counted(raw, visitor);
            byte[] magic = new byte[4];
            int got = raw.readNBytes(magic, 0, 4);
            raw.getChannel().position(0);
            if (got == 4 && isZip(magic)) {
                // The directory at a zip's end says more than its stream does: sizes, and what was deleted.
                if (inputs.zipFile(file, path)) {
                    return;
                }
            }
            inputs.open(file, modified, in, new Budget(in), 0);
        } catch (VisitorException e) {
            throw e.cause;
        }
    }

    /// What went wrong inside the visitor, told apart from what is wrong with the input.
    private static final class VisitorException extends IOException {
        private static final long serialVersionUID = 1;
        final IOException cause;

        VisitorException(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private void open(String label, Instant modified, InputStream raw, Budget budget, int depth) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, depth == 0 ? buffer : BUFFER);
        byte[] magic;
        try {
            in.mark(1024);
            magic = label.equals("-") ? Coming.first(in, 512).bytes() : in.readNBytes(512);
            in.reset();
        } catch (IOException e) {
            visitor.refused(label, reason(e));
            return;
        }
        if (isGzip(magic) || isZstd(magic) || isBzip2(magic) || isXz(magic)) {
            if (tooDeep(label, depth)) {
                return;
            }
            InputStream plain;
            try {
                plain = decompress(in, magic);
            } catch (IOException e) {
                visitor.refused(label, "damaged from the beginning: " + reason(e));
                return;
            }
            open(label, modified, budget.watch(plain), budget, depth + 1);
        } else if (isTar(magic)) {
            if (!tooDeep(label, depth)) {
                tar(label, in, budget, depth);
            }
        } else if (isZip(magic)) {
            if (!tooDeep(label, depth)) {
                zipStream(label, in, budget, depth);
            }
        } else {
            for (TableFile table : TABLES) {
                if (table.claims(magic)) {
                    rows(label, modified, table, in);
                    return;
                }
            }
            leaf(label, modified, in);
        }
    }

    private void rows(String label, Instant modified, TableFile table, InputStream in) throws IOException {
        InputStream rows;
        try {
            rows = table.open(in);
        } catch (IOException e) {
            visitor.refused(label, reason(e));
            return;
        }
        try (rows) {
            leaf(label, modified, rows);
        }
    }

    private boolean tooDeep(String label, int depth) {
        if (depth < MAX_DEPTH) {
            return false;
        }
        visitor.refused(label, "archives are nested deeper than " + MAX_DEPTH);
        return true;
    }

    /// Hands the bytes over; a fault in them ends the input where it stands, and is told after what
    /// came before was read.
    private void leaf(String label, Instant modified, InputStream in) throws IOException {
        Salvaged salvaged = new Salvaged(in);
        try {
            visitor.input(label, modified, salvaged);
        } catch (IOException e) {
            throw new VisitorException(e);
        }
        IOException fault = salvaged.fault;
        if (fault != null) {
            visitor.refused(label, "read up to byte " + salvaged.count + " of what it holds, then: " + reason(fault));
        }
    }

    private static InputStream decompress(InputStream in, byte[] magic) throws IOException {
        if (isGzip(magic)) {
            return new GZIPInputStream(new Awaited(in), BUFFER);
        }
        if (isZstd(magic)) {
            return new ZstdInputStream(in);
        }
        if (isBzip2(magic)) {
            return new BZip2CompressorInputStream(in, true);
        }
        return new XZInputStream(in, XZ_MEMORY_KIB);
    }

    private void tar(String label, InputStream in, Budget budget, int depth) throws IOException {
        try {
            TarArchiveInputStream tar = new TarArchiveInputStream(in, true);
            int entries = 0;
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                String name = label + "!" + entry.getName();
                if (++entries > MAX_ENTRIES) {
                    visitor.refused(label, "more than " + MAX_ENTRIES + " members; the rest is not read");
                    return;
                }
                if (entry.isDirectory()) {
                    continue;
                }
                if (leadsOut(entry.getName())) {
                    visitor.refused(name, "the member's name leads out of the archive");
                } else if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
                    visitor.refused(name, "not a regular file");
                } else {
                    Instant modified = entry.getLastModifiedTime().toInstant();
                    open(name, modified, new Unclosed(tar), budget, depth + 1);
                }
            }
        } catch (VisitorException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            visitor.refused(label, "damaged archive, read up to the damage: " + reason(e));
        }
    }

    private void zipStream(String label, InputStream in, Budget budget, int depth) throws IOException {
        try {
            ZipArchiveInputStream zip = new ZipArchiveInputStream(in, "UTF-8", true, true);
            int entries = 0;
            ZipArchiveEntry entry;
            while ((entry = zip.getNextEntry()) != null) {
                if (++entries > MAX_ENTRIES) {
                    visitor.refused(label, "more than " + MAX_ENTRIES + " members; the rest is not read");
                    return;
                }
                if (entry.isDirectory() || !mayRead(label, entry)) {
                    continue;
                }
                String name = label + "!" + entry.getName();
                if (!zip.canReadEntryData(entry)) {
                    visitor.refused(name, UNKNOWN_METHOD);
                    continue;
                }
                open(name, entry.getLastModifiedTime().toInstant(), budget.watch(new Unclosed(zip)), budget, depth + 1);
            }
        } catch (VisitorException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            visitor.refused(label, "damaged archive, read up to the damage: " + reason(e));
        }
    }

    /// Reads a zip by its directory; false if it has none, then it is read as a stream.
    private boolean zipFile(String label, Path path) throws IOException {
        ZipFile zip;
        try {
            zip = ZipFile.builder().setPath(path).get();
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
        try (zip) {
            Budget budget = new Budget(Files.size(path));
            int entries = 0;
            for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
                if (++entries > MAX_ENTRIES) {
                    visitor.refused(label, "more than " + MAX_ENTRIES + " members; the rest is not read");
                    break;
                }
                if (entry.isDirectory() || !mayRead(label, entry)) {
                    continue;
                }
                String name = label + "!" + entry.getName();
                if (!zip.canReadEntryData(entry)) {
                    visitor.refused(name, UNKNOWN_METHOD);
                    continue;
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    open(name, entry.getLastModifiedTime().toInstant(), budget.watch(in), budget, 1);
                } catch (VisitorException e) {
                    throw e;
                } catch (IOException e) {
                    visitor.refused(name, "damaged: " + reason(e));
                }
                visitor.read(Math.max(0, entry.getCompressedSize()));
            }
        }
        return true;
    }

    private boolean mayRead(String label, ZipArchiveEntry entry) {
        String name = label + "!" + entry.getName();
        if (leadsOut(entry.getName())) {
            visitor.refused(name, "the member's name leads out of the archive");
            return false;
        }
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            visitor.refused(name, "encrypted");
            return false;
        }
        return true;
    }

    private static boolean leadsOut(String name) {
        String plain = name.replace('\\', '/');
        return plain.startsWith("/")
                || plain.matches("(?i)[a-z]:.*")
                || plain.equals("..")
                || plain.startsWith("../")
                || plain.contains("/../")
                || plain.endsWith("/..")
                || plain.indexOf('\0') >= 0;
    }

    /// The bytes an input may expand to, counted over everything opened inside it.
    private static final class Budget {
        private final @Nullable Counted packed;
        private final long size;
        private long given;

        Budget(Counted packed) {
            this.packed = packed;
            this.size = 0;
        }

        Budget(long size) {
            this.packed = null;
            this.size = size;
        }

        InputStream watch(InputStream in) {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    int c = in.read();
                    count(c < 0 ? 0 : 1);
                    return c;
                }

                @Override
                public int read(byte[] b, int off, int len) throws IOException {
                    int got = in.read(b, off, len);
                    count(got);
                    return got;
                }
            };
        }

        void count(int got) throws IOException {
            given += Math.max(got, 0);
            long read = packed == null ? size : packed.count;
            if (given > FREE_BYTES && given / MAX_RATIO > read) {
                throw new ZipException("it expands more than " + MAX_RATIO + " times, as a decompression bomb does");
            }
        }
    }

    /// Counts the bytes read from disk, and tells the visitor.
    private static final class Counted extends InputStream {
        private final InputStream in;
        private final Visitor visitor;
        private long count;

        Counted(InputStream in, Visitor visitor) {
            this.in = in;
            this.visitor = visitor;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int got = in.read(b, off, len);
            if (got > 0) {
                count += got;
                visitor.read(got);
            }
            return got;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }

    /// Ends at the first fault and remembers it, so that what came before is not lost with it.
    private static final class Salvaged extends InputStream {
        private final InputStream in;
        private long count;
        private @Nullable IOException fault;

        Salvaged(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (fault != null) {
                return -1;
            }
            try {
                int got = in.read(b, off, len);
                count += Math.max(got, 0);
                return got;
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                fault = e;
                return -1;
            }
        }

        @Override
        public int available() throws IOException {
            return fault == null ? in.available() : 0;
        }
    }

    /// Says that there is more until the end is met. {@link GZIPInputStream} takes a stream of which nothing
    /// can be had at once for one that ended, which a pipe or a member of an archive need not have: the gzip
    /// members behind
    /// would be lost.
    private static final class Awaited extends FilterInputStream {
        /// @param in one that can go back to a mark
        Awaited(InputStream in) {
            super(in);
        }

        @Override
        public int available() throws IOException {
            in.mark(1);
            int next = in.read();
            in.reset();
            return next < 0 ? 0 : Math.max(1, in.available());
        }
    }

    private static final class Unclosed extends InputStream {
        private final InputStream in;

        Unclosed(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return in.read(b, off, len);
        }
    }

    private static String reason(Exception e) {
        return switch (e) {
            case NoSuchFileException x -> "no such file";
            case java.nio.file.AccessDeniedException x -> "no permission to read it";
            case FileSystemLoopException x -> "a link that leads back to a folder above it";
            case EOFException x -> "the compressed data ends too early";
            default -> {
                String message = e.getMessage();
                if (message != null && message.contains("Permission denied")) {
                    yield "no permission to read it";
                }
                yield message == null ? e.getClass().getSimpleName() : message;
            }
        };
    }

    private static boolean isGzip(byte[] b) {
        return b.length > 2 && b[0] == 0x1F && b[1] == (byte) 0x8B && b[2] == 8;
    }

    private static boolean isZstd(byte[] b) {
        return b.length > 3 && b[0] == 0x28 && b[1] == (byte) 0xB5 && b[2] == 0x2F && b[3] == (byte) 0xFD;
    }

    private static boolean isBzip2(byte[] b) {
        return b.length > 9
                && b[0] == 'B'
                && b[1] == 'Z'
                && b[2] == 'h'
                && b[3] >= '1'
                && b[3] <= '9'
                && b[4] == 0x31
                && b[5] == 0x41;
    }

    private static boolean isXz(byte[] b) {
        return b.length > 5
                && b[0] == (byte) 0xFD
                && b[1] == '7'
                && b[2] == 'z'
                && b[3] == 'X'
                && b[4] == 'Z'
                && b[5] == 0;
    }

    private static boolean isZip(byte[] b) {
        return b.length > 3 && b[0] == 'P' && b[1] == 'K' && (b[2] == 3 && b[3] == 4 || b[2] == 5 && b[3] == 6);
    }

    /// A tar has no magic before POSIX; its header's checksum serves for all.
    private static boolean isTar(byte[] b) {
        if (b.length < 512 || b[0] == 0) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += i >= 148 && i < 156 ? ' ' : b[i] & 0xFF;
        }
        int stated = 0;
        int digits = 0;
        for (int i = 148; i < 156; i++) {
            if (b[i] >= '0' && b[i] <= '7') {
                stated = stated * 8 + b[i] - '0';
                digits++;
            } else if (digits > 0) {
                break;
            }
        }
        return digits > 0 && stated == sum;
    }
}
