package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.party.Link;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A path of sign-ins on which the account changes, or which leads where its causal user never went.
///
/// The idea of Hopper (Ho et al., USENIX Security 2021): sign-ins make a graph of machines; each one that
/// goes on from a machine has a cause among those that came to it shortly before. A path is suspicious when
/// the account changes on it to one that is not at home on the machine in between, and when it reaches a
/// machine that the first account never reached. A path that begins at a supplier's link is the sharpest
/// case. Sign-ins that were made like this on earlier days are never the end of such a path; who signs in at
/// a machine from which others go on is measured against all who came, the latest first, and a cause that
/// explains it (the same account, at home there) acquits.
///
/// Key: client. State: machines with the latest {@link #ARRIVALS} arrivals each, up to {@link #MACHINES}, and
/// known edges, up to {@link #EDGES}; 12 MB at most, 100 KB for a small office.
@AutoService(Analytic.class)
public final class LateralMovement implements Analytic<LateralMovement.State> {
    private static final Threshold HOURS = Threshold.of("lateral-movement", "cause-hours");
    private static final Threshold LEARNING = Threshold.of("lateral-movement", "learning-days");
    private static final Threshold NOTED = Threshold.of("lateral-movement", "noted");
    private static final Threshold ALARM = Threshold.of("lateral-movement", "alarm");
    private static final Threshold FEEDS = Threshold.of("lateral-movement", "gateway-accounts");

    static final int MACHINES = 8192;
    static final int ARRIVALS = 12;
    static final int EDGES = 32_768;

    /// Somebody came to a machine.
    ///
    /// @param fresh whether this account never came there from there
    /// @param length machines on the path to it
    /// @param first record of the path, `begin` its machine and `beginner` its account
    private record Arrival(
            long time,
            String from,
            String to,
            String account,
            @Nullable String link,
            boolean fresh,
            Origin origin,
            int length,
            @Nullable Origin first,
            String begin,
            String beginner)
            implements Serializable {}

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final LinkedHashMap<Long, ArrayDeque<Arrival>> machines = new LinkedHashMap<>(64, 0.75f, true);
        private final Habits edges = new Habits(EDGES, 60);
        private final Habits reached = new Habits(EDGES, 60);
        private final Habits home = new Habits(EDGES, 60);
        private final Map<Long, Habits> through = new LinkedHashMap<>();

