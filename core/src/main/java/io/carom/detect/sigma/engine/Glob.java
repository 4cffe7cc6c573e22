package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Whether a text in UTF-8 has the form of a {@link TextPattern}; time is at worst length times parts.
final class Glob {
    private static final byte[] ANY = {};
    private static final byte[] ONE = {0};

    /// The literals, and {@link #ANY} and {@link #ONE} between them.
    private final byte[][] parts;

    Glob(TextPattern pattern) {
        List<Part> of = pattern.parts();
        parts = new byte[of.size()][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = switch (of.get(i)) {
                case Part.Literal(String text) -> text.getBytes(StandardCharsets.UTF_8);
                case Part.One one -> ONE;
                case Part.Any any -> ANY;
            };
        }
    }

    // ANY and ONE are told by identity, as a literal may be a byte of zero.
    @SuppressWarnings({"ArrayEquals", "ReferenceEquality"})
    private static boolean is(byte[] part, byte[] kind) {
        return part == kind;
    }

    boolean matches(byte[] b, int from, int to) {
        int part = 0;
        int at = from;
        // Where to go on when what follows the last `*` does not fit here: one character further.
        int starPart = -1;
        int starAt = from;
        while (true) {
            if (part < parts.length && is(parts[part], ANY)) {
                starPart = part++;
                starAt = at;
                if (part == parts.length) {
                    return true;
                }
                // What ends the pattern ends the text.
                if (part == parts.length - 1 && !is(parts[part], ONE)) {
                    return to - parts[part].length >= at && stands(parts[part], b, to - parts[part].length, to);
                }
                continue;
            }
            if (part == parts.length && at == to) {
                return true;
            }
            int next = part == parts.length ? -1 : step(parts[part], b, at, to);
            if (next >= 0) {
                at = next;
                part++;
                continue;
            }
            if (starPart < 0 || starAt >= to) {
                return false;
            }
            starAt += character(b, starAt, to);
            part = starPart + 1;
            if (!is(parts[part], ONE) && !is(parts[part], ANY)) {
                starAt = indexOf(parts[part], b, starAt, to);
                if (starAt < 0) {
                    return false;
                }
            }
            at = starAt;
        }
    }

    private static int step(byte[] part, byte[] b, int at, int to) {
        if (is(part, ONE)) {
            return at < to ? at + character(b, at, to) : -1;
        }
        return stands(part, b, at, to) ? at + part.length : -1;
    }

    private static boolean stands(byte[] literal, byte[] b, int at, int to) {
        return to - at >= literal.length && Arrays.equals(literal, 0, literal.length, b, at, at + literal.length);
    }

    private static int indexOf(byte[] literal, byte[] b, int from, int to) {
        int last = to - literal.length;
        int at = from;
        long first = (literal[0] & 0xff) * EACH;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long differs = (long) Folded.LONGS.get(b, at) ^ first;
            // The high bit of each byte that is the first one, and maybe of the byte above it.
            for (long same = differs - EACH & ~differs & HIGH; same != 0; same &= same - 1) {
                int place = at + (Long.numberOfTrailingZeros(same) >> 3);
                if (place <= last && stands(literal, b, place, to)) {
                    return place;
                }
            }
        }
        for (; at <= last; at++) {
            if (b[at] == literal[0] && stands(literal, b, at, to)) {
                return at;
            }
        }
        return -1;
    }

    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    /// Bytes of the character that begins there; what is not UTF-8 counts a byte at a time.
    private static int character(byte[] b, int at, int to) {
        int lead = b[at];
        int length = lead >= -62 && lead < -32 ? 2 : lead >= -32 && lead < -16 ? 3 : lead >= -16 && lead < -11 ? 4 : 1;
        if (at + length > to) {
            return 1;
        }
        for (int i = 1; i < length; i++) {
            if ((b[at + i] & 0xC0) != 0x80) {
                return 1;
            }
        }
        return length;
    }
}
