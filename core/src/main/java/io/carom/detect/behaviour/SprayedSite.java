package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Many accounts of a client are tried from many sources, few tries a source: spraying seen from its targets.
///
/// Rented addresses make each source look like somebody who mistyped; together they fail at far more accounts
/// than on the client's other days, from sources where nobody was ever let in (Microsoft's report on Peach
/// Sandstorm, 2023; CISA AA24-057A on residential proxies).
///
/// Key: client. State: {@link Trail} of the latest {@link #TRAIL} failures from strangers, the sources where
/// somebody was let in ({@link #SOURCES}) and the days' usual; 500 KB.
@AutoService(Analytic.class)
public final class SprayedSite implements Analytic<SprayedSite.State> {
    private static final Threshold ACCOUNTS = Threshold.of("sprayed-site", "accounts");
    private static final Threshold PLACES = Threshold.of("sprayed-site", "sources");
    private static final Threshold FACTOR = Threshold.of("sprayed-site", "usual-factor");
    private static final Threshold WINDOW = Threshold.of("sprayed-site", "window-hours");

    static final int TRAIL = 4096;
    static final int SOURCES = 4096;

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Trail failures = new Trail(TRAIL);
        private final Habits home = new Habits(SOURCES, 30);
        private long since;
        private int inWindow;
        private double usual;
        private boolean learned;
        private int told;
        private long last;

        State(String client) {
            this.client = client;
        }
    }

    @Override
    public String id() {
        return "sprayed-site";
    }

    @Override
    public String title() {
        return "Password spraying from many sources";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1110.003");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof SignIn s)
                || !SignIns.somebody(s.account())
                || SignIns.from(s) == 0
                || s.means() == Means.SERVICE
                || s.means() == Means.TICKET) {
            return 0;
        }
        boolean tells = s.outcome() == Outcome.SUCCESS || s.outcome().failed();
        return tells ? Keys.of(context.tenant(s), 0x5B2A_11L) : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        long network = SignIns.network(s);
        if (s.outcome() == Outcome.SUCCESS) {
            state.home.add(network, SignIns.day(s.time()));
            return;
        }
        if (state.home.has(network)) {
            return;
        }
        long window = context.whole(WINDOW) * SignIns.HOUR;
        if (s.time() - state.since >= window) {
            if (state.since != 0) {
                state.usual = state.learned ? 0.8 * state.usual + 0.2 * state.inWindow : state.inWindow;
                state.learned = true;
            }
            state.since = s.time();
            state.inWindow = 0;
            state.told = 0;
        }
        state.last = s.time();
        state.failures.add((int) (Keys.of(s.account()) >>> 32), (int) (network >>> 32), 0, s.time(), s.origin());
        int accounts = state.failures.distinctHosts(state.since, (h, p, b) -> true);
        state.inWindow = accounts;
        if (accounts >= Math.max(context.value(ACCOUNTS), context.value(FACTOR) * state.usual)
                && accounts >= state.told * 3 / 2 + 1) {
            int sources = state.failures.distinctPorts(state.since, (h, p, b) -> true);
            int failures = state.failures.count(state.since, (h, p, b) -> true);
            // From few sources it is each source's spraying.
            if (sources >= context.value(PLACES) && failures <= accounts * 4) {
                tell(state, accounts, sources, failures, context);
            }
        }
    }

    private void tell(State state, int accounts, int sources, int failures, Context context) {
        state.told = accounts;
        List<Origin> evidence = new ArrayList<>();
        state.failures.oldest(state.since, (h, p, b) -> true, state.client, 5, evidence);
        state.failures.latest(state.since, (h, p, b) -> true, state.client, 5, evidence);
        context.found(new Draft(
                this,
                "site",
                "Password spraying from " + sources + " sources: " + accounts + " accounts tried",
                failures + " sign-ins failed within "
                        + Words.seconds(Math.max(1, (state.last - state.since) / 1000.0)) + " at " + accounts
                        + " accounts from " + sources + " networks from which nobody was ever let in, "
                        + Words.decimals((double) failures / accounts) + " tries each; usual are "
                        + Words.decimals(state.usual) + " accounts in that time. Harmless if accounts were moved and"
                        + " all devices try old passwords.",
                accounts >= 2 * context.value(ACCOUNTS) ? 3 : 2,
                Math.min(0.9, 0.5 + 0.01 * accounts),
                state.since,
                state.last,
                null,
                null,
                "",
                "",
                List.of(),
                List.of("T1110.003"),
                evidence));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(24);
    }

    @Override
    public int capacity() {
        return 2000;
    }

    @Override
    public int bytesPerKey() {
        return 500_000;
    }
}
