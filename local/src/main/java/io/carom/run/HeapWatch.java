package io.carom.run;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whether what is in use leaves too little of the heap free: by what the last collection of old
/// objects left, for what is in use in between is mostly waste.
final class HeapWatch {
    /// A collector that is left less than this spends its time looking for room.
    private static final double SHORT = 0.85;

    /// What is given up is gone after several collections, for each takes some of the regions: until then they
    /// say nothing new.
    private static final long GOING = Duration.ofSeconds(30).toNanos();

    private final long most;
    private final LongSupplier left;
    private final LongSupplier nanos;
    private long answered;
    private long answeredAt;

    HeapWatch() {
        this(Runtime.getRuntime().maxMemory(), ofOldObjects(), System::nanoTime);
    }

    /// @param most bytes that the heap may have
    /// @param left bytes in use after the last collection
    /// @param nanos the time, as {@link System#nanoTime}
    HeapWatch(long most, LongSupplier left, LongSupplier nanos) {
        this.most = most;
        this.left = left;
        this.nanos = nanos;
        answeredAt = nanos.getAsLong() - GOING;
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
        return now > most * SHORT && now != answered && nanos.getAsLong() - answeredAt >= GOING;
    }

    /// Something was given up, and goes with the next collections: what the last one left says nothing any more.
    void answer() {
        answered = used();
        answeredAt = nanos.getAsLong();
    }
}
