package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a regular expression is found in a text of UTF-8, in one walk over its bytes: a deterministic
/// automaton whose states are made when a text first leads to them.
///
/// Safe for use by many threads. A step is one number in one array, which is 0 until it is known, so that a
/// thread that sees an older state of the array finds it out again and nothing worse.
final class Dfa {
    /// What a search gives.
    static final int NO = 0, YES = 1, ASK_ELSEWHERE = 2;

    /// Instructions of the expression, and states and steps made of it, at most: 1 MiB of steps.
    private static final int INSTRUCTIONS = 6000;
    private static final int STATES = 4000;
    private static final int STEPS = 1 << 18;

    /// A step to where all is decided; else it is where the state's row of steps begins, and not 0. A row has
    /// one step more than there are classes, which says whether it is found if the text ends there.
    private static final int FOUND = -1;
    private static final int UNKNOWN = 0, FOUND_AT_END = 1, NOT_AT_END = 2;

    /// By character; there may be one class more than a byte tells apart.
    private final short[] classOf;
    private final int classes;
    private final int row;
    private final boolean asksEnd;

    // The instructions: take one of `sets[i]` to `to[i]`, or go to both `to[i]` and `or[i]`.
    private static final RegexNode.@Nullable Chars NOTHING = null;
    private final List<RegexNode.@Nullable Chars> sets = new ArrayList<>();
    private final List<@Nullable RegexNode> edges = new ArrayList<>();
    private final Ints to = new Ints();
    private final Ints or = new Ints();
    private static final int ACCEPT = 0;

    private final int[] members;
    private final Map<States, Integer> known = new HashMap<>();
    private final List<int[]> states = new ArrayList<>();
    private volatile int[] steps;
    private final int begin;
    private volatile boolean full;

