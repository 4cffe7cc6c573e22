package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.Cases;
import io.carom.observe.Address;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.trace.History;
import io.carom.trace.Session;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveHistoryTest {
    private static final long T = 1_767_571_200_000L;
    private static final long HOUR = 3_600_000;
    private static final int ALL = 240;

    @TempDir
    Path home;

    private final List<SignIn> signIns = new ArrayList<>();

    LiveHistoryTest() {
        Random random = new Random(7);
        for (int i = 0; i < ALL; i++) {
            signIns.add(new SignIn(
                    new Origin("acme", 0, i + 1, 1, 4001),
                    T + i * 10 * HOUR,
                    "user" + random.nextInt(3),
                    "acme",
                    Objects.requireNonNull(Address.of("10.1.0." + (1 + random.nextInt(4)))),
                    "",
                    "10.1.0." + (5 + random.nextInt(3)),
                    null,
                    Means.REMOTE_DESKTOP,
                    Outcome.SUCCESS,
                    "",
                    "",
                    "",
                    ""));
        }
    }

    private SessionBook book(int from, int to) {
        SessionBook book = new SessionBook();
        signIns.subList(from, to).forEach(book::accept);
        return book;
    }

    private static List<String> told(History history) {
        List<String> out = new ArrayList<>();
        for (String machine : new TreeSet<>(history.targets("acme"))) {
            out.add("into " + machine);
            history.into("acme", machine).forEach(s -> out.add(told(s) + " " + s.earlierAccount()));
        }
        for (String machine : new TreeSet<>(history.sources("acme"))) {
            out.add("out of " + machine);
            history.outOf("acme", machine).forEach(s -> out.add(told(s)));
        }
        return out;
    }

    private static String told(Session s) {
        return s.from() + " " + s.to() + " " + s.time() + " " + s.account() + " " + s.earlier();
    }

    @Test
    void sessionsCountThoseThatAreKeptOrBeingEntered() throws Exception {
        List<String> all = told(book(0, ALL).history(o -> "log"));
        assertTrue(all.size() > ALL, all.size() + " lines");
        enter(book(0, ALL / 3));
        SessionBook turned = book(ALL / 3, 2 * ALL / 3);
        try (Cases cases = Cases.open(home)) {
            History lately = new LiveHistory(book(2 * ALL / 3, ALL).history(o -> "log"), turned.history(o -> "log"));
            assertEquals(all, told(new LiveHistory(lately, cases.history(1_000))), "before it is entered");
            // A third of it, as where it is asked in the middle.
            enter(book(ALL / 3, 4 * ALL / 9));
            assertEquals(all, told(new LiveHistory(lately, cases.history(1_000))), "while it is entered");
            enter(turned);
            assertEquals(all, told(new LiveHistory(lately, cases.history(1_000))), "when it was entered");
            History after = new LiveHistory(book(2 * ALL / 3, ALL).history(o -> "log"), cases.history(1_000));
            assertEquals(all, told(after), "when it is let go");
        }
    }

    private void enter(SessionBook book) throws IOException, InterruptedException {
        try (Cases cases = Cases.open(home)) {
            cases.enter(book, o -> "log");
        }
    }
}
