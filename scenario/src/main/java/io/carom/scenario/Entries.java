package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Intrusion.Foothold;
import io.carom.scenario.Org.Host;
import io.carom.scenario.Org.User;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The ways in.
final class Entries {
    enum Kind {
        PHISHING("phishing"),
        EXPOSED_RDP("exposed-rdp"),
        WEB_SERVICE("web-service"),
        REMOTE_SUPPORT_ACCOUNT("remote-support-account"),
        SSH_KEY("ssh-key"),
        API_KEY("api-key"),
        CLIENT_LINK("client-link");

        final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private static final long MINUTE = Intrusion.MINUTE;
    private static final long HOUR = Intrusion.HOUR;

    private final Intrusion plan;
    private final Random random;
    private final Tradecraft craft;
    private final Org supplier;
    private Kind kind;
    private @Nullable Org client;

    Entries(Intrusion plan) {
        this.plan = plan;
        random = plan.random;
        craft = plan.craft;
        supplier = plan.world.supplier;
        kind = Kind.values()[random.nextInt(Kind.values().length)];
        if (kind == Kind.CLIENT_LINK) {
            List<Link> back = plan.world.links.stream()
                    .filter(l -> l.kind().routed() || l.kind() == Link.Kind.RDP_GATEWAY)
                    .toList();
            // Only over a network link can one go back; and somebody else must be there to be hit.
            if (back.isEmpty() || plan.world.clients.size() < 3) {
                kind = Kind.PHISHING;
            } else {
                client = back.get(random.nextInt(back.size())).client();
            }
        }
    }

    /// The client whose link was used the other way round, if any.
    @Nullable
    Org client() {
        return client;
    }

    boolean lured() {
        return kind == Kind.PHISHING || kind == Kind.CLIENT_LINK;
    }

    private void is(Foothold at, String account, String from, String how) {
        plan.truth.entry(new Truth.Entry(kind.label, at.org().name, at.label(), account, at.at(), from, how));
        plan.hop(at.at(), from, "outside", at.label(), at.org().name, account, how);
    }

    Foothold enter(long at) {
        return switch (kind) {
            case PHISHING -> phish(supplier, at);
            case EXPOSED_RDP -> exposed(at);
            case WEB_SERVICE -> web(at);
            case REMOTE_SUPPORT_ACCOUNT -> support(at);
            case SSH_KEY -> sshKey(at);
            case API_KEY -> apiKey(at);
            case CLIENT_LINK -> clientLink(at);
        };
    }

    /// A lure to some fifty people, stolen credentials on the portal, webmail from a commercial VPN, then the
    /// corporate VPN.
    private Foothold phish(Org org, long lure) {
        Logs log = plan.logs(org);
        List<User> people =
                new ArrayList<>(org.users.stream().filter(u -> u.since() == 0).toList());
        Collections.shuffle(people, random);
        String lureHost = Names.pick(random, new String[] {"securemail.", "secure.", "login.", "portal."}) + org.domain
                + "." + craft.lureDomain;
        int sent = Math.min(people.size(), 25 + random.nextInt(40));
        for (int i = 0; i < sent; i++) {
            MailLog.Mail mail = new MailLog.Mail(
                    "hr@" + lureHost,
                    "Human Resources",
                    people.get(i).mail(),
                    "Encrypted message from HR",
                    "mail." + lureHost,
                    craft.dropAddress,
                    "https://" + lureHost + "/message/" + (7000 + i));
            plan.at(
                    lure + i * 3000L + random.nextInt(2000),
                    t -> log.mail.received(t, mail, "lure: mail to " + mail.to()));
            if (i % 17 == 3) {
                plan.at(lure + (30 + i) * MINUTE, t -> log.mail.reported(t, mail, "lure: reported by " + mail.to()));
            }
        }
        int clicked = 2 + random.nextInt(4);
        long last = lure;
        for (int i = 0; i < clicked; i++) {
            User user = people.get(i);
            long t0 = lure + (5L + random.nextInt(90)) * MINUTE;
            last = Math.max(last, t0);
            plan.at(
                    t0,
                    t -> log.browse(
                            t,
                            user.workstation(),
                            user.account(),
                            lureHost,
                            craft.dropAddress,
                            2400,
                            5200,
                            "lure: the page was opened"));
        }
        User stolen = people.getFirst();
        plan.truth.account(stolen.account());
        String node = craft.nodes.get(0);
        long portal = last + plan.pause(60, 1200);
        for (int i = 0; i < 3; i++) {
            int status = i == 0 ? 401 : 200;
            plan.at(
                    portal + i * (4 * MINUTE),
                    t -> log.web(
                            t,
                            node,
                            "POST",
                            org.supplier ? "/servicedesk/login" : "/owa/auth.owa",
                            "-",
                            stolen.account(),
                            status,
                            "stolen credentials on the portal"));
        }
        long webmail = portal + plan.pause(30, 360);
        plan.at(webmail, t -> {
            log.cloud.signIn(t, stolen.mail(), "", node, "Office 365 Exchange Online", true, "webmail from a VPN node");
            String[] searches = craft.giftCards
                    ? new String[] {"gift card", "giftcard balance", "vpn password"}
                    : new String[] {"vpn password", "remote access", "network diagram"};
            for (int i = 0; i < searches.length; i++) {
                log.cloud.did(
                        t + (2 + 3 * i) * MINUTE,
                        stolen.mail(),
                        node,
                        "SearchQueryInitiatedExchange",
                        "Exchange",
                        searches[i],
                        "mailbox search");
            }
        });
        long vpn = webmail + plan.pause(60, 1300);
        String tunnel = org.vpnPool + "." + (60 + random.nextInt(190));
        String from = craft.nodes.get(1);
        long session = (3 + random.nextInt(5)) * HOUR;
        plan.at(
                vpn,
                t -> log.vpn.session(
                        t, session, stolen.account(), from, tunnel, "VPN session with stolen credentials"));
        Foothold at = new Foothold(vpn, null, tunnel, tunnel, org, stolen.account());
        is(at, stolen.account(), from, "phishing of " + org.name + "'s staff at " + lureHost + ", then the VPN");
        return at;
    }

