package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Palo Alto Networks logs as JSON, as Strata Logging Service (Cortex Data Lake) forwards them.
///
/// Names follow the "Log Forwarding Schema Reference". Traffic, threat, URL, file, decryption and similar
/// logs carry a session; GlobalProtect logs a tunnel; the rest say what they say in a sentence and in
/// fields with plain names.
@AutoService(Source.class)
public final class PaloAltoJson implements JsonSource {
    private static final int TYPE = FieldNames.of("LogType");
    private static final int SERIAL = FieldNames.of("DeviceSN");
    private static final int LOG_SOURCE = FieldNames.of("LogSourceID");
    private static final int SUBTYPE = FieldNames.of("Subtype");
    private static final int SUBTYPE_TOO = FieldNames.of("SubType");
    private static final int SOURCE = FieldNames.of("SourceAddress");
    private static final int SOURCE_IP = FieldNames.of("SourceIP");
    private static final int DESTINATION = FieldNames.of("DestinationAddress");
    private static final int DESCRIPTION = FieldNames.of("EventDescription");
    private static final int PUBLIC = FieldNames.of("PublicIPv4");

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("TimeGenerated", "time", TIME)
                .fallback("EventTime", "time", TIME)
                .fallback("TimeGeneratedHighResolution", "time", TIME)
                .fallback("LogTime", "time", TIME)
                .fallback("TimeReceived", "time", TIME)
                .field("LogType", "metadata.log_name", TEXT)
                .field("Subtype", "metadata.event_code", TEXT)
                .fallback("SubType", "metadata.event_code", TEXT)
                .field("DeviceName", "device.hostname", NetworkFields.HOSTNAME)
                .fallback("LogSourceName", "device.hostname", NetworkFields.HOSTNAME)
                .field("DeviceSN", "device.uid", TEXT)
                .fallback("LogSourceID", "device.uid", TEXT)
                .field("SequenceNo", "metadata.uid", TEXT)
                .field(
                        "VendorSeverity",
                        "severity_id",
                        words(Map.of("Informational", 1, "Low", 2, "Medium", 3, "High", 4, "Critical", 5)))
                .product("Palo Alto Networks", "PAN-OS");
    }

    private static Mapping.Builder session(String name) {
        return kind(name, 4001)
                .field("SourceAddress", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("SourceIP", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("FromZone", "src_endpoint.zone", TEXT)
                .field("SourceDeviceHost", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("EndpointDeviceName", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("SourceDeviceMac", "src_endpoint.mac", NetworkFields.MAC)
                .field("DestinationAddress", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("DNSResolverIP", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("ToZone", "dst_endpoint.zone", TEXT)
                .field("DestinationDeviceHost", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("SourceUser", "actor.user.name", NetworkFields.ACCOUNT)
                .field("SourceUser", "actor.user.domain", NetworkFields.DOMAIN)
                .field("Protocol", "connection_info.protocol_name", LOWER)
                .field("Protocol", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("SessionID", "connection_info.uid", TEXT)
                .field("Application", "app_name", NetworkFields.WORD)
                .field("Rule", "firewall_rule.name", TEXT)
                .field("RuleUUID", "firewall_rule.uid", TEXT)
                .field("Action", "action_id", NetworkFields.VERDICT)
                .field("BytesSent", "traffic.bytes_out", INTEGER)
                .field("BytesReceived", "traffic.bytes_in", INTEGER)
                .field("Bytes", "traffic.bytes", INTEGER)
                .field("PacketsSent", "traffic.packets_out", INTEGER)
                .field("PacketsReceived", "traffic.packets_in", INTEGER)
                .field("SessionStartTime", "start_time", TIME)
                .field("SessionEndReason", "status_detail", NetworkFields.WORD)
                .field("URL", "url.url_string", TEXT)
                .fallback("SourcePort", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("DestinationPort", "dst_endpoint.port", NetworkFields.DESTINATION_PORT);
    }

    private static final Mapping SESSION = session("session")
            .field("Subtype", "activity_id", words(Map.of("start", 1, "end", 2, "drop", 5, "deny", 5), 6))
            .activity(6)
            .build();

    private static final Mapping THREAT = session("THREAT")
            .field("ThreatID", "message", TEXT)
            .constant("is_alert", 1)
            .activity(6)
            .build();

    private static final Mapping TUNNEL = kind("GLOBALPROTECT", 4014)
            .field("PublicIPv4", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("PublicIPv6", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("EndpointDeviceName", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("SourceUserName", "user.name", NetworkFields.ACCOUNT)
            .field("SourceUserName", "user.domain", NetworkFields.DOMAIN)
            .fallback("SourceUser", "user.name", NetworkFields.ACCOUNT)
            .field("PrivateIPv4", "tunnel_interface.ip", NetworkFields.IP_OR_NONE)
            .field("TunnelType", "protocol_name", TEXT)
            .field("Gateway", "dst_endpoint.name", TEXT)
            .fallback("Portal", "dst_endpoint.name", TEXT)
            .field("EventStatus", "status_id", GenericFields.OUTCOME)
            .field("ConnectionError", "status_detail", TEXT)
            .field(
                    "EventIDValue",
                    "activity_id",
                    words(
                            Map.of(
                                    "gateway-connected", 1,
                                    "gateway-auth", 1,
                                    "gateway-login", 1,
                                    "gateway-register", 1,
                                    "gateway-logout", 2,
                                    "gateway-disconnected", 2),
                            99))
            .field("Description", "message", TEXT)
            .constant("tunnel_type_id", 0)
            .build();

    @Override
    public String name() {
        return "paloalto-json";
    }

    @Override
    public String product() {
        return "Palo Alto Networks Strata Logging Service (Cortex Data Lake), JSON";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(TYPE) && (row.has(SERIAL) || row.has(LOG_SOURCE)) && (row.has(SUBTYPE) || row.has(SUBTYPE_TOO));
    }

    @Override
    public void read(Row row) {
        if (row.is(TYPE, "THREAT") && !row.is(SUBTYPE, "url") && !row.is(SUBTYPE, "file")) {
            row.map(THREAT);
        } else if (NetworkFields.isSaid(row, SOURCE)
                || NetworkFields.isSaid(row, DESTINATION)
                || NetworkFields.isSaid(row, SOURCE_IP)) {
            row.map(SESSION);
        } else if (row.is(TYPE, "GLOBALPROTECT") || row.has(PUBLIC)) {
            row.map(TUNNEL);
        } else {
            row.set(Attribute.VENDOR_NAME, "Palo Alto Networks");
            row.set(Attribute.PRODUCT_NAME, "PAN-OS");
            long text = row.value(DESCRIPTION);
            int from = text < 0 ? 0 : Column.from(text);
            GenericFields.own().finish(row, from, text < 0 ? 0 : from + Column.length(text));
        }
    }
}
