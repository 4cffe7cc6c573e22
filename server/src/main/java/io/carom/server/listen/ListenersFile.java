package io.carom.server.listen;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.Suggestion;
import io.carom.config.YamlNode;
import io.carom.event.Cidr;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the home's `listeners.yaml` says: the listeners, how much the spool holds, how long what comes
/// late is waited for. See docs/listeners.md.
public record ListenersFile(
        List<ListenerSettings> listeners,
        Spool.Limits spool,
        Duration lateness,
        Duration snapshot,
        Duration silence,
        @Nullable String metricsToken) {
    public static final String NAME = "listeners.yaml";

    static final String NOBODYS = "local";

    private static final List<String> COMMON = List.of("kind", "address", "name", "client", "clients", "format");
    private static final Pattern CLIENT = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
    private static final Pattern LISTENER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final int TOKEN = 16;

    public ListenersFile {
        listeners = List.copyOf(listeners);
    }

    /// Nothing but what is usual.
    public static final ListenersFile NONE = new ListenersFile(
            List.of(), Spool.Limits.USUAL, Duration.ofMillis(500), Duration.ofSeconds(60), Duration.ofHours(1), null);

    /// @throws ConfigException with every fault, each with line and column
    public static ListenersFile read(Path home, Sources sources) throws IOException, ConfigException {
        Path file = home.resolve(NAME);
        return Files.isRegularFile(file) ? parse(Files.readString(file), file.toString(), sources) : NONE;
    }

    static ListenersFile parse(String text, String file, Sources sources) throws ConfigException {
        Faults faults = new Faults(file);
        YamlNode root = YamlNode.parse(text, faults);
        ListenersFile made = root == null ? NONE : new Reader(sources).file(root);
        faults.throwIfAny();
        return made;
    }

    /// With these listeners besides.
    ///
    /// @param said `KIND=ADDRESS` each, as an option gives them
    /// @throws ConfigException with what is wrong with each
    public ListenersFile with(List<String> said, Sources sources) throws ConfigException {
        List<ListenerSettings> all = new ArrayList<>(listeners);
        List<String> wrong = new ArrayList<>();
        Set<String> names = new HashSet<>();
        all.forEach(l -> names.add(l.name()));
        for (String each : said) {
            int equals = each.indexOf('=');
            String address = each.substring(equals + 1);
            String text = "listeners: [{kind: '" + each.substring(0, equals).replace("'", "''") + "', address: '"
                    + address.replace("'", "''") + "'}]";
            try {
                ListenerSettings made =
                        parse(text, "--listen " + each, sources).listeners.getFirst();
                String name = made.name();
                for (int n = 2; !names.add(name); n++) {
                    name = made.name() + "-" + n;
                }
                all.add(new ListenerSettings(
                        made.kind(),
                        made.address(),
                        name,
                        made.client(),
                        made.clients(),
                        made.format(),
                        made.tokens(),
                        made.more()));
            } catch (ConfigException e) {
                e.faults().forEach(f -> wrong.add(f.replaceFirst(":\\d+:\\d+: ", ": ")));
            }
        }
        if (!wrong.isEmpty()) {
            throw new ConfigException(wrong);
        }
        return new ListenersFile(all, spool, lateness, snapshot, silence, metricsToken);
    }

    private record Reader(Sources sources) {
        ListenersFile file(YamlNode root) {
            Map<String, YamlNode> top = root.members(List.of("listeners", "spool", "live", "health", "metrics"));
            Spool.Limits limits = NONE.spool;
            YamlNode spool = top.get("spool");
            if (spool != null) {
                Map<String, YamlNode> m = spool.members(List.of("most", "reserve", "keep", "segment"));
                limits = new Spool.Limits(
                        bytes(m.get("segment"), limits.segment()),
                        bytes(m.get("most"), limits.most()),
                        bytes(m.get("reserve"), limits.reserve()),
                        bytes(m.get("keep"), limits.keep()));
                if (limits.segment() < 1 << 16 || limits.most() < 4 * limits.segment()) {
                    spool.fault("expected a segment of at least 64KiB, and most to be at least four segments");
                }
            }
            Duration lateness = NONE.lateness;
            Duration snapshot = NONE.snapshot;
            YamlNode live = top.get("live");
            if (live != null) {
                Map<String, YamlNode> m = live.members(List.of("lateness", "snapshot"));
                lateness = duration(m.get("lateness"), lateness);
                snapshot = duration(m.get("snapshot"), snapshot);
            }
            Duration silence = NONE.silence;
            YamlNode health = top.get("health");
            if (health != null) {
                silence = duration(health.members(List.of("silence")).get("silence"), silence);
            }
            List<ListenerSettings> all = new ArrayList<>();
            Set<String> names = new HashSet<>();
            YamlNode listeners = top.get("listeners");
            for (YamlNode each : listeners == null ? List.<YamlNode>of() : listeners.elements()) {
                ListenerSettings made = listener(each, names);
                if (made != null) {
                    all.add(made);
                }
            }
            YamlNode metrics = top.get("metrics");
            YamlNode token =
                    metrics == null ? null : metrics.members(List.of("token")).get("token");
            if (token != null && token.text().length() < TOKEN) {
                token.fault("a token has at least " + TOKEN + " characters, or it can be guessed");
            }
            return new ListenersFile(all, limits, lateness, snapshot, silence, token == null ? null : token.text());
        }

        private static long bytes(@Nullable YamlNode node, long otherwise) {
            if (node == null) {
                return otherwise;
            }
            String text = node.text();
            if (!Amounts.isBytes(text)) {
                node.fault("expected a size such as 512MiB or 16GiB, found \"" + text + "\"");
                return otherwise;
            }
            return Amounts.bytes(text);
        }

        private static Duration duration(@Nullable YamlNode node, Duration otherwise) {
            if (node == null) {
                return otherwise;
            }
            String text = node.text();
            if (!Amounts.isDuration(text)) {
                node.fault("expected a duration such as 500ms, 10s or 5m, found \"" + text + "\"");
                return otherwise;
            }
            return Amounts.duration(text);
        }

        private @Nullable ListenerSettings listener(YamlNode node, Set<String> names) {
            Map<String, YamlNode> any = node.members();
            YamlNode kindNode = any.get("kind");
            if (kindNode == null) {
                node.fault("a listener needs a kind: " + String.join(", ", Listeners.names()));
                return null;
            }
            Kind kind = Listeners.kind(kindNode.text());
            if (kind == null) {
                kindNode.fault("no kind of listener is \"" + kindNode.text() + "\"; expected "
                        + String.join(", ", Listeners.names()) + "."
                        + Suggestion.of(kindNode.text(), Listeners.names()));
                return null;
            }
            List<String> known =
                    Stream.concat(COMMON.stream(), kind.keys().stream()).toList();
            any.forEach((name, of) -> {
                if (!known.contains(name)) {
                    of.fault("\"" + name + "\" is unknown for " + kind.name() + "." + Suggestion.of(name, known));
                }
            });
            YamlNode addressNode = any.get("address");
            if (addressNode == null) {
                node.fault("a listener needs an address");
                return null;
            }
            String address = addressNode.text();
            String wrong = kind.network() ? ListenerSettings.socketFault(address) : null;
            if (wrong != null) {
                addressNode.fault(wrong);
                return null;
            }
            String name = text(any.get("name"), "");
            if (name.isEmpty()) {
                name = kind.name();
                for (int n = 2; names.contains(name); n++) {
                    name = kind.name() + "-" + n;
                }
            } else if (!LISTENER.matcher(name).matches()) {
                java.util.Objects.requireNonNull(any.get("name"))
                        .fault("a name is letters, digits, ., - and _, at most 64");
            }
            if (!names.add(name)) {
                node.fault("two listeners are named \"" + name + "\"");
            }
            String format = text(any.get("format"), "");
            YamlNode formatNode = any.get("format");
            if (formatNode != null && sources.named(format).isEmpty()) {
                formatNode.fault("no format is named \"" + format + "\"."
                        + Suggestion.of(
                                format,
                                sources.all().stream().map(s -> s.name()).toList()));
            }
            Map<String, String> more = new LinkedHashMap<>();
            for (String key : kind.keys()) {
                YamlNode value = any.get(key);
                if (value != null && !key.equals("tokens")) {
                    more.put(key, checked(key, value));
                }
            }
            ListenerSettings made = new ListenerSettings(
                    kind.name(),
                    address,
                    name,
                    client(any.get("client")),
                    clients(any.get("clients")),
                    format,
                    kind.keys().contains("tokens") ? tokens(any.get("tokens")) : Map.of(),
                    more);
            kind.check(made, any);
            return made;
        }

        private static final Set<String> NUMBERS = Set.of("connections", "threads");
        private static final Set<String> DURATIONS = Set.of("idle", "every", "quiet");
        private static final Set<String> FLAGS = Set.of("plain", "from-start", "keep");

        private static String checked(String key, YamlNode value) {
            String text = value.isSingle()
                    ? value.text()
                    : String.join(
                            ",", value.elements().stream().map(YamlNode::text).toList());
            if (NUMBERS.contains(key) && !text.matches("[1-9]\\d{0,5}")) {
                value.fault("expected a number from 1 to 999999, found \"" + text + "\"");
                return "1";
            }
            if (DURATIONS.contains(key) && !Amounts.isDuration(text)) {
                value.fault("expected a duration such as 500ms, 10s or 5m, found \"" + text + "\"");
                return "1s";
            }
            if (FLAGS.contains(key) && !text.equals("true") && !text.equals("false")) {
                value.fault("expected true or false, found \"" + text + "\"");
            }
            return text;
        }

        private static String text(@Nullable YamlNode node, String otherwise) {
            return node == null ? otherwise : node.text();
        }

        private static String client(@Nullable YamlNode node) {
            if (node == null) {
                return NOBODYS;
            }
            String client = node.text();
            if (!CLIENT.matcher(client).matches()) {
                node.fault("a client's name is lower-case letters, digits, - and _, found \"" + client + "\"");
            }
            return client;
        }

        private static Map<Cidr, String> clients(@Nullable YamlNode node) {
            Map<Cidr, String> all = new LinkedHashMap<>();
            if (node != null) {
                node.members().forEach((network, client) -> {
                    try {
                        all.put(Cidr.of(network), client(client));
                    } catch (IllegalArgumentException e) {
                        client.fault("\"" + network + "\" is no network: " + e.getMessage());
                    }
                });
            }
            return all;
        }

        private static Map<String, String> tokens(@Nullable YamlNode node) {
            Map<String, String> all = new LinkedHashMap<>();
            if (node != null) {
                node.members().forEach((token, client) -> {
                    if (token.length() < TOKEN) {
                        client.fault("a token has at least " + TOKEN + " characters, or it can be guessed");
                    }
                    all.put(token, client(client));
                });
            }
            return all;
        }
    }
}
