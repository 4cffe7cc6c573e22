package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.identity.Members;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an attacker tries over SMTP: each is refused and stands in the audit log, and no mail comes of it.
final class AttackTest {
    private static final String EVA = "eva@northgate.example";
    private static final String TOM = "tom@northgate.example";

    @TempDir
    static Path folder;

    private static TestNetwork net;

    @BeforeAll
    static void start() throws IOException {
        net = new TestNetwork(folder, "northgate.example");
        net.join("eva");
        net.join("tom");
    }

    @AfterAll
    static void stop() throws IOException {
        net.close();
    }

    private static int accepted() throws IOException {
        return net.audit("mail.accepted").size();
    }

    private static byte[] good() throws IOException {
        return net.mail("eva", "as it should be", net.certificate("tom"));
    }

    @Test
    void aStrangerGetsNothingIn() throws Exception {
        int before = accepted();
        try (Talker smtp = new Talker(net.ports().submission(), null)) {
            smtp.expect("220 ");
            smtp.say("EHLO relay.example", "250 ");
            smtp.say("MAIL FROM:<" + EVA + ">", "530 5.7.0 ");
            smtp.say("RCPT TO:<" + TOM + ">", "503 ");
            smtp.say("DATA", "503 ");
            smtp.say("AUTH EXTERNAL =", "535 ");
        }
        assertTrue(net.audit("signin.refused").stream().anyMatch(d -> d.contains("no certificate was shown")));
        assertTrue(net.audit("mail.refused").stream().anyMatch(d -> d.contains("sign in first")));
        assertEquals(before, accepted());
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused(@TempDir Path other) throws Exception {
        MailAuthority foreign = MailAuthority.create(other, "northgate.example", Instant.now());
        var pair = Network.rsa();
        var own = new Authority.Issued(
                foreign.member(new Address("eva", "northgate.example"), "Eva", pair.getPublic(), Instant.now()),
                pair.getPrivate());
        for (int port : new int[] {
            net.ports().submission(), net.ports().imap(), net.ports().federation()
        }) {
            assertThrows(IOException.class, () -> {
                try (Talker talker = new Talker(port, own)) {
                    assertNotNull(talker.line());
                }
            });
        }
        TestNetwork.until(
                "refusals",
                () -> net.audit("connection.refused").stream()
                                .filter(d -> d.contains("another authority"))
                                .count()
                        >= 2);
    }

    @Test
    void anExpiredCertificateIsRefused(@TempDir Path home) throws Exception {
        AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
        try (TestNetwork old = new TestNetwork(
                home,
                "old.example",
                UnaryOperator.identity(),
                () -> Instant.now().plus(later.get()))) {
            old.join("eva");
            later.set(Duration.ofDays(398));
            assertThrows(IOException.class, () -> old.submission("eva"));
            TestNetwork.until(
                    "the refusal",
                    () -> old.audit("connection.refused").stream().anyMatch(d -> d.contains("it expired")));
        }
    }

    @Test
    void olderTlsAndPlainTextAreNoBeginning() throws Exception {
        assertThrows(IOException.class, () -> new Talker(net.ports().submission(), null, "127.0.0.1", "TLSv1.2"));
        for (int port : new int[] {
            net.ports().submission(), net.ports().imap(), net.ports().federation()
        }) {
            try (Socket plain = new Socket("127.0.0.1", port)) {
                plain.setSoTimeout(20_000);
                plain.getOutputStream()
                        .write("EHLO x\r\nSTARTTLS\r\nMAIL FROM:<eva@northgate.example>\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                byte[] answer = plain.getInputStream().readAllBytes();
                // At most an alert of TLS: no word of SMTP or IMAP is said in the clear.
                assertTrue(answer.length < 10, new String(answer, StandardCharsets.ISO_8859_1));
            } catch (java.net.SocketException e) {
                // Hung up on.
            }
        }
        try (Talker smtp = net.submission("eva")) {
            smtp.say("STARTTLS", "503 ");
        }
    }

    @Test
    void whatIsReadableIsRefused() throws Exception {
        int before = accepted();
        String sealed = new String(good(), StandardCharsets.ISO_8859_1);
        String head = "From: " + EVA + "\r\n";
        String body = sealed.substring(sealed.indexOf("\r\n\r\n") + 4);
        String smime = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n";
        String pgp = "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n";
        String version = "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n";
        // A literal packet, an encrypted one without integrity, one without session keys.
        String literal = armour(new byte[] {(byte) 0xcb, 8, 'b', 0, 0, 0, 0, 0, 'h', 'i'});
        String weak = armour(packets(1, 40, 9, 400));
        String toNobody = armour(packets(18, 400));
        List<String> readable = new ArrayList<>(List.of(
                head + "\r\nplain text",
                head,
                head + "Content-Type: text/html\r\n\r\n<b>plain</b>",
                head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nplain\r\n--b\r\n" + smime + body
                        + "\r\n--b--",
                head + smime + "VGhpcyBpcyBwbGFpbiB0ZXh0IGluIEJhc2U2NA==",
                head + smime + body + "\r\nand more in plain",
                head + smime + "plain ahead\r\n" + body,
                head + smime + body.replaceFirst("\r\n", "\r\n!see you at nine!\r\n"),
                head + smime.replace("base64", "7bit") + "plain",
                head + "Content-Type: text/plain\r\n" + smime + body,
                head + pgp + "plain ahead\r\n" + version + armour(packets(1, 40, 18, 400)) + "--b--\r\n",
                head + pgp + version + armour(packets(1, 40, 18, 400)) + "--b--\r\nplain behind",
                head + pgp + version + armour(packets(1, 40, 18, 400)) + "--b\r\n\r\nplain\r\n--b--\r\n",
                head + pgp + version + literal + "--b--\r\n",
                head + pgp + version + weak + "--b--\r\n",
                head + pgp + version + toNobody + "--b--\r\n",
                head + pgp + version + "plain\r\n--b--\r\n",
                head + pgp + "--b--\r\n",
                head + "Content-Type: multipart/encrypted; boundary=b\r\n\r\nplain",
                head + "Content-Type: multipart/signed; boundary=b\r\n\r\nplain"));
        try (Talker smtp = net.submission("eva")) {
            int n = 0;
            for (String mail : readable) {
                String reply = smtp.mail(EVA, mail.getBytes(StandardCharsets.ISO_8859_1), TOM);
                assertTrue(
                        reply.startsWith("550 5.7.10 only encrypted mail")
                                || reply.equals("550 5.6.0 it has more than one content-type"),
                        n + ": " + reply);
                n++;
                if (n % 10 == 0) {
                    // Refusals are counted against the session too.
                    break;
                }
            }
        }
        try (Talker smtp = net.submission("eva")) {
            for (String mail : readable.subList(10, readable.size())) {
                String reply = smtp.mail(EVA, mail.getBytes(StandardCharsets.ISO_8859_1), TOM);
                assertTrue(reply.startsWith("550 5.7.10 only encrypted mail"), mail + "\n" + reply);
            }
        }
        assertEquals(before, accepted());
        assertTrue(net.audit("mail.refused").stream().anyMatch(d -> d.contains("only encrypted mail")));
    }

    @Test
    void openPgpIsTaken() throws Exception {
        String mail = "From: " + EVA + "\r\nContent-Type: multipart/encrypted;\r\n boundary=b;\r\n"
                + " protocol=\"application/pgp-encrypted\"\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
                + "Version: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n"
                + armour(packets(1, 268, 18, 5_000)) + "\r\n--b--\r\n";
        try (Talker smtp = net.submission("eva")) {
            String reply = smtp.mail(EVA, mail.getBytes(StandardCharsets.US_ASCII), TOM);
            assertTrue(reply.startsWith("250 "), reply);
        }
    }

    /// Thunderbird and GPGTools write one sentence ahead of the parts; no other may stand there.
    @Test
    void whatProgramsWriteAheadOfOpenPgpIsTaken() throws Exception {
        String mail = "From: " + EVA + "\r\nContent-Type: multipart/encrypted;\r\n boundary=b;\r\n"
                + " protocol=\"application/pgp-encrypted\"\r\n\r\n%s\r\n--b\r\n"
                + "Content-Type: application/pgp-encrypted\r\nContent-Description: PGP/MIME version identification\r\n"
                + "\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
                + "Content-Description: OpenPGP encrypted message\r\n"
                + "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n"
                + armour(packets(1, 268, 18, 5_000)) + "\r\n--b--\r\n";
        try (Talker smtp = net.submission("eva")) {
            for (String ahead : List.of(
                    "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)",
                    "This is an OpenPGP/MIME encrypted message (RFC 2440 and 3156)")) {
                String reply = smtp.mail(EVA, mail.formatted(ahead).getBytes(StandardCharsets.US_ASCII), TOM);
                assertTrue(reply.startsWith("250 "), reply);
            }
            String more = "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156) see you at nine";
            String reply = smtp.mail(EVA, mail.formatted(more).getBytes(StandardCharsets.US_ASCII), TOM);
            assertTrue(reply.contains("something stands ahead of its parts"), reply);
        }
    }

    /// Packets of these kinds and lengths, with random content.
    private static byte[] packets(int... kindsAndLengths) {
        var out = new java.io.ByteArrayOutputStream();
        var random = new java.util.Random(7);
        for (int i = 0; i < kindsAndLengths.length; i += 2) {
            out.write(0xc0 | kindsAndLengths[i]);
            int length = kindsAndLengths[i + 1];
            out.write(255);
            out.writeBytes(java.nio.ByteBuffer.allocate(4).putInt(length).array());
            byte[] content = new byte[length];
            random.nextBytes(content);
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    private static String armour(byte[] packets) {
        return "-----BEGIN PGP MESSAGE-----\r\n\r\n"
                + java.util.Base64.getMimeEncoder(64, new byte[] {'\r', '\n'}).encodeToString(packets)
                + "\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n";
    }

    @Test
    void aReadableTextWhereTheCipherBelongsIsNoticed() throws Exception {
        byte[] text =
                "All of this can be read by anybody on its way. ".repeat(80).getBytes(StandardCharsets.US_ASCII);
        byte[] packets = packets(1, 40, 18, 1);
        byte[] fake = java.util.Arrays.copyOf(packets, packets.length - 5 + 4 + text.length);
        System.arraycopy(java.nio.ByteBuffer.allocate(4).putInt(text.length).array(), 0, fake, packets.length - 5, 4);
        System.arraycopy(text, 0, fake, packets.length - 1, text.length);
        String mail = "From: " + EVA + "\r\nContent-Type: multipart/encrypted; boundary=b;"
                + " protocol=\"application/pgp-encrypted\"\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
                + "Version: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n" + armour(fake)
                + "--b--\r\n";
        try (Talker smtp = net.submission("eva")) {
            String reply = smtp.mail(EVA, mail.getBytes(StandardCharsets.US_ASCII), TOM);
            assertTrue(reply.contains("what should be encrypted in it is not"), reply);
        }
    }

    @Test
    void aMailThatItsRecipientCannotReadIsReturnedAtOnce() throws Exception {
        try (Talker smtp = net.submission("eva")) {
            String reply = smtp.mail(EVA, net.mail("eva", "wrong key", net.certificate("eva")), TOM);
            assertTrue(reply.startsWith("550 5.7.5 it is not encrypted to the key that " + TOM), reply);
        }
    }

    @Test
    void anothersNameIsRefusedInEveryField() throws Exception {
        int before = accepted();
        String sealed = new String(good(), StandardCharsets.ISO_8859_1);
        String rest = sealed.substring(sealed.indexOf("\r\n") + 2);
        List<String> spoofs = List.of(
                "From: " + TOM + "\r\n",
                "From: Eva <" + EVA + ">, Tom <" + TOM + ">\r\n",
                "From: " + EVA + "\r\nFrom: " + TOM + "\r\n",
                "From: \"" + TOM + "\" <" + EVA + ">\r\n",
                "From: <" + EVA + ">" + " <" + TOM + ">\r\n",
                "From: " + EVA + "\r\nSender: " + TOM + "\r\n",
                "From: " + EVA + "\r\nResent-From: " + TOM + "\r\n",
                "From: " + EVA + "\r\nReply-To: eva@evil.example\r\n",
                "From : " + TOM + "\r\nFrom: " + EVA + "\r\n",
                "From:\r\n " + TOM + "\r\n",
                "From: (" + EVA + ") " + TOM + "\r\n",
                "From: board: " + EVA + ", " + TOM + ";\r\n",
                "",
                "From: eva@northgate.example.\r\n",
                "From: eva@northgate.examp\u00ac\u00a1e\r\n");
        for (List<String> half : List.of(spoofs.subList(0, 8), spoofs.subList(8, spoofs.size()))) {
            try (Talker smtp = net.submission("eva")) {
                smtp.say("MAIL FROM:<" + TOM + ">", "550 5.7.1 ");
                smtp.say("MAIL FROM:<>", "553 ");
                for (String head : half) {
                    String reply = smtp.mail(EVA, (head + rest).getBytes(StandardCharsets.ISO_8859_1), TOM);
                    assertTrue(reply.startsWith("550 5.7.1 its ") || reply.startsWith("550 5.6.0 "), head + reply);
                }
            }
        }
        assertEquals(before, accepted());
    }

    @Test
    void aNameThatReadsAsAnothersAddressIsRefused() throws Exception {
        int before = accepted();
        String sealed = new String(good(), StandardCharsets.ISO_8859_1);
        String rest = sealed.substring(sealed.indexOf("\r\n") + 2);
        String wide = new String(
                "\"tom\uff20northgate.example\"".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String angle = " <" + EVA + ">\r\n";
        try (Talker smtp = net.submission("eva")) {
            for (String head : List.of(
                    "From: =?utf-8?Q?tom=40northgate.example?=" + angle,
                    "From: =?UTF-8?b?dG9tQG5vcnRoZ2F0ZS5leGFtcGxl?=" + angle,
                    "From: =?iso-8859-1*en?q?Tom_=5Btom=40northgate.example=5D?=" + angle,
                    "From: " + wide + angle,
                    "From: \"" + EVA + " " + TOM + "\"" + angle,
                    "From: \"x" + EVA + "\"" + angle,
                    "From: =?x-unheard-of?q?tom?=" + angle,
                    "From: " + EVA + " (" + TOM + ")\r\n",
                    "From: " + EVA + "\r\nMail-Followup-To: eva@evil.example\r\n",
                    "From: " + EVA + "\r\nDisposition-Notification-To: <eva@evil.example>\r\n")) {
                String reply = smtp.mail(EVA, (head + rest).getBytes(StandardCharsets.ISO_8859_1), TOM);
                assertTrue(reply.startsWith("550 5.7.1 its ") || reply.startsWith("550 5.6.0 its "), head + reply);
            }
            assertEquals(before, accepted());
            for (String head : List.of(
                    "From: \"" + EVA + "\"" + angle,
                    "From: " + EVA + " (Eva, at work)\r\n",
                    "From: =?utf-8?Q?Eva_M=C3=BCller_=28Eva=40Northgate.example=29?=" + angle,
                    "From: " + EVA + "\r\nMail-Followup-To: " + EVA + ", " + TOM + "\r\n")) {
                String reply = smtp.mail(EVA, (head + rest).getBytes(StandardCharsets.ISO_8859_1), TOM);
                assertTrue(reply.startsWith("250 "), head + reply);
            }
        }
    }

    @Test
    void aSignInThatIsCalledOffIsNoTry() throws Exception {
        try (Talker smtp = new Talker(net.ports().submission(), null)) {
            smtp.expect("220 ");
            smtp.say("EHLO x", "250 ");
            for (int i = 0; i < 5; i++) {
                smtp.say("AUTH PLAIN", "334 ");
                smtp.say("*", "501 5.7.0 ");
            }
            smtp.say("NOOP", "250 ");
        }
    }

    @Test
    void nothingIsRelayedInThirtyWays() throws Exception {
        int before = accepted();
        List<String> ways = List.of(
                "<victim@evil.example>",
                "<victim@localhost>",
                "<victim@127.0.0.1>",
                "<victim@[127.0.0.1]>",
                "<victim@[192.0.2.1]>",
                "<victim%evil.example@northgate.example>",
                "<victim@evil.example@northgate.example>",
                "<\"victim@evil.example\"@northgate.example>",
                "<\"victim@evil.example\">",
                "<evil.example!victim>",
                "<evil.example!victim@northgate.example>",
                "<@northgate.example:victim@evil.example>",
                "<@evil.example,@northgate.example:victim@evil.example>",
                "<victim@evil.example@[127.0.0.1]>",
                "<victim>",
                "<>",
                "victim@evil.example",
                "<tom@northgate.example.evil.example>",
                "<tom@sub.northgate.example>",
                "<tom@northgate.example.>",
                "<tom+x@northgate.example>",
                "<postmaster>",
                "<postmaster@evil.example>",
                "<tom@northgate.example> NOTIFY=SUCCESS ORCPT=rfc822;victim@evil.example",
                "<tom@northgate.example,victim@evil.example>",
                "<tom@northgate.example> <victim@evil.example>",
                "<|/bin/sh@northgate.example>",
                "</etc/passwd@northgate.example>",
                "<tom@northg\u00e0te.example>",
                "<tom@xn--northgte-4wa.example>");
        for (int i = 0; i < ways.size(); i += 10) {
            try (Talker smtp = net.submission("eva")) {
                smtp.say("MAIL FROM:<" + EVA + ">", "250 ");
                for (String way : ways.subList(i, i + 10)) {
                    smtp.send("RCPT TO:" + way + "\r\n");
                    String reply = smtp.line();
                    assertTrue(reply.startsWith("5"), way + ": " + reply);
                }
                smtp.say("DATA", "503 ");
            }
        }
        assertEquals(before, accepted());
    }

    @Test
    void anEndThatOthersMightTakeForOneIsNone() throws Exception {
        int before = accepted();
        byte[] outer = good();
        String inner = "MAIL FROM:<" + TOM + ">\r\nRCPT TO:<" + EVA + ">\r\nDATA\r\nFrom: " + TOM + "\r\n\r\nsmuggled";
        List<String> ends = List.of(
                "\n.\n",
                "\n.\r\n",
                "\r\n.\n",
                "\r.\r",
                "\r.\r\n",
                "\r\n.\r",
                "\n.\r",
                "\r.\n",
                "\r\n\0.\r\n",
                "\r\n.\0\r\n",
                "\r\r\n.\r\r\n",
                "\n\r\n.\n\r\n",
                "\r\n.\r\r\n");
        for (String end : ends) {
            try (Talker smtp = net.submission("eva")) {
                smtp.say("MAIL FROM:<" + EVA + ">", "250 ");
                smtp.say("RCPT TO:<" + TOM + ">", "250 ");
                smtp.say("DATA", "354 ");
                smtp.send(outer);
                smtp.send(end + inner + "\r\n.\r\n");
                String reply = smtp.line();
                assertTrue(reply.startsWith("550 5.6.0 "), reply);
                // Nothing after it is a command any more.
                assertTrue(smtp.isHungUp());
            }
        }
        assertEquals(before, accepted());
        assertTrue(net.audit("mail.refused").stream().anyMatch(d -> d.contains("without a carriage return")));
    }

    @Test
    void aFullStopThatBeginsALineStaysOne() throws Exception {
        String sealed =
                new String(good(), StandardCharsets.ISO_8859_1).replaceFirst("\r\n", "\r\nX-Note: a\r\n ..b\r\n");
        try (Talker smtp = net.submission("eva")) {
            String reply = smtp.mail(EVA, sealed.getBytes(StandardCharsets.ISO_8859_1), TOM);
            assertTrue(reply.startsWith("250 "), reply);
        }
    }

    /// RFC 5321, 4.5.3.1.6: the full stop that is put ahead of one does not count.
    @Test
    void theLongestLineMayBeginWithAFullStop() throws Exception {
        String sealed = new String(good(), StandardCharsets.ISO_8859_1);
        try (Talker smtp = net.submission("eva")) {
            String longest = sealed.replaceFirst("\r\n", "\r\n..X: " + "a".repeat(994) + "\r\n");
            String reply = smtp.mail(EVA, longest.getBytes(StandardCharsets.ISO_8859_1), TOM);
            assertTrue(reply.startsWith("250 "), reply);
            String longer = sealed.replaceFirst("\r\n", "\r\n..X: " + "a".repeat(995) + "\r\n");
            reply = smtp.mail(EVA, longer.getBytes(StandardCharsets.ISO_8859_1), TOM);
            assertTrue(reply.startsWith("550 5.6.0 it has a line of more than 998 bytes"), reply);
        }
    }

    @Test
    void commandsCannotBePutIntoCommands() throws Exception {
        int before = accepted();
        for (String line : List.of(
                "MAIL FROM:<eva@northgate.example\nRCPT TO:<tom@northgate.example>\r\n",
                "MAIL FROM:<eva@northgate.example>\rRCPT TO:<tom@northgate.example>\r\n",
                "MAIL FROM:<eva@northgate.example>\0\r\n",
                "NOOP\n",
                "EHLO " + "x".repeat(2_000) + "\r\n")) {
            try (Talker smtp = net.submission("eva")) {
                smtp.send(line);
                assertTrue(smtp.line().startsWith("500 5.5.2 "));
                assertTrue(smtp.isHungUp());
            }
        }
        try (Talker smtp = net.submission("eva")) {
            smtp.send("MAIL FROM:<" + EVA + ">\r\nRCPT TO:<" + TOM + ">\r\nDATA\r\nFrom: x\r\n\r\nahead\r\n.\r\n");
            smtp.expect("250 2.1.0 ");
            smtp.expect("250 2.1.5 ");
            smtp.expect("503 5.5.1 DATA stands alone");
            assertTrue(smtp.isHungUp());
        }
        try (Talker smtp = new Talker(net.ports().submission(), null)) {
            smtp.expect("220 ");
            smtp.send("POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<" + EVA + ">\r\n");
            smtp.expect("421 ");
            assertTrue(smtp.isHungUp());
        }
        try (Talker smtp = new Talker(net.ports().submission(), null)) {
            smtp.expect("220 ");
            int said = 0;
            for (String reply = ""; reply != null && said < 100; said++) {
                smtp.send("NONSENSE\r\n");
                reply = smtp.line();
                if (reply != null && reply.startsWith("421")) {
                    break;
                }
            }
            assertTrue(said < 20, "nonsense goes on for " + said);
        }
        assertEquals(before, accepted());
    }

    @Test
    void whatIsTooLargeIsRefused(@TempDir Path home) throws Exception {
        UnaryOperator<NetworkSettings> small = s -> new NetworkSettings(
                s.domain(),
                s.host(),
                s.listen(),
                s.ports(),
                new NetworkSettings.Limits(20_000, 2, 3, 30_000, 100, 50),
                s.retention());
        try (TestNetwork little = new TestNetwork(home, "northgate.example", small, java.time.InstantSource.system())) {
            little.join("eva");
            little.join("tom");
            try (Talker smtp = little.submission("eva")) {
                smtp.say("MAIL FROM:<" + EVA + "> SIZE=20001", "552 5.3.4 ");
                byte[] large = little.mail("eva", "x".repeat(20_000), little.certificate("tom"));
                assertTrue(smtp.mail(EVA, large, TOM).startsWith("552 5.3.4 "));
                byte[] header = ("From: " + EVA + "\r\n" + "X-Y: z\r\n".repeat(501) + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
                assertTrue(smtp.mail(EVA, header, TOM).startsWith("552 5.3.4 "));
                smtp.say("MAIL FROM:<" + EVA + ">", "250 ");
                smtp.say("RCPT TO:<" + EVA + ">", "250 ");
                smtp.say("RCPT TO:<" + TOM + ">", "250 ");
                smtp.say("RCPT TO:<carom@northgate.example>", "452 4.5.3 ");
                smtp.say("RSET", "250 ");
                byte[] mail = little.mail("eva", "x".repeat(4_000), little.certificate("tom"));
                assertTrue(smtp.mail(EVA, mail, TOM).startsWith("250 "));
                assertTrue(smtp.mail(EVA, mail, TOM).startsWith("250 "));
                String third = smtp.mail(EVA, mail, TOM);
                assertTrue(third.startsWith("250 ") || third.startsWith("452 4.2.2 the mailbox of " + TOM), third);
                String fourth = smtp.mail(EVA, mail, TOM);
                assertTrue(fourth.startsWith("451 4.7.1 ") || fourth.startsWith("452 4.2.2 "), fourth);
            }
        }
    }

    @Test
    void whoKnocksOftenFillsNoLog() throws Exception {
        int before = net.audit("signin.refused").size();
        for (int i = 0; i < 30; i++) {
            try (Talker smtp = new Talker(net.ports().submission(), null, "127.0.0.9", "TLSv1.3")) {
                smtp.expect("220 ");
                smtp.say("EHLO x", "250 ");
                smtp.say("MAIL FROM:<" + EVA + ">", "530 ");
            }
        }
        long written = net.audit("mail.refused").stream()
                .filter(d -> d.contains("127.0.0.9"))
                .count();
        // One minute or two may have begun in between.
        assertTrue(written >= 20 && written <= 40 && written < 31, "written: " + written);
        assertTrue(net.audit("signin.refused").size() - before <= 20);
    }

    @Test
    void anInvitationIsNotGuessed() throws Exception {
        Members.Invitation real = net.network.members().invite(net.address("una"), "Una", false, Duration.ofHours(1));
        String link = net.network.link(real, net.ports().members());
        String wrong = link.replace(real.code(), "A".repeat(27));
        IOException refused = assertThrows(
                IOException.class, () -> io.carom.mailnet.enrol.Membership.join(wrong, folder.resolve("guess")));
        assertTrue(refused.getMessage().contains("unknown, used or expired"), refused.getMessage());
        assertTrue(net.audit("invitation.refused").stream().anyMatch(d -> d.contains("unknown")));
    }

    @Test
    void whoGuessesInvitationsOftenFillsNoLog(@TempDir Path home) throws Exception {
        try (TestNetwork quiet = new TestNetwork(home, "northgate.example")) {
            Members.Invitation real =
                    quiet.network.members().invite(quiet.address("una"), "Una", false, Duration.ofHours(1));
            String link = quiet.network.link(real, quiet.ports().members());
            java.security.KeyPair pair = Network.rsa();
            for (int i = 0; i < 60; i++) {
                String wrong = link.replace(real.code(), "A".repeat(25) + (10 + i));
                Path guess = home.resolve("guess" + i);
                assertThrows(IOException.class, () -> io.carom.mailnet.enrol.Membership.join(wrong, guess, pair));
            }
            int written = quiet.audit("invitation.refused").size();
            // One minute or two may have begun in between.
            assertTrue(written >= 10 && written <= 40, "written: " + written);
        }
    }
}
