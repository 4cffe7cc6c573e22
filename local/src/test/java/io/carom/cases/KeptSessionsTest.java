package io.carom.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Address;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.trace.Session;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSessionsTest {
    private static final long T = 1_767_571_200_000L;
    private static final long HOUR = 3_600_000;

    @TempDir
    Path home;

    private int record;

    private static Address ip(int n) {
        return Objects.requireNonNull(Address.of("10.1.0." + n));
    }

    /// Sessions at random between a few machines and by a few accounts, ten hours apart at least.
    private SessionBook book(long seed, long begin, int sessions) {
        Random random = new Random(seed);
        SessionBook book = new SessionBook();
        for (int i = 0; i < sessions; i++) {
            long time = begin + i * 10 * HOUR;
            int from = 1 + random.nextInt(4);
            int to = 5 + random.nextInt(3);
            Origin origin = new Origin("acme", 0, ++record, 1, 4001);
            if (random.nextBoolean()) {
                book.accept(new Contact(
                        origin,
                        time,
                        ip(from),
                        50_000,
                        ip(to),
                        3389,
                        6,
                        Outcome.SUCCESS,
                        1,
                        500_000,
                        900_000,
                        900,
                        900,
                        600_000,
                        "rdp",
                        false));
            } else {
                book.accept(new SignIn(
                        origin,
                        time,
                        "user" + random.nextInt(3),
                        "acme",
                        ip(from),
                        "",
                        ip(to).text(),
                        null,
                        Means.REMOTE_DESKTOP,
                        Outcome.SUCCESS,
                        "",
                        "",
                        "",
                        ""));
            }
        }
        return book;
    }

    private void enter(SessionBook book) throws IOException {
        try (Cases cases = Cases.open(home)) {
            cases.enter(List.of(), List.of(), book, o -> "log", "");
        }
    }

    /// Each knows how many of its pair, and of its account at that machine, are before it: by the plain loop.
    private void countsHold() throws IOException {
        try (Cases cases = Cases.open(home)) {
            KeptHistory history = cases.history();
            List<Session> all = new ArrayList<>();
            Set<String> targets = history.targets("acme");
            targets.forEach(t -> all.addAll(history.into("acme", t)));
            all.sort(Comparator.comparingLong(Session::time));
            assertTrue(all.size() > 20, all.size() + " sessions");
            Map<String, Integer> pairs = new HashMap<>();
            Map<String, Integer> accounts = new HashMap<>();
            Map<String, Long> used = new HashMap<>();
            for (Session s : all) {
                assertEquals(pairs.merge(s.from() + " " + s.to(), 1, Integer::sum) - 1, s.earlier(), s::toString);
                int before =
                        s.account().isEmpty() ? 0 : accounts.merge(s.account() + " " + s.to(), 1, Integer::sum) - 1;
                assertEquals(before, s.earlierAccount(), s::toString);
                used.merge(s.to(), 1L, Long::sum);
            }
            List<String> mostUsed = new ArrayList<>(used.keySet());
            mostUsed.sort(Comparator.comparingLong((String m) -> -used.getOrDefault(m, 0L))
                    .thenComparing(m -> m));
            assertEquals(new TreeSet<>(mostUsed), targets);
            Set<String> sources = new TreeSet<>();
            all.forEach(s -> sources.add(s.from()));
            assertEquals(sources, history.sources("acme"));
            for (String source : sources) {
                assertEquals(all.stream().filter(s -> s.from().equals(source)).toList(), history.outOf("acme", source));
            }
        }
    }

    @Test
    void laterSessionsGoOnFromTheCountsThatAreKept() throws IOException {
        enter(book(1, T, 60));
        countsHold();
        enter(book(2, T + 10_000 * HOUR, 60));
        countsHold();
    }

    @Test
    void earlierSessionsAndTheSameAgainAreCountedIn() throws IOException {
        enter(book(1, T, 60));
        enter(book(2, T - 10_000 * HOUR, 60));
        countsHold();
        enter(book(1, T, 60));
        countsHold();
        enter(book(3, T + 300 * HOUR + 1, 60));
        countsHold();
    }
}
