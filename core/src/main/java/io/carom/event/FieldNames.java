package io.carom.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The names of native fields, interned to small ids for the whole process: `EventData.TargetUserName`,
/// `id.orig_h`.
///
/// Nested names are joined by dots; the elements of an array all carry the array's own name. Input
/// decides which names appear, so their number is bounded: past {@link #MAX} distinct names (or for a
/// name longer than {@link #MAX_LENGTH} bytes) the answer is {@link #OTHER}; the value then still
/// stands in the native record. Safe for use by many threads; look-ups by id take no lock.
public final class FieldNames {
    /// More distinct names than every reader of this project together needs a hundred times over.
    public static final int MAX = 1 << 17;

    public static final int MAX_LENGTH = 1024;

    /// The id shared by the names that came after the table was full.
    public static final int OTHER = 0;

    private static final Map<String, Integer> IDS = new HashMap<>();
    private static volatile String[] names = new String[1024];
    private static int count;

    static {
        of("(other)");
    }

    private FieldNames() {}

    public static int of(String name) {
        synchronized (IDS) {
            Integer known = IDS.get(name);
            if (known != null) {
                return known;
            }
            if (count == MAX || name.length() > MAX_LENGTH) {
                return OTHER;
            }
            int id = count++;
            String[] now = names;
            if (id == now.length) {
                now = Arrays.copyOf(now, id * 2);
            }
            now[id] = name;
            names = now;
            IDS.put(name, id);
            return id;
        }
    }

    public static int of(byte[] bytes, int from, int to) {
        return to - from > MAX_LENGTH ? OTHER : of(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }

    public static String name(int id) {
        return names[id];
    }
}
