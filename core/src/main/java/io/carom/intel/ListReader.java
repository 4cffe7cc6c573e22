package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.event.IndicatorType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads lists: a value a line, or columns under a header that names a value column and perhaps type,
/// comment, validity, confidence, TLP. Also lists made for other programs: Zeek's intel files, hosts files,
/// DNS RPZ, block lists, Suricata's datasets, imports of Defender and CrowdStrike.
///
/// Types that are not stated, or stated in words nobody knows, are told by content. `#`, `;` and `//` begin
/// comments in plain lists. A line that holds no indicator is a fault with its number; the others are taken.
final class ListReader {
    static final List<String> VALUE_NAMES = List.of(
            "value", "indicator", "ioc", "ioc_value", "indicator_value", "indicatorvalue", "observable", "fields");
    /// Columns of tables that have one for each kind: each of a row is a value.
    private static final List<String> KIND_NAMES = List.of(
            "ip",
            "ip_address",
            "ipaddress",
            "dst_ip",
            "dstip",
            "domain",
            "domain_name",
            "hostname",
            "host",
            "fqdn",
            "url",
            "md5",
            "sha1",
            "sha256",
            "sha512",
            "md5_hash",
            "sha1_hash",
            "sha256_hash");
    static final List<String> TYPE_NAMES = List.of("type", "indicator_type", "indicatortype", "ioc_type", "kind");
    static final List<String> COMMENT_NAMES =
            List.of("comment", "description", "note", "notes", "meta.desc", "context", "report", "title");

    private static final Pattern PERCENT = Pattern.compile("\\d{1,3}");
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern LABEL_ENDS = Pattern.compile("[;,]");
    private static final Pattern SECONDS = Pattern.compile("\\d{9,10}");
    private static final Pattern SINKS =
            Pattern.compile("0|0\\.0\\.0\\.0|127\\.0\\.0\\.1|255\\.255\\.255\\.255|::1?|(fe80|ff0\\d):.*");
    /// What a file of hosts calls the machine itself.
    private static final Pattern OWN_NAMES = Pattern.compile("localhost(\\..*)?|local|broadcasthost|ip6-.*");
    /// `address=/bad.example/0.0.0.0` for dnsmasq, `local-zone: "bad.example" always_nxdomain` for Unbound.
    private static final Pattern ZONE =
            Pattern.compile("(?:(?:address|server|local)=/|local-zone:\\s{0,9}\"?)([^/\"\\s]{1,255}).*");
    /// Lines that one cell in quotes may have.
    private static final int MAX_CELL_LINES = 60;

