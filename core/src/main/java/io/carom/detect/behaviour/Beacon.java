package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.detect.behaviour.Series.Events;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Carried;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Request;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A machine that calls somewhere outside again and again as a program would: a beacon.
///
/// Two scores are taken and the larger counts: RITA's ({@link Regularity}, over a day back), and one of
/// a period that gaps, working hours and other traffic do not hide ({@link Period}, after BAYWATCH, Hu
/// et al., DSN 2016, over the contacts held). It is then lowered by what speaks for an ordinary
/// service: many of the client's machines call there (prevalence), they always did (age), the
/// destination is on a warninglist, the protocol is a clock's.
///
/// Key: machine and where it calls, three ways side by side: address and port; host name, of a TLS
/// hello or a request, also through an explicit proxy; name looked up. State: 72 bytes for one contact,
/// some 170 for a few ({@link Series}), at most {@link #bytesPerKey}.
@AutoService(Analytic.class)
public final class Beacon implements Analytic<Beacon.State> {
    static final Threshold SCORE = Threshold.of("beacon", "score");
    static final Threshold CONTACTS = Threshold.of("beacon", "contacts");
    static final Threshold TIMING = Threshold.of("beacon", "timing");
    static final Threshold STRENGTH = Threshold.of("beacon", "strength");
    static final Threshold RUN = Threshold.of("beacon", "beats_in_a_row");
    static final Threshold FORGET = Threshold.of("beacon", "forget_days");
    static final Threshold CLEAR = Threshold.of("beacon", "clear");

    private static final long DAY = 86_400;
    private static final long HOUR = 3600;
    private static final int NTP = 123;

    /// Bytes of a pair that was met once.
    private static final int LEAST = 72;

    /// A beacon by what is contacted, by host name, by name looked up.
    enum Way {
        ADDRESS,
        HOST,
        NAME
    }

    /// Of one pair. Most of what a machine calls it calls once: what only a second contact needs stands
    /// apart. Where the records of first and last contact are stands in plain fields: an object for
    /// each would double what a pair takes. {@link #LEAST} bytes until the second contact.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 2;
        private static final int PROXIED = 1;
        private static final int CLOCK = 2;
        private static final int PING = 4;
        private static final int FAILED = 8;

        private final String client;
        private final Address src;
        private final @Nullable Address dst;

        /// What is called: an address, or a name.
        private final String name;

        private @Nullable More more;
        private final byte way;
        private byte flags;
        private boolean met;
        private int port = -1;
        private int time;
        private int size;
        private int passed;
        private int input;
        private long record;
        private short source;
        private short classUid;

        /// From the second contact on.
        private static final class More implements Serializable {
            private static final long serialVersionUID = 2;

            final Series series = new Series();
            int failed;
            int reviewedAt;
            int input;
            long record;
            short source;
            short classUid;
        }

        State(String client, Address src, @Nullable Address dst, String name, Way way) {
            this.client = client;
            this.src = src;
            this.dst = dst;
            this.name = name;
            this.way = (byte) way.ordinal();
        }

        /// Enters a contact.
        ///
        /// @param at milliseconds since 1970
        /// @param out bytes that tell one contact from another, -1 if not known
        /// @param all bytes that passed
        private void add(Origin origin, long at, long out, long all, boolean failed) {
            if (!met) {
                met = true;
                time = (int) Math.clamp(Math.floorDiv(at, 1000L), 0, 0xFFFF_FFFFL);
                size = (int) Math.clamp(out, -1, Integer.MAX_VALUE - 1);
                passed = (int) Math.clamp(all, 0, Integer.MAX_VALUE);
                input = origin.input();
                record = origin.record();
                source = (short) origin.source();
                classUid = (short) origin.classUid();
                flags |= failed ? FAILED : 0;
                return;
            }
            More rest = more;
            if (rest == null) {
                rest = new More();
                rest.series.add(Integer.toUnsignedLong(time) * 1000, size, passed);
                rest.failed = is(FAILED) ? 1 : 0;
                more = rest;
            }
            rest.series.add(at, out, all);
            rest.failed += failed ? 1 : 0;
            rest.input = origin.input();
            rest.record = origin.record();
            rest.source = (short) origin.source();
            rest.classUid = (short) origin.classUid();
        }

