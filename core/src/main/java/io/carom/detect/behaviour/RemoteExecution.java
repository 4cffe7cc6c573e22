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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Somebody signs in to a machine over the network, and within moments a service or a task is made on it or a
/// program begins under WMI, WinRM or DCOM: execution from afar.
///
/// That is how PsExec and its kin, Impacket, Cobalt Strike and Empire move (MITRE ATT&CK T1021.002, .003,
/// .006, T1053.005, T1569.002; JPCERT's "Detecting Lateral Movement through Tracking Event Logs", 2017).
/// Deployment and monitoring do the same, from the same machine with the same account, day after day: these
/// are learned.
///
/// Key: machine. State: the latest {@link #ARRIVALS} arrivals and who did so before; 6 KB.
@AutoService(Analytic.class)
public final class RemoteExecution implements Analytic<RemoteExecution.State> {
    private static final Threshold SECONDS = Threshold.of("remote-execution", "within-seconds");
    private static final Threshold LEARNING = Threshold.of("remote-execution", "learning-days");

    static final int ARRIVALS = 12;
    static final int KNOWN = 64;

    private record Arrival(
            long time,
            String account,
            String from,
            @Nullable Address src,
            Origin origin) implements Serializable {}

    /// A way of execution from afar.
    private record Way(String words, String attack) {}

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>(4);
        private final Habits known = new Habits(KNOWN, 60);
        private long last;
    }

    @Override
    public String id() {
        return "remote-execution";
    }

    @Override
    public String title() {
        return "Execution from another machine";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1021", "T1021.003", "T1021.006", "T1047", "T1053.005", "T1569.002");
    }

    @Override
    public long key(Observation observation, Context context) {
        String host = switch (observation) {
            case SignIn s -> arrival(s) ? s.host() : "";
            case Change c ->
                c.changed() == Changed.SERVICE_INSTALLED || c.changed() == Changed.JOB_CREATED ? c.host() : "";
            case Launch l -> way(l) == null ? "" : l.host();
            default -> "";
        };
        return host.isEmpty() ? 0 : Keys.of(context.tenant(observation), Keys.of(Hosts.shortName(host)));
    }

    private static boolean arrival(SignIn s) {
        return s.means() == Means.NETWORK && s.outcome() == Outcome.SUCCESS && SignIns.somebody(s.account());
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
                // WinRM's second sign-in has no address; the first one's stays.
                if (SignIns.from(s) == 0 && state.arrivals.stream().anyMatch(a -> a.account.equals(s.account()))) {
                    return;
                }
                state.arrivals.addLast(new Arrival(s.time(), s.account(), SignIns.fromText(s), s.src(), s.origin()));
                if (state.arrivals.size() > ARRIVALS) {
                    state.arrivals.removeFirst();
                }
            }
            case Change c -> {
                boolean service = c.changed() == Changed.SERVICE_INSTALLED;
                happened(
                        state,
                        c,
                        new Way(
                                service ? "a service was installed" : "a task was made",
                                service ? "T1569.002" : "T1053.005"),
                        c.account(),
                        c.host(),
                        c.what() + ": " + c.detail(),
                        odd(c.what() + " " + c.detail()),
                        context);
            }
            case Launch l -> {
                Way way = way(l);
                if (way != null) {
                    happened(state, l, way, l.account(), l.host(), l.commandLine(), odd(l.commandLine()), context);
                }
            }
            default -> {}
        }
    }

    /// By what the program was begun from afar; null if it was not.
    private static @Nullable Way way(Launch l) {
        String image = Programs.file(l.image());
        return switch (Programs.file(l.parent())) {
            case "wmiprvse.exe" ->
                // Windows' own clients of it.
                image.equals("wmiapsrv.exe") || image.equals("werfault.exe") || image.equals("conhost.exe")
                        ? null
                        : new Way("a program began under WMI", "T1047");
            case "wsmprovhost.exe" ->
                image.equals("conhost.exe") ? null : new Way("a program began under WinRM", "T1021.006");
            case "winrshost.exe" ->
                image.equals("conhost.exe") ? null : new Way("a program began under WinRM", "T1021.006");
            case "psexesvc.exe" -> new Way("a program began under PsExec's service", "T1569.002");
            default ->
                image.equals("wsmprovhost.exe")
                        ? new Way("a PowerShell session began from afar", "T1021.006")
                        : l.commandLine().contains("-Embedding") && DCOM.contains(image)
                                ? new Way(image + " was begun from afar by DCOM", "T1021.003")
                                : null;
        };
    }

    private static final List<String> DCOM =
            List.of("mmc.exe", "excel.exe", "winword.exe", "powerpnt.exe", "outlook.exe");

    /// Whether what runs has the marks of being brought along: a shell, an encoded command, a strange folder.
    private static boolean odd(String command) {
        String folded = command.toLowerCase(Locale.ROOT);
        return folded.contains("%comspec%")
                || folded.contains("cmd.exe /c")
                || folded.contains("cmd /c")
                || folded.contains("powershell")
                || folded.contains("pwsh")
                || folded.contains("rundll32")
                || folded.contains("regsvr32")
                || folded.contains("mshta")
                || folded.contains("\\admin$\\")
                || folded.contains("\\temp\\")
                || folded.contains("\\users\\public\\")
                || folded.contains("\\programdata\\");
    }

    private void happened(
            State state,
            Observation o,
            Way way,
            String account,
            String host,
            String what,
            boolean odd,
            Context context) {
        Arrival cause = null;
        for (Arrival a : state.arrivals) {
            boolean near = o.time() - a.time <= context.whole(SECONDS) * 1000;
            boolean his = account.isEmpty() || !SignIns.somebody(account) || account.equals(a.account);
            // The latest that fits; one with an address before one without.
            if (near && his && (cause == null || !a.from.isEmpty())) {
                cause = a;
            }
        }
        if (cause == null || cause.from.isEmpty() && !odd) {
            return;
        }
        long day = SignIns.day(o.time());
        long key = Keys.of(Keys.of(cause.from), Keys.of(cause.account), Keys.of(way.attack));
        boolean before = state.known.before(key, day);
        state.known.add(key, day);
        if (before) {
            return;
        }
        String client = o.origin().client();
        boolean learned = o.time() - context.begin(client) >= context.value(LEARNING) * SignIns.DAY;
        Address src = cause.src;
        boolean link = src != null && context.link(src, client) != null;
        // Administrators do the same by the same means; a link that does what it never did is told as drift.
        // So do scanners that are let in to look from within.
        boolean ordered = src != null && context.allowedScanner(src, client);
        int severity = ordered ? 1 : odd ? 4 : 2;
        context.found(new Draft(
                this,
                host + "|" + cause.from + "|" + way.attack,
                "Execution on " + host + " from " + (cause.from.isEmpty() ? "another machine" : cause.from) + " as "
                        + cause.account + ": " + way.words + (ordered ? " (a scanner that is allowed)" : ""),
                cause.account + " signed in over the network"
                        + (cause.from.isEmpty() ? "" : " from " + cause.from)
                        + (link ? ", an address of a supplier's link," : "") + ", and within "
                        + Words.seconds((o.time() - cause.time) / 1000.0) + " " + way.words + ": "
                        + Words.quoted(what)
                        + (odd
                                ? ". It has marks of what is brought along (a shell, an encoded command, a folder of"
                                        + " passage)"
                                : "")
                        + (learned
                                ? ". On no day before did this account do so here from there"
                                : ". The logs are too short to know whether it is usual")
                        + ". Harmless if it is deployment or the help desk's work.",
                severity,
                (odd ? 0.65 : 0.45) + (learned ? 0.15 : 0) + (link ? 0.1 : 0),
                cause.time,
                o.time(),
                src,
                null,
                host,
                cause.account,
                SignIns.observables(cause.account, src),
                way.attack.startsWith("T1021") ? List.of(way.attack) : List.of(way.attack, "T1021"),
                new ArrayList<>(List.of(o.origin(), cause.origin))));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 60 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 6_000;
    }
}