    /// A remote desktop that the whole world can reach: passwords are tried until one fits.
    private Foothold exposed(long at) {
        Logs log = plan.logs(supplier);
        Host host = random.nextBoolean() ? supplier.management() : supplier.app();
        String from = random.nextBoolean() ? craft.nodes.get(0) : craft.commandAddress;
        String account = random.nextBoolean()
                ? supplier.users.get(20 + random.nextInt(60)).account()
                : "helpdesk" + random.nextInt(9);
        int tries = 20 + random.nextInt(150);
        long between = (3 + random.nextInt(60)) * 1000L;
        for (int i = 0; i < tries; i++) {
            String tried = i % 4 == 0
                    ? account
                    : supplier.users.get(random.nextInt(90)).account();
            plan.at(at - (tries - i) * between, t -> {
                log.connection(
                        t, from, host.ip(), 3389, "rdp", 1800, 1400, 1600, Ended.RSTO, true, from, "passwords tried");
                log.windows.logon(t + 900, host, tried, supplier.name, from, 3, false, "passwords tried");
            });
        }
        plan.at(
                at,
                t -> Means.RDP.arrive(
                        log, t, 50 * MINUTE, from, host, account, "", true, "exposed remote desktop entered"));
        Foothold in = new Foothold(at, host, host.name(), host.ip(), supplier, account);
        is(in, account, from, "exposed remote desktop of " + supplier.name);
        return in;
    }

    /// A fault of the portal's software, and a shell left there.
    private Foothold web(long at) {
        Logs log = plan.logs(supplier);
        Host host = supplier.web();
        String from = craft.nodes.get(0);
        String page = "/" + Names.pick(random, new String[] {"servicedesk", "portal", "upload", "api"}) + "/"
                + plan.world.names.word(random) + ".aspx";
        for (int i = 0; i < 15 + random.nextInt(40); i++) {
            String path = "/" + plan.world.names.word(random) + "/";
            plan.at(
                    at - 2 * HOUR + random.nextInt((int) (110 * MINUTE)),
                    t -> log.web(t, from, "GET", path, "-", "-", 404, "the portal was felt for faults"));
        }
        String pool = "IIS APPPOOL\\portal";
        String worker = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";
        String cmd = "C:\\Windows\\System32\\cmd.exe";
        plan.at(at, t -> {
            log.connection(
                    t,
                    from,
                    host.ip(),
                    443,
                    "ssl",
                    9000,
                    40_000,
                    9000,
                    Ended.SF,
                    true,
                    from,
                    "fault of the portal used");
            log.web(t + 200, from, "POST", "/servicedesk/import", "-", "-", 200, "fault of the portal used");
            log.windows.process(
                    t + 900, host, pool, cmd, "cmd.exe /c whoami", worker, "commands by the portal's process");
            log.windows.fileWritten(
                    t + 4000, host, pool, worker, "C:\\inetpub\\wwwroot" + page.replace('/', '\\'), "shell left");
        });
        for (int i = 1; i < 4 + random.nextInt(12); i++) {
            plan.at(at + i * plan.pause(3, 12), t -> {
                log.web(t, from, "POST", page, "-", "-", 200, "shell used");
                log.windows.process(
                        t + 300,
                        host,
                        pool,
                        cmd,
                        "cmd.exe /c net group \"domain admins\" /domain",
                        worker,
                        "shell used");
            });
        }
        Foothold in = new Foothold(at, host, host.name(), host.ip(), supplier, "");
        is(in, "", from, "fault of the web service of " + supplier.name);
        return in;
    }

