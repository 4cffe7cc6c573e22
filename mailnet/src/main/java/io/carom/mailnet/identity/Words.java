package io.carom.mailnet.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A fingerprint as ten words that two people read to each other by telephone: the first 110 bits of a SHA-256,
/// eleven a word. The words are the English list of BIP-39, whose first four letters tell them apart.
public final class Words {
    private static final int COUNT = 10;
    private static final int BITS = 11;
    private static final List<String> LIST = list();

    private Words() {}

    private static List<String> list() {
        try (InputStream in = Objects.requireNonNull(Words.class.getResourceAsStream("words.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("the list of words cannot be read", e);
        }
    }

    /// @param fingerprint 64 hexadecimal digits
    public static String of(String fingerprint) {
        byte[] bytes = HexFormat.of().parseHex(fingerprint);
        List<String> words = new ArrayList<>();
        for (int w = 0; w < COUNT; w++) {
            int index = 0;
            for (int bit = w * BITS; bit < (w + 1) * BITS; bit++) {
                index = index << 1 | bytes[bit >> 3] >> (7 - (bit & 7)) & 1;
            }
            words.add(LIST.get(index));
        }
        return String.join(" ", words);
    }

    /// Whether what somebody typed from hearing says this fingerprint: all ten words in order, each by at least
    /// its first four letters, however they are set apart.
    public static boolean say(String heard, String fingerprint) {
        String[] typed = heard.strip().toLowerCase(Locale.ROOT).split("[^a-z]+");
        String[] words = of(fingerprint).split(" ");
        if (typed.length != words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!words[i].equals(typed[i]) && (typed[i].length() < 4 || !words[i].startsWith(typed[i]))) {
                return false;
            }
        }
        return true;
    }
}