    /// A set of instructions, and what it gives where the text ends.
    private record States(int[] of, int end) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof States(int[] others, int theirEnd) && theirEnd == end && Arrays.equals(of, others);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(of) + end;
        }
    }

    /// @return null if the expression is not regular, or too large
    static @Nullable Dfa of(String expression, int flags) {
        RegexNode node = RegexNode.read(expression, flags);
        if (node == null || size(node) > INSTRUCTIONS) {
            return null;
        }
        return new Dfa(node);
    }

    private static long size(RegexNode node) {
        return switch (node) {
            case RegexNode.Chars c -> 1;
            case RegexNode.Edge e -> 1;
            case RegexNode.Sequence(var parts) ->
                1 + parts.stream().mapToLong(Dfa::size).sum();
            case RegexNode.Choice(var parts) ->
                parts.stream().mapToLong(p -> 1 + size(p)).sum();
            // Saturates, as each level of nesting multiplies.
            case RegexNode.Repeat(var part, int least, int most) ->
                Math.min(1 << 20, (1 + size(part)) * Math.max(least + 1, most));
        };
    }

    private Dfa(RegexNode node) {
        instruction(NOTHING, null, ACCEPT, ACCEPT);
        int start = emit(node, ACCEPT);
        // From every place anew: any character, and to the start again.
        int again = instruction(NOTHING, null, start, 0);
        int any = instruction(RegexNode.Chars.NONE.not(), null, again, again);
        or.set(again, any);
        asksEnd = edges.contains(RegexNode.Edge.END);

        classOf = new short[RegexNode.Chars.OTHER + 1];
        List<RegexNode.Chars> distinct =
                sets.stream().filter(s -> s != null).distinct().toList();
        Map<List<Boolean>, Integer> classNumbers = new HashMap<>();
        for (int c = 0; c < classOf.length; c++) {
            int character = c;
            classOf[c] = (short) (int) classNumbers.computeIfAbsent(
                    distinct.stream().map(s -> s.has(character)).toList(), k -> classNumbers.size());
        }
        classes = classNumbers.size();
        members = new int[classes];
        for (int c = classOf.length - 1; c >= 0; c--) {
            members[classOf[c]] = c;
        }
        row = classes + 1;
        steps = new int[16 * row];
        // State 0 is none, so that no step is 0.
        states.add(new int[0]);
        begin = step(closure(new int[] {again}, true), true);
    }

    private int instruction(RegexNode.@Nullable Chars set, @Nullable RegexNode edge, int target, int other) {
        sets.add(set);
        edges.add(edge);
        to.add(target);
        or.add(other);
        return sets.size() - 1;
    }

    /// Lays the node out in front of what comes behind it.
    private int emit(RegexNode node, int behind) {
        switch (node) {
            case RegexNode.Chars set -> {
                return instruction(set, null, behind, behind);
            }
            case RegexNode.Edge edge -> {
                return instruction(NOTHING, edge, behind, behind);
            }
            case RegexNode.Sequence(List<RegexNode> parts) -> {
                int next = behind;
                for (RegexNode part : parts.reversed()) {
                    next = emit(part, next);
                }
                return next;
            }
            case RegexNode.Choice(List<RegexNode> parts) -> {
                int next = emit(parts.getLast(), behind);
                for (RegexNode part : parts.subList(0, parts.size() - 1).reversed()) {
                    next = instruction(NOTHING, null, emit(part, behind), next);
                }
                return next;
            }
            case RegexNode.Repeat(RegexNode part, int least, int most) -> {
                int next = behind;
                if (most < 0) {
                    int loop = instruction(NOTHING, null, behind, behind);
                    to.set(loop, emit(part, loop));
                    next = loop;
                } else {
                    for (int i = least; i < most; i++) {
                        next = instruction(NOTHING, null, emit(part, next), behind);
                    }
                }
                for (int i = 0; i < least; i++) {
                    next = emit(part, next);
                }
                return next;
            }
        }
    }

    /// All that is reached without taking a character, in ascending order. Ends are not passed.
    private int[] closure(int[] from, boolean atBegin) {
        return reach(from, atBegin, false);
    }

    private int[] reach(int[] from, boolean atBegin, boolean atEnd) {
        boolean[] seen = new boolean[sets.size()];
        Ints stack = new Ints();
        for (int i : from) {
            push(stack, seen, i);
        }
        int count = 0;
        for (int i = 0; i < stack.size(); i++) {
            int at = stack.get(i);
            count++;
            RegexNode edge = edges.get(at);
            if (at == ACCEPT
                    || sets.get(at) != null
                    || edge == RegexNode.Edge.BEGIN && !atBegin
                    || edge == RegexNode.Edge.END && !atEnd) {
                continue;
            }
            push(stack, seen, to.get(at));
            push(stack, seen, or.get(at));
        }
        int[] all = new int[count];
        int filled = 0;
        for (int i = 0; i < seen.length; i++) {
            if (seen[i] && (i == ACCEPT || sets.get(i) != null || edges.get(i) == RegexNode.Edge.END)) {
                all[filled++] = i;
            }
        }
        return Arrays.copyOf(all, filled);
    }

    private static void push(Ints stack, boolean[] seen, int at) {
        if (!seen[at]) {
            seen[at] = true;
            stack.add(at);
        }
    }

    /// The step that leads to a set of instructions; 0 if there is no room for it.
    private int step(int[] set, boolean atBegin) {
        if (set.length > 0 && set[0] == ACCEPT) {
            return FOUND;
        }
        int end = asksEnd && reach(set, atBegin, true)[0] == ACCEPT ? FOUND_AT_END : NOT_AT_END;
        // The first differs from the same set later on, as the beginning is behind it then.
        States state = new States(set, end);
        Integer number = known.get(state);
        if (number == null) {
            number = states.size();
            if (number == STATES || (number + 1) * row > STEPS) {
                return 0;
            }
            states.add(set);
            known.put(state, number);
            if ((number + 1) * row > steps.length) {
                steps = Arrays.copyOf(steps, Math.max(steps.length * 2, (number + 1) * row));
            }
            steps[number * row + classes] = end;
        }
        return number * row;
    }

    private synchronized int make(int state, int of) {
        int known = steps[state + of];
        if (known != 0) {
            return known;
        }
        Ints next = new Ints();
        int character = members[of];
        for (int at : states.get(state / row)) {
            RegexNode.Chars set = sets.get(at);
            if (set != null && set.has(character)) {
                next.add(to.get(at));
            }
        }
        int step = step(closure(next.toArray(), false), false);
        if (step == 0) {
            full = true;
        } else {
            steps[state + of] = step;
        }
        return step;
    }

    /// Whether it is found in the bytes; not to be told here where these are not UTF-8, hold a line end that
    /// the expression may see as one, or would need more states than there is room for.
    int search(byte[] b, int from, int end) {
        if (full || asksEnd && end > from && (b[end - 1] == '\n' || b[end - 1] == '\r')) {
            return ASK_ELSEWHERE;
        }
        int[] table = steps;
        int step = begin;
        for (int at = from; at < end; at++) {
            if (step == FOUND) {
                return YES;
            }
            int c = b[at];
            if (c < 0) {
                int more = continuation(b, at, end);
                if (more == 0) {
                    return ASK_ELSEWHERE;
                }
                at += more;
                c = RegexNode.Chars.OTHER;
            }
            int next = table[step + classOf[c]];
            if (next == 0) {
                next = make(step, classOf[c]);
                if (next == 0) {
                    return ASK_ELSEWHERE;
                }
                table = steps;
            }
            step = next;
        }
        if (step == FOUND) {
            return YES;
        }
        int atEnd = table[step + classes];
        return (atEnd == UNKNOWN ? atEnd(step) : atEnd) == FOUND_AT_END ? YES : NO;
    }

    /// As another thread may have made the state just now.
    private synchronized int atEnd(int state) {
        return steps[state + classes];
    }

    /// How many bytes of a character beyond ASCII stand behind its first; 0 where it is not plainly one, or
    /// is a line end.
    private static int continuation(byte[] b, int at, int end) {
        int lead = b[at] & 0xff;
        int more = lead >= 0xC2 && lead < 0xE0
                ? 1
                : lead > 0xE0 && lead < 0xF0 && lead != 0xED ? 2 : lead > 0xF0 && lead < 0xF4 ? 3 : 0;
        if (more == 0 || at + more >= end || lead == 0xC2 && b[at + 1] == (byte) 0x85) {
            return 0;
        }
        for (int i = 1; i <= more; i++) {
            if ((b[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        boolean lineEnd = lead == 0xE2 && b[at + 1] == (byte) 0x80 && (b[at + 2] & 0xFE) == 0xA8;
        return lineEnd ? 0 : more;
    }
}
