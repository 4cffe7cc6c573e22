package io.carom.cli;

import io.carom.detect.indicator.IndicatorSet;
import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.lake.KeptScan;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.run.Hunt;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// `carom bench hunt`: a long list of indicators against the sightings index, cold and warm, and against
/// what must give the same: a look at every value.
@Command(
        name = "hunt",
        description = "Times a hunt for many indicators, cold and warm, and compares its answer with a full scan.",
        header = {
            "Examples:",
            "  carom bench hunt --home /tmp/bench --raw logs/",
            "  carom bench hunt --made 10000000 --dir /tmp/bench",
            "",
            "With --home: what is kept there; beside it DuckDB over the same Parquet files, and",
            "rg -F -f over the raw logs, if rg is on the PATH. With --made: an index of so many",
            "events made here. The cold run drops the system's file cache and needs to be root.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchHuntCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Runs with a cold file cache in a program that has asked before, as a server has.
    private static final int COLD = 5;

    @Mixin
    Common common = new Common();

    @Option(names = "--indicators", defaultValue = "100000", description = "How many (default ${DEFAULT-VALUE}).")
    int count = 100_000;

    @Option(names = "--made", paramLabel = "N", description = "Make an index of so many events.")
    long made;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the made index goes.")
    Path dir = Path.of("bench-hunt");

    @Option(names = "--raw", paramLabel = "PATH", description = "The raw logs of what is kept, for rg.")
    @Nullable
    Path raw;

    @Option(names = "--runs", defaultValue = "5", description = "Warm runs (default ${DEFAULT-VALUE}).")
    int runs = 5;

    @Option(
            names = "--warm-up",
            defaultValue = "0",
            description =
                    "Runs before those, so that the program is compiled as in a server (default ${DEFAULT-VALUE}).")
    int warmUp;

    @Option(names = "--alone", description = "Without DuckDB and rg.")
    boolean alone;

    @Override
    public Integer call() throws Exception {
        return made > 0 ? made() : kept();
    }

    private int kept() throws Exception {
        ObjectNode line = JSON.createObjectNode();
        boolean same;
        try (Lake lake = Lake.open(common.home())) {
            Set<String> clients = Set.copyOf(lake.clients());
            List<Indicator> indicators;
            try (Sightings sightings = lake.sightings(clients)) {
                line.put(
                        "events",
                        sightings.spans().stream()
                                .mapToLong(Sightings.Span::events)
                                .sum());
                line.put("index_bytes", sightings.bytes());
                line.put("lake_bytes", bytes(common.home().resolve("lake")) - sightings.bytes());
                indicators = indicators(sightings);
            }
            line.put("indicators", indicators.size());
            line.put("cold_cache", dropCaches());
            double usedBefore = processor();
            long begun = System.nanoTime();
            List<Hunt.Sighting> seen = ask(lake, clients, indicators);
            line.put("cold_s", since(begun)).put("cold_processor_s", processor() - usedBefore);
            double[] warm = new double[runs];
            double[] used = new double[runs];
            for (int i = 0; i < warmUp; i++) {
                ask(lake, clients, indicators);
            }
            for (int i = 0; i < runs; i++) {
                double before = processor();
                begun = System.nanoTime();
                ask(lake, clients, indicators);
                warm[i] = since(begun);
                used[i] = processor() - before;
            }
            spread(line, "warm", warm);
            spread(line, "warm_processor", used);
            double[] cold = new double[COLD];
            double[] coldUsed = new double[COLD];
            for (int i = 0; i < COLD; i++) {
                dropCaches();
                double before = processor();
                begun = System.nanoTime();
                ask(lake, clients, indicators);
                cold[i] = since(begun);
                coldUsed[i] = processor() - before;
            }
            spread(line, "cold_again", cold);
            spread(line, "cold_again_processor", coldUsed);
            line.put("seen", seen.size());
            common.note(JSON.writeValueAsString(line));
            long started = System.nanoTime();
            KeptScan.Found found = KeptScan.of(common.home(), clients, new IndicatorSet(indicators));
            line.put("scan_s", since(started));
            same = same(seen, found);
            line.put("same_as_scan", same);
            if (!alone) {
                common.note(JSON.writeValueAsString(line));
                duckdb(lake, clients, indicators, line);
                rg(indicators, line);
            }
        }
        common.out().println(JSON.writeValueAsString(line));
        return same ? Exit.DONE : Exit.FAILED;
    }

    private static List<Hunt.Sighting> ask(Lake lake, Set<String> clients, List<Indicator> indicators)
            throws IOException {
        try (Sightings sightings = lake.sightings(clients)) {
            return new Hunt(lake, sightings, Hunt.Period.ALL).seen(indicators);
        }
    }

    private static boolean same(List<Hunt.Sighting> seen, KeptScan.Found found) {
        int next = 0;
        for (int i = 0; i < found.count().length; i++) {
            if (found.count()[i] == 0) {
                continue;
            }
            if (next == seen.size()) {
                return false;
            }
            Hunt.Sighting s = seen.get(next++);
            if (s.number() != i
                    || s.count() != found.count()[i]
                    || s.first() != found.first()[i]
                    || s.last() != found.last()[i]) {
                return false;
            }
        }
        return next == seen.size();
    }

    private int made() throws Exception {
        ObjectNode line = JSON.createObjectNode();
        MadeSightings sightings = new MadeSightings(dir, made);
        long started = System.nanoTime();
        sightings.write();
        line.put("events", made)
                .put("write_s", since(started))
                .put("write_processor_s", processor())
                .put("index_bytes", bytes(dir));
        List<Indicator> indicators = new ArrayList<>(absent(count - count / 100));
        indicators.addAll(sightings.present(count / 100));
        Collections.shuffle(indicators, new Random(3));
        line.put("indicators", indicators.size());
        line.put("cold_cache", dropCaches());
        double begun = processor();
        started = System.nanoTime();
        long[][] answer = sightings.ask(indicators);
        line.put("cold_s", since(started)).put("cold_processor_s", processor() - begun);
        double[] warm = new double[runs];
        double[] used = new double[runs];
        for (int i = 0; i < runs; i++) {
            double before = processor();
            started = System.nanoTime();
            sightings.ask(indicators);
            warm[i] = since(started);
            used[i] = processor() - before;
        }
        spread(line, "warm", warm);
        spread(line, "warm_processor", used);
        line.put("seen", Arrays.stream(answer[0]).filter(n -> n > 0).count());
        started = System.nanoTime();
        long[][] scan = sightings.scan(new IndicatorSet(indicators));
        line.put("scan_s", since(started));
        boolean same = Arrays.deepEquals(answer, scan);
        line.put("same_as_scan", same);
        common.out().println(JSON.writeValueAsString(line));
        return same ? Exit.DONE : Exit.FAILED;
    }

    /// Processor time of this process so far, all threads: what a run costs however busy the machine is.
    private static double processor() {
        long nanos = ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
        return Math.round(nanos / 1e5) / 1e4;
    }

    private static void spread(ObjectNode line, String name, double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        line.put(name + "_median_s", sorted[sorted.length / 2]);
        line.put(name + "_best_s", sorted[0]);
        line.put(name + "_worst_s", sorted[sorted.length - 1]);
    }

    private static double since(long started) {
        return Math.round((System.nanoTime() - started) / 1e5) / 1e4;
    }

    private static long bytes(Path folder) throws IOException {
        try (java.util.stream.Stream<Path> walk = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    /// Whether the system's file cache could be dropped.
    private static boolean dropCaches() {
        try {
            new ProcessBuilder("sync").start().waitFor();
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// One in a hundred is a key of the index, the others are of all types and nowhere.
    private List<Indicator> indicators(Sightings sightings) {
        Random random = new Random(11);
        List<Indicator> keys = new ArrayList<>();
        int[] met = {0};
        int wanted = count / 100;
        for (String client : sightings.clients()) {
            sightings.index(client).eachKey((kind, value) -> {
                // Each key with the same chance.
                Indicator indicator = present(kind, value, met[0]);
                if (indicator == null) {
                    return;
                }
                int at = met[0]++ < wanted ? keys.size() : random.nextInt(met[0]);
                if (at == keys.size()) {
                    keys.add(indicator);
                } else if (at < wanted) {
                    keys.set(at, indicator);
                }
            });
        }
        List<Indicator> all = new ArrayList<>(absent(count - wanted));
        all.addAll(keys);
        Collections.shuffle(all, random);
        return all.stream().distinct().toList();
    }

    static @Nullable Indicator present(int kind, byte[] value, int number) {
        String text = new String(value, StandardCharsets.UTF_8);
        IndicatorType type = switch (kind) {
            case ObservableKeys.IP4, ObservableKeys.IP6 -> IndicatorType.IP;
            case ObservableKeys.HOST -> IndicatorType.DOMAIN;
            case ObservableKeys.URL -> IndicatorType.URL;
            case ObservableKeys.HASH -> IndicatorType.HASH;
            case ObservableKeys.EMAIL -> IndicatorType.EMAIL;
            case ObservableKeys.FILE -> IndicatorType.FILE_NAME;
            case ObservableKeys.ACCOUNT -> IndicatorType.ACCOUNT;
            default -> IndicatorType.USER_AGENT;
        };
        if (type == IndicatorType.IP) {
            try {
                text = InetAddress.getByAddress(value).getHostAddress();
            } catch (java.net.UnknownHostException e) {
                return null;
            }
            if (number % 8 == 0 && value.length == 4) {
                return new Indicator(
                        IndicatorType.CIDR, text.substring(0, text.lastIndexOf('.')) + ".0/28", "", "bench");
            }
        }
        if (text.startsWith("*") || text.endsWith("*")) {
            return null;
        }
        return new Indicator(type, text, "", "bench");
    }

    /// All different, all nowhere: of networks for tests and documentation that no log of a scenario holds.
    static List<Indicator> absent(int count) {
        Random random = new Random(7);
        Set<Indicator> all = new LinkedHashSet<>();
        for (int i = 0; all.size() < count; i++) {
            String hex = Long.toHexString(random.nextLong() | Long.MIN_VALUE);
            all.add(
                    switch (i % 10) {
                        case 0, 1, 2 -> of(IndicatorType.IP, "100." + (64 + random.nextInt(60)) + "." + octets(random));
                        case 3, 4 -> of(IndicatorType.DOMAIN, hex + ".bench-absent.test");
                        case 5 -> of(IndicatorType.URL, hex + ".bench-absent.test/" + i);
                        case 6 -> of(IndicatorType.HASH, (hex + hex).substring(0, 32));
                        case 7 -> of(IndicatorType.EMAIL, hex + "@bench-absent.test");
                        case 8 ->
                            i % 20 == 8
                                    ? of(IndicatorType.FILE_NAME, hex + ".scr")
                                    : of(IndicatorType.ACCOUNT, "nobody-" + hex);
                        default ->
                            i % 20 == 9
                                    ? of(
                                            IndicatorType.CIDR,
                                            "100." + (124 + random.nextInt(3)) + "." + random.nextInt(256) + "."
                                                    + random.nextInt(16) * 16 + "/28")
                                    : of(IndicatorType.USER_AGENT, "agent " + hex);
                    });
        }
        return List.copyOf(all);
    }

    private static String octets(Random random) {
        return random.nextInt(256) + "." + random.nextInt(256);
    }

    private static Indicator of(IndicatorType type, String value) {
        return new Indicator(type, value, "", "bench");
    }

    /// DuckDB joins every text column that holds observables with the list: whole values only, which is less
    /// than a hunt does.
    private void duckdb(Lake lake, Set<String> clients, List<Indicator> indicators, ObjectNode line) throws Exception {
        Path list = Files.createTempFile("carom-bench", ".csv");
        try (Connection connection = lake.connect(clients, list.toAbsolutePath().getParent());
                Statement statement = connection.createStatement()) {
            Files.write(
                    list,
                    indicators.stream()
                            .map(Indicator::value)
                            .filter(v -> !v.contains("\""))
                            .toList());
            statement.execute("CREATE TEMP TABLE wanted AS SELECT column0 AS v FROM read_csv('" + list
                    + "', header = false, columns = {column0: 'VARCHAR'}, delim = '\\x01', quote = '')");
            dropCaches();
            double usedBefore = processor();
            long started = System.nanoTime();
            long rows = 0;
            List<String> columns = new ArrayList<>();
            try (ResultSet tables = statement.executeQuery(
                    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'main'"
                            + " AND table_name <> 'wanted' AND table_name <> 'rejects'")) {
                while (tables.next()) {
                    texts(tables.getString(1), "\"" + tables.getString(2) + "\"", tables.getString(3), columns);
                }
            }
            for (String column : columns) {
                try (ResultSet n =
                        statement.executeQuery("SELECT count(*) FROM " + column + " SEMI JOIN wanted USING (v)")) {
                    n.next();
                    rows += n.getLong(1);
                }
            }
            line.put("duckdb_processor_s", processor() - usedBefore);
            line.put("duckdb_s", since(started))
                    .put("duckdb_columns", columns.size())
                    .put("duckdb_rows", rows);
        } catch (SQLException e) {
            line.put("duckdb", "failed: " + e.getMessage());
        } finally {
            Files.delete(list);
        }
    }

    /// The columns of endpoints and names, which most indicators are about, as what is asked of each.
    private static void texts(String table, String column, String type, List<String> into) {
        boolean list = type.endsWith("[]");
        for (String member :
                List.of("ip", "hostname", "name", "email_addr", "user_agent", "url_string", "rdata", "value")) {
            for (String text : List.of(member + " VARCHAR", "\"" + member + "\" VARCHAR")) {
                if (type.startsWith("STRUCT(") && type.contains(text) && topLevel(type, member)) {
                    boolean many = list || type.contains(text + "[]");
                    String value = list
                            ? "list_transform(" + column + ", lambda s: s.\"" + member + "\")"
                            : column + ".\"" + member + "\"";
                    into.add(
                            many
                                    ? "(SELECT lower(unnest(" + value + ")) AS v FROM main.\"" + table + "\")"
                                    : "(SELECT lower(" + value + ") AS v FROM main.\"" + table + "\")");
                    break;
                }
            }
        }
    }

    private static boolean topLevel(String type, String member) {
        int depth = 0;
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 1
                    && (type.startsWith(member + " VARCHAR", i) || type.startsWith("\"" + member + "\" VARCHAR", i))
                    && (type.charAt(i - 1) == '(' || type.charAt(i - 1) == ' ')) {
                return true;
            }
        }
        return false;
    }

    /// Letters as they are: for a hundred thousand values in either case rg 13 does not come to an end.
    private void rg(List<Indicator> indicators, ObjectNode line) throws Exception {
        Path logs = raw;
        if (logs == null) {
            return;
        }
        Path list = Files.createTempFile("carom-bench", ".txt");
        try {
            Files.write(
                    list,
                    indicators.stream()
                            .filter(i -> i.type() != IndicatorType.CIDR)
                            .map(Indicator::value)
                            .toList());
            dropCaches();
            long started = System.nanoTime();
            Process rg = new ProcessBuilder("rg", "-F", "-c", "-f", list.toString(), logs.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int status = rg.waitFor();
            line.put("rg_s", since(started)).put("rg_status", status);
        } catch (IOException e) {
            line.put("rg", "is not on the PATH");
        } finally {
            Files.delete(list);
        }
    }
}
