package io.carom.source;

import static io.carom.source.mapping.Conversion.EPOCH;
import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
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
import io.carom.source.parse.KeyValues;
import io.carom.source.parse.Times;
import java.util.Map;

/// Fortinet FortiOS logs and those of its relatives (FortiProxy, FortiWeb, FortiMail, FortiAuthenticator):
/// `key=value` pairs with spaces or commas between.
///
/// Names follow the "FortiOS Log Message Reference", 5.6 to 7.6. `eventtime` counts seconds, later
/// nanoseconds, from 1970; where it lacks, `date` and `time` are the device's local ones, with `tz` its
/// offset from UTC since 6.2.
@AutoService(Source.class)
public final class Fortigate implements LineSource {
    private static final int TYPE = FieldNames.of("type");
    private static final int SUBTYPE = FieldNames.of("subtype");
    private static final int ACTION = FieldNames.of("action");
    private static final int EVENTTIME = FieldNames.of("eventtime");
    private static final int TIMESTAMP = FieldNames.of("timestamp");
    private static final int DATE = FieldNames.of("date");
    private static final int TIME = FieldNames.of("time");
    private static final int ZONE = FieldNames.of("tz");
    private static final int USER = FieldNames.of("user");
    private static final int SRC = FieldNames.of("srcip");
    private static final int DST = FieldNames.of("dstip");
    private static final int REMOTE = FieldNames.of("remip");
    private static final int UI = FieldNames.of("ui");
    private static final int CLIENT = FieldNames.of("client_ip");
    private static final int PLAIN_SRC = FieldNames.of("src");
    private static final int PLAIN_DST = FieldNames.of("dst");
    private static final int MAIL_DST = FieldNames.of("dst_ip");
    private static final int WEB_HOST = FieldNames.of("hostname");
    private static final int LEASE = FieldNames.of("ip");
    private static final int USER_IP = FieldNames.of("userip");

    private static final Map<String, Integer> LEVELS = Map.of(
            "debug",
            1,
            "information",
            1,
            "notice",
            1,
            "warning",
            2,
            "error",
            3,
            "critical",
            4,
            "alert",
            4,
            "emergency",
            5);

    /// The address in `https(192.0.2.1)`.
    private static final Conversion ADDRESS_IN_BRACKETS = (row, to, slice, kind) -> {
        long inner = inBrackets(row.bytes(), slice);
        if (inner >= 0) {
            Conversion.put(row, to, inner);
        }
        return true;
    };

