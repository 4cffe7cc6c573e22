package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Origin;
import io.carom.party.Link;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Somebody who comes over a supplier's link tries machines or ports that nobody on that link ever touched.
///
/// Who works over a link knows where to go; who looks around has come with a stolen key. That the first
/// sign of such intrusions is reconnaissance from partners' systems is what the reports on Cloud Hopper
/// tell (PwC and BAE Systems 2017; the NCSC's advice of 2018). So few new targets suffice here that
/// failed, were opened without a word, or are not what the link was declared for; more are needed where
/// all were answered and spoken to, and those only when the link has a past to be compared with.
///
/// Key: link. State: which hosts and ports the link knows ({@link #KNOWN} bits in two generations: the
/// latest 52,000 at least), the latest {@link #TRAIL} first contacts with who made them, up to {@link
/// #EPISODES} episodes; 300 KB at most, 2 KB for a link with few targets.
@AutoService(Analytic.class)
public final class LinkScans implements Analytic<LinkScans.State> {
    private static final Threshold WINDOW = Threshold.of("link-scan", "window-minutes");
    private static final Threshold TRIED_HOSTS = Threshold.of("link-scan", "tried-hosts");
    private static final Threshold TRIED_PORTS = Threshold.of("link-scan", "tried-ports");
    private static final Threshold NEW_HOSTS = Threshold.of("link-scan", "new-hosts");
    private static final Threshold NEW_FACTOR = Threshold.of("link-scan", "new-factor");
    private static final Threshold LEARNING = Threshold.of("link-scan", "learning-hours");
    private static final Threshold UNLEARNED = Threshold.of("link-scan", "unlearned-factor");
    private static final Threshold SLOW_HOURS = Threshold.of("link-scan", "slow-hours");
    private static final Threshold SLOW_TARGETS = Threshold.of("link-scan", "slow-targets");
    private static final Threshold SURE_TARGETS = Threshold.of("link-scan", "sure-targets");

    static final int KNOWN = 1 << 19;
    static final int TRAIL = 512;
    static final int EPISODES = 32;

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /// Lowest bit of a trail's `by`: nothing came of it, or nothing was said, or it was not declared.
    private static final int TRIED = 1;

    /// One who looks around.
    static final class Episode implements Serializable {
        private static final long serialVersionUID = 1;

        final Address src;

        /// Whether it was seen by its slow pace over the whole link.
        final boolean slow;

        final long first;
        final List<Origin> beginning;
        long last;
        int hosts;
        int tried;
        int denied;
        int undeclared;
        int told;
        float sure;

        @Nullable
        Address only;

        Episode(Address src, boolean slow, long first, List<Origin> beginning) {
            this.src = src;
            this.slow = slow;
            this.first = first;
            this.beginning = beginning;
        }
    }

    /// What is known of a link.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Known known = new Known(KNOWN);
        private final Trail trail = new Trail(TRAIL);
        private Episode[] episodes = {};
        private long last;
        private long day;
        private int today;
        private float usual;

