package io.carom.cases;

import io.carom.observe.Origin;
import io.carom.trace.Carrier;
import io.carom.trace.Mention;
import io.carom.trace.Session;
import io.carom.trace.SessionBook;
import io.carom.trace.Tenure;
import io.carom.trace.Trace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Enters what one run collected into the sessions that are kept, so that a trace is a few look-ups however many
/// there are.
///
/// How many sessions of the same pair, and of the same account, were before each is kept with it. Where a run only
/// adds later ones that is what was known and the run's own count; only pairs of which a run brings earlier ones
/// are counted again. How often each machine is used, and uses others, is counted as sessions come. Of what
/// {@link SessionBound} drops the number stays, by pair and by account, and all counts go on as if it were there.
final class KeptSessions {
    static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS sessions (
            client TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, time INTEGER NOT NULL, "end" INTEGER NOT NULL,
            account TEXT NOT NULL, via TEXT NOT NULL, sure REAL NOT NULL, bytes INTEGER NOT NULL, records TEXT NOT NULL,
            earlier INTEGER NOT NULL, earlier_account INTEGER NOT NULL,
            PRIMARY KEY (client, target, time, source, via)) WITHOUT ROWID""",
        "CREATE INDEX IF NOT EXISTS sessions_entered ON sessions (client, target, time) WHERE earlier = 0",
        "DROP INDEX IF EXISTS sessions_new",
        "CREATE INDEX IF NOT EXISTS sessions_pair ON sessions (client, source, target, time)",
        "CREATE INDEX IF NOT EXISTS sessions_out ON sessions (client, source, time)",
        "CREATE INDEX IF NOT EXISTS sessions_first ON sessions (client, source, time) WHERE earlier = 0",
        """
        CREATE INDEX IF NOT EXISTS sessions_named ON sessions (client, account, target, time, source)
            WHERE account <> ''""",
        "DROP INDEX IF EXISTS sessions_by",
        "CREATE INDEX IF NOT EXISTS sessions_whose ON sessions (client, account, source, time, target)",
        "DROP INDEX IF EXISTS sessions_account",
        """
        CREATE TABLE IF NOT EXISTS sessions_gone (
            client TEXT NOT NULL, of TEXT NOT NULL, one TEXT NOT NULL, target TEXT NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (client, of, one, target)) WITHOUT ROWID""",
        """
        CREATE TABLE IF NOT EXISTS uses (
            client TEXT NOT NULL, machine TEXT NOT NULL, used INTEGER NOT NULL, uses INTEGER NOT NULL,
            PRIMARY KEY (client, machine)) WITHOUT ROWID""",
        // It counted for each session what is counted for many at once now.
        "DROP TRIGGER IF EXISTS sessions_used",
    };

    /// Counts how often machines are used in a home of before that was counted. Each time that cases are opened: what
    /// looks at all sessions is asked for only where there is nothing yet.
    static void countUses(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet known = statement.executeQuery("SELECT 1 FROM uses LIMIT 1")) {
                if (known.next()) {
                    return;
                }
            }
            statement.execute("""
                    INSERT INTO uses SELECT client, machine, sum(used), sum(uses) FROM (
                        SELECT client, target AS machine, count(*) AS used, 0 AS uses FROM sessions GROUP BY client, target
                        UNION ALL SELECT client, source, 0, count(*) FROM sessions GROUP BY client, source)
                    WHERE NOT EXISTS (SELECT 1 FROM uses) GROUP BY client, machine""");
        }
    }

    /// What is known of a pair, or of an account at a machine.
    ///
    /// @param count how many there ever were
    /// @param goneFirst when the first began that was dropped; later than `goneLast` where none was
    private record Known(long count, long last, long goneFirst, long goneLast) {
        boolean mayBeGone(long time) {
            return goneFirst <= time && time <= goneLast;
        }
    }

    private final Cases cases;

    KeptSessions(Cases cases) {
        this.cases = cases;
    }

    /// Within the transaction of the investigation.
    void enter(SessionBook book, Function<Origin, String> inputs) throws SQLException {
        List<Session> all = book.sessions(inputs);
        sessions(all, accounts(all));
        rest(rest(book, inputs));
    }

    /// What is entered at once where others are to have their turn between.
    private static final int AT_ONCE = 4_000;

    /// Sessions in parts that can be entered one by one: those out of one machine are counted together. Most
    /// indexes are in the order of sources, and so are the parts: each touches a few of their pages, and not
    /// one in each for every session.
    static List<List<Session>> parts(List<Session> all) {
        return parts(all, AT_ONCE);
    }

    static List<List<Session>> parts(List<Session> all, int atOnce) {
        Map<String, List<Session>> bySource = new TreeMap<>();
        all.forEach(s -> bySource.computeIfAbsent(s.client() + "\0" + s.from(), t -> new ArrayList<>())
                .add(s));
        List<List<Session>> out = new ArrayList<>();
        List<Session> part = new ArrayList<>();
        for (List<Session> of : bySource.values()) {
            part.addAll(of);
            if (part.size() >= atOnce) {
                out.add(part);
                part = new ArrayList<>();
            }
        }
        if (!part.isEmpty()) {
            out.add(part);
        }
        return out;
    }

    /// What else a book knows of machines, as rows of their tables: nobody needs to wait for them to be written who
    /// asks the book.
    record Rest(
            List<Object[]> names,
            List<Object[]> leases,
            List<Object[]> channels,
            List<Object[]> carriers,
            List<Object[]> spans,
            List<Object[]> mentions) {}

    static Rest rest(SessionBook book, Function<Origin, String> inputs) {
        Rest out = new Rest(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
        book.names((client, address, host, weight) -> out.names.add(new Object[] {client, address, host, weight}));
        var history = book.history(inputs);
        for (String client : history.clients()) {
            for (Tenure t : book.tenures(client, inputs)) {
                out.leases.add(new Object[] {
                    client,
                    t.address(),
                    t.from(),
                    t.until(),
                    t.outside(),
                    t.host(),
                    t.account(),
                    t.kind().name(),
                    t.record().path(),
                    t.record().record()
                });
            }
            for (Trace.Channel c : book.channels(client, inputs)) {
                out.channels.add(new Object[] {
                    client,
                    c.from(),
                    c.to(),
                    c.port(),
                    c.machines(),
                    c.count(),
                    c.bytesOut(),
                    c.bytesIn(),
                    c.first().toEpochMilli(),
                    c.last().toEpochMilli(),
                    c.record().path(),
                    c.record().record()
                });
            }
            for (Carrier c : book.carriers(client, inputs)) {
                out.carriers.add(new Object[] {
                    client,
                    c.begin(),
                    c.machine(),
                    c.to(),
                    c.port(),
                    c.end(),
                    c.bytesOut(),
                    c.bytesIn(),
                    c.record().path(),
                    c.record().record()
                });
            }
            long[] span = history.span(client);
            if (span != null && span[0] <= span[1]) {
                out.spans.add(new Object[] {client, span[0], span[1]});
            }
            for (Mention m : history.mentions(client, Long.MIN_VALUE, Long.MAX_VALUE)) {
                out.mentions.add(new Object[] {
                    client,
                    m.time(),
                    m.host(),
                    m.account(),
                    m.named(),
                    m.record().path(),
                    m.record().record()
                });
            }
        }
        return out;
    }

    /// Where a book goes on with a channel that is known, what it counted comes to that. What lies within what is
    /// known is the same once more, or a part of it.
    private static final String CHANNELS = """
            INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                machines = max(machines, excluded.machines),
                count = CASE WHEN excluded.first > last THEN count + excluded.count
                    ELSE max(count, excluded.count) END,
                bytes_out = CASE WHEN excluded.first > last THEN bytes_out + excluded.bytes_out
                    ELSE max(bytes_out, excluded.bytes_out) END,
                bytes_in = CASE WHEN excluded.first > last THEN bytes_in + excluded.bytes_in
                    ELSE max(bytes_in, excluded.bytes_in) END,
                path = CASE WHEN excluded.first < first THEN excluded.path ELSE path END,
                record = CASE WHEN excluded.first < first THEN excluded.record ELSE record END,
                first = min(first, excluded.first), last = max(last, excluded.last)""";

    void rest(Rest rest) throws SQLException {
        insert(
                "INSERT INTO names VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET weight = max(weight, excluded.weight)",
                rest.names);
        insert("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rest.leases);
        insert(CHANNELS, rest.channels);
        insert("INSERT OR REPLACE INTO carriers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rest.carriers);
        insert(
                "INSERT INTO spans VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET begin = min(begin, excluded.begin),"
                        + " \"end\" = max(\"end\", excluded.\"end\")",
                rest.spans);
        insert("INSERT OR REPLACE INTO mentions VALUES (?, ?, ?, ?, ?, ?, ?)", rest.mentions);
    }

    private void insert(String sql, List<Object[]> rows) throws SQLException {
        try (PreparedStatement insert = cases.connection().prepareStatement(sql)) {
            for (Object[] row : rows) {
                Cases.set(insert, row);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /// What is known of accounts at machines before a book is entered, whose parts have sessions of the same account.
    static final class Accounts {
        private final Map<String, Known> known;
        /// Those of which the book brings earlier sessions than are known.
        private final Set<String> again;
        /// Sessions that were ever kept, by what is known here.
        private long total;
        private boolean disturbed;

        private Accounts(Map<String, Known> known, Set<String> again, long total) {
            this.known = known;
            this.again = again;
            this.total = total;
        }
    }

    Accounts accounts(List<Session> all) throws SQLException {
        Map<String, Session> first = new LinkedHashMap<>();
        for (Session s : all) {
            if (!s.account().isEmpty()) {
                first.merge(account(s), s, KeptSessions::earlier);
            }
        }
        long total = total();
        Map<String, Known> known = known(
                first,
                "SELECT count(*), max(time) FROM sessions INDEXED BY sessions_named"
                        + " WHERE client = ? AND account = ? AND target = ? AND account <> ''",
                "account");
        Set<String> again = new HashSet<>();
        first.forEach((account, s) -> {
            if (!appends(s, known.get(account))) {
                again.add(account);
            }
        });
        return new Accounts(known, again, total);
    }

    private long total() throws SQLException {
        try (Statement statement = cases.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(sum(used), 0) FROM uses")) {
            row.next();
            return row.getLong(1);
        }
    }

    /// @param all those of each machine by time
    /// @param of what is known of their accounts, and of those of other parts
    void sessions(List<Session> all, Accounts of) throws SQLException {
        if (!all.isEmpty()) {
            KeptTraces.outdate(cases);
        }
        // Where another program entered some meanwhile, accounts are counted again from now on.
        of.disturbed |= total() != of.total;
        Map<String, Session> firstOfPair = new LinkedHashMap<>();
        Map<String, Session> accountsAgain = new LinkedHashMap<>();
        for (Session s : all) {
            firstOfPair.merge(pair(s), s, KeptSessions::earlier);
            if (!s.account().isEmpty() && (of.disturbed || of.again.contains(account(s)))) {
                accountsAgain.put(account(s), s);
            }
        }
        Map<String, Known> pairs = known(
                firstOfPair,
                "SELECT count(*), max(time) FROM sessions WHERE client = ? AND source = ? AND target = ?",
                "source");
        Map<String, Session> pairsAgain = new LinkedHashMap<>(firstOfPair);
        pairsAgain.entrySet().removeIf(e -> appends(e.getValue(), pairs.get(e.getKey())));
        renewed(all.stream().filter(s -> pairsAgain.containsKey(pair(s))).toList());
        List<Session> entered = new ArrayList<>(all.size());
        int[] fresh;
        try (PreparedStatement insert = cases.connection()
                .prepareStatement(
                        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            for (Session s : all) {
                String pair = pair(s);
                String account = account(s);
                Known ofPair = pairs.get(pair);
                Known ofAccount = of.known.get(account);
                if (gone(s, ofPair, ofAccount)) {
                    continue;
                }
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
                        pairsAgain.containsKey(pair) ? NEW : s.earlier() + (ofPair == null ? 0 : ofPair.count),
                        accountsAgain.containsKey(account)
                                ? NEW
                                : s.earlierAccount() + (ofAccount == null ? 0 : ofAccount.count));
                insert.addBatch();
                entered.add(s);
            }
            fresh = insert.executeBatch();
        }
        Map<String, Uses> uses = new TreeMap<>();
        List<Session> known = new ArrayList<>();
        for (int i = 0; i < fresh.length; i++) {
            Session s = entered.get(i);
            if (fresh[i] == 0) {
                known.add(s);
            } else {
                of.total++;
                uses.computeIfAbsent(s.client() + "\0" + s.to(), m -> new Uses(s.client(), s.to())).used++;
                uses.computeIfAbsent(s.client() + "\0" + s.from(), m -> new Uses(s.client(), s.from())).uses++;
            }
        }
        restate(known);
        count(uses.values());
        again(pairsAgain, "source", "earlier", false);
        again(accountsAgain, "account", "earlier_account", true);
    }

    /// A session that is entered again, and of which it is known better by now how it went, is the same one: of a pair
    /// there is one at a time.
    private void renewed(List<Session> again) throws SQLException {
        try (PreparedStatement update = cases.connection()
                .prepareStatement("UPDATE OR IGNORE sessions SET via = ?1"
                        + " WHERE client = ?2 AND target = ?3 AND time = ?4 AND source = ?5 AND via <> ?1")) {
            for (Session s : again) {
                Cases.set(update, s.via(), s.client(), s.to(), s.time(), s.from());
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /// How often a machine is used, and uses others.
    private static final class Uses {
        final String client;
        final String machine;
        int used;
        int uses;

        Uses(String client, String machine) {
            this.client = client;
            this.machine = machine;
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

    /// What is kept already went on meanwhile.
    private void restate(List<Session> known) throws SQLException {
        try (PreparedStatement update = cases.connection()
                .prepareStatement("UPDATE sessions SET \"end\" = ?, account = ?, sure = ?, bytes = ?, records = ?"
                        + " WHERE client = ? AND target = ? AND time = ? AND source = ? AND via = ?")) {
            for (Session s : known) {
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
            }
            update.executeBatch();
        }
    }

    private void count(Collection<Uses> all) throws SQLException {
        try (PreparedStatement insert = cases.connection()
                .prepareStatement("INSERT INTO uses VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                        + " used = used + excluded.used, uses = uses + excluded.uses")) {
            for (Uses u : all) {
                Cases.set(insert, u.client, u.machine, u.used, u.uses);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /// Stands where a count is made when all are entered.
    private static final int NEW = -1;

    /// Whether it is one that was dropped, entered again. What comes so late that it lies among those that were, by
    /// its pair and by its account, is taken for one of them: it would be dropped next.
    private boolean gone(Session s, @Nullable Known ofPair, @Nullable Known ofAccount) throws SQLException {
        if (ofPair == null || !ofPair.mayBeGone(s.time())) {
            return false;
        }
        if (!s.account().isEmpty() && (ofAccount == null || !ofAccount.mayBeGone(s.time()))) {
            return false;
        }
        try (PreparedStatement kept = cases.connection()
                .prepareStatement(
                        "SELECT 1 FROM sessions WHERE client = ? AND target = ? AND time = ? AND source = ? AND via = ?")) {
            Cases.set(kept, s.client(), s.to(), s.time(), s.from(), s.via());
            try (ResultSet row = kept.executeQuery()) {
                return !row.next();
            }
        }
    }

    private static Session earlier(Session a, Session b) {
        return b.time() < a.time() ? b : a;
    }

    private static String pair(Session s) {
        return s.client() + "\0" + s.from() + "\0" + s.to();
    }

    private static String account(Session s) {
        return s.client() + "\0" + s.account() + "\0" + s.to();
    }

    private static boolean appends(Session first, @Nullable Known known) {
        return known == null || known.last < first.time();
    }

    /// What is known of each already; without those of which nothing is.
    ///
    /// @param of `source` or `account`
    private Map<String, Known> known(Map<String, Session> first, String sql, String of) throws SQLException {
        Map<String, Known> out = new LinkedHashMap<>();
        boolean anyGone = anyGone();
        try (PreparedStatement kept = cases.connection().prepareStatement(sql);
                PreparedStatement gone = cases.connection()
                        .prepareStatement("SELECT count, first, last FROM sessions_gone"
                                + " WHERE client = ? AND of = ? AND one = ? AND target = ?")) {
            for (Map.Entry<String, Session> e : first.entrySet()) {
                Session s = e.getValue();
                String one = of.equals("account") ? s.account() : s.from();
                long count = 0;
                long last = Long.MIN_VALUE;
                long goneFirst = Long.MAX_VALUE;
                long goneLast = Long.MIN_VALUE;
                Cases.set(kept, s.client(), one, s.to());
                try (ResultSet row = kept.executeQuery()) {
                    if (row.next() && row.getLong(1) > 0) {
                        count = row.getLong(1);
                        last = row.getLong(2);
                    }
                }
                if (anyGone) {
                    Cases.set(gone, s.client(), of, one, s.to());
                    try (ResultSet row = gone.executeQuery()) {
                        if (row.next()) {
                            count += row.getLong(1);
                            goneFirst = row.getLong(2);
                            goneLast = row.getLong(3);
                            last = Math.max(last, goneLast);
                        }
                    }
                }
                if (count > 0) {
                    out.put(e.getKey(), new Known(count, last, goneFirst, goneLast));
                }
            }
        }
        return out;
    }

    private boolean anyGone() throws SQLException {
        try (Statement statement = cases.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 FROM sessions_gone LIMIT 1")) {
            return row.next();
        }
    }

    /// Counts again where what came lies before what was known, or is the same. How many were dropped before one that
    /// was known is what its count is more than its place; before all that were dropped it is none, after them all.
    private void again(Map<String, Session> which, String column, String counted, boolean byAccount)
            throws SQLException {
        if (which.isEmpty()) {
            return;
        }
        try (Statement statement = cases.connection().createStatement()) {
            statement.execute("CREATE TEMP TABLE IF NOT EXISTS counted_again (client TEXT, one TEXT, target TEXT)");
            statement.execute("DELETE FROM counted_again");
        }
        try (PreparedStatement insert =
                cases.connection().prepareStatement("INSERT INTO counted_again VALUES (?, ?, ?)")) {
            for (Session s : which.values()) {
                Cases.set(insert, s.client(), byAccount ? s.account() : s.from(), s.to());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        cases.run("""
                UPDATE sessions SET COUNTED = r.n FROM (
                    SELECT client, target, time, source, via, place + coalesce(max(gone) OVER (
                        PARTITION BY client, one, target ORDER BY time, source, via ROWS UNBOUNDED PRECEDING), 0) AS n
                    FROM (
                        SELECT s.client, s.target, s.time, s.source, s.via, s.COLUMN AS one,
                            row_number() OVER (
                                PARTITION BY s.client, s.COLUMN, s.target ORDER BY s.time, s.source, s.via) - 1 AS place,
                            CASE WHEN g.count IS NULL OR s.time < g.first THEN 0
                                WHEN s.time > g.last THEN g.count
                                WHEN s.COUNTED >= 0 THEN min(g.count, s.COUNTED + 1 - row_number() OVER (
                                    PARTITION BY s.client, s.COLUMN, s.target, s.COUNTED >= 0
                                    ORDER BY s.time, s.source, s.via))
                            END AS gone
                        FROM counted_again a CROSS JOIN sessions s
                        ON s.client = a.client AND s.COLUMN = a.one AND s.target = a.target NAMED
                        LEFT JOIN sessions_gone g
                        ON g.client = a.client AND g.of = 'COLUMN' AND g.one = a.one AND g.target = a.target)) r
                WHERE sessions.client = r.client AND sessions.target = r.target AND sessions.time = r.time
                    AND sessions.source = r.source AND sessions.via = r.via AND sessions.COUNTED <> r.n""".replace("COUNTED", counted)
                .replace("COLUMN", column)
                .replace("NAMED", byAccount ? "AND s.account <> ''" : ""));
    }
}
