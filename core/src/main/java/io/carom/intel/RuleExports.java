package io.carom.intel;

import io.carom.intel.IntelExport.Out;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Rules for intrusion detection and for Sigma. Values stand in rules only as hexadecimal or within an
/// alphabet that ends nothing.
final class RuleExports {
    private static final String NO_WORD = "the format has no word for it";

    private final Set<Long> sids = new HashSet<>();

    private RuleExports() {}

    /// The same number for the same value, in the range that is nobody's: 1,100,000,000 and above.
    private long sid(String of) {
        long sid = 1_100_000_000L + Math.floorMod(NameUuid.own("sid " + of).getMostSignificantBits(), 900_000_000L);
        while (!sids.add(sid)) {
            sid++;
        }
        return sid;
    }

    private String end(ThreatIndicator one, String rule) {
        return "classtype:trojan-activity; sid:" + sid(rule + " " + one.type() + " " + one.value()) + "; rev:1;)";
    }

    /// A `content` that says these bytes and nothing else.
    static String content(String value) {
        StringBuilder text = new StringBuilder();
        boolean hex = false;
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            int c = b & 0xFF;
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || ".-_/=&%?".indexOf(c) >= 0;
            if (plain == hex) {
                text.append('|');
                hex = !plain;
            } else if (hex) {
                text.append(' ');
            }
            text.append(plain ? String.valueOf((char) c) : "%02X".formatted(c));
        }
        return text.append(hex ? "|" : "").toString();
    }

    static void suricata(Out out) {
        RuleExports rules = new RuleExports();
        for (ThreatIndicator one : out.single()) {
            switch (one.type()) {
                case IP, CIDR ->
                    out.line("alert ip $HOME_NET any <> [" + one.value() + "] any (msg:\"Carom: known address\"; "
                            + rules.end(one, "ip"));
                case DOMAIN -> {
                    String content = content("." + one.value());
                    out.line(
                            "alert dns $HOME_NET any -> any any (msg:\"Carom: known domain asked\"; dns.query; dotprefix; content:\""
                                    + content + "\"; nocase; endswith; " + rules.end(one, "dns"));
                    out.line(
                            "alert tls $HOME_NET any -> any any (msg:\"Carom: known domain in TLS\"; tls.sni; dotprefix; content:\""
                                    + content + "\"; nocase; endswith; " + rules.end(one, "tls"));
                    out.line(
                            "alert http $HOME_NET any -> any any (msg:\"Carom: known domain in HTTP\"; http.host; dotprefix; content:\""
                                    + content + "\"; endswith; " + rules.end(one, "http"));
                }
                case URL -> {
                    int slash = one.value().indexOf('/');
                    String host = slash < 0 ? one.value() : one.value().substring(0, slash);
                    host = host.substring(host.lastIndexOf('@') + 1);
                    // In brackets colons are those of an address.
                    int port = host.indexOf(':', Math.max(0, host.indexOf(']')));
                    host = port < 0 ? host : host.substring(0, port);
                    out.line("alert http $HOME_NET any -> any any (msg:\"Carom: known URL\"; http.host; content:\""
                            + content(host) + "\"; bsize:" + host.getBytes(StandardCharsets.UTF_8).length
                            + "; http.uri; content:\""
                            + content(slash < 0 ? "/" : one.value().substring(slash))
                            + "\"; nocase; startswith; " + rules.end(one, "url"));
                }
                case HASH -> out.leave(one, "a hash goes into a dataset: --to suricata-dataset");
                default -> out.leave(one, NO_WORD);
            }
        }
    }

    static void snort(Out out) {
        RuleExports rules = new RuleExports();
        for (ThreatIndicator one : out.single()) {
            switch (one.type()) {
                case IP, CIDR ->
                    out.line("alert ip $HOME_NET any <> [" + one.value() + "] any (msg:\"Carom: known address\"; "
                            + rules.end(one, "ip"));
                case DOMAIN -> {
                    StringBuilder labels = new StringBuilder();
                    boolean fits = true;
                    for (String label : one.value().split("\\.")) {
                        byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
                        fits &= bytes.length > 0 && bytes.length < 64;
                        labels.append("|%02X|".formatted(bytes.length)).append(content(label));
                    }
                    if (!fits) {
                        out.leave(one, "is no name that a query can hold");
                        continue;
                    }
                    out.line("alert udp $HOME_NET any -> any 53 (msg:\"Carom: known domain asked\"; content:\"" + labels
                            + "|00|\", nocase; " + rules.end(one, "dns"));
                }
                case URL -> {
                    int slash = one.value().indexOf('/');
                    String host = slash < 0 ? one.value() : one.value().substring(0, slash);
                    out.line(
                            "alert http $HOME_NET any -> any any (msg:\"Carom: known URL\"; http_header:field host; content:\""
                                    + content(host) + "\", nocase; http_uri; content:\""
                                    + content(slash < 0 ? "/" : one.value().substring(slash)) + "\", nocase; "
                                    + rules.end(one, "url"));
                }
                default -> out.leave(one, NO_WORD);
            }
        }
    }

    private record Asked(String title, String logSource, String field) {}

    private static final Map<IntelType, Asked> SIGMA = Map.of(
            IntelType.IP, new Asked("Connection to a known address", "category: firewall", "dst_ip"),
            IntelType.CIDR, new Asked("Connection to a known network", "category: firewall", "dst_ip|cidr"),
            IntelType.DOMAIN, new Asked("Query for a known domain", "category: dns", "query|endswith"),
            IntelType.URL, new Asked("Request of a known URL", "category: proxy", "c-uri|contains"),
            IntelType.HASH,
                    new Asked(
                            "Process with a known hash",
                            "category: process_creation\n    product: windows",
                            "Hashes|contains"),
            IntelType.FILE_NAME,
                    new Asked(
                            "Process with a known file name",
                            "category: process_creation\n    product: windows",
                            "Image|endswith"),
            IntelType.USER_AGENT, new Asked("Known user agent", "category: proxy", "c-useragent"));

    static void sigma(Out out) {
        Map<IntelType, StringBuilder> values = new LinkedHashMap<>();
        for (ThreatIndicator one : out.single()) {
            if (!SIGMA.containsKey(one.type())) {
                out.leave(one, NO_WORD);
                continue;
            }
            for (String value : written(one)) {
                values.computeIfAbsent(one.type(), t -> new StringBuilder())
                        .append("            - '")
                        .append(value.replace("'", "''"))
                        .append("'\n");
            }
        }
        String between = "";
        for (Map.Entry<IntelType, StringBuilder> entry : values.entrySet()) {
            Asked asked = java.util.Objects.requireNonNull(SIGMA.get(entry.getKey()));
            out.line(between + "title: " + asked.title)
                    .line("id: " + NameUuid.own("sigma " + entry.getKey() + " " + entry.getValue()))
                    .line("status: experimental")
                    .line("description: Made of indicators that were handed on.")
                    .line("author: Carom")
                    .line("logsource:")
                    .line("    " + asked.logSource)
                    .line("detection:")
                    .line("    selection:")
                    .line("        " + asked.field + ":");
            out.text.append(entry.getValue());
            if (entry.getKey() == IntelType.DOMAIN) {
                // A name below it ends in it behind a dot; the name itself is asked exactly.
                out.line("    exact:").line("        query:");
                out.text.append(entry.getValue().toString().replace("- '.", "- '"));
            }
            out.line("    condition: " + (entry.getKey() == IntelType.DOMAIN ? "1 of them" : "selection"))
                    .line("level: high");
            between = "---\n";
        }
    }

    /// A value as Sigma reads it back: wildcards and backslashes are escaped.
    private static List<String> written(ThreatIndicator one) {
        String value = one.value().replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
        return switch (one.type()) {
            case DOMAIN -> List.of("." + value);
            case FILE_NAME -> List.of("\\" + value);
            default -> List.of(value);
        };
    }
}
