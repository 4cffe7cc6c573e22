package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Request;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A program that serves the network (web, database, mail) begins a shell: somebody asks it for more than
/// pages.
///
/// Web shells and faults of services show so on the machine itself (MITRE ATT&CK T1505.003 and T1190; NSA and
/// ASD, "Detect and Prevent Web Shell Malware", 2020). Some sites begin programs by design, and do so on many
/// days: what this server began on an earlier day is its work.
///
/// Who asked it to is looked for among the requests from outside just before: who sent something, to what
/// nobody else asks for. Where several did, or the server's requests are not logged, nobody is named.
///
/// Key: client. State: what the servers of {@link #MACHINES} machines begin, {@link #KNOWN} for each, and the
/// latest {@link #VISITS} requests from outside; 600 KB at most, 60 KB for a client with one site.
@AutoService(Analytic.class)
public final class ServerShell implements Analytic<ServerShell.State> {
    private static final Threshold LEARNING = Threshold.of("server-shell", "learning-days");

    private static final Threshold SECONDS = Threshold.of("server-shell", "within-seconds");

    static final int KNOWN = 64;
    static final int MACHINES = 128;
    static final int VISITS = 512;

    /// Programs that answer the network.
    private static final Set<String> SERVERS = Set.of(
            "w3wp",
            "httpd",
            "apache",
            "apache2",
            "nginx",
            "lighttpd",
            "caddy",
            "php-cgi",
            "php-fpm",
            "php",
            "tomcat",
            "tomcat7",
            "tomcat8",
            "tomcat9",
            "tomcat10",
            "catalina",
            "jetty",
            "beasvc",
            "coldfusion",
            "umworkerprocess",
            "msexchangeowaapppool",
            "sqlservr",
            "mysqld",
            "mariadbd",
            "postgres",
            "oracle",
            "tnslsnr",
            "redis-server",
            "vsftpd",
            "proftpd",
            "exim4",
            "crushftpservice",
            "moveitdmz");

    /// Programs that are servers if they stand in the folder of one.
    private static final Set<String> RUNTIMES = Set.of("java", "javaw", "node", "dotnet");

    /// Parts of the paths of servers that run on these.
    private static final List<String> WITHIN = List.of(
            "tomcat",
            "jetty",
            "jboss",
            "wildfly",
            "weblogic",
            "glassfish",
            "confluence",
            "jira",
            "bitbucket",
            "coldfusion",
            "manageengine",
            "servicedesk",
            "adselfservice",
            "screenconnect",
            "goanywhere",
            "papercut",
            "activemq",
            "openfire",
            "solr",
            "vcenter",
            "vmware view",
            "mobileiron",
            "crushftp");

    /// Programs that run what they are told.
    private static final Set<String> SHELLS = Set.of(
            "cmd",
            "powershell",
            "pwsh",
            "sh",
            "bash",
            "dash",
            "zsh",
            "ksh",
            "csh",
            "busybox",
            "wscript",
            "cscript",
            "mshta",
            "rundll32",
            "regsvr32",
            "certutil",
            "bitsadmin",
            "whoami",
            "net",
            "net1",
            "nltest",
            "systeminfo",
            "ipconfig",
            "quser",
            "tasklist",
            "wmic",
            "curl",
            "wget",
            "nc",
            "ncat",
            "python",
            "python3",
            "perl");

    /// Somebody from outside asked a server for something.
    private record Visit(long time, Address src, String method, String path, Origin origin) implements Serializable {}

    /// A shell for which nobody is known to have asked yet.
    private record Unasked(Launch launch, boolean learned) implements Serializable {}

