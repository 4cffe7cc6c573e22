package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.MessageForm;
import io.carom.source.parse.Times;
import java.util.List;

/// nginx' error log: `2019/08/25 23:59:53 [error] 9841#9841: *1037 message, client: …, server: …,
/// request: "GET / HTTP/1.1", upstream: "…", host: "…", referrer: "…"`, from its own file or over syslog.
///
/// A refused password is an Authentication, a line with a request an HTTP Activity, another with a client a
/// Network Activity, and one of the server alone an Application Error. What a client sent stands in the log
/// as it came: the fields are looked for outside quotes first. Follows nginx' documentation of `error_log`,
/// 0.8 to 1.27.
@AutoService(Source.class)
public final class NginxError implements LineSource {
    private static final int TIME = FieldNames.of("time");
    private static final int LEVEL = FieldNames.of("level");
    private static final int PID = FieldNames.of("pid");
    private static final int TID = FieldNames.of("tid");
    private static final int CONNECTION_NUMBER = FieldNames.of("connection");
    private static final int MESSAGE = FieldNames.of("message");
    private static final int CLIENT = FieldNames.of("client");
    private static final int REQUEST_LINE = FieldNames.of("request");

    private static final Attribute ADDRESS = Attribute.of("dst_endpoint.ip");
    private static final Attribute PORT = Attribute.of("dst_endpoint.port");

