package io.carom.trace;

import io.carom.observe.Address;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Follows sessions from machine to machine: back to the likeliest way in, over a supplier's link into
/// the supplier's
/// own logs where they are there, and on to what was reached.
///
/// Back from a machine that became suspect at some time, every session into it before is weighed by how
/// close it was,
/// whether it was there when it began, how unusual it is for the two machines and the account, whether
/// where it came
/// from is suspect itself, and how sure its direction is; against them stands that the logs do not show
/// it. The weights
/// are a logistic model's, stated in {@link #weigh}. On from a machine go only sessions to machines that
/// it never used
/// before or that became suspect after.
public final class Tracer {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long BACK = 30 * DAY;
    private static final long SOON = 12 * HOUR;
    private static final int DEPTH = 12;

    /// Severity from which a finding makes a machine suspect; milder ones count for a third.
    private static final int MEDIUM = 3;

    /// Below this a session into a machine explains nothing.
    private static final double LEAST = 0.3;

    private final History history;
    private final Parties parties;
    private final Map<String, Map<String, List<Suspicion>>> suspect = new HashMap<>();

    public Tracer(History history, Parties parties, List<Suspicion> suspicions) {
        this.history = history;
        this.parties = parties;
        for (Suspicion s : suspicions) {
            suspect.computeIfAbsent(s.client(), c -> new HashMap<>())
                    .computeIfAbsent(history.label(s.client(), s.machine()), m -> new ArrayList<>())
                    .add(s);
        }
        suspect.values().forEach(of -> of.values().forEach(l -> l.sort(Comparator.comparingLong(Suspicion::time))));
    }

    /// The readings of how these machines of a client were come by, the likeliest first; at most three.
    ///
    /// @param since when each became suspect, milliseconds since 1970, by address or name
    public List<Trace> trace(String client, Map<String, Long> since) {
        Map<String, Long> machines = new TreeMap<>();
        since.forEach((machine, time) -> machines.merge(history.label(client, machine), time, Math::min));
        List<Trace> out = new ArrayList<>();
        for (int rank = 1; rank <= 3; rank++) {
            Trace trace = new Reading(client, machines, rank).trace();
            boolean known = out.stream().anyMatch(t -> same(t.entry(), trace.entry()));
            if (rank > 1 && (known || trace.entry().from().isEmpty())) {
                continue;
            }
            out.add(trace);
        }
        return out;
    }

    private static boolean same(Trace.Entry a, Trace.Entry b) {
        return a.from().equals(b.from()) && String.valueOf(a.link()).equals(String.valueOf(b.link()));
    }

    /// A session into a machine as an explanation.
    private record Weighed(Session session, double weight, String why) {}

    /// One way to read the sessions: the n-th best at the first crossing.
    private final class Reading {
        private final String client;
        private final Map<String, Long> machines;
        private final int rank;
        private final Map<String, Trace.Hop> hops = new LinkedHashMap<>();
        private final List<String> gaps = new ArrayList<>();
        private final Set<String> done = new HashSet<>();
        private Trace.@Nullable Entry entry;
        private double confidence;

        Reading(String client, Map<String, Long> machines, int rank) {
            this.client = client;
            this.machines = machines;
            this.rank = rank;
        }

        Trace trace() {
            List<Map.Entry<String, Long>> order = new ArrayList<>(machines.entrySet());
            order.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
            for (Map.Entry<String, Long> machine : order) {
                back(client, machine.getKey(), machine.getValue(), 0);
            }
            for (Map.Entry<String, Long> machine : order) {
                on(client, machine.getKey(), machine.getValue(), 0);
            }
            List<Trace.Hop> path = new ArrayList<>(hops.values());
            path.sort(Comparator.comparing(Trace.Hop::time)
                    .thenComparing(Trace.Hop::from)
                    .thenComparing(Trace.Hop::to));
            Set<String> reached = new LinkedHashSet<>();
            path.forEach(h -> reached.add(h.to()));
            Trace.Entry found = entry;
            return new Trace(
                    rank,
                    Math.round(confidence * 100) / 100.0,
                    found != null ? found : new Trace.Entry(null, null, "", "The logs show no session into them."),
                    path,
                    List.copyOf(reached),
                    gaps);
        }

