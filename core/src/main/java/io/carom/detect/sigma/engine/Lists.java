package io.carom.detect.sigma.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/// Lists of ints by an int, flat: a table with open addressing, and the lists one behind another.
final class Lists {
    static final class Builder {
        private final Map<Integer, Ints> lists = new LinkedHashMap<>();

        void add(int key, int entry) {
            lists.computeIfAbsent(key, k -> new Ints()).add(entry);
        }

        Lists done() {
            return new Lists(lists);
        }
    }

    /// For each place: the key, where its list begins, and where it ends, which is 0 for an empty place. Side by
    /// side, as all three are read together.
    private final int[] table;
    private final int[] entries;
    private final int shift;
    private final int size;

    private Lists(Map<Integer, Ints> lists) {
        size = lists.size();
        int bits = Math.max(3, 33 - Integer.numberOfLeadingZeros(size));
        shift = 32 - bits;
        table = new int[3 << bits];
        entries = new int[lists.values().stream().mapToInt(Ints::size).sum()];
        int filled = 0;
        for (Map.Entry<Integer, Ints> list : lists.entrySet()) {
            int at = place(list.getKey());
            table[at] = list.getKey();
            table[at + 1] = filled;
            for (int i = 0; i < list.getValue().size(); i++) {
                entries[filled++] = list.getValue().get(i);
            }
            table[at + 2] = filled;
        }
    }

    /// Number of keys.
    int size() {
        return size;
    }

    void keys(IntConsumer each) {
        for (int at = 0; at < table.length; at += 3) {
            if (table[at + 2] > 0) {
                each.accept(table[at]);
            }
        }
    }

    /// Where the key's list is; of one that is not there, an empty one.
    int place(int key) {
        int at = 3 * (key * 0x85EBCA6B >>> shift);
        while (table[at + 2] > 0 && table[at] != key) {
            at = at + 3 == table.length ? 0 : at + 3;
        }
        return at;
    }

    boolean has(int key) {
        return table[place(key) + 2] > 0;
    }

    int first(int place) {
        return table[place + 1];
    }

    int end(int place) {
        return table[place + 2];
    }

    int entry(int index) {
        return entries[index];
    }

    long bytes() {
        return 4L * table.length + 4L * entries.length;
    }
}
