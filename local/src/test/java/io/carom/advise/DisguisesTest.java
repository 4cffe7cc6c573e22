package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Encoded parts are read where their patterns find them.
final class DisguisesTest {
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{12,}={0,2}");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F][0-9a-fA-F :]{11,}");

    private static void read(byte[] bytes, List<String> into) {
        into.add(new String(bytes, StandardCharsets.UTF_8));
        into.add(new String(bytes, StandardCharsets.UTF_16LE));
    }

    private static List<String> plain(String text) {
        List<String> readings = new ArrayList<>();
        Matcher base64 = BASE64.matcher(text);
        for (int n = 0; n < 1_000 && base64.find(); n++) {
            String part = base64.group().replace('-', '+').replace('_', '/').replace("=", "");
            int length = part.length() % 4 == 1 ? part.length() - 1 : part.length();
            try {
                read(Base64.getDecoder().decode(part.substring(0, length)), readings);
            } catch (IllegalArgumentException e) {
                // Only looks like it.
            }
        }
        Matcher hex = HEX.matcher(text);
        for (int n = 0; n < 1_000 && hex.find(); n++) {
            String digits = hex.group().replaceAll("[ :]", "");
            read(HexFormat.of().parseHex(digits, 0, digits.length() & ~1), readings);
        }
        return readings;
    }

    @Test
    void whatIsReadIsWhatThePatternsFind() {
        Random random = new Random(11);
        String letters = "0123456789abcdefABCDEFghzZ+/_-= :.,\"\u00e9";
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int kinds = 1 + random.nextInt(letters.length());
            // The last rounds have more parts than are read.
            for (int n = random.nextInt(round < 19_990 ? 60 : 60_000); n > 0; n--) {
                text.append(letters.charAt(
                        random.nextInt(8) == 0 ? random.nextInt(letters.length()) : random.nextInt(kinds)));
            }
            List<String> expected = plain(text.toString());
            assertEquals(expected, Disguises.of(text.toString()), text::toString);
            read += expected.size();
        }
        assertTrue(read > 20_000, "only " + read);
    }
}
