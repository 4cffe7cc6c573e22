package io.carom.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.SourceNames;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Rest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConversationsTest {
    private static final long T0 = 1_750_000_000_000L;

    private long record;

    private Contact contact(long time, long out, long in, long duration) {
        return contact(1, time, out, in, duration);
    }

    private Contact contact(int input, long time, long out, long in, long duration) {
        return new Contact(
                new Origin("acme", input, ++record, SourceNames.of("test"), 4001),
                time,
                Objects.requireNonNull(Address.of("10.1.1.5")),
                50_000,
                Objects.requireNonNull(Address.of("203.0.113.7")),
                443,
                6,
                Outcome.SUCCESS,
                0.95f,
                out,
                in,
                -1,
                -1,
                duration,
                "",
                false);
    }

    private static List<String> told(Contact... contacts) {
        Conversations conversations = new Conversations();
        List<String> out = new ArrayList<>();
        for (Contact contact : contacts) {
            Contact told = (Contact) conversations.told(contact);
            assertEquals(contact.bytesOut(), told.bytesOut(), "what was stated stays");
            out.add((told.again() ? "again " : "") + told.rest() + " " + told.newOut() + " " + told.newIn());
        }
        return out;
    }

    @Test
    void theEndOfAContactTellsWhatItsBeginningDidNot() {
        assertEquals(
                List.of("NONE -1 -1", "again ALL 900 80", "again NONE 900 80"),
                told(contact(T0, -1, -1, -1), contact(T0, 900, 80, 5000), contact(T0, 900, 80, 5000)));
    }

    @Test
    void whatIsToldWhileItGoesOnIsToldOnce() {
        assertEquals(
                List.of("NONE 100 10", "again MORE 200 0", "again MORE 0 15"),
                told(contact(T0, 100, 10, 60_000), contact(T0 + 400, 300, 10, 120_000), contact(T0, 300, 25, 180_000)));
    }

    @Test
    void headersThatAnotherProductCountsAreNothingNew() {
        assertEquals(
                List.of("NONE 900 80", "again NONE 930 84", "again MORE 1100 0"),
                told(contact(1, T0, 900, 80, 5000), contact(2, T0, 930, 84, 5000), contact(2, T0, 2000, 84, 5000)));
    }

    @Test
    void anotherSensorTellsNothingNew() {
        assertEquals(
                List.of("NONE 900 80", "again NONE 900 80", "NONE 7 7"),
                told(contact(T0, 900, 80, 5000), contact(T0 + 2000, 900, 80, 5000), contact(T0 + 60_000, 7, 7, 10)));
        Contact first = contact(T0, 900, 80, 5000);
        assertEquals(true, first.addsUp());
        assertEquals(false, first.told().addsUp());
        assertEquals(true, first.told(Rest.MORE, 1, 1).addsUp());
        assertEquals(false, first.told().first().again());
    }
}
