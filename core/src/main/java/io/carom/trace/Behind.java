package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Observation.Lease;
import io.carom.party.Link;
import io.carom.party.Party;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Who was behind a supplier's end of a link: read from the supplier's own logs.
///
/// A lease or translation says it outright. Else the supplier's machines are weighed by what speaks for
/// each: a command on it that names the client's machines; a session into it that began shortly before and
/// was still open, as a stepping stone's must (Zhang and Paxson, "Detecting Stepping Stones", USENIX
/// Security 2000: both of its sides are active at the same time); that sessions over this link mostly
/// begin while somebody is signed in there; and that it was suspect itself.
final class Behind {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    /// A session into a stepping stone lies before the one out of it by no more.
    private static final long STEP = 15 * MINUTE;

    private static final int MOST = 4;

    /// Machines whose habits are looked at: those most used, as a gateway or jump host is.
    private static final int TARGETS = 60;

    /// A machine that may have been behind it.
    ///
    /// @param time when the intruder was there by what speaks for it
    record Machine(String machine, long time, String account, double share, String why, List<Trace.Source> records) {}

    /// What may speak for a machine, and what it counts: a command that names the client's machines, the nearer in time
    /// the more; one just before; one that names the very machine that was reached; the habit of the link; findings
    /// on it; a grave one; a session into it that was open; one from a suspect machine that was never there before;
    /// that other clients were reached from it, as their logs say and as is only likely; a connection of it to the
    /// outside that began and lasted as the session at the client did, and one that began so where nobody knows how
    /// long it lasted.
    ///
    /// Fitted by a conditional logit; see docs/decisions/011.
    private static final double[] WEIGHTS = {3.0, 1.75, 1.9, 1.9, 0.05, 0.3, 0.25, 1.6, 1.3, 7.0, 2.5, 1.25};

    /// That it was none of those that anything speaks for.
    private static final double NONE = 0.6;

    private static final int CLIENT_NAMED = 0;
    private static final int JUST_NAMED = 1;
    private static final int TARGET_NAMED = 2;
    private static final int HABIT = 3;
    private static final int SUSPECT = 4;
    private static final int GRAVE = 5;
    private static final int OPEN = 6;
    private static final int ENTERED = 7;
    private static final int OTHERS_TOLD = 8;
    private static final int OTHERS_LIKELY = 9;
    private static final int CARRIED = 10;
    private static final int BEGAN = 11;

    /// A machine, and what speaks for it.
    static final class Weighed {
        final double[] x = new double[WEIGHTS.length];
        long time = Long.MAX_VALUE;
        String account = "";
        final List<String> why = new ArrayList<>();
        final List<Trace.Source> records = new ArrayList<>();

