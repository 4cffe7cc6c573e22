package io.carom.view;

import io.carom.event.Indicator;
import io.carom.intel.IndicatorValue;
import io.carom.lake.EventSearch;
import io.carom.lake.EventTest;
import io.carom.lake.KeptLake;
import io.carom.lake.Lake;
import io.carom.lake.SqlValue;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Kept events in sight: searched by fields and words, and by SQL. Each question has a bound of rows
/// and of time; what is out of sight has no view and its files cannot be opened.
public final class EventsView {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ROWS = 5_000;
    /// No answer to a question in SQL is longer.
    private static final long MOST_BYTES = 16L << 20;
    private static final int BARS = 60;
    private static final long DAY = 86_400_000;
    private static final long EVEN = 300_000;
    /// Seconds from 1970 in which events are looked for.
    private static final long FAR = 1_000_000_000_000L;
    private static final long[] WIDTHS = widths();
    /// No question takes longer.
    public static final Duration LONGEST = Duration.ofSeconds(30);
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("long questions").factory());

    /// From a second to a quarter of a year.
    private static long[] widths() {
        long[] seconds = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200};
        long[] days = {1, 2, 7, 14, 28, 91};
        long[] out = new long[seconds.length + days.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = i < seconds.length ? seconds[i] * 1000 : days[i - seconds.length] * DAY;
        }
        return out;
    }

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

    /// Others ask, or who asks does already: it may be asked again soon.
    public static final class BusyException extends Exception {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message, null, false, false);
        }
    }

    /// What is searched.
    ///
    /// @param table an OCSF class; empty for all
    /// @param client empty for all in sight
    /// @param last how far back from now; where it is given, `from` and `until` are null
    /// @param fields of so many of the latest the attributes are told too
    public record Search(
            String text,
            String table,
            String client,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable Last last,
            int limit,
            int fields) {}

    /// A time that ends now, whenever that is.
    ///
    /// @param text as it was asked for: `15m`, `24h`, `7d`
    public record Last(String text, Duration length) {
        private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,4})([mhd])");

        /// Null for what is no such time.
        public static @Nullable Last of(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                return null;
            }
            long n = Long.parseLong(parts.group(1));
            return new Last(
                    text,
                    switch (parts.group(2)) {
                        case "m" -> Duration.ofMinutes(n);
                        case "h" -> Duration.ofHours(n);
                        default -> Duration.ofDays(n);
                    });
        }
    }

    private Set<String> clients(String client) throws IOException {
        Set<String> seen = new HashSet<>(view.seen(view.views().lake().clients()));
        if (!client.isEmpty()) {
            seen.retainAll(Set.of(client));
        }
        return seen;
    }

    /// The first and last time of all that is kept in sight; null where nothing is.
    public Instant @Nullable [] span() throws IOException {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Lake.SourceState source : view.views().lake().sources()) {
            if (view.sight().sees(source.client()) && source.events() > 0) {
                first = Math.min(first, source.first());
                last = Math.max(last, source.last());
            }
        }
        return first > last ? null : new Instant[] {Instant.ofEpochMilli(first), Instant.ofEpochMilli(last)};
    }

    /// Is told how far a search has come.
    @FunctionalInterface
    public interface Progress {
        /// @param found so far
        /// @param doneTo since when all was looked at
        void at(long found, Instant doneTo) throws IOException;
    }

    /// As {@link #search(Search, Duration, Progress)}, for as long as questions may take.
    public ObjectNode search(Search search) throws IOException, QuestionException {
        return search(search, LONGEST, (found, doneTo) -> {});
    }

    /// `events` (the latest first), `total`, the histogram (`bars`, each `bar_s` seconds from `bars_from`
    /// on), `from`, `until`, `tables`, and `way`: `index` where one value was looked up, else `scan`.
    /// Without a time the day before the latest kept event is searched; for one value all that is kept.
    /// An event whose attributes are told has `fields`: lists of texts, numbers or truth values, by
    /// OCSF's names.
    ///
    /// `whole` says whether all of the time was looked at. Where it was not, for `within` was over,
    /// `done_to` says since when all was, and `total` and `bars` are of what was.
    public ObjectNode search(Search search, Duration within, Progress progress) throws IOException, QuestionException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode events = out.putArray("events");
        ArrayNode tables = out.putArray("tables");
        out.put("total", 0).put("way", "scan").putNull("from").putNull("until").putNull("bars_from");
        out.put("whole", true).putNull("done_to");
        ArrayNode bars = out.putArray("bars");
        out.put("bar_s", 0);
        Instant[] span = span();
        if (span == null) {
            return out;
        }
        String text = search.text.strip();
        Indicator value = text.contains(" ") || !search.table.isEmpty()
                ? null
                : IndicatorValue.of(text)
                        .map(v -> new Indicator(v.type(), v.value(), "", ""))
                        .orElse(null);
        Last last = search.last;
        long now = view.now().toEpochMilli();
        // A day of whole five minutes: of these the catalog knows how many events they have.
        long from = last != null
                ? now - last.length.toMillis()
                : search.from != null
                        ? millis(search.from)
                        : value != null
                                ? span[0].toEpochMilli()
                                : EVEN * Math.floorDiv(span[1].toEpochMilli() - DAY, EVEN);
        long until = last != null
                ? now + 1
                : search.until != null
                        ? millis(search.until)
                        : EVEN * (Math.floorDiv(span[1].toEpochMilli(), EVEN) + 1);
        if (from >= until) {
            throw new QuestionException("The time ends before it begins.");
        }
        EventTest test;
        try {
            test = value != null ? EventTest.ANY : test(SearchText.of(search.text));
        } catch (IllegalArgumentException e) {
            throw new QuestionException(String.valueOf(e.getMessage()));
        }
        out.put("way", value != null ? "index" : "scan");
        out.put("from", Instant.ofEpochMilli(from).toString())
                .put("until", Instant.ofEpochMilli(until).toString());
        long width = width(from, until);
        long barsFrom = width * Math.floorDiv(from, width);
        int n = (int) Math.ceilDiv(until - barsFrom, width);
        try (KeptLake.Asking lake = view.views().lake().ask(clients(search.client))) {
            lake.tables().forEach(tables::add);
            EventSearch.Found found = EventSearch.of(
                    lake,
                    new EventSearch.Asked(
                            test,
                            value,
                            search.table,
                            from,
                            until,
                            Math.min(search.limit, MOST_ROWS),
                            n,
                            barsFrom,
                            width,
                            within.toNanos(),
                            search.fields),
                    (total, doneTo) -> progress.at(total, Instant.ofEpochMilli(doneTo)));
            out.put("total", found.total()).put("whole", found.whole());
            out.put(
                    "done_to",
                    found.whole() ? null : Instant.ofEpochMilli(found.doneTo()).toString());
            for (Lake.Event event : found.latest()) {
                ObjectNode one = events.addObject();
                one.put("time", Instant.ofEpochMilli(event.time()).toString())
                        .put("client", event.client())
                        .put("table", event.table())
                        .put("source", event.source())
                        .put("raw", event.raw())
                        .put("path", event.path())
                        .put("record", event.record());
                if (events.size() <= found.attributes().size()) {
                    one.set("fields", (JsonNode)
                            JSON.valueToTree(found.attributes().get(events.size() - 1)));
                }
            }
            for (long bar : found.bars()) {
                bars.add(bar);
            }
        }
        out.put("bar_s", width / 1000.0)
                .put("bars_from", Instant.ofEpochMilli(barsFrom).toString());
        return out;
    }

    /// Milliseconds since 1970. What is tens of thousands of years away is as good as always, and is counted
    /// with.
    static long millis(Instant time) {
        return Math.clamp(time.getEpochSecond(), -FAR, FAR) * 1000 + time.getNano() / 1_000_000;
    }

    /// The width of a bar that people have a name for, so that there are at most so many.
    private static long width(long from, long until) {
        for (long width : WIDTHS) {
            if (Math.ceilDiv(until - width * Math.floorDiv(from, width), width) <= BARS) {
                return width;
            }
        }
        long years = 365 * DAY;
        return years * Math.ceilDiv(until - from, years * (BARS - 1));
    }

    private static EventTest test(SearchText text) {
        return new EventTest(
                text.fields().stream()
                        .map(f -> new EventTest.Field(f.paths(), f.value(), f.not()))
                        .toList(),
                text.words().stream()
                        .map(w -> new EventTest.Word(w.value(), w.not()))
                        .toList());
    }

    private static QuestionException wrong(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("INTERRUPT") || message.contains("Interrupted")) {
            return new QuestionException("That took longer than " + LONGEST.toSeconds()
                    + " seconds and was stopped: ask of less time, of one kind of event, or by a field.");
        }
        if (message.contains("Out of Memory")) {
            return new QuestionException("That needs more memory than a question has (256 MB): ask of less time, of"
                    + " fewer columns, or without an order over all of it.");
        }
        return new QuestionException(message.lines().limit(8).reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b));
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
    ///
    /// @param who asks: a question at a time is answered to each
    public ObjectNode sql(String sql, int limit, String who) throws IOException, QuestionException, BusyException {
        if (!view.views().lake().exists()) {
            throw new QuestionException("Nothing is kept yet.");
        }
        view.views().turns().take(who);
        try {
            return rows(sql, Math.min(limit, MOST_ROWS));
        } catch (OutOfMemoryError e) {
            throw new QuestionException("That takes more memory than there is: ask for fewer rows, or shorter texts.");
        } finally {
            view.views().turns().give(who);
        }
    }

    private ObjectNode rows(String sql, int most) throws IOException, QuestionException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode columns = out.putArray("columns");
        ArrayNode into = out.putArray("rows");
        out.put("more", false);
        long bytes = 0;
        Set<String> named = tables(sql);
        try (Lake lake = Lake.open(view.home());
                Connection connection = lake.ask(clients(""), named)) {
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
                    ArrayNode row = JSON.createArrayNode();
                    for (int i = 1; i <= meta.getColumnCount(); i++) {
                        row.add((JsonNode) JSON.valueToTree(SqlValue.of(rows, i)));
                    }
                    bytes += bytes(row);
                    if (bytes > MOST_BYTES) {
                        if (into.isEmpty()) {
                            throw new QuestionException("One row is longer than an answer may be, " + (MOST_BYTES >> 20)
                                    + " MiB: ask for less of it.");
                        }
                        out.put("more", true);
                        break;
                    }
                    into.add(row);
                }
                watch.end();
            }
        } catch (SQLException e) {
            throw wrong(e);
        }
        return out;
    }

    /// What a value takes in an answer, or a little more.
    private static long bytes(JsonNode value) {
        if (value.isString()) {
            return bytes(value.asString(""));
        }
        long bytes = 16;
        if (value.isArray()) {
            for (JsonNode child : value) {
                bytes += bytes(child);
            }
        }
        for (Map.Entry<String, JsonNode> child : value.properties()) {
            bytes += bytes(child.getKey()) + bytes(child.getValue());
        }
        return bytes;
    }

    private static long bytes(String text) {
        long bytes = 3;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < ' ' ? 6 : c < 0x80 ? 1 : 3;
        }
        return bytes;
    }

    /// The tables in sight that a question reads: only they are made ready, for a lake has thousands of
    /// files.
    private Set<String> tables(String sql) throws IOException, QuestionException {
        Set<String> seen = clients("");
        Set<String> known;
        try (KeptLake.Asking lake = view.views().lake().ask(seen)) {
            known = lake.tables();
        }
        known.add("rejects");
        return SqlTables.of(sql, known, seen);
    }
}
