package io.carom.source.mapping;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.Row;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/// Turns one native value into the value of an attribute. Stateless.
@FunctionalInterface
public interface Conversion {
    /// Writes the value to the current row.
    ///
    /// @param slice the native value, packed, in the row's bytes
    /// @param kind its kind, one of {@link EventBatch}'s
    /// @return false if the value was not understood and nothing was written; true also for a value
    ///     that means "none"
    boolean write(Row row, Attribute to, long slice, byte kind);

    /// Text as it stands. An empty text is no value.
    Conversion TEXT = (row, to, slice, kind) -> {
        if (Column.length(slice) > 0) {
            put(row, to, slice);
        }
        return true;
    };

    /// Text in lower case (ASCII), as host names and hashes are compared.
    Conversion LOWER = (row, to, slice, kind) -> {
        int length = Column.length(slice);
        if (length == 0) {
            return true;
        }
        EventBatch batch = row.batch();
        byte[] bytes = batch.arena();
        int from = Column.from(slice);
        int upper = 0;
        while (upper < length && !(bytes[from + upper] >= 'A' && bytes[from + upper] <= 'Z')) {
            upper++;
        }
        if (upper == length) {
            put(row, to, slice);
            return true;
        }
        bytes = batch.reserve(length);
        int at = batch.arenaEnd();
        for (int i = 0; i < length; i++) {
            byte b = bytes[from + i];
            bytes[at + i] = b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
        }
        batch.arenaEnd(at + length);
        put(row, to, Column.pack(at, at + length));
        return true;
    };

    /// An IPv4 or IPv6 address (RFC 4291 text form, zone index and brackets taken off, IPv4-mapped as
    /// IPv4).
    Conversion IP = (row, to, slice, kind) -> {
        long address = Addresses.clean(row.bytes(), Column.from(slice), Column.from(slice) + Column.length(slice));
        if (address < 0) {
            return false;
        }
        put(row, to, address);
        return true;
    };

