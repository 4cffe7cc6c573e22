package io.carom.detect.indicator;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.Indicator;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Finds indicators in events. One instance belongs to one thread.
///
/// Every observable of an event is asked once: addresses exactly and by network, host names by every
/// suffix, URLs whole, without scheme, without query, and by their host, hashes and mail addresses without
/// regard to case; see {@link ObservableKeys}. A value that is several indicators is told as the one that
/// says most. Values repeat heavily in logs, so those known to match nothing are remembered by fingerprint
/// and cost one probe.
public final class IndicatorMatcher {
    /// Takes a match: the entry in the set, the row, the attribute and the slice of the value that was
    /// seen.
    @FunctionalInterface
    public interface Sink {
        void seen(Indicator indicator, int row, Attribute attribute, long slice);
    }

    private static final int MEMORY = 1 << 16;

    private final IndicatorSet set;
    private final long[] misses = new long[MEMORY];
    /// Drawn anew by each instance: who writes logs cannot know which values share a fingerprint, and hide
    /// one behind another.
    private final long seed = new Random().nextLong();

    private final ObservableKeys keys = new ObservableKeys();
    private final byte[] network = new byte[17];
    private final ObservableKeys.Sink ask = this::ask;
    private final IndicatorSet.First first = new IndicatorSet.First();
    private int found;

    public IndicatorMatcher(IndicatorSet set) {
        this.set = set;
    }

    /// Gives every indicator that a row of the batch holds to the sink: column by column, rows ascending.
    public void match(EventBatch batch, Sink sink) {
        if (set.size() == 0) {
            return;
        }
        for (Column column : batch.columns()) {
            Attribute attribute = column.attribute();
            int type = ObservableKeys.type(attribute);
            if (type == ObservableKeys.NONE) {
                continue;
            }
            long before = -1;
            for (int row = 0; row < batch.rows(); row++) {
                int count = column.count(row);
                for (int i = 0; i < count; i++) {
                    long slice = column.value(row, i);
                    if (slice == before) {
                        // A constant of the reader, which is no indicator.
                        continue;
                    }
                    int entry = look(batch.arena(), Column.from(slice), Column.length(slice), type);
                    if (entry >= 0) {
                        sink.seen(set.indicator(entry), row, attribute, slice);
                    } else {
                        before = slice;
                    }
                }
            }
        }
    }

    /// The indicator a value is, whatever its kind; null if none. For questions about single values.
    public @Nullable Indicator match(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        for (int type : new int[] {2, 1, 6, 8, 5, 7, 4, 16}) {
            int entry = look(bytes, 0, bytes.length, type);
            if (entry >= 0) {
                return set.indicator(entry);
            }
        }
        return null;
    }

    /// Which entry of the set a value is, or -1.
    ///
    /// @param type as {@link ObservableKeys#type} gives it
    public int look(byte[] b, int from, int length, int type) {
        long print = IndicatorSet.hash(b, from, from + length, seed + type);
        int slot = (int) (print >>> 40) & MEMORY - 1;
        if (misses[slot] == print) {
            return -1;
        }
        found = -1;
        keys.of(b, from, length, type, ask);
        if (found < 0) {
            misses[slot] = print;
        }
        return found;
    }

    private boolean ask(int kind, byte[] b, int from, int to) {
        found = set.best(kind, b, from, to, network, first);
        return found < 0;
    }
}
