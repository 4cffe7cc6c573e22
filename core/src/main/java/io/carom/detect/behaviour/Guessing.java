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

/// An account's password is guessed: many failures, and then somebody is let in (MITRE ATT&CK T1110.001).
///
/// Who mistypes is let in after two or three failures; a service with an old password fails for days from
/// where it always came, at even intervals, and is let in when somebody corrects it. So the failures must be
/// many within hours, and it weighs whether the account was ever let in from there before.
///
/// Key: account. State: {@link Trail} of the latest {@link #TRAIL} failures and the sources it is at home at;
/// 12 KB at most, 600 bytes for an account that never fails.
@AutoService(Analytic.class)
public final class Guessing implements Analytic<Guessing.State> {
    private static final Threshold FAILURES = Threshold.of("brute-force", "failures");
    private static final Threshold HOURS = Threshold.of("brute-force", "window-hours");
    private static final Threshold VAIN = Threshold.of("brute-force", "vain-failures");
    private static final Threshold EVEN = Threshold.of("brute-force", "even");

    static final int TRAIL = 256;
    static final int HOME = 32;

    /// What is known of an account.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final String account;
        private final Trail failures = new Trail(TRAIL);
        private final Habits home = new Habits(HOME, 60);
        private long lastFailure;
        private long last;
        private int even;
        private int gaps;
        private double gap;
        private int told;

        State(SignIn s) {
            this.client = s.origin().client();
            this.account = s.account();
        }
    }

    @Override
    public String id() {
        return "brute-force";
    }

    @Override
    public String title() {
        return "A password was guessed";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1078", "T1110.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof SignIn s)
                || !SignIns.somebody(s.account())
                || s.means() == Means.SERVICE
                || s.means() == Means.EXPLICIT) {
            return 0;
        }
        boolean tells = s.outcome() == Outcome.SUCCESS || s.outcome().failed();
        return tells ? Keys.of(context.tenant(s), Keys.of(s.account())) : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State((SignIn) observation);
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        long network = SignIns.network(s);
        int print = (int) (network >>> 32);
        state.last = s.time();
        long since = s.time() - context.whole(HOURS) * SignIns.HOUR;
        if (s.outcome() != Outcome.SUCCESS) {
            if (state.lastFailure != 0) {
                double between = s.time() - state.lastFailure;
                // Programs that retry keep their interval to a few percent.
                state.even += Math.abs(between - state.gap) <= 0.1 * Math.max(state.gap, 1000) ? 1 : 0;
                state.gaps++;
                state.gap = between;
            }
            state.lastFailure = s.time();
            int home = network != 0 && state.home.has(network) ? 1 : 0;
            state.failures.add(print, (int) (SignIns.at(s) >>> 32), home, s.time(), s.origin());
            int failures = state.failures.count(since, (h, p, b) -> true);
            if (failures >= context.value(VAIN) && failures >= state.told * 2) {
                tell(state, s, null, failures, since, context);
            }
            return;
        }
        if (s.means() == Means.TICKET && SignIns.from(s) == 0) {
            return;
        }
        long day = SignIns.day(s.time());
        boolean known = network != 0 && state.home.before(network, day);
        if (network != 0) {
            state.home.add(network, day);
        }
        // Only what failed at the same source led to it, or at any before a strange one; but what a program with an old
        // password keeps trying where the account is at home led to nobody elsewhere.
        boolean even = even(state, context);
        int failures = state.failures.count(since, (h, p, b) -> h == print || !known && !(even && b == 1));
        if (failures >= context.value(FAILURES) && s.time() - state.lastFailure < SignIns.HOUR) {
            tell(state, s, s, failures, since, context);
            state.lastFailure = 0;
            state.gaps = 0;
            state.even = 0;
        }
    }

    private static boolean even(State state, Context context) {
        return state.gaps >= 5 && state.even >= context.value(EVEN) * state.gaps;
    }

    private void tell(State state, SignIn s, @Nullable SignIn letIn, int failures, long since, Context context) {
        state.told = failures;
        boolean even = even(state, context);
        boolean known = letIn != null && state.home.days(SignIns.network(letIn)) > 1;
        List<Origin> evidence = new ArrayList<>();
        if (letIn != null) {
            evidence.add(letIn.origin());
        }
        state.failures.latest(since, (h, p, b) -> true, state.client, 6, evidence);
        state.failures.oldest(since, (h, p, b) -> true, state.client, 3, evidence);
        int sources = state.failures.distinctHosts(since, (h, p, b) -> true);
        long first = state.failures.first(since, (h, p, b) -> true);
        Address src = s.src();
        String where = SignIns.fromText(s);
        // Who types at the machine itself sits before it.
        boolean there = s.means() == Means.INTERACTIVE;
        int severity = letIn == null || known && even || there ? 2 : known ? 3 : 4;
        context.found(new Draft(
                this,
                state.account + (letIn == null ? "|vain" : ""),
                letIn == null
                        ? "The password of " + state.account + " is being guessed: " + failures
                                + " failures, last from " + where
                        : state.account + " was let in at " + SignIns.atText(s) + " from " + where + " after "
                                + failures + " failures",
                failures + " sign-ins as " + state.account + " failed within "
                        + Words.seconds(Math.max(1, (s.time() - first) / 1000.0)) + " from "
                        + Words.count(sources, "network", "networks")
                        + (letIn == null
                                ? "; none was let in yet"
                                : "; then one was let in " + SignIns.by(s.means()) + ", "
                                        + Words.seconds(Math.max(1, (s.time() - state.lastFailure) / 1000.0))
                                        + " after the last of them")
                        + (letIn == null
                                ? ""
                                : known
                                        ? ". The account had been let in from there on earlier days"
                                        : ". The account had never been let in from there before")
                        + (even ? ". The failures kept an even interval, as a program with an old password does" : "")
                        + ". Harmless if its owner forgot the password: ask him, by another way.",
                severity,
                letIn == null ? 0.6 : known ? 0.5 : 0.85,
                first,
                s.time(),
                src,
                s.dst(),
                s.host(),
                state.account,
                SignIns.observables(state.account, src),
                letIn == null ? List.of("T1110.001") : List.of("T1110.001", "T1078"),
                evidence));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(12);
    }

    @Override
    public boolean review(State state, Context context) {
        if (context.now() - state.lastFailure > SignIns.DAY) {
            state.told = 0;
        }
        return context.now() - state.last < 60 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 12_000;
    }
}
