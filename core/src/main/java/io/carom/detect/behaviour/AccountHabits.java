package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.party.Link;
import java.io.Serializable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An account is used as it never was: from another place, at another hour, on many machines it never
/// reached; a supplier's account on a machine for the first time.
///
/// Each account is measured against its own past weeks (Denning's profiles, 1987; what products call user
/// and entity behaviour analytics). A new place or hour by itself is a new telephone or a late evening and is
/// only noted; a day on which an account suddenly reaches many times its usual machines is an alarm (Kent et
/// al., "Authentication graphs", 2015: stolen accounts show by the number of machines they touch). Accounts
/// that come from everywhere or work around the clock have no habit to be broken.
///
/// Key: account. State: places, machines and hours of the last {@link #MEMORY} days; 60 KB at most, 2 KB for
/// one with few of each.
@AutoService(Analytic.class)
public final class AccountHabits implements Analytic<AccountHabits.State> {
    private static final Threshold LEARNING = Threshold.of("account-habits", "learning-days");
    private static final Threshold PLACES = Threshold.of("account-habits", "places");
    private static final Threshold HOURS = Threshold.of("account-habits", "hours");
    private static final Threshold HOUR_DAYS = Threshold.of("account-habits", "hour-days");
    private static final Threshold NEW_HOSTS = Threshold.of("account-habits", "new-hosts");
    private static final Threshold FACTOR = Threshold.of("account-habits", "reach-factor");

    static final int MEMORY = 45;
    static final int SOURCES = 64;
    static final int HOSTS = 512;
    static final int EVIDENCE = 10;

    /// What is known of an account.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits sources = new Habits(SOURCES, MEMORY);
        private final Habits hosts = new Habits(HOSTS, MEMORY);
        private final int[] hours = new int[24];
        private long day = Long.MIN_VALUE;
        private int days;
        private int todaysHours;
        private int toldHours;

