package io.carom.detect.sigma.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What became of events, by the states of their fields (see {@link Answers}): events that differ only where no
/// rule looks have the same. Bounded; where events do not repeat even so, it steps aside for a while. For one
/// thread.
final class Outcomes {
    /// What is left of the rules for one set of states, in the rules' order.
    ///
    /// @param rules by number in the program
    /// @param rest what is still to be asked of each, of nothing but what is dear; null where it matches as it is
    record Outcome(int[] rules, @Nullable Question[] rest) {
        static final Outcome NOTHING = new Outcome(new int[0], new Question[0]);
    }

    private static final int ENTRIES = 1 << 15;
    private static final int WINDOW = 1024;

    private final Memo.Budget budget;
    private long[] hashes = new long[64];
    private int[] @Nullable [] states = new int[64][];
    private @Nullable Outcome[] outcomes = new Outcome[64];
    private int size;
    private long held;

    private int asked;
    private int missed;
    private int aside;

    Outcomes(Memo.Budget budget) {
        this.budget = budget;
    }

    /// Whether to ask and to keep just now.
    boolean awake() {
        if (aside > 0) {
            aside--;
            return false;
        }
        return true;
    }

    static long hash(int[] states, int count) {
        long h = count;
        for (int i = 0; i < count; i++) {
            h = (h ^ states[i]) * 0x9E3779B97F4A7C15L;
            h ^= h >>> 32;
        }
        return h;
    }

    /// The outcome for the first `count` states, or null.
    @Nullable
    Outcome find(long hash, int[] of, int count) {
        if (++asked == WINDOW) {
            if (missed > WINDOW - WINDOW / 8) {
                aside = 16 * WINDOW;
            }
            asked = 0;
            missed = 0;
        }
        int mask = hashes.length - 1;
        for (int at = (int) hash & mask; ; at = at + 1 & mask) {
            int[] one = states[at];
            if (one == null) {
                missed++;
                return null;
            }
            if (hashes[at] == hash && Arrays.equals(one, 0, one.length, of, 0, count)) {
                return outcomes[at];
            }
        }
    }

    void put(long hash, int[] of, int count, Outcome outcome) {
        if (size == ENTRIES) {
            clear();
        }
        if (++size * 2 > hashes.length) {
            grow();
        }
        place(hash, Arrays.copyOf(of, count), outcome);
        long bytes = 80 + 4L * count + 12L * outcome.rules.length;
        for (Question rest : outcome.rest) {
            bytes += rest == null ? 0 : 100;
        }
        held += bytes;
        budget.hold(bytes);
    }

    private void place(long hash, int[] of, Outcome outcome) {
        int mask = hashes.length - 1;
        int at = (int) hash & mask;
        while (states[at] != null) {
            at = at + 1 & mask;
        }
        hashes[at] = hash;
        states[at] = of;
        outcomes[at] = outcome;
    }

    private void grow() {
        long[] before = hashes;
        int[] @Nullable [] keys = states;
        @Nullable Outcome[] kept = outcomes;
        int length = before.length * 2;
        hashes = new long[length];
        states = new int[length][];
        outcomes = new Outcome[length];
        for (int i = 0; i < before.length; i++) {
            int[] key = keys[i];
            Outcome outcome = kept[i];
            if (key != null && outcome != null) {
                place(before[i], key, outcome);
            }
        }
    }

    void clear() {
        budget.hold(-held);
        held = 0;
        size = 0;
        hashes = new long[64];
        states = new int[64][];
        outcomes = new Outcome[64];
    }
}
