package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Intrusion.Foothold;
import io.carom.scenario.Org.Host;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// What the intruder does at one client: looks round over the link or from the first machine, moves, takes.
final class ClientIntrusion {
    private static final long MINUTE = Intrusion.MINUTE;
    private static final long HOUR = Intrusion.HOUR;

    private final Intrusion plan;
    private final Random random;
    private final Tradecraft craft;
    private final LinkTraffic traffic;
    private final Org client;
    private final Org supplier;
    private final Link link;
    private final Host launch;
    private final String admin;
    private final String address;
    private final boolean tcping;

    ClientIntrusion(Intrusion plan, Org client, Host launch, String admin) {
        this.plan = plan;
        this.client = client;
        this.launch = launch;
        this.admin = admin;
        random = plan.random;
        craft = plan.craft;
        traffic = plan.traffic;
        supplier = plan.world.supplier;
        link = plan.world.linkTo(client);
        address = traffic.address(link, random);
        tcping = random.nextInt(3) > 0;
    }

    private Logs there() {
        return plan.logs(client);
    }

    void plan(long begin) {
        boolean knocks = link.kind().routed() || link.kind() == Link.Kind.RDP_GATEWAY;
        List<Host> servers = new ArrayList<>(client.managed());
        Collections.shuffle(servers, random);
        Host first = servers.getFirst();
        long recon;
        long entered;
        List<String> reconFrom;
        if (knocks) {
            recon = begin + 5 * MINUTE;
            long done = knock(begin, recon);
            entered = done + plan.pause(20, 300);
            reconFrom = List.of(address);
        } else {
            entered = begin;
            recon = begin + plan.pause(10, 50);
            reconFrom = List.of(first.ip());
        }
        enter(entered, first);
        long looked = knocks ? entered : look(recon, first);
        plan.at(
                entered + plan.pause(8, 30),
                t -> craft.dump(there(), t, first, link.account(), "passwords taken from memory"));
        if (random.nextInt(3) == 0) {
            plan.at(
                    entered + plan.pause(31, 60),
                    t -> craft.install(there(), t, first, link.account(), "remote-support tool of the intruder's own"));
        }
        if (random.nextBoolean()) {
            plan.channel(
                    client,
                    first,
                    entered + plan.pause(12, 30),
                    Math.min(plan.end - HOUR, entered + (1 + random.nextInt(5)) * Intrusion.DAY));
        }
        String local = client.admins.get(random.nextInt(client.admins.size()));
        Foothold at = new Foothold(looked, first, first.name(), first.ip(), client, link.account());
        // Where one only enters a machine, looking round is of no use unless one goes on from it.
        int hops = knocks ? random.nextInt(4) : 1 + random.nextInt(3);
        long movement = entered;
        for (int i = 0; i < hops; i++) {
            Host to = i + 1 < servers.size() ? servers.get(i + 1) : first;
            if (random.nextInt(7) == 0) {
                to = client.linux();
            } else if (random.nextInt(6) == 0) {
                to = client.users.get(random.nextInt(20)).workstation();
            }
            if (to.equals(at.host())) {
                continue;
            }
            at = plan.move(at, to, local, plan.pause(30, 260), "inside " + client.name);
            if (!knocks && movement == entered) {
                movement = at.at();
            }
        }
        plan.truth.hit(
                new Truth.Course(client.name, link.name(), link.kind().label, entered, recon, movement, reconFrom));
        if (random.nextInt(5) > 0) {
            take(at.at() + plan.pause(20, 160), at, local);
        }
        if (craft.giftCards && random.nextBoolean()) {
            mailboxes(entered + plan.pause(200, 900));
        }
    }

    /// One session over the link, from the launching machine to the first of the client.
    private void enter(long entered, Host first) {
        Means means = link.kind().routed()
                ? Names.pick(random, new Means[] {Means.RDP, Means.RDP, Means.PSEXEC, Means.WINRM, Means.WMI})
                : Means.RDP;
        long length = (20 + random.nextInt(100)) * MINUTE;
        String via = switch (link.kind()) {
            case REMOTE_SUPPORT -> link.tool();
            case FEDERATION -> "bastion, signed in as a guest";
            default -> means.label;
        };
        String why = via + " over " + link.name();
        plan.at(entered, t -> {
            traffic.open(link, t - 2 * MINUTE, length + 4 * MINUTE, launch, address, "tunnel of " + link.name());
            traffic.session(link, t, length, launch, admin, address, first, means, craft.folder + craft.renamed, why);
        });
        switch (link.kind()) {
            case SITE_TO_SITE, USER_VPN -> {
                plan.hop(entered - 1000, launch.name(), supplier.name, address, supplier.name, admin, link.name());
                plan.hop(entered, address, supplier.name, first.name(), client.name, link.account(), why);
            }
            case RDP_GATEWAY -> {
                String gateway = client.gateway().name();
                plan.hop(
                        entered - 1000,
                        launch.name(),
                        supplier.name,
                        gateway,
                        client.name,
                        link.account(),
                        link.name());
                if (!first.equals(client.gateway())) {
                    plan.hop(entered, gateway, client.name, first.name(), client.name, link.account(), why);
                }
            }
            case REMOTE_SUPPORT ->
                plan.hop(entered, launch.name(), supplier.name, first.name(), client.name, link.account(), why);
            case FEDERATION -> {
                String bastion = client.bastion();
                plan.hop(entered - 1000, launch.name(), supplier.name, bastion, client.name, admin, link.name());
                plan.hop(entered, bastion, client.name, first.name(), client.name, link.account(), why);
            }
        }
        plan.truth.account(link.account());
    }

