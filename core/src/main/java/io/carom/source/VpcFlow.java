package io.carom.source;

import static io.carom.source.mapping.Conversion.EPOCH;
import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// AWS VPC flow logs as text: the default order of version 2 with its header or without, and any order
/// that a header states, versions 2 to 8.
///
/// A record is one direction of a flow as one interface saw it, within minutes, so it does not say who
/// began: the packets' own direction is kept, and TCP flags or ports give the confidence that the
/// sender began. `time` is the first packet's.
@AutoService(Source.class)
public final class VpcFlow implements FileSource {
    private static final int SOURCE = SourceNames.of("vpc-flow");

    private static final List<String> DEFAULT = List.of(
            "version",
            "account-id",
            "interface-id",
            "srcaddr",
            "dstaddr",
            "srcport",
            "dstport",
            "protocol",
            "packets",
            "bytes",
            "start",
            "end",
            "action",
            "log-status");

    /// Names of the user guide's table "Flow log records", version 2 to 8, other than those of version 2.
    private static final Set<String> LATER = Set.of(
            "vpc-id",
            "subnet-id",
            "instance-id",
            "tcp-flags",
            "type",
            "pkt-srcaddr",
            "pkt-dstaddr",
            "region",
            "az-id",
            "sublocation-type",
            "sublocation-id",
            "pkt-src-aws-service",
            "pkt-dst-aws-service",
            "flow-direction",
            "traffic-path",
            "ecs-cluster-arn",
            "ecs-cluster-name",
            "ecs-container-instance-arn",
            "ecs-container-instance-id",
            "ecs-container-id",
            "ecs-second-container-id",
            "ecs-service-name",
            "ecs-task-definition-arn",
            "ecs-task-arn",
            "ecs-task-id",
            "reject-reason",
            "resource-id",
            "encryption-status");

    static final int SOURCE_PORT = FieldNames.of("srcport");
    static final int TARGET_PORT = FieldNames.of("dstport");
    static final int FLAGS = FieldNames.of("tcp-flags");
    static final int FROM = FieldNames.of("srcaddr");
    private static final int SYN = 2;
    private static final int ACK = 16;

    private static final int[] DEFAULT_IDS = ids(DEFAULT);

    private static final Conversion REJECTED = CloudFields.words(Map.of("REJECT", 5, "ACCEPT", 6));

