package io.carom.detect.sigma.engine;

import java.util.Arrays;

/// Stretches of one array that are to be looked through: slices that lie near each other are one, with what
/// stands between them. Reused.
final class Stretches {
    /// As many bytes between two slices cost less than a stretch of its own.
    private static final int NEAR = 32;

    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;

    void clear() {
        count = 0;
    }

    /// Readers lay what they decode behind the record, so two stretches grow by turns.
    void add(int from, int to) {
        if (from == to) {
            return;
        }
        for (int i = count - 1; i >= 0 && i >= count - 2; i--) {
            if (from >= starts[i] && from <= ends[i] + NEAR) {
                ends[i] = Math.max(ends[i], to);
                return;
            }
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        starts[count] = from;
        ends[count++] = to;
    }

    /// Whether one of them may pass a test; if not, none of the slices does.
    boolean mayPass(FieldTests tests, byte[] b) {
        for (int i = 0; i < count; i++) {
            if (tests.mayPass(b, starts[i], ends[i])) {
                return true;
            }
        }
        return false;
    }
}
