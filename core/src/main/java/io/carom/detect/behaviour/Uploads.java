package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.Rest;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A machine sends far more to one destination outside than it ever sends anywhere in a day: data is carried
/// out.
///
/// Each machine is measured by its own past: the modified z-score (Iglewicz and Hoaglin 1993: distance from
/// the median in median absolute deviations, which a few odd days do not move) of what it sent to one
/// destination today, against the most it sent to any one destination on each of its last {@link #DAYS} days;
/// uploads against a host's own history are what Marchetti et al. ("Analysis of high volumes of network
/// traffic for Advanced Persistent Threat detection", Computer Networks 2016) rank by. What goes out must
/// outweigh what comes in (Bullard's producer/consumer ratio). Before there is a past a far higher bar holds.
///
/// Key: client and machine. State: today's {@link #TOP} largest destinations (those that sent least make way,
/// Metwally et al. 2005), the largest of each of {@link #DAYS} days; 2.5 KB at most.
@AutoService(Analytic.class)
public final class Uploads implements Analytic<Uploads.State> {
    private static final Threshold LEAST = Threshold.of("upload", "least-megabytes");
    private static final Threshold UNLEARNED = Threshold.of("upload", "unlearned-megabytes");
    private static final Threshold LEARNED = Threshold.of("upload", "learned-days");
    private static final Threshold Z = Threshold.of("upload", "z-score");
    private static final Threshold RATIO = Threshold.of("upload", "out-share");

    static final int TOP = 12;
    static final int DAYS = 21;

    private static final long DAY = 86_400_000;
    private static final double MEGA = 1_000_000;

    /// What went to one destination today.
    static final class Sent implements Serializable {
        private static final long serialVersionUID = 1;

        final String name;
        final @Nullable Address address;
        final long first;
        final Records records = new Records();
        Origin largest;
        long most = -1;
        long last;
        long out;
        long in;
        int contacts;
        long told;

        Sent(String name, @Nullable Address address, long first, Origin origin) {
            this.name = name;
            this.address = address;
            this.first = first;
            this.largest = origin;
        }
    }

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Address src;
        private Sent[] today = {};

        /// Bytes that made way, at most so many went to any destination that is not held.
        private long forgotten;

        private final float[] past = new float[DAYS];
        private int days;
        private long day = Long.MIN_VALUE;
        private long last;

