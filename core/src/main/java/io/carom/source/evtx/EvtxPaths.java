package io.carom.source.evtx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The names of the fields of Windows events, interned to small ids: `Event.System.EventID`,
/// `Event.System.Provider.#attributes.Name`, `Event.EventData.TargetUserName`.
///
/// Names are made when a template is compiled, not when a record is read. Input decides which appear,
/// so their number is bounded: past {@link #MAX}, or for a name longer than {@link #MAX_LENGTH}
/// characters, the id is {@link #OTHER}. Ids are never taken back. For one thread, like the reader that
/// owns it.
public final class EvtxPaths {
    /// Far above the fields of all providers that come with Windows.
    public static final int MAX = 1 << 16;

    public static final int MAX_LENGTH = 1024;

    /// The id shared by all names that came after the table was full, or were too long.
    public static final int OTHER = 0;

    static final int ROOT = -1;

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    public EvtxPaths() {
        names.add("(other)");
    }

    /// The name of this id.
    public String name(int id) {
        return names.get(id);
    }

    /// How many ids there are now; every id is below it.
    public int count() {
        return names.size();
    }

    /// The id of an element below another.
    int element(int parent, String name) {
        return parent == ROOT ? of(name) : parent == OTHER ? OTHER : of(names.get(parent) + '.' + name);
    }

    int attribute(int element, String name) {
        return element == OTHER ? OTHER : of(names.get(element) + ".#attributes." + name);
    }

    private int of(String path) {
        Integer known = ids.get(path);
        if (known != null) {
            return known;
        }
        if (names.size() >= MAX || path.length() > MAX_LENGTH) {
            return OTHER;
        }
        int id = names.size();
        names.add(path);
        ids.put(path, id);
        return id;
    }
}
