package io.carom.detect.behaviour;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/// How like a name that people gave is the label of a domain: bits of surprise under a model of what popular
/// domains are called, against those under names drawn at random.
///
/// Letters follow each other with the chances they have among the popular names, two letters of context, with
/// Witten and Bell's interpolation (1991) to one and none. The table is learned from the 9,999 names of the
/// Majestic Million list as MISP's warninglists have it (CC0), counts only; a test learns it again and
/// compares. Idea: Yadav et al., "Detecting Algorithmically Generated Malicious Domain Names" (IMC 2010),
/// with a likelihood ratio in place of distances between distributions.
final class NameModel {
    /// a to z, 0 to 9, hyphen; then the begin or end of a label.
    static final int SYMBOLS = 38;

    /// Bits are kept in 1/16.
    static final int UNIT = 16;

    private static final String FILE = "domain-letters.bin";
    private static final int EDGE = SYMBOLS - 1;

    private static final class Own {
        static final NameModel MODEL = read();

        private static NameModel read() {
            try (InputStream in = NameModel.class.getResourceAsStream(FILE)) {
                byte[] bits = new byte[SYMBOLS * SYMBOLS * SYMBOLS];
                new DataInputStream(Objects.requireNonNull(in)).readFully(bits);
                return new NameModel(bits);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final byte[] bits;

    private NameModel(byte[] bits) {
        this.bits = bits;
    }

    /// The one that comes with Carom.
    static NameModel own() {
        return Own.MODEL;
    }

    byte[] table() {
        return bits.clone();
    }

    private static int symbol(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        if (c >= '0' && c <= '9') {
            return 26 + c - '0';
        }
        return c == '-' ? 36 : -1;
    }

    /// What speaks for a name drawn at random, in bits; below 0 it is more like one that people gave. 0 for
    /// what cannot be told: shorter than five letters, digits alone, in another script (`xn--`), of words
    /// joined by a hyphen.
    ///
    /// @param label lower case, without dots
    double random(String label) {
        int length = label.length();
        if (length < 5 || length > 63 || label.startsWith("xn--")) {
            return 0;
        }
        int a = EDGE;
        int b = EDGE;
        int surprise = 0;
        int digits = 0;
        boolean hex = true;
        for (int i = 0; i < length; i++) {
            int c = symbol(label.charAt(i));
            if (c < 0 || c == 36) {
                return 0;
            }
            digits += c >= 26 ? 1 : 0;
            hex &= c < 6 || c >= 26;
            surprise += bits[(a * SYMBOLS + b) * SYMBOLS + c] & 0xFF;
            a = b;
            b = c;
        }
        if (digits == length) {
            return 0;
        }
        surprise += bits[(a * SYMBOLS + b) * SYMBOLS + EDGE] & 0xFF;
        // Bits a letter under the generator that explains it best: hexadecimal, letters, letters and digits.
        double drawn = hex && digits > 0 ? 4 : digits == 0 ? 4.7 : 5.17;
        return (double) surprise / UNIT - drawn * length;
    }

    /// Learns the table from labels.
    static NameModel of(Iterable<String> labels) {
        int n = SYMBOLS;
        int[] three = new int[n * n * n];
        int[] two = new int[n * n];
        int[] one = new int[n];
        int[] after2 = new int[n * n];
        int[] kinds2 = new int[n * n];
        int[] after1 = new int[n];
        int[] kinds1 = new int[n];
        int all = 0;
        for (String label : labels) {
            int a = EDGE;
            int b = EDGE;
            for (int i = 0; i <= label.length(); i++) {
                int c = i == label.length() ? EDGE : symbol(label.charAt(i));
                if (c < 0) {
                    continue;
                }
                kinds2[a * n + b] += three[(a * n + b) * n + c]++ == 0 ? 1 : 0;
                after2[a * n + b]++;
                kinds1[b] += two[b * n + c]++ == 0 ? 1 : 0;
                after1[b]++;
                one[c]++;
                all++;
                a = b;
                b = c;
            }
        }
        byte[] out = new byte[n * n * n];
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                for (int c = 0; c < n; c++) {
                    double chance = (one[c] + 1.0) / (all + n);
                    if (after1[b] > 0) {
                        chance = (two[b * n + c] + kinds1[b] * chance) / (after1[b] + kinds1[b]);
                    }
                    int ab = a * n + b;
                    if (after2[ab] > 0) {
                        chance = (three[ab * n + c] + kinds2[ab] * chance) / (after2[ab] + kinds2[ab]);
                    }
                    out[ab * n + c] = (byte) Math.clamp(Math.round(-Math.log(chance) / Math.log(2) * UNIT), 0, 255);
                }
            }
        }
        return new NameModel(out);
    }
}
