package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An account is used in two countries within less time than a journey between them takes.
///
/// Countries are those the product states. The journey is the shortest between the places where people live,
/// so neighbours are never far; Microsoft's and Google's detections of this name do the same with cities. Two
/// countries between which the account went to and fro on earlier days are a commuter by VPN or telephone,
/// and are learned. The first two days of such a VPN look like a theft, so this is a note that joins others.
///
/// Key: account. State: the latest sign-in in each of {@link #PLACES} countries, and the pairs it knows; 2
/// KB.
@AutoService(Analytic.class)
public final class ImpossibleTravel implements Analytic<ImpossibleTravel.State> {
    private static final Threshold SPEED = Threshold.of("travel", "speed");
    private static final Threshold APART = Threshold.of("travel", "apart");
    private static final Threshold USUAL = Threshold.of("travel", "usual-days");

    static final int PLACES = 8;
    static final int PAIRS = 16;

    private record Stay(
            String country,
            long time,
            Origin origin,
            @Nullable Address src,
            String host) implements Serializable {}

    /// What is known of an account.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final ArrayList<Stay> stays = new ArrayList<>();
        private final Habits pairs = new Habits(PAIRS, 60);
        private long last;
    }

    @Override
    public String id() {
        return "travel";
    }

    @Override
    public String title() {
        return "Impossible travel";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1078");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof SignIn s
                        && s.outcome() == Outcome.SUCCESS
                        && !Countries.code(s.country()).isEmpty()
                        && SignIns.somebody(s.account())
                ? Keys.of(context.tenant(s), Keys.of(s.account()), Keys.of(s.domain()))
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        String here = Countries.code(s.country());
        state.last = s.time();
        Stay now = new Stay(here, s.time(), s.origin(), s.src(), s.host());
        Stay fastest = null;
        double most = 0;
        for (Stay before : state.stays) {
            double apart = Countries.apart(before.country, here);
            // What comes late was before: no journey was made in no time.
            double speed = apart / Math.max(Math.abs(s.time() - before.time) / 3_600_000.0, 1.0 / 60);
            if (apart >= context.value(APART) && speed >= context.value(SPEED) && speed > most) {
                most = speed;
                fastest = before;
            }
        }
        if (fastest != null) {
            long pair = Keys.mixed(Keys.of(fastest.country) + Keys.of(here));
            long day = SignIns.day(s.time());
            state.pairs.add(pair, day);
            if (state.pairs.days(pair) <= context.value(USUAL)) {
                boolean late = s.time() < fastest.time;
                tell(s, late ? now : fastest, late ? fastest : now, most, context);
            }
        }
        if (state.stays.stream().anyMatch(b -> b.country.equals(here) && b.time > s.time())) {
            return;
        }
        state.stays.removeIf(b -> b.country.equals(here));
        if (state.stays.size() >= PLACES) {
            state.stays.remove(0);
        }
        state.stays.add(now);
        state.stays.sort(Comparator.comparingLong(Stay::time));
    }

    private void tell(SignIn s, Stay before, Stay after, double speed, Context context) {
        Address there = before.src;
        Address then = after.src;
        String here = after.country;
        Address src = s.src();
        String list = src == null ? null : context.warninglist(src.text());
        list = list == null && there != null ? context.warninglist(there.text()) : list;
        double apart = Countries.apart(before.country, here);
        context.found(new Draft(
                this,
                s.account(),
                s.account() + " signed in from " + before.country + " and "
                        + Words.seconds(Math.max(1, (after.time - before.time) / 1000.0)) + " later from " + here,
                before.country + " and " + here + " are " + Math.round(apart) + " km apart at least: a journey at "
                        + Math.round(speed) + " km/h. From " + (there == null ? "an unknown address" : there.text())
                        + " to " + (before.host.isEmpty() ? "a service" : before.host) + ", then from "
                        + (then == null ? "an unknown address" : then.text()) + " to "
                        + (after.host.isEmpty() ? "a service" : after.host) + ". "
                        + (list == null
                                ? ""
                                : "One of the addresses is on the list \"" + list
                                        + "\": it may be the way out of a VPN and not where anybody was. ")
                        + "Harmless if the account is used over a VPN with its way out abroad, or by a service that is;"
                        + " the same pair of countries on a third day is taken as that.",
                2,
                Math.min(0.9, 0.5 + speed / 10_000) * (list == null ? 1 : 0.6),
                s.time(),
                s.time(),
                src,
                s.dst(),
                "",
                s.account(),
                SignIns.observables(s.account(), src),
                List.of("T1078"),
                List.of(after.origin, before.origin)));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 60 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 500_000;
    }

    @Override
    public int bytesPerKey() {
        return 2_000;
    }
}
