package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/// Mails made to break who looks at them: judged, and what was not looked at is said.
class MailScannerBoundsTest {
    private static final String HEAD = "From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\n";
    private final MailScanner scanner = new MailScanner(MailScanner.Settings.DEFAULT);

    private MailVerdict scan(String mail) {
        return scanner.scan(mail.getBytes(StandardCharsets.ISO_8859_1), "", false);
    }

    private static boolean has(MailVerdict verdict, String reason) {
        return verdict.reasons().stream().anyMatch(s -> s.reason().id().equals(reason));
    }

    private static String attached(byte[] file, String name) {
        return HEAD + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee\n--b\n"
                + "Content-Type: application/zip\nContent-Disposition: attachment; filename=\"" + name
                + "\"\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(file) + "\n--b--\n";
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void aMailOfFiftyMegabytes() {
        StringBuilder mail = new StringBuilder(HEAD + "Content-Type: text/html\n\n<p>");
        while (mail.length() < 52 << 20) {
            mail.append("<a href=\"https://x.example/").append(mail.length()).append("\">word and word</a> ");
        }
        MailVerdict verdict = scan(mail.toString());
        assertTrue(verdict.cut().stream().anyMatch(c -> c.contains("50 MB")), verdict.cut()::toString);
        assertTrue(verdict.urls().size() <= 2_000);
    }

    @Test
    void aMailOfTenThousandParts() {
        StringBuilder mail = new StringBuilder(HEAD + "Content-Type: multipart/mixed; boundary=b\n\n");
        for (int i = 0; i < 11_000; i++) {
            mail.append("--b\nContent-Type: text/plain\n\npart\n");
        }
        MailVerdict verdict = scan(mail.append("--b--\n").toString());
        assertTrue(verdict.cut().stream().anyMatch(c -> c.contains("parts")), verdict.cut()::toString);
    }

    @Test
    void partsWithinPartsWithoutEnd() {
        StringBuilder mail = new StringBuilder(HEAD);
        for (int i = 0; i < 500; i++) {
            mail.append("Content-Type: multipart/mixed; boundary=b")
                    .append(i)
                    .append("\n\n--b")
                    .append(i)
                    .append('\n');
        }
        MailVerdict verdict = scan(mail.toString());
        assertTrue(verdict.cut().stream().anyMatch(c -> c.contains("nested")), verdict.cut()::toString);
    }

    @Test
    void archivesInArchivesAHundredDeep() throws IOException {
        byte[] file = "x".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100; i++) {
            file = zip("a" + i + ".zip", file);
        }
        MailVerdict verdict = scan(attached(file, "a.zip"));
        assertTrue(has(verdict, "file-deep"), verdict.reasons()::toString);
        assertTrue(verdict.isSuspicious());
    }

    @Test
    void aBomb() throws IOException {
        MailVerdict verdict = scan(attached(zip("zeros.txt", new byte[200 << 20]), "b.zip"));
        assertTrue(has(verdict, "file-bomb"), verdict.reasons()::toString);
    }

    @Test
    void aThousandMembersOfABombEach() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] inner = zip("zeros.txt", new byte[5 << 20]);
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < 1_000; i++) {
                zip.putNextEntry(new ZipEntry("m" + i + ".zip"));
                zip.write(inner);
                zip.closeEntry();
            }
        }
        assertTrue(has(scan(attached(bytes.toByteArray(), "b.zip")), "file-bomb"));
    }

    /// Held each against each, these would take minutes.
    @Test
    void thousandsOfReadersAndOfLongLinks() {
        StringBuilder mail = new StringBuilder("From: a@b.example\nSubject: x\n");
        for (String field : List.of("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")) {
            mail.append(field)
                    .append(": ")
                    .append(field.toLowerCase(java.util.Locale.ROOT))
                    .append("@c.example");
            for (int i = 0; i < 990; i++) {
                mail.append(",\n ")
                        .append(field, 0, 1)
                        .append("reader")
                        .append(i)
                        .append("@c.example");
            }
            mail.append('\n');
        }
        mail.append("Content-Type: text/html\n\n");
        for (int i = 0; i < 1_900; i++) {
            mail.append("<a href=\"https://x.example/")
                    .append(i)
                    .append("?r=eader@c.exampl".repeat(55))
                    .append("\">x</a>");
        }
        MailVerdict verdict = scan(mail.toString());
        assertTrue(verdict.to().size() > 4_000, "" + verdict.to().size());
        assertTrue(verdict.urls().size() > 1_800, "" + verdict.urls().size());
    }

    /// Expressions that run away on text made for them.
    @Test
    void textThatMakesExpressionsRunAway() {
        List<String> bodies = List.of(
                "1 2 3 4 5 6 7 8 9 0 ".repeat(5_000),
                "a.".repeat(50_000) + "@",
                "a@".repeat(50_000),
                "<a href=\"https://" + "a-.".repeat(2_000) + "\">" + "a.".repeat(20_000) + "</a>",
                "password".repeat(20_000),
                "https://x.example/" + "A1b2".repeat(2_000) + " ".repeat(1_000),
                "<div style=\"" + "font-size:".repeat(700) + "\">".repeat(300),
                "<div>".repeat(100_000),
                "=?utf-8?B?".repeat(5_000));
        for (String body : bodies) {
            assertNotNull(scan(HEAD + "Content-Type: text/html\n\n" + body));
            assertNotNull(scan("From: " + body + " <a@b.example>\nSubject: Fwd: " + body + "\n\n" + body));
        }
    }

    @Test
    void everyOddMailIsJudged() throws IOException {
        List<String> clean = new ArrayList<>();
        int replies = 0;
        int alarms = 0;
        int mails = 0;
        for (Map.Entry<String, byte[]> file : MailData.files("odd-mails.tar.gz").entrySet()) {
            if (!file.getKey().endsWith(".eml")) {
                continue;
            }
            mails++;
            MailVerdict verdict = scanner.scan(file.getValue(), "", false);
            assertTrue(verdict.score() >= 0 && verdict.score() <= 1, file.getKey());
            if (file.getKey().contains("talon-replies")) {
                replies++;
                alarms += verdict.isSuspicious() ? 1 : 0;
                clean.add(file.getKey() + " " + verdict.score());
            }
        }
        assertTrue(mails > 200, "" + mails);
        assertEquals(8, replies);
        assertEquals(0, alarms, clean::toString);
    }
}
