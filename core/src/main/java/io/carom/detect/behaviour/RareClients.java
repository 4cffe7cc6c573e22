package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Request;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A program that only one machine has: its User-Agent, or the fingerprint of its TLS hello (JA3, Althouse et
/// al. 2017; JA4, FoxIO 2023), calls out from one machine alone to a place that no other machine calls.
///
/// Rare is not bad, and either alone is told as a hint only. What counts is client and destination rare
/// together, again and again. User-Agents are compared without their numbers, so that an update is no new
/// program.
///
/// Key: client and fingerprint. State: machines and places, few of each; 900 bytes.
@AutoService(Analytic.class)
public final class RareClients implements Analytic<RareClients.State> {
    private static final Threshold MACHINES = Threshold.of("rare-client", "machines");
    private static final Threshold CALLS = Threshold.of("rare-client", "calls");
    private static final Threshold HOURS = Threshold.of("rare-client", "hours");
    private static final Threshold LEARNING = Threshold.of("rare-client", "learning-hours");

    private static final int PLACES = 4;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /// How a program shows itself.
    enum Kind {
        USER_AGENT("User-Agent"),
        JA3("JA3"),
        JA4("JA4");

        final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /// What is known of a fingerprint.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Kind kind;
        private final String shown;
        private final long first;
        private final Few machines = new Few(2);
        private final Few places = new Few(PLACES);
        private final Records records = new Records();
        private @Nullable Address src;
        private long last;
        private int calls;
        private boolean told;

        State(String client, Kind kind, String shown, long first) {
            this.client = client;
            this.kind = kind;
            this.shown = shown;
            this.first = first;
        }
    }

    @Override
    public String id() {
        return "rare-client";
    }

    @Override
    public String title() {
        return "Program that one machine alone has";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1071.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        return switch (observation) {
            case Request r -> {
                Address dst = r.dst();
                String client = r.origin().client();
                boolean out = r.proxied() || dst == null || !context.inside(dst, client);
                yield r.userAgent().isEmpty()
                                || r.host().isEmpty()
                                || !out
                                || Outwards.local(r.host()) && !r.proxied()
                                || !context.inside(r.src(), client)
                        ? 0
                        : Keys.of(context.tenant(r), family(r.userAgent()), 1);
            }
            case Hello h -> {
                String print = print(h);
                yield print.isEmpty()
                                || !context.inside(h.src(), h.origin().client())
                                || !Outwards.is(h.src(), h.dst(), h, context)
                        ? 0
                        : Keys.of(context.tenant(h), Keys.of(print), 2);
            }
            default -> 0;
        };
    }

    private static String print(Hello h) {
        return h.ja4().isEmpty() ? h.ja3() : h.ja4();
    }

    /// Its hash without digits and what separates them.
    private static long family(String agent) {
        long h = 17;
        for (int i = 0; i < agent.length(); i++) {
            char c = agent.charAt(i);
            if (c >= '0' && c <= '9' || c == '.' || c == '_') {
                continue;
            }
            h = (h ^ c) * 0x100000001B3L;
        }
        return Keys.mixed(h);
    }

    @Override
    public State begin(Observation observation, Context context) {
        String client = observation.origin().client();
        if (observation instanceof Request r) {
            return new State(client, Kind.USER_AGENT, r.userAgent(), r.time());
        }
        Hello h = (Hello) observation;
        return new State(client, h.ja4().isEmpty() ? Kind.JA3 : Kind.JA4, print(h), h.time());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        state.last = Math.max(state.last, observation.time());
        if (state.machines.size() > 1) {
            return;
        }
        Address src;
        String place;
        if (observation instanceof Request r) {
            src = r.src();
            place = r.host();
        } else {
            Hello h = (Hello) observation;
            src = h.src();
            place = h.serverName().isEmpty() ? h.dst().text() : h.serverName();
        }
        state.machines.add(src.text());
        state.src = src;
        state.places.add(place);
        state.calls++;
        state.records.add(observation.origin());
    }

    @Override
    public Duration every() {
        return Duration.ofHours(6);
    }

    @Override
    public boolean review(State state, Context context) {
        look(state, context);
        return context.now() - state.last < 30 * DAY;
    }

    private void look(State state, Context context) {
        int all = context.machines(state.client);
        Address src = state.src;
        if (state.told
                || src == null
                || state.machines.size() != 1
                || state.places.more()
                || all < context.whole(MACHINES)
                || state.calls < context.whole(CALLS)
                || state.last - state.first < context.value(HOURS) * HOUR
                || state.first - context.begin(state.client) < context.value(LEARNING) * HOUR) {
            return;
        }
        for (int i = 0; i < state.places.size(); i++) {
            if (context.machinesAt(state.places.get(i), state.client) > 1
                    || context.warninglist(state.places.get(i)) != null) {
                return;
            }
        }
        state.told = true;
        String shown = state.shown.length() > 120 ? state.shown.substring(0, 120) + "…" : state.shown;
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.address("src_endpoint.ip", src));
        for (int i = 0; i < state.places.size(); i++) {
            String place = state.places.get(i);
            Address address = Address.of(place);
            observables.add(
                    address == null
                            ? Words.hostname("dst_endpoint.hostname", place)
                            : Words.address("dst_endpoint.ip", address));
        }
        context.found(new Draft(
                this,
                state.kind + "|" + shown,
                src + " alone of " + all + " machines has a program with the " + state.kind.words + " " + shown
                        + ", which calls " + state.places.words(1) + " alone",
                "This " + state.kind.words + " was never seen before "
                        + Words.seconds((state.first - context.begin(state.client)) / 1000.0)
                        + " of logs and since then from one machine alone, " + state.calls + " times in "
                        + Words.seconds((state.last - state.first) / 1000.0) + ", and no other of " + all
                        + " machines calls where it calls: " + state.places.words(PLACES)
                        + ". Programs that are installed by purpose are on many machines, or call where others call too."
                        + " Harmless if somebody tries a tool of his own.",
                2,
                0.5,
                state.first,
                state.last,
                src,
                null,
                "",
                "",
                observables,
                List.of("T1071.001"),
                state.records.all()));
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 1_000;
    }
}
