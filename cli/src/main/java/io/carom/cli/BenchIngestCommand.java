package io.carom.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/// `carom bench ingest`: a scenario into the lake, and the same files into Parquet by DuckDB, one after
/// the other, each in a process of its own.
@Command(
        name = "ingest",
        header = {
            "Ingests a scenario, lets DuckDB read the same files into Parquet, and tells events/s, time and memory of both.",
            "",
            "  carom bench ingest --events 10000000",
            "  carom bench ingest --json --events 2000000 --dir /var/tmp/bench",
            "",
            "DuckDB reads JSON with read_json, tables with read_csv and their separator, other text a line a row,",
            "and writes one zstd Parquet file for each kind of log: it neither maps nor checks what it reads.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchIngestCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(names = "--events", defaultValue = "10000000", description = "About how many (default ${DEFAULT-VALUE}).")
    long events;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where all of it lies; logs that are there are used again.")
    @Nullable
    Path dir;

    @Option(names = "--threads", defaultValue = "2", description = "DuckDB's threads (default ${DEFAULT-VALUE}).")
    int threads;

    @Option(
            names = "--duckdb-memory",
            paramLabel = "SIZE",
            defaultValue = "4GB",
            description = "DuckDB's memory limit (default ${DEFAULT-VALUE}: with 1GB its reading of JSON fails).")
    String duckdbMemory = "";

    @Option(names = "--peer", paramLabel = "LOGS", hidden = true)
    @Nullable
    Path peer;

    /// What a process took.
    private record Taken(double seconds, double cpu, long memory, String out) {}

    @Override
    public Integer call() throws Exception {
        Path folder = dir == null ? Path.of(System.getProperty("java.io.tmpdir"), "carom-bench") : dir;
        if (peer != null) {
            readByDuckdb(peer, folder.resolve("duckdb"));
            return Exit.DONE;
        }
        Path logs = folder.resolve("logs-" + events);
        if (!Files.exists(logs.resolve("truth.json"))) {
            delete(logs);
            common.note("making " + Shown.count(events) + " events in " + logs);
            ScenarioCommand.make(common, logs, 5, 14, 4, events, LocalDate.parse("2019-03-04"));
        }
        Path home = folder.resolve("home");
        delete(home);
        delete(folder.resolve("duckdb"));
        Taken carom = process(List.of("ingest", "--quiet", "--json", "--home=" + home, logs.toString()));
        long read = carom.out
                .lines()
                .mapToLong(line -> JSON.readTree(line).get("events").asLong())
                .sum();
        Taken duckdb = process(List.of(
                "bench",
                "ingest",
                "--peer=" + logs,
                "--dir=" + folder,
                "--threads=" + threads,
                "--duckdb-memory=" + duckdbMemory));
        long bytes = size(logs);
        print("carom", carom, read, bytes, size(home));
        print("duckdb", duckdb, Long.parseLong(duckdb.out.strip()), bytes, size(folder.resolve("duckdb")));
        if (!common.json) {
            common.out()
                    .printf(
                            Locale.ROOT,
                            "carom takes %.2f times DuckDB's time and %.2f times its processor time%n",
                            carom.seconds / duckdb.seconds,
                            carom.cpu / duckdb.cpu);
        }
        return Exit.DONE;
    }

    private void print(String who, Taken taken, long read, long bytes, long written) {
        if (common.json) {
            common.out()
                    .println(JSON.writeValueAsString(JSON.createObjectNode()
                            .put("bench", "ingest")
                            .put("program", who)
                            .put("events", read)
                            .put("bytes", bytes)
                            .put("written", written)
                            .put("seconds", taken.seconds)
                            .put("cpu_seconds", taken.cpu)
                            .put("peak_bytes", taken.memory)
                            .put("events_per_second", read / taken.seconds)));
        } else {
            common.out()
                    .printf(
                            Locale.ROOT,
                            "%-7s %s events of %s: %s, %s/s; processor %s; peak memory %s; wrote %s%n",
                            who,
                            Shown.count(read),
                            Shown.bytes(bytes),
                            Shown.seconds(taken.seconds),
                            Shown.count((long) (read / taken.seconds)),
                            Shown.seconds(taken.cpu),
                            Shown.bytes(taken.memory),
                            Shown.bytes(written));
        }
    }

    /// Runs this program, with the options of this run's Java, and watches it.
    private static Taken process(List<String> arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        line.addAll(arguments);
        Path out = Files.createTempFile("carom-bench", ".out");
        long started = System.nanoTime();
        Process process = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Duration cpu = Duration.ZERO;
        long memory = 0;
        while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
            cpu = process.info().totalCpuDuration().orElse(cpu);
            memory = Math.max(memory, peak(process.pid()));
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        String text = Files.readString(out);
        Files.delete(out);
        if (process.exitValue() != Exit.DONE && process.exitValue() != Exit.SOME_REJECTED) {
            throw new IOException(String.join(" ", arguments) + " ended with " + process.exitValue());
        }
        return new Taken(seconds, cpu.toNanos() / 1e9, memory, text);
    }

    /// The most memory that a process held so far, in bytes; 0 where the system does not tell.
    private static long peak(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }

    private void readByDuckdb(Path logs, Path out) throws IOException, SQLException {
        Files.createDirectories(out);
        Map<String, List<Path>> kinds = new TreeMap<>();
        try (Stream<Path> all = Files.walk(logs)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path within = logs.relativize(file);
                if (within.getNameCount() > 2) {
                    String name = within.getFileName().toString().replaceAll("[-_.]?\\d[-_\\d]*", "");
                    kinds.computeIfAbsent(within.getName(1) + "-" + name, k -> new ArrayList<>())
                            .add(file);
                }
            }
        }
        long rows = 0;
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("SET threads = " + threads);
            statement.execute("SET memory_limit = '" + duckdbMemory.replace("'", "''") + "'");
            statement.execute("SET preserve_insertion_order = false");
            for (Map.Entry<String, List<Path>> kind : kinds.entrySet()) {
                List<String> files = kind.getValue().stream()
                        .map(f -> "'" + f.toString().replace("'", "''") + "'")
                        .toList();
                String list = "[" + String.join(", ", files) + "]";
                rows += statement.executeUpdate("COPY (SELECT * FROM " + reading(kind.getKey(), list) + ") TO '"
                        + out.resolve(kind.getKey().replace('\'', '_') + ".parquet")
                        + "' (FORMAT parquet, COMPRESSION zstd)");
            }
        }
        common.out().println(rows);
    }

    private static String reading(String kind, String list) {
        if (kind.endsWith("json")) {
            return "read_json(" + list + ", format = 'newline_delimited', union_by_name = true, filename = true)";
        }
        String separator = kind.startsWith("zeek") ? "\\t" : kind.startsWith("iis") ? " " : "\\x1f";
        return "read_csv(" + list + ", delim = E'" + separator + "', quote = '', escape = '', header = false,"
                + " comment = '" + (kind.startsWith("zeek") || kind.startsWith("iis") ? "#" : "")
                + "', all_varchar = true, filename = true, null_padding = true, ignore_errors = true, strict_mode = false,"
                + " max_line_size = 10000000)";
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
