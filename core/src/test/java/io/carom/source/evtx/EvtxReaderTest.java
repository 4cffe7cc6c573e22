package io.carom.source.evtx;

import static io.carom.source.evtx.EvtxWriter.none;
import static io.carom.source.evtx.EvtxWriter.number;
import static io.carom.source.evtx.EvtxWriter.string;
import static io.carom.source.evtx.EvtxWriter.value;
import static io.carom.source.evtx.EvtxWriter.xml;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.source.evtx.EvtxWriter.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EvtxReaderTest {
    private static final int FIRST = EvtxWriter.FILE_HEADER;

    private static Seen.Found one(Consumer<EvtxWriter> xml) {
        Seen seen = Seen.in(new EvtxWriter().record(xml).file());
        assertEquals(List.of(), seen.reasons());
        assertEquals(List.of(), seen.faults());
        assertEquals(1, seen.records.size());
        return seen.records.getFirst();
    }

    private static String text(Seen.Found found) {
        return String.join(" | ", found.fields().stream().map(Object::toString).toList());
    }

    private static Seen.Found valueOf(Value value) {
        return one(w -> w.template("t", d -> d.leaf("V", 0), value));
    }

    private static EvtxWriter logons(int records) {
        EvtxWriter writer = new EvtxWriter();
        for (int i = 0; i < records; i++) {
            writer.event(
                    4624,
                    "Security",
                    new TreeMap<>(
                            Map.of("IpAddress", string("192.0.2." + i), "TargetUserName", string("user\\" + i + "é"))));
        }
        return writer;
    }

    @Test
    void anEventHasItsFieldsInOrderAndTheJsonOfEvtxDump() {
        Seen seen = Seen.in(logons(2).file());
        assertEquals(
                "Event.#attributes.xmlns=http://schemas.example/event"
                        + " | Event.System.Provider.#attributes.Name=Microsoft-Windows-Security-Auditing"
                        + " | Event.System.EventID:4624"
                        + " | Event.System.TimeCreated.#attributes.SystemTime=2019-04-17T18:40:00.0000000Z"
                        + " | Event.System.Correlation | Event.System.Channel=Security"
                        + " | Event.System.Computer=ws1.corp.example"
                        + " | Event.EventData.IpAddress=192.0.2.1 | Event.EventData.TargetUserName=user\\1é",
                text(seen.records.get(1)));
        assertEquals("""
                {"Event":{"#attributes":{"xmlns":"http://schemas.example/event"},"System":{"Provider":{"#attributes":\
                {"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4624,"TimeCreated":{"#attributes":\
                {"SystemTime":"2019-04-17T18:40:00.0000000Z"}},"Correlation":null,"Channel":"Security",\
                "Computer":"ws1.corp.example"},"EventData":{"IpAddress":"192.0.2.1","TargetUserName":"user\\\\1é"}}}""", seen.records.get(1).json());
        assertEquals(List.of(1L, 2L), seen.ids());
        assertEquals(FIRST + 512, seen.records.getFirst().offset());
    }

    @Test
    void everyTypeOfValueIsWrittenInItsOwnWay() {
        record Case(String json, Value value) {}
        List<Case> cases = List.of(
                new Case("null", none()),
                new Case("\"\"", string("")),
                new Case("\"a\"", string("a\0")),
                new Case("\"\\\"\\\\\\n\\u0001\"", string("\"\\\n\u0001")),
                new Case("\"plain and then ü€\uD83D\uDE00.\"", string("plain and then ü€\uD83D\uDE00.")),
                new Case("\"\uFFFDx\uFFFD\"", string("\uDC00x\uD800")),
                new Case("\"é€\"", value(Values.ANSI, 0xE9, 0x80, 0)),
                new Case("-1", number(Values.INT8, 1, 0xFF)),
                new Case("255", number(Values.UINT8, 1, 0xFF)),
                new Case("-2", number(Values.INT16, 2, 0xFFFE)),
                new Case("65534", number(Values.UINT16, 2, 0xFFFE)),
                new Case("-2147483648", number(Values.INT32, 4, 0x80000000L)),
                new Case("2147483648", number(Values.UINT32, 4, 0x80000000L)),
                new Case("-9223372036854775808", number(Values.INT64, 8, Long.MIN_VALUE)),
                new Case("18446744073709551615", number(Values.UINT64, 8, -1)),
                new Case("1000000000000000000", number(Values.UINT64, 8, 1_000_000_000_000_000_000L)),
                new Case("1.5", number(Values.FLOAT, 4, Float.floatToIntBits(1.5f))),
                new Case("-0.25", number(Values.DOUBLE, 8, Double.doubleToLongBits(-0.25))),
                new Case("\"NaN\"", number(Values.DOUBLE, 8, Double.doubleToLongBits(Double.NaN))),
                new Case("true", number(Values.BOOL, 4, 1)),
                new Case("false", number(Values.BOOL, 4, 0)),
                new Case("\"00FF10\"", value(Values.BINARY, 0, 255, 16)),
                new Case(
                        "\"5770385F-C22A-43E0-BF4C-06F5698FFBD9\"",
                        value(
                                Values.GUID,
                                0x5F,
                                0x38,
                                0x70,
                                0x57,
                                0x2A,
                                0xC2,
                                0xE0,
                                0x43,
                                0xBF,
                                0x4C,
                                0x06,
                                0xF5,
                                0x69,
                                0x8F,
                                0xFB,
                                0xD9)),
                new Case("\"0x1f\"", number(Values.SIZE, 8, 31)),
                new Case("\"1601-01-01T00:00:00.0000000Z\"", number(Values.FILETIME, 8, 0)),
                new Case("\"2026-04-17T05:24:53.0888490Z\"", number(Values.FILETIME, 8, 134_208_770_930_888_490L)),
                new Case("\"30828-09-14T02:48:05.4775807Z\"", number(Values.FILETIME, 8, Long.MAX_VALUE)),
                new Case("\"FFFFFFFFFFFFFFFF\"", number(Values.FILETIME, 8, -1)),
                new Case(
                        "\"2020-02-29T23:59:58.007Z\"",
                        value(Values.SYSTEMTIME, 0xE4, 7, 2, 0, 6, 0, 29, 0, 23, 0, 59, 0, 58, 0, 7, 0)),
                new Case("\"S-1-5-18\"", value(Values.SID, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0)),
                new Case(
                        "\"S-1-5-21-4294967295\"",
                        value(Values.SID, 1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 255, 255, 255, 255)),
                new Case("\"0x0\"", number(Values.HEX32, 4, 0)),
                new Case("\"0x3e7\"", number(Values.HEX64, 8, 0x3E7)),
                new Case("\"0x8000000000000000\"", number(Values.HEX64, 8, Long.MIN_VALUE)),
                // Too short or too long for the type: the bytes as they are.
                new Case("\"0102\"", value(Values.UINT32, 1, 2)),
                new Case("\"01\"", value(Values.SID, 1)),
                new Case("\"0102030405060708\"", value(Values.SID, 1, 2, 3, 4, 5, 6, 7, 8)),
                new Case("\"AB\"", value(0x20, 0xAB)));
        for (Case c : cases) {
            Seen.Found found = valueOf(c.value);
            assertEquals("{\"V\":" + c.json + "}", found.json());
            Seen.Field field = found.fields().getFirst();
            boolean quoted = c.json.startsWith("\"");
            assertEquals(quoted, field.kind() == EvtxSink.TEXT, c.json);
            if (!quoted) {
                assertEquals(c.json.equals("null") ? "" : c.json, field.value());
            }
        }
    }

    @Test
    void arraysAreOneFieldAnElement() {
        Seen.Found strings = valueOf(new Value(Values.ARRAY | Values.STRING, string("a\0b c\0\0d\0")::writeTo));
        assertEquals("{\"V\":{\"#text\":[\"a\",\"b c\",\"\",\"d\"]}}", strings.json());
        assertEquals("V=a | V=b c | V= | V=d", text(strings));
        assertEquals(
                "{\"V\":{\"#text\":\"alone\"}}",
                valueOf(new Value(Values.ARRAY | Values.STRING, string("alone\0")::writeTo))
                        .json());
        assertEquals(
                "{\"V\":null}", valueOf(value(Values.ARRAY | Values.STRING)).json());
        assertEquals(
                "{\"V\":{\"#text\":[1,-1,\"05\"]}}",
                valueOf(value(Values.ARRAY | Values.INT16, 1, 0, 255, 255, 5)).json());
        assertEquals(
                "{\"V\":{\"#text\":[\"S-1-5-18\",\"S-1-5-19\"]}}",
                valueOf(value(
                                Values.ARRAY | Values.SID,
                                1,
                                1,
                                0,
                                0,
                                0,
                                0,
                                0,
                                5,
                                18,
                                0,
                                0,
                                0,
                                1,
                                1,
                                0,
                                0,
                                0,
                                0,
                                0,
                                5,
                                19,
                                0,
                                0,
                                0))
                        .json());
        assertEquals(
                "{\"V\":{\"#text\":[\"x\",\"y\"]}}",
                valueOf(value(Values.ARRAY | Values.ANSI, 'x', 0, 'y', 0)).json());
        Seen.Found attribute = one(w -> w.template(
                "t",
                d -> d.open("V", true).attribute("A").substitution(0).empty(),
                value(Values.ARRAY | Values.UINT8, 1, 2)));
        assertEquals("{\"V\":{\"#attributes\":{\"A\":[1,2]}}}", attribute.json());
        assertEquals("V.#attributes.A:1 | V.#attributes.A:2", text(attribute));
    }

    @Test
    void literalsReferencesAndSectionsMakeOneText() {
        Seen.Found found = one(w -> w.template(
                "t",
                d -> {
                    d.open("V", true)
                            .attribute("A")
                            .text("x")
                            .u8(0x49)
                            .name("lt")
                            .substitution(0)
                            .content();
                    d.text("a")
                            .u8(0x49)
                            .name("amp")
                            .u8(0x48)
                            .u16('b')
                            .cdata("<c>")
                            .substitution(0);
                    d.u8(0x49).name("nbsp").close();
                },
                number(Values.UINT8, 1, 7)));
        assertEquals("{\"V\":{\"#attributes\":{\"A\":\"x<7\"},\"#text\":\"a&b<c>7&nbsp;\"}}", found.json());
        assertEquals("V.#attributes.A=x<7 | V=a&b<c>7&nbsp;", text(found));
    }

    @Test
    void attributesWithoutAValueAreLeftOut() {
        Consumer<EvtxWriter> definition = d -> d.open("EventID", true)
                .attribute("Qualifiers")
                .optional(0)
                .content()
                .optional(1)
                .close();
        assertEquals(
                "{\"EventID\":{\"#attributes\":{\"Qualifiers\":16384},\"#text\":7036}}",
                one(w -> w.template("t", definition, number(Values.UINT16, 2, 16384), number(Values.UINT16, 2, 7036)))
                        .json());
        Seen.Found without = one(w -> w.template("t", definition, none(), number(Values.UINT16, 2, 7036)));
        assertEquals("{\"EventID\":7036}", without.json());
        assertEquals("EventID:7036", text(without));
        Seen.Found nothing = one(w -> w.template("t", definition));
        assertEquals("{\"EventID\":null}", nothing.json());
        assertEquals("EventID", text(nothing));
    }

    @Test
    void dataAreCalledByTheirNameAndRepeatedOnesShareAPath() {
        Seen.Found found = one(w -> w.template(
                "t",
                d -> {
                    d.open("EventData", false).content();
                    d.data("Threat Name", 0).data("Threat Name", 1);
                    d.leaf("Data", 0).leaf("Data", 1);
                    d.open("Data", true).attribute("Name").substitution(0);
                    d.attribute("Type").text("t").content().substitution(1).close();
                    d.open("Data", false).content().text("fixed \"x\"").close();
                    d.close();
                },
                string("one"),
                string("two")));
        assertEquals("""
                {"EventData":{"Threat Name":"one","Threat Name_1":"two","Data":"one","Data_1":"two",\
                "one":{"#attributes":{"Type":"t"},"#text":"two"},"Data_2":"fixed \\"x\\""}}""", found.json());
        assertEquals(
                "EventData.Threat Name=one | EventData.Threat Name=two | EventData.Data=one | EventData.Data=two"
                        + " | EventData.one.#attributes.Type=t | EventData.one=two | EventData.Data=fixed \"x\"",
                text(found));
    }

    @Test
    void valuesMayBeXmlThemselves() {
        Consumer<EvtxWriter> inner = x -> x.fragment()
                .template(
                        "inner",
                        d -> d.open("Changed", false)
                                .content()
                                .leaf("Who", 0)
                                .optional(1)
                                .close(),
                        string("admin1"),
                        xml(y -> y.openPlain("Deep", true)
                                .attribute("A")
                                .text("1")
                                .empty()
                                .openPlain("Deep", false)
                                .content()
                                .text("2")
                                .close()))
                .eof();
        Seen.Found found = one(w -> w.template(
                "outer",
                d -> d.open("Event", false)
                        .content()
                        .open("UserData", false)
                        .content()
                        .optional(0)
                        .close()
                        .optional(1)
                        .optional(2)
                        .close(),
                xml(inner),
                none(),
                xml(EvtxWriter::fragment)));
        assertEquals("""
                {"Event":{"UserData":{"Changed":{"Who":"admin1","Deep":{"#attributes":{"A":"1"}},"Deep_1":"2"}}}}""", found.json());
        assertEquals(
                "Event.UserData.Changed.Who=admin1 | Event.UserData.Changed.Deep.#attributes.A=1"
                        + " | Event.UserData.Changed.Deep=2",
                text(found));
    }

    @Test
    void recordsWithoutATemplateAreReadWithAndWithoutDependencyIds() {
        for (boolean dependency : new boolean[] {true, false}) {
            Seen.Found found = one(w -> {
                if (dependency) {
                    w.open("Event", false);
                } else {
                    w.openPlain("Event", false);
                }
                w.content().text("by hand").close();
            });
            assertEquals("{\"Event\":\"by hand\"}", found.json());
        }
    }

    @Test
    void theSameTemplateInAnotherChunkIsReadAsThere() {
        EvtxWriter writer = logons(3);
        writer.endChunk();
        // Another place for every name and definition than in the first chunk.
        writer.record(w ->
                w.template("odd", d -> d.open("Odd", false).content().text("x").close()));
        for (int i = 0; i < 3; i++) {
            writer.event(4624, "Security", Map.of("IpAddress", string("198.51.100.7")));
        }
        Seen seen = Seen.in(writer.file());
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L), seen.ids());
        assertEquals("198.51.100.7", seen.records.get(6).value("Event.EventData.IpAddress"));
        assertEquals("Security", seen.records.get(6).value("Event.System.Channel"));
    }

    @Test
    void blocksCutAnywhereGiveTheSame() {
        byte[] file = logons(20).endChunk().event(1, "System", Map.of()).file();
        Seen whole = Seen.in(file);
        for (int size : new int[] {EvtxReader.BLOCK, EvtxReader.BLOCK + 1, 100_000}) {
            EvtxPaths paths = new EvtxPaths();
            Seen seen = new Seen(paths);
            EvtxReader reader = new EvtxReader(seen, paths);
            reader.start();
            int from = 0;
            while (from < file.length) {
                int to = Math.min(file.length, from + size);
                int used = reader.read(file, from, to, to == file.length);
                assertTrue(used > from, "a full block is enough to go on");
                from = used;
            }
            assertEquals(whole.records, seen.records);
            assertEquals(List.of(), seen.faults());
        }
    }

    @Test
    void aLogIsRecognisedByItsMagicOrByThatOfItsFirstChunk() {
        byte[] file = logons(1).file();
        assertTrue(EvtxReader.recognises(file, 0, file.length));
        assertTrue(EvtxReader.recognises(file, 0, 8));
        assertTrue(EvtxReader.recognises(file, FIRST, file.length));
        file[0] = 0;
        assertTrue(EvtxReader.recognises(file, 0, file.length));
        assertFalse(EvtxReader.recognises(file, 0, FIRST));
        assertFalse(EvtxReader.recognises(new byte[0], 0, 0));
        assertFalse(EvtxReader.recognises("ElfFile and more".getBytes(StandardCharsets.US_ASCII), 0, 16));
    }

    @Test
    void aReaderTakesOneFileAfterAnother() throws IOException {
        EvtxPaths paths = new EvtxPaths();
        Seen seen = new Seen(paths);
        EvtxReader reader = new EvtxReader(seen, paths);
        reader.read(new ByteArrayInputStream(new byte[0]));
        reader.read(new ByteArrayInputStream(Arrays.copyOf(logons(1).file(), 5000)));
        assertEquals(1, seen.rejects.size());
    }

    // ---- damage
    // --------------------------------------------------------------------------------------------------

    @Test
    void withoutItsHeaderAFileIsReadAllTheSame() {
        byte[] file = logons(3).file();
        byte[] overwritten = file.clone();
        Arrays.fill(overwritten, 0, 64, (byte) 0x5A);
        assertEquals(List.of("no file header"), Seen.in(overwritten).faults());
        assertEquals(List.of(1L, 2L, 3L), Seen.in(overwritten).ids());

        Seen cutOff = Seen.in(Arrays.copyOfRange(file, FIRST, file.length));
        assertEquals(List.of("no file header: a chunk begins with the first byte"), cutOff.faults());
        assertEquals(List.of(1L, 2L, 3L), cutOff.ids());

        byte[] half = Arrays.copyOfRange(file, 1000, file.length);
        assertEquals(List.of(1L, 2L, 3L), Seen.in(half).ids());

        byte[] checksum = file.clone();
        checksum[60] = 1;
        assertEquals(
                List.of("the file header fails its checksum"), Seen.in(checksum).faults());
        assertEquals(3, Seen.in(checksum).records.size());
    }

    @Test
    void lostAndInsertedBytesMoveChunksThatAreStillFound() {
        byte[] file = logons(3).endChunk().event(4625, "Security", Map.of()).file();
        int second = FIRST + 65536;
        byte[] inserted = new byte[file.length + 777];
        System.arraycopy(file, 0, inserted, 0, second);
        System.arraycopy(file, second, inserted, second + 777, file.length - second);
        Arrays.fill(inserted, second, second + 777, (byte) 'x');
        Seen seen = Seen.in(inserted);
        assertEquals(List.of(1L, 2L, 3L, 4L), seen.ids());
        assertEquals(List.of("no chunk begins here; records in it are read where they can be"), seen.faults());
        assertEquals(new Seen.Damage(second, 777, seen.faults().getFirst()), seen.damages.getFirst());

        byte[] lost = new byte[file.length - 30_000];
        System.arraycopy(file, 0, lost, 0, second - 30_000);
        System.arraycopy(file, second, lost, second - 30_000, file.length - second);
        assertEquals(List.of(1L, 2L, 3L, 4L), Seen.in(lost).ids());
    }

    @Test
    void aChunkWithoutItsMagicIsSearchedForRecords() {
        byte[] file = logons(3).endChunk().event(4625, "Security", Map.of()).file();
        file[FIRST] = 'X';
        Seen seen = Seen.in(file);
        assertEquals(List.of(1L, 2L, 3L, 4L), seen.ids());
        assertEquals("192.0.2.2", seen.records.get(2).value("Event.EventData.IpAddress"));
        assertEquals(List.of(new Seen.Damage(FIRST, 65536, seen.faults().getFirst())), seen.damages);
    }

    @Test
    void checksumsThatFailAreReportedAndTheRecordsRead() {
        byte[] header = logons(3).file();
        header[FIRST + 300] ^= 1;
        assertEquals(
                List.of("a chunk's header fails its checksum"), Seen.in(header).faults());
        assertEquals(List.of(1L, 2L, 3L), Seen.in(header).ids());

        byte[] records = logons(3).file();
        records[FIRST + 512 + 16] ^= 1; // the time the first was written
        assertEquals(
                List.of("a chunk's records fail their checksum"),
                Seen.in(records).faults());
        assertEquals(List.of(1L, 2L, 3L), Seen.in(records).ids());
    }

    @Test
    void behindABrokenRecordReadingGoesOn() {
        byte[] file = logons(4).file();
        Seen sound = Seen.in(file);
        int second = (int) sound.records.get(1).offset();
        int third = (int) sound.records.get(2).offset();
        byte[] magic = file.clone();
        magic[second] = 0;
        Seen seen = Seen.in(magic);
        assertEquals(List.of(1L, 3L, 4L), seen.ids());
        assertEquals(
                List.of(1L, 3L, 4L),
                seen.records.stream().map(Seen.Found::number).toList());
        Seen.Rejected reject = seen.rejects.getFirst();
        assertEquals(
                "no record where one should begin; the next begins " + (third - second) + " bytes on", reject.reason());
        assertEquals(second, reject.offset());
        assertArrayEquals(Arrays.copyOfRange(magic, second, third), reject.raw());

        byte[] size = file.clone();
        size[second + 5] = 0x7F;
        assertEquals(List.of(1L, 3L, 4L), Seen.in(size).ids());

        byte[] xml = file.clone();
        xml[second + 24 + 4] = 0x33;
        assertEquals(
                List.of("token 0x33 where an element or a template instance begins"),
                Seen.in(xml).reasons());
        assertEquals(List.of(1L, 3L, 4L), Seen.in(xml).ids());
    }

    @Test
    void aFileCutOffAnywhereKeepsWhatIsWhole() {
        byte[] file = logons(5).file();
        List<Seen.Found> sound = Seen.in(file).records;
        int end = (int) sound.get(4).offset() + 600;
        for (int length = 0; length < end; length += 37) {
            Seen seen = Seen.in(Arrays.copyOf(file, length));
            int cut = length;
            List<Seen.Found> whole = sound.stream()
                    .filter(r -> r.offset()
                                    + ByteBuffer.wrap(file)
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .getInt((int) r.offset() + 4)
                            <= cut)
                    .toList();
            assertEquals(whole, seen.records, "cut at " + length);
            assertTrue(seen.rejects.size() <= 1);
        }
    }

    @Test
    void remainsOfOlderRecordsAreNotRecords() {
        byte[] file = logons(4).file();
        Seen sound = Seen.in(file);
        int third = (int) sound.records.get(2).offset() - FIRST;
        byte[] chunk = Arrays.copyOfRange(file, FIRST, file.length);
        EvtxWriter.seal(ByteBuffer.wrap(chunk), 1, 2, 512, third);
        System.arraycopy(chunk, 0, file, FIRST, chunk.length);
        assertEquals(List.of(1L, 2L), Seen.in(file).ids());
        assertEquals(List.of(), Seen.in(file).faults());
    }

    @Test
    void inALogThatWasNotClosedRecordsAreFollowedPastTheHeader() {
        byte[] file = logons(4).dirty().file();
        Seen sound = Seen.in(file);
        int third = (int) sound.records.get(2).offset() - FIRST;
        byte[] chunk = Arrays.copyOfRange(file, FIRST, file.length);
        EvtxWriter.seal(ByteBuffer.wrap(chunk), 1, 2, 512, third);
        System.arraycopy(chunk, 0, file, FIRST, chunk.length);
        assertEquals(List.of(1L, 2L, 3L, 4L), Seen.in(file).ids());

        // An older record in the way does not have the next number.
        file[FIRST + third + 8] = 77;
        assertEquals(List.of(1L, 2L), Seen.in(file).ids());
        assertEquals(List.of(), Seen.in(file).reasons());
    }

    // ---- hostile
    // -------------------------------------------------------------------------------------------------

    @Test
    void templatesThatMultiplyAreStopped() {
        String large = "x".repeat(10_000);
        EvtxWriter writer = new EvtxWriter();
        Consumer<EvtxWriter> definition = d -> {
            d.open("R", false).content();
            for (int i = 0; i < 400; i++) {
                d.leaf("Bomb", 0);
            }
            d.close();
        };
        writer.record(w -> w.template("b", definition, string(large)));
        writer.record(w -> w.template("b", definition, string("small")));
        Seen seen = Seen.in(writer.file());
        assertEquals(List.of(2L), seen.ids());
        assertEquals(List.of("a record that grows past 1024 KiB, or its chunk past 4096 KiB"), seen.reasons());
    }

    @Test
    void zerosThatMakeNoTextStillCost() {
        Seen seen = Seen.in(new EvtxWriter()
                .record(w -> w.template(
                        "z",
                        d -> {
                            d.open("R", false).content();
                            for (int i = 0; i < 700; i++) {
                                d.leaf("Z", 0);
                            }
                            d.close();
                        },
                        string("\0".repeat(15_000))))
                .file());
        assertEquals(List.of("a record that grows past 1024 KiB, or its chunk past 4096 KiB"), seen.reasons());
    }

    @Test
    void nestingIsBounded() {
        assertEquals(
                List.of("elements nested deeper than 64"),
                Seen.in(new EvtxWriter()
                                .record(w -> w.template("t", d -> {
                                    for (int i = 0; i < 65; i++) {
                                        d.open("E", false).content();
                                    }
                                    for (int i = 0; i < 65; i++) {
                                        d.close();
                                    }
                                }))
                                .file())
                        .reasons());
        assertEquals(
                List.of("binary XML nested deeper than 8"),
                Seen.in(new EvtxWriter().record(w -> nested(w, 9)).file()).reasons());
        assertEquals(
                1,
                Seen.in(new EvtxWriter().record(w -> nested(w, 8)).file())
                        .records
                        .size());
    }

    private static void nested(EvtxWriter writer, int levels) {
        writer.template("n", d -> d.leaf("N", 0), levels == 0 ? string("deep") : xml(x -> nested(x, levels - 1)));
    }

    @Test
    void brokenXmlIsRejectedWithItsReason() {
        record Case(String reason, Consumer<EvtxWriter> xml) {}
        List<Case> cases = List.of(
                new Case("a record without an element", w -> {}),
                new Case(
                        "a template lies outside the chunk",
                        w -> w.u8(0x0C).u8(1).u32(0).u32(-5).u32(0)),
                new Case("a template runs past its end", w -> {
                    int place = w.at() + 10;
                    w.u8(0x0C)
                            .u8(1)
                            .u32(0)
                            .u32(place)
                            .u32(0)
                            .u32(0)
                            .u32(0)
                            .u32(0)
                            .u32(0)
                            .u32(0x7FFFFFFF);
                }),
                new Case("a template without an element", w -> w.template("t", d -> {})),
                new Case(
                        "a name lies outside the chunk",
                        w -> w.template("t", d -> d.u8(1).u16(0).u32(0).u32(65_535))),
                new Case(
                        "an element ends where it cannot",
                        w -> w.template("t", d -> d.open("E", false).close())),
                new Case(
                        "an attribute outside a start tag",
                        w -> w.template("t", d -> d.open("E", false).content().attribute("A"))),
                new Case(
                        "binary XML runs past its end",
                        w -> w.template(
                                "t",
                                d -> d.open("E", false).content().u8(5).u8(1).u16(5000))),
                new Case(
                        "token 0x1e where binary XML has none",
                        w -> w.template("t", d -> d.open("E", false).content().u8(0x1E))),
                new Case(
                        "a template instance with 4294967295 values",
                        w -> w.instance("t", d -> d.leaf("V", 0)).u32(-1)),
                new Case(
                        "the values of a template instance run past the record's end",
                        w -> w.instance("t", d -> d.leaf("V", 0))
                                .u32(1)
                                .u16(9999)
                                .u8(1)
                                .u8(0)));
        for (Case c : cases) {
            Seen seen = Seen.in(new EvtxWriter()
                    .record(c.xml)
                    .record(w -> w.template("sound", d -> d.open("E", false).empty()))
                    .file());
            assertEquals(List.of(2L), seen.ids(), c.reason);
            assertEquals(List.of(c.reason), seen.reasons());
        }
    }

    @Test
    void fieldNamesWithoutEndShareOneId() {
        EvtxPaths paths = new EvtxPaths();
        for (int i = 0; i < 2 * EvtxPaths.MAX; i++) {
            paths.element(EvtxPaths.ROOT, "e" + i);
        }
        assertEquals(EvtxPaths.MAX, paths.count());
        assertEquals(EvtxPaths.OTHER, paths.element(EvtxPaths.ROOT, "new"));
        assertEquals(1, paths.element(EvtxPaths.ROOT, "e0"));
        assertEquals(EvtxPaths.OTHER, paths.element(1, "x".repeat(EvtxPaths.MAX_LENGTH)));
    }
}
