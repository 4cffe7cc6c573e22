package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds all of many literals in one walk over a text (Aho and Corasick, 1975).
///
/// Letters of ASCII's two cases are one; literals are given in lower case. States near the root have full
/// rows of a table, as the walk spends its time there; the others have short lists and fall back. So the
/// memory grows with the literals, not with their product with the alphabet.
final class Automaton {
    /// Rows of the table, in entries: 4 MiB a field at most.
    private static final int TABLE = 1 << 20;

    /// Byte to column; 0 for bytes in no literal.
    private final byte[] column = new byte[256];
    private final int columns;

    private final int dense;
    private final int[] table;

    // Of the states behind the dense ones.
    private final int[] edges;
    private final byte[] edgeColumn;
    private final int[] edgeTarget;
    private final int[] fail;

    /// The literal that ends in a state, or -1; and the nearest suffix state in which another ends, or 0.
    private final int[] literal;
    private final int[] shorter;
    /// Whether anything ends in a state.
    private final boolean[] ends;

    /// @param literals distinct, not empty
    Automaton(List<byte[]> literals) {
        int distinct = 1;
        for (byte[] text : literals) {
            for (byte b : text) {
                if (column[b & 0xff] == 0) {
                    column[b & 0xff] = (byte) distinct++;
                }
            }
        }
        for (int c = 'A'; c <= 'Z'; c++) {
            column[c] = column[c + 32];
        }
        columns = distinct;
        shortest = literals.stream().mapToInt(l -> l.length).min().orElse(Integer.MAX_VALUE);
        longest = literals.stream().mapToInt(l -> l.length).max().orElse(0);
        grams = grams(literals, shortest);
        exactly = grams == null ? new int[0] : exactly(literals);

        Trie trie = new Trie(literals, column);
        int states = trie.count;
        // Numbered breadth first, so that the shallow states are the dense ones.
        int[] order = new int[states];
        int[] number = new int[states];
        int[] parentOf = new int[states];
        int filled = 1;
        for (int i = 0; i < filled; i++) {
            for (int child = trie.child[order[i]]; child != 0; child = trie.sibling[child]) {
                number[child] = filled;
                parentOf[filled] = i;
                order[filled++] = child;
            }
        }
        literal = new int[states];
        for (int i = 0; i < states; i++) {
            literal[i] = trie.literal[order[i]];
        }
        dense = Math.min(states, Math.max(1, TABLE / columns));
        table = new int[dense * columns];
        fail = new int[states];
        shorter = new int[states];
        ends = new boolean[states];
        edges = new int[states - dense + 1];
        int sparse = 0;
        for (int i = dense; i < states; i++) {
            for (int child = trie.child[order[i]]; child != 0; child = trie.sibling[child]) {
                sparse++;
            }
            edges[i - dense + 1] = sparse;
        }
        edgeColumn = new byte[sparse];
        edgeTarget = new int[sparse];
        sparse = 0;
        for (int i = 0; i < states; i++) {
            int node = order[i];
            if (i != 0) {
                int parent = parentOf[i];
                fail[i] = parent == 0 ? 0 : step(fail[parent], trie.label[node]);
                shorter[i] = literal[fail[i]] >= 0 ? fail[i] : shorter[fail[i]];
            }
            ends[i] = literal[i] >= 0 || shorter[i] != 0;
            if (i < dense) {
                if (i != 0) {
                    System.arraycopy(table, fail[i] * columns, table, i * columns, columns);
                }
                for (int child = trie.child[node]; child != 0; child = trie.sibling[child]) {
                    table[i * columns + (trie.label[child] & 0xff)] = number[child];
                }
            } else {
                for (int child = trie.child[node]; child != 0; child = trie.sibling[child]) {
                    edgeColumn[sparse] = trie.label[child];
                    edgeTarget[sparse++] = number[child];
                }
            }
        }
    }

    /// The literals as a tree, by first child and next sibling.
    private static final class Trie {
        int[] child = new int[1024];
        int[] sibling = new int[1024];
        byte[] label = new byte[1024];
        int[] literal = new int[1024];
        int count = 1;

        Trie(List<byte[]> literals, byte[] column) {
            literal[0] = -1;
            // A root with many children is walked for every literal: its children are found by label.
            int[] first = new int[256];
            for (int i = 0; i < literals.size(); i++) {
                int at = 0;
                for (byte b : literals.get(i)) {
                    byte c = column[b & 0xff];
                    int next = at == 0 ? first[c & 0xff] : child[at];
                    while (next != 0 && label[next] != c) {
                        next = sibling[next];
                    }
                    if (next == 0) {
                        next = add(at, c);
                        if (at == 0) {
                            first[c & 0xff] = next;
                        }
                    }
                    at = next;
                }
                literal[at] = i;
            }
        }

