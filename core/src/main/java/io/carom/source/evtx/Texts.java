package io.carom.source.evtx;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Texts of templates (element names, literals), interned by their UTF-16 bytes, so that two
/// definitions in two chunks can be compared as rows of ints. Emptied when it holds too much; see
/// {@link #full}.
final class Texts {
    private static final int MAX = 1 << 15;
    private static final int MAX_BYTES = 4 << 20;

    private String[] texts = new String[1024];
    private byte[][] keys = new byte[1024][];
    private int[] hashes = new int[1024];
    private int[] slots = new int[2048];
    private int count;
    private long bytes;

    /// The id of a text given as UTF-16 little-endian.
    int of(byte[] utf16, int from, int to) {
        int hash = 1;
        for (int i = from; i + 1 < to; i += 2) {
            hash = hash * 31 + (utf16[i] & 0xFF | utf16[i + 1] << 8);
        }
        int mask = slots.length - 1;
        int slot = hash * 0x9E3779B9 >>> 7 & mask;
        while (slots[slot] != 0) {
            int id = slots[slot] - 1;
            if (hashes[id] == hash && Arrays.equals(keys[id], 0, keys[id].length, utf16, from, to)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        int id = count++;
        if (id == texts.length) {
            texts = Arrays.copyOf(texts, id * 2);
            keys = Arrays.copyOf(keys, id * 2);
            hashes = Arrays.copyOf(hashes, id * 2);
        }
        texts[id] = new String(utf16, from, to - from, StandardCharsets.UTF_16LE);
        keys[id] = Arrays.copyOfRange(utf16, from, to);
        hashes[id] = hash;
        bytes += to - from;
        slots[slot] = count;
        if (count * 2 > slots.length) {
            rehash();
        }
        return id;
    }

    int of(String text) {
        byte[] utf16 = text.getBytes(StandardCharsets.UTF_16LE);
        return of(utf16, 0, utf16.length);
    }

    String text(int id) {
        return texts[id];
    }

    /// Whether it is time to {@link #clear}. Ids are held by whoever is in the middle of a chunk, so
    /// only between chunks.
    boolean full() {
        return count > MAX || bytes > MAX_BYTES;
    }

    void clear() {
        texts = new String[1024];
        keys = new byte[1024][];
        hashes = new int[1024];
        slots = new int[2048];
        count = 0;
        bytes = 0;
    }

    private void rehash() {
        int[] wider = new int[slots.length * 2];
        int mask = wider.length - 1;
        for (int id = 0; id < count; id++) {
            int slot = hashes[id] * 0x9E3779B9 >>> 7 & mask;
            while (wider[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            wider[slot] = id + 1;
        }
        slots = wider;
    }
}
