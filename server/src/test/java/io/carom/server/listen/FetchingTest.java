package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.carom.run.LiveFormats;
import jakarta.mail.Flags;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Listeners that fetch, and flows.
class FetchingTest {
    @TempDir
    Path folder;

    private Around around;

    @BeforeEach
    void around() {
        around = new Around(folder.resolve("home"));
    }

    private Listener start(String kind, String address, Map<String, String> more) throws Exception {
        return java.util.Objects.requireNonNull(Listeners.kind(kind))
                .start(Around.settings(kind, address, Map.of(), more), around.surrounding());
    }

    @Test
    void objectsAreTakenWholeOnceTheyAreQuiet() throws Exception {
        Path bucket = Files.createDirectories(folder.resolve("bucket/AWSLogs/2026"));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
            zip.write(
                    "{\"Records\":[{\"eventVersion\":\"1.08\",\n\"a\":1},{\"b\":2}]}".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(bucket.resolve("one.json.gz"), packed.toByteArray());
        Files.writeString(bucket.resolve("two.json.tmp"), "half");
        Map<String, String> more = Map.of("every", "30ms", "quiet", "200ms");
        try (Listener listener = start("objects", folder.resolve("bucket").toString(), more)) {
            Around.await("the first", () -> around.entries.size() == 1);
            assertEquals(
                    "{\"Records\":[{\"eventVersion\":\"1.08\",\n\"a\":1},{\"b\":2}]}",
                    new String(around.entries.getFirst().body(), StandardCharsets.UTF_8));
            assertEquals(LiveFormats.BY_CONTENT, around.entries.getFirst().format());
            Files.move(bucket.resolve("two.json.tmp"), bucket.resolve("two.json"));
            Around.await("the second", () -> around.entries.size() == 2);
            assertEquals(2, listener.counts().records.get());
        }
        Files.writeString(bucket.resolve("three.json"), "{\"c\":3}\n");
        try (Listener listener = start("objects", folder.resolve("bucket").toString(), more)) {
            Around.await("the third", () -> around.entries.size() == 3);
            Thread.sleep(200);
            assertEquals(3, around.entries.size(), "nothing is taken twice");
            assertEquals(1, listener.counts().records.get());
        }
    }

    private static MimeMessage mail(String subject) throws Exception {
        return new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(("From: a@example.org\r\nTo: phish@example.com\r\nSubject: " + subject
                                + "\r\nMessage-ID: <" + subject + "@example.org>\r\n\r\nClick http://evil.example/"
                                + subject + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void reportedMailsAreFetchedEachOnceAndStayWhereTheyAre() throws Exception {
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP));
        server.start();
        try {
            GreenMailUser user = server.setUser("phish@example.com", "phish", "secret");
            MailFolder inbox = server.getManagers().getImapHostManager().getInbox(user);
            inbox.appendMessage(mail("first"), new Flags(), new Date());
            Path password = Files.writeString(folder.resolve("password"), "secret\n");
            String address = "imap://127.0.0.1:" + server.getImap().getPort() + "/INBOX";
            Map<String, String> more = Map.of("user", "phish", "password-file", password.toString(), "every", "50ms");
            try (Listener listener = start("mailbox", address, more)) {
                Around.await("the first: " + around.notes, () -> around.entries.size() == 1);
                inbox.appendMessage(mail("second"), new Flags(), new Date());
                Around.await("the second", () -> around.entries.size() == 2);
                assertEquals(2, listener.counts().records.get());
            }
            try (Listener listener = start("mailbox", address, more)) {
                inbox.appendMessage(mail("third"), new Flags(), new Date());
                Around.await("the third", () -> around.entries.size() == 3);
                Thread.sleep(200);
                assertEquals(1, listener.counts().records.get());
            }
            assertEquals(3, around.entries.size());
            String first = new String(around.entries.getFirst().body(), StandardCharsets.US_ASCII);
            assertTrue(first.contains("Subject: first\r\n") && first.contains("http://evil.example/first"), first);
            assertEquals("eml", around.entries.getFirst().format());
            assertEquals(3, inbox.getMessageCount());
            assertEquals(List.of(), around.notes);
        } finally {
            server.stop();
        }
    }

    @Test
    void aMailboxThatDoesNotAnswerIsToldOnceAndTriedAgain() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "secret");
        Map<String, String> more = Map.of("user", "phish", "password-file", password.toString(), "every", "20ms");
        try (Listener listener = start("mailbox", "imap://127.0.0.1:1/INBOX", more)) {
            Around.await("it is told", () -> !around.notes.isEmpty());
            Thread.sleep(200);
            assertEquals(1, around.notes.size(), around.notes.toString());
            assertEquals(0, listener.counts().records.get());
        }
    }

    @Test
    void flowsOfARealExporterAreRecords() throws Exception {
        Path softflowd = Path.of("/usr/sbin/softflowd");
        assumeTrue(Files.exists(softflowd), "softflowd is not installed");
        Path pcap = Files.write(folder.resolve("flows.pcap"), capture(40));
        for (String version : List.of("5", "9", "10")) {
            around.entries.clear();
            try (Listener listener = start("netflow", "127.0.0.1:0", Map.of())) {
                Process process = new ProcessBuilder(
                                softflowd.toString(),
                                "-r",
                                pcap.toString(),
                                "-n",
                                "127.0.0.1:" + Around.port(listener),
                                "-v",
                                version,
                                "-d")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                assertEquals(0, process.waitFor(), "softflowd -v " + version);
                Around.await("flows of version " + version, () -> !around.entries.isEmpty());
                Around.await(
                        "all of them: " + around.records().size(),
                        () -> around.records().size() >= 40);
                String first = around.records().getFirst();
                assertTrue(first.contains("\"version\":" + version + ","), first);
                assertTrue(first.contains("\"192.0.2.1\""), first);
                int at = first.indexOf("\"start\":\"") + 9;
                java.time.Instant start = java.time.Instant.parse(first.substring(at, first.indexOf('"', at)));
                long off = java.time.Duration.between(java.time.Instant.parse("2026-11-29T12:00:00Z"), start)
                        .abs()
                        .toSeconds();
                // The capture is older than the exporter's own uptime, which therefore wraps.
                assertTrue(off < 60, "version " + version + " is off by " + off + " s: " + first);
                assertEquals(0, listener.counts().refused.get());
            }
        }
    }

