package io.carom.health;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Reject;
import io.carom.event.SourceNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Watches sources as their records are read, and says what is out of the ordinary for each: by what it
/// was itself, never by a figure that would fit all. Bounded: the {@link #MOST} sources heard last.
/// Safe for use by many threads.
///
/// Time is cut into windows of {@link #WINDOW}. What is usual is learned from windows without an alarm,
/// with exponential forgetting; a source is judged once it has {@link #LEARNED} of them. What an hour of
/// the week is like is learned from all of them: nights and weekends in which nothing comes are no silence
/// the next time, and a Monday that is more than the Sunday before is no burst.
public final class SourceHealth {
    static final int MOST = 10_000;
    static final long WINDOW = 60_000;
    static final int LEARNED = 10;

    /// Records of a window below which a share says nothing.
    static final int FEW = 30;

    private static final double FORGETTING = 0.05;
    private static final long FUTURE = 60_000;
    private static final long HALF_HOUR = 30 * 60_000;
    private static final long HOUR = 60 * 60_000;
    /// So many minutes of an hour tell what it is like.
    private static final int WATCHED = 50;

    /// How much of what such an hour was like before is left by each that is watched.
    private static final double OF_BEFORE = 0.5;

    private static final long NEAR = 45_000;
    private static final long LATE = 10 * 60_000;
    private static final int SAMPLE = 600;
    private static final int TIMES = 64;

    private static final class Source {
        final String client;
        final String name;
        String sender = "";
        long events;
        long rejects;
        long bytes;
        long first;
        long last;
        long eventTime;
        double rate;
        double lag = Double.NaN;
        double rejectShare;
        final Map<String, Long> formats = new HashMap<>();
        final Map<Alarm.Kind, Alarm> open = new EnumMap<>(Alarm.Kind.class);

        // The window at hand.
        long window;
        long windowEvents;
        long windowRejects;
        long windowGeneric;
        final long[] lags = new long[TIMES];
        int lagCount;
        long lagSeen;

        @Nullable
        String sample;

        @Nullable
        String reason;

        /// Since when it is waited for here: what came while nobody listened is nobody's silence.
        long awaited;

        /// Windows of which it is kept what was learned.
        int kept;

        // What is usual.
        int windows;
        double usualRejects;
        double usualGeneric;
        double usualLag = Double.NaN;
        double gap;
        double longestGap;
        /// Events of a window by hour of the day: mean, square, windows seen.
        final double[] mean = new double[24];

        final double[] square = new double[24];
        final int[] hours = new int[24];

        /// By hour of the week: the share of minutes in which it is heard, and events of a minute; -1 as long
        /// as no such hour was watched.
        final double[] share = new double[SourceHabit.WEEK];

        final double[] level = new double[SourceHabit.WEEK];

        // The hour at hand: minutes that were watched, those of them in which it was heard, their events.
        int watched;
        int heard;
        double hourEvents;
        /// Hours that were watched since it is known here.
        int watchedHours;

        Source(String client, String name, long now) {
            this.client = client;
            this.name = name;
            this.first = now;
            this.last = now;
            this.awaited = now;
            this.window = now / WINDOW;
            Arrays.fill(share, -1);
            Arrays.fill(level, -1);
        }
    }

