package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.event.OcsfSchema;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever stands in an event's fields: an event or a reject comes of it, and the event is sound JSON
/// of a class there is.
class WindowsGarbageTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String[] PROVIDERS = {
        "Microsoft-Windows-Security-Auditing",
        "Microsoft-Windows-Sysmon",
        "Service Control Manager",
        "Microsoft-Windows-PowerShell",
        "PowerShell",
        "Microsoft-Windows-Windows Defender",
        "Microsoft-Windows-TerminalServices-Gateway",
        "Microsoft-Windows-Bits-Client",
        "AD FS Auditing",
        "MSSQLSERVER",
    };

    private static final String[] FIELDS = {
        "UtcTime",
        "Hashes",
        "Image",
        "ProcessId",
        "User",
        "QueryResults",
        "QueryStatus",
        "TargetObject",
        "Protocol",
        "IpAddress",
        "IpPort",
        "LogonType",
        "Status",
        "SubStatus",
        "AccessMask",
        "ObjectType",
        "ObjectName",
        "PrivilegeList",
        "TaskContent",
        "Data",
        "ContextInfo",
        "Message",
        "Path",
        "url",
        "ThreatName",
        "Keywords",
        "Level",
        "param2",
        "TargetUserName",
        "SubjectUserName",
        "SourceIp",
        "DestinationIp",
        "Initiated",
        "EventType",
        "ServiceType"
    };

    private static final int[] IDS = {
        1, 3, 7, 10, 11, 12, 13, 22, 59, 104, 302, 303, 400, 800, 1102, 1116, 1202, 4103, 4104, 4624, 4625, 4657, 4663,
        4670, 4672, 4688, 4698, 4703, 4768, 4769, 4776, 5145, 5156, 7036, 7045, 18456
    };

    private static final String[] PIECES = {
        "\\",
        "/",
        ":",
        "=",
        ",",
        ";",
        "-",
        "%%1793",
        "0x",
        "type: 5 ",
        "S-1-",
        "<Command>",
        "HostApplication=",
        "User = ",
        "[CLIENT: ",
        "file:_",
        "http://",
        "\n",
        " ",
        "é",
        "😀",
        "1",
        "ffff",
        "99999999999999999999",
        "2024-03-05 08:15:30",
        "192.0.2.1",
        "::ffff:",
        "@",
        "IMPHASH=",
        "tcp",
        "\u0000",
        "\"",
        "<",
        "&amp;"
    };

    @Test
    void valuesOfAnyShapeAreTakenOrLeft() {
        Random random = new Random(11);
        for (int i = 0; i < 1500; i++) {
            byte[] seed = new byte[4 + random.nextInt(60)];
            random.nextBytes(seed);
            holds(seed);
        }
    }

    @FuzzTest
    void anyBytes(byte[] bytes) {
        holds(bytes);
        asXml(bytes);
    }

    /// The bytes choose provider, id, fields and what their values are put together from.
    private static void holds(byte[] bytes) {
        if (bytes.length < 4) {
            return;
        }
        StringBuilder record = new StringBuilder("{\"EventID\":")
                .append(IDS[(bytes[0] & 0xFF) % IDS.length])
                .append(",\"SourceName\":")
                .append(JSON.writeValueAsString(PROVIDERS[(bytes[1] & 0xFF) % PROVIDERS.length]))
                .append(",\"Channel\":\"x\",\"Hostname\":\"h\",\"@timestamp\":\"2024-03-05T08:15:30Z\"");
        int at = 2;
        while (at + 1 < bytes.length) {
            String field = FIELDS[(bytes[at++] & 0xFF) % FIELDS.length];
            int pieces = bytes[at++] & 7;
            StringBuilder value = new StringBuilder();
            for (int i = 0; i < pieces && at < bytes.length; i++) {
                value.append(PIECES[(bytes[at++] & 0xFF) % PIECES.length]);
            }
            record.append(",\"").append(field).append("\":").append(JSON.writeValueAsString(value.toString()));
        }
        sound(ReadEvents.of("x", record.append('}').toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void asXml(byte[] bytes) {
        byte[] head = "<Event><System><EventID>1</EventID>".getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[head.length + bytes.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(bytes, 0, whole, head.length, bytes.length);
        sound(ReadEvents.of("x", whole));
    }

    private static void sound(ReadEvents read) {
        assertEquals(
                read.result().records(), read.events().size() + read.rejects().size());
        for (String event : read.events()) {
            JsonNode tree = JSON.readTree(event);
            OcsfSchema.get().byUid(tree.get("class_uid").intValue());
        }
    }
}
