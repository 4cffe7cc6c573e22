package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
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
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Somebody tries machines or ports to see which answer: many hosts on one port, many ports of one
/// host, or both, within minutes or over days.
///
/// Three questions side by side. *Threshold Random Walk* (Jung, Paxson, Berger, Balakrishnan, "Fast
/// Portscan Detection Using Sequential Hypothesis Testing", IEEE S&P 2004): each host contacted for the
/// first time moves the walk up if it failed and down if it answered. As in Schechter, Jung and Berger
/// (RAID 2004) it does not sink below zero, so that good years buy nobody a free scan. *Failed
/// fan-out*: so many hosts on one port, or ports of one host, failed, whatever the others did; the walk
/// calls a scanner harmless whose targets mostly answer. *Fan-out growth*: a machine of one's own
/// reaches far more new ones than it ever did, even if all answer.
///
/// Only first contacts count, so that one port tried two thousand times is none (see {@link Floods}).
/// Sources on a supplier's link are {@link LinkScans}' affair.
///
/// Key: source. State: which hosts and ports it knows, its latest {@link #TRAIL} first contacts that
/// failed and that did not, and up to {@link #EPISODES} scans under way; 18 KB at most, some 700 bytes
/// for a source with ten peers.
@AutoService(Analytic.class)
public final class Scans implements Analytic<Scans.State> {
    private static final Threshold FALSE_ALARM = Threshold.of("scan", "false-alarm");
    private static final Threshold MISS = Threshold.of("scan", "miss");
    private static final Threshold BENIGN_SUCCESS = Threshold.of("scan", "benign-success");
    private static final Threshold SCANNER_SUCCESS = Threshold.of("scan", "scanner-success");
    private static final Threshold WINDOW = Threshold.of("scan", "window-minutes");
    private static final Threshold HOSTS = Threshold.of("scan", "walk-hosts");
    private static final Threshold FAILED_HOSTS = Threshold.of("scan", "failed-hosts");
    private static final Threshold FAILED_SHARE = Threshold.of("scan", "failed-share");
    private static final Threshold PORTS = Threshold.of("scan", "failed-ports");
    private static final Threshold BLOCK = Threshold.of("scan", "block-pairs");
    private static final Threshold SLOW_DAYS = Threshold.of("scan", "slow-days");
    private static final Threshold SLOW_TARGETS = Threshold.of("scan", "slow-targets");
    private static final Threshold SLOW_SHARE = Threshold.of("scan", "slow-share");
    private static final Threshold EVERYDAY = Threshold.of("scan", "everyday-factor");
    private static final Threshold NEW_HOSTS = Threshold.of("scan", "new-hosts");
    private static final Threshold NEW_FACTOR = Threshold.of("scan", "new-factor");
    private static final Threshold LEARNING = Threshold.of("scan", "learning-hours");
    private static final Threshold WIDE = Threshold.of("scan", "wide");

    static final int TRAIL = 128;
    static final int EPISODES = 8;

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /// The shapes a scan has.
    enum Shape {
        HORIZONTAL,
        VERTICAL,
        BLOCK,
        GROWTH
    }

    /// A scan under way.
    static final class Episode implements Serializable {
        private static final long serialVersionUID = 1;

        final Shape shape;
        final boolean slow;

        /// Its port, where it has one.
        final int port;

        /// Its target, where it has one.
        final @Nullable Address dst;

        final int host;
        final long first;
        final List<Origin> beginning;
        final boolean walked;
        long last;
        int targets;
        int answered;
        int told;
        float sure;
        boolean toInside;

        Episode(
                Shape shape,
                boolean slow,
                int port,
                @Nullable Address dst,
                int host,
                long first,
                List<Origin> beginning,
                boolean walked) {
            this.shape = shape;
            this.slow = slow;
            this.port = port;
            this.dst = dst;
            this.host = host;
            this.first = first;
            this.beginning = beginning;
            this.walked = walked;
        }

        boolean concerns(int otherHost, int otherPort) {
            return switch (shape) {
                case HORIZONTAL, GROWTH -> otherPort == port;
                case VERTICAL -> otherHost == host;
                case BLOCK -> true;
            };
        }
    }

