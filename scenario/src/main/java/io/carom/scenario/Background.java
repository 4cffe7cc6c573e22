package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import io.carom.scenario.Org.User;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.Set;

/// Ordinary life: people at work by the clock of their place, services that talk, the world that knocks.
final class Background {
    private static final String[] IMAGES = {
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
        "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
        "C:\\Windows\\System32\\svchost.exe",
        "C:\\Windows\\System32\\cmd.exe",
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        "C:\\Windows\\System32\\taskhostw.exe",
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
        "C:\\Windows\\System32\\rundll32.exe"
    };
    private static final String[] OPERATIONS = {
        "FileAccessed",
        "FileModified",
        "FileDownloaded",
        "MailItemsAccessed",
        "Send",
        "SearchQueryInitiatedExchange",
        "FilePreviewed",
        "PageViewed"
    };
    private static final Set<String> MAILBOX = Set.of("MailItemsAccessed", "Send", "SearchQueryInitiatedExchange");
    private static final String[] SUBJECTS = {
        "Minutes of today", "Invoice", "Offer", "Your order", "Question about the contract", "Re: Friday", "Timesheet"
    };
    private static final int[] KNOCKED = {22, 23, 445, 3389, 8080};

    private final World world;
    private final LogFile.Shelf shelf;
    private final LinkTraffic traffic;
    private final long start;
    private final long span;

    Background(World world, ScenarioOptions options, LogFile.Shelf shelf, LinkTraffic traffic) {
        this.world = world;
        this.shelf = shelf;
        this.traffic = traffic;
        start = options.start().toEpochMilli();
        span = options.days() * 86_400_000L;
    }

    /// How busy a time is: full in the organisation's hours on working days, a quarter around them, a tenth
    /// at night.
    static double weight(Org org, long at) {
        ZonedDateTime time = Instant.ofEpochMilli(at).atZone(org.zone);
        int hour = time.getHour();
        double busy = hour >= org.opens && hour < org.closes
                ? 1
                : hour >= org.opens - 2 && hour < org.closes + 3 ? 0.25 : 0.1;
        return free(time) ? busy * 0.25 : busy;
    }

    static boolean free(ZonedDateTime time) {
        return time.getDayOfWeek() == DayOfWeek.SATURDAY || time.getDayOfWeek() == DayOfWeek.SUNDAY;
    }

    /// Plays a slice of an organisation's time until so many records were begun in all.
    void play(Org org, long from, long slice, double until, Random random) {
        Logs log = traffic.of(org);
        double share = (double) (from - start) / span;
        while (shelf.begun < until) {
            activity(org, log, from + random.nextInt((int) slice), share, random);
        }
    }

    /// Somebody who is there by then.
    private static User somebody(Org org, double share, Random random) {
        while (true) {
            User user = org.users.get(random.nextInt(org.users.size()));
            if (user.since() <= share) {
                return user;
            }
        }
    }

    private void activity(Org org, Logs log, long at, double share, Random random) {
        User user = somebody(org, share, random);
        Host desk = user.workstation();
        int what = random.nextInt(100);
        if (what < 34) {
            Host site = world.sites.get((int) Math.min(world.sites.size() - 1, Math.abs(random.nextGaussian()) * 90));
            long size = 500 + random.nextInt(300_000);
            log.browse(at, desk, user.account(), site.name(), site.ip(), 900 + size / 40, size, null);
        } else if (what < 48) {
            share(org, log, at, user, random);
        } else if (what < 61) {
            String image = IMAGES[random.nextInt(IMAGES.length)];
            log.windows.process(
                    at,
                    desk,
                    org.name + "\\" + user.account(),
                    image,
                    "\"" + image + "\"",
                    "C:\\Windows\\explorer.exe",
                    null);
        } else if (what < 70) {
            inside(org, log, at, desk, random);
        } else if (what < 78) {
            String operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
            boolean mailbox = MAILBOX.contains(operation);
            String detail = operation.startsWith("Search")
                    ? SUBJECTS[random.nextInt(SUBJECTS.length)]
                    : mailbox
                            ? user.mail()
                            : "https://" + org.name + ".sharepoint.example/docs/" + random.nextInt(9000);
            String workload = mailbox ? "Exchange" : "SharePoint";
            log.cloud.did(at, user.mail(), org.publicAddress, operation, workload, detail, null);
        } else if (what < 83) {
            // One in forty is on the road, behind a commercial VPN.
            String from = random.nextInt(40) == 0
                    ? world.vpnNodes.get(random.nextInt(world.vpnNodes.size() / 2))
                    : org.publicAddress;
            log.cloud.signIn(at, user.mail(), "", from, "Office 365 Exchange Online", random.nextInt(25) > 0, null);
        } else if (what < 88) {
            visitors(org, log, at, user, random);
        } else if (what < 90) {
            log.windows.logon(at, desk, user.account(), org.name, "127.0.0.1", 2, random.nextInt(20) > 0, null);
        } else if (what < 92) {
            log.connection(
                    at,
                    Names.outside(random),
                    org.publicAddress,
                    KNOCKED[random.nextInt(5)],
                    "",
                    0,
                    0,
                    0,
                    Ended.S0,
                    true,
                    null);
        } else if (what < 93) {
            String admin = org.admins.get(random.nextInt(org.admins.size()));
            log.unix.ssh(
                    at, 60_000 + random.nextInt(900_000), org.jump().ip(), admin, random.nextInt(15) > 0, true, null);
        } else if (what < 96) {
            mail(log, at, user, random);
        } else if (what < 97 && (org.supplier || random.nextInt(4) == 0)) {
            long length = 600_000 + random.nextInt(14_400_000);
            if (random.nextInt(12) == 0) {
                log.vpn.refused(at, user.account(), Names.outside(random), null);
            } else {
                log.vpn.session(
                        at,
                        length,
                        user.account(),
                        Names.outside(random),
                        org.vpnPool + "." + (60 + random.nextInt(190)),
                        null);
            }
        } else {
            log.connection(
                    at,
                    desk.ip(),
                    org.dc().ip(),
                    random.nextInt(3) == 0 ? 389 : 88,
                    "krb_tcp",
                    20,
                    1500,
                    1600,
                    Ended.SF,
                    false,
                    null);
        }
    }

