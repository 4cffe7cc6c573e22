package io.carom.source.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.InputContext;
import io.carom.source.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageFormTest {
    private static final String DENY = "Deny {proto} src {if}:{ip:addr}[/{port:int}][({user})] by group \"{rule}\"";

    /// The fields of the message, or null if it is not of the form.
    private static @Nullable Map<String, String> match(String form, byte[] message) {
        EventBatch batch = new EventBatch(message.length + 64);
        System.arraycopy(message, 0, batch.reserve(message.length), 0, message.length);
        batch.arenaEnd(message.length);
        Row row = new Row(batch, new InputContext("test", ZoneOffset.UTC, Instant.EPOCH));
        row.begin(0, 0, message.length);
        boolean of = MessageForm.of(form).match(row, 0, message.length);
        Map<String, String> fields = new LinkedHashMap<>();
        for (int slot = batch.firstSlot(0); slot < batch.slots(); slot++) {
            fields.put(FieldNames.name(batch.slotField(slot)), batch.text(batch.slotValue(slot)));
        }
        if (!of) {
            assertEquals(Map.of(), fields, "a message of another form leaves no fields");
        }
        return of ? fields : null;
    }

    private static @Nullable Map<String, String> match(String form, String message) {
        return match(form, message.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void fieldsReachToTheTextBehindThem() {
        assertEquals(
                Map.of("proto", "tcp", "if", "out", "ip", "192.0.2.1", "port", "80", "user", "A\\b", "rule", "in list"),
                match(DENY, "Deny tcp src out:192.0.2.1/80(A\\b) by group \"in list\" [0x0]"));
    }

    @Test
    void whatStandsInBracketsMayBeAbsent() {
        assertEquals(
                Map.of("proto", "icmp", "if", "out", "ip", "2001:db8::1", "rule", "x"),
                match(DENY, "Deny icmp src out:2001:db8::1 by group \"x\""));
    }

    @Test
    void anAddressEndsAtThePortsColonButNotAtItsOwn() {
        String form = "{ip:addr}:{port:int} {rest:rest}";
        assertEquals(Map.of("ip", "192.0.2.1", "port", "500", "rest", "a b"), match(form, "192.0.2.1:500 a b"));
        assertEquals("2001:db8::1", match("at {ip:addr}.", "at 2001:db8::1.").get("ip"));
    }

    @Test
    void anotherMessageIsNotOfTheForm() {
        assertNull(match(DENY, "Deny tcp src out:/80 by group \"x\""));
        assertNull(match(DENY, "Permit tcp src out:192.0.2.1 by group \"x\""));
        assertNull(match(DENY, ""));
        assertNull(match(DENY, "Deny tcp src out:192.0.2.1"));
    }

    @Test
    void whatAStrangerChoseEndsAtTheLastPlaceWhereTheRestFits() {
        String form = "Failed {how} for {user:last} from {ip:addr} port {port:int}";
        assertEquals(
                Map.of("how", "none", "user", "x from 192.0.2.1 port 1 ssh2", "ip", "198.51.100.9", "port", "22"),
                match(form, "Failed none for x from 192.0.2.1 port 1 ssh2 from 198.51.100.9 port 22 ssh2"));
        // Behind the last place nothing fits: the one before it.
        assertEquals(
                Map.of("how", "none", "user", "x", "ip", "192.0.2.1", "port", "1"),
                match(form, "Failed none for x from 192.0.2.1 port 1 from here"));
        assertEquals(
                "198.51.100.9",
                match(form, "Failed none for  from 198.51.100.9 port 22").get("ip"));
        assertNull(match(form, "Failed none for x from nowhere"));
        assertEquals(
                "a b",
                match("{user:last} {ip:addr} port {port:int}", "a b 192.0.2.1 port 7 [x]")
                        .get("user"));
        assertEquals(
                "192.0.2.1",
                match("bad {:last} from {ip:addr}", "bad 'x from y' from 192.0.2.1")
                        .get("ip"));
    }

    @Test
    void escapedBracketsAreText() {
        assertEquals(Map.of("user", "jane"), match("\\[user: {user}\\]", "[user: jane] more"));
    }

    @Test
    void anUnknownTypeOfFieldIsAFaultOfTheForm() {
        assertThrows(IllegalArgumentException.class, () -> MessageForm.of("{a:float}"));
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            byte[] message = "Deny tcp src out:192.0.2.1/80(A) by group \"x\"".getBytes(StandardCharsets.UTF_8);
            for (int flips = 0; flips < 3; flips++) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = java.util.Arrays.copyOf(message, random.nextInt(message.length + 1));
            match(DENY, cut);
        }
    }
}
