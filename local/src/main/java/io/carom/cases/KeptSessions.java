package io.carom.cases;

import io.carom.cases.SessionStore.Volume;
import io.carom.trace.Session;
import io.carom.trace.Trace;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Enters what one run collected into the sessions that are kept, so that a trace is a few look-ups however
/// many there are.
///
/// How many sessions of the same pair, and of the same account, were before each is kept with it. Where a run
/// only adds later ones that is what was known and the run's own count; only pairs of which a run brings
/// earlier ones are counted again. How often each machine is used, and uses others, is counted as sessions
/// come. Of what {@link SessionBound} drops the number stays, by pair and by account, and all counts go on as
/// if it were there.
final class KeptSessions {
    private static final int BATCH = 10_000;

    /// What is known of a pair, or of an account at a machine.
    ///
    /// @param count how many there ever were
    /// @param goneFirst when the first began that was dropped; later than `goneLast` where none was
    private record Known(long count, long last, long goneFirst, long goneLast) {
        boolean mayBeGone(long time) {
            return goneFirst <= time && time <= goneLast;
        }
    }

    /// What sessions are counted by.
    private enum By {
        PAIR("source", "earlier", "source", "pair", ""),
        ACCOUNT("account", "earlier_account", "account", "named", " AND s.account <> ''");

        final String column;
        final String counted;
        /// In `sessions_gone`.
        final String of;
        final String index;
        /// Without which the index is not used.
        final String condition;

        By(String column, String counted, String of, String index, String condition) {
            this.column = column;
            this.counted = counted;
            this.of = of;
            this.index = index;
            this.condition = condition;
        }

        boolean counts(Session s) {
            return this == PAIR || !s.account().isEmpty();
        }

        String one(Session s) {
            return this == PAIR ? s.from() : s.account();
        }

        String key(Session s) {
            return s.client() + "\0" + one(s) + "\0" + s.to();
        }

        String index(Volume volume) {
            return volume.table() + "_" + index;
        }
    }

    private final Cases cases;
    private final SessionStore store;

    KeptSessions(Cases cases) throws IOException {
        this.cases = cases;
        this.store = cases.sessions();
    }

    /// Enters them, in one transaction. Entered again they are the same.
    void enter(List<Session> all) throws IOException {
        store.roomy();
        store.together(() -> {
            Counts pairs = counts(all, By.PAIR);
            Counts accounts = counts(all, By.ACCOUNT);
            List<Session> appended = new ArrayList<>(all.size());
            List<Session> woven = new ArrayList<>();
            for (Session s : all) {
                (pairs.again(s) || accounts.again(s) ? woven : appended).add(s);
            }
            Uses uses = new Uses();
            weave(woven, pairs, accounts, uses);
            if (appended.size() >= store.sizes().own()) {
                appended.sort(ORDER);
                store.make(false, SessionStore.WHOLE, table -> {
                    int before = uses.sessions;
                    insert(table, appended, pairs, accounts, uses);
                    return uses.sessions - before;
                });
            } else {
                intoOpen(appended, pairs, accounts, uses);
            }
            uses.count(store);
            countAgain(pairs.again.values(), By.PAIR);
            countAgain(accounts.again.values(), By.ACCOUNT);
        });
        cases.together(() -> KeptTraces.outdate(cases));
        store.settle();
    }

    /// That of a volume's key, so that it is written from its begin to its end.
    private static final Comparator<Session> ORDER = Comparator.comparing(Session::client)
            .thenComparing(Session::to)
            .thenComparingLong(Session::time)
            .thenComparing(Session::from)
            .thenComparing(Session::via);

    // ---- what is known of pairs and accounts

    private static final class Counts {
        private final By by;
        private final Map<String, Known> known = new HashMap<>();
        /// Those of which earlier sessions come than are known: one of each.
        private final Map<String, Session> again = new HashMap<>();

        Counts(By by) {
            this.by = by;
        }

        @Nullable
        Known of(Session s) {
            return by.counts(s) ? known.get(by.key(s)) : null;
        }

        boolean again(Session s) {
            return !again.isEmpty() && by.counts(s) && again.containsKey(by.key(s));
        }

