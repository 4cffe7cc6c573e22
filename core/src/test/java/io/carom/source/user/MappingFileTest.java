package io.carom.source.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.OcsfChecker;
import io.carom.source.InputContext;
import io.carom.source.ReadEvents;
import io.carom.source.Row;
import io.carom.source.Source;
import io.carom.source.Sources;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MappingFileTest {
    private static ReadEvents read(String mapping, String log) throws ConfigException {
        Source source = MappingFile.parse(mapping, "m.yaml");
        return ReadEvents.of(
                "log",
                new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)),
                Sources.with(List.of(source), "test"),
                null);
    }

    private static JsonNode event(ReadEvents read, int n) {
        return JsonMapper.builder().build().readTree(read.events().get(n));
    }

    /// The example of the page, so that the page stays true.
    @Test
    void theExampleOfThePageDoesWhatThePageSays() throws Exception {
        Path page = Path.of("../docs/mapping-files.md");
        String text = Files.readString(page);
        String yaml = text.substring(text.indexOf("```yaml\n") + 8, text.indexOf("```\n", text.indexOf("```yaml") + 8));
        String log = String.join(
                "\n",
                text.lines()
                        .filter(l -> l.startsWith("    {\"gk_"))
                        .map(String::strip)
                        .toList());
        ReadEvents read = read(yaml, log);
        assertEquals(List.of("gatekeeper", "gatekeeper"), read.sources());
        JsonNode login = event(read, 0);
        assertEquals(3002, login.at("/class_uid").asInt());
        assertEquals(1, login.at("/activity_id").asInt());
        assertEquals(2, login.at("/status_id").asInt());
        assertEquals("m.brandt", login.at("/user/name").asString());
        assertEquals("198.51.100.23", login.at("/src_endpoint/ip").asString());
        assertEquals(1_555_315_964_000L, login.at("/time").asLong());
        JsonNode traffic = event(read, 1);
        assertEquals(4001, traffic.at("/class_uid").asInt());
        assertEquals(443, traffic.at("/dst_endpoint/port").asInt());
        assertEquals(1, traffic.at("/activity_id").asInt());
    }

    @Test
    void theFaultOfThePageIsTheOneThatIsTold() throws Exception {
        String text = Files.readString(Path.of("../docs/mapping-files.md"));
        String yaml = text.substring(text.indexOf("```yaml\n") + 8, text.indexOf("```\n", text.indexOf("```yaml") + 8));
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> MappingFile.parse(
                        yaml.replace("class: authentication", "class: authentcation"), "gatekeeper.yaml"));
        assertEquals(1, e.faults().size());
        assertTrue(text.contains(e.faults().getFirst()), e.getMessage());
    }

    @Test
    void whatAMappingMakesIsOcsf() throws Exception {
        List<String> events = new java.util.ArrayList<>(
                read(CSV, "door_no;wann;wer;von\n7;15.04.2019 10:00:00;x;192.0.2.4\n8;15.04.2019 10:00:00;;nowhere\n")
                        .events());
        assertEquals(2, events.size());
        assertTrue(events.getFirst().contains("door_no"), "a field without a path is kept: " + events.getFirst());
        OcsfChecker.get().demand(events.subList(0, 1));
    }

    private static final String CSV = """
            name: door
            format: delimited
            delimiter: ";"
            recognise: {fields: [door_no, wann]}
            time: {field: wann, pattern: "dd.MM.yyyy HH:mm:ss", zone: Europe/Berlin}
            class: 3002
            fields: {wer: user.name, von: src_endpoint.ip}
            constants: {service.name: door}
            """;

    @Test
    void aHeaderNamesTheColumnsAndAPatternAndZoneTheTime() throws ConfigException {
        ReadEvents read = read(
                CSV,
                "door_no;wann;wer;von\n7;15.04.2019 10:00:00;\"a;b\";192.0.2.4\n"
                        + "door_no;wann;wer;von\n7;soon;c;192.0.2.4\n7;15.04.2019 10:00:00\n7;;c;\n");
        assertEquals(1, read.events().size());
        assertEquals("a;b", event(read, 0).at("/user/name").asString());
        assertEquals(1_555_315_200_000L, event(read, 0).at("/time").asLong());
        assertEquals(
                List.of(
                        "the time of the record is not a time",
                        "expected 4 values, found 2",
                        "the field \"wann\", which holds the time, is missing or empty"),
                read.rejects().stream().map(r -> r.reason()).toList());
    }

    /// RFC 4180, section 2.6.
    @Test
    void aValueInQuotesMayGoOverLines() throws ConfigException {
        ReadEvents read = read(
                CSV,
                "door_no;wann;wer;von\r\n7;15.04.2019 10:00:00;\"a\r\nb; \"\"c\"\"\";192.0.2.4\r\n"
                        + "8;15.04.2019 10:00:01;\"\u00e4\n\";192.0.2.5\r\n9;15.04.2019 10:00:02;d;192.0.2.6\r\n");
        assertEquals(List.of(), read.rejects());
        assertEquals(3, read.events().size());
        assertEquals("a\r\nb; \"c\"", event(read, 0).at("/user/name").asString());
        assertEquals("192.0.2.5", event(read, 1).at("/src_endpoint/ip").asString());
        assertEquals("d", event(read, 2).at("/user/name").asString());
        assertTrue(read.natives().getFirst().endsWith("192.0.2.4"));
    }

    @Test
    void aQuoteThatIsNeverClosedCostsItsLineAlone() throws ConfigException {
        ReadEvents read = read(
                CSV,
                "door_no;wann;wer;von\n7;15.04.2019 10:00:00;\"a;192.0.2.4\n8;15.04.2019 10:00:01;b;192.0.2.5\n"
                        + "9;15.04.2019 10:00:02;say \"hi;192.0.2.6\n10;15.04.2019 10:00:03;\"c;192.0.2.7\n"
                        + "11;15.04.2019 10:00:04;d;192.0.2.8");
        assertEquals(3, read.events().size());
        assertEquals("b", event(read, 0).at("/user/name").asString());
        assertEquals("say \"hi", event(read, 1).at("/user/name").asString());
        assertEquals("d", event(read, 2).at("/user/name").asString());
        assertEquals(2, read.rejects().size());
    }

    @Test
    void aReceivedRecordWithoutItsTimeIsOfWhenItCame() throws ConfigException {
        Source source = MappingFile.parse("""
                name: pump
                format: key-value
                recognise: {prefix: "PUMP ", fields: [dst]}
                time: {field: at, form: epoch-us}
                class: network_activity
                fields: {dst: {to: dst_endpoint.ip, as: ip}}
                """, "m.yaml");
        byte[] line = "PUMP dst=192.0.2.9\n".getBytes(StandardCharsets.UTF_8);
        for (long arrived : new long[] {0, 1_555_315_200_000L}) {
            EventBatch batch = new EventBatch(1 << 16);
            System.arraycopy(line, 0, batch.reserve(line.length), 0, line.length);
            batch.arenaEnd(line.length);
            InputContext context = new InputContext("log", ZoneOffset.UTC, Instant.EPOCH, arrived);
            Sources.with(List.of(source), "test").text(context).read(new Row(batch, context), 0, line.length, true);
            batch.settle();
            assertEquals(arrived == 0 ? 0 : 1, batch.rows());
            assertEquals(arrived == 0 ? 1 : 0, batch.rejects().size());
            if (arrived > 0) {
                assertEquals(arrived, batch.number(Attribute.TIME, 0, -1));
            }
        }
    }

    @Test
    void pairsBehindAPrefixAreReadAndOtherLinesLeft() throws ConfigException {
        ReadEvents read = read(
                """
                name: pump
                format: key-value
                recognise: {prefix: "PUMP ", fields: [at]}
                time: {field: at, form: epoch-us}
                class: network_activity
                fields: {dst: {to: dst_endpoint.ip, as: ip}, act: activity_id}
                """,
                "PUMP at=1555315200000000 dst=192.0.2.9 act=57\nPUMP at=1555315200000000 dst=nowhere act=refuse\n");
        assertEquals(List.of("pump", "pump"), read.sources());
        assertEquals(1_555_315_200_000L, event(read, 0).at("/time").asLong());
        assertEquals("192.0.2.9", event(read, 0).at("/dst_endpoint/ip").asString());
        assertEquals(0, event(read, 0).at("/activity_id").asInt(), "57 is no activity of the class");
        assertEquals(5, event(read, 1).at("/activity_id").asInt());
        assertTrue(event(read, 1).at("/dst_endpoint/ip").isMissingNode());
    }

    @Test
    void aProductsOwnReaderComesFirst() throws ConfigException {
        ReadEvents read = read(
                """
                name: mine
                format: json
                recognise: {fields: [ts]}
                time: {field: ts}
                class: base_event
                """,
                "{\"ts\":1555315200.0,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":1,"
                        + "\"id.resp_h\":\"192.0.2.2\",\"id.resp_p\":2,\"proto\":\"tcp\",\"_path\":\"conn\"}\n{\"ts\":1555315200}\n");
        assertEquals(2, read.sources().size());
        assertTrue(!read.sources().getFirst().equals("mine"));
        assertEquals("mine", read.sources().get(1));
    }

    @Test
    void everyFaultIsToldAtOnceWithItsPlace() {
        ConfigException e = assertThrows(ConfigException.class, () -> MappingFile.parse("""
                name: zeek
                format: jsn
                recognize: {fields: [a]}
                time: {field: ts, form: epock, zone: Nowhere/Land}
                class: authentication
                fields:
                  a: user.nam
                  b: {to: user.name, as: port}
                  c: {to: status_id, values: {ok: Succes}}
                  d: user
                constants:
                  activity_id: 57
                """, "m.yaml"));
        List<String> starts =
                e.faults().stream().map(f -> f.substring(0, f.indexOf(": "))).toList();
        for (String place : List.of(
                "m.yaml:2:9",
                "m.yaml:3:1",
                "m.yaml:4:25",
                "m.yaml:4:38",
                "m.yaml:7:6",
                "m.yaml:8:26",
                "m.yaml:9:35",
                "m.yaml:10:6",
                "m.yaml:12:16")) {
            assertTrue(starts.contains(place), () -> place + " is not among\n" + String.join("\n", e.faults()));
        }
        String all = String.join("\n", e.faults());
        for (String hint :
                List.of("\"json\"", "\"recognise\"", "\"epoch\"", "name\"", "\"Success\"", "Europe/Berlin")) {
            assertTrue(all.contains(hint), () -> hint + " is not in\n" + all);
        }
    }
}
