package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.MessageForm;
import io.carom.source.parse.NameTable;
import io.carom.source.parse.Numbers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Cisco ASA, Firepower Threat Defense and AnyConnect: `%ASA-6-302013: …`, `%FTD-…`, `%NGIPS-…`.
///
/// Forms follow "Cisco Secure Firewall ASA Series Syslog Messages" and "Cisco Secure Firewall Threat
/// Defense Syslog Messages". The first endpoint a connection names is the one on the less trusted
/// interface: an `inbound` connection was begun there, an `outbound` one by the second, and a teardown does
/// not say, so that ports decide, with less confidence. Messages of no listed form keep what their words
/// tell.
@AutoService(Source.class)
public final class CiscoAsa implements LineSource {
    /// A kind of message: its forms, the first that fits is taken, and its mapping.
    private record Kind(List<MessageForm> forms, Mapping mapping) {}

    private static final Map<Integer, Kind> KINDS = new HashMap<>();

    /// `0:10:06`, `2h:28m:09s`, `1d 2h:28m:09s` as milliseconds.
    private static final Conversion CLOCK = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int end = Column.from(slice) + Column.length(slice);
        long seconds = 0;
        long number = 0;
        long days = 0;
        for (int at = Column.from(slice); at < end; at++) {
            byte c = b[at];
            if (c >= '0' && c <= '9') {
                number = number * 10 + c - '0';
                if (number > 100_000_000L) {
                    return false;
                }
            } else if (c == 'd') {
                days = number;
                number = 0;
            } else if (c == ':') {
                seconds = (seconds + number) * 60;
                number = 0;
            } else if (c != 'h' && c != 'm' && c != 's' && c != ' ') {
                return false;
            }
        }
        Conversion.put(row, to, (days * 86_400 + seconds + number) * 1000);
        return true;
    };

    /// A leased address; ASA writes `0.0.0.0` and `::` for none.
    private static final Conversion ASSIGNED = (row, to, slice, kind) -> {
        if (!row.equal(slice, "0.0.0.0") && !row.equal(slice, "::")) {
            Conversion.IP.write(row, to, slice, kind);
        }
        return true;
    };

    /// A user, where Threat Defense may write why it knows none.
    private static final Conversion REAL_USER = (row, to, slice, kind) -> row.equal(slice, "No Authentication Required")
            || row.equal(slice, "Not Found")
            || row.equal(slice, "Special Identities/No Authentication Required")
            || row.equal(slice, "Pending")
            || NetworkFields.ACCOUNT.write(row, to, slice, kind);

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("product", "metadata.product.name", TEXT)
                .field("message_id", "metadata.event_code", TEXT)
                .field(
                        "level",
                        "severity_id",
                        words(Map.of("0", 6, "1", 5, "2", 4, "3", 3, "4", 2, "5", 1, "6", 1, "7", 1), 0))
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("text", "message", TEXT)
                .constant("metadata.product.vendor_name", "Cisco")
                .constant("metadata.product.name", "ASA");
    }

    private static Mapping.Builder connection(String name, boolean firstBegan) {
        String first = firstBegan ? "src_endpoint." : "dst_endpoint.";
        String second = firstBegan ? "dst_endpoint." : "src_endpoint.";
        return kind(name, 4001)
                .field("first_ip", first + "ip", NetworkFields.IP_OR_NONE)
                .field("first_ip", first + "hostname", NetworkFields.HOSTNAME)
                .field("first_port", first + "port", PORT)
                .field("first_interface", first + "interface_name", TEXT)
                .field("second_ip", second + "ip", NetworkFields.IP_OR_NONE)
                .field("second_ip", second + "hostname", NetworkFields.HOSTNAME)
                .field("second_port", second + "port", PORT)
                .field("second_interface", second + "interface_name", TEXT)
                .field("protocol", "connection_info.protocol_name", LOWER)
                .field("protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("connection", "connection_info.uid", TEXT)
                .field("bytes", "traffic.bytes", INTEGER)
                .field("duration", "duration", CLOCK)
                .field("reason", "status_detail", TEXT)
                .field(firstBegan ? "first_user" : "second_user", "actor.user.name", NetworkFields.ACCOUNT)
                .field(firstBegan ? "first_user" : "second_user", "actor.user.domain", NetworkFields.DOMAIN)
                .field("user", "actor.user.name", NetworkFields.ACCOUNT)
                .field("user", "actor.user.domain", NetworkFields.DOMAIN)
                .field("rule", "firewall_rule.name", TEXT)
                .field("url", "url.url_string", TEXT)
                .compose(WebFields.WHOLE_OF_SESSION);
    }

    private static final Mapping BUILT_INBOUND = connection("built inbound", true)
            .constant("connection_info.direction_id", 1)
            .constant("action_id", 1)
            .activity(1)
            .build();
    private static final Mapping BUILT_OUTBOUND = connection("built outbound", false)
            .constant("connection_info.direction_id", 2)
            .constant("action_id", 1)
            .activity(1)
            .build();
    private static final Mapping TEARDOWN =
            connection("teardown", true).activity(2).build();
    private static final Mapping TEARDOWN_TURNED =
            connection("teardown, begun by the second", false).activity(2).build();
    private static final Mapping TRANSLATION =
            connection("translation", true).activity(99).build();
    private static final Mapping SEEN = connection("seen", true).activity(6).build();
    private static final Mapping DENIED =
            connection("denied", true).constant("action_id", 2).activity(5).build();
    private static final Mapping PERMITTED =
            connection("permitted", true).constant("action_id", 1).activity(6).build();
    private static final Mapping FAILED = connection("failed", true).activity(4).build();

    /// Connection, intrusion and file events of Threat Defense: `Name: value` with commas between.
    private static final Mapping EVENT = kind("event", 4001)
            .field("FirstPacketSecond", "time", TIME)
            .fallback("EventTime", "time", TIME)
            .field("SrcIP", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("SrcPort", "src_endpoint.port", PORT)
            .field("IngressInterface", "src_endpoint.interface_name", TEXT)
            .field("IngressZone", "src_endpoint.zone", TEXT)
            .field("DstIP", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("DstPort", "dst_endpoint.port", PORT)
            .field("EgressInterface", "dst_endpoint.interface_name", TEXT)
            .field("EgressZone", "dst_endpoint.zone", TEXT)
            .field("Protocol", "connection_info.protocol_name", LOWER)
            .field("Protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
            .field("ConnectionID", "connection_info.uid", TEXT)
            .field("AccessControlRuleName", "firewall_rule.name", TEXT)
            .field("AccessControlRuleAction", "action_id", NetworkFields.VERDICT)
            .fallback("InlineResult", "action_id", NetworkFields.VERDICT)
            .field("InitiatorBytes", "traffic.bytes_out", INTEGER)
            .field("ResponderBytes", "traffic.bytes_in", INTEGER)
            .field("InitiatorPackets", "traffic.packets_out", INTEGER)
            .field("ResponderPackets", "traffic.packets_in", INTEGER)
            .field("ConnectionDuration", "duration", Conversion.SECONDS)
            .field("User", "actor.user.name", REAL_USER)
            .field("User", "actor.user.domain", NetworkFields.DOMAIN)
            .field("ApplicationProtocol", "app_name", TEXT)
            .field("URL", "url.url_string", TEXT)
            .fallback("URI", "url.url_string", TEXT)
            .field("Message", "message", TEXT)
            .fallback("ThreatName", "message", TEXT)
            .field(
                    "Priority",
                    "severity_id",
                    words(Map.of("1", 4, "2", 3, "3", 2, "high", 4, "medium", 3, "low", 2), 1))
            .activity(6)
            .build();

    private static Mapping.Builder session(String name) {
        return kind(name, 4014)
                .field("public_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("public_port", "src_endpoint.port", PORT)
                .field("local_ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("local_port", "dst_endpoint.port", PORT)
                .field("user", "user.name", NetworkFields.ACCOUNT)
                .field("user", "user.domain", NetworkFields.DOMAIN)
                // The address leased to the client within the tunnel.
                .field("assigned_ip", "tunnel_interface.ip", ASSIGNED)
                .field("assigned_ipv6", "tunnel_interface.ip", ASSIGNED)
                .field("session_type", "protocol_name", TEXT)
                .field("session_id", "session.uid", TEXT)
                .field("duration", "duration", CLOCK)
                // Bytes transmitted are the gateway's, which the client received.
                .field("bytes_xmt", "traffic.bytes_in", INTEGER)
                .field("bytes_rcv", "traffic.bytes_out", INTEGER)
                .field("reason", "status_detail", TEXT)
                .constant("tunnel_type_id", 0);
    }

    private static final Mapping SESSION_OPEN =
            session("VPN session begun").activity(1).build();
    private static final Mapping SESSION_CLOSE =
            session("VPN session ended").activity(2).build();
    private static final Mapping SESSION = session("VPN session").activity(99).build();

    private static Mapping.Builder signing(String name, int status) {
        return kind(name, 3002)
                .field("public_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("public_port", "src_endpoint.port", PORT)
                .field("server", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("server", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("server_port", "dst_endpoint.port", PORT)
                .field("user", "user.name", NetworkFields.ACCOUNT)
                .field("user", "user.domain", NetworkFields.DOMAIN)
                .field("reason", "status_detail", TEXT)
                .field("service", "service.name", TEXT)
                .constant("service.name", "AAA")
                .constant("status_id", status)
                .activity(1);
    }

    private static final Mapping SIGNED_IN = signing("sign-in", 1).build();
    private static final Mapping SIGN_IN_FAILED = signing("sign-in failed", 2).build();
    private static final Mapping SIGN_IN_FAILED_UNKNOWN = connection("sign-in failed, user hidden", true)
            .field("public_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("server", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .constant("status_id", 2)
            .activity(99)
            .build();

    private static final Mapping COMMAND = kind("command", 0)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .field("command", "activity_name", TEXT)
            .activity(99)
            .build();
    private static final Mapping TOLD = kind("told by words", 4001).activity(99).build();
    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private static void put(String ids, Mapping mapping, String... forms) {
        Kind kind = new Kind(Arrays.stream(forms).map(MessageForm::of).toList(), mapping);
        for (String id : ids.split(",")) {
            KINDS.put(Integer.valueOf(id), kind);
        }
    }

    private static final String FIRST = "{first_interface}:{first_ip:addr}/{first_port:int}";
    private static final String SECOND = "{second_interface}:{second_ip:addr}/{second_port:int}";

    static {
        put(
                "106001",
                DENIED,
                "Inbound TCP connection denied from {first_ip:addr}/{first_port:int} to "
                        + "{second_ip:addr}/{second_port:int} flags {flags}  on interface {first_interface:rest}");
        put(
                "106002",
                DENIED,
                "{protocol} Connection denied by outbound list {rule} src {first_ip:addr} {first_port:int} "
                        + "dest {second_ip:addr} {second_port:int}");
        put(
                "106006,106007",
                DENIED,
                "Deny inbound {protocol} from {first_ip:addr}/{first_port:int} to "
                        + "{second_ip:addr}/{second_port:int}[ on interface {first_interface:word}]");
        put(
                "106010",
                DENIED,
                "Deny inbound {protocol} src {first_interface}:{first_ip:addr}[/{first_port:int}] dst "
                        + "{second_interface}:{second_ip:addr}[/{second_port:int}]");
        put(
                "106011",
                DENIED,
                "Deny inbound (No xlate) {protocol} src {first_interface}:{first_ip:addr}"
                        + "[/{first_port:int}] dst {second_interface}:{second_ip:addr}[/{second_port:int}]");
        put(
                "106012,106017",
                DENIED,
                "Deny IP from {first_ip:addr} to {second_ip:addr}",
                "Deny IP due to Land Attack from {first_ip:addr} to {second_ip:addr}");
        put("106013", DENIED, "Dropping echo request from {first_ip:addr} to PAT address {second_ip:addr}");
        put(
                "106014",
                DENIED,
                "Deny inbound {protocol} src {first_interface}:{first_ip:addr}[({first_user})] dst "
                        + "{second_interface}:{second_ip:addr}[({second_user})] (type {icmp_type:int}, code {icmp_code:int})");
        put(
                "106015",
                DENIED,
                "Deny {protocol} (no connection) from {first_ip:addr}/{first_port:int} to "
                        + "{second_ip:addr}/{second_port:int} flags {flags} on interface {first_interface:rest}");
        put(
                "106016",
                DENIED,
                "Deny IP spoof from ({first_ip:addr}) to {second_ip:addr} on interface {first_interface:rest}");
        put(
                "106018",
                DENIED,
                "{protocol} packet type {icmp_type:word} denied by outbound list {rule} src {first_ip:addr} "
                        + "dest {second_ip:addr}");
        put(
                "106021",
                DENIED,
                "Deny {protocol} reverse path check from {first_ip:addr} to {second_ip:addr} on interface "
                        + "{first_interface:rest}");
        put(
                "106023",
                DENIED,
                "Deny {protocol} src {first_interface}:{first_ip:addr}[/{first_port:int}][({first_user})] dst "
                        + "{second_interface}:{second_ip:addr}[/{second_port:int}][({second_user})]"
                        + "[ (type {icmp_type:int}, code {icmp_code:int})] by access-group \"{rule}\"",
                "Deny protocol {protocol} src {first_interface}:{first_ip:addr}[/{first_port:int}][({first_user})] dst "
                        + "{second_interface}:{second_ip:addr}[/{second_port:int}][({second_user})]"
                        + " by access-group \"{rule}\"");
        put(
                "106100",
                PERMITTED,
                "access-list {rule} {verdict:word} {protocol} {first_interface}/{first_ip:addr}"
                        + "({first_port:int})[({first_user})] -> {second_interface}/{second_ip:addr}({second_port:int})"
                        + "[({second_user})] hit-cnt {hits:int}");
        put(
                "106102,106103",
                PERMITTED,
                "access-list {rule} {verdict:word} {protocol} for user '{user}' "
                        + "{first_interface}/{first_ip:addr}({first_port:int}) -> {second_interface}/{second_ip:addr}"
                        + "({second_port:int}) hit-cnt {hits:int}");
        put(
                "710001,710002",
                PERMITTED,
                "{protocol} access {verdict:word} from {first_ip:addr}/{first_port:int} to " + SECOND);
        put("710003", DENIED, "{protocol} access denied by ACL from {first_ip:addr}/{first_port:int} to " + SECOND);
        put(
                "710005,710006",
                DENIED,
                "{protocol} request discarded from {first_ip:addr}/{first_port:int} to " + SECOND,
                "{protocol} request discarded from {first_ip:addr} to {second_interface}:{second_ip:addr}");
        put(
                "110002,110003",
                FAILED,
                "Routing failed to locate next hop for {protocol} from " + FIRST + " to " + SECOND,
                "Failed to locate egress interface for {protocol} from " + FIRST + " to "
                        + "{second_ip:addr}/{second_port:int}");
        put(
                "302013,302015",
                BUILT_INBOUND,
                "Built {direction:word} {protocol:word} connection {connection:int} for " + FIRST
                        + " ({first_mapped_ip:addr}/{first_mapped_port:int})[({first_user})] to " + SECOND
                        + " ({second_mapped_ip:addr}/{second_mapped_port:int})[({second_user})][ ({user})]");
        put(
                "302303",
                BUILT_INBOUND,
                "Built {protocol:word} state-bypass connection {connection:int} from " + FIRST + " ("
                        + "{first_mapped_ip:addr}/{first_mapped_port:int}) to " + SECOND);
        put(
                "302014,302016,302304",
                TEARDOWN,
                "Teardown {protocol:word} connection {connection:int} for " + FIRST
                        + "[({first_user})] to " + SECOND
                        + "[({second_user})] duration {duration:word} bytes {bytes:int}"
                        + "[ {reason:rest}]",
                "Teardown {protocol:word} state-bypass connection {connection:int} from " + FIRST + " to " + SECOND
                        + " duration {duration:word} bytes {bytes:int}[ {reason:rest}]");
        put(
                "302020",
                BUILT_INBOUND,
                "Built {direction:word} {protocol:word} connection for faddr "
                        + "{first_ip:addr}/{first_port:int}[({first_user})] gaddr {second_mapped_ip:addr}/{second_mapped_port:int} "
                        + "laddr {second_ip:addr}/{second_port:int}[ ({user})][ type {icmp_type:int} code {icmp_code:int}]");
        put(
                "302021",
                TEARDOWN,
                "Teardown {protocol:word} connection for faddr {first_ip:addr}/{first_port:int}"
                        + "[({first_user})] gaddr {second_mapped_ip:addr}/{second_mapped_port:int} laddr "
                        + "{second_ip:addr}/{second_port:int}[ ({second_user})]");
        put(
                "305009,305010",
                TRANSLATION,
                "{} {kind:word} translation from {first_interface}:{first_ip:addr}[({first_user})]"
                        + " to {second_interface}:{second_ip:addr}[ duration {duration:word}]");
        put(
                "305011,305012",
                TRANSLATION,
                "{} {kind:word} {protocol:word} translation from " + FIRST + "[({first_user})] to " + SECOND
                        + "[ duration {duration:word}]");
        put(
                "305005,305006",
                FAILED,
                "No translation group found for {protocol} src {first_interface}:{first_ip:addr}"
                        + "[/{first_port:int}][({first_user})] dst {second_interface}:{second_ip:addr}[/{second_port:int}]",
                "{} translation creation failed for {protocol} src {first_interface}:{first_ip:addr}[/{first_port:int}]"
                        + "[({first_user})] dst {second_interface}:{second_ip:addr}[/{second_port:int}]");
        put(
                "305013",
                DENIED,
                "Asymmetric NAT rules matched for forward and reverse flows; Connection for {protocol:word} "
                        + "src {first_interface}:{first_ip:addr}[/{first_port:int}][({first_user})] dst "
                        + "{second_interface}:{second_ip:addr}[/{second_port:int}]");
        put(
                "313001,313008",
                DENIED,
                "Denied {protocol:word} type={icmp_type:int}, code={icmp_code:int} from "
                        + "{first_ip:addr} on interface {first_interface:rest}");
        put(
                "313004",
                DENIED,
                "Denied {protocol:word} type={icmp_type:int}, from laddr {first_ip:addr} on interface "
                        + "{first_interface} to {second_ip:addr}");
        put(
                "313005",
                DENIED,
                "No matching connection for {} error message: {protocol:word} src {first_interface}:"
                        + "{first_ip:addr}[({first_user})] dst {second_interface}:{second_ip:addr}[({second_user})]");
        put(
                "322001",
                DENIED,
                "Deny MAC address {mac:word}, possible spoof attempt on interface {first_interface:rest}");
        put(
                "338001,338002,338003,338004",
                SEEN,
                "Dynamic Filter {} {verdict:word} {} {protocol:word} traffic from "
                        + "{first_interface}:{first_ip:addr}/{first_port:int} ({}) to {second_interface}:{second_ip:addr}/"
                        + "{second_port:int}");
        put(
                "400000,400010,400014,400023,400024,400025,400026,400027,400028",
                SEEN,
                "IDS:{signature:int} {} from {first_ip:addr} to {second_ip:addr} on interface {first_interface:rest}");
        put("419002", DENIED, "Duplicate TCP SYN from " + FIRST + " to " + SECOND);
        put(
                "500004",
                DENIED,
                "Invalid transport field for protocol={protocol}, from {first_ip:addr}/{first_port:int} to "
                        + "{second_ip:addr}/{second_port:int}");
        put(
                "304001",
                SEEN,
                "{user}@{first_ip:addr} Accessed URL {second_ip:addr}:{url:rest}",
                "{first_ip:addr} Accessed URL {second_ip:addr}:{url:rest}");
        put("304002", DENIED, "Access denied URL {url} SRC {first_ip:addr} DEST {second_ip:addr}");
        put(
                "725001",
                SEEN,
                "Starting SSL handshake with {} {first_interface}:{first_ip:addr}/{first_port:int}"
                        + "[ to {second_ip:addr}/{second_port:int}]");
        put(
                "725002,725006,725003,725016",
                SEEN,
                "Device completed SSL handshake with {} {first_interface}:{first_ip:addr}/{first_port:int}"
                        + "[ to {second_ip:addr}/{second_port:int}]",
                "Device failed SSL handshake with {} {first_interface}:{first_ip:addr}/{first_port:int}"
                        + "[ to {second_ip:addr}/{second_port:int}]",
                "SSL client {first_interface}:{first_ip:addr}/{first_port:int}[ to {second_ip:addr}/{second_port:int}]");
        put(
                "725007",
                SEEN,
                "SSL session with {} {first_interface}:{first_ip:addr}/{first_port:int}"
                        + "[ to {second_ip:addr}/{second_port:int}] terminated");
        put("733102", DENIED, "Threat-detection adds host {first_ip:addr} to shun list");
        put("733101", SEEN, "Object {} {first_ip:addr} ({}) is {}");
        put(
                "401004",
                DENIED,
                "Shunned packet: {first_ip:addr} ==> {second_ip:addr} on interface {first_interface:rest}");

        // Sign-ins of administrators and of VPN users.
        put(
                "113004",
                SIGNED_IN,
                "AAA user {kind} Successful : server = {} {server:addr} : user = {user:rest}",
                "AAA user {kind} Successful : server = {server:addr} : user = {user:rest}",
                "AAA user {kind} Successful : server =  {server:addr} : user = {user:rest}");
        put(
                "113005,113015",
                SIGN_IN_FAILED,
                // Whoever fails chose the name: an address that it tells is none.
                "AAA user {kind} Rejected : reason = {reason} : server = {server:addr} : user = {user:last} : user IP = "
                        + "{public_ip:addr}",
                "AAA user {kind} Rejected : reason = {reason} : local database : user = {user:last} : user IP = "
                        + "{public_ip:addr}",
                "AAA user {kind} Rejected: reason = {reason} : server = {server:addr} : user = {user:last} : user IP = "
                        + "{public_ip:addr}",
                "AAA user {kind} Rejected : reason = {reason} : server = {server:addr} : user = {user:rest}",
                "AAA user {kind} Rejected : reason = {reason} : local database : user = {user:rest}",
                "AAA user {kind} Rejected: reason = {reason} : server = {server:addr} : user = {user:rest}");
        put("113012", SIGNED_IN, "AAA user {kind} Successful : local database : user = {user:rest}");
        put("113008", SIGNED_IN, "AAA transaction status ACCEPT : user = {user:rest}");
        put("113006", SIGN_IN_FAILED, "User {user:word} locked out on exceeding {reason:rest}");
        put("113021", SIGN_IN_FAILED, "Attempted console login failed. User {user:word} did NOT have appropriate");
        put(
                "605004",
                SIGN_IN_FAILED,
                "Login denied from {public_ip:addr}/{public_port:int} to {}:{server:addr}/"
                        + "{service:word} for user \"{user}\"",
                "Login denied from {public_ip:addr}/{public_port:int} to {server:addr}/{service:word} for user \"{user}\"");
        put(
                "605005",
                SIGNED_IN,
                "Login permitted from {public_ip:addr}/{public_port:int} to {}:{server:addr}/{service:word}"
                        + " for user \"{user}\"",
                "Login permitted from {public_ip:addr}/{public_port:int} to {server:addr}/{service:word} for user "
                        + "\"{user}\"");
        put(
                "611101",
                SIGNED_IN,
                "User authentication succeeded: [IP address: {public_ip:addr}, ]Uname: {user:rest}",
                "User authentication succeeded: IP address: {public_ip:addr}, Uname: {user:rest}");
        put(
                "611102",
                SIGN_IN_FAILED,
                "User authentication failed: [IP address: {public_ip:addr}, ]Uname: {user:rest}",
                "User authentication failed: IP address: {public_ip:addr}, Uname: {user:rest}");
        put(
                "109005",
                SIGNED_IN,
                "Authentication succeeded for user '{user}' from {public_ip:addr}/{public_port:int} to "
                        + "{server:addr}/{server_port:int}");
        put(
                "109006",
                SIGN_IN_FAILED,
                "Authentication failed for user '{user:last}' from {public_ip:addr}/{public_port:int} to "
                        + "{server:addr}/{server_port:int}");
        put("716038", SIGNED_IN, "Group <{group}> User <{user}> IP <{public_ip}> Authentication: successful");
        put(
                "716039",
                SIGN_IN_FAILED,
                "[Authentication: rejected, ]Group <{group}> User <{user}> IP <{public_ip}> "
                        + "Authentication: rejected",
                "Authentication: rejected, group = {group} user = {user:word} , Session Type: {kind:rest}");
        put("722046", SIGN_IN_FAILED, "Group <{group}> User <{user}> IP <{public_ip}>");

        // Sessions of AnyConnect, clientless and IPsec VPN.
        put(
                "113019",
                SESSION_CLOSE,
                "Group = {group}, Username = {user}, IP = {public_ip:addr}, Session disconnected. "
                        + "Session Type: {session_type}, Duration: {duration}, Bytes xmt: {bytes_xmt:int}, Bytes rcv: "
                        + "{bytes_rcv:int}, Reason: {reason:rest}");
        put("113039,716001", SESSION_OPEN, "Group <{group}> User <{user}> IP <{public_ip}>");
        put(
                "716002",
                SESSION_CLOSE,
                "Group <{group}> User <{user}> IP <{public_ip}> {} terminated: {reason:rest}",
                "Group <{group}> User <{user}> IP <{public_ip}>");
        put("716058,716059,722012,722028", SESSION, "Group <{group}> User <{user}> IP <{public_ip}>");
        put("722022,722034", SESSION_OPEN, "Group <{group}> User <{user}> IP <{public_ip}>");
        put("722023,722037,722011", SESSION_CLOSE, "Group <{group}> User <{user}> IP <{public_ip}> {reason:rest}");
        put(
                "722051",
                SESSION_OPEN,
                "Group <{group}> User <{user}> IP <{public_ip}> IPv4 Address <{assigned_ip}> IPv6 address "
                        + "<{assigned_ipv6}> assigned to session",
                "Group <{group}> User <{user}> IP <{public_ip}> Address <{assigned_ip}> assigned to session");
        put("722041", SESSION, "TunnelGroup <{group}> GroupPolicy <{policy}> User <{user}> IP <{public_ip}>");
        put(
                "737006,737026",
                SESSION,
                "IPAA: [Session={session_id}, ]Client assigned {assigned_ip:addr} from {}",
                "IPAA: Local pool request succeeded for tunnel-group '{group}'");
        put("109201", SESSION, "UAUTH: Session={session_id}, User={user}, Assigned IP={assigned_ip:addr}, {}");
        put(
                "750001,750002,750003,750006,750007,750012",
                SESSION,
                "Local:{local_ip:addr}:{local_port:int} Remote:{public_ip:addr}:{public_port:int} Username:{user:word} "
                        + "{reason:rest}");
        put(
                "602303,602304",
                SESSION,
                "IPSEC: An {} SA (SPI= {spi}) between {local_ip:addr} and {public_ip:addr} "
                        + "(user= {user}) has been {}");
        put(
                "713228",
                SESSION_OPEN,
                "Group = {group}, Username = {user}, IP = {public_ip:addr}, Assigned private IP address "
                        + "{assigned_ip:addr} to remote user");
        put(
                "713049,713120,713119",
                SESSION,
                "Group = {group}, [Username = {user}, ]IP = {public_ip:addr},",
                "Group = {group}, Username = {user}, IP = {public_ip:addr},");

        put("111008", COMMAND, "User '{user}' executed the '{command}' command");
        put("111009", COMMAND, "User '{user}' executed cmd: {command:rest}");
        put(
                "111010",
                COMMAND,
                "User '{user}', running '{application}' from IP {public_ip:addr}, executed '{command:rest}");
        put("502103", COMMAND, "User priv level changed: Uname: {user:word} From: {from:int} To: {to:int}");
        put("502101,502102", COMMAND, "{command} user database: Uname: {user:word}");
    }

    private static final int PRODUCT = FieldNames.of("product");
    private static final int LEVEL = FieldNames.of("level");
    private static final int MESSAGE_ID = FieldNames.of("message_id");
    private static final int TEXT_FIELD = FieldNames.of("text");
    private static final int DIRECTION = FieldNames.of("direction");
    private static final int VERDICT = FieldNames.of("verdict");
    private static final int FIRST_PORT = FieldNames.of("first_port");
    private static final int SECOND_PORT = FieldNames.of("second_port");
    private static final int USER = FieldNames.of("user");
    private static final int SRC_FIELD = FieldNames.of("SrcIP");
    private static final int DST_FIELD = FieldNames.of("DstIP");
    private static final int ICMP_TYPE = FieldNames.of("icmp_type");

    private static final List<MessageForm> BARE = List.of(
            MessageForm.of("Group <{group}> User <{user}> IP <{public_ip}> IPv4 Address <{assigned_ip}> IPv6 address "
                    + "<{assigned_ipv6}> assigned to session"),
            MessageForm.of("Group <{group}> User <{user}> IP <{public_ip}>"),
            MessageForm.of("TunnelGroup <{group}> GroupPolicy <{policy}> User <{user}> IP <{public_ip}>"));

    private final NameTable names = new NameTable();
    private final ThreadLocal<Prose> prose = ThreadLocal.withInitial(Prose::new);

    @Override
    public String name() {
        return "cisco-asa";
    }

    @Override
    public String product() {
        return "Cisco ASA 9, Firepower Threat Defense 6 and 7, AnyConnect";
    }

    @Override
    public boolean claims(Line line) {
        return tag(line) >= 0 || isBare(line);
    }

    /// Where `%ASA-` stands: at the message's begin or, behind words a syslog header left over, soon after.
    private static int tag(Line line) {
        byte[] b = line.bytes();
        int from = line.from();
        int app = line.header().app() < 0
                ? from
                : Math.min(from, Column.from(line.header().app()));
        int last = Math.min(line.to() - 5, from + 96);
        for (int at = app; at < last; at++) {
            if (b[at] == '%'
                    && (line.at(at, "%ASA-")
                            || line.at(at, "%FTD-")
                            || line.at(at, "%NGIPS-")
                            || line.at(at, "%PIX-"))) {
                return at;
            }
        }
        return -1;
    }

    /// Messages of a VPN session whose tag a collector took off.
    private static boolean isBare(Line line) {
        return line.startsWith("Group <") && line.contains("> User <") && line.contains("> IP <")
                || line.startsWith("TunnelGroup <") && line.contains("> GroupPolicy <");
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        int tag = tag(line);
        if (tag < 0) {
            bare(row, line.from(), to);
            return;
        }
        int at = tag + 1;
        int product = at;
        while (at < to && b[at] != '-') {
            at++;
        }
        row.field(PRODUCT, product, at);
        // `%ASA-6-302013`, or with a class between: `%ASA-session-6-302013`.
        at++;
        int dash = at;
        while (dash < to && b[dash] != '-' && b[dash] != ' ' && b[dash] != ':') {
            dash++;
        }
        if (dash < to && b[dash] == '-' && dash - at > 1) {
            at = dash + 1;
        }
        if (at + 1 < to && b[at + 1] == '-') {
            row.field(LEVEL, at, at + 1, EventBatch.TEXT);
            at += 2;
        }
        int idFrom = at;
        int id = 0;
        while (at < to && b[at] >= '0' && b[at] <= '9' && at - idFrom < 9) {
            id = id * 10 + b[at++] - '0';
        }
        if (at == idFrom) {
            row.reject("expected a message number behind the tag");
            return;
        }
        row.field(MESSAGE_ID, idFrom, at);
        while (at < to && (b[at] == ':' || b[at] == ' ')) {
            at++;
        }
        message(row, id, at, to);
    }

    private void message(Row row, int id, int from, int to) {
        if (id >= 430_001 && id <= 430_005) {
            pairs(row, from, to);
            if (NetworkFields.isSaid(row, SRC_FIELD) || NetworkFields.isSaid(row, DST_FIELD)) {
                row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.SURE);
                row.map(EVENT);
            } else {
                row.map(OTHER);
            }
            return;
        }
        if (to > from) {
            row.field(TEXT_FIELD, from, to);
        }
        Kind kind = KINDS.get(id);
        if (kind != null) {
            for (MessageForm form : kind.forms) {
                if (form.match(row, from, to)) {
                    end(row, kind.mapping);
                    return;
                }
            }
        }
        told(row, from, to);
    }

    /// Takes the mapping that fits what the message says of direction, verdict and user.
    private static void end(Row row, Mapping mapping) {
        Mapping chosen = mapping;
        long confidence = NetworkFields.SURE;
        if (mapping == BUILT_INBOUND) {
            if (row.is(DIRECTION, "outbound")) {
                chosen = BUILT_OUTBOUND;
            } else if (!row.has(DIRECTION)) {
                chosen = PERMITTED;
            }
        } else if (mapping == TEARDOWN) {
            int side = row.has(ICMP_TYPE)
                    ? 0
                    : NetworkFields.serviceSide(
                            NetworkFields.port(row, FIRST_PORT), NetworkFields.port(row, SECOND_PORT));
            chosen = side < 0 ? TEARDOWN_TURNED : TEARDOWN;
            confidence = side == 0 ? NetworkFields.OPEN : NetworkFields.LIKELY;
        } else if (mapping == PERMITTED) {
            chosen = row.is(VERDICT, "denied") ? DENIED : PERMITTED;
        } else if (mapping == SIGN_IN_FAILED || mapping == SIGNED_IN) {
            // AAA hides names of unknown users: `*****`.
            boolean hidden = row.is(USER, "*****") || !row.has(USER);
            row.map(hidden ? SIGN_IN_FAILED_UNKNOWN : mapping);
            return;
        } else if (mapping.classUid() != 4001) {
            row.map(mapping);
            return;
        }
        row.set(NetworkFields.INITIATOR_CONFIDENCE, confidence);
        row.map(chosen);
    }

    /// `Name: value, Name: value` of Threat Defense. A value may hold commas: the next name is a word
    /// before a colon.
    private void pairs(Row row, int from, int to) {
        byte[] b = row.bytes();
        int at = from;
        while (at < to) {
            int colon = at;
            while (colon < to && isNamePart(b[colon])) {
                colon++;
            }
            if (colon == at || colon + 1 >= to || b[colon] != ':') {
                while (at < to && b[at] != ',') {
                    at++;
                }
                at += 2;
                continue;
            }
            int value = colon + 1;
            while (value < to && b[value] == ' ') {
                value++;
            }
            int end = value;
            while (end < to && !(b[end] == ',' && isName(b, end + 1, to))) {
                end++;
            }
            if (end > value) {
                row.field(names.id(b, at, colon), value, end);
            }
            at = end + 1;
            while (at < to && b[at] == ' ') {
                at++;
            }
        }
    }

    private static boolean isName(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] == ' ') {
            at++;
        }
        int start = at;
        while (at < to && isNamePart(b[at])) {
            at++;
        }
        return at > start && at + 1 < to && b[at] == ':' && b[at + 1] == ' ';
    }

    private static boolean isNamePart(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_';
    }

    private void bare(Row row, int from, int to) {
        row.field(TEXT_FIELD, from, to);
        for (MessageForm form : BARE) {
            if (form.match(row, from, to)) {
                row.map(SESSION);
                return;
            }
        }
        told(row, from, to);
    }

    private static final Attribute SRC_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SRC_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute DST_IP = Attribute.of("dst_endpoint.ip");
    private static final Attribute DST_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");

    /// A message of no listed form: its words tell addresses and user.
    private void told(Row row, int from, int to) {
        Prose found = prose.get();
        found.search(row.bytes(), from, to);
        if (found.user >= 0) {
            NetworkFields.ACCOUNT.write(row, ACTOR, found.user, EventBatch.TEXT);
        }
        if (found.source < 0 && found.destination < 0) {
            row.map(OTHER);
            return;
        }
        if (found.source >= 0) {
            row.set(SRC_IP, found.source);
            port(row, SRC_PORT, found.sourcePort);
        }
        if (found.destination >= 0) {
            row.set(DST_IP, found.destination);
            port(row, DST_PORT, found.destinationPort);
        }
        row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
        row.map(TOLD);
    }

    private static void port(Row row, Attribute to, long slice) {
        if (slice >= 0) {
            long number = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
            if (number >= 0) {
                row.set(to, number);
            }
        }
    }
}