    /// A technician's account of the remote-support product.
    private Foothold support(long at) {
        Logs log = plan.logs(supplier);
        User technician = supplier.users.get(random.nextInt(12));
        Host host = random.nextBoolean()
                ? supplier.management()
                : supplier.users.get(20 + random.nextInt(60)).workstation();
        String from = craft.nodes.get(1);
        long length = (20 + random.nextInt(90)) * MINUTE;
        String why = "technician's account of the remote-support product used";
        Host relay = plan.world.relay;
        plan.at(at - 3 * MINUTE, t -> {
            for (int i = 0; i < random.nextInt(4); i++) {
                log.support.login(t + i * 20_000L, technician.mail(), from, false, why);
            }
            log.support.login(t + 90_000, technician.mail(), from, true, why);
        });
        plan.at(at, t -> {
            log.support.session(t, length, host.name(), technician.mail(), from, "whoami /all", why);
            log.windows.support(t + 500, host, "ScreenConnect", technician.mail(), "Connected", why);
            log.windows.support(t + length, host, "ScreenConnect", technician.mail(), "Disconnected", why);
            log.connection(t, host.ip(), relay.ip(), 8041, "ssl", length, length * 4, length, Ended.SF, true, why);
            log.windows.process(
                    t + length / 3,
                    host,
                    "NT AUTHORITY\\SYSTEM",
                    "C:\\Windows\\System32\\cmd.exe",
                    "cmd.exe /c whoami /all",
                    "C:\\Program Files (x86)\\ScreenConnect Client (0f1e2d3c4b5a6978)\\ScreenConnect.ClientService.exe",
                    why);
        });
        Foothold in = new Foothold(at, host, host.name(), host.ip(), supplier, technician.account());
        is(in, technician.mail(), from, "stolen account of the remote-support product of " + supplier.name);
        return in;
    }

    /// The key of an account that programs use, from a place they never came from.
    private Foothold sshKey(long at) {
        Logs log = plan.logs(supplier);
        Host host = supplier.linux();
        String from = craft.nodes.get(2);
        String account = "svc-deploy";
        long length = (30 + random.nextInt(120)) * MINUTE;
        String why = "service account's key used";
        plan.at(at, t -> {
            log.connection(t, from, host.ip(), 22, "ssh", length, 60_000, 900_000, Ended.SF, true, from, why);
            log.unix.ssh(t + 300, length, from, account, true, true, why);
            log.unix.sudo(t + 4 * MINUTE, account, "/usr/bin/cat /etc/ansible/hosts", why);
            log.unix.sudo(t + 9 * MINUTE, account, "/usr/bin/cat /etc/ansible/group_vars/all/vault.yml", why);
        });
        Foothold in = new Foothold(at, host, host.name(), host.ip(), supplier, account);
        is(in, account, from, "key of a service account of " + supplier.name);
        return in;
    }

