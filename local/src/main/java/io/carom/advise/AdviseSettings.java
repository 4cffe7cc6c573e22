package io.carom.advise;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where packages go: `advise.yaml` of a home.
///
///     remind_after: 24h
/// smtp: {host: mail.northgate.example, port: 587, from: soc@northgate.example, user: soc,
/// password_file: smtp.key}
///     clients:
/// acme: {mail: [soc@acme.example], webhook: https://soc.acme.example/in, secret_file: acme.key, taxii:
/// true}
///
/// @param smtp null if no mail server is stated
/// @param clients by name
/// @param remindAfter a package that nobody acknowledged is told again after that time
public record AdviseSettings(@Nullable Smtp smtp, Map<String, Ways> clients, Duration remindAfter) {
    public static final String FILE = "advise.yaml";

    static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}");

    public AdviseSettings {
        clients = Map.copyOf(clients);
    }

    /// A mail server.
    ///
    /// @param security `starttls`, `tls` or `none`
    /// @param passwordFile whose first line is the password; null if the server asks for none
    /// @param authority PEM: whom to trust besides the usual authorities; null for nobody
    public record Smtp(
            String host,
            int port,
            String security,
            String from,
            String user,
            @Nullable Path passwordFile,
            @Nullable Path authority) {}

    /// How a client is reached; what is null or empty is not used for it.
    ///
    /// @param secretFile whose bytes sign what goes to the webhook
    /// @param network addresses in the private mail network, or in one federated with it
    public record Ways(
            @Nullable Path folder,
            @Nullable URI webhook,
            @Nullable Path secretFile,
            List<String> mail,
            List<String> network,
            boolean taxii) {
        public static final Ways NONE = new Ways(null, null, null, List.of(), List.of(), false);

        public Ways {
            mail = List.copyOf(mail);
            network = List.copyOf(network);
        }
    }

    /// Those of a home; without a file nobody is reached.
    ///
    /// @throws ConfigException with every fault, each with line and column
    public static AdviseSettings of(Path home) throws IOException, ConfigException {
        Path file = home.resolve(FILE);
        return Files.isRegularFile(file)
                ? parse(Files.readString(file), file.toString(), home)
                : new AdviseSettings(null, Map.of(), Duration.ofHours(24));
    }

    static AdviseSettings parse(String text, String file, Path home) throws ConfigException {
        Faults faults = new Faults(file);
        Map<String, Ways> clients = new LinkedHashMap<>();
        Smtp smtp = null;
        Duration remind = Duration.ofHours(24);
        YamlNode root = YamlNode.parse(text, faults);
        if (root != null) {
            Map<String, YamlNode> top = root.members(List.of("smtp", "clients", "remind_after"));
            YamlNode server = top.get("smtp");
            smtp = server == null ? null : smtp(server, home);
            YamlNode after = top.get("remind_after");
            if (after != null) {
                remind = time(after);
            }
            YamlNode all = top.get("clients");
            if (all != null) {
                for (Map.Entry<String, YamlNode> one : all.members().entrySet()) {
                    Ways ways = ways(one.getValue(), home);
                    if (!ways.mail().isEmpty() && server == null) {
                        one.getValue().fault("mail needs a server: smtp: {host, port, from}");
                    }
                    clients.put(one.getKey(), ways);
                }
            }
        }
        faults.throwIfAny();
        return new AdviseSettings(smtp, clients, remind);
    }

    private static Duration time(YamlNode node) {
        if (!node.text().matches("[1-9]\\d{0,3}[mhd]")) {
            node.fault("expected a time such as 30m, 24h or 3d, found \"" + node.text() + "\"");
            return Duration.ofHours(24);
        }
        long n = Long.parseLong(node.text().substring(0, node.text().length() - 1));
        return switch (node.text().charAt(node.text().length() - 1)) {
            case 'm' -> Duration.ofMinutes(n);
            case 'h' -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }

    private static String text(Map<String, YamlNode> m, String name) {
        YamlNode node = m.get(name);
        return node == null ? "" : node.text();
    }

    private static @Nullable Path path(Map<String, YamlNode> m, String name, Path home) {
        YamlNode node = m.get(name);
        return node == null ? null : home.resolve(node.text());
    }

    private static Smtp smtp(YamlNode node, Path home) {
        Map<String, YamlNode> m =
                node.members(List.of("host", "port", "security", "from", "user", "password_file", "authority"));
        String security = m.containsKey("security") ? text(m, "security") : "starttls";
        if (!List.of("starttls", "tls", "none").contains(security)) {
            m.getOrDefault("security", node).fault("expected starttls, tls or none");
        }
        String port = m.containsKey("port") ? text(m, "port") : "587";
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535 || port.equals("0")) {
            m.getOrDefault("port", node).fault("expected a port from 1 to 65535");
            port = "587";
        }
        if (text(m, "host").isEmpty()) {
            node.fault("the mail server needs a host");
        }
        if (!ADDRESS.matcher(text(m, "from")).matches()) {
            m.getOrDefault("from", node).fault("expected the sender's mail address (from)");
        }
        return new Smtp(
                text(m, "host"),
                Integer.parseInt(port),
                security,
                text(m, "from"),
                text(m, "user"),
                path(m, "password_file", home),
                path(m, "authority", home));
    }

    private static List<String> addresses(@Nullable YamlNode all) {
        List<String> read = new ArrayList<>();
        for (YamlNode address : all == null ? List.<YamlNode>of() : all.elements()) {
            if (ADDRESS.matcher(address.text()).matches()) {
                read.add(address.text());
            } else {
                address.fault("expected a mail address, found \"" + address.text() + "\"");
            }
        }
        return read;
    }

    private static Ways ways(YamlNode node, Path home) {
        Map<String, YamlNode> m = node.members(List.of("folder", "webhook", "secret_file", "mail", "network", "taxii"));
        URI webhook = null;
        YamlNode hook = m.get("webhook");
        if (hook != null) {
            try {
                webhook = URI.create(hook.text());
                if (!WebhookDelivery.allowed(webhook)) {
                    hook.fault("expected an https address; http is taken for this machine only");
                }
            } catch (IllegalArgumentException e) {
                hook.fault("expected an https address, found \"" + hook.text() + "\"");
            }
            if (!m.containsKey("secret_file")) {
                hook.fault("a webhook needs a secret_file, whose bytes sign what is sent");
            }
        }
        YamlNode taxii = m.get("taxii");
        if (taxii != null && !taxii.text().equals("true") && !taxii.text().equals("false")) {
            taxii.fault("expected true or false");
        }
        return new Ways(
                path(m, "folder", home),
                webhook,
                path(m, "secret_file", home),
                addresses(m.get("mail")),
                addresses(m.get("network")),
                taxii != null && taxii.text().equals("true"));
    }
}
