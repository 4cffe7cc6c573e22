package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Kinds of Zeek's logs as older versions and others write them.
class ZeekKindsTest {
    private static JsonNode event(String path, String fields) {
        String record = "{\"_path\":\"" + path + "\",\"ts\":1551675967.5,\"uid\":\"C1\"," + fields + "}\n";
        ReadEvents read = ReadEvents.of("log", record.getBytes(StandardCharsets.UTF_8));
        return JsonMapper.builder().build().readTree(read.events().getFirst());
    }

    private static String ends(String client, String server) {
        return "\"id.orig_h\":\"" + client + "\",\"id.orig_p\":68,\"id.resp_h\":\"" + server + "\",\"id.resp_p\":67";
    }

    @Test
    void aLeaseIsOfTheAddressThatWasAssigned() {
        JsonNode event = event(
                "dhcp", ends("0.0.0.0", "10.0.0.1") + ",\"mac\":\"00:00:5e:00:53:01\",\"assigned_ip\":\"10.0.0.44\"");
        assertEquals("10.0.0.44", event.at("/src_endpoint/ip").asString());
        assertEquals(68, event.at("/src_endpoint/port").asInt());
        assertEquals("10.0.0.1", event.at("/dst_endpoint/ip").asString());
        event = event("dhcp", ends("10.0.0.44", "10.0.0.1") + ",\"mac\":\"00:00:5e:00:53:01\"");
        assertEquals("10.0.0.44", event.at("/src_endpoint/ip").asString());
        event = event(
                "dhcp", "\"server_addr\":\"10.0.0.1\",\"mac\":\"00:00:5e:00:53:01\",\"assigned_addr\":\"10.0.0.44\"");
        assertEquals("10.0.0.44", event.at("/src_endpoint/ip").asString());
        assertEquals("10.0.0.1", event.at("/dst_endpoint/ip").asString());
    }

    @ParameterizedTest
    @CsvSource({
        "jane/EXAMPLE.ORG, jane, EXAMPLE.ORG",
        "WS1$/EXAMPLE.ORG, WS1$, EXAMPLE.ORG",
        "host/ws1.example.org/EXAMPLE.ORG, host/ws1.example.org, EXAMPLE.ORG",
        "jane, jane, ''",
        "/EXAMPLE.ORG, /EXAMPLE.ORG, ''",
        "jane/, jane, ''"
    })
    void theRealmIsNoPartOfTheUsersName(String client, String user, String domain) {
        JsonNode event = event(
                "kerberos",
                ends("10.0.0.44", "10.0.0.1") + ",\"request_type\":\"AS\",\"client\":\"" + client
                        + "\",\"service\":\"krbtgt/EXAMPLE.ORG\",\"success\":true");
        assertEquals(user, event.at("/user/name").asString());
        assertEquals(domain, event.at("/user/domain").asString(""));
    }

    @Test
    void recordsSetApartAreOfTheirKind() {
        JsonNode event = event(
                "conn_red",
                ends("10.0.0.44", "10.0.0.1") + ",\"proto\":\"udp\",\"conn_state\":\"SF\",\"orig_bytes\":7");
        assertEquals(7, event.at("/traffic/bytes_out").asInt());
        assertEquals(
                4003,
                event("dns_red", ends("10.0.0.44", "10.0.0.1") + ",\"query\":\"a.example\"")
                        .at("/class_uid")
                        .asInt());
    }
}
