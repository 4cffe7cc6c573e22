package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Launch;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/// A program that serves the network (web, database, mail) begins a shell: somebody asks it for more than pages.
///
/// Web shells and faults of services show so on the machine itself (MITRE ATT&CK T1505.003 and T1190; NSA and
/// ASD, "Detect and Prevent Web Shell Malware", 2020). Some sites begin programs by design, and do so on many
/// days: what this server began on an earlier day is its work.
///
/// Key: client and machine. State: what its servers begin, {@link #KNOWN}; 20 KB at most.
@AutoService(Analytic.class)
public final class ServerShell implements Analytic<ServerShell.State> {
    private static final Threshold LEARNING = Threshold.of("server-shell", "learning-days");

    static final int KNOWN = 256;

    /// Programs that answer the network.
    private static final Set<String> SERVERS = Set.of(
            "w3wp",
            "httpd",
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

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits begun = new Habits(KNOWN, 60);
        private long told = Long.MIN_VALUE;
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
    public long key(Observation observation, Context context) {
        return observation instanceof Launch l
                        && !l.host().isEmpty()
                        && SERVERS.contains(Programs.name(l.parent()))
                        && SHELLS.contains(Programs.name(l.image()))
                ? Keys.of(context.tenant(l), Keys.of(Hosts.shortName(l.host())), 0x5E_54E11L)
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Launch l = (Launch) observation;
        String server = Programs.name(l.parent());
        String shell = Programs.name(l.image());
        long day = SignIns.day(l.time());
        long what = Keys.of(Keys.of(server), Keys.of(shell));
        boolean known = state.begun.before(what, day);
        state.begun.add(what, day);
        boolean learned = l.time() - context.begin(l.origin().client()) >= context.value(LEARNING) * SignIns.DAY;
        if (known || state.told == day) {
            return;
        }
        state.told = day;
        context.found(new Draft(
                this,
                Hosts.shortName(l.host()) + "|" + server,
                server + " began " + shell + " on " + l.host(),
                "A service that answers the network began a program that runs what it is told: "
                        + Words.quoted(l.commandLine().isEmpty() ? l.image() : l.commandLine())
                        + (learned
                                ? ". On no day before did a service of this machine begin it"
                                : ". The logs are too short to know whether it does so every day")
                        + ". Harmless if the site begins programs by design: ask who keeps it. Else look for files that"
                        + " were written below its pages before, and for who asked for them then.",
                learned ? 4 : 2,
                learned ? 0.8 : 0.4,
                l.time(),
                l.time(),
                null,
                null,
                l.host(),
                l.account(),
                List.of(Words.hostname("device.hostname", l.host())),
                List.of("T1190", "T1505.003", "T1059"),
                List.of(l.origin())));
    }

    @Override
    public int capacity() {
        return 20_000;
    }

    @Override
    public int bytesPerKey() {
        return 20_000;
    }
}
