package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;

/// Flows as `nfdump -o csv` prints them: `ts,te,td,sa,da,…` up to version 1.7.2,
/// `firstSeen,duration,proto,…` after it.
///
/// An exporter's flow is one direction of a connection, so who began it is not known; flags with a SYN
/// and no ACK make it likely. Figures below the line `Summary` are no records. Names follow
/// `nfdump(1)`.
@AutoService(Source.class)
public final class NfdumpCsv implements FileSource {
    private static final int SOURCE = SourceNames.of("nfdump");
    private static final int FLAGS = FieldNames.of("flg");
    private static final int FLAGS_NEW = FieldNames.of("flags");
    private static final int PROTOCOL = FieldNames.of("pr");
    private static final int PROTOCOL_NEW = FieldNames.of("proto");

    /// An address of zeros stands where the exporter told none.
    private static final Conversion MAC = (row, to, slice, kind) ->
            row.equal(slice, "00:00:00:00:00:00") || Conversion.LOWER.write(row, to, slice, kind);

    private static Mapping.Builder flow(String name) {
        return Mapping.of(name, 4001)
                .activity(6)
                .field("ts", "time", TIME)
                .field("ts", "start_time", TIME)
                .field("te", "end_time", TIME)
                .field("td", "duration", SECONDS)
                .field("pr", "connection_info.protocol_name", NetworkFields.PROTOCOL)
                .field("pr", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("sa", "src_endpoint.ip", IP)
                .field("da", "dst_endpoint.ip", IP)
                .field("ismc", "src_endpoint.mac", MAC)
                .field("flg", "connection_info.flag_history", TEXT)
                .field("ipkt", "traffic.packets_out", INTEGER)
                .field("ibyt", "traffic.bytes_out", INTEGER)
                .field("opkt", "traffic.packets_in", INTEGER)
                .field("obyt", "traffic.bytes_in", INTEGER)
                .field("ra", "device.ip", IP)
                .field("firstSeen", "time", TIME)
                .field("firstSeen", "start_time", TIME)
                .field("lastSeen", "end_time", TIME)
                .field("duration", "duration", SECONDS)
                .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
                .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("srcAddr", "src_endpoint.ip", IP)
                .field("dstAddr", "dst_endpoint.ip", IP)
                .field("flags", "connection_info.flag_history", TEXT)
                .field("packets", "traffic.packets_out", INTEGER)
                .field("bytes", "traffic.bytes_out", INTEGER)
                .product("nfdump", "nfdump")
                .constant("connection_info.direction_id", 0);
    }

    private static final Mapping FLOW = flow("flow")
            .field("sp", "src_endpoint.port", PORT)
            .field("dp", "dst_endpoint.port", PORT)
            .field("srcPort", "src_endpoint.port", PORT)
            .field("dstPort", "dst_endpoint.port", PORT)
            .build();

    /// What stands in the columns of the ports is the ICMP type and code, or nothing.
    private static final Mapping PORTLESS = flow("flow-without-ports").build();

    @Override
    public String name() {
        return "nfdump";
    }

    @Override
    public String product() {
        return "nfdump 1.6 and 1.7, -o csv";
    }

    @Override
    public int recognise(Head head) {
        return head.lines(5).stream().anyMatch(line -> delimiter(line) != 0) ? 95 : 0;
    }

    private static char delimiter(String line) {
        char old = FlowTable.delimiter(line, "ts", "sa", "da", "pr");
        return old != 0 ? old : FlowTable.delimiter(line, "firstSeen", "srcAddr", "dstAddr", "proto");
    }

    @Override
    public RecordReader open(InputContext context) {
        Reader reader = new Reader();
        return (row, from, to, end) ->
                Lines.each(row, from, to, end, (lineFrom, lineTo) -> reader.line(row, lineFrom, lineTo));
    }

    private static final class Reader {
        private final FlowTable table = new FlowTable();
        private boolean below;

        void line(Row row, int from, int to) {
            if (from == to) {
                return;
            }
            byte first = row.bytes()[from];
            // A record begins with a digit of its time; only what does not is looked at as a header.
            if (first < '0' || first > '9') {
                String text = FlowTable.text(row, from, to);
                char delimiter = delimiter(text);
                if (delimiter != 0) {
                    table.header(text, delimiter);
                    below = false;
                    return;
                }
                if (text.strip().equals("Summary")) {
                    below = true;
                }
                if (text.startsWith("No matching flows")) {
                    return;
                }
            }
            if (below) {
                return;
            }
            row.begin(SOURCE, from, to);
            if (!table.known()) {
                row.reject("a record before the line that names the columns");
                return;
            }
            if (!table.values(row, from, to)) {
                row.reject("expected " + table.columns() + " values as the header names them");
                return;
            }
            row.set(NetworkFields.INITIATOR_CONFIDENCE, opens(row) ? NetworkFields.LIKELY : NetworkFields.OPEN);
            row.map(hasPorts(row, PROTOCOL) || hasPorts(row, PROTOCOL_NEW) ? FLOW : PORTLESS);
        }
    }

    private static boolean hasPorts(Row row, int field) {
        return row.is(field, "TCP")
                || row.is(field, "UDP")
                || row.is(field, "SCTP")
                || row.is(field, "6")
                || row.is(field, "17")
                || row.is(field, "132");
    }

    /// Whether the flags of all packets together hold SYN and not ACK: a try that was not answered, or a
    /// one-way flow.
    private static boolean opens(Row row) {
        long flags = row.value(FLAGS);
        if (flags < 0) {
            flags = row.value(FLAGS_NEW);
        }
        if (flags < 0) {
            return false;
        }
        boolean syn = false;
        for (int i = 0; i < Column.length(flags); i++) {
            byte flag = row.bytes()[Column.from(flags) + i];
            if (flag == 'A') {
                return false;
            }
            syn |= flag == 'S';
        }
        return syn;
    }
}