    /// Knocks at the client's machines over the link; gives when it is done.
    private long knock(long begin, long from) {
        String why = "recon: over " + link.name();
        boolean gateway = link.kind() == Link.Kind.RDP_GATEWAY;
        int[] ports = gateway
                ? new int[] {3389}
                : random.nextBoolean() ? new int[] {445, 3389} : new int[] {135, 445, 3389, 5985};
        long pace = (2 + random.nextInt(60)) * 1000L;
        List<String> targets = new ArrayList<>();
        for (Host server : client.servers) {
            targets.add(server.ip());
        }
        for (int i = 0; i < (gateway ? 4 : 12) + random.nextInt(30); i++) {
            targets.add(client.network + "." + (random.nextInt(3) == 0 ? 2 : 1) + "." + (30 + random.nextInt(200)));
        }
        Collections.shuffle(targets, random);
        if (gateway) {
            targets = targets.subList(0, Math.min(targets.size(), 10));
        }
        long at = from;
        for (String target : targets) {
            boolean there = client.servers.stream().anyMatch(s -> s.ip().equals(target));
            for (int port : ports) {
                Ended ended = there && random.nextInt(3) > 0 ? Ended.RSTO : random.nextBoolean() ? Ended.S0 : Ended.REJ;
                plan.at(at, t -> traffic.knock(link, t, launch, address, target, port, ended, why));
                at += (long) (pace * (0.5 + random.nextDouble()));
            }
        }
        long length = at - begin;
        plan.at(begin, t -> {
            traffic.open(link, t, length + 5 * MINUTE, launch, address, "tunnel of " + link.name());
            if (tcping) {
                plan.logs(supplier)
                        .windows
                        .process(
                                t + MINUTE,
                                launch,
                                supplier.name + "\\" + admin,
                                craft.folder + "tcping.exe",
                                craft.folder + "tcping.exe " + client.dc().ip() + " " + ports[0],
                                "C:\\Windows\\System32\\cmd.exe",
                                "recon: tcping towards " + client.name);
            }
        });
        return at;
    }

    /// Looks round from the first machine; gives when it is done.
    private long look(long from, Host first) {
        String why = "recon: from " + first.name();
        String user = client.name + "\\" + link.account();
        String[] commands = {
            "net view /domain",
            "nltest /dclist:" + client.name,
            "net group \"domain admins\" /domain",
            "quser",
            "ipconfig /all",
            "arp -a"
        };
        long at = from;
        for (String command : commands) {
            plan.at(
                    at,
                    t -> there().windows
                            .process(
                                    t,
                                    first,
                                    user,
                                    "C:\\Windows\\System32\\"
                                            + command.substring(
                                                    0,
                                                    command.indexOf(' ') > 0 ? command.indexOf(' ') : command.length())
                                            + ".exe",
                                    command,
                                    "C:\\Windows\\System32\\cmd.exe",
                                    why));
            at += plan.pause(1, 4);
        }
        int port = Names.pick(random, new Integer[] {445, 3389, 5985});
        for (Host server : client.servers) {
            if (!server.equals(first) && random.nextInt(4) > 0) {
                Ended ended = random.nextInt(3) > 0 ? Ended.RSTO : Ended.REJ;
                plan.at(at, t -> there().connection(t, first.ip(), server.ip(), port, "", 30, 0, 0, ended, false, why));
                at += (1 + random.nextInt(40)) * 1000L;
            }
        }
        return at;
    }

    private void take(long staged, Foothold at, String local) {
        Host source = at.host() == null || at.host().equals(client.linux()) ? client.files() : at.host();
        if (!source.equals(at.host())) {
            plan.move(at, source, local, Math.max(MINUTE, staged - at.at() - MINUTE), "inside " + client.name);
        }
        int parts = 3 + random.nextInt(9);
        long size = parts * 200_000_000L;
        plan.at(staged, t -> craft.pack(there(), t, source, local, client.name, parts, "archives staged"));
        long out = staged + parts * MINUTE + plan.pause(10, 200);
        if (craft.backThroughSupplier) {
            plan.at(out, t -> {
                traffic.fetch(
                        link,
                        t,
                        source,
                        launch,
                        admin,
                        address,
                        size,
                        "archives taken to the supplier over " + link.name());
                for (int i = 1; i <= parts; i++) {
                    plan.logs(supplier)
                            .windows
                            .fileWritten(
                                    t + i * MINUTE,
                                    launch,
                                    supplier.name + "\\" + admin,
                                    "C:\\Windows\\explorer.exe",
                                    craft.folder + client.name + "\\data.part" + i + ".rar",
                                    "archives staged at the supplier");
                }
            });
            plan.at(
                    out + plan.pause(60, 300),
                    t -> craft.send(plan.logs(supplier), t, launch, size, "archives of " + client.name + " sent out"));
        } else {
            plan.at(out, t -> craft.send(there(), t, source, size, "archives of " + client.name + " sent out"));
        }
    }

    /// Mailboxes of the client searched for what can be sold.
    private void mailboxes(long at) {
        Org.User user = client.users.get(random.nextInt(20));
        String node = craft.nodes.get(2);
        plan.truth.account(user.account());
        plan.at(at, t -> {
            there().cloud
                    .signIn(t, user.mail(), "", node, "Office 365 Exchange Online", true, "webmail from a VPN node");
            String[] searches = {"gift card", "giftcard order", "gift card activation"};
            for (int i = 0; i < searches.length; i++) {
                there().cloud
                        .did(
                                t + (3 + 4 * i) * MINUTE,
                                user.mail(),
                                node,
                                "SearchQueryInitiatedExchange",
                                "Exchange",
                                searches[i],
                                "mailbox search for gift cards");
            }
        });
    }
}