    static final Mapping FLOW = Mapping.of("flow", 4001)
            .field("start", "time", EPOCH)
            .field("start", "start_time", EPOCH)
            .field("end", "end_time", EPOCH)
            .fallback("timestamp", "time", EPOCH)
            .field("account-id", "cloud.account.uid", TEXT)
            .field("region", "cloud.region", TEXT)
            .field("az-id", "cloud.zone", TEXT)
            .field("srcaddr", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("dstaddr", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("srcport", "src_endpoint.port", PORT)
            .field("dstport", "dst_endpoint.port", PORT)
            .field("pkt-src-aws-service", "src_endpoint.svc_name", TEXT)
            .field("pkt-dst-aws-service", "dst_endpoint.svc_name", TEXT)
            .field("protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
            .field("protocol", "connection_info.protocol_name", NetworkFields.PROTOCOL)
            .field("tcp-flags", "connection_info.tcp_flags", INTEGER)
            .field(
                    "flow-direction",
                    "connection_info.direction_id",
                    CloudFields.words(Map.of("ingress", 1, "egress", 2)))
            .field("packets", "traffic.packets_out", INTEGER)
            .field("bytes", "traffic.bytes_out", INTEGER)
            .field("action", "action", TEXT)
            .field("action", "action_id", NetworkFields.VERDICT)
            .field("action", "action_id", CloudFields.words(Map.of("REJECT", 2)))
            .field("action", "disposition_id", CloudFields.words(Map.of("ACCEPT", 1, "REJECT", 2)))
            .field("action", "activity_id", REJECTED)
            .field("log-status", "status_code", TEXT)
            .field("reject-reason", "status_detail", TEXT)
            .constant("connection_info.direction_id", 0)
            .constant("cloud.provider", "AWS")
            .activity(6)
            .product("AWS", "VPC Flow Logs")
            .build();

    /// An interval in which an interface saw no traffic, or records were lost.
    static final Mapping GAP = Mapping.of("no data", 4001)
            .field("start", "time", EPOCH)
            .field("start", "start_time", EPOCH)
            .field("end", "end_time", EPOCH)
            .fallback("timestamp", "time", EPOCH)
            .field("account-id", "cloud.account.uid", TEXT)
            .field("interface-id", "src_endpoint.interface_uid", TEXT)
            .field("log-status", "status_code", TEXT)
            .constant("cloud.provider", "AWS")
            .activity(99)
            .product("AWS", "VPC Flow Logs")
            .build();

    @Override
    public String name() {
        return "vpc-flow";
    }

    @Override
    public String product() {
        return "AWS VPC Flow Logs, versions 2 to 8, text";
    }

    @Override
    public int recognise(Head head) {
        List<String> lines = head.whole() && head.latin1().indexOf('\n') < 0 ? List.of(head.latin1()) : head.lines(1);
        if (lines.isEmpty()) {
            return 0;
        }
        String[] words = lines.getFirst().strip().split(" ", 80);
        return isHeader(words) ? 95 : isDefault(words) ? 90 : 0;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader();
    }

    private static boolean isHeader(String[] words) {
        Set<String> known = new HashSet<>(List.of(words));
        known.removeIf(w -> !DEFAULT.contains(w) && !LATER.contains(w));
        return words.length >= 4 && known.size() == words.length;
    }

    /// Whether a line without a header has the shape of version 2.
    private static boolean isDefault(String[] words) {
        return words.length == DEFAULT.size()
                && words[0].equals("2")
                && Set.of("OK", "NODATA", "SKIPDATA").contains(words[13])
                && Set.of("ACCEPT", "REJECT", "-").contains(words[12]);
    }

    private static final class Reader implements RecordReader {
        private int[] columns = DEFAULT_IDS;

        @Override
        public int read(Row row, int from, int to, boolean end) {
            return Lines.each(row, from, to, end, (lineFrom, lineTo) -> line(row, lineFrom, lineTo));
        }

        private void line(Row row, int from, int to) {
            byte[] b = row.bytes();
            if (from == to) {
                return;
            }
            // A header can come again where files were put one behind another; a record has a digit in
            // its first bytes.
            if (b[from] >= 'a' && b[from] <= 'z' && to - from < 2000) {
                String[] words = new String(b, from, to - from, StandardCharsets.ISO_8859_1)
                        .strip()
                        .split(" ", 80);
                if (isHeader(words)) {
                    columns = ids(List.of(words));
                    return;
                }
            }
            row.begin(SOURCE, from, to);
            if (!cut(row, from, to, columns)) {
                row.reject("expected as many values as the header has names: " + columns.length);
                return;
            }
            finish(row);
        }
    }

    static boolean cutDefault(Row row, int from, int to) {
        return cut(row, from, to, DEFAULT_IDS);
    }

    /// Gives the row the line's values; false if their number is another.
    private static boolean cut(Row row, int from, int to, int[] columns) {
        byte[] b = row.bytes();
        int at = from;
        for (int n = 0; n < columns.length; n++) {
            int start = at;
            while (at < to && b[at] != ' ') {
                at++;
            }
            if (start == at) {
                return false;
            }
            if (at - start > 1 || b[start] != '-') {
                row.field(columns[n], start, at);
            }
            at++;
        }
        return at >= to;
    }

    /// Ends a row that has the fields of a flow.
    static void finish(Row row) {
        if (!row.has(FROM)) {
            row.map(GAP);
            return;
        }
        row.set(NetworkFields.INITIATOR_CONFIDENCE, Double.doubleToRawLongBits(confidence(row)));
        row.map(FLOW);
    }

    /// How sure it is that the sender began. Flags are those of all packets of the interval together;
    /// AWS reports ACK only together with SYN.
    private static double confidence(Row row) {
        long flags = number(row, FLAGS);
        if (flags > 0 && (flags & SYN) != 0) {
            return (flags & ACK) != 0 ? 0 : 1;
        }
        return switch (NetworkFields.serviceSide(
                NetworkFields.port(row, SOURCE_PORT), NetworkFields.port(row, TARGET_PORT))) {
            case 1 -> 0.8;
            case -1 -> 0.2;
            default -> 0.5;
        };
    }

    private static long number(Row row, int field) {
        long slice = row.value(field);
        return slice < 0 ? -1 : Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
    }

    private static int[] ids(List<String> names) {
        List<Integer> ids = new ArrayList<>();
        names.forEach(name -> ids.add(FieldNames.of(name)));
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
