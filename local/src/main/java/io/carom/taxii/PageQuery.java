package io.carom.taxii;

import java.util.Set;
import java.util.TreeSet;

/// Which objects of a collection are wanted: TAXII 2.1, section 3.4. Sets that are empty leave the
/// choice open.
///
/// @param addedAfter microseconds; only objects that were added later
/// @param types of objects
/// @param ids of objects
/// @param all every version
/// @param first the earliest version of each object
/// @param last the latest
/// @param versions exactly these, microseconds
/// @param specs `2.0`, `2.1`; where empty the newest of each object
/// @param limit objects of one page, at least 1
public record PageQuery(
        long addedAfter,
        Set<String> types,
        Set<String> ids,
        boolean all,
        boolean first,
        boolean last,
        Set<Long> versions,
        Set<String> specs,
        int limit) {
    public PageQuery {
        types = new TreeSet<>(types);
        ids = new TreeSet<>(ids);
        versions = new TreeSet<>(versions);
        specs = new TreeSet<>(specs);
        if (limit < 1) {
            throw new IllegalArgumentException("limit " + limit);
        }
    }

    /// The latest version of everything.
    public static PageQuery latest(int limit) {
        return new PageQuery(Long.MIN_VALUE, Set.of(), Set.of(), false, false, true, Set.of(), Set.of(), limit);
    }

    public PageQuery after(long added) {
        return new PageQuery(added, types, ids, all, first, last, versions, specs, limit);
    }
}