    private static final Map<String, IntelType> TYPES = Map.ofEntries(
            Map.entry("ip", IntelType.IP),
            Map.entry("ipv4", IntelType.IP),
            Map.entry("ipv6", IntelType.IP),
            Map.entry("ip-dst", IntelType.IP),
            Map.entry("ip-src", IntelType.IP),
            Map.entry("ip-address", IntelType.IP),
            Map.entry("ipaddress", IntelType.IP),
            Map.entry("address", IntelType.IP),
            Map.entry("addr", IntelType.IP),
            Map.entry("ipv4-addr", IntelType.IP),
            Map.entry("ipv6-addr", IntelType.IP),
            Map.entry("intel::addr", IntelType.IP),
            Map.entry("cidr", IntelType.CIDR),
            Map.entry("network", IntelType.CIDR),
            Map.entry("subnet", IntelType.CIDR),
            Map.entry("intel::subnet", IntelType.CIDR),
            Map.entry("domain", IntelType.DOMAIN),
            Map.entry("domain-name", IntelType.DOMAIN),
            Map.entry("domainname", IntelType.DOMAIN),
            Map.entry("hostname", IntelType.DOMAIN),
            Map.entry("host", IntelType.DOMAIN),
            Map.entry("fqdn", IntelType.DOMAIN),
            Map.entry("intel::domain", IntelType.DOMAIN),
            Map.entry("url", IntelType.URL),
            Map.entry("uri", IntelType.URL),
            Map.entry("intel::url", IntelType.URL),
            Map.entry("hash", IntelType.HASH),
            Map.entry("md5", IntelType.HASH),
            Map.entry("sha1", IntelType.HASH),
            Map.entry("sha256", IntelType.HASH),
            Map.entry("sha512", IntelType.HASH),
            Map.entry("filemd5", IntelType.HASH),
            Map.entry("filesha1", IntelType.HASH),
            Map.entry("filesha256", IntelType.HASH),
            Map.entry("filehash-md5", IntelType.HASH),
            Map.entry("filehash-sha1", IntelType.HASH),
            Map.entry("filehash-sha256", IntelType.HASH),
            Map.entry("hash-md5", IntelType.HASH),
            Map.entry("hash-sha1", IntelType.HASH),
            Map.entry("hash-sha256", IntelType.HASH),
            Map.entry("intel::file-hash", IntelType.HASH),
            Map.entry("intel::cert-hash", IntelType.HASH),
            Map.entry("ja3", IntelType.HASH),
            Map.entry("ja3-fingerprint-md5", IntelType.HASH),
            Map.entry("x509-fingerprint-md5", IntelType.HASH),
            Map.entry("x509-fingerprint-sha1", IntelType.HASH),
            Map.entry("x509-fingerprint-sha256", IntelType.HASH),
            Map.entry("certificate", IntelType.HASH),
            Map.entry("certificatethumbprint", IntelType.HASH),
            Map.entry("ja4", IntelType.JA4),
            Map.entry("email", IntelType.EMAIL),
            Map.entry("email-src", IntelType.EMAIL),
            Map.entry("email-dst", IntelType.EMAIL),
            Map.entry("email-addr", IntelType.EMAIL),
            Map.entry("mail", IntelType.EMAIL),
            Map.entry("intel::email", IntelType.EMAIL),
            Map.entry("filename", IntelType.FILE_NAME),
            Map.entry("file-name", IntelType.FILE_NAME),
            Map.entry("file", IntelType.FILE_NAME),
            Map.entry("intel::file-name", IntelType.FILE_NAME),
            Map.entry("account", IntelType.ACCOUNT),
            Map.entry("user", IntelType.ACCOUNT),
            Map.entry("username", IntelType.ACCOUNT),
            Map.entry("intel::user-name", IntelType.ACCOUNT),
            Map.entry("user-agent", IntelType.USER_AGENT),
            Map.entry("useragent", IntelType.USER_AGENT),
            Map.entry("intel::software", IntelType.USER_AGENT),
            Map.entry("filepath", IntelType.FILE_PATH),
            Map.entry("file-path", IntelType.FILE_PATH),
            Map.entry("path", IntelType.FILE_PATH),
            Map.entry("registrykey", IntelType.REGISTRY_KEY),
            Map.entry("registry-key", IntelType.REGISTRY_KEY),
            Map.entry("registry", IntelType.REGISTRY_KEY),
            Map.entry("regkey", IntelType.REGISTRY_KEY),
            Map.entry("mutex", IntelType.MUTEX),
            Map.entry("mutexname", IntelType.MUTEX),
            Map.entry("pipe", IntelType.PIPE),
            Map.entry("namepipe", IntelType.PIPE),
            Map.entry("namedpipe", IntelType.PIPE),
            Map.entry("named-pipe", IntelType.PIPE),
            Map.entry("as", IntelType.AUTONOMOUS_SYSTEM),
            Map.entry("asn", IntelType.AUTONOMOUS_SYSTEM),
            Map.entry("stix-pattern", IntelType.PATTERN));

    private static final String EXPECTED =
            ": no indicator: expected an address, network, domain, URL, hash or mail address";

    private final Gathered into;
    private final String file;
    /// Lines that were read ahead and given back.
    private final Deque<String> ahead = new ArrayDeque<>();

    private int number;
    /// Of the whole list, as a comment above it says.
    private @Nullable Tlp marking;

    private ListReader(Gathered into, String file) {
        this.into = into;
        this.file = file;
    }

    static void read(Reader from, String file, Gathered into) throws IOException {
        new ListReader(into, file).read(from instanceof BufferedReader b ? b : new BufferedReader(from));
    }

    /// Whether somebody's name of a type is one of those that are known.
    static boolean isType(String typeName) {
        return TYPES.containsKey(key(typeName));
    }

    private static String key(String typeName) {
        return typeName.strip().toLowerCase(Locale.ROOT).replace('_', '-').replace(' ', '-');
    }

