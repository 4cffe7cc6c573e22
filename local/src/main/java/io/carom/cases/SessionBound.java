package io.carom.cases;

import io.carom.cases.SessionStore.Volume;
import io.carom.lake.RetentionFile;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Drops kept sessions of which there are too many. First what is older than a home keeps; then repetitions
/// of pairs of machines, but for their first and their latest; then the oldest, whatever they are. What a
/// trace of a kept incident looks at stays, as long as there are not twice as many as a home keeps.
///
/// Volume by volume, the oldest first: what is left of one is written anew, in the order of its key, so that
/// dropping costs no more than writing did. A pair's latest are those of each volume. How many were dropped
/// is kept, see {@link KeptSessions}.
final class SessionBound {
    /// The latest of each pair that stay: fewer the longer it takes.
    private static final int[] LATEST = {48, 8, 1};

    /// As many of a pair say what was new, and its routine from when: as {@link KeptHistory} asks.
    private static final int NEW = 3;

    /// Rows of other tables that are dropped at once: others may write between.
    private static final int AT_ONCE = 2_000;

    private static final int BATCH = 10_000;

    /// How often the time that may be kept is halved before it is given up.
    private static final int HALVES = 24;

    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();

    /// What explains how a machine was come by, and where it went on from there.
    private static final long BEFORE = 60 * DAY;

    private static final long AFTER = 14 * DAY;

    /// Sessions of a suspect machine that are kept for its trace, before and after, into it and out of it: as
    /// many as are looked at.
    private static final int OF_ONE = 5_000;

    private static final String OLD_AT = "old sessions dropped at";
    private static final String OTHERS_AT = "others bound at ";

    private record Machine(String client, String name) {}

    /// Times within which sessions of a machine stay.
    private record Needed(long from, long until) {}

    private final Cases cases;
    private final SessionStore store;
    private final RetentionFile.Sessions retention;
    private final Map<Machine, List<Needed>> into = new HashMap<>();
    private final Map<Machine, List<Needed>> outOf = new HashMap<>();
    private boolean looked;
    private long kept;
    private long dropped;

    SessionBound(Cases cases, RetentionFile.Sessions retention) throws IOException {
        this.cases = cases;
        this.store = cases.sessions();
        this.retention = retention;
    }

    /// @return sessions that were dropped
    long hold() throws IOException, InterruptedException {
        while (store.merge()) {
            pause();
        }
        kept = store.rows();
        Map<String, long[]> spans = spans();
        old(spans);
        if (kept > retention.most()) {
            needed();
            // A tenth more at once, so that it is not looked for with every session.
            rounds(retention.most() - retention.most() / 10, spans, false);
        }
        long doubled = 2 * retention.most();
        if (kept > doubled) {
            // Where incidents are about everybody, what they need is everything.
            into.clear();
            outOf.clear();
            rounds(doubled - retention.most() / 10, spans, true);
        }
        if (dropped > 0) {
            forget(Math.max(2 * retention.most(), store.sizes().counts()));
        }
        return dropped;
    }

    /// Drops what is older than a home keeps, once a day of the clients' time: it is looked for in all there
    /// is.
    private void old(Map<String, long[]> spans) throws IOException, InterruptedException {
        long latest = spans.values().stream().mapToLong(span -> span[1]).max().orElse(0);
        String day = latest / DAY + " " + retention.days();
        long horizon = latest - retention.days() * DAY;
        boolean any = spans.values().stream().anyMatch(s -> s[0] < s[1] - retention.days() * DAY);
        if (!any || day.equals(text(OLD_AT))) {
            return;
        }
        needed();
        for (Volume volume : oldestFirst()) {
            if (volume.first() < horizon) {
                sift(volume, 0, SessionStore.WHOLE, row -> row.age(spans) > retention.days() * DAY);
            }
        }
        others(spans);
        store.together(() -> store.set(OLD_AT, day));
    }

