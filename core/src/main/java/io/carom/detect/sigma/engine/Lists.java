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

    private final int[] keys;
    private final int[] firsts;
    private final int[] ends;
    private final int[] entries;
    private final int shift;
    private final int size;

    private Lists(Map<Integer, Ints> lists) {
        size = lists.size();
        int bits = Math.max(3, 33 - Integer.numberOfLeadingZeros(size));
        shift = 32 - bits;
        keys = new int[1 << bits];
        firsts = new int[1 << bits];
        ends = new int[1 << bits];
        entries = new int[lists.values().stream().mapToInt(Ints::size).sum()];
        int filled = 0;
        for (Map.Entry<Integer, Ints> list : lists.entrySet()) {
            int at = place(list.getKey());
            keys[at] = list.getKey();
            firsts[at] = filled;
            for (int i = 0; i < list.getValue().size(); i++) {
                entries[filled++] = list.getValue().get(i);
            }
            ends[at] = filled;
        }
    }

    /// Number of keys.
    int size() {
        return size;
    }

    void keys(IntConsumer each) {
        for (int at = 0; at < keys.length; at++) {
            if (ends[at] > 0) {
                each.accept(keys[at]);
            }
        }
    }

    /// Where the key's list is; of one that is not there, an empty one.
    int place(int key) {
        int at = key * 0x85EBCA6B >>> shift;
        while (ends[at] > 0 && keys[at] != key) {
            at = at + 1 & keys.length - 1;
        }
        return at;
    }

    boolean has(int key) {
        return ends[place(key)] > 0;
    }

    int first(int place) {
        return firsts[place];
    }

    int end(int place) {
        return ends[place];
    }

    int entry(int index) {
        return entries[index];
    }

    long bytes() {
        return 12L * keys.length + 4L * entries.length;
    }
}
