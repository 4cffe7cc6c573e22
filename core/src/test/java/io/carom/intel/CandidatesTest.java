package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CandidatesTest {
    private static List<String> of(String text) {
        return Candidates.of(text, "a.md").stream()
                .map(c -> c.certain() + " " + c.indicator().type().label() + " "
                        + c.indicator().value())
                .toList();
    }

    @Test
    void aPortBehindAndALabelBeforeAreNoPartOfTheValue() {
        assertEquals(List.of("true ip 203.0.113.9"), of("203.0.113[.]9:81"));
        assertEquals(List.of("true ip 203.0.113.9"), of("`++203.0.113[.]9:733++`"));
        assertEquals(List.of("true domain evil.example"), of("|evil[.]example:3928 |RAT"));
        assertEquals(List.of("true url evil.example:15363/a"), of("`++http://evil[.]example:15363/a++`"));
        assertEquals(List.of("true ip 203.0.113.9"), of("C2:203.0.113.9:443/tcp,"));
        assertEquals(List.of("true hash " + "ab".repeat(32)), of("SHA256:" + "AB".repeat(32)));
        assertEquals(List.of("true hash " + "ab".repeat(16)), of("MD5=" + "ab".repeat(16) + ";"));
        assertEquals(List.of("true domain evil.example"), of("*.evil[.]example and _evil[.]example_"));
    }

    @Test
    void fullStopsInBracketsMayStandAlone() {
        assertEquals(List.of("true domain www.evil.example"), of("It asked www [.] evil [dot] example for work."));
        assertEquals(List.of("true email boss@lure.example"), of("from boss(@)lure(.)example"));
        assertEquals(List.of("true domain evil.example"), of("\uFF08evil[.]example\uFF09\u3002"));
    }

    @Test
    void defangedFilesAreFilesAndNoDomains() {
        assertEquals(List.of("false file-name invoice.exe"), of("The mail holds invoice[.]exe"));
        assertEquals(List.of("true domain update.zip"), of("and leads to update[.]zip"));
        assertEquals(List.of("false domain bank.pl"), of("of bank.pl and a.dll"));
    }

    @Test
    void versionsAndAddressesThatAreNobodysAreNotCertain() {
        assertEquals(
                List.of("false ip 7.0.0.1", "false ip 7.0.0.2", "false ip 7.0.0.3", "true ip 203.0.113.9"),
                of("versions: 7.0.0.1, fixed in v. 7.0.0.2 (build=7.0.0.3); not at 203.0.113.9"));
        assertEquals(
                List.of("false ip 127.0.0.1", "false ip 10.0.0.5", "false ip 255.255.255.0", "false ip 8.8.8.8"),
                of("127.0.0.1 10[.]0[.]0[.]5 255.255.255.0 8.8.8.8"));
    }

    @Test
    void aStateOfAProgramsSourceIsNoFile() {
        String sha1 = "ab".repeat(20);
        assertEquals(List.of("false hash " + sha1), of("It was mended by commit `" + sha1 + "`."));
        assertEquals(List.of("true hash " + sha1), of("It was committed, sample " + sha1));
    }

    @Test
    void ofALongLineIsShownWhatStandsAround() {
        Candidates.Candidate one = Candidates.of("word ".repeat(200) + "evil[.]example" + " more".repeat(200), "a.md")
                .getFirst();
        assertTrue(one.context().contains("word evil[.]example more"), one.context());
        assertTrue(one.context().length() <= 162, one.context());
    }

    @Test
    @Timeout(60)
    void aGiantLineIsReadInTheTimeOfItsLength() {
        StringBuilder line = new StringBuilder(" ");
        for (int i = 0; i < 200_000; i++) {
            line.append(String.format(Locale.ROOT, "11.%d.%d.%d ", i >> 16, i >> 8 & 255, i & 255));
        }
        assertEquals(200_000, Candidates.of(line.toString(), "a.md").size());
        assertEquals(List.of(), of((":".repeat(2_000) + "z ").repeat(500)));
        assertEquals(List.of(), of(("-".repeat(2_000) + " ").repeat(500)));
    }

    @Test
    void aHashThatIsBrokenAtTheEndOfALineIsOne() {
        String hash = "0123456789abcdef".repeat(4);
        for (int at : List.of(10, 32, 40, 50, 62)) {
            List<String> expected = at == 32
                    // Two of a list have the same look.
                    ? List.of("true hash " + hash.substring(0, 32))
                    : List.of("true hash " + hash);
            assertEquals(
                    expected,
                    of("tool " + hash.substring(0, at) + " \r\n  " + hash.substring(at) + "\r\nmore"),
                    "at " + at);
        }
        assertEquals(
                List.of("true hash " + "ab".repeat(16), "true hash " + "cd".repeat(16)),
                of("ab".repeat(16) + "\n" + "cd".repeat(16) + "\n"));
        assertEquals(List.of("true hash " + "ab".repeat(16)), of("ab".repeat(16) + "\ndeadbeef is a word\n"));
        assertEquals(
                List.of("true hash " + hash, "true ip 203.0.113.9"),
                of("|" + hash.substring(0, 50) + "\n" + hash.substring(50) + " |203.0.113.9\n"));
    }
}
