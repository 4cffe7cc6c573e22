package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    @TempDir
    Path dir;

    private static long rows(Path home) throws Exception {
        try (Lake lake = Lake.open(home);
                Connection c = lake.connect(Set.of("acme"), null);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("select count(*) from network_activity")) {
            assertEquals(List.of(), lake.verify().faults());
            r.next();
            return r.getLong(1);
        }
    }

    private void ingest(Path home, int first, int count) throws Exception {
        Path log = Files.writeString(dir.resolve("log" + first), LakeTest.log(first, count));
        Ingest.into(home, 32 << 10, "acme", List.of(log.toString()));
    }

    @Test
    void aHomeInUseIsCopiedAndGoesOnElsewhere() throws Exception {
        Path home = dir.resolve("h");
        ingest(home, 0, 3000);
        Files.writeString(home.resolve("carom.yaml"), "retention: []\n");
        Path file = dir.resolve("b.tar.zst");
        try (LakeWriter writer = Lake.writer(home)) {
            Backup.backup(home, file);
        }
        Path copy = dir.resolve("copy");
        Backup.restore(file, copy);
        assertEquals(3000, rows(copy));
        assertEquals("retention: []\n", Files.readString(copy.resolve("carom.yaml")));
        // What was kept is known there too, and the copy is written to.
        ingest(copy, 0, 3000);
        ingest(copy, 10_000, 500);
        assertEquals(3500, rows(copy));
        try (LakeWriter writer = Lake.writer(copy)) {
            assertFalse(new Upkeep(writer).compact(false).isEmpty());
        }
        assertEquals(3500, rows(copy));
        assertEquals(3000, rows(home));
    }

    private void more(Path home, int first) throws IOException {
        try {
            ingest(home, first, 10);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /// A copy may take hours. What goes on meanwhile is not in it, and takes nothing out of it.
    @Test
    void whatGoesOnMeanwhileTakesNothingOutOfTheCopy() throws Exception {
        Path home = dir.resolve("h");
        ingest(home, 0, 500);
        Path segment = Files.createDirectories(home.resolve("spool")).resolve("00000000000000000000.seg");
        Files.writeString(segment, "received");
        Path state = Files.createDirectories(home.resolve("live")).resolve("detection.state");
        Files.writeString(state, "as it was");
        Path file = dir.resolve("b.tar.zst");
        Backup.backup(home, file, () -> {
            // A table forgets its metadata of a few commits ago.
            for (int i = 1; i <= 8; i++) {
                more(home, i * 10_000);
            }
            Files.delete(segment);
            Path next = Files.writeString(state.resolveSibling("next"), "later");
            Files.move(next, state, StandardCopyOption.REPLACE_EXISTING);
        });
        assertEquals(580, rows(home));
        Path copy = dir.resolve("copy");
        Backup.restore(file, copy);
        assertEquals(500, rows(copy));
        assertEquals("received", Files.readString(copy.resolve("spool/00000000000000000000.seg")));
        assertEquals("as it was", Files.readString(copy.resolve("live/detection.state")));
        ingest(copy, 90_000, 100);
        assertEquals(600, rows(copy));
    }

    @Test
    void aLakeOnAnotherDiskIsCopiedThroughItsLink() throws Exception {
        Path home = dir.resolve("h");
        ingest(home, 0, 300);
        Path disk = Files.createDirectories(dir.resolve("disk"));
        Files.move(home.resolve("lake"), disk.resolve("lake"));
        Files.createSymbolicLink(home.resolve("lake"), disk.resolve("lake"));
        Path file = dir.resolve("b.tar.zst");
        Backup.backup(home, file);
        Path copy = dir.resolve("copy");
        Backup.restore(file, copy);
        ingest(copy, 10_000, 100);
        assertEquals(400, rows(copy));
        assertEquals(300, rows(home));
    }

    @Test
    void aHomeThatIsALinkToADiskIsFilledThere() throws Exception {
        Path home = dir.resolve("h");
        ingest(home, 0, 300);
        Files.writeString(home.resolve("layout.json"), "{\"layout\": 2}\n");
        Path file = dir.resolve("b.tar.zst");
        Backup.backup(home, file);
        Path disk = Files.createDirectories(dir.resolve("disk"));
        Files.createDirectory(disk.resolve("lost+found"));
        Path copy = Files.createSymbolicLink(dir.resolve("copy"), disk);
        Backup.restore(file, copy);
        assertTrue(Files.isSymbolicLink(copy));
        assertEquals(300, rows(disk));
        assertTrue(Files.exists(disk.resolve("layout.json")));
        try (Stream<Path> left = Files.list(disk)) {
            assertFalse(left.anyMatch(p -> p.getFileName().toString().startsWith(".carom")));
        }
        assertThrows(LakeException.class, () -> Backup.restore(file, copy));
    }

    /// A home has keys and hashes of passwords.
    @Test
    void anArchiveIsItsOwnersAndWhoMayReadWhatIsKept() throws Exception {
        Path home = Files.createDirectories(dir.resolve("h"));
        for (String name : List.of("rw-------", "rw-r--r--", "rw-r-----")) {
            Path one = Files.writeString(home.resolve(name), name);
            Files.setPosixFilePermissions(one, PosixFilePermissions.fromString(name));
        }
        Path file = dir.resolve("b.tar.zst");
        Backup.backup(home, file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Path copy = dir.resolve("copy");
        Backup.restore(file, copy);
        try (Stream<Path> all = Files.list(copy)) {
            for (Path one : all.toList()) {
                assertEquals(
                        one.getFileName().toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(one)));
            }
        }
        assertEquals("rw-------", Files.readString(copy.resolve("rw-------")));
    }

    @Test
    void aHomeThatIsMovedAgainAndAgainIsWrittenToWhereverItIs() throws Exception {
        Path home = dir.resolve("h");
        ingest(home, 0, 300);
        int rows = 300;
        // Also into a folder below the first place, and back to a place where it was.
        for (String place : List.of("second", "third", "h/lake/deep", "second", "h")) {
            Path next = dir.resolve(place);
            Files.createDirectories(next.getParent());
            for (Path empty : List.of(next.resolve("lake"), next)) {
                Files.deleteIfExists(empty);
            }
            Files.move(home, next);
            home = next;
            ingest(home, rows * 10, 200);
            rows += 200;
            assertEquals(rows, rows(home), place);
            try (LakeWriter writer = Lake.writer(home)) {
                assertFalse(new Upkeep(writer).compact(false).isEmpty());
            }
            assertEquals(rows, rows(home), place);
        }
    }

    @Test
    void nothingIsOverwrittenAndNothingDamagedIsRestored() throws Exception {
        Path home = dir.resolve("h");
        ingest(home, 0, 500);
        Path file = dir.resolve("b.tar.zst");
        Backup.backup(home, file);
        assertTrue(assertThrows(LakeException.class, () -> Backup.backup(home, file))
                .getMessage()
                .endsWith("is there already; name a new file"));
        assertTrue(assertThrows(LakeException.class, () -> Backup.restore(file, home))
                .getMessage()
                .endsWith("is not empty; restore into a new folder with --home DIR"));
        byte[] whole = Files.readAllBytes(file);
        for (int cut : new int[] {0, 1, 10, whole.length / 2, whole.length - 5, whole.length - 1}) {
            refused("cut at " + cut + " of " + whole.length, Arrays.copyOf(whole, cut));
        }
        // The frame's window size, byte 5, may be larger than needed; everything behind it is content.
        for (int at = 6; at < whole.length; at += Math.max(1, whole.length / 60)) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x10;
            refusedOrTheSame("byte " + at, flipped);
        }
        refused("text", "not an archive".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /// A few bits of a Zstandard frame decide nothing. An archive of which such a one was turned over
    /// unpacks to what it was made of, byte for byte, or it is refused.
    private void refusedOrTheSame(String what, byte[] archive) throws Exception {
        Path damaged = Files.write(dir.resolve("damaged.tar.zst"), archive);
        Path to = dir.resolve("to");
        try {
            Backup.restore(damaged, to);
        } catch (LakeException e) {
            refused(what, archive);
            return;
        }
        Path first = dir.resolve("first");
        Backup.restore(dir.resolve("b.tar.zst"), first);
        assertEquals(contents(first), contents(to), what);
        for (Path folder : List.of(first, to)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static java.util.Map<String, String> contents(Path folder) throws Exception {
        java.util.Map<String, String> contents = new java.util.TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                contents.put(
                        folder.relativize(path).toString(),
                        java.util.HexFormat.of()
                                .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                                        .digest(Files.readAllBytes(path))));
            }
        }
        return contents;
    }

    private void refused(String what, byte[] archive) throws Exception {
        Path damaged = Files.write(dir.resolve("damaged.tar.zst"), archive);
        Path to = dir.resolve("to");
        assertThrows(LakeException.class, () -> Backup.restore(damaged, to), what);
        assertFalse(Files.exists(to));
        try (Stream<Path> left = Files.list(dir)) {
            assertEquals(
                    List.of(),
                    left.filter(p -> p.getFileName().toString().startsWith(".carom"))
                            .toList());
        }
    }
}
