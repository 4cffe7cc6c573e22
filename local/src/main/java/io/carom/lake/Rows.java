package io.carom.lake;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Rows of one class of one client that wait to be written. Values are copied out of the batches they
/// came in.
final class Rows {
    private final EventBatch kept = new EventBatch(1 << 16);
    private final int classUid;
    private int[] inputs = new int[1024];
    // A value that stood in the arena of the batch before is not copied again for the next row: constants.
    private long[] seen = new long[0];
    private long[] copied = new long[0];

    Rows(int classUid) {
        this.classUid = classUid;
    }

    int size() {
        return kept.rows();
    }

    long bytes() {
        return kept.arenaEnd() + kept.rows() * 64L;
    }

    EventBatch events() {
        return kept;
    }

    /// A new batch comes: what was remembered of the last one's arena no longer holds.
    void nextBatch() {
        Arrays.fill(seen, -1);
    }

    void add(EventBatch batch, int row, int input) {
        if (seen.length < Attribute.count()) {
            int before = seen.length;
            seen = Arrays.copyOf(seen, Attribute.count());
            copied = Arrays.copyOf(copied, Attribute.count());
            Arrays.fill(seen, before, seen.length, -1);
        }
        long text = batch.nativeText(row);
        long raw = kept.append(batch.arena(), Column.from(text), Column.from(text) + Column.length(text));
        kept.startRow(batch.source(row), batch.record(row), batch.offset(row), raw);
        for (Column column : batch.columns()) {
            int count = column.count(row);
            if (count == 0) {
                continue;
            }
            Attribute attribute = column.attribute();
            for (int i = 0; i < count; i++) {
                long value = column.value(row, i);
                if (attribute.kind().isText()) {
                    value = copy(batch, attribute.id(), value);
                }
                if (attribute.list()) {
                    kept.add(attribute, value);
                } else {
                    kept.set(attribute, value);
                }
            }
        }
        int at = kept.rows();
        if (at == inputs.length) {
            inputs = Arrays.copyOf(inputs, at * 2);
        }
        inputs[at] = input;
        kept.endRow(classUid, field -> true);
    }

    private long copy(EventBatch batch, int attribute, long value) {
        if (seen[attribute] == value) {
            return copied[attribute];
        }
        int from = Column.from(value);
        long slice = kept.append(batch.arena(), from, from + Column.length(value));
        seen[attribute] = value;
        copied[attribute] = slice;
        return slice;
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
        Map<Long, List<Integer>> days = new TreeMap<>();
        long last = Long.MIN_VALUE;
        List<Integer> into = new ArrayList<>();
        for (int row = 0; row < kept.rows(); row++) {
            long day = Math.floorDiv(time(row), 86_400_000L);
            if (day != last) {
                into = days.computeIfAbsent(day, d -> new ArrayList<>());
                last = day;
            }
            into.add(row);
        }
        Map<Long, int[]> packed = new TreeMap<>();
        days.forEach((day, rows) ->
                packed.put(day, rows.stream().mapToInt(Integer::intValue).toArray()));
        return packed;
    }

    List<Attribute> attributes() {
        return kept.columns().stream().map(Column::attribute).toList();
    }
}
