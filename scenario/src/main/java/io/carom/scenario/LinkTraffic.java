package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What the products on both sides of a link write about its use, honest or not.
final class LinkTraffic {
    final World world;
    private final Map<Org, Logs> logs;

    LinkTraffic(World world, Map<Org, Logs> logs) {
        this.world = world;
        this.logs = logs;
    }

    Logs of(Org org) {
        return Objects.requireNonNull(logs.get(org));
    }

    Logs here() {
        return of(world.supplier);
    }

    /// The address a session over the link is seen under by the client's machines.
    String address(Link link, Random random) {
        return switch (link.kind()) {
            case SITE_TO_SITE, USER_VPN ->
                link.pool().get(random.nextInt(link.pool().size()));
            case RDP_GATEWAY -> link.client().gateway().ip();
            case REMOTE_SUPPORT -> world.relayOf(link).ip();
            case FEDERATION -> link.client().bastion();
        };
    }

    /// The tunnel a technician or intruder opens first, for links that have one.
    void open(Link link, long at, long length, Host from, String address, @Nullable String why) {
        if (link.kind() == Link.Kind.USER_VPN) {
            Org client = link.client();
            String outside = world.supplier.publicAddress;
            here().connection(
                            at,
                            from.ip(),
                            client.publicAddress,
                            443,
                            "ssl",
                            length,
                            length,
                            length * 3,
                            Ended.SF,
                            true,
                            why);
            of(client).vpn.session(at + 2000, length - 2000, link.account(), outside, address, why);
        }
    }

    /// A session on a machine of the client.
    ///
    /// @param admin who does it, at the supplier
    /// @param address from {@link #address}
    void session(
            Link link,
            long at,
            long length,
            Host from,
            String admin,
            String address,
            Host to,
            Means means,
            String doing,
            @Nullable String why) {
        Org client = link.client();
        Logs there = of(client);
        String outside = world.supplier.publicAddress;
        long shown = length * 5;
        switch (link.kind()) {
            case SITE_TO_SITE, USER_VPN -> {
                if (means != Means.SSH || !from.equals(world.supplier.linux())) {
                    means.leave(here(), at, from, admin, link.account(), client, to, why);
                }
                boolean tunnel = link.kind() == Link.Kind.SITE_TO_SITE;
                if (tunnel) {
                    here().connection(
                                    at,
                                    from.ip(),
                                    to.ip(),
                                    means.port,
                                    means.service,
                                    length,
                                    20_000 + length / 20,
                                    means == Means.RDP ? shown : 30_000 + length / 10,
                                    Ended.SF,
                                    true,
                                    address,
                                    why);
                }
                means.arrive(there, at, length, address, to, link.account(), doing, tunnel, why);
            }
            case RDP_GATEWAY -> {
                here().connection(
                                at,
                                from.ip(),
                                client.publicAddress,
                                443,
                                "ssl",
                                length,
                                length,
                                shown,
                                Ended.SF,
                                true,
                                why);
                Means.RDP.leave(here(), at, from, admin, link.account(), client, to, why);
                there.connection(
                        at, outside, client.gateway().ip(), 443, "ssl", length, length, shown, Ended.SF, true, why);
                there.windows.gateway(
                        at + 300, length, client.gateway(), link.account(), outside, to.fqdn(), true, why);
                Means.RDP.arrive(there, at + 900, length, address, to, link.account(), doing, false, why);
            }
            case REMOTE_SUPPORT -> support(link, at, length, from, admin, to, doing, why);
            case FEDERATION -> {
                String guest = world.supplier.personOf(admin).mail();
                here().connection(
                                at,
                                from.ip(),
                                world.sites.get(2).ip(),
                                443,
                                "ssl",
                                length,
                                length,
                                shown,
                                Ended.SF,
                                true,
                                why);
                there.cloud.signIn(at, guest, world.supplier.name, outside, "Azure Portal", true, why);
                there.cloud.did(
                        at + 20_000,
                        guest,
                        outside,
                        "Connect to bastion host.",
                        "AzureActiveDirectory",
                        to.fqdn(),
                        why);
                Means.RDP.arrive(there, at + 30_000, length, address, to, link.account(), doing, false, why);
            }
        }
    }

