package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.NameTable;
import io.carom.source.parse.Numbers;

/// IBM QRadar's Log Event Extended Format, versions 1.0 and 2.0, of any product.
///
/// `LEEF:1.0|vendor|product|version|event id|` and then `key=value` with tabs between; version 2.0 states
/// the delimiter, as a character or as `x` and its code, in a field more. Names are those of IBM's "LEEF
/// event components".
@AutoService(Source.class)
public final class Leef implements LineSource {
    private static final int[] HEADER = {
        FieldNames.of("LEEFVersion"),
        FieldNames.of("Vendor"),
        FieldNames.of("Product"),
        FieldNames.of("Version"),
        FieldNames.of("EventID")
    };
    private static final int SRC = FieldNames.of("src");
    private static final int DST = FieldNames.of("dst");
    private static final int USER = FieldNames.of("usrName");
    private static final int CATEGORY = FieldNames.of("cat");

    /// LEEF's severity is 1 to 10.
    private static final Conversion SEVERITY = (row, to, slice, kind) -> {
        long level = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (level < 0 || level > 10) {
            return false;
        }
        Conversion.put(row, to, level <= 1 ? 1 : level <= 3 ? 2 : level <= 6 ? 3 : level <= 8 ? 4 : 5);
        return true;
    };

    private static Mapping.Builder event(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("Vendor", "metadata.product.vendor_name", TEXT)
                .constant("metadata.product.name", "Unknown")
                .field("Product", "metadata.product.name", TEXT)
                .field("Version", "metadata.product.version", TEXT)
                .field("EventID", "metadata.event_code", TEXT)
                .field("cat", "metadata.log_name", TEXT)
                .field("sev", "severity_id", SEVERITY)
                .field("devTime", "time", TIME)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("action", "action_id", NetworkFields.VERDICT)
                .fallback("act", "action_id", NetworkFields.VERDICT)
                .field("msg", "message", TEXT)
                .field("policy", "firewall_rule.name", TEXT);
    }

    private static Mapping.Builder endpoints(Mapping.Builder to) {
        return to.field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("srcMAC", "src_endpoint.mac", NetworkFields.MAC)
                .field("identHostName", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dst", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dstMAC", "dst_endpoint.mac", NetworkFields.MAC)
                .fallback("identSrc", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("srcPort", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("dstPort", "dst_endpoint.port", NetworkFields.DESTINATION_PORT);
    }

    private static final Mapping NETWORK = endpoints(event("network", 4001))
            .field("usrName", "actor.user.name", NetworkFields.ACCOUNT)
            .field("usrName", "actor.user.domain", NetworkFields.DOMAIN)
            .field("domain", "actor.user.domain", TEXT)
            .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
            .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
            .field("srcBytes", "traffic.bytes_out", INTEGER)
            .field("dstBytes", "traffic.bytes_in", INTEGER)
            .field("totalBytes", "traffic.bytes", INTEGER)
            .field("srcPackets", "traffic.packets_out", INTEGER)
            .field("dstPackets", "traffic.packets_in", INTEGER)
            .field("url", "url.url_string", TEXT)
            .activity(6)
            .build();

    private static final Mapping LOGON = endpoints(event("logon", 3002))
            .field("usrName", "user.name", NetworkFields.ACCOUNT)
            .field("usrName", "user.domain", NetworkFields.DOMAIN)
            .field("Product", "service.name", TEXT)
            .activity(1)
            .build();

    private static final Mapping OTHER = event("other", 0)
            .field("usrName", "actor.user.name", NetworkFields.ACCOUNT)
            .field("usrName", "actor.user.domain", NetworkFields.DOMAIN)
            .build();

    private final NameTable names = new NameTable();

    @Override
    public String name() {
        return "leef";
    }

    @Override
    public String product() {
        return "Log Event Extended Format 1.0 and 2.0 of any product";
    }

    @Override
    public int rank() {
        return -10;
    }

    @Override
    public boolean claims(Line line) {
        return start(line) >= 0;
    }

    /// Where `1.0|` or `2.0|` stands.
    private static int start(Line line) {
        int at = line.startsWith("LEEF:") ? line.from() : line.indexOf("LEEF:", line.from());
        return at >= 0 && at - line.from() < 256 && (line.at(at + 5, "1.0|") || line.at(at + 5, "2.0|")) ? at + 5 : -1;
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int at = start(line);
        int to = line.to();
        boolean second = b[at] == '2';
        for (int part = 0; part < HEADER.length; part++) {
            int end = bar(b, at, to);
            if (end == to) {
                row.reject("expected the five header fields of LEEF");
                return;
            }
            if (end > at) {
                row.field(HEADER[part], at, end);
            }
            at = end + 1;
        }
        byte delimiter = '\t';
        if (second) {
            int end = bar(b, at, to);
            // Version 2.0 may still leave the delimiter's field out: then what comes is a pair already.
            if (end < to && end - at <= 5) {
                delimiter = delimiter(b, at, end);
                at = end + 1;
            }
        } else if (indexOf(b, (byte) '\t', at, to) == to) {
            // Version 1.0 says tab; products that write another character exist.
            delimiter = indexOf(b, (byte) '^', at, to) < to ? (byte) '^' : (byte) '\t';
        }
        pairs(row, at, to, delimiter);
        row.map(mapping(row));
    }

    private static byte delimiter(byte[] b, int from, int to) {
        if (to == from) {
            return '\t';
        }
        if (to - from > 1) {
            int at = from + (b[from] == '0' ? 1 : 0);
            int code = 0;
            for (int i = at + 1; i < to; i++) {
                code = code * 16 + Math.max(0, Character.digit(b[i], 16));
            }
            return code > 0 && code < 128 ? (byte) code : (byte) '\t';
        }
        return b[from];
    }

    private void pairs(Row row, int from, int to, byte delimiter) {
        byte[] b = row.bytes();
        int at = from;
        while (at < to) {
            int end = indexOf(b, delimiter, at, to);
            int equals = indexOf(b, (byte) '=', at, end);
            if (equals < end && equals > at && end > equals + 1) {
                int key = at;
                while (b[key] == ' ') {
                    key++;
                }
                row.field(names.id(b, key, equals), equals + 1, end);
            }
            at = end + 1;
        }
    }

    private static int bar(byte[] b, int from, int to) {
        return indexOf(b, (byte) '|', from, to);
    }

    private static int indexOf(byte[] b, byte c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return to;
    }

    private static Mapping mapping(Row row) {
        long category = row.value(CATEGORY);
        long id = row.value(HEADER[4]);
        if (NetworkFields.isSaid(row, USER)
                && (category >= 0 && GenericFields.saysLogon(row.bytes(), category)
                        || id >= 0 && GenericFields.saysLogon(row.bytes(), id))) {
            return LOGON;
        }
        return NetworkFields.isSaid(row, SRC) || NetworkFields.isSaid(row, DST) ? NETWORK : OTHER;
    }
}
