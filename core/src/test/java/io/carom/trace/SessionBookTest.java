package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carom.observe.Address;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.util.ArrayList;
import java.util.List;
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

    private static Lease lease(String address, String host, long time, long until) {
        return new Lease(
                new Origin("acme", 0, 1, 1, 4004),
                time,
                Objects.requireNonNull(Address.of(address)),
                null,
                host,
                "",
                "",
                Lease.Kind.DHCP,
                until,
                false);
    }

    private static SignIn rdp(long time, String from, String host) {
        return new SignIn(
                new Origin("acme", 0, 1, 1, 4001),
                time,
                "user",
                "acme",
                Objects.requireNonNull(Address.of(from)),
                "",
                host,
                null,
                Means.REMOTE_DESKTOP,
                Outcome.SUCCESS,
                "",
                "",
                "",
                "");
    }

    @Test
    void theNextKnowsMachinesByTheNamesTheyHave() {
        SessionBook book = new SessionBook();
        book.accept(lease("10.1.0.9", "pc9", T, T + 8 * 3_600_000));
        book.accept(lease("10.1.0.8", "pc8", T - 7_200_000, T - 3_600_000));
        book.accept(rdp(T + 60_000, "10.1.0.9", "srv1"));
        // One in which nothing is collected hands on what it was given.
        SessionBook next = book.next().next();
        assertEquals(0, next.added());
        assertNull(next.history(o -> "log").span("acme"));
        next.accept(rdp(T + 3_600_000, "10.1.0.9", "srv1"));
        History history = next.history(o -> "log");
        assertEquals("pc9", history.label("acme", "10.1.0.9"));
        assertEquals("pc9", history.into("acme", "srv1").getFirst().from());
        assertEquals(1, next.tenures("acme", o -> "log").size());
        // What was carried is kept already.
        List<String> names = new ArrayList<>();
        next.names((client, address, host, weight) -> names.add(address + " " + host));
        assertEquals(List.of(), names);
    }
}
