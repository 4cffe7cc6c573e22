package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.KeptFindings;
import io.carom.lake.Lake;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real server under load, killed in the middle of it again and again (`-Dcarom.kills=30` for as many
/// times): what it thanked for is in the lake once, and what is wrong with it was told once.
class ServeKillTest {
    private static final int KILLS = Integer.getInteger("carom.kills", 2);
    private static final int SENDERS = 4;
    private static final int TOGETHER = 50;
    private static final String BAD = "203.0.113.66";

    @TempDir
    Path home;

    private final Set<Integer> thanked = ConcurrentHashMap.newKeySet();
    private final Set<Integer> sent = ConcurrentHashMap.newKeySet();
    private final AtomicInteger serial = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> strange = new ConcurrentLinkedQueue<>();
    private volatile boolean sending = true;

    private Process serve(int port) throws IOException {
        List<String> arguments = List.of(
                "serve",
                "--home",
                home.resolve("home").toString(),
                "--no-tls",
                "--port",
                "0",
                "--listen",
                "http=127.0.0.1:" + port,
                "--indicators",
                home.resolve("bad.csv").toString());
        return Program.process(List.of("-Xmx700m"), arguments)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("out").toFile()))
                .start();
    }

    private static String record(int number) {
        boolean bad = number % 40 == 0;
        return "<38>1 " + Instant.now() + " h" + number % 7 + " sshd " + number
                + " - - Failed password for invalid user serial" + number + " from "
                + (bad ? BAD : "198.51.100." + (1 + number % 200)) + " port " + (1024 + number % 60_000) + " ssh2\n";
    }

    private void send(int port) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (sending) {
                StringBuilder body = new StringBuilder();
                List<Integer> numbers = new ArrayList<>();
                for (int i = 0; i < TOGETHER; i++) {
                    int number = serial.incrementAndGet();
                    numbers.add(number);
                    body.append(record(number));
                }
                sent.addAll(numbers);
                try {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
                                    .timeout(Duration.ofSeconds(120))
                                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() == 200) {
                        thanked.addAll(numbers);
                    } else {
                        strange.add("answered " + answer.statusCode() + ": " + answer.body());
                    }
                } catch (IOException e) {
                    // Not thanked for: it may be there or not. Some time for the next server to come up.
                    Thread.sleep(50);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitThanked(int more) throws InterruptedException, IOException {
        int from = thanked.size();
        for (int i = 0; i < 6_000 && thanked.size() < from + more; i++) {
            Thread.sleep(50);
        }
        assertTrue(thanked.size() >= from + more, "the server takes records: " + Files.readString(home.resolve("out")));
    }

    @Test
    void killedUnderLoadItLosesNothingAndTellsNothingTwice() throws Exception {
        Files.writeString(home.resolve("bad.csv"), "value,type\n" + BAD + ",ip\n");
        int port = FreePort.any();
        Random random = new Random(KILLS);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            senders.add(Thread.ofPlatform().start(() -> send(port)));
        }
        Process process = serve(port);
        try {
            for (int kill = 0; kill < KILLS; kill++) {
                awaitThanked(500 + random.nextInt(2000));
                Thread.sleep(random.nextInt(400));
                process.destroyForcibly();
                assertTrue(process.waitFor(120, TimeUnit.SECONDS));
                process = serve(port);
            }
            awaitThanked(500);
            sending = false;
            for (Thread sender : senders) {
                sender.join();
            }
        } finally {
            sending = false;
            process.destroy();
            if (!process.waitFor(300, TimeUnit.SECONDS)) {
                System.err.println("did not stop");
                process.destroyForcibly();
            }
        }
        assertEquals(List.of(), List.copyOf(strange));
        assertTrue(
                Files.exists(home.resolve("home/lake/catalog.db")),
                "something is kept: " + Files.readString(home.resolve("out")));
        assertEquals(Map.of(), wrongInTheLake(), "records thanked for: " + thanked.size());
        assertEquals(Map.of(), wrongFindings());
        try (Lake lake = Lake.open(home.resolve("home"))) {
            assertEquals(List.of(), lake.verify().faults());
        }
        System.err.println("killed " + KILLS + " times: " + thanked.size() + " records thanked for of " + sent.size()
                + " sent, each once in the lake; "
                + thanked.stream().filter(n -> n % 40 == 0).count()
                + " of them with an indicator, each told once");
    }

    private Map<Integer, Integer> wrongInTheLake() throws Exception {
        Map<Integer, Integer> times = new HashMap<>();
        try (Lake lake = Lake.open(home.resolve("home"));
                var connection = lake.connect(Set.of("local"), null);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT \"user\".name AS name, count(*) AS n FROM authentication GROUP BY 1")) {
            while (rows.next()) {
                times.put(Integer.parseInt(rows.getString(1).substring("serial".length())), rows.getInt(2));
            }
        }
        Map<Integer, Integer> wrong = new HashMap<>();
        for (int number : sent) {
            int there = times.getOrDefault(number, 0);
            boolean right = thanked.contains(number) ? there == 1 : there <= 1;
            if (!right) {
                wrong.put(number, there);
            }
        }
        return wrong;
    }

    private static final Pattern SERIAL = Pattern.compile("user serial(\\d+) ");

    private Map<Integer, Integer> wrongFindings() throws Exception {
        Map<Integer, Integer> times = new HashMap<>();
        Set<String> ids = new HashSet<>();
        try (KeptFindings findings = KeptFindings.open(home.resolve("home"))) {
            assertEquals(0, findings.beyond(), "the test stays below the bound of findings an hour");
            for (KeptFindings.Kept kept : findings.after(null, 0, 1_000_000)) {
                assertTrue(ids.add(kept.finding().uid()));
                Matcher m = SERIAL.matcher(kept.finding().evidence().nativeRecord());
                if (kept.finding().analytic().equals("indicator:ip:" + BAD) && m.find()) {
                    times.merge(Integer.parseInt(m.group(1)), 1, Integer::sum);
                }
            }
        }
        Map<Integer, Integer> wrong = new HashMap<>();
        for (int number : sent) {
            if (number % 40 == 0) {
                int there = times.getOrDefault(number, 0);
                boolean right = thanked.contains(number) ? there == 1 : there <= 1;
                if (!right) {
                    wrong.put(number, there);
                }
            }
        }
        return wrong;
    }
}
