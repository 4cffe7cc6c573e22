package io.carom.intelstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.Gathered;
import io.carom.intel.IntelDocument;
import io.carom.intel.ThreatIndicator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Advisories as PDF and HTML: what is read out of them, and what is refused.
@Timeout(60)
class AdvisoryDocumentsTest {
    private static Gathered read(byte[] bytes, String name, boolean unsure) throws IOException {
        Gathered into = new Gathered();
        IntelDocument.read(new ByteArrayInputStream(bytes), name, false, unsure, into);
        return into;
    }

    private static Map<String, String> places(Gathered read) {
        Map<String, String> places = new TreeMap<>();
        for (ThreatIndicator one : read.indicators()) {
            places.put(one.value(), one.facts().origin());
        }
        return places;
    }

    private static byte[] pdf(List<List<String>> pages) throws IOException {
        try (PDDocument document = new PDDocument()) {
            document.setDocumentId(1L);
            for (List<String> lines : pages) {
                PDPage page = new PDPage();
                document.addPage(page);
                try (PDPageContentStream out = new PDPageContentStream(document, page)) {
                    out.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 11);
                    out.beginText();
                    out.newLineAtOffset(50, 700);
                    for (String line : lines) {
                        out.showText(line);
                        out.newLineAtOffset(0, -20);
                    }
                    out.endText();
                }
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        }
    }

    private static final List<List<String>> ADVISORY = List.of(
            List.of("Advisory", "The intruder used hxxp://evil[.]example/login and 203[.]0[.]113[.]9."),
            List.of("Hash: d41d8cd98f00b204e9800998ecf8427f", "See vendor.example/advisory and www.vendor.example"));

    @Test
    void ofAPdfThatIsTakenWhichIsCertainWithPageAndLine() throws Exception {
        Gathered read = read(pdf(ADVISORY), "a.pdf", false);
        assertEquals(List.of(), read.faults());
        assertEquals(
                Map.of(
                        "evil.example/login", "a.pdf, page 1, line 2",
                        "203.0.113.9", "a.pdf, page 1, line 2",
                        "d41d8cd98f00b204e9800998ecf8427f", "a.pdf, page 2, line 1"),
                places(read));
        assertEquals(2, read.left().size(), read.left()::toString);
        assertEquals(5, read(pdf(ADVISORY), "a.pdf", true).indicators().size());
    }

    @Test
    void ofAPageThatIsTakenWhichIsShownWithItsLine() throws Exception {
        String page = """
                <!doctype html><html><head><title>x</title><script>var c2="198.51.100.66"</script>
                <style>a{background:url(http://198.51.100.67/)}</style></head><body>
                <h1>Advisory</h1>
                <!-- 198.51.100.68 -->
                <table><tr><td>203.0.113[.]9</td><td>evil<b>[.]</b>example</td></tr></table>
                <p>Written by <a href="http://198.51.100.69/">vendor.example</a>, read
                more&nbsp;at hxxps://bad[.]example/a?b=1&amp;c=2</p>
                </body></html>
                """;
        Gathered read = read(page.getBytes(StandardCharsets.UTF_8), "a.html", false);
        assertEquals(
                Map.of(
                        "203.0.113.9",
                        "a.html, line 5",
                        "evil.example",
                        "a.html, line 5",
                        "bad.example/a?b=1&c=2",
                        "a.html, line 6"),
                places(read));
        assertEquals(1, read.left().size(), read.left()::toString);
    }

    @Test
    void theMarkingOfADocumentIsThatOfAllThatItNames() throws Exception {
        Gathered read = read(pdf(List.of(List.of("TLP:RED", "Advisory"), ADVISORY.get(0))), "a.pdf", false);
        assertEquals(2, read.indicators().size());
        for (ThreatIndicator one : read.indicators()) {
            assertEquals(io.carom.intel.Tlp.RED, one.facts().tlp());
        }
    }

    @Test
    void whereAWordMayBeBrokenItIsWhole() throws Exception {
        String page =
                "<!doctype html><html><body><p>It asked very&shy;long&#8203;name<wbr>[.]example.</p></body></html>";
        assertEquals(
                java.util.Set.of("verylongname.example"),
                places(read(page.getBytes(StandardCharsets.UTF_8), "a.html", false))
                        .keySet());
    }

    private static String refusal(byte[] bytes) throws IOException {
        Gathered read = read(bytes, "bad.pdf", true);
        assertEquals(List.of(), read.indicators());
        assertEquals(1, read.faults().size(), read.faults()::toString);
        return read.faults().getFirst();
    }

