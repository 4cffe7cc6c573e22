package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PfsenseTest {
    @ParameterizedTest
    @CsvSource({"pass, 6 1", "rdr, 6 1", "nat, 6 1", "binat, 6 1", "block, 5 2", "reject, 5 2"})
    void aTranslationIsNoRefusal(String action, String expected) {
        String line = "Mar  4 05:06:10 fw01 filterlog: 9,,,103,em0,match," + action + ",in,4,0x0,,64,1,0,DF,6,tcp,60,"
                + "192.0.2.1,198.51.100.2,44444,22,0,S,1,,64240,,";
        ReadEvents read = ReadEvents.of("log", line.getBytes(StandardCharsets.UTF_8));
        JsonNode event = JsonMapper.builder().build().readTree(read.events().getFirst());
        assertEquals(
                expected,
                event.at("/activity_id").asInt() + " " + event.at("/action_id").asInt());
    }
}
