package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What sshd says of those who try to sign in.
class LinuxAuthTest {
    private static String told(String program, String message) {
        ReadEvents read = ReadEvents.of(
                "auth.log", ("Mar  4 05:06:07 host " + program + "[7]: " + message).getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("auth-log"), read.sources());
        JsonNode event = JsonMapper.builder().build().readTree(read.events().getFirst());
        return event.at("/class_uid").asInt() + " " + event.at("/status_id").asInt(0) + " "
                + event.at("/src_endpoint/ip").asString("-") + " "
                + event.at("/src_endpoint/port").asInt(0) + " "
                + event.at("/user/name").asString("-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Who signs in chooses the name: what it says of an address is no address.
                "Failed password for invalid user x from 192.0.2.1 port 1 ssh2 from 198.51.100.9 port 22 ssh2"
                        + " | x from 192.0.2.1 port 1 ssh2",
                "Failed none for invalid user a b from 198.51.100.9 port 22 ssh2 | a b",
                "Failed password for root from 198.51.100.9 port 22 ssh2 | root",
                "Invalid user x from 192.0.2.1 port 1 from 198.51.100.9 port 22 | x from 192.0.2.1 port 1",
                "error: maximum authentication attempts exceeded for invalid user jane from 198.51.100.9 port 22 ssh2"
                        + " [preauth] | jane",
                "Connection closed by invalid user x 192.0.2.1 port 1 198.51.100.9 port 22 [preauth]"
                        + " | x 192.0.2.1 port 1",
                "Connection reset by authenticating user root 198.51.100.9 port 22 [preauth] | root",
                "Connection reset by invalid user a b 198.51.100.9 port 22 [preauth] | a b",
                "Disconnecting authenticating user root 198.51.100.9 port 22: Too many authentication failures"
                        + " [preauth] | root",
                "Disconnecting invalid user x 198.51.100.9 port 22: Too many authentication failures [preauth] | x",
                "Disconnected from invalid user x 198.51.100.9 port 22 [preauth] | x",
            })
    void aFailedSignInIsLaidToWhoeverTried(String message, String user) {
        for (String program : List.of("sshd", "sshd-session", "sshd-auth")) {
            assertEquals("3002 2 198.51.100.9 22 " + user, told(program, message));
        }
    }
}
