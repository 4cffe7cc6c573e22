package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// One account asks a machine, question after question, what there is: who is signed in, which groups, which
/// domain, which neighbours.
///
/// Each of these commands is an administrator's daily bread; many different ones within minutes are what
/// somebody does who does not know where he is (MITRE's Cyber Analytics Repository, CAR-2013-04-002 "Quick
/// execution of a series of suspicious commands"; ATT&CK's tactic Discovery, TA0007). Scripts that ask the
/// same every day are known by their days.
///
/// Key: client, machine and account. State: the latest {@link #MOST} questions, habits; 6 KB at most.
@AutoService(Analytic.class)
public final class DiscoveryBurst implements Analytic<DiscoveryBurst.State> {
    private static final Threshold MINUTES = Threshold.of("discovery-burst", "window-minutes");
    private static final Threshold QUESTIONS = Threshold.of("discovery-burst", "questions");
    private static final Threshold LEARNING = Threshold.of("discovery-burst", "learning-days");

    static final int MOST = 24;

    /// Programs that ask, and the technique that asking is. `net` asks with its first words; see {@link
    /// #question}.
    private static final Map<String, String> ASKS = Map.ofEntries(
            Map.entry("whoami", "T1033"),
            Map.entry("quser", "T1033"),
            Map.entry("query", "T1033"),
            Map.entry("qwinsta", "T1033"),
            Map.entry("nltest", "T1482"),
            Map.entry("dsquery", "T1018"),
            Map.entry("adfind", "T1018"),
            Map.entry("dsget", "T1087"),
            Map.entry("systeminfo", "T1082"),
            Map.entry("hostname", "T1082"),
            Map.entry("ver", "T1082"),
            Map.entry("uname", "T1082"),
            Map.entry("lsb_release", "T1082"),
            Map.entry("ipconfig", "T1016"),
            Map.entry("ifconfig", "T1016"),
            Map.entry("route", "T1016"),
            Map.entry("nbtstat", "T1016"),
            Map.entry("arp", "T1018"),
            Map.entry("netstat", "T1049"),
            Map.entry("ss", "T1049"),
            Map.entry("tasklist", "T1057"),
            Map.entry("qprocess", "T1057"),
            Map.entry("driverquery", "T1082"),
            Map.entry("gpresult", "T1615"),
            Map.entry("klist", "T1558"),
            Map.entry("setspn", "T1087"),
            Map.entry("csvde", "T1087"),
            Map.entry("ldifde", "T1087"),
            Map.entry("getent", "T1087"),
            Map.entry("last", "T1033"),
            Map.entry("who", "T1033"),
            Map.entry("w", "T1033"),
            Map.entry("id", "T1033"));

    /// What `net` can be asked, and what that is; what it can be told (`net use`, `net stop`) is no question.
    private static final Map<String, String> NET = Map.of(
            "view", "T1018",
            "group", "T1069",
            "localgroup", "T1069",
            "user", "T1087",
            "accounts", "T1201",
            "share", "T1135",
            "session", "T1049",
            "time", "T1124",
            "config", "T1007");

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /// A question somebody asked.
    private record Question(long time, String what, String attack, Origin origin) implements Serializable {}

    /// What is known of an account at a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final ArrayList<Question> latest = new ArrayList<>(4);
        private final Habits asked = new Habits(64, 60);
        private long told = Long.MIN_VALUE;
        private long last;
    }

    @Override
    public String id() {
        return "discovery-burst";
    }

    @Override
    public String title() {
        return "Many questions about where one is";
    }

    @Override
    public List<String> techniques() {
        return List.of(
                "T1007", "T1016", "T1018", "T1033", "T1049", "T1057", "T1069", "T1082", "T1087", "T1124", "T1135",
                "T1201", "T1482", "T1558", "T1615");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof Launch l
                        && !l.host().isEmpty()
                        && SignIns.somebody(l.account())
                        && !question(l).isEmpty()
                ? Keys.of(
                        context.tenant(l),
                        Keys.of(Keys.of(Hosts.shortName(l.host())), Keys.of(l.account()), 0xD15C_0BE5L))
                : 0;
    }

    /// `net group` of `net.exe group "domain admins" /domain`; empty if it asks nothing.
    private static String question(Launch l) {
        String program = Programs.name(l.image());
        if (program.equals("net") || program.equals("net1")) {
            String[] words =
                    BLANKS.split(l.commandLine().toLowerCase(Locale.ROOT).strip(), 4);
            String verb = words.length > 1 ? words[1] : "";
            // `net users` and `net groups` ask the same.
            String one = verb.endsWith("s") && !NET.containsKey(verb) ? verb.substring(0, verb.length() - 1) : verb;
            return NET.containsKey(one) ? "net " + one : "";
        }
        return ASKS.containsKey(program) ? program : "";
    }

    private static String attack(String question) {
        return question.startsWith("net ")
                ? NET.getOrDefault(question.substring(4), "T1018")
                : ASKS.getOrDefault(question, "T1082");
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Launch l = (Launch) observation;
        String question = question(l);
        long day = SignIns.day(l.time());
        state.last = l.time();
        boolean known = state.asked.before(Keys.of(question), day);
        state.asked.add(Keys.of(question), day);
        if (known) {
            return;
        }
        state.latest.removeIf(q -> l.time() - q.time > context.whole(MINUTES) * SignIns.MINUTE);
        if (state.latest.size() == MOST) {
            state.latest.removeFirst();
        }
        state.latest.add(new Question(l.time(), question, attack(question), l.origin()));
        Map<String, Question> different = new LinkedHashMap<>();
        state.latest.forEach(q -> different.putIfAbsent(q.what, q));
        if (different.size() < context.value(QUESTIONS) || state.told == day) {
            return;
        }
        state.told = day;
        boolean learned = l.time() - context.begin(l.origin().client()) >= context.value(LEARNING) * SignIns.DAY;
        TreeSet<String> attacks = new TreeSet<>();
        List<Origin> evidence = new ArrayList<>();
        different.values().forEach(q -> {
            attacks.add(q.attack);
            evidence.add(q.origin);
        });
        long first = state.latest.getFirst().time;
        List<Finding.Observable> observables =
                List.of(Words.hostname("device.hostname", l.host()), SignIns.user(l.account()));
        context.found(new Draft(
                this,
                Hosts.shortName(l.host()) + "|" + l.account(),
                l.account() + " asked " + l.host() + " " + different.size() + " different questions about where it is",
                Words.count(different.size(), "different question", "different questions") + " within "
                        + Words.seconds(Math.max(1, (l.time() - first) / 1000.0)) + ": "
                        + String.join(", ", different.keySet())
                        + (learned
                                ? ". On no day before did this account ask them here"
                                : ". The logs are too short to know whether it does so every day")
                        + ". Harmless if an administrator looks for the cause of a fault, or a script takes stock.",
                learned ? 3 : 2,
                learned ? 0.6 : 0.3,
                first,
                l.time(),
                null,
                null,
                l.host(),
                l.account(),
                observables,
                List.copyOf(attacks),
                evidence.subList(0, Math.min(Draft.EVIDENCE, evidence.size()))));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 60 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 50_000;
    }

    @Override
    public int bytesPerKey() {
        return 6_000;
    }
}
