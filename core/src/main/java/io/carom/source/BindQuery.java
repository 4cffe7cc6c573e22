package io.carom.source;

import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Times;
import java.util.Map;

/// What BIND's named logs of its clients: queries (category `queries`), queries refused or failed
/// (`security`, `query-errors`), answers that a response policy rewrote (`rpz`), transfers, updates and
/// rate limits; from its own file, with or without time, category and severity, or over syslog.
///
/// `client @0x… 10.0.0.1#53821 (name): view internal: query: name IN A +E(0)K (10.0.0.53)`: the address
/// behind the flags is the one that was asked. Follows the BIND 9 Administrator Reference Manual, logging
/// categories and query log, 9.3 to 9.20.
@AutoService(Source.class)
public final class BindQuery implements LineSource {
    private static final int CLIENT_IP = FieldNames.of("client_ip");
    private static final int CLIENT_PORT = FieldNames.of("client_port");
    private static final int SIGNER = FieldNames.of("signer");
    private static final int VIEW = FieldNames.of("view");
    private static final int QUERY = FieldNames.of("query");
    private static final int CLASS = FieldNames.of("class");
    private static final int TYPE = FieldNames.of("type");
    private static final int FLAGS = FieldNames.of("flags");
    private static final int PROTOCOL = FieldNames.of("protocol");
    private static final int SERVER = FieldNames.of("server");
    private static final int SERVER_PORT = FieldNames.of("server_port");
    private static final int SUBNET = FieldNames.of("client_subnet");
    private static final int RESULT = FieldNames.of("result");
    private static final int REASON = FieldNames.of("reason");
    private static final int TRIGGER = FieldNames.of("rpz_trigger");
    private static final int POLICY = FieldNames.of("rpz_policy");
    private static final int ZONE = FieldNames.of("rpz_zone");
    private static final int CATEGORY = FieldNames.of("category");
    private static final int MESSAGE = FieldNames.of("message");

    /// A header of which named's own first word was taken for the host.
    private static final Conversion HOST =
            (row, to, slice, kind) -> row.equal(slice, "client") || NetworkFields.HOSTNAME.write(row, to, slice, kind);

    private static final Map<String, Integer> CODES = Map.ofEntries(
            Map.entry("NOERROR", 0),
            Map.entry("FORMERR", 1),
            Map.entry("SERVFAIL", 2),
            Map.entry("NXDOMAIN", 3),
            Map.entry("NOTIMP", 4),
            Map.entry("REFUSED", 5),
            Map.entry("YXDOMAIN", 6),
            Map.entry("YXRRSET", 7),
            Map.entry("NXRRSET", 8),
            Map.entry("NOTAUTH", 9),
            Map.entry("NOTZONE", 10),
            Map.entry("BADVERS", 16),
            Map.entry("BADCOOKIE", 23),
            // What a response policy answers with: no records is no error.
            Map.entry("NODATA", 0));

