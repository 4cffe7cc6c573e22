package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The intrusion: planned whole from the seed, then played as time goes by.
///
/// Its stages follow what is publicly known of two cases, an outsourcer broken into by April 2019 and Operation
/// Cloud Hopper; `docs/scenario.md` names the sources. Which of it happens, where, when and how fast is the
/// seed's choice.
final class Intrusion {
    static final long MINUTE = 60_000L;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    /// Where the intruder stands.
    ///
    /// @param host null for an address that a VPN handed out
    /// @param label name or address, as hops have it
    record Foothold(long at, @Nullable Host host, String label, String address, Org org, String account) {}

    final World world;
    final Random random;
    final Truth truth;
    final Tradecraft craft;
    final LinkTraffic traffic;
    final Schedule schedule = new Schedule();
    final long start;
    final long end;
    private final double pace;

    Intrusion(World world, ScenarioOptions options, Truth truth, LinkTraffic traffic) {
        this.world = world;
        this.truth = truth;
        this.traffic = traffic;
        random = new Dice(options.seed() * 7_368_787 + 17);
        craft = new Tradecraft(world, random);
        start = options.start().toEpochMilli();
        end = start + options.days() * DAY;
        // In a short scenario everything goes faster.
        pace = craft.pace * Math.min(1, options.days() / 12.0);
        plan();
    }

    void play(long before) {
        schedule.play(before);
    }

    void at(long time, Schedule.Act act) {
        schedule.add(time, act);
    }

    /// A pause of so many minutes, at the intruder's pace.
    long pause(int least, int most) {
        return (long) ((least + random.nextInt(most - least + 1)) * MINUTE * pace);
    }

    Logs logs(Org org) {
        return traffic.of(org);
    }

    void hop(long time, String from, String fromParty, String to, String toParty, String account, String via) {
        truth.hop(new Truth.Hop(time, from, fromParty, to, toParty, account, via));
        if (!account.isEmpty()) {
            truth.account(account);
        }
    }

    private void plan() {
        Org supplier = world.supplier;
        long span = end - start;
        // On one of the first days, at an hour of work.
        long day = start + (long) (span * (0.05 + 0.15 * random.nextDouble())) / DAY * DAY;
        long enters = day + (6 + random.nextInt(10)) * HOUR + random.nextInt(60) * MINUTE;
        Entries entries = new Entries(this);
        Foothold foothold = entries.enter(enters);
        craft.tell(world, truth, entries.lured(), random);
        String admin = supplier.admins.get(random.nextInt(supplier.admins.size()));
        Host launch = launch(admin);
        Foothold last = within(foothold, launch, admin);

        List<Org> order = new ArrayList<>(world.clients);
        Collections.shuffle(order, random);
        Org back = entries.client();
        if (back != null) {
            order.remove(back);
        }
        // Some clients are hit, one after another; at least one is not when there are two or more.
        int hit = order.size() < 2 ? order.size() : 1 + random.nextInt(order.size() - 1);
        long first = Math.max(last.at + pause(120, 900), start + span * 35 / 100);
        long latest = Math.max(first, end - (long) (30 * HOUR * pace) - 2 * HOUR);
        for (int i = 0; i < order.size(); i++) {
            if (i < hit) {
                long begin = first + (long) ((latest - first) * (i + random.nextDouble() * 0.6) / hit);
                new ClientIntrusion(this, order.get(i), launch, admin).plan(begin);
            } else {
                truth.spared(order.get(i).name);
            }
        }
    }

    /// The machine from which the clients are reached.
    private Host launch(String admin) {
        Org supplier = world.supplier;
        return switch (random.nextInt(6)) {
            case 0 -> supplier.management();
            case 1 -> supplier.personOf(admin).workstation();
            default -> supplier.jump();
        };
    }

