package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CefTest {
    private static JsonNode event(String line) {
        ReadEvents read = ReadEvents.of("log", line.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("cef"), read.sources());
        return JsonMapper.builder().build().readTree(read.events().getFirst());
    }

    @Test
    void aBackslashAtTheLinesEndTakesNoFieldAway() {
        String begin = "CEF:0|Example|Gate|1|7|Blocked|5|rt=1551675967123 dst=198.51.100.7 src=192.0.2.1 ";
        JsonNode event = event(begin + "msg=moved to C:\\Temp\\");
        assertEquals("moved to C:\\Temp\\", event.at("/message").asString());
        event = event(begin + "msg=a\\=b suser=CORP\\jane\\");
        assertEquals("a=b", event.at("/message").asString());
        event = event("CEF:0|Example|Gate|1|7|Blocked|5|dst=198.51.100.7 src=192.0.2.1\\");
        assertEquals("198.51.100.7", event.at("/dst_endpoint/ip").asString());
    }
}
