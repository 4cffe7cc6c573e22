package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.MessageForm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// dnsmasq's log of queries and answers (`log-queries`, `log-queries=extra`) and of leases, over syslog or
/// in its own file; Pi-hole's too, whose verdicts stand in the same place.
///
/// `query[A] name from client`, `forwarded name to server`, and `reply`, `cached`, `config`, `DHCP` or
/// a file's path before `name is answer`. With `extra` a serial number and the client stand before each
/// line, so that an answer says for whom it was. Leases: `DHCPACK(eth0) address mac name`. Follows
/// dnsmasq's manual page and the forms of its versions 2.40 to 2.91.
@AutoService(Source.class)
public final class Dnsmasq implements LineSource {
    private record Kind(MessageForm form, Mapping mapping) {}

    private static final int MESSAGE = FieldNames.of("message");
    private static final int SERIAL = FieldNames.of("serial");
    private static final int CLIENT = FieldNames.of("client");
    private static final int CLIENT_PORT = FieldNames.of("client_port");

    private static final Attribute ANSWERS = Attribute.of("answers[].rdata");
    private static final Attribute RCODE = Attribute.of("rcode_id");

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("_HOSTNAME", "device.hostname", NetworkFields.HOSTNAME)
                .product("Simon Kelley", "dnsmasq");
    }

    private static Mapping.Builder dns(String name) {
        return kind(name, 4003)
                .field("serial", "query.packet_uid", INTEGER)
                .field("query", "query.hostname", LOWER)
                .field("type", "query.type", TEXT);
    }

    /// Between a client and dnsmasq, who asked and who answers.
    private static Mapping.Builder served(String name, int activity) {
        return dns(name)
                .field("client", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("from", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("client_port", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .field("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("_HOSTNAME", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .constant("connection_info.direction_id", 1)
                .activity(activity);
    }

    private static final Mapping ASKED = served("query", 1).build();

    /// What dnsmasq itself asks of a server before it.
    private static final Mapping FORWARDED = dns("forwarded")
            .field("syslog.hostname", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("_HOSTNAME", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("upstream", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .fallback("upstream_port", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
            .constant("connection_info.direction_id", 2)
            .activity(1)
            .build();

    private static final Map<String, Integer> CODES = Map.ofEntries(
            Map.entry("NXDOMAIN", 3),
            Map.entry("NODATA", 0),
            Map.entry("NODATA-IPv4", 0),
            Map.entry("NODATA-IPv6", 0),
            Map.entry("SERVFAIL", 2),
            Map.entry("REFUSED", 5),
            Map.entry("NOTIMP", 4),
            Map.entry("not", 4),
            Map.entry("FORMERR", 1));

    private static final Conversion CODE = Conversion.words(CODES);

    /// An answer is an address or a name; a word in capitals says why there is none, one in `<>` of
    /// what kind it is, and behind a space stands more for people.
    private static final Conversion RDATA = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = AuditRecord.word(b, from, from + Column.length(slice));
        long word = Column.pack(from, end);
        if (CODE.write(row, RCODE, word, kind)) {
            return true;
        }
        boolean plain = Addresses.clean(b, from, end) >= 0 || end == from + Column.length(slice);
        if (end > from && b[from] == '"') {
            row.batch().add(to, slice);
            row.set(RCODE, 0);
        } else if (end > from && b[from] != '<' && plain) {
            row.batch().add(to, word);
            row.set(RCODE, 0);
        }
        return true;
    };

    private static Mapping.Builder answered(String name) {
        return served(name, 2).field("answer", ANSWERS, RDATA);
    }

    private static final Mapping ANSWERED = answered("answer").build();

    private static final Mapping BLOCKED = answered("blocked")
            .field("list", "firewall_rule.name", TEXT)
            .constant("action_id", 2)
            .constant("disposition_id", 2)
            .build();

    private static final Mapping REBIND = served("rebind", 2)
            .field("message", "message", TEXT)
            .constant("severity_id", 3)
            .constant("action_id", 2)
            .constant("disposition_id", 2)
            .build();

    private static final Mapping OTHER =
            kind("other", 0).field("message", "message", TEXT).activity(99).build();

    private static Kind form(String form, Mapping mapping) {
        return new Kind(MessageForm.of(form), mapping);
    }

    private static final List<Kind> DNS = List.of(
            form("query\\[{type}] {query} from {from:addr}", ASKED),
            form("auth\\[{type}] {query} from {from:addr}", ASKED),
            form("forwarded {query} to {upstream:addr}[#{upstream_port:int}]", FORWARDED),
            form("dnssec-query\\[{type}] {query} to {upstream:addr}[#{upstream_port:int}]", FORWARDED),
            form("dnssec-retry\\[{type}] {query} to {upstream:addr}[#{upstream_port:int}]", FORWARDED),
            form("reply error is {answer:rest}", ANSWERED),
            form("reply {query} is {answer:rest}", ANSWERED),
            form("cached {query} is {answer:rest}", ANSWERED),
            form("cached-stale {query} is {answer:rest}", ANSWERED),
            form("config {query} is {answer:rest}", ANSWERED),
            form("DHCP {query} is {answer:rest}", ANSWERED),
            form("auth {query} is {answer:rest}", ANSWERED),
            form("/{file} {query} is {answer:rest}", ANSWERED),
            form("gravity blocked {query} is {answer:rest}", BLOCKED),
            form("regex blocked {query} is {answer:rest}", BLOCKED),
            form("regex denied {query} is {answer:rest}", BLOCKED),
            form("exactly denied {query} is {answer:rest}", BLOCKED),
            form("exactly blacklisted {query} is {answer:rest}", BLOCKED),
            form("regex blacklisted {query} is {answer:rest}", BLOCKED),
            form(
                    "validation {query} is {validation:rest}",
                    served("validation", 6).build()),
            form("possible DNS-rebind attack detected: {query:word}", REBIND));

    private static Mapping lease(String name, int activity) {
        return kind(name, 4004)
                .field("transaction", "transaction_uid", TEXT)
                .field("address", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("mac", "src_endpoint.mac", NetworkFields.MAC)
                .field("duid", "src_endpoint.uid", TEXT)
                .field("name", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("interface", "dst_endpoint.interface_name", TEXT)
                .field("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("_HOSTNAME", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("reason", "status_detail", TEXT)
                .activity(activity)
                .build();
    }

    /// The message types of DHCP (RFC 2131) and, where they mean the same, of DHCPv6 (RFC 8415).
    private static final Map<String, Mapping> LEASES = Map.ofEntries(
            Map.entry("DHCPDISCOVER", lease("discover", 1)),
            Map.entry("DHCPSOLICIT", lease("solicit", 1)),
            Map.entry("DHCPOFFER", lease("offer", 2)),
            Map.entry("DHCPADVERTISE", lease("advertise", 2)),
            Map.entry("DHCPREQUEST", lease("request", 3)),
            Map.entry("DHCPRENEW", lease("renew", 3)),
            Map.entry("DHCPREBIND", lease("rebind", 3)),
            Map.entry("DHCPDECLINE", lease("decline", 4)),
            Map.entry("DHCPACK", lease("ack", 5)),
            Map.entry("DHCPREPLY", lease("reply", 5)),
            Map.entry("DHCPNAK", lease("nak", 6)),
            Map.entry("DHCPRELEASE", lease("release", 7)),
            Map.entry("DHCPINFORM", lease("inform", 8)),
            Map.entry("DHCPINFORMATION-REQUEST", lease("information request", 8)));

    private static final int TRANSACTION = FieldNames.of("transaction");
    private static final int INTERFACE = FieldNames.of("interface");
    private static final int ADDRESS = FieldNames.of("address");
    private static final int MAC = FieldNames.of("mac");
    private static final int DUID = FieldNames.of("duid");
    private static final int NAME = FieldNames.of("name");
    private static final int REASON = FieldNames.of("reason");
    private static final int DHCP_TYPE = FieldNames.of("dhcp_message");

    @Override
    public String name() {
        return "dnsmasq";
    }

    @Override
    public String product() {
        return "dnsmasq 2.40 to 2.91 and Pi-hole: queries, answers, DHCP";
    }

    @Override
    public boolean claims(Line line) {
        long app = line.header().app();
        if (app < 0) {
            return false;
        }
        int from = Column.from(app);
        int length = Column.length(app);
        return line.at(from, "dnsmasq") && (length == 7 || length > 7 && line.bytes()[from + 7] == '-');
    }

    @Override
    public void read(Line line, Row row) {
        understand(row, line.from(), line.to());
    }

    /// Ends the row as what dnsmasq's message `[from, to)` says.
    static void understand(Row row, int from, int to) {
        byte[] b = row.bytes();
        int at = AuditRecord.spaces(b, from, to);
        int end = AuditRecord.word(b, at, to);
        int serial = at;
        int serialEnd = end;
        boolean numbered = end > at && isNumber(b, at, end);
        if (numbered) {
            at = AuditRecord.spaces(b, end, to);
            end = AuditRecord.word(b, at, to);
        }
        if (lease(row, at, to, numbered ? Column.pack(serial, serialEnd) : -1)) {
            return;
        }
        if (numbered) {
            row.field(SERIAL, serial, serialEnd);
            int slash = AuditRecord.indexOf(b, '/', at, end);
            if (slash > at && Addresses.clean(b, at, slash) >= 0) {
                row.field(CLIENT, at, slash);
                row.field(CLIENT_PORT, slash + 1, end);
                at = AuditRecord.spaces(b, end, to);
            } else if (end - at == 6 && AuditRecord.stands(b, at, end, "dnssec")) {
                // A question of its own, for no client.
                at = AuditRecord.spaces(b, end, to);
            }
        }
        for (Kind kind : DNS) {
            if (kind.form.match(row, at, to)) {
                row.field(MESSAGE, at, to);
                row.map(kind.mapping);
                return;
            }
        }
        row.field(MESSAGE, at, to);
        row.map(OTHER);
    }

    private static boolean isNumber(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /// `DHCPACK(eth0) 10.20.0.14 00:00:5e:00:53:01 name`; each part but the first may be missing.
    private static boolean lease(Row row, int from, int to, long transaction) {
        byte[] b = row.bytes();
        if (!AuditRecord.stands(b, from, to, "DHCP")) {
            return false;
        }
        int open = AuditRecord.indexOf(b, '(', from, Math.min(to, from + 32));
        int close = open < 0 ? -1 : AuditRecord.indexOf(b, ')', open, Math.min(to, open + 32));
        if (close < 0) {
            return false;
        }
        String type = new String(b, from, open - from, StandardCharsets.ISO_8859_1);
        Mapping mapping = LEASES.get(type);
        if (mapping == null) {
            return false;
        }
        row.field(DHCP_TYPE, from, open);
        row.field(INTERFACE, open + 1, close);
        if (transaction >= 0) {
            row.field(TRANSACTION, transaction, EventBatch.TEXT);
        }
        int at = AuditRecord.spaces(b, close + 1, to);
        int end = AuditRecord.word(b, at, to);
        boolean identified = false;
        if (Addresses.clean(b, at, end) >= 0) {
            row.field(ADDRESS, at, end);
            at = AuditRecord.spaces(b, end, to);
            end = AuditRecord.word(b, at, to);
        }
        if (end - at >= 14 && isPairs(b, at, end)) {
            row.field(end - at == 17 ? MAC : DUID, at, end);
            identified = true;
            at = AuditRecord.spaces(b, end, to);
            end = AuditRecord.word(b, at, to);
        }
        if (at < to) {
            boolean one = end == to;
            boolean answer = type.equals("DHCPACK") || type.equals("DHCPREPLY") || type.equals("DHCPADVERTISE");
            row.field(one && identified && answer ? NAME : REASON, at, to);
        }
        row.map(mapping);
        return true;
    }

    /// Pairs of hexadecimal digits with colons between: a hardware address or a DUID.
    private static boolean isPairs(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            boolean good = (i - from) % 3 == 2 ? b[i] == ':' : Character.digit(b[i], 16) >= 0;
            if (!good) {
                return false;
            }
        }
        return (to - from) % 3 == 2;
    }
}
