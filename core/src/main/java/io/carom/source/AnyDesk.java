package io.carom.source;

import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

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
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// AnyDesk's `connection_trace.txt` and its traces, `ad.trace` of a user and `ad_svc.trace` of the service.
///
/// Who was let in is Authentication (3002), for that class alone has the person, both machines, the
/// session and the tool; how the machines reached each other is Network Activity (4001) with
/// `app_name`. A person is an AnyDesk id (`user.uid`) and an alias. In a trace the id and the address
/// of the other side stand in lines one after another of one thread: the address is given the id before
/// it. It is the source where that side asked to come in, the destination where this machine asked, and
/// a source that is not sure where the file tells neither. Neither file names its own machine. Times
/// are UTC.
///
/// Forms are those of versions 5 to 9; AnyDesk documents the connection trace ("Connection log") and none
/// of the others.
@AutoService(Source.class)
public final class AnyDesk implements FileSource {
    private static final int SOURCE = SourceNames.of("anydesk");

    private static Mapping.Builder kind(String name, int classUid) {
        // The time is set by the reader; here it is said that it was read.
        return Mapping.of(name, classUid)
                .field("time", "time", Conversion.TIME)
                .field("message", "message", TEXT)
                .field("module", "metadata.log_provider", TEXT)
                .field("level", "severity_id", words(Map.of("info", 1, "warning", 2, "error", 3), 1))
                .product("AnyDesk", "AnyDesk");
    }

