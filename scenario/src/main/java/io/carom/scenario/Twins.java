package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import io.carom.scenario.Org.User;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// What looks like an act of the intruder and is none: newsletters, archives for an auditor, a helper's own
/// remote-support tool, a sign-in from a journey, passwords tried by the whole world.
final class Twins {
    private static final String CMD = "C:\\Windows\\System32\\cmd.exe";
    private static final long MINUTE = 60_000L;

    private final World world;
    private final LinkTraffic traffic;

    Twins(World world, LinkTraffic traffic) {
        this.world = world;
        this.traffic = traffic;
    }

    /// Plays one hour of an organisation; each twin comes once in some days.
    void play(Org org, long from, Random random) {
        ZonedDateTime local = Instant.ofEpochMilli(from).atZone(org.zone);
        boolean open = !Background.free(local) && local.getHour() >= org.opens && local.getHour() < org.closes;
        long at = from + random.nextInt(50) * MINUTE;
        User user = org.users.get(random.nextInt(20));
        int what = random.nextInt(open ? 90 : 300);
        switch (what) {
            case 0 -> newsletter(org, at, random);
            case 1 -> archive(org, at, user, random);
            case 2 -> helper(org, at, user, random);
            case 3 -> journey(org, at, user, random);
            case 4 -> spray(org, at, random);
            case 5 -> inventory(org, at);
            case 6 ->
                traffic.of(org)
                        .cloud
                        .did(
                                at,
                                user.mail(),
                                org.publicAddress,
                                "SearchQueryInitiatedExchange",
                                "Exchange",
                                "gift card for " + org.users.get(5).name(),
                                null);
            case 7 -> forgotten(org, at, user, random);
            case 8 -> camera(org, at, user);
            case 9 -> {
                if (local.getDayOfWeek() != DayOfWeek.MONDAY) {
                    ownAdmin(org, at, random);
                }
            }
            default -> {}
        }
    }

    /// A real newsletter by a company whose business is to send them.
    private void newsletter(Org org, long at, Random random) {
        Logs log = traffic.of(org);
        Host site = world.sites.get(10 + random.nextInt(30));
        String sender =
                "news." + org.name + "." + site.name().substring(site.name().indexOf('.') + 1);
        List<User> to = new ArrayList<>(org.users);
        Collections.shuffle(to, random);
        for (int i = 0; i < 30; i++) {
            User user = to.get(i);
            MailLog.Mail mail = new MailLog.Mail(
                    "benefits@" + sender,
                    "Staff benefits",
                    user.mail(),
                    "Your benefits this month",
                    "mx." + sender,
                    site.ip(),
                    "https://" + sender + "/b/" + i);
            log.mail.received(at + i * 900L, mail, null);
            if (i % 6 == 0) {
                log.browse(
                        at + (4 + i) * MINUTE,
                        user.workstation(),
                        user.account(),
                        sender,
                        site.ip(),
                        1800,
                        90_000,
                        null);
            } else if (i == 7) {
                log.mail.reported(at + 20 * MINUTE, mail, null);
            }
        }
    }

    /// Archives in parts, sent to an auditor.
    private void archive(Org org, long at, User user, Random random) {
        Logs log = traffic.of(org);
        Host host = random.nextBoolean() ? org.files() : user.workstation();
        String who = org.name + "\\" + user.account();
        String place = "D:\\audit\\" + org.name + "\\books";
        String tool = "C:\\Program Files\\WinRAR\\rar.exe";
        log.windows.process(at, host, who, tool, "rar.exe a -v100m " + place + ".rar D:\\books", CMD, null);
        for (int i = 1; i < 4 + random.nextInt(5); i++) {
            log.windows.fileWritten(at + i * 20_000L, host, who, tool, place + ".part" + i + ".rar", null);
        }
        Host site = world.sites.get(50 + random.nextInt(20));
        log.browse(
                at + 9 * MINUTE,
                host,
                user.account(),
                site.name(),
                site.ip(),
                300_000_000L + random.nextInt(600_000_000),
                9000,
                null);
        log.windows.fileWritten(
                at + 30 * MINUTE,
                host,
                who,
                "C:\\Windows\\explorer.exe",
                "C:\\$Recycle.Bin\\S-1-5-21-" + Math.abs(user.account().hashCode()) + "\\$R7Q2.rar",
                null);
    }

    /// The service desk puts a support tool on a desk, as it was asked to.
    private void helper(Org org, long at, User user, Random random) {
        Logs log = traffic.of(org);
        Host desk = user.workstation();
        boolean splashtop = random.nextBoolean();
        log.windows.service(
                at,
                desk,
                org.name + "\\" + org.admins.getFirst(),
                splashtop ? "SplashtopRemoteService" : "ScreenConnect Client (0f1e2d3c4b5a6978)",
                splashtop
                        ? "C:\\Program Files (x86)\\Splashtop\\Splashtop Remote\\Server\\SRService.exe"
                        : "C:\\Program Files (x86)\\ScreenConnect Client (0f1e2d3c4b5a6978)\\ScreenConnect.ClientService.exe",
                null);
        String who = world.supplier.users.get(random.nextInt(12)).mail();
        String tool = splashtop ? "Splashtop" : "ScreenConnect";
        log.windows.support(at + 2 * MINUTE, desk, tool, who, "Connected", null);
        log.windows.support(at + 22 * MINUTE, desk, tool, who, "Disconnected", null);
        log.connection(
                at + 2 * MINUTE,
                desk.ip(),
                world.relay.ip(),
                8041,
                "ssl",
                20 * MINUTE,
                9_000_000,
                300_000,
                Ended.SF,
                true,
                null);
    }

