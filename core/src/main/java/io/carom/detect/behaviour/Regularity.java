package io.carom.detect.behaviour;

import java.util.Arrays;

/// How like a machine's beat something is, by the four measures that RITA (Active Countermeasures,
/// versions 4 and 5, "Beacon Scoring" of its documentation) made common: how symmetric and narrow the
/// intervals are, how symmetric and narrow the sizes, how long it lasts, how even its hours are. Each
/// is 0 to 1, their mean the score.
///
/// @param timing of the intervals between contacts
/// @param size of the bytes sent
/// @param duration the larger of: the share of the time looked at between first and last hour; the
/// longest run
///     of hours without a gap, of 12
/// @param histogram how even the contacts are over the hours, or how well two levels describe them
record Regularity(double timing, double size, double duration, double histogram) {
    /// Hours in a row that count as lasting; RITA's default.
    private static final double IDEAL_HOURS = 12;

    /// Fewer hours say nothing of duration; RITA's default.
    private static final int LEAST_HOURS = 6;

    /// Fewer hours may look like two levels by chance; RITA's default.
    private static final int LEAST_LEVELS = 11;

    private static final double LEVEL_WIDTH = 0.05;

    double score() {
        return (timing + size + duration + histogram) / 4;
    }

    /// @param hourly contacts in each hour of those looked at
    /// @param looked at how many of the last of them there were logs
    static Regularity of(double[] intervals, double[] sizes, int[] hourly, int looked) {
        return new Regularity(
                evenness(intervals), evenness(sizes), duration(hourly, looked), histogram(hourly, looked));
    }

    /// Bowley's skewness and the median absolute deviation about the median (Hampel 1974) in one
    /// figure: 1 when all values are the same.
    static double evenness(double[] values) {
        if (values.length < 3) {
            return 0;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double middle = median(sorted, 0, sorted.length);
        double low = median(sorted, 0, half);
        double high = median(sorted, sorted.length - half, sorted.length);
        double width = high - low;
        double skew = width == 0 || middle == low || middle == high ? 0 : (low + high - 2 * middle) / width;
        double[] apart = new double[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            apart[i] = Math.abs(sorted[i] - middle);
        }
        Arrays.sort(apart);
        double narrow = middle < 1 ? 0 : Math.max(0, 1 - median(apart, 0, apart.length) / middle);
        return (1 - Math.abs(skew) + narrow) / 2;
    }

    static double median(double[] sorted, int from, int to) {
        int n = to - from;
        int at = from + n / 2;
        return n % 2 == 1 ? sorted[at] : (sorted[at - 1] + sorted[at]) / 2;
    }

    private static double duration(int[] hourly, int looked) {
        int first = -1;
        int last = -1;
        int seen = 0;
        int run = 0;
        int longest = 0;
        for (int i = hourly.length - looked; i < hourly.length; i++) {
            if (hourly[i] > 0) {
                first = first < 0 ? i : first;
                last = i;
                seen++;
                longest = Math.max(longest, ++run);
            } else {
                run = 0;
            }
        }
        if (seen < LEAST_HOURS) {
            return 0;
        }
        return Math.min(1, Math.max((last - first + 1.0) / looked, longest / IDEAL_HOURS));
    }

    private static double histogram(int[] hourly, int looked) {
        double sum = 0;
        double squares = 0;
        int largest = 0;
        int bars = 0;
        for (int i = hourly.length - looked; i < hourly.length; i++) {
            sum += hourly[i];
            squares += (double) hourly[i] * hourly[i];
            largest = Math.max(largest, hourly[i]);
            bars += hourly[i] > 0 ? 1 : 0;
        }
        if (sum == 0) {
            return 0;
        }
        double mean = sum / looked;
        double deviation = Math.sqrt(Math.max(0, squares / looked - mean * mean));
        double even = Math.max(0, 1 - deviation / mean);
        if (bars < LEAST_LEVELS) {
            return even;
        }
        int width = (int) Math.ceil(largest * LEVEL_WIDTH);
        int[] levels = new int[largest / width + 1];
        for (int i = hourly.length - looked; i < hourly.length; i++) {
            if (hourly[i] > 0) {
                levels[hourly[i] / width]++;
            }
        }
        Arrays.sort(levels);
        int two = levels[levels.length - 1] + (levels.length > 1 ? levels[levels.length - 2] : 0);
        // One hour may be out of line: the first and the last are seldom whole.
        return Math.max(even, Math.min(1, two / (bars - 1.0)));
    }
}