    /// A capture of so many connections of one packet each (libpcap's format, Ethernet, IPv4, TCP with SYN).
    private static byte[] capture(int connections) {
        ByteBuffer out = ByteBuffer.allocate(24 + connections * 70);
        out.putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(65_535)
                .putInt(1);
        int time = (int) java.time.Instant.parse("2026-11-29T12:00:00Z").getEpochSecond();
        for (int i = 0; i < connections; i++) {
            out.putInt(time + i).putInt(0).putInt(54).putInt(54);
            out.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).putShort((short) 0x0800);
            out.put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) 40)
                    .putInt(i)
                    .put((byte) 64)
                    .put((byte) 6)
                    .putShort((short) 0);
            out.put(new byte[] {(byte) 192, 0, 2, 1, (byte) 198, 51, 100, (byte) i});
            out.putShort((short) (10_000 + i)).putShort((short) 443).putInt(1).putInt(0);
            out.put((byte) 0x50).put((byte) 2).putShort((short) 1024).putInt(0);
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void setsWhoseTemplateDoesNotComeAreCountedAsDropped() throws Exception {
        ByteBuffer out = ByteBuffer.allocate(20 + 600 * 8);
        out.putShort((short) 9)
                .putShort((short) 600)
                .putInt(0)
                .putInt(1_700_000_000)
                .putInt(1)
                .putInt(1);
        for (int i = 0; i < 600; i++) {
            out.putShort((short) (256 + i)).putShort((short) 8).putInt(i);
        }
        try (Listener listener = start("netflow", "127.0.0.1:0", Map.of());
                DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(
                    out.array(), out.capacity(), InetAddress.ofLiteral("127.0.0.1"), Around.port(listener)));
            Around.await("those beyond 512 are", () -> listener.counts().dropped.get() == 88);
        }
    }

    @Test
    void aLinkToNothingOrANameOfTwoLinesKeepsNoOtherFileFromBeingTaken() throws Exception {
        Path bucket = Files.createDirectories(folder.resolve("bucket"));
        Files.createSymbolicLink(bucket.resolve("a"), bucket.resolve("not there"));
        Files.writeString(bucket.resolve("b\nb.json"), "{\"b\":1}\n");
        Files.writeString(bucket.resolve("c.json"), "{\"c\":1}\n");
        Map<String, String> more = Map.of("every", "20ms", "quiet", "50ms");
        try (Listener listener = start("objects", bucket.toString(), more)) {
            Around.await("both: " + around.notes, () -> around.entries.size() == 2);
            Around.await("it is told", () -> !around.notes.isEmpty());
            Thread.sleep(200);
            assertEquals(1, around.notes.size(), around.notes.toString());
            assertTrue(around.notes.getFirst().contains("a link to nothing"), around.notes.toString());
            assertEquals(2, listener.counts().records.get());
        }
        Path kept = folder.resolve("home/live/fetched-objects.txt");
        Files.writeString(kept, Files.readString(kept) + "no number\tx\n\nhalf a li");
        try (Listener listener = start("objects", bucket.toString(), more)) {
            Files.writeString(bucket.resolve("d.json"), "{\"d\":1}\n");
            Around.await("the new one", () -> around.entries.size() == 3);
            assertEquals(1, listener.counts().records.get());
        }
    }

    @Test
    void filesThatAreGoneAreForgottenOnceTheyAreMany() throws Exception {
        Path bucket = Files.createDirectories(folder.resolve("bucket"));
        Files.writeString(bucket.resolve("new.json"), "{\"a\":1}\n");
        Path kept = folder.resolve("home/live/fetched-objects.txt");
        Files.createDirectories(kept.getParent());
        StringBuilder gone = new StringBuilder("0\t\n");
        for (int i = 0; i < 10_050; i++) {
            gone.append(Long.MAX_VALUE).append("\tgone").append(i).append("|1|1\n");
        }
        Files.writeString(kept, gone);
        Map<String, String> more = Map.of("every", "20ms", "quiet", "50ms");
        try (Listener listener = start("objects", bucket.toString(), more)) {
            Around.await("the new one", () -> around.entries.size() == 1);
            Around.await("it is written without them", () -> kept.toFile().length() < 1000);
            assertEquals(1, listener.counts().records.get());
        }
        assertTrue(Files.readString(kept).contains("\tnew.json|8|"), Files.readString(kept));
    }

    @Test
    void aPacketThatIsNoFlowIsCountedAndTheNextIsTaken() throws Exception {
        try (Listener listener = start("netflow", "127.0.0.1:0", Map.of());
                DatagramSocket socket = new DatagramSocket()) {
            byte[] garbage = new byte[200];
            socket.send(new DatagramPacket(
                    garbage, garbage.length, InetAddress.ofLiteral("127.0.0.1"), Around.port(listener)));
            Around.await("it is counted", () -> listener.counts().refused.get() == 1);
            assertEquals(List.of(), around.notes);
        }
    }
}