    /// The virtual server: a name, `_` for any, or the socket that listens where it has no name.
    private static final Conversion VIRTUAL = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int colon = end;
        while (colon > from && b[colon - 1] >= '0' && b[colon - 1] <= '9') {
            colon--;
        }
        if (colon > from + 1 && colon < end && b[colon - 1] == ':') {
            long address = Addresses.clean(b, from, colon - 1);
            if (address >= 0) {
                row.set(ADDRESS, address);
                return Conversion.PORT.write(row, PORT, Column.pack(colon, end), kind);
            }
        }
        return end - from == 1 && b[from] == '_' || NetworkFields.HOSTNAME.write(row, to, slice, kind);
    };

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("level", "severity_id", WebFields.LEVEL)
                .field("message", "message", TEXT)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .product("F5", "nginx");
    }

    private static Mapping.Builder client(String name, int classUid) {
        return kind(name, classUid)
                .field("client", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("client", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("server", "dst_endpoint.hostname", VIRTUAL)
                .fallback("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME);
    }

    private static final Mapping SERVER = kind("server", 6008)
            .field("pid", "actor.process.pid", INTEGER)
            .field("level", "activity_id", WebFields.ERROR)
            .build();

    private static final Mapping CONNECTION = client("client", 4001)
            .field("pid", "actor.process.pid", INTEGER)
            .field("connection", "connection_info.uid", TEXT)
            .constant("connection_info.direction_id", 1)
            .activity(99)
            .build();

    private static final Mapping REQUEST = client("request", 4002)
            .field("pid", "actor.process.pid", INTEGER)
            .field("connection", "connection_info.uid", TEXT)
            .field("method", "activity_id", WebFields.ACTIVITY)
            .field("method", "http_request.http_method", WebFields.METHOD)
            .field("url", "http_request.url.url_string", WebFields.URL)
            .field("protocol", "http_request.version", TEXT)
            .field("host", "http_request.url.hostname", LOWER)
            .field("referrer", "http_request.referrer", TEXT)
            .compose(WebFields.WHOLE)
            .constant("connection_info.direction_id", 1)
            .constant("http_response.code", 0)
            .activity(99)
            .build();

    private static final Mapping REFUSED = client("sign-in failed", 3002)
            .field("user", "user.name", TEXT)
            .field("method", "http_request.http_method", WebFields.METHOD)
            .field("url", "http_request.url.url_string", WebFields.URL)
            .constant("user.name", "Unknown")
            .constant("service.name", "nginx")
            .constant("status_id", 2)
            .activity(1)
            .build();

    private static final List<MessageForm> REFUSALS = List.of(
            MessageForm.of("user \"{user}\": password mismatch"),
            MessageForm.of("user \"{user}\" was not found in \"{file}\""));

    /// What nginx appends, in its order.
    private static final List<String> FIELDS = List.of(
            "client",
            "server",
            "request",
            "subrequest",
            "upstream",
            "host",
            "referrer",
            "login",
            "responder",
            "peer",
            "certificate");

    private static final int[] NAMES = FIELDS.stream().mapToInt(FieldNames::of).toArray();

    @Override
    public String name() {
        return "nginx-error";
    }

    @Override
    public String product() {
        return "nginx 0.8 to 1.27, error log";
    }

    @Override
    public boolean claims(Line line) {
        return level(line) > 0;
    }

    /// Where the bracket of the level opens: `2019/08/25 23:59:53 [error] 9841#9841: `; -1 if it does not.
    private static int level(Line line) {
        byte[] b = line.bytes();
        int at = line.from();
        int to = line.to();
        if (to - at < 30
                || b[at] != '1' && b[at] != '2'
                || b[at + 4] != '/'
                || b[at + 7] != '/'
                || b[at + 10] != ' '
                || b[at + 13] != ':') {
            return -1;
        }
        if (!line.at(at + 19, " [")) {
            return -1;
        }
        int close = AuditRecord.indexOf(b, ']', at, Math.min(to, at + 32));
        int number = close + 2;
        while (close > 0 && number < to && b[number] >= '0' && b[number] <= '9') {
            number++;
        }
        return close > 0 && number > close + 2 && number < to && b[number] == '#' ? at + 20 : -1;
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        int level = level(line);
        row.field(TIME, level - 20, level - 1);
        long time = Times.iso(b, level - 20, 19, row.context().zone());
        if (time != Times.NONE) {
            row.set(Attribute.TIME, time);
        }
        int close = AuditRecord.indexOf(b, ']', level, to);
        row.field(LEVEL, level + 1, close);
        int hash = AuditRecord.indexOf(b, '#', close, to);
        row.field(PID, close + 2, hash);
        int at = hash + 1;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        given(row, TID, hash + 1, at);
        at = line.at(at, ": ") ? at + 2 : at;
        if (at < to && b[at] == '*') {
            int end = AuditRecord.word(b, at, to);
            given(row, CONNECTION_NUMBER, at + 1, end);
            at = AuditRecord.spaces(b, end, to);
        }
        row.map(understand(line, row, at));
    }

    private static Mapping understand(Line line, Row row, int from) {
        int to = line.to();
        int fields = first(line, from, true);
        fields = fields < 0 ? first(line, from, false) : fields;
        int end = fields < 0 ? to : fields;
        given(row, MESSAGE, from, end);
        if (fields >= 0) {
            fields(line, row, fields);
        }
        for (MessageForm form : REFUSALS) {
            if (form.match(row, from, end)) {
                return REFUSED;
            }
        }
        return row.has(REQUEST_LINE) ? REQUEST : row.has(CLIENT) ? CONNECTION : SERVER;
    }

    /// Where the first field begins, with its comma; only outside quotes if so asked.
    private static int first(Line line, int from, boolean outside) {
        byte[] b = line.bytes();
        boolean quoted = false;
        for (int at = from; at < line.to(); at++) {
            if (b[at] == '"') {
                quoted = !quoted;
            } else if (b[at] == ',' && !(quoted && outside)) {
                if (line.at(at, ", client: ")) {
                    int value = at + 10;
                    int end = value;
                    while (end < line.to() && b[end] != ',') {
                        end++;
                    }
                    if (Addresses.clean(b, value, end) >= 0 || line.at(value, "unix:")) {
                        return at;
                    }
                } else if (line.at(at, ", responder: ") || line.at(at, ", upstream: ") || line.at(at, ", server: ")) {
                    return at;
                }
            }
        }
        return -1;
    }

    /// `, client: 192.0.2.1, server: x, request: "GET / HTTP/1.1"`: a quoted value ends where the next
    /// field or nothing follows its quote.
    private static void fields(Line line, Row row, int from) {
        byte[] b = line.bytes();
        int to = line.to();
        int at = from;
        int next = 0;
        while (at < to && next < NAMES.length) {
            int which = field(line, at, next);
            if (which < 0) {
                return;
            }
            next = which + 1;
            int value = at + 4 + FIELDS.get(which).length();
            int end = value;
            if (value < to && b[value] == '"') {
                value++;
                end = value;
                while (end < to && !(b[end] == '"' && (end + 1 == to || field(line, end + 1, next) >= 0))) {
                    end++;
                }
                at = Math.min(end + 1, to);
            } else {
                while (end < to && !(b[end] == ',' && field(line, end, next) >= 0)) {
                    end++;
                }
                at = end;
            }
            if (NAMES[which] == REQUEST_LINE) {
                WebAccess.request(row, value, end);
            } else {
                given(row, NAMES[which], value, end);
            }
        }
    }

    /// Which field begins at the comma here, of those that may still come; -1 if none does.
    private static int field(Line line, int at, int next) {
        for (int i = next; i < FIELDS.size(); i++) {
            String name = FIELDS.get(i);
            if (line.at(at + 2, name) && line.at(at, ", ") && line.at(at + 2 + name.length(), ": ")) {
                return i;
            }
        }
        return -1;
    }

    private static void given(Row row, int name, int from, int to) {
        if (from < to) {
            row.field(name, from, to);
        }
    }
}
