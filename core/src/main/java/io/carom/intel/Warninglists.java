package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/// Lists of what is no sign of trouble though somebody listed it: public resolvers, large sites, own
/// networks.
/// Immutable once read, safe for many threads.
///
/// A MISP warninglist (JSON) says how its entries are compared: `string` exactly, `substring` anywhere
/// in the value, `hostname` as the name or anything below it, `cidr` as a network;
/// `matching_attributes` says for which kinds; `regex` lists are compared in linear time. What a list
/// means is told by its name, {@link WarningKind}: some excuse, others are only said beside a finding.
/// In a plain list an address or network stands for itself, a host name for itself and what is below
/// it, and any other line for exactly that text; `#` begins a comment.
///
/// A URL with a path is not excused by its host: it was listed for what lies at that path.
public final class Warninglists {
    /// Nothing is on any list.
    public static final Warninglists NONE = new Warninglists(List.of());

    private static final JsonFactory JSON = new JsonFactory();

    /// MISP's attribute types, by the kind of indicator that they are.
    private static final Map<IndicatorType, Set<String>> MISP = Map.of(
            IndicatorType.IP, Set.of("ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain|ip"),
            IndicatorType.CIDR, Set.of("ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain|ip"),
            IndicatorType.DOMAIN, Set.of("domain", "hostname", "domain|ip", "hostname|port"),
            IndicatorType.URL, Set.of("url", "uri", "link"),
            IndicatorType.HASH, Set.of("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
            IndicatorType.EMAIL, Set.of("email", "email-src", "email-dst", "target-email", "whois-registrant-email"),
            IndicatorType.FILE_NAME, Set.of("filename"),
            IndicatorType.ACCOUNT, Set.of("target-user", "github-username"));

    private final List<Listed> lists;

    private Warninglists(List<Listed> lists) {
        this.lists = List.copyOf(lists);
    }

    /// One list, as its entries are compared.
    private static final class Listed {
        private final String name;
        private final WarningKind meaning;
        private final Set<IndicatorType> kinds;
        private final Set<String> exact = new HashSet<>();
        private final Set<String> names = new HashSet<>();
        private final List<String> parts = new ArrayList<>();
        private final List<com.google.re2j.Pattern> patterns = new ArrayList<>();
        private final Map<Integer, Set<Cidr>> networks = new HashMap<>();

        Listed(String name, WarningKind meaning, Set<IndicatorType> kinds) {
            this.name = name;
            this.meaning = meaning;
            this.kinds = kinds;
        }

        boolean network(String text) {
            try {
                Cidr network = Cidr.of(text);
                networks.computeIfAbsent(network.bits(), b -> new HashSet<>()).add(network);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        void hostName(String text) {
            names.add(text.startsWith(".") ? text.substring(1) : text);
        }

        boolean holds(IndicatorType type, String value) {
            if (!kinds.contains(type)) {
                return false;
            }
            if (exact.contains(value)
                    || parts.stream().anyMatch(value::contains)
                    || patterns.stream().anyMatch(p -> p.matcher(value).find())) {
                return true;
            }
            if (meaning == WarningKind.POPULAR && type == IndicatorType.DOMAIN && value.startsWith("www.")) {
                return exact.contains(value.substring(4)) || below(value);
            }
            return switch (type) {
                case IP, CIDR -> inNetwork(value);
                case DOMAIN -> below(value);
                case EMAIL -> below(value.substring(value.indexOf('@') + 1));
                case URL -> {
                    String bare = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
                    int colon = bare.indexOf(':');
                    String host = colon < 0 ? bare : bare.substring(0, colon);
                    yield bare.indexOf('/') < 0
                            && bare.indexOf('?') < 0
                            && (exact.contains(host) || inNetwork(host) || below(host));
                }
                default -> false;
            };
        }

        private boolean inNetwork(String value) {
            Cidr asked;
            try {
                asked = Cidr.of(value);
            } catch (IllegalArgumentException e) {
                return false;
            }
            for (Map.Entry<Integer, Set<Cidr>> prefix : networks.entrySet()) {
                if (prefix.getKey() <= asked.bits()
                        && prefix.getValue().contains(new Cidr(asked.address(), prefix.getKey()))) {
                    return true;
                }
            }
            return false;
        }

        private boolean below(String name) {
            if (meaning == WarningKind.POPULAR || meaning == WarningKind.RESOLVER) {
                // Large sites let anybody have names below theirs: blogs, shops, dynamic names.
                return names.contains(name) || name.startsWith("www.") && names.contains(name.substring(4));
            }
            for (int at = 0; at >= 0; ) {
                if (names.contains(name.substring(at))) {
                    return true;
                }
                int dot = name.indexOf('.', at);
                at = dot < 0 ? -1 : dot + 1;
            }
            return false;
        }
    }

    /// What files gave.
    ///
    /// @param faults `file:line: what was found and expected`
    public record Read(Warninglists lists, List<String> faults) {}

    public static Read read(List<Path> files) throws IOException {
        Reading reading = new Reading();
        for (Path file : files) {
            reading.take(file.toString(), Files.readAllBytes(file));
        }
        return reading.done();
    }

    /// Reads lists one after another, from wherever they come.
    public static final class Reading {
        private final List<Listed> lists = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();

        /// Takes a file whole.
        public void take(String file, byte[] bytes) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            text = text.startsWith("\uFEFF") ? text.substring(1) : text;
            Listed list = text.stripLeading().startsWith("{") ? misp(file, text, faults) : plain(file, text, faults);
            if (list != null) {
                lists.add(list);
            }
        }

        public Read done() {
            return new Read(new Warninglists(lists), List.copyOf(faults));
        }
    }

    /// What needs no list to be known: resolvers that everybody asks, networks that are nobody's on the
    /// internet, hashes of nothing.
    public static Warninglists builtIn() {
        Listed resolvers =
                new Listed("Public resolvers", WarningKind.RESOLVER, EnumSet.of(IndicatorType.IP, IndicatorType.CIDR));
        RESOLVERS.forEach(resolvers::network);
        Listed reserved = new Listed(
                "Private and reserved networks",
                WarningKind.RESERVED,
                EnumSet.of(IndicatorType.IP, IndicatorType.CIDR, IndicatorType.URL));
        NOBODYS.forEach(reserved::network);
        Listed empty = new Listed("Hashes of empty files", WarningKind.HARMLESS_FILE, EnumSet.of(IndicatorType.HASH));
        empty.exact.addAll(EMPTY);
        Listed local = new Listed("Names of every machine", WarningKind.RESERVED, EnumSet.of(IndicatorType.DOMAIN));
        local.names.addAll(List.of("localhost", "local", "localdomain", "in-addr.arpa", "ip6.arpa", "wpad"));
        return new Warninglists(List.of(resolvers, reserved, empty, local));
    }

    /// One's own domains, with everything below them.
    public static Warninglists own(List<String> domains) {
        Listed own = new Listed(
                "Own domains",
                WarningKind.OWN,
                EnumSet.of(IndicatorType.DOMAIN, IndicatorType.EMAIL, IndicatorType.URL));
        domains.forEach(d -> own.hostName(d.toLowerCase(Locale.ROOT)));
        return new Warninglists(domains.isEmpty() ? List.of() : List.of(own));
    }

    /// These and the others.
    public Warninglists and(Warninglists others) {
        List<Listed> all = new ArrayList<>(lists);
        all.addAll(others.lists);
        return new Warninglists(all);
    }

    /// How many lists there are.
    public int size() {
        return lists.size();
    }

    /// Google, Cloudflare, Quad9, OpenDNS, AdGuard, Level 3.
    private static final List<String> RESOLVERS = List.of(
            "8.8.8.8",
            "8.8.4.4",
            "1.1.1.1",
            "1.0.0.1",
            "1.1.1.2",
            "1.0.0.2",
            "1.1.1.3",
            "1.0.0.3",
            "9.9.9.9",
            "9.9.9.10",
            "9.9.9.11",
            "149.112.112.112",
            "149.112.112.10",
            "149.112.112.11",
            "208.67.222.222",
            "208.67.220.220",
            "208.67.222.123",
            "208.67.220.123",
            "94.140.14.14",
            "94.140.15.15",
            "4.2.2.1",
            "4.2.2.2",
            "4.2.2.3",
            "4.2.2.4",
            "2001:4860:4860::8888",
            "2001:4860:4860::8844",
            "2606:4700:4700::1111",
            "2606:4700:4700::1001",
            "2620:fe::fe",
            "2620:fe::9",
            "2620:119:35::35",
            "2620:119:53::53");

    /// RFC 1918, 6598, 1122, 1112, 3927, 5771, 4193, 4291. Not those for documentation: they are in no log.
    private static final List<String> NOBODYS = List.of(
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "0.0.0.0/8",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::1",
            "::",
            "fe80::/10",
            "fc00::/7",
            "ff00::/8");

    private static final List<String> EMPTY = List.of(
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                    + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");

    private static @Nullable Listed misp(String file, String text, List<String> faults) {
        String name = fileName(file);
        String type = "string";
        List<String> attributes = new ArrayList<>();
        List<String> entries = null;
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String member = json.currentName();
                JsonToken value = json.nextToken();
                switch (member) {
                    case "name" -> name = value == JsonToken.VALUE_STRING ? json.getString() : name;
                    case "type" -> type = value == JsonToken.VALUE_STRING ? json.getString() : type;
                    case "list" -> entries = value == JsonToken.START_ARRAY ? texts(json) : null;
                    case "matching_attributes" ->
                        attributes = value == JsonToken.START_ARRAY ? texts(json) : attributes;
                    default -> json.skipChildren();
                }
            }
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            faults.add(file + ":" + line + ": no JSON: " + e.getOriginalMessage());
            return null;
        }
        if (entries == null) {
            faults.add(file + ":1: expected a MISP warninglist: an object with a \"list\"");
            return null;
        }
        if (!List.of("string", "substring", "hostname", "cidr", "regex").contains(type)) {
            faults.add(file + ":1: a list of type \"" + cut(type)
                    + "\" is not read; expected string, substring, hostname, cidr or regex");
            return null;
        }
        Listed list = new Listed(name, WarningKind.of(name), kinds(attributes));
        int number = 0;
        for (String entry : entries) {
            number++;
            String value = entry.strip().toLowerCase(Locale.ROOT);
            if (value.isEmpty()) {
                continue;
            }
            switch (type) {
                case "cidr" -> {
                    if (!list.network(value)) {
                        faults.add(file + ":1: entry " + number + ", \"" + cut(value) + "\", is no network");
                    }
                }
                case "hostname" -> list.hostName(value);
                case "substring" -> list.parts.add(value);
                case "regex" -> {
                    try {
                        list.patterns.add(pattern(entry.strip()));
                    } catch (com.google.re2j.PatternSyntaxException e) {
                        faults.add(file + ":1: entry " + number + ", \"" + cut(value)
                                + "\", is no expression that is compared in linear time");
                    }
                }
                default -> {
                    list.exact.add(value);
                    // The same address may be written in several ways.
                    if (Cidr.address(value) != null) {
                        list.network(value);
                    }
                }
            }
        }
        return list;
    }

    /// The texts of the array that has begun.
    private static List<String> texts(JsonParser json) {
        List<String> texts = new ArrayList<>();
        JsonToken token;
        while ((token = json.nextToken()) != JsonToken.END_ARRAY && token != null) {
            if (token == JsonToken.VALUE_STRING) {
                texts.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
        return texts;
    }

    private static Set<IndicatorType> kinds(List<String> attributes) {
        if (attributes.isEmpty()) {
            return EnumSet.allOf(IndicatorType.class);
        }
        Set<IndicatorType> kinds = EnumSet.noneOf(IndicatorType.class);
        for (String attribute : attributes) {
            String name = attribute.replaceFirst("^filename\\|", "");
            MISP.forEach((kind, names) -> {
                if (names.contains(name)) {
                    kinds.add(kind);
                }
            });
        }
        return kinds;
    }

    private static com.google.re2j.Pattern pattern(String entry) {
        int end = entry.lastIndexOf('/');
        boolean delimited = entry.startsWith("/") && end > 0;
        // Values are folded, so every expression is asked without regard to case.
        return com.google.re2j.Pattern.compile(
                delimited ? entry.substring(1, end) : entry, com.google.re2j.Pattern.CASE_INSENSITIVE);
    }

    private static String fileName(String file) {
        int slash = Math.max(file.lastIndexOf('/'), file.lastIndexOf('!'));
        return file.substring(slash + 1);
    }

    private static Listed plain(String file, String text, List<String> faults) {
        Listed list = new Listed(fileName(file), WarningKind.LISTED, EnumSet.allOf(IndicatorType.class));
        int number = 0;
        for (String line : text.split("\r\n|\n|\r", -1)) {
            number++;
            int comment = line.startsWith("#") ? 0 : line.indexOf(" #");
            String value = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (value.isEmpty()) {
                continue;
            }
            if (value.length() > IndicatorFile.MAX_LINE) {
                faults.add(file + ":" + number + ": a line of " + value.length() + " characters is no entry");
                continue;
            }
            String folded = value.toLowerCase(Locale.ROOT);
            if (list.network(folded)) {
                continue;
            }
            Optional<IndicatorValue.Typed> typed =
                    IndicatorValue.of(folded.startsWith(".") ? folded.substring(1) : folded);
            if (typed.isPresent() && typed.get().type() == IndicatorType.DOMAIN) {
                list.hostName(typed.get().value());
            } else {
                list.exact.add(typed.map(IndicatorValue.Typed::value).orElse(folded));
            }
        }
        return list;
    }

    private static String cut(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    /// A list that an indicator is on.
    public record Listing(String name, WarningKind meaning) {}

    /// The first list that excuses the indicator; null if none does.
    public @Nullable Listing excusing(Indicator indicator) {
        String value = indicator.value().toLowerCase(Locale.ROOT);
        for (Listed list : lists) {
            if (list.meaning.excuses() && list.holds(indicator.type(), value)) {
                return new Listing(list.name, list.meaning);
            }
        }
        return null;
    }

    /// The lists that excuse nothing and yet say something of the indicator.
    public List<Listing> beside(Indicator indicator) {
        String value = indicator.value().toLowerCase(Locale.ROOT);
        List<Listing> beside = new ArrayList<>();
        for (Listed list : lists) {
            if (!list.meaning.excuses() && list.holds(indicator.type(), value)) {
                beside.add(new Listing(list.name, list.meaning));
            }
        }
        return beside;
    }

    /// The name of the first list that excuses the indicator; null if none does.
    public @Nullable String holding(Indicator indicator) {
        Listing listing = excusing(indicator);
        return listing == null ? null : listing.name;
    }

    /// As {@link #holding(Indicator)} for a bare address or host name; null too for what is neither.
    public @Nullable String holding(String value) {
        if (lists.isEmpty()) {
            return null;
        }
        return IndicatorValue.of(value.toLowerCase(Locale.ROOT))
                .map(typed -> holding(new Indicator(typed.type(), typed.value(), "", "")))
                .orElse(null);
    }

    public boolean isEmpty() {
        return lists.isEmpty();
    }
}
