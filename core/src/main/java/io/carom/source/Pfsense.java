package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Delimited;
import java.util.Map;

/// The packet filter's log of pfSense and OPNsense: `filterlog`, comma-separated, IPv4 and IPv6.
///
/// Order follows "Raw Filter Log Format" of the pfSense documentation: nine values of the rule, those of
/// the IP header, then those of TCP, UDP or ICMP. The time is the syslog header's. A filter logs single
/// packets, so that a packet's sender began a connection only if the packet is a TCP SYN without ACK.
@AutoService(Source.class)
public final class Pfsense implements LineSource {
    private static final int[] RULE =
            ids("rule", "subrule", "anchor", "tracker", "interface", "reason", "action", "direction", "ipversion");
    private static final int[] V4 =
            ids("tos", "ecn", "ttl", "id", "offset", "flags", "protoid", "proto", "length", "src", "dst");
    private static final int[] V6 = ids("class", "flow", "hoplimit", "proto", "protoid", "length", "src", "dst");
    private static final int[] TCP =
            ids("srcport", "dstport", "datalen", "tcpflags", "seq", "ack", "window", "urg", "options");
    private static final int[] UDP = ids("srcport", "dstport", "datalen");
    private static final int[] ICMP = ids("icmptype", "icmpdata1", "icmpdata2", "icmpdata3");
    private static final int[] NONE = {};
    private static final int FLAGS = FieldNames.of("tcpflags");

    private static int[] ids(String... names) {
        int[] ids = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            ids[i] = FieldNames.of(names[i]);
        }
        return ids;
    }

    private static Mapping.Builder packet(String name) {
        return Mapping.of(name, 4001)
                .field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("srcport", "src_endpoint.port", PORT)
                .field("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dstport", "dst_endpoint.port", PORT)
                .field("proto", "connection_info.protocol_name", LOWER)
                .field("protoid", "connection_info.protocol_num", INTEGER)
                .field("ipversion", "connection_info.protocol_ver_id", INTEGER)
                .field("direction", "connection_info.direction_id", words(Map.of("in", 1, "out", 2), 0))
                .field("tracker", "firewall_rule.uid", TEXT)
                .field("reason", "status_detail", TEXT)
                .field("action", "action_id", NetworkFields.VERDICT)
                .field("interface", "src_endpoint.interface_name", TEXT)
                .field("length", "traffic.bytes", INTEGER)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .constant("traffic.packets", 1)
                .product("Netgate", "pfSense");
    }

    /// Passed, perhaps with another address (`rdr`, `nat`) or put in order (`scrub`).
    private static final Mapping PASSED = packet("passed").activity(6).build();
    private static final Mapping BLOCKED = packet("blocked").activity(5).build();

    private static final ThreadLocal<Delimited> CUTTER = ThreadLocal.withInitial(Delimited::new);

    @Override
    public String name() {
        return "pfsense";
    }

    @Override
    public String product() {
        return "pfSense 2.4 to 2.8 and OPNsense 19 to 25, filterlog";
    }

    @Override
    public boolean claims(Line line) {
        return start(line) >= 0;
    }

    /// Where the first value stands, if the values of reason, action, direction and version are what they
    /// can be.
    private static int start(Line line) {
        int from = line.from();
        if (line.startsWith("filterlog[") || line.startsWith("filterlog:")) {
            from = line.indexOf(":", from) + 1;
            while (from < line.to() && line.bytes()[from] == ' ') {
                from++;
            }
        }
        byte[] b = line.bytes();
        int to = Math.min(line.to(), from + 256);
        int at = from;
        for (int comma = 0; comma < 5; at++) {
            if (at >= to) {
                return -1;
            }
            comma += b[at] == ',' ? 1 : 0;
        }
        int reason = at;
        int action = next(b, reason, to);
        int direction = next(b, action, to);
        int version = next(b, direction, to);
        int end = next(b, version, to);
        if (end < 0 || end - version != 2 || b[version] != '4' && b[version] != '6') {
            return -1;
        }
        boolean in = line.at(direction, "in,");
        boolean out = line.at(direction, "out,");
        boolean verdict = line.at(action, "pass,")
                || line.at(action, "block,")
                || line.at(action, "reject,")
                || line.at(action, "rdr,")
                || line.at(action, "nat,")
                || line.at(action, "binat,")
                || line.at(action, "scrub,")
                || line.at(action, "unkn(");
        return (in || out) && verdict ? from : -1;
    }

    /// Behind the next comma, or -1.
    private static int next(byte[] b, int from, int to) {
        if (from < 0) {
            return -1;
        }
        int at = from;
        while (at < to && b[at] != ',') {
            at++;
        }
        return at < to ? at + 1 : -1;
    }

    @Override
    public void read(Line line, Row row) {
        Delimited cutter = CUTTER.get();
        int count = cutter.cut(row, start(line), line.to(), ',');
        boolean four = row.equal(cutter.value(8), "4");
        int[] header = four ? V4 : V6;
        int at = take(row, cutter, RULE, 0, count);
        at = take(row, cutter, header, at, count);
        if (at < RULE.length + header.length) {
            row.reject("expected " + (RULE.length + header.length) + " values of rule and IP header, found " + count);
            return;
        }
        long protocol = cutter.value(four ? 15 : 13);
        int[] rest = row.equal(protocol, "6")
                ? TCP
                : row.equal(protocol, "17") ? UDP : row.equal(protocol, "1") || row.equal(protocol, "58") ? ICMP : NONE;
        take(row, cutter, rest, at, count);
        boolean syn = row.is(FLAGS, "S") || row.is(FLAGS, "SEC");
        row.set(NetworkFields.INITIATOR_CONFIDENCE, syn ? NetworkFields.SURE : NetworkFields.OPEN);
        boolean stopped = row.equal(cutter.value(6), "block") || row.equal(cutter.value(6), "reject");
        row.map(stopped ? BLOCKED : PASSED);
    }

    private static int take(Row row, Delimited cutter, int[] names, int at, int count) {
        for (int name : names) {
            if (at == count) {
                return at;
            }
            long slice = cutter.value(at++);
            if (Column.length(slice) > 0) {
                row.field(name, slice, EventBatch.TEXT);
            }
        }
        return at;
    }
}
