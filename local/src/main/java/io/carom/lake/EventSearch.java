package io.carom.lake;

import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.sightings.Index;
import io.carom.sightings.Question;
import io.carom.sightings.RowSet;
import io.carom.sightings.SegmentException;
import java.io.IOException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Searches kept events, the latest first. Files go in the order in which they end: from where it has
/// come to, all later events are counted, so an answer that was cut off by its time is whole for a part
/// of the period.
///
/// What passes everything is counted by what the catalog holds of each file; a single value is looked up
/// in the sightings index; for the rest single columns are read, of files that the index says may have
/// it.
public final class EventSearch {
    /// Files beside each other: readers of columns that are kept.
    private static final int THREADS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

    private static final ExecutorService POOL = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("search ", 0).factory());
    private static final ArrayDeque<ParquetColumns> READERS = new ArrayDeque<>();
    /// Bits of rows in memory at a time: indexes of values that are everywhere are read anew for each
    /// file.
    private static final long TOLD_NANOS = 250_000_000L;

    /// How often files may be put together under a search before it goes without what it cannot find.
    private static final int TRIES = 3;

    private final KeptLake.Asking lake;
    private final Asked asked;
    private final Progress progress;
    private final long deadline;
    /// Whether files that are not there are passed over.
    private final boolean last;

    /// Files were replaced between what the catalog said and the look at them: what they held is in others.
    private static final class MovedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// What is asked.
    ///
    /// @param value looked up in the index, in any attribute; null for none. A domain is also looked for as
    ///     the name of a file or an account: `cmd.exe` and `jane.doe` look like one
    /// @param table an OCSF class; empty for all
    /// @param from and `until`: milliseconds since 1970; the latter is not in it
    /// @param most events that are given, the latest
    /// @param bars of the histogram, each `width` milliseconds from `barsFrom` on
    /// @param nanos after which it ends with what it has
    /// @param attributes of how many of the latest events all attributes are read; each costs a look into
    ///     every column
    public record Asked(
            EventTest test,
            @Nullable Indicator value,
            String table,
            long from,
            long until,
            int most,
            int bars,
            long barsFrom,
            long width,
            long nanos,
            int attributes) {
        /// The same, and of no event the attributes.
        public Asked(
                EventTest test,
                @Nullable Indicator value,
                String table,
                long from,
                long until,
                int most,
                int bars,
                long barsFrom,
                long width,
                long nanos) {
            this(test, value, table, from, until, most, bars, barsFrom, width, nanos, 0);
        }
    }

    /// What was found.
    ///
    /// @param total events that pass, of those that were looked at
    /// @param doneTo all events from here on were looked at; `from` where all were
    /// @param whole whether all were
    /// @param attributes of the first of the latest, by their places: texts, numbers, truth values, and
    ///     times in ISO 8601
    public record Found(
            long total,
            long[] bars,
            List<Lake.Event> latest,
            long doneTo,
            boolean whole,
            List<Map<String, List<Object>>> attributes) {
        public Found {
            latest = List.copyOf(latest);
            attributes = List.copyOf(attributes);
        }
    }

    /// What is told of an event otherwise than among its attributes.
    private static final Set<String> TOLD =
            Set.of("time", Layout.CLASS, Layout.CATEGORY, Layout.INPUT, Layout.RECORD, Layout.SOURCE, Layout.RAW);

    /// Is told how far it has come.
    @FunctionalInterface
    public interface Progress {
        Progress SILENT = (total, doneTo) -> {};

        /// @param doneTo all events from here on were looked at
        void at(long total, long doneTo) throws IOException;
    }

    private EventSearch(KeptLake.Asking lake, Asked asked, Progress progress, long deadline, boolean last) {
        this.lake = lake;
        this.asked = asked;
        this.progress = progress;
        this.deadline = deadline;
        this.last = last;
    }

    public static Found of(KeptLake.Asking lake, Asked asked, Progress progress) throws IOException {
        long deadline = System.nanoTime() + asked.nanos;
        try {
            for (int tried = 1; ; tried++) {
                try {
                    return new EventSearch(lake, asked, progress, deadline, tried == TRIES).run();
                } catch (MovedException e) {
                    lake.anew();
                }
            }
        } catch (ParquetException e) {
            throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
        } catch (SegmentException e) {
            throw Sightings.damaged(e);
        }
    }

    /// An event that passes.
    private record Row(KeptLake.File file, int group, int row, long time) {
        static final Comparator<Row> EARLIEST_FIRST = Comparator.comparingLong(Row::time)
                .thenComparing((Row r) -> r.file.path(), Comparator.reverseOrder())
                .thenComparingInt(r -> -r.group)
                .thenComparingInt(r -> -r.row);
    }

    /// Which rows of a file's row group pass.
    private interface Chooser {
        /// @param base the number in the file of the group's first row
        BitSet rows(ParquetColumns columns, KeptLake.File file, int group, int base, int rows) throws IOException;
    }

    /// A file to be looked at.
    ///
    /// @param count whether its events are counted, or known already
    private record Work(KeptLake.File file, boolean count) {}

    private final long[] bars() {
        return sum;
    }

    private long[] sum = new long[0];
    private long total;
    private PriorityQueue<Row> top = new PriorityQueue<>(Row.EARLIEST_FIRST);

    private Found run() throws IOException {
        sum = new long[asked.bars];
        List<KeptLake.File> files = lake.files(asked.table, asked.from, asked.until);
        List<Work> work = new ArrayList<>();
        Chooser chooser;
        Indicator value = asked.value;
        if (value != null) {
            Map<Path, List<Rows>> rows = rows(meant(value));
            files.removeIf(f -> !rows.containsKey(f.path()));
            files.forEach(f -> work.add(new Work(f, true)));
            chooser = (columns, file, group, base, n) -> among(Objects.requireNonNull(rows.get(file.path())), base, n);
        } else if (asked.test.any()) {
            chooser = (columns, file, group, base, n) -> all(n);
            known(files, work);
        } else {
            Set<Path> may = may(files);
            files.removeIf(f -> !may.contains(f.path()));
            files.forEach(f -> work.add(new Work(f, true)));
            chooser = new Tests(asked.test);
        }
        long doneTo = look(work, chooser);
        List<Row> latest = new ArrayList<>(top);
        latest.sort(Row.EARLIEST_FIRST.reversed());
        List<Read> read = events(latest);
        return new Found(
                total,
                sum,
                read.stream().map(Read::event).toList(),
                doneTo,
                doneTo <= asked.from,
                read.stream().limit(asked.attributes).map(Read::attributes).toList());
    }

    private static BitSet all(int rows) {
        BitSet out = new BitSet(rows);
        out.set(0, rows);
        return out;
    }

    // ---- what the catalog knows

    /// Counts the files of which the catalog says enough; gives those that must be opened: for the rest,
    /// and for the latest events.
    private void known(List<KeptLake.File> files, List<Work> work) {
        TreeMap<Long, Long> buckets = new TreeMap<>();
        Set<Path> counted = new HashSet<>();
        boolean even = asked.width % TimeCounts.BUCKET == 0 && asked.barsFrom % TimeCounts.BUCKET == 0;
        for (KeptLake.File file : files) {
            byte[] counts = file.counts();
            boolean begins = file.first() >= asked.from || Math.floorMod(asked.from, TimeCounts.BUCKET) == 0;
            boolean ends = file.last() < asked.until || Math.floorMod(asked.until, TimeCounts.BUCKET) == 0;
            if (counts != null) {
                TimeCounts.each(counts, (start, n) -> buckets.merge(start, n, Long::sum));
            }
            if (counts != null && even && begins && ends) {
                counted.add(file.path());
                TimeCounts.each(counts, (start, n) -> {
                    if (start + TimeCounts.BUCKET > asked.from && start < asked.until) {
                        count(start, n);
                    }
                });
            }
        }
        long since = since(buckets);
        for (KeptLake.File file : files) {
            boolean count = !counted.contains(file.path());
            if (count || file.last() >= since && holds(file, since)) {
                work.add(new Work(file, count));
            }
        }
    }

    private void count(long time, long n) {
        total += n;
        long bar = Math.floorDiv(time - asked.barsFrom, asked.width);
        if (bar >= 0 && bar < sum.length) {
            sum[(int) bar] += n;
        }
    }

    /// Since when as many events are there as are wanted.
    private long since(TreeMap<Long, Long> buckets) {
        long n = 0;
        for (Map.Entry<Long, Long> one : buckets.descendingMap().entrySet()) {
            long start = one.getKey();
            if (start < asked.until && start + TimeCounts.BUCKET > asked.from) {
                // Of a bucket that the period cuts it is not known how many are within.
                n += start + TimeCounts.BUCKET > asked.until ? 0 : one.getValue();
                if (n >= asked.most) {
                    return start;
                }
            }
        }
        return asked.from;
    }

    private static boolean holds(KeptLake.File file, long since) {
        byte[] counts = file.counts();
        if (counts == null) {
            return true;
        }
        boolean[] any = new boolean[1];
        TimeCounts.each(counts, (start, n) -> any[0] |= start >= since);
        return any[0];
    }

    // ---- what the index knows

    /// Rows that hold a value, of a shard.
    private record Rows(long base, RowSet rows) {}

    /// What a value may be that was told by its looks alone.
    private static List<Indicator> meant(Indicator value) {
        if (value.type() != IndicatorType.DOMAIN) {
            return List.of(value);
        }
        // Hosts are kept as they travel, files and accounts as they are written.
        String written = IDN.toUnicode(value.value()).toLowerCase(Locale.ROOT);
        return List.of(
                value,
                new Indicator(IndicatorType.FILE_NAME, written, "", ""),
                new Indicator(IndicatorType.ACCOUNT, written, "", ""));
    }

    private Map<Path, List<Rows>> rows(List<Indicator> values) throws IOException {
        Map<Path, List<Rows>> out = new HashMap<>();
        Sightings sightings = lake.sightings();
        Question question = new Question(values);
        for (String client : sightings.clients()) {
            for (Index.Hit hit : sightings.index(client).ask(question)) {
                hit.shards().each((id, count, first, last, its) -> {
                    Sightings.Shard shard = sightings.shard(client, id);
                    if (shard != null) {
                        if (!this.last && !lake.has(shard.file())) {
                            throw new MovedException();
                        }
                        RowSet rows = new RowSet();
                        its.into(rows);
                        out.computeIfAbsent(shard.file(), f -> new ArrayList<>(2))
                                .add(new Rows(shard.base(), rows));
                    }
                });
            }
        }
        return out;
    }

    /// Those of a file's rows that are in a row group.
    private static BitSet among(List<Rows> rows, int base, int n) {
        BitSet out = new BitSet(n);
        for (Rows some : rows) {
            some.rows.each(row -> {
                long at = some.base + row - base;
                if (at >= 0 && at < n) {
                    out.set((int) at);
                }
            });
        }
        return out;
    }

    /// Files that may have what is looked for, as far as the index can say.
    private Set<Path> may(List<KeptLake.File> files) throws IOException {
        Set<Path> out = new HashSet<>();
        files.forEach(f -> out.add(f.path()));
        for (EventTest.Field field : asked.test.fields()) {
            List<Indicator> indexed = field.not() ? List.of() : indexed(field);
            if (!indexed.isEmpty() && lake.sightings().missing() == 0) {
                out.retainAll(rows(indexed).keySet());
            }
        }
        return out;
    }

    /// A field's value as the index has it, for each way in which its attributes are read; empty where the
    /// index has not all of what the field may hold.
    private static List<Indicator> indexed(EventTest.Field field) {
        if (field.value().contains("*")) {
            return List.of();
        }
        Set<Indicator> all = new LinkedHashSet<>();
        for (String place : field.places()) {
            List<Indicator> one;
            try {
                one = indexed(ObservableKeys.type(Attribute.of(place)), field.value());
            } catch (IllegalArgumentException e) {
                return List.of();
            }
            if (one == null) {
                return List.of();
            }
            all.addAll(one);
        }
        return List.copyOf(all);
    }

    /// By what attribute it stands in, and not by its looks: `jane.doe` is no domain where accounts are.
    ///
    /// @param type as {@link ObservableKeys#type} has it
    /// @return empty where no such value can stand there; null where the index does not tell
    private static @Nullable List<Indicator> indexed(int type, String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.isBlank() || lower.getBytes(StandardCharsets.UTF_8).length > ObservableKeys.LONGEST) {
            return null;
        }
        boolean address = Cidr.address(lower) != null;
        return switch (type) {
            case 0 -> address ? one(IndicatorType.IP, lower) : host(lower);
            case 1 -> host(lower);
            // An address of IPv6 has forms that are none to the index, such as one with a zone.
            case 2 ->
                address
                        ? one(IndicatorType.IP, lower)
                        : lower.indexOf(':') < 0 && lower.indexOf('.') > 0 ? List.of() : null;
            case 4 -> one(IndicatorType.ACCOUNT, lower);
            case 5 -> lower.indexOf('<') < 0 ? one(IndicatorType.EMAIL, lower) : null;
            case 7, 9, 45 -> {
                String name = lower.substring(Math.max(lower.lastIndexOf('/'), lower.lastIndexOf('\\')) + 1);
                yield name.isEmpty() ? null : one(IndicatorType.FILE_NAME, name);
            }
            case 8 -> one(IndicatorType.HASH, lower);
            case 16 -> one(IndicatorType.USER_AGENT, lower);
            default -> null;
        };
    }

    private static @Nullable List<Indicator> host(String lower) {
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        // What is not ASCII is kept as it travels, or as it stands where it cannot: that is not told here.
        return name.isEmpty() || !name.chars().allMatch(c -> c < 0x80) ? null : one(IndicatorType.DOMAIN, name);
    }

    private static List<Indicator> one(IndicatorType type, String value) {
        return List.of(new Indicator(type, value, "", ""));
    }

    // ---- what columns say

    /// Looks into the columns that are asked about.
    private record Tests(List<Tested> fields, List<Worded> words) implements Chooser {
        private record Tested(List<String> places, ValuePattern value, boolean not) {}

        private record Worded(ValuePattern value, boolean not) {}

        Tests(EventTest test) {
            this(
                    test.fields().stream()
                            .map(f -> new Tested(f.places(), ValuePattern.whole(f.value()), f.not()))
                            .toList(),
                    test.words().stream()
                            .map(w -> new Worded(ValuePattern.within(w.value()), w.not()))
                            .toList());
        }

        @Override
        public BitSet rows(ParquetColumns columns, KeptLake.File file, int group, int base, int n) throws IOException {
            BitSet out = all(n);
            for (Tested field : fields) {
                BitSet has = new BitSet();
                for (String place : field.places) {
                    has.or(columns.rows(group, place, field.value));
                }
                if (field.not) {
                    out.andNot(has);
                } else {
                    out.and(has);
                }
                if (out.isEmpty()) {
                    return out;
                }
            }
            if (!words.isEmpty()) {
                BitSet no = new BitSet();
                BitSet[] found = new BitSet[words.size()];
                Arrays.setAll(found, i -> new BitSet());
                columns.read(group, Layout.RAW, out, new ParquetColumns.Taker() {
                    @Override
                    public void bytes(int row, byte[] bytes, int from, int to) {
                        for (int i = 0; i < found.length; i++) {
                            if (words.get(i).value.bytes(bytes, from, to)) {
                                found[i].set(row);
                            } else if (!words.get(i).not) {
                                return;
                            }
                        }
                    }

                    @Override
                    public void number(int row, long value) {
                        no.set(row);
                    }
                });
                for (int i = 0; i < found.length; i++) {
                    if (words.get(i).not) {
                        out.andNot(found[i]);
                    } else {
                        out.and(found[i]);
                    }
                }
            }
            return out;
        }
    }

    // ---- looking

    private static ParquetColumns reader() {
        synchronized (READERS) {
            ParquetColumns known = READERS.pollFirst();
            return known == null ? new ParquetColumns() : known;
        }
    }

    private static void back(ParquetColumns reader) throws IOException {
        synchronized (READERS) {
            if (READERS.size() < 2 * THREADS) {
                READERS.addFirst(reader);
                return;
            }
        }
        reader.close();
    }

    /// @return all events from here on were looked at
    private long look(List<Work> work, Chooser chooser) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        boolean[] done = new boolean[work.size()];
        long[] told = {System.nanoTime()};
        List<Future<Boolean>> others = new ArrayList<>();
        Looking looking = new Looking(work, chooser, next, over, done);
        for (int i = 1; i < Math.min(THREADS, work.size() / 4); i++) {
            others.add(POOL.submit(() -> looking.go(null)));
        }
        try {
            looking.go(() -> {
                if (System.nanoTime() - told[0] > TOLD_NANOS) {
                    told[0] = System.nanoTime();
                    long so;
                    synchronized (this) {
                        so = total;
                    }
                    progress.at(so, doneTo(work, done));
                }
            });
        } finally {
            over.compareAndSet(false, next.get() < work.size());
            for (Future<Boolean> other : others) {
                await(other);
            }
        }
        return doneTo(work, done);
    }

    private static void await(Future<Boolean> other) throws IOException {
        try {
            other.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        } catch (java.util.concurrent.ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IOException(e);
            }
        }
    }

    private long doneTo(List<Work> work, boolean[] done) {
        synchronized (done) {
            for (int i = 0; i < done.length; i++) {
                if (!done[i]) {
                    return Math.max(asked.from + 1, work.get(i).file.last() + 1);
                }
            }
        }
        return asked.from;
    }

    private interface Between {
        void run() throws IOException;
    }

    private final class Looking {
        private final List<Work> work;
        private final Chooser chooser;
        private final AtomicInteger next;
        private final AtomicBoolean over;
        private final boolean[] done;

        Looking(List<Work> work, Chooser chooser, AtomicInteger next, AtomicBoolean over, boolean[] done) {
            this.work = work;
            this.chooser = chooser;
            this.next = next;
            this.over = over;
            this.done = done;
        }

        boolean go(@Nullable Between between) throws IOException {
            ParquetColumns columns = reader();
            try {
                for (int i = next.getAndIncrement(); i < work.size(); i = next.getAndIncrement()) {
                    if (over.get() || System.nanoTime() > deadline) {
                        over.set(true);
                        return false;
                    }
                    file(columns, work.get(i), chooser);
                    synchronized (done) {
                        done[i] = true;
                    }
                    if (between != null) {
                        between.run();
                    }
                }
                return true;
            } finally {
                back(columns);
            }
        }
    }

    private void file(ParquetColumns columns, Work work, Chooser chooser) throws IOException {
        KeptLake.File file = work.file;
        ParquetFooter footer;
        try {
            footer = columns.open(file.path());
        } catch (NoSuchFileException e) {
            // Merged or expired since the catalog was read: what it held is in another one now.
            if (!last) {
                throw new MovedException();
            }
            return;
        }
        int base = 0;
        for (int group = 0; group < footer.groups().size(); group++) {
            int n = footer.groups().get(group).rows();
            BitSet rows = chooser.rows(columns, file, group, base, n);
            base += n;
            if (rows.isEmpty()) {
                continue;
            }
            long[] times = columns.times(group);
            if (file.first() < asked.from || file.last() >= asked.until) {
                for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
                    if (times[row] < asked.from || times[row] >= asked.until) {
                        rows.clear(row);
                    }
                }
            }
            take(work, group, rows, times);
        }
    }

    private synchronized void take(Work work, int group, BitSet rows, long[] times) {
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            if (work.count) {
                count(times[row], 1);
            }
            if (asked.most > 0) {
                Row earliest = top.peek();
                if (top.size() < asked.most || earliest != null && times[row] >= earliest.time) {
                    Row one = new Row(work.file, group, row, times[row]);
                    if (top.size() < asked.most || Row.EARLIEST_FIRST.compare(one, earliest) > 0) {
                        top.add(one);
                        if (top.size() > asked.most) {
                            top.poll();
                        }
                    }
                }
            }
        }
    }

    // ---- the events themselves

    private record Read(Lake.Event event, Map<String, List<Object>> attributes) {}

    private List<Read> events(List<Row> rows) throws IOException {
        Map<KeptLake.File, List<Row>> byFile = new HashMap<>();
        rows.forEach(r -> byFile.computeIfAbsent(r.file, f -> new ArrayList<>()).add(r));
        Set<Row> whole = new HashSet<>(rows.subList(0, Math.min(rows.size(), asked.attributes)));
        Map<Row, Read> read = new HashMap<>();
        ParquetColumns columns = reader();
        try {
            for (Map.Entry<KeptLake.File, List<Row>> file : byFile.entrySet()) {
                ParquetFooter footer = columns.open(file.getKey().path());
                Map<Integer, List<Row>> byGroup = new TreeMap<>();
                file.getValue()
                        .forEach(r -> byGroup.computeIfAbsent(r.group, g -> new ArrayList<>())
                                .add(r));
                for (Map.Entry<Integer, List<Row>> group : byGroup.entrySet()) {
                    BitSet wanted = new BitSet();
                    group.getValue().stream().filter(whole::contains).forEach(r -> wanted.set(r.row));
                    events(
                            columns,
                            group.getKey(),
                            group.getValue(),
                            attributes(columns, footer, group.getKey(), wanted),
                            read);
                }
            }
        } catch (NoSuchFileException e) {
            // Gone between two looks: what was read of the others stands.
        } finally {
            back(columns);
        }
        List<Read> out = new ArrayList<>();
        for (Row row : rows) {
            Read one = read.get(row);
            if (one != null) {
                out.add(one);
            }
        }
        return out;
    }

    /// All that some rows of a group have in columns, by row and place.
    private static Map<Integer, Map<String, List<Object>>> attributes(
            ParquetColumns columns, ParquetFooter footer, int group, BitSet rows) throws IOException {
        Map<Integer, Map<String, List<Object>>> out = new HashMap<>();
        if (rows.isEmpty()) {
            return out;
        }
        for (Map.Entry<String, ParquetFooter.Chunk> column :
                footer.groups().get(group).chunks().entrySet()) {
            String place = column.getKey();
            if (TOLD.contains(place)) {
                continue;
            }
            columns.read(group, place, rows, new ParquetColumns.Taker() {
                @Override
                public void bytes(int row, byte[] bytes, int from, int to) {
                    take(row, new String(bytes, from, to - from, StandardCharsets.UTF_8));
                }

                @Override
                public void number(int row, long value) {
                    take(row, ParquetColumns.shown(column.getValue(), value));
                }

                private void take(int row, Object value) {
                    out.computeIfAbsent(row, r -> new TreeMap<>())
                            .computeIfAbsent(place, p -> new ArrayList<>())
                            .add(value);
                }
            });
        }
        return out;
    }

    private void events(
            ParquetColumns columns,
            int group,
            List<Row> rows,
            Map<Integer, Map<String, List<Object>>> attributes,
            Map<Row, Read> into)
            throws IOException {
        BitSet wanted = new BitSet();
        rows.forEach(r -> wanted.set(r.row));
        Map<Integer, String> sources = texts(columns, group, Layout.SOURCE, wanted);
        Map<Integer, String> inputs = texts(columns, group, Layout.INPUT, wanted);
        Map<Integer, String> records = texts(columns, group, Layout.RECORD, wanted);
        Map<Integer, String> raw = texts(columns, group, Layout.RAW, wanted);
        Map<String, String> paths = new HashMap<>();
        for (Row row : rows) {
            String input = inputs.getOrDefault(row.row, "");
            String path = paths.get(input);
            if (path == null) {
                path = lake.path(row.file.client(), input);
                paths.put(input, path);
            }
            into.put(
                    row,
                    new Read(
                            new Lake.Event(
                                    row.file.client(),
                                    sources.getOrDefault(row.row, ""),
                                    row.file.table(),
                                    row.time,
                                    path,
                                    Long.parseLong(records.getOrDefault(row.row, "0")),
                                    raw.getOrDefault(row.row, "")),
                            attributes.getOrDefault(row.row, Map.of())));
        }
    }

    private static Map<Integer, String> texts(ParquetColumns columns, int group, String place, BitSet rows)
            throws IOException {
        Map<Integer, String> out = new HashMap<>();
        columns.read(group, place, rows, new ParquetColumns.Taker() {
            @Override
            public void bytes(int row, byte[] bytes, int from, int to) {
                out.put(row, new String(bytes, from, to - from, StandardCharsets.UTF_8));
            }

            @Override
            public void number(int row, long value) {
                out.put(row, Long.toString(value));
            }
        });
        return out;
    }
}
