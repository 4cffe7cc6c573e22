package io.carom.run;

import io.carom.trace.Carrier;
import io.carom.trace.History;
import io.carom.trace.Mention;
import io.carom.trace.Session;
import io.carom.trace.Tenure;
import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What came lately and what is kept, asked as one. What came lately knows names better; a session that
/// both tell of is told once.
///
/// @param lately in memory
/// @param kept in the home
record LiveHistory(History lately, History kept) implements History {
    private static Set<String> both(Set<String> a, Set<String> b) {
        Set<String> all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }

    /// A session of late counts those of its pair, and of its account there, that came before it of late: to
    /// these the kept ones are added that were before. Of what leads out of a machine only the account's
    /// sessions from there are known, so that its number is the least it can be.
    private static List<Session> joined(List<Session> kept, List<Session> lately) {
        if (lately.isEmpty()) {
            return kept;
        }
        Map<String, Told> all = new LinkedHashMap<>();
        lately.forEach(s -> all.put(key(s), new Told(s, null)));
        kept.forEach(s -> all.merge(key(s), new Told(null, s), (late, old) -> new Told(late.late, s)));
        List<Told> byTime = new ArrayList<>(all.values());
        byTime.sort(Comparator.comparingLong(t -> t.session().time()));
        Map<String, Before> before = new HashMap<>();
        List<Session> out = new ArrayList<>(byTime.size());
        for (Told told : byTime) {
            Session s = told.session();
            Before pair = before.computeIfAbsent("pair\0" + s.from() + "\0" + s.to(), k -> new Before());
            int earlierAccount = s.account().isEmpty()
                    ? s.earlierAccount()
                    : before.computeIfAbsent("account\0" + s.account() + "\0" + s.to(), k -> new Before())
                            .of(told, Session::earlierAccount);
            out.add(s.counted(pair.of(told, Session::earlier), earlierAccount));
        }
        return out;
    }

    /// A session by what came of late, and by what is kept; one of them at the least.
    private record Told(@Nullable Session late, @Nullable Session kept) {
        Session session() {
            return late == null ? Objects.requireNonNull(kept) : late;
        }
    }

    private static String key(Session s) {
        return s.from() + "\0" + s.to() + "\0" + s.time() + "\0" + s.via();
    }

    /// How many there were before what is counted of late: what both know of says it, or the last that is only kept.
    private static final class Before {
        private int others;
        private int late;

        /// @param counted how many were before it, by either
        /// @return how many by both
        int of(Told told, ToIntFunction<Session> counted) {
            int ofLate = told.late == null ? -1 : counted.applyAsInt(told.late);
            int ofKept = told.kept == null ? -1 : counted.applyAsInt(told.kept);
            if (ofLate >= 0) {
                late = ofLate + 1;
            }
            if (ofKept >= 0) {
                others = Math.max(others, ofKept + 1 - late);
                return Math.max(ofKept, ofLate + others);
            }
            return ofLate + others;
        }
    }

    @Override
    public Set<String> clients() {
        return both(kept.clients(), lately.clients());
    }