        private void back(String tenant, String machine, long time, int depth) {
            if (depth > DEPTH || !done.add(tenant + "\0" + machine)) {
                return;
            }
            if (crossing(tenant, machine)) {
                // What is suspect is the supplier's end of a link.
                Link link = link(tenant, machine);
                if (link != null) {
                    enter(link, machine, 0.8, "It is the supplier's end of the link.");
                    behind(machine, link, time, depth);
                }
                return;
            }
            List<Weighed> all = incoming(tenant, machine, time);
            int pick = depth == 0 && tenant.equals(client) && all.size() >= rank ? rank - 1 : 0;
            if (all.size() <= pick || all.get(pick).weight < LEAST && pick == 0) {
                if (depth == 0) {
                    gap(tenant, machine, time);
                }
                return;
            }
            Weighed best = all.get(pick);
            Session s = best.session;
            double p = share(all, pick);
            Link link = link(tenant, s.from());
            hop(s, link, p, best.why);
            if (link != null) {
                enter(link, s.from(), depth == 0 && pick == 0 ? overLink(tenant, all, link) : p, best.why);
                behind(s.from(), link, s.time(), depth);
            } else if (outside(tenant, s.from())) {
                fromOutside(tenant, s, p, best.why);
            } else {
                back(tenant, s.from(), earliest(tenant, s.from(), s.time()), depth + 1);
            }
        }

        private void enter(Link link, String from, double p, String why) {
            Trace.Entry known = entry;
            if (known == null || known.link() == null || p > confidence) {
                entry = new Trace.Entry(link.supplier(), link.name(), from, why);
                confidence = p;
            }
        }

        private void fromOutside(String tenant, Session s, double p, String why) {
            if (entry == null) {
                entry = new Trace.Entry(owner(tenant, s.from()), null, s.from(), why);
                confidence = p;
            }
        }

        /// Goes on in the supplier's own logs, where they are there: which of its machines was behind its
        /// end of the
        /// link?
        private void behind(String pool, Link link, long time, int depth) {
            String supplier = link.supplier();
            long[] span = history.span(supplier);
            if (span == null) {
                gaps.add("No logs of " + supplier + " are here; they would show who was behind " + pool + " at "
                        + Instant.ofEpochMilli(time) + ".");
                return;
            }
            Behind best = null;
            for (Mention m : history.mentions(supplier, time - 2 * DAY, time + HOUR)) {
                Address named = Address.of(m.named());
                Party owner = named == null ? null : parties.ownerOf(named.bytes(), link.client());
                if (owner == null || !owner.name().equals(link.client())) {
                    continue;
                }
                double suspected = suspected(supplier, m.host(), m.time() - BACK, m.time() + DAY);
                double close = Math.exp(-Math.abs(time - m.time()) / (double) (6 * HOUR));
                double score = close + 1.5 * suspected;
                if (best == null || score > best.score) {
                    best = new Behind(
                            m.host(),
                            m.time(),
                            m.account(),
                            score,
                            List.of(m.record()),
                            "A command on " + m.host() + " names " + m.named() + " of " + link.client() + ".");
                }
            }
            if (best == null) {
                best = suspectBehind(supplier, time);
            }
            if (best == null) {
                gaps.add("Nothing in the logs of " + supplier + " tells which of its machines used " + pool + " at "
                        + Instant.ofEpochMilli(time) + "; the log of the gateway or jump host would.");
                return;
            }
            double p = Math.min(0.95, 0.35 + 0.3 * best.score);
            Instant at = Instant.ofEpochMilli(Math.min(best.time, time));
            hops.putIfAbsent(
                    key(best.machine, pool, at),
                    new Trace.Hop(
                            at,
                            at,
                            best.machine,
                            pool,
                            best.account,
                            link.name(),
                            supplier,
                            supplier,
                            link.name(),
                            p,
                            best.why,
                            best.records));
            back(supplier, best.machine, earliest(supplier, best.machine, best.time), depth + 1);
        }

        /// A machine of the supplier's that was suspect by then; of several the one that was so longest.
        private @Nullable Behind suspectBehind(String supplier, long time) {
            Behind best = null;
            for (Map.Entry<String, List<Suspicion>> of :
                    suspect.getOrDefault(supplier, Map.of()).entrySet()) {
                double suspected = suspected(supplier, of.getKey(), time - BACK, time + HOUR);
                Suspicion first = of.getValue().getFirst();
                if (suspected >= 1
                        && first.time() < time
                        && !outside(supplier, of.getKey())
                        && !crossing(supplier, of.getKey())
                        && (best == null || suspected > best.score)) {
                    best = new Behind(
                            of.getKey(),
                            time,
                            "",
                            Math.min(1, suspected / 3),
                            List.of(),
                            of.getKey() + " of " + supplier + " was suspect since " + Instant.ofEpochMilli(first.time())
                                    + ".");
                }
            }
            return best;
        }

