package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.FieldNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldRoleTest {
    private static FieldRole role(String name) {
        return FieldRole.of(FieldNames.of(name));
    }

    private static int rank(String name) {
        return FieldRole.rank(FieldNames.of(name));
    }

    @ParameterizedTest
    @CsvSource({
        "src_ip, SOURCE_ADDRESS",
        "Source-IP, SOURCE_ADDRESS",
        "source.ip, SOURCE_ADDRESS",
        "event.data.sourceIPAddress, SOURCE_ADDRESS",
        "clientIp, SOURCE_ADDRESS",
        "id.orig_h, SOURCE_ADDRESS",
        "remote_addr, REMOTE_ADDRESS",
        "LocalAddressIP4, LOCAL_ADDRESS",
        "dstport, DESTINATION_PORT",
        "destination.port, DESTINATION_PORT",
        "server_ip, DESTINATION_ADDRESS",
        "nat_src_ip, NONE",
        "translatedDestinationIp, NONE",
        "userPrincipalName, USER",
        "actor.user.name, USER",
        "@timestamp, TIME",
        "eventTime, TIME",
        "duration, NONE",
        "subnet, NONE"
    })
    void namesTellRoles(String name, FieldRole expected) {
        assertEquals(expected, role(name));
    }

    @Test
    void anOutrightNameIsStrongerThanAWeakOne() {
        assertTrue(rank("src_ip") < rank("client_ip"));
        assertTrue(rank("client_ip") < rank("ip"));
        assertTrue(rank("user.name") < rank("target.user.name"));
    }
}