    private static Mapping.Builder signing(String name, int activity) {
        return kind(name, 3002)
                .field("peer_alias", "user.name", NetworkFields.WORD)
                .field("peer_id", "user.uid", TEXT)
                .field("peer_id", "src_endpoint.uid", TEXT)
                .field("peer_alias", "src_endpoint.name", NetworkFields.WORD)
                .field("peer_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("method", "auth_protocol", TEXT)
                .field("reason", "status_detail", TEXT)
                .fallback("peer_id", "user.name", TEXT)
                .constant("user.name", "Unknown")
                .constant("service.name", "AnyDesk")
                .constant("logon_type_id", 10)
                .constant("is_remote", 1)
                .activity(activity);
    }

    private static final Mapping LET_IN =
            signing("let in", 1).constant("status_id", 1).build();
    private static final Mapping REFUSED =
            signing("refused", 1).constant("status_id", 2).build();
    private static final Mapping ASKED = signing("asked", 6).build();
    private static final Mapping LEFT =
            signing("left", 2).constant("status_id", 1).build();

    /// This machine at another, from the connection trace of the other direction.
    private static final Mapping WENT = kind("went", 3002)
            .field("peer_id", "dst_endpoint.uid", TEXT)
            .field("peer_alias", "dst_endpoint.name", NetworkFields.WORD)
            .field("method", "auth_protocol", TEXT)
            .constant("user.name", "Unknown")
            .constant("service.name", "AnyDesk")
            .constant("logon_type_id", 10)
            .constant("is_remote", 1)
            .constant("status_id", 1)
            .activity(1)
            .build();

    private static Mapping.Builder network(String name, String peer, int direction, int activity) {
        return kind(name, 4001)
                .field("peer_id", peer + ".uid", TEXT)
                .field("peer_ip", peer + ".ip", NetworkFields.IP_OR_NONE)
                .field("peer_port", peer + ".port", PORT)
                .field("peer_alias", peer + ".name", NetworkFields.WORD)
                .constant("app_name", "AnyDesk")
                .constant("connection_info.direction_id", direction)
                .activity(activity);
    }

    private static final Mapping CAME = network("came", "src_endpoint", 1, 1).build();
    private static final Mapping SENT_OUT =
            network("went out", "dst_endpoint", 2, 1).build();
    private static final Mapping MET = network("met", "src_endpoint", 0, 1).build();

    /// The address of this machine as AnyDesk's network sees it.
    private static final Mapping SEEN_AS = kind("seen as", 4001)
            .field("own_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("own_port", "src_endpoint.port", PORT)
            .constant("dst_endpoint.svc_name", "AnyDesk relay")
            .constant("app_name", "AnyDesk")
            .constant("connection_info.direction_id", 2)
            .activity(99)
            .build();

    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private enum Turn {
        ASKED,
        ACCEPTED,
        NAMED,
        ADDRESS,
        OWN_ADDRESS,
        CONNECTING,
        LET_IN,
        REFUSED,
        CLOSED,
        FILES
    }

    private record Form(MessageForm form, Turn turn) {}

    private static Form form(String text, Turn turn) {
        return new Form(MessageForm.of(text), turn);
    }

    private static final List<Form> FORMS = List.of(
            form("Incoming session request: {peer_alias} ({peer_id:int})", Turn.ASKED),
            form("Accept request from {peer_id:int}[ (via {route})]", Turn.ACCEPTED),
            form("Accepting from {peer_id:int}", Turn.ACCEPTED),
            form("Client-ID: {peer_id:int}[ (FPR: {fingerprint})]", Turn.NAMED),
            form("Logged in from {peer_ip:addr}:{peer_port:int} on relay {relay}[.]", Turn.ADDRESS),
            form("Logged in from \\[{peer_ip:addr}\\]:{peer_port:int} on relay {relay}[.]", Turn.ADDRESS),
            form("External address: {own_ip:addr}:{own_port:int}", Turn.OWN_ADDRESS),
            form("External address: \\[{own_ip:addr}\\]:{own_port:int}", Turn.OWN_ADDRESS),
            form("Connecting to \"{peer_id:int}\"", Turn.CONNECTING),
            form("Connecting to \"{peer_alias}\"", Turn.CONNECTING),
            form("{number:int}: Connecting to \"{peer_id:int}\"", Turn.CONNECTING),
            form("{number:int}: Connecting to \"{peer_alias}\"", Turn.CONNECTING),
            form("Authenticated by {method}[.]", Turn.LET_IN),
            form("Authenticated with {method}[.]", Turn.LET_IN),
            form("Session request rejected[: {reason}][.]", Turn.REFUSED),
            form("Session closed by {reason}[.]", Turn.CLOSED),
            form("Session closed {reason}[.]", Turn.CLOSED),
            form("Preparing files in '{path}'", Turn.FILES));

    private static final int LEVEL = FieldNames.of("level");
    private static final int TIME = FieldNames.of("time");
    private static final int PROCESS = FieldNames.of("process");
    private static final int PID = FieldNames.of("pid");
    private static final int TID = FieldNames.of("tid");
    private static final int FIBER = FieldNames.of("fiber");
    private static final int MODULE = FieldNames.of("module");
    private static final int MESSAGE = FieldNames.of("message");
    private static final int DIRECTION = FieldNames.of("direction");
    private static final int METHOD = FieldNames.of("method");
    private static final int ALIAS = FieldNames.of("peer_alias");
    private static final int PEER = FieldNames.of("peer_id");
    private static final int PEER_IP = FieldNames.of("peer_ip");

    @Override
    public String name() {
        return "anydesk";
    }

    @Override
    public String product() {
        return "AnyDesk 5 to 9: ad.trace, ad_svc.trace, connection_trace.txt";
    }

    @Override
    public int recognise(Head head) {
        for (String line : head.lines(40)) {
            String text = line.strip();
            if (!text.isEmpty() && text.charAt(0) != '*') {
                byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
                return isTrace(b, 0, b.length) || isConnection(b, 0, b.length) ? 90 : 0;
            }
        }
        return 0;
    }

    private static final List<String> LEVELS = List.of("info ", "warning ", "error ", "debug ");

    /// `info 2022-09-28 12:39:26.845 …` with a module, a dash and text behind.
    private static boolean isTrace(byte[] b, int from, int to) {
        int at = -1;
        for (String level : LEVELS) {
            if (starts(b, from, to, level)) {
                at = from + level.length();
                break;
            }
        }
        return at > 0
                && to - at > 30
                && b[at + 4] == '-'
                && b[at + 10] == ' '
                && b[at + 19] == '.'
                && Times.iso(b, at, 23, ZoneOffset.UTC) != Times.NONE
                && dash(b, at + 23, to) > 0;
    }

    /// `Incoming    2026-03-01, 10:12    User   …`.
    private static boolean isConnection(byte[] b, int from, int to) {
        if (!starts(b, from, to, "Incoming") && !starts(b, from, to, "Outgoing")) {
            return false;
        }
        int at = spaces(b, from + 8, to);
        return at > from + 8
                && to - at >= 17
                && b[at + 4] == '-'
                && b[at + 7] == '-'
                && b[at + 10] == ','
                && b[at + 11] == ' '
                && b[at + 14] == ':';
    }

    private static boolean starts(byte[] b, int from, int to, String ascii) {
        if (to - from < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (b[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Where ` - ` stands between module and message, within the width of a header.
    private static int dash(byte[] b, int from, int to) {
        int last = Math.min(to - 2, from + 160);
        for (int at = from; at < last; at++) {
            if (b[at] == ' ' && b[at + 1] == '-' && b[at + 2] == ' ') {
                return at;
            }
        }
        return -1;
    }

    private static int spaces(byte[] b, int from, int to) {
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
        Trace trace = new Trace();
        return (row, from, to, end) ->
                Lines.each(row, from, to, end, (lineFrom, lineTo) -> trace.line(row, lineFrom, lineTo));
    }

    /// Keeps at most so many, the oldest go.
    private static final class Recent<V> extends LinkedHashMap<String, V> {
        private static final long serialVersionUID = 1;
        private static final int MOST = 512;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MOST;
        }
    }

    /// What one file has told so far.
    private static final class Trace {
        /// The id that a thread named last.
        private final Map<String, String> named = new Recent<>();
        /// Whether an id came here (true) or was gone to.
        private final Map<String, Boolean> came = new Recent<>();
        /// The address that an id was last seen at.
        private final Map<String, String> seenAt = new Recent<>();
        /// Id and alias of whom a process let in or was asked by last.
        private final Map<String, String[]> asked = new Recent<>();

        void line(Row row, int lineFrom, int to) {
            byte[] b = row.bytes();
            int from = spaces(b, lineFrom, to);
            if (from == to) {
                return;
            }
            row.begin(SOURCE, from, to);
            if (isConnection(b, from, to)) {
                connection(row, from, to);
            } else if (isTrace(b, from, to)) {
                trace(row, from, to);
            } else if (starts(b, from, to, "* * *")) {
                row.skip();
            } else {
                row.reject("expected a level, a time, a module and a message, or a line of the connection trace");
            }
        }

        private void connection(Row row, int from, int to) {
            byte[] b = row.bytes();
            row.field(DIRECTION, from, from + 8);
            int at = spaces(b, from + 8, to);
            row.field(TIME, at, at + 17);
            byte[] moment = new byte[16];
            System.arraycopy(b, at, moment, 0, 10);
            moment[10] = ' ';
            System.arraycopy(b, at + 12, moment, 11, 5);
            long millis = Times.iso(moment, 0, 16, ZoneOffset.UTC);
            if (millis == Times.NONE) {
                row.reject("the time of the record is not a time");
                return;
            }
            row.set(Attribute.TIME, millis);
            at = spaces(b, at + 17, to);
            int end = word(b, at, to);
            boolean refused = row.equal(Column.pack(at, end), "REJECTED");
            if (end > at) {
                row.field(METHOD, at, end);
            }
            // An alias may hold blanks: the id is the last word.
            int last = to;
            while (last > end && (b[last - 1] == ' ' || b[last - 1] == '\t')) {
                last--;
            }
            int id = last;
            while (id > end && b[id - 1] != ' ' && b[id - 1] != '\t') {
                id--;
            }
            int alias = spaces(b, end, id);
            int aliasEnd = id;
            while (aliasEnd > alias && (b[aliasEnd - 1] == ' ' || b[aliasEnd - 1] == '\t')) {
                aliasEnd--;
            }
            if (aliasEnd > alias) {
                row.field(ALIAS, alias, aliasEnd);
            }
            if (last > id) {
                row.field(PEER, id, last);
            }
            row.map(b[from] == 'O' ? WENT : refused ? REFUSED : LET_IN);
        }

        private void trace(Row row, int from, int to) {
            byte[] b = row.bytes();
            int at = word(b, from, to);
            row.field(LEVEL, from, at);
            at = spaces(b, at, to);
            row.field(TIME, at, at + 23);
            row.set(Attribute.TIME, Times.iso(b, at, 23, ZoneOffset.UTC));
            int dash = dash(b, at + 23, to);
            int moduleFrom = dash;
            while (moduleFrom > at + 23 && b[moduleFrom - 1] != ' ') {
                moduleFrom--;
            }
            int[] names = {PROCESS, PID, TID, FIBER};
            at += 23;
            for (int name : names) {
                at = spaces(b, at, moduleFrom);
                int end = Math.min(word(b, at, moduleFrom), moduleFrom);
                if (end > at) {
                    row.field(name, at, end);
                }
                at = end;
            }
            if (moduleFrom < dash) {
                row.field(MODULE, moduleFrom, dash);
            }
            int text = spaces(b, dash + 3, to);
            if (text < to) {
                row.field(MESSAGE, text, to);
            }
            for (Form form : FORMS) {
                if (form.form.match(row, text, to)) {
                    told(row, form.turn);
                    return;
                }
            }
            row.map(OTHER);
        }

        private void told(Row row, Turn turn) {
            String process = row.text(PID);
            String thread = process + "/" + row.text(TID) + "/" + row.text(FIBER);
            String peer = row.text(PEER);
            switch (turn) {
                case ASKED -> {
                    asked.put(String.valueOf(process), new String[] {String.valueOf(peer), row.text(ALIAS)});
                    row.map(ASKED);
                }
                case ACCEPTED -> {
                    named.put(thread, String.valueOf(peer));
                    came.put(String.valueOf(peer), true);
                    sure(row);
                    row.map(CAME);
                }
                case NAMED -> {
                    named.put(thread, String.valueOf(peer));
                    // Its address follows in the next line.
                    row.set(Attribute.ACTIVITY_ID, 99);
                    row.map(direction(row, peer));
                }
                case ADDRESS -> {
                    String id = named.get(thread);
                    if (id != null) {
                        row.field("peer_id", id);
                        String address = row.text(PEER_IP);
                        if (address != null) {
                            seenAt.put(id, address);
                        }
                    }
                    row.map(direction(row, id));
                }
                case CONNECTING -> {
                    if (peer != null) {
                        came.put(peer, false);
                    }
                    sure(row);
                    row.map(SENT_OUT);
                }
                case OWN_ADDRESS -> {
                    sure(row);
                    row.map(SEEN_AS);
                }
                case LET_IN, REFUSED, CLOSED -> {
                    String[] who = asked.get(String.valueOf(process));
                    if (who != null) {
                        row.field("peer_id", who[0]);
                        if (who[1] != null) {
                            row.field("peer_alias", who[1]);
                        }
                        String address = seenAt.get(who[0]);
                        if (address != null) {
                            row.field("peer_ip", address);
                        }
                    }
                    row.map(turn == Turn.LET_IN ? LET_IN : turn == Turn.REFUSED ? REFUSED : LEFT);
                }
                case FILES -> row.map(OTHER);
            }
        }

        private Mapping direction(Row row, @Nullable String id) {
            Boolean here = id == null ? null : came.get(id);
            row.set(NetworkFields.INITIATOR_CONFIDENCE, here == null ? NetworkFields.OPEN : NetworkFields.LIKELY);
            return here == null ? MET : here ? CAME : SENT_OUT;
        }

        private static void sure(Row row) {
            row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.SURE);
        }
    }
}
