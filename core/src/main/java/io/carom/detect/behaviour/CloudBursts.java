package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Use;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A cloud account fetches secrets by the dozen, or asks for one thing after another that it may not have.
///
/// Whoever has found a key does not know what it opens and tries (MITRE ATT&CK T1580, T1555.006, T1552.005;
/// the same is told in Mandiant's and Unit 42's reports on leaked keys). Programs fetch the few secrets they
/// need, the same every day, and are denied the same call again and again, not many different ones.
///
/// Key: account. State: the latest {@link #TRAIL} such calls and what was fetched before; 20 KB.
@AutoService(Analytic.class)
public final class CloudBursts implements Analytic<CloudBursts.State> {
    private static final Threshold SECRETS = Threshold.of("cloud-burst", "secrets");
    private static final Threshold DENIALS = Threshold.of("cloud-burst", "denied-operations");
    private static final Threshold WINDOW = Threshold.of("cloud-burst", "window-minutes");
    private static final Threshold FACTOR = Threshold.of("cloud-burst", "usual-factor");

    static final int TRAIL = 256;

    private static final Set<String> FETCHING = Set.of(
            "getsecretvalue",
            "batchgetsecretvalue",
            "getparameters",
            "getparameter",
            "getparametersbypath",
            "getpassworddata",
            "secretget",
            "keyget",
            "accesssecretversion",
            "google.cloud.secretmanager.v1.secretmanagerservice.accesssecretversion",
            "describeinstanceattribute");

    /// What is known of an account.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Trail trail = new Trail(TRAIL);
        private long day = Long.MIN_VALUE;
        private int today;
        private int most;
        private int toldSecrets;
        private int toldDenied;
        private long last;

        State(String client) {
            this.client = client;
        }
    }

    @Override
    public String id() {
        return "cloud-burst";
    }

    @Override
    public String title() {
        return "Secrets fetched by the dozen, or doors tried";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1552.005", "T1555.006", "T1580");
    }

    private static boolean fetches(Use u) {
        return FETCHING.contains(u.operation().toLowerCase(Locale.ROOT));
    }

    private static boolean failed(Use u) {
        return u.outcome() == Outcome.REFUSED || u.outcome() == Outcome.DENIED;
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof Use u && !u.account().isEmpty() && (fetches(u) || failed(u))
                ? Keys.of(context.tenant(u), Keys.of(u.account()))
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Use u = (Use) observation;
        long day = SignIns.day(u.time(), state.day);
        if (day != state.day) {
            state.most = Math.max(state.most, state.today);
            state.today = 0;
            state.day = day;
            state.toldSecrets = 0;
            state.toldDenied = 0;
        }
        state.last = u.time();
        boolean fetches = fetches(u);
        state.today += fetches ? 1 : 0;
        int operation = (int) (Keys.of(u.operation()) >>> 32);
        state.trail.add(operation, 0, (fetches ? 1 : 0) | (failed(u) ? 2 : 0), u.time(), u.origin());
        long since = u.time() - context.whole(WINDOW) * SignIns.MINUTE;
        int secrets = state.trail.count(since, (h, p, b) -> (b & 1) != 0);
        if (secrets >= context.value(SECRETS)
                && state.today > context.value(FACTOR) * state.most
                && secrets >= 2 * state.toldSecrets) {
            state.toldSecrets = secrets;
            tell(state, u, true, secrets, since, context);
        }
        int denied = state.trail.distinctHosts(since, (h, p, b) -> (b & 2) != 0);
        if (denied >= context.value(DENIALS) && denied >= state.toldDenied * 3 / 2 + 1) {
            state.toldDenied = denied;
            tell(state, u, false, denied, since, context);
        }
    }

    private void tell(State state, Use u, boolean secrets, int count, long since, Context context) {
        Trail.Of of = (h, p, b) -> (b & (secrets ? 1 : 2)) != 0;
        List<Origin> evidence = new ArrayList<>();
        state.trail.oldest(since, of, state.client, 5, evidence);
        state.trail.latest(since, of, state.client, 5, evidence);
        Address src = u.src();
        context.found(new Draft(
                this,
                u.account() + (secrets ? "|secrets" : "|denied"),
                u.account()
                        + (secrets
                                ? " fetched secrets " + count + " times"
                                : " was refused " + count + " different operations")
                        + " within " + context.whole(WINDOW) + " min",
                (secrets
                                ? "It fetched " + state.today + " today and " + state.most
                                        + " on the day before with most."
                                : "A program asks for what it needs; whoever found a key tries what it opens. The last was "
                                        + u.operation() + ".")
                        + (src == null ? "" : " It came from " + src.text() + ".")
                        + " Harmless if a new program of the company's own begins its work or lacks rights.",
                secrets ? 3 : 2,
                secrets ? 0.6 : 0.5,
                state.trail.first(since, of),
                u.time(),
                src,
                null,
                "",
                u.account(),
                SignIns.observables(u.account(), src),
                secrets ? List.of("T1555.006", "T1552.005") : List.of("T1580"),
                evidence));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 45 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 50_000;
    }

    @Override
    public int bytesPerKey() {
        return 20_000;
    }
}
