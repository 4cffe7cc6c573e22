package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Numbers;

/// Flows as {@link io.carom.source.netflow.FlowDecoder} gives them, in NetFlow's names (RFC 3954) or
/// IPFIX's (IANA), which is also what Logstash's codec calls them.
///
/// An exporter's flow is one direction of a connection, so who began it is not known; flags with a SYN
/// and no ACK make it likely. Who tells both directions in one record (Cisco ASA; RFC 5103) names the
/// one who began it first.
@AutoService(Source.class)
public final class NetFlowJson implements JsonSource {
    private static final int SOURCE = SourceNames.of("netflow");
    private static final int VERSION = FieldNames.of("netflow.version");
    private static final int FLAGS = FieldNames.of("netflow.tcp_flags");
    private static final int CONTROL = FieldNames.of("netflow.tcpControlBits");
    /// Fields of records that tell both directions, with who began it first.
    private static final int[] BOTH = {
        FieldNames.of("netflow.fwd_flow_delta_bytes"),
        FieldNames.of("netflow.initiatorOctets"),
        FieldNames.of("netflow.reverseOctetDeltaCount"),
        FieldNames.of("netflow.reversePacketDeltaCount")
    };

    private static final int[] FIREWALL_EVENTS = {
        FieldNames.of("netflow.fw_event"), FieldNames.of("netflow.firewallEvent")
    };
    private static final int FORWARDING = FieldNames.of("netflow.forwarding_status.status");
    private static final int FORWARDING_TOO = FieldNames.of("netflow.forwardingStatus");
    private static final Attribute ACTION = Attribute.of("action_id");
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
                .field("netflow.initiatorOctets", "traffic.bytes_out", INTEGER)
                .field("netflow.responderOctets", "traffic.bytes_in", INTEGER)
                .field("netflow.initiatorPackets", "traffic.packets_out", INTEGER)
                .field("netflow.responderPackets", "traffic.packets_in", INTEGER)
                // Counted when leaving, or since the flow began, where nothing else is.
                .fallback("netflow.out_bytes", "traffic.bytes_out", INTEGER)
                .fallback("netflow.out_pkts", "traffic.packets_out", INTEGER)
                .fallback("netflow.postOctetDeltaCount", "traffic.bytes_out", INTEGER)
                .fallback("netflow.postPacketDeltaCount", "traffic.packets_out", INTEGER)
                .fallback("netflow.in_permanent_bytes", "traffic.bytes_out", INTEGER)
                .fallback("netflow.in_permanent_pkts", "traffic.packets_out", INTEGER)
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
            .fallback("netflow.tcpSourcePort", "src_endpoint.port", PORT)
            .fallback("netflow.tcpDestinationPort", "dst_endpoint.port", PORT)
            .fallback("netflow.udpSourcePort", "src_endpoint.port", PORT)
            .fallback("netflow.udpDestinationPort", "dst_endpoint.port", PORT)
            .fallback("netflow.tcp_src_port", "src_endpoint.port", PORT)
            .fallback("netflow.tcp_dst_port", "dst_endpoint.port", PORT)
            .fallback("netflow.udp_src_port", "src_endpoint.port", PORT)
            .fallback("netflow.udp_dst_port", "dst_endpoint.port", PORT)
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
                tellsBoth(row) || opens(row) ? NetworkFields.LIKELY : NetworkFields.OPEN);
        if (isStopped(row)) {
            row.set(ACTION, 2);
            row.set(Attribute.ACTIVITY_ID, 5);
        }
        row.map(hasPorts(row, PROTOCOL) || hasPorts(row, PROTOCOL_TOO) ? FLOW : PORTLESS);
    }

    private static boolean tellsBoth(Row row) {
        for (int field : BOTH) {
            if (row.has(field)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the exporter let none of it through: its firewall denied it (event 3 of IANA's
    /// `firewallEvent`), or it was dropped (RFC 7270, section 4.12: 2 in the two high bits).
    private static boolean isStopped(Row row) {
        for (int field : FIREWALL_EVENTS) {
            if (row.is(field, "3")) {
                return true;
            }
        }
        if (row.is(FORWARDING, "2")) {
            return true;
        }
        long slice = row.value(FORWARDING_TOO);
        long status = slice < 0 ? -1 : Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        return status >= 0 && status <= 255 && status >>> 6 == 2;
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
