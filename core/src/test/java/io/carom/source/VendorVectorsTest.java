package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.OcsfChecker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Raw messages of some two hundred products, each read on its own, against the addresses, ports, users and
/// times that others say are in them. The table of products is kept as `target/vendor-vectors.txt`.
class VendorVectorsTest {
    /// Which of our formats read a product's messages. A product counts as one with a reader once all of
    /// them are there.
    private static final Map<String, List<String>> READERS = readers();

    private static Map<String, List<String>> readers() {
        Map<String, List<String>> of = new TreeMap<>();
        of.put("CEF/cef", List.of("cef"));
        of.put("Cisco/cisco-secure-firewall", List.of("cisco-asa"));
        of.put("Cisco/cisco-ios", List.of("cisco-ios"));
        of.put("Palo Alto Networks/paloalto-ngfw", List.of("paloalto", "paloalto-json", "cef"));
        of.put("Palo Alto Networks/paloalto-prisma-access", List.of("paloalto", "paloalto-json", "cef"));
        of.put("Fortinet/fortigate", List.of("fortigate", "cef"));
        of.put("Fortinet/fortiproxy", List.of("fortigate"));
        of.put("Checkpoint/checkpoint", List.of("checkpoint", "cef"));
        of.put("OpenVPN/openvpn", List.of("openvpn"));
        of.put("AWS/aws-cloudtrail", List.of("cloudtrail"));
        of.put("AWS/aws-flow-logs", List.of("vpc-flow"));
        of.put("AWS/aws-guardduty", List.of("guardduty"));
        of.put("Apache/apache", List.of("web-access"));
        of.put("NGINX/nginx", List.of("web-access"));
        of.put("Squid/squid", List.of("squid"));
        of.put("Suricata/suricata", List.of("suricata"));
        of.put("Microsoft/microsoft-iis", List.of("iis-w3c"));
        of.put("OpenSSH/openssh", List.of("auth-log"));
        of.put("Azure/azure-ad", List.of("azure-signin", "azure-audit"));
        of.put("Microsoft/microsoft-entraid-graphapi", List.of("azure-audit"));
        of.put("Office 365/o365", List.of("microsoft-365"));
        of.put("Okta/okta-system-logs", List.of("okta"));
        of.put("Google Cloud/google-report", List.of("google-workspace"));
        of.put("OpenBSD/openbsd-packet-filter", List.of("pfsense"));
        of.put("Windows/windows", List.of("windows-json"));
        of.put("Beats/winlogbeat", List.of("windows-json"));
        of.put("Github/github-audit-logs", List.of("github-audit"));
        of.put("OCSF/ocsf", List.of("ocsf"));
        return of;
    }

    private static final List<String> EVENTS = new ArrayList<>();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// What was found of one kind of value.
    private static final class Score {
        int right;
        int all;

        double share() {
            return all == 0 ? 1 : (double) right / all;
        }
    }

    private static final class Product {
        int messages;
        int events;
        int rejects;
        int bare;
        int dropped;
        final Map<String, Score> scores = new TreeMap<>();
        final Map<String, Integer> sources = new TreeMap<>();
        final List<String> misses = new ArrayList<>();

        Score score(String kind) {
            return scores.computeIfAbsent(kind, k -> new Score());
        }
    }

