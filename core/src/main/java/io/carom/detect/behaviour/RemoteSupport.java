package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A remote-support tool that the client never used, or a session outside the pattern of those it has: another
/// technician, another machine, another hour.
///
/// Intruders bring such tools because nobody takes them for harmful, and use a supplier's because it reaches
/// everybody (CISA AA23-025A, 2023; the abuse of ScreenConnect in 2019 and 2024). A tool is known when it was in
/// use in the first days, or on many machines: an installation that reaches half the company is a decision.
///
/// Key: client. State: tools, machines, technicians and hours, {@link #KNOWN} each; 300 KB at most.
@AutoService(Analytic.class)
public final class RemoteSupport implements Analytic<RemoteSupport.State> {
    private static final Threshold LEARNING = Threshold.of("remote-support", "learning-days");
    private static final Threshold SPREAD = Threshold.of("remote-support", "spread");
    private static final Threshold SESSIONS = Threshold.of("remote-support", "learning-sessions");

    static final int KNOWN = 1024;

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits tools = new Habits(64, 90);
        private final Habits hosts = new Habits(KNOWN, 90);
        private final Habits technicians = new Habits(KNOWN, 90);
        private final Habits placed = new Habits(KNOWN, 90);
        private final int[] hours = new int[24];
        private int sessions;
    }

    @Override
    public String id() {
        return "remote-support";
    }

    @Override
    public String title() {
        return "Remote support outside its pattern";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1219");
    }

    @Override
    public long key(Observation observation, Context context) {
        boolean concerns = switch (observation) {
            case SignIn s -> s.means() == Means.REMOTE_SUPPORT && s.outcome() == Outcome.SUCCESS;
            case Launch l -> !RemoteTool.of(name(l.image())).isEmpty();
            case Change c ->
                c.changed() == Changed.SERVICE_INSTALLED
                        && !RemoteTool.of(c.what() + " " + name(c.detail())).isEmpty();
            default -> false;
        };
        return concerns ? Keys.of(context.tenant(observation), 0x4E5_0C7L) : 0;
    }

    /// The program's own name and its folder: further up are the names of whoever keeps it.
    private static String name(String path) {
        String plain = path.replace('\\', '/');
        int slash = plain.lastIndexOf('/');
        int folder = slash < 0 ? -1 : plain.lastIndexOf('/', slash - 1);
        return plain.substring(folder + 1);
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        switch (observation) {
            case SignIn s -> session(state, s, context);
            case Launch l -> tool(state, RemoteTool.of(name(l.image())), l.host(), l.account(), l.image(), l, context);
            case Change c ->
                tool(
                        state,
                        RemoteTool.of(c.what() + " " + name(c.detail())),
                        c.host(),
                        c.account(),
                        c.detail(),
                        c,
                        context);
            default -> {}
        }
    }

    private static boolean learned(Observation o, Context context) {
        return o.time() - context.begin(o.origin().client()) >= context.value(LEARNING) * SignIns.DAY;
    }

    private void tool(
            State state, String tool, String host, String account, String path, Observation o, Context context) {
        long day = SignIns.day(o.time());
        long what = Keys.of(tool);
        boolean fresh = state.tools.add(what, day);
        boolean here = state.placed.add(Keys.of(what, Keys.of(Hosts.shortName(host))), day);
        if (!here || !learned(o, context)) {
            return;
        }
        // Known tools on one more machine are how tools spread; unknown ones are somebody's own.
        if (!fresh && state.tools.days(what) > context.value(SPREAD)) {
            return;
        }
        boolean installed = o instanceof Change;
        tell(
                o,
                tool + "|" + Hosts.shortName(host),
                "The remote-support tool " + tool + (installed ? " was installed on " : " was started on ") + host
                        + (fresh ? ", the first at this client" : ""),
                (fresh
                                ? "No machine of this client had it in the logs before"
                                : "It is seen here since a few days only")
                        + ". By " + (account.isEmpty() ? "an unknown account" : account) + ": " + Words.quoted(path)
                        + ". Harmless if the help desk brought it: ask it. If not, whoever did can see and steer the"
                        + " machine from outside.",
                fresh ? 3 : 2,
                fresh ? 0.6 : 0.45,
                null,
                host,
                account,
                List.of("T1219"),
                context);
    }

    private void session(State state, SignIn s, Context context) {
        long day = SignIns.day(s.time());
        int hour = Instant.ofEpochMilli(s.time()).atOffset(ZoneOffset.UTC).getHour();
        boolean newHost = state.hosts.add(Keys.of(Hosts.shortName(SignIns.atText(s))), day);
        boolean newTechnician = state.technicians.add(Keys.of(s.account()), day);
        int around = 0;
        for (int h = hour - 1; h <= hour + 1; h++) {
            around += state.hours[(h + 24) % 24];
        }
        boolean learned = learned(s, context) && state.sessions >= context.value(SESSIONS);
        state.hours[hour]++;
        state.sessions++;
        if (!learned) {
            return;
        }
        List<String> odd = new ArrayList<>();
        if (newTechnician) {
            odd.add("the technician is new");
        }
        if (newHost) {
            odd.add("the machine was never supported before");
        }
        if (around == 0) {
            odd.add("nobody is supported at this hour");
        }
        // A new machine alone is whose turn it is today.
        if (odd.isEmpty() || newHost && odd.size() == 1) {
            return;
        }
        tell(
                s,
                s.account() + "|" + SignIns.atText(s),
                "Remote-support session of " + (s.account().isEmpty() ? "somebody" : s.account()) + " at "
                        + SignIns.atText(s) + " outside the pattern",
                String.join(", and ", odd) + ", by " + state.sessions + " sessions seen before. It came from "
                        + (SignIns.fromText(s).isEmpty() ? "an unknown place" : SignIns.fromText(s)) + " at "
                        + SignIns.when(s.time()) + " UTC. Harmless if somebody there asked for help: ask him.",
                odd.size() >= 2 ? 3 : 2,
                0.3 + 0.15 * odd.size(),
                s.src(),
                SignIns.atText(s),
                s.account(),
                List.of("T1219"),
                context);
    }

    private void tell(
            Observation o,
            String subject,
            String title,
            String message,
            int severity,
            double confidence,
            @Nullable Address src,
            String host,
            String account,
            List<String> attacks,
            Context context) {
        List<Origin> evidence = List.of(o.origin());
        context.found(new Draft(
                this,
                subject,
                title,
                message,
                severity,
                confidence,
                o.time(),
                o.time(),
                src,
                null,
                host,
                account,
                account.isEmpty() ? List.of() : SignIns.observables(account, src),
                attacks,
                evidence));
    }

    @Override
    public int capacity() {
        return 2000;
    }

    @Override
    public int bytesPerKey() {
        return 300_000;
    }
}