    private void support(
            Link link, long at, long length, Host from, String admin, Host to, String doing, @Nullable String why) {
        Logs there = of(link.client());
        Host relay = world.relayOf(link);
        String who = world.supplier.personOf(admin).mail();
        here().connection(at, from.ip(), relay.ip(), 443, "ssl", length, length, length * 5, Ended.SF, true, why);
        if (link.tool().equals("ScreenConnect")) {
            here().support.login(at - 40_000, who, from.ip(), true, why);
            here().support.session(at, length, to.name(), who, from.ip(), "", why);
            there.windows.support(at + 500, to, "ScreenConnect", who, "Connected", why);
            there.windows.support(at + length, to, "ScreenConnect", who, "Disconnected", why);
        } else {
            there.support.local(at, length, link.tool(), to, who, world.supplier.publicAddress, why);
        }
        int port = link.tool().equals("ScreenConnect") ? 8041 : link.tool().equals("AnyDesk") ? 7070 : 5938;
        there.lookup(at - 200, to, relay.fqdn(), relay.ip(), why);
        there.connection(at, to.ip(), relay.ip(), port, "ssl", length, length * 5, length, Ended.SF, true, why);
        there.windows.logon(at + 9000, to, link.account(), link.client().name, "-", 2, true, why);
        String agent = switch (link.tool()) {
            case "ScreenConnect" ->
                "C:\\Program Files (x86)\\ScreenConnect Client (0f1e2d3c4b5a6978)\\ScreenConnect.WindowsClient.exe";
            case "AnyDesk" -> "C:\\Program Files (x86)\\AnyDesk\\AnyDesk.exe";
            default -> "C:\\Program Files\\TeamViewer\\TeamViewer_Desktop.exe";
        };
        there.windows.process(at + 30_000, to, link.client().name + "\\" + link.account(), doing, doing, agent, why);
    }

    /// A single knock at a machine of the client, for links that are routed or that lead to a gateway.
    void knock(
            Link link, long at, Host from, String address, String target, int port, Ended ended, @Nullable String why) {
        Logs there = of(link.client());
        boolean good = ended == Ended.SF || ended == Ended.RSTO;
        long in = good ? 400 : 0;
        switch (link.kind()) {
            case SITE_TO_SITE -> {
                here().connection(at, from.ip(), target, port, "", 30, in / 2, in, ended, true, address, why);
                there.connection(at, address, target, port, "", 30, in / 2, in, ended, true, address, why);
            }
            case USER_VPN ->
                there.connection(at, address, target, port, "", 30, in / 2, in, ended, false, address, why);
            case RDP_GATEWAY -> {
                there.windows.gateway(
                        at,
                        4000,
                        link.client().gateway(),
                        link.account(),
                        world.supplier.publicAddress,
                        target,
                        good,
                        why);
                there.connection(at + 500, address, target, 3389, "", 30, in / 2, in, ended, false, address, why);
            }
            default -> {}
        }
    }

    /// Files that go from a machine of the client to one of the supplier.
    void fetch(Link link, long at, Host from, Host to, String admin, String address, long size, @Nullable String why) {
        Logs there = of(link.client());
        long took = 60_000 + size / 3000;
        switch (link.kind()) {
            case SITE_TO_SITE, USER_VPN -> {
                boolean tunnel = link.kind() == Link.Kind.SITE_TO_SITE;
                there.connection(
                        at, address, from.ip(), 445, "smb", took, size / 60, size, Ended.SF, tunnel, address, why);
                if (tunnel) {
                    here().connection(
                                    at, to.ip(), from.ip(), 445, "smb", took, size / 60, size, Ended.SF, true, address,
                                    why);
                } else {
                    open(link, at - 20_000, took + 40_000, to, address, why);
                }
                there.windows.logon(at + 400, from, link.account(), link.client().name, address, 3, true, why);
            }
            case RDP_GATEWAY, REMOTE_SUPPORT, FEDERATION ->
                session(link, at, took, to, admin, address, from, Means.RDP, "C:\\Windows\\explorer.exe", why);
        }
    }
}
