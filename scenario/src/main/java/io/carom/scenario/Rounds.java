package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import io.carom.scenario.Org.User;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Random;

/// What happens at its hour whatever else does: backups at night, patches on Tuesdays, the scanner that is
/// allowed, leases in the morning, monitoring and updates all the time.
final class Rounds {
    private static final int[] SCANNED = {
        21, 22, 23, 25, 80, 110, 135, 139, 143, 443, 445, 1433, 3306, 3389, 5432, 5985, 8080, 8443
    };

    private final World world;
    private final LinkTraffic traffic;
    /// Between two rounds of the monitoring; rarer where few records are wanted.
    private final long poll;

    Rounds(World world, ScenarioOptions options, LinkTraffic traffic) {
        this.world = world;
        this.traffic = traffic;
        double hourly = (double) options.events() / options.days() / 24 / (options.clients() + 1);
        long minutes = 5;
        // Some twenty records a round should be no more than a tenth of all.
        while (minutes < 720 && 60.0 / minutes * 20 > hourly / 10) {
            minutes *= 2;
        }
        poll = minutes * 60_000;
    }

    /// Plays one hour.
    void play(Org org, long from, Random random) {
        Logs log = traffic.of(org);
        ZonedDateTime local = Instant.ofEpochMilli(from).atZone(org.zone);
        DayOfWeek day = local.getDayOfWeek();
        switch (local.getHour()) {
            case 1 -> backups(org, log, from, local, random);
            case 3 -> {
                if (day == DayOfWeek.SUNDAY) {
                    scan(org, log, from, random);
                }
            }
            case 8 -> {
                if (!Background.free(local)) {
                    leases(org, log, from, random);
                }
            }
            case 12 -> {
                // The second Tuesday of the month.
                if (day == DayOfWeek.TUESDAY && (local.getDayOfMonth() - 1) / 7 == 1) {
                    patches(org, log, from, random);
                }
            }
            default -> {}
        }
        services(org, log, from, random);
        if (org.supplier) {
            for (Link link : world.links) {
                monitor(link, from, random);
            }
        }
    }

    private static void backups(Org org, Logs log, long from, ZonedDateTime local, Random random) {
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
        log.windows.process(
                from + 60_000,
                org.backup(),
                "NT AUTHORITY\\SYSTEM",
                "C:\\Program Files\\7-Zip\\7z.exe",
                "7z.exe a -v500m D:\\backup\\" + local.toLocalDate() + ".7z D:\\data",
                "C:\\Windows\\System32\\svchost.exe",
                null);
        Host offsite = org.supplier ? traffic(org, 5) : traffic(org, 6);
        log.connection(
                from + 2_400_000,
                org.backup().ip(),
                offsite.ip(),
                443,
                "ssl",
                900_000,
                900_000_000L + random.nextInt(900_000_000),
                900_000,
                Ended.SF,
                true,
                null);
    }

    private static Host traffic(Org org, int number) {
        return new Host(
                "vault", "vault." + org.domain, "52." + (number + Math.floorMod(org.name.hashCode(), 200)) + ".7.9");
    }

    /// The scanner that the security team ordered: every server, many ports.
    private static void scan(Org org, Logs log, long from, Random random) {
        for (Host server : org.servers) {
            for (int port : SCANNED) {
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

    private static void leases(Org org, Logs log, long from, Random random) {
        for (int i = 0; i < 12; i++) {
            User user = org.users.get(random.nextInt(org.users.size()));
            log.unix.lease(from + random.nextInt(3_000_000), user.workstation(), random.nextBoolean());
        }
    }

    private void patches(Org org, Logs log, long from, Random random) {
        Host site = world.sites.get(1);
        for (User user : org.users) {
            log.browse(
                    from + random.nextInt(3_000_000),
                    user.workstation(),
                    "-",
                    "download." + site.name(),
                    site.ip(),
                    9000,
                    20_000_000 + random.nextInt(90_000_000),
                    null);
        }
    }

    /// What programs ask for by themselves, as regularly as any command channel.
    private void services(Org org, Logs log, long from, Random random) {
        Host update = world.sites.get(3 + Math.floorMod(org.name.hashCode(), 5));
        if (poll <= 3_600_000) {
            Host host = org.servers.get(8);
            log.connection(
                    from + 1_500_000 + random.nextInt(9000),
                    host.ip(),
                    update.ip(),
                    443,
                    "ssl",
                    600,
                    420,
                    900,
                    Ended.SF,
                    true,
                    null);
        }
        int hour = (int) (from / 3_600_000 % 24);
        if (hour % 6 == 2) {
            // Programs that sign in for each other; one of them with a password that ran out.
            boolean stale = Math.floorMod(org.name.hashCode(), 3) == 0;
            log.windows.logon(
                    from + 900_000,
                    org.servers.get(7),
                    "svc-sql",
                    org.name,
                    org.app().ip(),
                    3,
                    !stale || hour > 2,
                    null);
            log.unix.ssh(
                    from + 1_200_000,
                    30_000,
                    org.supplier ? deployer() : org.management().ip(),
                    "svc-deploy",
                    true,
                    true,
                    null);
        }
        if (org.supplier && hour == 4) {
            log.web(from + 300_000, deployer(), "GET", "/api/v2/devices", "page=1", "api-rmm", 200, null);
            log.web(from + 330_000, deployer(), "POST", "/api/v2/scripts/run", "-", "api-rmm", 202, null);
            log.windows.process(
                    from + 360_000,
                    org.management(),
                    "NT AUTHORITY\\SYSTEM",
                    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
                    "powershell.exe -nop -ep bypass -f C:\\ProgramData\\rmm\\scripts\\inventory.ps1",
                    "C:\\Program Files\\RMM\\agent.exe",
                    null);
        }
    }

    /// Where the supplier's automation runs.
    private String deployer() {
        return world.sites.get(4).ip();
    }

    /// The supplier's monitoring asks the client's machines whether they live; some have not for long.
    private void monitor(Link link, long from, Random random) {
        if (!link.kind().routed()) {
            return;
        }
        Org client = link.client();
        Host monitor = world.supplier.monitor();
        String address = link.pool().get(1);
        int watched = 3 + Math.floorMod(client.name.hashCode(), 4);
        for (long at = from + Math.floorMod(-from, poll); at < from + 3_600_000; at += poll) {
            for (int i = 0; i < watched; i++) {
                boolean dead = i == watched - 1;
                String target =
                        dead ? client.network + ".1.99" : client.servers.get(i).ip();
                traffic.knock(
                        link,
                        at + i * 700L + random.nextInt(300),
                        monitor,
                        address,
                        target,
                        i % 2 == 0 ? 443 : 5985,
                        dead ? Ended.S0 : Ended.SF,
                        null);
            }
        }
    }
}
