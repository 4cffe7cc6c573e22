package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Numbers;

/// Bidirectional flows of Argus, as its client `ra -c ,` (or a tab) prints them under `StartTime,…`,
/// and as the `.binetflow` files of the CTU-13 captures have them. Names are the column titles of
/// `ra(1)`, Argus 3 to 5.
///
/// `Dir` says what Argus knows of who began: a `?` within means that it does not.
@AutoService(Source.class)
public final class ArgusCsv implements FileSource {
    private static final int SOURCE = SourceNames.of("argus");
    private static final int DIRECTION = FieldNames.of("Dir");
    private static final int PROTOCOL = FieldNames.of("Proto");
    private static final int TOTAL_BYTES = FieldNames.of("TotBytes");
    private static final int SOURCE_BYTES = FieldNames.of("SrcBytes");
    private static final int TOTAL_PACKETS = FieldNames.of("TotPkts");
    private static final int SOURCE_PACKETS = FieldNames.of("SrcPkts");
    private static final Attribute BYTES_IN = Attribute.of("traffic.bytes_in");
    private static final Attribute PACKETS_IN = Attribute.of("traffic.packets_in");

    /// TCP flags seen from each side, `FSPA_FSPA`, or a word: a connection came about where both sent SYN.
    private static final Conversion STATE = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int middle = from;
        while (middle < end && b[middle] != '_') {
            middle++;
        }
        if (middle < end) {
            boolean asked = has(b, from, middle, 'S');
            boolean answered = has(b, middle + 1, end, 'S');
            boolean refused = has(b, middle + 1, end, 'R');
            Conversion.put(row, to, asked && answered ? 1 : asked && (refused || middle + 1 == end) ? 2 : 0);
            return true;
        }
        boolean good = row.equal(slice, "CON") || row.equal(slice, "EST") || row.equal(slice, "FIN");
        boolean failed = row.equal(slice, "REQ")
                || row.equal(slice, "S0")
                || row.equal(slice, "REJ")
                || row.equal(slice, "URH")
                || row.equal(slice, "URP")
                || row.equal(slice, "URN");
        Conversion.put(row, to, good ? 1 : failed ? 2 : 0);
        return true;
    };

    private static boolean has(byte[] b, int from, int to, char flag) {
        for (int i = from; i < to; i++) {
            if (b[i] == flag) {
                return true;
            }
        }
        return false;
    }

    private static Mapping.Builder flow(String name) {
        return Mapping.of(name, 4001)
                .activity(6)
                .field("StartTime", "time", TIME)
                .field("StartTime", "start_time", TIME)
                .field("LastTime", "end_time", TIME)
                .field("Dur", "duration", SECONDS)
                .field("Proto", "connection_info.protocol_name", LOWER)
                .field("Proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("SrcAddr", "src_endpoint.ip", IP)
                .field("DstAddr", "dst_endpoint.ip", IP)
                .field("SrcMac", "src_endpoint.mac", LOWER)
                .field("DstMac", "dst_endpoint.mac", LOWER)
                .field("State", "status_code", TEXT)
                .field("State", "status_id", STATE)
                .field("TotPkts", "traffic.packets", INTEGER)
                .field("TotBytes", "traffic.bytes", INTEGER)
                .field("SrcBytes", "traffic.bytes_out", INTEGER)
                .field("DstBytes", "traffic.bytes_in", INTEGER)
                .field("SrcPkts", "traffic.packets_out", INTEGER)
                .field("DstPkts", "traffic.packets_in", INTEGER)
                .product("QoSient", "Argus")
                .constant("connection_info.direction_id", 0);
    }

    private static final Mapping FLOW = flow("flow")
            .field("Sport", "src_endpoint.port", PORT)
            .field("Dport", "dst_endpoint.port", PORT)
            .build();

    /// What stands in the columns of the ports is the ICMP type and code, or the like.
    private static final Mapping PORTLESS = flow("flow-without-ports").build();

    @Override
    public String name() {
        return "argus";
    }

    @Override
    public String product() {
        return "Argus 3 to 5, ra with a delimiter; binetflow";
    }

    @Override
    public int recognise(Head head) {
        return head.lines(5).stream().anyMatch(ArgusCsv::isHeader) ? 95 : 0;
    }

    private static boolean isHeader(String line) {
        return delimiter(line) != 0;
    }

    private static char delimiter(String line) {
        return FlowTable.delimiter(line, "StartTime", "Proto", "SrcAddr", "DstAddr");
    }

    @Override
    public RecordReader open(InputContext context) {
        FlowTable table = new FlowTable();
        return (row, from, to, end) ->
                Lines.each(row, from, to, end, (lineFrom, lineTo) -> line(table, row, lineFrom, lineTo));
    }

    private static void line(FlowTable table, Row row, int from, int to) {
        if (from == to || row.bytes()[from] == '#') {
            return;
        }
        byte first = row.bytes()[from];
        // A record begins with a digit of its time; only what does not is looked at as a header.
        if (first < '0' || first > '9') {
            String text = FlowTable.text(row, from, to);
            char delimiter = delimiter(text);
            if (delimiter != 0) {
                table.header(text, delimiter);
                return;
            }
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
        row.set(NetworkFields.INITIATOR_CONFIDENCE, confidence(row));
        received(row, TOTAL_BYTES, SOURCE_BYTES, BYTES_IN);
        received(row, TOTAL_PACKETS, SOURCE_PACKETS, PACKETS_IN);
        boolean ports = row.is(PROTOCOL, "tcp") || row.is(PROTOCOL, "udp") || row.is(PROTOCOL, "sctp");
        row.map(ports ? FLOW : PORTLESS);
    }

    private static long confidence(Row row) {
        long direction = row.value(DIRECTION);
        if (direction < 0) {
            return NetworkFields.OPEN;
        }
        byte[] b = row.bytes();
        int from = Column.from(direction);
        int end = from + Column.length(direction);
        // `<-` alone: only the other side was seen sending.
        boolean sent = has(b, from, end, '>');
        return !sent || has(b, from, end, '?') ? NetworkFields.OPEN : NetworkFields.LIKELY;
    }

    /// What the other side sent is the total less the source's, where the two are told.
    private static void received(Row row, int total, int sent, Attribute to) {
        long all = number(row, total);
        long own = number(row, sent);
        if (own >= 0 && all >= own) {
            row.set(to, all - own);
        }
    }

    private static long number(Row row, int field) {
        long slice = row.value(field);
        return slice < 0 ? -1 : Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
    }
}
