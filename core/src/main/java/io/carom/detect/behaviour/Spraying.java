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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One source tries the accounts of many, each with few passwords, so that none is locked.
///
/// Counted are accounts that failed from this source and were never let in from it: behind an office's one
/// address people mistype too, but they are let in on other days. Fast ones within a minute and an hour, and
/// low and slow ones over days (MITRE ATT&CK T1110.003; Microsoft's "Protecting your organization against
/// password spray attacks", 2020). An account that is let in right behind its failures is told as taken.
///
/// Key: source. State: {@link Trail} of the latest {@link #TRAIL} failures, and the accounts that are at home
/// there ({@link #HOME}); 120 KB at most, 1 KB for a source with few users.
@AutoService(Analytic.class)
public final class Spraying implements Analytic<Spraying.State> {
    private static final Threshold BURST = Threshold.of("password-spray", "burst-accounts");
    private static final Threshold HOURLY = Threshold.of("password-spray", "hour-accounts");
    private static final Threshold SLOW = Threshold.of("password-spray", "slow-accounts");
    private static final Threshold DAYS = Threshold.of("password-spray", "slow-days");
    private static final Threshold TRIES = Threshold.of("password-spray", "tries");
    private static final Threshold SHARE = Threshold.of("password-spray", "strangers-share");

    static final int TRAIL = 1024;
    static final int HOME = 512;

    /// What is known of a source.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final String from;
        private final @Nullable Address src;
        private final Trail failures = new Trail(TRAIL);
        private final Habits home = new Habits(HOME, 30);
        private final List<String> taken = new ArrayList<>();
        private final List<Origin> taking = new ArrayList<>();
        private int told;
        private long last;
        /// When a stranger failed last; 0 in states that were kept before it was held.
        private long failed;

