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
        String mail = "From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\n"
                + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + text
                + "\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''"
                + java.net.URLEncoder.encode(file.name, StandardCharsets.UTF_8).replace("+", "%20")
                + "\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(file.latin1.getBytes(StandardCharsets.ISO_8859_1))
                + "\n--b--\n";
        MailVerdict verdict =
                new MailScanner(MailScanner.Settings.DEFAULT).scan(mail.getBytes(StandardCharsets.UTF_8), "", false);
        return verdict.reasons().stream().map(s -> s.reason().id()).toList();
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
        List<String> missed = new ArrayList<>();
        kinds.forEach((file, reason) -> {
            List<String> seen = reasons(file, "see");
            if (!seen.contains(reason)) {
                missed.add(file.name + ": " + seen + " without " + reason);
            }
        });
        assertEquals(List.of(), missed);
    }

    @Test
    void aPdfThatOnlyShowsSomethingIsNone() {
        List<String> seen = reasons(new File("a.pdf", "%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n%%EOF"), "see");
        assertTrue(seen.stream().noneMatch(r -> r.startsWith("file-")), seen::toString);
    }
}
