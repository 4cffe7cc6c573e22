package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.SourceNames;
import io.carom.observe.Address;
import io.carom.observe.Conversations;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Origin;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CarriersTest {
    private static final long T0 = 1_750_032_000_000L;
    private static final long MINUTE = 60_000;

    private final Conversations conversations = new Conversations();
    private final Carriers carriers = new Carriers();
    private long record;

    private static Address address(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    private void add(long time, int srcPort, long minutes, long bytes) {
        Contact c = new Contact(
                new Origin("us", 1, ++record, SourceNames.of("test"), 4001),
                time,
                address("10.1.1.5"),
                srcPort,
                address("203.0.113.7"),
                443,
                6,
                Outcome.SUCCESS,
                0.95f,
                bytes,
                bytes,
                -1,
                -1,
                minutes * MINUTE,
                "",
                false);
        carriers.add((Contact) conversations.told(c));
    }

    private List<String> told() {
        return carriers.told((a, t) -> a, o -> new Trace.Source("in", o.record())).stream()
                .map(c -> (c.begin() - T0) / MINUTE + "-" + (c.end() - T0) / MINUTE + " " + c.bytesOut())
                .toList();
    }

    @Test
    void aConnectionThatIsToldOfSeveralTimesIsOne() {
        add(T0, 50_001, 0, 0);
        for (int i = 1; i <= 12; i++) {
            add(T0 + i % 3 * 1000, 50_001, 5 * i, 1000 * i);
        }
        add(T0 + 2000, 50_002, 7, 70);
        assertEquals(List.of("0-60 12000", "0-7 70"), told());
    }

    @Test
    void connectionsWithoutPortsStaySeveral() {
        add(T0, -1, 5, 10);
        add(T0, -1, 6, 20);
        assertEquals(List.of("0-5 10", "0-6 20"), told());
    }
}
