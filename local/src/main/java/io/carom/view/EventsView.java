package io.carom.view;

import io.carom.event.Indicator;
import io.carom.intel.IndicatorValue;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.lake.SqlValue;
import io.carom.run.Hunt;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Kept events in sight: searched by fields and words, and by SQL. Each question has a bound of rows
/// and of time; what
/// is out of sight has no view and its files cannot be opened.
public final class EventsView {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ROWS = 5_000;
    private static final int BARS = 60;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("long questions").factory());

    private final View view;

    EventsView(View view) {
        this.view = view;
    }

    /// A question was wrong, or took too long; the message says so.
    public static final class QuestionException extends Exception {
        private static final long serialVersionUID = 1;

        public QuestionException(String message) {
            super(message, null, false, false);
        }
    }

    /// What is searched.
    ///
    /// @param table an OCSF class; empty for all
    /// @param client empty for all in sight
    public record Search(
            String text,
            String table,
            String client,
            @Nullable Instant from,
            @Nullable Instant until,
            int limit) {}

    private boolean anythingKept() {
        return Files.exists(view.home().resolve("lake").resolve("catalog.db"));
    }

    private Set<String> clients(Lake lake, String client) throws IOException {
        Set<String> seen = view.seen(lake.clients());
        if (!client.isEmpty()) {
            seen.retainAll(Set.of(client));
        }
        return new HashSet<>(seen);
    }

    /// The first and last time of all that is kept in sight; null where nothing is.
    public Instant @Nullable [] span() throws IOException {
        if (!anythingKept()) {
            return null;
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        try (Lake lake = Lake.open(view.home())) {
            for (Lake.SourceState source : lake.sources()) {
                if (view.sight().sees(source.client()) && source.events() > 0) {
                    first = Math.min(first, source.first());
                    last = Math.max(last, source.last());
                }
            }
        }
        return first > last ? null : new Instant[] {Instant.ofEpochMilli(first), Instant.ofEpochMilli(last)};
    }

    /// `events` (the latest first), `total`, `histogram` with `from`, `until` and `bars`, `tables`, and
    /// `way`: `index`
    /// where one value was looked up, else `scan`. Without a time the day before the latest kept event
    /// is searched.
    public ObjectNode search(Search search) throws IOException, QuestionException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode events = out.putArray("events");
        ArrayNode tables = out.putArray("tables");
        out.put("total", 0).put("way", "scan").putNull("from").putNull("until");
        out.putArray("bars");
        out.put("bar_s", 0);
        Instant[] span = span();
        if (span == null) {
            return out;
        }
        Optional<Indicator> value = search.text.strip().contains(" ")
                ? Optional.empty()
                : IndicatorValue.of(search.text.strip()).map(v -> new Indicator(v.type(), v.value(), "", ""));
        Instant from =
                search.from != null ? search.from : value.isPresent() ? span[0] : span[1].minus(Duration.ofDays(1));
        Instant until = search.until == null ? span[1].plusMillis(1) : search.until;
        if (!from.isBefore(until)) {
            throw new QuestionException("The time ends before it begins.");
        }
        out.put("from", from.toString()).put("until", until.toString());
        try (Lake lake = Lake.open(view.home())) {
            Set<String> clients = clients(lake, search.client);
            if (value.isPresent() && search.table.isEmpty()) {
                byIndex(lake, clients, value.get(), from, until, search.limit, out, events);
            } else {
                SearchText text;
                try {
                    text = SearchText.of(search.text);
                } catch (IllegalArgumentException e) {
                    throw new QuestionException(String.valueOf(e.getMessage()));
                }
                byScan(lake, clients, text, search, from, until, out, events, tables);
            }
        }
        return out;
    }

    private void byIndex(
            Lake lake,
            Set<String> clients,
            Indicator indicator,
            Instant from,
            Instant until,
            int limit,
            ObjectNode out,
            ArrayNode events)
            throws IOException {
        out.put("way", "index");
        Hunt.Period period = new Hunt.Period(from.toEpochMilli(), until.toEpochMilli());
        List<Lake.Event> found = new ArrayList<>();
        long[] bars = new long[BARS];
        long width = Math.max(1, (until.toEpochMilli() - from.toEpochMilli() + BARS - 1) / BARS);
        try (Sightings sightings = lake.sightings(clients)) {
            Hunt hunt = new Hunt(lake, sightings, period);
            for (Hunt.Sighting seen : hunt.seen(List.of(indicator))) {
                out.put("total", seen.count());
            }
            for (Hunt.Place place : hunt.places(indicator, 20_000)) {
                long[] times = lake.times(place.file());
                for (int row : place.rows()) {
                    int bar = (int) ((times[row] - from.toEpochMilli()) / width);
                    if (bar >= 0 && bar < BARS) {
                        bars[bar]++;
                    }
                }
            }
            for (Hunt.Place place : hunt.places(indicator, limit)) {
                found.addAll(lake.events(place.client(), place.file(), place.rows()));
            }
        }
        found.sort(java.util.Comparator.comparingLong(Lake.Event::time).reversed());
        for (Lake.Event event : found) {
            events.addObject()
                    .put("time", Instant.ofEpochMilli(event.time()).toString())
                    .put("client", event.client())
                    .put("table", event.table())
                    .put("source", event.source())
                    .put("raw", event.raw())
                    .put("path", event.path())
                    .put("record", event.record());
        }
        out.put("bar_s", width / 1000.0);
        ArrayNode into = out.putArray("bars");
        for (long bar : bars) {
            into.add(bar);
        }
    }

    private void byScan(
            Lake lake,
            Set<String> clients,
            SearchText text,
            Search search,
            Instant from,
            Instant until,
            ObjectNode out,
            ArrayNode events,
            ArrayNode tables)
            throws IOException, QuestionException {
        try (Connection connection = lake.connect(clients, null)) {
            Map<String, String> types = tables(connection);
            types.keySet().forEach(tables::add);
            List<Object> values = new ArrayList<>();
            List<String> parts = new ArrayList<>();
            for (Map.Entry<String, String> table : types.entrySet()) {
                if (search.table.isEmpty() || search.table.equals(table.getKey())) {
                    String part = part(table.getKey(), table.getValue(), text, from, until, values);
                    if (part != null) {
                        parts.add(part);
                    }
                }
            }
            if (parts.isEmpty()) {
                return;
            }
            String all = String.join(" UNION ALL ", parts);
            long width = Math.max(1, (until.toEpochMilli() - from.toEpochMilli() + BARS - 1) / BARS);
            long[] bars = new long[BARS];
            long total = 0;
            try (PreparedStatement count =
                    connection.prepareStatement("SELECT CAST((epoch_ms(time) - " + from.toEpochMilli() + ") // " + width
                            + " AS INTEGER) AS bar, count(*) FROM (" + all + ") GROUP BY 1")) {
                set(count, values);
                try (Watch watch = new Watch(count);
                        ResultSet rows = count.executeQuery()) {
                    while (rows.next()) {
                        int bar = rows.getInt(1);
                        total += rows.getLong(2);
                        if (bar >= 0 && bar < BARS) {
                            bars[bar] += rows.getLong(2);
                        }
                    }
                    watch.end();
                }
            }
            out.put("total", total).put("bar_s", width / 1000.0);
            ArrayNode into = out.putArray("bars");
            for (long bar : bars) {
                into.add(bar);
            }
            try (PreparedStatement ask = connection.prepareStatement(
                    "SELECT * FROM (" + all + ") ORDER BY time DESC LIMIT " + Math.min(search.limit, MOST_ROWS))) {
                set(ask, values);
                try (Watch watch = new Watch(ask);
                        ResultSet rows = ask.executeQuery()) {
                    while (rows.next()) {
                        events.addObject()
                                .put("time", String.valueOf(SqlValue.plain(rows.getObject(1))))
                                .put("client", rows.getString(2))
                                .put("table", rows.getString(3))
                                .put("source", rows.getString(4))
                                .put("raw", rows.getString(5))
                                .put("path", rows.getString(6))
                                .put("record", rows.getLong(7));
                    }
                    watch.end();
                }
            }
        } catch (SQLException e) {
            throw wrong(e);
        }
    }

    private static QuestionException wrong(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("INTERRUPT") || message.contains("Interrupted")) {
            return new QuestionException("That took longer than " + LONGEST.toSeconds()
                    + " seconds and was stopped: ask of less time, of one kind of event, or by a field.");
        }
        return new QuestionException(message.lines().limit(8).reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b));
    }

    /// The views of the main schema, and the types of their columns.
    private static Map<String, String> tables(Connection connection) throws SQLException {
        Map<String, String> out = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT table_name, string_agg(column_name || ' ' || data_type, ', ')"
                                + " FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal GROUP BY 1")) {
            while (rows.next()) {
                if (!rows.getString(1).equals("rejects")) {
                    out.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return out;
    }

    /// The question to one table; null where it has none of the attributes that must hold something.
    private static @Nullable String part(
            String table, String types, SearchText text, Instant from, Instant until, List<Object> values) {
        ColumnPaths paths = ColumnPaths.of(types);
        StringBuilder where = new StringBuilder("time >= ? AND time < ?");
        List<Object> own = new ArrayList<>();
        own.add(LocalDateTime.ofInstant(from, ZoneOffset.UTC));
        own.add(LocalDateTime.ofInstant(until, ZoneOffset.UTC));
        for (SearchText.Field field : text.fields()) {
            List<String> any = new ArrayList<>();
            for (String path : field.paths()) {
                if (paths.has(path)) {
                    String column = quoted(path);
                    boolean pattern = field.value().contains("*");
                    any.add(
                            pattern
                                    ? "CAST(" + column + " AS VARCHAR) ILIKE ? ESCAPE '\\'"
                                    : "lower(CAST(" + column + " AS VARCHAR)) = lower(?)");
                    own.add(pattern ? like(field.value()) : field.value());
                }
            }
            if (any.isEmpty() && !field.not()) {
                return null;
            }
            if (!any.isEmpty()) {
                where.append(" AND ")
                        .append(field.not() ? "NOT coalesce(" : "(")
                        .append(String.join(" OR ", any))
                        .append(field.not() ? ", false)" : ")");
            }
        }
        for (SearchText.Part word : text.words()) {
            where.append(" AND ").append(word.not() ? "NOT " : "").append("coalesce(raw_data, '') ILIKE ? ESCAPE '\\'");
            own.add("%" + like(word.value()) + "%");
        }
        values.addAll(own);
        return "SELECT time, client, '" + table.replace("'", "''")
                + "' AS class, carom.source AS source, raw_data, carom.input AS input,"
                + " carom.record AS record FROM main.\"" + table.replace("\"", "\"\"") + "\" WHERE " + where;
    }

    private static String quoted(String path) {
        StringBuilder out = new StringBuilder();
        for (String name : path.split("\\.")) {
            out.append(out.isEmpty() ? "" : ".")
                    .append('"')
                    .append(name.replace("\"", "\"\""))
                    .append('"');
        }
        return out.toString();
    }

    private static String like(String value) {
        return value.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace("*", "%");
    }

    private static void set(PreparedStatement statement, List<Object> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
    }

    /// Stops a question that takes too long.
    private static final class Watch implements AutoCloseable {
        private final ScheduledFuture<?> end;

        Watch(Statement statement) {
            end = TIMER.schedule(
                    () -> {
                        statement.cancel();
                        return true;
                    },
                    LONGEST.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        void end() {
            end.cancel(false);
        }

        @Override
        public void close() {
            end.cancel(false);
        }
    }

    /// One SELECT over the tables in sight: `columns`, `rows` and whether there were `more`.
    public ObjectNode sql(String sql, int limit) throws IOException, QuestionException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode columns = out.putArray("columns");
        ArrayNode into = out.putArray("rows");
        out.put("more", false);
        if (!anythingKept()) {
            throw new QuestionException("Nothing is kept yet.");
        }
        int most = Math.min(limit, MOST_ROWS);
        try (Lake lake = Lake.open(view.home());
                Connection connection = lake.connect(clients(lake, ""), null)) {
            onlySelect(connection, sql);
            try (Statement statement = connection.createStatement();
                    Watch watch = new Watch(statement);
                    ResultSet rows = statement.executeQuery(sql)) {
                ResultSetMetaData meta = rows.getMetaData();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    columns.add(meta.getColumnLabel(i));
                }
                while (rows.next()) {
                    if (into.size() >= most) {
                        out.put("more", true);
                        break;
                    }
                    ArrayNode row = into.addArray();
                    for (int i = 1; i <= meta.getColumnCount(); i++) {
                        row.add((JsonNode) JSON.valueToTree(SqlValue.plain(rows.getObject(i))));
                    }
                }
                watch.end();
            }
        } catch (SQLException e) {
            throw wrong(e);
        }
        return out;
    }

    /// The database's own parser says whether it is one SELECT: what copies, attaches, sets or creates
    /// is none.
    private static void onlySelect(Connection connection, String sql) throws SQLException, QuestionException {
        try (PreparedStatement parse = connection.prepareStatement("SELECT CAST(json_serialize_sql(?) AS VARCHAR)")) {
            parse.setString(1, sql);
            try (ResultSet row = parse.executeQuery()) {
                JsonNode parsed = row.next() ? JSON.readTree(row.getString(1)) : JSON.createObjectNode();
                if (parsed.path("error").asBoolean(true)) {
                    throw new QuestionException(parsed.path("error_message")
                            .asString("That is no SELECT.")
                            .lines()
                            .limit(6)
                            .reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b));
                }
                if (parsed.path("statements").size() != 1) {
                    throw new QuestionException("Ask one SELECT at a time.");
                }
            }
        }
    }
}