    /// Takes a value under the name of its type as somebody wrote it; the content decides where it says more.
    static boolean add(Gathered into, String typeName, String value, Facts facts) {
        String name = key(typeName);
        IntelType type = TYPES.get(name);
        if (name.indexOf('|') > 0) {
            return MispReader.take(MispReader.values(typeName.strip().toLowerCase(Locale.ROOT), value), facts, into);
        }
        String host = type == null || type == IntelType.IP || type == IntelType.DOMAIN ? withoutPort(value) : null;
        if (host != null) {
            return add(into, "", host, facts);
        }
        Optional<IndicatorValue.Typed> content = IndicatorValue.of(value);
        // Lists call bare hosts "url" and networks "ip".
        if (content.isPresent()
                && (type == null
                        || type == IntelType.URL
                        || type == IntelType.IP && content.get().type() == IndicatorType.CIDR
                        || type.normal(value).isEmpty() && type.asked() != null)) {
            return into.add(IntelType.of(content.get().type()), value, facts);
        }
        return type != null && into.add(type, value, facts);
    }

    /// The address or name before a port; null where the value is something else.
    private static @Nullable String withoutPort(String value) {
        int colon = value.lastIndexOf(':');
        if (colon < 1
                || value.length() > 300
                || value.indexOf('/') >= 0
                || !PORT.matcher(value.substring(colon + 1)).matches()
                || IndicatorValue.of(value).isPresent()) {
            return null;
        }
        String host = value.substring(0, colon);
        return IndicatorValue.of(host)
                        .filter(t -> t.type() == IndicatorType.IP || t.type() == IndicatorType.DOMAIN)
                        .isPresent()
                ? host
                : null;
    }

    private static boolean isValue(String cell) {
        return IndicatorValue.of(cell).isPresent() || withoutPort(cell) != null;
    }

    private void read(BufferedReader reader) throws IOException {
        Columns columns = null;
        boolean first = true;
        String line;
        while ((line = line(reader)) != null) {
            if (number == 1 && line.startsWith("\uFEFF")) {
                line = line.substring(1);
            }
            if (line.isBlank()
                    || line.startsWith(";")
                    || line.startsWith("//")
                    || line.startsWith("!")
                    || line.startsWith("#") && !line.startsWith("#fields")
                    || line.regionMatches(true, 0, "sep=", 0, 4) && line.length() == 5) {
                if (first && line.length() <= IndicatorFile.MAX_LINE) {
                    marking = marking == null ? Tlp.in(line) : marking;
                    Columns told = line.startsWith("#") ? Columns.commented(line) : null;
                    columns = told == null ? columns : told;
                }
                continue;
            }
            if (line.length() > IndicatorFile.MAX_LINE) {
                fault(": a line of " + line.length() + " characters holds no indicator");
                continue;
            }
            if (first) {
                first = false;
                Columns own = Columns.of(line, columns == null);
                if (own != null) {
                    columns = own;
                    continue;
                }
                if (line.matches("[0-9a-f]{32},[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\s*")) {
                    // MISP's hashes.csv: MD5 of the values of a feed, to ask without telling what; no file's.
                    into.leave("hash list of a MISP feed: it does not say which values it means");
                    return;
                }
                if (line.startsWith("alert ") || line.startsWith("drop ")) {
                    fault(": rules of an intrusion detection system; expected a list of indicators");
                    return;
                }
            }
            if (columns == null) {
                plain(line.strip());
            } else {
                int at = number;
                row(columns, whole(columns, line, reader), at);
            }
        }
    }

    private @Nullable String line(BufferedReader reader) throws IOException {
        number++;
        return ahead.isEmpty() ? reader.readLine() : ahead.removeFirst();
    }

    /// The row that begins with this line: a cell in quotes may go on over several. One that ends nowhere
    /// near is a quote that stands for itself.
    private String whole(Columns columns, String line, BufferedReader reader) throws IOException {
        if (!columns.isOpen(line)) {
            return line;
        }
        StringBuilder row = new StringBuilder(line);
        List<String> more = new ArrayList<>();
        while (more.size() < MAX_CELL_LINES && row.length() < IndicatorFile.MAX_LINE) {
            String next = line(reader);
            if (next == null) {
                number--;
                break;
            }
            more.add(next);
            row.append('\n').append(next);
            if (next.indexOf('"') >= 0 && !columns.isOpen(row.toString())) {
                return row.toString();
            }
        }
        for (String one : more.reversed()) {
            ahead.addFirst(one);
        }
        number -= more.size();
        return line;
    }