    private @Nullable String text(String key) throws IOException {
        try {
            return store.text(key);
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
    }

    private List<Volume> oldestFirst() throws IOException {
        return store.volumes().reversed().stream().filter(v -> v.rows() > 0).toList();
    }

    /// @param all also of what was thinned before, when more was needed
    private void rounds(long enough, Map<String, long[]> spans, boolean all) throws IOException, InterruptedException {
        for (int latest : LATEST) {
            for (Volume volume : oldestFirst()) {
                if (kept > enough && (all || volume.thinned() > latest)) {
                    sift(volume, enough, latest, repetitions(latest));
                }
            }
        }
        long age = kept > enough ? older(kept - enough, spans) : 0;
        for (int i = 0; i < HALVES && kept > enough; i++) {
            long atLeast = i < HALVES - 1 ? age : 0;
            for (Volume volume : oldestFirst()) {
                if (kept > enough) {
                    sift(volume, enough, SessionStore.WHOLE, row -> row.age(spans) >= atLeast);
                }
            }
            age /= 2;
        }
    }

    /// An age that so many sessions have at least, before the latest of their clients.
    private long older(long many, Map<String, long[]> spans) throws IOException {
        TreeMap<Long, Long> byAge = new TreeMap<>();
        store.ask(
                row -> byAge.merge(age(spans, row.getString(1), row.getLong(2)) / HOUR, 1L, Long::sum),
                "SELECT client, time FROM $s");
        long found = 0;
        for (Map.Entry<Long, Long> e : byAge.descendingMap().entrySet()) {
            found += e.getValue();
            if (found >= many) {
                return e.getKey() * HOUR;
            }
        }
        return 0;
    }

    private static long age(Map<String, long[]> spans, String client, long time) {
        long[] span = spans.get(client);
        return span == null ? 0 : Math.max(0, span[1] - time);
    }

    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Cases.BETWEEN);
    }

    private Map<String, long[]> spans() throws IOException {
        Map<String, long[]> out = new HashMap<>();
        for (Map<String, @Nullable Object> row : cases.rows("SELECT client, begin, \"end\" AS until FROM spans")) {
            out.put(
                    String.valueOf(row.get("client")),
                    new long[] {Cases.number(row, "begin"), Cases.number(row, "until")});
        }
        return out;
    }

    // ---- what else is kept of machines

    /// @param key of a row of one client
    /// @param until the column that says how long it was so
    private record Other(String table, String key, String until) {}

    private static final List<Other> OTHERS = List.of(
            new Other("channels", "source, target, port", "last"),
            new Other("carriers", "begin, machine, target, port", "begin"),
            new Other("mentions", "time, host, named", "time"),
            new Other("leases", "address, \"from\"", "until"));

    /// Drops what is older than is kept, once a day of the clients' time: it is looked for in all there is.
    private void others(Map<String, long[]> spans) throws IOException, InterruptedException {
        for (Map.Entry<String, long[]> client : spans.entrySet()) {
            String done = OTHERS_AT + client.getKey();
            long day = client.getValue()[1] / DAY;
            if (cases.rows("SELECT 1 FROM meta WHERE key = ? AND CAST(value AS INTEGER) = ?", done, day)
                            .size()
                    > 0) {
                continue;
            }
            long from = client.getValue()[1] - retention.days() * DAY;
            for (Other other : OTHERS) {
                String sql = "DELETE FROM " + other.table + " WHERE client = ?1 AND (" + other.key + ") IN (SELECT "
                        + other.key + " FROM " + other.table + " WHERE client = ?1 AND " + other.until
                        + " < ?2 LIMIT " + AT_ONCE + ")";
                int[] gone = new int[1];
                do {
                    cases.together(() -> gone[0] = cases.changed(sql, client.getKey(), from));
                    pause();
                } while (gone[0] > 0);
            }
            cases.together(() -> cases.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", done, day));
        }
    }

    // ---- what incidents need

    private void needed() throws IOException {
        if (looked) {
            return;
        }
        looked = true;
        for (Map<String, @Nullable Object> row : cases.rows("""
                SELECT client, machine, since AS time FROM machines_of
                UNION SELECT client, machine, min(time) FROM suspicions GROUP BY client, machine
                UNION SELECT c.client, m.value, unixepoch(h.value ->> 'time') * 1000
                    FROM incidents i, json_each(i.json, '$.path') h, json_each(h.value) m, spans c
                    WHERE m.key IN ('from', 'to') AND c.client IN (i.client, h.value ->> 'party')""")) {
            if (row.get("time") != null && row.get("machine") != null) {
                String client = String.valueOf(row.get("client"));
                String name = String.valueOf(row.get("machine"));
                long time = Cases.number(row, "time");
                KeptHistory history = names();
                String label = history.label(client, name);
                String address = history.address(client, label);
                need(new Machine(client, label), time);
                if (!name.equals(label)) {
                    need(new Machine(client, name), time);
                }
                if (address != null && !address.equals(label) && !address.equals(name)) {
                    need(new Machine(client, address), time);
                }
            }
        }
        asked = null;
    }

    private @Nullable KeptHistory asked;

    private KeptHistory names() {
        KeptHistory known = asked;
        if (known == null) {
            known = cases.history();
            asked = known;
        }
        return known;
    }

    private void need(Machine machine, long time) throws IOException {
        need(into, machine, time, "target");
        need(outOf, machine, time, "source");
    }

    private void need(Map<Machine, List<Needed>> to, Machine machine, long time, String column) throws IOException {
        List<Needed> known = to.computeIfAbsent(machine, m -> new ArrayList<>());
        if (known.stream().anyMatch(n -> n.from <= time - BEFORE && time + AFTER <= n.until)) {
            return;
        }
        long[] found = {time - BEFORE, time + AFTER};
        for (boolean before : new boolean[] {true, false}) {
            store.ask(
                    row -> found[before ? 0 : 1] = row.getLong(1),
                    "",
                    "SELECT time FROM $s WHERE client = ?1 AND " + column + " = ?2 AND time BETWEEN ?3 AND ?4",
                    " ORDER BY time " + (before ? "DESC" : "ASC") + " LIMIT 1 OFFSET " + OF_ONE,
                    machine.client,
                    machine.name,
                    before ? time - BEFORE : time,
                    before ? time : time + AFTER);
        }
        known.add(new Needed(found[0], found[1]));
    }

    private static boolean within(Map<Machine, List<Needed>> needed, Machine machine, long time) {
        for (Needed n : needed.getOrDefault(machine, List.of())) {
            if (n.from <= time && time <= n.until) {
                return true;
            }
        }
        return false;
    }

    // ---- what goes

    /// A session that may go.
    private record Row(
            String client,
            String target,
            long time,
            String source,
            String via,
            String account,
            long earlier,
            long earlierAccount) {
        long age(Map<String, long[]> spans) {
            return SessionBound.age(spans, client, time);
        }
    }

    private interface Choice {
        /// Asked of the sessions into one machine after those into another, the latest first.
        boolean goes(Row row);
    }

    /// Those of a pair that are neither its first nor its latest, nor the first of an account there.
    private static Choice repetitions(int latest) {
        Map<String, int[]> seen = new HashMap<>();
        String[] at = new String[2];
        return row -> {
            if (!row.target.equals(at[0]) || !row.client.equals(at[1])) {
                seen.clear();
                at[0] = row.target;
                at[1] = row.client;
            }
            return ++seen.computeIfAbsent(row.source, s -> new int[1])[0] > latest
                    && row.earlier >= NEW
                    && (row.earlierAccount > 0 || row.account.isEmpty());
        };
    }

    private boolean needed(Row row) {
        return within(into, new Machine(row.client, row.target), row.time)
                || within(outOf, new Machine(row.client, row.source), row.time);
    }

    /// Drops of a volume what is chosen and not needed, until there are few enough: what is left is written
    /// anew.
    ///
    /// @param latest how many of each pair are left then where it was gone through
    private void sift(Volume volume, long enough, int latest, Choice choice) throws IOException, InterruptedException {
        store.roomy();
        long[] gone = new long[1];
        store.together(() -> {
            gone[0] = 0;
            if (!store.volumes().contains(volume)) {
                // Another program changed it meanwhile.
                return;
            }
            boolean through = choose(volume, choice, store.rows() - enough);
            int thinned = through ? Math.min(volume.thinned(), latest) : volume.thinned();
            try (Statement statement = store.connection().createStatement()) {
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM going")) {
                    row.next();
                    gone[0] = row.getLong(1);
                }
                if (gone[0] == 0) {
                    store.thinned(volume, thinned);
                    return;
                }
                countGone(statement);
                if (gone[0] < volume.rows() || volume.open()) {
                    store.make(
                            volume.open(),
                            thinned,
                            table -> store.update("INSERT INTO " + table + " SELECT * FROM " + volume.table()
                                    + " s WHERE NOT EXISTS (SELECT 1 FROM going g WHERE g.client = s.client AND g.target ="
                                    + " s.target AND g.time = s.time AND g.source = s.source AND g.via = s.via)"
                                    + " ORDER BY client, target, time, source, via"));
                }
                store.drop(volume);
                statement.execute("DELETE FROM going");
            }
        });
        dropped += gone[0];
        kept = store.rows();
        if (gone[0] > 0) {
            store.settle();
            pause();
        }
    }

    /// Makes the table of what goes.
    ///
    /// @param most that may go
    /// @return whether it was gone through to its end
    private boolean choose(Volume volume, Choice choice, long most) throws SQLException {
        try (Statement statement = store.connection().createStatement()) {
            statement.execute("CREATE TEMP TABLE IF NOT EXISTS going (client TEXT, target TEXT, time INTEGER,"
                    + " source TEXT, via TEXT, account TEXT, PRIMARY KEY (client, target, time, source, via))"
                    + " WITHOUT ROWID");
            statement.execute("DELETE FROM going");
            long chosen = 0;
            try (ResultSet row = statement.executeQuery("SELECT client, target, time, source, via, account, earlier,"
                            + " earlier_account FROM " + volume.table()
                            + " ORDER BY client DESC, target DESC, time DESC, source DESC, via DESC");
                    PreparedStatement insert =
                            store.connection().prepareStatement("INSERT INTO going VALUES (?, ?, ?, ?, ?, ?)")) {
                boolean more = row.next();
                for (; more && chosen < most; more = row.next()) {
                    Row one = new Row(
                            row.getString(1),
                            row.getString(2),
                            row.getLong(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getLong(7),
                            row.getLong(8));
                    if (choice.goes(one) && !needed(one)) {
                        Cases.set(insert, one.client, one.target, one.time, one.source, one.via, one.account);
                        insert.addBatch();
                        if (++chosen % BATCH == 0) {
                            insert.executeBatch();
                        }
                    }
                }
                insert.executeBatch();
                return !more;
            }
        }
    }

    private static void countGone(Statement statement) throws SQLException {
        for (String of : List.of("source", "account")) {
            statement.execute("INSERT INTO sessions_gone SELECT client, '" + of + "', " + of
                    + ", target, min(time), max(time), count(*) FROM going WHERE " + of + " <> '' GROUP BY client, "
                    + of
                    + ", target ON CONFLICT DO UPDATE SET first = min(first, excluded.first),"
                    + " last = max(last, excluded.last), count = count + excluded.count");
        }
    }

    // ---- how many went

    /// Counts of pairs and accounts of which nothing is kept any more, those whose last was dropped longest
    /// ago: whoever comes again after so long is new.
    private void forget(long most) throws IOException, InterruptedException {
        TreeMap<Long, Long> byTime = new TreeMap<>();
        long counts;
        try (Statement statement = store.connection().createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM sessions_gone")) {
                row.next();
                counts = row.getLong(1);
            }
            if (counts <= most) {
                return;
            }
            try (ResultSet row = statement.executeQuery("SELECT last FROM sessions_gone")) {
                while (row.next()) {
                    byTime.merge(Math.floorDiv(row.getLong(1), HOUR), 1L, Long::sum);
                }
            }
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
        // Some of them have sessions still.
        long many = counts - most + most / 4;
        long before = Long.MAX_VALUE;
        for (Map.Entry<Long, Long> e : byTime.entrySet()) {
            many -= e.getValue();
            if (many <= 0) {
                before = (e.getKey() + 1) * HOUR;
                break;
            }
        }
        String[] at = {"", "", "", ""};
        for (boolean more = true; more; pause()) {
            more = forget(at, before);
        }
    }

    /// @param at the key that it goes on after, and then that of the last that was looked at
    /// @return whether there are more
    private boolean forget(String[] at, long before) throws IOException {
        boolean[] more = new boolean[1];
        store.together(() -> {
            try (Statement statement = store.connection().createStatement()) {
                statement.execute("CREATE TEMP TABLE IF NOT EXISTS forgotten (client TEXT, of TEXT, one TEXT,"
                        + " target TEXT, PRIMARY KEY (client, of, one, target)) WITHOUT ROWID");
                statement.execute("DELETE FROM forgotten");
                more[0] = store.update(
                                "INSERT INTO forgotten SELECT client, of, one, target FROM sessions_gone"
                                        + " WHERE (client, of, one, target) > (?, ?, ?, ?) AND last < ?"
                                        + " ORDER BY client, of, one, target LIMIT " + BATCH,
                                at[0],
                                at[1],
                                at[2],
                                at[3],
                                before)
                        == BATCH;
                try (ResultSet row = statement.executeQuery(
                        "SELECT * FROM forgotten ORDER BY client DESC, of DESC, one DESC, target DESC LIMIT 1")) {
                    for (int i = 0; i < at.length && (i > 0 || row.next()); i++) {
                        at[i] = row.getString(i + 1);
                    }
                }
                for (Volume volume : oldestFirst()) {
                    String there = "DELETE FROM forgotten AS f WHERE of = '%s' AND EXISTS (SELECT 1 FROM "
                            + volume.table() + " s INDEXED BY " + volume.table() + "_%s WHERE s.client = f.client AND"
                            + " s.%s = f.one AND s.target = f.target%s)";
                    statement.execute(there.formatted("source", "pair", "source", ""));
                    statement.execute(there.formatted("account", "named", "account", " AND s.account <> ''"));
                }
                statement.execute("DELETE FROM sessions_gone WHERE (client, of, one, target) IN"
                        + " (SELECT client, of, one, target FROM forgotten)");
            }
        });
        return more[0];
    }
}
