package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.observe.Address;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SessionBookTest {
    private static final long T = 1_767_571_200_000L;

    private static SignIn signIn(int pair) {
        String from = "10." + (pair >> 16 & 0xff) + "." + (pair >> 8 & 0xff) + "." + (pair & 0xff);
        return new SignIn(
                new Origin("acme", 0, pair + 1, 1, 4001),
                T + pair,
                "user",
                "acme",
                Objects.requireNonNull(Address.of(from)),
                "",
                "172.16.0.1",
                null,
                Means.REMOTE_DESKTOP,
                Outcome.SUCCESS,
                "",
                "",
                "",
                "");
    }

    @Test
    void whatBeyondItsBoundIsLeftOutIsCounted() {
        SessionBook book = new SessionBook();
        for (int pair = 0; pair < SessionBook.PAIRS + 10; pair++) {
            book.accept(signIn(pair));
        }
        book.accept(signIn(7));
        assertEquals(10, book.leftOut());
        assertEquals(SessionBook.PAIRS + 1, book.added());
    }
}
