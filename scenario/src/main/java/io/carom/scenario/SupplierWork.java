package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Random;

/// The supplier's technicians at their honest work in the clients' networks, with the same tools an intruder
/// uses: by day, by night when they are on call, with failures, on machines they never were on before.
final class SupplierWork {
    private static final long MINUTE = 60_000L;

    private final World world;
    private final LinkTraffic traffic;

    SupplierWork(World world, LinkTraffic traffic) {
        this.world = world;
        this.traffic = traffic;
    }

    /// Plays one hour of the supplier.
    void play(long from, Random random) {
        Org supplier = world.supplier;
        ZonedDateTime local = Instant.ofEpochMilli(from).atZone(supplier.zone);
        boolean open =
                !Background.free(local) && local.getHour() >= supplier.opens && local.getHour() < supplier.closes;
        for (Link link : world.links) {
            if (open ? random.nextInt(4) == 0 : random.nextInt(120) == 0) {
                administer(link, from + random.nextInt(2_400_000), !open, random);
            }
            if (open && random.nextInt(90) == 0) {
                rollout(link, from, random);
            }
        }
    }

    private Host seat(String admin, long at, boolean called, Random random) {
        Org supplier = world.supplier;
        Logs here = traffic.here();
        Org.User technician = supplier.personOf(admin);
        String from = technician.workstation().ip();
        if (called) {
            from = supplier.vpnPool + "." + (10 + random.nextInt(40));
            here.vpn.session(at - 6 * MINUTE, 90 * MINUTE, technician.account(), Names.outside(random), from, null);
        }
        if (random.nextInt(8) == 0) {
            here.windows.logon(at - 2 * MINUTE, supplier.jump(), admin, supplier.name, from, 10, false, null);
        }
        Means.RDP.arrive(here, at - MINUTE, 60 * MINUTE, from, supplier.jump(), admin, "", false, null);
        return supplier.jump();
    }

    /// An administrator at work at a client, over the link that is there for it.
    private void administer(Link link, long at, boolean called, Random random) {
        Org client = link.client();
        String admin = world.supplier.admins.get(random.nextInt(world.supplier.admins.size()));
        Host seat = seat(admin, at, called, random);
        String address = traffic.address(link, random);
        Logs there = traffic.of(client);
        Host target = client.managed().get(random.nextInt(3) == 0 ? 0 : random.nextInt(6));
        if (random.nextInt(12) == 0) {
            // Where nobody of them ever was.
            target = client.users.get(random.nextInt(30)).workstation();
        }
        long length = 5 * MINUTE + random.nextInt(40 * 60_000);
        Means means = random.nextInt(4) == 0 && link.kind().routed()
                ? Names.pick(random, new Means[] {Means.PSEXEC, Means.WINRM, Means.WMI})
                : Means.RDP;
        traffic.open(link, at - MINUTE, length + 2 * MINUTE, seat, address, null);
        if (random.nextInt(9) == 0 && link.kind() != Link.Kind.REMOTE_SUPPORT) {
            there.windows.logon(at - 10_000, target, link.account(), client.name, address, 3, false, null);
        }
        traffic.session(
                link,
                at,
                length,
                seat,
                admin,
                address,
                target,
                means,
                "C:\\Windows\\System32\\mmc.exe services.msc",
                null);
        String user = client.name + "\\" + link.account();
        String cmd = "C:\\Windows\\System32\\cmd.exe";
        switch (random.nextInt(14)) {
            case 0 ->
                there.windows.process(
                        at + 2 * MINUTE,
                        target,
                        user,
                        "C:\\Windows\\System32\\certutil.exe",
                        "certutil.exe -urlcache -split -f http://crl."
                                + world.sites.get(2).name() + "/root.crl root.crl",
                        cmd,
                        null);
            case 1 ->
                there.windows.process(
                        at + 3 * MINUTE,
                        target,
                        user,
                        "C:\\Tools\\procdump64.exe",
                        "procdump64.exe -ma sqlservr.exe D:\\dumps\\sql.dmp",
                        cmd,
                        null);
            case 2 ->
                there.windows.process(
                        at + 2 * MINUTE,
                        target,
                        user,
                        "C:\\Tools\\tcping.exe",
                        "tcping.exe " + client.dc().ip() + " 443",
                        cmd,
                        null);
            case 3 -> {
                Host next = client.managed().get(random.nextInt(6));
                if (!next.equals(target)) {
                    Means.RDP.leave(there, at + 5 * MINUTE, target, link.account(), link.account(), client, next, null);
                    Means.RDP.arrive(
                            there, at + 5 * MINUTE, 9 * MINUTE, target.ip(), next, link.account(), "", false, null);
                }
            }
            case 4 ->
                there.windows.process(
                        at + 4 * MINUTE,
                        target,
                        user,
                        "C:\\Windows\\System32\\net.exe",
                        "net group \"domain admins\" /domain",
                        cmd,
                        null);
            default -> {}
        }
    }

    /// Software brought to all servers of a client within the hour.
    private void rollout(Link link, long from, Random random) {
        Org client = link.client();
        String admin = world.supplier.admins.get(random.nextInt(world.supplier.admins.size()));
        long at = from + 4 * MINUTE;
        Host seat = seat(admin, at, false, random);
        String address = traffic.address(link, random);
        Means means = random.nextBoolean() ? Means.PSEXEC : Means.WINRM;
        traffic.open(link, at - MINUTE, 55 * MINUTE, seat, address, null);
        String setup =
                "msiexec.exe /i \\\\" + client.files().name() + "\\soft\\agent" + random.nextInt(90) + ".msi /qn";
        for (Host server : client.managed()) {
            if (link.kind().routed() && random.nextInt(5) == 0) {
                traffic.knock(link, at, seat, address, server.ip(), means.port, Ended.S0, null);
            }
            traffic.session(link, at, 3 * MINUTE, seat, admin, address, server, means, setup, null);
            at += 2 * MINUTE + random.nextInt(5 * 60_000);
        }
    }
}