    private static Mapping.Builder kind(String name) {
        return Mapping.of(name, 4003)
                .field("client_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("client_port", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .field("server", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("server_port", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
                .field("syslog.hostname", "dst_endpoint.hostname", HOST)
                .field("syslog.hostname", "device.hostname", HOST)
                .field("_HOSTNAME", "device.hostname", NetworkFields.HOSTNAME)
                .field("query", "query.hostname", Conversion.LOWER)
                .field("class", "query.class", TEXT)
                .field("type", "query.type", TEXT)
                .field("protocol", "connection_info.protocol_name", TEXT)
                .field("protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("category", "metadata.log_name", TEXT)
                // A client asks, the server answers.
                .constant("connection_info.direction_id", 1)
                .product("ISC", "BIND");
    }

    private static final Mapping ASKED = kind("query").activity(1).build();

    private static Mapping.Builder answer(String name) {
        return kind(name).field("reason", "status_detail", TEXT).field("message", "message", TEXT);
    }

    private static final Mapping DENIED = answer("denied")
            .constant("action_id", 2)
            .constant("disposition_id", 2)
            .constant("rcode_id", 5)
            .constant("status_id", 2)
            .activity(2)
            .build();

    private static final Mapping FAILED = answer("failed")
            .field("result", "rcode_id", words(CODES, 99))
            .constant("status_id", 2)
            .activity(2)
            .build();

    private static final Mapping ANSWERED = answer("response")
            .field("result", "rcode_id", words(CODES, 99))
            .activity(2)
            .build();

    private static Mapping.Builder policy(String name) {
        return answer(name)
                .field("rpz_zone", "firewall_rule.name", TEXT)
                .field("rpz_trigger", "firewall_rule.type", TEXT)
                .field("rpz_policy", "rcode_id", words(CODES))
                .activity(2);
    }

    private static final Mapping REWRITTEN = policy("rewritten by policy")
            .constant("action_id", 2)
            .constant("disposition_id", 2)
            .build();

    private static final Mapping PASSED = policy("passed by policy")
            .constant("action_id", 1)
            .constant("disposition_id", 1)
            .build();

    private static final Mapping LIMITED = answer("rate limited")
            .constant("action_id", 2)
            .constant("disposition_id", 6)
            .constant("status_id", 2)
            .activity(2)
            .build();

    private static final Mapping OTHER = answer("other").activity(6).build();

    @Override
    public String name() {
        return "bind-query";
    }

    @Override
    public String product() {
        return "ISC BIND 9.3 to 9.20, query log and what it says of clients";
    }

    @Override
    public boolean claims(Line line) {
        int client = client(line);
        int colon = client < 0 ? -1 : behind(line, client);
        if (colon < 0) {
            return false;
        }
        int at = said(line, colon);
        return line.at(at, "query: ")
                || line.at(at, "query (")
                || line.at(at, "query '")
                || line.at(at, "query failed (")
                || line.at(at, "response: ")
                || line.at(at, "rpz ")
                || line.at(at, "disabled rpz ")
                || line.at(at, "rate limit ")
                || line.at(at, "would rate limit ")
                || line.at(at, "zone transfer '")
                || line.at(at, "transfer of '")
                || line.at(at, "update '")
                || line.at(at, "updating zone '");
    }

    /// Where `client ` with an address behind it stands, at the line's beginning or behind what named and
    /// syslog put before; -1 if it does not.
    private static int client(Line line) {
        byte[] b = line.bytes();
        int last = Math.min(line.to(), line.lineFrom() + 400);
        for (int at = line.lineFrom(); at + 10 < last; at++) {
            if (b[at] != 'c' || !line.at(at, "client ") || at > line.lineFrom() && b[at - 1] != ' ') {
                continue;
            }
            int address = at + 7;
            if (b[address] == '@') {
                address = AuditRecord.spaces(b, AuditRecord.word(b, address, last), last);
            }
            int hash = address;
            while (hash < last && hash - address < 64 && b[hash] != '#' && b[hash] != ' ') {
                hash++;
            }
            if (hash < last && b[hash] == '#' && Addresses.clean(b, address, hash) >= 0) {
                return address;
            }
        }
        return -1;
    }

    /// Behind `10.0.0.1#53821/key name (query): `, or -1.
    private static int behind(Line line, int address) {
        byte[] b = line.bytes();
        int at = address;
        int to = line.to();
        while (at < to && b[at] != ' ' && b[at] != ':' && b[at] != '#') {
            at++;
        }
        if (at < to && b[at] == ':') {
            // An IPv6 address.
            while (at < to && b[at] != '#') {
                at++;
            }
        }
        while (at < to && b[at] != ':') {
            if (b[at] == '(') {
                int close = line.indexOf("): ", at);
                return close < 0 ? -1 : close + 3;
            }
            at++;
        }
        return at + 1 < to && b[at + 1] == ' ' ? at + 2 : -1;
    }

    /// Behind `view internal: `, if that stands here.
    private static int said(Line line, int from) {
        if (!line.at(from, "view ")) {
            return from;
        }
        int end = line.indexOf(": ", from + 5);
        return end < 0 ? from : end + 2;
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        int address = client(line);
        time(line, row);
        category(line, row);
        int hash = AuditRecord.indexOf(b, '#', address, to);
        int port = hash + 1;
        int at = port;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        row.field(CLIENT_IP, address, hash);
        given(row, CLIENT_PORT, port, at);
        int message = behind(line, address);
        if (line.at(at, "/key ")) {
            int end = at + 5;
            while (end < message && b[end] != ' ' && b[end] != ':') {
                end++;
            }
            given(row, SIGNER, at + 5, end);
            at = end;
        }
        // The name in brackets is that of the query; what is said next mostly repeats it.
        int named = -1;
        int namedEnd = -1;
        if (line.at(at, " (")) {
            named = at + 2;
            namedEnd = message - 3;
        }
        int said = said(line, message);
        if (said > message) {
            given(row, VIEW, message + 5, said - 2);
        }
        row.map(understand(line, row, said, named, namedEnd));
    }

    private static Mapping understand(Line line, Row row, int at, int named, int namedEnd) {
        int to = line.to();
        if (line.at(at, "query: ")) {
            question(line, row, at + 7);
            return ASKED;
        }
        if (line.at(at, "response: ")) {
            int end = question(line, row, at + 10);
            given(row, RESULT, end, AuditRecord.word(line.bytes(), end, to));
            return ANSWERED;
        }
        row.field(MESSAGE, at, to);
        if (line.at(at, "query failed (")) {
            int close = line.indexOf(")", at + 14);
            int name = line.indexOf(" for ", at);
            if (close >= 0 && name >= 0) {
                given(row, RESULT, at + 14, close);
                slashed(line, row, name + 5, AuditRecord.word(line.bytes(), name + 5, to), true);
            } else {
                given(row, QUERY, named, namedEnd);
            }
            return FAILED;
        }
        int policy = line.at(at, "rpz ") ? at + 4 : line.at(at, "disabled rpz ") ? at + 13 : -1;
        if (policy >= 0) {
            return policy(line, row, policy, policy != at + 4, named, namedEnd);
        }
        if (line.at(at, "rate limit ") || line.at(at, "would rate limit ")) {
            given(row, QUERY, named, namedEnd);
            return line.at(at, "would") ? OTHER : LIMITED;
        }
        int open = line.indexOf("'", at);
        int close = open < 0 ? -1 : line.indexOf("'", open + 1);
        if (close > open) {
            boolean typed = line.at(at, "query") || line.at(at, "zone transfer");
            slashed(line, row, open + 1, close, !typed);
            if (line.at(close + 1, " denied")) {
                int reason = line.indexOf("(", close);
                int end = reason < 0 ? -1 : line.indexOf(")", reason);
                if (end > reason) {
                    given(row, REASON, reason + 1, end);
                }
                return DENIED;
            }
            return OTHER;
        }
        given(row, QUERY, named, namedEnd);
        return OTHER;
    }

    /// `name IN A +E(0)K (10.0.0.53) [ECS 192.0.2.0/24/0]`; says where the fourth word begins.
    private static int question(Line line, Row row, int from) {
        byte[] b = row.bytes();
        int to = line.to();
        int end = AuditRecord.word(b, from, to);
        given(row, QUERY, from, end);
        int at = AuditRecord.spaces(b, end, to);
        end = AuditRecord.word(b, at, to);
        given(row, CLASS, at, end);
        at = AuditRecord.spaces(b, end, to);
        end = AuditRecord.word(b, at, to);
        given(row, TYPE, at, end);
        int fourth = AuditRecord.spaces(b, end, to);
        at = fourth;
        end = AuditRecord.word(b, at, to);
        if (at < to && (b[at] == '+' || b[at] == '-')) {
            given(row, FLAGS, at, end);
            boolean tcp = AuditRecord.indexOf(b, 'T', at, end) >= 0;
            row.field(PROTOCOL, row.batch().constant(tcp ? TCP : UDP), EventBatch.TEXT);
            b = row.bytes();
            at = AuditRecord.spaces(b, end, to);
        }
        if (at < to && b[at] == '(') {
            int close = line.indexOf(")", at);
            int stop = close < 0 ? to : close;
            int hash = AuditRecord.indexOf(b, '#', at, stop);
            given(row, SERVER, at + 1, hash < 0 ? stop : hash);
            if (hash >= 0) {
                given(row, SERVER_PORT, hash + 1, stop);
            }
            at = AuditRecord.spaces(b, Math.min(stop + 1, to), to);
        }
        if (line.at(at, "[ECS ")) {
            int close = line.indexOf("]", at);
            given(row, SUBNET, at + 5, close < 0 ? to : close);
        }
        return fourth;
    }

    private static final byte[] TCP = {'t', 'c', 'p'};
    private static final byte[] UDP = {'u', 'd', 'p'};

    /// `name/A/IN`, or with the class before the type, or `zone/IN`.
    private static void slashed(Line line, Row row, int from, int to, boolean classFirst) {
        byte[] b = line.bytes();
        int last = to - 1;
        while (last > from && b[last] != '/') {
            last--;
        }
        if (last <= from) {
            given(row, QUERY, from, to);
            return;
        }
        int before = last - 1;
        while (before > from && b[before] != '/') {
            before--;
        }
        if (before <= from || !isWord(b, before + 1, last)) {
            given(row, QUERY, from, last);
            given(row, CLASS, last + 1, to);
            return;
        }
        given(row, QUERY, from, before);
        given(row, classFirst ? CLASS : TYPE, before + 1, last);
        given(row, classFirst ? TYPE : CLASS, last + 1, to);
    }

    /// Types and classes are capitals and digits; a part of a name with a slash mostly is not.
    private static boolean isWord(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!(b[i] >= 'A' && b[i] <= 'Z' || b[i] >= '0' && b[i] <= '9' || b[i] == '-')) {
                return false;
            }
        }
        return to > from;
    }