    private void fault(String what) {
        into.fault(file + ":" + number + what);
    }

    private void plain(String line) {
        if (line.startsWith("$")
                || line.startsWith("@")
                || line.matches("(?i)\\S*\\s+(\\d+\\s+)?(IN\\s+)?(SOA|NS)\\s.*")) {
            return;
        }
        int space = blank(line);
        String value = (space < 0 ? line : line.substring(0, space)).replaceAll("[,;]$", "");
        String comment = space < 0 ? "" : line.substring(space + 1).strip();
        if (comment.matches("(?i)(\\d+\\s+)?(IN\\s+)?CNAME\\s+rpz-passthru\\.")) {
            return;
        }
        if (!comment.isEmpty() && SINKS.matcher(value).matches()) {
            hosts(comment);
            return;
        }
        comment = comment.matches("(?i)(\\d+\\s+)?(IN\\s+)?CNAME\\s+\\S+") ? "" : comment.replaceFirst("^[#;]\\s*", "");
        int block = value.startsWith("||") ? value.indexOf('^') : -1;
        if (block > 0) {
            // Behind it stands what the blocker is to do.
            value = value.substring(2, block);
        }
        Matcher zone = ZONE.matcher(line);
        if (zone.matches()) {
            value = zone.group(1);
            comment = "";
        }
        Facts.Draft facts = Facts.at(file + ":" + number);
        facts.tlp = marking;
        facts.comment = comment;
        for (String candidate : candidates(value, line)) {
            Optional<IndicatorValue.Typed> typed = IndicatorValue.of(candidate);
            if (typed.isPresent() && into.add(IntelType.of(typed.get().type()), candidate, facts.done())) {
                return;
            }
        }
        fault(EXPECTED);
    }

    /// Names of a hosts file, one or several a line: what is led nowhere is meant.
    private void hosts(String line) {
        int remark = line.indexOf('#');
        Facts.Draft facts = Facts.at(file + ":" + number);
        facts.tlp = marking;
        facts.comment = remark < 0 ? "" : line.substring(remark + 1).strip();
        boolean any = false;
        for (String name : BLANKS.split(remark < 0 ? line : line.substring(0, remark))) {
            boolean own = OWN_NAMES.matcher(name.toLowerCase(Locale.ROOT)).matches()
                    || SINKS.matcher(name).matches();
            Optional<IndicatorValue.Typed> typed = own ? Optional.empty() : IndicatorValue.of(name);
            any |= own || typed.isPresent() && into.add(IntelType.of(typed.get().type()), name, facts.done());
        }
        if (!any) {
            fault(EXPECTED);
        }
    }

