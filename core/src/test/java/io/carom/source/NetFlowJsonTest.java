package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NetFlowJsonTest {
    private static JsonNode event(String more) {
        String record =
                "{\"exporter\":\"192.0.2.254\",\"@timestamp\":\"2019-03-04T05:06:07Z\",\"netflow\":{\"version\":10,"
                        + "\"sourceIPv4Address\":\"192.0.2.1\",\"destinationIPv4Address\":\"198.51.100.2\","
                        + "\"protocolIdentifier\":6," + more + "},\"start\":\"2019-03-04T05:06:07Z\","
                        + "\"end\":\"2019-03-04T05:06:08Z\",\"duration\":1000}\n";
        ReadEvents read = ReadEvents.of("flows", record.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("netflow"), read.sources());
        return JsonMapper.builder().build().readTree(read.events().getFirst());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"octetDeltaCount\":7,\"packetDeltaCount\":1 | 7 1 -1 -1 0.5",
                // Both directions in one record.
                "\"initiatorOctets\":7,\"responderOctets\":900,\"initiatorPackets\":1,\"responderPackets\":2"
                        + " | 7 1 900 2 0.8",
                "\"octetDeltaCount\":7,\"packetDeltaCount\":1,\"reverseOctetDeltaCount\":900,\"reversePacketDeltaCount\":2"
                        + " | 7 1 900 2 0.8",
                // Counted where it left.
                "\"postOctetDeltaCount\":7,\"postPacketDeltaCount\":1 | 7 1 -1 -1 0.5",
                "\"octetDeltaCount\":7,\"packetDeltaCount\":1,\"postOctetDeltaCount\":6 | 7 1 -1 -1 0.5",
            })
    void whatWasSentAndAnsweredIsCounted(String fields, String expected) {
        JsonNode event = event(fields);
        assertEquals(
                expected,
                event.at("/traffic/bytes_out").asInt(-1) + " "
                        + event.at("/traffic/packets_out").asInt(-1) + " "
                        + event.at("/traffic/bytes_in").asInt(-1) + " "
                        + event.at("/traffic/packets_in").asInt(-1) + " "
                        + event.at("/unmapped/carom.initiator_confidence").asDouble());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"firewallEvent\":3 | 5 2",
                "\"fw_event\":3 | 5 2",
                "\"firewallEvent\":2 | 6 0",
                "\"forwarding_status\":{\"status\":2,\"reason\":1} | 5 2",
                "\"forwarding_status\":{\"status\":1,\"reason\":0} | 6 0",
                "\"forwardingStatus\":130 | 5 2",
                "\"forwardingStatus\":64 | 6 0",
            })
    void whatTheExporterStoppedIsRefused(String fields, String expected) {
        JsonNode event = event(fields);
        assertEquals(
                expected,
                event.at("/activity_id").asInt() + " " + event.at("/action_id").asInt(0));
    }

    @Test
    void portsMayBeOfTheProtocolByName() {
        JsonNode event = event("\"tcpSourcePort\":50123,\"tcpDestinationPort\":443");
        assertEquals(50123, event.at("/src_endpoint/port").asInt());
        assertEquals(443, event.at("/dst_endpoint/port").asInt());
    }
}
