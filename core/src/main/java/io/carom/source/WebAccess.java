package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Times;

/// Access logs of Apache httpd, nginx and all that imitate them: Common and Combined Log Format, with or
/// without the virtual host before, and with whatever a site appends (Apache 2.4 `mod_log_config`, nginx
/// `ngx_http_log_module`), from their own file or over syslog.
///
/// The two products write the same line, so they are not told apart. Fields have the names of the
/// directives' meanings; what stands behind the user agent is kept as `more`.
@AutoService(Source.class)
public final class WebAccess implements LineSource {
    private static final Mapping REQUEST = Mapping.of("request", 4002)
            .field("client", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("client", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .field("user", "actor.user.domain", NetworkFields.DOMAIN)
            .field("vhost", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("port", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
            .field("method", "activity_id", WebFields.ACTIVITY)
            .field("method", "http_request.http_method", WebFields.METHOD)
            .field("url", "http_request.url.url_string", WebFields.URL)
            .field("vhost", "http_request.url.hostname", LOWER)
            .field("port", "http_request.url.port", PORT)
            .field("protocol", "http_request.version", TEXT)
            .field("status", "http_response.code", INTEGER)
            .field("bytes", "http_response.body_length", INTEGER)
            .field("referer", "http_request.referrer", TEXT)
            .field("user_agent", "http_request.user_agent", TEXT)
            .field("request", "message", TEXT)
            .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
            .compose(WebFields.WHOLE)
            .constant("http_response.code", 0)
            .product("Apache or nginx", "Web server")
            .build();

    private static final int VHOST = FieldNames.of("vhost");
    private static final int VPORT = FieldNames.of("port");
    private static final int CLIENT = FieldNames.of("client");
    private static final int IDENT = FieldNames.of("ident");
    private static final int USER = FieldNames.of("user");
    private static final int TIME = FieldNames.of("time");
    private static final int REQUEST_LINE = FieldNames.of("request");
    private static final int METHOD = FieldNames.of("method");
    private static final int URL = FieldNames.of("url");
    private static final int PROTOCOL = FieldNames.of("protocol");
    private static final int STATUS = FieldNames.of("status");
    private static final int BYTES = FieldNames.of("bytes");
    private static final int REFERER = FieldNames.of("referer");
    private static final int AGENT = FieldNames.of("user_agent");
    private static final int MORE = FieldNames.of("more");

    @Override
    public String name() {
        return "web-access";
    }

    @Override
    public String product() {
        return "Apache httpd 2, nginx 1: Common and Combined Log Format";
    }

    @Override
    public boolean claims(Line line) {
        return open(line.bytes(), line.from(), line.to()) >= 0;
    }

    /// Where the bracket of the time opens, or -1: `[10/Oct/2000:13:55:36 -0700] "`.
    private static int open(byte[] b, int from, int to) {
        int last = Math.min(to - 31, from + 600);
        for (int at = from + 4; at <= last; at++) {
            if (b[at] == '['
                    && b[at - 1] == ' '
                    && b[at + 3] == '/'
                    && b[at + 7] == '/'
                    && b[at + 12] == ':'
                    && Times.month(b, at + 4, to) != 0) {
                int close = at + 21;
                while (close < to && close < at + 34 && b[close] != ']') {
                    close++;
                }
                return close + 2 < to && b[close] == ']' && b[close + 1] == ' ' && b[close + 2] == '"' ? at : -1;
            }
        }
        return -1;
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        int open = open(b, line.from(), to);
        int close = open;
        while (b[close] != ']') {
            close++;
        }
        who(row, line.from(), open - 1);
        row.field(TIME, open + 1, close);
        long millis =
                Times.dayMonthYear(b, open + 1, close - open - 1, row.context().zone());
        if (millis != Times.NONE) {
            row.set(Attribute.TIME, millis);
        }
        int at = close + 2;
        int end = quoted(b, at, to);
        if (end - at == 3 && b[at + 1] == '-' && end + 1 < to && b[end + 1] == '"') {
            // Something a site puts before the request.
            at = end + 1;
            end = quoted(b, at, to);
        }
        request(row, at + 1, end - 1);
        at = spaces(b, end, to);
        int word = word(b, at, to);
        given(row, STATUS, at, word);
        at = spaces(b, word, to);
        word = word(b, at, to);
        given(row, BYTES, at, word);
        at = spaces(b, word, to);
        int text = at;
        while (text < to && b[text] != '"') {
            text++;
        }
        if (text < to) {
            end = quoted(b, text, to);
            given(row, REFERER, text + 1, end - 1);
            at = spaces(b, end, to);
            if (at < to && b[at] == '"') {
                end = quoted(b, at, to);
                given(row, AGENT, at + 1, end - 1);
                at = spaces(b, end, to);
            }
        }
        if (at < to) {
            row.field(MORE, at, to);
        }
        row.map(REQUEST);
    }

    /// `[vhost[:port]] client ident user`; the client is the first of the first two that is an address.
    private static void who(Row row, int from, int to) {
        byte[] b = row.bytes();
        int at = spaces(b, from, to);
        int end = word(b, at, to);
        int second = spaces(b, end, to);
        int secondEnd = word(b, second, to);
        if (Addresses.clean(b, at, end) < 0 && second < secondEnd && Addresses.clean(b, second, secondEnd) >= 0) {
            int colon = end;
            while (colon > at && b[colon - 1] >= '0' && b[colon - 1] <= '9') {
                colon--;
            }
            boolean port = colon > at + 1 && colon < end && b[colon - 1] == ':';
            given(row, VHOST, at, port ? colon - 1 : end);
            if (port) {
                row.field(VPORT, colon, end);
            }
            at = second;
            end = secondEnd;
        }
        row.field(CLIENT, at, end);
        at = spaces(b, end, to);
        if (at < to && b[at] == '(') {
            at = spaces(b, word(b, at, to), to);
        }
        end = word(b, at, to);
        given(row, IDENT, at, end);
        at = spaces(b, end, to);
        given(row, USER, at, to);
    }

    /// Gives a request line `[from, to)` to the row: `request`, and `method`, `url` and `protocol` if it
    /// is HTTP.
    static void request(Row row, int from, int to) {
        if (from >= to) {
            return;
        }
        byte[] b = row.bytes();
        given(row, REQUEST_LINE, from, to);
        int method = from;
        while (method < to && b[method] >= 'A' && b[method] <= 'Z') {
            method++;
        }
        if (method == from || method >= to || b[method] != ' ') {
            // Not HTTP: what a scanner sent, kept as it came.
            return;
        }
        row.field(METHOD, from, method);
        int last = to;
        while (last > method && b[last - 1] != ' ') {
            last--;
        }
        boolean protocol = last > method + 1 && last + 4 < to && b[last] == 'H' && b[last + 1] == 'T';
        row.field(URL, method + 1, protocol ? last - 1 : to);
        if (protocol) {
            row.field(PROTOCOL, last, to);
        }
    }

    /// Behind the closing quote; a backslash takes the next character's meaning away.
    private static int quoted(byte[] b, int from, int to) {
        int at = from + 1;
        while (at < to && b[at] != '"') {
            at += b[at] == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, to);
    }

    private static void given(Row row, int name, int from, int to) {
        if (from < to && (to - from != 1 || row.bytes()[from] != '-')) {
            row.field(name, from, to);
        }
    }

    private static int spaces(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] == ' ') {
            at++;
        }
        return at;
    }

    private static int word(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] != ' ') {
            at++;
        }
        return at;
    }
}
