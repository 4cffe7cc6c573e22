package io.carom.trace;

import io.carom.party.Link;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Sessions as hops of a trace.
final class Hops {
    private Hops() {}

    static Trace.Hop of(Sides sides, Session s, @Nullable Link link, double p, String why) {
        return new Trace.Hop(
                Instant.ofEpochMilli(s.time()),
                Instant.ofEpochMilli(s.end()),
                s.from(),
                s.to(),
                s.account(),
                s.via(),
                link != null ? link.supplier() : sides.owner(s.client(), s.from()),
                sides.owner(s.client(), s.to()),
                link == null ? null : link.name(),
                Math.round(p * 100) / 100.0,
                why,
                s.records());
    }

    /// Whether it gives a hand on the machine, not only on its files or data.
    static boolean control(Session s) {
        return !s.via().equals("SMB")
                && !s.via().equals("network sign-in")
                && !s.via().equals("SQL Server");
    }

    static String key(Trace.Hop hop) {
        return hop.from() + "\0" + hop.to() + "\0" + hop.time();
    }
}
