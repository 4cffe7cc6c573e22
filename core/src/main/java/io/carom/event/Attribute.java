package io.carom.event;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// One OCSF attribute by its flat path, interned: two attributes of the same path are the same object
/// with the same small id, so columns are found by array index.
///
/// Paths are OCSF names joined by dots. `a[].b` is a list column whose n-th value is `b` of the n-th
/// element of `a`; `a[].` alone (`answers[]`) is a list of scalars; `a[k=3].b` is `b` of the one
/// element of `a` whose `k` is 3, for example `process.file.hashes[algorithm_id=3].value`. Whatever
/// stands under `unmapped.` is free.
///
/// Safe for use by many threads. The number of attributes is bounded by the mappings loaded, never by
/// input.
public final class Attribute {
    private static final ConcurrentHashMap<String, Attribute> BY_PATH = new ConcurrentHashMap<>();
    private static final List<Attribute> BY_ID = new CopyOnWriteArrayList<>();

    public static final Attribute TIME = of("time");
    public static final Attribute ACTIVITY_ID = of("activity_id");
    public static final Attribute SEVERITY_ID = of("severity_id");
    public static final Attribute STATUS_ID = of("status_id");
    public static final Attribute MESSAGE = of("message");
    public static final Attribute PRODUCT_NAME = of("metadata.product.name");
    public static final Attribute VENDOR_NAME = of("metadata.product.vendor_name");

    private final int id;
    private final String path;
    private final Kind kind;
    private final boolean list;
    private final int observableType;

    private Attribute(int id, String path, Kind kind, boolean list, int observableType) {
        this.id = id;
        this.path = path;
        this.kind = kind;
        this.list = list;
        this.observableType = observableType;
    }

    /// The attribute of this path.
    ///
    /// @throws IllegalArgumentException if OCSF has no such attribute and the path is not under `unmapped.`
    public static Attribute of(String path) {
        Attribute known = BY_PATH.get(path);
        return known != null ? known : intern(path, null);
    }

    /// A free attribute under `unmapped.` whose values are of this kind.
    public static Attribute unmapped(String name, Kind kind) {
        Attribute known = BY_PATH.get("unmapped." + name);
        return known != null ? known : intern("unmapped." + name, kind);
    }

    private static synchronized Attribute intern(String path, @Nullable Kind stated) {
        Attribute known = BY_PATH.get(path);
        if (known != null) {
            return known;
        }
        Kind kind = Kind.STRING;
        boolean list = path.contains("[]");
        int observable = 0;
        if (stated != null) {
            kind = stated;
        } else if (!path.startsWith("unmapped.")) {
            OcsfAttribute fact = OcsfSchema.get().resolve(path);
            kind = fact.kind();
            list |= fact.array() && fact.objectType() == null;
            observable = fact.observableTypeId();
        }
        Attribute made = new Attribute(BY_ID.size(), path, kind, list, observable);
        BY_ID.add(made);
        BY_PATH.put(path, made);
        return made;
    }

    /// The attribute of this id, as given by {@link #id}.
    public static Attribute byId(int id) {
        return BY_ID.get(id);
    }

    /// How many attributes are known now; every id is below it.
    public static int count() {
        return BY_ID.size();
    }

    public static Collection<Attribute> all() {
        return BY_ID;
    }

    public int id() {
        return id;
    }

    public String path() {
        return path;
    }

    public Kind kind() {
        return kind;
    }

    /// Whether an event may have several values of it.
    public boolean list() {
        return list;
    }

    /// OCSF's `observable.type_id` for values of this attribute (2 address, 1 host name, 8 hash…), 0
    /// when they are none.
    public int observableType() {
        return observableType;
    }

    @Override
    public String toString() {
        return path;
    }
}
