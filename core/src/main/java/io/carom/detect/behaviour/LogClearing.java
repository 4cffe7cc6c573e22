package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A machine's log was cleared; and who had come to it before (MITRE ATT&CK T1070.001).
///
/// Rules tell each clearing by itself. What counts beyond that is the sign-in from another machine within the
/// hours before it, and whether one account does it on several logs. A machine whose logs the same account
/// clears regularly is a laboratory's or kiosk's.
///
/// Key: machine. State: who came last, what was cleared when; 2 KB.
@AutoService(Analytic.class)
public final class LogClearing implements Analytic<LogClearing.State> {
    private static final Threshold HOURS = Threshold.of("log-cleared", "before-hours");
    private static final Threshold USUAL = Threshold.of("log-cleared", "usual-days");

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits cleared = new Habits(16, 90);
        private final TreeSet<String> logs = new TreeSet<>();
        private final List<Origin> evidence = new ArrayList<>();
        private long first;
        private long came;
        private String by = "";
        private String from = "";
        private @Nullable Address src;
        private @Nullable Origin coming;
        private long last;
    }

    @Override
    public String id() {
        return "log-cleared";
    }

    @Override
    public String title() {
        return "A log was cleared";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1070.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        String host = switch (observation) {
            case Change c -> c.changed() == Changed.LOG_CLEARED ? c.host() : "";
            case SignIn s ->
                s.outcome() == Outcome.SUCCESS
                                && SignIns.remote(s)
                                && SignIns.somebody(s.account())
                                && s.means() != Means.CLOUD
                        ? s.host()
                        : "";
            default -> "";
        };
        return host.isEmpty() ? 0 : Keys.of(context.tenant(observation), Keys.of(Hosts.shortName(host)));
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        state.last = observation.time();
        switch (observation) {
            case SignIn s -> {
                state.came = s.time();
                state.by = s.account();
                state.from = SignIns.fromText(s);
                state.src = s.src();
                state.coming = s.origin();
            }
            case Change c -> cleared(state, c, context);
            default -> {}
        }
    }

    private void cleared(State state, Change c, Context context) {
        long account = Keys.of(c.account());
        state.cleared.add(account, SignIns.day(c.time()));
        if (c.time() - state.first > SignIns.DAY) {
            state.first = c.time();
            state.logs.clear();
            state.evidence.clear();
        }
        if (state.logs.size() < 16) {
            state.logs.add(c.what().isEmpty() ? "a log" : c.what());
        }
        if (state.evidence.size() < Draft.EVIDENCE - 1) {
            state.evidence.add(c.origin());
        }
        if (state.cleared.days(account) > context.value(USUAL)) {
            return;
        }
        Origin coming = state.coming;
        boolean afar = coming != null && c.time() - state.came <= context.value(HOURS) * SignIns.HOUR;
        boolean his = afar && (c.account().isEmpty() || c.account().equals(state.by));
        List<Origin> evidence = new ArrayList<>(state.evidence);
        if (afar && coming != null) {
            evidence.add(coming);
        }
        context.found(new Draft(
                this,
                Hosts.shortName(c.host()),
                "Logs of " + c.host() + " were cleared"
                        + (c.account().isEmpty() ? "" : " by " + c.account())
                        + (his ? ", who had come from " + state.from : ""),
                String.join(", ", state.logs)
                        + (state.logs.size() > 1 ? ", " + state.logs.size() + " logs within a day. " : ". ")
                        + (afar
                                ? state.by + " had signed in from " + state.from + " "
                                        + Words.seconds(Math.max(1, (c.time() - state.came) / 1000.0)) + " before. "
                                : "Nobody came over the network in the hours before, as far as these logs tell. ")
                        + "What stood in them is gone: look for copies at the collector. Harmless if the machine was set"
                        + " up anew.",
                his || state.logs.size() >= 3 ? 4 : 3,
                his ? 0.8 : 0.6,
                c.time(),
                c.time(),
                his ? state.src : c.src(),
                null,
                c.host(),
                c.account(),
                c.account().isEmpty() ? List.of() : List.of(SignIns.user(c.account())),
                List.of("T1070.001"),
                evidence));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 7 * SignIns.DAY || state.cleared.size() > 0;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 2_000;
    }
}
