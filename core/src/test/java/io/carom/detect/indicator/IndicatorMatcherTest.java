package io.carom.detect.indicator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndicatorMatcherTest {
    private static Indicator of(IndicatorType type, String value) {
        return new Indicator(type, value, "", "test:1");
    }

    private static final IndicatorSet SET = new IndicatorSet(List.of(
            of(IndicatorType.IP, "203.0.113.9"),
            of(IndicatorType.IP, "2001:db8::9"),
            of(IndicatorType.CIDR, "198.51.100.0/28"),
            of(IndicatorType.CIDR, "2001:db8:1::/48"),
            of(IndicatorType.DOMAIN, "bad.example"),
            of(IndicatorType.URL, "files.example/a/b.exe"),
            of(IndicatorType.URL, "search.example/q?x=1"),
            of(IndicatorType.HASH, "44d88612fea8a8f36de82e1278abb02f"),
            of(IndicatorType.EMAIL, "hr@lure.example"),
            of(IndicatorType.FILE_NAME, "tcping.exe"),
            of(IndicatorType.ACCOUNT, "svc-backdoor")));

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "2001:0DB8:0:0:0:0:0:9, 2001:db8::9",
        "198.51.100.15, 198.51.100.0/28",
        "2001:db8:1:ffff::1, 2001:db8:1::/48",
        "BAD.example, bad.example",
        "a.b.bad.example., bad.example",
        "https://files.example/a/b.exe?token=1#x, files.example/a/b.exe",
        "files.example/a/b.exe, files.example/a/b.exe",
        "http://SEARCH.example/q?x=1, search.example/q?x=1",
        "http://files.example:80/a/b.exe, files.example/a/b.exe",
        "search.example:443/q?x=1, search.example/q?x=1",
        "ftp://user@cdn.bad.example:8080/x, bad.example",
        "http://203.0.113.9:8443/gate, 203.0.113.9",
        "44D88612FEA8A8F36DE82E1278ABB02F, 44d88612fea8a8f36de82e1278abb02f",
        "HR@lure.example, hr@lure.example",
        "Human Resources <hr@lure.example>, hr@lure.example",
        "boss@mail.bad.example, bad.example",
        "C:\\Windows\\Temp\\TCPING.exe, tcping.exe",
        "NORTH\\svc-backdoor, svc-backdoor",
    })
    void isSeen(String value, String indicator) {
        Indicator hit = new IndicatorMatcher(SET).match(value);
        assertEquals(indicator, hit == null ? null : hit.value());
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.90",
        "198.51.100.16",
        "2001:db8:2::1",
        "notbad.example",
        "bad.example.org",
        "https://files.example/a/b.exe2",
        "http://search.example/q?x=2",
        "mytcping.exe",
        "xsvc-backdoor",
        "hr@lure.example.org",
    })
    void isNotSeen(String value) {
        assertNull(new IndicatorMatcher(SET).match(value));
    }

    /// The matcher against the plain loop it must equal: every indicator asked of every value.
    @Test
    void agreesWithAPlainScanOverRandomValues() {
        Random random = new Random(11);
        List<Indicator> indicators = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            indicators.add(
                    switch (i % 3) {
                        case 0 -> of(IndicatorType.IP, address(random, 40));
                        case 1 -> of(IndicatorType.DOMAIN, name(random));
                        default ->
                            of(
                                    IndicatorType.CIDR,
                                    address(random, 40).replaceFirst("\\.\\d+$", ".0") + "/" + (24 + i % 7));
                    });
        }
        IndicatorSet set = new IndicatorSet(indicators);
        EventBatch batch = new EventBatch(1024);
        Attribute src = Attribute.of("src_endpoint.ip");
        Attribute host = Attribute.of("query.hostname");
        List<String> values = new ArrayList<>();
        for (int row = 0; row < 5000; row++) {
            batch.startRow(0, row + 1, 0, 0);
            String ip = address(random, 40);
            String fqdn = "w" + row % 5 + "." + name(random);
            values.add(ip);
            values.add(fqdn);
            batch.set(src, batch.append(ip));
            batch.set(host, batch.append(fqdn));
            batch.endRow(4003, field -> false);
        }
        TreeSet<String> found = new TreeSet<>();
        IndicatorMatcher matcher = new IndicatorMatcher(set);
        // Twice: the second time with the memory of misses full.
        for (int i = 0; i < 2; i++) {
            matcher.match(
                    batch,
                    (indicator, row, attribute, slice) -> found.add(row + " " + attribute + " " + batch.text(slice)));
        }
        TreeSet<String> expected = new TreeSet<>();
        for (int row = 0; row < 5000; row++) {
            String ip = values.get(row * 2);
            String fqdn = values.get(row * 2 + 1);
            for (Indicator indicator : indicators) {
                if (indicator.type() == IndicatorType.IP && ip.equals(indicator.value())
                        || indicator.type() == IndicatorType.CIDR && inside(ip, indicator.value())) {
                    expected.add(row + " src_endpoint.ip " + ip);
                }
                if (indicator.type() == IndicatorType.DOMAIN && fqdn.endsWith("." + indicator.value())) {
                    expected.add(row + " query.hostname " + fqdn);
                }
            }
        }
        assertEquals(expected, found);
    }

    private static boolean inside(String ip, String cidr) {
        int slash = cidr.indexOf('/');
        int shift = 32 - Integer.parseInt(cidr.substring(slash + 1));
        return number(ip) >>> shift == number(cidr.substring(0, slash)) >>> shift;
    }

    private static long number(String ip) {
        long n = 0;
        for (String part : ip.split("\\.")) {
            n = n << 8 | Integer.parseInt(part);
        }
        return n;
    }

    private static String address(Random random, int spread) {
        return "10." + random.nextInt(4) + "." + random.nextInt(spread) + "." + random.nextInt(256);
    }

    private static String name(Random random) {
        return "d" + random.nextInt(4000) + ".example";
    }

    @Test
    void beginningsEndsAgentsAndFingerprintsAreSeen() {
        IndicatorSet set = new IndicatorSet(List.of(
                of(IndicatorType.FILE_NAME, "*.scr"),
                of(IndicatorType.URL, "files.example/drop/*"),
                of(IndicatorType.DOMAIN, "mail-secure*"),
                of(IndicatorType.USER_AGENT, "evil/1.0"),
                of(IndicatorType.ACCOUNT, "m\u00FCller"),
                of(IndicatorType.DOMAIN, "xn--bro-hoa.example")));
        IndicatorMatcher matcher = new IndicatorMatcher(set);
        java.util.function.BiFunction<Integer, String, String> look = (type, value) -> {
            byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            int entry = matcher.look(bytes, 0, bytes.length, type);
            return entry < 0 ? "" : set.indicator(entry).value();
        };
        assertEquals("*.scr", look.apply(7, "C:\\Users\\x\\Invoice.SCR"));
        assertEquals("", look.apply(7, "invoice.scr.txt"));
        assertEquals("files.example/drop/*", look.apply(6, "https://FILES.example/drop/a.bin?x=1"));
        assertEquals("", look.apply(6, "https://files.example/dropped"));
        assertEquals("mail-secure*", look.apply(1, "Mail-Secure7.example"));
        assertEquals("", look.apply(1, "x.mail-secure7.example"));
        assertEquals("evil/1.0", look.apply(16, "Evil/1.0"));
        assertEquals("m\u00FCller", look.apply(4, "CORP\\M\u00DCLLER"));
        assertEquals("xn--bro-hoa.example", look.apply(1, "B\u00FCro.example"));
        assertEquals("", look.apply(1, ""));
    }

    /// What stands in a `Host` header, or in the name that a client asks for in TLS.
    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "203.0.113.9:8080, 203.0.113.9",
        "[2001:db8::9]:443, 2001:db8::9",
        "[2001:db8::9], 2001:db8::9",
        "2001:db8::9, 2001:db8::9",
        "198.51.100.3, 198.51.100.0/28",
        "Files.BAD.example:8443, bad.example",
        "bad.example., bad.example",
        "bad.example:x, ",
        "bad.example:, ",
        "bad.example:123456, ",
        ":443, ",
        "[bad.example, ",
    })
    void aHostIsANameOrAnAddressWithOrWithoutAPort(String host, String indicator) {
        byte[] bytes = host.getBytes(StandardCharsets.UTF_8);
        int entry = new IndicatorMatcher(SET).look(bytes, 0, bytes.length, 1);
        assertEquals(indicator, entry < 0 ? null : SET.indicator(entry).value());
    }

    /// Each of these would take as long as a second, if all domains above it were asked for or its letters
    /// encoded.
    @Test
    void hostileNamesAreAskedInTimeByTheirLength() {
        IndicatorMatcher matcher = new IndicatorMatcher(SET);
        for (int i = 0; i < 1000; i++) {
            byte[] dots = (i + ".a".repeat(30_000) + ".bad.example").getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    "bad.example",
                    SET.indicator(matcher.look(dots, 0, dots.length, 1)).value());
        }
        for (int length : new int[] {60, 70, 250, 260, 400, 5000, 20_000}) {
            StringBuilder letters = new StringBuilder();
            for (int i = 0; i < length; i++) {
                letters.append((char) (0x4E00 + i));
            }
            byte[] label = (letters + ".bad.example").getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    "bad.example",
                    SET.indicator(matcher.look(label, 0, label.length, 1)).value());
        }
    }

    @Test
    void eachTellsEveryIndicatorThatAValueIsAndBothOfTwoFeeds() {
        IndicatorSet set = new IndicatorSet(List.of(
                of(IndicatorType.DOMAIN, "bad.example"),
                of(IndicatorType.DOMAIN, "a.bad.example"),
                new Indicator(IndicatorType.DOMAIN, "bad.example", "other", "feed-b:7"),
                of(IndicatorType.CIDR, "10.0.0.0/8"),
                of(IndicatorType.CIDR, "10.1.0.0/16"),
                of(IndicatorType.CIDR, "::/1"),
                of(IndicatorType.IP, "10.1.2.3")));
        List<Integer> found = new ArrayList<>();
        byte[] host = "x.a.bad.example".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        set.each(ObservableKeys.HOST, host, 0, host.length, found::add);
        assertEquals(List.of(1, 0, 2), found);
        found.clear();
        set.each(ObservableKeys.IP4, new byte[] {10, 1, 2, 3}, 0, 4, found::add);
        assertEquals(List.of(6, 4, 3, 5), found);
        assertEquals(new Indicator(IndicatorType.DOMAIN, "bad.example", "other", "feed-b:7"), set.indicator(2));
        assertEquals("10.1.0.0/16", set.indicator(4).value());
    }

    @Test
    void anIndicatorIsGivenBackAsItWas() {
        Random random = new Random(2);
        List<Indicator> all = new ArrayList<>();
        for (int i = 0; i < 70_000; i++) {
            all.add(new Indicator(
                    IndicatorType.values()[2 + i % 8],
                    i % 50 == 2 ? "*" + i + name(random) : "v" + i + "." + name(random),
                    i % 3 == 0 ? "" : "comment " + i,
                    i % 7 == 0 ? "somewhere" : "list-" + i % 3 + ".csv:" + (i + 1)));
        }
        IndicatorSet set = new IndicatorSet(all);
        assertEquals(all, set.all());
    }

    /// Ten million must stay under a gigabyte: a hundred bytes each, whatever they are.
    @Test
    void anIndicatorTakesLessThanEightyBytes() {
        Random random = new Random(6);
        IndicatorSet.Builder builder = new IndicatorSet.Builder();
        int n = 300_000;
        for (int i = 0; i < n; i++) {
            String name = Long.toHexString(random.nextLong()) + ".example";
            builder.add(i % 2 == 0 ? IndicatorType.DOMAIN : IndicatorType.URL, name, "from a feed", "feed.csv:" + i);
        }
        long bytes = builder.build().bytes();
        assertTrue(bytes < 80L * n, bytes / n + " bytes each");
    }
}
