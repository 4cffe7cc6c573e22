package io.carom.detect.behaviour;

import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a link did day by day: what belongs to its past, and what of today does not.
///
/// Up to {@link #MOST} values of each kind, some 150 bytes each. What is met for the first time on a day that
/// was out of the ordinary belongs to the past only when it was met on {@link #TRUSTED} days: an intruder's
/// first day must not teach that he belongs here.
final class LinkPast implements Serializable {
    private static final long serialVersionUID = 1;

    static final int MOST = 4096;
    static final int TRUSTED = 3;
    static final int DAYS = 64;
    static final int EVIDENCE = 10;

    /// What is held about a link.
    enum Kind {
        TARGET,
        HOST,
        PORT,
        ACCOUNT,
        SOURCE,
        BACK
    }

    private static final class Thing implements Serializable {
        private static final long serialVersionUID = 1;
        long last;
        int days;
        boolean past;
    }

    private final int memory;
    private final Map<Kind, Map<String, Thing>> things = new EnumMap<>(Kind.class);

    // What is new today, with the record that showed it first.
    private final Map<Kind, Map<String, Origin>> fresh = new EnumMap<>(Kind.class);

    private final int[] hours = new int[24];
    private final int[] weekdays = new int[7];

    // Amounts of the latest days of use, a ring.
    private final long[] in = new long[DAYS];
    private final long[] out = new long[DAYS];
    private final long[] date = new long[DAYS];
    private final int[] met = new int[DAYS];
    private int ring;

    long day = Long.MIN_VALUE;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    int days;
    private int todaysHours;
    private long todaysIn;
    private long todaysOut;

    LinkPast(int memory) {
        this.memory = memory;
        for (Kind kind : Kind.values()) {
            things.put(kind, new TreeMap<>());
            fresh.put(kind, new TreeMap<>());
        }
    }

    private Map<String, Thing> of(Kind kind) {
        return things.getOrDefault(kind, Map.of());
    }

    /// What was met today that is not of the past, in order, with the record that showed it.
    Map<String, Origin> fresh(Kind kind) {
        return fresh.getOrDefault(kind, Map.of());
    }

    /// Takes in what was met today.
    ///
    /// @return whether it is new today
    boolean meet(Kind kind, String value, Origin origin) {
        Map<String, Thing> known = of(kind);
        Thing thing = known.get(value);
        if (thing == null) {
            if (known.size() >= MOST) {
                forget(known);
            }
            thing = new Thing();
            thing.last = Long.MIN_VALUE;
            known.put(value, thing);
        } else if (thing.past && day - thing.last > memory) {
            thing.past = false;
            thing.days = 0;
        }
        if (thing.last != day) {
            thing.last = day;
            thing.days++;
        }
        Map<String, Origin> today = fresh(kind);
        return !thing.past && today.size() < MOST && today.putIfAbsent(value, origin) == null;
    }

    private void forget(Map<String, Thing> known) {
        known.values().removeIf(t -> day - t.last > memory);
        if (known.size() >= MOST) {
            long[] lasts =
                    known.values().stream().mapToLong(t -> t.last).sorted().toArray();
            long bar = lasts[lasts.length / 4];
            known.values().removeIf(t -> t.last <= bar && t.last < day);
        }
        if (known.size() >= MOST) {
            // More on one day than is ever held: a scan. Which of them are kept makes no difference.
            known.clear();
        }
    }

    void hour(int hour) {
        todaysHours |= 1 << hour;
    }

    void carried(long bytesIn, long bytesOut) {
        todaysIn += Math.max(0, bytesIn);
        todaysOut += Math.max(0, bytesOut);
    }

    long todaysOut() {
        return todaysOut;
    }

    /// Ends the day that was.
    ///
    /// @param odd whether it was out of the ordinary
    /// @param weekday 0 is Monday
    void close(boolean odd, int weekday) {
        if (day == Long.MIN_VALUE) {
            return;
        }
        for (Map<String, Thing> known : things.values()) {
            for (Thing thing : known.values()) {
                if (thing.last == day && (!odd || thing.days >= TRUSTED)) {
                    thing.past = true;
                }
            }
        }
        if (!odd) {
            for (int hour = 0; hour < 24; hour++) {
                hours[hour] += todaysHours >> hour & 1;
            }
            weekdays[weekday]++;
            in[ring] = todaysIn;
            out[ring] = todaysOut;
            date[ring] = day;
            met[ring] = Math.max(fresh(Kind.TARGET).size(), fresh(Kind.HOST).size());
            if (days == 0) {
                // On its first day everything is new.
                met[ring] = 0;
            }
            ring = (ring + 1) % DAYS;
            days++;
        }
        fresh.values().forEach(Map::clear);
        todaysHours = 0;
        todaysIn = 0;
        todaysOut = 0;
    }

    /// On how many days it was used in this hour or one beside it.
    int around(int hour) {
        return hours[hour] + hours[(hour + 23) % 24] + hours[(hour + 1) % 24];
    }

    int on(int weekday) {
        return weekdays[weekday];
    }

    /// Most that left on one of the days held.
    long mostOut() {
        long most = 0;
        for (int i = 0; i < Math.min(days, DAYS); i++) {
            most = day - date[i] <= memory ? Math.max(most, out[i]) : most;
        }
        return most;
    }

    /// Most new targets on one of the days held.
    int mostNew() {
        int most = 0;
        for (int i = 0; i < Math.min(days, DAYS); i++) {
            most = day - date[i] <= memory ? Math.max(most, met[i]) : most;
        }
        return most;
    }

    private long median(long[] values) {
        int n = Math.min(days, DAYS);
        long[] sorted = Arrays.copyOf(values, n);
        Arrays.sort(sorted);
        return n == 0 ? 0 : sorted[n / 2];
    }

    long usualIn() {
        return median(in);
    }

    long usualOut() {
        return median(out);
    }

    List<Integer> hours() {
        return Arrays.stream(hours).boxed().toList();
    }

    List<Integer> weekdays() {
        return Arrays.stream(weekdays).boxed().toList();
    }

    /// What belongs to its past, the most used first.
    List<LinkBaseline.Use> past(Kind kind, int limit) {
        List<LinkBaseline.Use> uses = new ArrayList<>();
        of(kind).forEach((value, thing) -> {
            if (thing.past) {
                uses.add(new LinkBaseline.Use(value, thing.days, thing.last));
            }
        });
        uses.sort(Comparator.comparingInt(LinkBaseline.Use::days).reversed().thenComparing(LinkBaseline.Use::value));
        return uses.size() > limit ? uses.subList(0, limit) : uses;
    }

    boolean pastHas(Kind kind) {
        return of(kind).values().stream().anyMatch(t -> t.past);
    }
}