        State(String client, Address src) {
            this.client = client;
            this.src = src;
        }
    }

    @Override
    public String id() {
        return "upload";
    }

    @Override
    public String title() {
        return "Far more sent out than ever";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1041", "T1048");
    }

    @Override
    public long key(Observation observation, Context context) {
        return switch (observation) {
            case Contact c ->
                !c.addsUp() || out(c) <= 0 || c.sure() < 0.5 || !Outwards.is(c.src(), c.dst(), c, context)
                        ? 0
                        : Keys.of(context.tenant(c), c.src().hash());
            // Through a proxy the contact goes to the proxy; its log tells where to.
            case Request r ->
                !r.proxied()
                                || r.host().isEmpty()
                                || r.bytesOut() <= 0 && r.carried().bytesOut() <= 0
                                || !Outwards.ours(r.src(), r.origin().client(), context)
                        ? 0
                        : Keys.of(context.tenant(r), r.src().hash());
            default -> 0;
        };
    }

    private static long out(Contact c) {
        long all = c.bytesOut() >= 0 ? c.bytesOut() : c.wireOut();
        return c.rest() == Rest.MORE ? Math.min(all, c.moreOut()) : all;
    }

    @Override
    public State begin(Observation observation, Context context) {
        Address src = observation instanceof Contact c ? c.src() : ((Request) observation).src();
        return new State(observation.origin().client(), src);
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        roll(state, observation.time(), context);
        state.last = Math.max(state.last, observation.time());
        Sent sent;
        long out;
        if (observation instanceof Contact c) {
            sent = sent(state, c.dst().text(), c.dst(), c);
            out = out(c);
            long in = c.bytesIn() >= 0 ? c.bytesIn() : c.wireIn();
            sent.in += Math.max(0, c.rest() == Rest.MORE ? Math.min(in, c.moreIn()) : in);
            sent.contacts += c.rest() == Rest.MORE && sent.contacts > 0 ? 0 : 1;
        } else {
            Request r = (Request) observation;
            sent = sent(state, r.host(), null, r);
            out = Math.max(r.bytesOut(), r.carried().bytesOut());
            sent.in += Math.max(0, Math.max(r.bytesIn(), r.carried().bytesIn()));
            sent.contacts++;
        }
        sent.out += out;
        sent.last = observation.time();
        sent.records.add(observation.origin());
        if (out > sent.most) {
            sent.most = out;
            sent.largest = observation.origin();
        }
        if (sent.out >= context.value(LEAST) * MEGA && sent.out >= 2 * sent.told) {
            look(state, sent, context);
        }
    }

    private static Sent sent(State state, String name, @Nullable Address address, Observation o) {
        int least = -1;
        for (int i = 0; i < state.today.length; i++) {
            if (state.today[i].name.equals(name)) {
                return state.today[i];
            }
            least = least < 0 || state.today[i].out < state.today[least].out ? i : least;
        }
        Sent sent = new Sent(name, address, o.time(), o.origin());
        if (state.today.length < TOP) {
            state.today = Arrays.copyOf(state.today, state.today.length + 1);
            state.today[state.today.length - 1] = sent;
        } else {
            state.forgotten = Math.max(state.forgotten, state.today[least].out);
            state.today[least] = sent;
        }
        return sent;
    }

    /// Days begin at midnight UTC: the same bytes fall on the same day whatever order they came in.
    private void roll(State state, long time, Context context) {
        long day = Math.floorDiv(time, DAY);
        if (day <= state.day) {
            return;
        }
        if (state.day != Long.MIN_VALUE) {
            end(state, context);
            long most = state.forgotten;
            for (Sent sent : state.today) {
                most = Math.max(most, sent.out);
            }
            state.past[state.days++ % DAYS] = most;
        }
        state.day = day;
        state.today = new Sent[0];
        state.forgotten = 0;
    }

    private void end(State state, Context context) {
        for (Sent sent : state.today) {
            if (sent.told > 0 && sent.out > sent.told) {
                look(state, sent, context);
            }
        }
    }

    private void look(State state, Sent sent, Context context) {
        if (sent.out < context.value(RATIO) * (sent.out + sent.in)) {
            return;
        }
        int n = Math.min(state.days, DAYS);
        boolean learned = n >= context.value(LEARNED);
        double[] past = new double[n];
        for (int i = 0; i < n; i++) {
            past[i] = state.past[i];
        }
        Arrays.sort(past);
        double median = n == 0 ? 0 : Regularity.median(past, 0, n);
        double[] apart = new double[n];
        for (int i = 0; i < n; i++) {
            apart[i] = Math.abs(past[i] - median);
        }
        Arrays.sort(apart);
        // A machine that sends the same every day has no deviation; a tenth of its usual, or a megabyte, is none.
        double deviation = Math.max(n == 0 ? 0 : Regularity.median(apart, 0, n), Math.max(MEGA, median / 10));
        double z = 0.6745 * (sent.out - median) / deviation;
        double most = n == 0 ? 0 : past[n - 1];
        // Even one day before tells a nightly backup from what never was.
        if (sent.out < 1.5 * most || (learned ? z < context.value(Z) : sent.out < context.value(UNLEARNED) * MEGA)) {
            return;
        }
        sent.told = sent.out;
        List<String> notes = new ArrayList<>();
        double weight = Ordinary.weight(sent.name, state.client, context, notes);
        double bar = context.value(learned ? LEAST : UNLEARNED) * MEGA;
        double confidence = (learned ? 0.9 : 0.7) * (0.5 + 0.5 * (1 - bar / (sent.out + bar))) * weight;
        boolean clear = learned && weight >= 0.8 && sent.out >= 4 * bar;
        List<Origin> evidence = new ArrayList<>(List.of(sent.largest));
        sent.records.all().stream().filter(o -> !evidence.contains(o)).forEach(evidence::add);
        context.found(new Draft(
                this,
                state.src + "|" + sent.name,
                state.src + " sent " + Words.bytes(sent.out) + " to " + sent.name
                        + (learned ? ", far more than it ever sends" : ""),
                Words.exactly(sent.out) + " bytes went out and " + Words.exactly(sent.in) + " came in, in "
                        + Words.count(sent.contacts, "contact", "contacts") + " within "
                        + Words.seconds((sent.last - sent.first) / 1000.0) + ". "
                        + (learned
                                ? String.format(
                                        Locale.ROOT,
                                        "On a usual day of %d the most it sends to one destination is %s (%s at most);"
                                                + " this is %.0f robust deviations above. ",
                                        n,
                                        Words.bytes((long) median),
                                        Words.bytes((long) most),
                                        z)
                                : "There are not yet enough days of logs to say what is usual for it; above "
                                        + Words.bytes((long) bar) + " it is told all the same. ")
                        + Ordinary.sentences(notes)
                        + "Harmless if a backup, a release or a large file somebody shares goes there.",
                clear || learned && weight >= 0.6 ? 3 : n == 0 ? 1 : 2,
                Math.min(0.95, confidence),
                sent.first,
                sent.last,
                state.src,
                sent.address,
                "",
                "",
                sent.address == null
                        ? List.of(
                                Words.address("src_endpoint.ip", state.src),
                                Words.hostname("dst_endpoint.hostname", sent.name))
                        : Scans.observables(state.src, sent.address),
                List.of("T1041", "T1048"),
                evidence));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean review(State state, Context context) {
        end(state, context);
        return context.now() - state.last < DAYS * DAY;
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 200 + TOP * 420;
    }
}
