package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.Correlation.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one window of a correlation amounts to, while entries come in at its end and leave at its front.
///
/// A step costs at most the logarithm of the entries, whatever is computed, as one group may hold all
/// matches of a day.
final class CorrelationWindow {
    private final Correlation correlation;
    private final long[] times;
    private final int[] members;

    private int count;
    /// How often each of the rules matched.
    private final int[] byMember;
    /// Of {@link Kind#VALUE_COUNT}: how often each value stands.
    private final @Nullable String[] values;
    private final Map<String, Integer> distinct = new HashMap<>();

    // Of what is computed: numbers and their places in the order of all numbers; -1 for an entry without.
    private final double[] numbers;
    private final int[] ranks;
    private final double[] ordered;
    /// How many numbers of each stretch of ranks are in the window (Fenwick, 1994).
    private final int[] tree;
    private int summed;
    /// The numbers in the window, at their entries' places from the middle on, and before them the sum of
    /// each two: what leaves takes nothing with it. A running sum would never lose what one number of 1e300
    /// did to it.
    private final double[] sums;

    // Of TEMPORAL_ORDERED: for each rule, the latest beginning of a row of matches of all rules up to it.
    private final long[] begun;
    private long now = Long.MIN_VALUE;
    private boolean[] thisMoment = new boolean[0];

    private CorrelationWindow(Correlation correlation, long[] times, int[] members, @Nullable String[] values) {
        this.correlation = correlation;
        this.times = times;
        this.members = members;
        this.values = values;
        int rules = correlation.rules().size();
        byMember = new int[rules];
        begun = new long[rules];
        Arrays.fill(begun, Long.MIN_VALUE);
        thisMoment = new boolean[rules];
        boolean computes = switch (correlation.kind()) {
            case VALUE_SUM, VALUE_AVG, VALUE_MEDIAN, VALUE_PERCENTILE -> true;
            default -> false;
        };
        numbers = new double[computes ? values.length : 0];
        ranks = new int[numbers.length];
        int known = 0;
        for (int i = 0; i < numbers.length; i++) {
            String value = values[i];
            numbers[i] = value == null ? Double.NaN : new Value().of(value).number();
            known += Double.isNaN(numbers[i]) ? 0 : 1;
        }
        ordered = Arrays.copyOf(Arrays.stream(numbers).sorted().toArray(), known);
        for (int i = 0; i < numbers.length; i++) {
            // Equal numbers may share a rank: the order-th of them is the same number.
            ranks[i] = Double.isNaN(numbers[i]) ? -1 : Arrays.binarySearch(ordered, numbers[i]);
        }
        tree = new int[known + 1];
        sums = new double[2 * numbers.length];
    }

    /// An empty window over entries in the order of time.
    ///
    /// @param members which of the correlation's rules matched, by place
    /// @param values of the fields that it counts or computes with; null where the event lacks one
    static CorrelationWindow of(Correlation correlation, long[] times, int[] members, @Nullable String[] values) {
        return new CorrelationWindow(correlation, times, members, values);
    }

    void add(int entry) {
        count++;
        byMember[members[entry]]++;
        if (correlation.kind() == Kind.TEMPORAL_ORDERED) {
            row(entry);
        }
        change(entry, 1);
    }

    void remove(int entry) {
        count--;
        byMember[members[entry]]--;
        change(entry, -1);
    }

    private void change(int entry, int by) {
        String value = values[entry];
        if (correlation.kind() == Kind.VALUE_COUNT && value != null) {
            distinct.merge(value, by, (a, b) -> a + b == 0 ? null : a + b);
        }
        if (numbers.length > 0 && ranks[entry] >= 0) {
            summed += by;
            int at = numbers.length + entry;
            sums[at] = by > 0 ? numbers[entry] : 0;
            for (at /= 2; at > 0; at /= 2) {
                sums[at] = sums[2 * at] + sums[2 * at + 1];
            }
            for (int i = ranks[entry] + 1; i < tree.length; i += i & -i) {
                tree[i] += by;
            }
        }
    }

    /// Events of one moment are in any order, so each may go on a row that another of them goes on.
    private void row(int entry) {
        if (times[entry] != now) {
            now = times[entry];
            Arrays.fill(thisMoment, false);
        }
        thisMoment[members[entry]] = true;
        for (int rule = 0; rule < begun.length; rule++) {
            if (thisMoment[rule]) {
                begun[rule] = Math.max(begun[rule], rule == 0 ? now : begun[rule - 1]);
            }
        }
    }

    /// What the bounds are compared with; NaN where there is nothing to compare.
    double value() {
        return switch (correlation.kind()) {
            case EVENT_COUNT -> count;
            case VALUE_COUNT -> distinct.size();
            case TEMPORAL -> {
                int rules = 0;
                for (int matches : byMember) {
                    rules += matches > 0 ? 1 : 0;
                }
                yield rules;
            }
            case TEMPORAL_ORDERED -> {
                int rules = 0;
                while (rules < begun.length
                        && begun[rules] != Long.MIN_VALUE
                        && now - begun[rules] <= correlation.span().toMillis()) {
                    rules++;
                }
                yield rules;
            }
            case VALUE_SUM -> summed == 0 ? Double.NaN : sums[1];
            case VALUE_AVG -> summed == 0 ? Double.NaN : sums[1] / summed;
            case VALUE_MEDIAN -> percentile(50);
            case VALUE_PERCENTILE -> percentile(correlation.percentile());
        };
    }

    boolean holds(double value) {
        if (Double.isNaN(value)) {
            return false;
        }
        boolean temporal = correlation.kind() == Kind.TEMPORAL || correlation.kind() == Kind.TEMPORAL_ORDERED;
        if (temporal && correlation.bounds().isEmpty()) {
            return value == byMember.length;
        }
        return correlation.bounds().stream().allMatch(b -> b.holds(value));
    }

    /// With linear interpolation between the two nearest numbers.
    private double percentile(double percent) {
        if (summed == 0) {
            return Double.NaN;
        }
        double rank = percent / 100 * (summed - 1);
        double low = at((int) Math.floor(rank));
        double high = at((int) Math.ceil(rank));
        return low == high ? low : low + (high - low) * (rank - Math.floor(rank));
    }

    /// The number that so many of the window's are before.
    private double at(int before) {
        int at = 0;
        int left = before;
        for (int step = Integer.highestOneBit(Math.max(1, tree.length - 1)); step > 0; step /= 2) {
            if (at + step < tree.length && tree[at + step] <= left) {
                at += step;
                left -= tree[at];
            }
        }
        return ordered[at];
    }
}
