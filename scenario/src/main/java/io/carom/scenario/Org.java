package io.carom.scenario;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// An organisation: its people, machines, networks, working hours and products.
final class Org {
    /// A person with an account.
    ///
    /// @param since share of the scenario's time after which the person is there; new ones join meanwhile
    record User(String account, String name, String mail, Host workstation, double since) {}

    /// A machine.
    record Host(String name, String fqdn, String ip) {
        String mac() {
            int hash = name.hashCode() * 0x9E3779B1;
            return String.format(
                    Locale.ROOT, "00:50:56:%02x:%02x:%02x", hash >>> 24, hash >>> 16 & 0xFF, hash >>> 8 & 0xFF);
        }
    }

    /// Which flows and names its network's sensor writes, if any product of the kind.
    enum Sensor {
        ZEEK_TSV,
        ZEEK_JSON,
        NFDUMP
    }

    enum Wall {
        ASA,
        FORTIGATE,
        PALO_ALTO
    }

    private static final String[] ZONES = {
        "Europe/Berlin", "Europe/London", "America/New_York", "America/Chicago", "Asia/Kolkata", "Europe/Madrid", "UTC"
    };
    private static final String[] ROLES = {
        "DC", "FS", "WEB", "JUMP", "PROXY", "BKP", "SCAN", "SQL", "APP", "ERP", "MAIL", "LNX", "MON", "MGMT"
    };

    final String name;
    final String domain;
    final String network;
    final boolean supplier;
    final List<User> users = new ArrayList<>();
    final List<Host> servers = new ArrayList<>();
    final List<String> admins = new ArrayList<>();
    final Wall wall;
    final Sensor sensor;
    final boolean squid;
    /// Windows events are collected as XML, else as JSON.
    final boolean windowsXml;
    final ZoneId zone;
    final int opens;
    final int closes;
    final String publicAddress;
    final String vpnPool;

    Org(String name, boolean supplier, String network, Names names, Random random) {
        this.name = name;
        this.domain = name + ".example";
        this.network = network;
        this.supplier = supplier;
        wall = supplier ? Wall.ASA : Wall.values()[random.nextInt(3)];
        int kind = random.nextInt(supplier ? 4 : 5);
        sensor = kind < 2 ? Sensor.ZEEK_TSV : kind < 4 ? Sensor.ZEEK_JSON : Sensor.NFDUMP;
        squid = random.nextInt(3) > 0;
        windowsXml = random.nextInt(3) == 0;
        zone = ZoneId.of(Names.pick(random, ZONES));
        opens = 7 + random.nextInt(3);
        closes = 17 + random.nextInt(3);
        publicAddress = Names.outside(random);
        vpnPool = network + ".180";
        people(names, random);
    }

    private void people(Names names, Random random) {
        String letters = names.letters(name);
        // How machines are called is each organisation's own habit.
        String form = Names.pick(random, new String[] {"%s-%s%d", "%2$s%3$02d-%1$s", "%s%s%02d", "SRV-%s-%s%d"});
        for (int i = 0; i < ROLES.length; i++) {
            String host = String.format(Locale.ROOT, form, letters, ROLES[i], 1 + random.nextInt(3));
            servers.add(new Host(host, host.toLowerCase(Locale.ROOT) + "." + domain, network + ".1." + (10 + i)));
        }
        String desk = Names.pick(random, new String[] {"-WS", "-LT", "-PC", "-D"});
        int people = supplier ? 120 : 40 + random.nextInt(80);
        for (int i = 0; i < people; i++) {
            String first = Names.first(random);
            String last = names.word(random);
            String account = first.charAt(0) + last + (i % 7 == 0 ? Integer.toString(i) : "");
            String host = letters + desk + (100 + i);
            Host workstation = new Host(
                    host,
                    host.toLowerCase(Locale.ROOT) + "." + domain,
                    network + "." + (2 + i / 200) + "." + (20 + i % 200));
            boolean joins = i > 20 && random.nextInt(25) == 0;
            users.add(new User(
                    account,
                    first + " " + last,
                    account + "@" + domain,
                    workstation,
                    joins ? 0.1 + 0.8 * random.nextDouble() : 0));
            if (i < (supplier ? 12 : 3)) {
                admins.add("adm-" + account);
            }
        }
    }

    /// Whether the person whose administrator's account this is.
    User personOf(String admin) {
        return users.get(Math.max(0, admins.indexOf(admin)));
    }

    boolean owns(String address) {
        return address.startsWith(network + ".");
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

    Host app() {
        return servers.get(8);
    }

    Host linux() {
        return servers.get(11);
    }

    Host monitor() {
        return servers.get(12);
    }

    Host management() {
        return servers.get(13);
    }

    /// Windows servers that people of the supplier work on.
    List<Host> managed() {
        return List.of(servers.get(0), servers.get(1), servers.get(7), servers.get(8), servers.get(9), servers.get(10));
    }

    /// The gateway through which remote desktops are reached from outside.
    Host gateway() {
        return jump();
    }

    /// Where a cloud's bastion stands in the network.
    String bastion() {
        return network + ".250.4";
    }
}
