package io.carom.source.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class FlowDecoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path VECTORS =
            Path.of(System.getProperty("carom.data", "../shared/data"), "network/netflow-vectors.ndjson.gz");

    private static List<JsonNode> decode(FlowDecoder decoder, List<byte[]> datagrams) {
        List<JsonNode> out = new ArrayList<>();
        for (byte[] datagram : datagrams) {
            decoder.datagram(
                    "192.0.2.1:2055",
                    ByteBuffer.wrap(datagram),
                    0,
                    (options, b, length) -> out.add(JSON.readTree(new String(b, 0, length, StandardCharsets.UTF_8))));
        }
        return out;
    }

    private record Vector(String name, List<byte[]> datagrams, int count, JsonNode expected) {}

    private static List<Vector> vectors() throws Exception {
        Path file = VECTORS;
        assumeTrue(Files.exists(file), "the vectors are not here");
        List<Vector> all = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new java.util.zip.GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode each = JSON.readTree(line);
                List<byte[]> datagrams = new ArrayList<>();
                each.path("packets_base64")
                        .forEach(p -> datagrams.add(Base64.getDecoder().decode(p.asString())));
                all.add(new Vector(
                        each.path("name").asString(),
                        datagrams,
                        each.path("expected_count").asInt(-1),
                        each.path("expected_events")));
            }
        }
        return all;
    }

    /// Contexts whose names another program makes up for a vendor's private fields are compared by the
    /// others.
    private static boolean isPrivate(String name) {
        return name.matches(
                        "(ixia|procera|netscaler|streamcore|reamcore|nprobe|natInside|natOutside|natSub|mpls_label).*")
                || name.equals("application_id")
                || name.equals("application_name");
    }

    @Test
    void statedCountsAreEqualAndAssertedFieldsAreThere() throws Exception {
        Map<String, String> wrong = new TreeMap<>();
        int counts = 0;
        int events = 0;
        for (Vector vector : vectors()) {
            List<JsonNode> flows = decode(new FlowDecoder(), vector.datagrams);
            if (vector.count >= 0) {
                counts++;
                if (flows.size() != vector.count) {
                    wrong.put(vector.name, "expected " + vector.count + " records, found " + flows.size());
                }
            }
            for (JsonNode expected : vector.expected) {
                if (!expected.has("netflow")) {
                    continue;
                }
                events++;
                if (flows.stream().noneMatch(f -> holds(f, expected))) {
                    JsonNode nearest = flows.stream()
                            .min(java.util.Comparator.comparingInt(
                                    f -> differences(f, expected).size()))
                            .orElse(null);
                    wrong.put(
                            vector.name + " event " + events,
                            nearest == null
                                    ? "none"
                                    : differences(nearest, expected).toString());
                }
            }
        }
        assertEquals(Map.of(), wrong);
        assertTrue(counts >= 28 && events >= 30, counts + " counts, " + events + " events");
    }

    private static boolean holds(JsonNode flow, JsonNode expected) {
        return differences(flow, expected).isEmpty();
    }

    private static List<String> differences(JsonNode flow, JsonNode expected) {
        List<String> out = new ArrayList<>();
        if (!Instant.parse(flow.path("@timestamp").asString())
                .equals(Instant.parse(expected.path("@timestamp").asString()))) {
            out.add("@timestamp " + flow.path("@timestamp") + " for " + expected.path("@timestamp"));
        }
        JsonNode wanted = expected.path("netflow");
        for (String name : wanted.propertyNames()) {
            JsonNode value = wanted.get(name);
            if (isPrivate(name) || value.asString("").contains("#{")) {
                continue;
            }
            JsonNode found = flow.path("netflow").path(name);
            if (name.endsWith("_switched") && found.isString()) {
                // The other program does not borrow a second where it should: it is late by up to 1.2 seconds. RFC
                // 3954, section 5.1: the datagram's time less the difference of the uptimes.
                long late = Instant.parse(value.asString()).toEpochMilli()
                        - Instant.parse(found.asString()).toEpochMilli();
                if (late < 0 || late > 1200) {
                    out.add(name + " " + found + " for " + value);
                }
                continue;
            }
            boolean same = value.isNumber() && found.isNumber()
                    ? value.asDouble() == found.asDouble()
                    : value.asString("?").equals(found.asString("!")) || value.equals(found);
            if (!same) {
                out.add(name + " " + found + " for " + value);
            }
        }
        return out;
    }

    @Test
    void templatesMayComeAfterTheirRecordsAndInAnyOrder() throws Exception {
        for (Vector vector : vectors()) {
            List<JsonNode> inOrder = decode(new FlowDecoder(), vector.datagrams);
            List<byte[]> reversed = new ArrayList<>(vector.datagrams);
            Collections.reverse(reversed);
            List<JsonNode> late = decode(new FlowDecoder(), reversed);
            assertEquals(
                    inOrder.stream().map(JsonNode::toString).sorted().toList(),
                    late.stream().map(JsonNode::toString).sorted().toList(),
                    vector.name);
        }
    }

    @Test
    void aDatagramThatComesTwiceIsTakenOnce() throws Exception {
        for (Vector vector : vectors()) {
            FlowDecoder decoder = new FlowDecoder();
            int once = decode(decoder, vector.datagrams).size();
            assertEquals(0, decode(decoder, vector.datagrams).size(), vector.name);
            assertTrue(once == 0 || decoder.repeated() >= vector.datagrams.size(), vector.name);
        }
    }

    @Test
    void anUptimeThatBeganAgainGivesTheSameTimes() {
        long time = 1_700_000_000_000L;
        assertEquals(time - 1000, FlowDecoder.switched(time, 5000, 4000));
        // The flow began before the uptime passed 2^32 milliseconds.
        assertEquals(time - 1500, FlowDecoder.switched(time, 500, -1000));
        // It ended a moment after the head was written.
        assertEquals(time + 20, FlowDecoder.switched(time, 500, 520));
        assertEquals(time + 20, FlowDecoder.switched(time, -10, 10));
    }

    @Test
    void exportersDoNotSeeEachOthersTemplates() throws Exception {
        Vector vector = vectors().stream()
                .filter(v -> v.name.startsWith("IPFIX OpenBSD"))
                .findFirst()
                .orElseThrow();
        FlowDecoder decoder = new FlowDecoder();
        int[] found = new int[1];
        decoder.datagram("192.0.2.1:1", ByteBuffer.wrap(vector.datagrams.getFirst()), 0, (o, b, n) -> found[0]++);
        decoder.datagram("192.0.2.2:1", ByteBuffer.wrap(vector.datagrams.getLast()), 0, (o, b, n) -> found[0]++);
        assertEquals(0, found[0]);
    }

    /// A datagram of version 9 of so many sets of data, each of a template of its own.
    private static byte[] version9(int sequence, int template, int sets, int bytes) {
        ByteBuffer out = ByteBuffer.allocate(20 + sets * (4 + bytes));
        out.putShort((short) 9)
                .putShort((short) sets)
                .putInt(0)
                .putInt(1_700_000_000)
                .putInt(sequence)
                .putInt(1);
        for (int i = 0; i < sets; i++) {
            out.putShort((short) (template + i)).putShort((short) (4 + bytes)).put(new byte[bytes]);
        }
        return out.array();
    }

    /// One that says that a template is of an address.
    private static byte[] template9(int sequence, int template) {
        ByteBuffer out = ByteBuffer.allocate(20 + 12);
        out.putShort((short) 9)
                .putShort((short) 1)
                .putInt(0)
                .putInt(1_700_000_000)
                .putInt(sequence)
                .putInt(1);
        out.putShort((short) 0).putShort((short) 12).putShort((short) template).putShort((short) 1);
        return out.putShort((short) 8).putShort((short) 4).array();
    }

    private static int take(FlowDecoder decoder, String exporter, byte[] datagram, long now) {
        int[] records = new int[1];
        decoder.datagram(exporter, ByteBuffer.wrap(datagram), now, (options, b, length) -> records[0]++);
        return records[0];
    }

    @Test
    void whatWaitsIsGivenWhenItsTemplateComesAndTheOthersWaitOn() {
        FlowDecoder decoder = new FlowDecoder();
        String exporter = "192.0.2.1:1";
        take(decoder, exporter, version9(1, 256, 3, 8), 0);
        take(decoder, exporter, version9(2, 257, 1, 4), 0);
        assertEquals(4, decoder.waiting());
        assertEquals(3, take(decoder, exporter, template9(3, 257), 0));
        assertEquals(2, decoder.waiting());
        assertEquals(0, take(decoder, exporter, template9(4, 256), FlowDecoder.PATIENCE + 1), "it came too late");
        assertEquals(1, decoder.waiting());
        assertEquals(1, decoder.withoutTemplate());
    }

    @Test
    void whatWaitsIsBoundedByExporterAndInAll() {
        FlowDecoder decoder = new FlowDecoder();
        take(decoder, "192.0.2.1:1", version9(1, 256, 1000, 0), 0);
        assertEquals(0, decoder.waiting(), "a set of nothing is nothing to wait for");
        for (int i = 0; i < 20; i++) {
            take(decoder, "192.0.2.1:1", version9(2 + i, 256, 100, 4), 0);
        }
        assertEquals(FlowDecoder.WAITING, decoder.waiting());
        assertEquals(2_000 - FlowDecoder.WAITING, decoder.withoutTemplate());
        for (int i = 0; i < 400; i++) {
            for (int j = 0; j < 4; j++) {
                take(decoder, "192.0.2.2:" + i, version9(j, 256 + j, 1, 60_000), 1);
            }
        }
        assertTrue(decoder.held() <= FlowDecoder.HELD_BY_ALL, decoder.held() + " bytes");
        assertTrue(decoder.held() > FlowDecoder.HELD_BY_ALL - 100_000, decoder.held() + " bytes");
        // An exporter that is forgotten takes what waits of it with it.
        for (int i = 0; i < FlowDecoder.EXPORTERS; i++) {
            take(decoder, "192.0.2.3:" + i, template9(i, 256), 1);
        }
        assertEquals(0, decoder.waiting());
        assertEquals(0, decoder.held());
        assertEquals(2_000 + 1_600, decoder.withoutTemplate());
    }

    @Test
    void datagramsCutAtAnyByteOrDamagedNeverThrowAndHoldNothingWithoutBound() throws Exception {
        Random random = new Random(5);
        FlowDecoder decoder = new FlowDecoder();
        for (Vector vector : vectors()) {
            for (byte[] datagram : vector.datagrams) {
                for (int cut = 0; cut < datagram.length; cut += 1 + datagram.length / 200) {
                    decode(decoder, List.of(Arrays.copyOf(datagram, cut)));
                }
                for (int round = 0; round < 100; round++) {
                    byte[] damaged = datagram.clone();
                    for (int i = 0; i < 4; i++) {
                        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                    }
                    decode(decoder, List.of(damaged));
                }
            }
        }
        assertTrue(decoder.malformed() > 0);
    }

    /// An IPFIX message of so many sets.
    private static byte[] ipfix(int sequence, int domain, byte[]... sets) {
        int length = 16 + Arrays.stream(sets).mapToInt(set -> set.length).sum();
        ByteBuffer out = ByteBuffer.allocate(length);
        out.putShort((short) 10)
                .putShort((short) length)
                .putInt(1_700_000_000)
                .putInt(sequence)
                .putInt(domain);
        for (byte[] set : sets) {
            out.put(set);
        }
        return out.array();
    }

    private static byte[] set(int id, int... shorts) {
        ByteBuffer out = ByteBuffer.allocate(4 + 2 * shorts.length);
        out.putShort((short) id).putShort((short) out.capacity());
        for (int each : shorts) {
            out.putShort((short) each);
        }
        return out.array();
    }

    /// RFC 7011, section 8.1.
    @Test
    void aWithdrawalOfAllIsOfItsDomainAndItsKindAndPaddingIsNone() {
        FlowDecoder decoder = new FlowDecoder();
        String exporter = "192.0.2.1:1";
        take(decoder, exporter, ipfix(1, 1, set(2, 256, 1, 8, 4), set(3, 257, 1, 1, 8, 4)), 0);
        take(decoder, exporter, ipfix(2, 2, set(2, 256, 1, 8, 4)), 0);
        assertEquals(2, take(decoder, exporter, ipfix(3, 1, set(256, 1, 2), set(257, 1, 2)), 0));
        take(decoder, exporter, ipfix(4, 2, set(2, 258, 1, 8, 4, 0, 0)), 0);
        assertEquals(2, take(decoder, exporter, ipfix(5, 2, set(256, 1, 2), set(258, 1, 2)), 0), "zeros are padding");
        take(decoder, exporter, ipfix(6, 1, set(2, 2, 0)), 0);
        assertEquals(1, take(decoder, exporter, ipfix(7, 1, set(256, 1, 2), set(257, 1, 2)), 0));
        assertEquals(1, take(decoder, exporter, ipfix(8, 2, set(256, 1, 3)), 0));
        take(decoder, exporter, ipfix(9, 1, set(3, 3, 0)), 0);
        assertEquals(0, take(decoder, exporter, ipfix(10, 1, set(257, 1, 2)), 0));
        assertEquals(1, take(decoder, exporter, ipfix(11, 2, set(256, 1, 4)), 0));
    }

    private static String times(byte[] template, byte[] data) {
        JsonNode flow = decode(new FlowDecoder(), List.of(ipfix(1, 1, template), ipfix(2, 1, data)))
                .getFirst();
        return flow.path("start").asString() + " " + flow.path("end").asString() + " "
                + flow.path("duration").asInt();
    }

    @Test
    void aFlowToldByDifferencesAndDurationsHasItsTimes() {
        // 5 and 2 seconds before the message, in microseconds.
        assertEquals(
                "2023-11-14T22:13:15Z 2023-11-14T22:13:18Z 3000",
                times(set(2, 256, 2, 158, 4, 159, 4), set(256, 0x4C, 0x4B40, 0x1E, 0x8480)));
        assertEquals(
                "2023-11-14T22:13:17Z 2023-11-14T22:13:20Z 3000", times(set(2, 256, 1, 161, 4), set(256, 0, 3000)));
        // The beginning in seconds since 1970, and how long it was.
        assertEquals(
                "2023-11-14T22:00:00Z 2023-11-14T22:00:03Z 3000",
                times(set(2, 256, 2, 150, 4, 161, 4), set(256, 0x6553, 0xEDE0, 0, 3000)));
        assertEquals(
                "2023-11-14T22:00:00Z 2023-11-14T22:00:00Z 0", times(set(2, 256, 1, 322, 4), set(256, 0x6553, 0xEDE0)));
    }
}
