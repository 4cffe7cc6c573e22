package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.SourceNames;
import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Carried;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Observations of many kinds told in a line each: for tests.
final class Seen {
    static final long T0 = 1_767_571_200_000L;
    static final long SECOND = 1000;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    final List<Observation> all = new ArrayList<>();
    private long record;
    private int lent = 40_000;

    static Address address(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    private Origin origin(int classUid) {
        return new Origin("us", 1, ++record, SourceNames.of("test"), classUid);
    }

    Seen lookup(long time, String src, String name, String type, int rcode, String... answers) {
        all.add(new Lookup(
                origin(4003), time, address(src), "", address("10.0.0.53"), name, type, rcode, List.of(answers)));
        return this;
    }

    Seen request(long time, String src, @Nullable String dst, String host, String path, String agent, int status) {
        all.add(new Request(
                origin(4002),
                time,
                address(src),
                dst == null ? null : address(dst),
                80,
                host,
                "GET",
                path,
                agent,
                "",
                status,
                300,
                2000,
                false));
        return this;
    }

    Seen posted(long time, String src, String host, long out, long in) {
        all.add(new Request(
                origin(4002), time, address(src), null, 443, host, "CONNECT", "", "x", "", 200, out, in, true));
        return this;
    }

    Seen hello(long time, String src, String dst, String name, String ja3) {
        all.add(new Hello(
                origin(4001), time, address(src), address(dst), 443, name, ja3, "", "", "", -1, Carried.UNKNOWN));
        return this;
    }

    Seen call(long time, String src, String dst, String service, String what) {
        all.add(new Call(origin(4006), time, address(src), address(dst), "", "", service, what, "", Outcome.UNKNOWN));
        return this;
    }

    Seen contact(
            long time, String src, String dst, int port, int transport, String service, long out, long in, long lasts) {
        lent = lent >= 60_000 ? 40_000 : lent + 1;
        return contact(time, src, lent, dst, port, transport, service, out, in, lasts, Outcome.SUCCESS);
    }

    Seen contact(
            long time,
            String src,
            int srcPort,
            String dst,
            int port,
            int transport,
            String service,
            long out,
            long in,
            long lasts,
            Outcome outcome) {
        all.add(new Contact(
                origin(4001),
                time,
                address(src),
                srcPort,
                address(dst),
                port,
                transport,
                outcome,
                0.95f,
                out,
                in,
                Math.max(1, out / 1000),
                Math.max(1, in / 1000),
                lasts,
                service,
                false));
        return this;
    }

    /// Machines that do what all do, so that there is something to be rare among.
    Seen crowd(int machines, long until) {
        for (int m = 1; m <= machines; m++) {
            for (long t = T0; t < until; t += 2 * HOUR) {
                String src = "10.9." + m / 250 + "." + (1 + m % 250);
                request(t + m, src, "198.51.100.1", "www.popular.example.com", "/", "Browser/1.0", 200);
                hello(t + m, src, "198.51.100.1", "www.popular.example.com", "popular-ja3");
            }
        }
        return this;
    }

    List<Draft> found(String analytic) {
        return ScansTest.last(Behaviour.of(analytic, all));
    }

    /// Late, in another order, and each twice as far as contacts go: nothing changes.
    void orderAndDuplicatesChangeNothing(String analytic) {
        List<String> told = messages(Behaviour.of(analytic, all));
        for (int seed = 0; seed < 3; seed++) {
            List<Observation> mixed = new ArrayList<>(all);
            all.forEach(o -> {
                if (o instanceof Contact c) {
                    mixed.add(c.told());
                }
            });
            Collections.shuffle(mixed, new Random(seed));
            assertEquals(told, messages(Behaviour.of(analytic, mixed)));
        }
    }

    static List<String> messages(List<Draft> drafts) {
        return drafts.stream().map(d -> d.title() + "\n" + d.message()).toList();
    }
}
