package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.IntelType;
import io.carom.intel.Tlp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Every byte of a package is looked at for everything of the other parties, by means of this test's own.
@Timeout(60)
class AdviceTellsOfNobodyElseTest {
    /// Whatever names the other client: each must be found nowhere, in any case.
    private static final List<String> OTHERS = List.of(
            "borealis",
            "boréalis",
            "borbank",
            "bor-dc1",
            "vault7",
            "svc-borpay",
            "bor-adm",
            "v-bor1",
            "ng-borealis",
            "lindqvist",
            "123 456",
            "11111111-2222",
            "10.40.",
            "10-40-",
            "198.51.100.",
            "2001:db8:40:",
            "10.1.8.",
            "kiwi",
            "10.70.",
            "acme-europe",
            "10.60.",
            "v-eur1",
            "ng-europe",
            "pay-batch-9",
            "10.1.7.");

    @TempDir
    Path home;

    private static String base64(String text, java.nio.charset.Charset charset) {
        return Base64.getEncoder().encodeToString(text.getBytes(charset));
    }

    /// Findings of acme that name others wherever a log or a rule can.
    private AdviceHome hostile() throws Exception {
        AdviceHome it = new AdviceHome(home);
        String path = "/srv/cases/borealis-bank/clients/borealis/bor-dc1.log";
        it.finding(
                "acme",
                "r1",
                "FS01 spoke with Borealis-Bank and borealisbank",
                "fs01",
                "eva",
                path,
                "GET http://www.BOREALIS.example/");
        it.finding(
                "acme",
                "r2",
                "A sign-in of BORBANK\\svc-borpay at fs01",
                "fs01",
                "BORBANK\\svc-borpay",
                "a.log",
                "user=svc-borpay");
        it.finding(
                "acme",
                "r3",
                "Mail to maria@mail-borealis.example from fs01",
                "fs01",
                "maria@borealis.example",
                "a.log",
                "rcpt maria@BOREALIS.EXAMPLE");
        it.finding(
                "acme",
                "r4",
                "B\u200Bo\u200Brealis, BORÉALIS and ｂｏｒｅａｌｉｓ on fs01",
                "fs01",
                "eva",
                "a.log",
                "b\u00ADorealis.example");
        it.finding(
                "acme",
                "r5",
                "Contact with 10.40.3.7, ip-10-40-3-8 and 9.3.40.10.in-addr.arpa",
                "fs01",
                "eva",
                "10.40.3.7",
                "a.log",
                "src=10.20.3.4 dst=10.40.3.7");
        it.finding(
                "acme",
                "r6",
                "2001:db8:40::7 and 198.51.100.9 and 198[.]51[.]100[.]10",
                "fs01",
                "eva",
                "198.51.100.9",
                "198.51.100.9.log",
                "dst=2001:DB8:40:0:0:0:0:7");
        it.finding(
                "acme",
                "r7",
                "PowerShell on fs01",
                "fs01",
                "eva",
                "a.log",
                "powershell -enc " + base64("copy \\\\bor-dc1\\c$ borealis.example", StandardCharsets.UTF_16LE));
        it.finding(
                "acme",
                "r8",
                "Encoded " + base64("to borealis.example", StandardCharsets.UTF_8),
                "fs01",
                "eva",
                "a.log",
                "u=%62orealis.example&v=\\u0062orealis&w=&#98;orealis&x="
                        + java.util.HexFormat.of().formatHex("borealis-bank".getBytes(StandardCharsets.UTF_8)));
        it.finding(
                "acme",
                "indicator:domain:securemail.borealis.example.evil-mail.test",
                "Known indicator seen: securemail.borealis.example.evil-mail.test",
                "fs01",
                "eva",
                "a.log",
                "q securemail.borealis.example.evil-mail.test");
        it.finding(
                "acme",
                "indicator:ip:203.0.113.9",
                "Known indicator seen: 203.0.113.9",
                "fs01",
                "eva",
                "203.0.113.9",
                "fw.log",
                "10.20.3.4 203.0.113.9 443");
        it.finding(
                "acme",
                "r9",
                "vault7 and pay-batch-9 asked for acme-europe's files, said Maria Lindqvist, +46 8 123 456",
                "fs01",
                "v-bor1",
                "a.log",
                "tenant 11111111-2222-3333-4444-555555555555");
        it.finding(
                "acme",
                "r10",
                "<script>alert(1)</script> from 10.1.8.4, 10.60.1.1 and 10.70.1.1 of kiwi over ng-borealis",
                "NG-DC1.northgate.example",
                "ng-admin7",
                "a.log",
                "10.1.5.5 to 10.20.3.4");
        it.finding("borealis-bank", "r1", "Something at pay-batch-9", "pay-batch-9", "ulla.berg", "b.log", "x");
        it.intel(IntelType.IP, "203.0.113.9", Tlp.GREEN, "", "borealis-bank", "seen at BOR-DC1 of Borealis");
        return it.investigated();
    }

