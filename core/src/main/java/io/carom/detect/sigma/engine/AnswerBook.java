package io.carom.detect.sigma.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All {@link Answers} that the values of one field gave so far. For one thread.
final class AnswerBook {
    /// Numbers what turns the same atoms, over all fields of a program.
    static final class States {
        /// More are not told apart; who keeps them forgets them then.
        private static final int MOST = 1 << 16;

        private final Map<Turned, Integer> numbers = new HashMap<>();

        private record Turned(int[] atoms) {
            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Turned(int[] others) && Arrays.equals(atoms, others);
            }

            @Override
            public int hashCode() {
                return Arrays.hashCode(atoms);
            }
        }

        int of(int[] turned) {
            return turned.length == 0 ? 0 : numbers.computeIfAbsent(new Turned(turned), k -> numbers.size() + 1);
        }

        boolean full() {
            return numbers.size() >= MOST;
        }

        void clear() {
            numbers.clear();
        }
    }

    private final States states;
    private final Memo.Budget budget;
    private long[] hashes = new long[16];
    private @Nullable Answers[] known = new Answers[16];
    private int size;
    private long held;

    AnswerBook(States states, Memo.Budget budget) {
        this.states = states;
        this.budget = budget;
    }

    /// The answers of that hash whose tests these are; null if there are none yet.
    ///
    /// @param passed holds those tests and no others
    @Nullable
    Answers find(long hash, Bits passed, int tests) {
        int mask = known.length - 1;
        for (int at = (int) hash & mask; ; at = at + 1 & mask) {
            Answers answers = known[at];
            if (answers == null) {
                return null;
            }
            if (hashes[at] == hash && answers.tests().length == tests && holds(passed, answers.tests())) {
                return answers;
            }
        }
    }

    private static boolean holds(Bits passed, int[] tests) {
        for (int test : tests) {
            if (!passed.get(test)) {
                return false;
            }
        }
        return true;
    }

    /// Keeps answers that were not found.
    Answers put(long hash, int[] tests, int[] turned) {
        Arrays.sort(turned);
        Answers answers = new Answers(tests, turned, states.of(turned));
        if (++size * 2 > known.length) {
            grow();
        }
        place(hash, answers);
        long bytes = 120 + 4L * (tests.length + turned.length);
        held += bytes;
        budget.hold(bytes);
        return answers;
    }

    private void place(long hash, Answers answers) {
        int mask = known.length - 1;
        int at = (int) hash & mask;
        while (known[at] != null) {
            at = at + 1 & mask;
        }
        hashes[at] = hash;
        known[at] = answers;
    }

    private void grow() {
        long[] before = hashes;
        @Nullable Answers[] answers = known;
        hashes = new long[before.length * 2];
        known = new Answers[before.length * 2];
        for (int i = 0; i < before.length; i++) {
            Answers one = answers[i];
            if (one != null) {
                place(before[i], one);
            }
        }
    }

    void clear() {
        budget.hold(-held);
        held = 0;
        size = 0;
        hashes = new long[16];
        known = new Answers[16];
    }
}