    /// Somebody abroad, behind a hotel's or a commercial VPN's address: webmail, then the company's VPN.
    private void journey(Org org, long at, User user, Random random) {
        Logs log = traffic.of(org);
        String from = random.nextBoolean()
                ? Names.outside(random)
                : world.vpnNodes.get(random.nextInt(world.vpnNodes.size() / 2));
        log.cloud.signIn(at, user.mail(), "", from, "Office 365 Exchange Online", random.nextBoolean(), null);
        log.cloud.signIn(at + MINUTE, user.mail(), "", from, "Office 365 Exchange Online", true, null);
        log.cloud.did(
                at + 4 * MINUTE, user.mail(), from, "SearchQueryInitiatedExchange", "Exchange", "vpn password", null);
        String tunnel = org.vpnPool + "." + (60 + random.nextInt(190));
        log.vpn.session(at + 20 * MINUTE, 90 * MINUTE, user.account(), from, tunnel, null);
        log.connection(
                at + 25 * MINUTE,
                tunnel,
                org.files().ip(),
                445,
                "smb",
                MINUTE,
                90_000,
                4_000_000,
                Ended.SF,
                false,
                null);
        log.windows.logon(at + 25 * MINUTE, org.files(), user.account(), org.name, tunnel, 3, true, null);
    }

    /// The world tries passwords on whatever stands open, and none fits.
    private void spray(Org org, long at, Random random) {
        Logs log = traffic.of(org);
        String from = Names.outside(random);
        String[] names = {"administrator", "admin", "test", "backup", "scanner"};
        for (int i = 0; i < 15 + random.nextInt(20); i++) {
            long when = at + i * 4000L;
            log.connection(when, from, org.app().ip(), 3389, "rdp", 1500, 1300, 1500, Ended.RSTO, true, from, null);
            log.windows.logon(when + 800, org.app(), Names.pick(random, names), org.name, from, 3, false, null);
        }
    }

    /// An inventory that asks every address, there or not.
    private void inventory(Org org, long at) {
        Logs log = traffic.of(org);
        for (int i = 10; i < 40; i++) {
            boolean there = i < 10 + org.servers.size();
            log.connection(
                    at + i * 1500L,
                    org.management().ip(),
                    org.network + ".1." + i,
                    135,
                    there ? "dce_rpc" : "",
                    90,
                    400,
                    900,
                    there ? Ended.SF : Ended.S0,
                    false,
                    null);
        }
    }

    private void forgotten(Org org, long at, User user, Random random) {
        Logs log = traffic.of(org);
        for (int i = 0; i < 3 + random.nextInt(6); i++) {
            log.windows.logon(
                    at + i * 9000L, user.workstation(), user.account(), org.name, "127.0.0.1", 2, false, null);
            log.vpn.refused(at + i * 9000L + 300_000, user.account(), Names.outside(random), null);
        }
        log.windows.logon(at + 20 * MINUTE, user.workstation(), user.account(), org.name, "127.0.0.1", 2, true, null);
    }

    /// A camera at home, looked at by its dynamic name.
    private void camera(Org org, long at, User user) {
        Logs log = traffic.of(org);
        String name = user.account() + ".home-ddns.example";
        String address = "91." + Math.floorMod(user.account().hashCode(), 200) + ".14.3";
        for (int i = 0; i < 12; i++) {
            log.lookup(at + i * (5 * MINUTE), user.workstation(), name, address, null);
            log.connection(
                    at + i * (5 * MINUTE) + 90,
                    user.workstation().ip(),
                    address,
                    443,
                    "ssl",
                    900,
                    500,
                    40_000,
                    Ended.SF,
                    true,
                    null);
        }
    }

    /// The organisation's own administrator goes from server to server.
    private void ownAdmin(Org org, long at, Random random) {
        Logs log = traffic.of(org);
        String admin = org.admins.get(random.nextInt(org.admins.size()));
        Host from = org.personOf(admin).workstation();
        Means[] means = {Means.RDP, Means.PSEXEC, Means.WINRM};
        for (int i = 0; i < 3; i++) {
            Host to = org.managed().get(random.nextInt(6));
            Means by = Names.pick(random, means);
            by.leave(log, at + i * (9 * MINUTE), from, org.personOf(admin).account(), admin, org, to, null);
            by.arrive(log, at + i * (9 * MINUTE), 6 * MINUTE, from.ip(), to, admin, "gpupdate.exe /force", false, null);
        }
    }
}