        private void set(int flag, boolean on) {
            flags = (byte) (on ? flags | flag : flags & ~flag);
        }

        private boolean is(int flag) {
            return (flags & flag) != 0;
        }

        int count() {
            More rest = more;
            return rest == null ? met ? 1 : 0 : rest.series.count();
        }

        /// Seconds since 1970.
        long last() {
            More rest = more;
            return rest == null ? Integer.toUnsignedLong(time) : rest.series.last();
        }

        /// About how many bytes it takes, what it shares with others left out.
        int bytes() {
            More rest = more;
            return rest == null ? LEAST : LEAST + 40 + rest.series.bytes();
        }

        /// Of a pair that was met twice or more.
        private More rest() {
            return Objects.requireNonNull(more);
        }

        List<Origin> evidence() {
            List<Origin> out = new ArrayList<>();
            out.add(new Origin(client, input, record, source, classUid));
            More rest = more;
            if (rest != null && (rest.input != input || rest.record != record)) {
                out.add(new Origin(client, rest.input, rest.record, rest.source, rest.classUid));
            }
            return out;
        }
    }

    @Override
    public String id() {
        return "beacon";
    }

    @Override
    public String title() {
        return "Regular calls to a destination outside";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1071", "T1071.004");
    }

    @Override
    public long key(Observation observation, Context context) {
        return switch (observation) {
            case Contact c -> {
                if (c.again() || c.sure() < 0.5 || named(c.dstPort()) || !Outwards.is(c.src(), c.dst(), c, context)) {
                    yield 0;
                }
                yield Keys.of(context.tenant(c), Keys.of(c.src().hash(), c.dst().hash()), c.dstPort() * 4L + 1);
            }
            case Hello h ->
                // A client that is given an address asks for it by that "name": the contact tells of it.
                h.serverName().isEmpty()
                                || h.serverName().equals(h.dst().text())
                                || !Outwards.is(h.src(), h.dst(), h, context)
                        ? 0
                        : host(h.src(), h.serverName(), context, h);
            case Request r -> {
                Address dst = r.dst();
                String client = r.origin().client();
                boolean out = dst == null || r.proxied() || !context.inside(dst, client);
                yield r.host().isEmpty() || !Outwards.ours(r.src(), client, context) || !out || Outwards.local(r.host())
                        ? 0
                        : host(r.src(), r.host(), context, r);
            }
            case Lookup l -> {
                Address src = l.src();
                yield src == null
                                || Outwards.local(l.name())
                                || !Outwards.ours(src, l.origin().client(), context)
                        ? 0
                        : Keys.of(context.tenant(l), Keys.of(src.hash(), Keys.of(l.name())), 3);
            }
            default -> 0;
        };
    }

    private static long host(Address src, String host, Context context, Observation o) {
        return Keys.of(context.tenant(o), Keys.of(src.hash(), Keys.of(host)), 2);
    }

    /// Name services: what is asked is looked at by name, whom is nobody's choice.
    private static boolean named(int port) {
        return port == 53 || port == 5353 || port == 5355 || port == 137 || port == 138 || port == 1900;
    }

    @Override
    public State begin(Observation observation, Context context) {
        String client = observation.origin().client();
        return switch (observation) {
            case Contact c -> new State(client, c.src(), c.dst(), c.dst().text(), Way.ADDRESS);
            case Hello h -> new State(client, h.src(), h.dst(), h.serverName(), Way.HOST);
            case Request r -> new State(client, r.src(), r.proxied() ? null : r.dst(), r.host(), Way.HOST);
            case Lookup l -> new State(client, Objects.requireNonNull(l.src()), null, l.name(), Way.NAME);
            default -> throw new IllegalArgumentException("has no key: " + observation);
        };
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Origin origin = observation.origin();
        switch (observation) {
            case Contact c -> {
                state.port = c.dstPort();
                state.set(State.PING, c.transport() == Approach.ICMP || c.transport() == Approach.ICMP6);
                state.set(State.CLOCK, c.dstPort() == NTP && c.transport() != 6);
                long out = c.wireOut() >= 0 ? c.wireOut() : c.bytesOut();
                long in = c.wireIn() >= 0 ? c.wireIn() : c.bytesIn();
                state.add(origin, c.time(), out, sum(out, in), c.outcome().failed());
            }
            case Hello h -> {
                state.port = h.dstPort();
                Carried carried = h.carried();
                state.add(origin, h.time(), carried.bytesOut(), sum(carried.bytesOut(), carried.bytesIn()), false);
            }
            case Request r -> {
                state.port = r.dstPort();
                state.set(State.PROXIED, state.is(State.PROXIED) || r.proxied());
                Carried carried = r.carried();
                boolean told = carried.bytesOut() >= 0;
                long out = told ? carried.bytesOut() : r.bytesOut();
                long in = told ? carried.bytesIn() : r.bytesIn();
                state.add(origin, r.time(), out, sum(out, in), false);
            }
            case Lookup l -> state.add(origin, l.time(), -1, 0, l.rcode() > 0);
            default -> {}
        }
    }

    private static long sum(long out, long in) {
        return Math.max(0, out) + Math.max(0, in);
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean review(State state, Context context) {
        int count = state.count();
        if (count >= Math.max(2, context.whole(CONTACTS))) {
            // With a tenth more contacts than last time; before, it would cost as much to say the same again.
            State.More rest = state.rest();
            int more = count - rest.reviewedAt;
            if (more > 0 && (more * 10L >= rest.reviewedAt || context.ending())) {
                rest.reviewedAt = count;
                Scored scored = scored(state, context);
                if (scored.score >= context.value(SCORE)) {
                    context.found(draft(state, scored, context));
                }
            }
        }
        return context.now() / 1000 - state.last() < context.whole(FORGET) * DAY;
    }

    /// What a pair scores.
    ///
    /// @param contacts in the last 24 hours, their beginning floored to the hour; `bytes` that passed
    ///     in them
    /// @param plain the larger of RITA's score and the period's, before anything lowers it
    /// @param notes what lowered or confirmed it, in words
    record Scored(
            Regularity rita,
            Period period,
            double size,
            int contacts,
            long bytes,
            double plain,
            double score,
            List<String> notes) {}

    static Scored scored(State state, Context context) {
        Series series = state.rest().series;
        long end = Math.floorDiv(context.now(), 1000L);
        // The last contact closes the day looked at once it is over: what was regular then is still to be
        // told.
        long now = Math.min(end, series.last() + HOUR);
        long since = Math.floorDiv(now - DAY, HOUR) * HOUR;
        Events day = series.events(since);
        int[] hourly = series.hourly(now);
        long begin = Math.floorDiv(context.begin(state.client), 1000L);
        int looked = (int) Math.clamp(now / HOUR - begin / HOUR + 1, 1, Series.HOURS);
        Regularity rita = Regularity.of(day.intervals(), day.knownSizes(), hourly, looked);
        Events held = series.events(0);
        Period period = Period.of(held.times());
        double size = Regularity.evenness(held.knownSizes());
        double own = 0;
        if (period.strength() >= context.value(STRENGTH)) {
            double lasting = Math.max(rita.duration(), Math.min(1, period.beats() / 100.0));
            boolean sized = state.way != (byte) Way.NAME.ordinal();
            own = (sized ? 0.6 : 0.8) * Math.min(1, period.strength() + 0.1) + (sized ? 0.2 * size : 0) + 0.2 * lasting;
        }
        // A visit of three calls at an even pace, over and over, is one proxy's or page's habit and no beat that lasts.
        own *= Math.min(1, beatsInARow(held.times(), period) / context.value(RUN));
        int contacts = 0;
        long bytes = 0;
        int[] passed = series.hourlyBytes(now);
        for (int i = 0; i < hourly.length; i++) {
            contacts += hourly[i];
            bytes += passed[i];
        }
        // Calls at random score up to 0.78 by RITA's mean, on lasting and on even hours alone.
        boolean timely = rita.timing() >= context.value(TIMING);
        double plain = Math.max(timely ? rita.score() : 0, own);
        List<String> notes = new ArrayList<>();
        double score = plain * ordinary(state, context, notes);
        return new Scored(rita, period, size, contacts, bytes, plain, score, notes);
    }

    /// How many beats follow each other until one is left out twice, on the average.
    private static double beatsInARow(long[] times, Period period) {
        if (period.seconds() == 0) {
            return 0;
        }
        int runs = 1;
        for (int i = 1; i < times.length; i++) {
            runs += times[i] - times[i - 1] > 2.5 * period.seconds() ? 1 : 0;
        }
        return (double) period.beats() / runs;
    }

    /// What speaks for an ordinary service: a factor of 1 or less, and why.
    private static double ordinary(State state, Context context, List<String> notes) {
        double factor = Ordinary.weight(state.name, state.client, context, notes);
        if (state.is(State.PING)) {
            factor *= 0.5;
            notes.add("lowered by 50 % because pings come at even intervals by nature");
        }
        if (state.is(State.CLOCK)) {
            factor *= 0.5;
            notes.add("lowered by 50 % because clocks are set this way (NTP)");
        }
        if (state.way == (byte) Way.NAME.ordinal()) {
            factor *= 0.85;
            notes.add("lowered by 15 % because a name is looked up again whenever its answer grows old");
        }
        return factor;
    }

    private Draft draft(State state, Scored scored, Context context) {
        Series series = state.rest().series;
        Way way = Way.values()[state.way];
        StringBuilder message = new StringBuilder();
        message.append("Beacon score ").append(Words.decimals(scored.score)).append(" of 1. ");
        message.append(Words.count(series.count(), "contact", "contacts"))
                .append(" in ")
                .append(Words.seconds(series.last() - series.first()));
        if (scored.contacts > 0 && scored.contacts < series.count()) {
            message.append(", ").append(scored.contacts).append(" in the last day");
        }
        if (scored.bytes > 0 && way != Way.NAME) {
            message.append(" (").append(Words.exactly(scored.bytes)).append(" bytes passed)");
        }
        message.append(". RITA's measures: timing ")
                .append(Words.decimals(scored.rita.timing()))
                .append(", size ")
                .append(Words.decimals(scored.rita.size()))
                .append(", duration ")
                .append(Words.decimals(scored.rita.duration()))
                .append(", histogram ")
                .append(Words.decimals(scored.rita.histogram()))
                .append(", together ")
                .append(Words.decimals(scored.rita.score()))
                .append(". ");
        Period period = scored.period;
        if (period.seconds() > 0) {
            message.append("Period ")
                    .append(Words.seconds(period.seconds()))
                    .append(": ")
                    .append(Words.percent(period.share()))
                    .append(" of contacts are followed by another one period later, by chance it would be ")
                    .append(Words.percent(period.chance()))
                    .append(". ");
        }
        int failed = state.rest().failed;
        if (failed > 0) {
            message.append(failed)
                    .append(way == Way.NAME ? " look-ups had no answer. " : " contacts came to nothing. ");
        }
        if (state.is(State.PROXIED)) {
            message.append("By way of a proxy. ");
        }
        message.append(Ordinary.sentences(scored.notes));
        message.append("Harmless if a program of yours reports or asks for updates there.");
        String title = switch (way) {
            case ADDRESS ->
                state.src + " calls " + state.name + (state.port < 0 ? "" : " port " + state.port) + " regularly";
            case HOST -> state.src + " calls " + state.name + " regularly";
            case NAME -> state.src + " looks up " + state.name + " regularly";
        };
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.address("src_endpoint.ip", state.src));
        Address dst = state.dst;
        if (way == Way.ADDRESS && dst != null) {
            observables.add(Words.address("dst_endpoint.ip", dst));
        } else {
            observables.add(Words.hostname(way == Way.NAME ? "query.hostname" : "dst_endpoint.hostname", state.name));
        }
        boolean clear = scored.score >= context.value(CLEAR) && way != Way.NAME;
        return new Draft(
                this,
                way + " " + state.src + " " + state.name + (way == Way.ADDRESS ? " " + state.port : ""),
                title,
                message.toString(),
                clear ? 3 : 2,
                Math.min(0.95, scored.score),
                series.first() * 1000,
                series.last() * 1000,
                state.src,
                dst,
                "",
                "",
                observables,
                way == Way.NAME ? List.of("T1071.004") : List.of("T1071"),
                state.evidence());
    }

    @Override
    public int capacity() {
        return 10_000_000;
    }

    @Override
    public boolean growsWithPairs() {
        return true;
    }

    @Override
    public int bytes(State state) {
        return state.bytes();
    }

    @Override
    public int bytesPerKey() {
        return LEAST + 40 + Series.MOST;
    }
}
