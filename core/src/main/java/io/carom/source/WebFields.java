package io.carom.source;

import io.carom.event.Attribute;
import io.carom.event.Column;
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

    /// OCSF's `activity_id` of Application Error by the level: 1, General Error, from `warn` up; below it
    /// is
    /// no error.
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

    private WebFields() {}

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
        boolean authority = whole || b[from] != '/' && b[from] != '*';
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

    private static int indexOf(byte[] b, int from, int to, int wanted) {
        for (int at = from; at < to; at++) {
            if (b[at] == wanted) {
                return at;
            }
        }
        return -1;
    }
}
