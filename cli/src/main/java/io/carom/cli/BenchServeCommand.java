package io.carom.cli;

import io.carom.lake.Lake;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A server under load: this program sends, another process serves.
@Command(
        name = "serve",
        header = {
            "Sends records of several products to a server of its own over loopback, and tells how it did.",
            "",
            "  carom bench serve --rate 20000 --seconds 120 --rules sigma/rules",
            "  carom bench serve --rate 20000 --seconds 7200 --burst 60 --json",
            "",
            "The server is a process of its own, with all analytics on. Told are records that were thanked",
            "for and kept, findings, how long a record took from its arrival to its finding (of all",
            "findings, from the moment the server has settled), memory, and how far it was behind.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchServeCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SENDERS = 4;
    private static final int A_SECOND = 10;
    private static final String TOKEN = "carom-bench-serve-token";

    @Mixin
    Common common = new Common();

    @Option(names = "--rate", defaultValue = "20000", description = "Records a second (default ${DEFAULT-VALUE}).")
    int rate;

    @Option(names = "--seconds", defaultValue = "120", description = "How long (default ${DEFAULT-VALUE}).")
    int seconds;

    @Option(
            names = "--settle",
            defaultValue = "20",
            description = "Seconds before it is measured (default ${DEFAULT-VALUE}).")
    int settle;

    @Option(names = "--burst", defaultValue = "0", description = "Seconds of ten times the rate, in the middle.")
    int burst;

    @Option(names = "--indicators", defaultValue = "1000000", description = "How many (default ${DEFAULT-VALUE}).")
    int indicators;

    @Option(names = "--rules", paramLabel = "PATH", description = "Sigma rules to ask.")
    @Nullable
    Path rules;

    @Option(names = "--heap", defaultValue = "6g", description = "The server's heap (default ${DEFAULT-VALUE}).")
    String heap = "6g";

    private final AtomicLong thanked = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong behind = new AtomicLong();
    private volatile boolean sending = true;
    private volatile int factor = 1;

    @Override
    public Integer call() throws Exception {
        Path home =
                common.home().resolve("bench-serve-" + ProcessHandle.current().pid());
        Files.createDirectories(home);
        Path list = home.resolve("indicators.csv");
        LiveLoad.indicators(list, indicators);
        int port = freePort();
        int web = freePort();
        Files.writeString(home.resolve("listeners.yaml"), """
                listeners:
                  - {kind: http, address: "127.0.0.1:%d", client: bench}
                metrics: {token: %s}
                """.formatted(port, TOKEN));
        Process server = serve(home, list, web);
        try {
            awaitReady(web, server, home);
            common.note("the server is ready: " + rate + " records/s for " + seconds + " s");
            return measure(home, server, port, web);
        } finally {
            sending = false;
            server.destroy();
            if (!server.waitFor(120, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Process serve(Path home, Path list, int web) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseG1GC",
                "-XX:G1HeapRegionSize=8m",
                "-XX:-G1UseAdaptiveIHOP",
                "-XX:InitiatingHeapOccupancyPercent=55",
                "-XX:G1ReservePercent=15",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.carom.cli.Main",
                "serve",
                "--home",
                home.toString(),
                "--no-tls",
                "--port",
                Integer.toString(web),
                "--indicators",
                list.toString()));
        String extra = System.getenv("CAROM_BENCH_JAVA_OPTS");
        if (extra != null && !extra.isBlank()) {
            command.addAll(1, Arrays.asList(extra.strip().split("\\s+")));
        }
        if (rules != null) {
            command.addAll(List.of("--rules", rules.toString()));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("server.log").toFile())
                .start();
    }

    private static void awaitReady(int web, Process server, Path home) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 1200; i++) {
                if (!server.isAlive()) {
                    throw new IOException("the server ended: " + Files.readString(home.resolve("server.log")));
                }
                try {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web + "/readyz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // It is still starting.
                }
                Thread.sleep(100);
            }
        }
        throw new IOException("the server does not become ready; see " + home.resolve("server.log"));
    }

    private static String metrics(HttpClient client, int web) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web + "/metrics"))
                                .header("Authorization", "Bearer " + TOKEN)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static double figure(String metrics, String name) {
        Matcher m = Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9.eE+-]+)$")
                .matcher(metrics);
        return m.find() ? Double.parseDouble(m.group(1)) : 0;
    }

    private void send(int number, int port) {
        LiveLoad load = new LiveLoad(number, indicators);
        long every = 1_000_000_000L / A_SECOND;
        long next = System.nanoTime();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (sending) {
                int count = Math.max(1, rate * factor / A_SECOND / SENDERS);
                long before = load.scanned();
                byte[] body = load.lines(count, System.currentTimeMillis());
                count += (int) (load.scanned() - before);
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
                                .timeout(Duration.ofSeconds(60))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    thanked.addAndGet(count);
                } else {
                    refused.addAndGet(count);
                }
                next += every;
                long left = next - System.nanoTime();
                if (left > 0) {
                    TimeUnit.NANOSECONDS.sleep(left);
                } else if (left < -1_000_000_000L) {
                    // The rate is not reached: it is said, and not caught up with in a burst.
                    behind.addAndGet(-left);
                    next = System.nanoTime();
                }
            }
        } catch (IOException e) {
            common.fault("a sender stopped: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int measure(Path home, Process server, int port, int web) throws Exception {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            int number = i;
            senders.add(Thread.ofPlatform().start(() -> send(number, port)));
        }
        long started = System.nanoTime();
        Duration cpuBefore = Duration.ZERO;
        long from = 0;
        long rss = 0;
        double lag = 0;
        double lakeLag = 0;
        List<Long> memory = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int second = 0; second < settle + seconds; second++) {
                if (second == settle) {
                    from = System.currentTimeMillis();
                    thanked.set(0);
                    behind.set(0);
                    started = System.nanoTime();
                    cpuBefore = server.info().totalCpuDuration().orElse(Duration.ZERO);
                }
                int middle = settle + (seconds - burst) / 2;
                factor = burst > 0 && second >= middle && second < middle + burst ? 10 : 1;
                Thread.sleep(1000);
                String now = metrics(client, web);
                if (second >= settle) {
                    lag = Math.max(lag, figure(now, "carom_detection_lag_bytes"));
                    lakeLag = Math.max(lakeLag, figure(now, "carom_lake_lag_bytes"));
                    long resident = resident(server.pid());
                    rss = Math.max(rss, resident);
                    memory.add(resident);
                }
                if (second % 10 == 9) {
                    common.note(second + 1 + " s: " + Shown.count(thanked.get()) + " thanked for, detection behind "
                            + Shown.count((long) figure(now, "carom_detection_lag_bytes")) + " bytes, p99 "
                            + figure(now, "carom_finding_latency_seconds{quantile=\"0.99\"}") + " s, "
                            + Shown.count((long) figure(now, "carom_findings_total")) + " findings");
                }
            }
            double took = (System.nanoTime() - started) / 1e9;
            long records = thanked.get();
            Duration cpu =
                    server.info().totalCpuDuration().orElse(Duration.ZERO).minus(cpuBefore);
            sending = false;
            for (Thread sender : senders) {
                sender.join();
            }
            long until = System.currentTimeMillis();
            String last = drained(client, web);
            ObjectNode line = JSON.createObjectNode();
            line.put("bench", "serve").put("rate_wanted", rate).put("seconds", took);
            line.put("rate", records / took).put("refused", refused.get());
            line.put("senders_behind_seconds", behind.get() / 1e9);
            line.put("indicators", indicators).put("rules", rules == null ? 0 : rulesLoaded(home));
            latencies(home, from, until, line);
            line.put("rss_max_mb", rss >> 20);
            line.put("rss_mb_by_tenths", tenths(memory));
            line.put("cpu_cores", cpu.toMillis() / 1e3 / took);
            line.put("detection_lag_max_bytes", (long) lag).put("lake_lag_max_bytes", (long) lakeLag);
            line.put("snapshot_seconds", figure(last, "carom_snapshot_seconds"));
            line.put("snapshot_held_up_seconds", figure(last, "carom_snapshot_held_up_seconds"));
            line.put("incident_cycle_seconds", figure(last, "carom_incident_cycle_seconds"));
            line.put(
                    "incident_latency_seconds",
                    "p50 " + figure(last, "carom_incident_latency_seconds{quantile=\"0.5\"}") + ", p99 "
                            + figure(last, "carom_incident_latency_seconds{quantile=\"0.99\"}") + ", most "
                            + figure(last, "carom_incident_latency_seconds{quantile=\"1\"}"));
            line.put("trace_round_seconds", figure(last, "carom_trace_round_seconds"));
            line.put("incidents_untraced", (long) figure(last, "carom_incidents_untraced"));
            line.put("incidents", (long) figure(last, "carom_incidents"));
            line.put(
                    "looked_at",
                    (long) figure(last, "carom_detection_events_total")
                            + (long) figure(last, "carom_detection_rejects_total"));
            server.destroy();
            server.waitFor(120, TimeUnit.SECONDS);
            kept(home, line);
            common.out().println(common.json ? JSON.writeValueAsString(line) : shown(line));
            common.out().flush();
        }
        return Exit.DONE;
    }

    private static String shown(ObjectNode line) {
        StringBuilder text = new StringBuilder();
        line.propertyNames()
                .forEach(name ->
                        text.append("%-24s %s%n".formatted(name, line.get(name).asString(""))));
        return text.toString().stripTrailing();
    }

    private static String tenths(List<Long> memory) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < 10 && !memory.isEmpty(); i++) {
            out.add(Long.toString(memory.get(Math.min(
                            memory.size() - 1,
                            (i + 1) * memory.size() / 10 - 1 < 0 ? 0 : (i + 1) * memory.size() / 10 - 1))
                    >> 20));
        }
        return String.join(" ", out);
    }

    private static String drained(HttpClient client, int web) throws Exception {
        String last = "";
        for (int i = 0; i < 600; i++) {
            last = metrics(client, web);
            if (figure(last, "carom_detection_lag_bytes") == 0 && figure(last, "carom_findings_waiting") == 0) {
                break;
            }
            Thread.sleep(200);
        }
        Thread.sleep(1500);
        return last;
    }

    private static long resident(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException e) {
            // Not this system.
        }
        return 0;
    }

    private static int rulesLoaded(Path home) throws IOException {
        Matcher m = Pattern.compile("([\\d, ]+) Sigma rules are loaded")
                .matcher(Files.readString(home.resolve("server.log"), StandardCharsets.UTF_8));
        return m.find() ? Integer.parseInt(m.group(1).replaceAll("\\D", "")) : 0;
    }

    /// From the rows of what was told, exactly.
    private static void latencies(Path home, long from, long until, ObjectNode line) throws SQLException {
        List<long[]> all = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("findings.db"));
                PreparedStatement select = connection.prepareStatement(
                        "SELECT told - arrived, substr(analytic, 1, 10) FROM findings WHERE arrived BETWEEN ? AND ?")) {
            select.setLong(1, from);
            select.setLong(2, until);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String analytic = Objects.requireNonNull(rows.getString(2));
                    all.add(new long[] {
                        rows.getLong(1), analytic.equals("indicator:") ? 0 : analytic.startsWith("carom.") ? 2 : 1
                    });
                }
            }
        }
        String[] names = {"indicators", "rules", "analytics", "all"};
        for (int kind = 3; kind >= 0; kind--) {
            int of = kind;
            long[] sorted = all.stream()
                    .filter(l -> of == 3 || l[1] == of)
                    .mapToLong(l -> l[0])
                    .sorted()
                    .toArray();
            line.put("findings_of_" + names[kind], sorted.length);
            if (sorted.length > 0) {
                line.put(
                        "latency_ms_of_" + names[kind],
                        "p50 " + at(sorted, 0.5) + ", p99 " + at(sorted, 0.99) + ", p99.9 " + at(sorted, 0.999)
                                + ", most " + sorted[sorted.length - 1]);
            }
        }
    }

    private static long at(long[] sorted, double share) {
        return sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
    }

    private static void kept(Path home, ObjectNode line) throws IOException {
        try (Lake lake = Lake.open(home)) {
            long events =
                    lake.sources().stream().mapToLong(Lake.SourceState::events).sum();
            long rejects =
                    lake.rejects().stream().mapToLong(Lake.RejectCount::count).sum();
            line.put("kept_events", events).put("kept_rejects", rejects);
        }
    }
}
