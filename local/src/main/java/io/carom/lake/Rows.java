package io.carom.lake;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rows of one class of one client that wait to be written. Values are copied out of the batches they
/// came in.
final class Rows {
    private final EventBatch kept;
    private final int classUid;
    private int[] inputs = new int[1024];
    // Of the batch that is being taken: its rows of this class, and how far each one's record was moved.
    private int[] chosen = new int[1024];
    private int[] moved = new int[1024];
    private int chosenCount;
    /// By the attribute's id.
    private @Nullable KnownTexts[] known = new KnownTexts[256];

    Rows(int classUid) {
        this(classUid, new EventBatch(1 << 16));
    }

    /// @param kept empty, to hold the rows
    Rows(int classUid, EventBatch kept) {
        this.classUid = classUid;
        this.kept = kept;
    }

    int size() {
        return kept.rows();
    }

    long bytes() {
        long bytes = kept.arenaEnd() + kept.rows() * 64L + kept.columnBytes();
        for (KnownTexts texts : known) {
            bytes += texts == null ? 0 : texts.bytes();
        }
        return bytes;
    }

    EventBatch events() {
        return kept;
    }

    /// Chooses a row of the batch that {@link #take} then takes.
    void choose(int row) {
        if (chosenCount == chosen.length) {
            chosen = Arrays.copyOf(chosen, chosenCount * 2);
            moved = Arrays.copyOf(moved, chosenCount * 2);
        }
        chosen[chosenCount++] = row;
    }

    /// Takes the chosen rows, column after column: the same as taking each row's values in turn.
    void take(EventBatch batch, int input) {
        int first = kept.rows();
        for (int i = 0; i < chosenCount; i++) {
            int row = chosen[i];
            long text = batch.nativeText(row);
            int from = Column.from(text);
            long raw = kept.append(batch.arena(), from, from + Column.length(text));
            moved[i] = Column.from(raw) - from;
            kept.startRow(batch.source(row), batch.record(row), batch.offset(row), raw);
            kept.endRow(classUid, field -> true);
        }
        if (kept.rows() > inputs.length) {
            inputs = Arrays.copyOf(inputs, Math.max(kept.rows(), inputs.length * 2));
        }
        Arrays.fill(inputs, first, kept.rows(), input);
        if (chosenCount == 0) {
            return;
        }
        for (Column column : batch.columns()) {
            if (column.attribute().kind().isText()) {
                texts(batch, column, first);
            } else {
                numbers(column, first);
            }
        }
        chosenCount = 0;
    }

    private void numbers(Column column, int first) {
        Column into = null;
        for (int i = 0; i < chosenCount; i++) {
            int row = chosen[i];
            int count = column.count(row);
            for (int n = 0; n < count; n++) {
                into = into == null ? kept.columnOf(column.attribute()) : into;
                into.add(first + i, column.value(row, n));
            }
        }
    }

    private void texts(EventBatch batch, Column column, int first) {
        byte[] arena = batch.arena();
        Column into = null;
        KnownTexts texts = null;
        // A value that stood in the arena before is not looked for again for the next row: defaults.
        long seen = -1;
        long copied = -1;
        for (int i = 0; i < chosenCount; i++) {
            int row = chosen[i];
            int count = column.count(row);
            for (int n = 0; n < count; n++) {
                long value = column.value(row, n);
                texts = texts == null ? known(column.attribute()) : texts;
                if (value != seen) {
                    seen = value;
                    // What stands in the record is there already.
                    long already = within(value, batch.nativeText(row)) ? value + ((long) moved[i] << 32) : -1;
                    copied = texts.slice(kept, arena, Column.from(value), Column.length(value), already);
                }
                into = into == null ? kept.columnOf(column.attribute()) : into;
                into.add(first + i, copied);
            }
        }
    }

    private KnownTexts known(Attribute attribute) {
        int id = attribute.id();
        if (id >= known.length) {
            known = Arrays.copyOf(known, Math.max(id + 1, known.length * 2));
        }
        KnownTexts texts = known[id];
        if (texts == null) {
            texts = new KnownTexts();
            known[id] = texts;
        }
        return texts;
    }

    /// Whether equal values of the text attribute are the same slice of {@link #events}.
    boolean isEachOnce(Attribute attribute) {
        int id = attribute.id();
        KnownTexts texts = id < known.length ? known[id] : null;
        return texts != null && !texts.isOff();
    }

    private static boolean within(long value, long record) {
        int from = Column.from(value);
        int start = Column.from(record);
        return from >= start && from + Column.length(value) <= start + Column.length(record);
    }

    int input(int row) {
        return inputs[row];
    }

    String source(int row) {
        return SourceNames.name(kept.source(row));
    }

    long time(int row) {
        return kept.number(Attribute.TIME, row, 0);
    }

    /// The rows of each day, days ascending, in the order in which they came.
    Map<Long, int[]> byDay() {
        Map<Long, int[]> days = new TreeMap<>();
        Map<Long, Integer> sizes = new TreeMap<>();
        long last = Long.MIN_VALUE;
        int[] into = new int[0];
        int size = 0;
        for (int row = 0; row < kept.rows(); row++) {
            long day = Math.floorDiv(time(row), 86_400_000L);
            if (day != last) {
                if (size > 0) {
                    days.put(last, into);
                    sizes.put(last, size);
                }
                into = days.getOrDefault(day, new int[256]);
                size = sizes.getOrDefault(day, 0);
                last = day;
            }
            if (size == into.length) {
                into = Arrays.copyOf(into, size * 2);
            }
            into[size++] = row;
        }
        if (size > 0) {
            days.put(last, into);
            sizes.put(last, size);
        }
        days.replaceAll((day, rows) -> Arrays.copyOf(rows, sizes.getOrDefault(day, 0)));
        return days;
    }

    List<Attribute> attributes() {
        return kept.columns().stream().map(Column::attribute).toList();
    }
}
