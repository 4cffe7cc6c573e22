package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CiscoSignInTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "%ASA-6-113005: AAA user authentication Rejected : reason = AAA failure : server = 10.0.0.1"
                        + " : user = x : user IP = 192.0.2.1 : user IP = 198.51.100.9 | x : user IP = 192.0.2.1",
                "%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database"
                        + " : user = jane : user IP = 198.51.100.9 | jane",
                "%ASA-6-109006: Authentication failed for user 'x' from 192.0.2.1/1 to 10.0.0.1/22 on' from"
                        + " 198.51.100.9/4000 to 10.0.0.1/22 on interface outside"
                        + " | x' from 192.0.2.1/1 to 10.0.0.1/22 on",
                "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Source: 192.0.2.1] [localport: 22] [Reason: y]"
                        + " [Source: 198.51.100.9] [localport: 22] [Reason: Login Authentication Failed] at 05:06:07 UTC"
                        + " | x] [Source: 192.0.2.1] [localport: 22] [Reason: y",
            })
    void aFailedSignInIsLaidToWhoeverTried(String message, String user) {
        String line = "<166>Mar 04 2019 05:06:07 gw1 : " + message;
        ReadEvents read = ReadEvents.of("log", line.getBytes(StandardCharsets.UTF_8));
        JsonNode event = JsonMapper.builder().build().readTree(read.events().getFirst());
        assertEquals(3002, event.at("/class_uid").asInt());
        assertEquals(2, event.at("/status_id").asInt());
        assertEquals("198.51.100.9", event.at("/src_endpoint/ip").asString());
        assertEquals(user, event.at("/user/name").asString());
    }
}
