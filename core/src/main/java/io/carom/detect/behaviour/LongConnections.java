package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Rest;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A connection to the outside that stays open for hours: a channel that needs no beacon.
///
/// RITA (Active Countermeasures) made the measure common. Flow exporters cut a long connection into pieces of
/// a minute to half an hour; pieces with the same addresses and ports that follow each other are one here.
///
/// Key: client, both addresses and ports. State: 250 bytes.
@AutoService(Analytic.class)
public final class LongConnections implements Analytic<LongConnections.State> {
    private static final Threshold PIECE = Threshold.of("long-connection", "piece-seconds");
    private static final Threshold GAP = Threshold.of("long-connection", "gap-seconds");
    private static final Threshold HOURS = Threshold.of("long-connection", "hours");
    private static final Threshold CLEAR = Threshold.of("long-connection", "clear-hours");

    private static final double HOUR = 3_600_000;

    /// What is known of a connection.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Address src;
        private final Address dst;
        private final int port;
        private Records records = new Records();
        private String service = "";
        private long first;
        private long end;
        private long out;
        private long in;
        private int pieces;
        private float sure = 1;
        private long told;

        State(Contact c) {
            this.client = c.origin().client();
            this.src = c.src();
            this.dst = c.dst();
            this.port = Approach.port(c);
            this.first = c.time();
            this.end = c.time();
        }
    }

    @Override
    public String id() {
        return "long-connection";
    }

    @Override
    public String title() {
        return "Connection open for hours";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1071", "T1572");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Contact c)
                || !c.addsUp()
                || c.duration() < context.whole(PIECE) * 1000
                || c.outcome().failed()
                || c.dstPort() <= 0
                || !Outwards.is(c.src(), c.dst(), c, context)) {
            return 0;
        }
        return Keys.of(Keys.of(context.tenant(c), c.src().hash(), c.dst().hash()), c.dstPort() * 65_537L + c.srcPort());
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State((Contact) observation);
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        if (c.time() - state.end > context.whole(GAP) * 1000 || c.srcPort() <= 0 && state.pieces > 0) {
            state.first = c.time();
            state.end = c.time();
            state.out = 0;
            state.in = 0;
            state.pieces = 0;
            state.told = 0;
            state.records = new Records();
        }
        state.end = Math.max(state.end, c.time() + c.duration());
        state.out += Math.max(0, c.newOut());
        state.in += Math.max(0, c.newIn());
        state.pieces += c.rest() == Rest.MORE && state.pieces > 0 ? 0 : 1;
        state.sure = Math.min(state.sure, c.sure());
        state.service = c.service().isEmpty() ? state.service : c.service();
        state.records.add(c.origin());
        long lasted = state.end - state.first;
        if (lasted >= context.value(HOURS) * HOUR && lasted >= 2 * state.told) {
            tell(state, context);
        }
    }

    private void tell(State state, Context context) {
        long lasted = state.end - state.first;
        state.told = lasted;
        List<String> notes = new ArrayList<>();
        double weight = Ordinary.weight(state.dst.text(), state.client, context, notes);
        if (pushes(state.port)) {
            weight *= 0.5;
            notes.add("lowered by 50 % because services for notifications and mail hold connections at this port");
        }
        double hours = lasted / HOUR;
        double score = Math.min(1, 0.4 + 0.6 * hours / (2 * context.value(CLEAR))) * weight;
        boolean clear = hours >= context.value(CLEAR) && score >= 0.7;
        String where = state.dst.text() + " " + Approach.portName(state.port);
        context.found(new Draft(
                this,
                state.src + "|" + state.dst + "|" + state.port,
                state.src + " held a connection to " + where + " for " + Words.seconds(lasted / 1000.0),
                "Open for " + Words.seconds(lasted / 1000.0)
                        + (state.pieces > 1 ? ", told in " + state.pieces + " pieces" : "") + "; "
                        + Words.bytes(state.out) + " went out and " + Words.bytes(state.in) + " came in"
                        + (state.service.isEmpty() ? "" : " (" + state.service + ")") + ". RITA tells connections of "
                        + Words.decimals(context.value(HOURS)) + " h or more; people's visits last minutes. "
                        + (state.sure < 0.7 ? "The records do not say for sure who began. " : "")
                        + Ordinary.sentences(notes)
                        + "Harmless if a VPN, remote work or a service that notifies runs over it.",
                clear ? 2 : 1,
                Math.min(0.9, score) * Math.min(1, state.sure + 0.1),
                state.first,
                state.end,
                state.src,
                state.dst,
                "",
                "",
                Scans.observables(state.src, state.dst),
                List.of("T1071", "T1572"),
                state.records.all()));
    }

    /// Apple's and Google's notifications, IMAP, XMPP, MQTT.
    private static boolean pushes(int port) {
        return switch (port) {
            case 5223, 5228, 5229, 5230, 993, 143, 5222, 8883 -> true;
            default -> false;
        };
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public boolean review(State state, Context context) {
        if (state.told > 0 && state.end - state.first > state.told) {
            tell(state, context);
        }
        return context.now() - state.end <= context.whole(GAP) * 1000;
    }

    @Override
    public int capacity() {
        return 500_000;
    }

    @Override
    public int bytesPerKey() {
        return 450;
    }
}
