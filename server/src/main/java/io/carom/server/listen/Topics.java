package io.carom.server.listen;

import io.carom.config.YamlNode;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads topics of a Kafka cluster, each message a record. How far each partition was read is kept
/// here, with the records, and not in the cluster: read from there it would be a little before or
/// behind what is kept. All partitions are read by this listener; a new one is found within half a
/// minute.
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
            return new Topics(settings, surrounding);
        }
    };

    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int TOGETHER = 256 << 10;

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Progress progress;
    private final Map<String, String> formats = new LinkedHashMap<>();
    private final Properties properties = new Properties();
    private final Thread thread;
    private volatile boolean closing;
    private volatile @org.jspecify.annotations.Nullable KafkaConsumer<byte[], byte[]> consuming;

    private Topics(ListenerSettings settings, Surrounding surrounding) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
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
        properties.put(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, settings.flag("from-start", true) ? "earliest" : "latest");
        properties.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "carom-" + settings.name());
        progress = new Progress(surrounding.home(), settings.name(), surrounding.recall());
        thread = Thread.ofPlatform().name("carom-kafka").daemon().start(this::run);
    }

    private void run() {
        boolean failing = false;
        while (!closing) {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
                consuming = consumer;
                List<TopicPartition> assigned = List.of();
                long looked = 0;
                while (!closing) {
                    if (looked == 0 || System.nanoTime() - looked > LOOK.toNanos()) {
                        looked = System.nanoTime();
                        List<TopicPartition> there = partitions(consumer);
                        if (!there.equals(assigned)) {
                            assigned = there;
                            assign(consumer, there);
                        }
                    }
                    ConsumerRecords<byte[], byte[]> records = consumer.poll(WAIT);
                    if (failing) {
                        failing = false;
                        surrounding.notes().accept(settings.name() + ": Kafka is read again");
                    }
                    for (TopicPartition partition : records.partitions()) {
                        take(partition, records.records(partition));
                    }
                    progress.save();
                }
            } catch (WakeupException e) {
                return;
            } catch (KafkaException | IOException e) {
                if (!closing && !failing) {
                    failing = true;
                    surrounding
                            .notes()
                            .accept(settings.name() + ": Kafka cannot be read: " + e.getMessage()
                                    + "; it is tried again");
                }
                try {
                    Thread.sleep(Duration.ofSeconds(2));
                } catch (InterruptedException interrupted) {
                    return;
                }
            } finally {
                consuming = null;
            }
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : formats.keySet()) {
            for (PartitionInfo each : consumer.partitionsFor(topic)) {
                all.add(new TopicPartition(topic, each.partition()));
            }
        }
        all.sort(java.util.Comparator.comparing(TopicPartition::toString));
        return all;
    }

    private static String key(TopicPartition partition) {
        return partition.topic() + "|" + partition.partition();
    }

    private void assign(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            long reached = progress.of(key(partition));
            if (reached >= 0) {
                consumer.seek(partition, reached);
            }
        }
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
        KafkaConsumer<byte[], byte[]> consumer = consuming;
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
