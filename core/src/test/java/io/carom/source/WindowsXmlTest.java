package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowsXmlTest {
    private static final String MARKUP = "<>&;/!?-[]=\"' #xEventData";
    private static final InputContext CONTEXT = new InputContext("x.xml", ZoneOffset.UTC, ReadEvents.REFERENCE);

    @Test
    void blocksMayEndAnywhere() throws IOException {
        for (String sample : List.of("in.xml", "in-indented.xml", "bad-cut.xml")) {
            byte[] text =
                    Files.readAllBytes(GoldenTest.GOLDEN.resolve("windows-xml").resolve(sample));
            List<String> whole = fields(text, text.length);
            for (int cut = 0; cut <= text.length; cut++) {
                assertEquals(whole, fields(text, cut), sample + " with a block that ends at " + cut);
            }
        }
    }

    @Test
    void entitiesAreResolvedOnceAndOnlyThoseThatXmlItselfHas() {
        assertEquals(
                "a&lt;b<c>&\"'é😀 &nbsp; &#xD800; &; & &#x; ]]> kept",
                data("a&amp;lt;b&lt;c&gt;&amp;&quot;&apos;&#233;&#x1F600; &nbsp; &#xD800; &; & &#x; ]]> kept"));
        assertEquals("one <two> &amp; three", data("one <![CDATA[<two> &amp;]]> three"));
        assertEquals("before after", data("before <!-- <Data>x</Data> -->after"));
    }

    @Test
    void aDocumentTypeIsPassedUnread() {
        String text =
                "<!DOCTYPE Events [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Events>" + event("&b;") + "</Events>";
        ReadEvents read = ReadEvents.of("x.xml", text.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), read.rejects());
        assertTrue(
                read.events().getFirst().contains("\"x\":\"&b;\""),
                read.events().toString());
    }

    @Test
    void anElementOfTheNameEventWithinAnEventBelongsToIt() {
        String inner = "<Event xmlns='e'><System><Provider Name='P'/><EventID>7</EventID>"
                + "<TimeCreated SystemTime='2024-03-05T08:00:00Z'/></System>"
                + "<UserData><Wrapped><Event a='1'>inside</Event><Event/></Wrapped></UserData></Event>";
        ReadEvents read = ReadEvents.of("x.xml", inner.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), read.rejects());
        assertEquals(1, read.events().size());
        assertTrue(read.events().getFirst().contains("inside"), read.events().toString());
    }

    @Test
    void anElementOfThatNameElsewhereIsNoWindowsEvent() {
        String other = "<?xml version=\"1.0\"?><EPOEvent><Event><EventID>1048</EventID></Event></EPOEvent>";
        ReadEvents read = ReadEvents.of("x.xml", other.getBytes(StandardCharsets.UTF_8));
        assertTrue(
                read.sources().stream().noneMatch("windows-xml"::equals),
                read.sources().toString());
    }

    @Test
    void nestingBeyondTheBoundIsRejected() {
        String deep = "<Event xmlns='e'><System/>" + "<a>".repeat(100) + "</a>".repeat(100) + "</Event>";
        ReadEvents read = ReadEvents.of("x.xml", deep.getBytes(StandardCharsets.UTF_8));
        assertEquals("elements nested deeper than 64", read.rejects().getFirst().reason());
    }

    @Test
    void whateverStandsThereIsEitherAnEventOrAReject() throws IOException {
        Random random = new Random(20190415);
        for (int round = 0; round < 500; round++) {
            StringBuilder garbage = new StringBuilder();
            for (int left = random.nextInt(61); left > 0; left--) {
                garbage.append(
                        random.nextBoolean()
                                ? MARKUP.charAt(random.nextInt(MARKUP.length()))
                                : (char) random.nextInt(0x10000));
            }
            for (String text : List.of(
                    event(garbage.toString()),
                    event("x") + garbage + event("y"),
                    "<Event " + garbage,
                    garbage + event("z"))) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                ReadEvents read = ReadEvents.of("x.xml", bytes);
                assertEquals(
                        read.result().records(),
                        read.events().size() + read.rejects().size(),
                        () -> "round with " + text);
            }
        }
    }

    private static String event(String data) {
        return "<Event xmlns='e'><System><Provider Name='P'/><EventID>7</EventID>"
                + "<TimeCreated SystemTime='2024-03-05T08:00:00Z'/><Computer>h</Computer></System>"
                + "<EventData><Data Name='x'>" + data + "</Data></EventData></Event>";
    }

    private static String data(String xml) {
        List<String> fields = fields(event(xml).getBytes(StandardCharsets.UTF_8), 0);
        return fields.stream()
                .filter(f -> f.startsWith("x="))
                .findFirst()
                .orElseThrow()
                .substring(2);
    }

    /// The fields of all events in a text that comes in two blocks.
    private static List<String> fields(byte[] text, int cut) {
        EventBatch batch = new EventBatch(text.length);
        System.arraycopy(text, 0, batch.reserve(text.length), 0, text.length);
        batch.arenaEnd(text.length);
        Row row = new Row(batch, CONTEXT);
        row.onto(batch, 0, 0);
        RecordReader reader = new WindowsXml().open(CONTEXT);
        int at = reader.read(row, 0, cut, false);
        assertTrue(at >= 0 && at <= cut);
        assertEquals(text.length, reader.read(row, at, text.length, true));
        List<String> fields = new ArrayList<>();
        for (int r = 0; r < batch.rows(); r++) {
            for (int slot = batch.firstSlot(r); slot < batch.endSlot(r); slot++) {
                fields.add(FieldNames.name(batch.slotField(slot)) + "=" + batch.text(batch.slotValue(slot)));
            }
        }
        batch.rejects()
                .forEach(r -> fields.add(r.record() + " " + r.reason() + " "
                        + new String(Arrays.copyOf(r.raw(), Math.min(20, r.raw().length)), StandardCharsets.UTF_8)));
        return fields;
    }
}