        // The machine behind an address, as sign-ins of machines themselves tell.
        private final Map<Long, String> names = new LinkedHashMap<>(64, 0.75f, true);
    }

    @Override
    public String id() {
        return "lateral-movement";
    }

    @Override
    public String title() {
        return "Lateral movement by changing accounts";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1021", "T1078", "T1199");
    }

    @Override
    public long key(Observation observation, Context context) {
        boolean concerns = switch (observation) {
            case SignIn s -> s.outcome() == Outcome.SUCCESS && (SignIns.from(s) != 0 || local(s));
            case Lease l -> !l.host().isEmpty();
            default -> false;
        };
        return concerns ? Keys.of(context.tenant(observation), 0x1A7E_2A1L) : 0;
    }

    /// At the machine itself: who does so is at home there.
    private static boolean local(SignIn s) {
        return s.means() == Means.INTERACTIVE && SignIns.at(s) != 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        switch (observation) {
            case Lease l -> name(state, l.address(), l.host());
            case SignIn s -> signIn(state, s, context);
            default -> {}
        }
    }

    private static void name(State state, @Nullable Address address, String host) {
        if (address != null && address.reach() != Address.Reach.NOBODYS && !host.isEmpty()) {
            state.names.put(address.hash(), Hosts.shortName(host));
            if (state.names.size() > MACHINES) {
                state.names.remove(state.names.keySet().iterator().next());
            }
        }
    }

    private static String machine(State state, @Nullable Address address, String host) {
        if (!host.isEmpty()) {
            return Hosts.shortName(host);
        }
        if (address == null || address.reach() == Address.Reach.NOBODYS) {
            return "";
        }
        String name = state.names.get(address.hash());
        return name == null ? address.text() : name;
    }

    private void signIn(State state, SignIn s, Context context) {
        Address src = s.src();
        if (s.account().endsWith("$")) {
            // A machine's own account says what address it has.
            name(state, src, s.account().substring(0, s.account().length() - 1));
            return;
        }
        if (!SignIns.somebody(s.account())) {
            return;
        }
        if (src != null && !s.srcHost().isEmpty()) {
            name(state, src, s.srcHost());
        }
        if (s.dst() != null) {
            name(state, s.dst(), s.host());
        }
        long day = SignIns.day(s.time());
        String to = machine(state, s.dst(), s.host());
        long account = Keys.of(s.account());
        if (local(s)) {
            state.home.add(Keys.of(Keys.of(to), account), day);
            return;
        }
        if (!SignIns.remote(s) || s.means() == Means.CLOUD || s.means() == Means.VPN) {
            return;
        }
        String from = machine(state, src, s.srcHost());
        if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            return;
        }
        Link link = src == null ? null : context.link(src, s.origin().client());
        // Over a link its addresses are one place.
        String place = link == null ? from : "link " + link.name();
        long fromKey = Keys.of(place);
        long toKey = Keys.of(to);
        long edge = Keys.of(fromKey, toKey, account);
        boolean known = state.edges.before(edge, day);
        boolean fresh = state.edges.add(edge, day);
        Arrival cause = known ? null : cause(state, s, Keys.of(from), account, day, context);
        if (cause != null && fresh) {
            weigh(state, s, from, to, cause, context);
        }
        state.reached.add(Keys.of(account, toKey), day);
        state.home.add(Keys.of(fromKey, account), day);
        through(state, from, account, day);
        arrive(
                state,
                new Arrival(
                        s.time(),
                        from,
                        to,
                        s.account(),
                        link == null ? cause == null ? null : cause.link : link.name(),
                        !known,
                        s.origin(),
                        cause == null ? 1 : cause.length + 1,
                        cause == null ? s.origin() : cause.first,
                        cause == null ? from : cause.begin,
                        cause == null ? s.account() : cause.beginner));
    }

    /// Through a gateway go all; who came to it caused nothing that goes on from it.
    private static void through(State state, String from, long account, long day) {
        long key = Keys.of(from);
        Habits accounts = state.through.get(key);
        if (accounts == null) {
            if (state.through.size() >= 1024) {
                state.through.remove(state.through.keySet().iterator().next());
            }
            accounts = new Habits(64, 60);
            state.through.put(key, accounts);
        }
        accounts.add(account, day);
    }

    private static void arrive(State state, Arrival arrival) {
        long key = Keys.of(arrival.to);
        ArrayDeque<Arrival> at = state.machines.get(key);
        if (at == null) {
            if (state.machines.size() >= MACHINES) {
                state.machines.remove(state.machines.keySet().iterator().next());
            }
            at = new ArrayDeque<>(4);
            state.machines.put(key, at);
        }
        // The same again says nothing new, but is the latest.
        at.removeIf(a -> a.from.equals(arrival.from) && a.account.equals(arrival.account));
        at.addLast(arrival);
        if (at.size() > ARRIVALS) {
            at.removeFirst();
        }
    }

    /// Which arrival at the machine caused the sign-in that goes on from it: null if it needs none.
    private static @Nullable Arrival cause(State state, SignIn s, long from, long account, long day, Context context) {
        ArrayDeque<Arrival> at = state.machines.get(from);
        if (at == null) {
            return null;
        }
        // At home there: signed in at the machine itself, or went on from it on earlier days.
        boolean home = state.home.before(Keys.of(from, account), day)
                || state.home.has(Keys.of(from, account)) && state.home.days(Keys.of(from, account)) > 1;
        Arrival best = null;
        for (Arrival a : at) {
            if (s.time() - a.time > context.whole(HOURS) * SignIns.HOUR) {
                continue;
            }
            if (a.account.equals(s.account())) {
                // The same account came there: that is the cause.
                return a.fresh || a.link != null ? a : null;
            }
            if (!home && (best == null || a.fresh || a.link != null)) {
                best = a;
            }
        }
        return best;
    }

    private void weigh(State state, SignIn s, String from, String to, Arrival cause, Context context) {
        long toKey = Keys.of(to);
        boolean changed = !cause.account.equals(s.account());
        boolean unreached = !state.reached.has(Keys.of(Keys.of(cause.beginner), toKey))
                && !state.reached.has(Keys.of(Keys.of(cause.account), toKey));
        boolean itself = state.reached.has(Keys.of(Keys.of(s.account()), toKey));
        Habits through = state.through.get(Keys.of(from));
        if (through != null && through.size() > context.value(FEEDS)) {
            return;
        }
        // The account's own machine there and back is no movement.
        if (to.equals(cause.from) || to.equals(cause.begin)) {
            return;
        }
        boolean learned = s.time() - context.begin(s.origin().client()) >= context.value(LEARNING) * SignIns.DAY;
        double points = (changed ? 2 : 0)
                + (unreached ? 1 : 0)
                + (cause.fresh ? 1 : 0)
                + (itself ? 0 : 0.5)
                + (cause.length > 1 ? 1 : 0)
                + (cause.link != null ? 1.5 : 0)
                - (learned ? 0 : 2);
        if (points < context.value(NOTED) || !changed && !unreached) {
            return;
        }
        boolean alarm = points >= context.value(ALARM);
        String path = (cause.length > 1 ? cause.begin + " → … → " : "") + cause.from + " → " + from + " → " + to;
        List<Origin> evidence = new ArrayList<>(List.of(s.origin(), cause.origin));
        Origin first = cause.first;
        if (first != null && !evidence.contains(first)) {
            evidence.add(first);
        }
        List<Finding.Observable> observables = new ArrayList<>(SignIns.observables(s.account(), s.src()));
        if (changed) {
            observables.add(SignIns.user(cause.account));
        }
        String over = cause.link == null ? "" : " from the supplier link " + cause.link;
        context.found(new Draft(
                this,
                from + "|" + to + "|" + s.account(),
                "Lateral movement" + over + ": " + path
                        + (changed ? ", as " + cause.account + " and then as " + s.account() : ", as " + s.account()),
                "Score " + String.format(java.util.Locale.ROOT, "%.1f", points) + " ("
                        + String.format(java.util.Locale.ROOT, "%.1f", context.value(ALARM)) + " is an alarm): "
                        + (changed
                                ? "the account changed at " + from + " to " + s.account()
                                        + ", which is not at home there [2]; "
                                : "")
                        + (unreached ? cause.beginner + " never reached " + to + " before [1]; " : "")
                        + (cause.fresh
                                ? cause.account + " never came to " + from + " from " + cause.from + " before [1]; "
                                : "")
                        + (itself ? "" : s.account() + " never reached " + to + " either [0.5]; ")
                        + (cause.length > 1 ? "it is machine " + (cause.length + 1) + " of the path [1]; " : "")
                        + (cause.link == null ? "" : "the path begins at the supplier link " + cause.link + " [1.5]; ")
                        + (learned ? "" : "the logs are too short to know habits [-2]; ")
                        + Words.seconds(Math.max(1, (s.time() - cause.time) / 1000.0)) + " lay between the last two. "
                        + SignIns.by(s.means())
                        + ". Harmless if one person has both accounts and works from " + from + ".",
                alarm ? 3 : 2,
                Math.min(0.9, 0.2 + 0.12 * points),
                cause.time,
                s.time(),
                s.src(),
                s.dst(),
                s.host(),
                s.account(),
                observables,
                cause.link == null ? List.of("T1021", "T1078") : List.of("T1021", "T1078", "T1199"),
                evidence));
    }

    @Override
    public int capacity() {
        return 1000;
    }

    @Override
    public int bytesPerKey() {
        return 12_000_000;
    }
}