        private void on(String tenant, String machine, long time, int depth) {
            if (depth > DEPTH) {
                return;
            }
            long[] span = history.span(tenant);
            // From a supplier's address that was suspect, whoever uses it next works there: only what
            // soon follows
            // counts.
            Link own = link(tenant, machine);
            for (Session s : history.outOf(tenant, machine)) {
                if (own != null && s.time() > time + SOON
                        || s.time() < time - SessionBook.SKEW
                        || s.earlier() > 0
                        || outside(tenant, s.to())) {
                    continue;
                }
                boolean old = span != null && s.time() - span[0] > DAY;
                boolean suspectAfter = suspected(tenant, s.to(), s.time() - SessionBook.SKEW, s.time() + DAY) > 0;
                if (!suspectAfter && (!old || !control(s) || s.sure() < 0.7)) {
                    continue;
                }
                if (into(s.to(), s.time())) {
                    continue;
                }
                Link link = link(tenant, s.to());
                if (link != null) {
                    continue;
                }
                double p = 0.55 + (suspectAfter ? 0.25 : 0) + (s.earlierAccount() == 0 ? 0.1 : 0);
                hop(
                        s,
                        own,
                        p,
                        machine + " was suspect, and had never used " + s.to() + " before"
                                + (suspectAfter ? "; " + s.to() + " became suspect within a day." : "."));
                if (done.add("on\0" + tenant + "\0" + s.to())) {
                    on(tenant, s.to(), s.time(), depth + 1);
                }
            }
        }

        /// Whether another hop already leads to this machine before.
        private boolean into(String to, long time) {
            for (Trace.Hop hop : hops.values()) {
                if (hop.to().equals(to) && hop.time().toEpochMilli() <= time) {
                    return true;
                }
            }
            return false;
        }

        private void hop(Session s, @Nullable Link link, double p, String why) {
            Instant at = Instant.ofEpochMilli(s.time());
            hops.putIfAbsent(
                    key(s.from(), s.to(), at),
                    new Trace.Hop(
                            at,
                            Instant.ofEpochMilli(s.end()),
                            s.from(),
                            s.to(),
                            s.account(),
                            s.via(),
                            link != null ? link.supplier() : owner(s.client(), s.from()),
                            owner(s.client(), s.to()),
                            link == null ? null : link.name(),
                            Math.round(p * 100) / 100.0,
                            why,
                            s.records()));
        }

        private void gap(String tenant, String machine, long time) {
            long[] span = history.span(tenant);
            if (span != null && time - span[0] < HOUR) {
                gaps.add("The logs of " + tenant + " begin at " + Instant.ofEpochMilli(span[0]) + ", which is when "
                        + machine + " was suspect already; older ones would show the way in.");
            } else {
                gaps.add("No session into " + machine + " before " + Instant.ofEpochMilli(time)
                        + " is in the logs; sign-ins of that machine or flows to it would show one.");
            }
        }
    }

    private record Behind(
            String machine, long time, String account, double score, List<Trace.Source> records, String why) {}

    private static String key(String from, String to, Instant at) {
        return from + "\0" + to + "\0" + at;
    }

    /// Sessions into the machine before it was suspect, the best first.
    private List<Weighed> incoming(String tenant, String machine, long time) {
        List<Weighed> all = new ArrayList<>();
        for (Session s : history.into(tenant, machine)) {
            if (s.time() <= time + SessionBook.SKEW && s.end() >= time - BACK && s.sure() >= 0.5) {
                all.add(weigh(tenant, s, time));
            }
        }
        all.sort(Comparator.comparingDouble((Weighed w) -> -w.weight)
                .thenComparing(w -> -w.session.time())
                .thenComparing(w -> w.session.from()));
        // Several sessions from one machine are one explanation: its best.
        Set<String> from = new HashSet<>();
        all.removeIf(w -> !from.add(w.session.from()));
        return all;
    }