        double odds() {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += WEIGHTS[i] * x[i];
            }
            return Math.exp(sum);
        }
    }

    private final History history;
    private final Sides sides;
    private final Suspects suspects;
    private final Novelty novelty;
    private final List<Launch> launches;
    private final Map<String, Map<String, Double>> habits = new HashMap<>();

    Behind(History history, Sides sides, Suspects suspects, Novelty novelty, List<Launch> launches) {
        this.novelty = novelty;
        this.launches = launches;
        this.history = history;
        this.sides = sides;
        this.suspects = suspects;
    }

    /// The machines of the supplier's that may have been behind this address, the likeliest first; empty if
    /// nothing speaks for any.
    ///
    /// @param to the client's machine that was reached; null if not known
    List<Machine> of(Link link, String pool, @Nullable String to, long time) {
        Machine told = told(link, pool, to, time);
        if (told != null) {
            return List.of(told);
        }
        Map<String, Weighed> all = candidates(link, pool, to, time);
        double sum = Math.exp(NONE);
        for (Weighed w : all.values()) {
            sum += w.odds();
        }
        List<Machine> out = new ArrayList<>();
        double total = sum;
        all.forEach((machine, w) -> {
            double share = w.odds() / total;
            if (share > 0.05) {
                out.add(new Machine(
                        machine, Math.min(w.time, time), w.account, share, String.join("; ", w.why) + ".", w.records));
            }
        });
        out.sort(Comparator.comparingDouble((Machine m) -> -m.share()).thenComparing(Machine::machine));
        return out.size() > MOST ? List.copyOf(out.subList(0, MOST)) : out;
    }

    /// The machine that the supplier's logs outright say was behind it: a lease, a translation, a tool that logs both
    /// ends.
    /// Null if none do.
    @Nullable
    Machine told(Link link, String pool, @Nullable String to, long time) {
        Machine lent = lent(link, pool, time);
        if (lent != null) {
            return lent;
        }
        Machine logged = to == null ? null : logged(link, to, time);
        // A person is not yet the machine that he sat at.
        return logged == null || Machines.person(logged.machine()) ? null : logged;
    }

    /// The machines that anything speaks for.
    Map<String, Weighed> candidates(Link link, String pool, @Nullable String to, long time) {
        String supplier = link.supplier();
        Map<String, Weighed> all = new TreeMap<>();
        commands(link, to, time, all);
        suspected(supplier, time, all);
        habits(link).forEach((machine, habit) -> {
            if (habit > 0.2) {
                Weighed w = all.computeIfAbsent(machine, m -> new Weighed());
                w.x[HABIT] = habit;
                w.why.add(Math.round(habit * 100) + " % of all sessions over " + link.name()
                        + " began while a session into it was open");
            }
        });
        others(link, time, all);
        carried(link, pool, to, time, all);
        for (Map.Entry<String, Weighed> one : all.entrySet()) {
            step(supplier, one.getKey(), time, one.getValue());
        }
        return all;
    }

    /// Who the address was lent to, or what stood behind the translation.
    private @Nullable Machine lent(Link link, String pool, long time) {
        Tenure tenure = history.tenure(link.supplier(), pool, time);
        if (tenure == null) {
            return null;
        }
        String behind = !tenure.host().isEmpty()
                ? Machines.shortName(tenure.host())
                : !tenure.outside().isEmpty() ? history.label(link.supplier(), tenure.outside()) : "";
        if (behind.isEmpty() || behind.equals(pool)) {
            return null;
        }
        return new Machine(
                behind,
                Math.max(tenure.from(), Math.min(time, tenure.until())),
                tenure.account(),
                0.95,
                (tenure.kind() == Lease.Kind.NAT ? "The translation of " : "The lease of ") + pool + " says so.",
                List.of(tenure.record()));
    }

    /// What the supplier's own tool says of the session: a remote-support server or jump host logs both of its ends.
    private @Nullable Machine logged(Link link, String to, long time) {
        Session best = null;
        for (Session s : history.into(link.supplier(), to)) {
            boolean close = Math.abs(s.time() - time) <= SessionBook.SKEW
                    || s.time() < time && s.end() >= time - SessionBook.SKEW;
            if (close && (best == null || Math.abs(s.time() - time) < Math.abs(best.time() - time))) {
                best = s;
            }
        }
        return best == null
                ? null
                : new Machine(
                        best.from(),
                        Math.min(best.time(), time),
                        best.account(),
                        0.95,
                        "The logs of " + link.supplier() + " show this session from " + best.from() + " to " + to + " ("
                                + best.via() + ").",
                        best.records());
    }

    /// Commands that name one of the client's addresses, shortly before or while.
    private void commands(Link link, @Nullable String to, long time, Map<String, Weighed> all) {
        String supplier = link.supplier();
        String target = to == null ? null : history.address(link.client(), to);
        for (Mention m : history.mentions(supplier, time - 2 * DAY, time + HOUR)) {
            Address named = Address.of(m.named());
            Party owner = named == null ? null : sides.parties().ownerOf(named.bytes(), link.client());
            if (owner == null || !owner.name().equals(link.client())) {
                continue;
            }
            long apart = Math.abs(time - m.time());
            double close = Math.exp(-apart / (double) (6 * HOUR));
            if (close < 0.02) {
                continue;
            }
            Weighed w = all.computeIfAbsent(m.host(), h -> new Weighed());
            if (w.x[CLIENT_NAMED] == 0) {
                w.why.add("a command on it names " + m.named() + " of " + link.client());
                w.records.add(m.record());
            }
            if (close > w.x[CLIENT_NAMED]) {
                w.x[CLIENT_NAMED] = close;
                w.account = m.account();
            }
            if (apart <= STEP) {
                w.x[JUST_NAMED] = 1;
                if (m.named().equals(target)) {
                    w.x[TARGET_NAMED] = 1;
                }
            }
            w.time = Math.min(w.time, m.time());
        }
    }

    /// A fit that is worse says nothing.
    private static final double FIT = 0.2;

    /// Machines with a connection to the outside that may have carried the session at the client.
    private void carried(Link link, String pool, @Nullable String to, long time, Map<String, Weighed> all) {
        Session session = null;
        String client = link.client();
        for (Session s : to == null ? history.outOf(client, pool) : history.into(client, to)) {
            boolean its = s.from().equals(pool) && Math.abs(s.time() - time) <= SessionBook.SKEW;
            if (its && (session == null || s.end() - s.time() > session.end() - session.time())) {
                session = s;
            }
        }
        if (session == null) {
            return;
        }
        boolean lasts = session.end() - session.time() >= MINUTE;
        int feature = lasts ? CARRIED : BEGAN;
        for (Carrier c : history.carriers(link.supplier(), session.time() - STEP, session.time() + STEP)) {
            double fit = lasts ? c.fits(session) : c.begins(session);
            if (fit < FIT || sides.link(link.supplier(), c.machine()) != null) {
                continue;
            }
            Weighed w = all.computeIfAbsent(c.machine(), m -> new Weighed());
            if (w.x[feature] == 0) {
                w.why.add("a connection of it to " + c.to() + " began with the session"
                        + (lasts ? " and lasted as long" : ""));
                w.records.add(c.record());
            }
            w.x[feature] = Math.max(w.x[feature], fit);
            w.time = Math.min(w.time, c.begin());
        }
    }

    /// Machines that other clients of the supplier were reached from.
    private void others(Link link, long time, Map<String, Weighed> all) {
        others(link, time, true, OTHERS_TOLD, all);
        others(link, time, false, OTHERS_LIKELY, all);
    }

    private void others(Link link, long time, boolean told, int feature, Map<String, Weighed> all) {
        Map<String, Map<String, Double>> byClient = new TreeMap<>();
        for (Launch l : launches) {
            if (l.told() == told
                    && l.supplier().equals(link.supplier())
                    && !l.client().equals(link.client())) {
                // What was days before anybody else was reached is likelier somebody else's.
                double near = Math.exp(-Math.max(0, l.time() - time) / (double) (2 * DAY));
                byClient.computeIfAbsent(l.client(), c -> new TreeMap<>()).merge(l.machine(), near * l.p(), Math::max);
            }
        }
        Map<String, Double> sums = new TreeMap<>();
        byClient.values().forEach(of -> of.forEach((machine, p) -> sums.merge(machine, p, Double::sum)));
        sums.forEach((machine, sum) -> {
            Weighed w = all.computeIfAbsent(machine, m -> new Weighed());
            // As of one client more, that was reached from elsewhere: a single one is no law.
            w.x[feature] = sum / (byClient.size() + 0.5);
            if (w.why.isEmpty() || !w.why.getLast().startsWith("other clients")) {
                w.why.add("other clients of " + link.supplier() + " were reached from it");
            }
        });
    }

    /// Machines that were suspect by then; not those that are the end of a link themselves.
    private void suspected(String supplier, long time, Map<String, Weighed> all) {
        for (String machine : suspects.machines(supplier)) {
            double weight = suspects.weight(supplier, machine, time - 30 * DAY, time + HOUR);
            if (weight < 0.3
                    || sides.outside(supplier, machine)
                    || sides.link(supplier, machine) != null
                    || sides.parties().linkFrom(machine, supplier) != null) {
                continue;
            }
            Weighed w = all.computeIfAbsent(machine, m -> new Weighed());
            w.x[SUSPECT] = Math.min(2, weight);
            w.x[GRAVE] = suspects.since(supplier, machine, time - 30 * DAY, time) < time ? 1 : 0;
            Suspicion first = suspects.of(supplier, machine).getFirst();
            w.why.add("it was suspect since " + Instant.ofEpochMilli(first.time()) + " (" + first.title() + ")");
            if (w.time == Long.MAX_VALUE) {
                w.time = time;
            }
        }
    }

    /// A session into it that was open or had just begun.
    private void step(String supplier, String machine, long time, Weighed w) {
        Session open = null;
        for (Session s : history.into(supplier, machine, time + SessionBook.SKEW)) {
            if (s.time() > time + SessionBook.SKEW) {
                break;
            }
            boolean began = s.time() >= time - STEP;
            boolean strange = s.earlier() == 0
                    && s.time() >= time - 14 * DAY
                    && !novelty.young(s)
                    && suspects.weight(supplier, s.from(), s.time() - 3 * DAY, s.time() + HOUR) > 0.3;
            if (strange) {
                w.x[ENTERED] = 1;
            }
            if (Hops.control(s) && (began || s.end() >= time - SessionBook.SKEW)) {
                open = s;
            }
        }
        if (open != null) {
            w.x[OPEN] = 1;
            w.why.add("a session from " + open.from() + " into it was open or had just begun");
            w.records.addAll(
                    open.records().subList(0, Math.min(2, open.records().size())));
            if (w.account.isEmpty()) {
                w.account = open.account();
            }
        }
    }

    /// For each machine of the supplier's the share of the sessions over a link that began while somebody
    /// had just signed in to it, less what chance alone would give.
    private Map<String, Double> habits(Link link) {
        return habits.computeIfAbsent(link.client() + "\0" + link.name(), k -> {
            Map<String, Double> out = new TreeMap<>();
            List<Long> times = new ArrayList<>();
            for (String end : ends(link)) {
                history.outOf(link.client(), end).forEach(s -> times.add(s.time()));
            }
            long[] span = history.span(link.supplier());
            if (times.size() < 5 || span == null) {
                return out;
            }
            if (times.size() > 500) {
                times.subList(500, times.size()).clear();
            }
            int asked = 0;
            for (String machine : history.targets(link.supplier())) {
                if (asked++ >= TARGETS) {
                    break;
                }
                List<Session> in = history.into(link.supplier(), machine);
                if (in.size() < 5 || sides.elsewhere(link.supplier(), machine)) {
                    continue;
                }
                long[] begins = in.stream()
                        .filter(Hops::control)
                        .mapToLong(Session::time)
                        .toArray();
                int hits = 0;
                for (long t : times) {
                    int at = java.util.Arrays.binarySearch(begins, t);
                    int before = at >= 0 ? at : -at - 2;
                    hits += before >= 0 && t - begins[before] <= STEP ? 1 : 0;
                }
                double chance = Math.min(1, begins.length * (double) STEP / Math.max(1, span[1] - span[0]) * 3);
                double share = hits / (double) times.size();
                if (share > chance) {
                    out.put(machine, (share - chance) / (1 - chance + 0.01));
                }
            }
            return out;
        });
    }

    private List<String> ends(Link link) {
        List<String> out = new ArrayList<>();
        for (String source : history.sources(link.client())) {
            Link of = sides.link(link.client(), source);
            if (of != null && of.name().equals(link.name())) {
                out.add(source);
            }
        }
        return out;
    }
}
