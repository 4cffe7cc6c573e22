package io.carom.detect.behaviour;

import io.carom.event.SourceNames;
import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Contacts told in a line each: for tests.
final class Contacts {
    static final long T0 = 1_750_000_000_000L;
    static final long SECOND = 1000;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    final List<Observation> all = new ArrayList<>();
    private final String client;
    private long record;
    private int lent = 40_000;

    Contacts(String client) {
        this.client = client;
    }

    static Address address(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    Origin origin() {
        return new Origin(client, 1, ++record, SourceNames.of("test"), 4001);
    }

    /// A TCP connection from a lent port, with some hundred bytes each way if it succeeded.
    Contacts tcp(long time, String src, String dst, int port, Outcome outcome) {
        lent = lent >= 60_000 ? 40_000 : lent + 1;
        return add(time, src, lent, dst, port, 6, outcome, 0.95f, outcome == Outcome.SUCCESS ? 900 : 0);
    }

    Contacts add(
            long time,
            String src,
            int srcPort,
            String dst,
            int dstPort,
            int transport,
            Outcome outcome,
            float sure,
            long bytes) {
        boolean answered = outcome == Outcome.SUCCESS;
        all.add(new Contact(
                origin(),
                time,
                address(src),
                srcPort,
                address(dst),
                dstPort,
                transport,
                outcome,
                sure,
                bytes,
                answered ? bytes : 0,
                answered ? 6 : 1,
                answered ? 5 : 0,
                answered ? 300 : 0,
                "",
                false));
        return this;
    }
}
