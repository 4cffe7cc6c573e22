package io.carom.scenario;

import io.carom.scenario.Logs.Ended;
import io.carom.scenario.World.Host;
import io.carom.scenario.World.Link;
import io.carom.scenario.World.Org;
import io.carom.scenario.World.User;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Random;

/// Ordinary life: people at work, services that talk, backups at night, patches on Tuesdays, a scanner
/// that is allowed, and
/// the supplier's administrators at their daily work in the clients' networks, with the same tools an
/// intruder uses.
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

    private final World world;
    private final Map<Org, Logs> logs;

    Background(World world, Map<Org, Logs> logs) {
        this.world = world;
        this.logs = logs;
    }

    /// How busy an hour is: full in working hours of working days, a quarter in the evening, a tenth
    /// otherwise.
    static double weight(long at) {
        ZonedDateTime time = Instant.ofEpochMilli(at).atZone(ZoneOffset.UTC);
        boolean free = time.getDayOfWeek() == DayOfWeek.SATURDAY || time.getDayOfWeek() == DayOfWeek.SUNDAY;
        int hour = time.getHour();
        double busy = hour >= 8 && hour < 18 ? 1 : hour >= 6 && hour < 22 ? 0.25 : 0.1;
        return free ? busy * 0.25 : busy;
    }

    /// Plays an hour of an organisation until about so many records were written.
    ///
    /// @return how many were
    int play(Org org, long from, double records, Random random) {
        Logs log = logs.get(org);
        java.util.Objects.requireNonNull(log);
        int before = log.pending();
        int hour = Instant.ofEpochMilli(from).atZone(ZoneOffset.UTC).getHour();
        rounds(org, log, from, hour, random);
        while (log.pending() - before < records) {
            activity(org, log, from + random.nextInt((int) ScenarioMaker.HOUR), random);
        }
        return log.pending() - before;
    }

    /// What happens at its hour whatever else does.
    private void rounds(Org org, Logs log, long from, int hour, Random random) {
        ZonedDateTime day = Instant.ofEpochMilli(from).atZone(ZoneOffset.UTC);
        if (hour == 1) {
            for (Host server : org.servers) {
                if (!server.equals(org.backup())) {
                    long size = 200_000_000L + random.nextInt(1_000_000_000);
                    log.connection(
                            from + random.nextInt(1_800_000),
                            org.backup().ip(),
                            server.ip(),
                            10_000,
                            "",
                            1_200_000,
                            40_000,
                            size,
                            Ended.SF,
                            false,
                            null);
                }
            }
            log.process(
                    from + 60_000,
                    org.backup(),
                    "NT AUTHORITY\\SYSTEM",
                    "C:\\Program Files\\7-Zip\\7z.exe",
                    "7z.exe a -v500m D:\\backup\\" + day.toLocalDate() + ".7z D:\\data",
                    "C:\\Windows\\System32\\svchost.exe",
                    null);
        }
        if (hour == 3 && day.getDayOfWeek() == DayOfWeek.SUNDAY) {
            // The scanner that the security team ordered: every server, many ports.
            int[] ports = {21, 22, 23, 25, 80, 110, 135, 139, 143, 443, 445, 1433, 3306, 3389, 5432, 5985, 8080, 8443};
            for (Host server : org.servers) {
                for (int port : ports) {
                    log.connection(
                            from + random.nextInt(3_000_000),
                            org.scanner().ip(),
                            server.ip(),
                            port,
                            "",
                            5,
                            0,
                            0,
                            random.nextInt(4) == 0 ? Ended.SF : Ended.REJ,
                            false,
                            null);
                }
            }
        }
        if (hour == 12 && day.getDayOfWeek() == DayOfWeek.TUESDAY) {
            for (User user : org.users) {
                Host site = world.sites.get(1);
                log.browse(
                        from + random.nextInt(3_000_000),
                        user.workstation(),
                        "-",
                        "download." + site.name(),
                        site.ip(),
                        "/",
                        20_000_000 + random.nextInt(90_000_000),
                        null);
            }
        }
        if (org.supplier && hour >= 8 && hour < 18 && day.getDayOfWeek().getValue() < 6) {
            for (Link link : world.links) {
                if (random.nextInt(3) == 0) {
                    administer(link, from + random.nextInt(2_400_000), random);
                }
            }
        }
    }

    /// An administrator of the supplier at work at a client, over the link that is there for it.
    private void administer(Link link, long at, Random random) {
        Org client = link.client();
        Logs there = java.util.Objects.requireNonNull(logs.get(client));
        Logs here = java.util.Objects.requireNonNull(logs.get(world.supplier));
        String admin = world.supplier.admins.get(random.nextInt(world.supplier.admins.size()));
        String from = link.pool().get(random.nextInt(link.pool().size()));
        Host target = client.servers.get(random.nextInt(3) == 0 ? 0 : 7 + random.nextInt(3));
        long length = 300_000 + random.nextInt(2_400_000);
        here.logon(
                at - 30_000,
                world.supplier.jump(),
                admin,
                world.supplier.name,
                world.supplier.users.get(0).workstation().ip(),
                10,
                true,
                null);
        here.connection(at, from, target.ip(), 3389, "rdp", length, 900_000, 9_000_000, Ended.SF, true, null);
        there.connection(at, from, target.ip(), 3389, "rdp", length, 900_000, 9_000_000, Ended.SF, true, null);
        there.logon(at + 4000, target, link.account(), client.name, from, 10, true, null);
        there.ticket(at + 3500, link.account(), target.name() + "$", from, null);
        there.process(
                at + 60_000,
                target,
                client.name + "\\" + link.account(),
                "C:\\Windows\\System32\\mmc.exe",
                "mmc.exe services.msc",
                "C:\\Windows\\explorer.exe",
                null);
        if (random.nextInt(6) == 0) {
            there.service(
                    at + 90_000,
                    target,
                    client.name + "\\" + link.account(),
                    "PSEXESVC",
                    "%SystemRoot%\\PSEXESVC.exe",
                    null);
        }
        if (random.nextInt(8) == 0) {
            there.process(
                    at + 120_000,
                    target,
                    client.name + "\\" + link.account(),
                    "C:\\Windows\\System32\\certutil.exe",
                    "certutil.exe -verify C:\\certs\\web.cer",
                    "C:\\Windows\\System32\\cmd.exe",
                    null);
        }
    }

    private void activity(Org org, Logs log, long at, Random random) {
        User user = org.users.get(random.nextInt(org.users.size()));
        Host desk = user.workstation();
        int what = random.nextInt(100);
        if (what < 34) {
            Host site = world.sites.get((int) Math.min(world.sites.size() - 1, Math.abs(random.nextGaussian()) * 90));
            log.browse(at, desk, user.account(), site.name(), site.ip(), "/", 500 + random.nextInt(300_000), null);
        } else if (what < 48) {
            Host server = org.servers.get(random.nextInt(4) == 0 ? 8 : 1);
            log.ticket(at, user.account(), server.name() + "$", desk.ip(), null);
            log.logon(at + 200, server, user.account(), org.name, desk.ip(), 3, true, null);
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
        } else if (what < 62) {
            String image = IMAGES[random.nextInt(IMAGES.length)];
            log.process(
                    at,
                    desk,
                    org.name + "\\" + user.account(),
                    image,
                    "\"" + image + "\"",
                    "C:\\Windows\\explorer.exe",
                    null);
        } else if (what < 72) {
            Host server = org.servers.get(random.nextInt(org.servers.size()));
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
        } else if (what < 80) {
            log.office(
                    at,
                    user.mail(),
                    org.publicAddress,
                    OPERATIONS[random.nextInt(OPERATIONS.length)],
                    random.nextBoolean() ? "Exchange" : "SharePoint",
                    "https://" + org.name + ".sharepoint.example/docs/" + random.nextInt(9000),
                    null);
        } else if (what < 85) {
            // One in forty signs in from a traveller's VPN.
            String from = random.nextInt(40) == 0
                    ? world.vpnNodes.get(random.nextInt(world.vpnNodes.size() / 2))
                    : org.publicAddress;
            log.signIn(at, user.mail(), from, "Office 365 Exchange Online", random.nextInt(25) > 0, null);
        } else if (what < 90) {
            log.web(at, World.outside(random), "GET", "/products/" + random.nextInt(300), "-", "-", 200, null);
        } else if (what < 92) {
            log.logon(at, desk, user.account(), org.name, "127.0.0.1", 2, random.nextInt(20) > 0, null);
        } else if (what < 94) {
            // The world knocks on the door.
            log.connection(
                    at,
                    World.outside(random),
                    org.publicAddress,
                    new int[] {22, 23, 445, 3389, 8080}[random.nextInt(5)],
                    "",
                    0,
                    0,
                    0,
                    Ended.S0,
                    true,
                    null);
        } else if (what < 96) {
            String admin = org.admins.get(random.nextInt(org.admins.size()));
            log.ssh(at, org.jump().ip(), admin, random.nextInt(15) > 0, null);
        } else if (what < 98 && org.supplier) {
            long length = 600_000 + random.nextInt(14_400_000);
            log.vpn(
                    at,
                    length,
                    user.account(),
                    World.outside(random),
                    org.network + ".190." + (2 + random.nextInt(250)),
                    null);
        } else {
            log.connection(at, desk.ip(), org.dc().ip(), 88, "krb_tcp", 20, 1500, 1600, Ended.SF, false, null);
        }
    }
}
