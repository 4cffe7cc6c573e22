package io.carom.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What somebody typed into the search: words that the record holds, and `field:value` with `*` for
/// anything. A field is one of a few short names or the path of an OCSF attribute; quotes hold a value
/// with spaces together; `-` before a part means that it must not hold.
///
/// @param words that stand anywhere in the record as it was
public record SearchText(List<Part> words, List<Field> fields) {
    static final int MOST = 20;

    /// @param not whether it must not hold
    public record Part(String value, boolean not) {}

    /// @param paths OCSF attributes, any of which may hold the value
    public record Field(List<String> paths, String value, boolean not) {
        public Field {
            paths = List.copyOf(paths);
        }
    }

    public SearchText {
        words = List.copyOf(words);
        fields = List.copyOf(fields);
    }

    /// Short names, and the attributes that they stand for.
    public static final Map<String, List<String>> SHORT = Map.ofEntries(
            Map.entry("ip", List.of("src_endpoint.ip", "dst_endpoint.ip", "device.ip", "tunnel_interface.ip")),
            Map.entry("src", List.of("src_endpoint.ip", "src_endpoint.hostname")),
            Map.entry("dst", List.of("dst_endpoint.ip", "dst_endpoint.hostname")),
            Map.entry("port", List.of("dst_endpoint.port", "src_endpoint.port")),
            Map.entry(
                    "host",
                    List.of("device.hostname", "device.name", "src_endpoint.hostname", "dst_endpoint.hostname")),
            Map.entry("user", List.of("user.name", "user.email_addr", "actor.user.name", "actor.user.email_addr")),
            Map.entry(
                    "process",
                    List.of("process.name", "process.cmd_line", "actor.process.name", "actor.process.file.path")),
            Map.entry("file", List.of("file.name", "file.path")),
            Map.entry(
                    "url",
                    List.of("http_request.url.url_string", "http_request.url.hostname", "http_request.url.path")),
            Map.entry(
                    "domain",
                    List.of("query.hostname", "http_request.url.hostname", "dst_endpoint.hostname", "tls.sni")),
            Map.entry("mail", List.of("email.from", "email.subject", "email.smtp_from")),
            Map.entry("source", List.of("carom.source")),
            Map.entry("product", List.of("metadata.product.name", "metadata.product.vendor_name")),
            Map.entry("event", List.of("metadata.event_code")));

    /// @throws IllegalArgumentException saying what is not understood
    public static SearchText of(String text) {
        List<Part> words = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
                continue;
            }
            boolean not = c == '-' && i + 1 < text.length() && !Character.isWhitespace(text.charAt(i + 1));
            int from = not ? i + 1 : i;
            StringBuilder name = new StringBuilder();
            int at = from;
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || "._".indexOf(text.charAt(at)) >= 0)) {
                name.append(text.charAt(at++));
            }
            boolean field = at < text.length()
                    && text.charAt(at) == ':'
                    && at + 1 < text.length()
                    && !Character.isWhitespace(text.charAt(at + 1))
                    && known(name.toString());
            int begin = field ? at + 1 : from;
            StringBuilder value = new StringBuilder();
            i = value(text, begin, value);
            if (value.isEmpty()) {
                continue;
            }
            if (words.size() + fields.size() >= MOST) {
                throw new IllegalArgumentException("A search has at most " + MOST + " parts.");
            }
            if (field) {
                List<String> paths = SHORT.get(name.toString());
                fields.add(new Field(paths == null ? List.of(name.toString()) : paths, value.toString(), not));
            } else {
                words.add(new Part(value.toString(), not));
            }
        }
        return new SearchText(words, fields);
    }

    private static boolean known(String name) {
        return SHORT.containsKey(name) || name.matches("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+") || name.endsWith("_id");
    }

    private static int value(String text, int from, StringBuilder out) {
        int i = from;
        if (i < text.length() && text.charAt(i) == '"') {
            int end = text.indexOf('"', i + 1);
            int stop = end < 0 ? text.length() : end;
            out.append(text, i + 1, stop);
            return Math.min(text.length(), stop + 1);
        }
        while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
            out.append(text.charAt(i++));
        }
        return i;
    }
}
