package io.carom.intel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatternTest {
    /// Observations of STIX 2.0: `HH:MM:SS×times {objects}` each on a line.
    private static List<Observation> seen(String... lines) throws Exception {
        StringBuilder json = new StringBuilder("[");
        for (String line : lines) {
            int space = line.indexOf(' ');
            String[] when = line.substring(0, space).split("×", -1);
            json.append(json.length() == 1 ? "" : ",")
                    .append("{\"type\":\"observed-data\",\"id\":\"observed-data--")
                    .append(json.length())
                    .append("\",\"first_observed\":\"2026-03-01T")
                    .append(when[0])
                    .append("Z\",\"last_observed\":\"2026-03-01T")
                    .append(when[0])
                    .append("Z\",\"number_observed\":")
                    .append(when.length == 1 ? "1" : when[1])
                    .append(",\"objects\":")
                    .append(line.substring(space + 1))
                    .append('}');
        }
        return ObservedData.of(((JsonValue.Items) JsonTree.of(json + "]")).values());
    }

    private static String match(String pattern, List<Observation> observations) throws Exception {
        return switch (Pattern.parse(pattern, StixVersion.V2_1).match(observations)) {
            case Answer.Matched m -> "true";
            case Answer.Unmatched u -> "false";
            case Answer.Undecided(String reason) -> reason;
        };
    }

    private static PatternException refused(String pattern) {
        return assertThrows(PatternException.class, () -> Pattern.parse(pattern, StixVersion.V2_1));
    }

    private static String fault(String pattern) {
        return refused(pattern).getMessage();
    }

    private static final String HOST = """
            {"0":{"type":"file","name":"a.exe","size":3,"hashes":{"MD5":"aa"},"tags":["x","y"],
             "parent_directory_ref":"1"},"1":{"type":"directory","path":"C:\\\\Temp"},
             "2":{"type":"network-traffic","dst_ref":"3","protocols":["tcp","http"]},
             "3":{"type":"ipv4-addr","value":"198.51.100.7"}}""".replace("\n", "");

    @Test
    void existsTellsWhetherAnObjectHasAnythingThere() throws Exception {
        List<Observation> seen = seen("12:00:00 " + HOST);
        assertEquals("true", match("[EXISTS file:hashes.MD5]", seen));
        assertEquals("false", match("[EXISTS file:hashes.'SHA-1']", seen));
        assertEquals("true", match("[NOT EXISTS file:hashes.'SHA-1' AND file:name = 'a.exe']", seen));
        assertEquals("false", match("[NOT EXISTS process:pid]", seen));
    }

    @Test
    void joinedComparisonsAreOnOneObjectOfEachType() throws Exception {
        List<Observation> seen = seen("12:00:00 " + HOST);
        assertEquals("true", match("[file:name = 'a.exe' AND ipv4-addr:value = '198.51.100.7']", seen));
        assertEquals("false", match("[file:name = 'a.exe' AND ipv4-addr:value = '198.51.100.8']", seen));
        assertEquals("true", match("[(file:name = 'b' OR directory:path LIKE 'C:%') AND file:size = 3]", seen));
        assertEquals("false", match("[(file:name = 'b' OR directory:path LIKE 'D:%') AND file:size = 3]", seen));
        List<Observation> two = seen("12:00:00 {\"0\":{\"type\":\"file\",\"name\":\"a\",\"size\":1},"
                + "\"1\":{\"type\":\"file\",\"name\":\"b\",\"size\":2}}");
        assertEquals("false", match("[file:name = 'a' AND file:size = 2]", two));
        assertEquals("false", match("[(file:name = 'a' OR directory:path = 'x') AND file:size = 2]", two));
    }

    @Test
    void pathsFollowReferencesAndLists() throws Exception {
        List<Observation> seen = seen("12:00:00 " + HOST);
        assertEquals("true", match("[file:parent_directory_ref.path = 'C:\\\\Temp']", seen));
        assertEquals("true", match("[network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24']", seen));
        assertEquals("true", match("[network-traffic:protocols[1] = 'http']", seen));
        assertEquals("false", match("[network-traffic:protocols[-1] = 'http']", seen));
        assertEquals("false", match("[network-traffic:protocols[7] = 'http']", seen));
        assertEquals("true", match("[network-traffic:protocols[*] NOT = 'http']", seen));
        assertEquals("true", match("[file:hashes[*] = 'aa']", seen));
    }

    @Test
    void likeCoversTheWholeTextAndLineEndsToo() throws Exception {
        List<Observation> seen =
                seen("12:00:00 {\"0\":{\"type\":\"x\",\"v\":\"one\\ntwo%\",\"e\":\"\",\"k\":\"a😀b\"}}");
        assertEquals("true", match("[x:v LIKE 'one%']", seen));
        assertEquals("true", match("[x:v LIKE '%_two_']", seen));
        assertEquals("false", match("[x:v LIKE 'one']", seen));
        assertEquals("false", match("[x:v LIKE 'ONE%']", seen));
        assertEquals("true", match("[x:e LIKE '%']", seen));
        assertEquals("false", match("[x:e LIKE '_']", seen));
        assertEquals("true", match("[x:k LIKE 'a_b']", seen));
    }

    @Test
    void matchesSearchesAsPcreDoes() throws Exception {
        List<Observation> seen = seen("12:00:00 {\"0\":{\"type\":\"x\",\"v\":\"Win[32]-é a{b]\\nlast\"}}");
        for (String found : List.of(
                "^Win",
                "last$",
                "[[]32[]]",
                "\\\\x5b3",
                "(?i)WIN",
                "(?P<digits>\\\\d)2",
                "[[:upper:]][[:lower:]]+",
                "]-",
                "a{b",
                "32.*last",
                "\\\\Qn[32]\\\\E",
                "[\\\\w-]\\\\[",
                "\\\\p{Latin}+",
                "W(?=in)",
                "(n)\\\\[.*\\\\1?",
                "\\\\x{e9}")) {
            assertEquals("true", match("[x:v MATCHES '" + found + "']", seen), found);
        }
        for (String lost : List.of("^last", "win", "[[:digit:]]{3}", "in$", "a&&b")) {
            assertEquals("false", match("[x:v MATCHES '" + lost + "']", seen), lost);
        }
    }

    @Test
    void anExpressionThatIsNotUnderstoodIsRefusedAtItsColumn() {
        assertEquals(
                "line 1:13: the regular expression is not understood: a group that does not end",
                fault("[x:v MATCHES '(a']"));
        assertEquals(
                "line 1:13: the regular expression is not understood: \"(?R)\" is not supported",
                fault("[x:v MATCHES '(?R)']"));
        assertEquals(
                "line 1:13: the regular expression is not understood: a repetition of more than 65535",
                fault("[x:v MATCHES 'a{65536}']"));
        assertEquals(
                "line 1:13: the regular expression is not understood: repetitions in each other, together more than"
                        + " 100000",
                fault("[x:v MATCHES '((a{1000}){1000}){1000}']"));
        assertEquals(
                "line 1:13: the regular expression is not understood: too many ways to match nothing",
                fault("[x:v MATCHES '" + "(|)".repeat(60) + "x']"));
        assertTrue(fault("[x:v MATCHES '" + "(".repeat(3000) + "']").endsWith("more than 100 groups in each other"));
    }

    @Test
    void aRegexBombIsAnsweredOrGivenUpSoon() throws Exception {
        String value = "a".repeat(100_000);
        List<Observation> seen = seen("12:00:00 {\"0\":{\"type\":\"x\",\"v\":\"" + value + "\"}}");
        assertEquals("false", match("[x:v MATCHES '^(a+)+$b']", seen));
        assertEquals("true", match("[x:v MATCHES '(a*)*$']", seen));
        assertEquals("false", match("[x:v MATCHES '(a|aa)+c']", seen));
        assertEquals(
                "a regular expression takes too long on a value of 100000 characters",
                match("[x:v MATCHES '(a+)+(?!a)(?=b)']", seen));
        assertEquals(
                "a regular expression takes too long on a value of 100000 characters",
                match("[x:v MATCHES '(?:a?|b?){0,60000}c']", seen));
        assertEquals("false", match("[x:v LIKE '" + "%a".repeat(50) + "%b']", seen));
    }

    @Test
    void aLikeBombEndsTheQuestionNotTheProgram() throws Exception {
        List<Observation> seen = seen("12:00:00 {\"0\":{\"type\":\"x\",\"v\":\"" + "a".repeat(200_000) + "\"}}");
        assertEquals(
                "it would take more than 200000000 steps to answer",
                match("[x:v LIKE '%" + "a".repeat(100_000) + "b']", seen));
    }

    @Test
    void textAndBinaryAreComparedAsBytes() throws Exception {
        List<Observation> seen =
                seen("12:00:00 {\"0\":{\"type\":\"artifact\",\"payload_bin\":\"AP9h\",\"raw_hex\":\"00FF61\"}}");
        assertEquals("true", match("[artifact:payload_bin = h'00ff61' AND artifact:raw_hex = b'AP9h']", seen));
        assertEquals("true", match("[artifact:payload_bin MATCHES '\\\\x00\\\\xffa$']", seen));
        assertEquals("true", match("[artifact:payload_bin > h'00fe']", seen));
        assertEquals("true", match("[artifact:payload_bin IN (h'01', b'AP9h')]", seen));
    }

    @Test
    void numbersAreExactAndTextIsInTheOrderOfCodePoints() throws Exception {
        List<Observation> seen = seen(
                "12:00:00 {\"0\":{\"type\":\"x\",\"n\":9007199254740993,\"f\":1e2," + "\"s\":\"\\uD83D\\uDE00\"}}");
        assertEquals("false", match("[x:n = 9007199254740992]", seen));
        assertEquals("true", match("[x:n = 9007199254740993.0]", seen));
        assertEquals("true", match("[x:f = 100]", seen));
        assertEquals("true", match("[x:s > '\uFFFD']", seen));
    }

    @Test
    void anObservationSeenOftenCountsSoOften() throws Exception {
        List<Observation> seen =
                seen("12:00:00×3 {\"0\":{\"type\":\"x\",\"v\":1}}", "12:00:05 {\"0\":{\"type\":\"x\",\"v\":2}}");
        assertEquals("true", match("[x:v = 1] REPEATS 3 TIMES", seen));
        assertEquals("false", match("[x:v = 1] REPEATS 4 TIMES", seen));
        assertEquals("true", match("[x:v < 3] REPEATS 4 TIMES", seen));
        assertEquals("true", match("[x:v = 1] AND [x:v = 1]", seen));
        assertEquals("false", match("[x:v = 2] AND [x:v = 2]", seen));
        assertEquals("true", match("[x:v = 1] REPEATS 3 TIMES FOLLOWEDBY [x:v = 2]", seen));
        assertEquals("false", match("[x:v = 2] FOLLOWEDBY [x:v = 1]", seen));
        assertEquals("false", match("[x:v = 1] REPEATS 2000000000 TIMES", seen));
        assertEquals("true", match("([x:v = 1] FOLLOWEDBY [x:v < 3]) REPEATS 2 TIMES WITHIN 5 SECONDS", seen));
        assertEquals("false", match("([x:v = 1] FOLLOWEDBY [x:v = 2]) WITHIN 4.999 SECONDS", seen));
    }

    @Test
    void aQuestionThatWouldNotEndIsGivenUp() throws Exception {
        String[] lines = new String[40];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = String.format(java.util.Locale.ROOT, "12:00:%02d {\"0\":{\"type\":\"x\",\"v\":%d}}", i, i);
        }
        String answer = match(
                "(([x:v > 1] FOLLOWEDBY [x:v < 39]) WITHIN 2 SECONDS AND ([x:v > 3] FOLLOWEDBY [x:v > 2])"
                        + " WITHIN 1 SECONDS) REPEATS 10 TIMES",
                seen(lines));
        assertTrue(
                List.of("true", "false", "it would take more than 200000000 steps to answer")
                        .contains(answer),
                answer);
    }

    @Test
    void timesAreComparedToTheLastDigit() throws Exception {
        List<Observation> seen = seen("12:00:00 {\"0\":{\"type\":\"x\",\"t\":\"2026-03-01T12:00:00.12345678901Z\"}}");
        assertEquals("true", match("[x:t > t'2026-03-01T12:00:00.1234567890Z']", seen));
        assertEquals("true", match("[x:t = t'2026-03-01T12:00:00.123456789010Z']", seen));
        assertEquals("true", match("[x:t < t'2026-03-01T12:00:00.2Z']", seen));
    }

    @Test
    void faultsHaveTheirPlace() {
        assertEquals("line 1:0: found \"file\", expected \"[\" or \"(\"", fault("file:name = 'x'"));
        assertEquals("line 1:0: found the end, expected \"[\" or \"(\"", fault("  ".strip()));
        assertEquals(
                "line 2:9: found \"]\", expected a constant such as '…', 1, true, h'…', b'…' or t'…'",
                fault("[x:v = 1 OR\n  x:v =  ]"));
        assertEquals("line 1:3: the name b-c has a hyphen: it must stand in quotes, '…'", fault("[a:b-c = 1]"));
        assertEquals("line 1:8: a \\ stands only before \\ or ' in a text; write \\\\ for one", fault("[a:b = '\\x']"));
        assertEquals("line 1:7: a text that does not end with '", fault("[a:b = 'x]"));
        assertEquals("line 1:12: a set of values of different types", fault("[a:b IN (1, 'x')]"));
        assertEquals(
                "line 1:14: '300.1.1.1' is no address and no network such as 198.51.100.0/24",
                fault("[a:b ISSUBSET '300.1.1.1']"));
        assertEquals(
                "line 1:7: found \"true\", expected a number, text, time or binary, which have an order",
                fault("[a:b < true]"));
        assertEquals(
                "line 1:16: found \"'2026-03-01T12:00:00Z'\", expected a time such as t'2026-03-01T12:00:00Z'",
                fault("[a:b = 1] START '2026-03-01T12:00:00Z' STOP '2026-03-02T12:00:00Z'"));
        assertEquals(
                "line 1:27: a second WITHIN on one observation expression; put the first with its expression in"
                        + " parentheses",
                fault("[a:b = 1] WITHIN 1 SECONDS WITHIN 2 SECONDS"));
    }

    @Test
    void columnsCountCharactersNotHalves() {
        assertEquals(9, refused("[x:v='😀' ; x:v=1]").column());
    }

    @Test
    void hostilePatternsAreRefusedWithTheirColumn() {
        String million = "[" + "a:b=1 OR ".repeat(1_000_000) + "a:b=1]";
        assertEquals("line 1:0: a pattern of 9000007 characters; at most 8388608 are read", fault(million));
        assertEquals(
                "line 1:900001: more than 100000 comparisons and elements of sets",
                fault("[" + "a:b=1 OR ".repeat(200_000) + "a:b=1]"));
        // The comparison counts, so the 100,000th element is one too many: 9 + 2 * 99,999.
        assertEquals(
                "line 1:200007: more than 100000 comparisons and elements of sets",
                fault("[a:b IN (" + "1,".repeat(1_000_000) + "1)]"));
        assertEquals("line 1:200: more than 200 brackets in each other", fault("(".repeat(1_000_000)));
        assertEquals("line 1:200: more than 200 brackets in each other", fault("[" + "(".repeat(1_000_000)));
        assertTrue(fault("[a:b" + ".c".repeat(1_000_000) + " = 1]").endsWith("a path of more than 200 steps"));
        assertTrue(fault("[a:b = " + "9".repeat(1_000_000) + "]").startsWith("line 1:7: a number of 1000000 digits"));
        PatternException qualified = assertThrows(
                PatternException.class,
                () -> Pattern.parse("[a:b=1]" + " REPEATS 1 TIMES".repeat(100_000), StixVersion.V2_0));
        assertTrue(qualified.getMessage().endsWith("more than 800 expressions in each other"));
    }

    @Test
    void aHundredThousandTermsAreAnswered() throws Exception {
        StringBuilder text = new StringBuilder("[x:v = 'no'");
        for (int i = 1; i < Pattern.MAX_TERMS; i++) {
            text.append(" OR x:v = 'v").append(i).append('\'');
        }
        assertEquals("true", match(text + "]", seen("12:00:00 {\"0\":{\"type\":\"x\",\"v\":\"v99999\"}}")));
    }

    @Test
    void observedDataThatIsNoneIsToldNotGuessed() {
        for (String[] bad : new String[][] {
            {
                "{\"type\":\"observed-data\",\"id\":\"o\"}",
                "o: first_observed is missing; expected one such as 2026-03-01T12:00:00Z"
            },
            {
                "{\"type\":\"observed-data\",\"first_observed\":\"2026-03-01T12:00:00Z\",\"last_observed\":\"2026-02-01T12:00:00Z\"}",
                "an observed-data: last_observed 2026-02-01T12:00:00Z is before first_observed 2026-03-01T12:00:00Z"
            },
            {
                "{\"type\":\"observed-data\",\"first_observed\":\"2026-03-01T12:00:00Z\",\"number_observed\":0}",
                "an observed-data: number_observed is no whole number above 0"
            },
        }) {
            ObservedData.Fault fault =
                    assertThrows(ObservedData.Fault.class, () -> ObservedData.of(List.of(JsonTree.of(bad[0]))));
            assertEquals(bad[1], fault.getMessage());
        }
    }

    @Test
    void looseObjectsBelongToTheObservedDataThatNamesThem() throws Exception {
        List<Observation> seen = ObservedData.of(((JsonValue.Items) JsonTree.of("""
                [{"type":"observed-data","spec_version":"2.1","id":"observed-data--1","number_observed":1,
                  "first_observed":"2026-03-01T12:00:00Z","last_observed":"2026-03-01T12:00:00Z",
                  "object_refs":["domain-name--1","domain-name--9"]},
                 {"type":"domain-name","id":"domain-name--1","value":"a.example","resolves_to_refs":["ipv4-addr--1"]},
                 {"type":"ipv4-addr","id":"ipv4-addr--1","value":"192.0.2.1"},
                 {"type":"ipv4-addr","id":"ipv4-addr--2","value":"192.0.2.2"}]""")).values());
        assertEquals("true", match("[domain-name:resolves_to_refs[*].value = '192.0.2.1']", seen));
        assertEquals("false", match("[ipv4-addr:value = '192.0.2.2']", seen));
        assertInstanceOf(
                Answer.Matched.class,
                Pattern.parse("[domain-name:value = 'a.example']", StixVersion.V2_1)
                        .match(seen));
    }
}
