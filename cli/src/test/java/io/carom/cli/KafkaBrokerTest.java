package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.lake.Lake;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker of Kafka 4, its topics read by `carom serve`, each in its format; server and broker are killed in
/// the middle. Runs where the broker's jars are, which is by `scripts/soak-kafka` alone.
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KafkaBrokerTest {
    private static final int WAVE = 3_000;
    private static final int PARTITIONS = 3;
    /// Each connection is of a port of its own.
    private static final int FIRST_PORT = 1024;

    @TempDir
    Path folder;

    private final List<Process> running = new ArrayList<>();
    private int sent;

    /// Without what keeps libraries silent: what is wrong with the broker is to be seen.
    private static String classes() {
        return String.join(
                ":",
                Arrays.stream(System.getProperty("java.class.path").split(":"))
                        .filter(jar -> !jar.contains("slf4j-nop"))
                        .toList());
    }

    private Process java(String log, String heap, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()))
                .start();
        running.add(process);
        return process;
    }

    @AfterEach
    void stop() throws Exception {
        for (Process one : running) {
            one.destroyForcibly();
            one.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    }

    private Process broker(Path settings) throws IOException {
        return java("broker.log", "512m", List.of("kafka.Kafka", settings.toString()));
    }

    private Process serve(int broker) throws IOException {
        return java(
                "serve.log",
                "700m",
                List.of(
                        "io.carom.cli.Main",
                        "serve",
                        "--home",
                        folder.resolve("home").toString(),
                        "--no-tls",
                        "--port",
                        "0"));
    }

    private String tail(String log) throws IOException {
        Path file = folder.resolve(log);
        String text = Files.exists(file) ? Files.readString(file) : "";
        return log + ": " + text.substring(Math.max(0, text.length() - 3_000));
    }

    private void topics(Properties client, Process broker) throws Exception {
        try (Admin admin = Admin.create(client)) {
            for (int i = 0; ; i++) {
                try {
                    admin.createTopics(List.of(
                                    new NewTopic("conn", PARTITIONS, (short) 1),
                                    new NewTopic("hosts", PARTITIONS, (short) 1)))
                            .all()
                            .get(2, TimeUnit.MINUTES);
                    return;
                } catch (ExecutionException e) {
                    // A broker that starts on a busy machine takes longer than its clients wait.
                    if (i == 4 || !broker.isAlive()) {
                        throw new AssertionError(tail("broker.log"), e);
                    }
                }
            }
        }
    }

    private void produce(Properties to) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(to)) {
            for (int i = 0; i < WAVE; i++) {
                int number = sent++;
                String text = number % 2 == 0
                        ? "{\"_path\":\"conn\",\"ts\":" + (1_772_500_000 + number) + ".5,\"uid\":\"C" + number
                                + "\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":" + (FIRST_PORT + number)
                                + ",\"id.resp_h\":\"198.51.100.7\","
                                + "\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"SF\"}"
                        : "<38>1 " + Instant.now() + " h1 sshd " + number
                                + " - - Failed password for invalid user serial" + number
                                + " from 198.51.100.9 port 4000 ssh2";
                producer.send(new ProducerRecord<>(
                        number % 2 == 0 ? "conn" : "hosts",
                        number % PARTITIONS,
                        null,
                        text.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static int count(Lake lake, String sql, Map<String, Integer> into) throws SQLException, IOException {
        try (var connection = lake.connect(Set.of("acme"), null);
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                into.merge(rows.getString(1), rows.getInt(2), Integer::sum);
            }
        }
        return into.size();
    }

    /// How often each record is in the lake, by what it was numbered with.
    private Map<String, Integer> kept() throws IOException {
        Map<String, Integer> times = new TreeMap<>();
        if (Files.exists(folder.resolve("home/lake/catalog.db"))) {
            try (Lake lake = Lake.open(folder.resolve("home"))) {
                count(
                        lake,
                        "SELECT 'C' || (src_endpoint.port - " + FIRST_PORT
                                + "), count(*) FROM network_activity GROUP BY 1",
                        times);
                count(lake, "SELECT \"user\".name, count(*) FROM authentication GROUP BY 1", times);
            } catch (SQLException e) {
                if (!String.valueOf(e.getMessage()).contains("does not exist")) {
                    throw new IOException(e);
                }
                // A table that is not there yet.
            }
        }
        return times;
    }

    private void awaitKept(int atLeast) throws Exception {
        Map<String, Integer> times = Map.of();
        for (int i = 0; i < 600 && times.size() < atLeast; i++) {
            Thread.sleep(500);
            times = kept();
        }
        assertTrue(times.size() >= atLeast, times.size() + " of " + atLeast + "\n" + tail("serve.log"));
    }

    @Test
    void eachMessageIsInTheLakeOnceThoughServerAndBrokerAreKilled() throws Exception {
        String classes = System.getProperty("java.class.path");
        Assumptions.assumeTrue(
                Arrays.stream(classes.split(":")).anyMatch(jar -> jar.contains("kafka_2.13")),
                "the broker's jars are not here: scripts/soak-kafka");
        int port = FreePort.any();
        int controller = FreePort.any();
        Path settings = folder.resolve("server.properties");
        Files.writeString(
                settings,
                String.join(
                        "\n",
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + controller,
                        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
                        "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=PLAINTEXT",
                        "log.dirs=" + folder.resolve("kafka"),
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        ""));
        Process format = java(
                "format.log",
                "256m",
                List.of(
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        Uuid.randomUuid().toString(),
                        "-c",
                        settings.toString()));
        assertTrue(format.waitFor(2, TimeUnit.MINUTES), "formatting");
        assertEquals(0, format.exitValue(), tail("format.log"));
        Process broker = broker(settings);
        Properties client = new Properties();
        client.put("bootstrap.servers", "127.0.0.1:" + port);
        client.put("acks", "all");
        client.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        client.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        client.put("delivery.timeout.ms", "180000");
        topics(client, broker);
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve("listeners.yaml"), """
            listeners:
              - {kind: kafka, address: "127.0.0.1:PORT", client: acme, topics: "conn=zeek, hosts=auth-log"}
            """.replace("PORT", String.valueOf(port)));
        produce(client);
        Process server = serve(port);
        awaitKept(1);
        // While it reads on.
        produce(client);
        kill(server);
        server = serve(port);
        awaitKept(WAVE + 1);
        produce(client);
        kill(broker);
        Thread.sleep(Duration.ofSeconds(3));
        kill(server);
        server = serve(port);
        broker = broker(settings);
        produce(client);
        awaitKept(sent);
        // What comes twice would come after a while, too.
        server.destroy();
        assertTrue(server.waitFor(2, TimeUnit.MINUTES), "it stops");
        Map<String, Integer> times = kept();
        Map<String, Integer> wrong = new TreeMap<>(times);
        wrong.values().removeIf(n -> n == 1);
        assertEquals(Map.of(), wrong, "records that are not there once");
        assertEquals(sent, times.size());
        for (int number = 0; number < sent; number++) {
            assertTrue(times.containsKey(number % 2 == 0 ? "C" + number : "serial" + number), number + " is not there");
        }
        try (Lake lake = Lake.open(home)) {
            assertEquals(List.of(), lake.verify().faults());
        }
        assertTrue(broker.isAlive());
        System.err.println(
                sent + " messages of two topics, each once in the lake; the server was killed twice, the broker once");
    }
}
