package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.NameTable;
import java.util.HashMap;
import java.util.Map;

/// ArcSight Common Event Format: `CEF:0|vendor|product|version|id|name|severity|key=value …`, of any
/// product.
///
/// Field names are the specification's ("Implementing ArcSight Common Event Format", revision 25), with the
/// seven header fields as `DeviceVendor`, `DeviceProduct`, `DeviceVersion`, `DeviceEventClassID`, `Name`,
/// `Severity`. An extension's value may hold spaces; a name is what stands between a space and an `=` that
/// is not escaped. The vendors' own keys that carry addresses, users and times (Fortinet's `FTNTFGT…`, Palo
/// Alto's `PanOS…`) are mapped too.
@AutoService(Source.class)
public final class Cef implements LineSource {
    private static final int[] HEADER = {
        FieldNames.of("CEFVersion"),
        FieldNames.of("DeviceVendor"),
        FieldNames.of("DeviceProduct"),
        FieldNames.of("DeviceVersion"),
        FieldNames.of("DeviceEventClassID"),
        FieldNames.of("Name"),
        FieldNames.of("Severity")
    };
    private static final int SRC = FieldNames.of("src");
    private static final int SRC6 = FieldNames.of("c6a2");
    private static final int DST = FieldNames.of("dst");
    private static final int DST6 = FieldNames.of("c6a3");
    private static final int DUSER = FieldNames.of("duser");
    private static final int SUSER = FieldNames.of("suser");
    private static final int CATEGORY = FieldNames.of("cat");
    private static final int REQUEST = FieldNames.of("request");
    private static final int DHOST = FieldNames.of("dhost");
    private static final int SHOST = FieldNames.of("shost");

