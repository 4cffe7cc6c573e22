package io.carom.detect.behaviour;

import java.util.Arrays;

/// The period of a series of events that gaps, missing and additional events do not hide.
///
/// After BAYWATCH (Hu et al., DSN 2016): candidate periods are the peaks of the periodogram of the
/// binned series that chance does not explain, each then verified by autocorrelation. Chance is
/// Fisher's (1929): ordinates of a random series are exponentially distributed, which needs no
/// permutations and gives the same answer every time. The autocorrelation is taken over the events
/// themselves: how many of them are followed by another one period later, of those that are followed by
/// any soon, against how many would be by the density around.
///
/// @param seconds the period; 0 if there is none
/// @param share of events followed by another a period later
/// @param chance the share that chance would give
/// @param beats events so followed
/// @param sigma by how many standard deviations they are more than by chance
record Period(double seconds, double share, double chance, int beats, double sigma) {
    static final Period NONE = new Period(0, 0, 0, 0, 0);

    /// Fewer events have no spectrum to speak of.
    static final int LEAST = 10;

    private static final int BINS = 1 << 12;
    private static final int CANDIDATES = 6;

    /// Chance that a random series has a single candidate.
    private static final double ALARM = 0.001;

    /// A beat may come so much of the period early or late.
    private static final double JITTER = 0.15;

    /// Times are whole seconds; a shorter period cannot be told from a burst.
    private static final double SHORTEST = 4;

    private static final double SURE = 4;

    /// 0 to 1: what the share has over chance.
    double strength() {
        return seconds == 0 ? 0 : Math.max(0, (share - chance) / (1 - chance));
    }

    /// @param times seconds, in order
    static Period of(long[] times) {
        long[] t = distinct(times);
        if (t.length < LEAST) {
            return NONE;
        }
        double span = t[t.length - 1] - t[0];
        Period best = NONE;
        for (double candidate : candidates(t, span)) {
            if (candidate < SHORTEST || candidate > span / 4) {
                continue;
            }
            Period found = verified(t, candidate);
            if (found.seconds > 0) {
                found = verified(t, found.seconds);
            }
            if (found.sigma >= SURE && found.strength() > best.strength() + 0.02) {
                best = found;
            }
        }
        return best;
    }

    private static long[] distinct(long[] times) {
        long[] out = new long[times.length];
        int n = 0;
        for (long time : times) {
            if (n == 0 || time > out[n - 1]) {
                out[n++] = time;
            }
        }
        return Arrays.copyOf(out, n);
    }

    private static double[] candidates(long[] t, double span) {
        double[] intervals = new double[t.length - 1];
        for (int i = 1; i < t.length; i++) {
            intervals[i - 1] = t[i] - t[i - 1];
        }
        Arrays.sort(intervals);
        double middle = Regularity.median(intervals, 0, intervals.length);
        double width = Math.max(1, Math.max(span / (BINS - 1), middle / 16));
        int bins = (int) (span / width) + 1;
        int size = Integer.highestOneBit(Math.max(16, bins - 1)) << 1;
        double[] re = new double[size];
        double[] im = new double[size];
        for (long time : t) {
            re[(int) ((time - t[0]) / width)] = 1;
        }
        double events = 0;
        for (int i = 0; i < bins; i++) {
            events += re[i];
        }
        double mean = events / bins;
        for (int i = 0; i < bins; i++) {
            re[i] -= mean;
        }
        transform(re, im);
        double unit = events * (1 - mean);
        int half = size / 2;
        double bar = -Math.log1p(-Math.pow(1 - ALARM, 1.0 / half));
        double[] power = new double[half + 1];
        for (int k = 1; k <= half; k++) {
            power[k] = unit <= 0 ? 0 : (re[k] * re[k] + im[k] * im[k]) / unit;
        }
        double[] out = new double[CANDIDATES + 1];
        int n = 0;
        while (n < CANDIDATES) {
            int peak = 0;
            for (int k = 1; k <= half; k++) {
                peak = power[k] > bar && power[k] > power[peak] ? k : peak;
            }
            if (peak == 0) {
                break;
            }
            out[n++] = size * width / peak;
            for (int k = Math.max(1, peak - 2); k <= Math.min(half, peak + 2); k++) {
                power[k] = 0;
            }
        }
        // Where each wait begins when the last ended, a large jitter smears the line but not the middle
        // interval.
        out[n++] = middle;
        return Arrays.copyOf(out, n);
    }

    private static Period verified(long[] t, double period) {
        double slack = Math.max(0.5, period * JITTER);
        int asked = 0;
        int beats = 0;
        double expected = 0;
        double variance = 0;
        double offsets = 0;
        int near = 0;
        int far = 0;
        int hit = 0;
        for (int i = 0; i < t.length; i++) {
            while (near < t.length && t[near] < t[i] + period / 2) {
                near++;
            }
            while (far < t.length && t[far] <= t[i] + period * 1.5) {
                far++;
            }
            while (hit < t.length && t[hit] < t[i] + period - slack) {
                hit++;
            }
            int next = i + 1;
            // The last before a gap is followed by none: it says nothing for or against.
            if (next >= t.length || t[next] > t[i] + period * 2.5) {
                continue;
            }
            asked++;
            double density = (far - near) / period;
            double chance = 1 - Math.exp(-density * 2 * slack);
            expected += chance;
            variance += chance * (1 - chance);
            if (hit < t.length && t[hit] <= t[i] + period + slack) {
                beats++;
                offsets += t[hit] - t[i];
            }
        }
        if (beats < LEAST - 2 || asked == 0 || variance == 0) {
            return NONE;
        }
        return new Period(
                offsets / beats,
                (double) beats / asked,
                expected / asked,
                beats,
                (beats - expected) / Math.sqrt(variance));
    }

    /// The discrete Fourier transform in place (Cooley and Tukey 1965); the length is a power of two.
    private static void transform(double[] re, double[] im) {
        int n = re.length;
        for (int i = 1, j = 0; i < n; i++) {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1) {
                j ^= bit;
            }
            j ^= bit;
            if (i < j) {
                double r = re[i];
                re[i] = re[j];
                re[j] = r;
            }
        }
        for (int length = 2; length <= n; length <<= 1) {
            double angle = -2 * Math.PI / length;
            int half = length / 2;
            for (int k = 0; k < half; k++) {
                double c = Math.cos(angle * k);
                double s = Math.sin(angle * k);
                for (int i = k; i < n; i += length) {
                    int j = i + half;
                    double r = re[j] * c - im[j] * s;
                    double m = re[j] * s + im[j] * c;
                    re[j] = re[i] - r;
                    im[j] = im[i] - m;
                    re[i] += r;
                    im[i] += m;
                }
            }
        }
    }
}