    /// What is known of a source.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Address src;
        private final Known known = new Known(1 << 15);
        private final Trail failed = new Trail(TRAIL);
        private final Trail reached = new Trail(TRAIL);
        private Episode[] episodes = {};
        private float walk;
        private long last;

        /// New hosts inside today, and how many there are on a usual day.
        private int today;

        private long day;
        private float usual;

        State(String client, Address src) {
            this.client = client;
            this.src = src;
        }
    }

    @Override
    public String id() {
        return "scan";
    }

    @Override
    public String title() {
        return "Scan of hosts or ports";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1018", "T1046", "T1595.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Contact c) || !Approach.counts(c)) {
            return 0;
        }
        return context.link(c.src(), c.origin().client()) == null
                ? Keys.of(context.tenant(c), c.src().hash())
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client(), ((Contact) observation).src());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        int port = Approach.port(c);
        int host = (int) (c.dst().hash() >>> 32);
        state.last = Math.max(state.last, c.time());
        if (!state.known.add(Keys.of(c.dst().hash(), port + 1L))) {
            return;
        }
        boolean newHost = state.known.add(Keys.mixed(c.dst().hash()));
        boolean inside = context.inside(c.dst(), state.client);
        boolean failed = Approach.failed(c, inside);
        if (newHost) {
            walk(state, failed, c.outcome(), context);
            if (inside) {
                count(state, c.time());
            }
        }
        (failed ? state.failed : state.reached).add(host, port, inside ? 1 : 0, c.time(), c.origin());
        for (Episode e : state.episodes) {
            if (e.concerns(host, port)) {
                goOn(state, e, c, failed, context);
            }
        }
        if (failed) {
            look(state, c, host, port, inside, context);
        } else if (newHost && inside) {
            growth(state, c, port, context);
        }
    }

    private static void walk(State state, boolean failed, Outcome outcome, Context context) {
        double benign = context.value(BENIGN_SUCCESS);
        double scanner = context.value(SCANNER_SUCCESS);
        if (failed) {
            // It stops a little above the bar, so that a scanner that finds a live network is let go again.
            double bar = bar(context);
            state.walk = (float) Math.min(state.walk + Math.log((1 - scanner) / (1 - benign)), bar * 1.5);
        } else if (outcome == Outcome.SUCCESS) {
            state.walk = (float) Math.max(0, state.walk + Math.log(scanner / benign));
        }
    }

    /// Wald's upper bound: the likelihood ratio that leaves these chances of a false alarm and of a miss.
    private static double bar(Context context) {
        return Math.log((1 - context.value(MISS)) / context.value(FALSE_ALARM));
    }

    private static void count(State state, long time) {
        long day = SignIns.day(time, state.day);
        if (day != state.day) {
            state.usual = state.day == 0 ? 0 : state.usual == 0 ? state.today : state.usual * 0.7f + state.today * 0.3f;
            state.today = 0;
            state.day = day;
        }
        state.today++;
    }

    private void look(State state, Contact c, int host, int port, boolean inside, Context context) {
        if (state.failed.size() < context.whole(HOSTS)) {
            return;
        }
        long now = c.time();
        long from = now - context.whole(WINDOW) * 60_000;
        double factor = Approach.everyday(c) ? context.value(EVERYDAY) : 1;
        Trail.Of all = (h, p, b) -> true;
        Trail.Of samePort = (h, p, b) -> p == port;
        Trail.Of sameHost = (h, p, b) -> h == host && p != 0;
        // Hosts × ports first: the others are parts of it.
        if (has(state, Shape.BLOCK, host, port)) {
            return;
        }
        if (block(state, from, inside, context)) {
            begin(state, Shape.BLOCK, false, c, host, port, from, all, context);
            return;
        }
        int failedHosts = state.failed.count(from, samePort);
        if (failedHosts >= context.value(HOSTS) * factor && !has(state, Shape.HORIZONTAL, host, port)) {
            failedHosts = state.failed.distinctHosts(from, samePort);
            boolean walked = state.walk >= bar(context) && failedHosts >= context.value(HOSTS) * factor;
            boolean many = failedHosts >= context.value(FAILED_HOSTS) * factor
                    && share(state, from, samePort) >= context.value(FAILED_SHARE);
            if (walked || many) {
                begin(state, Shape.HORIZONTAL, false, c, host, port, from, samePort, context);
                return;
            }
        }
        if (state.failed.count(from, sameHost) >= context.value(PORTS)
                && !has(state, Shape.VERTICAL, host, port)
                && state.failed.distinctPorts(from, sameHost) >= context.value(PORTS)) {
            begin(state, Shape.VERTICAL, false, c, host, port, from, sameHost, context);
            return;
        }
        slow(state, c, host, port, factor, context);
    }

    /// File sharing meets many hosts too, each on a port of its own, and out there: a scan of many
    /// tries several ports of each, or is within.
    private static boolean block(State state, long from, boolean inside, Context context) {
        Trail.Of all = (h, p, b) -> true;
        int pairs = state.failed.count(from, all);
        if (pairs < context.value(BLOCK)) {
            return false;
        }
        int hosts = state.failed.distinctHosts(from, all);
        int ports = state.failed.distinctPorts(from, all);
        return hosts >= 5 && ports >= 5 && (inside || pairs >= 3 * hosts);
    }

    /// How many of the first contacts failed, in the time of which both trails still know all: a busy
    /// machine's answered ones are forgotten sooner than its failures.
    private static double share(State state, long from, Trail.Of of) {
        long both = Math.max(from, Math.max(state.failed.whole(), state.reached.whole()));
        int failed = state.failed.count(both, of);
        int others = state.reached.count(both, of);
        return failed == 0 ? 0 : (double) failed / (failed + others);
    }

    private void slow(State state, Contact c, int host, int port, double factor, Context context) {
        double least = context.value(SLOW_TARGETS) * factor;
        if (state.failed.size() < least) {
            return;
        }
        long from = c.time() - context.whole(SLOW_DAYS) * DAY;
        Trail.Of samePort = (h, p, b) -> p == port;
        Trail.Of sameHost = (h, p, b) -> h == host && p != 0;
        for (Shape shape : List.of(Shape.HORIZONTAL, Shape.VERTICAL)) {
            Trail.Of same = shape == Shape.HORIZONTAL ? samePort : sameHost;
            int failed = state.failed.count(from, same);
            if (failed < least || has(state, shape, host, port)) {
                continue;
            }
            failed = shape == Shape.HORIZONTAL
                    ? state.failed.distinctHosts(from, same)
                    : state.failed.distinctPorts(from, same);
            if (failed >= least && share(state, from, same) >= context.value(SLOW_SHARE)) {
                begin(state, shape, true, c, host, port, from, same, context);
                return;
            }
        }
    }

    private void growth(State state, Contact c, int port, Context context) {
        double least = context.value(NEW_HOSTS);
        if (state.reached.size() < least || c.time() - context.begin(state.client) < context.value(LEARNING) * HOUR) {
            return;
        }
        long from = c.time() - context.whole(WINDOW) * 60_000;
        Trail.Of samePort = (h, p, b) -> p == port && b == 1;
        int hosts = state.reached.count(from, samePort);
        if (hosts < least || has(state, Shape.GROWTH, 0, port) || has(state, Shape.HORIZONTAL, 0, port)) {
            return;
        }
        hosts = state.reached.distinctHosts(from, samePort);
        if (hosts >= least && hosts >= context.value(NEW_FACTOR) * state.usual) {
            begin(state, Shape.GROWTH, false, c, 0, port, from, samePort, context);
        }
    }

    /// Whether such a scan is under way, or a wider one it is part of.
    private static boolean has(State state, Shape shape, int host, int port) {
        for (Episode e : state.episodes) {
            if (e.shape == Shape.BLOCK || e.shape == shape && e.concerns(host, port)) {
                return true;
            }
        }
        return state.episodes.length >= EPISODES && shape != Shape.BLOCK;
    }

    private void begin(
            State state,
            Shape shape,
            boolean slow,
            Contact c,
            int host,
            int port,
            long from,
            Trail.Of of,
            Context context) {
        Trail trail = shape == Shape.GROWTH ? state.reached : state.failed;
        List<Origin> beginning = new ArrayList<>();
        trail.oldest(from, of, state.client, 5, beginning);
        Episode e = new Episode(
                shape,
                slow,
                shape == Shape.HORIZONTAL || shape == Shape.GROWTH ? port : -1,
                shape == Shape.VERTICAL ? c.dst() : null,
                host,
                trail.first(from, of),
                beginning,
                state.walk >= bar(context));
        e.targets = shape == Shape.HORIZONTAL || shape == Shape.GROWTH
                ? trail.distinctHosts(from, of)
                : trail.count(from, of);
        e.answered = shape == Shape.GROWTH ? e.targets : state.reached.count(from, of);
        e.last = c.time();
        e.sure = c.sure();
        e.toInside = context.inside(c.dst(), state.client);
        if (shape == Shape.BLOCK) {
            state.episodes = new Episode[] {e};
        } else {
            state.episodes = Arrays.copyOf(state.episodes, state.episodes.length + 1);
            state.episodes[state.episodes.length - 1] = e;
        }
        tell(state, e, context);
    }

    private void goOn(State state, Episode e, Contact c, boolean failed, Context context) {
        e.last = c.time();
        e.sure = Math.min(e.sure, c.sure());
        if (failed == (e.shape != Shape.GROWTH)) {
            e.targets++;
        } else {
            e.answered++;
        }
        if (e.targets >= 4L * e.told) {
            tell(state, e, context);
        }
    }

    private void tell(State state, Episode e, Context context) {
        e.told = e.targets;
        String src = state.src.text();
        boolean ordered = context.allowedScanner(state.src, state.client);
        boolean within = context.inside(state.src, state.client);
        Trail trail = e.shape == Shape.GROWTH ? state.reached : state.failed;
        Trail.Of of = (h, p, b) -> e.concerns(h, p);
        long since = Math.max(e.first, e.last - context.whole(SLOW_DAYS) * DAY);
        List<Origin> evidence = new ArrayList<>(e.beginning);
        trail.latest(since, of, state.client, Draft.EVIDENCE - evidence.size(), evidence);
        String span = span(e.last - e.first);
        String what = switch (e.shape) {
            case HORIZONTAL ->
                (e.slow ? "Slow " : "") + (e.port == 0 ? "ping sweep" : "horizontal scan") + ": " + src + " tried "
                        + e.targets + " hosts" + (e.port == 0 ? "" : " on " + Approach.portName(e.port));
            case VERTICAL ->
                (e.slow ? "Slow " : "") + "vertical scan: " + src + " tried " + e.targets + " ports of "
                        + (e.dst == null ? "one host" : e.dst.text());
            case BLOCK ->
                "block scan: " + src + " tried " + trail.distinctPorts(since, of) + " or more ports of "
                        + trail.distinctHosts(since, of) + " or more hosts, " + e.targets + " in all";
            case GROWTH ->
                "sudden fan-out: " + src + " reached " + e.targets + " hosts it never reached before on "
                        + Approach.portName(e.port);
        };
        String title = Character.toUpperCase(what.charAt(0)) + what.substring(1) + " within " + span
                + (ordered ? " (a scanner that is allowed)" : "");
        int severity = severity(e, ordered, within, e.targets >= context.value(WIDE));
        double least = switch (e.shape) {
            case HORIZONTAL -> context.value(HOSTS);
            case VERTICAL -> context.value(PORTS);
            case BLOCK -> context.value(BLOCK);
            case GROWTH -> context.value(NEW_HOSTS) * 2;
        };
        double confidence = Math.min(0.97, 0.55 + 0.42 * (1 - least / (least + e.targets))) * Math.min(1, e.sure + 0.1);
        context.found(new Draft(
                this,
                src + "|" + e.shape + "|" + (e.dst == null ? e.port : e.dst.text()),
                title,
                message(state, e, context, span, trail.ports(since, of, 12), ordered, within),
                severity,
                confidence,
                e.first,
                e.last,
                state.src,
                e.dst,
                "",
                "",
                observables(state.src, e.dst),
                within ? List.of(e.shape == Shape.HORIZONTAL && e.port == 0 ? "T1018" : "T1046") : List.of("T1595.001"),
                evidence));
    }

    private static int severity(Episode e, boolean ordered, boolean within, boolean wide) {
        if (ordered) {
            return 1;
        }
        if (!within) {
            return e.answered > 0 || e.toInside ? 2 : 1;
        }
        if (e.shape == Shape.GROWTH) {
            return wide ? 3 : 2;
        }
        return e.toInside && (wide || e.shape == Shape.BLOCK) ? 4 : 3;
    }

    private static String message(
            State state, Episode e, Context context, String span, int[] ports, boolean ordered, boolean within) {
        StringBuilder say = new StringBuilder();
        String unit = e.shape == Shape.VERTICAL ? "ports" : e.shape == Shape.BLOCK ? "pairs of host and port" : "hosts";
        if (e.shape == Shape.GROWTH) {
            say.append(String.format(
                    Locale.ROOT,
                    "%d machines of the client's own answered %s within %s, none of them met before in %s of logs; on a"
                            + " usual day it meets %.0f new ones.",
                    e.targets,
                    state.src.text(),
                    span,
                    span(e.last - context.begin(state.client)),
                    state.usual));
        } else {
            say.append(e.targets).append(' ').append(unit).append(" tried for the first time failed within ");
            say.append(span).append(", ").append(e.answered).append(" answered.");
            if (e.walked) {
                say.append(String.format(
                        Locale.ROOT,
                        " The random walk over first contacts stands at %.1f; %.1f makes a scanner with a chance of"
                                + " %.0e to be wrong.",
                        state.walk,
                        bar(context),
                        context.value(FALSE_ALARM)));
            }
            if (e.shape != Shape.HORIZONTAL && ports.length > 0) {
                say.append(" Ports: ")
                        .append(Arrays.stream(ports)
                                .mapToObj(Approach::portName)
                                .collect(Collectors.joining(", ")))
                        .append(ports.length < 12 ? "." : " …");
            }
        }
        if (e.sure < 0.7) {
            say.append(" Some of the records do not say for sure who began.");
        }
        if (ordered) {
            say.append(" Its address is declared as a scanner.");
        } else if (!within) {
            say.append(" It came from outside: the Internet is scanned all day; what counts is what answered.");
        } else {
            say.append(" Harmless if it is a scanner or a monitoring server that was ordered (declare it under"
                    + " scanners), or a machine whose servers were moved or are down.");
        }
        return say.toString();
    }

    static List<Finding.Observable> observables(Address src, @Nullable Address dst) {
        List<Finding.Observable> out = new ArrayList<>();
        out.add(new Finding.Observable("src_endpoint.ip", 2, src.text()));
        if (dst != null) {
            out.add(new Finding.Observable("dst_endpoint.ip", 2, dst.text()));
        }
        return out;
    }

    /// A span of time in words.
    static String span(long millis) {
        if (millis < 1000) {
            return "a second";
        }
        if (millis < 120_000) {
            return millis / 1000 + " s";
        }
        if (millis < 2 * HOUR) {
            return millis / 60_000 + " min";
        }
        return millis < 2 * DAY ? millis / HOUR + " h" : millis / DAY + " days";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public boolean review(State state, Context context) {
        int stay = 0;
        for (Episode e : state.episodes) {
            if (e.targets > e.told) {
                tell(state, e, context);
            }
            // What goes on the next day is told again the next day.
            long quiet = e.slow ? DAY : HOUR;
            if (context.now() - e.last < quiet && context.now() - e.first < (e.slow ? 7 * DAY : DAY)) {
                state.episodes[stay++] = e;
            }
        }
        if (stay < state.episodes.length) {
            state.episodes = Arrays.copyOf(state.episodes, stay);
        }
        return context.now() - state.last < context.whole(SLOW_DAYS) * DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 18_000;
    }
}
