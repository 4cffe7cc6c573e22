package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A workstation administers another: RPC, file sharing, WinRM or remote desktop between two machines that both
/// serve nobody and of which the one never did so before.
///
/// Work goes from workstations to servers, and administration from few machines to many; from one desk to the
/// next goes an intruder who has taken the first (the observation behind Hopper, Ho et al., USENIX Security
/// 2021, and NSA's and CISA's advice to bar workstations from each other). Several such ports within an
/// hour say it clearly: no single program of an office uses three.
///
/// Key: machine that is reached. State: who used it ({@link #CLIENTS} at most), the latest such contacts; 5 KB.
@AutoService(Analytic.class)
public final class PeerAdministration implements Analytic<PeerAdministration.State> {
    private static final Threshold CLIENTS_MOST = Threshold.of("peer-administration", "clients");
    private static final Threshold PORTS = Threshold.of("peer-administration", "ports");
    private static final Threshold LEARNING = Threshold.of("peer-administration", "learning-hours");
    private static final Threshold REACHED = Threshold.of("peer-administration", "administered");

    static final int CLIENTS = 16;
    static final int SOURCES = 8;

    private static final Set<Integer> ADMINISTRATION = Set.of(135, 445, 3389, 5985, 5986);

    /// Who answers at one of these is a server, were it asked by one machine only: names, mail, Kerberos, LDAP.
    private static final Set<Integer> SERVING = Set.of(25, 53, 88, 389, 464, 636, 3268, 1433, 1521, 3306, 5432, 8530);

    private static final class From implements Serializable {
        private static final long serialVersionUID = 1;
        final TreeSet<Integer> ports = new TreeSet<>();
        final List<Origin> evidence = new ArrayList<>();
        final Address src;
        final Address dst;
        long first;
        long last;
        long bytes;
        int told;

        From(Address src, Address dst) {
            this.src = src;
            this.dst = dst;
        }
    }

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private long[] clients = {};
        private boolean server;
        private final Habits known = new Habits(CLIENTS, 45);
        private final Map<Long, From> latest = new HashMap<>();
        private long last;
    }

    @Override
    public String id() {
        return "peer-administration";
    }

    @Override
    public String title() {
        return "A workstation administers another";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1021", "T1021.002", "T1021.006");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Contact c)
                || c.transport() != Approach.TCP && !SERVING.contains(c.dstPort())
                || c.outcome().failed() && !ADMINISTRATION.contains(c.dstPort())
                || !Approach.counts(c)) {
            return 0;
        }
        String client = c.origin().client();
        return context.inside(c.dst(), client)
                        && context.inside(c.src(), client)
                        && !c.src().equals(c.dst())
                ? Keys.of(context.tenant(c), c.dst().hash())
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        state.last = c.time();
        if (state.server) {
            return;
        }
        long src = c.src().hash();
        if (SERVING.contains(c.dstPort()) && c.outcome() == Outcome.SUCCESS) {
            state.server = true;
            state.clients = new long[0];
            state.latest.clear();
            return;
        }
        boolean served = c.outcome() == Outcome.SUCCESS && !Approach.bare(c);
        if (served && Arrays.stream(state.clients).noneMatch(x -> x == src)) {
            state.clients = Arrays.copyOf(state.clients, state.clients.length + 1);
            state.clients[state.clients.length - 1] = src;
            // What many use is a server; and once one, always.
            if (state.clients.length > context.value(CLIENTS_MOST)) {
                state.server = true;
                state.clients = new long[0];
                state.latest.clear();
                return;
            }
        }
        if (!ADMINISTRATION.contains(c.dstPort())
                || context.allowedScanner(c.src(), c.origin().client())) {
            return;
        }
        boolean before = state.known.before(src, SignIns.day(c.time()));
        state.known.add(src, SignIns.day(c.time()));
        if (before) {
            return;
        }
        state.latest.values().removeIf(f -> c.time() - f.first > SignIns.DAY);
        From from = state.latest.get(src);
        if (from == null) {
            if (state.latest.size() >= SOURCES) {
                return;
            }
            from = new From(c.src(), c.dst());
            from.first = c.time();
            state.latest.put(src, from);
        }
        boolean spoken = served || c.bytesOut() > 1000;
        boolean news = spoken && from.ports.add(c.dstPort());
        from.bytes += Math.max(0, c.bytesOut());
        if (news && from.evidence.size() < Draft.EVIDENCE) {
            from.evidence.add(c.origin());
        }
        from.last = c.time();
    }

    /// Told when some time has passed, in which a server shows itself by those who use it.
    private void tell(State state, From from, Context context) {
        String client = from.evidence.getFirst().client();
        boolean learned = from.first - context.begin(client) >= context.value(LEARNING) * SignIns.HOUR;
        Address src = from.src;
        Address dst = from.dst;
        int machines = context.machinesAt(dst.text(), client);
        boolean clear = from.ports.size() >= context.value(PORTS);
        boolean both = from.ports.size() >= 2
                && (from.ports.contains(5985) || from.ports.contains(5986) || from.ports.contains(3389));
        if (machines > context.value(REACHED) || !clear && !both) {
            return;
        }
        context.found(new Draft(
                this,
                src.text() + " " + dst.text(),
                src.text() + " administers " + dst.text() + ", a machine that serves nobody, by "
                        + from.ports.stream().map(p -> "tcp/" + p).collect(Collectors.joining(", ")),
                String.format(
                        Locale.ROOT,
                        "%d kinds of administration within %s, %s sent; %d machines in all were in touch with the target,"
                                + " and this one administered it on no day before%s. Harmless if the help desk works from"
                                + " there, or a deployment does.",
                        from.ports.size(),
                        Words.seconds(Math.max(1, (from.last - from.first) / 1000.0)),
                        Words.bytes(from.bytes),
                        Math.max(machines, state.clients.length),
                        learned ? "" : " of these logs, which are short"),
                clear ? 3 : 2,
                Math.min(0.85, 0.3 + 0.15 * from.ports.size()) * (learned ? 1 : 0.9),
                from.first,
                from.last,
                src,
                dst,
                "",
                "",
                List.of(Words.address("src_endpoint.ip", src), Words.address("dst_endpoint.ip", dst)),
                from.ports.contains(5985) || from.ports.contains(5986)
                        ? List.of("T1021.006", "T1021")
                        : List.of("T1021.002", "T1021"),
                from.evidence));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean review(State state, Context context) {
        for (From from : state.latest.values()) {
            boolean settled = context.ending() || context.now() - from.first >= SignIns.HOUR;
            if (settled && from.ports.size() > from.told && !from.evidence.isEmpty()) {
                from.told = from.ports.size();
                tell(state, from, context);
            }
        }
        return context.now() - state.last < 45 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 5_000;
    }
}