        State(String client) {
            this.client = client;
        }
    }

    @Override
    public String id() {
        return "link-scan";
    }

    @Override
    public String title() {
        return "Reconnaissance over a supplier link";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1018", "T1046", "T1199");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Contact c) || !Approach.counts(c)) {
            return 0;
        }
        Link link = context.link(c.src(), c.origin().client());
        return link == null ? 0 : Keys.of(context.tenant(c), Keys.of(link.name()));
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        Link link = context.link(c.src(), state.client);
        if (link == null) {
            return;
        }
        state.last = Math.max(state.last, c.time());
        int port = Approach.port(c);
        if (!state.known.add(Keys.of(c.dst().hash(), port + 1L))) {
            return;
        }
        boolean newHost = state.known.add(Keys.mixed(c.dst().hash()));
        if (newHost) {
            count(state, c.time());
        }
        boolean failed = Approach.failed(c, true);
        boolean undeclared =
                port != 0 && !link.ports().isEmpty() && !link.ports().contains(port & 0xFFFF);
        boolean tried = failed || undeclared || Approach.bare(c);
        int host = (int) (c.dst().hash() >>> 32);
        int who = who(c.src());
        state.trail.add(host, port, who | (newHost ? 2 : 0) | (tried ? TRIED : 0), c.time(), c.origin());
        for (Episode e : state.episodes) {
            if (e.src.equals(c.src())) {
                e.last = c.time();
                e.sure = Math.min(e.sure, c.sure());
                e.hosts += newHost ? 1 : 0;
                e.tried += tried ? 1 : 0;
                e.denied += c.outcome() == Observation.Outcome.DENIED ? 1 : 0;
                e.undeclared += undeclared ? 1 : 0;
                if (e.only != null && !e.only.equals(c.dst())) {
                    e.only = null;
                }
                if (e.hosts + e.tried >= 2L * e.told) {
                    tell(state, e, link, context);
                }
                return;
            }
        }
        look(state, c, link, host, who, context);
    }

    /// Upper 30 bits of a fingerprint; two addresses of one link share it once in 10^9 pairs.
    private static int who(Address src) {
        return (int) (src.hash() >>> 32) & ~3;
    }

    private static void count(State state, long time) {
        long day = SignIns.day(time, state.day);
        if (day != state.day) {
            // What a link reaches on its first day in the logs says nothing of what is usual.
            state.usual = state.day == 0 ? 0 : state.usual * 0.7f + state.today * 0.3f;
            state.today = 0;
            state.day = day;
        }
        state.today++;
    }

    private void look(State state, Contact c, Link link, int host, int who, Context context) {
        long from = c.time() - context.whole(WINDOW) * 60_000;
        boolean learned = c.time() - context.begin(state.client) >= context.value(LEARNING) * HOUR;
        double factor = learned ? 1 : context.value(UNLEARNED);
        Trail.Of triedNew = (h, p, b) -> (b & ~3) == who && (b & 3) == 3;
        Trail.Of triedHere = (h, p, b) -> (b & ~3) == who && (b & TRIED) != 0 && h == host && p != 0;
        Trail.Of reached = (h, p, b) -> (b & ~3) == who && (b & 2) != 0;
        if (state.trail.distinctHosts(from, triedNew) >= context.value(TRIED_HOSTS) * factor) {
            begin(state, c, link, false, from, triedNew, context);
        } else if (state.trail.distinctPorts(from, triedHere) >= context.value(TRIED_PORTS) * factor) {
            begin(state, c, link, false, from, triedHere, context);
        } else if (learned
                && state.trail.distinctHosts(from, reached)
                        >= Math.max(context.value(NEW_HOSTS), context.value(NEW_FACTOR) * state.usual)) {
            begin(state, c, link, false, from, reached, context);
        } else if (learned) {
            long slowly = c.time() - context.whole(SLOW_HOURS) * HOUR;
            Trail.Of anybody = (h, p, b) -> (b & 3) == 3;
            if (state.trail.distinctHosts(slowly, anybody) >= context.value(SLOW_TARGETS)) {
                begin(state, c, link, true, slowly, anybody, context);
            }
        }
    }

    private void begin(State state, Contact c, Link link, boolean slow, long from, Trail.Of of, Context context) {
        for (Episode e : state.episodes) {
            if (slow && e.slow) {
                return;
            }
        }
        if (state.episodes.length >= EPISODES) {
            return;
        }
        int who = who(c.src());
        Trail.Of own = (h, p, b) -> slow ? of.is(h, p, b) : (b & ~3) == who;
        List<Origin> beginning = new ArrayList<>();
        state.trail.oldest(from, of, state.client, 5, beginning);
        Episode e = new Episode(c.src(), slow, state.trail.first(from, of), beginning);
        e.hosts = state.trail.count(from, (h, p, b) -> own.is(h, p, b) && (b & 2) != 0);
        e.tried = state.trail.count(from, (h, p, b) -> own.is(h, p, b) && (b & TRIED) != 0);
        e.denied = c.outcome() == Observation.Outcome.DENIED ? 1 : 0;
        e.undeclared = state.trail.count(
                from,
                (h, p, b) -> own.is(h, p, b)
                        && p != 0
                        && !link.ports().isEmpty()
                        && !link.ports().contains(p & 0xFFFF));
        e.only = state.trail.distinctHosts(from, own) == 1 ? c.dst() : null;
        e.last = c.time();
        e.sure = c.sure();
        state.episodes = Arrays.copyOf(state.episodes, state.episodes.length + 1);
        state.episodes[state.episodes.length - 1] = e;
        tell(state, e, link, context);
    }

    private void tell(State state, Episode e, Link link, Context context) {
        e.told = e.hosts + e.tried;
        String src = e.src.text();
        boolean ordered = context.allowedScanner(e.src, state.client);
        boolean learned = e.first - context.begin(state.client) >= context.value(LEARNING) * HOUR;
        int who = who(e.src);
        long since = Math.max(e.first, e.last - 7 * DAY);
        Trail.Of of = e.slow ? (h, p, b) -> (b & 3) == 3 : (h, p, b) -> (b & ~3) == who;
        List<Origin> evidence = new ArrayList<>(e.beginning);
        state.trail.latest(since, of, state.client, Draft.EVIDENCE - evidence.size(), evidence);
        int[] ports = state.trail.ports(since, of, 9);
        String on = ports.length == 1
                ? " on " + Approach.portName(ports[0])
                : " on " + (ports.length > 8 ? "more than 8" : ports.length) + " ports";
        String span = Scans.span(e.last - e.first);
        Address only = e.only;
        String whom = only == null
                ? e.hosts + " hosts" + on
                : (ports.length > 8 ? e.tried : ports.length) + " ports of " + only.text();
        String way = "the supplier link " + link.name() + " (" + link.supplier() + ")";
        boolean answered = e.tried * 2 < e.hosts;
        boolean sure = e.tried >= context.value(SURE_TARGETS);
        int severity = ordered ? 1 : sure && learned ? 4 : answered && !learned ? 2 : 3;
        double least = answered ? context.value(NEW_HOSTS) * 2 : context.value(TRIED_HOSTS);
        double confidence = Math.min(0.95, 0.5 + 0.45 * (1 - least / (least + e.hosts + e.tried)))
                * (learned ? 1 : 0.75)
                * Math.min(1, e.sure + 0.1);
        StringBuilder say = new StringBuilder();
        say.append(e.hosts)
                .append(" hosts were contacted within ")
                .append(span)
                .append(" that nobody on this link")
                .append(
                        learned
                                ? " had touched in " + Scans.span(e.first - context.begin(state.client)) + " of logs"
                                : " had touched since the logs began, which is less than a day before")
                .append("; ")
                .append(e.tried)
                .append(" of its new pairs of host and port failed, were opened without a word")
                .append(link.ports().isEmpty() ? "" : " or are not what the link is declared for");
        if (e.denied > 0) {
            say.append("; ").append(e.denied).append(" or more were turned away by a firewall");
        }
        if (e.undeclared > 0) {
            say.append("; ")
                    .append(e.undeclared)
                    .append(" were on ports other than ")
                    .append(link.ports());
        }
        if (learned) {
            say.append(String.format(
                    java.util.Locale.ROOT, ". On a usual day the link meets %.1f new hosts", state.usual));
        }
        say.append(". Ports: ")
                .append(Arrays.stream(ports).mapToObj(Approach::portName).collect(Collectors.joining(", ")))
                .append(ports.length > 8 ? " …" : "")
                .append('.');
        if (e.sure < 0.7) {
            say.append(" Some of the records do not say for sure who began.");
        }
        say.append(
                ordered
                        ? " Its address is declared as a scanner."
                        : " Harmless if the supplier was asked to take over or count these machines: ask it, by another way than"
                                + " this link.");
        context.found(new Draft(
                this,
                link.name() + "|" + (e.slow ? "slow" : src),
                (ordered ? "Ordered scan" : "Reconnaissance") + " over " + way + ": "
                        + (e.slow ? "its addresses, " + src + " last," : src) + (answered ? " reached " : " tried ")
                        + whom
                        + " never touched over it before, within " + span,
                say.toString(),
                severity,
                confidence,
                e.first,
                e.last,
                e.src,
                only,
                "",
                "",
                Scans.observables(e.src, only),
                List.of(only == null ? "T1018" : "T1046", "T1199"),
                evidence));
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public boolean review(State state, Context context) {
        int stay = 0;
        for (Episode e : state.episodes) {
            Link link = context.link(e.src, state.client);
            if (link != null && e.hosts + e.tried > e.told) {
                tell(state, e, link, context);
            }
            if (context.now() - e.last < (e.slow ? DAY : HOUR) && context.now() - e.first < DAY) {
                state.episodes[stay++] = e;
            }
        }
        if (stay < state.episodes.length) {
            state.episodes = Arrays.copyOf(state.episodes, stay);
        }
        // What a link knows is its past: it stays.
        return true;
    }

    @Override
    public int capacity() {
        return 10_000;
    }

    @Override
    public int bytesPerKey() {
        return 300_000;
    }
}
