package io.carom.observe;

import io.carom.event.Column;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Texts and addresses of a run, each made once: logs repeat the same few over and over, and making a
/// text costs more than finding it. Not safe for use by many threads.
final class Texts {
    /// Slots of the cache before the tables; a power of two.
    private static final int SLOTS = 1 << 16;

    /// Texts held at most; then all are forgotten, as a bound and not as a rule.
    private static final int HELD = 1 << 20;

    private final long[] prints = new long[SLOTS];
    private final @Nullable String[] plain = new String[SLOTS];
    private final long[] lowerPrints = new long[SLOTS];
    private final @Nullable String[] lower = new String[SLOTS];
    private final long[] addressPrints = new long[SLOTS];
    private final @Nullable Address[] addresses = new Address[SLOTS];
    private Map<String, String> held = new HashMap<>();
    private Map<String, Address> known = new HashMap<>();

    /// The slice's text, at most {@link Observation#LONGEST} characters of it.
    String plain(byte[] arena, long slice) {
        long print = print(arena, slice);
        int slot = (int) print & SLOTS - 1;
        String found = plain[slot];
        if (found != null && prints[slot] == print) {
            return found;
        }
        String text = held(cut(arena, slice));
        prints[slot] = print;
        plain[slot] = text;
        return text;
    }

    /// The slice's text in lower case.
    String lower(byte[] arena, long slice) {
        long print = print(arena, slice);
        int slot = (int) print & SLOTS - 1;
        String found = lower[slot];
        if (found != null && lowerPrints[slot] == print) {
            return found;
        }
        String text = held(cut(arena, slice).toLowerCase(Locale.ROOT));
        lowerPrints[slot] = print;
        lower[slot] = text;
        return text;
    }

    /// The address the slice states, null if it states none.
    @Nullable
    Address address(byte[] arena, long slice) {
        if (Column.length(slice) > 64) {
            return null;
        }
        long print = print(arena, slice);
        int slot = (int) print & SLOTS - 1;
        Address found = addresses[slot];
        if (found != null && addressPrints[slot] == print) {
            return found;
        }
        Address address = address(new String(arena, Column.from(slice), Column.length(slice), StandardCharsets.UTF_8));
        if (address != null) {
            addressPrints[slot] = print;
            addresses[slot] = address;
        }
        return address;
    }

    @Nullable
    Address address(String text) {
        Address address = known.get(text);
        if (address == null) {
            address = Address.of(text);
            if (address == null) {
                return null;
            }
            if (known.size() >= HELD) {
                known = new HashMap<>();
            }
            known.put(text, address);
        }
        return address;
    }

    /// The one object that stands for this text.
    String held(String text) {
        if (text.isEmpty()) {
            return "";
        }
        if (held.size() >= HELD) {
            held = new HashMap<>();
        }
        String before = held.putIfAbsent(text, text);
        return before == null ? text : before;
    }

    private static String cut(byte[] arena, long slice) {
        // A character has at most four bytes; what is cut in the middle of one is dropped behind the cut.
        int length = Math.min(Column.length(slice), Observation.LONGEST * 4);
        String text = new String(arena, Column.from(slice), length, StandardCharsets.UTF_8);
        return text.length() > Observation.LONGEST ? text.substring(0, Observation.LONGEST) : text;
    }

    /// 64 bits over the whole slice; two texts of a run share them by accident once in 10^7 runs of 10^6
    /// texts.
    private static long print(byte[] b, long slice) {
        int from = Column.from(slice);
        int length = Column.length(slice);
        int to = from + length;
        long h = 0x9E3779B97F4A7C15L ^ length;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            h = (h ^ (long) LONG.get(b, i)) * 0xD6E8FEB86659FD93L;
            h ^= h >>> 32;
        }
        long tail = 0;
        for (; i < to; i++) {
            tail = tail << 8 | b[i] & 0xFF;
        }
        return Keys.mixed(h ^ tail * 0xBF58476D1CE4E5B9L);
    }

    private static final java.lang.invoke.VarHandle LONG =
            java.lang.invoke.MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.LITTLE_ENDIAN);
}
