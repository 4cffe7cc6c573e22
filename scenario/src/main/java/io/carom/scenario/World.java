package io.carom.scenario;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/// Who there is: a supplier, its clients, their people, machines and networks; and the world outside. All
/// by the seed.
final class World {
    /// A person with an account.
    record User(String account, String name, String mail, Host workstation) {}

    /// A machine.
    record Host(String name, String fqdn, String ip) {}

    /// A way by which the supplier reaches a client.
    record Link(String name, Org client, String kind, String network, List<String> pool, String account) {}

    /// An organisation.
    static final class Org {
        final String name;
        final String title;
        final String domain;
        final String network;
        final boolean supplier;
        final List<User> users = new ArrayList<>();
        final List<Host> servers = new ArrayList<>();
        final List<String> admins = new ArrayList<>();
        /// Which of the firewall products it has: 0 Cisco ASA, 1 FortiGate, 2 Palo Alto.
        final int firewall;
        final boolean zeekJson;
        final boolean squid;
        final String publicAddress;

        Org(String name, String title, String domain, String network, boolean supplier, Random random) {
            this.name = name;
            this.title = title;
            this.domain = domain;
            this.network = network;
            this.supplier = supplier;
            this.firewall = supplier ? 0 : random.nextInt(3);
            this.zeekJson = random.nextBoolean();
            this.squid = random.nextInt(3) > 0;
            this.publicAddress = outside(random);
        }

        Host dc() {
            return servers.get(0);
        }

        Host files() {
            return servers.get(1);
        }

        Host web() {
            return servers.get(2);
        }

        Host jump() {
            return servers.get(3);
        }

        Host proxy() {
            return servers.get(4);
        }

        Host backup() {
            return servers.get(5);
        }

        Host scanner() {
            return servers.get(6);
        }
    }

    private static final String[] SYLLABLES = {
        "al", "ber", "cor", "dan", "el", "fen", "gar", "hal", "im", "jor", "kel", "lan", "mar", "nor", "or", "pel",
        "quin", "ros", "sel", "tor", "um", "val", "wes", "yar", "zen", "bri", "cal", "dro", "fal", "gri"
    };
    private static final String[] ENDINGS = {
        "tech", "works", "foods", "bank", "lines", "media", "care", "steel", "energy", "retail", "pharma", "air"
    };
    private static final String[] FIRST = {
        "anna", "ben", "carla", "david", "elif", "farid", "grace", "hugo", "ines", "jonas", "kavya", "liam", "maria",
        "nils", "olga", "pedro", "qing", "rosa", "samir", "tara", "uma", "viktor", "wen", "xenia", "yusuf", "zoe"
    };
    private static final String[] SERVICES = {
        "mail", "update", "cdn", "img", "api", "login", "docs", "video", "news", "shop", "maps", "search", "ads",
        "stats"
    };

    final Org supplier;
    final List<Org> clients = new ArrayList<>();
    final List<Link> links = new ArrayList<>();
    /// Sites that everybody visits: name and address.
    final List<Host> sites = new ArrayList<>();
    /// Commercial VPN nodes; travellers use some of them, the intruder others.
    final List<String> vpnNodes = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    World(long seed, int clientCount) {
        Random random = new Random(seed * 31 + 7);
        String name = word(random);
        supplier = org(name + "-it", true, "10." + (10 + random.nextInt(40)), random);
        for (int i = 0; i < clientCount; i++) {
            // Two clients in three have private networks of their own; every third shares its
            // neighbour's.
            String network = i % 3 == 2 ? clients.get(i - 1).network : "10." + (60 + i * 2 + random.nextInt(2));
            clients.add(org(word(random) + ENDINGS[random.nextInt(ENDINGS.length)], false, network, random));
        }
        int pool = 0;
        for (Org client : clients) {
            String network = supplier.network + "." + (200 + pool % 50) + "." + (pool / 50 * 64);
            List<String> addresses = new ArrayList<>();
            String prefix = network.substring(0, network.lastIndexOf('.') + 1);
            for (int i = 0; i < 24; i++) {
                addresses.add(prefix + (pool / 50 * 64 + 2 + i));
            }
            pool++;
            String kind = new String[] {"vpn", "site-to-site", "jump-host", "rdp-gateway"}[random.nextInt(4)];
            links.add(new Link(
                    supplier.name + "-" + client.name,
                    client,
                    kind,
                    network + "/26",
                    addresses,
                    "svc-" + supplier.name.substring(0, 3) + random.nextInt(90)));
        }
        for (int i = 0; i < 400; i++) {
            String domain =
                    word(random) + "." + new String[] {"com", "net", "org", "io", "co.uk", "de"}[random.nextInt(6)];
            String host = SERVICES[random.nextInt(SERVICES.length)] + "." + domain;
            sites.add(new Host(host, host, outside(random)));
        }
        for (int i = 0; i < 40; i++) {
            vpnNodes.add(outside(random));
        }
    }

