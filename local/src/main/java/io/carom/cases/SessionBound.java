package io.carom.cases;

import io.carom.lake.RetentionFile;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Drops kept sessions of which there are too many. First what is older than a home keeps; then repetitions of
/// pairs of machines, but for their first and their latest; then the oldest, whatever they are. What a trace of a kept
/// incident looks at stays, as long as there are not twice as many as a home keeps.
///
/// Machine by machine, each time from where the last time ended. How many were dropped is kept, see
/// {@link KeptSessions}.
final class SessionBound {
    /// The latest of each pair that stay: fewer the longer it takes.
    private static final int[] LATEST = {48, 8, 1};

    /// As many of a pair say what was new, and its routine from when: as {@link KeptHistory} asks.
    private static final int NEW = 3;

    /// Dropped at once: with pauses of {@link Cases#BETWEEN} between it is more than can come.
    private static final int AT_ONCE = 2_000;

    /// Sessions of one machine that are held to be dropped.
    private static final int HELD = 50_000;

    private static final int MACHINES = 1_000;

    /// How often the span of time that may be kept is halved before it is given up.
    private static final int HALVES = 24;

    private static final long DAY = Duration.ofDays(1).toMillis();

    /// What explains how a machine was come by, and where it went on from there.
    private static final long BEFORE = 60 * DAY;

    private static final long AFTER = 14 * DAY;

    /// Sessions of a suspect machine that are kept for its trace, before and after, into it and out of it: as many as
    /// are looked at.
    private static final int OF_ONE = 5_000;

    private static final String DROPPED = "sessions dropped";
    private static final String AT = "sessions bound at";
    private static final String OTHERS_AT = "others bound at ";

    private record Machine(String client, String name) {}

    private record Victim(Machine into, long time, String source, String via, String account) {}

    /// Times within which sessions of a machine stay.
    private record Needed(long from, long until) {}

    private final Cases cases;
    private final RetentionFile.Sessions retention;
    private final Map<Machine, List<Needed>> into = new HashMap<>();
    private final Map<Machine, List<Needed>> outOf = new HashMap<>();
    private long kept;
    private long dropped;

    SessionBound(Cases cases, RetentionFile.Sessions retention) {
        this.cases = cases;
        this.retention = retention;
    }

    /// @return sessions that were dropped
    long hold() throws IOException, InterruptedException {
        kept = kept(cases);
        Map<String, long[]> spans = spans();
        boolean old = spans.values().stream().anyMatch(s -> s[0] < s[1] - retention.days() * DAY);
        if (!old && kept <= retention.most()) {
            return 0;
        }
        needed();
        if (old) {
            round(0, m -> before(m, spans, span -> span[1] - retention.days() * DAY));
            others(spans);
        }
        if (kept > retention.most()) {
            // A tenth more at once, so that it is not looked for with every session.
            rounds(retention.most() - retention.most() / 10, spans);
        }
        long doubled = 2 * retention.most();
        if (kept > doubled) {
            // Where incidents are about everybody, what they need is everything.
            into.clear();
            outOf.clear();
            rounds(doubled - retention.most() / 10, spans);
        }
        return dropped;
    }

    private void rounds(long enough, Map<String, long[]> spans) throws IOException, InterruptedException {
        for (int latest : LATEST) {
            round(enough, m -> repetitions(m, latest));
        }
        for (int i = 1; i <= HALVES; i++) {
            double part = Math.scalb(1.0, -i);
            round(enough, m -> before(m, spans, span -> span[1] - (long) ((span[1] - span[0]) * part)));
        }
    }