    /// How well a session explains that a machine is suspect from this time on.
    private Weighed weigh(String tenant, Session s, long time) {
        long[] span = history.span(tenant);
        boolean young = span == null || s.time() - span[0] < DAY;
        boolean during = s.time() <= time + SessionBook.SKEW && s.end() >= time - HOUR;
        double close = during ? 1 : Math.exp(-(time - s.end()) / (double) (12 * HOUR));
        double unusual = young ? 0.5 : 1.0 / (1 + s.earlier());
        double account = s.account().isEmpty() || young ? 0.3 : 1.0 / (1 + s.earlierAccount());
        double suspected = Math.min(1.5, suspected(tenant, s.from(), s.time() - 3 * DAY, s.time() + HOUR));
        boolean link = link(tenant, s.from()) != null;
        double control = control(s) ? 1 : 0;
        double x = -3.2
                + 1.8 * close
                + 1.3 * unusual
                + 0.6 * account
                + 1.8 * suspected
                + 0.7 * (link ? 1 : 0)
                + 0.9 * control
                + 1.5 * (s.sure() - 0.9);
        StringBuilder why = new StringBuilder();
        why.append(s.via())
                .append(during ? " was open when it became suspect" : " ended " + ago(time - s.end()) + " before");
        why.append(
                young
                        ? "; the logs are too young to say whether that is usual"
                        : s.earlier() == 0
                                ? "; these two had no session before"
                                : "; these two had " + s.earlier() + " sessions before");
        if (suspected > 0) {
            why.append("; ").append(s.from()).append(" was suspect itself");
        }
        return new Weighed(s, 1 / (1 + Math.exp(-x)), why.append('.').toString());
    }

    private static String ago(long millis) {
        long minutes = Math.max(0, millis) / MINUTE;
        return minutes < 120
                ? minutes + " minutes"
                : minutes < 2880 ? minutes / 60 + " hours" : minutes / 1440 + " days";
    }

    /// How much of what speaks for any of them speaks for this one; that the logs show none of it weighs
    /// too.
    private static double share(List<Weighed> all, int pick) {
        double sum = 0.35;
        for (Weighed w : all) {
            sum += w.weight / Math.max(0.02, 1 - w.weight);
        }
        double odds = all.get(pick).weight / Math.max(0.02, 1 - all.get(pick).weight);
        return odds / sum;
    }

    /// That it came over this link, by whichever of its addresses.
    private double overLink(String tenant, List<Weighed> all, Link link) {
        double sum = 0;
        for (int i = 0; i < all.size(); i++) {
            Link its = link(tenant, all.get(i).session.from());
            sum += its != null && its.name().equals(link.name()) ? share(all, i) : 0;
        }
        return Math.min(0.98, sum);
    }

    private static boolean control(Session s) {
        return !s.via().equals("SMB")
                && !s.via().equals("network sign-in")
                && !s.via().equals("SQL Server");
    }

    /// How suspect the machine was within a time: 1 for each medium finding and more for worse, at most 3.
    private double suspected(String tenant, String machine, long from, long to) {
        double sum = 0;
        for (Suspicion s : suspect.getOrDefault(tenant, Map.of()).getOrDefault(machine, List.of())) {
            if (s.time() >= from && s.time() <= to) {
                sum += s.severity() >= MEDIUM ? s.severity() - 2 : 0.34;
            }
        }
        return Math.min(3, sum);
    }

    /// When the machine became suspect, if that was before; else this time.
    private long earliest(String tenant, String machine, long time) {
        long first = time;
        for (Suspicion s : suspect.getOrDefault(tenant, Map.of()).getOrDefault(machine, List.of())) {
            if (s.severity() >= MEDIUM && s.time() >= time - BACK) {
                first = Math.min(first, s.time());
            }
        }
        return first;
    }

    private @Nullable Link link(String tenant, String machine) {
        String text = Address.of(machine) != null ? machine : history.address(tenant, machine);
        Address address = text == null ? null : Address.of(text);
        Link byAddress = address == null ? null : parties.linkOf(address.bytes(), tenant);
        return byAddress != null || address != null && address.text().equals(machine)
                ? byAddress
                : parties.linkOfHost(machine);
    }

    private boolean crossing(String tenant, String machine) {
        Link link = link(tenant, machine);
        return link != null && link.client().equals(tenant);
    }

    private boolean outside(String tenant, String machine) {
        Address address = Address.of(machine);
        if (address == null) {
            return false;
        }
        Party owner = parties.ownerOf(address.bytes(), tenant);
        return owner == null
                ? address.reach() == Address.Reach.PUBLIC
                : !owner.name().equals(tenant);
    }

    private @Nullable String owner(String tenant, String machine) {
        String text = Address.of(machine) != null ? machine : history.address(tenant, machine);
        Address address = text == null ? null : Address.of(text);
        Party owner = address == null ? parties.ownerOfName(machine) : parties.ownerOf(address.bytes(), tenant);
        if (owner == null && address == null) {
            return tenant;
        }
        return owner == null ? null : owner.name();
    }
}
