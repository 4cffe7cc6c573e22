package io.carom.intel;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads indicators from a list: a value a line, or CSV/TSV with a header that names a value column and
/// perhaps its
/// type.
///
/// Types that are not stated, or stated in words nobody knows, are told by content. `#` and `;` begin
/// comments in
/// plain
/// lists. A line that holds no indicator is a fault with its number; the others are taken.
public final class IndicatorFile {
    /// Lines longer than this hold no indicator.
    public static final int MAX_LINE = 1 << 16;

    private static final List<String> VALUE_NAMES =
            List.of("value", "indicator", "ioc", "indicator_value", "observable", "fields");
    private static final List<String> TYPE_NAMES = List.of("type", "indicator_type", "ioc_type", "kind");
    private static final List<String> COMMENT_NAMES =
            List.of("comment", "description", "note", "notes", "meta.desc", "context", "report");

    private static final Map<String, IndicatorType> TYPES = Map.ofEntries(
            Map.entry("ip", IndicatorType.IP),
            Map.entry("ipv4", IndicatorType.IP),
            Map.entry("ipv6", IndicatorType.IP),
            Map.entry("ip-dst", IndicatorType.IP),
            Map.entry("ip-src", IndicatorType.IP),
            Map.entry("address", IndicatorType.IP),
            Map.entry("ipv4-addr", IndicatorType.IP),
            Map.entry("ipv6-addr", IndicatorType.IP),
            Map.entry("cidr", IndicatorType.CIDR),
            Map.entry("network", IndicatorType.CIDR),
            Map.entry("domain", IndicatorType.DOMAIN),
            Map.entry("domain-name", IndicatorType.DOMAIN),
            Map.entry("hostname", IndicatorType.DOMAIN),
            Map.entry("host", IndicatorType.DOMAIN),
            Map.entry("fqdn", IndicatorType.DOMAIN),
            Map.entry("url", IndicatorType.URL),
            Map.entry("uri", IndicatorType.URL),
            Map.entry("hash", IndicatorType.HASH),
            Map.entry("md5", IndicatorType.HASH),
            Map.entry("sha1", IndicatorType.HASH),
            Map.entry("sha256", IndicatorType.HASH),
            Map.entry("sha512", IndicatorType.HASH),
            Map.entry("email", IndicatorType.EMAIL),
            Map.entry("email-src", IndicatorType.EMAIL),
            Map.entry("email-dst", IndicatorType.EMAIL),
            Map.entry("email-addr", IndicatorType.EMAIL),
            Map.entry("mail", IndicatorType.EMAIL),
            Map.entry("filename", IndicatorType.FILE_NAME),
            Map.entry("file-name", IndicatorType.FILE_NAME),
            Map.entry("file", IndicatorType.FILE_NAME),
            Map.entry("account", IndicatorType.ACCOUNT),
            Map.entry("user", IndicatorType.ACCOUNT),
            Map.entry("username", IndicatorType.ACCOUNT),
            Map.entry("user-agent", IndicatorType.USER_AGENT),
            Map.entry("useragent", IndicatorType.USER_AGENT),
            Map.entry("user_agent", IndicatorType.USER_AGENT),
            Map.entry("ja3", IndicatorType.HASH),
            Map.entry("ja3-fingerprint-md5", IndicatorType.HASH),
            Map.entry("x509-fingerprint-md5", IndicatorType.HASH),
            Map.entry("x509-fingerprint-sha1", IndicatorType.HASH),
            Map.entry("x509-fingerprint-sha256", IndicatorType.HASH),
            Map.entry("certificate", IndicatorType.HASH),
            Map.entry("ja4", IndicatorType.JA4));

    private IndicatorFile() {}

    /// What a file gave.
    ///
    /// @param indicators each value once, in the file's order
    /// @param faults `file:line: what was found and expected`
    public record Read(List<Indicator> indicators, List<String> faults) {}