    private final Map<String, Source> sources = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Source> eldest) {
            return size() > MOST;
        }
    };

    private final Duration silence;
    private final Consumer<Alarm> alarms;

    /// @param silence after which every source that was regular is told of, however seldom it was heard
    /// @param alarms told of each alarm when it begins, and when it is over
    public SourceHealth(Duration silence, Consumer<Alarm> alarms) {
        this.silence = silence;
        this.alarms = alarms;
    }

    /// What no two sources share.
    public static String key(String client, String source) {
        return client + "\0" + source;
    }

    /// Some records of a source were read.
    ///
    /// @param now when they came, milliseconds since 1970
    public synchronized void read(String client, String source, String sender, EventBatch batch, long bytes, long now) {
        Source of = sources.computeIfAbsent(key(client, source), k -> new Source(client, source, now));
        turn(of, now);
        double since = now - of.last;
        if (of.events + of.rejects > 0 && since > 0) {
            of.gap = of.gap == 0 ? since : of.gap + 0.1 * (since - of.gap);
            of.longestGap = Math.max(since, of.longestGap * 0.999);
        }
        of.last = Math.max(of.last, now);
        of.sender = sender;
        of.bytes += bytes;
        of.events += batch.rows();
        of.windowEvents += batch.rows();
        rows(of, batch, now);
        for (Reject reject : batch.rejects()) {
            of.rejects++;
            of.windowRejects++;
            if (of.sample == null) {
                of.sample = text(reject.raw(), 0, reject.raw().length);
                of.reason = reject.reason();
            }
        }
        over(of, Alarm.Kind.SILENCE, now);
    }

    private static String text(byte[] b, int from, int to) {
        return new String(b, from, Math.min(SAMPLE, to - from), StandardCharsets.UTF_8);
    }

    private static void rows(Source of, EventBatch batch, long now) {
        int before = -1;
        String name = "";
        for (int row = 0; row < batch.rows(); row++) {
            int source = batch.source(row);
            if (source != before) {
                before = source;
                name = SourceNames.name(source);
            }
            if (of.formats.size() < 32 || of.formats.containsKey(name)) {
                of.formats.merge(name, 1L, Long::sum);
            }
            if (name.startsWith("generic")) {
                of.windowGeneric++;
                if (of.sample == null) {
                    of.sample = batch.text(batch.nativeText(row));
                    of.sample = of.sample.length() > SAMPLE ? of.sample.substring(0, SAMPLE) : of.sample;
                    of.reason = "no product's format knows it; it is read as " + name;
                }
            }
            long time = batch.number(Attribute.TIME, row, Long.MIN_VALUE);
            if (time != Long.MIN_VALUE) {
                of.eventTime = Math.max(of.eventTime, time);
                // A sample of the window, spread over all of it.
                long seen = of.lagSeen++;
                int slot = (int) (seen < TIMES ? seen : (seen * 0x9E3779B97F4A7C15L >>> 1) % (seen + 1));
                if (slot < TIMES) {
                    of.lags[slot] = now - time;
                    of.lagCount = Math.max(of.lagCount, slot + 1);
                }
            }
        }
    }

    /// Looks at all sources; to be called every few seconds.
    public synchronized void look(long now) {
        for (Source of : List.copyOf(sources.values())) {
            turn(of, now);
            long quiet = now - of.last;
            long waited = now - Math.max(of.last, of.awaited);
            boolean regular = of.windows >= LEARNED;
            double patience =
                    Math.min(silence.toMillis(), Math.max(5 * 60_000.0, Math.max(20 * of.gap, 3 * of.longestGap)));
            if (regular
                    && waited > patience
                    && !of.open.containsKey(Alarm.Kind.SILENCE)
                    && expected(of, now - waited, now) > patience) {
                begin(
                        of,
                        Alarm.Kind.SILENCE,
                        now,
                        "nothing came for " + words(quiet) + "; it came every " + words((long) Math.max(1000, of.gap))
                                + " before",
                        null);
            }
        }
    }

    /// Of a stretch of time as much as it is heard in otherwise: nothing of the nights in which it never is.
    /// Milliseconds, of its last week.
    private static double expected(Source of, long from, long to) {
        double[] daily = new double[SourceHabit.HOURS];
        double most = 0;
        for (int hour = 0; hour < daily.length; hour++) {
            daily[hour] = daily(of.share, hour);
            most = Math.max(most, daily[hour]);
        }
        if (most == 0) {
            return to - from;
        }
        double sum = 0;
        long at = Math.max(from, to - SourceHabit.WEEK * HOUR);
        while (at < to) {
            long next = Math.min(to, (at / HOUR + 1) * HOUR);
            double share = of.share[slot(at)];
            share = share < 0 ? daily[slot(at) % daily.length] : share;
            // An hour that was never watched may be like its busiest.
            sum += (next - at) * (share < 0 ? 1 : Math.min(1, share / most));
            at = next;
        }
        return sum;
    }

    private static int slot(long time) {
        return (int) (time / HOUR % SourceHabit.WEEK);
    }

    /// What an hour of the day is like, over the days of the week on which it was watched; -1 where it never
    /// was.
    private static double daily(double[] week, int hour) {
        double sum = 0;
        int days = 0;
        for (int slot = hour; slot < week.length; slot += SourceHabit.HOURS) {
            if (week[slot] >= 0) {
                sum += week[slot];
                days++;
            }
        }
        return days == 0 ? -1 : sum / days;
    }

    private static void learn(double[] week, int slot, double is) {
        week[slot] = week[slot] < 0 ? is : week[slot] + OF_BEFORE * (is - week[slot]);
    }

    /// The hour of the window at hand is over.
    private static void hour(Source of) {
        if (of.watched >= WATCHED) {
            int slot = slot(of.window * WINDOW);
            learn(of.share, slot, (double) of.heard / of.watched);
            learn(of.level, slot, of.hourEvents / of.watched);
            of.watchedHours++;
        }
        of.watched = 0;
        of.heard = 0;
        of.hourEvents = 0;
    }

    private void turn(Source of, long now) {
        long window = now / WINDOW;
        if (window <= of.window) {
            return;
        }
        judge(of, of.window * WINDOW + WINDOW, now);
        if (window * WINDOW / HOUR != of.window * WINDOW / HOUR) {
            hour(of);
        }
        long passed = window - of.window;
        if (passed > 1) {
            of.rate *= Math.pow(0.5, Math.min(60, passed - 1));
        }
        of.window = window;
        of.windowEvents = 0;
        of.windowRejects = 0;
        of.windowGeneric = 0;
        of.lagCount = 0;
        of.lagSeen = 0;
        of.sample = null;
        of.reason = null;
    }

    private void judge(Source of, long end, long now) {
        long records = of.windowEvents + of.windowRejects;
        double events = of.windowEvents;
        of.rate += 0.5 * (events / (WINDOW / 1000.0) - of.rate);
        boolean learned = of.windows >= LEARNED;
        boolean ordinary = true;
        if (records >= FEW) {
            double rejects = (double) of.windowRejects / records;
            double generic = (double) of.windowGeneric / records;
            of.rejectShare = rejects;
            boolean jumped = rejects > Math.max(0.1, 3 * of.usualRejects + 0.05)
                    || generic > Math.max(0.3, 3 * of.usualGeneric + 0.2);
            if (learned && jumped) {
                ordinary = false;
                String what = rejects > Math.max(0.1, 3 * of.usualRejects + 0.05)
                        ? percent(rejects) + " of its records are not understood (usually " + percent(of.usualRejects)
                                + ")"
                        : percent(generic) + " of its records are known to no product's format (usually "
                                + percent(of.usualGeneric) + ")";
                begin(
                        of,
                        Alarm.Kind.SCHEMA,
                        now,
                        what + ": " + Objects.requireNonNullElse(of.reason, "a product was changed?"),
                        of.sample);
            } else if (!jumped) {
                over(of, Alarm.Kind.SCHEMA, now);
            }
            if (ordinary) {
                of.usualRejects += rate(of) * (rejects - of.usualRejects);
                of.usualGeneric += rate(of) * (generic - of.usualGeneric);
            }
        }
        if (of.lagCount >= 5) {
            lag(of, now);
        }
        volume(of, events, end, now, learned);
        of.windows += records > 0 ? 1 : 0;
        of.watched++;
        of.heard += records > 0 ? 1 : 0;
        of.hourEvents += events;
    }

    private static double rate(Source of) {
        return Math.max(FORGETTING, 1.0 / (of.windows + 1));
    }

    private void lag(Source of, long now) {
        long[] sorted = Arrays.copyOf(of.lags, of.lagCount);
        Arrays.sort(sorted);
        long middle = sorted[sorted.length / 2];
        long spread = sorted[sorted.length * 3 / 4] - sorted[sorted.length / 4];
        of.lag = middle;
        // Whole half hours off, all alike: a zone, not a delay.
        long off = Math.round((double) middle / HALF_HOUR) * HALF_HOUR;
        boolean zone = Math.abs(middle) > HALF_HOUR - NEAR
                && Math.abs(middle - off) < NEAR
                && spread < NEAR
                && Math.abs(middle) <= 14 * 2 * HALF_HOUR;
        if (middle < -FUTURE || zone) {
            begin(
                    of,
                    Alarm.Kind.CLOCK,
                    now,
                    middle < 0
                            ? "its events are " + words(-middle)
                                    + " ahead of this clock: its clock or its zone is wrong"
                            : "its events are all " + words(middle)
                                    + " old when they come: its times are probably in another" + " zone",
                    null);
            over(of, Alarm.Kind.LAG, now);
            return;
        }
        over(of, Alarm.Kind.CLOCK, now);
        boolean usual = !Double.isNaN(of.usualLag);
        if (usual && of.windows >= LEARNED && middle > Math.max(LATE, 5 * of.usualLag)) {
            begin(
                    of,
                    Alarm.Kind.LAG,
                    now,
                    "its events come " + words(middle) + " after they happened (usually "
                            + words((long) Math.max(0, of.usualLag)) + ")",
                    null);
            return;
        }
        over(of, Alarm.Kind.LAG, now);
        of.usualLag = usual ? of.usualLag + rate(of) * (middle - of.usualLag) : middle;
    }

    private void volume(Source of, double events, long end, long now, boolean learned) {
        int hour = (int) (end / 3_600_000 % 24);
        int seen = of.hours[hour];
        // Before this hour was ever seen, what the source is like at all.
        double mean = seen >= LEARNED ? of.mean[hour] : mean(of.mean, of.hours);
        double square = seen >= LEARNED ? of.square[hour] : mean(of.square, of.hours);
        double deviation = Math.sqrt(Math.max(mean, square - mean * mean));
        boolean judged = learned && of.windows >= 3 * LEARNED && mean >= FEW;
        // What is far from the day before may be what the hour is like a week before.
        double level = of.level[slot(end - WINDOW)];
        boolean more = judged && events > mean + 8 * deviation && events > 4 * Math.max(mean, level);
        boolean less = judged
                && events < mean - 4 * deviation
                && events < (level < 0 ? mean : Math.min(mean, level)) / 10
                && events > 0;
        if (more || less) {
            begin(
                    of,
                    Alarm.Kind.VOLUME,
                    now,
                    Math.round(events) + " events came in a minute; usual are " + Math.round(mean),
                    null);
            return;
        }
        over(of, Alarm.Kind.VOLUME, now);
        double learning = Math.max(FORGETTING, 1.0 / (seen + 1));
        of.mean[hour] += learning * (events - of.mean[hour]);
        of.square[hour] += learning * (events * events - of.square[hour]);
        of.hours[hour] = Math.min(1_000_000, seen + 1);
    }

    private static double mean(double[] of, int[] seen) {
        double sum = 0;
        long all = 0;
        for (int hour = 0; hour < of.length; hour++) {
            sum += of[hour] * seen[hour];
            all += seen[hour];
        }
        return all == 0 ? 0 : sum / all;
    }

    private static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    static String words(long millis) {
        long seconds = Math.round(millis / 1000.0);
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200
                        ? Math.round(seconds / 60.0) + " min"
                        : seconds < 172_800 ? Math.round(seconds / 3600.0) + " h" : seconds / 86_400 + " days";
    }

    private void begin(Source of, Alarm.Kind kind, long now, String text, @Nullable String sample) {
        if (!of.open.containsKey(kind)) {
            Alarm alarm = new Alarm(of.client, of.name, kind, now, 0, text, sample);
            of.open.put(kind, alarm);
            alarms.accept(alarm);
        }
    }

    private void over(Source of, Alarm.Kind kind, long now) {
        Alarm open = of.open.remove(kind);
        if (open != null) {
            alarms.accept(new Alarm(open.client(), open.source(), kind, open.since(), now, open.text(), open.sample()));
        }
    }

    /// What was learned of sources since this was asked last, to be kept.
    public synchronized List<SourceHabit> learned() {
        List<SourceHabit> fresh = new ArrayList<>();
        for (Source of : sources.values()) {
            if (of.windows + of.watchedHours != of.kept) {
                of.kept = of.windows + of.watchedHours;
                fresh.add(new SourceHabit(
                        of.client,
                        of.name,
                        of.first,
                        of.last,
                        of.windows,
                        of.usualRejects,
                        of.usualGeneric,
                        Double.isNaN(of.usualLag) ? null : of.usualLag,
                        of.gap,
                        of.longestGap,
                        of.mean.clone(),
                        of.square.clone(),
                        of.hours.clone(),
                        rounded(of.share),
                        rounded(of.level)));
            }
        }
        return fresh;
    }

    /// To two places: it is kept each minute, of each source.
    private static double[] rounded(double[] of) {
        return Arrays.stream(of).map(v -> Math.round(v * 100) / 100.0).toArray();
    }

    /// Takes up what was learned before; to be called before anything is read.
    ///
    /// @param habits those heard last come last
    /// @param alarms that were open, and are until their sources are as they were again; nobody is told
    ///     of them anew
    public synchronized void restore(List<SourceHabit> habits, List<Alarm> alarms, long now) {
        for (SourceHabit habit : habits) {
            Source of = new Source(habit.client(), habit.source(), now);
            of.first = habit.first();
            of.last = habit.last();
            of.windows = habit.windows();
            of.kept = habit.windows();
            of.usualRejects = habit.usualRejects();
            of.usualGeneric = habit.usualGeneric();
            of.usualLag = habit.usualLag() == null ? Double.NaN : habit.usualLag();
            of.gap = habit.gap();
            of.longestGap = habit.longestGap();
            System.arraycopy(habit.mean(), 0, of.mean, 0, of.mean.length);
            System.arraycopy(habit.square(), 0, of.square, 0, of.square.length);
            System.arraycopy(habit.hours(), 0, of.hours, 0, of.hours.length);
            double[] share = habit.share();
            double[] level = habit.level();
            if (share != null && level != null) {
                System.arraycopy(share, 0, of.share, 0, of.share.length);
                System.arraycopy(level, 0, of.level, 0, of.level.length);
            }
            sources.put(key(of.client, of.name), of);
        }
        for (Alarm alarm : alarms) {
            Source of = sources.get(key(alarm.client(), alarm.source()));
            if (of != null) {
                of.open.put(alarm.kind(), alarm);
            } else {
                this.alarms.accept(new Alarm(
                        alarm.client(),
                        alarm.source(),
                        alarm.kind(),
                        alarm.since(),
                        now,
                        alarm.text(),
                        alarm.sample()));
            }
        }
    }

    /// All sources, those with alarms first, then by client and name.
    public synchronized List<SourceState> states() {
        List<SourceState> all = new ArrayList<>();
        for (Source of : sources.values()) {
            all.add(new SourceState(
                    of.client,
                    of.name,
                    of.sender,
                    of.events,
                    of.rejects,
                    of.bytes,
                    of.first,
                    of.last,
                    of.eventTime,
                    of.rate,
                    Double.isNaN(of.lag) ? 0 : (long) of.lag,
                    of.rejectShare,
                    of.formats.entrySet().stream()
                            .sorted(Map.Entry.<String, Long>comparingByValue()
                                    .reversed()
                                    .thenComparing(Map.Entry.comparingByKey()))
                            .map(Map.Entry::getKey)
                            .toList(),
                    List.copyOf(of.open.values())));
        }
        all.sort(Comparator.comparing((SourceState s) -> s.alarms().isEmpty())
                .thenComparing(SourceState::client)
                .thenComparing(SourceState::source));
        return all;
    }
}
