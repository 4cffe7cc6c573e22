package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Topics of a cluster that is made up; a real one is read by `scripts/soak-kafka`.
class TopicsTest {
    @TempDir
    Path home;

    private Around around;
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    @BeforeEach
    void around() {
        around = new Around(home);
    }

    /// Behaves as the real one does where nothing is assigned, and where a topic may not be read.
    private final class Cluster extends MockConsumer<byte[], byte[]> {
        Cluster() {
            super("latest");
        }

        @Override
        public synchronized List<PartitionInfo> partitionsFor(String topic) {
            if (topic.equals("hidden")) {
                throw new TopicAuthorizationException(topic);
            }
            return java.util.stream.IntStream.range(0, partitions.getOrDefault(topic, 0))
                    .mapToObj(i -> new PartitionInfo(topic, i, null, null, null))
                    .toList();
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (assignment().isEmpty()) {
                throw new IllegalStateException("not assigned any partitions");
            }
            for (TopicPartition each : assignment()) {
                if (each.topic().equals("closed")) {
                    throw new TopicAuthorizationException(Set.of("closed"));
                }
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.poll(timeout);
        }

        void send(String topic, int partition, long offset, String text) {
            addRecord(
                    new ConsumerRecord<>(topic, partition, offset, new byte[0], text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private Topics start(Cluster cluster, String topics, String fromStart) throws IOException {
        return new Topics(
                Around.settings("kafka", "127.0.0.1:1", Map.of(), Map.of("topics", topics, "from-start", fromStart)),
                around.surrounding(),
                properties -> cluster);
    }

    private static void assigned(Cluster cluster, int count) throws InterruptedException {
        Around.await("partitions", () -> cluster.assignment().size() == count);
    }

    @Test
    void topicsThatAreNotThereYetAreWaitedFor() throws Exception {
        Cluster cluster = new Cluster();
        cluster.updateBeginningOffsets(Map.of(new TopicPartition("conn", 0), 0L));
        try (Topics topics = start(cluster, "conn", "true")) {
            Around.await("it is told", () -> !around.notes.isEmpty());
            partitions.put("conn", 1);
            assigned(cluster, 1);
            cluster.send("conn", 0, 0, "one");
            Around.await("the record", () -> around.records().equals(List.of("one")));
            assertEquals(1, around.notes.size(), around.notes.toString());
            assertTrue(around.notes.getFirst().contains("no partitions"), around.notes.toString());
            assertEquals(1, topics.counts().records.get());
        }
    }

    @Test
    void topicsThatMayNotBeReadKeepNoOtherFromBeingRead() throws Exception {
        Cluster cluster = new Cluster();
        partitions.putAll(Map.of("conn", 1, "closed", 1));
        cluster.updateBeginningOffsets(Map.of(new TopicPartition("conn", 0), 0L, new TopicPartition("closed", 0), 0L));
        try (Topics topics = start(cluster, "hidden, closed, conn", "true")) {
            Around.await("both are told", () -> around.notes.size() == 2);
            assigned(cluster, 1);
            cluster.send("conn", 0, 0, "one");
            Around.await("the record", () -> around.records().equals(List.of("one")));
            assertTrue(around.notes.toString().contains("topic hidden cannot be read"), around.notes.toString());
            assertTrue(around.notes.toString().contains("topic closed cannot be read"), around.notes.toString());
            assertEquals(1, topics.counts().records.get());
        }
    }

    @Test
    void notFromTheStartIsOnlyTheFirstTime() throws Exception {
        TopicPartition first = new TopicPartition("conn", 0);
        TopicPartition second = new TopicPartition("conn", 1);
        partitions.put("conn", 1);
        Cluster cluster = new Cluster();
        cluster.updateBeginningOffsets(Map.of(first, 0L));
        cluster.updateEndOffsets(Map.of(first, 5L));
        try (Topics topics = start(cluster, "conn", "false")) {
            assigned(cluster, 1);
            Around.await("it is at the end", () -> cluster.position(first) == 5);
            assertEquals(0, topics.counts().records.get());
        }
        // While it was down the topic grew, and got a partition more.
        partitions.put("conn", 2);
        Cluster again = new Cluster();
        again.updateBeginningOffsets(Map.of(first, 0L, second, 0L));
        again.updateEndOffsets(Map.of(first, 7L, second, 1L));
        try (Topics topics = start(again, "conn", "false")) {
            assigned(again, 2);
            again.send("conn", 0, 5, "five");
            again.send("conn", 1, 0, "zero");
            Around.await("both", () -> around.records().size() == 2);
            assertEquals(
                    List.of("five", "zero"), around.records().stream().sorted().toList());
            assertEquals(2, topics.counts().records.get());
        }
    }
}
