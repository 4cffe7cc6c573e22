package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KnownTextsTest {
    private final EventBatch kept = new EventBatch(16);
    private final KnownTexts texts = new KnownTexts();

    private long slice(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return texts.slice(kept, bytes, 0, bytes.length, -1);
    }

    @Test
    void equalValuesAreOneSlice() {
        for (int i = 0; i < 10_000; i++) {
            long slice = slice("value " + i % 700);
            assertEquals("value " + i % 700, kept.text(slice));
            assertEquals(slice, slice("value " + i % 700));
        }
        assertFalse(texts.isOff());
    }

    @Test
    void whatStandsInTheRecordIsNotCopied() {
        byte[] record = "user=ada".getBytes(StandardCharsets.UTF_8);
        long raw = kept.append(record, 0, record.length);
        int end = kept.arenaEnd();
        long already = raw + (5L << 32) - 5;
        assertEquals(already, texts.slice(kept, record, 5, 3, already));
        assertEquals(already, slice("ada"));
        assertEquals(end, kept.arenaEnd());
    }

    @Test
    void valuesThatDoNotRepeatAreNotRemembered() {
        for (int i = 0; i < 3_000; i++) {
            assertEquals("unique " + i, kept.text(slice("unique " + i)));
        }
        assertTrue(texts.isOff());
        assertNotEquals(slice("unique 1"), slice("unique 1"));
    }
}
