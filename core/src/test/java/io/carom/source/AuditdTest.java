package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

/// How the records of an event are joined, and that none is lost.
class AuditdTest {
    private static String call(long millis, int serial, int pid) {
        return head("SYSCALL", millis, serial)
                + "arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=1" + " ppid=1 pid=" + pid
                + " auid=1000 uid=1000 euid=1000 tty=pts0 ses=3 comm=\"id\" exe=\"/usr/bin/id\" key=(null)";
    }

    private static String head(String type, long millis, int serial) {
        return "type=" + type + " msg=audit(" + millis / 1000 + "." + String.format("%03d", millis % 1000) + ":"
                + serial + "): ";
    }

    private static String args(long millis, int serial, String... args) {
        StringBuilder line = new StringBuilder(head("EXECVE", millis, serial) + "argc=" + args.length);
        for (int i = 0; i < args.length; i++) {
            line.append(" a").append(i).append("=\"").append(args[i]).append('"');
        }
        return line.toString();
    }

    private static String title(long millis, int serial) {
        return head("PROCTITLE", millis, serial) + "proctitle=6964002D75";
    }

    private static ReadEvents read(String... lines) {
        return ReadEvents.of("audit.log", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static final long T = 1_551_675_967_000L;

    @Test
    void recordsThatStandMixedAreJoinedAndKeepTheirOwnLines() {
        ReadEvents read = read(
                call(T, 1, 10),
                call(T + 1, 2, 20),
                args(T, 1, "id", "-u"),
                args(T + 1, 2, "id", "-g"),
                title(T + 1, 2),
                title(T, 1));
        assertEquals(2, read.events().size());
        assertEquals(
                String.join("\n", call(T, 1, 10), args(T, 1, "id", "-u"), title(T, 1)),
                read.natives().get(0));
        assertEquals(
                String.join("\n", call(T + 1, 2, 20), args(T + 1, 2, "id", "-g"), title(T + 1, 2)),
                read.natives().get(1));
        assertTrue(
                read.events().get(0).contains("\"cmd_line\":\"id -u\""),
                read.events().get(0));
        assertTrue(
                read.events().get(1).contains("\"cmd_line\":\"id -g\""),
                read.events().get(1));
    }

    @Test
    void theSameSerialOfTwoHostsIsTwoEvents() {
        ReadEvents read = read(
                "node=a " + call(T, 1, 10),
                "node=b " + call(T, 1, 20),
                "node=a " + title(T, 1),
                "node=b " + title(T, 1));
        assertEquals(2, read.events().size());
        assertTrue(read.events().get(0).contains("\"hostname\":\"a\""));
        assertTrue(read.events().get(1).contains("\"hostname\":\"b\""));
    }

    @Test
    void anEventWhoseEndIsMissingEndsWhenTheLogIsTwoSecondsOn() {
        ReadEvents read =
                read(call(T, 1, 10), args(T, 1, "id"), call(T + 2001, 2, 20), args(T, 1, "late"), title(T + 2001, 2));
        assertEquals(3, read.events().size());
        assertTrue(read.events().get(0).contains("\"cmd_line\":\"id\""));
        assertTrue(
                read.events().get(2).contains("\"message\":\"late\""),
                read.events().get(2));
    }

    @Test
    void otherLinesBetweenAreReadAsWhatTheyAre() {
        String header = "Mar  4 05:06:07 web1 audispd: ";
        ReadEvents read = read(
                header + call(T, 1, 10),
                "Mar  4 05:06:10 web1 sshd[312]: Failed password for root from 203.0.113.44 port 4711 ssh2",
                header + title(T, 1),
                header + call(T + 1, 2, 10));
        assertEquals(List.of("auditd", "auth-log", "auditd"), read.sources());
        assertEquals(
                header + call(T, 1, 10) + "\n" + header + title(T, 1),
                read.natives().getFirst());
    }

    @Test
    void everyLineOfALongLogIsInExactlyOneEvent() {
        // Three blocks of events whose records stand mixed at random, over the blocks' borders too.
        Random random = new Random(5);
        List<String> lines = new ArrayList<>();
        List<List<String>> open = new ArrayList<>();
        int serial = 0;
        int size = 0;
        while (size < 3 * InputReader.BLOCK) {
            if (open.size() < 12) {
                serial++;
                long at = T + serial;
                open.add(new ArrayList<>(
                        List.of(call(at, serial, serial), args(at, serial, "id", "-" + serial), title(at, serial))));
            }
            List<String> from = open.get(random.nextInt(open.size()));
            String line = from.removeFirst();
            open.removeIf(List::isEmpty);
            lines.add(line);
            size += line.length() + 1;
        }
        open.forEach(lines::addAll);
        ReadEvents read = read(lines.toArray(String[]::new));
        assertEquals(serial, read.events().size());
        assertEquals(serial, read.result().records());
        List<String> kept = new ArrayList<>();
        for (String record : read.natives()) {
            kept.addAll(record.lines().toList());
        }
        assertEquals(lines.size(), kept.size());
        assertEquals(lines.stream().sorted().toList(), kept.stream().sorted().toList());
    }

    @Test
    void aLogThatGrewGivesTheSameEventsUnderTheSameNumbers() {
        List<String> lines = List.of(
                call(T, 1, 10), call(T + 1, 2, 20), title(T + 1, 2), args(T, 1, "id"), title(T, 1), call(T + 2, 3, 30));
        List<String> whole = read(lines.toArray(String[]::new)).natives();
        for (int cut = 1; cut < lines.size(); cut++) {
            List<String> before =
                    read(lines.subList(0, cut).toArray(String[]::new)).natives();
            for (int i = 0; i < before.size(); i++) {
                assertEquals(
                        whole.get(i).lines().findFirst(), before.get(i).lines().findFirst());
            }
        }
    }

    @Test
    void endlessOpenEventsAreReadInConstantMemory() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            lines.add(call(T, i, i));
        }
        lines.add(title(T, 0));
        ReadEvents read = read(lines.toArray(String[]::new));
        assertEquals(20_001, read.events().size());
    }

