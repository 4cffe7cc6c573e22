package io.carom.run;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whether what is in use leaves too little of the heap free: by what the last collection of old
/// objects left, for what is in use in between is mostly waste.
final class HeapWatch {
    /// A collector that is left less than this spends its time looking for room.
    private static final double SHORT = 0.85;

    private final long most;
    private final LongSupplier left;
    private long answered;

    HeapWatch() {
        this(Runtime.getRuntime().maxMemory(), ofOldObjects());
    }

    /// @param most bytes that the heap may have
    /// @param left bytes in use after the last collection
    HeapWatch(long most, LongSupplier left) {
        this.most = most;
        this.left = left;
    }

    private static LongSupplier ofOldObjects() {
        MemoryPoolMXBean old = old();
        return () -> {
            MemoryUsage usage = old == null ? null : old.getCollectionUsage();
            return usage == null ? 0 : usage.getUsed();
        };
    }

    /// The pool of what has lived long: of the heap's the one that may have a threshold for its usage,
    /// for those of new objects are meant to fill up.
    private static @Nullable MemoryPoolMXBean old() {
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP
                    && pool.isUsageThresholdSupported()
                    && pool.isCollectionUsageThresholdSupported()) {
                return pool;
            }
        }
        return null;
    }

    /// Bytes in use after the last collection.
    long used() {
        return left.getAsLong();
    }

    /// Whether memory is short by the last collection, unless that was answered.
    boolean isShort() {
        long now = used();
        return now > most * SHORT && now != answered;
    }

    /// Something was given up, and is gone with the next collection: what the last one left says nothing
    /// any more.
    void answer() {
        answered = used();
    }
}
