package io.carom.lake;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A whole home as one `.tar.zst`, also while it is in use, and back.
///
/// SQLite databases are copied as one transaction sees them, and of the lake the files that this
/// transaction names; they never change. The last entry lists the SHA-256 of all others: an archive
/// without it, or with another content, is not restored.
public final class Backup {
    private static final String SUMS = "SHA256SUMS";
    private static final String CATALOG = "lake/catalog.db";

    private Backup() {}

    /// What was copied.
    public record Copied(long files, long bytes) {}

    /// Writes the archive. It has its name only once it is whole.
    ///
    /// @throws LakeException if the file is there already, or a file of the lake is missing
    public static Copied backup(Path home, Path file) throws IOException {
        if (!Files.isDirectory(home)) {
            throw new LakeException(home + " is no home: there is nothing to copy");
        }
        Path target = file.toAbsolutePath().normalize();
        if (Files.exists(target)) {
            throw new LakeException(file + " is there already; name a new file");
        }
        Path root = home.toAbsolutePath().normalize();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        AutoCloseable reading = Readers.enter(root.resolve("lake"));
        try {
            Copied copied;
            Path databases = Files.createTempDirectory(target.getParent(), ".carom-backup");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16);
                    ZstdOutputStream packed = new ZstdOutputStream(out);
                    TarArchiveOutputStream tar = new TarArchiveOutputStream(packed, "UTF-8")) {
                packed.setChecksum(true);
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
                copied = write(root, target, part, databases, tar);
            } finally {
                deleteTree(databases);
            }
            LocalFiles.force(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
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

    private static Copied write(Path root, Path target, Path part, Path databases, TarArchiveOutputStream tar)
            throws IOException {
        Map<String, String> sums = new TreeMap<>();
        long bytes = 0;
        Set<String> named = new HashSet<>();
        Path lake = root.resolve("lake");
        if (Files.exists(root.resolve(CATALOG))) {
            Path catalog = snapshot(root.resolve(CATALOG), databases.resolve("catalog.db"));
            bytes += add(catalog, CATALOG, tar, sums);
            for (String path : filesOf(catalog)) {
                named.add("lake/" + path);
                try {
                    bytes += add(root.resolve("lake").resolve(path), "lake/" + path, tar, sums);
                } catch (NoSuchFileException e) {
                    throw new LakeException(
                            "lake/" + path + " is missing; see \"carom lake verify\". Nothing was written", e);
                }
            }
        }
        List<Path> rest;
        try (Stream<Path> walk = Files.walk(root)) {
            rest = walk.filter(Files::isRegularFile)
                    .filter(p -> !p.equals(target) && !p.equals(part) && !p.startsWith(databases))
                    .sorted()
                    .toList();
        }
        int copies = 0;
        for (Path path : rest) {
            String name = root.relativize(path).toString().replace('\\', '/');
            boolean inLake = path.startsWith(lake);
            if (inLake && !lake.relativize(path).toString().contains("/metadata/")
                    || name.endsWith("-wal")
                    || name.endsWith("-shm")
                    || name.equals(SUMS)) {
                // The lake's data is what its catalog names; locks and half-written files are of this
                // moment.
                continue;
            }
            try {
                Path from = isDatabase(path) ? snapshot(path, databases.resolve("db" + copies++)) : path;
                bytes += add(from, name, tar, sums);
            } catch (NoSuchFileException e) {
                if (!inLake) {
                    throw e;
                }
                // Iceberg drops its oldest metadata as it goes on; the catalog's copy does not need it.
            }
        }
        StringBuilder list = new StringBuilder();
        sums.forEach((name, sum) -> list.append(sum).append("  ").append(name).append('\n'));
        byte[] text = list.toString().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(SUMS);
        entry.setSize(text.length);
        tar.putArchiveEntry(entry);
        tar.write(text);
        tar.closeArchiveEntry();
        tar.finish();
        return new Copied(sums.size(), bytes);
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

    private static long add(Path from, String name, TarArchiveOutputStream tar, Map<String, String> sums)
            throws IOException {
        long size = Files.size(from);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setModTime(Files.getLastModifiedTime(from));
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(from), sha256())) {
            tar.putArchiveEntry(entry);
            // A file that grows meanwhile is copied as long as it was.
            byte[] window = new byte[1 << 16];
            long left = size;
            while (left > 0) {
                int got = in.read(window, 0, (int) Math.min(window.length, left));
                if (got < 0) {
                    throw new LakeException(from + " became shorter while it was copied; run the backup again");
                }
                tar.write(window, 0, got);
                left -= got;
            }
            tar.closeArchiveEntry();
            sums.put(name, HexFormat.of().formatHex(in.getMessageDigest().digest()));
        }
        return size;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// Makes a home of an archive. Everything is unpacked beside it and checked first; then it gets its
    /// name.
    ///
    /// @throws LakeException if there is anything in the home, or the archive is damaged or none of ours
    public static Copied restore(Path file, Path home) throws IOException {
        Path target = home.toAbsolutePath().normalize();
        if (Files.exists(target)) {
            try (Stream<Path> inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new LakeException(home + " is not empty; restore into a new folder with --home DIR");
                }
            }
        }
        Path parent = target.getParent();
        Files.createDirectories(parent);
        Path beside = Files.createTempDirectory(parent, ".carom-restore");
        try {
            Copied copied = unpack(file, beside);
            Files.deleteIfExists(target);
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
            return copied;
        } finally {
            deleteTree(beside);
        }
    }

    private static Copied unpack(Path file, Path into) throws IOException {
        Map<String, String> sums = new TreeMap<>();
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
                    MessageDigest digest = sha256();
                    // Not closed: that would close the archive.
                    bytes += copy(new DigestInputStream(tar, digest), path);
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
        return new Copied(sums.size(), bytes);
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
