package io.carom.run;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What was done lately, by what a mail would name, so that a mail that is reported later is held
/// against it.
///
/// Bounded: {@link #most} in all, of the values that were met last, and of each the first {@link
/// #OF_ONE}; of what many do all the time there are no more, and no mail of few readers is behind it.
/// Lists are never changed, only replaced, so that a copy of the map is a copy of all. For one thread.
final class Doings {
    static final int OF_ONE = 64;

    /// How often one and the same is remembered of one value; the last time besides.
    private static final int OFTEN = 3;

    private final int most;
    /// In the order in which values were met last.
    private final LinkedHashMap<String, List<Doing>> byValue = new LinkedHashMap<>(64, 0.75f, true);
    private int held;

    /// @param most how many are held, of all values together; about 200 bytes each
    Doings(int most) {
        this.most = most;
    }

    private void put(String key, List<Doing> doings) {
        List<Doing> before = byValue.put(key, doings);
        held += doings.size() - (before == null ? 0 : before.size());
        while (held > most) {
            held -= Objects.requireNonNull(byValue.pollFirstEntry()).getValue().size();
        }
    }

    void add(String key, Doing doing) {
        List<Doing> known = byValue.get(key);
        if (known == null) {
            put(key, List.of(doing));
            return;
        }
        if (known.size() >= OF_ONE) {
            return;
        }
        int same = 0;
        int last = -1;
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).who().equals(doing.who())) {
                same++;
                last = i;
            }
        }
        List<Doing> now = new ArrayList<>(known);
        if (same > OFTEN) {
            now.remove(last);
        }
        now.add(doing);
        put(key, List.copyOf(now));
    }

    List<Doing> of(String key) {
        return byValue.getOrDefault(key, List.of());
    }

    /// It is laid to a mail and is held against no other.
    void remove(String key, Doing doing) {
        List<Doing> known = of(key);
        List<Doing> now = new ArrayList<>(known);
        if (now.remove(doing)) {
            if (now.isEmpty()) {
                byValue.remove(key);
                held--;
            } else {
                put(key, List.copyOf(now));
            }
        }
    }

    int size() {
        return held;
    }

    /// All of it as it is now.
    Map<String, List<Doing>> now() {
        return new LinkedHashMap<>(byValue);
    }

    static void save(Map<String, List<Doing>> now, ObjectOutputStream out) throws IOException {
        out.writeInt(now.size());
        int written = 0;
        for (Map.Entry<String, List<Doing>> one : now.entrySet()) {
            out.writeUTF(one.getKey());
            out.writeObject(one.getValue());
            if (++written % 4096 == 0) {
                out.reset();
            }
        }
        out.reset();
    }

    @SuppressWarnings("unchecked")
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        byValue.clear();
        held = 0;
        for (int i = in.readInt(); i > 0; i--) {
            put(in.readUTF(), (List<Doing>) in.readObject());
        }
    }
}
