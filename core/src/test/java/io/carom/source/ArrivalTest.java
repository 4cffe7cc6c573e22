package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A record that says no time itself is of when it came.
class ArrivalTest {
    private static final long ARRIVED = Instant.parse("2026-11-29T12:00:00Z").toEpochMilli();

    private static long time(String line, long arrived) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        EventBatch batch = new EventBatch(1 << 16);
        System.arraycopy(bytes, 0, batch.reserve(bytes.length), 0, bytes.length);
        batch.arenaEnd(bytes.length);
        InputContext context = new InputContext("test", ZoneOffset.UTC, Instant.ofEpochMilli(ARRIVED), arrived);
        Sources.installed().text(context).read(new Row(batch, context), 0, bytes.length, true);
        batch.settle();
        assertEquals(1, batch.rows(), line);
        return batch.number(Attribute.TIME, 0, -1);
    }

    @Test
    void aReceivedRecordWithoutATimeIsOfWhenItCame() {
        for (String line : List.of(
                "Failed password for invalid user u1 from 192.0.2.1 port 1024 ssh2",
                "<13>1 - host app - - - a text",
                "<13>a text",
                "{\"user\":\"alice\",\"src_ip\":\"192.0.2.1\"}")) {
            assertEquals(ARRIVED, time(line, ARRIVED), line);
            assertEquals(0, time(line, 0), line + " of a file");
        }
    }

    @Test
    void aTimeThatIsSaidStands() {
        long said = Instant.parse("2026-11-01T00:00:00Z").toEpochMilli();
        assertEquals(said, time("<13>1 2026-11-01T00:00:00Z host app - - - a text", ARRIVED));
        assertEquals(said, time("{\"timestamp\":\"2026-11-01T00:00:00Z\",\"user\":\"alice\"}", ARRIVED));
    }
}
