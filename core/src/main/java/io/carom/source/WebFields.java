package io.carom.source;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.mapping.Composition;
import io.carom.source.mapping.Conversion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/// What logs of the web have in common.
final class WebFields {
    /// OCSF's `activity_id` of HTTP Activity by method; anything else is 99.
    static final Conversion ACTIVITY = Conversion.words(
            Map.of(
                    "CONNECT", 1, "DELETE", 2, "GET", 3, "HEAD", 4, "OPTIONS", 5, "POST", 6, "PUT", 7, "TRACE", 8,
                    "PATCH", 9),
            99);

    /// Levels of the error logs of Apache and nginx, which are syslog's and finer ones below.
    static final Conversion LEVEL = Conversion.words(
            Map.of("emerg", 6, "alert", 5, "crit", 4, "error", 3, "warn", 2, "notice", 1, "info", 1, "debug", 1), 1);

    /// OCSF's `activity_id` of Application Error by the level: 1, General Error, from `warn` up; below
    /// it is no error.
    static final Conversion ERROR =
            Conversion.words(Map.of("emerg", 1, "alert", 1, "crit", 1, "error", 1, "warn", 1), 99);

    private static final byte[][] METHODS = Stream.of(
                    "GET", "POST", "CONNECT", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
            .map(method -> method.getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);

    /// A method that OCSF lists; another (WebDAV's, a scanner's) stays a native field.
    static final Conversion METHOD = (row, to, slice, kind) -> {
        if (isMethod(row.bytes(), Column.from(slice), Column.length(slice))) {
            row.set(to, slice);
        }
        return true;
    };

    private static boolean isMethod(byte[] b, int from, int length) {
        for (byte[] method : METHODS) {
            if (method.length == length && Arrays.equals(b, from, from + length, method, 0, length)) {
                return true;
            }
        }
        return false;
    }

    private static final Attribute HOST = Attribute.of("http_request.url.hostname");
    private static final Attribute PORT = Attribute.of("http_request.url.port");
    private static final Attribute PATH = Attribute.of("http_request.url.path");
    private static final Attribute QUERY = Attribute.of("http_request.url.query_string");
    private static final Attribute ASKED = Attribute.of("http_request.url.url_string");
    private static final Attribute SEEN = Attribute.of("url.url_string");
    private static final Attribute SERVER = Attribute.of("dst_endpoint.ip");
    private static final Attribute SERVER_NAME = Attribute.of("dst_endpoint.hostname");
    private static final Attribute SERVER_PORT = Attribute.of("dst_endpoint.port");

    private WebFields() {}

    /// The whole URL where a server's log has its parts: the host that was asked for, the port, the path. Without it
    /// an indicator that is a URL would be seen in logs of proxies alone.
    static final Composition WHOLE = row -> whole(row, ASKED, HOST, -1);

    /// The same for what watches a network: where no host is named the server's address stands in its place, as it
    /// does for who calls a server by its address.
    static final Composition WHOLE_SEEN = row -> whole(row, ASKED, HOST, given(row.batch(), SERVER));

    /// The same for gateways, whose URL is often a path beside the server's name or address.
    static final Composition WHOLE_OF_SESSION = row -> whole(row, SEEN, SERVER_NAME, given(row.batch(), SERVER));

    /// A URL as a client asks for it: whole (`http://host:port/path?query`), as a path with a query, or, of
    /// CONNECT, as `host:port`. The parts are slices of the value (RFC 3986 section 3).
    static final Conversion URL = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        if (from == end) {
            return true;
        }
        row.set(to, slice);
        int at = from;
        int scheme = indexOf(b, from, end, ':');
        boolean whole = scheme > from && scheme + 2 < end && b[scheme + 1] == '/' && b[scheme + 2] == '/';
        // What is no path though the host is named elsewhere is a client's mistake, and no other host.
        boolean authority =
                whole || b[from] != '/' && b[from] != '*' && !row.batch().has(HOST);
        if (authority) {
            int host = whole ? scheme + 3 : from;
            int stop = host;
            while (stop < end && b[stop] != '/' && b[stop] != '?' && b[stop] != '#') {
                stop++;
            }
            int user = indexOf(b, host, stop, '@');
            host = user < 0 ? host : user + 1;
            int colon = stop;
            while (colon > host && b[colon - 1] >= '0' && b[colon - 1] <= '9') {
                colon--;
            }
            if (colon > host + 1 && colon < stop && b[colon - 1] == ':') {
                Conversion.PORT.write(row, PORT, Column.pack(colon, stop), kind);
                stop = colon - 1;
            }
            if (b[host] == '[' && b[stop - 1] == ']') {
                host++;
                stop--;
            }
            if (host < stop) {
                Conversion.LOWER.write(row, HOST, Column.pack(host, stop), kind);
            }
            at = stop;
            while (at < end && b[at] != '/' && b[at] != '?') {
                at++;
            }
        }
        int query = indexOf(b, at, end, '?');
        if (at < (query < 0 ? end : query)) {
            row.set(PATH, Column.pack(at, query < 0 ? end : query));
        }
        if (query >= 0 && query + 1 < end) {
            row.set(QUERY, Column.pack(query + 1, end));
        }
        return true;
    };

