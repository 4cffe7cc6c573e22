package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who began a connection, by what each firewall says of it.
class FirewallDirectionTest {
    private static String initiator(String line) {
        ReadEvents read = ReadEvents.of("log", line.getBytes(StandardCharsets.UTF_8));
        JsonNode event = JsonMapper.builder().build().readTree(read.events().getFirst());
        return event.at("/src_endpoint/ip").asString() + " "
                + event.at("/connection_info/direction_id").asInt(0) + " "
                + event.at("/unmapped/carom.initiator_confidence").asDouble();
    }

    @Test
    void anInboundConnectionOfAnAsaWasBegunByTheFirstEndpoint() {
        assertEquals(
                "203.0.113.9 1 1.0",
                initiator("%ASA-6-302013: Built inbound TCP connection 1 for outside:203.0.113.9/50112 "
                        + "(203.0.113.9/50112) to dmz:10.1.0.80/443 (198.51.100.80/443)"));
    }

    @Test
    void anOutboundConnectionOfAnAsaWasBegunByTheSecondEndpoint() {
        assertEquals(
                "10.20.0.14 2 1.0",
                initiator("%ASA-6-302015: Built outbound UDP connection 1 for outside:198.51.100.7/53 "
                        + "(198.51.100.7/53) to inside:10.20.0.14/51000 (192.0.2.5/51000)"));
    }

    @Test
    void aTeardownTellsTheInitiatorOnlyByItsPorts() {
        assertEquals(
                "10.20.0.14 0 0.8",
                initiator("%ASA-6-302014: Teardown TCP connection 1 for outside:198.51.100.7/443 to "
                        + "inside:10.20.0.14/51000 duration 0:10:06 bytes 4666 TCP FINs"));
        assertEquals(
                "198.51.100.7 0 0.5",
                initiator("%ASA-6-302014: Teardown TCP connection 1 for outside:198.51.100.7/5001 to "
                        + "inside:10.20.0.14/5002 duration 0:10:06 bytes 4666 TCP FINs"));
    }

    @Test
    void aFilteredPacketTellsItByItsFlagsAlone() {
        String begin = "Mar  4 05:06:10 fw01 filterlog: 9,,,103,em0,match,pass,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.1,"
                + "198.51.100.2,44444,22,0,";
        assertEquals("192.0.2.1 1 1.0", initiator(begin + "S,1,,64240,,"));
        assertEquals("192.0.2.1 1 0.5", initiator(begin + "SA,1,2,64240,,"));
    }
}
