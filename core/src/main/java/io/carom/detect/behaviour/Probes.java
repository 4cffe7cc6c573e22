package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Origin;
import io.carom.party.Link;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A machine knocks at a handful of others, at a port by which machines are administered, and says nothing: no
/// session, no data, and each for the first time.
///
/// {@link Scans} needs some fifteen hosts that fail, for every machine meets dead ones. A knock at a port that is
/// open and goes unused is rarer: a connect scan of a few servers by somebody who looks where he can go next
/// (`tcping` in PwC's and BAE's report on Operation Cloud Hopper, 2017; ATT&CK T1046). Monitoring does the same
/// every day and is known by that.
///
/// Key: client and source. State: the latest {@link #MOST} knocks, the machines it knows; 60 KB at most.
@AutoService(Analytic.class)
public final class Probes implements Analytic<Probes.State> {
    private static final Threshold MINUTES = Threshold.of("probe", "window-minutes");
    private static final Threshold HOSTS = Threshold.of("probe", "hosts");
    private static final Threshold ANSWERED = Threshold.of("probe", "answered");
    private static final Threshold LEARNING = Threshold.of("probe", "learning-days");

    static final int MOST = 48;

    /// What passes in a handshake that is broken off.
    private static final int NOTHING = 1000;

    private static final Set<Integer> ADMINISTRATION =
            Set.of(22, 23, 135, 139, 445, 1433, 1521, 3306, 3389, 5432, 5900, 5985, 5986);

    /// A knock.
    private record Knock(long time, Address dst, int port, boolean answered, Origin origin) implements Serializable {}

    /// What is known of a source.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits met = new Habits(512, 30);
        private final ArrayList<Knock> knocks = new ArrayList<>(4);
        private long told = Long.MIN_VALUE;
        private long last;
    }

    @Override
    public String id() {
        return "probe";
    }

    @Override
    public String title() {
        return "Knocking at a few machines";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1046", "T1199");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof Contact c
                        && Approach.counts(c)
                        && ADMINISTRATION.contains(c.dstPort())
                        && context.inside(c.dst(), c.origin().client())
                        && !context.allowedScanner(c.src(), c.origin().client())
                ? Keys.of(context.tenant(c), c.src().hash(), 0x970B_E5L)
                : 0;
    }

    /// Whether the connection is known to have carried nothing.
    private static boolean empty(Contact c) {
        if (c.outcome().failed()) {
            return true;
        }
        boolean told = c.bytesOut() >= 0 && c.bytesIn() >= 0;
        long bytes = c.bytesOut() + c.bytesIn();
        return told && (bytes == 0 || bytes <= NOTHING && c.duration() < 5000);
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        long day = SignIns.day(c.time());
        state.last = c.time();
        long pair = Keys.of(c.dst().hash(), c.dstPort());
        boolean before = state.met.before(pair, day);
        boolean fresh = state.met.add(pair, day);
        if (!empty(c)) {
            // It uses the machine: it did not only knock.
            state.knocks.removeIf(k -> k.port == c.dstPort() && k.dst.equals(c.dst()));
            return;
        }
        if (before || !fresh) {
            return;
        }
        state.knocks.removeIf(k -> c.time() - k.time > context.whole(MINUTES) * SignIns.MINUTE);
        if (state.knocks.size() == MOST) {
            state.knocks.removeFirst();
        }
        state.knocks.add(new Knock(c.time(), c.dst(), c.dstPort(), !c.outcome().failed(), c.origin()));
        boolean learned = c.time() - context.begin(c.origin().client()) >= context.value(LEARNING) * SignIns.DAY;
        if (state.told == day || !learned) {
            return;
        }
        Map<Address, Knock> hosts = new LinkedHashMap<>();
        int answered = 0;
        for (Knock k : state.knocks) {
            if (k.port == c.dstPort() && hosts.putIfAbsent(k.dst, k) == null) {
                answered += k.answered ? 1 : 0;
            }
        }
        if (hosts.size() < context.value(HOSTS) || answered < context.value(ANSWERED)) {
            return;
        }
        state.told = day;
        Link over = context.link(c.src(), c.origin().client());
        List<Origin> evidence = new ArrayList<>();
        hosts.values().stream().limit(Draft.EVIDENCE).forEach(k -> evidence.add(k.origin));
        long first = hosts.values().iterator().next().time;
        context.found(new Draft(
                this,
                c.src().text() + "|" + c.dstPort(),
                c.src().text() + " knocked at " + hosts.size() + " machines on tcp/" + c.dstPort() + " and used none",
                "For the first time, within " + Words.seconds(Math.max(1, (c.time() - first) / 1000.0)) + ", "
                        + Words.count(answered, "machine", "machines") + " of " + hosts.size()
                        + " answered, and nothing was said to any. Port " + c.dstPort()
                        + " is one by which machines are administered. "
                        + (over == null ? "" : "It came over the supplier link " + over.name() + ". ")
                        + "Harmless if a new monitor or inventory was set up.",
                3,
                0.5,
                first,
                c.time(),
                c.src(),
                null,
                "",
                "",
                List.of(Words.address("src_endpoint.ip", c.src())),
                over == null ? List.of("T1046") : List.of("T1046", "T1199"),
                evidence));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 30 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 50_000;
    }

    @Override
    public int bytesPerKey() {
        return 60_000;
    }
}
