package io.carom.source;

import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.NameTable;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// systemd's journal as `journalctl -o json` writes it (also `json-pretty`, `json-sse`, `json-seq`).
///
/// What sshd, sudo, su, PAM, logind and the tools for accounts say is understood as {@link LinuxAuth}
/// does, the audit system's records as {@link AuditEvents}, dnsmasq and named as their own logs; the
/// starts and stops of units are told by their message ids (`sd-messages.h`). A message of another
/// program is a Network Activity where it names an address, else a Base Event. Fields follow
/// `systemd.journal-fields(7)` and `systemd.journal-export-formats(7)`, systemd 208 to 257: a field
/// that is no text is an array of its bytes, and is put together here.
@AutoService(Source.class)
public final class Journald implements JsonSource {
    /// Syslog's levels, 0 to 7 (RFC 5424 section 6.2.1).
    private static final Conversion PRIORITY =
            words(Map.of("0", 6, "1", 5, "2", 5, "3", 4, "4", 3, "5", 1, "6", 1, "7", 1));

    /// A process id above 0.
    private static final Conversion PROCESS = (row, to, slice, kind) -> {
        long pid = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (pid > 0 && pid <= Integer.MAX_VALUE) {
            row.set(to, pid);
        }
        return pid >= 0;
    };

    /// What an entry says in every class of event.
    static Mapping.Builder fields() {
        return Mapping.of("journal", 0)
                .field("MESSAGE", "message", TEXT)
                .field("_HOSTNAME", "device.hostname", NetworkFields.HOSTNAME)
                .field("_MACHINE_ID", "device.uid", TEXT)
                .field("syslog.appname", "metadata.log_provider", TEXT)
                .field("MESSAGE_ID", "metadata.event_code", TEXT)
                .field("PRIORITY", "severity_id", PRIORITY);
    }

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .include(fields())
                .field("_PID", "actor.process.pid", PROCESS)
                .fallback("_COMM", "actor.process.name", ofProcess(TEXT))
                .fallback("_CMDLINE", "actor.process.cmd_line", ofProcess(TEXT))
                .fallback("_EXE", "actor.process.file.path", ofProcess(TEXT))
                .fallback("_EXE", "actor.process.file.name", ofProcess(NAME))
                .field("_UID", "actor.user.uid", TEXT)
                .field("_AUDIT_SESSION", "actor.session.uid", TEXT)
                .constant("device.os.name", "Linux")
                .constant("device.os.type_id", 200)
                .product("Linux", "systemd");
    }

    private static final Attribute PROCESS_ID = Attribute.of("actor.process.pid");

    private static final Conversion NAME = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int end = Column.from(slice) + Column.length(slice);
        int at = end;
        while (at > Column.from(slice) && b[at - 1] != '/') {
            at--;
        }
        return TEXT.write(row, to, Column.pack(at, end), kind);
    };

    /// OCSF knows no process without an id.
    private static Conversion ofProcess(Conversion conversion) {
        return (row, to, slice, kind) -> !row.batch().has(PROCESS_ID) || conversion.write(row, to, slice, kind);
    }

    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private static final Mapping NETWORK = kind("address named", 4001)
            .field("syslog.appname", "app_name", TEXT)
            .activity(99)
            .build();

    /// A packet that the kernel's filter was told to log.
    private static final Mapping PACKET = kind("packet", 4001)
            .field("SRC", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("DST", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .fallback("SPT", "src_endpoint.port", NetworkFields.SOURCE_PORT)
            .fallback("DPT", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
            .field("PROTO", "connection_info.protocol_name", NetworkFields.PROTOCOL)
            .constant("connection_info.direction_id", 0)
            .activity(6)
            .build();

    private static final Mapping UNIT = kind("unit", 6002)
            .field("UNIT", "app.name", TEXT)
            .field("USER_UNIT", "app.name", TEXT)
            .constant("app.name", "Unknown")
            .build();

    /// What systemd says of units: activity and status, by message id.
    private static final Map<String, int[]> UNITS = Map.of(
            "39f53479d3a045ac8e11786248231fbf",
            new int[] {3, 1},
            "9d1aaa27d60140bd96365438aad20286",
            new int[] {4, 1},
            "be02cf6855d2428ba40df7e9d022f03d",
            new int[] {3, 2},
            "7b05ebc668384222baa8881179cfda54",
            new int[] {5, 1});

    /// Words in the prefixes that people give to rules which stop a packet.
    private static final List<String> VERDICTS = List.of("BLOCK", "DROP", "DENY", "REJECT");

    private static final NameTable NAMES = new NameTable();

    private static final Attribute SOURCE_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SOURCE_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute DESTINATION_IP = Attribute.of("dst_endpoint.ip");
    private static final Attribute DESTINATION_PORT = Attribute.of("dst_endpoint.port");

    private static final BindQuery NAMED = new BindQuery();
    private static final int APP = FieldNames.of("syslog.appname");
    private static final int WRITTEN = FieldNames.of("__REALTIME_TIMESTAMP");
    private static final int SENT = FieldNames.of("_SOURCE_REALTIME_TIMESTAMP");
    private static final int CURSOR = FieldNames.of("__CURSOR");
    private static final int BOOT = FieldNames.of("_BOOT_ID");
    private static final int MESSAGE = FieldNames.of("MESSAGE");
    private static final int MESSAGE_ID = FieldNames.of("MESSAGE_ID");
    private static final int IDENTIFIER = FieldNames.of("SYSLOG_IDENTIFIER");
    private static final int COMMAND = FieldNames.of("_COMM");
    private static final int TRANSPORT = FieldNames.of("_TRANSPORT");
    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
    private static final ThreadLocal<Prose> PROSE = ThreadLocal.withInitial(Prose::new);
    private static final ThreadLocal<AuditEvents> AUDIT = ThreadLocal.withInitial(AuditEvents::new);

    @Override
    public String name() {
        return "journald";
    }

    @Override
    public String product() {
        return "systemd 208 to 257, journalctl -o json";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(WRITTEN) && (row.has(MESSAGE) || row.has(CURSOR) || row.has(BOOT) || row.has(TRANSPORT));
    }

    @Override
    public void read(Row row) {
        long time = micros(row, SENT);
        time = time == Times.NONE ? micros(row, WRITTEN) : time;
        if (time == Times.NONE) {
            row.reject("__REALTIME_TIMESTAMP is not a number of microseconds");
            return;
        }
        row.set(Attribute.TIME, time);
        bytesToText(row);
        long message = row.value(MESSAGE);
        int from = message < 0 ? 0 : Column.from(message);
        int to = message < 0 ? 0 : from + Column.length(message);
        while (from < to && row.bytes()[from] == ' ') {
            from++;
        }
        String program = program(row);
        if (!program.isEmpty()) {
            // The name under which every reader gives the program of a message.
            row.field(APP, row.batch().append(program), EventBatch.TEXT);
        }
        if (program.equals("kernel") && packet(row, from, to)) {
            return;
        }
        if (row.is(TRANSPORT, "audit") || program.equals("audit") || program.equals("kernel")) {
            if (audit(row, from, to)) {
                return;
            }
        }
        if (LinuxAuth.knows(program)) {
            LinuxAuth.understand(row, program, from, to);
            return;
        }
        if (program.equals("dnsmasq") || program.startsWith("dnsmasq-")) {
            Dnsmasq.understand(row, from, to);
            return;
        }
        if (program.equals("named")) {
            Line line = new Line();
            line.set(row.bytes(), from, to, row.context());
            if (NAMED.claims(line)) {
                NAMED.read(line, row);
                return;
            }
        }
        String id = row.text(MESSAGE_ID);
        int[] unit = id == null ? null : UNITS.get(id);
        if (unit != null) {
            row.set(Attribute.ACTIVITY_ID, unit[0]);
            row.set(Attribute.STATUS_ID, unit[1]);
            row.map(UNIT);
            return;
        }
        other(row, from, to);
    }

    private static long micros(Row row, int field) {
        long slice = row.value(field);
        if (slice < 0) {
            return Times.NONE;
        }
        long micros = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        return micros == Numbers.NONE ? Times.NONE : Math.floorDiv(micros, 1000L);
    }

    private static String program(Row row) {
        String named = row.text(IDENTIFIER);
        if (named == null) {
            named = row.text(COMMAND);
        }
        return named == null || named.length() > 64 ? "" : named;
    }

    private static boolean audit(Row row, int from, int to) {
        AuditEvents events = AUDIT.get();
        AuditRecord record = new AuditRecord();
        byte[] b = row.bytes();
        if (record.parse(b, from, to, row.context())) {
            events.begin();
            events.expect(b, record);
            events.record(row, record, to);
            events.end(row);
            return true;
        }
        int end = AuditRecord.word(b, from, to);
        if (!AuditEvents.isKnown(b, from, end)) {
            return false;
        }
        events.begin();
        events.typed(row, Column.pack(from, end), end, to);
        events.end(row);
        return true;
    }

    /// `PREFIX IN=eth0 OUT= MAC=… SRC=192.0.2.1 DST=… PROTO=TCP SPT=… DPT=…`, as netfilter logs packets.
    private static boolean packet(Row row, int from, int to) {
        byte[] b = row.bytes();
        int in = find(b, from, to, "IN=");
        if (in < 0 || find(b, in, to, " SRC=") < 0 || find(b, in, to, " DST=") < 0) {
            return false;
        }
        int at = in;
        while (at < to) {
            int end = AuditRecord.word(b, at, to);
            int equals = AuditRecord.indexOf(b, '=', at, end);
            if (equals > at && equals + 1 < end && end - at <= 64) {
                row.field(NAMES.id(b, at, equals), equals + 1, end);
            }
            at = AuditRecord.spaces(b, end, to);
        }
        for (String verdict : VERDICTS) {
            if (find(b, from, in, verdict) >= 0) {
                row.set(Attribute.ACTIVITY_ID, 5);
            }
        }
        row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
        row.map(PACKET);
        return true;
    }

    private static int find(byte[] b, int from, int to, String ascii) {
        for (int at = from; at < to; at++) {
            if (AuditRecord.stands(b, at, to, ascii)) {
                return at;
            }
        }
        return -1;
    }

    private static void other(Row row, int from, int to) {
        Prose prose = PROSE.get();
        prose.search(row.bytes(), from, to);
        if (prose.source < 0 && prose.destination < 0) {
            row.map(OTHER);
            return;
        }
        end(row, SOURCE_IP, SOURCE_PORT, prose.source, prose.sourcePort);
        end(row, DESTINATION_IP, DESTINATION_PORT, prose.destination, prose.destinationPort);
        row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
        row.map(NETWORK);
    }

    private static void end(Row row, Attribute ip, Attribute port, long address, long number) {
        if (address < 0) {
            return;
        }
        row.set(ip, address);
        if (number >= 0) {
            Conversion.PORT.write(row, port, number, EventBatch.TEXT);
        }
    }

    /// Puts each field that came as an array of its bytes together to text; what is not UTF-8 is taken for
    /// Windows-1252.
    private static void bytesToText(Row row) {
        EventBatch batch = row.batch();
        int first = batch.firstSlot(batch.rows());
        int end = batch.slots();
        int at = first;
        while (at < end && batch.slotKind(at) != EventBatch.NUMBER) {
            at++;
        }
        if (at == end) {
            return;
        }
        int count = end - at;
        int[] names = new int[count];
        long[] values = new long[count];
        byte[] kinds = new byte[count];
        for (int i = 0; i < count; i++) {
            names[i] = batch.slotField(at + i);
            values[i] = batch.slotValue(at + i);
            kinds[i] = batch.slotKind(at + i);
        }
        batch.dropSlots(at);
        int i = 0;
        while (i < count) {
            int next = i;
            while (next < count && names[next] == names[i] && kinds[next] == EventBatch.NUMBER) {
                next++;
            }
            byte[] text = next == i ? null : text(row, values, i, next);
            if (text == null) {
                next = Math.max(next, i + 1);
                for (; i < next; i++) {
                    row.field(names[i], values[i], kinds[i]);
                }
                continue;
            }
            boolean utf8 = Lines.isUtf8(text, 0, text.length);
            row.field(
                    names[i],
                    utf8 ? batch.append(text, 0, text.length) : batch.append(new String(text, WINDOWS_1252)),
                    EventBatch.TEXT);
            i = next;
        }
    }

    /// The bytes that these numbers are, null if one is none. journald writes every text as a text, so
    /// that a number alone is a byte alone; only what a program between added may be a number itself.
    private static byte @Nullable [] text(Row row, long[] values, int from, int to) {
        byte[] text = new byte[to - from];
        for (int i = from; i < to; i++) {
            long value = Numbers.integer(row.bytes(), Column.from(values[i]), Column.length(values[i]));
            if (value < 0 || value > 255 || to - from == 1 && value < 32) {
                return null;
            }
            text[i - from] = (byte) value;
        }
        return text;
    }
}
