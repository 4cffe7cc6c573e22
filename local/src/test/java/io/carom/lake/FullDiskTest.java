package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
    @TempDir
    Path dir;

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFullDiskIsToldInOneLineAndWithRoomEachRecordIsThereOnce() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "a disk of 1 MB cannot be mounted here");
        try {
            List<String> logs = new java.util.ArrayList<>();
            for (int i = 0; i < 12; i++) {
                logs.add(Files.writeString(dir.resolve(i + ".log"), LakeTest.log(i * 10_000, 6_000))
                        .toString());
            }
            Path home = disk.resolve("home");
            IOException e = assertThrows(IOException.class, () -> Ingest.into(home, 256 << 10, "acme", logs));
            String message = String.valueOf(e.getMessage());
            assertTrue(
                    message.startsWith("the disk is full") && message.endsWith("Free space and run it again"), message);
            assertEquals(1, message.lines().count());
            assertTrue(run("mount", "-o", "remount,size=64m", disk.toString()));
            Ingest.into(home, 256 << 10, "acme", logs);
            try (Lake lake = Lake.open(home);
                    Connection c = lake.connect(Set.of("acme"), null);
                    Statement s = c.createStatement();
                    ResultSet r = s.executeQuery("select count(*), count(distinct metadata.uid),"
                            + " (select count(distinct (input, record)) from rejects), (select count(*) from rejects)"
                            + " from network_activity")) {
                assertEquals(List.of(), lake.verify().faults());
                r.next();
                assertEquals(72_000, r.getLong(1));
                assertEquals(72_000, r.getLong(2));
                assertEquals(7_200, r.getLong(3));
                assertEquals(7_200, r.getLong(4));
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }
}
