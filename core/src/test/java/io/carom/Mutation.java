package io.carom;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Inputs spoilt in the ways that logs are spoilt, and in the ways that attackers spoil them. The same random
/// numbers give the same input.
public final class Mutation {
    private Mutation() {}

    private static final String[] PIECES = {
        "\n",
        "\r\n",
        "\0",
        "\"",
        "\\",
        "\\u",
        "\\ud800",
        "{",
        "}",
        "[",
        "]",
        ",",
        ";",
        "|",
        "=",
        ":",
        " ",
        "\t",
        "<",
        ">",
        "<<",
        "%",
        "-1",
        "0",
        "99999999999999999999",
        "1e999",
        "NaN",
        "0x",
        "2100-02-30T25:61:61Z",
        "Feb 29 00:00:00",
        "::ffff:1.2.3.4%eth0",
        "[::1]:65536",
        "é",
        "\uFEFF",
        "null",
        "true",
        "{}",
        "CEF:0|",
        "LEEF:2.0|",
        "#fields\t",
        "type=",
        "&x *x",
        "!!"
    };

    /// A spoilt copy of one of the samples.
    public static byte[] of(List<byte[]> samples, SplittableRandom random) {
        byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            bytes = once(bytes, samples, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, List<byte[]> samples, SplittableRandom random) {
        int length = bytes.length;
        int at = random.nextInt(length + 1);
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> Arrays.copyOfRange(bytes, at, length);
            case 2 -> {
                for (int flips = 1 + random.nextInt(8); flips > 0 && length > 0; flips--) {
                    bytes[random.nextInt(length)] = (byte) random.nextInt(256);
                }
                yield bytes;
            }
            case 3 -> {
                for (int flips = 1 + random.nextInt(8); flips > 0 && length > 0; flips--) {
                    bytes[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield bytes;
            }
            case 4, 5 -> {
                byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
                yield joined(bytes, at, piece, Math.min(length, at + random.nextInt(2) * piece.length));
            }
            case 6 -> {
                // A part of another sample.
                byte[] other = samples.get(random.nextInt(samples.size()));
                int from = random.nextInt(other.length + 1);
                int to = Math.min(other.length, from + random.nextInt(400));
                yield joined(bytes, at, Arrays.copyOfRange(other, from, to), at);
            }
            default -> {
                // A part left out, or said twice.
                int to = Math.min(length, at + random.nextInt(200));
                yield random.nextBoolean()
                        ? joined(bytes, at, new byte[0], to)
                        : joined(bytes, at, Arrays.copyOfRange(bytes, at, to), at);
            }
        };
    }

    /// The bytes up to `at`, the piece, the bytes from `rest` on.
    private static byte[] joined(byte[] bytes, int at, byte[] piece, int rest) {
        byte[] joined = new byte[at + piece.length + bytes.length - rest];
        System.arraycopy(bytes, 0, joined, 0, at);
        System.arraycopy(piece, 0, joined, at, piece.length);
        System.arraycopy(bytes, rest, joined, at + piece.length, bytes.length - rest);
        return joined;
    }
}
