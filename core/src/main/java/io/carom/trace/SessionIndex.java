package io.carom.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// One client's sessions by machine, kept from one question to the next: what is new is put with what was known, and
/// only what a question touches is put together again.
///
/// Of each pair of machines, by their labels, the sessions are held (a cell). A new piece, or another name of a
/// machine, makes cells doubtful; {@link #settle} makes those anew, and until then answers are those of before. They
/// equal those of
///
///     sessions of all pieces by pair of labels, by time; each with how many of its pair, and of its account into the
///     same machine, were before
///
/// Not safe for use by many threads.
final class SessionIndex {
    /// Where the pieces are, and how cells are made of them.
    interface Pieces {
        /// The label of an address or name at a time.
        String label(String raw, long time);

        /// When pieces of the pair began; nothing if there are none.
        Collection<Long> times(String from, String to);

        /// The addresses and names that sessions lead to from this one, and that lead to it.
        Collection<String> to(String from);

        Collection<String> from(String to);

        /// The sessions between two machines, by the addresses and names they may have.
        List<Session> sessions(String from, String to, Collection<String> rawFrom, Collection<String> rawTo);
    }

    private static final Comparator<Session> ORDER =
            Comparator.comparingLong(Session::time).thenComparing(Session::from).thenComparing(Session::to);

    /// A machine that sessions lead into.
    private static final class Target {
        final Map<String, List<Session>> cells = new HashMap<>();
        final Set<String> doubtful = new HashSet<>();
        final Set<String> persons = new HashSet<>();
        int size;

        @Nullable
        List<Session> all;

        @Nullable
        Map<String, List<Session>> byFrom;
    }

    private final Pieces pieces;
    private final Map<String, Target> targets = new HashMap<>();
    private final Map<String, Set<String>> reached = new HashMap<>();
    private final Map<String, Set<String>> labels = new HashMap<>();
    private final Map<String, Set<String>> raws = new HashMap<>();
    private final Set<String> doubtful = new LinkedHashSet<>();
    private final Map<String, Map<String, Integer>> accountTo = new HashMap<>();
    private final Map<String, Map<String, long[]>> accountFrom = new HashMap<>();

    SessionIndex(Pieces pieces) {
        this.pieces = pieces;
    }

    // ---- what is new

    /// There is another piece, or one less, of this time.
    void touched(String from, String to, long time) {
        String a = pieces.label(from, time);
        String b = pieces.label(to, time);
        named(from, a);
        named(to, b);
        doubt(a, b);
    }

    private void named(String raw, String label) {
        if (labels.computeIfAbsent(raw, r -> new TreeSet<>()).add(label)) {
            raws.computeIfAbsent(label, l -> new TreeSet<>()).add(raw);
        }
    }

    private void doubt(String a, String b) {
        if (!a.equals(b)) {
            targets.computeIfAbsent(b, t -> new Target()).doubtful.add(a);
            doubtful.add(b);
        }
    }

    /// The machine of an address or name may be called otherwise now.
    void renamed(String raw) {
        for (String to : pieces.to(raw)) {
            for (long time : pieces.times(raw, to)) {
                named(raw, pieces.label(raw, time));
            }
        }
        for (String from : pieces.from(raw)) {
            for (long time : pieces.times(from, raw)) {
                named(raw, pieces.label(raw, time));
            }
        }
        Set<String> its = labels.getOrDefault(raw, Set.of());
        for (String to : pieces.to(raw)) {
            for (String b : labels.getOrDefault(to, Set.of())) {
                its.forEach(a -> doubt(a, b));
            }
        }
        for (String from : pieces.from(raw)) {
            for (String a : labels.getOrDefault(from, Set.of())) {
                its.forEach(b -> doubt(a, b));
            }
        }
    }

    /// What sessions into this machine went by may read otherwise now.
    void means(String label) {
        Target target = targets.get(label);
        if (target != null) {
            target.cells.keySet().forEach(a -> doubt(a, label));
        }
    }

    // ---- what is asked

    private void settle(String b) {
        Target target = targets.get(b);
        if (target == null || target.doubtful.isEmpty()) {
            return;
        }
        for (String a : target.doubtful) {
            List<Session> now = pieces.sessions(a, b, raws.getOrDefault(a, Set.of()), raws.getOrDefault(b, Set.of()));
            List<Session> before = now.isEmpty() ? target.cells.remove(a) : target.cells.put(a, now);
            boolean person = Machines.person(a);
            List<Session> old = before == null ? List.of() : before;
            target.size += now.size() - old.size();
            if (!person) {
                // Mostly one more came.
                int same = 0;
                while (same < old.size() && same < now.size() && old.get(same).equals(now.get(same))) {
                    same++;
                }
                old.subList(same, old.size()).forEach(s -> count(s, -1));
                now.subList(same, now.size()).forEach(s -> count(s, 1));
            }
            if (now.isEmpty()) {
                target.persons.remove(a);
                Set<String> reaches = reached.get(a);
                if (reaches != null && reaches.remove(b) && reaches.isEmpty()) {
                    reached.remove(a);
                }
            } else {
                if (person) {
                    target.persons.add(a);
                }
                reached.computeIfAbsent(a, f -> new TreeSet<>()).add(b);
            }
        }
        target.doubtful.clear();
        target.all = null;
        target.byFrom = null;
        if (target.cells.isEmpty()) {
            targets.remove(b);
        }
    }