    @Override
    public long @Nullable [] span(String client) {
        long[] a = kept.span(client);
        long[] b = lately.span(client);
        return a == null ? b : b == null ? a : new long[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])};
    }

    @Override
    public String label(String client, String addressOrName) {
        String now = lately.label(client, addressOrName);
        return now.equals(addressOrName) ? kept.label(client, addressOrName) : now;
    }

    @Override
    public @Nullable String address(String client, String label) {
        String now = lately.address(client, label);
        return now == null ? kept.address(client, label) : now;
    }

    @Override
    public List<Session> into(String client, String label) {
        return joined(kept.into(client, label), lately.into(client, label));
    }

    @Override
    public List<Session> into(String client, String label, long until) {
        return joined(kept.into(client, label, until), lately.into(client, label, until));
    }

    @Override
    public boolean entered(String client, String label) {
        return lately.entered(client, label) || kept.entered(client, label);
    }

    @Override
    public boolean namesAccounts(String client, String label) {
        return lately.namesAccounts(client, label) || kept.namesAccounts(client, label);
    }

    @Override
    public long fresh(String client, String label, boolean into, boolean control) {
        return kept.fresh(client, label, into, control) + lately.fresh(client, label, into, control);
    }

    @Override
    public List<Session> outOf(String client, String label) {
        return joined(kept.outOf(client, label), lately.outOf(client, label));
    }

    /// What both tell of is told once.
    @Override
    public long[] times(String client, String from, String account) {
        long[] a = kept.times(client, from, account);
        long[] b = lately.times(client, from, account);
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        LongStream.Builder out = LongStream.builder();
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            boolean left = j == b.length || i < a.length && a[i] <= b[j];
            boolean both = i < a.length && j < b.length && a[i] == b[j];
            out.add(left ? a[i] : b[j]);
            i += left ? 1 : 0;
            j += !left || both ? 1 : 0;
        }
        return out.build().toArray();
    }

    @Override
    public Set<String> sources(String client) {
        return both(kept.sources(client), lately.sources(client));
    }

    @Override
    public Set<String> targets(String client) {
        return both(kept.targets(client), lately.targets(client));
    }

    @Override
    public Set<String> machinesOf(String client, String account) {
        return both(kept.machinesOf(client, account), lately.machinesOf(client, account));
    }

    @Override
    public Set<String> desksOf(String client, String account) {
        return both(kept.desksOf(client, account), lately.desksOf(client, account));
    }

    private static <T> List<T> distinct(List<T> a, List<T> b, Function<T, Object> key) {
        Map<Object, T> all = new LinkedHashMap<>();
        a.forEach(e -> all.put(key.apply(e), e));
        b.forEach(e -> all.put(key.apply(e), e));
        return List.copyOf(all.values());
    }

    @Override
    public List<Mention> mentions(String client, long from, long to) {
        return distinct(
                kept.mentions(client, from, to),
                lately.mentions(client, from, to),
                m -> List.of(m.time(), m.host(), m.named()));
    }

    @Override
    public List<Carrier> carriers(String client, long from, long to) {
        return distinct(
                kept.carriers(client, from, to),
                lately.carriers(client, from, to),
                c -> List.of(c.begin(), c.machine(), c.to(), c.port()));
    }

    /// What came of late of a channel comes to what is kept of it.
    @Override
    public List<Trace.Channel> channels(String client, String label) {
        Map<Object, Trace.Channel> all = new LinkedHashMap<>();
        for (List<Trace.Channel> some : List.of(kept.channels(client, label), lately.channels(client, label))) {
            some.forEach(c -> all.merge(List.of(c.from(), c.to(), c.port()), c, LiveHistory::together));
        }
        return List.copyOf(all.values());
    }

    private static Trace.Channel together(Trace.Channel kept, Trace.Channel late) {
        boolean on = late.first().isAfter(kept.last());
        return new Trace.Channel(
                kept.client(),
                kept.from(),
                kept.to(),
                kept.port(),
                Math.max(kept.machines(), late.machines()),
                on ? kept.count() + late.count() : Math.max(kept.count(), late.count()),
                on ? kept.bytesOut() + late.bytesOut() : Math.max(kept.bytesOut(), late.bytesOut()),
                on ? kept.bytesIn() + late.bytesIn() : Math.max(kept.bytesIn(), late.bytesIn()),
                late.first().isBefore(kept.first()) ? late.first() : kept.first(),
                late.last().isAfter(kept.last()) ? late.last() : kept.last(),
                late.first().isBefore(kept.first()) ? late.record() : kept.record());
    }

    @Override
    public @Nullable Tenure tenure(String client, String address, long time) {
        Tenure now = lately.tenure(client, address, time);
        return now == null ? kept.tenure(client, address, time) : now;
    }
}
