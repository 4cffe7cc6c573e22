package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
    @Test
    void aCollectionThatLeavesLittleIsToldUntilItIsAnswered() {
        AtomicLong left = new AtomicLong();
        HeapWatch heap = new HeapWatch(1_000, left::get);
        assertFalse(heap.isShort());
        left.set(840);
        assertFalse(heap.isShort());
        left.set(860);
        assertTrue(heap.isShort());
        assertTrue(heap.isShort());
        heap.answer();
        assertFalse(heap.isShort());
        left.set(870);
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
