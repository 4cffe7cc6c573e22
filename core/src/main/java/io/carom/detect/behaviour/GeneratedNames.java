package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Lookup;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A machine looks up one domain after another that nobody registered and whose names nobody would give: a
/// program that draws the names of its controller by an algorithm.
///
/// That most such domains do not exist is what Antonakakis et al. ("From Throw-Away Traffic to Bots", USENIX
/// Security 2012) use; the evidence of one failed domain after another is summed as in Krishnan et al.
/// ("Crossing the Threshold", DSN 2013), by how many bits the name is likelier drawn than given ({@link
/// NameModel}). Names that people give pull the sum down; it does not sink below zero. Beside it stands
/// plain number, for generators that join words: so many failed domains, each new, in an hour, and more than
/// half of all new ones failed.
///
/// Key: client and machine. State: domains met ({@link #KNOWN} bits in two generations), a few examples;
/// 900 bytes for a machine that looks up little, at most 6 KB.
@AutoService(Analytic.class)
public final class GeneratedNames implements Analytic<GeneratedNames.State> {
    private static final Threshold BITS = Threshold.of("generated-names", "bits");
    private static final Threshold NAMES = Threshold.of("generated-names", "names");
    private static final Threshold MOST_BITS = Threshold.of("generated-names", "most-bits-a-name");
    private static final Threshold LEAST_BITS = Threshold.of("generated-names", "least-bits-a-name");
    private static final Threshold PRIOR = Threshold.of("generated-names", "prior-bits");
    private static final Threshold DRAWN_SHARE = Threshold.of("generated-names", "drawn-share");
    private static final Threshold MANY = Threshold.of("generated-names", "failed-an-hour");
    private static final Threshold SHARE = Threshold.of("generated-names", "failed-share");

    static final int KNOWN = 1 << 14;
    private static final int NXDOMAIN = 3;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Address src;
        private final Known known = new Known(KNOWN);
        private Records records = new Records();
        private Few examples = new Few(8);
        private double bits;
        private int drawn;
        private long first;
        private long last;
        private long lastFailed;
        private long hour;
        private int failedThisHour;
        private int newThisHour;
        private int failed;

        /// New domains that exist, met since the first of those that failed.
        private int existed;

        private int told;
        private boolean many;

        State(Address src) {
            this.src = src;
        }

        private void clear() {
            bits = 0;
            drawn = 0;
            failed = 0;
            existed = 0;
            told = 0;
            many = false;
            records = new Records();
            examples = new Few(8);
        }
    }

    @Override
    public String id() {
        return "generated-names";
    }

    @Override
    public String title() {
        return "Look-ups of domains drawn by an algorithm";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1568.002");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Lookup l)) {
            return 0;
        }
        Address src = l.src();
        return src == null
                        || l.rcode() < 0
                        || Outwards.local(l.name())
                        || context.registrable(l.name()).isEmpty()
                        || !Outwards.ours(src, l.origin().client(), context)
                ? 0
                : Keys.of(context.tenant(l), src.hash());
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(Objects.requireNonNull(((Lookup) observation).src()));
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Lookup l = (Lookup) observation;
        String domain = context.registrable(l.name());
        long hash = Keys.of(domain);
        state.last = Math.max(state.last, l.time());
        // What exists and is met again is most of all.
        if (l.rcode() != NXDOMAIN) {
            if (state.known.add(hash)) {
                hour(state, l.time());
                state.newThisHour++;
                state.existed++;
            }
            return;
        }
        // A name that is missing in a domain that exists is somebody's mistake.
        if (!state.known.add(hash)) {
            return;
        }
        hour(state, l.time());
        if (l.time() - state.lastFailed > DAY) {
            state.clear();
        }
        state.lastFailed = l.time();
        state.newThisHour++;
        state.failedThisHour++;
        String label = domain.substring(0, domain.indexOf('.'));
        double bits = Math.clamp(NameModel.own().random(label), -context.value(LEAST_BITS), context.value(MOST_BITS))
                - context.value(PRIOR);
        if (state.bits + bits <= 0 && !state.many) {
            state.clear();
            if (state.failedThisHour > context.value(MANY) / 2) {
                state.failed = state.failedThisHour;
            } else {
                return;
            }
        }
        if (state.failed == 0) {
            state.first = l.time();
        }
        state.bits = Math.max(0, state.bits + bits);
        state.drawn += bits > 0 ? 1 : 0;
        state.failed++;
        state.records.add(l.origin());
        state.examples.add(domain);
        boolean drawn = drawn(state, context);
        state.many |= state.failedThisHour >= context.value(MANY)
                && state.failedThisHour >= context.value(SHARE) * state.newThisHour;
        if ((drawn || state.many) && state.failed >= 2L * state.told) {
            tell(state, drawn, context);
        }
    }

    /// A crawler meets dead domains with odd names too, among far more that live.
    private static boolean drawn(State state, Context context) {
        return state.bits >= context.value(BITS)
                && state.drawn >= context.value(NAMES)
                && state.failed >= context.value(DRAWN_SHARE) * (state.failed + state.existed);
    }

    private static void hour(State state, long time) {
        long hour = Math.floorDiv(time, HOUR);
        if (hour != state.hour) {
            state.hour = hour;
            state.failedThisHour = 0;
            state.newThisHour = 0;
        }
    }

    private void tell(State state, boolean drawn, Context context) {
        state.told = state.failed;
        double bar = context.value(BITS);
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.address("src_endpoint.ip", state.src));
        for (int i = 0; i < Math.min(5, state.examples.size()); i++) {
            observables.add(Words.hostname("query.hostname", state.examples.get(i)));
        }
        context.found(new Draft(
                this,
                state.src.text(),
                drawn
                        ? "Domains drawn by an algorithm: " + state.src + " looked up " + state.failed
                                + " that nobody registered"
                        : "Many domains that do not exist: " + state.src + " looked up " + state.failed,
                String.format(
                                Locale.ROOT,
                                "%d domains, each for the first time, do not exist, beside %d that do; %d of them are"
                                        + " likelier drawn at random than given by people. ",
                                state.failed,
                                state.existed,
                                state.drawn)
                        + (drawn
                                ? String.format(
                                        Locale.ROOT,
                                        "Together that is %.0f bits of evidence; %.0f are told. ",
                                        state.bits,
                                        bar)
                                : state.failedThisHour + " of " + state.newThisHour
                                        + " new domains of this hour failed, which people and programs do not do;"
                                        + " generators that join words look like this. ")
                        + "Such as: " + state.examples.words(8)
                        + ". Harmless if it is a mail server that checks senders, or a crawler.",
                drawn ? 3 : 2,
                drawn ? Math.min(0.95, 0.6 + 0.35 * (1 - bar / state.bits)) : 0.5,
                state.first,
                state.lastFailed,
                state.src,
                null,
                "",
                "",
                observables,
                List.of("T1568.002"),
                state.records.all()));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(2);
    }

    @Override
    public boolean review(State state, Context context) {
        if (state.told > 0 && state.failed > state.told) {
            tell(state, drawn(state, context), context);
        }
        return context.now() - state.last < 7 * DAY;
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 6_500;
    }
}
