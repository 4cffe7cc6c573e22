package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What values begin with, or end with, or are: a tree of bytes, gone into from a value's first byte, or its
/// last, as far as a text goes on like the value. Where only one way leads on and nothing is told, several
/// bytes are one step: of `c:\windows\system32\` that most texts of paths share, each byte would else be a
/// look of its own that waits for the one before.
final class Affixes {
    /// What is told where a text ends: by whatever value begins so, and by a value that ends here too.
    private final List<@Nullable Ints> begun = new ArrayList<>();
    private final List<@Nullable Ints> whole = new ArrayList<>();

    private int[] @Nullable [] begunAt = new int[0][];
    private int[] @Nullable [] wholeAt = new int[0][];

    /// The bytes behind its first of the step that leads to a node, as they stand in a value.
    private byte[] labels = new byte[0];
    private int[] labelAt = new int[0];
    private int[] labelSize = new int[0];

    /// Edges by hash: `node << 8 | byte`, and where it leads; 0 is an empty place, as no edge leads to the
    /// root.
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

    /// Of each node, how many ways lead on, and the last of them; only of a node with one way it is asked for.
    private record Ways(int[] many, int[] next, byte[] by) {
        static Ways of(long[] edges, int[] targets, int nodes) {
            Ways ways = new Ways(new int[nodes], new int[nodes], new byte[nodes]);
            for (int i = 0; i < edges.length; i++) {
                if (targets[i] != 0) {
                    ways.add((int) (edges[i] >>> 8), (byte) edges[i], targets[i]);
                }
            }
            return ways;
        }

        private void add(int from, byte b, int to) {
            many[from]++;
            next[from] = to;
            by[from] = b;
        }
    }

    /// The number of each node that stays; -1 of one that is drawn into the step over it.
    private int[] numbers(Ways ways) {
        int[] number = new int[count + 1];
        int kept = 1;
        for (int node = 1; node <= count; node++) {
            boolean drawn = ways.many[node] == 1 && begun.get(node) == null && whole.get(node) == null;
            number[node] = drawn ? -1 : kept++;
        }
        return number;
    }

    /// To be called when all are in.
    void done() {
        long[] before = edges;
        int[] led = targets;
        Ways ways = Ways.of(before, led, count + 1);
        int[] number = numbers(ways);
        int kept = (int) Arrays.stream(number).filter(n -> n >= 0).count();
        begunAt = new int[kept][];
        wholeAt = new int[kept][];
        labelAt = new int[kept];
        labelSize = new int[kept];
        labels = new byte[count + 1 - kept];
        int size = 16;
        while (size < 2 * kept) {
            size *= 2;
        }
        edges = new long[size];
        targets = new int[size];
        int filled = 0;
        for (int i = 0; i < before.length; i++) {
            int from = led[i] == 0 ? -1 : number[(int) (before[i] >>> 8)];
            if (from >= 0) {
                filled = step(from, (byte) before[i], led[i], ways, number, filled);
            }
        }
        count = kept - 1;
        begun.clear();
        whole.clear();
    }

    /// Lays a step that stays, with the nodes drawn into it.
    ///
    /// @param filled how many bytes of labels are taken; gives how many are then
    private int step(int from, byte first, int to, Ways ways, int[] number, int filled) {
        int end = filled;
        int node = to;
        for (; number[node] < 0; node = ways.next[node]) {
            labels[end++] = ways.by[node];
        }
        if (backward) {
            reverse(labels, filled, end);
        }
        int at = number[node];
        labelAt[at] = filled;
        labelSize[at] = end - filled;
        begunAt[at] = array(begun.get(node));
        wholeAt[at] = array(whole.get(node));
        long edge = edge(from, first);
        int place = place(edge);
        edges[place] = edge;
        targets[place] = at;
        return end;
    }

    private static int @Nullable [] array(@Nullable Ints list) {
        return list == null ? null : list.toArray();
    }

    private static void reverse(byte[] b, int from, int to) {
        for (int i = from, j = to - 1; i < j; i++, j--) {
            byte one = b[i];
            b[i] = b[j];
            b[j] = one;
        }
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
        for (int gone = 0; gone < length; ) {
            node = targets[place(edge(node, b[backward ? length - 1 - gone : gone]))];
            if (node == 0) {
                return;
            }
            gone++;
            int more = labelSize[node];
            if (more > 0) {
                if (more > length - gone || !stands(labelAt[node], more, b, backward ? length - gone - more : gone)) {
                    return;
                }
                gone += more;
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

    private boolean stands(int label, int size, byte[] b, int at) {
        int i = 0;
        for (; i + Long.BYTES <= size; i += Long.BYTES) {
            if ((long) Folded.LONGS.get(labels, label + i) != (long) Folded.LONGS.get(b, at + i)) {
                return false;
            }
        }
        for (; i < size; i++) {
            if (labels[label + i] != b[at + i]) {
                return false;
            }
        }
        return true;
    }

    long bytes() {
        return 12L * edges.length + 8L * (begunAt.length + wholeAt.length + labelAt.length) + labels.length;
    }
}
