package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.source.parse.Times;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EnvelopeTest {
    private static final long TIME = Instant.parse("2026-11-29T12:00:00Z").toEpochMilli();
    private static final Envelope KNOWN = new Envelope(TIME, "web1", "sshd", "42");

    private static JsonNode json(String text) {
        return Shipped.JSON.readTree(text);
    }

    @Test
    void aBareMessageIsPutBehindWhatItsShipperKnew() {
        assertEquals(
                "<13>1 2026-11-29T12:00:00Z web1 sshd 42 - - Failed password for root",
                KNOWN.around("Failed password for root"));
        assertEquals("<13>1 - - sshd - - - x", new Envelope(Times.NONE, "", "sshd", "").around("x"));
        assertEquals(
                "<13>1 2026-11-29T12:00:00Z we-b - - - - Mayday",
                new Envelope(TIME, "w e\n-bü", "", "").around("Mayday"));
    }

    @Test
    void aRecordThatSaysItsTimeItselfStaysAsItIs() {
        for (String record : List.of(
                "Nov 29 12:00:00 web2 sshd[3]: Failed password",
                "<13>a line",
                "2026-11-29T12:00:00Z host app: text",
                "1772500000.123 200 192.0.2.1 TCP_MISS/200",
                "[Sun Nov 29 12:00:00 2026] [error] text",
                "Sun Nov 29 12:00:00 2026 192.0.2.1:1194 TLS: text",
                "{\"a\":1}",
                "")) {
            assertEquals(record, KNOWN.around(record));
        }
        assertEquals("text", new Envelope(Times.NONE, "web1", "", "").around("text"), "its host is its source's name");
    }

    @Test
    void anObjectIsPutBehindItWhereNoNameInItSpeaksOfATime() {
        assertEquals(
                "<13>1 2026-11-29T12:00:00Z web1 sshd 42 - - {\"user\":\"alice\"}",
                KNOWN.around(json("{\"user\":\"alice\"}")));
        for (String timed : List.of("{\"eventTime\":1}", "{\"ts\":1}", "{\"createdDate\":\"x\"}", "[1]")) {
            assertEquals(timed, KNOWN.around(json(timed)));
        }
    }

    @Test
    void timesAreTextsOrNumbersOfAnyUnit() {
        for (String time : List.of(
                "\"2026-11-29T12:00:00Z\"", "1795953600", "1795953600.0", "\"1795953600.000\"", "1795953600000")) {
            assertEquals(TIME, Envelope.time(json(time)), time);
        }
        for (String none : List.of("\"yesterday\"", "null", "{}", "-5", "0", "1e300", "\"" + "1".repeat(500) + "\"")) {
            assertEquals(Times.NONE, Envelope.time(json(none)), none);
        }
    }

    @Test
    void whatIsKnownIsFoundWhereShippersPutIt() {
        assertEquals(
                new Envelope(TIME, "web1", "sshd", "42"),
                Envelope.of(
                        json("{\"@timestamp\":\"2026-11-29T12:00:00Z\",\"process\":{\"name\":\"sshd\",\"pid\":42}}"),
                        "web1"));
        assertEquals(
                new Envelope(TIME, "fw1", "app", "7"),
                Envelope.of(
                        json("{\"timestamp\":1795953600,\"hostname\":\"fw1\",\"appname\":\"app\",\"procid\":7}"),
                        "collector"));
        assertEquals(
                new Envelope(Times.NONE, "", "", ""),
                Envelope.of(json("{\"log\":{\"source\":{\"address\":\"192.0.2.1:514\"}}}"), "collector"),
                "what came over a network is not of its shipper's machine");
    }
}
