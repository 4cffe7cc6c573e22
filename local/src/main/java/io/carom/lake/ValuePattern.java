package io.carom.lake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A value that is looked for, in any case, with `*` for anything.
///
/// What is ASCII is compared as bytes, eight at a time by the byte of the pattern that logs have least;
/// it must say what this says: `value.toLowerCase()` matches the pattern in lower case.
final class ValuePattern implements ParquetColumns.Test {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH = ONES << 7;
    /// Letters and signs of logs, the most frequent first.
    private static final String FREQUENT = "e0123456789 .:\"tainosr,-/=lcdumphgfybw_vkxqjz\\";

    private final boolean begins;
    private final boolean ends;
    private final boolean ascii;
    private final List<Literal> literals = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    /// What stands between two asterisks, in lower case.
    private static final class Literal {
        final byte[] bytes;
        final int rare;
        final long pattern;
        final long fold;

        Literal(byte[] bytes) {
            this.bytes = bytes;
            int best = 0;
            for (int i = 1; i < bytes.length; i++) {
                if (rank(bytes[i]) > rank(bytes[best])) {
                    best = i;
                }
            }
            rare = best;
            boolean letter = bytes[best] >= 'a' && bytes[best] <= 'z';
            fold = letter ? 0x20 * ONES : 0;
            pattern = (bytes[best] & 0xFF) * ONES;
        }

        private static int rank(byte b) {
            int at = FREQUENT.indexOf(b);
            return at < 0 ? FREQUENT.length() : at;
        }

        boolean at(byte[] b, int from) {
            for (int i = 0; i < bytes.length; i++) {
                if (lower(b[from + i]) != bytes[i]) {
                    return false;
                }
            }
            return true;
        }

        /// Where it stands first in `b[from, to)`; -1 if nowhere.
        int find(byte[] b, int from, int to) {
            int last = to - bytes.length;
            int i = from + rare;
            int end = last + rare;
            while (i <= end) {
                if (i + 8 <= b.length) {
                    long x = ((long) LONGS.get(b, i) | fold) ^ pattern;
                    long hit = x - ONES & ~x & HIGH;
                    if (hit == 0) {
                        i += 8;
                        continue;
                    }
                    i += Long.numberOfTrailingZeros(hit) >>> 3;
                    if (i > end) {
                        return -1;
                    }
                }
                if (at(b, i - rare)) {
                    return i - rare;
                }
                i++;
            }
            return -1;
        }
    }

    private ValuePattern(String value, boolean within) {
        String lower = value.toLowerCase(Locale.ROOT);
        begins = within || lower.startsWith("*");
        ends = within || lower.endsWith("*");
        ascii = lower.chars().allMatch(c -> c < 0x80);
        for (String part : lower.split("\\*")) {
            if (!part.isEmpty()) {
                texts.add(part);
                literals.add(new Literal(part.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /// Of a whole value.
    static ValuePattern whole(String value) {
        return new ValuePattern(value, false);
    }

    /// Of a value that has it anywhere.
    static ValuePattern within(String value) {
        return new ValuePattern(value, true);
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    @Override
    public boolean bytes(byte[] bytes, int from, int to) {
        if (!ascii) {
            return text(new String(bytes, from, to - from, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT));
        }
        int n = literals.size();
        if (n == 0) {
            return begins || from == to;
        }
        int at = from;
        for (int i = 0; i < n; i++) {
            Literal one = literals.get(i);
            int length = one.bytes.length;
            if (i == 0 && !begins) {
                if (length > to - from || !one.at(bytes, from)) {
                    return false;
                }
                at = from + length;
                if (n == 1) {
                    return ends || at == to;
                }
            } else if (i == n - 1 && !ends) {
                return to - length >= at && one.at(bytes, to - length);
            } else {
                int found = one.find(bytes, at, to);
                if (found < 0) {
                    return false;
                }
                at = found + length;
            }
        }
        return true;
    }

    private boolean text(String value) {
        int n = texts.size();
        int at = 0;
        for (int i = 0; i < n; i++) {
            String one = texts.get(i);
            if (i == 0 && !begins) {
                if (!value.startsWith(one)) {
                    return false;
                }
                at = one.length();
                if (n == 1) {
                    return ends || at == value.length();
                }
            } else if (i == n - 1 && !ends) {
                return value.length() - one.length() >= at && value.endsWith(one);
            } else {
                int found = value.indexOf(one, at);
                if (found < 0) {
                    return false;
                }
                at = found + one.length();
            }
        }
        return n > 0 || begins || value.isEmpty();
    }

    @Override
    public boolean number(long value, boolean floating) {
        String shown = floating ? Double.toString(Double.longBitsToDouble(value)) : Long.toString(value);
        return text(shown.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean truth(boolean value) {
        return text(Boolean.toString(value));
    }

    @Override
    public boolean time(long micros) {
        // As SQL shows it: 2026-03-02 10:00:00.123.
        java.time.Instant at = java.time.Instant.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1000L);
        String text = at.toString().replace('T', ' ').replace("Z", "");
        return text(text) || text.endsWith(":00") && text(text.substring(0, 16) + ":00");
    }
}
