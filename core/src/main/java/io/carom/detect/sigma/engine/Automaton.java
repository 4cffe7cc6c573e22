package io.carom.detect.sigma.engine;

import java.util.Arrays;
import java.util.List;

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

    /// Takes each place where a literal ends.
    @FunctionalInterface
    interface Sink {
        /// @param end behind the literal's last byte, counted from the text's first
        void found(int literal, int end);
    }

    void scan(byte[] b, int from, int to, Sink sink) {
        int state = 0;
        for (int at = from; at < to; at++) {
            byte c = column[b[at] & 0xff];
            state = state < dense ? table[state * columns + (c & 0xff)] : step(state, c);
            if (ends[state]) {
                int end = at + 1 - from;
                for (int s = literal[state] >= 0 ? state : shorter[state]; s != 0; s = shorter[s]) {
                    sink.found(literal[s], end);
                }
            }
        }
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

    /// Rough size in bytes.
    long bytes() {
        return 4L * table.length + 13L * fail.length + 5L * edgeTarget.length;
    }
}