    /// A name that FortiOS may write in brackets.
    private static final Conversion QUERY_NAME = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        boolean brackets = end - from > 2 && row.bytes()[from] == '[' && row.bytes()[end - 1] == ']';
        return TEXT.write(row, to, brackets ? Column.pack(from + 1, end - 1) : slice, kind);
    };

    /// A mail address, of FortiMail's sender.
    private static final Conversion MAIL = (row, to, slice, kind) -> {
        for (int i = Column.from(slice); i < Column.from(slice) + Column.length(slice); i++) {
            if (row.bytes()[i] == '@') {
                return TEXT.write(row, to, slice, kind);
            }
        }
        return true;
    };

    private static long inBrackets(byte[] b, long slice) {
        if (slice < 0) {
            return -1;
        }
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int open = from;
        while (open < end && b[open] != '(') {
            open++;
        }
        return open < end && b[end - 1] == ')' ? Addresses.clean(b, open + 1, end - 1) : -1;
    }

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("type", "metadata.log_name", TEXT)
                .field("logid", "metadata.event_code", TEXT)
                .field("devname", "device.hostname", NetworkFields.HOSTNAME)
                .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("devid", "device.uid", TEXT)
                .field("level", "severity_id", words(LEVELS))
                .field("action", "action_id", NetworkFields.KNOWN_VERDICT)
                .field("status", "status_id", GenericFields.OUTCOME)
                .field("reason", "status_detail", NetworkFields.WORD)
                .field("msg", "message", TEXT)
                .fallback("logdesc", "message", TEXT)
                .product("Fortinet", "FortiGate");
    }

    private static Mapping.Builder endpoints(Mapping.Builder to) {
        return to.field("srcip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("srcip", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("srcintf", "src_endpoint.interface_name", TEXT)
                .field("srcname", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("srcmac", "src_endpoint.mac", NetworkFields.MAC)
                .field("dstip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dstip", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dstintf", "dst_endpoint.interface_name", TEXT)
                .field("hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dstname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dstmac", "dst_endpoint.mac", NetworkFields.MAC)
                .fallback("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("client_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("userip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("dst_ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("src_int", "src_endpoint.interface_name", TEXT)
                .fallback("clientip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                // The client of the device's own DHCP server.
                .fallback("ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("ip", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("src", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("dst", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("client_ip", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("userip", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("dst_ip", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                // `GUI(192.0.2.1)`: where an administrator sat.
                .fallback("ui", "src_endpoint.ip", ADDRESS_IN_BRACKETS)
                .fallback("srcport", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("src_port", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("dstport", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
                .fallback("dst_port", "dst_endpoint.port", NetworkFields.DESTINATION_PORT);
    }

    private static Mapping.Builder session(String name) {
        return endpoints(kind(name, 4001))
                .field("user", "actor.user.name", NetworkFields.ACCOUNT)
                .field("user", "actor.user.domain", NetworkFields.DOMAIN)
                .fallback("unauthuser", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("user_name", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("from", "actor.user.name", MAIL)
                .fallback("from", "actor.user.email_addr", MAIL)
                .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
                .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("sessionid", "connection_info.uid", TEXT)
                .field(
                        "direction",
                        "connection_info.direction_id",
                        words(Map.of("incoming", 1, "inbound", 1, "outgoing", 2, "outbound", 2), 0))
                .field("app", "app_name", TEXT)
                .fallback("service", "app_name", LOWER)
                .field("policyname", "firewall_rule.name", TEXT)
                .field("policyid", "firewall_rule.uid", TEXT)
                .field("url", "url.url_string", TEXT)
                .compose(WebFields.WHOLE_OF_SESSION);
    }

    private static final Mapping TRAFFIC = session("traffic")
            .field("sentbyte", "traffic.bytes_out", INTEGER)
            .field("rcvdbyte", "traffic.bytes_in", INTEGER)
            .field("sentpkt", "traffic.packets_out", INTEGER)
            .field("rcvdpkt", "traffic.packets_in", INTEGER)
            .field("duration", "duration", SECONDS)
            .field(
                    "action",
                    "activity_id",
                    words(
                            Map.of(
                                    "start",
                                    1,
                                    "accept",
                                    6,
                                    "close",
                                    2,
                                    "timeout",
                                    2,
                                    "client-rst",
                                    3,
                                    "server-rst",
                                    3,
                                    "deny",
                                    5,
                                    "ip-conn",
                                    4),
                            6))
            .build();

    private static final Mapping UTM = session("utm")
            .field("attack", "message", TEXT)
            .field("virus", "message", TEXT)
            .field("sentbyte", "traffic.bytes_out", INTEGER)
            .field("rcvdbyte", "traffic.bytes_in", INTEGER)
            .activity(6)
            .build();

    private static final Mapping DNS = endpoints(kind("dns", 4003))
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .field("user", "actor.user.domain", NetworkFields.DOMAIN)
            .field("qname", "query.hostname", QUERY_NAME)
            .field("qtype", "query.type", TEXT)
            .field("qclass", "query.class", TEXT)
            .field("ipaddr", "answers[].rdata", TEXT)
            .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
            .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
            .field("eventtype", "activity_id", words(Map.of("dns-query", 1, "dns-response", 2), 99))
            .build();

    private static final Mapping TUNNEL = kind("vpn", 4014)
            .field("remip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("remport", "src_endpoint.port", PORT)
            .field("locip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("locport", "dst_endpoint.port", PORT)
            .field("outintf", "dst_endpoint.interface_name", NetworkFields.WORD)
            .field("user", "user.name", NetworkFields.ACCOUNT)
            .field("user", "user.domain", NetworkFields.DOMAIN)
            .fallback("xauthuser", "user.name", NetworkFields.ACCOUNT)
            // The address leased to the client within the tunnel.
            .field("tunnelip", "tunnel_interface.ip", NetworkFields.IP_OR_NONE)
            .field("assignip", "tunnel_interface.ip", NetworkFields.IP_OR_NONE)
            .field("tunneltype", "protocol_name", TEXT)
            .field("tunnelid", "session.uid", TEXT)
            .field("vpntunnel", "tunnel_interface.name", TEXT)
            .field("sentbyte", "traffic.bytes_in", INTEGER)
            .field("rcvdbyte", "traffic.bytes_out", INTEGER)
            .field("duration", "duration", SECONDS)
            .field(
                    "action",
                    "activity_id",
                    words(
                            Map.of(
                                    "tunnel-up", 1,
                                    "ssl-new-con", 99,
                                    "tunnel-down", 2,
                                    "tunnel-stats", 3,
                                    "phase1-up", 1,
                                    "phase2-up", 1,
                                    "phase2-down", 2,
                                    "install_sa", 3),
                            99))
            .constant("tunnel_type_id", 0)
            .build();

    private static Mapping.Builder signing(String name) {
        return endpoints(kind(name, 3002))
                .field("user", "user.name", NetworkFields.ACCOUNT)
                .field("user", "user.domain", NetworkFields.DOMAIN)
                .field("remip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("service", "service.name", TEXT)
                .fallback("vpntunnel", "service.name", TEXT)
                .fallback("method", "service.name", TEXT)
                .constant("service.name", "FortiGate");
    }

    private static final Mapping LOGON = signing("logon").activity(1).build();
    private static final Mapping LOGON_FAILED =
            signing("logon failed").constant("status_id", 2).activity(1).build();
    private static final Mapping LOGOFF = signing("logoff").activity(2).build();

    private static final Mapping EVENT_NETWORK =
            session("event").field("action", "activity_name", TEXT).activity(99).build();
    private static final Mapping EVENT = kind("event without addresses", 0)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .field("user", "actor.user.domain", NetworkFields.DOMAIN)
            .field("action", "activity_name", TEXT)
            .activity(99)
            .build();

    private static final ThreadLocal<KeyValues> SPACES = ThreadLocal.withInitial(() -> new KeyValues(' '));
    private static final ThreadLocal<KeyValues> COMMAS = ThreadLocal.withInitial(() -> new KeyValues(','));

    @Override
    public String name() {
        return "fortigate";
    }

    @Override
    public String product() {
        return "Fortinet FortiGate (FortiOS 5.6 to 7.6), FortiProxy, FortiWeb, FortiMail: key=value and CSV";
    }

    @Override
    public boolean claims(Line line) {
        int from = start(line);
        if (!line.at(from, "date=")
                && !line.at(from, "time=")
                && !line.at(from, "timestamp=")
                && !line.at(from, "devname=")
                && !line.at(from, "logver=")
                && !line.at(from, "eventtime=")
                && !line.at(from, "itime=")) {
            return false;
        }
        return (isPair(line, from, "logid=")
                        || isPair(line, from, "log_id=")
                        || isPair(line, from, "devid=")
                        || isPair(line, from, "device_id="))
                && isPair(line, from, "type=");
    }

    /// Whether a pair of this name is there, and not only a name that ends so.
    private static boolean isPair(Line line, int from, String name) {
        for (int at = line.indexOf(name, from); at >= 0; at = line.indexOf(name, at + 1)) {
            if (at == from || line.bytes()[at - 1] == ' ' || line.bytes()[at - 1] == ',') {
                return true;
            }
        }
        return false;
    }

    /// Where the first pair stands; older devices write a sequence or a host before it that a header took.
    private static int start(Line line) {
        int at = line.from();
        while (at < line.to() && line.bytes()[at] == ' ') {
            at++;
        }
        return at;
    }

    @Override
    public void read(Line line, Row row) {
        int from = start(line);
        (isCommas(row.bytes(), from, line.to()) ? COMMAS : SPACES).get().parse(row, from, line.to());
        time(row);
        row.map(mapping(row));
    }

    private static boolean isCommas(byte[] b, int from, int to) {
        for (int at = from; at < to; at++) {
            if (b[at] == ' ') {
                return false;
            }
            if (b[at] == ',') {
                return true;
            }
        }
        return false;
    }

    private static void time(Row row) {
        long slice = row.value(EVENTTIME);
        if (slice >= 0 && EPOCH.write(row, Attribute.TIME, slice, EventBatch.NUMBER)) {
            return;
        }
        long date = row.value(DATE);
        long clock = row.value(TIME);
        if (date >= 0 && clock >= 0 && Column.length(date) == 10 && Column.length(clock) <= 16) {
            long zone = row.value(ZONE);
            int length = Column.length(date) + 1 + Column.length(clock) + (zone < 0 ? 0 : Column.length(zone));
            EventBatch batch = row.batch();
            byte[] b = batch.reserve(length);
            int at = batch.arenaEnd();
            System.arraycopy(b, Column.from(date), b, at, 10);
            b[at + 10] = ' ';
            System.arraycopy(b, Column.from(clock), b, at + 11, Column.length(clock));
            if (zone >= 0) {
                System.arraycopy(b, Column.from(zone), b, at + 11 + Column.length(clock), Column.length(zone));
            }
            // Read at once and left behind the arena's end: nothing refers to it.
            long millis = Times.iso(b, at, length, row.context().zone());
            if (millis != Times.NONE) {
                row.set(Attribute.TIME, millis);
                return;
            }
        }
        slice = row.value(TIMESTAMP);
        if (slice >= 0) {
            EPOCH.write(row, Attribute.TIME, slice, EventBatch.NUMBER);
        }
    }

    private static Mapping mapping(Row row) {
        boolean endpoint = NetworkFields.isSaid(row, SRC)
                || NetworkFields.isSaid(row, DST)
                || NetworkFields.isSaid(row, CLIENT)
                || NetworkFields.isSaid(row, USER_IP)
                || NetworkFields.isSaid(row, PLAIN_SRC)
                || NetworkFields.isSaid(row, PLAIN_DST)
                || NetworkFields.isSaid(row, MAIL_DST)
                || NetworkFields.isSaid(row, WEB_HOST)
                || NetworkFields.isSaid(row, LEASE)
                || inBrackets(row.bytes(), row.value(UI)) >= 0;
        if (row.is(TYPE, "traffic")) {
            return endpoint ? TRAFFIC : EVENT;
        }
        if (row.is(TYPE, "dns") || row.is(SUBTYPE, "dns") && !row.is(TYPE, "event")) {
            return endpoint ? DNS : EVENT;
        }
        if (row.is(TYPE, "utm") || row.is(TYPE, "anomaly") || row.is(TYPE, "ips") || row.is(TYPE, "virus")) {
            return endpoint ? UTM : EVENT;
        }
        boolean user = NetworkFields.isSaid(row, USER);
        long action = row.value(ACTION);
        if (user && action >= 0) {
            byte[] b = row.bytes();
            if (GenericFields.saysLogoff(b, action)) {
                return LOGOFF;
            }
            if (NetworkFields.isWord(b, Column.from(action), Column.length(action), "ssl-login-fail")) {
                return LOGON_FAILED;
            }
            if (GenericFields.saysLogon(b, action)) {
                return LOGON;
            }
        }
        if (row.has(REMOTE)) {
            return TUNNEL;
        }
        return endpoint ? EVENT_NETWORK : EVENT;
    }
}
