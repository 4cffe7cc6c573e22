package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import com.google.auto.service.AutoService;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;

/// Flows as {@link io.carom.source.netflow.FlowDecoder} gives them, in NetFlow's names (RFC 3954) or
/// IPFIX's (IANA), which is also what Logstash's codec calls them.
///
/// An exporter's flow is one direction of a connection, so who began it is not known; flags with a SYN
/// and no ACK make it likely. Firewalls that tell both directions in one record (Cisco ASA) name the
/// one who began it first.
@AutoService(Source.class)
public final class NetFlowJson implements JsonSource {
    private static final int SOURCE = SourceNames.of("netflow");
    private static final int VERSION = FieldNames.of("netflow.version");
    private static final int FLAGS = FieldNames.of("netflow.tcp_flags");
    private static final int CONTROL = FieldNames.of("netflow.tcpControlBits");
    private static final int BOTH = FieldNames.of("netflow.fwd_flow_delta_bytes");
    private static final int PROTOCOL = FieldNames.of("netflow.protocol");
    private static final int PROTOCOL_TOO = FieldNames.of("netflow.protocolIdentifier");
    private static final int FROM = FieldNames.of("netflow.ipv4_src_addr");
    private static final int FROM_6 = FieldNames.of("netflow.ipv6_src_addr");
    private static final int FROM_TOO = FieldNames.of("netflow.sourceIPv4Address");
    private static final int FROM_TOO_6 = FieldNames.of("netflow.sourceIPv6Address");

    private static final int SYN = 2;
    private static final int ACK = 16;

    /// An address of zeros stands where the exporter told none.
    private static final Conversion ADDRESS = (row, to, slice, kind) ->
            row.equal(slice, "0.0.0.0") || row.equal(slice, "::") || IP.write(row, to, slice, kind);

    private static final Conversion HARDWARE = (row, to, slice, kind) ->
            row.equal(slice, "00:00:00:00:00:00") || Conversion.LOWER.write(row, to, slice, kind);

    private static Mapping.Builder flow(String name) {
        return Mapping.of(name, 4001)
                .activity(6)
                .field("start", "time", TIME)
                .field("start", "start_time", TIME)
                .field("end", "end_time", TIME)
                .field("duration", "duration", INTEGER)
                .field("exporter", "device.ip", IP)
                .field("netflow.protocol", "connection_info.protocol_name", NetworkFields.PROTOCOL)
                .field("netflow.protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("netflow.protocolIdentifier", "connection_info.protocol_name", NetworkFields.PROTOCOL)
                .field("netflow.protocolIdentifier", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("netflow.ipv4_src_addr", "src_endpoint.ip", ADDRESS)
                .field("netflow.ipv4_dst_addr", "dst_endpoint.ip", ADDRESS)
                .field("netflow.ipv6_src_addr", "src_endpoint.ip", ADDRESS)
                .field("netflow.ipv6_dst_addr", "dst_endpoint.ip", ADDRESS)
                .field("netflow.sourceIPv4Address", "src_endpoint.ip", ADDRESS)
                .field("netflow.destinationIPv4Address", "dst_endpoint.ip", ADDRESS)
                .field("netflow.sourceIPv6Address", "src_endpoint.ip", ADDRESS)
                .field("netflow.destinationIPv6Address", "dst_endpoint.ip", ADDRESS)
                .field("netflow.in_src_mac", "src_endpoint.mac", HARDWARE)
                .field("netflow.sourceMacAddress", "src_endpoint.mac", HARDWARE)
                .field("netflow.in_bytes", "traffic.bytes_out", INTEGER)
                .field("netflow.in_pkts", "traffic.packets_out", INTEGER)
                .field("netflow.octetDeltaCount", "traffic.bytes_out", INTEGER)
                .field("netflow.packetDeltaCount", "traffic.packets_out", INTEGER)
                .fallback("netflow.octetTotalCount", "traffic.bytes_out", INTEGER)
                .fallback("netflow.packetTotalCount", "traffic.packets_out", INTEGER)
                .field("netflow.fwd_flow_delta_bytes", "traffic.bytes_out", INTEGER)
                .field("netflow.rev_flow_delta_bytes", "traffic.bytes_in", INTEGER)
                .field("netflow.reverseOctetDeltaCount", "traffic.bytes_in", INTEGER)
                .field("netflow.reversePacketDeltaCount", "traffic.packets_in", INTEGER)
                .field("netflow.application_name", "app_name", TEXT)
                .field("netflow.applicationName", "app_name", TEXT)
                .product("NetFlow", "netflow")
                .constant("connection_info.direction_id", 0);
    }

    private static final Mapping FLOW = flow("flow")
            .field("netflow.l4_src_port", "src_endpoint.port", PORT)
            .field("netflow.l4_dst_port", "dst_endpoint.port", PORT)
            .field("netflow.sourceTransportPort", "src_endpoint.port", PORT)
            .field("netflow.destinationTransportPort", "dst_endpoint.port", PORT)
            .build();

    /// Of ICMP and its like the ports are type and code, or nothing.
    private static final Mapping PORTLESS = flow("flow-without-ports").build();

    @Override
    public String name() {
        return "netflow";
    }

    @Override
    public String product() {
        return "NetFlow 5 and 9, IPFIX: as the netflow listener and Logstash's codec decode them";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(VERSION) && (row.has(FROM) || row.has(FROM_6) || row.has(FROM_TOO) || row.has(FROM_TOO_6));
    }

    @Override
    public void read(Row row) {
        row.source(SOURCE);
        row.set(
                NetworkFields.INITIATOR_CONFIDENCE,
                row.has(BOTH) || opens(row) ? NetworkFields.LIKELY : NetworkFields.OPEN);
        row.map(hasPorts(row, PROTOCOL) || hasPorts(row, PROTOCOL_TOO) ? FLOW : PORTLESS);
    }

    private static boolean hasPorts(Row row, int field) {
        return row.is(field, "6") || row.is(field, "17") || row.is(field, "132");
    }

    private static boolean opens(Row row) {
        String flags = row.text(FLAGS);
        if (flags == null) {
            flags = row.text(CONTROL);
        }
        if (flags == null
                || flags.length() > 5
                || !flags.chars().allMatch(c -> c >= '0' && c <= '9')
                || flags.isEmpty()) {
            return false;
        }
        int bits = Integer.parseInt(flags);
        return (bits & SYN) != 0 && (bits & ACK) == 0;
    }
}
