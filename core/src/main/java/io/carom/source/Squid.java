package io.carom.source;

import static io.carom.source.mapping.Conversion.EPOCH_SECONDS;
import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;

/// Squid's native access log, from its own file or over syslog.
///
/// `time elapsed client result/status bytes method URL user hierarchy/peer type`, as Squid's
/// documentation of `access.log` gives it, versions 2 to 6; what a configured `logformat` appends is
/// kept under `more`.
@AutoService(Source.class)
public final class Squid implements LineSource {
    private static final Mapping REQUEST = Mapping.of("request", 4002)
            .field("time", "time", EPOCH_SECONDS)
            .field("elapsed", "duration", INTEGER)
            .field("client", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("client", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("result", "status_detail", TEXT)
            .field("status", "http_response.code", INTEGER)
            .field("bytes", "traffic.bytes_in", INTEGER)
            .field("method", "activity_id", WebFields.ACTIVITY)
            .field("method", "http_request.http_method", WebFields.METHOD)
            .field("url", "http_request.url.url_string", WebFields.URL)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .field("user", "actor.user.domain", NetworkFields.DOMAIN)
            .field("peer", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("peer", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("type", "http_response.content_type", TEXT)
            .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
            .constant("http_response.code", 0)
            .product("Squid", "Squid")
            .build();

    private static final int TIME = FieldNames.of("time");
    private static final int ELAPSED = FieldNames.of("elapsed");
    private static final int CLIENT = FieldNames.of("client");
    private static final int RESULT = FieldNames.of("result");
    private static final int STATUS = FieldNames.of("status");
    private static final int BYTES = FieldNames.of("bytes");
    private static final int METHOD = FieldNames.of("method");
    private static final int URL = FieldNames.of("url");
    private static final int USER = FieldNames.of("user");
    private static final int HIERARCHY = FieldNames.of("hierarchy");
    private static final int PEER = FieldNames.of("peer");
    private static final int TYPE = FieldNames.of("type");
    private static final int MORE = FieldNames.of("more");

    @Override
    public String name() {
        return "squid";
    }

    @Override
    public String product() {
        return "Squid 2 to 6, native access.log";
    }

    @Override
    public boolean claims(Line line) {
        byte[] b = line.bytes();
        int to = line.to();
        int at = line.from();
        int digits = digits(b, at, to);
        if (digits < 9 || digits > 11 || at + digits >= to || b[at + digits] != '.') {
            return false;
        }
        at += digits + 1;
        digits = digits(b, at, to);
        if (digits != 3 && digits != 6) {
            return false;
        }
        at = spaces(b, at + digits, to);
        digits = digits(b, at, to);
        if (digits == 0 || at + digits >= to || b[at + digits] != ' ') {
            return false;
        }
        at = word(b, spaces(b, at + digits, to), to);
        at = spaces(b, at, to);
        // `TCP_MISS/200`
        int result = at;
        while (at < to && (b[at] >= 'A' && b[at] <= 'Z' || b[at] == '_')) {
            at++;
        }
        return at > result && at + 4 < to && b[at] == '/' && digits(b, at + 1, to) == 3 && b[at + 4] == ' ';
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        int at = line.from();
        int column = 0;
        while (at < to && column < 10) {
            int end = word(b, at, to);
            switch (column) {
                case 0 -> row.field(TIME, at, end);
                case 1 -> row.field(ELAPSED, at, end);
                case 2 -> row.field(CLIENT, at, end);
                case 3 -> {
                    row.field(RESULT, at, end - 4);
                    row.field(STATUS, end - 3, end);
                }
                case 4 -> row.field(BYTES, at, end);
                case 5 -> given(row, METHOD, at, end);
                case 6 -> row.field(URL, at, end);
                case 7 -> given(row, USER, at, end);
                case 8 -> {
                    int slash = at;
                    while (slash < end && b[slash] != '/') {
                        slash++;
                    }
                    row.field(HIERARCHY, at, slash);
                    if (slash < end) {
                        given(row, PEER, slash + 1, end);
                    }
                }
                default -> given(row, TYPE, at, end);
            }
            column++;
            at = spaces(b, end, to);
        }
        if (column < 9) {
            row.reject("expected at least 9 values of Squid's native log, found " + column);
            return;
        }
        if (at < to) {
            row.field(MORE, at, to);
        }
        row.map(REQUEST);
    }

    /// A value that is not `-`.
    private static void given(Row row, int name, int from, int to) {
        if (to - from != 1 || row.bytes()[from] != '-') {
            row.field(name, from, to);
        }
    }

    private static int digits(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        return at - from;
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
