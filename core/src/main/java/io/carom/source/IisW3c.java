package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;

/// W3C extended logs as Microsoft's IIS writes them: `#Fields:`, then a record a line, values with a space
/// between and `-` for none. Times are UTC (W3C working draft "Extended Log File Format"; IIS 6 to 10).
///
/// Others write the form too: Amazon CloudFront with tabs between, ProxySG with quotes around values that
/// hold spaces. Those are read where a line's values are not as many as its names otherwise.
///
/// A `#Fields:` line may come again with other names, as after a change of the configuration or when files
/// are put together. Where a record has a time without a date, the last `#Date:` gives it.
@AutoService(Source.class)
public final class IisW3c implements FileSource {
    private static final int SOURCE = SourceNames.of("iis-w3c");

    /// Spaces of a user agent are written as `+`.
    private static final Conversion PLUS = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = b[from + i] == '+' ? (byte) ' ' : b[from + i];
        }
        row.set(to, row.batch().append(text, 0, length));
        return true;
    };

    private static final Mapping REQUEST = Mapping.of("request", 4002)
            .field("c-ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("c-port", "src_endpoint.port", PORT)
            .field("s-ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("s-port", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
            .field("s-computername", "device.hostname", NetworkFields.HOSTNAME)
            .field("s-sitename", "dst_endpoint.svc_name", TEXT)
            .field("cs-method", "activity_id", WebFields.ACTIVITY)
            .field("cs-method", "http_request.http_method", WebFields.METHOD)
            .field("cs-uri-stem", "http_request.url.path", TEXT)
            .field("cs-uri-query", "http_request.url.query_string", TEXT)
            .field("cs-host", "http_request.url.hostname", LOWER)
            // CloudFront's: what the client asked for, then the distribution's own name.
            .field("x-host-header", "http_request.url.hostname", LOWER)
            .fallback("cs(Host)", "http_request.url.hostname", LOWER)
            // ProxySG's.
            .field("cs-uri-path", "http_request.url.path", TEXT)
            .field("cs-uri-port", "http_request.url.port", PORT)
            .field("cs-username", "actor.user.name", NetworkFields.ACCOUNT)
            .field("cs-username", "actor.user.domain", NetworkFields.DOMAIN)
            .field("cs(User-Agent)", "http_request.user_agent", PLUS)
            .field("cs(Referer)", "http_request.referrer", TEXT)
            .field("cs-version", "http_request.version", TEXT)
            .field("X-Forwarded-For", "http_request.x_forwarded_for", NetworkFields.IP_OR_NONE)
            .field("sc-status", "http_response.code", INTEGER)
            .field("time-taken", "duration", INTEGER)
            .field("sc-bytes", "traffic.bytes_in", INTEGER)
            .field("cs-bytes", "traffic.bytes_out", INTEGER)
            .compose(WebFields.WHOLE)
            .constant("http_response.code", 0)
            .product("Microsoft", "IIS")
            .build();

    @Override
    public String name() {
        return "iis-w3c";
    }

    @Override
    public String product() {
        return "Microsoft IIS 6 to 10, W3C extended log";
    }

    @Override
    public int recognise(Head head) {
        List<String> first = head.lines(20);
        boolean fields = first.stream().anyMatch(l -> l.startsWith("#Fields: ") && l.contains("sc-status"));
        return !fields ? 0 : first.stream().anyMatch(l -> l.startsWith("#Software: Microsoft")) ? 100 : 80;
    }

    @Override
    public RecordReader open(InputContext context) {
        Reader reader = new Reader();
        return (row, from, to, end) ->
                Lines.each(row, from, to, end, (lineFrom, lineTo) -> reader.line(row, lineFrom, lineTo));
    }

    private static final class Reader {
        private int[] fields = {};
        /// What wrote the log, where it is not IIS.
        private String vendor = "";

        private String software = "";
        private int date = -1;
        private int time = -1;
        private byte[] lastDate = {};
        private final byte[] moment = new byte[64];

        void line(Row row, int from, int to) {
            byte[] b = row.bytes();
            if (from == to) {
                return;
            }
            if (b[from] == '#') {
                header(new String(b, from, to - from, StandardCharsets.UTF_8));
                return;
            }
            row.begin(SOURCE, from, to);
            if (fields.length == 0) {
                row.reject("a record before any #Fields line");
                return;
            }
            int found = values(row, from, to, (byte) ' ', false);
            if (found != fields.length
                    && values(row, from, to, (byte) '\t', false) != fields.length
                    && values(row, from, to, (byte) ' ', true) != fields.length) {
                row.reject("expected " + fields.length + " values as #Fields names them, found " + found);
                return;
            }
            time(row, dateSlice, timeSlice);
            if (!software.isEmpty()) {
                row.set(Attribute.VENDOR_NAME, vendor);
                row.set(Attribute.PRODUCT_NAME, software);
            }
            row.map(REQUEST);
        }

        private long dateSlice;
        private long timeSlice;

        /// Gives the row the line's values, in place of what it has; says how many there are.
        ///
        /// @param quoted whether a value may stand in quotes, in which a space is plain
        private int values(Row row, int from, int to, byte separator, boolean quoted) {
            byte[] b = row.bytes();
            row.batch().dropSlots(row.batch().firstSlot(row.batch().rows()));
            dateSlice = -1;
            timeSlice = -1;
            int column = 0;
            int at = from;
            while (at <= to) {
                int end = at;
                while (end < to && b[end] != separator) {
                    end++;
                }
                int start = at;
                int stop = end;
                if (quoted && at < to && b[at] == '"') {
                    end = at + 1;
                    while (end < to && !(b[end] == '"' && (end + 1 == to || b[end + 1] == separator))) {
                        end++;
                    }
                    start = at + 1;
                    stop = end;
                    end = Math.min(end + 1, to);
                }
                if (column < fields.length) {
                    if (stop - start != 1 || b[start] != '-') {
                        row.field(fields[column], start, stop);
                    }
                    if (column == date) {
                        dateSlice = Column.pack(start, stop);
                    } else if (column == time) {
                        timeSlice = Column.pack(start, stop);
                    }
                }
                column++;
                at = end + 1;
            }
            return column;
        }

        private void time(Row row, long dateSlice, long timeSlice) {
            byte[] b = row.bytes();
            int length = 0;
            if (dateSlice >= 0 && Column.length(dateSlice) <= 16) {
                length = Column.length(dateSlice);
                System.arraycopy(b, Column.from(dateSlice), moment, 0, length);
            } else {
                length = lastDate.length;
                System.arraycopy(lastDate, 0, moment, 0, length);
            }
            if (timeSlice < 0 || Column.length(timeSlice) > 32 || length == 0) {
                return;
            }
            moment[length++] = ' ';
            System.arraycopy(b, Column.from(timeSlice), moment, length, Column.length(timeSlice));
            long millis = Times.iso(moment, 0, length + Column.length(timeSlice), ZoneOffset.UTC);
            if (millis != Times.NONE) {
                row.set(Attribute.TIME, millis);
            }
        }

        private void header(String line) {
            if (line.startsWith("#Fields: ")) {
                String[] names = line.substring(9).strip().split("[ \t]+");
                fields = new int[names.length];
                date = -1;
                time = -1;
                for (int i = 0; i < names.length; i++) {
                    fields[i] = FieldNames.of(names[i]);
                    date = names[i].equals("date") ? i : date;
                    time = names[i].equals("time") ? i : time;
                    if (names[i].equals("x-edge-location")) {
                        vendor = "AWS";
                        software = "CloudFront";
                    }
                }
            } else if (line.startsWith("#Software: ") && !line.startsWith("#Software: Microsoft")) {
                software = line.substring(11).strip();
                vendor = software.startsWith("SGOS") ? "Broadcom" : "Unknown";
            } else if (line.startsWith("#Date: ") && line.length() >= 17) {
                lastDate = line.substring(7, 17).getBytes(StandardCharsets.US_ASCII);
            }
        }
    }
}
