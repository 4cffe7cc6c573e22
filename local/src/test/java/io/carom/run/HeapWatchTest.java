package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
    @Test
    void aCollectionThatLeavesLittleIsToldUntilItIsAnswered() {
        AtomicLong left = new AtomicLong();
        AtomicLong nanos = new AtomicLong();
        HeapWatch heap = new HeapWatch(1_000, left::get, nanos::get);
        assertFalse(heap.isShort());
        left.set(840);
        assertFalse(heap.isShort());
        left.set(860);
        assertTrue(heap.isShort());
        assertTrue(heap.isShort());
        heap.answer();
        assertFalse(heap.isShort());
        // The first of the collections that take what was given up.
        left.set(870);
        nanos.addAndGet(10_000_000_000L);
        assertFalse(heap.isShort());
        nanos.addAndGet(20_000_000_000L);
        assertTrue(heap.isShort());
        left.set(500);
        assertFalse(heap.isShort());
    }

    @Test
    void thisProcessHasOldObjects() {
        byte[] held = new byte[8 << 20];
        System.gc();
        assertTrue(new HeapWatch().used() >= held.length);
    }
}
