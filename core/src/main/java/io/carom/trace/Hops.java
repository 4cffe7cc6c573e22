package io.carom.trace;

import io.carom.party.Link;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

    /// What somebody from outside did to a machine, as a hop.
    ///
    /// @param at label of the machine
    static Trace.Hop of(Sides sides, Suspicion s, String at, double p, String why) {
        Instant time = Instant.ofEpochMilli(s.time());
        return new Trace.Hop(
                time,
                time,
                s.visitor(),
                at,
                s.account(),
                SessionBook.WEB,
                sides.owner(s.client(), s.visitor()),
                sides.owner(s.client(), at),
                null,
                Math.round(p * 100) / 100.0,
                why,
                List.of(s.record()));
    }

    /// Whether it gives a hand on the machine, not only on its files or data.
    static boolean control(Session s) {
        return !History.DATA.contains(s.via());
    }

    /// Ways of going on that leave a program behind on the other side.
    private static final Set<String> EXECUTION =
            Set.of("WMI", "WinRM", "PsExec", "scheduled task", "SMB and a new service");

    /// One hop of two: who took control of a machine, and from which he did.
    static Trace.Hop joined(Trace.Hop first, Trace.Hop then) {
        List<Trace.Source> records = new ArrayList<>(first.records());
        records.addAll(then.records());
        return new Trace.Hop(
                then.time(),
                then.end(),
                first.from(),
                then.to(),
                then.account(),
                then.via(),
                first.fromParty(),
                then.toParty(),
                then.link(),
                Math.min(first.confidence(), then.confidence()),
                then.why() + " " + first.why(),
                records);
    }

    /// Whether it shows the other machine's desktop.
    static boolean hands(Session s) {
        return s.via().equals("RDP") || s.via().equals("VNC") || s.via().equals(SessionBook.SUPPORT);
    }

    static boolean execution(Session s) {
        return EXECUTION.contains(s.via());
    }

    static String key(Trace.Hop hop) {
        return hop.from() + "\0" + hop.to() + "\0" + hop.time();
    }
}
