package io.carom.mailnet;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a network is called and what its bounds are: `mailnet/network.yaml` of a home.
///
///     domain: northgate.example
///     host: mail.northgate.example
///     ports: {submission: 8465, imap: 8993, members: 8444, federation: 8466}
///     limits: {message: 25MB, recipients: 100, messages_an_hour: 200, mailbox: 2GB, connections: 2000}
///     retention: 90d
///
/// @param domain what addresses end with
/// @param host by which members and other networks reach it: a name or an address
/// @param listen the address of this machine that is listened on
/// @param retention mail older than that is deleted unless it is held; zero keeps all
public record NetworkSettings(
        String domain, String host, String listen, Ports ports, Limits limits, Duration retention) {
    public static final String FOLDER = "mailnet";
    public static final String FILE = "network.yaml";

    static final Pattern DOMAIN =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:-]{1,253}");

    /// Where each of the four listeners is; 0 for any that is free.
    public record Ports(int submission, int imap, int members, int federation) {
        public static final Ports USUAL = new Ports(8465, 8993, 8444, 8466);
    }

    /// @param message the largest mail, in bytes
    /// @param recipients the most of one mail
    /// @param hourly mails that one member may send in an hour
    /// @param mailbox what one member's mail may take, in bytes
    /// @param connections open at once, over all listeners
    /// @param fromOne connections of one address that have not signed in
    public record Limits(long message, int recipients, int hourly, long mailbox, int connections, int fromOne) {
        public static final Limits USUAL = new Limits(25L << 20, 100, 200, 2L << 30, 2000, 64);
    }

    /// Where members read and write in a browser.
    ///
    /// @param port of the members, where it is
    public URI page(int port) {
        return URI.create("https://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + "/page/");
    }

    /// @throws ConfigException with every fault, each with line and column
    /// @throws IOException if there is no network in this home, saying how to make one
    public static NetworkSettings of(Path home) throws IOException, ConfigException {
        Path file = home.resolve(FOLDER).resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": there is no mail network in this home. Make one:"
                    + " carom mail network init DOMAIN --host HOST");
        }
        return parse(Files.readString(file), file.toString());
    }

    static NetworkSettings parse(String text, String file) throws ConfigException {
        Faults faults = new Faults(file);
        YamlNode root = YamlNode.parse(text, faults);
        NetworkSettings made = new NetworkSettings(
                "invalid.example", "localhost", "127.0.0.1", Ports.USUAL, Limits.USUAL, Duration.ZERO);
        if (root != null) {
            Map<String, YamlNode> m = root.members(List.of("domain", "host", "listen", "ports", "limits", "retention"));
            String domain = text(m.get("domain"), "").toLowerCase(Locale.ROOT);
            if (!DOMAIN.matcher(domain).matches()) {
                m.getOrDefault("domain", root).fault("expected a domain such as northgate.example (domain)");
            }
            String host = text(m.get("host"), domain);
            if (!HOST.matcher(host).matches()) {
                m.getOrDefault("host", root).fault("expected a host name or an address");
            }
            String listen = text(m.get("listen"), "127.0.0.1");
            try {
                InetAddress.getByName(listen);
            } catch (UnknownHostException e) {
                m.getOrDefault("listen", root).fault("expected an address of this machine, 0.0.0.0 or ::");
            }
            YamlNode retention = m.get("retention");
            made = new NetworkSettings(
                    domain,
                    host,
                    listen,
                    ports(m.get("ports")),
                    limits(m.get("limits")),
                    retention == null ? Duration.ZERO : days(retention));
        }
        faults.throwIfAny();
        return made;
    }

    private static String text(@Nullable YamlNode node, String otherwise) {
        return node == null ? otherwise : node.text();
    }

    private static Ports ports(@Nullable YamlNode node) {
        if (node == null) {
            return Ports.USUAL;
        }
        Map<String, YamlNode> m = node.members(List.of("submission", "imap", "members", "federation"));
        return new Ports(
                (int) number(m.get("submission"), Ports.USUAL.submission(), 0, 65_535),
                (int) number(m.get("imap"), Ports.USUAL.imap(), 0, 65_535),
                (int) number(m.get("members"), Ports.USUAL.members(), 0, 65_535),
                (int) number(m.get("federation"), Ports.USUAL.federation(), 0, 65_535));
    }

    private static Limits limits(@Nullable YamlNode node) {
        if (node == null) {
            return Limits.USUAL;
        }
        Map<String, YamlNode> m = node.members(List.of(
                "message", "recipients", "messages_an_hour", "mailbox", "connections", "connections_of_one_address"));
        Limits usual = Limits.USUAL;
        return new Limits(
                number(m.get("message"), usual.message(), 10_000, 1L << 30),
                (int) number(m.get("recipients"), usual.recipients(), 1, 10_000),
                (int) number(m.get("messages_an_hour"), usual.hourly(), 1, 10_000_000),
                number(m.get("mailbox"), usual.mailbox(), 1_000_000, 1L << 50),
                (int) number(m.get("connections"), usual.connections(), 10, 100_000),
                (int) number(m.get("connections_of_one_address"), usual.fromOne(), 1, 100_000));
    }

    private static long number(@Nullable YamlNode node, long otherwise, long least, long most) {
        if (node == null) {
            return otherwise;
        }
        String text = node.text();
        String digits = text.replaceFirst("(?i)[kmg]?b?$", "");
        long unit = switch (text.substring(digits.length()).toUpperCase(Locale.ROOT)) {
            case "KB", "K" -> 1L << 10;
            case "MB", "M" -> 1L << 20;
            case "GB", "G" -> 1L << 30;
            default -> 1;
        };
        // Sixteen digits of gigabytes are beyond a long.
        long units = most / unit;
        if (!digits.matches("\\d{1,16}") || Long.parseLong(digits) > units || Long.parseLong(digits) * unit < least) {
            node.fault("expected a number from " + least + " to " + most + ", found \"" + text + "\"");
            return otherwise;
        }
        return Long.parseLong(digits) * unit;
    }

    private static Duration days(YamlNode node) {
        if (!node.text().matches("\\d{1,5}d")) {
            node.fault("expected days such as 90d; 0d keeps all");
            return Duration.ZERO;
        }
        return Duration.ofDays(
                Long.parseLong(node.text().substring(0, node.text().length() - 1)));
    }

    /// As the file says it.
    String yaml() {
        return "# The private mail network. See docs/mail-network.md.\n"
                + "domain: " + domain + "\n"
                + "host: \"" + host + "\"\n"
                + "listen: \"" + listen + "\"\n"
                + "ports: {submission: " + ports.submission + ", imap: " + ports.imap + ", members: " + ports.members
                + ", federation: " + ports.federation + "}\n"
                + "limits: {message: " + limits.message + ", recipients: " + limits.recipients
                + ", messages_an_hour: " + limits.hourly + ", mailbox: " + limits.mailbox + ", connections: "
                + limits.connections + ", connections_of_one_address: " + limits.fromOne + "}\n"
                + "retention: " + retention.toDays() + "d\n";
    }
}
