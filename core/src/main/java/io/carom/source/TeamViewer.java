package io.carom.source;

import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.MessageForm;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// TeamViewer's lists of sessions, `Connections_incoming.txt` and `Connections.txt`, and its
/// `TeamViewer15_Logfile.log`.
///
/// A session is Authentication (3002), for that class alone has the person (a TeamViewer id and the name it
/// shows), both machines, the session's id and the tool (`service.name`); how machines reached each other
/// is Network Activity (4001) with `app_name`, files that came or went are File System Activity (1001). In
/// the lists a line is a whole session: `time` is its begin, `end_time` its end, in UTC; the local account
/// is the owner of the machine that was controlled, or the user who went out. The log's times are local;
/// its header tells the zone, and the id and address of the machine itself. Only the log tells addresses of
/// the other side (`punch received`): who began is not in them.
///
/// TeamViewer documents no form; these are of versions 9 to 15.
@AutoService(Source.class)
public final class TeamViewer implements FileSource {
    private static final int SOURCE = SourceNames.of("teamviewer");

    private static Mapping.Builder kind(String name, int classUid) {
        // Times are set by the reader, which knows their zone; here it is said that they were read.
        return Mapping.of(name, classUid)
                .field("time", "time", Conversion.TIME)
                .field("start", "start_time", Conversion.TIME)
                .field("end", "end_time", Conversion.TIME)
                .field("message", "message", TEXT)
                .product("TeamViewer", "TeamViewer");
    }

    private static Mapping.Builder signing(String name, int activity) {
        return kind(name, 3002)
                .field("session_id", "session.uid", TEXT)
                .constant("service.name", "TeamViewer")
                .constant("logon_type_id", 10)
                .constant("is_remote", 1)
                .activity(activity);
    }