    /// A mail address (RFC 5321's Mailbox), taken out of `Name <address>` or `<address>`; not
    /// understood without an `@`.
    Conversion EMAIL = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        for (int i = end - 1; i >= from; i--) {
            if (b[i] == '>') {
                end = i;
            } else if (b[i] == '<') {
                from = i + 1;
                break;
            }
        }
        boolean at = false;
        for (int i = from; i < end; i++) {
            at |= b[i] == '@';
            if (b[i] <= ' ') {
                return false;
            }
        }
        return at && LOWER.write(row, to, Column.pack(from, end), kind);
    };

    /// A whole number, decimal or `0x…`.
    Conversion INTEGER = (row, to, slice, kind) -> {
        long value = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (value == Numbers.NONE) {
            return false;
        }
        if (to.kind() == io.carom.event.Kind.INTEGER && (value > Integer.MAX_VALUE || value < Integer.MIN_VALUE)) {
            return false;
        }
        put(row, to, value);
        return true;
    };

    /// A port: 0 to 65535.
    Conversion PORT = (row, to, slice, kind) -> {
        long value = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (value < 0 || value > 65535) {
            return false;
        }
        put(row, to, value);
        return true;
    };

    /// A decimal number as a double.
    Conversion FLOAT = (row, to, slice, kind) -> {
        double value = Numbers.decimal(row.bytes(), Column.from(slice), Column.length(slice));
        if (Double.isNaN(value)) {
            return false;
        }
        put(row, to, Double.doubleToRawLongBits(value));
        return true;
    };

    /// A duration in seconds with a fraction, as whole milliseconds.
    Conversion SECONDS = (row, to, slice, kind) -> {
        double value = Numbers.decimal(row.bytes(), Column.from(slice), Column.length(slice));
        if (Double.isNaN(value) || Math.abs(value) > 1e12) {
            return false;
        }
        put(row, to, Math.round(value * 1000));
        return true;
    };

    /// `true`/`false`, `T`/`F`, `yes`/`no`, `1`/`0` in any case.
    Conversion BOOLEAN = (row, to, slice, kind) -> {
        if (kind == EventBatch.TRUE || kind == EventBatch.FALSE) {
            put(row, to, kind == EventBatch.TRUE ? 1 : 0);
            return true;
        }
        int length = Column.length(slice);
        byte first = length == 0 ? 0 : (byte) (row.bytes()[Column.from(slice)] | 0x20);
        switch (first) {
            case 't', 'y', '1' | 0x20 -> put(row, to, 1);
            case 'f', 'n', '0' | 0x20 -> put(row, to, 0);
            default -> {
                return false;
            }
        }
        return true;
    };

    /// Seconds since 1970 with a fraction.
    Conversion EPOCH_SECONDS = (row, to, slice, kind) ->
            time(row, to, Times.epochSeconds(row.bytes(), Column.from(slice), Column.length(slice)));

    /// A number since 1970 in seconds, milliseconds, microseconds or nanoseconds, told by its size.
    Conversion EPOCH =
            (row, to, slice, kind) -> time(row, to, Times.epoch(row.bytes(), Column.from(slice), Column.length(slice)));

    /// ISO 8601 / RFC 3339, with `T` or a space, any fraction, zone or none (then the input's zone).
    Conversion ISO_TIME = (row, to, slice, kind) -> time(
            row,
            to,
            Times.iso(
                    row.bytes(),
                    Column.from(slice),
                    Column.length(slice),
                    row.context().zone()));

    /// Any of the forms that {@link Times#any} knows: for sources whose time differs between versions.
    Conversion TIME = (row, to, slice, kind) ->
            time(row, to, Times.any(row.bytes(), Column.from(slice), Column.length(slice), row.context()));

    /// Numbers for words, compared without regard to case: `Conversion.words(Map.of("tcp", 6, "udp",
    /// 17))`. Other words are not understood.
    static Conversion words(Map<String, Integer> numbers) {
        // Words by their length, so that a value is compared with few of them and never becomes a String.
        byte[][][] words = new byte[1][][];
        int[][] values = new int[1][];
        for (Map.Entry<String, Integer> entry : numbers.entrySet()) {
            byte[] word = entry.getKey().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
            if (word.length >= words.length) {
                words = Arrays.copyOf(words, word.length + 1);
                values = Arrays.copyOf(values, word.length + 1);
            }
            int known = words[word.length] == null ? 0 : words[word.length].length;
            words[word.length] = known == 0 ? new byte[1][] : Arrays.copyOf(words[word.length], known + 1);
            values[word.length] = known == 0 ? new int[1] : Arrays.copyOf(values[word.length], known + 1);
            words[word.length][known] = word;
            values[word.length][known] = entry.getValue();
        }
        byte[][][] byLength = words;
        int[][] numberOf = values;
        return (row, to, slice, kind) -> {
            int length = Column.length(slice);
            if (length >= byLength.length || byLength[length] == null) {
                return false;
            }
            byte[] bytes = row.bytes();
            int from = Column.from(slice);
            byte[][] candidates = byLength[length];
            byte first = length == 0 ? 0 : lower(bytes[from]);
            for (int n = 0; n < candidates.length; n++) {
                byte[] word = candidates[n];
                if (length > 0 && word[0] != first) {
                    continue;
                }
                int at = 1;
                while (at < length && lower(bytes[from + at]) == word[at]) {
                    at++;
                }
                if (at >= length) {
                    put(row, to, numberOf[length][n]);
                    return true;
                }
            }
            return false;
        };
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    /// As {@link #words}, with a number for every other word (OCSF's 99, "Other").
    static Conversion words(Map<String, Integer> numbers, int otherwise) {
        Conversion known = words(numbers);
        return (row, to, slice, kind) -> {
            if (!known.write(row, to, slice, kind)) {
                put(row, to, otherwise);
            }
            return true;
        };
    }

    /// The conversion that fits what OCSF says of the attribute: addresses, times, numbers, ports; text
    /// otherwise.
    static Conversion fitting(Attribute attribute) {
        return switch (attribute.kind()) {
            case STRING -> attribute.observableType() == 2 ? IP : TEXT;
            case JSON -> TEXT;
            case INTEGER -> attribute.path().endsWith("port") ? PORT : INTEGER;
            case LONG -> INTEGER;
            case TIMESTAMP -> TIME;
            case BOOLEAN -> BOOLEAN;
            case FLOAT -> FLOAT;
        };
    }

    /// Sets a scalar, adds to a list.
    static void put(Row row, Attribute to, long value) {
        if (to.list()) {
            row.batch().add(to, value);
        } else {
            row.batch().set(to, value);
        }
    }

    private static boolean time(Row row, Attribute to, long millis) {
        if (millis == Times.NONE) {
            return false;
        }
        put(row, to, millis);
        return true;
    }
}