    private static void whole(Row row, Attribute url, Attribute host, long address) {
        EventBatch batch = row.batch();
        long name = given(batch, host);
        name = name == NONE ? address : name;
        boolean asked = url == ASKED;
        long path = given(batch, url);
        long query = NONE;
        if (path == NONE && asked) {
            path = given(batch, PATH);
            query = given(batch, QUERY);
        }
        if (name == NONE || path == NONE || batch.arena()[Column.from(path)] != '/') {
            return;
        }
        long port = asked ? given(batch, PORT) : NONE;
        port = port == NONE ? given(batch, SERVER_PORT) : port;
        byte[] b = batch.arena();
        int colons = 0;
        for (int i = 0; i < Column.length(name); i++) {
            colons += b[Column.from(name) + i] == ':' ? 1 : 0;
        }
        boolean secure = port == 443;
        // A `Host` header may name the port itself.
        boolean stated = colons != 1 && port > 0 && port != 80 && !secure;
        byte[] digits = stated ? (":" + port).getBytes(StandardCharsets.US_ASCII) : EMPTY;
        byte[] scheme = secure ? HTTPS : HTTP;
        int length = scheme.length + Column.length(name) + 2 + digits.length + Column.length(path);
        length += query == NONE ? 0 : 1 + Column.length(query);
        byte[] room = batch.reserve(length);
        int at = batch.arenaEnd();
        int end = put(room, at, scheme, 0, scheme.length);
        if (colons > 1) {
            room[end++] = '[';
        }
        end = put(room, end, room, Column.from(name), Column.length(name));
        if (colons > 1) {
            room[end++] = ']';
        }
        end = put(room, end, digits, 0, digits.length);
        end = put(room, end, room, Column.from(path), Column.length(path));
        if (query != NONE) {
            room[end++] = '?';
            end = put(room, end, room, Column.from(query), Column.length(query));
        }
        batch.arenaEnd(end);
        row.set(url, Column.pack(at, end));
    }

    private static final long NONE = -1;
    private static final byte[] EMPTY = {};
    private static final byte[] HTTP = "http://".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTPS = "https://".getBytes(StandardCharsets.US_ASCII);

    private static int put(byte[] room, int at, byte[] from, int begin, int length) {
        System.arraycopy(from, begin, room, at, length);
        return at + length;
    }

    /// The open row's value of an attribute; {@link #NONE} if it has none.
    private static long given(EventBatch batch, Attribute attribute) {
        return batch.has(attribute) ? batch.columnOf(attribute).value(batch.rows()) : NONE;
    }

    private static int indexOf(byte[] b, int from, int to, int wanted) {
        for (int at = from; at < to; at++) {
            if (b[at] == wanted) {
                return at;
            }
        }
        return -1;
    }
}
