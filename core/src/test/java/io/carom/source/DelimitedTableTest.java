package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tables of delimited values under a line of names, as programs for people export them.
class DelimitedTableTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static ReadEvents read(String text) {
        return ReadEvents.of("table.csv", text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode event(ReadEvents read, int n) {
        return JSON.readTree(read.events().get(n));
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void valuesAreToldByTheNamesAboveThem(String by) {
        String table = "Time,User Name,\"Source IP\",Destination IP,Action\n"
                + "2019-03-04T05:06:07Z,jane,192.0.2.7,198.51.100.2,blocked\n"
                + "2019-03-04T05:06:08Z,\"joe\",192.0.2.8,198.51.100.2,\"allowed\"\n"
                + "Time,User Name,\"Source IP\",Destination IP,Action\n2019-03-04T05:06:09Z,,192.0.2.9,198.51.100.2,\n";
        ReadEvents read = read(table.replace(",", by));
        assertEquals(List.of(), read.rejects());
        assertEquals(Collections.nCopies(3, "generic-delimited"), read.sources());
        JsonNode event = event(read, 0);
        assertEquals(4001, event.at("/class_uid").asInt());
        assertEquals(1551675967000L, event.at("/time").asLong());
        assertEquals("192.0.2.7", event.at("/src_endpoint/ip").asString());
        assertEquals("198.51.100.2", event.at("/dst_endpoint/ip").asString());
        assertEquals("jane", event.at("/actor/user/name").asString());
        assertEquals(2, event.at("/action_id").asInt());
        assertEquals("joe", event(read, 1).at("/actor/user/name").asString());
        assertEquals("192.0.2.9", event(read, 2).at("/src_endpoint/ip").asString());
    }

    @Test
    void whatAProductsFormatKnowsByItsNamesIsOfTheProduct() {
        String record = "{\"CreationTime\":\"2019-03-04T05:06:07\",\"Id\":\"a\",\"Operation\":\"UserLoggedIn\","
                + "\"OrganizationId\":\"o\",\"RecordType\":15,\"Workload\":\"AzureActiveDirectory\","
                + "\"UserId\":\"jane@example.org\",\"ClientIP\":\"192.0.2.7\"}";
        ReadEvents read = read("RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n"
                + "a,2019-03-04T05:06:07.0000000Z,15,UserLoggedIn,jane@example.org,\"" + record.replace("\"", "\"\"")
                + "\"\r\n");
        assertEquals(List.of("microsoft-365"), read.sources());
        assertEquals("jane@example.org", event(read, 0).at("/user/name").asString());
        assertEquals("192.0.2.7", event(read, 0).at("/src_endpoint/ip").asString());

        // `Get-WinEvent | Export-Csv` of Windows PowerShell, whose messages go over lines.
        read = read(
                "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
                        + "\"Message\",\"Id\",\"LogName\",\"ProviderName\",\"MachineName\",\"TimeCreated\"\r\n"
                        + "\"An account was logged off.\r\n\r\nSubject:\r\n\tName: \"\"jane\"\"\",\"4634\",\"Security\","
                        + "\"Microsoft-Windows-Security-Auditing\",\"WS1\",\"3/4/2019 5:06:07 AM\"\r\n"
                        + "\"x\",\"4634\",\"Security\",\"Microsoft-Windows-Security-Auditing\",\"WS2\",\"2019-03-04 05:06:08\"\r\n");
        assertEquals(List.of("windows-json", "windows-json"), read.sources());
        assertEquals(300202, event(read, 0).at("/type_uid").asInt());
        assertEquals("ws1", event(read, 0).at("/device/hostname").asString());
        assertEquals(1551675967000L, event(read, 0).at("/time").asLong());
        assertEquals("ws2", event(read, 1).at("/device/hostname").asString());
        assertEquals(1551675968000L, event(read, 1).at("/time").asLong());
    }

    @Test
    void aLineOfOtherLengthIsALineOfItsOwn() {
        ReadEvents read = read("time,user,src,dst,action\n2019-03-04T05:06:07Z,jane,192.0.2.7,198.51.100.2,blocked\n"
                + "short\n2019-03-04T05:06:08Z,jane,192.0.2.7,198.51.100.2,blocked,more,192.0.2.1\n"
                + "2019-03-04T05:06:09Z,\"jane,192.0.2.7,198.51.100.2,blocked\n"
                + "2019-03-04T05:06:10Z,joe,192.0.2.7,198.51.100.2,blocked");
        assertEquals(5, read.result().records());
        assertTrue(read.rejects().size() <= 2);
        JsonNode last = event(read, read.events().size() - 1);
        assertEquals("joe", last.at("/actor/user/name").asString());
    }

    @Test
    void aProductsLinesStayItsOwnWhateverStandsAboveThem() {
        ReadEvents read = read(
                "Domain,Receive Time,Serial #,Type,Threat/Content Type,Config Version,Generate Time,"
                        + "Source address,Destination address,NAT Source IP,NAT Destination IP\n"
                        + "1,2019/03/04 05:06:07,001,TRAFFIC,end,1,2019/03/04 05:06:07,192.0.2.7,198.51.100.2,0.0.0.0,0.0.0.0\n");
        assertEquals(List.of("paloalto"), read.sources());
    }

    @Test
    void namesAloneAreNoTable() {
        for (String text : List.of(
                "time,user,src,dst\n",
                "name,domain,country,owner\nacme,acme.example,de,jane\n",
                "time,user,src,dst\nsoon,jane,here,there\n")) {
            ReadEvents read = read(text);
            assertFalse(read.sources().contains("generic-delimited"), text);
        }
    }
}