    /// How many sessions are kept now: all that came are counted, and all that went.
    static long kept(Cases cases) throws IOException {
        return number(cases, "SELECT sum(used) FROM uses")
                - number(cases, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = '" + DROPPED + "'");
    }

    private static long number(Cases cases, String sql, Object... arguments) throws IOException {
        try (PreparedStatement statement = cases.connection().prepareStatement(sql)) {
            Cases.set(statement, arguments);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
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
            if (number(cases, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?", done) == day) {
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
                    TimeUnit.MILLISECONDS.sleep(Cases.BETWEEN);
                } while (gone[0] > 0);
            }
            cases.together(() -> cases.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", done, day));
        }
    }

    // ---- what incidents need

    private void needed() throws IOException {
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
        String some = "SELECT time FROM sessions WHERE client = ? AND " + column + " = ? AND time BETWEEN ? AND ?"
                + " ORDER BY time %s LIMIT 1 OFFSET " + OF_ONE;
        List<Map<String, @Nullable Object>> first =
                cases.rows(some.formatted("DESC"), machine.client, machine.name, time - BEFORE, time);
        List<Map<String, @Nullable Object>> last =
                cases.rows(some.formatted("ASC"), machine.client, machine.name, time, time + AFTER);
        known.add(new Needed(
                first.isEmpty() ? time - BEFORE : Cases.number(first.getFirst(), "time"),
                last.isEmpty() ? time + AFTER : Cases.number(last.getFirst(), "time")));
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

    private interface Choice {
        /// @return at most {@link #HELD} sessions into the machine that may go
        List<Victim> of(Machine into) throws SQLException;
    }

    private interface Horizon {
        long of(long[] span);
    }

    /// Goes once over all machines that were ever used, until there are few enough.
    private void round(long enough, Choice choice) throws IOException, InterruptedException {
        if (kept <= enough) {
            return;
        }
        Machine begin = at();
        Machine at = begin;
        boolean again = false;
        List<Victim> due = new ArrayList<>();
        while (kept > enough) {
            List<Machine> some = machines(at);
            for (Machine machine : some) {
                if (kept <= enough || again && order(machine, begin) > 0) {
                    break;
                }
                List<Victim> victims;
                do {
                    victims = victims(choice, machine);
                    due.addAll(victims);
                    drop(due, victims.size() < HELD ? AT_ONCE : 1, enough);
                } while (victims.size() >= HELD && kept > enough);
                at = machine;
            }
            if (some.size() < MACHINES || again && order(some.getLast(), begin) > 0) {
                if (again) {
                    break;
                }
                again = true;
                at = new Machine("", "");
            }
        }
        drop(due, 1, enough);
    }

    /// Drops what is due, others' turn between, until less is left than is worth it.
    private void drop(List<Victim> due, int worth, long enough) throws IOException, InterruptedException {
        int done = 0;
        while (due.size() - done >= worth && kept > enough) {
            List<Victim> part = due.subList(done, Math.min(due.size(), done + AT_ONCE));
            cases.together(() -> drop(part));
            done += part.size();
            TimeUnit.MILLISECONDS.sleep(Cases.BETWEEN);
        }
        due.subList(0, done).clear();
    }

    private static List<Victim> victims(Choice choice, Machine machine) throws IOException {
        try {
            return choice.of(machine);
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
    }

    private static int order(Machine a, Machine b) {
        int clients = a.client.compareTo(b.client);
        return clients != 0 ? clients : a.name.compareTo(b.name);
    }

    private Machine at() throws IOException {
        List<Map<String, @Nullable Object>> rows = cases.rows("SELECT value FROM meta WHERE key = ?", AT);
        String[] parts = rows.isEmpty()
                ? new String[0]
                : String.valueOf(rows.getFirst().get("value")).split("\n", 2);
        return parts.length < 2 ? new Machine("", "") : new Machine(parts[0], parts[1]);
    }

    private List<Machine> machines(Machine after) throws IOException {
        return cases
                .rows(
                        "SELECT client, machine FROM uses WHERE (client, machine) > (?, ?) AND used > 0"
                                + " ORDER BY client, machine LIMIT " + MACHINES,
                        after.client,
                        after.name)
                .stream()
                .map(r -> new Machine(String.valueOf(r.get("client")), String.valueOf(r.get("machine"))))
                .toList();
    }

    /// Those of a pair that are neither its first nor its latest, nor the first of an account there.
    private List<Victim> repetitions(Machine machine, int latest) throws SQLException {
        Map<String, int[]> seen = new HashMap<>();
        return read(
                "SELECT time, source, via, account, earlier, earlier_account FROM sessions WHERE client = ? AND target = ?"
                        + " ORDER BY time DESC",
                machine,
                row -> ++seen.computeIfAbsent(row.getString(2), s -> new int[1])[0] > latest
                        && row.getInt(5) >= NEW
                        && (row.getInt(6) > 0 || row.getString(4).isEmpty()));
    }

    private List<Victim> before(Machine machine, Map<String, long[]> spans, Horizon horizon) throws SQLException {
        long[] span = spans.get(machine.client);
        return span == null
                ? List.of()
                : read(
                        "SELECT time, source, via, account FROM sessions WHERE client = ? AND target = ? AND time < "
                                + horizon.of(span) + " ORDER BY time",
                        machine,
                        row -> true);
    }

    private interface Goes {
        boolean test(ResultSet row) throws SQLException;
    }

    private List<Victim> read(String sql, Machine machine, Goes goes) throws SQLException {
        List<Victim> out = new ArrayList<>();
        try (PreparedStatement statement = cases.connection().prepareStatement(sql)) {
            Cases.set(statement, machine.client, machine.name);
            try (ResultSet row = statement.executeQuery()) {
                while (out.size() < HELD && row.next()) {
                    long time = row.getLong(1);
                    String source = row.getString(2);
                    if (goes.test(row)
                            && !within(into, machine, time)
                            && !within(outOf, new Machine(machine.client, source), time)) {
                        out.add(new Victim(machine, time, source, row.getString(3), row.getString(4)));
                    }
                }
            }
        }
        return out;
    }

    /// What is dropped of a pair, or of an account at a machine.
    private static final class Gone {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        long count;
    }

    private record Of(Machine into, String of, String one) {}

    private static void add(Map<Of, Gone> to, Of of, long time) {
        Gone gone = to.computeIfAbsent(of, o -> new Gone());
        gone.first = Math.min(gone.first, time);
        gone.last = Math.max(gone.last, time);
        gone.count++;
    }

    private void drop(List<Victim> part) throws SQLException {
        Map<Of, Gone> all = new LinkedHashMap<>();
        int gone = 0;
        try (PreparedStatement delete = cases.connection()
                .prepareStatement(
                        "DELETE FROM sessions WHERE client = ? AND target = ? AND time = ? AND source = ? AND via = ?")) {
            for (Victim v : part) {
                Cases.set(delete, v.into.client, v.into.name, v.time, v.source, v.via);
                // Another program may have dropped it meanwhile, and counted it.
                if (delete.executeUpdate() > 0) {
                    gone++;
                    add(all, new Of(v.into, "source", v.source), v.time);
                    if (!v.account.isEmpty()) {
                        add(all, new Of(v.into, "account", v.account), v.time);
                    }
                }
            }
        }
        try (PreparedStatement insert = cases.connection().prepareStatement("""
                INSERT INTO sessions_gone VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    first = min(first, excluded.first), last = max(last, excluded.last), count = count + excluded.count""")) {
            for (Map.Entry<Of, Gone> e : all.entrySet()) {
                Of of = e.getKey();
                Gone g = e.getValue();
                Cases.set(insert, of.into.client, of.of, of.one, of.into.name, g.first, g.last, g.count);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        cases.run(
                "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + ?2",
                DROPPED,
                gone);
        Machine last = part.getLast().into;
        cases.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", AT, last.client + "\n" + last.name);
        kept -= gone;
        dropped += gone;
    }
}
