package io.carom.scenario;

import io.carom.scenario.Org.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Who there is: a supplier, its clients and the links between them; and the world outside. All by the seed.
final class World {
    private static final String[] SERVICES = {
        "mail", "update", "cdn", "img", "api", "login", "docs", "video", "news", "shop", "maps", "search", "ads",
        "stats"
    };
    private static final String[] SUFFIXES = {"com", "net", "org", "io", "co.uk", "de"};
    private static final String[] TOOLS = {"ScreenConnect", "AnyDesk", "TeamViewer"};

    final Names names = new Names();
    final Org supplier;
    final List<Org> clients = new ArrayList<>();
    final List<Link> links = new ArrayList<>();
    /// Sites that everybody visits: name and address.
    final List<Host> sites = new ArrayList<>();
    /// Commercial VPN nodes; travellers use some of them, the intruder others.
    final List<String> vpnNodes = new ArrayList<>();
    /// Where remote-support products' relays stand: the supplier's own first.
    final Host relay;
    final Host publicRelay;

    World(long seed, int clientCount) {
        Random random = new Dice(seed * 31 + 7);
        supplier = new Org(names.word(random) + "-it", true, "10." + (10 + random.nextInt(40)), names, random);
        for (int i = 0; i < clientCount; i++) {
            // Two clients in three have private networks of their own; every third shares its
            // neighbour's.
            String network = i % 3 == 2 ? clients.get(i - 1).network : "10." + (60 + i * 2 + random.nextInt(2));
            clients.add(new Org(names.company(random), false, network, names, random));
        }
        relay = new Host("support", "support." + supplier.domain, Names.outside(random));
        publicRelay = new Host("relay", "relay-" + names.word(random) + ".net", Names.outside(random));
        for (int i = 0; i < clientCount; i++) {
            links.add(link(i, random));
        }
        for (int i = 0; i < 400; i++) {
            String domain = names.word(random) + "." + Names.pick(random, SUFFIXES);
            String host = Names.pick(random, SERVICES) + "." + domain;
            sites.add(new Host(host, host, Names.outside(random)));
        }
        for (int i = 0; i < 40; i++) {
            vpnNodes.add(Names.outside(random));
        }
    }

    private Link link(int number, Random random) {
        Org client = clients.get(number);
        Link.Kind kind = Link.Kind.values()[random.nextInt(5)];
        String account = Names.pick(random, new String[] {"svc-", "ext-", "msp_", "v-"})
                + supplier.name.substring(0, 3)
                + random.nextInt(90);
        String outside = supplier.publicAddress + "/32";
        List<String> networks = new ArrayList<>();
        List<String> pool = new ArrayList<>();
        List<String> hosts = List.of(supplier.jump().name());
        List<Integer> ports = List.of();
        String tool = "";
        switch (kind) {
            case SITE_TO_SITE -> {
                String prefix = supplier.network + "." + (200 + number % 50) + ".";
                int base = number / 50 * 64;
                networks.add(prefix + base + "/26");
                for (int i = 0; i < 24; i++) {
                    pool.add(prefix + (base + 2 + i));
                }
                ports = List.of(22, 135, 443, 445, 3389, 5985);
            }
            case USER_VPN -> {
                networks.add(client.vpnPool + ".0/24");
                networks.add(outside);
                for (int i = 0; i < 24; i++) {
                    pool.add(client.vpnPool + "." + (10 + i));
                }
                ports = List.of(22, 443, 445, 3389, 5985);
            }
            case RDP_GATEWAY, FEDERATION -> {
                networks.add(outside);
                ports = List.of(443, 3389);
            }
            case REMOTE_SUPPORT -> {
                tool = Names.pick(random, TOOLS);
                networks.add((tool.equals("ScreenConnect") ? relay : publicRelay).ip() + "/32");
                networks.add(outside);
                hosts = List.of(
                        supplier.jump().name(), tool.equals("ScreenConnect") ? relay.fqdn() : publicRelay.fqdn());
            }
        }
        return new Link(supplier.name + "-" + client.name, client, kind, tool, networks, pool, account, hosts, ports);
    }

    Link linkTo(Org client) {
        return links.get(clients.indexOf(client));
    }

    Host relayOf(Link link) {
        return link.tool().equals("ScreenConnect") ? relay : publicRelay;
    }

    /// `parties.yaml` of this world.
    String parties() {
        StringBuilder out = new StringBuilder("parties:\n");
        party(out, supplier);
        for (Org client : clients) {
            party(out, client);
        }
        out.append("links:\n");
        for (Link link : links) {
            out.append("  - name: ").append(link.name());
            out.append("\n    supplier: ").append(supplier.name);
            out.append("\n    client: ").append(link.client().name);
            out.append("\n    kind: ").append(link.kind().label);
            out.append("\n    networks: [").append(String.join(", ", link.networks()));
            out.append("]\n    hosts: [").append(String.join(", ", link.hosts()));
            // A guest in the client's cloud keeps the name it has at home.
            String guests = link.kind() == Link.Kind.FEDERATION ? ", \"*@" + supplier.domain + "\"" : "";
            out.append("]\n    accounts: [")
                    .append(link.account())
                    .append(guests)
                    .append("]\n");
            if (!link.ports().isEmpty()) {
                out.append("    ports: ").append(link.ports()).append('\n');
            }
            out.append("    hours: \"0").append(supplier.opens - 1).append(":00-");
            out.append(supplier.closes + 1)
                    .append(":00\"\n    zone: ")
                    .append(supplier.zone.getId())
                    .append('\n');
        }
        return out.toString();
    }

    private static void party(StringBuilder out, Org org) {
        out.append("  - name: ").append(org.name).append("\n    role: ").append(org.supplier ? "us" : "client");
        out.append("\n    networks: [").append(org.network).append(".0.0/16, ").append(org.publicAddress);
        out.append("/32]\n    domains: [")
                .append(org.domain)
                .append("]\n    logs: [")
                .append(org.name);
        out.append("]\n    scanners: [").append(org.scanner().ip()).append("]\n");
    }
}
