package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A search finds what a plain question to all rows finds, whatever it opens and leaves closed.
class EventSearchTest {
    private static final long FROM = 1_551_657_600_000L;
    private static final long DAY = 86_400_000L;
    private static final long LONG = 60_000_000_000L;

    @TempDir
    Path dir;

    private KeptLake kept;

    private static String log(int seed, int records) {
        Random random = new Random(seed);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < records; i++) {
            double ts = FROM / 1000.0 + random.nextInt(172_800) + random.nextInt(1000) / 1000.0;
            String common =
                    "\"ts\":%.3f,\"uid\":\"U%d\",\"id.orig_h\":\"10.0.0.%d\",\"id.orig_p\":%d,\"id.resp_h\":\"203.0.113.%d\""
                            .formatted(ts, i, random.nextInt(30), 1000 + random.nextInt(9), random.nextInt(60));
            switch (random.nextInt(3)) {
                case 0 ->
                    out.append(
                            "{\"_path\":\"conn\",%s,\"id.resp_p\":%d,\"proto\":\"tcp\",\"duration\":1.5,\"orig_bytes\":%d,\"resp_bytes\":7}\n"
                                    .formatted(
                                            common, List.of(22, 443, 445, 3389).get(random.nextInt(4)), i));
                case 1 ->
                    out.append(
                            "{\"_path\":\"dns\",%s,\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"%s%d.Example\",\"rcode_name\":\"NOERROR\",\"answers\":[\"203.0.113.%d\"]}\n"
                                    .formatted(
                                            common,
                                            random.nextBoolean() ? "www" : "MÜLLER",
                                            random.nextInt(20),
                                            i % 60));
                default ->
                    out.append(
                            "{\"_path\":\"http\",%s,\"id.resp_p\":80,\"method\":\"GET\",\"host\":\"site%d.example\",\"uri\":\"/p?s=%d\",\"user_agent\":\"Mozilla powerSHELL %d\"}\n"
                                    .formatted(common, random.nextInt(20), i, i % 5));
            }
        }
        return out.toString();
    }

    @BeforeEach
    void fill() throws Exception {
        for (int part = 0; part < 4; part++) {
            Path log = Files.writeString(dir.resolve("a" + part + ".log"), log(part, 700));
            Ingest.into(dir.resolve("home"), 96 << 10, "acme", List.of(log.toString()));
        }
        Path other = Files.writeString(dir.resolve("b.log"), log(99, 300));
        Ingest.into(dir.resolve("home"), 96 << 10, "globex", List.of(other.toString()));
        kept = new KeptLake(dir.resolve("home"));
    }

    private static EventTest.Field field(String value, boolean not, String... places) {
        return new EventTest.Field(List.of(places), value, not);
    }

    private static final List<EventTest> TESTS = List.of(
            EventTest.ANY,
            new EventTest(List.of(field("10.0.0.7", false, "src_endpoint.ip", "dst_endpoint.ip")), List.of()),
            new EventTest(List.of(field("443", false, "dst_endpoint.port", "src_endpoint.port")), List.of()),
            new EventTest(List.of(field("4*", false, "dst_endpoint.port")), List.of()),
            new EventTest(
                    List.of(field("10.0.0.*", false, "src_endpoint.ip"), field("443", true, "dst_endpoint.port")),
                    List.of()),
            new EventTest(List.of(field("WWW3.example", false, "query.hostname")), List.of()),
            new EventTest(List.of(field("müller*", false, "query.hostname")), List.of()),
            new EventTest(List.of(field("*.EXAMPLE", false, "query.hostname", "http_request.url.hostname")), List.of()),
            new EventTest(List.of(field("zeek", false, "carom.source")), List.of()),
            new EventTest(List.of(field("no", false, "no.such")), List.of()),
            new EventTest(List.of(field("no", true, "no.such")), List.of()),
            new EventTest(List.of(), List.of(new EventTest.Word("powershell 3", false))),
            new EventTest(
                    List.of(), List.of(new EventTest.Word("SITE*s=1", false), new EventTest.Word("powershell", false))),
            new EventTest(List.of(), List.of(new EventTest.Word("müller", false))),
            new EventTest(
                    List.of(field("10.0.0.3", false, "src_endpoint.ip")),
                    List.of(new EventTest.Word("powershell", true), new EventTest.Word("_path", false))));

    private EventSearch.Found ask(
            Set<String> clients,
            EventTest test,
            @Nullable Indicator value,
            long from,
            long until,
            long width,
            long nanos)
            throws Exception {
        try (KeptLake.Asking lake = kept.ask(clients)) {
            long barsFrom = Math.floorDiv(from, width) * width;
            int bars = (int) Math.ceilDiv(until - barsFrom, width);
            return EventSearch.of(
                    lake,
                    new EventSearch.Asked(test, value, "", from, until, 50, bars, barsFrom, width, nanos),
                    EventSearch.Progress.SILENT);
        }
    }

    /// A row as it lies there: its values by place, as text in lower case.
    private record Row(long time, String client, long record, String raw, Map<String, String> values) {
        boolean has(EventTest.Field field) {
            return field.places().stream()
                    .map(values::get)
                    .anyMatch(v -> v != null && glob(field.value()).matcher(v).matches());
        }

        boolean has(EventTest.Word word) {
            return glob("*" + word.value() + "*")
                    .matcher(raw.toLowerCase(Locale.ROOT))
                    .matches();
        }

        private static Pattern glob(String value) {
            StringBuilder out = new StringBuilder();
            for (String part : value.toLowerCase(Locale.ROOT).split("\\*", -1)) {
                out.append(out.isEmpty() ? "" : ".*").append(Pattern.quote(part));
            }
            return Pattern.compile(out.toString(), Pattern.DOTALL);
        }
    }

    private List<Row> rows() throws Exception {
        List<Row> out = new ArrayList<>();
        try (KeptLake.Asking lake = kept.ask(Set.of("acme", "globex"));
                Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            for (KeptLake.File file : lake.files("", Long.MIN_VALUE, Long.MAX_VALUE)) {
                List<String> places = List.copyOf(places(statement, file.path()));
                String columns = String.join(
                        ", ",
                        places.stream()
                                .map(p -> "CAST(\"" + p.replace(".", "\".\"") + "\" AS VARCHAR)")
                                .toList());
                try (ResultSet row = statement.executeQuery("SELECT epoch_ms(time), carom.record, raw_data, " + columns
                        + " FROM read_parquet('" + file.path() + "')")) {
                    while (row.next()) {
                        Map<String, String> values = new HashMap<>();
                        for (int i = 0; i < places.size(); i++) {
                            String value = row.getString(i + 4);
                            if (value != null) {
                                values.put(places.get(i), value.toLowerCase(Locale.ROOT));
                            }
                        }
                        out.add(new Row(row.getLong(1), file.client(), row.getLong(2), row.getString(3), values));
                    }
                }
            }
        }
        return out;
    }

    /// What the plain loop over all rows finds.
    private record Plain(long total, TreeMap<Long, Long> bars, List<String> latest) {}

    private static Plain plain(
            List<Row> rows,
            Set<String> clients,
            EventTest test,
            @Nullable String within,
            long from,
            long until,
            long width) {
        long total = 0;
        TreeMap<Long, Long> bars = new TreeMap<>();
        List<String> all = new ArrayList<>();
        for (Row row : rows) {
            if (clients.contains(row.client)
                    && row.time >= from
                    && row.time < until
                    && (within == null || row.raw.contains(within))
                    && test.fields().stream().allMatch(f -> row.has(f) != f.not())
                    && test.words().stream().allMatch(w -> row.has(w) != w.not())) {
                total++;
                bars.merge(Math.floorDiv(row.time, width), 1L, Long::sum);
                all.add("%d %s %d %s".formatted(row.time, row.client, row.record, row.raw));
            }
        }
        all.sort(java.util.Comparator.reverseOrder());
        return new Plain(total, bars, all);
    }

    private static Set<String> places(Statement statement, Path file) throws SQLException {
        Set<String> out = new java.util.HashSet<>();
        try (ResultSet row =
                statement.executeQuery("SELECT DISTINCT replace(path_in_schema, ', ', '.') FROM parquet_metadata('"
                        + file + "') WHERE path_in_schema NOT LIKE '%, list, element'")) {
            while (row.next()) {
                out.add(row.getString(1));
            }
        }
        return out;
    }

    private static void same(String what, Plain plain, EventSearch.Found found, long from, long width) {
        assertEquals(plain.total, found.total(), what);
        assertTrue(found.whole(), what);
        TreeMap<Long, Long> bars = new TreeMap<>();
        for (int i = 0; i < found.bars().length; i++) {
            if (found.bars()[i] > 0) {
                bars.put(Math.floorDiv(from, width) + i, found.bars()[i]);
            }
        }
        assertEquals(plain.bars, bars, what);
        assertEquals(Math.min(50, plain.total), found.latest().size(), what);
        List<Long> times = found.latest().stream().map(Lake.Event::time).toList();
        assertEquals(
                plain.latest.stream()
                        .limit(50)
                        .map(l -> Long.parseLong(l.split(" ")[0]))
                        .toList(),
                times,
                what);
        for (Lake.Event event : found.latest()) {
            String line = "%d %s %d %s".formatted(event.time(), event.client(), event.record(), event.raw());
            assertTrue(plain.latest.contains(line), () -> what + " gives what is not there: " + line);
            assertTrue(event.path().endsWith(".log"), event.path());
        }
    }

    private void everyTest(String state) throws Exception {
        Random random = new Random(5);
        List<Row> rows = rows();
        Set<String> both = Set.of("acme", "globex");
        for (EventTest test : TESTS) {
            for (int round = 0; round < 2; round++) {
                long from = round == 0 ? FROM : FROM + random.nextInt(100_000_000);
                long until = round == 0 ? FROM + 2 * DAY : from + 1 + random.nextInt(60_000_000);
                long width = List.of(600_000L, 7_000L).get(round);
                Set<String> clients = random.nextInt(3) == 0 ? Set.of("globex") : both;
                same(
                        state + " " + test + " " + from + " to " + until,
                        plain(rows, clients, test, null, from, until, width),
                        ask(clients, test, null, from, until, width, LONG),
                        from,
                        width);
            }
        }
    }

    /// Of the latest events all that their columns have, as the database reads it. What is of several
    /// values the plain rows leave out.
    private void everyAttribute(String state) throws Exception {
        Map<String, Row> rows = new HashMap<>();
        rows().forEach(r -> rows.put(r.client + " " + r.record + " " + r.raw, r));
        try (KeptLake.Asking lake = kept.ask(Set.of("acme", "globex"))) {
            EventSearch.Found found = EventSearch.of(
                    lake,
                    new EventSearch.Asked(
                            EventTest.ANY, null, "", FROM, FROM + 2 * DAY, 50, 1, FROM, 2 * DAY, LONG, 40),
                    EventSearch.Progress.SILENT);
            assertEquals(40, found.attributes().size(), state);
            int compared = 0;
            for (int i = 0; i < 40; i++) {
                Lake.Event event = found.latest().get(i);
                Row row = java.util.Objects.requireNonNull(
                        rows.get(event.client() + " " + event.record() + " " + event.raw()));
                Map<String, List<Object>> attributes = found.attributes().get(i);
                assertFalse(attributes.containsKey("raw_data"), "the record is told beside them");
                for (Map.Entry<String, String> one : row.values.entrySet()) {
                    if (Set.of("time", "raw_data", "carom.input", "carom.record", "carom.source")
                            .contains(one.getKey())) {
                        continue;
                    }
                    String what = state + " " + one.getKey() + " of " + event.raw();
                    List<Object> values = attributes.get(one.getKey());
                    assertTrue(values != null && values.size() == 1, what);
                    String value = values.getFirst().toString();
                    if (value.matches("\\d{4}-.*T.*Z")) {
                        String plain = one.getValue().replace(' ', 't') + "z";
                        assertEquals(
                                java.time.Instant.parse(plain.toUpperCase(Locale.ROOT)),
                                java.time.Instant.parse(value),
                                what);
                    } else {
                        assertEquals(one.getValue(), value.toLowerCase(Locale.ROOT), what);
                    }
                    compared++;
                }
            }
            assertTrue(compared > 40 * 5, "compared: " + compared);
        }
    }

    @Test
    void everySearchFindsWhatAPlainLookAtAllRowsFinds() throws Exception {
        everyTest("as written");
        everyAttribute("as written");
        try (Connection catalog = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("home/lake/catalog.db"));
                Statement statement = catalog.createStatement()) {
            statement.execute("DELETE FROM carom_counts");
        }
        kept.close();
        same(
                "without counts",
                plain(rows(), Set.of("acme"), EventTest.ANY, null, FROM, FROM + DAY, 600_000),
                ask(Set.of("acme"), EventTest.ANY, null, FROM, FROM + DAY, 600_000, LONG),
                FROM,
                600_000);
    }

    @Test
    void aSearchFindsTheSameWhenFilesWereMerged() throws Exception {
        try (LakeWriter writer = Lake.writer(dir.resolve("home"))) {
            new Upkeep(writer).compact(false);
        }
        everyTest("merged");
        everyAttribute("merged");
    }

    @Test
    void oneValueIsFoundByTheIndexWhereverItStands() throws Exception {
        for (String value : List.of("203.0.113.7", "203.0.113.250", "10.0.0.9")) {
            same(
                    value,
                    plain(
                            rows(),
                            Set.of("acme", "globex"),
                            EventTest.ANY,
                            "\"" + value + "\"",
                            FROM,
                            FROM + DAY,
                            600_000),
                    ask(
                            Set.of("acme", "globex"),
                            EventTest.ANY,
                            new Indicator(IndicatorType.IP, value, "", ""),
                            FROM,
                            FROM + DAY,
                            600_000,
                            LONG),
                    FROM,
                    600_000);
        }
    }

    /// What a value looks like does not say in which attribute it stands.
    @Test
    void aNameWithADotIsFoundAsAnAccountAndAsAFile() throws Exception {
        String ends =
                "\"uid\":\"N1\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1,\"id.resp_h\":\"10.0.0.2\",\"id.resp_p\":445";
        Path log = Files.writeString(
                dir.resolve("names.log"),
                "{\"_path\":\"ntlm\",\"ts\":1551660000.0," + ends + ",\"username\":\"Jane.Doe\",\"success\":true}\n"
                        + "{\"_path\":\"smb_files\",\"ts\":1551660001.0," + ends
                        + ",\"action\":\"SMB::FILE_OPEN\",\"name\":\"PSEXESVC.exe\"}\n");
        Ingest.into(dir.resolve("home"), 96 << 10, "acme", List.of(log.toString()));
        Set<String> acme = Set.of("acme");
        List<Row> rows = rows();
        for (EventTest.Field field : List.of(
                field("jane.doe", false, "user.name", "user.email_addr"),
                field("psexesvc.exe", false, "file.name", "file.path"))) {
            EventTest test = new EventTest(List.of(field), List.of());
            Plain plain = plain(rows, acme, test, null, FROM, FROM + DAY, 600_000);
            assertEquals(1, plain.total, field::toString);
            same(field.toString(), plain, ask(acme, test, null, FROM, FROM + DAY, 600_000, LONG), FROM, 600_000);
            Indicator alone = new Indicator(IndicatorType.DOMAIN, field.value(), "", "");
            assertEquals(
                    1,
                    ask(acme, EventTest.ANY, alone, FROM, FROM + DAY, 600_000, LONG)
                            .total(),
                    field::value);
        }
    }

    /// Between two looks at the catalog files may be put together, and the old ones go.
    @Test
    void whatWasMergedSinceTheCatalogWasReadIsFoundWhereItIsNow() throws Exception {
        Set<String> both = Set.of("acme", "globex");
        List<Row> rows = rows();
        KeptLake scanned = new KeptLake(dir.resolve("home"), Long.MAX_VALUE);
        KeptLake lookedUp = new KeptLake(dir.resolve("home"), Long.MAX_VALUE);
        assertEquals(scanned.clients(), lookedUp.clients());
        try (LakeWriter writer = Lake.writer(dir.resolve("home"))) {
            assertFalse(new Upkeep(writer).compact(false).isEmpty());
        }
        kept = scanned;
        EventTest test = TESTS.get(7);
        same(
                "scanned",
                plain(rows, both, test, null, FROM, FROM + 2 * DAY, 600_000),
                ask(both, test, null, FROM, FROM + 2 * DAY, 600_000, LONG),
                FROM,
                600_000);
        kept = lookedUp;
        same(
                "looked up",
                plain(rows, both, EventTest.ANY, "\"203.0.113.7\"", FROM, FROM + DAY, 600_000),
                ask(
                        both,
                        EventTest.ANY,
                        new Indicator(IndicatorType.IP, "203.0.113.7", "", ""),
                        FROM,
                        FROM + DAY,
                        600_000,
                        LONG),
                FROM,
                600_000);
    }

    /// What was cut off by its time is right for the time that it says.
    @Test
    void anAnswerThatIsCutOffIsWholeSinceWhenItSays() throws Exception {
        EventTest test = TESTS.get(3);
        EventSearch.Found none = ask(Set.of("acme"), test, null, FROM, FROM + 2 * DAY, 600_000, -1);
        assertFalse(none.whole());
        assertEquals(0, none.total());
        boolean some = false;
        for (long nanos = 50_000; nanos < LONG && !some; nanos = nanos * 3 / 2) {
            EventSearch.Found found = ask(Set.of("acme"), test, null, FROM, FROM + 2 * DAY, 600_000, nanos);
            if (!found.whole() && found.total() > 0) {
                some = true;
                long since = found.doneTo();
                long[] counted = {0};
                for (Lake.Event event : found.latest()) {
                    counted[0] += event.time() >= since ? 1 : 0;
                }
                Plain plain = plain(rows(), Set.of("acme"), test, null, since, FROM + 2 * DAY, 600_000);
                assertEquals(Math.min(50, plain.total), Math.min(50, counted[0]), "since " + since);
            }
        }
    }

    @Test
    void whatComesIsSeenAndWhatWasMergedWhileOneAskedIsNoFault() throws Exception {
        Set<String> acme = Set.of("acme");
        long before = ask(acme, EventTest.ANY, null, FROM, FROM + 2 * DAY, 600_000, LONG)
                .total();
        Path log = Files.writeString(dir.resolve("more.log"), log(123, 400));
        Ingest.into(dir.resolve("home"), 96 << 10, "acme", List.of(log.toString()));
        long after = before;
        for (int i = 0; i < 300 && after == before; i++) {
            Thread.onSpinWait();
            after = ask(acme, EventTest.ANY, null, FROM, FROM + 2 * DAY, 600_000, LONG)
                    .total();
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
        assertEquals(before + 400, after);
        try (KeptLake.Asking lake = kept.ask(acme)) {
            // While somebody asks nothing goes that they may open.
            try (LakeWriter writer = Lake.writer(dir.resolve("home"))) {
                new Upkeep(writer).compact(false);
            }
            EventSearch.Found found = EventSearch.of(
                    lake,
                    new EventSearch.Asked(TESTS.get(7), null, "", FROM, FROM + 2 * DAY, 50, 1, FROM, 2 * DAY, LONG),
                    EventSearch.Progress.SILENT);
            assertTrue(found.total() > 0);
        }
    }
}