    private Org org(String name, boolean isSupplier, String network, Random random) {
        String title = name.substring(0, 1).toUpperCase(Locale.ROOT)
                + name.substring(1).replace("-it", " IT");
        Org org = new Org(name, title, name + ".example", network, isSupplier, random);
        String letters = name.substring(0, Math.min(4, name.length()))
                .toUpperCase(Locale.ROOT)
                .replace("-", "");
        String[] roles = {
            "DC1", "FS1", "WEB1", "JUMP1", "PROXY1", "BKP1", "SCAN1", "SQL1", "APP1", "APP2", "MAIL1", "LNX1"
        };
        for (int i = 0; i < roles.length; i++) {
            String host = letters + "-" + roles[i];
            org.servers.add(
                    new Host(host, host.toLowerCase(Locale.ROOT) + "." + org.domain, network + ".1." + (10 + i)));
        }
        int people = isSupplier ? 120 : 40 + random.nextInt(80);
        for (int i = 0; i < people; i++) {
            String first = FIRST[random.nextInt(FIRST.length)];
            String last = word(random);
            String account = first.charAt(0) + last + (i % 7 == 0 ? Integer.toString(i) : "");
            String host = letters + "-WS" + (100 + i);
            Host workstation = new Host(
                    host,
                    host.toLowerCase(Locale.ROOT) + "." + org.domain,
                    network + "." + (2 + i / 200) + "." + (20 + i % 200));
            org.users.add(new User(account, first + " " + last, account + "@" + org.domain, workstation));
            if (i < (isSupplier ? 12 : 3)) {
                org.admins.add("adm-" + account);
            }
        }
        return org;
    }

    Link linkTo(Org client) {
        return links.get(clients.indexOf(client));
    }

    /// A word nobody else has.
    String word(Random random) {
        while (true) {
            String word = SYLLABLES[random.nextInt(SYLLABLES.length)]
                    + SYLLABLES[random.nextInt(SYLLABLES.length)]
                    + (random.nextBoolean() ? SYLLABLES[random.nextInt(SYLLABLES.length)] : "");
            if (taken.add(word)) {
                return word;
            }
            if (taken.size() > 15_000) {
                String numbered = word + taken.size();
                taken.add(numbered);
                return numbered;
            }
        }
    }

    /// An address outside everybody's networks: never a private, multicast or documentation one.
    static String outside(Random random) {
        int first = new int[] {23, 31, 45, 52, 64, 77, 80, 91, 104, 138, 151, 176, 185, 193, 212}[random.nextInt(15)];
        return first + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + (1 + random.nextInt(254));
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
            out.append("  - name: ")
                    .append(link.name)
                    .append("\n    supplier: ")
                    .append(supplier.name);
            out.append("\n    client: ")
                    .append(link.client.name)
                    .append("\n    kind: ")
                    .append(link.kind);
            out.append("\n    networks: [")
                    .append(link.network)
                    .append("]\n    accounts: [")
                    .append(link.account);
            out.append("]\n    ports: [22, 443, 3389, 5985]\n    hours: \"07:00-19:00\"\n    zone: UTC\n");
        }
        return out.toString();
    }

    private void party(StringBuilder out, Org org) {
        out.append("  - name: ").append(org.name).append("\n    role: ").append(org.supplier ? "us" : "client");
        out.append("\n    networks: [")
                .append(org.network)
                .append(".0.0/16, ")
                .append(org.publicAddress)
                .append("/32]");
        out.append("\n    domains: [")
                .append(org.domain)
                .append("]\n    logs: [")
                .append(org.name)
                .append("]\n    scanners: [")
                .append(org.scanner().ip())
                .append("]\n");
    }
}
