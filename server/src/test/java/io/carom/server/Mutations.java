package io.carom.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Texts that are nearly right: cut, doubled, with bytes changed or put in that mean something somewhere.
public final class Mutations {
    private static final List<String> BITS = List.of(
            "\"",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\\",
            "\\ud800",
            "\u0000",
            "\n",
            "\r\n",
            "null",
            "-1",
            "1e999",
            "0.0",
            "true",
            "\"\"",
            "{}",
            "[[[[[[[[",
            "99999999999999999999",
            "%00",
            "%ff",
            "..",
            "/",
            "&",
            "=",
            "match[",
            "]=x",
            "\u00e9",
            "_index");

    private final Random random;

    public Mutations(long seed) {
        random = new Random(seed);
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /// One of the texts, changed in a few places.
    public byte[] of(List<byte[]> seeds) {
        byte[] text = seeds.get(random.nextInt(seeds.size())).clone();
        for (int n = random.nextInt(5); n > 0; n--) {
            int at = random.nextInt(text.length + 1);
            text = switch (random.nextInt(5)) {
                case 0 -> Arrays.copyOf(text, at);
                case 1 ->
                    with(text, at, at, BITS.get(random.nextInt(BITS.size())).getBytes(StandardCharsets.UTF_8));
                case 2 -> with(text, at, Math.min(text.length, at + 1 + random.nextInt(8)), new byte[0]);
                case 3 ->
                    with(text, at, at, Arrays.copyOfRange(text, at, Math.min(text.length, at + random.nextInt(64))));
                default -> with(text, at, Math.min(text.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            };
        }
        return text;
    }

    private static byte[] with(byte[] text, int from, int to, byte[] in) {
        byte[] out = new byte[text.length - (to - from) + in.length];
        System.arraycopy(text, 0, out, 0, from);
        System.arraycopy(in, 0, out, from, in.length);
        System.arraycopy(text, to, out, from + in.length, text.length - to);
        return out;
    }
}