    /// `QNAME NXDOMAIN rewrite bad.example/A/IN via bad.example.rpz.local`
    private static Mapping policy(Line line, Row row, int from, boolean disabled, int named, int namedEnd) {
        byte[] b = row.bytes();
        int to = line.to();
        int end = AuditRecord.word(b, from, to);
        given(row, TRIGGER, from, end);
        int at = AuditRecord.spaces(b, end, to);
        end = AuditRecord.word(b, at, to);
        given(row, POLICY, at, end);
        boolean passed = disabled || line.at(at, "PASSTHRU");
        int rewrite = line.indexOf(" rewrite ", end);
        if (rewrite >= 0) {
            int name = rewrite + 9;
            slashed(line, row, name, AuditRecord.word(b, name, to), false);
        } else {
            given(row, QUERY, named, namedEnd);
        }
        int via = line.indexOf(" via ", end);
        if (via >= 0) {
            given(row, ZONE, via + 5, AuditRecord.word(b, via + 5, to));
        }
        return passed ? PASSED : REWRITTEN;
    }

    /// named's own time, `04-Mar-2019 05:06:07.123`; a header's is known already.
    private static void time(Line line, Row row) {
        byte[] b = row.bytes();
        int from = line.header().present() ? line.from() : line.lineFrom();
        if (from + 20 <= line.to() && b[from + 2] == '-' && b[from + 6] == '-') {
            int end = AuditRecord.word(b, AuditRecord.word(b, from, line.to()) + 1, line.to());
            long millis = Times.dayMonthYear(b, from, end - from, row.context().zone());
            if (millis != Times.NONE) {
                row.set(Attribute.TIME, millis);
            }
        }
    }