    /// A file as bytes, and all that can be read out of it.
    private static List<String> readings(String name, byte[] bytes) throws IOException {
        List<String> all = new ArrayList<>();
        all.add(new String(bytes, StandardCharsets.UTF_8));
        all.add(new String(bytes, StandardCharsets.ISO_8859_1));
        if (name.endsWith(".pdf")) {
            try (PDDocument pdf = Loader.loadPDF(bytes)) {
                String text = new PDFTextStripper().getText(pdf);
                all.add(text);
                all.add(text.replaceAll("[\r\n]", ""));
                pdf.getDocument().getXrefTable().keySet().forEach(key -> {
                    try {
                        if (pdf.getDocument().getObjectFromPool(key).getObject() instanceof COSStream stream) {
                            try (InputStream in = stream.createInputStream()) {
                                all.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
                            }
                        }
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
            }
        }
        if (name.endsWith(".json")) {
            strings(new ObjectMapper().readTree(bytes), all);
        }
        if (name.endsWith(".html")) {
            all.add(org.jsoup.Jsoup.parse(new String(bytes, StandardCharsets.UTF_8))
                    .wholeText());
        }
        return all;
    }

    private static void strings(JsonNode node, List<String> into) {
        if (node.isString()) {
            into.add(node.asString());
        }
        node.forEach(child -> strings(child, into));
    }

    @Test
    void aPackageHoldsNothingOfTheOtherPartiesInAnyFile() throws Exception {
        Map<String, byte[]> files = hostile().files("acme");
        assertEquals(AdviceFiles.NAMES, List.copyOf(files.keySet()));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            for (String reading : readings(file.getKey(), file.getValue())) {
                String low = reading.toLowerCase(Locale.ROOT).replaceAll("[\u200B\u00AD]", "");
                for (String other : OTHERS) {
                    assertFalse(
                            low.contains(other), () -> file.getKey() + " holds " + other + ": " + around(low, other));
                }
                assertFalse(low.contains("ｂｏ"), file.getKey());
                assertFalse(
                        reading.contains(base64("borealis.example", StandardCharsets.UTF_16LE)
                                .substring(2, 12)),
                        file.getKey());
            }
        }
    }

    private static String around(String text, String part) {
        int at = text.indexOf(part);
        return text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 60));
    }

    @Test
    void whatIsTheClientsOwnIsStillTold() throws Exception {
        Advice advice = hostile().advice("acme");
        String page = new String(AdviceFiles.of(advice, audience()).get(AdviceFiles.PAGE), StandardCharsets.UTF_8);
        assertTrue(page.contains("203.0.113.9"), page);
        assertTrue(page.contains("fs01"), page);
        assertTrue(page.contains("northgate"), page);
        assertTrue(page.contains("10.20.3.4 203.0.113.9 443"), page);
        assertFalse(page.contains("<script>alert"), page);
        assertEquals(
                List.of("203.0.113.9"),
                advice.indicators().stream().map(s -> s.indicator().value()).toList());
        // Its source is another client: neither that nor what it said goes out.
        assertEquals("", advice.indicators().getFirst().indicator().facts().source());
        assertTrue(
                advice.unknown().stream().anyMatch(u -> u.startsWith("One more indicator")),
                advice.unknown()::toString);
    }

    private Audience audience() throws Exception {
        return new Audience(new AdviceHome(home).parties, "acme");
    }

    @Test
    void insideTheSupplierOnlyItsNameIsTold() throws Exception {
        Audience acme = audience();
        assertEquals(
                "[inside northgate] came in over 10.1.9.7 to 10.20.3.4",
                acme.text("10.1.5.5 came in over 10.1.9.7 to 10.20.3.4"));
        assertEquals(
                "[inside northgate] of northgate by ng-jump as v-acme1",
                acme.text("NG-DC1 of northgate by ng-jump as v-acme1"));
        assertTrue(acme.value("ng-admin7").isEmpty());
    }

    @Test
    void aNameWithinOnesOwnNameGivesNobodyAway() throws Exception {
        Audience europe = new Audience(new AdviceHome(home).parties, "acme-europe");
        assertEquals("acme-europe", europe.value("acme-europe").orElseThrow());
        assertEquals("acme-europe was told by [withheld]", europe.text("acme-europe was told by ACME"));
        assertTrue(europe.value("fs01.acme.example").isEmpty());
    }

    @Test
    void aPackageThatWouldTellOfOthersIsNotWritten() throws Exception {
        Advice good = hostile().advice("acme");
        Advice bad = new Advice(
                good.client(),
                good.made(),
                good.tlp(),
                good.sender(),
                good.contact(),
                "It was at Borealis too.",
                good.incidents(),
                good.indicators(),
                good.actions(),
                good.unknown(),
                good.reach());
        LeakException e = assertThrows(LeakException.class, () -> AdviceFiles.of(bad, audience()));
        assertTrue(String.valueOf(e.getMessage()).contains("\"borealis\" in advise.html"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("advise.pdf"), e.getMessage());
    }

    @Test
    void theSameHomeAsOfTheSameTimeGivesTheSameBytes() throws Exception {
        AdviceHome it = hostile();
        Map<String, byte[]> one = it.files("acme");
        Map<String, byte[]> two = it.files("acme");
        one.forEach((name, bytes) -> org.junit.jupiter.api.Assertions.assertArrayEquals(bytes, two.get(name), name));
    }
}
