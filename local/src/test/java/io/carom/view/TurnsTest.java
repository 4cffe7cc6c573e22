package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TurnsTest {
    @Test
    void soManyAskAtOnceAndEachOnce() throws Exception {
        Turns turns = new Turns(2);
        turns.take("ana");
        assertThrows(EventsView.BusyException.class, () -> turns.take("ana"), "one of each");
        turns.take("eva");
        EventsView.BusyException no = assertThrows(EventsView.BusyException.class, () -> turns.take("gina"));
        assertTrue(no.getMessage().contains("2 questions"), no.getMessage());
        turns.give("ana");
        turns.take("gina");
        assertThrows(EventsView.BusyException.class, () -> turns.take("ana"));
    }
}