    public static Read read(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return read(reader, file.toString());
        } catch (java.nio.charset.CharacterCodingException e) {
            try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                return read(reader, file.toString());
            }
        }
    }

    public static Read read(Reader from, String file) throws IOException {
        BufferedReader reader = from instanceof BufferedReader b ? b : new BufferedReader(from);
        Map<IndicatorValue.Typed, Indicator> found = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        Columns columns = null;
        int number = 0;
        boolean first = true;
        String line;
        while ((line = reader.readLine()) != null) {
            number++;
            if (number == 1 && line.startsWith("\uFEFF")) {
                line = line.substring(1);
            }
            if (line.isBlank()
                    || line.startsWith(";")
                    || line.startsWith("//")
                    || line.startsWith("#") && !line.startsWith("#fields")) {
                continue;
            }
            if (line.length() > MAX_LINE) {
                faults.add(file + ":" + number + ": a line of " + line.length() + " characters holds no indicator");
                continue;
            }
            if (first) {
                first = false;
                columns = Columns.of(line);
                if (columns != null) {
                    continue;
                }
            }
            String comment = "";
            Optional<IndicatorValue.Typed> typed;
            if (columns == null) {
                int space = line.strip().indexOf(' ');
                String value = space < 0 ? line.strip() : line.strip().substring(0, space);
                comment = space < 0 ? "" : line.strip().substring(space + 1).replaceFirst("^\\s*[#;]\\s*", "");
                typed = IndicatorValue.of(value.replaceAll("[,;]$", ""));
            } else {
                List<String> cells = columns.cut(line);
                String value = columns.at(cells, columns.value);
                IndicatorType type = TYPES.get(columns.at(cells, columns.type).toLowerCase(Locale.ROOT));
                comment = columns.at(cells, columns.comment);
                typed = type == null ? Optional.empty() : IndicatorValue.typed(type, value);
                // Lists call bare hosts "url" and networks "ip": the content decides where it says more.
                Optional<IndicatorValue.Typed> byContent = IndicatorValue.of(value);
                if (byContent.isPresent()
                        && (typed.isEmpty()
                                || typed.get().type() == IndicatorType.URL
                                || type == IndicatorType.IP && byContent.get().type() == IndicatorType.CIDR)) {
                    typed = byContent;
                }
            }
            if (typed.isEmpty()) {
                faults.add(file + ":" + number + ": no indicator: expected an address, network, domain, URL, hash or"
                        + " mail address" + (columns == null ? "" : " in column \"" + columns.valueName + "\""));
                continue;
            }
            IndicatorValue.Typed value = typed.get();
            found.putIfAbsent(value, new Indicator(value.type(), value.value(), comment, file + ":" + number));
        }
        return new Read(List.copyOf(found.values()), faults);
    }

    /// Which columns of a delimited list hold what.
    private record Columns(char delimiter, int value, String valueName, int type, int comment) {
        static @Nullable Columns of(String header) {
            for (char delimiter : new char[] {',', '\t', ';', '|'}) {
                List<String> names = split(header.replaceFirst("^#fields\t", ""), delimiter).stream()
                        .map(n -> n.strip().toLowerCase(Locale.ROOT))
                        .toList();
                for (String name : VALUE_NAMES) {
                    int at = names.indexOf(name);
                    if (at >= 0) {
                        return new Columns(
                                delimiter, at, name, firstOf(names, TYPE_NAMES), firstOf(names, COMMENT_NAMES));
                    }
                }
            }
            return null;
        }

        private static int firstOf(List<String> names, List<String> wanted) {
            return wanted.stream()
                    .mapToInt(names::indexOf)
                    .filter(i -> i >= 0)
                    .findFirst()
                    .orElse(-1);
        }

        List<String> cut(String line) {
            return split(line, delimiter);
        }

        String at(List<String> cells, int column) {
            return column >= 0 && column < cells.size() ? cells.get(column).strip() : "";
        }

        private static List<String> split(String line, char delimiter) {
            List<String> cells = new ArrayList<>();
            StringBuilder cell = new StringBuilder();
            boolean quoted = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c == '"') {
                    if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                        cell.append('"');
                        i++;
                    } else {
                        quoted = !quoted;
                    }
                } else if (c == delimiter && !quoted) {
                    cells.add(cell.toString());
                    cell.setLength(0);
                } else {
                    cell.append(c);
                }
            }
            cells.add(cell.toString());
            return cells;
        }
    }
}
