package io.carom.source.parse;

import io.carom.event.FieldNames;
import java.util.Arrays;

/// Ids of field names by their bytes, remembered, so that a name met before costs a hash and a comparison.
///
/// Equal to `FieldNames.of(bytes, from, to)`. Direct-mapped: two names of one slot take turns. Safe for use
/// by many threads without a lock: an entry is one immutable object, and a lost write is only met again.
public final class NameTable {
    private static final int SIZE = 1024;

    private record Entry(byte[] name, int id) {}

    private final Entry[] entries = new Entry[SIZE];

    public int id(byte[] b, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + b[i];
        }
        int slot = (hash ^ hash >>> 10) & SIZE - 1;
        Entry known = entries[slot];
        if (known != null && Arrays.equals(known.name, 0, known.name.length, b, from, to)) {
            return known.id;
        }
        int id = FieldNames.of(b, from, to);
        entries[slot] = new Entry(Arrays.copyOfRange(b, from, to), id);
        return id;
    }
}