    /// The word with a colon before `client`, or the one before the severity.
    private static void category(Line line, Row row) {
        byte[] b = row.bytes();
        int client = line.indexOf("client ", line.lineFrom());
        int end = client;
        for (int words = 0; words < 3 && end > line.lineFrom() + 2; words++) {
            int stop = end - 2;
            if (b[stop] != ':') {
                return;
            }
            int from = stop;
            while (from > line.lineFrom() && b[from - 1] != ' ') {
                from--;
            }
            if (isCategory(b, from, stop)) {
                row.field(CATEGORY, from, stop);
                return;
            }
            // `debug 3: ` is two words.
            if (from > line.lineFrom() + 6 && b[from] >= '0' && b[from] <= '9') {
                from -= 6;
            }
            end = from;
        }
    }

    private static final String[] CATEGORIES = {
        "queries",
        "query-errors",
        "security",
        "client",
        "rpz",
        "rate-limit",
        "xfer-out",
        "update",
        "update-security",
        "responses",
        "default",
        "rpz-passthru"
    };

    private static boolean isCategory(byte[] b, int from, int to) {
        for (String category : CATEGORIES) {
            if (category.length() == to - from && AuditRecord.stands(b, from, to, category)) {
                return true;
            }
        }
        return false;
    }

    private static void given(Row row, int name, int from, int to) {
        if (from >= 0 && from < to) {
            row.field(name, Column.pack(from, to), EventBatch.TEXT);
        }
    }
}
