package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From which machine to which somebody signed in, by what Windows says of it.
class WindowsDirectionTest {
    private static JsonNode event(String provider, String channel, int id, String data) {
        String record = "{\"EventID\":" + id + ",\"Channel\":\"" + channel + "\",\"SourceName\":\"" + provider
                + "\",\"Hostname\":\"ws1.example.org\",\"@timestamp\":\"2024-03-05T08:15:30.500Z\"," + data + "}";
        ReadEvents read = ReadEvents.of("x", record.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), read.rejects());
        return JsonMapper.builder().build().readTree(read.events().getFirst());
    }

    private static JsonNode ntlm(int id, String data) {
        return event("Microsoft-Windows-NTLM", "Microsoft-Windows-NTLM/Operational", id, data);
    }

    @Test
    void outgoingNtlmLeadsFromThisMachineToTheOneOfTheService() {
        for (int id : new int[] {8001, 4001}) {
            JsonNode event = ntlm(
                    id,
                    "\"TargetName\":\"cifs/server01.example.org\",\"UserName\":\"(NULL)\",\"DomainName\":\"(NULL)\","
                            + "\"ClientUserName\":\"jane\",\"ClientDomainName\":\"CORP\"");
            assertEquals(3002, event.at("/class_uid").asInt());
            assertEquals("ws1.example.org", event.at("/src_endpoint/hostname").asString());
            assertEquals(
                    "server01.example.org", event.at("/dst_endpoint/hostname").asString());
            assertEquals("jane", event.at("/user/name").asString());
            assertEquals("CORP", event.at("/user/domain").asString());
            assertEquals(id == 8001 ? 3 : 2, event.at("/action_id").asInt());
        }
        JsonNode event = ntlm(8001, "\"TargetName\":\"HTTP/10.0.0.5:8080\",\"UserName\":\"jane\"");
        assertEquals("10.0.0.5", event.at("/dst_endpoint/ip").asString());
    }

    @Test
    void incomingNtlmLeadsToThisMachine() {
        JsonNode event = ntlm(8004, "\"WorkstationName\":\"WS7\",\"UserName\":\"jane\",\"SChannelName\":\"SRV2\"");
        assertEquals("ws7", event.at("/src_endpoint/hostname").asString());
        assertEquals("srv2", event.at("/dst_endpoint/hostname").asString());
        event = ntlm(8002, "\"ClientUserName\":\"jane\"");
        assertEquals("ws1.example.org", event.at("/dst_endpoint/hostname").asString());
    }

    @Test
    void thatNtlmWasUsedIsNoRefusal() {
        for (int id : new int[] {4020, 4021, 4022, 4023, 4024}) {
            JsonNode event = ntlm(id, "\"UserName\":\"jane\"");
            assertEquals(3, event.at("/action_id").asInt(), id + "");
            assertEquals(0, event.at("/status_id").asInt(0), id + "");
        }
        assertEquals(2, ntlm(4025, "\"UserName\":\"jane\"").at("/status_id").asInt());
    }

    @Test
    void localhostIsTheMachineThatWroteTheEvent() {
        String provider = "Microsoft-Windows-Security-Auditing";
        JsonNode event =
                event(provider, "Security", 4648, "\"TargetServerName\":\"localhost\",\"TargetUserName\":\"jane\"");
        assertEquals("ws1.example.org", event.at("/dst_endpoint/hostname").asString());
        event = event(provider, "Security", 4648, "\"TargetServerName\":\"srv2\",\"TargetUserName\":\"jane\"");
        assertEquals("srv2", event.at("/dst_endpoint/hostname").asString());
    }
}