    @Test
    void valuesOfEveryProductAreFound() throws IOException {
        Path file = Path.of(System.getProperty("carom.data", "../shared/data"), "network/vendor-vectors.ndjson.gz");
        if (!Files.exists(file)) {
            assertTrue(!"true".equals(System.getenv("CI")), "the vectors are not at " + file);
            Assumptions.abort("the vectors are not at " + file);
        }
        Map<String, Product> products = new TreeMap<>();
        int vectors = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode vector = JSON.readTree(line);
                vectors++;
                measure(vector, products.computeIfAbsent(vector.get("product").stringValue(), k -> new Product()));
            }
        }
        OcsfChecker.get().demand(EVENTS);
        assertEquals(3577, vectors);
        assertEquals(211, products.size());
        report(products);
    }

    private static void measure(JsonNode vector, Product product) {
        String message = vector.get("message").stringValue();
        ReadEvents read = ReadEvents.of("message", datagram(message).getBytes(StandardCharsets.UTF_8));
        product.messages++;
        if (!read.result().recognised()) {
            // The collection took the syslog header off, behind which such a message comes.
            product.bare++;
            read = ReadEvents.of(
                    "message", ("<134>1 - - - - - - " + datagram(message)).getBytes(StandardCharsets.UTF_8));
        }
        for (int i = 0; i < read.events().size(); i++) {
            if (!read.sources().get(i).startsWith("windows")) {
                EVENTS.add(read.events().get(i));
            }
        }
        product.events += read.events().size();
        product.rejects += read.rejects().size();
        if (read.events().isEmpty() && read.rejects().isEmpty()) {
            product.dropped++;
            product.misses.add(vector.get("id").stringValue() + " dropped " + cut(message));
        }
        assertEquals(
                read.result().records(), read.events().size() + read.rejects().size());
        read.sources().forEach(s -> product.sources.merge(s, 1, Integer::sum));
        List<JsonNode> events = read.events().stream().map(JSON::readTree).toList();
        JsonNode neutral = vector.get("neutral");
        compare(product, vector, neutral, "src_ip", events, Set.of("src_endpoint.ip"));
        compare(product, vector, neutral, "dst_ip", events, Set.of("dst_endpoint.ip"));
        compare(product, vector, neutral, "src_port", events, Set.of("src_endpoint.port"));
        compare(product, vector, neutral, "dst_port", events, Set.of("dst_endpoint.port"));
        compare(product, vector, neutral, "user", events, USERS);
        compare(product, vector, neutral, "time", events, Set.of("time"));
    }

    private static final Set<String> USERS = Set.of(
            "user.name",
            "user.email_addr",
            "user.uid",
            "user.full_name",
            "actor.user.name",
            "actor.user.email_addr",
            "actor.user.uid",
            "actor.user.full_name");

    /// One message is one record, as it is in a datagram: line ends within it are no ends of records,
    /// unless it is JSON or XML, which are read over line ends.
    private static String datagram(String message) {
        String trimmed = message.strip();
        boolean structured = trimmed.startsWith("{") || trimmed.startsWith("[") || trimmed.startsWith("<Event");
        return structured ? message : trimmed.replace("\r\n", " ").replace('\n', ' ');
    }

    private static void compare(
            Product product, JsonNode vector, JsonNode neutral, String kind, List<JsonNode> events, Set<String> paths) {
        JsonNode expected = neutral.get(kind);
        if (expected == null || expected.isNull()) {
            return;
        }
        if (!isValue(kind, expected.asString())) {
            return;
        }
        Score score = product.score(kind);
        score.all++;
        Set<String> seen = new HashSet<>();
        for (JsonNode event : events) {
            for (String path : paths) {
                // A finding has the endpoints and users of what it stands on among its evidences.
                for (String place : List.of("/", "/evidences/0/")) {
                    JsonNode at = event.at(place + path.replace('.', '/'));
                    if (!at.isMissingNode() && (place.equals("/") || !path.equals("time"))) {
                        seen.add(at.asString());
                    }
                }
            }
            if (kind.equals("user")) {
                domain(event.at("/user"), seen);
                domain(event.at("/actor/user"), seen);
            }
        }
        String wanted = expected.asString();
        boolean right = switch (kind) {
            case "time" -> seen.stream().anyMatch(t -> sameTime(wanted, Long.parseLong(t), vector));
            case "user" -> seen.stream().anyMatch(s -> sameUser(wanted, s));
            case "src_ip", "dst_ip" -> seen.stream().anyMatch(s -> address(s).equals(address(wanted)));
            default -> seen.contains(wanted);
        };
        if (right) {
            score.right++;
        } else {
            product.misses.add(vector.get("id").stringValue() + " " + kind + " " + wanted + " not in " + seen + " of "
                    + cut(vector.get("message").stringValue()));
        }
    }

    /// Whether it is such a value at all: blinded ports beyond 65535 and port 0, which means none, are not;
    /// nor is `-`.
    private static boolean isValue(String kind, String value) {
        if (kind.endsWith("port")) {
            int port = Integer.parseInt(value);
            return port > 0 && port <= 65535;
        }
        return !value.equals("-");
    }

    /// One account in its several spellings: with its domain behind an `@`, or a machine's with the `$`
    /// that others drop.
    private static boolean sameUser(String wanted, String seen) {
        String plain = seen.endsWith("$") ? seen.substring(0, seen.length() - 1) : seen;
        int at = seen.indexOf('@');
        return wanted.equalsIgnoreCase(seen)
                || wanted.equalsIgnoreCase(plain)
                || at > 0 && wanted.equalsIgnoreCase(seen.substring(0, at));
    }

    /// One spelling for one address: `0:0:0:0:0:0:0:1` and `::1`, `::ffff:192.0.2.1` and `192.0.2.1`.
    private static String address(String text) {
        try {
            return text.matches("[0-9a-fA-F:.]+") ? InetAddress.ofLiteral(text).getHostAddress() : text;
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static void domain(JsonNode user, Set<String> seen) {
        JsonNode name = user.get("name");
        JsonNode domain = user.get("domain");
        if (name != null && domain != null) {
            seen.add(domain.asString() + "\\" + name.asString());
        }
    }

    /// Within a second; where a message states no year, the year may be any.
    private static boolean sameTime(String wanted, long millis, JsonNode vector) {
        Instant expected;
        try {
            expected = Instant.parse(wanted);
        } catch (java.time.format.DateTimeParseException e) {
            return false;
        }
        if (Math.abs(expected.toEpochMilli() - millis) <= 1000) {
            return true;
        }
        LocalDateTime a = LocalDateTime.ofInstant(expected, ZoneOffset.UTC);
        LocalDateTime b = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
        return a.withNano(0).withYear(2000).equals(b.withNano(0).withYear(2000))
                && !vector.get("message").stringValue().contains(Integer.toString(a.getYear()));
    }

    private static String cut(String message) {
        return message.length() > 300 ? message.substring(0, 300) + "…" : message;
    }

    private static void report(Map<String, Product> products) throws IOException {
        Set<String> installed = new HashSet<>();
        Sources.installed().all().forEach(s -> installed.add(s.name()));
        StringBuilder table = new StringBuilder();
        StringBuilder misses = new StringBuilder();
        Score known = new Score();
        Score sources = new Score();
        int bare = 0;
        int dropped = 0;
        int rejected = 0;
        table.append(String.format(
                Locale.ROOT,
                "%-50s %5s %5s %5s %5s  %-9s %-9s %-9s %-9s %-9s %-9s %s%n",
                "product",
                "msgs",
                "evts",
                "rej",
                "bare",
                "src_ip",
                "src_port",
                "dst_ip",
                "dst_port",
                "user",
                "time",
                "read by"));
        for (Map.Entry<String, Product> entry : products.entrySet()) {
            Product p = entry.getValue();
            boolean reader = installed.containsAll(READERS.getOrDefault(entry.getKey(), List.of("-")));
            table.append(String.format(
                    Locale.ROOT,
                    "%-50s %5d %5d %5d %5d  %-9s %-9s %-9s %-9s %-9s %-9s %s%n",
                    (reader ? "* " : "  ") + entry.getKey(),
                    p.messages,
                    p.events,
                    p.rejects,
                    p.bare,
                    shown(p, "src_ip"),
                    shown(p, "src_port"),
                    shown(p, "dst_ip"),
                    shown(p, "dst_port"),
                    shown(p, "user"),
                    shown(p, "time"),
                    p.sources));
            bare += p.bare;
            dropped += p.dropped;
            rejected += p.rejects;
            for (Map.Entry<String, Score> score : p.scores.entrySet()) {
                if (reader) {
                    add(known, score.getValue());
                } else if (score.getKey().equals("src_ip")) {
                    add(sources, score.getValue());
                }
            }
            p.misses.forEach(m -> misses.append(m.replace('\n', ' ')).append('\n'));
        }
        table.append(String.format(
                Locale.ROOT,
                "products with a reader (*): %d of %d values right, %.2f %%%n"
                        + "other products: %d of %d source addresses found, %.2f %%%n"
                        + "dropped: %d, rejected: %d, told only behind a syslog header: %d%n",
                known.right,
                known.all,
                known.share() * 100,
                sources.right,
                sources.all,
                sources.share() * 100,
                dropped,
                rejected,
                bare));
        Path target = Path.of(System.getProperty("carom.root", ".."), "core/target");
        Files.createDirectories(target);
        Files.writeString(target.resolve("vendor-vectors.txt"), table);
        Files.writeString(target.resolve("vendor-vectors-misses.txt"), misses);
        System.out.print(table);
        assertEquals(0, dropped, "messages of which neither an event nor a reject came");
        assertTrue(known.share() >= 0.95, "values of products with a reader: " + known.share());
        assertTrue(sources.share() >= 0.80, "source addresses of the others: " + sources.share());
    }

    private static String shown(Product product, String kind) {
        @Nullable Score score = product.scores.get(kind);
        return score == null ? "" : score.right + "/" + score.all;
    }

    private static void add(Score to, Score more) {
        to.right += more.right;
        to.all += more.all;
    }
}