    /// The key of an interface by which scripts are run on managed machines.
    private Foothold apiKey(long at) {
        Logs log = plan.logs(supplier);
        Host host = supplier.management();
        String from = craft.nodes.get(2);
        String account = "api-rmm";
        String why = "key of the management interface used";
        String shell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
        for (int i = 0; i < 6 + random.nextInt(20); i++) {
            plan.at(
                    at - i * plan.pause(1, 6) - MINUTE,
                    t -> log.web(t, from, "GET", "/api/v2/devices", "page=" + (t & 31), account, 200, why));
        }
        plan.at(at, t -> {
            log.web(t, from, "POST", "/api/v2/scripts/run", "-", account, 202, why);
            log.windows.process(
                    t + 40_000,
                    host,
                    "NT AUTHORITY\\SYSTEM",
                    shell,
                    "powershell.exe -nop -w hidden -ep bypass -f C:\\ProgramData\\rmm\\scripts\\" + (t & 0xFFFF)
                            + ".ps1",
                    "C:\\Program Files\\RMM\\agent.exe",
                    "script run by the management agent");
        });
        Foothold in = new Foothold(at, host, host.name(), host.ip(), supplier, "");
        is(in, account, from, "key of the management interface of " + supplier.name);
        return in;
    }

    /// A client is entered first, and its link used the other way round.
    private Foothold clientLink(long at) {
        Org org = Objects.requireNonNull(client);
        Link link = plan.world.linkTo(org);
        Foothold in = phish(org, at);
        Host desk = org.users.get(random.nextInt(20)).workstation();
        Foothold stand = plan.move(in, desk, in.account(), plan.pause(10, 60), "inside " + org.name);
        Host source = org.managed().get(random.nextInt(org.managed().size()));
        String admin = org.admins.get(random.nextInt(org.admins.size()));
        plan.at(
                stand.at() + plan.pause(10, 30),
                t -> craft.dump(plan.logs(org), t, desk, in.account(), "passwords taken from memory"));
        stand = plan.move(stand, source, admin, plan.pause(60, 400), "inside " + org.name);
        long back = stand.at() + plan.pause(60, 600);
        Host jump = supplier.jump();
        String account = supplier.admins.get(random.nextInt(supplier.admins.size()));
        String why = "back over " + link.name();
        String address = plan.traffic.address(link, random);
        Logs there = plan.logs(org);
        Logs here = plan.logs(supplier);
        if (link.kind() == Link.Kind.RDP_GATEWAY) {
            // A technician's session has the drives of the technician's own machine.
            plan.at(back, t -> {
                plan.traffic.session(
                        link,
                        t - 9 * MINUTE,
                        40 * MINUTE,
                        jump,
                        account,
                        address,
                        source,
                        Means.RDP,
                        "C:\\Windows\\explorer.exe",
                        null);
                there.windows.process(
                        t,
                        source,
                        org.name + "\\" + admin,
                        "C:\\Windows\\System32\\cmd.exe",
                        "cmd.exe /c copy " + craft.renamed
                                + " \"\\\\tsclient\\C\\ProgramData\\Microsoft\\Windows\\Start Menu\\"
                                + "Programs\\StartUp\\\"",
                        "C:\\Windows\\explorer.exe",
                        why);
                here.windows.fileWritten(
                        t + 2000,
                        jump,
                        supplier.name + "\\" + account,
                        "C:\\Windows\\System32\\mstsc.exe",
                        "C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\StartUp\\" + craft.renamed,
                        why);
                here.windows.process(
                        t + 30 * MINUTE,
                        jump,
                        supplier.name + "\\" + account,
                        "C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\StartUp\\" + craft.renamed,
                        craft.renamed,
                        "C:\\Windows\\explorer.exe",
                        why);
            });
        } else {
            Means means = random.nextBoolean() ? Means.RDP : Means.PSEXEC;
            plan.at(back, t -> {
                means.leave(there, t, source, admin, account, supplier, jump, why);
                boolean tunnel = link.kind() == Link.Kind.SITE_TO_SITE;
                there.connection(
                        t,
                        source.ip(),
                        address,
                        means.port,
                        means.service,
                        30 * MINUTE,
                        300_000,
                        9_000_000,
                        Ended.SF,
                        tunnel,
                        source.ip(),
                        why);
                if (tunnel) {
                    means.arrive(
                            here, t, 30 * MINUTE, source.ip(), jump, account, craft.folder + craft.renamed, true, why);
                } else {
                    means.logon(here, t, 30 * MINUTE, source.ip(), jump, account, craft.folder + craft.renamed, why);
                }
            });
        }
        plan.hop(back, source.name(), org.name, jump.name(), supplier.name, account, "back over " + link.name());
        plan.truth.hit(new Truth.Course(org.name, "", "", in.at(), in.at(), stand.at(), List.of(in.address())));
        return new Foothold(back, jump, jump.name(), jump.ip(), supplier, account);
    }
}
