package io.carom.party;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import io.carom.event.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `parties.yaml`: who there is, what they own, and the links between them.
///
///     parties:
///       - name: northgate
///         role: us
///         networks: [10.1.0.0/16]
///         domains: [northgate.example]
///         logs: [northgate]
///     links:
///       - {name: northgate-acme-vpn, supplier: northgate, client: acme, kind: vpn, networks:
/// [10.99.4.0/24]}
public final class PartiesFile {
    private static final List<String> TOP = List.of("parties", "links");
    private static final List<String> PARTY = List.of(
            "name",
            "role",
            "networks",
            "domains",
            "mail_domains",
            "accounts",
            "directories",
            "hosts",
            "tenants",
            "sites",
            "critical",
            "privileged",
            "logs",
            "scanners",
            "contact",
            "duties",
            "contract",
            "notify_within");
    private static final List<String> SITE = List.of("name", "networks", "logs");
    private static final List<String> LINK = List.of(
            "name",
            "supplier",
            "client",
            "kind",
            "networks",
            "hosts",
            "accounts",
            "ports",
            "hours",
            "zone",
            "targets",
            "purpose",
            "contact",
            "contract",
            "notify_within");
    private static final List<String> KINDS = List.of(
            "vpn",
            "site-to-site",
            "jump-host",
            "rdp-gateway",
            "remote-support",
            "federation",
            "service-account",
            "api-key",
            "mail");

    private PartiesFile() {}

    /// @throws ConfigException with every fault of the file, each with line and column
    public static Parties read(Path file) throws IOException, ConfigException {
        return parse(Files.readString(file), file.toString());
    }

    /// A file that says nothing yet, comments apart, declares nobody: all goes by address then.
    ///
    /// @throws ConfigException with every fault of the text, each with line and column
    public static Parties parse(String text, String file) throws ConfigException {
        if (text.lines().map(String::strip).allMatch(l -> l.isEmpty() || l.startsWith("#") || l.equals("---"))) {
            return Parties.NONE;
        }
        Faults faults = new Faults(file);
        List<Party> parties = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        YamlNode root = YamlNode.parse(text, faults);
        if (root != null) {
            Map<String, YamlNode> top = root.members(TOP);
            Set<String> names = new HashSet<>();
            if (top.containsKey("parties")) {
                for (YamlNode node : top.get("parties").elements()) {
                    party(node, parties, names);
                }
            }
            Set<String> linkNames = new HashSet<>();
            if (top.containsKey("links")) {
                for (YamlNode node : top.get("links").elements()) {
                    link(node, links, names, linkNames);
                }
            }
        }
        faults.throwIfAny();
        return new Parties(parties, links);
    }

    private static void party(YamlNode node, List<Party> parties, Set<String> names) {
        Map<String, YamlNode> m = node.members(PARTY);
        String name = name(node, m, names);
        Party.Role role = Party.Role.CLIENT;
        if (m.containsKey("role")) {
            switch (m.get("role").text()) {
                case "us" -> role = Party.Role.US;
                case "client" -> role = Party.Role.CLIENT;
                case "supplier" -> role = Party.Role.SUPPLIER;
                default -> m.get("role").fault("expected us, client or supplier");
            }
        } else {
            node.fault("a party needs a role: us, client or supplier");
        }
        parties.add(new Party(
                name,
                role,
                networks(m.get("networks")),
                lower(m.get("domains")),
                lower(m.get("accounts")),
                lower(m.get("hosts")),
                texts(m.get("logs")),
                networks(m.get("scanners")),
                lower(m.get("mail_domains")),
                lower(m.get("directories")),
                lower(m.get("tenants")),
                sites(m.get("sites")),
                critical(m.get("critical")),
                lower(m.get("privileged")),
                text(m.get("contact")),
                new Obligations(regimes(m.get("duties")), within(m.get("notify_within")), text(m.get("contract")))));
    }

    /// Laws by which somebody must be told of an incident at it.
    private static List<String> regimes(@Nullable YamlNode node) {
        List<String> regimes = new ArrayList<>();
        for (YamlNode element : node == null ? List.<YamlNode>of() : node.elements()) {
            String name = element.text().toLowerCase(Locale.ROOT);
            if (!Obligations.REGIMES.contains(name)) {
                element.fault("expected one of: " + String.join(", ", Obligations.REGIMES) + "; found \""
                        + element.text() + "\"." + io.carom.config.Suggestion.of(name, Obligations.REGIMES));
            } else if (regimes.contains(name)) {
                element.fault("\"" + name + "\" stands twice");
            } else {
                regimes.add(name);
            }
        }
        return regimes;
    }

