package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.MessageForm;
import io.carom.source.parse.Times;
import java.util.List;

/// Apache httpd's error log, of 2.2 (`[time] [level] [client address] message`) and 2.4 (`[time]
/// [module:level] [pid 1:tid 2] (errno)text: [client address:port] AH01234: message, referer: URL`),
/// from its own file or over syslog, with what ModSecurity appends.
///
/// A refused password is an Authentication, a line with a request's address (ModSecurity's, or a
/// referer) an HTTP Activity, another with a client a Network Activity, and one of the server alone an
/// Application Error. Follows the documentation of `ErrorLogFormat` and `LogLevel`, 2.2 and 2.4, and
/// ModSecurity 2.
@AutoService(Source.class)
public final class ApacheError implements LineSource {
    private static final int TIME = FieldNames.of("time");
    private static final int MODULE = FieldNames.of("module");
    private static final int LEVEL = FieldNames.of("level");
    private static final int PID = FieldNames.of("pid");
    private static final int TID = FieldNames.of("tid");
    private static final int CLIENT = FieldNames.of("client");
    private static final int CLIENT_PORT = FieldNames.of("client_port");
    private static final int ERRNO = FieldNames.of("errno");
    private static final int ERROR = FieldNames.of("error");
    private static final int CODE = FieldNames.of("code");
    private static final int MESSAGE = FieldNames.of("message");
    private static final int REFERER = FieldNames.of("referer");
    private static final int URI = FieldNames.of("uri");

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("level", "severity_id", WebFields.LEVEL)
                .field("code", "metadata.event_code", TEXT)
                .field("module", "metadata.log_name", TEXT)
                .field("message", "message", TEXT)
                .field("error", "status_detail", TEXT)
                .field("errno", "status_code", TEXT)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .product("Apache", "HTTP Server");
    }

    private static Mapping.Builder client(String name, int classUid) {
        return kind(name, classUid)
                .field("client", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("client", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("client_port", "src_endpoint.port", NetworkFields.SOURCE_PORT);
    }

    private static final Mapping SERVER = kind("server", 6008)
            .field("pid", "actor.process.pid", INTEGER)
            .field("level", "activity_id", WebFields.ERROR)
            .build();

    private static final Mapping CONNECTION = client("client", 4001)
            .fallback("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("pid", "actor.process.pid", INTEGER)
            .activity(99)
            .build();

    private static Mapping.Builder request(String name) {
        return client(name, 4002)
                .field("uri", "http_request.url.url_string", WebFields.URL)
                .field("hostname", "http_request.url.hostname", LOWER)
                .field("hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .fallback("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("referer", "http_request.referrer", TEXT)
                .field("unique_id", "http_request.uid", TEXT)
                .field("pid", "actor.process.pid", INTEGER)
                .compose(WebFields.WHOLE)
                .activity(99);
    }

    private static final Mapping REQUEST = request("request").build();

    private static Mapping.Builder rule(String name) {
        return request(name).field("id", "firewall_rule.uid", TEXT).field("msg", "firewall_rule.name", TEXT);
    }

    /// A rule of ModSecurity that only warned, and one that denied.
    private static final Mapping WARNED = rule("rule matched")
            .constant("action_id", 1)
            .constant("disposition_id", 15)
            .build();

    private static final Mapping DENIED = rule("rule denied")
            .constant("action_id", 2)
            .constant("disposition_id", 2)
            .build();

    private static final Mapping REFUSED = client("sign-in failed", 3002)
            .field("user", "user.name", NetworkFields.ACCOUNT)
            .field("user", "user.domain", NetworkFields.DOMAIN)
            .field("uri", "http_request.url.url_string", WebFields.URL)
            .fallback("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
            .constant("user.name", "Unknown")
            .constant("service.name", "httpd")
            .constant("status_id", 2)
            .activity(1)
            .build();

    private static final List<MessageForm> REFUSALS = List.of(
            MessageForm.of("user {user}: authentication failure for \"{uri}\""),
            MessageForm.of("user {user} not found: {uri:word}"),
            MessageForm.of("user {user}: password mismatch: {uri:word}"),
            MessageForm.of("user {user} in realm \"{realm}\" not found: {uri:word}"),
            MessageForm.of("user '{user}' in realm '{realm}' not found: {uri:word}"));

    @Override
    public String name() {
        return "apache-error";
    }

    @Override
    public String product() {
        return "Apache httpd 2.2 and 2.4, error log; ModSecurity 2";
    }

    @Override
    public boolean claims(Line line) {
        int level = level(line);
        if (level < 0) {
            return false;
        }
        int close = AuditRecord.indexOf(line.bytes(), ']', level, Math.min(line.to(), level + 40));
        return close > level && isLevel(line.bytes(), behindModule(line.bytes(), level + 1, close), close);
    }

    /// Where the bracket of the level opens, behind the time; -1 if this is no line of the error log.
    private static int level(Line line) {
        byte[] b = line.bytes();
        int at = line.from();
        int to = line.to();
        if (at >= to || b[at] != '[') {
            return -1;
        }
        int close = AuditRecord.indexOf(b, ']', at, Math.min(to, at + 40));
        if (close < 0) {
            return -1;
        }
        boolean day = close - at > 20 && b[at + 4] == ' ' && Times.month(b, at + 5, close) != 0;
        boolean iso = close - at > 19 && b[at + 5] == '-' && b[at + 1] >= '1' && b[at + 1] <= '9';
        if (day || iso) {
            return line.at(close + 1, " [") ? close + 2 : -1;
        }
        // A time is left out where syslog states one.
        long app = line.header().app();
        boolean own = app >= 0 && (is(line, app, "apache2") || is(line, app, "httpd") || is(line, app, "apache"));
        return own ? at : -1;
    }

    private static boolean is(Line line, long app, String name) {
        return Column.length(app) == name.length() && line.at(Column.from(app), name);
    }

    private static int behindModule(byte[] b, int from, int to) {
        int colon = AuditRecord.indexOf(b, ':', from, to);
        return colon < 0 ? from : colon + 1;
    }

    private static final List<String> LEVELS = List.of(
            "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug", "trace1", "trace2", "trace3",
            "trace4", "trace5", "trace6", "trace7", "trace8");

    private static boolean isLevel(byte[] b, int from, int to) {
        for (String level : LEVELS) {
            if (level.length() == to - from && AuditRecord.stands(b, from, to, level)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        int level = level(line);
        if (level > line.from()) {
            int from = line.from() + 1;
            int end = level - 2;
            row.field(TIME, from, end);
            long time = b[from + 3] == ' '
                    ? Times.bsd(b, from + 4, end - from - 4, row.context())
                    : Times.iso(b, from, end - from, row.context().zone());
            if (time != Times.NONE) {
                row.set(Attribute.TIME, time);
            }
        }
        int close = AuditRecord.indexOf(b, ']', level, to);
        int module = behindModule(b, level + 1, close);
        if (module > level + 2) {
            row.field(MODULE, level + 1, module - 1);
        }
        row.field(LEVEL, module, close);
        int at = brackets(row, close + 1, to);
        if (isCode(b, at, to)) {
            row.field(CODE, at, at + 7);
            at += 9;
        }
        row.map(understand(line, row, Math.min(at, to)));
    }

    /// `AH01234: `
    private static boolean isCode(byte[] b, int at, int to) {
        if (to - at < 9 || b[at] != 'A' || b[at + 1] != 'H' || b[at + 7] != ':' || b[at + 8] != ' ') {
            return false;
        }
        for (int i = at + 2; i < at + 7; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /// What stands in brackets behind the level, and an error of the system between; says where the message
    /// begins.
    private static int brackets(Row row, int from, int to) {
        byte[] b = row.bytes();
        int at = AuditRecord.spaces(b, from, to);
        boolean newer = false;
        while (at < to) {
            if (b[at] == '(' && at + 1 < to && b[at + 1] >= '0' && b[at + 1] <= '9') {
                int close = AuditRecord.indexOf(b, ')', at, Math.min(to, at + 12));
                int colon = close;
                while (colon >= 0 && colon < to && !AuditRecord.stands(b, colon, to, ": ")) {
                    colon++;
                }
                if (close < 0 || colon >= to) {
                    return at;
                }
                row.field(ERRNO, at + 1, close);
                row.field(ERROR, close + 1, colon);
                at = AuditRecord.spaces(b, colon + 2, to);
                continue;
            }
            if (b[at] != '[') {
                return at;
            }
            int close = AuditRecord.indexOf(b, ']', at, to);
            if (close < 0) {
                return at;
            }
            if (AuditRecord.stands(b, at, close, "[pid ")) {
                newer = true;
                int colon = AuditRecord.indexOf(b, ':', at, close);
                given(row, PID, at + 5, colon < 0 ? close : colon);
                if (colon >= 0 && AuditRecord.stands(b, colon, close, ":tid ")) {
                    given(row, TID, colon + 5, close);
                }
            } else if (AuditRecord.stands(b, at, close, "[client ")) {
                if (!row.has(CLIENT)) {
                    client(row, at + 8, close, newer);
                }
            } else if (AuditRecord.stands(b, at, close, "[remote ")) {
                // The far end of a connection that the server itself made, as a proxy.
                given(row, FieldNames.of("remote"), at + 8, close);
            } else {
                return at;
            }
            at = AuditRecord.spaces(b, close + 1, to);
        }
        return at;
    }

    /// An address, of 2.4 with the port behind a colon.
    private static void client(Row row, int from, int to, boolean newer) {
        byte[] b = row.bytes();
        int colon = to;
        while (colon > from && b[colon - 1] >= '0' && b[colon - 1] <= '9') {
            colon--;
        }
        boolean dots = AuditRecord.indexOf(b, '.', from, to) >= 0;
        boolean port = colon > from + 1 && colon < to && b[colon - 1] == ':' && (dots || newer || to - colon == 5);
        int end = port ? colon - 1 : to;
        while (end > from && b[end - 1] == ' ') {
            end--;
        }
        if (port && Addresses.clean(b, from, end) < 0 && Addresses.clean(b, from, to) >= 0) {
            given(row, CLIENT, from, to);
            return;
        }
        given(row, CLIENT, from, end);
        if (port) {
            given(row, CLIENT_PORT, colon, to);
        }
    }

    private static Mapping understand(Line line, Row row, int from) {
        int to = line.to();
        int referer = -1;
        for (int at = line.indexOf(", referer: ", from); at >= 0; at = line.indexOf(", referer: ", at + 1)) {
            referer = at;
        }
        int end = referer < 0 ? to : referer;
        given(row, MESSAGE, from, end);
        if (referer >= 0) {
            given(row, REFERER, referer + 11, to);
        }
        for (MessageForm form : REFUSALS) {
            if (form.match(row, from, end)) {
                return REFUSED;
            }
        }
        if (line.at(from, "ModSecurity: ")) {
            rules(row, from, end);
            if (row.has(URI)) {
                return line.at(from + 13, "Access denied") ? DENIED : WARNED;
            }
        }
        if (!row.has(CLIENT)) {
            return SERVER;
        }
        return referer >= 0 ? REQUEST : CONNECTION;
    }

    private static final List<String> RULE_FIELDS = List.of(
            "file",
            "line",
            "id",
            "rev",
            "msg",
            "data",
            "severity",
            "ver",
            "maturity",
            "accuracy",
            "tag",
            "hostname",
            "uri",
            "unique_id");

    private static final int[] RULE_NAMES =
            RULE_FIELDS.stream().mapToInt(FieldNames::of).toArray();

    /// ModSecurity's `[id "960015"] [msg "…"] …`
    private static void rules(Row row, int from, int to) {
        byte[] b = row.bytes();
        for (int at = from; at < to; at++) {
            if (b[at] != '[') {
                continue;
            }
            for (int i = 0; i < RULE_NAMES.length; i++) {
                String name = RULE_FIELDS.get(i);
                int quote = at + 1 + name.length();
                if (AuditRecord.stands(b, at + 1, to, name) && AuditRecord.stands(b, quote, to, " \"")) {
                    int close = quote + 2;
                    while (close < to && !(b[close] == '"' && close + 1 < to && b[close + 1] == ']')) {
                        close++;
                    }
                    given(row, RULE_NAMES[i], quote + 2, close);
                    at = close;
                    break;
                }
            }
        }
    }

    private static void given(Row row, int name, int from, int to) {
        if (from < to) {
            row.field(name, from, to);
        }
    }
}