        private int add(int parent, byte c) {
            if (count == child.length) {
                int size = count * 2;
                child = Arrays.copyOf(child, size);
                sibling = Arrays.copyOf(sibling, size);
                label = Arrays.copyOf(label, size);
                literal = Arrays.copyOf(literal, size);
            }
            int node = count++;
            label[node] = c;
            literal[node] = -1;
            sibling[node] = child[parent];
            child[parent] = node;
            return node;
        }
    }

    // ---- a look before the walk
    // -------------------------------------------------------------------------------------------------

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// Bytes in a gram, and how many grams are at most worth a filter.
    private static final int GRAM = 4;
    private static final int GRAMS = 4096;
    private static final int FILTER_BITS = 16;

    /// Length of the shortest literal and of the longest.
    private final int shortest;
    private final int longest;
    /// The grams of all literals by hash; null where they are too many, or a literal too short, to tell.
    private final long @Nullable [] grams;
    /// The same grams themselves, by hash with open addressing; 0 is an empty place.
    private final int[] exactly;

    private static long @Nullable [] grams(List<byte[]> literals, int shortest) {
        if (shortest < GRAM || literals.stream().mapToInt(l -> l.length).sum() > GRAMS) {
            return null;
        }
        long[] filter = new long[1 << FILTER_BITS - 6];
        for (byte[] literal : literals) {
            for (int i = 0; i + GRAM <= literal.length; i++) {
                int hash = hash(gram(literal, i));
                filter[hash >> 6] |= 1L << hash;
            }
        }
        return filter;
    }

    private static int[] exactly(List<byte[]> literals) {
        int[] table = new int[4 * GRAMS];
        for (byte[] literal : literals) {
            for (int i = 0; i + GRAM <= literal.length; i++) {
                int gram = gram(literal, i);
                int at = hash(gram) & table.length - 1;
                while (table[at] != 0 && table[at] != gram) {
                    at = at + 1 & table.length - 1;
                }
                table[at] = gram;
            }
        }
        return table;
    }

    /// The same for both cases of a letter; never 0.
    private static int gram(byte[] b, int at) {
        return (int) INTS.get(b, at) | 0x20202020;
    }

    private static int hash(int gram) {
        return gram * 0x9E3779B1 >>> 32 - FILTER_BITS;
    }

    private boolean isGram(int gram, int hash) {
        int at = hash & exactly.length - 1;
        while (exactly[at] != 0) {
            if (exactly[at] == gram) {
                return true;
            }
            at = at + 1 & exactly.length - 1;
        }
        return false;
    }

    /// Takes each place where a literal ends.
    @FunctionalInterface
    interface Sink {
        /// @param end behind the literal's last byte, counted from the text's first
        void found(int literal, int end);
    }

    void scan(byte[] b, int from, int to, Sink sink) {
        if (to - from < shortest) {
            return;
        }
        long[] filter = grams;
        if (filter == null) {
            walk(b, from, from, to, 0, sink);
            return;
        }
        // Of so many grams one after another, each literal holds one: it is enough to look at every few. Where
        // one is seen, the walk goes from where the longest literal with it may begin to where it may end.
        int step = shortest - GRAM + 1;
        int walked = from;
        int state = 0;
        for (int at = from + step - 1; at + GRAM <= to; at += step) {
            int gram = gram(b, at);
            int hash = hash(gram);
            if ((filter[hash >> 6] >>> hash & 1) != 0 && isGram(gram, hash)) {
                int begin = at + GRAM - longest;
                if (begin > walked) {
                    walked = begin;
                    state = 0;
                }
                int end = Math.min(to, at + longest);
                state = walk(b, from, walked, end, state, sink);
                walked = end;
            }
        }
    }

    /// Walks on from a state.
    ///
    /// @param start where the text begins
    private int walk(byte[] b, int start, int from, int to, int begin, Sink sink) {
        int state = begin;
        for (int at = from; at < to; at++) {
            byte c = column[b[at] & 0xff];
            state = state < dense ? table[state * columns + (c & 0xff)] : step(state, c);
            if (ends[state]) {
                int end = at + 1 - start;
                for (int s = literal[state] >= 0 ? state : shorter[state]; s != 0; s = shorter[s]) {
                    sink.found(literal[s], end);
                }
            }
        }
        return state;
    }

    private int step(int state, byte c) {
        int s = state;
        while (s >= dense) {
            for (int e = edges[s - dense], end = edges[s - dense + 1]; e < end; e++) {
                if (edgeColumn[e] == c) {
                    return edgeTarget[e];
                }
            }
            s = fail[s];
        }
        return table[s * columns + (c & 0xff)];
    }

    /// Bytes of the shortest literal.
    int shortest() {
        return shortest;
    }

    /// Rough size in bytes.
    long bytes() {
        return 4L * table.length + 4L * exactly.length + 13L * fail.length + 5L * edgeTarget.length;
    }
}