    /// `30m`, `24h` or `3d`.
    private static @Nullable Duration within(@Nullable YamlNode node) {
        if (node == null) {
            return null;
        }
        String text = node.text();
        if (!text.matches("[1-9]\\d{0,3}[mhd]")) {
            node.fault("expected a time such as 30m, 24h or 3d, found \"" + text + "\"");
            return null;
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static List<Party.Site> sites(@Nullable YamlNode node) {
        List<Party.Site> sites = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (YamlNode element : node == null ? List.<YamlNode>of() : node.elements()) {
            Map<String, YamlNode> m = element.members(SITE);
            sites.add(new Party.Site(name(element, m, names), networks(m.get("networks")), texts(m.get("logs"))));
        }
        return sites;
    }

    /// Names and patterns, or networks, which must be some.
    private static List<String> critical(@Nullable YamlNode node) {
        for (YamlNode element : node == null ? List.<YamlNode>of() : node.elements()) {
            if (element.text().indexOf('/') >= 0) {
                network(element);
            }
        }
        return lower(node);
    }

    private static String text(@Nullable YamlNode node) {
        return node == null ? "" : node.text();
    }

    private static void link(YamlNode node, List<Link> links, Set<String> parties, Set<String> names) {
        Map<String, YamlNode> m = node.members(LINK);
        String name = name(node, m, names);
        String supplier = partyName(node, m, "supplier", parties);
        String client = partyName(node, m, "client", parties);
        YamlNode kind = m.get("kind");
        if (kind == null || !KINDS.contains(kind.text())) {
            (kind == null ? node : kind).fault("a link needs a kind, one of: " + String.join(", ", KINDS));
        }
        List<Integer> ports = new ArrayList<>();
        for (YamlNode port : m.containsKey("ports") ? m.get("ports").elements() : List.<YamlNode>of()) {
            if (port.text().matches("\\d{1,5}") && Integer.parseInt(port.text()) <= 65535) {
                ports.add(Integer.parseInt(port.text()));
            } else {
                port.fault("expected a port from 0 to 65535");
            }
        }
        YamlNode hours = m.get("hours");
        if (hours != null && !hours.text().matches("([01]\\d|2[0-4]):[0-5]\\d-([01]\\d|2[0-4]):[0-5]\\d")) {
            hours.fault("expected hours such as 08:00-18:00");
        }
        YamlNode zone = m.get("zone");
        if (zone != null) {
            try {
                java.time.ZoneId.of(zone.text());
            } catch (java.time.DateTimeException e) {
                zone.fault("expected a time zone such as Europe/Berlin or UTC");
            }
        }
        if (!supplier.isEmpty() && supplier.equals(client)) {
            m.getOrDefault("client", node).fault("a link leads from one party to another; both are \"" + client + "\"");
        }
        List<Cidr> targets = new ArrayList<>();
        List<String> targetHosts = new ArrayList<>();
        for (YamlNode target : m.containsKey("targets") ? m.get("targets").elements() : List.<YamlNode>of()) {
            String text = target.text();
            if (text.indexOf('/') >= 0 || Cidr.address(text) != null) {
                targets.addAll(network(target));
            } else {
                targetHosts.add(text.toLowerCase(Locale.ROOT));
            }
        }
        List<Cidr> networks = networks(m.get("networks"));
        clash(m.get("networks"), networks, client, links);
        links.add(new Link(
                name,
                supplier,
                client,
                kind == null ? "" : kind.text(),
                networks,
                lower(m.get("hosts")),
                lower(m.get("accounts")),
                ports,
                hours == null ? "" : hours.text(),
                zone == null ? "UTC" : zone.text(),
                targets,
                targetHosts,
                text(m.get("purpose")),
                text(m.get("contact")),
                text(m.get("contract")),
                within(m.get("notify_within"))));
    }

    /// The same addresses cannot be the end of two links to one client: nobody could tell which it was.
    private static void clash(@Nullable YamlNode node, List<Cidr> networks, String client, List<Link> links) {
        List<YamlNode> places = node == null ? List.of() : node.elements();
        for (Link other : links) {
            for (int i = 0; i < networks.size() && networks.size() == places.size(); i++) {
                if (other.client().equals(client) && other.networks().contains(networks.get(i))) {
                    places.get(i)
                            .fault(networks.get(i) + " is the end of link " + other.name() + " to " + client
                                    + " already: give each link networks of its own, or make them one link");
                }
            }
        }
    }

    private static String name(YamlNode node, Map<String, YamlNode> m, Set<String> names) {
        if (!m.containsKey("name")) {
            node.fault("a name is missing");
            return "";
        }
        YamlNode at = m.get("name");
        String name = at.text();
        if (!name.matches("[a-z0-9][a-z0-9_-]{0,63}")) {
            at.fault("a name is lower-case letters, digits, - and _, at most 64 of them, and begins with a letter or"
                    + " digit: it also names a folder");
        } else if (!names.add(name)) {
            at.fault("\"" + name + "\" is defined twice");
        }
        return name;
    }

    private static String partyName(YamlNode node, Map<String, YamlNode> m, String which, Set<String> parties) {
        if (!m.containsKey(which)) {
            node.fault("a link needs a " + which);
            return "";
        }
        String name = m.get(which).text();
        if (!parties.contains(name)) {
            m.get(which).fault("no party is named \"" + name + "\"." + io.carom.config.Suggestion.of(name, parties));
        }
        return name;
    }

    private static List<Cidr> networks(@Nullable YamlNode node) {
        List<Cidr> networks = new ArrayList<>();
        for (YamlNode element : node == null ? List.<YamlNode>of() : node.elements()) {
            networks.addAll(network(element));
        }
        return networks;
    }

    private static List<Cidr> network(YamlNode element) {
        try {
            return List.of(Cidr.of(element.text()));
        } catch (IllegalArgumentException e) {
            element.fault(java.util.Objects.requireNonNullElse(e.getMessage(), "no network"));
            return List.of();
        }
    }

    private static List<String> texts(@Nullable YamlNode node) {
        return node == null
                ? List.of()
                : node.elements().stream().map(YamlNode::text).toList();
    }

    private static List<String> lower(@Nullable YamlNode node) {
        return texts(node).stream().map(t -> t.toLowerCase(Locale.ROOT)).toList();
    }
}
