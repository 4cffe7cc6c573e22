package io.carom.event;

import java.util.ArrayList;
import java.util.List;

/// The names of log sources (`zeek`, `windows-evtx`, `fortigate`), interned to small ids for the whole
/// process.
/// Their number is that of the readers and mapping files loaded. Safe for use by many threads.
public final class SourceNames {
    private static final List<String> NAMES = new ArrayList<>();

    private SourceNames() {}

    public static synchronized int of(String name) {
        int at = NAMES.indexOf(name);
        if (at < 0) {
            at = NAMES.size();
            NAMES.add(name);
        }
        return at;
    }

    public static synchronized String name(int id) {
        return NAMES.get(id);
    }
}