    private static Mapping.Builder came(String name, int activity) {
        return signing(name, activity)
                .field("peer_id", "user.uid", TEXT)
                .field("peer_name", "user.name", NetworkFields.WORD)
                .field("peer_id", "src_endpoint.uid", TEXT)
                .field("peer_name", "src_endpoint.name", NetworkFields.WORD)
                .field("own_id", "dst_endpoint.uid", TEXT)
                .field("own_ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("reason", "status_detail", TEXT)
                .fallback("peer_id", "user.name", TEXT)
                .constant("user.name", "Unknown");
    }

    private static Mapping.Builder went(String name, int activity) {
        return signing(name, activity)
                .field("peer_id", "dst_endpoint.uid", TEXT)
                .field("peer_name", "dst_endpoint.name", NetworkFields.WORD)
                .field("own_id", "src_endpoint.uid", TEXT)
                .field("own_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("own_id", "user.uid", TEXT)
                .field("local_user", "user.name", NetworkFields.ACCOUNT)
                .field("local_user", "user.domain", NetworkFields.DOMAIN)
                .fallback("own_id", "user.name", TEXT)
                .constant("user.name", "Unknown");
    }

    private static final Mapping SESSION_IN = came("incoming session", 1)
            .field("local_user", "dst_endpoint.owner.name", TEXT)
            .constant("dst_endpoint.svc_name", "TeamViewer")
            .constant("status_id", 1)
            .build();
    private static final Mapping SESSION_OUT =
            went("outgoing session", 1).constant("status_id", 1).build();
    private static final Mapping JOINED =
            came("joined", 1).constant("status_id", 1).build();
    private static final Mapping JOINED_OTHER =
            went("joined the other", 1).constant("status_id", 1).build();
    private static final Mapping NAMED = came("named", 99).build();
    private static final Mapping NAMED_OTHER = went("other side named", 99).build();
    private static final Mapping LEFT = came("left", 2).constant("status_id", 1).build();
    private static final Mapping ATTEMPT = came("attempt", 6).build();
    private static final Mapping LET_IN = came("let in", 1)
            .field("method", "auth_protocol", TEXT)
            .constant("status_id", 1)
            .build();
    private static final Mapping REFUSED = came("refused", 1)
            .field("method", "auth_protocol", TEXT)
            .constant("status_id", 2)
            .build();

    private static Mapping.Builder network(String name, int activity) {
        return kind(name, 4001)
                .field("peer_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("peer_port", "src_endpoint.port", PORT)
                .field("own_id", "dst_endpoint.uid", TEXT)
                .field("own_ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .constant("app_name", "TeamViewer")
                .activity(activity);
    }

    private static final Mapping PUNCH = network("punch", 1)
            .constant("connection_info.protocol_name", "udp")
            .constant("connection_info.protocol_num", 17)
            .constant("connection_info.direction_id", 0)
            .build();
    private static final Mapping OPENED = network("session opened", 1)
            .constant("connection_info.direction_id", 1)
            .build();
    private static final Mapping CLOSED = network("session closed", 2)
            .constant("connection_info.direction_id", 0)
            .build();

    private static Mapping file(String name, int activity) {
        return kind(name, 1001)
                .field("path", "file.path", TEXT)
                .field("path", "file.name", BASE_NAME)
                .field("own_id", "device.uid", TEXT)
                .field("own_ip", "device.ip", NetworkFields.IP_OR_NONE)
                .constant("actor.app_name", "TeamViewer")
                .constant("file.type_id", 1)
                .activity(activity)
                .build();
    }

    /// What stands behind the last separator of a path.
    private static final Conversion BASE_NAME = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int at = end;
        while (at > from && b[at - 1] != '\\' && b[at - 1] != '/') {
            at--;
        }
        return Conversion.TEXT.write(row, to, at == end ? slice : Column.pack(at, end), kind);
    };

    private static final Mapping WRITTEN = file("file written", 1);
    private static final Mapping READ = file("file sent", 2);
    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private enum Turn {
        PARTICIPANT,
        PARTICIPANT_NAMED,
        GONE,
        ATTEMPT,
        LET_IN,
        REFUSED,
        PUNCH,
        OPENED,
        CLOSED,
        WRITTEN,
        SENT
    }

    private record Form(MessageForm form, Turn turn) {}

    private static Form form(String text, Turn turn) {
        return new Form(MessageForm.of(text), turn);
    }

    private static final List<Form> FORMS = List.of(
            form(
                    "CPersistentParticipantManager::AddParticipant: \\[{peer_id:int},{participant}\\] type={role:int} name={peer_name:rest}",
                    Turn.PARTICIPANT),
            form(
                    "CParticipantManagerBase participant {peer_name} (ID \\[{peer_id:int},{participant}\\]) was added with the role {role:int}",
                    Turn.PARTICIPANT_NAMED),
            form("CPersistentParticipantManager::RemoveParticipant: \\[{peer_id:int},{participant}\\]", Turn.GONE),
            form(
                    "AuthenticationBlocker::Allocate: allocate ok for DyngateID {peer_id:int}, attempt number {attempt:int}",
                    Turn.ATTEMPT),
            form("{checker}::RunAuthenticationMethod: authentication using {method} was successful", Turn.LET_IN),
            form("{checker}::RunAuthenticationMethod: authentication using {method} was {reason:rest}", Turn.REFUSED),
            form("UDPv4: punch received a={peer_ip:addr}:{peer_port:int}", Turn.PUNCH),
            form("UDPv6: punch received a=\\[{peer_ip:addr}\\]:{peer_port:int}", Turn.PUNCH),
            form("UDPv6: punch received a={peer_ip:addr}", Turn.PUNCH),
            form("CommandHandlerRouting\\[{handler}\\]::CreatePassiveSession", Turn.OPENED),
            form("SessionTerminate", Turn.CLOSED),
            form("TerminateSession", Turn.CLOSED),
            form("Write file {path:rest}", Turn.WRITTEN),
            form("Send file {path:rest}", Turn.SENT));

    private static final int TIME = FieldNames.of("time");
    private static final int PID = FieldNames.of("pid");
    private static final int TID = FieldNames.of("tid");
    private static final int COMPONENT = FieldNames.of("component");
    private static final int MESSAGE = FieldNames.of("message");
    private static final int PEER = FieldNames.of("peer_id");
    private static final int ROLE = FieldNames.of("role");
    private static final int[] INCOMING = fields("peer_id peer_name start end local_user mode session_id");
    private static final int[] OUTGOING = fields("peer_id start end local_user mode session_id");
    private static final Attribute START_TIME = Attribute.of("start_time");
    private static final Attribute END_TIME = Attribute.of("end_time");
    private static final Attribute DURATION = Attribute.of("duration");

    private static int[] fields(String names) {
        return Pattern.compile(" ")
                .splitAsStream(names)
                .mapToInt(FieldNames::of)
                .toArray();
    }

    @Override
    public String name() {
        return "teamviewer";
    }

    @Override
    public String product() {
        return "TeamViewer 9 to 15: Connections_incoming.txt, Connections.txt, log file";
    }

    @Override
    public int recognise(Head head) {
        boolean header = false;
        for (String line : head.lines(200)) {
            byte[] b = line.getBytes(StandardCharsets.ISO_8859_1);
            if (line.isBlank()) {
                continue;
            }
            if (isSession(b, 0, b.length)) {
                return 95;
            }
            if (isLog(b, 0, b.length)) {
                return 90;
            }
            header |= line.startsWith("Start:  ");
            if (!header) {
                return 0;
            }
        }
        return 0;
    }

    /// `1025538549⇥helpdesk⇥22-08-2022 14:50:52⇥…`, or without the name.
    private static boolean isSession(byte[] b, int from, int to) {
        int at = digits(b, from, to);
        if (at - from < 6 || at - from > 12 || at >= to || b[at] != '\t') {
            return false;
        }
        at++;
        if (isDate(b, at, to)) {
            return true;
        }
        while (at < to && b[at] != '\t') {
            at++;
        }
        return isDate(b, at + 1, to);
    }

    /// `22-08-2022 14:50:52⇥`.
    private static boolean isDate(byte[] b, int at, int to) {
        return to - at >= 19
                && digits(b, at, to) == at + 2
                && b[at + 2] == '-'
                && b[at + 5] == '-'
                && digits(b, at + 6, to) == at + 10
                && b[at + 10] == ' '
                && b[at + 13] == ':'
                && b[at + 16] == ':'
                && (to - at == 19 || b[at + 19] == '\t');
    }

    /// `2022/08/22 16:50:52.967  3476  1492 S0   …`.
    private static boolean isLog(byte[] b, int from, int to) {
        if (to - from < 32
                || digits(b, from, to) != from + 4
                || b[from + 4] != '/'
                || b[from + 7] != '/'
                || b[from + 10] != ' '
                || b[from + 13] != ':'
                || b[from + 19] != '.'
                || digits(b, from + 20, to) != from + 23) {
            return false;
        }
        int pid = blanks(b, from + 23, to);
        int pidEnd = digits(b, pid, to);
        int tid = blanks(b, pidEnd, to);
        int tidEnd = digits(b, tid, to);
        int mark = blanks(b, tidEnd, to);
        return pid > from + 23
                && pidEnd > pid
                && tid > pidEnd
                && tidEnd > tid
                && mark > tidEnd
                && to - mark >= 2
                && b[mark] >= 'A'
                && b[mark] <= 'Z'
                && (to - mark == 2 || word(b, mark, to) <= mark + 3);
    }

    private static int digits(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        return at;
    }

    private static int blanks(byte[] b, int from, int to) {
        int at = from;
        while (at < to && (b[at] == ' ' || b[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static int word(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] != ' ' && b[at] != '\t') {
            at++;
        }
        return at;
    }

    @Override
    public RecordReader open(InputContext context) {
        Reader reader = new Reader(context.zone());
        return (row, from, to, end) ->
                Lines.each(row, from, to, end, (lineFrom, lineTo) -> reader.line(row, lineFrom, lineTo));
    }

    private static final Pattern START = Pattern.compile("\\(UTC(?:([+-])(\\d{1,2}):(\\d{2}))?\\)");
    private static final Pattern HEADER = Pattern.compile("([A-Za-z][A-Za-z0-9 _-]{1,30}):(?:\\s+(.*))?");

    private static final class Reader {
        private ZoneId zone;
        private boolean header;
        private @Nullable String ownId;
        private @Nullable String ownIp;
        /// Who tried to come in last.
        private @Nullable String attempted;

        Reader(ZoneId zone) {
            this.zone = zone;
        }

        void line(Row row, int from, int to) {
            byte[] b = row.bytes();
            if (blanks(b, from, to) == to) {
                return;
            }
            if (isLog(b, from, to)) {
                header = false;
                row.begin(SOURCE, from, to);
                log(row, from, to);
                return;
            }
            if (isSession(b, from, to)) {
                row.begin(SOURCE, from, to);
                session(row, from, to);
                return;
            }
            if (header(b, from, to)) {
                return;
            }
            row.begin(SOURCE, from, to);
            row.reject("expected a session of seven or six values, or a time, two numbers, a mark and a message");
        }

        /// Takes a line of the block that begins every log; false if the line is none of it.
        private boolean header(byte[] b, int from, int to) {
            if (to - from > 1000) {
                return false;
            }
            Matcher pair = HEADER.matcher(new String(b, from, to - from, StandardCharsets.UTF_8));
            if (!pair.matches()) {
                return false;
            }
            String name = pair.group(1);
            String value = pair.group(2) == null ? "" : pair.group(2).strip();
            if (name.equals("Start")) {
                header = true;
                start(value);
            } else if (header && name.equals("ID")) {
                ownId = value.equals("0") ? null : value;
            } else if (header && name.equals("IP")) {
                ownIp = value;
            }
            return header;
        }

        private void start(String value) {
            Matcher offset = START.matcher(value);
            if (!offset.find()) {
                return;
            }
            if (offset.group(1) == null) {
                zone = ZoneOffset.UTC;
                return;
            }
            int sign = offset.group(1).equals("-") ? -1 : 1;
            try {
                zone = ZoneOffset.ofHoursMinutes(
                        sign * Integer.parseInt(offset.group(2)), sign * Integer.parseInt(offset.group(3)));
            } catch (DateTimeException e) {
                // No clock is so far from UTC: the input's own zone stays.
            }
        }

        private void session(Row row, int from, int to) {
            byte[] b = row.bytes();
            int name = digits(b, from, to) + 1;
            boolean outgoing = isDate(b, name, to);
            int[] names = outgoing ? OUTGOING : INCOMING;
            int at = from;
            long start = Times.NONE;
            long end = Times.NONE;
            for (int column = 0; column < names.length && at <= to; column++) {
                int stop = at;
                while (stop < to && b[stop] != '\t') {
                    stop++;
                }
                if (stop > at) {
                    row.field(names[column], at, stop);
                    if (column == (outgoing ? 1 : 2)) {
                        start = date(b, at, stop);
                    } else if (column == (outgoing ? 2 : 3)) {
                        end = date(b, at, stop);
                    }
                }
                at = stop + 1;
            }
            if (start == Times.NONE) {
                row.reject("the begin of the session is not a time");
                return;
            }
            row.set(Attribute.TIME, start);
            row.set(START_TIME, start);
            if (end != Times.NONE) {
                row.set(END_TIME, end);
                if (end >= start) {
                    row.set(DURATION, end - start);
                }
            }
            row.map(outgoing ? SESSION_OUT : SESSION_IN);
        }

        private static long date(byte[] b, int from, int to) {
            if (!isDate(b, from, to)) {
                return Times.NONE;
            }
            byte[] iso = new byte[19];
            System.arraycopy(b, from + 6, iso, 0, 4);
            System.arraycopy(b, from + 2, iso, 4, 4);
            System.arraycopy(b, from, iso, 8, 2);
            System.arraycopy(b, from + 10, iso, 10, 9);
            return Times.iso(iso, 0, 19, ZoneOffset.UTC);
        }

        private void log(Row row, int from, int to) {
            byte[] b = row.bytes();
            row.field(TIME, from, from + 23);
            long millis = Times.iso(b, from, 23, zone);
            if (millis == Times.NONE) {
                row.reject("the time of the record is not a time");
                return;
            }
            row.set(Attribute.TIME, millis);
            int at = from + 23;
            for (int name : new int[] {PID, TID, COMPONENT}) {
                at = blanks(b, at, to);
                int end = word(b, at, to);
                row.field(name, at, end);
                at = end;
            }
            int text = blanks(b, at, to);
            if (text < to) {
                row.field(MESSAGE, text, to);
            }
            for (Form form : FORMS) {
                if (form.form.match(row, text, to)) {
                    own(row);
                    told(row, form.turn);
                    return;
                }
            }
            row.map(OTHER);
        }

        private void own(Row row) {
            if (ownId != null) {
                row.field("own_id", ownId);
            }
            if (ownIp != null) {
                row.field("own_ip", ownIp);
            }
        }

        private void told(Row row, Turn turn) {
            String peer = row.text(PEER);
            boolean own = peer != null && peer.equals(ownId);
            switch (turn) {
                // Role 6 controls, role 3 shows its screen. A line about this machine says nothing new.
                case PARTICIPANT ->
                    row.map(own ? OTHER : row.is(ROLE, "6") ? JOINED : row.is(ROLE, "3") ? JOINED_OTHER : NAMED);
                case PARTICIPANT_NAMED -> row.map(own ? OTHER : row.is(ROLE, "3") ? NAMED_OTHER : NAMED);
                case GONE -> row.map(own ? OTHER : LEFT);
                case ATTEMPT -> {
                    attempted = peer;
                    row.map(ATTEMPT);
                }
                case LET_IN, REFUSED -> {
                    if (attempted != null) {
                        row.field("peer_id", attempted);
                    }
                    row.map(turn == Turn.LET_IN ? LET_IN : REFUSED);
                }
                case PUNCH -> {
                    row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
                    row.map(PUNCH);
                }
                // An event of these classes has to be about a machine.
                case OPENED -> row.map(ownId == null ? OTHER : OPENED);
                case CLOSED -> row.map(ownId == null ? OTHER : CLOSED);
                case WRITTEN -> row.map(ownId == null ? OTHER : WRITTEN);
                case SENT -> row.map(ownId == null ? OTHER : READ);
            }
        }
    }
}
