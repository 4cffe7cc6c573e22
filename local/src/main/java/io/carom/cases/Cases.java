package io.carom.cases;

import io.carom.home.HomeDatabase;
import io.carom.incident.Incident;
import io.carom.incident.Suspicions;
import io.carom.lake.RetentionFile;
import io.carom.report.Report;
import io.carom.trace.Session;
import io.carom.trace.SessionBook;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The file `cases.db` of a home: one SQLite database. What an investigation found is entered in one
/// transaction: all of it or nothing; the sessions that traces are made of before that, into a file of their
/// own ({@link SessionStore}). Each process has its own connection; SQLite lets many read while one writes.
public final class Cases implements AutoCloseable {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)""",
        """
        CREATE TABLE IF NOT EXISTS incidents (
            id TEXT PRIMARY KEY, client TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, detected INTEGER NOT NULL, assignee TEXT, json TEXT NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS incidents_of_client ON incidents (client, id)",
        """
        CREATE TABLE IF NOT EXISTS incident_log (
            incident TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, text TEXT NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS incident_log_of ON incident_log (incident, at)",
        "ALTER TABLE incident_log ADD COLUMN client TEXT",
        """
        CREATE TABLE IF NOT EXISTS merges (part TEXT PRIMARY KEY, whole TEXT NOT NULL)""",
        """
        CREATE TABLE IF NOT EXISTS splits (
            id TEXT PRIMARY KEY, incident TEXT NOT NULL, analytic TEXT NOT NULL, affected TEXT NOT NULL)""",
        """
        CREATE TABLE IF NOT EXISTS suppressions (
            id TEXT PRIMARY KEY, client TEXT NOT NULL, analytic TEXT NOT NULL, value TEXT NOT NULL, why TEXT NOT NULL,
            by TEXT NOT NULL, made INTEGER NOT NULL, until INTEGER NOT NULL)""",
        """
        CREATE TABLE IF NOT EXISTS machines_of (
            incident TEXT NOT NULL, client TEXT NOT NULL, machine TEXT NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY (incident, machine))""",
        "CREATE INDEX IF NOT EXISTS machines_of_client ON machines_of (client, incident)",
        """
        CREATE TABLE IF NOT EXISTS findings_of (
            finding TEXT PRIMARY KEY, incident TEXT NOT NULL, client TEXT NOT NULL, machine TEXT, time INTEGER NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS findings_of_incident ON findings_of (incident)",
        "CREATE INDEX IF NOT EXISTS findings_of_client ON findings_of (client, finding)",
        """
        CREATE TABLE IF NOT EXISTS names (
            client TEXT NOT NULL, address TEXT NOT NULL, host TEXT NOT NULL, weight INTEGER NOT NULL,
            PRIMARY KEY (client, address, host)) WITHOUT ROWID""",
        "CREATE INDEX IF NOT EXISTS names_host ON names (client, host)",
        """
        CREATE TABLE IF NOT EXISTS mentions (
            client TEXT NOT NULL, time INTEGER NOT NULL, host TEXT NOT NULL, account TEXT NOT NULL, named TEXT NOT NULL,
            path TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (client, time, host, named)) WITHOUT ROWID""",
        """
        CREATE TABLE IF NOT EXISTS spans (
            client TEXT PRIMARY KEY, begin INTEGER NOT NULL, "end" INTEGER NOT NULL)""",
        """
        CREATE TABLE IF NOT EXISTS suspicions (
            client TEXT NOT NULL, machine TEXT NOT NULL, account TEXT NOT NULL, time INTEGER NOT NULL,
            severity INTEGER NOT NULL, title TEXT NOT NULL, attacks TEXT NOT NULL, path TEXT NOT NULL,
            record INTEGER NOT NULL, PRIMARY KEY (client, machine, time, account, title)) WITHOUT ROWID""",
        "ALTER TABLE suspicions ADD COLUMN visitor TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE IF NOT EXISTS channels (
            client TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, port INTEGER NOT NULL,
            machines INTEGER NOT NULL, count INTEGER NOT NULL, bytes_out INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, path TEXT NOT NULL, record INTEGER NOT NULL,
            PRIMARY KEY (client, source, target, port)) WITHOUT ROWID""",
        """
        CREATE TABLE IF NOT EXISTS carriers (
            client TEXT NOT NULL, begin INTEGER NOT NULL, machine TEXT NOT NULL, target TEXT NOT NULL,
            port INTEGER NOT NULL, "end" INTEGER NOT NULL, bytes_out INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
            path TEXT NOT NULL, record INTEGER NOT NULL,
            PRIMARY KEY (client, begin, machine, target, port)) WITHOUT ROWID""",
        """
        CREATE TABLE IF NOT EXISTS leases (
            client TEXT NOT NULL, address TEXT NOT NULL, "from" INTEGER NOT NULL, until INTEGER NOT NULL,
            outside TEXT NOT NULL, host TEXT NOT NULL, account TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL,
            record INTEGER NOT NULL, PRIMARY KEY (client, address, "from")) WITHOUT ROWID""",
        Moments.TABLE,
        Moments.RESTATED,
        ValueMarks.TABLE,
        Ticks.TABLE,
        SignOffs.TABLE,
        SavedSearches.TABLE,
        Approvals.TABLE,
        Approvals.OF_CLIENT,
        Approvals.ASKED_AS,
        Approvals.RULES,
    };

    private final Path home;
    private final Connection connection;
    private final SessionStore.Sizes sizes;
    private @Nullable SessionStore sessions;
    private @Nullable String writers;

    private Cases(Path home, Connection connection, SessionStore.Sizes sizes) {
        this.home = home;
        this.connection = connection;
        this.sizes = sizes;
    }

    /// Opens the cases of a home, making them if there are none.
    public static Cases open(Path home) throws IOException {
        return open(home, SessionStore.Sizes.DEFAULT);
    }

    static Cases open(Path home, SessionStore.Sizes sizes) throws IOException {
        return new Cases(home, HomeDatabase.open(home.resolve("cases.db"), List.of(TABLES)), sizes);
    }

    /// The sessions of the home, opened when they are asked for first.
    SessionStore sessions() throws IOException {
        SessionStore known = sessions;
        if (known == null) {
            known = SessionStore.open(home, connection, sizes);
            sessions = known;
        }
        return known;
    }

    // ---- entering an investigation

    /// Enters what an investigation found. An incident that is known keeps its state, its clocks and
    /// who has it; one that was closed and goes on is open again.
    ///
    /// A story goes by the id of the kept one it shares most findings with; kept ones whose findings
    /// are now in it too are part of it from now on.
    ///
    /// @param inputs path of the input that a record is in
    /// @param parties the parties file it went by, as text; empty if none
    /// @return the incidents by the ids and in the states they are known by
    public List<Incident> enter(
            List<Incident> incidents,
            List<Suspicion> suspicions,
            SessionBook book,
            java.util.function.Function<io.carom.observe.Origin, String> inputs,
            String parties)
            throws IOException {
        return enter(incidents, suspicions, book, inputs, parties, Set.of());
    }

    /// As above, where only some of all stories are entered, as nothing changed in the others.
    ///
    /// @param others the ids by which the others are known
    public List<Incident> enter(
            List<Incident> incidents,
            List<Suspicion> suspicions,
            SessionBook book,
            java.util.function.Function<io.carom.observe.Origin, String> inputs,
            String parties,
            Set<String> others)
            throws IOException {
        List<Session> all = book.sessions(inputs);
        if (!all.isEmpty()) {
            new KeptSessions(this).enter(all);
        }
        KeptMachines.Rows machines = KeptMachines.rows(book, inputs);
        try {
            return HomeDatabase.together(connection, () -> {
                run("INSERT OR REPLACE INTO meta VALUES ('parties', ?)", parties);
                List<Incident> out = new ArrayList<>();
                for (Incident incident : new Known(this).of(incidents, others)) {
                    out.add(enter(incident));
                }
                enter(suspicions);
                KeptMachines.enter(this, machines);
                return out;
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Enters sessions alone. Entered again it is the same. Others may ask the book meanwhile, under its
    /// monitor, and change cases.
    public void enter(SessionBook book, java.util.function.Function<io.carom.observe.Origin, String> inputs)
            throws IOException {
        List<Session> all;
        synchronized (book) {
            all = book.sessions(inputs);
        }
        if (!all.isEmpty()) {
            new KeptSessions(this).enter(all);
        }
        KeptMachines.Rows machines;
        synchronized (book) {
            machines = KeptMachines.rows(book, inputs);
        }
        together(() -> KeptMachines.enter(this, machines));
        settle(AHEAD);
    }

    /// Lets the file of what is written ahead begin anew, where it is long: while somebody always reads, it
    /// only grows. Others who write wait for that, for two seconds where one reads so long; the next time it
    /// may be done.
    ///
    /// @param pages that it may have
    void settle(int pages) throws IOException {
        settle(connection, pages, HomeDatabase.PATIENCE);
    }

    /// As above, of any connection.
    ///
    /// @param patience how long it waits for others that write otherwise, milliseconds
    static void settle(Connection connection, int pages, int patience) throws IOException {
        try (Statement statement = connection.createStatement()) {
            int ahead;
            try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
                // Whether it was hindered, pages that are ahead, those of them that are at their place.
                ahead = row.next() ? row.getInt(2) : 0;
            }
            if (ahead > pages) {
                statement.execute("PRAGMA busy_timeout = 2000");
                try {
                    statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
                } finally {
                    statement.execute("PRAGMA busy_timeout = " + patience);
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// 128 MB.
    private static final int AHEAD = 32_000;

    /// Merges what is small of the kept sessions, and drops some where they are more than a home keeps, a
    /// volume at a time. Whatever stops it, what is left is whole, and the next goes on.
    ///
    /// @return sessions that were dropped
    public long bound(RetentionFile.Sessions retention) throws IOException, InterruptedException {
        return new SessionBound(this, retention).hold();
    }

    /// SQLite's writers do not queue: whoever waits looks again after up to 100 ms.
    static final long BETWEEN = 110;

    private Incident enter(Incident incident) throws SQLException, IOException {
        StringWriter text = new StringWriter();
        Report.incidents(List.of(incident), text);
        Map<String, @Nullable Object> before =
                one("SELECT status, first, last FROM incidents WHERE id = ?", incident.id());
        String status = "new";
        if (before != null) {
            status = String.valueOf(before.get("status"));
            long last = number(before, "last");
            if (status.equals("closed") && incident.lastSeen().toEpochMilli() > last) {
                status = "new";
                log(incident.id(), Instant.now(), "carom", "reopen", "It went on after it was closed.");
            }
            moments()
                    .enterRestated(
                            incident.id(),
                            number(before, "first"),
                            incident.firstSeen(),
                            "an investigation of more logs found it");
        }
        run(
                """
                INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT DO UPDATE SET
                    severity = excluded.severity, status = excluded.status, first = min(first, excluded.first),
                    last = max(last, excluded.last), json = excluded.json""",
                incident.id(),
                incident.client(),
                incident.severity().label(),
                status,
                incident.firstSeen().toEpochMilli(),
                incident.lastSeen().toEpochMilli(),
                incident.clocks().detected().toEpochMilli(),
                text.toString().strip());
        machines(incident);
        findings(incident);
        return incident.as(incident.id(), Incident.Status.of(status));
    }

    /// Since when machines are suspect. Only what is not kept so already is written, here and of the
    /// findings: a story has thousands, and goes on with each.
    private void machines(Incident incident) throws SQLException, IOException {
        Map<String, Long> left = new HashMap<>(incident.suspectSince());
        List<String> gone = new ArrayList<>();
        for (Map<String, @Nullable Object> row :
                rows("SELECT machine, since FROM machines_of WHERE incident = ?", incident.id())) {
            String machine = String.valueOf(row.get("machine"));
            if (left.containsKey(machine)) {
                left.remove(machine, number(row, "since"));
            } else {
                gone.add(machine);
            }
        }
        for (String machine : gone) {
            run("DELETE FROM machines_of WHERE incident = ? AND machine = ?", incident.id(), machine);
        }
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO machines_of VALUES (?, ?, ?, ?)")) {
            for (Map.Entry<String, Long> machine : left.entrySet()) {
                set(insert, incident.id(), incident.client(), machine.getKey(), machine.getValue());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /// Which findings are of it, and of which machine each is.
    private void findings(Incident incident) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO findings_of VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    incident = excluded.incident, client = excluded.client, machine = excluded.machine, time = excluded.time
                WHERE incident <> excluded.incident OR client <> excluded.client OR machine IS NOT excluded.machine
                    OR time <> excluded.time""")) {
            for (var group : incident.findings()) {
                for (var finding : group.kept()) {
                    List<String> of = Suspicions.machines(finding);
                    set(
                            insert,
                            finding.uid(),
                            incident.id(),
                            incident.client(),
                            of.isEmpty() ? null : of.getFirst(),
                            finding.time());
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
    }

    private void enter(List<Suspicion> suspicions) throws SQLException {
        if (!suspicions.isEmpty()) {
            KeptTraces.outdate(this);
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR REPLACE INTO suspicions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Suspicion s : suspicions) {
                set(
                        insert,
                        s.client(),
                        s.machine(),
                        s.account(),
                        s.time(),
                        s.severity(),
                        s.title(),
                        String.join(" ", s.attacks()),
                        s.record().path(),
                        s.record().record(),
                        s.visitor());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    // ---- incidents

    /// The kept incidents, to be read and changed.
    public KeptIncidents kept() {
        return new KeptIncidents(this);
    }

    /// When what happened in the response to incidents.
    public Moments moments() {
        return new Moments(this);
    }

    /// Markings of indicators that the home does not keep otherwise.
    public ValueMarks valueMarks() {
        return new ValueMarks(this);
    }

    /// What was ticked off of what there is to do.
    public Ticks ticks() {
        return new Ticks(this);
    }

    /// What needs a second person, and what was asked of one.
    public Approvals approvals() {
        return new Approvals(this);
    }

    /// Who looked at a supplier's links, and said that they are as they should be.
    public SignOffs signOffs() {
        return new SignOffs(this);
    }

    /// Questions that people keep.
    public SavedSearches searches() {
        return new SavedSearches(this);
    }

    /// A number that changes whenever another connection, of this process or another, has changed the
    /// cases.
    public long version() throws IOException {
        return number(rows("PRAGMA data_version").getFirst(), "data_version");
    }

    /// Whose incident it is; null if there is none of that id. One look-up, whatever the answer.
    public @Nullable String clientOf(String id) throws IOException {
        List<Map<String, @Nullable Object>> rows = rows(
                "SELECT client FROM incidents WHERE id = coalesce((SELECT incident FROM splits WHERE id = ?1), ?1)",
                id);
        return rows.isEmpty() ? null : String.valueOf(rows.getFirst().get("client"));
    }

    /// Whether a client has an incident of that id. Another's is looked for like one that is not there,
    /// by an index that begins with the client: the time it takes tells nothing.
    public boolean has(String client, String id) throws IOException {
        String one = "SELECT 1 FROM incidents INDEXED BY incidents_of_client WHERE client = ?1 AND id = ?2";
        return !rows(one, client, id).isEmpty()
                || !rows(one.replace("?2", "(SELECT incident FROM splits WHERE id = ?2)"), client, id)
                        .isEmpty();
    }

    /// As {@link KeptIncidents#all}.
    public List<ObjectNode> incidents() throws IOException {
        return kept().all();
    }

    /// As {@link KeptIncidents#one}.
    public @Nullable ObjectNode incident(String id) throws IOException {
        return kept().one(id);
    }

    /// What is done to an incident, and the state it has then; null where it keeps its own.
    public enum Step {
        ACK("acknowledged"),
        ASSIGN(null),
        NOTE(null),
        CONTAIN("contained"),
        CLOSE("closed"),
        /// Closed, for it was nothing.
        FALSE_ALARM("closed"),
        REOPEN("new");

        private final @Nullable String status;

        Step(@Nullable String status) {
            this.status = status;
        }
    }

    /// Moves an incident on. Who acknowledges one that nobody has, has it.
    ///
    /// @param text the note; for {@link Step#ASSIGN} who has it now
    /// @return whether there is such an incident
    public boolean step(String id, Step step, String who, String text) throws IOException {
        try {
            if (one("SELECT id FROM incidents WHERE id = ? UNION SELECT id FROM splits WHERE id = ?", id, id) == null) {
                return false;
            }
            together(() -> {
                log(id, Instant.now(), who, step.name().toLowerCase(Locale.ROOT), text);
                if (step.status != null) {
                    run("UPDATE incidents SET status = ? WHERE id = ?", step.status, id);
                }
                if (step == Step.ASSIGN) {
                    run("UPDATE incidents SET assignee = ? WHERE id = ?", text, id);
                } else if (step == Step.ACK) {
                    run("UPDATE incidents SET assignee = ? WHERE id = ? AND coalesce(assignee, '') = ''", who, id);
                }
            });
            return true;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Whose people write by this connection from now on: it stands beside what they write, for
    /// somebody may be another's later, and a name may be given again.
    ///
    /// @param client null for nobody's client
    public void writtenBy(@Nullable String client) {
        writers = client;
    }

    @Nullable
    String writers() {
        return writers;
    }

    void log(String id, Instant at, String who, String what, String text) throws SQLException {
        run(
                "INSERT INTO incident_log (incident, at, who, what, text, client) VALUES (?, ?, ?, ?, ?, ?)",
                id,
                at.toEpochMilli(),
                who,
                what,
                text,
                writers);
    }

    /// The parties file that the latest investigation went by, as text; empty if it had none.
    public String parties() throws IOException {
        List<Map<String, @Nullable Object>> rows = rows("SELECT value FROM meta WHERE key = 'parties'");
        return rows.isEmpty() ? "" : String.valueOf(rows.getFirst().get("value"));
    }

    // ---- traces

    /// What a trace begins with: machines of a client, and when each became suspect.
    public record Start(String client, Map<String, Long> since) {}

    /// The machines that an incident, a finding, a host, an account or an address is about, by client;
    /// empty if nothing is known of it.
    public List<Start> starts(String what) throws IOException {
        return starts(what, null);
    }

    /// As {@link #starts(String)}, asked of one client's logs alone; null for all clients.
    public List<Start> starts(String what, @Nullable String of) throws IOException {
        Map<String, Map<String, Long>> out = new TreeMap<>();
        // Asked of one client, another's rows are not even met: the time it takes tells nothing of them.
        String ofMachines = "SELECT client, machine, since AS time FROM machines_of";
        String ofFindings = "SELECT client, machine, time FROM findings_of";
        String asked = " WHERE incident = ?1";
        for (Map<String, @Nullable Object> row : of == null
                ? rows(ofMachines + asked, what)
                : rows(ofMachines + " INDEXED BY machines_of_client" + asked + " AND client = ?2", what, of)) {
            start(row, out);
        }
        if (out.isEmpty()) {
            asked = " WHERE finding = ?1 AND machine IS NOT NULL";
            for (Map<String, @Nullable Object> row : of == null
                    ? rows(ofFindings + asked, what)
                    : rows(ofFindings + " INDEXED BY findings_of_client" + asked + " AND client = ?2", what, of)) {
                start(row, out);
            }
        }
        if (out.isEmpty()) {
            KeptHistory history = history();
            String folded = what.toLowerCase(Locale.ROOT);
            for (String client : history.clients()) {
                if (of != null && !of.equals(client)) {
                    continue;
                }
                List<String> machines = new ArrayList<>();
                String label = history.label(client, folded);
                if (history.knows(client, label)) {
                    machines.add(label);
                } else {
                    machines.addAll(history.machinesOf(client, folded));
                }
                for (String machine : machines) {
                    Map<String, Long> since = out.computeIfAbsent(client, c -> new TreeMap<>());
                    since.put(machine, since(client, machine, history));
                }
            }
        }
        return out.entrySet().stream()
                .map(e -> new Start(e.getKey(), e.getValue()))
                .toList();
    }

    private static void start(Map<String, @Nullable Object> row, Map<String, Map<String, Long>> out) {
        out.computeIfAbsent(String.valueOf(row.get("client")), c -> new TreeMap<>())
                .merge(String.valueOf(row.get("machine")), number(row, "time"), Math::min);
    }

    /// When the machine became suspect; if it never did, the end of the client's logs.
    private long since(String client, String machine, KeptHistory history) throws IOException {
        String address = history.address(client, machine);
        List<Map<String, @Nullable Object>> rows = rows(
                "SELECT min(time) AS time FROM suspicions WHERE client = ? AND machine IN (?, ?)",
                client,
                machine,
                address == null ? machine : address);
        Object time = rows.isEmpty() ? null : rows.getFirst().get("time");
        long[] span = history.span(client);
        return time instanceof Number n ? n.longValue() : span == null ? Long.MAX_VALUE / 2 : span[1];
    }

    public List<Suspicion> suspicions() throws IOException {
        return rows("SELECT * FROM suspicions").stream()
                .map(r -> new Suspicion(
                        String.valueOf(r.get("client")),
                        String.valueOf(r.get("machine")),
                        String.valueOf(r.get("account")),
                        number(r, "time"),
                        (int) number(r, "severity"),
                        String.valueOf(r.get("title")),
                        List.of(String.valueOf(r.get("attacks")).split(" ")),
                        String.valueOf(r.get("visitor")),
                        new Trace.Source(String.valueOf(r.get("path")), number(r, "record"))))
                .toList();
    }

    /// The sessions of all investigations.
    public KeptHistory history() {
        return history(KeptHistory.MOST);
    }

    /// As {@link #history()}, that looks at no more than so many sessions of one machine, the latest.
    public KeptHistory history(int most) {
        return new KeptHistory(this, most);
    }

    static List<Trace.Source> records(String text) {
        List<Trace.Source> out = new ArrayList<>();
        for (String line : text.split("\n")) {
            int space = line.indexOf(' ');
            if (space > 0) {
                out.add(new Trace.Source(line.substring(space + 1), Long.parseLong(line.substring(0, space))));
            }
        }
        return out;
    }

    // ---- SQL

    /// Changes that are made together.
    interface Changes {
        void make() throws SQLException, IOException;
    }

    /// Makes changes in one transaction: all or none.
    void together(Changes changes) throws IOException {
        try {
            HomeDatabase.together(connection, () -> {
                changes.make();
                return true;
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// What stands in a column that holds a number in each row.
    static long number(Map<String, @Nullable Object> row, String column) {
        return ((Number) Objects.requireNonNull(row.get(column))).longValue();
    }

    List<Map<String, @Nullable Object>> rows(String sql, @Nullable Object... arguments) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    Map<String, @Nullable Object> row = new HashMap<>();
                    for (int i = 1; i <= columns; i++) {
                        row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private @Nullable Map<String, @Nullable Object> one(String sql, Object... arguments) throws SQLException {
        try {
            List<Map<String, @Nullable Object>> rows = rows(sql, arguments);
            return rows.isEmpty() ? null : rows.getFirst();
        } catch (IOException e) {
            if (e.getCause() instanceof SQLException sqlException) {
                throw sqlException;
            }
            throw new SQLException(e);
        }
    }

    Connection connection() {
        return connection;
    }

    void run(String sql, @Nullable Object... arguments) throws SQLException {
        changed(sql, arguments);
    }

    /// @return rows that it changed
    int changed(String sql, @Nullable Object... arguments) throws SQLException {
        return HomeDatabase.update(connection, sql, arguments);
    }

    static void set(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    static IOException failed(SQLException e) {
        return new IOException("the cases cannot be read or written: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        try (SessionStore opened = sessions) {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
