package io.carom.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.lake.RetentionFile;
import io.carom.observe.Address;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.trace.Session;
import io.carom.trace.SessionBook;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSessionsTest {
    private static final long T = 1_767_571_200_000L;
    private static final long HOUR = 3_600_000;

    @TempDir
    Path home;

    private int record;

    SessionStore.Sizes sizes() {
        return SessionStore.Sizes.DEFAULT;
    }

    Cases open(Path home) throws IOException {
        return Cases.open(home, sizes());
    }

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
        try (Cases cases = open(home)) {
            cases.enter(List.of(), List.of(), book, o -> "log", "");
        }
    }

    /// Each knows how many of its pair, and of its account at that machine, are before it: by the plain loop.
    private void countsHold() throws IOException {
        try (Cases cases = open(home)) {
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

    /// Each book once, by as many threads as there are lists, each with a connection of its own.
    private void enterAtOnce(List<List<SessionBook>> by) throws Exception {
        try (var threads = Executors.newFixedThreadPool(by.size())) {
            List<Future<?>> all = new ArrayList<>();
            for (List<SessionBook> books : by) {
                all.add(threads.submit(() -> {
                    for (SessionBook book : books) {
                        enter(book);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    @Test
    void whatSeveralProgramsEnterAtOnceIsCounted() throws Exception {
        enter(book(1, T, 60));
        List<List<SessionBook>> by = List.of(
                List.of(book(2, T + 10_000 * HOUR, 60), book(3, T - 10_000 * HOUR, 60)),
                List.of(book(4, T + 10_300 * HOUR + 1, 60), book(5, T + 20_000 * HOUR, 60)),
                List.of(book(6, T + 30_000 * HOUR, 60), book(7, T + 100 * HOUR + 2, 60)));
        enterAtOnce(by);
        countsHold();
    }

    @Test
    void whatIsWrittenAheadBeginsAnewWhenNobodyReadsWhatWasBefore() throws Exception {
        enter(book(1, T, 60));
        Path ahead = home.resolve("cases.db-wal");
        try (Cases cases = Cases.open(home);
                Cases other = Cases.open(home)) {
            try (Statement statement = other.connection().createStatement();
                    ResultSet row =
                            statement.executeQuery("SELECT client FROM spans UNION ALL SELECT value FROM meta")) {
                assertTrue(row.next());
                cases.enter(List.of(), List.of(), book(2, T + 10_000 * HOUR, 60), o -> "log", "");
                cases.settle(0);
                assertTrue(Files.size(ahead) > 0, "somebody reads what was before");
                assertTrue(row.next());
            }
            cases.settle(Integer.MAX_VALUE);
            assertTrue(Files.size(ahead) > 0, "it is not too long");
            cases.settle(0);
            assertEquals(0, Files.size(ahead));
        }
        countsHold();
    }

    // ---- dropped where there are too many

    private static final String EACH =
            "SELECT source, target, time, via, account, earlier, earlier_account FROM sessions ORDER BY 1, 2, 3, 4";

    /// Asked of all volumes as one table.
    private List<Map<String, @Nullable Object>> rows(Path home, String sql) throws IOException {
        try (Cases cases = open(home)) {
            return rows(cases.sessions(), sql);
        }
    }

    private static List<Map<String, @Nullable Object>> rows(SessionStore store, String sql) throws IOException {
        String all = store.volumes().stream()
                .map(v -> "SELECT * FROM " + v.table())
                .collect(Collectors.joining(" UNION ALL "));
        List<Map<String, @Nullable Object>> out = new ArrayList<>();
        try (Statement statement = store.connection().createStatement()) {
            statement.execute("DROP VIEW IF EXISTS temp.sessions");
            statement.execute("CREATE TEMP VIEW sessions AS " + all);
            try (ResultSet row = statement.executeQuery(sql)) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    Map<String, @Nullable Object> one = new HashMap<>();
                    for (int i = 1; i <= columns; i++) {
                        one.put(row.getMetaData().getColumnLabel(i), row.getObject(i));
                    }
                    out.add(one);
                }
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
        return out;
    }

    private void bound(Path home, long most) throws Exception {
        try (Cases cases = open(home)) {
            cases.bound(new RetentionFile.Sessions(40_000, most));
        }
    }

    /// Enters the same into a home that drops and into one that does not.
    private void enterBoth(long seed, long begin, int sessions) throws Exception {
        int first = record;
        enter(book(seed, begin, sessions));
        record = first;
        try (Cases cases = open(home.resolve("all"))) {
            cases.enter(List.of(), List.of(), book(seed, begin, sessions), o -> "log", "");
        }
    }

    /// What is left reads as where all was kept, and nobody was used less often.
    private void readsAsIfAllWereKept() throws Exception {
        List<Map<String, @Nullable Object>> left = rows(home, EACH);
        List<Map<String, @Nullable Object>> all = rows(home.resolve("all"), EACH);
        assertTrue(left.size() < all.size(), left.size() + " of " + all.size());
        left.forEach(row -> assertTrue(all.contains(row), row::toString));
        String uses = "SELECT * FROM uses ORDER BY client, machine";
        assertEquals(rows(home.resolve("all"), uses), rows(home, uses));
        try (Cases cases = open(home)) {
            assertEquals(left.size(), cases.sessions().rows());
        }
    }

    @Test
    void laterSessionsAreCountedAsIfNoneWereDropped() throws Exception {
        enterBoth(1, T, 400);
        int before = rows(home, EACH).size();
        bound(home, 200);
        int after = rows(home, EACH).size();
        assertTrue(after <= 200 && after >= 100, before + " became " + after);
        readsAsIfAllWereKept();
        enterBoth(2, T + 10_000 * HOUR, 60);
        readsAsIfAllWereKept();
        bound(home, 150);
        enterBoth(3, T + 20_000 * HOUR, 60);
        readsAsIfAllWereKept();
    }

    @Test
    void theSameAgainAndEarlierOnesAreCountedAsIfNoneWereDropped() throws Exception {
        enterBoth(1, T, 400);
        bound(home, 200);
        int left = rows(home, EACH).size();
        enterBoth(1, T, 400);
        assertEquals(left, rows(home, EACH).size());
        readsAsIfAllWereKept();
        enterBoth(2, T - 10_000 * HOUR, 60);
        readsAsIfAllWereKept();
        enterBoth(3, T + 10_000 * HOUR, 60);
        readsAsIfAllWereKept();
    }

    @Test
    void whatIsNewAndWhatIsLatestStaysLongest() throws Exception {
        enterBoth(1, T, 400);
        List<Map<String, @Nullable Object>> latest = rows(home, """
                SELECT source, target, max(time) FROM sessions GROUP BY source, target""");
        List<Map<String, @Nullable Object>> fresh =
                rows(home, EACH.replace("ORDER", "WHERE earlier = 0 OR earlier_account = 0 AND account <> '' ORDER"));
        bound(home, 200);
        assertEquals(latest, rows(home, "SELECT source, target, max(time) FROM sessions GROUP BY source, target"));
        assertEquals(
                fresh,
                rows(home, EACH.replace("ORDER", "WHERE earlier = 0 OR earlier_account = 0 AND account <> '' ORDER")));
    }

    @Test
    void whenNothingElseHelpsTheOldestGo() throws Exception {
        enterBoth(1, T, 400);
        bound(home, 10);
        List<Map<String, @Nullable Object>> left = rows(home, "SELECT min(time) AS first, count(*) AS n FROM sessions");
        assertTrue(((Number) Objects.requireNonNull(left.getFirst().get("n"))).longValue() <= 10, left::toString);
        assertTrue(
                ((Number) Objects.requireNonNull(left.getFirst().get("first"))).longValue() > T + 2000 * HOUR,
                left::toString);
        readsAsIfAllWereKept();
        enterBoth(2, T + 10_000 * HOUR, 60);
        readsAsIfAllWereKept();
    }

    @Test
    void whereIncidentsAreAboutEverybodyTwiceAsManyStay() throws Exception {
        enterBoth(1, T, 400);
        List<Suspicion> everybody =
                rows(home, "SELECT source AS machine FROM sessions UNION SELECT target FROM sessions").stream()
                        .map(row -> new Suspicion(
                                "acme",
                                String.valueOf(row.get("machine")),
                                "",
                                T + 60 * 24 * HOUR,
                                4,
                                "Something",
                                List.of(),
                                "",
                                new Trace.Source("log", 1)))
                        .toList();
        try (Cases cases = open(home)) {
            cases.enter(List.of(), everybody, new SessionBook(), o -> "log", "");
        }
        int all = rows(home, EACH).size();
        List<Map<String, @Nullable Object>> needed = rows(
                home, EACH.replace("ORDER", "WHERE time BETWEEN " + T + " AND " + (T + 74 * 24 * HOUR) + " ORDER"));
        assertTrue(needed.size() > 100, needed.size() + " of " + all);
        bound(home, needed.size() - 10);
        assertTrue(rows(home, EACH).containsAll(needed));
        bound(home, needed.size() / 4);
        int left = rows(home, EACH).size();
        assertTrue(left <= needed.size() / 2 && left > needed.size() / 4, left + " of " + needed.size());
        readsAsIfAllWereKept();
    }

    @Test
    void olderThanTheirDaysTheyGo() throws Exception {
        enterBoth(1, T, 400);
        try (Cases cases = open(home)) {
            assertTrue(cases.bound(new RetentionFile.Sessions(30, 1_000_000)) > 0);
            long[] span = Objects.requireNonNull(cases.history().span("acme"));
            assertEquals(
                    List.of(),
                    rows(cases.sessions(), "SELECT time FROM sessions WHERE time < " + (span[1] - 30 * 24 * HOUR)));
            assertEquals(0, cases.bound(new RetentionFile.Sessions(30, 1_000_000)));
        }
        enterBoth(2, T + 10_000 * HOUR, 60);
        readsAsIfAllWereKept();
    }

    @Test
    void itStaysBoundedHoweverOftenMoreCome() throws Exception {
        for (int i = 0; i < 20; i++) {
            enter(book(i, T + i * 10_000L * HOUR, 60));
            bound(home, 200);
            int left = rows(home, EACH).size();
            assertTrue(left <= 200, left + " sessions");
        }
        assertEquals(List.of(), rows(home, """
                        SELECT source, target FROM sessions s WHERE time = (
                            SELECT max(time) FROM sessions l WHERE l.source = s.source AND l.target = s.target)
                        AND earlier + 1 <> (SELECT count(*) FROM sessions c WHERE c.source = s.source AND c.target = s.target)
                            + coalesce((SELECT count FROM sessions_gone g
                                WHERE g.of = 'source' AND g.one = s.source AND g.target = s.target), 0)"""));
    }

    @Test
    void whatATraceOfASuspectLooksAtStays() throws Exception {
        long time = T + 2000 * HOUR;
        try (Cases cases = open(home)) {
            cases.enter(
                    List.of(),
                    List.of(new Suspicion(
                            "acme", "10.1.0.5", "", time, 4, "odd", List.of(), "", new Trace.Source("log", 1))),
                    book(1, T, 400),
                    o -> "log",
                    "");
            List<Session> before = cases.history().into("acme", "10.1.0.5", time);
            assertTrue(before.size() > 20, before.size() + " sessions");
            cases.bound(new RetentionFile.Sessions(1, 100));
            List<Session> after = cases.history().into("acme", "10.1.0.5", time);
            assertEquals(before, after);
            assertTrue(cases.history().into("acme", "10.1.0.6").size() < before.size());
        }
    }

    @Test
    void stoppedInTheMiddleTheNextGoesOn() throws Exception {
        enterBoth(1, T, 400);
        try (Cases cases = open(home)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> cases.bound(new RetentionFile.Sessions(40_000, 100)));
        }
        readsAsIfAllWereKept();
        bound(home, 100);
        readsAsIfAllWereKept();
        assertTrue(rows(home, EACH).size() <= 100);
    }

    private Contact smb(long time, int port) {
        return new Contact(
                new Origin("acme", 0, ++record, 1, 4001),
                time,
                ip(1),
                50_000,
                ip(2),
                port,
                6,
                Outcome.SUCCESS,
                1,
                500_000,
                900_000,
                900,
                900,
                60_000,
                "smb",
                false);
    }

    @Test
    void aSessionThatIsKnownBetterLaterIsTheSameOne() throws IOException {
        SessionBook book = new SessionBook();
        book.accept(smb(T, 445));
        enter(book);
        book.accept(new Change(
                new Origin("acme", 0, ++record, 1, 4001),
                T + 30_000,
                Changed.SERVICE_INSTALLED,
                ip(2).text(),
                "",
                null,
                "svc",
                ""));
        enter(book);
        try (Cases cases = open(home)) {
            List<Session> into = cases.history().into("acme", ip(2).text());
            assertEquals(1, into.size(), into::toString);
            assertEquals("SMB and a new service", into.getFirst().via());
            assertEquals(0, into.getFirst().earlier());
            assertEquals(
                    "[{n=1}]",
                    rows(cases.sessions(), "SELECT sum(used) AS n FROM uses").toString());
        }
    }

    private static SessionBook beacon(long begin, int times, String to) {
        SessionBook book = new SessionBook();
        for (int i = 0; i < times; i++) {
            book.accept(new Contact(
                    new Origin("acme", 0, i + 1, 1, 4001),
                    begin + i * 60_000L,
                    ip(1),
                    50_000,
                    Objects.requireNonNull(Address.of(to)),
                    443,
                    6,
                    Outcome.SUCCESS,
                    1,
                    1_000,
                    2_000,
                    9,
                    9,
                    900,
                    "ssl",
                    false));
        }
        return book;
    }

    @Test
    void whatLaterBooksCountOfAChannelComesToIt() throws IOException {
        SessionBook first = beacon(T, 2, "203.0.113.9");
        enter(first);
        enter(first);
        enter(beacon(T + HOUR, 3, "203.0.113.9"));
        try (Cases cases = open(home)) {
            List<Trace.Channel> channels = cases.history().channels("acme", ip(1).text());
            assertEquals(1, channels.size(), channels::toString);
            assertEquals(5, channels.getFirst().count());
            assertEquals(5 * 1_000, channels.getFirst().bytesOut());
            assertEquals(T, channels.getFirst().first().toEpochMilli());
            assertEquals(T + HOUR + 120_000 + 900, channels.getFirst().last().toEpochMilli());
        }
    }

    @Test
    void whatIsOlderThanAHomeKeepsOfChannelsGoesToo() throws Exception {
        enter(beacon(T, 2, "203.0.113.8"));
        enter(beacon(T + 31 * 24 * HOUR, 2, "203.0.113.9"));
        try (Cases cases = open(home)) {
            assertEquals(2, cases.history().channels("acme", ip(1).text()).size());
            cases.bound(new RetentionFile.Sessions(30, 1_000));
            List<Trace.Channel> left = cases.history().channels("acme", ip(1).text());
            assertEquals(
                    List.of("203.0.113.9"), left.stream().map(Trace.Channel::to).toList());
        }
    }
}
