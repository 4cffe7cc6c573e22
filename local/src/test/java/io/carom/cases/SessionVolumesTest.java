package io.carom.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.lake.RetentionFile;
import io.carom.trace.Session;
import io.carom.trace.SessionBook;
import io.carom.trace.Trace;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// As {@link KeptSessionsTest}, where a few sessions are a volume already; and what volumes have to
/// themselves.
class SessionVolumesTest extends KeptSessionsTest {
    private static final RetentionFile.Sessions ALL = new RetentionFile.Sessions(40_000, 1_000_000);

    @Override
    SessionStore.Sizes sizes() {
        return new SessionStore.Sizes(5, 20, 40, 2, 1_000);
    }

    private Cases three() throws IOException {
        return Cases.open(home, new SessionStore.Sizes(10, 100, 1_000, 3, 30));
    }

    private static List<Session> some(long begin, int many) {
        List<Session> out = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            out.add(new Session(
                    "acme",
                    "desk-" + i % 7,
                    "server-" + i % 3,
                    begin + i,
                    begin + i + 1,
                    "",
                    "RDP",
                    1,
                    5,
                    i / 21,
                    0,
                    List.of(new Trace.Source("log", i))));
        }
        return out;
    }

    private static Set<Long> tables(SessionStore store) throws Exception {
        try (Statement statement = store.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT CAST(substr(name, 2) AS INTEGER) FROM sqlite_master WHERE type = 'table' AND name GLOB 's[0-9]*'")) {
            Set<Long> out = new TreeSet<>();
            while (row.next()) {
                out.add(row.getLong(1));
            }
            return out;
        }
    }

    private static Set<Long> listed(SessionStore store) throws IOException {
        return store.volumes().stream().map(SessionStore.Volume::id).collect(Collectors.toSet());
    }

    @Test
    void manyAtOnceAreAVolumeAndFewGoIntoTheOpenOne() throws Exception {
        try (Cases cases = three()) {
            KeptSessions kept = new KeptSessions(cases);
            SessionStore store = cases.sessions();
            kept.enter(some(1_000, 9));
            assertEquals(1, store.volumes().size());
            kept.enter(some(2_000, 10));
            assertEquals(2, store.volumes().size());
            assertEquals(9, store.open().rows());
            kept.enter(some(2_000, 10));
            assertEquals(19, store.rows(), "they are there already");
            for (int i = 0; i < 10; i++) {
                assertEquals(9 + 9 * i, store.open().rows());
                kept.enter(some(3_000 + 100 * i, 9));
            }
            kept.enter(some(5_000, 9));
            assertEquals(0, store.open().rows(), "full, it is closed, and a new one is open");
            assertEquals(3, store.volumes().size());
            assertEquals(118, store.rows());
        }
    }

    @Test
    void severalSmallOnesBecomeOneAndNothingIsLost() throws Exception {
        try (Cases cases = three()) {
            KeptSessions kept = new KeptSessions(cases);
            SessionStore store = cases.sessions();
            for (int i = 0; i < 5; i++) {
                kept.enter(some(1_000 * i, 30));
            }
            List<Session> before = cases.history().into("acme", "server-1");
            assertEquals(50, before.size());
            assertEquals(6, store.volumes().size());
            assertEquals(0, cases.bound(ALL));
            assertEquals(
                    Set.of(150L, 0L),
                    store.volumes().stream().map(SessionStore.Volume::rows).collect(Collectors.toSet()));
            assertEquals(listed(store), tables(store), "nothing is left of what was merged");
            assertEquals(before, cases.history().into("acme", "server-1"));
            assertEquals(150, store.rows());
        }
    }

    @Test
    void whoAsksMeetsWhatIsMergedMeanwhile() throws Exception {
        try (Cases reading = three();
                Cases writing = three()) {
            KeptSessions kept = new KeptSessions(writing);
            for (int i = 0; i < 3; i++) {
                kept.enter(some(1_000 * i, 30));
            }
            KeptHistory history = reading.history();
            assertEquals(30, history.into("acme", "server-0").size());
            writing.bound(ALL);
            assertEquals(2, writing.sessions().volumes().size());
            assertEquals(30, history.into("acme", "server-1").size());
            assertEquals(12, history.outOf("acme", "desk-6").size());
        }
    }

    /// Killed while it writes, SQLite makes of it what it makes of a fault: as if nothing had been begun.
    @Test
    void ofAVolumeThatIsNotWholeNothingStays() throws Exception {
        try (Cases cases = three()) {
            new KeptSessions(cases).enter(some(1_000, 30));
            SessionStore store = cases.sessions();
            List<SessionStore.Volume> before = store.volumes();
            assertThrows(
                    IOException.class,
                    () -> store.together(() -> store.make(false, SessionStore.WHOLE, table -> {
                        store.run("INSERT INTO " + table + " SELECT * FROM "
                                + before.getFirst().table());
                        throw new IOException("the disk is full");
                    })));
            assertEquals(before, store.volumes());
            assertEquals(listed(store), tables(store));
            new KeptSessions(cases).enter(some(9_000, 30));
            assertEquals(60, store.rows());
        }
    }

    @Test
    void wholeVolumesOfTheOldestGoFirst() throws Exception {
        long day = 24L * 3_600_000;
        try (Cases cases = three()) {
            KeptSessions kept = new KeptSessions(cases);
            for (int i = 0; i < 2; i++) {
                kept.enter(some(i * day, 30));
            }
            cases.together(() -> cases.run("INSERT INTO spans VALUES ('acme', 0, ?)", 2 * day));
            assertEquals(33, cases.bound(new RetentionFile.Sessions(400, 30)));
            SessionStore store = cases.sessions();
            assertEquals(27, store.rows());
            assertTrue(cases.history().into("acme", "server-0").stream().allMatch(s -> s.time() >= day));
            assertEquals(listed(store), tables(store));
        }
    }

    private static Session one(String from, long time) {
        return new Session("acme", from, "server", time, time, "", "RDP", 1, 5, 0, 0, List.of());
    }

    @Test
    void countsOfWhatIsLongGoneGoTooButNotOfWhatIsKept() throws Exception {
        long hour = 3_600_000;
        try (Cases cases = three()) {
            KeptSessions kept = new KeptSessions(cases);
            List<Session> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(one("desk-" + i, i * hour));
            }
            // Of one that went first there is a later one, which stays.
            all.add(new Session("acme", "desk-0", "server", 190 * hour, 0, "", "RDP", 1, 5, 1, 0, List.of()));
            kept.enter(all);
            cases.together(() -> cases.run("INSERT INTO spans VALUES ('acme', 0, ?)", 200 * hour));
            assertTrue(cases.bound(new RetentionFile.Sessions(400, 20)) > 180);
            SessionStore store = cases.sessions();
            List<String> counted = new ArrayList<>();
            try (Statement statement = store.connection().createStatement();
                    ResultSet row = statement.executeQuery("SELECT one FROM sessions_gone ORDER BY last")) {
                while (row.next()) {
                    counted.add(row.getString(1));
                }
            }
            assertTrue(counted.size() <= 40 && counted.size() > 20, counted::toString);
            assertEquals("desk-0", counted.getFirst(), "a session of it is kept");
            kept.enter(List.of(one("desk-0", 300 * hour), one("desk-1", 300 * hour), one("desk-175", 300 * hour)));
            List<Session> into = cases.history().into("acme", "server");
            assertEquals(
                    List.of(2, 0, 1),
                    into.subList(into.size() - 3, into.size()).stream()
                            .map(Session::earlier)
                            .toList());
        }
    }

    // ---- what an older version kept

    private static final String OLDER = """
            CREATE TABLE sessions (
                client TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, time INTEGER NOT NULL, "end" INTEGER NOT NULL,
                account TEXT NOT NULL, via TEXT NOT NULL, sure REAL NOT NULL, bytes INTEGER NOT NULL, records TEXT NOT NULL,
                earlier INTEGER NOT NULL, earlier_account INTEGER NOT NULL,
                PRIMARY KEY (client, target, time, source, via)) WITHOUT ROWID""";

    private void older(Connection cases) throws SQLException {
        try (Statement statement = cases.createStatement()) {
            statement.execute(OLDER);
            statement.execute("CREATE INDEX sessions_pair ON sessions (client, source, target, time)");
            for (int i = 0; i < 30; i++) {
                statement.execute("INSERT INTO sessions VALUES ('acme', 'desk', 'server-" + i % 2 + "', " + (1_000 + i)
                        + ", 2000, '', 'RDP', 1, 5, '7 log', " + (i / 2 + 4) + ", 0)");
            }
            statement.execute("CREATE TABLE sessions_gone (client TEXT NOT NULL, of TEXT NOT NULL, one TEXT NOT NULL,"
                    + " target TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,"
                    + " PRIMARY KEY (client, of, one, target)) WITHOUT ROWID");
            for (int i = 0; i < 2; i++) {
                statement.execute(
                        "INSERT INTO sessions_gone VALUES ('acme', 'source', 'desk', 'server-" + i + "', 10, 20, 4)");
            }
        }
    }

    @Test
    void whatAnOlderVersionKeptIsMovedOnce() throws Exception {
        try (Cases cases = open(home)) {
            older(cases.connection());
        }
        for (int i = 0; i < 2; i++) {
            try (Cases cases = open(home)) {
                SessionStore store = cases.sessions();
                assertEquals(30, store.rows());
                List<Session> into = cases.history().into("acme", "server-1");
                assertEquals(15, into.size());
                assertEquals(4, into.getFirst().earlier());
                assertEquals(Set.of("server-0", "server-1"), cases.history().targets("acme"));
                assertEquals(Set.of("desk"), cases.history().sources("acme"));
                assertEquals(
                        List.of(),
                        cases.rows("SELECT name FROM sqlite_master WHERE name LIKE 'sessions%' OR name = 'uses'"));
                // Killed between the two files.
                older(cases.connection());
            }
        }
        try (Cases cases = open(home)) {
            new KeptSessions(cases)
                    .enter(List.of(
                            new Session("acme", "desk", "server-1", 5_000, 5_001, "", "RDP", 1, 5, 0, 0, List.of())));
            assertEquals(19, cases.history().into("acme", "server-1").getLast().earlier());
            cases.enter(List.of(), List.of(), new SessionBook(), o -> "log", "");
        }
    }
}
