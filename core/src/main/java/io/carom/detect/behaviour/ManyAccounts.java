package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// From one machine many accounts sign in to others, more than ever did from there: somebody works with a
/// collection of stolen passwords.
///
/// In the sign-ins of Los Alamos' exercise (Kent, "Comprehensive, Multi-Source Cyber-Security Events", 2015)
/// the intruders used over a hundred accounts from four machines, while a workstation has one user or a few.
/// Jump hosts, terminal servers and gateways have many, every day, and are learned.
///
/// Key: source machine. State: the accounts it knows, the latest {@link #TRAIL} sign-ins; 40 KB at most.
@AutoService(Analytic.class)
public final class ManyAccounts implements Analytic<ManyAccounts.State> {
    private static final Threshold ACCOUNTS = Threshold.of("many-accounts", "accounts");
    private static final Threshold FACTOR = Threshold.of("many-accounts", "usual-factor");
    private static final Threshold UNLEARNED = Threshold.of("many-accounts", "unlearned-accounts");
    private static final Threshold LEARNING = Threshold.of("many-accounts", "learning-days");
    private static final Threshold WINDOW = Threshold.of("many-accounts", "window-hours");

    static final int TRAIL = 512;
    static final int KNOWN = 256;

    /// What is known of a source.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Trail trail = new Trail(TRAIL);
        private final Habits accounts = new Habits(KNOWN, 45);
        private long day = Long.MIN_VALUE;
        private int days;
        /// How many were used today, {@link #KNOWN} at most.
        private int usedToday;
        private int most;
        private int told;
        private long last;

        State(String client) {
            this.client = client;
        }
    }

    @Override
    public String id() {
        return "many-accounts";
    }

    @Override
    public String title() {
        return "Many accounts used from one machine";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1021", "T1078");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof SignIn s)
                || s.outcome() != Outcome.SUCCESS
                || !SignIns.somebody(s.account())
                || !SignIns.remote(s)
                || s.means() == Means.CLOUD
                || s.means() == Means.VPN) {
            return 0;
        }
        // A controller is asked for everybody's tickets; the machine itself is no other machine.
        return SignIns.from(s) == SignIns.at(s) ? 0 : Keys.of(context.tenant(s), SignIns.from(s));
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        long day = SignIns.day(s.time(), state.day);
        if (day != state.day) {
            state.most = Math.max(state.most, state.usedToday);
            state.days += state.day == Long.MIN_VALUE ? 0 : 1;
            state.usedToday = 0;
            state.day = day;
            state.told = 0;
        }
        state.last = s.time();
        long account = Keys.of(s.account());
        if (state.usedToday < KNOWN && !state.accounts.since(account, day)) {
            state.usedToday++;
        }
        boolean fresh = state.accounts.add(account, day);
        state.trail.add((int) (account >>> 32), (int) (SignIns.at(s) >>> 32), fresh ? 1 : 0, s.time(), s.origin());
        boolean early = s.time() - context.begin(state.client) < SignIns.DAY;
        if (!fresh || early) {
            return;
        }
        long since = s.time() - context.whole(WINDOW) * SignIns.HOUR;
        boolean learned = state.days >= context.value(LEARNING);
        int freshly = state.trail.distinctHosts(since, (h, p, b) -> b == 1);
        double bar = learned
                ? Math.max(context.value(ACCOUNTS), context.value(FACTOR) * state.most)
                : context.value(UNLEARNED);
        if (freshly < bar || freshly < state.told * 3 / 2 + 1) {
            return;
        }
        state.told = freshly;
        int hosts = state.trail.distinctPorts(since, (h, p, b) -> b == 1);
        List<Origin> evidence = new ArrayList<>();
        state.trail.oldest(since, (h, p, b) -> b == 1, state.client, 5, evidence);
        state.trail.latest(since, (h, p, b) -> b == 1, state.client, 5, evidence);
        Address src = s.src();
        String from = SignIns.fromText(s);
        context.found(new Draft(
                this,
                from,
                freshly + " accounts signed in from " + from + " that never did before, to " + hosts + " machines",
                String.format(
                        Locale.ROOT,
                        "Within %d h; on %d days before %d accounts a day came from there at most. The last was %s at %s."
                                + " %sHarmless if the machine became a jump host or gateway.",
                        context.whole(WINDOW),
                        state.days,
                        state.most,
                        s.account(),
                        SignIns.atText(s),
                        learned ? "" : "Its habits are not known yet. "),
                hosts > 1 && learned ? 3 : 2,
                Math.min(0.9, 0.4 + 0.05 * freshly) * (learned ? 1 : 0.7),
                state.trail.first(since, (h, p, b) -> b == 1),
                s.time(),
                src,
                null,
                src == null ? s.srcHost() : "",
                "",
                src == null ? List.of() : List.of(Words.address("src_endpoint.ip", src)),
                List.of("T1078", "T1021"),
                evidence));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 45 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 40_000;
    }
}