    private static void share(Org org, Logs log, long at, User user, Random random) {
        Host desk = user.workstation();
        Host server = org.servers.get(random.nextInt(4) == 0 ? 8 : 1);
        if (random.nextInt(40) == 0) {
            log.windows.logon(at, server, user.account(), org.name, desk.ip(), 3, false, null);
            return;
        }
        log.windows.ticket(at, user.account(), server.name() + "$", desk.ip(), null);
        log.windows.logon(at + 200, server, user.account(), org.name, desk.ip(), 3, true, null);
        log.connection(
                at + 250,
                desk.ip(),
                server.ip(),
                445,
                "smb",
                1000 + random.nextInt(60_000),
                random.nextInt(90_000),
                random.nextInt(900_000),
                Ended.SF,
                false,
                null);
    }

    private static void inside(Org org, Logs log, long at, Host desk, Random random) {
        Host server = org.servers.get(random.nextInt(org.servers.size()));
        if (random.nextInt(30) == 0) {
            // A name that was mistyped, or that a browser made up.
            log.lookup(at, desk, "wpad" + random.nextInt(99) + "." + org.domain, "", null);
            return;
        }
        log.lookup(at, desk, server.fqdn(), server.ip(), null);
        log.connection(
                at + 20,
                desk.ip(),
                server.ip(),
                443,
                "ssl",
                200 + random.nextInt(9000),
                700,
                random.nextInt(60_000),
                Ended.SF,
                false,
                null);
    }

    /// The organisation's own web pages, its service desk and webmail.
    private static void visitors(Org org, Logs log, long at, User user, Random random) {
        switch (random.nextInt(5)) {
            case 0 ->
                log.web(
                        at,
                        Names.outside(random),
                        "POST",
                        "/owa/auth.owa",
                        "-",
                        org.name + "\\" + user.account(),
                        random.nextInt(12) == 0 ? 401 : 302,
                        null);
            case 1 ->
                log.web(
                        at,
                        Names.outside(random),
                        "POST",
                        org.supplier ? "/servicedesk/login" : "/shop/login",
                        "-",
                        user.account(),
                        random.nextInt(9) == 0 ? 401 : 200,
                        null);
            case 2 -> log.web(at, Names.outside(random), "GET", "/wp-login.php", "-", "-", 404, null);
            default ->
                log.web(at, Names.outside(random), "GET", "/products/" + random.nextInt(300), "-", "-", 200, null);
        }
    }

    private void mail(Logs log, long at, User user, Random random) {
        Host site = world.sites.get(random.nextInt(200));
        String domain = site.name().substring(site.name().indexOf('.') + 1);
        String name = Names.first(random);
        boolean linked = random.nextInt(3) == 0;
        log.mail.received(
                at,
                new MailLog.Mail(
                        name + "@" + domain,
                        name,
                        user.mail(),
                        SUBJECTS[random.nextInt(SUBJECTS.length)],
                        "mx." + domain,
                        site.ip(),
                        linked ? "https://" + site.name() + "/read/" + random.nextInt(9000) : ""),
                null);
    }
}
