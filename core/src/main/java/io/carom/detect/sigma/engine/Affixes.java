package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What values begin with, or end with, or are: a tree of bytes, gone into from a value's first byte, or its
/// last, as far as a text goes on like the value.
final class Affixes {
    /// What is told where a text ends: by whatever value begins so, and by a value that ends here too.
    private final List<@Nullable Ints> begun = new ArrayList<>();
    private final List<@Nullable Ints> whole = new ArrayList<>();

    private int[] @Nullable [] begunAt = new int[0][];
    private int[] @Nullable [] wholeAt = new int[0][];

    /// Edges by hash: `node << 8 | byte`, and where it leads; 0 is an empty place, as no edge leads to the root.
    private long[] edges = new long[64];
    private int[] targets = new int[64];
    private int count;

    private final boolean backward;

    Affixes(boolean backward) {
        this.backward = backward;
        begun.add(null);
        whole.add(null);
    }

    /// Adds a text, not empty.
    void add(byte[] text, boolean asWhole, int told) {
        int node = 0;
        for (int i = 0; i < text.length; i++) {
            node = child(node, text[backward ? text.length - 1 - i : i]);
        }
        List<@Nullable Ints> of = asWhole ? whole : begun;
        Ints list = of.get(node);
        if (list == null) {
            list = new Ints();
            of.set(node, list);
        }
        list.add(told);
    }

    private int child(int node, byte b) {
        long edge = edge(node, b);
        int at = place(edge);
        if (targets[at] != 0) {
            return targets[at];
        }
        begun.add(null);
        whole.add(null);
        count++;
        edges[at] = edge;
        targets[at] = count;
        if (count * 2 > edges.length) {
            long[] before = edges;
            int[] led = targets;
            edges = new long[before.length * 2];
            targets = new int[before.length * 2];
            for (int i = 0; i < before.length; i++) {
                if (led[i] != 0) {
                    int place = place(before[i]);
                    edges[place] = before[i];
                    targets[place] = led[i];
                }
            }
        }
        return count;
    }

    private static long edge(int node, byte b) {
        return (long) node << 8 | b & 0xff;
    }

    private int place(long edge) {
        int mask = edges.length - 1;
        int at = (int) (edge * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (targets[at] != 0 && edges[at] != edge) {
            at = at + 1 & mask;
        }
        return at;
    }

    /// To be called when all are in.
    void done() {
        begunAt = begun.stream().map(l -> l == null ? null : l.toArray()).toArray(int[][]::new);
        wholeAt = whole.stream().map(l -> l == null ? null : l.toArray()).toArray(int[][]::new);
        begun.clear();
        whole.clear();
    }

    boolean isEmpty() {
        return count == 0;
    }

    @FunctionalInterface
    interface Sink {
        void pass(int[] told);
    }

    /// Tells of all texts that the value begins with (ends with, if these are gone into backward) or is.
    void find(byte[] b, int length, Sink sink) {
        int node = 0;
        for (int i = 0; i < length; i++) {
            node = targets[place(edge(node, b[backward ? length - 1 - i : i]))];
            if (node == 0) {
                return;
            }
            int[] told = begunAt[node];
            if (told != null) {
                sink.pass(told);
            }
        }
        int[] told = wholeAt[node];
        if (told != null) {
            sink.pass(told);
        }
    }

    long bytes() {
        return 12L * edges.length + 8L * (begunAt.length + wholeAt.length);
    }
}
