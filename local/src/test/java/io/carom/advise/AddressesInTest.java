package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Cidr;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Addresses are found where their patterns find them in the whole text.
final class AddressesInTest {
    private static final List<String> PARTS = List.of(
            "10.40.3.7",
            "10-40-3-8",
            "10_40_3_9",
            "7.3.40.10.in-addr.arpa",
            ".in-addr.arpa",
            "198[.]51[.]100[.]10",
            "[.]",
            "2001:db8:40::7",
            "::ffff:10.40.3.7",
            "::",
            "0123456789abcdef:0123456789abcdef::0123",
            "2026-03-01t10:00:00z",
            "5f0c1a2b-0001-4002-8003-9a8b7c6d5e4f");

    private static String text(Random random) {
        StringBuilder out = new StringBuilder();
        String letters = "0012359.-_[]:af x/";
        for (int n = random.nextInt(30); n > 0; n--) {
            if (random.nextInt(3) == 0) {
                out.append(PARTS.get(random.nextInt(PARTS.size())));
            } else {
                out.append(letters.charAt(random.nextInt(letters.length())));
            }
        }
        return out.toString();
    }

    private static void add(String address, Matcher at, TreeSet<String> into) {
        byte[] bytes = Cidr.address(address);
        if (bytes != null) {
            into.add(at.start() + " " + at.end() + " " + HexFormat.of().formatHex(bytes));
        }
    }

    private static void four(Pattern pattern, String text, List<Integer> groups, TreeSet<String> into) {
        Matcher at = pattern.matcher(text);
        while (at.find()) {
            List<String> numbers = groups.stream()
                    .map(g -> String.valueOf(Integer.parseInt(at.group(g))))
                    .toList();
            add(String.join(".", numbers), at, into);
        }
    }

    private static TreeSet<String> plain(String text) {
        TreeSet<String> found = new TreeSet<>();
        four(AddressesIn.DOTTED, text, List.of(1, 3, 4, 5), found);
        four(AddressesIn.DEFANGED, text, List.of(1, 2, 3, 4), found);
        four(AddressesIn.REVERSE, text, List.of(4, 3, 2, 1), found);
        Matcher at = AddressesIn.SIX.matcher(text);
        while (at.find()) {
            if (at.group().indexOf(':') != at.group().lastIndexOf(':')) {
                add(at.group(), at, found);
            }
        }
        return found;
    }

    @Test
    void whatIsFoundInRunsIsWhatIsFoundInTheWhole() {
        Random random = new Random(9);
        int found = 0;
        for (int round = 0; round < 30_000; round++) {
            String text = text(random);
            List<AddressesIn.Found> all = AddressesIn.of(text);
            TreeSet<String> told = new TreeSet<>();
            all.forEach(
                    f -> told.add(f.from() + " " + f.to() + " " + HexFormat.of().formatHex(f.address())));
            assertEquals(told.size(), all.size(), text);
            assertEquals(plain(text), told, text);
            found += told.size();
        }
        assertTrue(found > 20_000, "only " + found);
    }
}