    @Test
    void addressesOfSixGroupsAreWrittenShort() {
        byte[] raw = new byte[16];
        assertEquals("::", AuditEvents.ipv6(raw, 0));
        raw[15] = 1;
        assertEquals("::1", AuditEvents.ipv6(raw, 0));
        raw[0] = 0x20;
        raw[1] = 1;
        assertEquals("2001::1", AuditEvents.ipv6(raw, 0));
        raw[8] = 1;
        assertEquals("2001::100:0:0:1", AuditEvents.ipv6(raw, 0));
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xFF;
        mapped[12] = (byte) 192;
        mapped[14] = 2;
        mapped[15] = 7;
        assertEquals("192.0.2.7", AuditEvents.ipv6(mapped, 0));
    }

    @Test
    void callsAreNamedByMachineAndNumber() {
        assertEquals("execve", LinuxSyscalls.name("c000003e", 59));
        assertEquals("openat2", LinuxSyscalls.name("c000003e", 437));
        assertEquals("execve", LinuxSyscalls.name("40000003", 11));
        assertEquals("execve", LinuxSyscalls.name("c00000b7", 221));
        assertEquals("clone3", LinuxSyscalls.name("c00000b7", 435));
        assertEquals(null, LinuxSyscalls.name("c000003e", 400));
        assertEquals(null, LinuxSyscalls.name("80000016", 11));
    }

    /// A capture by others: `dd` that pads a file.
    @Test
    void aRealCaptureIsOneStartOfAProcess() throws IOException {
        String folder = System.getProperty("carom.data");
        Path tar = Path.of(folder == null ? "" : folder, "captures/security-datasets.tar");
        if (System.getenv("CI") == null) {
            assumeTrue(folder != null && Files.exists(tar), "real captures are not here");
        }
        byte[] log = null;
        try (TarArchiveInputStream in = new TarArchiveInputStream(Files.newInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().endsWith("sh_binary_padding_dd.zip")) {
                    log = unzipped(in);
                }
            }
        }
        assertTrue(log != null, "the capture is in the archive");
        ReadEvents read = ReadEvents.of("audit.log", log);
        assertEquals(1, read.events().size());
        assertEquals(List.of(), read.rejects());
        String event = read.events().getFirst();
        assertTrue(event.contains("\"class_uid\":1007"), event);
        assertTrue(event.contains("\"cmd_line\":\"dd if=/dev/zero bs=1 count=1\""), event);
        assertTrue(event.contains("\"parent_process\":{\"pid\":29002}"), event);
        assertTrue(event.contains("\"path\":\"/bin/dd\""), event);
    }

    private static byte[] unzipped(InputStream in) throws IOException {
        ZipInputStream zip = new ZipInputStream(in);
        zip.getNextEntry();
        return zip.readAllBytes();
    }

    /// A long argument comes in parts; a line may hold many.
    @Test
    void anArgumentOfManyPartsTakesMemoryByItsLength() throws IOException {
        int parts = 20_000;
        StringBuilder exec = new StringBuilder(head("EXECVE", 1_551_675_967_123L, 7))
                .append("argc=2 a0=\"sh\" a1_len=")
                .append(2 * parts);
        for (int i = 0; i < parts; i++) {
            exec.append(" a1[").append(i).append(i % 2 == 0 ? "]=61" : "]=\"b\"");
        }
        byte[] log = (call(1_551_675_967_123L, 7, 2) + "\n" + exec + "\n").getBytes(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        int[] arena = new int[1];
        new InputReader(Sources.installed(), null)
                .read(
                        new ByteArrayInputStream(log),
                        new InputContext("audit.log", ZoneOffset.UTC, ReadEvents.REFERENCE),
                        new EventBatch(1 << 12),
                        (batch, records) -> {
                            arena[0] = Math.max(arena[0], batch.arena().length);
                            for (int row = 0; row < batch.rows(); row++) {
                                lines.add(batch.text(Attribute.of("process.cmd_line"), row));
                            }
                            return batch;
                        });
        assertEquals(List.of("sh " + "ab".repeat(parts / 2)), lines);
        assertTrue(arena[0] < 16 << 20, arena[0] + " bytes");
    }
}