        // The most machines on one day, and today's.
        private float usual;
        private int most;
        /// How many hosts were reached today, {@link #HOSTS} at most.
        private int reachedToday;
        private int fresh;
        private int told;
        private long began;
        private final List<Origin> evidence = new ArrayList<>();
        private long last;
    }

    @Override
    public String id() {
        return "account-habits";
    }

    @Override
    public String title() {
        return "An account used as never before";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1021", "T1078", "T1199");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof SignIn s
                        && s.outcome() == Outcome.SUCCESS
                        && SignIns.remote(s)
                        && SignIns.somebody(s.account())
                ? Keys.of(context.tenant(s), Keys.of(s.account()))
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        long day = SignIns.day(s.time(), state.day);
        if (day != state.day) {
            next(state, day);
        }
        state.last = s.time();
        Address src = s.src();
        Link over = src == null ? null : context.link(src, s.origin().client());
        Link link = over != null ? over : context.linkOfAccount(s);
        boolean learned = state.days >= context.value(LEARNING);
        place(state, s, day, over, learned, context);
        hour(state, s, learned, context);
        host(state, s, day, link, learned, context);
    }

    private static void next(State state, long day) {
        if (state.day != Long.MIN_VALUE) {
            for (int hour = 0; hour < 24; hour++) {
                state.hours[hour] += state.todaysHours >> hour & 1;
            }
            state.days++;
            state.usual = state.days == 1 ? state.reachedToday : 0.8f * state.usual + 0.2f * state.reachedToday;
            state.most = Math.max(state.most, state.reachedToday);
        }
        state.day = day;
        state.todaysHours = 0;
        state.toldHours = 0;
        state.reachedToday = 0;
        state.evidence.clear();
        state.fresh = 0;
        state.told = 0;
    }

    private void place(State state, SignIn s, long day, @Nullable Link over, boolean learned, Context context) {
        // Over a link any of its addresses is the same place.
        long network = over != null ? Keys.of(over.name()) : SignIns.network(s);
        boolean fresh = state.sources.add(network, day);
        if (!fresh || !learned || state.sources.size() - 1 > context.value(PLACES)) {
            return;
        }
        Address src = s.src();
        String list = src == null ? null : context.warninglist(src.text());
        String client = s.origin().client();
        boolean outside = src != null && !context.inside(src, client);
        tell(
                s,
                s.account() + "|place|" + SignIns.fromText(s),
                s.account() + " signed in from " + SignIns.fromText(s) + ", where it never came from",
                "On " + state.days + " days it came from " + Words.count(state.sources.size() - 1, "place", "places")
                        + "; this one is new, " + SignIns.by(s.means()) + " at " + SignIns.atText(s) + " on "
                        + SignIns.when(s.time()) + " UTC. "
                        + (list == null ? "" : "The address is on the list \"" + list + "\". ")
                        + "Harmless if its owner travels or has a new connection.",
                2,
                outside ? 0.45 : 0.35,
                s.time(),
                List.of(s.origin()),
                List.of("T1078"),
                context);
    }

    private void hour(State state, SignIn s, boolean learned, Context context) {
        int hour = Instant.ofEpochMilli(s.time()).atOffset(ZoneOffset.UTC).getHour();
        state.todaysHours |= 1 << hour;
        // Shares and mail are opened by programs at any hour.
        boolean person = s.means() == Means.REMOTE_DESKTOP
                || s.means() == Means.SSH
                || s.means() == Means.VPN
                || s.means() == Means.REMOTE_SUPPORT;
        if (!learned || !person || state.days < context.value(HOUR_DAYS) || state.toldHours != 0) {
            return;
        }
        int worked = 0;
        for (int h : state.hours) {
            worked += h > 0 ? 1 : 0;
        }
        int around = 0;
        for (int h = hour - 2; h <= hour + 2; h++) {
            around += state.hours[(h + 24) % 24];
        }
        if (around > 0 || worked > context.value(HOURS)) {
            return;
        }
        state.toldHours = 1;
        tell(
                s,
                s.account() + "|hour",
                s.account() + " signed in " + SignIns.by(s.means()) + " at "
                        + SignIns.when(s.time()).substring(11) + " UTC, when it never does",
                "On " + state.days + " days it was used in " + worked
                        + " hours of the day and never within two hours of this one. It came from "
                        + SignIns.fromText(s) + " to " + SignIns.atText(s) + ". Harmless if its owner was on call.",
                2,
                0.4,
                s.time(),
                List.of(s.origin()),
                List.of("T1078"),
                context);
    }

    private void host(State state, SignIn s, long day, @Nullable Link link, boolean learned, Context context) {
        long host = SignIns.at(s);
        if (host == 0 || s.means() == Means.CLOUD) {
            return;
        }
        if (state.reachedToday < HOSTS && !state.hosts.since(host, day)) {
            state.reachedToday++;
        }
        boolean fresh = state.hosts.add(host, day);
        if (!fresh) {
            return;
        }
        if (state.fresh++ == 0) {
            state.began = s.time();
        }
        if (state.evidence.size() < EVIDENCE) {
            state.evidence.add(s.origin());
        }
        if (!learned) {
            return;
        }
        double bar = Math.max(context.value(NEW_HOSTS), context.value(FACTOR) * Math.max(state.usual, state.most / 2f));
        if (state.fresh >= context.value(NEW_HOSTS)
                && state.reachedToday >= bar
                && state.reachedToday >= state.told * 3 / 2 + 1) {
            state.told = state.reachedToday;
            tell(
                    s,
                    s.account() + "|reach",
                    s.account() + " reached " + state.reachedToday + " machines in a day, " + state.fresh
                            + " of them for the first time",
                    String.format(
                            Locale.ROOT,
                            "On %d days before it reached %.1f machines a day and %d at most; today %d, of which %d were"
                                    + " never reached in %d days. The last was %s, from %s. Harmless if its owner rolls"
                                    + " something out.",
                            state.days,
                            state.usual,
                            state.most,
                            state.reachedToday,
                            state.fresh,
                            MEMORY,
                            SignIns.atText(s),
                            SignIns.fromText(s)),
                    3,
                    Math.min(0.9, 0.5 + 0.03 * state.fresh),
                    state.began,
                    state.evidence,
                    List.of("T1078", "T1021"),
                    context);
        } else if (link != null && state.fresh == 1) {
            tell(
                    s,
                    s.account() + "|supplier|" + SignIns.atText(s),
                    "The supplier's account " + s.account() + " was used on " + SignIns.atText(s)
                            + " for the first time",
                    "It is used over the link " + link.name() + " (" + link.supplier() + "), on " + state.days
                            + " days before, on " + (state.hosts.size() - 1)
                            + " machines; not on this one. It came from " + SignIns.fromText(s) + " "
                            + SignIns.by(s.means()) + ". Harmless if the supplier took this machine over.",
                    2,
                    0.4,
                    s.time(),
                    List.of(s.origin()),
                    List.of("T1199", "T1078"),
                    context);
        }
    }

    private void tell(
            SignIn s,
            String subject,
            String title,
            String message,
            int severity,
            double confidence,
            long began,
            List<Origin> evidence,
            List<String> attacks,
            Context context) {
        context.found(new Draft(
                this,
                subject,
                title,
                message,
                severity,
                confidence,
                began,
                s.time(),
                s.src(),
                s.dst(),
                s.means() == Means.CLOUD ? "" : s.host(),
                s.account(),
                SignIns.observables(s.account(), s.src()),
                attacks,
                evidence));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < MEMORY * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 60_000;
    }
}
