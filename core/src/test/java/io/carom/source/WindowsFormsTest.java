package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.input.InputReader;
import io.carom.source.mapping.Mapping;
import io.carom.source.windows.EventTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever form an event comes in: the same native names, the same mapping.
class WindowsFormsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String PROVIDER = "Microsoft-Windows-Security-Auditing";

    private static Map<String, String> data() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("TargetUserName", "a.moreau");
        data.put("TargetDomainName", "CORP");
        data.put("LogonType", "10");
        data.put("Threat Name", "with a space");
        data.put("Computer", "a name of the system's");
        data.put("IpAddress", "192.0.2.44");
        return data;
    }

    private static final Map<String, String> EXPECTED = new TreeMap<>(Map.of(
            "EventID", "4624",
            "Provider_Name", PROVIDER,
            "Channel", "Security",
            "Computer", "WS1",
            "TargetUserName", "a.moreau",
            "TargetDomainName", "CORP",
            "LogonType", "10",
            "ThreatName", "with a space",
            "EventData.Computer", "a name of the system's",
            "IpAddress", "192.0.2.44"));

    @Test
    void everyFormGivesTheSameNativeNamesAndTheSameEvent() {
        String system = "\"Provider\":{\"#attributes\":{\"Name\":\"" + PROVIDER + "\"}},\"EventID\":4624,"
                + "\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2024-03-05T08:15:30.5Z\"}},"
                + "\"Channel\":\"Security\",\"Computer\":\"WS1\"";
        String xmlSystem = "<System><Provider Name='" + PROVIDER + "'/><EventID>4624</EventID>"
                + "<TimeCreated SystemTime='2024-03-05T08:15:30.5Z'/><Channel>Security</Channel>"
                + "<Computer>WS1</Computer></System>";
        String xmlData = data().entrySet().stream()
                .map(e -> "<Data Name='" + e.getKey() + "'>" + e.getValue().replace("'", "&apos;") + "</Data>")
                .collect(Collectors.joining());
        List<String> forms = List.of(
                "{\"winlog\":{\"event_id\":4624,\"provider_name\":\"" + PROVIDER + "\",\"channel\":\"Security\","
                        + "\"computer_name\":\"WS1\",\"event_data\":" + json(data())
                        + "},\"@timestamp\":\"2024-03-05T08:15:30.500Z\"}",
                "{\"_source\":{\"winlog\":{\"event_data\":" + json(data())
                        + ",\"event_id\":\"4624\",\"provider_name\":\""
                        + PROVIDER + "\",\"channel\":\"Security\",\"computer_name\":\"WS1\"},"
                        + "\"@timestamp\":\"2024-03-05T08:15:30.500Z\"}}",
                "{\"event_id\":4624,\"source_name\":\"" + PROVIDER + "\",\"log_name\":\"Security\","
                        + "\"computer_name\":\"WS1\",\"event_data\":" + json(data())
                        + ",\"@timestamp\":\"2024-03-05T08:15:30.500Z\"}",
                "{\"Event\":{\"System\":{" + system + "},\"EventData\":" + json(data()) + "}}",
                "{\"EventID\":4624,\"Provider\":\"" + PROVIDER + "\",\"Channel\":\"Security\",\"Computer\":\"WS1\","
                        + "\"TimeGenerated\":\"2024-03-05T08:15:30.500Z\",\"EventData\":" + json(data()) + "}",
                "{\"EventID\":4624,\"EventSourceName\":\"" + PROVIDER + "\",\"Channel\":\"Security\","
                        + "\"Computer\":\"WS1\",\"TimeGenerated\":\"2024-03-05T08:15:30.500Z\",\"EventData\":"
                        + JSON.writeValueAsString("<EventData xmlns='x'>" + xmlData + "</EventData>") + "}",
                "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" + xmlSystem + "<EventData>"
                        + xmlData + "</EventData></Event>",
                "{\"System\":{\"Provider\":{\"Name\":\"" + PROVIDER + "\",\"Guid\":\"54849625\"},\"EventID\":"
                        + "{\"Value\":4624},\"TimeCreated\":{\"SystemTime\":1709626530.5},\"Channel\":\"Security\","
                        + "\"Computer\":\"WS1\",\"Execution\":{\"ProcessID\":4}},\"EventData\":" + json(data())
                        + ",\"Message\":\"An account was logged on.\"}",
                "{\"time\":\"2024-03-05T08:15:31Z\",\"properties\":{\"RawXml\":"
                        + JSON.writeValueAsString(
                                "<Event>" + xmlSystem + "<EventData>" + xmlData + "</EventData></Event>")
                        + "}}");
        for (String form : forms) {
            Map<String, String> fields = fields(form);
            fields.keySet().retainAll(EXPECTED.keySet());
            assertEquals(EXPECTED, fields, form);
            JsonNode event = JSON.readTree(events(form).getFirst());
            assertEquals(3002, event.get("class_uid").intValue(), form);
            assertEquals("a.moreau", event.get("user").get("name").stringValue(), form);
            assertEquals("192.0.2.44", event.get("src_endpoint").get("ip").stringValue(), form);
            assertEquals(10, event.get("logon_type_id").intValue(), form);
            assertEquals(1709626530500L, event.get("time").longValue(), form);
        }
    }

    @Test
    void whatGetWinEventAndAzuresSyslogTableGiveIsReadToo() {
        String got = "{\"Id\":4634,\"LogName\":\"Security\",\"ProviderName\":\"" + PROVIDER + "\","
                + "\"MachineName\":\"WS1\",\"RecordId\":7,\"TimeCreated\":\"2024-03-05T08:15:30.5Z\"}";
        JsonNode event = JSON.readTree(events(got).getFirst());
        assertEquals(300202, event.get("type_uid").intValue());
        assertEquals("ws1", event.get("device").get("hostname").stringValue());
        // Windows PowerShell 5 writes times so.
        event = JSON.readTree(events(got.replace("2024-03-05T08:15:30.5Z", "\\/Date(1709626530500)\\/"))
                .getFirst());
        assertEquals(1709626530500L, event.get("time").longValue());
        String syslog = "{\"TimeGenerated\":\"2024-03-05T08:15:31Z\",\"Computer\":\"app1\",\"Type\":\"Syslog\","
                + "\"ProcessName\":\"sysmon\",\"SyslogMessage\":\"<Event><System><Provider Name='Linux-Sysmon'/>"
                + "<EventID>5</EventID><Channel>Linux-Sysmon/Operational</Channel><Computer>app1</Computer>"
                + "</System><EventData><Data Name='UtcTime'>2024-03-05 08:15:30.5</Data>"
                + "<Data Name='ProcessId'>77</Data><Data Name='Image'>/bin/sh</Data></EventData></Event>\"}";
        event = JSON.readTree(events(syslog).getFirst());
        assertEquals(100702, event.get("type_uid").intValue());
        assertEquals(1709626530500L, event.get("time").longValue());
        assertEquals(200, event.get("device").get("os").get("type_id").intValue());
    }

    @Test
    void theDataThatEvtxECmdHasAsTextIsRead() {
        String payload = "{\"EventData\":{\"Data\":[{\"@Name\":\"NewProcessName\",\"#text\":\"C:\\\\x.exe\"},"
                + "{\"@Name\":\"NewProcessId\",\"#text\":\"0x1d4c\"},{\"@Name\":\"CommandLine\"},"
                + "{\"@Name\":\"ProcessId\",\"#text\":\"0x4c8\"},"
                + "{\"@Name\":\"ParentProcessName\",\"#text\":\"C:\\\\p.exe\"}]}}";
        String record =
                "{\"PayloadData1\":\"x\",\"MapDescription\":\"A new process\",\"ChunkNumber\":0,\"Computer\":\"WS1\","
                        + "\"Payload\":" + JSON.writeValueAsString(payload)
                        + ",\"UserId\":\"S-1-5-18\",\"Channel\":\"Security\","
                        + "\"Provider\":\"" + PROVIDER + "\",\"EventId\":4688,\"EventRecordId\":\"77\",\"ProcessId\":4,"
                        + "\"ThreadId\":5,\"Level\":\"LogAlways\",\"Keywords\":\"Audit success\","
                        + "\"TimeCreated\":\"2024-03-05T08:15:30.5000000+00:00\",\"RecordNumber\":1}";
        JsonNode event = JSON.readTree(events(record).getFirst());
        assertEquals(100701, event.get("type_uid").intValue());
        assertEquals("x.exe", event.at("/process/name").asString());
        assertEquals(0x1d4c, event.at("/process/pid").asInt());
        assertEquals(0x4c8, event.at("/process/parent_process/pid").asInt());
        assertEquals("p.exe", event.at("/process/parent_process/name").asString());
        assertEquals(1, event.at("/status_id").asInt());
        assertEquals(1709626530500L, event.get("time").longValue());
        Map<String, String> fields = fields(record);
        assertEquals("0x4c8", fields.get("ProcessId"));
        assertEquals("4", fields.get("Execution_ProcessID"));
        // An audit that failed, and data that is no JSON.
        event = JSON.readTree(events(record.replace("4688", "4625")
                        .replace("Audit success", "Audit failure")
                        .replace("{\\\"EventData", "{cut"))
                .getFirst());
        assertEquals(2, event.at("/status_id").asInt());
    }

    @Test
    void theNumbersThatEvtxDumpWritesBeforeEventsAreNoRecords() {
        String xml =
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/"
                        + "events/event\">\n  <System>\n    <Provider Name=\"" + PROVIDER + "\">\n    </Provider>\n"
                        + "    <EventID>4634</EventID>\n    <TimeCreated SystemTime=\"2024-03-05T08:15:30.5Z\">\n    </TimeCreated>\n"
                        + "    <Channel>Security</Channel>\n    <Computer>WS1</Computer>\n  </System>\n  <EventData>\n  </EventData>\n"
                        + "</Event>\n";
        String json = "{\n  \"Event\": {\n    \"System\": {\n      \"Provider\": {\n        \"#attributes\": {\n"
                + "          \"Name\": \"" + PROVIDER + "\"\n        }\n      },\n      \"EventID\": 4634,\n"
                + "      \"TimeCreated\": {\n        \"#attributes\": {\n          \"SystemTime\": \"2024-03-05T08:15:30.5Z\"\n"
                + "        }\n      },\n      \"Channel\": \"Security\",\n      \"Computer\": \"WS1\"\n    }\n  }\n}\n";
        for (String event : List.of(xml, json, json.replaceAll("\\s*\n\\s*", "") + "\n")) {
            List<String> events = events("Record 1\n" + event + "Record 2\r\n" + event + "Record 30\n" + event);
            assertEquals(3, events.size(), event);
            assertEquals(300202, JSON.readTree(events.getLast()).get("type_uid").intValue());
        }
    }

    @Test
    void anIdAloneSaysNothing() {
        assertEquals(1007, classOf("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", 1));
        assertEquals(0, classOf("Microsoft-Windows-Kernel-General", "System", 1));
        assertEquals(1008, classOf("Microsoft-Windows-Eventlog", "Security", 1102));
        assertEquals(4005, classOf("Microsoft-Windows-TerminalServices-ClientActiveXCore", "RDPClient", 1102));
        assertEquals(201004, classOf("service control manager", "system", 7045));
        assertEquals(0, classOf("Somebody Else", "System", 7045));
        assertEquals(1007, classOf("Sysmon renamed", "Microsoft-Windows-Sysmon/Operational", 1));
        // Where the provider is not named the channel is asked, in any case.
        assertEquals(3002, classOf(null, "security", 4624));
    }

    @Test
    void anOldEventIdWithItsQualifiersInFrontIsTheSameId() {
        assertEquals(201004, classOf("Service Control Manager", "System", 0x40000000L | 7045));
    }

    @Test
    void sysmonsOwnTimeIsTrustedBeforeAShippers() {
        String record = "{\"EventID\":5,\"SourceName\":\"Microsoft-Windows-Sysmon\",\"Channel\":\"x\","
                + "\"@timestamp\":\"2020-10-22T04:00:00.000Z\",\"EventTime\":\"2020-10-22 05:00:00\","
                + "\"UtcTime\":\"2020-10-22 09:00:00.123\"}";
        assertEquals(
                1603357200123L,
                JSON.readTree(events(record).getFirst()).get("time").longValue());
    }

    @Test
    void eventsWithoutNamesForTheirDataAreReadAlike() {
        String named = "{\"winlog\":{\"event_id\":18456,\"provider_name\":\"MSSQLSERVER\",\"channel\":\"Application\","
                + "\"computer_name\":\"sql1\",\"event_data\":{\"param1\":\"sa\",\"param2\":\"Reason\","
                + "\"param3\":\" [CLIENT: 203.0.113.50]\"}},\"@timestamp\":\"2024-03-05T08:15:30.500Z\"}";
        JsonNode event = JSON.readTree(events(named).getFirst());
        assertEquals("sa", event.get("user").get("name").stringValue());
        assertEquals("203.0.113.50", event.get("src_endpoint").get("ip").stringValue());
    }

    @Test
    void everyMappingOfTheTableReadsTheHostAndTheTime() {
        Set<String> names = new TreeSet<>();
        for (Mapping mapping : EventTable.get().all()) {
            assertTrue(mapping.fields().contains("Computer"), mapping.name());
            assertTrue(mapping.fields().contains("TimeCreated"), mapping.name());
            names.add(mapping.name());
        }
        assertTrue(names.size() > 150, names.size() + " mappings");
    }

    private static int classOf(String provider, String channel, long id) {
        String record = "{\"EventID\":" + id + ",\"Channel\":\"" + channel + "\","
                + (provider == null ? "" : "\"SourceName\":\"" + provider + "\",")
                + "\"@timestamp\":\"2024-03-05T08:15:30.500Z\",\"Hostname\":\"h\"}";
        return JSON.readTree(events(record).getFirst()).get("class_uid").intValue();
    }

    private static String json(Map<String, String> data) {
        return JSON.writeValueAsString(data);
    }

    private static List<String> events(String text) {
        ReadEvents read = ReadEvents.of("x", text.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), read.rejects(), text);
        assertTrue(read.sources().stream().allMatch(s -> s.startsWith("windows-")), read.sources() + " " + text);
        return read.events();
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new TreeMap<>();
        try {
            new InputReader(Sources.installed(), null)
                    .read(
                            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                            new InputContext("x", ZoneOffset.UTC, ReadEvents.REFERENCE),
                            new EventBatch(1 << 12),
                            (batch, n) -> {
                                for (int slot = 0; slot < batch.endSlot(0); slot++) {
                                    fields.putIfAbsent(
                                            FieldNames.name(batch.slotField(slot)), batch.text(batch.slotValue(slot)));
                                }
                                return batch;
                            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return fields;
    }
}