        State(SignIn s) {
            this.client = s.origin().client();
            this.from = SignIns.fromText(s);
            this.src = s.src();
        }
    }

    @Override
    public String id() {
        return "password-spray";
    }

    @Override
    public String title() {
        return "Password spraying";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1078", "T1110.003");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof SignIn s) || !SignIns.somebody(s.account())) {
            return 0;
        }
        // Explicit credentials are tried on the machine itself; who tries stands in its name alone.
        long from = SignIns.from(s);
        boolean tells = s.outcome() == Outcome.SUCCESS || s.outcome().failed();
        return from == 0 || !tells || s.means() == Means.SERVICE ? 0 : Keys.of(context.tenant(s), from);
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State((SignIn) observation);
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        int account = (int) (Keys.of(s.account()) >>> 32);
        state.last = s.time();
        if (s.outcome() == Outcome.SUCCESS) {
            letIn(state, s, account, context);
            return;
        }
        if (state.home.has(account)) {
            return;
        }
        state.failed = s.time();
        state.failures.add(account, (int) (SignIns.at(s) >>> 32), 0, s.time(), s.origin());
        int tried = tried(state, s.time(), context);
        if (tried > 0 && tried >= state.told * 3 / 2 + 1) {
            tell(state, tried, context);
        }
    }

    private void letIn(State state, SignIn s, int account, Context context) {
        // A ticket for a service is had with a ticket, not with a password.
        if (s.means() == Means.TICKET) {
            return;
        }
        long since = s.time() - SignIns.HOUR;
        boolean failed = state.failures.count(since, (h, p, b) -> h == account) > 0;
        boolean stranger = !state.home.has(account);
        state.home.add(account, SignIns.day(s.time()));
        if (state.told > 0 && stranger && s.time() - lately(state) < SignIns.DAY && state.taken.size() < 8) {
            // Whoever is let in first while others' passwords are tried from there is not one of them.
            boolean during = failed || state.failures.distinctHosts(since, (h, p, b) -> true) >= context.value(BURST);
            if (during) {
                state.taken.add(s.account());
                state.taking.add(s.origin());
                tell(state, Math.max(state.told, tried(state, s.time(), context)), context);
            }
        }
    }

    /// People who are at home behind the same address are let in every day.
    private static long lately(State state) {
        return state.failed == 0 ? state.last : state.failed;
    }

    /// How many accounts were tried, if that is spraying; else 0.
    private int tried(State state, long now, Context context) {
        Trail.Of strangers = (h, p, b) -> !state.home.has(h);
        int burst = state.failures.distinctHosts(now - SignIns.MINUTE, strangers);
        int hour = state.failures.distinctHosts(now - SignIns.HOUR, strangers);
        int slow = state.failures.distinctHosts(now - context.whole(DAYS) * SignIns.DAY, strangers);
        boolean many = burst >= context.value(BURST) || hour >= context.value(HOURLY) || slow >= context.value(SLOW);
        if (!many || slow < context.value(SHARE) * (slow + state.home.size())) {
            return 0;
        }
        int failures = state.failures.count(now - context.whole(DAYS) * SignIns.DAY, strangers);
        return failures > context.value(TRIES) * slow ? 0 : slow;
    }

    private void tell(State state, int tried, Context context) {
        state.told = tried;
        long from = state.last - context.whole(DAYS) * SignIns.DAY;
        Trail.Of strangers = (h, p, b) -> !state.home.has(h);
        long first = state.failures.first(from, (h, p, b) -> true);
        List<Origin> evidence = new ArrayList<>(state.taking);
        state.failures.oldest(from, strangers, state.client, 5, evidence);
        state.failures.latest(from, strangers, state.client, Draft.EVIDENCE - evidence.size(), evidence);
        if (evidence.isEmpty()) {
            return;
        }
        int failures = state.failures.count(from, strangers);
        boolean taken = !state.taken.isEmpty();
        Address src = state.src;
        boolean inside = src == null || context.inside(src, state.client);
        boolean link = src != null && context.link(src, state.client) != null;
        // The whole Internet tries passwords all day; from within it is somebody who is in already.
        boolean ordered = src != null && context.allowedScanner(src, state.client);
        int severity = ordered ? 1 : taken ? 4 : inside || link ? 3 : 2;
        String list = src == null ? null : context.warninglist(src.text());
        context.found(new Draft(
                this,
                state.from,
                "Password spraying from " + state.from + ": " + tried + " accounts tried"
                        + (taken ? ", and " + String.join(", ", state.taken) + " let in" : "")
                        + (ordered ? " (a scanner that is allowed)" : ""),
                failures + " sign-ins failed within " + Words.seconds(Math.max(1, (state.last - first) / 1000.0))
                        + " for " + tried + " accounts that were never let in from there, "
                        + Words.decimals((double) failures / Math.max(1, tried)) + " tries each; "
                        + Words.count(state.home.size(), "account is", "accounts are") + " at home there. "
                        + (taken
                                ? "Change the passwords of " + String.join(", ", state.taken)
                                        + " and end their sessions."
                                : "None of them was let in, as far as these logs tell.")
                        + (list == null ? "" : " The address is on the list \"" + list + "\".")
                        + " Harmless if a service there lost its directory of accounts or was moved.",
                severity,
                Math.min(0.95, 0.6 + 0.03 * tried) * (taken ? 1 : 0.9),
                first,
                state.last,
                src,
                null,
                src == null ? state.from : "",
                taken ? state.taken.getFirst() : "",
                src == null ? List.of() : List.of(Words.address("src_endpoint.ip", src)),
                taken ? List.of("T1110.003", "T1078") : List.of("T1110.003"),
                evidence));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(6);
    }

    @Override
    public boolean review(State state, Context context) {
        if (state.told > 0) {
            int tried = tried(state, state.last, context);
            if (tried > state.told) {
                tell(state, tried, context);
            }
        }
        if (context.now() - lately(state) > 2 * SignIns.DAY) {
            state.told = 0;
            state.taken.clear();
            state.taking.clear();
        }
        return context.now() - state.last < 30 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 50_000;
    }

    @Override
    public int bytesPerKey() {
        return 120_000;
    }
}
