package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IntelExportTest {
    private static final Instant NOW = Instant.parse("2026-11-29T06:00:00Z");

    private static ThreatIndicator of(IntelType type, String value) {
        Facts.Draft facts = Facts.at("list:1");
        facts.source = "Partner \"CERT\", Inc.";
        facts.comment = "seen; \"quoted\", =1+1";
        facts.tlp = Tlp.AMBER_STRICT;
        facts.pap = "GREEN";
        facts.confidence = 70;
        facts.made = Instant.parse("2019-04-16T00:00:00Z");
        facts.validFrom = Instant.parse("2019-04-15T00:00:00Z");
        facts.validUntil = Instant.parse("2030-01-01T00:00:00Z");
        facts.killChain.add("mitre-attack:initial-access");
        facts.labels.add("phish");
        return new ThreatIndicator(type, type.normal(value).orElseThrow(), facts.done());
    }

    private static final List<ThreatIndicator> ALL = List.of(
            of(IntelType.IP, "203.0.113.9"),
            of(IntelType.IP, "2001:db8::1"),
            of(IntelType.CIDR, "198.51.100.0/24"),
            of(IntelType.CIDR, "2001:db8:1::/48"),
            of(IntelType.DOMAIN, "evil.example"),
            of(IntelType.URL, "http://drop.example/a'b?x=1&y=%22"),
            of(IntelType.HASH, "ab".repeat(16)),
            of(IntelType.HASH, "cd".repeat(20)),
            of(IntelType.HASH, "ef".repeat(32)),
            of(IntelType.EMAIL, "boss@lure.example"),
            of(IntelType.FILE_NAME, "it's \"it\".exe"),
            of(IntelType.ACCOUNT, "svc-backup"),
            of(IntelType.REGISTRY_KEY, "HKLM\\Software\\x"),
            of(IntelType.MUTEX, "Global\\it's"),
            of(IntelType.PATTERN, "[file:name = 'a'] FOLLOWEDBY [file:name = 'b']"));

    private static Gathered again(IntelExport format, List<ThreatIndicator> all) throws Exception {
        return IntelDocumentTest.read(format.write(all, NOW).text(), "export");
    }

    private static Set<String> values(List<ThreatIndicator> all) {
        return all.stream().map(i -> i.type().label() + " " + i.value()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> of(IntelType... types) {
        return values(
                ALL.stream().filter(i -> List.of(types).contains(i.type())).toList());
    }

    @Test
    void stixMispAndCsvGiveBackAllThatMatters() throws Exception {
        for (IntelExport format : List.of(IntelExport.STIX, IntelExport.MISP, IntelExport.CSV)) {
            Gathered read = again(format, ALL);
            assertEquals(List.of(), read.faults(), format.label());
            assertEquals(values(ALL), values(read.indicators()), format.label());
            for (ThreatIndicator one : read.indicators()) {
                Facts facts = one.facts();
                assertEquals(Tlp.AMBER_STRICT, facts.tlp(), format + " " + one);
                assertEquals("GREEN", facts.pap(), format + " " + one);
                assertTrue(facts.labels().contains("phish"), format + " " + one);
                assertTrue(facts.comment().contains("\"quoted\", =1+1"), format + " " + one);
                if (format != IntelExport.MISP) {
                    assertEquals("Partner \"CERT\", Inc.", facts.source());
                    assertEquals(70, facts.confidence());
                    assertEquals(Instant.parse("2030-01-01T00:00:00Z"), facts.validUntil());
                    assertEquals(List.of("mitre-attack:initial-access"), facts.killChain());
                }
                assertEquals(Instant.parse("2019-04-16T00:00:00Z"), facts.made());
            }
            // The same ids for the same indicators.
            assertEquals(format.write(ALL, NOW).text(), format.write(ALL, NOW).text());
        }
    }

    @Test
    void aLineOfOurJsonIsTheIndicator() {
        for (ThreatIndicator one : ALL) {
            assertEquals(one, ThreatIndicator.ofJson(one.json()));
        }
    }

    @Test
    void listsGiveBackWhatTheyHaveWordsFor() throws Exception {
        assertEquals(
                of(
                        IntelType.IP,
                        IntelType.CIDR,
                        IntelType.DOMAIN,
                        IntelType.URL,
                        IntelType.HASH,
                        IntelType.EMAIL,
                        IntelType.FILE_NAME,
                        IntelType.ACCOUNT),
                values(again(IntelExport.ZEEK, ALL).indicators()));
        assertEquals(
                of(IntelType.IP, IntelType.CIDR, IntelType.DOMAIN),
                values(again(IntelExport.RPZ, ALL).indicators()));
        assertEquals(
                of(IntelType.IP, IntelType.CIDR, IntelType.DOMAIN, IntelType.URL),
                values(again(IntelExport.BLOCKLIST, ALL).indicators()));
        assertEquals(
                of(IntelType.IP, IntelType.DOMAIN, IntelType.URL, IntelType.HASH),
                values(again(IntelExport.DEFENDER, ALL).indicators()));
        Set<String> crowd = of(IntelType.IP, IntelType.DOMAIN, IntelType.HASH);
        crowd.remove("hash " + "cd".repeat(20));
        assertEquals(crowd, values(again(IntelExport.CROWDSTRIKE, ALL).indicators()));
        List<ThreatIndicator> domains =
                ALL.stream().filter(i -> i.type() == IntelType.DOMAIN).toList();
        assertEquals(
                values(domains),
                values(again(IntelExport.SURICATA_DATASET, domains).indicators()));
    }

    @Test
    void whatIsLeftOutIsCounted() {
        for (IntelExport format : IntelExport.values()) {
            IntelExport.Written written = format.write(ALL, NOW);
            int left = written.left().values().stream().mapToInt(n -> n).sum();
            assertTrue(left < ALL.size(), format.label());
            if (format == IntelExport.RPZ) {
                assertEquals(ALL.size() - 5, left);
            }
        }
    }

    /// Options of a rule, cut as Suricata and Snort cut them.
    private static List<String> options(String rule) {
        String inside = rule.substring(rule.indexOf('(') + 1, rule.lastIndexOf(')'));
        List<String> options = new ArrayList<>();
        StringBuilder one = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            quoted ^= c == '"';
            if (c == ';' && !quoted) {
                options.add(one.toString().strip());
                one.setLength(0);
            } else {
                one.append(c);
            }
        }
        assertFalse(quoted, rule);
        return options;
    }

    private static String unescaped(String content) {
        StringBuilder text = new StringBuilder();
        boolean hex = false;
        for (String part : content.split("\\|", -1)) {
            if (hex) {
                for (String b : part.split(" ")) {
                    text.append((char) Integer.parseInt(b, 16));
                }
            } else {
                text.append(part);
            }
            hex = !hex;
        }
        return text.toString();
    }

    @Test
    void noValueLeavesItsPlace() throws Exception {
        List<ThreatIndicator> hostile = new ArrayList<>();
        String[] values = {
            "x.example/\"; drop ip any any -> any any (msg:\"a\"; sid:1;)",
            "x.example/a\nalert ip any any -> any any (sid:2;)",
            "x.example/a\tIntel::DOMAIN\tgood.example",
            "x.example/'; DROP TABLE x; --|41|",
            "x.example/=cmd|' /C calc'!A0,\"b\"",
            "x.example/\u2028\u202Ea"
        };
        for (String value : values) {
            hostile.add(new ThreatIndicator(IntelType.URL, value, Facts.at("x").done()));
            hostile.add(new ThreatIndicator(
                    IntelType.FILE_NAME, value, Facts.at("x").done()));
            hostile.add(new ThreatIndicator(
                    IntelType.DOMAIN,
                    "bad.example CNAME .\n* " + value,
                    Facts.at("x").done()));
        }
        for (IntelExport format : List.of(IntelExport.SURICATA, IntelExport.SNORT)) {
            String rules = format.write(hostile, NOW).text();
            for (String rule : rules.lines().toList()) {
                List<String> options = options(rule);
                assertEquals(
                        1, options.stream().filter(o -> o.startsWith("sid:")).count(), rule);
                assertEquals(
                        1, options.stream().filter(o -> o.startsWith("msg:")).count(), rule);
                assertTrue(rule.startsWith("alert "), rule);
                for (String option : options) {
                    if (option.startsWith("content:")) {
                        String content = option.substring(9, option.indexOf('"', 9));
                        assertTrue(unescaped(content).chars().allMatch(c -> c >= ' ' && c < 256), rule);
                    }
                }
            }
            assertEquals(3, rules.lines().count(), rules);
        }
        String zone = IntelExport.RPZ.write(hostile, NOW).text();
        assertEquals(3, zone.lines().count(), zone);
        String zeek = IntelExport.ZEEK.write(hostile, NOW).text();
        assertTrue(zeek.lines().allMatch(l -> l.split("\t", -1).length == 4 || l.startsWith("#")), zeek);
        assertFalse(zeek.contains("good.example"), zeek);
        String list = IntelExport.BLOCKLIST.write(hostile, NOW).text();
        assertEquals("", list);
        for (IntelExport format : List.of(IntelExport.CSV, IntelExport.STIX, IntelExport.MISP)) {
            List<ThreatIndicator> urls =
                    hostile.stream().filter(i -> i.type() == IntelType.URL).toList();
            Set<String> before = values(
                    format == IntelExport.CSV
                            ? urls.stream()
                                    .filter(i -> IntelExport.isPlain(i.value()))
                                    .toList()
                            : urls);
            Set<String> after = values(again(format, urls).indicators());
            after.removeIf(v -> !v.startsWith("url "));
            assertEquals(before.size(), after.size(), format + " " + after);
        }
        Map<String, Integer> left = IntelExport.CSV.write(hostile, NOW).left();
        assertFalse(left.isEmpty());
    }

    @Test
    void sigmaRulesAreThoseThatOurOwnReaderLoads() throws Exception {
        String rules = IntelExport.SIGMA.write(ALL, NOW).text();
        RuleSet set = RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("rules.yml", rules)));
        assertEquals(List.of(), set.faults().stream().filter(RuleFault::fatal).toList());
        assertEquals(6, set.rules().size());
        assertTrue(rules.contains("            - 'drop.example/a''b\\?x=1&y=%22'\n"), rules);
    }

    @Test
    void whatStandsForManyIsAPatternAndLeftOutWhereItWouldBeALetter() throws Exception {
        List<ThreatIndicator> open = List.of(
                of(IntelType.DOMAIN, "*evil.example"),
                of(IntelType.URL, "http://drop.example/a/*"),
                of(IntelType.FILE_NAME, "evil_*"));
        String stix = IntelExport.STIX.write(open, NOW).text();
        assertTrue(stix.contains("[domain-name:value LIKE '%evil.example']"), stix);
        assertTrue(stix.contains("LIKE 'http://drop.example/a/%' OR url:value LIKE 'https://drop.example/a/%']"), stix);
        assertTrue(stix.contains("[file:name MATCHES '^evil"), stix);
        assertEquals(
                Set.of("domain *evil.example", "url drop.example/a/*", "stix-pattern [file:name MATCHES '^evil_']"),
                values(again(IntelExport.STIX, open).indicators()));
        for (IntelExport format : List.of(
                IntelExport.ZEEK, IntelExport.SURICATA, IntelExport.SNORT, IntelExport.SIGMA, IntelExport.BLOCKLIST)) {
            IntelExport.Written written = format.write(open, NOW);
            assertFalse(written.text().contains("evil"), format + " " + written.text());
            assertEquals(
                    3,
                    written.left().values().stream().mapToInt(n -> n).sum(),
                    written.left().toString());
        }
    }

    @Test
    void aUrlOfAnAddressInBracketsIsAskedByItsHost() {
        String rule = IntelExport.SURICATA
                .write(List.of(of(IntelType.URL, "http://user@[2001:db8::1]:8080/a")), NOW)
                .text();
        assertTrue(rule.contains("bsize:13;"), rule);
    }

    @Test
    void aFormulaOfWideSignsIsATextAndComesBackWithoutItsGuard() throws Exception {
        Facts.Draft facts = Facts.at("x");
        facts.comment = "\uFF1D1+1";
        ThreatIndicator one = new ThreatIndicator(IntelType.DOMAIN, "evil.example", facts.done());
        assertTrue(IntelExport.CSV.write(List.of(one), NOW).text().contains("\"'\uFF1D1+1\""));
        assertEquals(
                "\uFF1D1+1",
                again(IntelExport.CSV, List.of(one))
                        .indicators()
                        .getFirst()
                        .facts()
                        .comment());
    }
}