    private static int blank(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ' ' || text.charAt(i) == '\t') {
                return i;
            }
        }
        return -1;
    }

    /// What a line may mean, the likeliest first.
    private static List<String> candidates(String value, String line) {
        List<String> all = new ArrayList<>();
        if (value.endsWith(".rpz-ip")) {
            String network = network(value.substring(0, value.length() - 7));
            if (network != null) {
                all.add(network);
            }
            return all;
        }
        all.add(value);
        String host = withoutPort(value);
        if (host != null) {
            all.add(host);
        }
        if (value.startsWith(".")) {
            all.add(value.substring(1));
        }
        if (line.indexOf(',') >= 0 || line.indexOf('\t') >= 0 || line.indexOf('|') >= 0) {
            for (String cell : line.split("[,\t|]", 50)) {
                String one = cell.strip().replace("\"", "");
                String before = withoutPort(one);
                all.add(before == null ? one : before);
            }
        }
        if (value.length() >= 8 && value.length() % 4 == 0 && value.matches("[A-Za-z0-9+/]+={0,2}")) {
            all.add(new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
        }
        return all;
    }

    /// The network that a name of a response policy zone means: `24.0.113.0.203` is 203.0.113.0/24.
    private static @Nullable String network(String name) {
        String[] parts = name.split("\\.");
        if (parts.length < 3 || !parts[0].matches("\\d{1,3}")) {
            return null;
        }
        int bits = Integer.parseInt(parts[0]);
        StringBuilder address = new StringBuilder();
        boolean v4 = parts.length == 5 && java.util.Arrays.stream(parts).allMatch(p -> p.matches("\\d{1,3}"));
        for (int i = parts.length - 1; i > 0; i--) {
            address.append(address.isEmpty() ? "" : v4 ? "." : ":").append(parts[i].equals("zz") ? "" : parts[i]);
        }
        String text = address.toString();
        if (!v4) {
            text = text.startsWith(":") && !text.startsWith("::") ? ":" + text : text;
            text = text.endsWith(":") && !text.endsWith("::") ? text + ":" : text;
        }
        byte[] bytes = Cidr.address(text);
        if (bytes == null) {
            return null;
        }
        return bits == (v4 ? 32 : 128) ? text : text + "/" + bits;
    }

    private void row(Columns columns, String line, int at) {
        List<String> cells = columns.cut(line);
        if (columns.commented && cells.size() == 1) {
            plain(line.strip());
            return;
        }
        Facts.Draft facts = Facts.at(file + ":" + at);
        facts.comment = columns.at(cells, columns.comment);
        facts.source = columns.at(cells, columns.source);
        Tlp own = Tlp.stated(columns.at(cells, columns.tlp));
        facts.tlp = own == null ? marking : own;
        facts.pap = columns.at(cells, columns.pap);
        facts.id = columns.at(cells, columns.id);
        facts.validFrom = time(columns.at(cells, columns.validFrom));
        String until = columns.at(cells, columns.validUntil);
        facts.validUntil = time(until);
        if (facts.validUntil == null && until.chars().anyMatch(c -> c >= '0' && c <= '9')) {
            into.fault(file + ":" + at + ": \"" + (until.length() > 60 ? until.substring(0, 60) + "…" : until)
                    + "\" is no time; expected 2019-04-15T00:00:00Z. The indicator is taken without an end");
        }
        facts.made = time(columns.at(cells, columns.made));
        String confidence = columns.at(cells, columns.confidence);
        if (PERCENT.matcher(confidence).matches() && Integer.parseInt(confidence) <= 100) {
            facts.confidence = Integer.parseInt(confidence);
        }
        facts.revoked = List.of("true", "1", "yes")
                .contains(columns.at(cells, columns.revoked).toLowerCase(Locale.ROOT));
        facts.detect = !List.of("false", "0", "no")
                .contains(columns.at(cells, columns.detect).toLowerCase(Locale.ROOT));
        for (String label : LABEL_ENDS.split(columns.at(cells, columns.labels))) {
            facts.label(label);
        }
        for (String phase : columns.at(cells, columns.killChain).split(";")) {
            if (!phase.isBlank()) {
                facts.killChain.add(phase.strip());
            }
        }
        boolean taken = false;
        String type = columns.values.length == 1 ? columns.at(cells, columns.type) : "";
        for (int column : columns.values) {
            taken |= add(into, type, columns.at(cells, column), facts.done());
        }
        if (!taken) {
            into.fault(file + ":" + at + EXPECTED + " in column \"" + columns.valueName + "\"");
        }
    }

    /// A time as lists write it: with or without zone (then UTC), a day, seconds since 1970; null if it is
    /// none.
    static @Nullable Instant time(String text) {
        if (SECONDS.matcher(text).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        String iso = text.strip()
                .toUpperCase(Locale.ROOT)
                .replaceFirst(" ?UTC$", "Z")
                .replace(' ', 'T');
        Instant time = StixObjectsReader.time(iso);
        return time != null
                ? time
                : StixObjectsReader.time(iso + (DATE.matcher(iso).matches() ? "T00:00:00Z" : "Z"));
    }

    /// Which columns of a delimited list hold what; -1 where none does.
    private static final class Columns {
        final int[] values;
        final String valueName;
        /// Whether it stood in a comment, so that lines without columns may follow.
        final boolean commented;

        final int type;
        final int comment;
        final int source;
        final int tlp;
        final int pap;
        final int id;
        final int validFrom;
        final int validUntil;
        final int made;
        final int confidence;
        final int revoked;
        final int detect;
        final int labels;
        final int killChain;
        private final char delimiter;
        private final boolean quotes;

        private Columns(char delimiter, boolean quotes, List<String> names, int[] values, boolean commented) {
            this.delimiter = delimiter;
            this.quotes = quotes;
            this.values = values;
            this.commented = commented;
            valueName = names.get(values[0]);
            type = firstOf(names, TYPE_NAMES);
            comment = firstOf(names, COMMENT_NAMES);
            source = firstOf(names, List.of("source", "meta.source", "feed", "provider"));
            tlp = names.indexOf("tlp");
            pap = names.indexOf("pap");
            id = firstOf(names, List.of("id", "uuid"));
            validFrom = names.indexOf("valid_from");
            validUntil = firstOf(names, List.of("valid_until", "valid_to", "expirationtime", "expiration", "expires"));
            made = firstOf(
                    names,
                    List.of(
                            "made",
                            "modified",
                            "last_seen",
                            "last_seen_utc",
                            "first_seen",
                            "first_seen_utc",
                            "dateadded",
                            "firstseen",
                            "listingdate"));
            confidence = firstOf(names, List.of("confidence", "confidence_level"));
            revoked = names.indexOf("revoked");
            detect = firstOf(names, List.of("detect", "to_ids"));
            labels = firstOf(names, List.of("labels", "tags"));
            killChain = names.indexOf("kill_chain");
        }

        /// @param kinds whether columns that are named after a kind of value count too
        static @Nullable Columns of(String header, boolean kinds) {
            return of(header, kinds, false);
        }

        /// The columns that a comment names, as some feeds do: at least two.
        static @Nullable Columns commented(String line) {
            return of(line.replaceFirst("^#+", "").strip(), true, true);
        }

        private static @Nullable Columns of(String header, boolean kinds, boolean commented) {
            for (char delimiter : new char[] {',', '\t', ';', '|'}) {
                // In what Zeek reads a quote is a sign like any other.
                boolean quotes = !header.startsWith("#fields\t");
                List<String> cells = new ArrayList<>();
                split(header.replaceFirst("^#fields\t", ""), delimiter, quotes, cells);
                List<String> names = cells.stream()
                        .map(n -> n.strip()
                                .toLowerCase(Locale.ROOT)
                                .replace(' ', '_')
                                .replace('-', '_'))
                        .toList();
                if (commented && names.size() < 2) {
                    continue;
                }
                int value = firstOf(names, VALUE_NAMES);
                if (value >= 0) {
                    return new Columns(delimiter, quotes, names, new int[] {value}, commented);
                }
                int[] all = KIND_NAMES.stream()
                        .mapToInt(names::indexOf)
                        .filter(i -> i >= 0)
                        .toArray();
                // In a row a kind is named beside a value.
                if (kinds && all.length > 0 && cells.stream().noneMatch(ListReader::isValue)) {
                    return new Columns(delimiter, quotes, names, all, commented);
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
            List<String> cells = new ArrayList<>();
            split(line, delimiter, quotes, cells);
            return cells;
        }

        /// Whether a quote of the line is not closed in it.
        boolean isOpen(String line) {
            return quotes && line.indexOf('"') >= 0 && split(line, delimiter, true, new ArrayList<>());
        }

        String at(List<String> cells, int column) {
            if (column < 0 || column >= cells.size()) {
                return "";
            }
            String cell = cells.get(column).strip();
            // Written so that no spreadsheet takes it for a formula.
            boolean guarded =
                    cell.length() > 1 && cell.charAt(0) == '\'' && TableExports.FORMULA.indexOf(cell.charAt(1)) >= 0;
            return guarded ? cell.substring(1) : cell.equals("-") && delimiter == '\t' ? "" : cell;
        }

        /// Cuts a row; whether it ends within quotes.
        private static boolean split(String line, char delimiter, boolean quotes, List<String> cells) {
            StringBuilder cell = new StringBuilder();
            boolean quoted = false;
            boolean begun = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c == '"' && quotes && (quoted || !begun)) {
                    if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                        cell.append('"');
                        i++;
                    } else if (quoted) {
                        quoted = false;
                    } else {
                        // Blanks before it are none of the cell.
                        cell.setLength(0);
                        quoted = true;
                        begun = true;
                    }
                } else if (c == delimiter && !quoted) {
                    cells.add(cell.toString());
                    cell.setLength(0);
                    begun = false;
                } else {
                    cell.append(c);
                    begun |= c != ' ';
                }
            }
            cells.add(cell.toString());
            return quoted;
        }
    }
}
