package io.carom.server.listen;

import io.carom.config.YamlNode;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads topics of a Kafka cluster, each message a record. How far each partition was read is kept
/// here, with the records, and not in the cluster: read from there it would be a little before or
/// behind what is kept. All partitions are read by this listener; a new one is found within half a
/// minute, and read from its beginning. Where it is not to begin at the start, what a topic held when it
/// was first looked at is passed over, and nothing later. A topic that is not there or may not be read
/// is told once, and keeps no other from being read.
///
/// `address: broker1:9092,broker2:9092`; `topics: "conn=zeek, fw=cisco-asa, mixed"`; `properties`, a
/// file of the client's own settings (security.protocol, sasl…).
final class Topics implements Listener {
    static final Kind KIND = new Kind() {
        @Override
        public String name() {
            return "kafka";
        }

        @Override
        public List<String> keys() {
            return List.of("topics", "properties", "from-start");
        }

        @Override
        public boolean network() {
            return false;
        }

        @Override
        public void check(ListenerSettings settings, Map<String, YamlNode> nodes) {
            YamlNode address = nodes.get("address");
            if (address != null && settings.text("topics", "").isBlank()) {
                address.fault("a kafka listener needs topics: \"conn=zeek, mixed\"");
            }
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return new Topics(settings, surrounding, KafkaConsumer::new);
        }
    };

    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final int TOGETHER = 256 << 10;

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Progress progress;
    private final Map<String, String> formats = new LinkedHashMap<>();
    private final Properties properties = new Properties();
    private final Consumers consumers;
    private final Set<String> told = new HashSet<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile @org.jspecify.annotations.Nullable Consumer<byte[], byte[]> consuming;

    /// Makes what reads of the cluster.
    interface Consumers {
        Consumer<byte[], byte[]> with(Properties properties);
    }

    Topics(ListenerSettings settings, Surrounding surrounding, Consumers consumers) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        this.consumers = consumers;
        for (String each : settings.text("topics", "").split(",")) {
            int equals = each.indexOf('=');
            formats.put(
                    (equals < 0 ? each : each.substring(0, equals)).strip(),
                    equals < 0 ? settings.format() : each.substring(equals + 1).strip());
        }
        String file = settings.text("properties", "");
        if (!file.isEmpty()) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                properties.load(in);
            }
        }
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.address());
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // Where the cluster holds no more what was reached: what it still holds.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "carom-" + settings.name());
        progress = new Progress(surrounding.home(), settings.name(), surrounding.recall());
        thread = Thread.ofPlatform().name("carom-kafka").daemon().start(this::run);
    }

    private void run() {
        boolean failing = false;
        while (!closing) {
            try (Consumer<byte[], byte[]> consumer = consumers.with(properties)) {
                consuming = consumer;
                List<TopicPartition> assigned = List.of();
                long looked = 0;
                while (!closing) {
                    if (assigned.isEmpty() || System.nanoTime() - looked > LOOK.toNanos()) {
                        looked = System.nanoTime();
                        List<TopicPartition> there = partitions(consumer);
                        if (!there.equals(assigned)) {
                            assign(consumer, there);
                            assigned = there;
                        }
                    }
                    if (assigned.isEmpty()) {
                        tell("", "its topics have no partitions that may be read; it looks again");
                        Thread.sleep(AGAIN);
                        continue;
                    }
                    ConsumerRecords<byte[], byte[]> records;
                    try {
                        records = consumer.poll(WAIT);
                    } catch (TopicAuthorizationException e) {
                        assigned = allowed(assigned, e);
                        assign(consumer, assigned);
                        continue;
                    }
                    told.remove("");
                    if (failing) {
                        failing = false;
                        surrounding.notes().accept(settings.name() + ": Kafka is read again");
                    }
                    for (TopicPartition partition : records.partitions()) {
                        take(partition, records.records(partition));
                    }
                    progress.settle();
                }
            } catch (WakeupException | InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                if (!closing && !failing) {
                    failing = true;
                    surrounding
                            .notes()
                            .accept(settings.name() + ": Kafka cannot be read: " + e.getMessage()
                                    + "; it is tried again");
                }
                try {
                    Thread.sleep(AGAIN);
                } catch (InterruptedException interrupted) {
                    return;
                }
            } finally {
                consuming = null;
            }
        }
    }

    /// Tells something, once.
    private void tell(String of, String what) {
        if (told.add(of)) {
            surrounding.notes().accept(settings.name() + ": " + what);
        }
    }

    private void tellClosed(String topic, KafkaException e) {
        tell(topic, "topic " + topic + " cannot be read: " + e.getMessage() + "; it is tried again");
    }

    /// The partitions but for those of topics that may not be read.
    private List<TopicPartition> allowed(List<TopicPartition> assigned, TopicAuthorizationException e) {
        List<TopicPartition> left = assigned.stream()
                .filter(p -> !e.unauthorizedTopics().contains(p.topic()))
                .toList();
        if (left.size() == assigned.size()) {
            throw e;
        }
        e.unauthorizedTopics().forEach(topic -> tellClosed(topic, e));
        return left;
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : formats.keySet()) {
            List<PartitionInfo> of;
            try {
                of = consumer.partitionsFor(topic);
            } catch (AuthorizationException | InvalidTopicException e) {
                tellClosed(topic, e);
                continue;
            }
            // Null if the topic is not there, says its contract.
            for (PartitionInfo each : of == null ? List.<PartitionInfo>of() : of) {
                all.add(new TopicPartition(topic, each.partition()));
            }
        }
        all.sort(java.util.Comparator.comparing(TopicPartition::toString));
        return all;
    }

    private static String key(TopicPartition partition) {
        return partition.topic() + "|" + partition.partition();
    }

    private void assign(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) throws IOException {
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            long reached = progress.of(key(partition));
            boolean fromStart = settings.flag("from-start", true) || progress.hasBegun(mark(partition));
            if (reached >= 0) {
                consumer.seek(partition, reached);
            } else if (fromStart) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seekToEnd(List.of(partition));
                progress.set(key(partition), consumer.position(partition));
            }
        }
        for (TopicPartition partition : partitions) {
            progress.begun(mark(partition));
        }
    }

    private static String mark(TopicPartition partition) {
        return "|" + partition.topic();
    }

    private void take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> messages) throws IOException {
        Records records = new Records(counts);
        long next = -1;
        for (ConsumerRecord<byte[], byte[]> message : messages) {
            byte[] value = message.value();
            if (value != null) {
                records.add(value, 0, value.length);
            }
            next = message.offset() + 1;
            if (records.size() >= TOGETHER) {
                put(partition, records, next);
            }
        }
        if (next >= 0) {
            put(partition, records, next);
        }
    }

    private void put(TopicPartition partition, Records records, long next) throws IOException {
        if (records.count() > 0) {
            surrounding.putPatiently(
                    new SpoolEntry(
                            settings.client(),
                            settings.name() + ":" + partition.topic(),
                            formats.getOrDefault(partition.topic(), ""),
                            progress.sender(key(partition), next),
                            surrounding.clock().millis(),
                            records.take()),
                    counts);
        }
        progress.set(key(partition), next);
    }

    @Override
    public String place() {
        return settings.address();
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        closing = true;
        Consumer<byte[], byte[]> consumer = consuming;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join(Duration.ofSeconds(5));
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        progress.save();
    }
}
