package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.MessageForm;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Cisco IOS, IOS XE and NX-OS: `%FACILITY-SEVERITY-MNEMONIC: text`, with the device's own time before the
/// tag.
///
/// Access list hits, sign-ins and commands follow "System Message Guide for Cisco IOS XE"; of other
/// messages the words tell addresses and users. The device's time carries a year or none, milliseconds or
/// none, and may carry the name of its zone; a name other than UTC and GMT is known only for the few
/// abbreviations that mean one offset.
@AutoService(Source.class)
public final class CiscoIos implements LineSource {
    private record Kind(List<MessageForm> forms, Mapping mapping) {}

    private static final Map<String, Kind> KINDS = new HashMap<>();

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("facility", "metadata.log_name", TEXT)
                .field("mnemonic", "metadata.event_code", TEXT)
                .field(
                        "severity",
                        "severity_id",
                        words(Map.of("0", 6, "1", 5, "2", 4, "3", 3, "4", 2, "5", 1, "6", 1, "7", 1), 0))
                .field("host", "device.hostname", NetworkFields.HOSTNAME)
                .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("text", "message", TEXT)
                .product("Cisco", "IOS");
    }

    private static Mapping.Builder packet(String name) {
        return kind(name, 4001)
                .field("src_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src_port", "src_endpoint.port", PORT)
                .field("dst_ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dst_port", "dst_endpoint.port", PORT)
                .field("protocol", "connection_info.protocol_name", LOWER)
                .field("protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("list", "firewall_rule.name", TEXT)
                .field("packets", "traffic.packets", INTEGER);
    }

    private static final Mapping DENIED =
            packet("access list, denied").constant("action_id", 2).activity(5).build();
    private static final Mapping PERMITTED = packet("access list, permitted")
            .constant("action_id", 1)
            .activity(6)
            .build();

    private static Mapping.Builder signing(String name, int status) {
        return kind(name, 3002)
                .field("src_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src_port", "src_endpoint.port", PORT)
                .field("user", "user.name", NetworkFields.ACCOUNT)
                .field("user", "user.domain", NetworkFields.DOMAIN)
                .field("reason", "status_detail", TEXT)
                .field("service", "service.name", TEXT)
                .constant("service.name", "IOS")
                .constant("status_id", status)
                .activity(1);
    }

    private static final Mapping SIGNED_IN = signing("sign-in", 1).build();
    private static final Mapping FAILED = signing("sign-in failed", 2).build();
    private static final Mapping SIGNED_OUT =
            signing("sign-out", 1).constant("activity_id", 2).build();
    private static final Mapping ACTED = kind("done by an administrator", 4001)
            .field("src_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("src_ip", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .activity(99)
            .build();
    private static final Mapping NETWORK =
            kind("told by words", 4001).activity(99).build();
    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private static void put(String tags, Mapping mapping, String... forms) {
        Kind kind = new Kind(Arrays.stream(forms).map(MessageForm::of).toList(), mapping);
        for (String tag : tags.split(",")) {
            KINDS.put(tag, kind);
        }
    }

    static {
        put(
                "SEC-6-IPACCESSLOGP",
                PERMITTED,
                "list {list:word} {verdict:word} {protocol:word} {src_ip:addr}({src_port:int}) "
                        + "-> {dst_ip:addr}({dst_port:int}), {packets:int} packet",
                "list {list:word} {verdict:word} {protocol:word} {src_ip:addr}({src_port:int}) -> "
                        + "{dst_ip:addr}({dst_port:int}), {packets:int} packet",
                "list {list:word} {verdict:word} {protocol:word} {src_ip:addr}({src_port:int}) ({}) -> "
                        + "{dst_ip:addr}({dst_port:int}), {packets:int} packet");
        put(
                "SEC-6-IPACCESSLOGDP",
                PERMITTED,
                "list {list:word} {verdict:word} {protocol:word} {src_ip:addr} -> "
                        + "{dst_ip:addr} ({icmp}), {packets:int} packet");
        put(
                "SEC-6-IPACCESSLOGNP",
                PERMITTED,
                "list {list:word} {verdict:word} {protocol:word} {src_ip:addr} -> "
                        + "{dst_ip:addr}, {packets:int} packet");
        put("SEC-6-IPACCESSLOGS", PERMITTED, "list {list:word} {verdict:word} {src_ip:addr} {packets:int} packet");
        put(
                "IPV6_ACL-6-ACCESSLOGP",
                PERMITTED,
                "list {list}/{sequence:int} {verdict:word} {protocol:word} "
                        + "{src_ip:addr}({src_port:int}) -> {dst_ip:addr}({dst_port:int}), {packets:int} packet");
        put(
                "SEC_LOGIN-5-LOGIN_SUCCESS",
                SIGNED_IN,
                "Login Success \\[user: {user}\\] \\[Source: {src_ip:addr}\\] " + "\\[localport: {local_port:int}\\]");
        put(
                "SEC_LOGIN-4-LOGIN_FAILED",
                FAILED,
                "Login failed \\[user: {user:last}\\] \\[Source: {src_ip:addr}\\] "
                        + "\\[localport: {local_port:int}\\] \\[Reason: {reason}\\]");
        put(
                "SEC_LOGIN-1-QUIET_MODE_ON",
                FAILED,
                "Still timeleft for watching failures is {}, \\[user: {user:last}\\] "
                        + "\\[Source: {src_ip:addr}\\] \\[localport: {local_port:int}\\] \\[Reason: {reason}\\]");
        put(
                "SSH-5-SSH2_USERAUTH",
                SIGNED_IN,
                "User '{user}' authentication for SSH2 Session from {src_ip:addr} (tty = {}) "
                        + "using crypto cipher '{}', hmac '{}' Succeeded",
                "User '{user}' authentication for SSH2 Session from {src_ip:addr}");
        put(
                "SSH-5-SSH2_CLOSE,SSH-5-SSH_CLOSE",
                SIGNED_OUT,
                "{service:word} Session from {src_ip:addr} (tty = {}) for user " + "'{user}'");
        put("SYS-6-LOGOUT", SIGNED_OUT, "User {user:word} has exited tty session {}({src_ip:addr})");
        put(
                "SYS-5-CONFIG_I,SYS-5-PRIV_AUTH_PASS,SYS-5-CONFIG_P,AAA-5-USER_RESET",
                ACTED,
                "Configured from {} by {user:word} on {} ({src_ip:addr})",
                "Configured programmatically by process {} from {} as {user:word} on {} ({src_ip:addr})",
                "User {} failed attempts reset by {user:word} on {} ({src_ip:addr})",
                "Privilege level set to {} by {user:word} on {} ({src_ip:addr})");
        put(
                "DMI-5-AUTH_PASSED",
                SIGNED_IN,
                "{}User '{user}' authenticated successfully from {src_ip:addr}:{src_port:int}");
        put(
                "SYS-5-PRIV_AUTH_FAIL",
                FAILED,
                "Authentication to privilege level {} failed by {user:word} on {} " + "({src_ip:addr})");
    }

    private static final int FACILITY = FieldNames.of("facility");
    private static final int SEVERITY = FieldNames.of("severity");
    private static final int MNEMONIC = FieldNames.of("mnemonic");
    private static final int HOST = FieldNames.of("host");
    private static final int TEXT_FIELD = FieldNames.of("text");
    private static final int VERDICT = FieldNames.of("verdict");
    private static final int USER = FieldNames.of("user");
    private static final Attribute SRC_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SRC_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute DST_IP = Attribute.of("dst_endpoint.ip");
    private static final Attribute DST_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");

    private final ThreadLocal<Prose> prose = ThreadLocal.withInitial(Prose::new);

    @Override
    public String name() {
        return "cisco-ios";
    }

    @Override
    public String product() {
        return "Cisco IOS 12 to 15, IOS XE 16 and 17, NX-OS 7 to 10";
    }

    @Override
    public boolean claims(Line line) {
        return tag(line) >= 0;
    }

    /// Where `%FACILITY-5-MNEMONIC` stands: after at most a host and a time.
    private static int tag(Line line) {
        byte[] b = line.bytes();
        int last = Math.min(line.to() - 6, line.from() + 96);
        int begin = line.header().app() >= 0 ? line.lineFrom() : line.from();
        for (int at = begin; at < last; at++) {
            if (b[at] == '%' && (at == line.lineFrom() || b[at - 1] == ' ' || b[at - 1] == ':')) {
                return isTag(b, at, line.to()) ? at : -1;
            }
        }
        return -1;
    }

    private static boolean isTag(byte[] b, int at, int to) {
        int dash = at + 1;
        while (dash < to && dash - at < 40 && (isUpper(b[dash]) || b[dash] == '-' && !isLevel(b, dash, to))) {
            dash++;
        }
        if (dash == at + 1 || dash >= to || b[dash] != '-' || !isLevel(b, dash, to)) {
            return false;
        }
        int end = dash + 3;
        while (end < to && isUpper(b[end])) {
            end++;
        }
        boolean asa = b[at + 1] == 'A' && b[at + 2] == 'S' && b[at + 3] == 'A' && b[at + 4] == '-';
        boolean ftd = b[at + 1] == 'F' && b[at + 2] == 'T' && b[at + 3] == 'D' && b[at + 4] == '-';
        return end > dash + 3 && end < to && (b[end] == ':' || b[end] == ' ') && !asa && !ftd;
    }

    private static boolean isLevel(byte[] b, int dash, int to) {
        return dash + 3 < to && b[dash + 1] >= '0' && b[dash + 1] <= '7' && b[dash + 2] == '-';
    }

    private static boolean isUpper(byte c) {
        return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int tag = tag(line);
        int to = line.to();
        int dash = tag + 1;
        while (b[dash] != '-' || !isLevel(b, dash, to)) {
            dash++;
        }
        int end = dash + 3;
        while (end < to && isUpper(b[end])) {
            end++;
        }
        row.field(FACILITY, tag + 1, dash);
        row.field(SEVERITY, dash + 1, dash + 2);
        row.field(MNEMONIC, dash + 3, end);
        before(line, row, tag);
        int text = end;
        while (text < to && (b[text] == ':' || b[text] == ' ')) {
            text++;
        }
        if (text < to) {
            row.field(TEXT_FIELD, text, to);
        }
        Kind kind = KINDS.get(new String(b, tag + 1, end - tag - 1, StandardCharsets.ISO_8859_1));
        if (kind != null) {
            for (MessageForm form : kind.forms) {
                if (form.match(row, text, to)) {
                    end(row, kind.mapping, text, to);
                    return;
                }
            }
        }
        told(row, text, to);
    }

    private void end(Row row, Mapping mapping, int from, int to) {
        if (mapping == PERMITTED) {
            row.map(row.is(VERDICT, "denied") ? DENIED : PERMITTED);
        } else if (row.has(USER)) {
            row.map(mapping);
        } else {
            // Nobody signed in by name: an Authentication event must have one.
            told(row, from, to);
        }
    }

    /// Host and time before the tag: `host: Mar  6 2023 08:04:45.866 CET: %…`.
    private static void before(Line line, Row row, int tag) {
        byte[] b = row.bytes();
        int from = line.lineFrom();
        if (b[from] == '<') {
            while (from < tag && b[from] != '>') {
                from++;
            }
            from++;
        }
        int begin = from;
        for (int at = from; at + 14 < tag; at++) {
            boolean starts = at == from || b[at - 1] == ' ' || b[at - 1] == '*' || b[at - 1] == '.' || b[at - 1] == ':';
            boolean yearFirst =
                    starts && b[at] >= '1' && b[at] <= '9' && b[at + 4] == ' ' && Times.month(b, at + 5, tag) != 0;
            int month = yearFirst ? at + 5 : at;
            if (!starts || Times.month(b, month, tag) == 0 || b[month + 3] != ' ') {
                continue;
            }
            int colon = at;
            while (colon + 1 < tag && !(b[colon] == ':' && b[colon + 1] == ' ')) {
                colon++;
            }
            time(row, at, yearFirst, Math.min(colon, tag));
            int host = at;
            while (host > begin
                    && (b[host - 1] == ' ' || b[host - 1] == ':' || b[host - 1] == '*' || b[host - 1] == '.')) {
                host--;
            }
            int hostFrom = host;
            while (hostFrom > begin && b[hostFrom - 1] != ' ') {
                hostFrom--;
            }
            if (host > hostFrom) {
                row.field(HOST, hostFrom, host);
            }
            return;
        }
    }

    private static void time(Row row, int from, boolean yearFirst, int to) {
        byte[] b = row.bytes();
        String text = new String(b, from, to - from, StandardCharsets.ISO_8859_1);
        if (yearFirst) {
            // `2023 Jan 11 19:27:57`, as NX-OS writes it.
            String[] words = text.split(" +");
            text = words.length < 4
                    ? text
                    : words[1] + " " + words[2] + " " + words[0] + " " + words[3]
                            + (words.length > 4 ? " " + words[4] : "");
        }
        byte[] plain = text.getBytes(StandardCharsets.ISO_8859_1);
        long millis = Times.bsd(plain, 0, plain.length, row.context());
        if (millis != Times.NONE) {
            row.set(Attribute.TIME, millis);
        }
    }

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
        row.map(NETWORK);
    }

    private static void port(Row row, Attribute to, long slice) {
        if (slice >= 0) {
            PORT.write(
                    row,
                    to,
                    Column.pack(Column.from(slice), Column.from(slice) + Column.length(slice)),
                    EventBatch.TEXT);
        }
    }
}
