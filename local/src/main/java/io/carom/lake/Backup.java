package io.carom.lake;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.carom.home.HomeLayout;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A whole home as one `.tar.zst`, also while it is in use, and back.
///
/// SQLite databases are copied as one transaction sees them, and of the lake the files that this
/// transaction names; they never change. What a live line holds beside them, the spool and how far it
/// was read, is held open before that transaction and so is there from where it begins, whatever is
/// deleted meanwhile. The last entry lists the SHA-256 of all others: an archive without it, or with
/// another content, is not restored.
public final class Backup {
    private static final String SUMS = "SHA256SUMS";
    private static final String CATALOG = "lake/catalog.db";
    /// Of an entry that is a plain file.
    private static final int PLAIN = 0100000;

    private Backup() {}

    /// What was copied.
    public record Copied(long files, long bytes) {}

    /// What goes on in the home between two steps.
    interface Meanwhile {
        void run() throws IOException;
    }

    /// Writes the archive. It has its name only once it is whole, and is its owner's alone: a home holds
    /// keys.
    ///
    /// @throws LakeException if the file is there already, or a file of the lake is missing
    public static Copied backup(Path home, Path file) throws IOException {
        return backup(home, file, () -> {});
    }

    /// @param meanwhile is run when it is settled what the copy is of
    static Copied backup(Path home, Path file, Meanwhile meanwhile) throws IOException {
        if (!Files.isDirectory(home)) {
            throw new LakeException(home + " is no home: there is nothing to copy");
        }
        Path target = file.toAbsolutePath().normalize();
        if (Files.exists(target)) {
            throw new LakeException(file + " is there already; name a new file");
        }
        Path root = home.toAbsolutePath().normalize();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        Path folder = Objects.requireNonNull(target.getParent());
        AutoCloseable reading = Readers.enter(root.resolve("lake"));
        try {
            Copied copied;
            Files.deleteIfExists(part);
            Path databases = Files.createTempDirectory(folder, ".carom-backup");
            try (OutputStream out = new BufferedOutputStream(owned(part), 1 << 16);
                    ZstdOutputStream packed = new ZstdOutputStream(out);
                    TarArchiveOutputStream tar = new TarArchiveOutputStream(packed, "UTF-8")) {
                packed.setChecksum(true);
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
                copied = write(root, List.of(target, part), databases, new Archive(tar), meanwhile);
            } finally {
                deleteTree(databases);
            }
            LocalFiles.force(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            LocalFiles.force(folder);
            return copied;
        } finally {
            Files.deleteIfExists(part);
            try {
                reading.close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new LakeException("the lake does not close: " + e.getMessage(), e);
            }
        }
    }

    private static boolean hasModes(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static OutputStream owned(Path file) throws IOException {
        if (hasModes(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return Files.newOutputStream(file);
    }

    /// Files that are open, by their names in the archive: they are copied as they were, or as they have
    /// grown.
    private static final class Held implements AutoCloseable {
        private final Map<String, Open> open = new TreeMap<>();

        private record Open(FileChannel channel, FileTime modified, int mode) {}

        void hold(Path root, String folder, Pattern names) throws IOException {
            Path of = root.resolve(folder);
            if (!Files.isDirectory(of)) {
                return;
            }
            for (Path path : LocalFiles.below(of)) {
                String name = name(root, path);
                if (!open.containsKey(name)
                        && names.matcher(String.valueOf(path.getFileName())).matches()) {
                    try {
                        FileTime modified = Files.getLastModifiedTime(path);
                        int mode = mode(path);
                        open.put(name, new Open(FileChannel.open(path, StandardOpenOption.READ), modified, mode));
                    } catch (NoSuchFileException e) {
                        // What is deleted before anything is copied nobody needs.
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            for (Open one : open.values()) {
                one.channel.close();
            }
        }
    }

    /// Entries that are written one after another, and their sums.
    private static final class Archive {
        private final TarArchiveOutputStream tar;
        private final Map<String, String> sums = new TreeMap<>();
        private long bytes;

        Archive(TarArchiveOutputStream tar) {
            this.tar = tar;
        }

        boolean has(String name) {
            return sums.containsKey(name);
        }

        /// @param like whose mode it gets
        void add(Path from, Path like, String name) throws IOException {
            FileTime modified = Files.getLastModifiedTime(from);
            int mode = mode(like);
            try (FileChannel channel = FileChannel.open(from, StandardOpenOption.READ)) {
                add(new Held.Open(channel, modified, mode), name);
            }
        }

        void add(Held.Open from, String name) throws IOException {
            long size = from.channel.size();
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(size);
            entry.setModTime(from.modified);
            entry.setMode(from.mode);
            DigestInputStream in = new DigestInputStream(Channels.newInputStream(from.channel), sha256());
            tar.putArchiveEntry(entry);
            // A file that grows meanwhile is copied as long as it was.
            byte[] window = new byte[1 << 16];
            long left = size;
            while (left > 0) {
                int got = in.read(window, 0, (int) Math.min(window.length, left));
                if (got < 0) {
                    throw new LakeException(name + " became shorter while it was copied; run the backup again");
                }
                tar.write(window, 0, got);
                left -= got;
            }
            tar.closeArchiveEntry();
            sums.put(name, HexFormat.of().formatHex(in.getMessageDigest().digest()));
            bytes += size;
        }

        Copied end() throws IOException {
            StringBuilder list = new StringBuilder();
            sums.forEach(
                    (name, sum) -> list.append(sum).append("  ").append(name).append('\n'));
            byte[] text = list.toString().getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry entry = new TarArchiveEntry(SUMS);
            entry.setSize(text.length);
            tar.putArchiveEntry(entry);
            tar.write(text);
            tar.closeArchiveEntry();
            tar.finish();
            return new Copied(sums.size(), bytes);
        }
    }

    private static String name(Path root, Path path) {
        return root.relativize(path).toString().replace('\\', '/');
    }

    /// Who may read and write a file, as an archive has it.
    private static int mode(Path path) throws IOException {
        if (!hasModes(path)) {
            return TarArchiveEntry.DEFAULT_FILE_MODE;
        }
        int mode = PLAIN;
        for (PosixFilePermission one : Files.getPosixFilePermissions(path)) {
            mode |= bit(one);
        }
        return mode;
    }

    private static int bit(PosixFilePermission one) {
        return 0400 >> one.ordinal();
    }

    /// How far a line has read what it receives; each is replaced whole.
    private static final Pattern READ = Pattern.compile("detection\\.state|fetched-.*\\.txt");

    private static final Pattern SEGMENTS = Pattern.compile(".*\\.seg");

    /// @param except files that are not of the home
    private static Copied write(Path root, List<Path> except, Path databases, Archive archive, Meanwhile meanwhile)
            throws IOException {
        Path lake = root.resolve("lake");
        try (Held held = new Held()) {
            // Before the catalog: what it says was read may be deleted from the spool right after.
            held.hold(root, "live", READ);
            held.hold(root, "spool", SEGMENTS);
            List<String> files = List.of();
            if (Files.exists(root.resolve(CATALOG))) {
                Path catalog = snapshot(root.resolve(CATALOG), databases.resolve("catalog.db"));
                archive.add(catalog, root.resolve(CATALOG), CATALOG);
                // These go after a few commits, whoever reads.
                for (String metadata : metadataOf(catalog)) {
                    add(lake, metadata, archive);
                }
                files = filesOf(catalog);
            }
            held.hold(root, "spool", SEGMENTS);
            meanwhile.run();
            for (String path : files) {
                add(lake, path, archive);
            }
            for (Map.Entry<String, Held.Open> one : held.open.entrySet()) {
                archive.add(one.getValue(), one.getKey());
            }
            rest(root, except, databases, archive);
        }
        return archive.end();
    }

    private static void add(Path lake, String path, Archive archive) throws IOException {
        Path file = lake.resolve(path);
        try {
            archive.add(file, file, "lake/" + path);
        } catch (NoSuchFileException e) {
            throw new LakeException("lake/" + path + " is missing; see \"carom lake verify\". Nothing was written", e);
        }
    }

    /// What is neither of the lake nor held.
    private static void rest(Path root, List<Path> except, Path databases, Archive archive) throws IOException {
        Path lake = root.resolve("lake");
        List<Path> rest = LocalFiles.below(root);
        rest.removeIf(p -> except.contains(p) || p.startsWith(databases));
        rest.sort(null);
        for (Path path : rest) {
            String name = name(root, path);
            boolean inLake = path.startsWith(lake);
            if (inLake && !lake.relativize(path).toString().contains("/metadata/")
                    || archive.has(name)
                    || name.endsWith("-wal")
                    || name.endsWith("-shm")
                    || name.equals(SUMS)
                    || name.startsWith("spool/")) {
                // The lake's data is what its catalog names; locks and half-written files are of this
                // moment. What came into the spool later is of a later one.
                continue;
            }
            Path copy = databases.resolve("database");
            try {
                archive.add(isDatabase(path) ? snapshot(path, copy) : path, path, name);
            } catch (NoSuchFileException e) {
                // A home that is in use: it was deleted since it was listed, and no other file needs it.
            } finally {
                Files.deleteIfExists(copy);
            }
        }
    }

    private static boolean isDatabase(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(15), StandardCharsets.ISO_8859_1).equals("SQLite format 3");
        }
    }

    private static Path snapshot(Path database, Path copy) throws IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("VACUUM INTO " + Layout.literal(copy.toString()));
            return copy;
        } catch (SQLException e) {
            throw new LakeException(database + " cannot be copied: " + e.getMessage(), e);
        }
    }

    private static List<String> filesOf(Path catalog) throws IOException {
        List<String> paths = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + catalog);
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT path FROM carom_files ORDER BY path")) {
                while (rows.next()) {
                    paths.add(rows.getString(1));
                }
            }
            boolean indexed;
            try (ResultSet rows = statement.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'carom_segments'")) {
                indexed = rows.next();
            }
            if (indexed) {
                try (ResultSet rows = statement.executeQuery("SELECT path FROM carom_segments ORDER BY path")) {
                    while (rows.next()) {
                        paths.add(rows.getString(1));
                    }
                }
            }
            return paths;
        } catch (SQLException e) {
            throw new LakeException("the lake's catalog cannot be read: " + e.getMessage(), e);
        }
    }