        /// @param inRun how many of the run come before it
        long earlier(Session s, int inRun) {
            Known before = of(s);
            return again(s) ? NEW : inRun + (before == null ? 0 : before.count);
        }
    }

    /// Stands where a count is made when all are entered.
    private static final int NEW = -1;

    private Counts counts(List<Session> all, By by) throws SQLException, IOException {
        Map<String, Session> first = new TreeMap<>();
        for (Session s : all) {
            if (by.counts(s)) {
                first.merge(by.key(s), s, (a, b) -> b.time() < a.time() ? b : a);
            }
        }
        List<Session> asked = new ArrayList<>(first.values());
        ask(asked, by);
        int size = asked.size();
        long[] count = new long[size];
        long[] last = new long[size];
        long[] goneFirst = new long[size];
        long[] goneLast = new long[size];
        Arrays.fill(last, Long.MIN_VALUE);
        Arrays.fill(goneFirst, Long.MAX_VALUE);
        Arrays.fill(goneLast, Long.MIN_VALUE);
        try (Statement statement = store.connection().createStatement()) {
            for (Volume volume : store.volumes()) {
                if (volume.rows() == 0) {
                    continue;
                }
                // Asked in the order of the index, of which it meets a page after the other.
                try (ResultSet row = statement.executeQuery("SELECT a.n, count(*), max(s.time) FROM asked a CROSS JOIN "
                        + volume.table() + " s INDEXED BY " + by.index(volume) + " ON s.client = a.client AND s."
                        + by.column + " = a.one AND s.target = a.target" + by.condition + " GROUP BY a.n")) {
                    while (row.next()) {
                        int n = row.getInt(1);
                        count[n] += row.getLong(2);
                        last[n] = Math.max(last[n], row.getLong(3));
                    }
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT a.n, g.count, g.first, g.last FROM asked a CROSS JOIN"
                    + " sessions_gone g ON g.client = a.client AND g.of = '" + by.of
                    + "' AND g.one = a.one AND g.target = a.target")) {
                while (row.next()) {
                    int n = row.getInt(1);
                    count[n] += row.getLong(2);
                    goneFirst[n] = row.getLong(3);
                    goneLast[n] = row.getLong(4);
                    last[n] = Math.max(last[n], goneLast[n]);
                }
            }
        }
        Counts out = new Counts(by);
        for (int n = 0; n < size; n++) {
            if (count[n] > 0) {
                Session s = asked.get(n);
                out.known.put(by.key(s), new Known(count[n], last[n], goneFirst[n], goneLast[n]));
                if (last[n] >= s.time()) {
                    out.again.put(by.key(s), s);
                }
            }
        }
        return out;
    }