    /// What the servers of a machine begin.
    private static final class Machine implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits begun = new Habits(KNOWN, 60);
        private long told = Long.MIN_VALUE;
    }

    /// What is known of a client's servers.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final LinkedHashMap<Long, Machine> machines = new LinkedHashMap<>(8, 0.75f, true);
        private final ArrayDeque<Visit> visits = new ArrayDeque<>(16);
        private @Nullable Unasked unasked;
    }

    @Override
    public String id() {
        return "server-shell";
    }

    @Override
    public String title() {
        return "A service of the network began a shell";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1059", "T1190", "T1505.003");
    }

    @Override
    public long key(Observation observation, Context context) {
        return switch (observation) {
            case Launch l
            when !l.host().isEmpty() && serves(l.parent()) && among(SHELLS, l.image()) ->
                Keys.of(context.tenant(l), 0x5E_54E11L);
            // What was refused or is not there began nothing; a fault may end in an error of the server.
            case Request r
            when r.src().reach() == Address.Reach.PUBLIC
                    && !r.proxied()
                    && (r.status() < 400 || r.status() >= 500)
                    && !context.inside(r.src(), r.origin().client()) -> Keys.of(context.tenant(r), 0x5E_54E11L);
            default -> 0;
        };
    }

    private static boolean serves(String path) {
        if (among(SERVERS, path)) {
            return true;
        }
        String folded = path.toLowerCase(Locale.ROOT);
        return among(RUNTIMES, path) && WITHIN.stream().anyMatch(folded::contains);
    }

    private static boolean among(Set<String> programs, String path) {
        return programs.contains(Programs.name(path)) || programs.contains(Programs.family(path));
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        if (observation instanceof Request r) {
            state.visits.addLast(new Visit(r.time(), r.src(), r.method(), path(r.path()), r.origin()));
            if (state.visits.size() > VISITS) {
                state.visits.removeFirst();
            }
            late(state, r, context);
            return;
        }
        Launch l = (Launch) observation;
        Machine machine = state.machines.computeIfAbsent(Keys.of(Hosts.shortName(l.host())), h -> new Machine());
        if (state.machines.size() > MACHINES) {
            state.machines.pollFirstEntry();
        }
        String server = Programs.name(l.parent());
        String shell = Programs.name(l.image());
        long day = SignIns.day(l.time());
        long what = Keys.of(Keys.of(server), Keys.of(shell));
        boolean known = machine.begun.before(what, day);
        machine.begun.add(what, day);
        boolean learned = l.time() - context.begin(l.origin().client()) >= context.value(LEARNING) * SignIns.DAY;
        if (known || machine.told == day) {
            return;
        }
        machine.told = day;
        Visit visit = asked(state, l.time(), context.whole(SECONDS) * 1000);
        state.unasked = visit == null ? new Unasked(l, learned) : null;
        tell(l, learned, visit, context);
    }

    /// A server writes its line when it has answered, which may be after the program began.
    private void late(State state, Request r, Context context) {
        Unasked begun = state.unasked;
        if (begun == null) {
            return;
        }
        if (r.time() > begun.launch.time() + SLACK) {
            state.unasked = null;
            return;
        }
        Visit visit = asked(state, begun.launch.time(), context.whole(SECONDS) * 1000);
        if (visit != null) {
            state.unasked = null;
            tell(begun.launch, begun.learned, visit, context);
        }
    }

    private void tell(Launch l, boolean learned, @Nullable Visit visit, Context context) {
        String server = Programs.name(l.parent());
        String shell = Programs.name(l.image());
        Address src = visit == null ? null : visit.src;
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.hostname("device.hostname", l.host()));
        if (src != null) {
            observables.add(Words.address("src_endpoint.ip", src));
        }
        context.found(new Draft(
                this,
                Hosts.shortName(l.host()) + "|" + server,
                server + " began " + shell + " on " + l.host(),
                "A service that answers the network"
                        + (RUNTIMES.contains(server) ? " (" + Words.quoted(l.parent()) + ")" : "")
                        + " began a program that runs what it is told: "
                        + Words.quoted(l.commandLine().isEmpty() ? l.image() : l.commandLine())
                        + (learned
                                ? ". On no day before did a service of this machine begin it"
                                : ". The logs are too short to know whether it does so every day")
                        + (visit == null
                                ? ""
                                : ". " + Words.seconds(Math.max(0, l.time() - visit.time) / 1000.0) + " before, "
                                        + visit.src + " sent " + Words.quoted(visit.method + " " + visit.path)
                                        + ", which nobody else asked for")
                        + ". Harmless if the site begins programs by design: ask who keeps it. Else look for files that"
                        + " were written below its pages before, and for who asked for them then.",
                learned ? 4 : 2,
                (learned ? 0.8 : 0.4) + (visit == null ? 0 : 0.1),
                l.time(),
                l.time(),
                src,
                null,
                l.host(),
                l.account(),
                observables,
                List.of("T1190", "T1505.003", "T1059"),
                visit == null ? List.of(l.origin()) : List.of(l.origin(), visit.origin)));
    }

    private static String path(String path) {
        int end = path.indexOf('?');
        return end < 0 ? path : path.substring(0, end);
    }

    /// The one visitor who may have asked for it: of those who sent something within so long before, to a
    /// path that nobody else asked for. Null if there are none or several.
    private static @Nullable Visit asked(State state, long time, long within) {
        Map<String, Set<Address>> visitors = new HashMap<>();
        state.visits.forEach(
                v -> visitors.computeIfAbsent(v.path, p -> new HashSet<>(2)).add(v.src));
        Visit found = null;
        for (Visit v : state.visits) {
            boolean near = v.time <= time + SLACK && v.time >= time - within;
            if (near
                    && !v.method.equals("GET")
                    && !v.method.equals("HEAD")
                    && visitors.getOrDefault(v.path, Set.of()).size() == 1) {
                if (found != null && !found.src.equals(v.src)) {
                    return null;
                }
                found = v;
            }
        }
        return found;
    }

    private static final long SLACK = 5000;

    @Override
    public int capacity() {
        return 1_000;
    }

    @Override
    public int bytesPerKey() {
        return 600_000;
    }
}