    /// From the foothold over none to three machines to the one the clients are reached from.
    private Foothold within(Foothold foothold, Host launch, String admin) {
        Org supplier = world.supplier;
        List<Host> path = new ArrayList<>();
        List<Host> between = new ArrayList<>(List.of(
                supplier.users.get(20 + random.nextInt(40)).workstation(),
                supplier.users.get(60 + random.nextInt(40)).workstation(),
                supplier.app(),
                supplier.files(),
                supplier.management(),
                supplier.servers.get(7),
                supplier.servers.get(9)));
        Collections.shuffle(between, random);
        int hops = random.nextInt(4);
        for (Host host : between) {
            if (path.size() < hops && !host.equals(launch) && !host.equals(foothold.host)) {
                path.add(host);
            }
        }
        if (!launch.equals(foothold.host)) {
            path.add(launch);
        }
        Foothold from = foothold;
        boolean dumped = false;
        int dumpAt = path.isEmpty() ? 0 : random.nextInt(path.size());
        for (int i = 0; i < path.size(); i++) {
            String account = dumped || from.account.isEmpty() ? admin : from.account;
            from = move(from, path.get(i), account, pause(20, 400), "inside the supplier");
            if (i >= dumpAt && !dumped) {
                dumped = true;
                settle(from);
            }
        }
        if (path.isEmpty()) {
            settle(from);
        }
        truth.account(admin);
        Host seat = random.nextBoolean() || path.isEmpty() ? launch : path.getFirst();
        channel(supplier, seat, from.at + pause(10, 60), end - HOUR);
        return from;
    }

    /// Tools, passwords and a way back, at the machine just entered.
    private void settle(Foothold at) {
        Host host = at.host;
        if (host == null || host.equals(at.org.linux())) {
            return;
        }
        String account = at.account.isEmpty() ? "SYSTEM" : at.account;
        at(
                at.at + pause(6, 20),
                t -> craft.fetchTools(logs(at.org), t, host, account, "download by a renamed certutil"));
        at(at.at + pause(21, 40), t -> craft.dump(logs(at.org), t, host, account, "passwords taken from memory"));
        if (craft.channel == Tradecraft.Channel.SUPPORT_TOOL) {
            at(
                    at.at + pause(41, 60),
                    t -> craft.install(logs(at.org), t, host, account, "remote-support tool of the intruder's own"));
        }
    }

    /// A step to another machine of the same organisation.
    Foothold move(Foothold from, Host to, String account, long pause, String where) {
        Means means = to.equals(from.org.linux())
                ? Means.SSH
                : Names.pick(
                        random, new Means[] {Means.RDP, Means.RDP, Means.PSEXEC, Means.WMI, Means.WINRM, Means.TASK});
        long time = from.at + pause;
        long length = (10 + random.nextInt(80)) * MINUTE;
        String why = "lateral movement by " + means.label + " " + where;
        String doing = craft.folder + craft.renamed;
        at(time, t -> {
            Logs log = logs(from.org);
            Host source = from.host;
            if (source != null && !source.equals(from.org.linux())) {
                means.leave(
                        log, t, source, from.account.isEmpty() ? account : from.account, account, from.org, to, why);
            }
            means.arrive(log, t, length, from.address, to, account, doing, false, why);
        });
        hop(time, from.label, from.org.name, to.name(), from.org.name, account, means.label);
        return new Foothold(time, to, to.name(), to.ip(), from.org, account);
    }

    /// The command channel of a machine: every so often, never quite.
    void channel(Org org, Host host, long from, long to) {
        long period = (8 + random.nextInt(70)) * MINUTE;
        double jitter = 0.05 + random.nextDouble() * 0.3;
        boolean named = craft.channel == Tradecraft.Channel.DYNAMIC_DNS;
        if (craft.channel == Tradecraft.Channel.NONE || craft.channel == Tradecraft.Channel.SUPPORT_TOOL) {
            return;
        }
        for (long t = from; t < to; t += (long) (period * (1 - jitter + 2 * jitter * random.nextDouble()))) {
            boolean asked = named && random.nextInt(4) == 0;
            long out = 300 + random.nextInt(120);
            at(t, time -> {
                if (asked) {
                    logs(org).lookup(time, host, craft.commandHost, craft.commandAddress, "command channel");
                }
                logs(org)
                        .connection(
                                time + 40,
                                host.ip(),
                                craft.commandAddress,
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
}
