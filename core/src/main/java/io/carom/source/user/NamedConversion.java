package io.carom.source.user;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.Kind;
import io.carom.event.OcsfEnum;
import io.carom.source.InputContext;
import io.carom.source.mapping.Conversion;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The conversions that a mapping file may name, with the kinds of attribute each can fill.
record NamedConversion(Conversion conversion, Set<Kind> kinds) {
    static final Map<String, NamedConversion> ALL = all();

    /// The forms of time, besides `pattern`.
    static final Set<String> TIMES = Set.of("any", "iso", "epoch", "epoch-s", "epoch-ms", "epoch-us");

    private static Map<String, NamedConversion> all() {
        Set<Kind> whole = EnumSet.of(Kind.INTEGER, Kind.LONG);
        Map<String, NamedConversion> all = new LinkedHashMap<>();
        all.put("text", new NamedConversion(Conversion.TEXT, EnumSet.of(Kind.STRING)));
        all.put("lower", new NamedConversion(Conversion.LOWER, EnumSet.of(Kind.STRING)));
        all.put("ip", new NamedConversion(Conversion.IP, EnumSet.of(Kind.STRING)));
        all.put("email", new NamedConversion(Conversion.EMAIL, EnumSet.of(Kind.STRING)));
        all.put("integer", new NamedConversion(Conversion.INTEGER, whole));
        all.put("port", new NamedConversion(Conversion.PORT, whole));
        all.put("seconds", new NamedConversion(Conversion.SECONDS, whole));
        all.put("float", new NamedConversion(Conversion.FLOAT, EnumSet.of(Kind.FLOAT)));
        all.put("boolean", new NamedConversion(Conversion.BOOLEAN, EnumSet.of(Kind.BOOLEAN)));
        for (String form : new String[] {"any", "iso", "epoch", "epoch-s", "epoch-ms", "epoch-us"}) {
            all.put(
                    form.equals("any") ? "time" : form.equals("iso") ? "iso-time" : form,
                    new NamedConversion(time(form, null), EnumSet.of(Kind.TIMESTAMP)));
        }
        return all;
    }

    /// A form of time.
    ///
    /// @param zone that of times written without one; null for the input's
    static Conversion time(String form, @Nullable ZoneId zone) {
        return switch (form) {
            case "iso" ->
                (row, to, slice, kind) -> put(
                        row.bytes(),
                        slice,
                        (b, from, length) -> Times.iso(
                                b, from, length, zone == null ? row.context().zone() : zone),
                        millis -> row.set(to, millis));
            case "epoch" -> Conversion.EPOCH;
            case "epoch-s" -> Conversion.EPOCH_SECONDS;
            case "epoch-ms" ->
                (row, to, slice, kind) ->
                        put(row.bytes(), slice, NamedConversion::whole, millis -> row.set(to, millis));
            case "epoch-us" ->
                (row, to, slice, kind) -> put(
                        row.bytes(),
                        slice,
                        (b, from, length) -> {
                            long micros = whole(b, from, length);
                            return micros == Times.NONE ? Times.NONE : Math.floorDiv(micros, 1000L);
                        },
                        millis -> row.set(to, millis));
            default ->
                (row, to, slice, kind) -> {
                    InputContext own = row.context();
                    InputContext context = zone == null ? own : new InputContext(own.path(), zone, own.reference());
                    return put(
                            row.bytes(),
                            slice,
                            (b, from, length) -> Times.any(b, from, length, context),
                            millis -> row.set(to, millis));
                };
        };
    }

    /// A time in a form of the user's own, as `java.time.format.DateTimeFormatter` takes it, months in
    /// English.
    static Conversion pattern(DateTimeFormatter pattern, @Nullable ZoneId zone) {
        return (row, to, slice, kind) -> put(
                row.bytes(),
                slice,
                (b, from, length) -> {
                    // No time is longer; what is goes unread and is not copied.
                    if (length > 100) {
                        return Times.NONE;
                    }
                    try {
                        TemporalAccessor read = pattern.parseBest(
                                new String(b, from, length, StandardCharsets.UTF_8),
                                ZonedDateTime::from,
                                LocalDateTime::from,
                                LocalDate::from);
                        ZoneId at = zone == null ? row.context().zone() : zone;
                        return switch (read) {
                            case ZonedDateTime zoned -> zoned.toInstant().toEpochMilli();
                            case LocalDateTime local ->
                                local.atZone(at).toInstant().toEpochMilli();
                            default ->
                                LocalDate.from(read)
                                        .atStartOfDay(at)
                                        .toInstant()
                                        .toEpochMilli();
                        };
                    } catch (DateTimeException | ArithmeticException e) {
                        return Times.NONE;
                    }
                },
                millis -> row.set(to, millis));
    }

    private interface Reading {
        long millis(byte[] bytes, int from, int length);
    }

    private interface Target {
        void set(long millis);
    }

    private static boolean put(byte[] bytes, long slice, Reading reading, Target target) {
        long millis = reading.millis(bytes, Column.from(slice), Column.length(slice));
        if (millis == Times.NONE) {
            return false;
        }
        target.set(millis);
        return true;
    }

    private static long whole(byte[] b, int from, int length) {
        long value = Numbers.integer(b, from, length);
        return value == Numbers.NONE ? Times.NONE : value;
    }

    /// Only the values that the class allows, as number or caption, so that no record makes an event
    /// that OCSF forbids.
    static Conversion allowed(OcsfEnum values) {
        Map<String, Integer> numbers = new HashMap<>();
        values.numbers().forEach((number, caption) -> {
            numbers.put(caption.toLowerCase(Locale.ROOT), number);
            numbers.put(number.toString(), number);
        });
        return Conversion.words(numbers);
    }

    /// Texts for words, compared without regard to case; other words are not understood.
    static Conversion texts(Map<String, String> words, @Nullable String otherwise) {
        Map<String, byte[]> folded = new HashMap<>();
        int most = 0;
        for (Map.Entry<String, String> word : words.entrySet()) {
            folded.put(word.getKey().toLowerCase(Locale.ROOT), word.getValue().getBytes(StandardCharsets.UTF_8));
            most = Math.max(most, word.getKey().getBytes(StandardCharsets.UTF_8).length * 2);
        }
        byte[] other = otherwise == null ? null : otherwise.getBytes(StandardCharsets.UTF_8);
        int longest = most;
        return (row, to, slice, kind) -> {
            byte[] text = Column.length(slice) > longest
                    ? null
                    : folded.get(row.batch().text(slice).toLowerCase(Locale.ROOT));
            byte[] value = text == null ? other : text;
            if (value == null) {
                return false;
            }
            write(row.batch().append(value, 0, value.length), to, row);
            return true;
        };
    }

    private static void write(long value, Attribute to, io.carom.source.Row row) {
        if (to.list()) {
            row.batch().add(to, value);
        } else {
            row.set(to, value);
        }
    }
}