    /// Makes the table of what is asked for, numbered from 0.
    private void ask(Collection<Session> which, By by) throws SQLException {
        try (Statement statement = store.connection().createStatement()) {
            statement.execute("CREATE TEMP TABLE IF NOT EXISTS asked"
                    + " (n INTEGER PRIMARY KEY, client TEXT, one TEXT, target TEXT)");
            statement.execute("DELETE FROM asked");
        }
        try (PreparedStatement insert = store.connection().prepareStatement("INSERT INTO asked VALUES (?, ?, ?, ?)")) {
            int n = 0;
            for (Session s : which) {
                Cases.set(insert, n, s.client(), by.one(s), s.to());
                insert.addBatch();
                if (++n % BATCH == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
    }

    // ---- what comes after all that is known

    private void intoOpen(List<Session> some, Counts pairs, Counts accounts, Uses uses)
            throws SQLException, IOException {
        if (some.isEmpty()) {
            return;
        }
        int before = uses.sessions;
        Volume open = store.open();
        insert(open.table(), some, pairs, accounts, uses);
        store.entered(
                open,
                uses.sessions - before,
                some.stream().mapToLong(Session::time).min().getAsLong(),
                some.stream().mapToLong(Session::time).max().getAsLong());
    }

    private void insert(String table, List<Session> some, Counts pairs, Counts accounts, Uses uses)
            throws SQLException {
        try (PreparedStatement insert = store.connection()
                .prepareStatement("INSERT INTO " + table
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            for (int begin = 0; begin < some.size(); begin += BATCH) {
                List<Session> part = some.subList(begin, Math.min(some.size(), begin + BATCH));
                for (Session s : part) {
                    Cases.set(
                            insert,
                            s.client(),
                            s.from(),
                            s.to(),
                            s.time(),
                            s.end(),
                            s.account(),
                            s.via(),
                            (double) s.sure(),
                            s.bytes(),
                            records(s),
                            pairs.earlier(s, s.earlier()),
                            accounts.earlier(s, s.earlierAccount()));
                    insert.addBatch();
                }
                int[] fresh = insert.executeBatch();
                for (int i = 0; i < fresh.length; i++) {
                    if (fresh[i] > 0) {
                        uses.add(part.get(i));
                    }
                }
            }
        }
    }

    private static String records(Session s) {
        StringBuilder out = new StringBuilder();
        for (Trace.Source record : s.records()) {
            out.append(out.isEmpty() ? "" : "\n")
                    .append(record.record())
                    .append(' ')
                    .append(record.path());
        }
        return out.toString();
    }

    /// How often machines are used, and use others.
    private static final class Uses {
        private record Machine(String client, String name) {}

        private final Map<Machine, int[]> all = new HashMap<>();
        int sessions;

        void add(Session s) {
            sessions++;
            all.computeIfAbsent(new Machine(s.client(), s.to()), m -> new int[2])[0]++;
            all.computeIfAbsent(new Machine(s.client(), s.from()), m -> new int[2])[1]++;
        }

        void count(SessionStore store) throws SQLException {
            List<Machine> sorted = new ArrayList<>(all.keySet());
            sorted.sort(Comparator.comparing(Machine::client).thenComparing(Machine::name));
            try (PreparedStatement insert = store.connection()
                    .prepareStatement("INSERT INTO uses VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                            + " used = used + excluded.used, uses = uses + excluded.uses")) {
                for (Machine machine : sorted) {
                    int[] counted = all.getOrDefault(machine, new int[2]);
                    Cases.set(insert, machine.client, machine.name, counted[0], counted[1]);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        }
    }

    // ---- what lies among what is known

    /// Enters what may be there already, and what comes before some that is.
    private void weave(List<Session> woven, Counts pairs, Counts accounts, Uses uses) throws SQLException, IOException {
        if (woven.isEmpty()) {
            return;
        }
        BitSet known = new BitSet(woven.size());
        for (Volume volume : store.volumes()) {
            if (volume.rows() > 0) {
                renew(volume, woven);
                restate(volume, woven, known);
            }
        }
        List<Session> fresh = new ArrayList<>();
        for (int i = 0; i < woven.size(); i++) {
            Session s = woven.get(i);
            if (!known.get(i) && !gone(s, pairs.of(s), accounts.of(s))) {
                fresh.add(s);
            }
        }
        intoOpen(fresh, pairs, accounts, uses);
    }

    /// A session that is entered again, and of which it is known better by now how it went, is the same one:
    /// of a pair there is one at a time.
    private void renew(Volume volume, List<Session> woven) throws SQLException {
        try (PreparedStatement update = store.connection()
                .prepareStatement("UPDATE OR IGNORE " + volume.table() + " SET via = ?1"
                        + " WHERE client = ?2 AND target = ?3 AND time = ?4 AND source = ?5 AND via <> ?1")) {
            for (Session s : woven) {
                if (volume.spans(s.time())) {
                    Cases.set(update, s.via(), s.client(), s.to(), s.time(), s.from());
                    update.addBatch();
                }
            }
            update.executeBatch();
        }
    }

    /// What is kept already went on meanwhile.
    ///
    /// @param known is told those that are kept
    private void restate(Volume volume, List<Session> woven, BitSet known) throws SQLException {
        List<Integer> asked = new ArrayList<>();
        try (PreparedStatement update = store.connection()
                .prepareStatement("UPDATE " + volume.table()
                        + " SET \"end\" = ?, account = ?, sure = ?, bytes = ?, records = ?"
                        + " WHERE client = ? AND target = ? AND time = ? AND source = ? AND via = ?")) {
            for (int i = 0; i < woven.size(); i++) {
                Session s = woven.get(i);
                if (!known.get(i) && volume.spans(s.time())) {
                    Cases.set(
                            update,
                            s.end(),
                            s.account(),
                            (double) s.sure(),
                            s.bytes(),
                            records(s),
                            s.client(),
                            s.to(),
                            s.time(),
                            s.from(),
                            s.via());
                    update.addBatch();
                    asked.add(i);
                }
            }
            int[] there = update.executeBatch();
            for (int i = 0; i < there.length; i++) {
                if (there[i] > 0) {
                    known.set(asked.get(i));
                }
            }
        }
    }

    /// Whether it is one that was dropped, entered again. What comes so late that it lies among those that
    /// were, by its pair and by its account, is taken for one of them: it would be dropped next.
    private static boolean gone(Session s, @Nullable Known ofPair, @Nullable Known ofAccount) {
        return ofPair != null
                && ofPair.mayBeGone(s.time())
                && (s.account().isEmpty() || ofAccount != null && ofAccount.mayBeGone(s.time()));
    }

    /// Counts again where what came lies before what was known, or is the same. How many were dropped before
    /// one that was known is what its count is more than its place; before all that were dropped it is none,
    /// after them all.
    private void countAgain(Collection<Session> which, By by) throws SQLException, IOException {
        if (which.isEmpty()) {
            return;
        }
        ask(which, by);
        try (Statement statement = store.connection().createStatement()) {
            statement.execute("CREATE TEMP TABLE IF NOT EXISTS met (volume INTEGER, n INTEGER, time INTEGER,"
                    + " source TEXT, via TEXT, counted INTEGER)");
            statement.execute("CREATE TEMP TABLE IF NOT EXISTS counted_again (volume INTEGER, n INTEGER, time INTEGER,"
                    + " source TEXT, via TEXT, counted INTEGER)");
            List<Volume> volumes =
                    store.volumes().stream().filter(v -> v.rows() > 0).toList();
            for (Volume volume : volumes) {
                statement.execute("INSERT INTO met SELECT " + volume.id() + ", a.n, s.time, s.source, s.via, s."
                        + by.counted + " FROM asked a CROSS JOIN " + volume.table() + " s INDEXED BY "
                        + by.index(volume) + " ON s.client = a.client AND s." + by.column
                        + " = a.one AND s.target = a.target" + by.condition);
            }
            statement.execute("""
                    INSERT INTO counted_again SELECT volume, n, time, source, via, now FROM (
                        SELECT volume, n, time, source, via, counted, place + coalesce(max(gone) OVER (
                            PARTITION BY n ORDER BY time, source, via ROWS UNBOUNDED PRECEDING), 0) AS now
                        FROM (
                            SELECT m.*, row_number() OVER (PARTITION BY m.n ORDER BY m.time, m.source, m.via) - 1 AS place,
                                CASE WHEN g.count IS NULL OR m.time < g.first THEN 0
                                    WHEN m.time > g.last THEN g.count
                                    WHEN m.counted >= 0 THEN min(g.count, m.counted + 1 - row_number() OVER (
                                        PARTITION BY m.n, m.counted >= 0 ORDER BY m.time, m.source, m.via))
                                END AS gone
                            FROM met m CROSS JOIN asked a ON a.n = m.n LEFT JOIN sessions_gone g
                            ON g.client = a.client AND g.of = '%s' AND g.one = a.one AND g.target = a.target))
                    WHERE counted <> now""".formatted(by.of));
            for (Volume volume : volumes) {
                statement.execute("UPDATE " + volume.table() + " SET " + by.counted
                        + " = c.counted FROM counted_again c CROSS JOIN asked a ON a.n = c.n WHERE c.volume = "
                        + volume.id() + " AND " + volume.table() + ".client = a.client AND " + volume.table()
                        + ".target = a.target AND " + volume.table() + ".time = c.time AND " + volume.table()
                        + ".source = c.source AND " + volume.table() + ".via = c.via");
            }
            statement.execute("DELETE FROM met");
            statement.execute("DELETE FROM counted_again");
        }
    }
}