    private static final Conversion SEVERITY = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        long level = io.carom.source.parse.Numbers.integer(b, from, length);
        int id = 1;
        if (level >= 0 && level <= 10) {
            id = level == 0 ? 1 : level <= 3 ? 2 : level <= 6 ? 3 : level <= 8 ? 4 : 5;
        } else if (NetworkFields.isWord(b, from, length, "low")) {
            id = 2;
        } else if (NetworkFields.isWord(b, from, length, "medium")) {
            id = 3;
        } else if (NetworkFields.isWord(b, from, length, "high")) {
            id = 4;
        } else if (NetworkFields.isWord(b, from, length, "very-high")
                || NetworkFields.isWord(b, from, length, "critical")) {
            id = 5;
        }
        Conversion.put(row, to, id);
        return true;
    };

    private static Mapping.Builder event(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("DeviceVendor", "metadata.product.vendor_name", TEXT)
                .constant("metadata.product.name", "Unknown")
                .field("DeviceProduct", "metadata.product.name", TEXT)
                .field("DeviceVersion", "metadata.product.version", TEXT)
                .field("DeviceEventClassID", "metadata.event_code", TEXT)
                .field("externalId", "metadata.uid", TEXT)
                .field("cat", "metadata.log_name", TEXT)
                .field("Severity", "severity_id", SEVERITY)
                .field("rt", "time", TIME)
                .fallback("FTNTFGTeventtime", "time", TIME)
                .fallback("FortinetFortiGateeventtime", "time", TIME)
                .fallback("deviceReceiptTime", "time", TIME)
                .fallback("start", "time", TIME)
                .fallback("end", "time", TIME)
                .fallback("startTime", "time", TIME)
                .fallback("endTime", "time", TIME)
                .fallback("art", "time", TIME)
                .field("start", "start_time", TIME)
                .field("end", "end_time", TIME)
                .field("msg", "message", TEXT)
                .fallback("Name", "message", TEXT)
                .field("dvchost", "device.hostname", NetworkFields.HOSTNAME)
                .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("dvc", "device.ip", NetworkFields.IP_OR_NONE)
                .field("deviceExternalId", "device.uid", TEXT)
                .field("act", "action_id", NetworkFields.VERDICT)
                .field("outcome", "status_detail", TEXT)
                .field("outcome", "status_id", GenericFields.OUTCOME)
                .field("reason", "status_code", TEXT);
    }

    private static Mapping.Builder endpoints(Mapping.Builder to) {
        return to.field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("shost", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("smac", "src_endpoint.mac", NetworkFields.MAC)
                .field("deviceInboundInterface", "src_endpoint.interface_name", TEXT)
                .field("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dst", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dhost", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("destinationDnsDomain", "dst_endpoint.domain", TEXT)
                .field("dmac", "dst_endpoint.mac", NetworkFields.MAC)
                .field("deviceOutboundInterface", "dst_endpoint.interface_name", TEXT)
                .fallback("c6a2", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("c6a3", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("PanOSPublicIPv4", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("PanOSPublicIPv6", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("FTNTFGTremip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("FTNTFGTlocip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                // Products that write the dictionary's full names in place of its keys.
                .fallback("sourceAddress", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("destinationAddress", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("dhost", "dst_endpoint.name", TEXT)
                .fallback("shost", "src_endpoint.name", TEXT)
                .fallback("spt", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("dpt", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
                .fallback("FTNTFGTremport", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("FTNTFGTlocport", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
                .fallback("sourcePort", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("destinationPort", "dst_endpoint.port", NetworkFields.DESTINATION_PORT);
    }

    /// Who acted: the source's user where one is named, else the destination's, which gateways fill
    /// instead.
    private static Mapping.Builder actor(Mapping.Builder to) {
        return to.field("suser", "actor.user.name", NetworkFields.ACCOUNT)
                .field("suser", "actor.user.domain", NetworkFields.DOMAIN)
                .field("suid", "actor.user.uid", TEXT)
                .fallback("FTNTFGTunauthuser", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("sourceUserName", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("PanOSSourceUserName", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("PanOSSourceUser", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("duser", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("duser", "actor.user.domain", NetworkFields.DOMAIN);
    }

    private static final Mapping NETWORK = actor(endpoints(event("network", 4001)))
            .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
            .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
            .field("app", "app_name", LOWER)
            // By the letter of the specification `in` is what the source sent; every product seen counts it
            // the other way, as what the source received.
            .field("in", "traffic.bytes_in", INTEGER)
            .field("out", "traffic.bytes_out", INTEGER)
            .field("request", "url.url_string", TEXT)
            .field("cnt", "count", INTEGER)
            .activity(6)
            .build();

    private static final Mapping LOGON = endpoints(event("logon", 3002))
            .field("duser", "user.name", NetworkFields.ACCOUNT)
            .field("duser", "user.domain", NetworkFields.DOMAIN)
            .fallback("suser", "user.name", NetworkFields.ACCOUNT)
            .fallback("suser", "user.domain", NetworkFields.DOMAIN)
            .field("app", "service.name", TEXT)
            .fallback("DeviceProduct", "service.name", TEXT)
            .activity(1)
            .build();

    private static final Mapping OTHER = actor(event("other", 0)).build();

    private final NameTable names = new NameTable();

    @Override
    public String name() {
        return "cef";
    }

    @Override
    public String product() {
        return "Common Event Format 0 and 1 of any product";
    }

    @Override
    public int rank() {
        return -10;
    }

    @Override
    public boolean claims(Line line) {
        return version(line) >= 0;
    }

    /// Where the version's digit stands, `CEF:` before it or, when a collector took that for a syslog tag,
    /// not.
    private static int version(Line line) {
        byte[] b = line.bytes();
        int at = line.from();
        if (line.startsWith("CEF:")) {
            at += 4;
        } else {
            // Some write more than a syslog header before it; it must still come soon.
            int found = line.indexOf("CEF:", line.from());
            if (found >= 0 && found - line.from() < 256 && b[found - 1] == ' ') {
                at = found + 4;
            }
        }
        while (at < line.to() && b[at] == ' ') {
            at++;
        }
        if (at + 1 >= line.to() || b[at] != '0' && b[at] != '1' || b[at + 1] != '|') {
            return -1;
        }
        int bars = 0;
        for (int i = at; i < line.to() && bars < 7; i++) {
            if (b[i] == '\\') {
                i++;
            } else if (b[i] == '|') {
                bars++;
            }
        }
        return bars == 7 ? at : -1;
    }

    @Override
    public void read(Line line, Row row) {
        int at = version(line);
        int to = line.to();
        for (int part = 0; part < HEADER.length; part++) {
            byte[] b = row.bytes();
            int end = at;
            boolean escaped = false;
            while (end < to && b[end] != '|') {
                escaped |= b[end] == '\\';
                end += b[end] == '\\' ? 2 : 1;
            }
            end = Math.min(end, to);
            if (end > at) {
                row.field(HEADER[part], escaped ? unescape(row, at, end) : Column.pack(at, end), EventBatch.TEXT);
            }
            at = Math.min(end + 1, to);
        }
        extension(row, at, to);
        row.map(mapping(row));
    }

    /// Cuts `key=value key=value with spaces`. A key begins behind a space; an `=` within a value that no
    /// name and space precede belongs to the value, escaped or not, for many products do not escape it.
    private void extension(Row row, int from, int to) {
        byte[] b = row.bytes();
        int keyFrom = -1;
        int keyTo = -1;
        int valueFrom = -1;
        boolean escaped = false;
        for (int at = from; at <= to; at++) {
            boolean end = at == to;
            // At the very end it escapes nothing: `filePath=C:\Temp\`, as products write that do not escape.
            if (!end && b[at] == '\\' && at + 1 < to) {
                escaped = true;
                at++;
                continue;
            }
            if (!end && b[at] != '=') {
                continue;
            }
            int name = end ? to : at;
            if (!end) {
                while (name > from && isName(b[name - 1])) {
                    name--;
                }
                boolean starts = name == from || b[name - 1] == ' ' || b[name - 1] == '\t';
                if (name == at || !starts || keyFrom >= 0 && name <= valueFrom - 1) {
                    continue;
                }
            }
            if (keyFrom >= 0) {
                int valueTo = end ? to : name;
                while (valueTo > valueFrom && (b[valueTo - 1] == ' ' || b[valueTo - 1] == '\t')) {
                    valueTo--;
                }
                if (valueTo > valueFrom) {
                    int field = names.id(b, keyFrom, keyTo);
                    row.field(
                            field,
                            escaped ? unescape(row, valueFrom, valueTo) : Column.pack(valueFrom, valueTo),
                            EventBatch.TEXT);
                    b = row.bytes();
                }
            }
            keyFrom = name;
            keyTo = at;
            valueFrom = at + 1;
            escaped = false;
        }
    }

    private static boolean isName(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '.'
                || c == '-'
                || c == '['
                || c == ']';
    }

    private static long unescape(Row row, int from, int to) {
        EventBatch batch = row.batch();
        byte[] b = batch.reserve(to - from);
        int start = batch.arenaEnd();
        int at = start;
        for (int i = from; i < to; i++) {
            if (b[i] == '\\' && i + 1 < to) {
                byte next = b[i + 1];
                if (next == '=' || next == '|' || next == '\\') {
                    b[at++] = next;
                    i++;
                    continue;
                }
                if (next == 'n' || next == 'r') {
                    b[at++] = next == 'n' ? (byte) '\n' : (byte) '\r';
                    i++;
                    continue;
                }
            }
            b[at++] = b[i];
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }

    private static Mapping mapping(Row row) {
        if (isLogon(row)) {
            return LOGON;
        }
        boolean endpoint = false;
        for (int field : ENDPOINTS) {
            endpoint |= NetworkFields.isSaid(row, field);
        }
        return endpoint || told(row) ? NETWORK : OTHER;
    }

    /// Finds endpoints where no standard key has them: in custom values by what their labels say
    /// (`cs2Label=Endpoint_IP cs2=192.0.2.1`), then in the event's name and message.
    private static boolean told(Row row) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            int value = LABELLED.getOrDefault(batch.slotField(slot), -1);
            long slice = value < 0 ? -1 : row.value(value);
            if (slice < 0) {
                continue;
            }
            FieldRole role = FieldRole.of(FieldNames.of(batch.text(batch.slotValue(slot))));
            if (role == FieldRole.SOURCE_ADDRESS && !batch.has(SOURCE)) {
                NetworkFields.IP_OR_NONE.write(row, SOURCE, slice, EventBatch.TEXT);
            } else if (role == FieldRole.DESTINATION_ADDRESS && !batch.has(DESTINATION)) {
                NetworkFields.IP_OR_NONE.write(row, DESTINATION, slice, EventBatch.TEXT);
            }
        }
        for (int field : new int[] {HEADER[5], MESSAGE}) {
            long text = row.value(field);
            if (batch.has(SOURCE) || batch.has(DESTINATION) || text < 0) {
                continue;
            }
            Prose prose = PROSE.get();
            prose.search(row.bytes(), Column.from(text), Column.from(text) + Column.length(text));
            if (prose.source >= 0) {
                row.set(SOURCE, prose.source);
            }
            if (prose.destination >= 0) {
                row.set(DESTINATION, prose.destination);
            }
            if (prose.user >= 0 && !NetworkFields.isSaid(row, SUSER) && !NetworkFields.isSaid(row, DUSER)) {
                NetworkFields.ACCOUNT.write(row, ACTOR, prose.user, EventBatch.TEXT);
            }
        }
        boolean any = batch.has(SOURCE) || batch.has(DESTINATION);
        if (any) {
            row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
        }
        return any;
    }

    private static final Attribute SOURCE = Attribute.of("src_endpoint.ip");
    private static final Attribute DESTINATION = Attribute.of("dst_endpoint.ip");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");
    private static final int MESSAGE = FieldNames.of("msg");
    private static final ThreadLocal<Prose> PROSE = ThreadLocal.withInitial(Prose::new);
    /// The custom values that have a label, by the label's field.
    private static final Map<Integer, Integer> LABELLED = new HashMap<>();

    static {
        for (int n = 1; n <= 6; n++) {
            LABELLED.put(FieldNames.of("cs" + n + "Label"), FieldNames.of("cs" + n));
            LABELLED.put(FieldNames.of("c6a" + n + "Label"), FieldNames.of("c6a" + n));
        }
    }

    private static final int[] ENDPOINTS = {
        SRC,
        DST,
        SHOST,
        DHOST,
        SRC6,
        DST6,
        FieldNames.of("FTNTFGTremip"),
        FieldNames.of("sourceAddress"),
        FieldNames.of("destinationAddress"),
        FieldNames.of("PanOSPublicIPv4")
    };

    /// The specification's category of sign-ins, or a name that says so and a user.
    private static boolean isLogon(Row row) {
        if (!NetworkFields.isSaid(row, DUSER) && !NetworkFields.isSaid(row, SUSER) || row.has(REQUEST)) {
            return false;
        }
        long name = row.value(HEADER[5]);
        long category = row.value(CATEGORY);
        return name >= 0 && GenericFields.saysLogon(row.bytes(), name)
                || category >= 0 && GenericFields.saysLogon(row.bytes(), category);
    }
}