    private static byte[] deflated(byte[] bytes, int times) {
        Deflater deflater = new Deflater(9);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        for (int i = 0; i < times; i++) {
            deflater.setInput(bytes);
            while (!deflater.needsInput()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        return out.toByteArray();
    }

    /// A document of one page whose content is this stream.
    private static byte[] withContent(byte[] stream, String filter) {
        String head =
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                        + "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length "
                        + stream.length + "/Filter" + filter + ">>stream\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(stream);
        out.writeBytes("\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF".getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }

    @Test
    void aStreamThatUnpacksToMuchIsRefusedUnread() throws Exception {
        byte[] bomb = deflated(new byte[1 << 20], 200);
        assertTrue(bomb.length < 1 << 20, "a bomb is small");
        assertEquals("bad.pdf: a part of it unpacks to more than 64 MB", refusal(withContent(bomb, "/FlateDecode")));
    }

    @Test
    void whatIsPackedWithinPackedIsCountedToo() throws Exception {
        byte[] inner = deflated(new byte[1 << 20], 200);
        assertEquals(
                "bad.pdf: a part of it unpacks to more than 64 MB",
                refusal(withContent(deflated(inner, 1), "[/FlateDecode/FlateDecode]")));
        byte[] deep =
                deflated(deflated(deflated(deflated("x".repeat(100).getBytes(StandardCharsets.UTF_8), 1), 1), 1), 1);
        assertEquals(
                "bad.pdf: it is packed within packed within packed",
                refusal(withContent(deep, "[/FlateDecode/FlateDecode/FlateDecode/FlateDecode]")));
    }

    @Test
    void oldPackingOfMuchIsRefusedAlsoUnderAnEscapedName() throws Exception {
        byte[] much = new byte[300 << 10];
        assertTrue(refusal(withContent(much, "/LZWDecode")).contains("old way (LZW)"));
        assertTrue(refusal(withContent(much, "/L#5aWDec#6fde")).contains("old way (LZW)"));
    }

    @Test
    void aLockedDocumentSaysSo() throws Exception {
        byte[] locked;
        try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage());
            document.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            locked = bytes.toByteArray();
        }
        assertEquals("bad.pdf: it is locked with a password; save it without", refusal(locked));
    }

    @Test
    void aPageThatCallsItselfEndlesslyEnds() throws Exception {
        String form = "q /F Do /F Do Q";
        String text =
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                        + "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>/Contents 5 0 R>>endobj\n"
                        + "4 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>/Length "
                        + form.length()
                        + ">>stream\n" + form
                        + "\nendstream endobj\n5 0 obj<</Length 5>>stream\n/F Do\nendstream endobj\n"
                        + "trailer<</Root 1 0 R>>\n%%EOF";
        assertTrue(refusal(text.getBytes(StandardCharsets.ISO_8859_1)).contains("call each other more often"));
    }

    @Test
    void pagesBeyondAllMeasureAreRefused() throws Exception {
        assertEquals(
                "bad.pdf: it has 2001 pages; at most 2000 are read. Split it",
                refusal(pdf(java.util.Collections.nCopies(2_001, List.of()))));
    }

    @Test
    void brokenDocumentsAreRefusedInALineAndNeverThrow() throws Exception {
        byte[] good = pdf(ADVISORY);
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            byte[] bad = good.clone();
            int flips = 1 + random.nextInt(40);
            for (int f = 0; f < flips; f++) {
                bad[5 + random.nextInt(bad.length - 5)] = (byte) random.nextInt(256);
            }
            byte[] cut = java.util.Arrays.copyOf(bad, 5 + random.nextInt(bad.length - 5));
            for (byte[] one : List.of(bad, cut)) {
                Gathered read = read(one, "bad.pdf", true);
                for (String fault : read.faults()) {
                    assertEquals(1, fault.lines().count(), fault);
                    assertTrue(fault.startsWith("bad.pdf: "), fault);
                }
            }
        }
        assertTrue(refusal("%PDF-1.4 nothing".getBytes(StandardCharsets.UTF_8)).startsWith("bad.pdf: it "));
        // A cross-reference table that leads nowhere is built again from the objects.
        String text =
                new String(good, StandardCharsets.ISO_8859_1).replaceFirst("startxref\n\\d+", "startxref\n99999999");
        assertEquals(
                5,
                read(text.getBytes(StandardCharsets.ISO_8859_1), "a.pdf", true)
                        .indicators()
                        .size());
    }

    @Test
    void aPageNestedWithoutEndIsReadOrRefusedInALine() throws Exception {
        String page = "<html><body>" + "<div>".repeat(20_000) + "203.0.113[.]9" + "</body></html>";
        Gathered read = read(page.getBytes(StandardCharsets.UTF_8), "deep.html", false);
        assertTrue(
                read.faults().isEmpty() && read.indicators().size() == 1
                        || read.faults()
                                .equals(List.of("deep.html: it is no page that can be read; save it as text (.md)")),
                read.faults()::toString);
    }
}
