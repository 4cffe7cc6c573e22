package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.IndicatorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class IndicatorValueTest {
    private static String of(String text) {
        return IndicatorValue.of(text)
                .map(t -> t.type().label() + " " + t.value())
                .orElse("");
    }

    private static String typed(IndicatorType type, String text) {
        return IndicatorValue.typed(type, text).map(IndicatorValue.Typed::value).orElse("");
    }

    @Test
    void waysToWriteThatNobodyFollowsAreUndoneInAnyCaseAndBracket() {
        assertEquals("domain evil.example", of("evil[DOT]example"));
        assertEquals("domain evil.example", of("evil{dot}example"));
        assertEquals("domain evil.example", of("evil[.example"));
        assertEquals("email a@b.example", of("a(@)b[.]example"));
        assertEquals("email a@b.example", of("a{AT}b{.}example"));
        assertEquals("url evil.example/a", of("hxxps(:)//evil(.)example/a"));
        assertEquals("url evil.example/a", of("hXXps[://]evil[.]example[/]a"));
        assertEquals("ip 2001:db8::1", of("2001[:]db8::1"));
    }

    @Test
    void whatNobodySeesIsNoPartOfAValue() {
        assertEquals("domain evil.example", of("\u00A0evil\u200B.exam\u00ADple\uFEFF\u2003"));
        assertEquals("hash " + "ab".repeat(16), of("\u200B" + "ab".repeat(16) + "\u00A0"));
        // Of a file's name it may be the trick.
        assertEquals("a\u200B.exe", typed(IndicatorType.FILE_NAME, "a\u200B.exe"));
    }

    @Test
    void aBackslashBeforeAFullStopIsPartOfAPath() {
        assertEquals(".hidden.exe", typed(IndicatorType.FILE_NAME, "C:\\temp\\.hidden.exe"));
        assertEquals("report.exe", typed(IndicatorType.FILE_NAME, "report[.]exe"));
        assertEquals("evil.example", typed(IndicatorType.DOMAIN, "evil\\.example"));
    }

    @Test
    void aHostWithAPortOrAnAddressAndAPathIsAUrl() {
        assertEquals("url evil.example:8080/gate.php", of("evil.example:8080/gate.php"));
        assertEquals("url 203.0.113.9/gate.php", of("203.0.113.9/gate.php"));
        assertEquals("url 203.0.113.9:8080/", of("203.0.113.9:8080/"));
        assertEquals("cidr 203.0.113.0/24", of("203.0.113.0/24"));
        assertEquals("", of("203.0.113.0/33"));
        assertEquals("", of("203.0.113.0/255.255.255.0"));
        assertEquals("", of("203.0.113.9:443/tcp"));
        assertEquals("", of("999.1.1.1/x"));
    }

    @Test
    void anAddressOfMailIsTakenOutOfWhatStandsAroundIt() {
        assertEquals("email a@b.example", of("mailto:a@b.example?subject=x"));
        assertEquals("a@b.example", typed(IndicatorType.EMAIL, "A Name <a@b.example>"));
        assertEquals("", of("git@vendor.example:group/project"));
    }

    @Test
    void aFingerprintInPairsIsAHash() {
        assertEquals("hash " + "ab".repeat(20), of("AB:".repeat(19) + "AB"));
        assertEquals("ab".repeat(32), typed(IndicatorType.HASH, "ab ".repeat(31) + "ab"));
        assertEquals("", of("00:11:22:33:44:55"));
    }

    @Test
    void namesOfScriptsWithMarksUponLettersAreNames() {
        assertEquals(
                "domain xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g",
                of("\u0909\u0926\u093E\u0939\u0930\u0923.\u092A\u0930\u0940\u0915\u094D\u0937\u093E"));
    }

    @Test
    @Timeout(20)
    void giantWordsAreNoValuesAndTakeNoTime() {
        assertEquals("", of("a.".repeat(500_000) + "example"));
        assertEquals("", of(":".repeat(500_000) + "z"));
        assertEquals("", of("[".repeat(500_000)));
        assertEquals("", typed(IndicatorType.DOMAIN, "a.".repeat(500_000) + "example"));
    }
}