    /// The metadata that tables have now, by paths below the lake's folder.
    private static List<String> metadataOf(Path catalog) throws IOException {
        List<String> paths = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + catalog);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT table_namespace, table_name, metadata_location FROM"
                        + " iceberg_tables WHERE metadata_location IS NOT NULL ORDER BY 1, 2")) {
            while (rows.next()) {
                String at = rows.getString(3);
                paths.add(rows.getString(1) + "/" + rows.getString(2) + "/metadata/"
                        + at.substring(at.lastIndexOf('/') + 1));
            }
            return paths;
        } catch (SQLException e) {
            throw new LakeException("the lake's catalog cannot be read: " + e.getMessage(), e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// How the folder begins in which an archive is unpacked.
    private static final String BESIDE = ".carom-restore";

    /// Makes a home of an archive. Everything is unpacked beside it and checked first; then it gets its
    /// name. A home that is a link, or a disk of its own, stays so: it is unpacked within, and moved to its
    /// place in there.
    ///
    /// @throws LakeException if there is anything in the home, or the archive is damaged or none of ours
    public static Copied restore(Path file, Path home) throws IOException {
        Path target = home.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNull(target.getParent());
        boolean within = Files.isDirectory(target)
                && (Files.isSymbolicLink(target) || !Files.getFileStore(target).equals(Files.getFileStore(parent)));
        if (Files.exists(target) && !isEmpty(target, within)) {
            throw new LakeException(home + " is not empty; restore into a new folder with --home DIR");
        }
        Files.createDirectories(parent);
        Path beside = Files.createTempDirectory(within ? target : parent, BESIDE);
        try {
            Copied copied = unpack(file, beside);
            if (within) {
                fill(beside, target);
            } else {
                Files.deleteIfExists(target);
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
                LocalFiles.force(parent);
            }
            return copied;
        } finally {
            deleteTree(beside);
        }
    }

    /// @param disk whether what a new disk has, or a restore that was stopped left there, is nothing
    private static boolean isEmpty(Path folder, boolean disk) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.map(p -> String.valueOf(p.getFileName()))
                    .allMatch(name -> disk && (name.equals("lost+found") || name.startsWith(BESIDE)));
        }
    }

    /// Moves what was unpacked to its place, last what says which layout it has.
    private static void fill(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> inside = Files.list(from)) {
            all = inside.sorted(Comparator.comparing(p -> p.endsWith(HomeLayout.FILE)))
                    .toList();
        }
        for (Path one : all) {
            Files.move(one, to.resolve(one.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
        LocalFiles.force(to);
    }

    private static Copied unpack(Path file, Path into) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        Set<Path> folders = new HashSet<>();
        String listed = null;
        long bytes = 0;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            try (ZstdInputStream packed = new ZstdInputStream(raw);
                    TarArchiveInputStream tar = new TarArchiveInputStream(packed, "UTF-8")) {
                TarArchiveEntry entry;
                while ((entry = tar.getNextEntry()) != null) {
                    String name = entry.getName();
                    if (name.equals(SUMS)) {
                        listed = new String(tar.readAllBytes(), StandardCharsets.UTF_8);
                        continue;
                    }
                    Path path = into.resolve(name).normalize();
                    if (!entry.isFile() || !path.startsWith(into) || path.equals(into)) {
                        throw new LakeException(file + " is no backup of carom: it has an entry that leads elsewhere");
                    }
                    Files.createDirectories(path.getParent());
                    for (Path above = path.getParent(); above != null && above.startsWith(into); ) {
                        folders.add(above);
                        above = above.getParent();
                    }
                    MessageDigest digest = sha256();
                    // Not closed: that would close the archive.
                    bytes += copy(new DigestInputStream(tar, digest), path);
                    permit(path, entry.getMode());
                    Files.setLastModifiedTime(path, entry.getLastModifiedTime());
                    sums.put(name, HexFormat.of().formatHex(digest.digest()));
                }
                // To its end, so that its own checksum is compared.
                packed.transferTo(OutputStream.nullOutputStream());
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (LakeException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new LakeException(file + " is damaged or no backup of carom; nothing was restored", e);
        }
        StringBuilder found = new StringBuilder();
        sums.forEach((name, sum) -> found.append(sum).append("  ").append(name).append('\n'));
        if (!found.toString().equals(listed)) {
            throw new LakeException(
                    file + " is damaged: its content is not what its checksums say; nothing was restored");
        }
        for (Path folder : folders) {
            LocalFiles.force(folder);
        }
        return new Copied(sums.size(), bytes);
    }

    /// Those may read it who might where it came from; its owner always.
    private static void permit(Path path, int mode) throws IOException {
        if (hasModes(path)) {
            Set<PosixFilePermission> all = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            for (PosixFilePermission one : PosixFilePermission.values()) {
                if ((mode & bit(one)) != 0) {
                    all.add(one);
                }
            }
            Files.setPosixFilePermissions(path, all);
        }
    }

    private static long copy(InputStream in, Path path) throws IOException {
        long bytes;
        try (OutputStream out = Files.newOutputStream(path)) {
            bytes = in.transferTo(out);
        }
        LocalFiles.force(path);
        return bytes;
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