    /// From now on answers are of now.
    void settle() {
        doubtful.forEach(this::settle);
        doubtful.clear();
    }

    /// Not for what persons did: that is looked up when it is asked, as some of it is told by another log.
    private void count(Session s, int by) {
        if (s.account().isEmpty()) {
            return;
        }
        Map<String, Integer> to = accountTo.computeIfAbsent(s.account(), a -> new TreeMap<>());
        if (to.merge(s.to(), by, Integer::sum) == 0) {
            to.remove(s.to());
            if (to.isEmpty()) {
                accountTo.remove(s.account());
            }
        }
        Map<String, long[]> from = accountFrom.computeIfAbsent(s.account(), a -> new TreeMap<>());
        long[] times = from.getOrDefault(s.from(), NONE);
        long[] now = by > 0 ? with(times, s.time()) : without(times, s.time());
        if (now.length > 0) {
            from.put(s.from(), now);
        } else {
            from.remove(s.from());
            if (from.isEmpty()) {
                accountFrom.remove(s.account());
            }
        }
    }

    private static final long[] NONE = {};

    private static long[] with(long[] sorted, long time) {
        int at = Arrays.binarySearch(sorted, time);
        at = at < 0 ? -at - 1 : at;
        long[] out = Arrays.copyOf(sorted, sorted.length + 1);
        System.arraycopy(sorted, at, out, at + 1, sorted.length - at);
        out[at] = time;
        return out;
    }

    private static long[] without(long[] sorted, long time) {
        int at = Arrays.binarySearch(sorted, time);
        if (at < 0) {
            return sorted;
        }
        long[] out = Arrays.copyOf(sorted, sorted.length - 1);
        System.arraycopy(sorted, at + 1, out, at, sorted.length - at - 1);
        return out;
    }

    /// When sessions of an account out of a machine began, the earliest first.
    long[] times(String a, String account) {
        if (Machines.person(a)) {
            return outOf(a).stream()
                    .filter(s -> s.account().equals(account))
                    .mapToLong(Session::time)
                    .sorted()
                    .toArray();
        }
        return accountFrom.getOrDefault(account, Map.of()).getOrDefault(a, NONE).clone();
    }

    /// All sessions into a machine, by time.
    List<Session> into(String b) {
        Target target = targets.get(b);
        if (target == null) {
            return List.of();
        }
        List<Session> all = target.all;
        if (all == null) {
            List<Session> out = new ArrayList<>(target.size);
            target.cells.values().forEach(out::addAll);
            out.sort(ORDER);
            all = List.copyOf(SessionBook.withAccounts(SessionBook.withoutPersons(out)));
            target.all = all;
        }
        return all;
    }

    private List<Session> between(String a, String b) {
        List<Session> all = into(b);
        Target target = targets.get(b);
        if (target == null) {
            return List.of();
        }
        Map<String, List<Session>> byFrom = target.byFrom;
        if (byFrom == null) {
            byFrom = new HashMap<>();
            for (Session s : all) {
                byFrom.computeIfAbsent(s.from(), f -> new ArrayList<>()).add(s);
            }
            target.byFrom = byFrom;
        }
        return byFrom.getOrDefault(a, List.of());
    }

    /// All sessions out of a machine, by time.
    List<Session> outOf(String a) {
        List<Session> out = new ArrayList<>();
        for (String b : reached.getOrDefault(a, Set.of())) {
            out.addAll(between(a, b));
        }
        out.sort(ORDER);
        return out;
    }

    /// All sessions, by time.
    List<Session> all() {
        List<Session> out = new ArrayList<>();
        for (String b : List.copyOf(targets.keySet())) {
            out.addAll(into(b));
        }
        out.sort(ORDER);
        return out;
    }

    Set<String> sources() {
        Set<String> out = new TreeSet<>();
        reached.forEach((a, bs) -> {
            if (!Machines.person(a) || !outOf(a).isEmpty()) {
                out.add(a);
            }
        });
        return out;
    }

    /// The machines that sessions lead into, those of most sessions first.
    Set<String> targets(int most) {
        Map<String, Integer> sizes = new HashMap<>();
        targets.forEach((b, target) -> {
            int size = target.persons.isEmpty() ? target.size : into(b).size();
            if (size > 0) {
                sizes.put(b, size);
            }
        });
        ToIntFunction<String> size = b -> sizes.getOrDefault(b, 0);
        List<String> order = new ArrayList<>(sizes.keySet());
        order.sort(Comparator.comparingInt(size).reversed().thenComparing(b -> b));
        return new LinkedHashSet<>(order.subList(0, Math.min(most, order.size())));
    }

    Set<String> machinesOf(String account) {
        return of(account, accountTo.getOrDefault(account, Map.of()).keySet(), true);
    }

    Set<String> desksOf(String account) {
        return of(account, accountFrom.getOrDefault(account, Map.of()).keySet(), false);
    }

    private Set<String> of(String account, Set<String> counted, boolean to) {
        Set<String> out = new TreeSet<>(counted);
        targets.forEach((b, target) -> {
            for (String person : target.persons) {
                for (Session s : between(person, b)) {
                    if (s.account().equals(account)) {
                        out.add(to ? b : person);
                    }
                }
            }
        });
        return out;
    }
}
