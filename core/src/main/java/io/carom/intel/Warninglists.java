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
/// A MISP warninglist (JSON) says how its entries are compared: `string` exactly, `substring` anywhere in
/// the
/// value, `hostname` as the name or anything below it, `cidr` as a network; `matching_attributes` says
/// for which
/// kinds. Its `regex` lists are not read. In a plain list an address or network stands for itself, a host
/// name for
/// itself and what is below it, and any other line for exactly that text; `#` begins a comment.
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
        private final Set<IndicatorType> kinds;
        private final Set<String> exact = new HashSet<>();
        private final Set<String> names = new HashSet<>();
        private final List<String> parts = new ArrayList<>();
        private final Map<Integer, Set<Cidr>> networks = new HashMap<>();

        Listed(String name, Set<IndicatorType> kinds) {
            this.name = name;
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
            if (exact.contains(value) || parts.stream().anyMatch(value::contains)) {
                return true;
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
                case HASH, FILE_NAME, ACCOUNT, USER_AGENT, JA4 -> false;
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
        List<Listed> lists = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            String text = new String(bytes, StandardCharsets.UTF_8);
            text = text.startsWith("\uFEFF") ? text.substring(1) : text;
            Listed list = text.stripLeading().startsWith("{") ? misp(file, text, faults) : plain(file, text, faults);
            if (list != null) {
                lists.add(list);
            }
        }
        return new Read(new Warninglists(lists), faults);
    }

    private static @Nullable Listed misp(Path file, String text, List<String> faults) {
        String name = String.valueOf(file.getFileName());
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
        if (!List.of("string", "substring", "hostname", "cidr").contains(type)) {
            faults.add(file + ":1: a list of type \"" + cut(type)
                    + "\" is not read; expected string, substring, hostname or cidr");
            return null;
        }
        Listed list = new Listed(name, kinds(attributes));
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

    private static Listed plain(Path file, String text, List<String> faults) {
        Listed list = new Listed(file.getFileName().toString(), EnumSet.allOf(IndicatorType.class));
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

    /// The name of the first list that the indicator is on; null if it is on none.
    public @Nullable String holding(Indicator indicator) {
        String value = indicator.value().toLowerCase(Locale.ROOT);
        for (Listed list : lists) {
            if (list.holds(indicator.type(), value)) {
                return list.name;
            }
        }
        return null;
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
