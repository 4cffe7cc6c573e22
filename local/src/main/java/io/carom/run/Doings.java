package io.carom.run;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was done lately, by what a mail would name, so that a mail that is reported later is held against it.
///
/// Bounded: of {@link #most} values that were met last each the first {@link #OF_ONE}; of what many do all the time
/// there are no more, and no mail of few readers is behind it. Lists are never changed, only replaced, so that a copy
/// of the map is a copy of all. For one thread.
final class Doings {
    static final int OF_ONE = 64;

    /// How often one and the same is remembered of one value; the last time besides.
    private static final int OFTEN = 3;

    private final int most;
    private Map<String, List<Doing>> byValue;

    Doings(int most) {
        this.most = most;
        byValue = bounded();
    }

    private Map<String, List<Doing>> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, List<Doing>> eldest) {
                return size() > most;
            }
        };
    }

    void add(String key, Doing doing) {
        List<Doing> known = byValue.get(key);
        if (known == null) {
            byValue.put(key, List.of(doing));
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
        byValue.put(key, List.copyOf(now));
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
            } else {
                byValue.put(key, List.copyOf(now));
            }
        }
    }

    int size() {
        return byValue.size();
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
        byValue = bounded();
        for (int i = in.readInt(); i > 0; i--) {
            byValue.put(in.readUTF(), (List<Doing>) in.readObject());
        }
    }
}
