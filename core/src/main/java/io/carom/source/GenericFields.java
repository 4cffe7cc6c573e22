package io.carom.source;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes an event of a record whose product nobody knows: from native fields by what their names say
/// ({@link FieldRole}), and from the message by its words ({@link Prose}).
///
/// The class is Authentication when a user and a sign-in or sign-out are evident, Network Activity when an
/// address is known, Base Event otherwise. Who began a connection is never known here, and the event says
/// so.
final class GenericFields {
    private static final Attribute SRC_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SRC_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute DST_IP = Attribute.of("dst_endpoint.ip");
    private static final Attribute DST_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");
    private static final Attribute ACTOR_DOMAIN = Attribute.of("actor.user.domain");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute USER_DOMAIN = Attribute.of("user.domain");
    private static final Attribute HOST = Attribute.of("device.hostname");
    private static final Attribute ACTIVITY = Attribute.of("activity_name");
    private static final Attribute ACTION_ID = Attribute.of("action_id");
    private static final Attribute STATUS = Attribute.STATUS_ID;
    private static final Attribute STATUS_DETAIL = Attribute.of("status_detail");
    private static final Attribute MESSAGE = Attribute.MESSAGE;
    private static final Attribute PROTOCOL = Attribute.of("connection_info.protocol_name");
    private static final Attribute URL = Attribute.of("url.url_string");
    private static final Attribute SERVICE = Attribute.of("service.name");
    private static final Attribute APP = Attribute.of("app_name");
    private static final int SYSLOG_HOST = FieldNames.of("syslog.hostname");
    private static final int SYSLOG_APP = FieldNames.of("syslog.appname");
    private static final int ROLES = FieldRole.values().length;
    /// A weaker name than this (`ip` below several others) gives way to an address that the message names.
    private static final int WEAK = 9 * 8;

    private static final Mapping BASE = Mapping.of("base", 0).activity(99).build();
    private static final Mapping NETWORK =
            Mapping.of("network", 4001).activity(99).build();
    private static final Mapping LOGON = Mapping.of("logon", 3002).activity(1).build();
    private static final Mapping LOGOFF = Mapping.of("logoff", 3002).activity(2).build();

    private static final Map<String, Integer> OUTCOMES = Map.ofEntries(
            Map.entry("success", 1),
            Map.entry("succeeded", 1),
            Map.entry("successful", 1),
            Map.entry("ok", 1),
            Map.entry("true", 1),
            Map.entry("passed", 1),
            Map.entry("allowed", 1),
            Map.entry("granted", 1),
            Map.entry("/success", 1),
            Map.entry("failure", 2),
            Map.entry("failed", 2),
            Map.entry("fail", 2),
            Map.entry("error", 2),
            Map.entry("false", 2),
            Map.entry("denied", 2),
            Map.entry("rejected", 2),
            Map.entry("/failure", 2));

    private static final Conversion WORDS = Conversion.words(OUTCOMES);

    /// OCSF's `status_id` (1 success, 2 failure) of the usual words. Other words give nothing.
    static final Conversion OUTCOME = (row, to, slice, kind) -> {
        if (kind == EventBatch.TRUE || kind == EventBatch.FALSE) {
            Conversion.put(row, to, kind == EventBatch.TRUE ? 1 : 2);
        } else if (Column.length(slice) < 32) {
            WORDS.write(row, to, slice, kind);
        }
        return true;
    };

    /// OCSF demands a product; it is not known here.
    private static final byte[] UNKNOWN = "Unknown".getBytes(StandardCharsets.US_ASCII);

    private final long[] value = new long[ROLES];
    private final int[] rank = new int[ROLES];
    private final byte[] kind = new byte[ROLES];
    private final Prose prose = new Prose();
    private long sourcePortBeside = -1;
    private long destinationPortBeside = -1;
    private long time = Times.NONE;
    private boolean logon;
    private boolean logoff;

    /// Ends the row as an event, from its native fields and the message `[from, to)`; `from = to` where the
    /// fields are all there is.
    void finish(Row row, int from, int to) {
        Arrays.fill(value, -1);
        Arrays.fill(rank, Integer.MAX_VALUE);
        sourcePortBeside = -1;
        destinationPortBeside = -1;
        time = Times.NONE;
        logon = false;
        logoff = false;
        fields(row);
        if (from < to) {
            said(row, Column.pack(from, to));
            words(row.bytes(), from, to);
        }
        sides();
        end(row);
    }

    private void fields(Row row) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        int timeRank = Integer.MAX_VALUE;
        long date = -1;
        long clock = -1;
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            byte slotKind = batch.slotKind(slot);
            int field = batch.slotField(slot);
            FieldRole role = FieldRole.of(field);
            if (slotKind == EventBatch.NULL || role == FieldRole.NONE || field == SYSLOG_HOST || field == SYSLOG_APP) {
                continue;
            }
            long slice = batch.slotValue(slot);
            int at = Column.from(slice);
            int length = Column.length(slice);
            byte[] b = batch.arena();
            if (NetworkFields.isNone(b, at, length)) {
                continue;
            }
            int fieldRank = FieldRole.rank(field);
            switch (role) {
                case SOURCE_ADDRESS, DESTINATION_ADDRESS, LOCAL_ADDRESS, REMOTE_ADDRESS ->
                    address(b, role, fieldRank, slice);
                case SOURCE_PORT, DESTINATION_PORT, LOCAL_PORT, REMOTE_PORT -> {
                    long port = Numbers.integer(b, at, length);
                    if (port >= 0 && port <= 65535) {
                        best(role, fieldRank, slice, slotKind);
                    }
                }
                case TIME -> {
                    if (length <= 10 && length >= 6 && isClock(b, at, length)) {
                        clock = clock < 0 ? slice : clock;
                    } else if (fieldRank < timeRank) {
                        if (length == 10 && slotKind == EventBatch.TEXT && (b[at + 4] == '-' || b[at + 4] == '/')) {
                            date = slice;
                        }
                        long millis = Times.any(b, at, length, row.context());
                        // A small number is a duration or a count.
                        if (millis != Times.NONE && millis > 100_000_000_000L) {
                            time = millis;
                            timeRank = fieldRank;
                        }
                    }
                }
                case USER, HOST -> {
                    if (slotKind == EventBatch.TEXT && length <= 320 && !isStructure(b, at)) {
                        best(role, fieldRank, slice, slotKind);
                    }
                }
                case ACTION, APPLICATION, PROTOCOL, URL -> {
                    if (length <= 4096 && !isStructure(b, at)) {
                        best(role, fieldRank, slice, slotKind);
                    }
                }
                case OUTCOME -> {
                    if (length <= 32) {
                        best(role, fieldRank, slice, slotKind);
                    }
                }
                case TEXT -> {
                    if (!isStructure(b, at)) {
                        best(role, fieldRank, slice, slotKind);
                    }
                }
                case NONE -> {}
            }
        }
        if (date >= 0 && clock >= 0) {
            join(row, date, clock);
        }
        long text = value[FieldRole.TEXT.ordinal()];
        if (text >= 0) {
            words(row.bytes(), Column.from(text), Column.from(text) + Column.length(text));
        }
        long action = value[FieldRole.ACTION.ordinal()];
        if (action >= 0) {
            said(row, action);
        }
    }

    /// `date=2019-03-04 time=05:06:07` in two fields.
    private void join(Row row, long date, long clock) {
        EventBatch batch = row.batch();
        int length = Column.length(date) + 1 + Column.length(clock);
        byte[] b = batch.reserve(length);
        int at = batch.arenaEnd();
        System.arraycopy(b, Column.from(date), b, at, Column.length(date));
        b[at + Column.length(date)] = ' ';
        System.arraycopy(b, Column.from(clock), b, at + Column.length(date) + 1, Column.length(clock));
        // The joined text is read and left behind the arena's end: nothing refers to it.
        long millis = Times.any(b, at, length, row.context());
        time = millis == Times.NONE ? time : millis;
    }

    private static boolean isClock(byte[] b, int at, int length) {
        return length >= 6 && (b[at + 2] == ':' || b[at + 1] == ':');
    }

    private static boolean isStructure(byte[] b, int at) {
        return b[at] == '{' || b[at] == '[';
    }

    private void best(FieldRole role, int fieldRank, long slice, byte slotKind) {
        int i = role.ordinal();
        if (fieldRank < rank[i]) {
            rank[i] = fieldRank;
            value[i] = slice;
            kind[i] = slotKind;
        }
    }

    /// An address, an address with its port, or the first of several with commas between.
    private void address(byte[] b, FieldRole role, int fieldRank, long slice) {
        if (fieldRank >= rank[role.ordinal()]) {
            return;
        }
        int from = Column.from(slice);
        int to = from + Column.length(slice);
        int end = from;
        while (end < to && b[end] != ',' && b[end] != ' ' && b[end] != ';') {
            end++;
        }
        long port = -1;
        long address = Addresses.clean(b, from, end);
        if (address < 0) {
            int colon = end - 1;
            while (colon > from && b[colon] >= '0' && b[colon] <= '9') {
                colon--;
            }
            if (colon <= from || b[colon] != ':') {
                return;
            }
            address = Addresses.clean(b, from, colon);
            port = Column.pack(colon + 1, end);
        }
        if (address < 0) {
            return;
        }
        best(role, fieldRank, address, EventBatch.TEXT);
        if (role == FieldRole.SOURCE_ADDRESS) {
            sourcePortBeside = port;
        } else if (role == FieldRole.DESTINATION_ADDRESS) {
            destinationPortBeside = port;
        }
    }

    /// Where products speak of the local and the remote end, the local one is taken for the source if both
    /// are there; a remote end alone is who came.
    private void sides() {
        int source = FieldRole.SOURCE_ADDRESS.ordinal();
        int destination = FieldRole.DESTINATION_ADDRESS.ordinal();
        long local = value[FieldRole.LOCAL_ADDRESS.ordinal()];
        long remote = value[FieldRole.REMOTE_ADDRESS.ordinal()];
        boolean weak = value[source] < 0 || rank[source] >= WEAK;
        if (remote >= 0 && weak) {
            if (local >= 0 && value[destination] < 0) {
                value[source] = local;
                value[destination] = remote;
                value[FieldRole.SOURCE_PORT.ordinal()] = value[FieldRole.LOCAL_PORT.ordinal()];
                value[FieldRole.DESTINATION_PORT.ordinal()] = value[FieldRole.REMOTE_PORT.ordinal()];
            } else {
                value[source] = remote;
                if (value[FieldRole.SOURCE_PORT.ordinal()] < 0) {
                    value[FieldRole.SOURCE_PORT.ordinal()] = value[FieldRole.REMOTE_PORT.ordinal()];
                }
            }
        } else if (local >= 0 && value[source] < 0) {
            value[source] = local;
        }
        if (value[FieldRole.SOURCE_PORT.ordinal()] < 0) {
            value[FieldRole.SOURCE_PORT.ordinal()] = sourcePortBeside;
        }
        if (value[FieldRole.DESTINATION_PORT.ordinal()] < 0) {
            value[FieldRole.DESTINATION_PORT.ordinal()] = destinationPortBeside;
        }
    }

    /// Fills from the message's words what the fields left open.
    private void words(byte[] b, int from, int to) {
        int source = FieldRole.SOURCE_ADDRESS.ordinal();
        int destination = FieldRole.DESTINATION_ADDRESS.ordinal();
        boolean sided = value[FieldRole.REMOTE_ADDRESS.ordinal()] >= 0 || value[FieldRole.LOCAL_ADDRESS.ordinal()] >= 0;
        prose.search(b, from, to);
        if (!sided && value[source] < 0 && value[destination] < 0) {
            value[source] = prose.source;
            value[destination] = prose.destination;
            value[FieldRole.SOURCE_PORT.ordinal()] = keep(FieldRole.SOURCE_PORT, prose.sourcePort);
            value[FieldRole.DESTINATION_PORT.ordinal()] = keep(FieldRole.DESTINATION_PORT, prose.destinationPort);
        }
        if (value[FieldRole.USER.ordinal()] < 0) {
            value[FieldRole.USER.ordinal()] = prose.user;
        }
    }

    private long keep(FieldRole role, long otherwise) {
        long has = value[role.ordinal()];
        return has >= 0 ? has : otherwise;
    }

    private void said(Row row, long slice) {
        logoff |= saysLogoff(row.bytes(), slice);
        logon |= !logoff && saysLogon(row.bytes(), slice);
    }

    private void end(Row row) {
        long user = value[FieldRole.USER.ordinal()];
        long source = value[FieldRole.SOURCE_ADDRESS.ordinal()];
        long destination = value[FieldRole.DESTINATION_ADDRESS.ordinal()];
        long app = value[FieldRole.APPLICATION.ordinal()];
        if (app < 0) {
            app = row.value(SYSLOG_APP);
        }
        boolean known = user >= 0 && hasAccount(row.bytes(), user);
        boolean authentication = (logon || logoff) && known && (destination >= 0 || app >= 0);
        boolean network = !authentication && (source >= 0 || destination >= 0);
        Mapping mapping = authentication ? logoff ? LOGOFF : LOGON : network ? NETWORK : BASE;
        if (authentication || network) {
            put(row, SRC_IP, source);
            put(row, DST_IP, destination);
            if (source >= 0) {
                port(row, SRC_PORT, value[FieldRole.SOURCE_PORT.ordinal()]);
            }
            if (destination >= 0) {
                port(row, DST_PORT, value[FieldRole.DESTINATION_PORT.ordinal()]);
            }
        }
        if (network && source >= 0 && destination >= 0) {
            row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
        }
        if (known) {
            NetworkFields.ACCOUNT.write(row, authentication ? USER : ACTOR, user, EventBatch.TEXT);
            NetworkFields.DOMAIN.write(row, authentication ? USER_DOMAIN : ACTOR_DOMAIN, user, EventBatch.TEXT);
        }
        if (authentication) {
            put(row, SERVICE, app);
        }
        if (network) {
            put(row, APP, app);
            long protocol = value[FieldRole.PROTOCOL.ordinal()];
            if (protocol >= 0 && Column.length(protocol) <= 16) {
                NetworkFields.PROTOCOL.write(row, PROTOCOL, protocol, EventBatch.TEXT);
            }
            put(row, URL, value[FieldRole.URL.ordinal()]);
        }
        long host = value[FieldRole.HOST.ordinal()];
        if (host < 0) {
            host = row.value(SYSLOG_HOST);
        }
        if (host >= 0) {
            NetworkFields.HOSTNAME.write(row, HOST, host, EventBatch.TEXT);
        }
        long action = value[FieldRole.ACTION.ordinal()];
        if (action >= 0) {
            boolean verdict = NetworkFields.KNOWN_VERDICT.write(row, ACTION_ID, action, EventBatch.TEXT);
            if (!verdict && !authentication) {
                put(row, ACTIVITY, action);
            }
        }
        long outcome = value[FieldRole.OUTCOME.ordinal()];
        if (outcome >= 0) {
            OUTCOME.write(row, STATUS, outcome, kind[FieldRole.OUTCOME.ordinal()]);
            if (kind[FieldRole.OUTCOME.ordinal()] == EventBatch.TEXT) {
                put(row, STATUS_DETAIL, outcome);
            }
        }
        put(row, MESSAGE, value[FieldRole.TEXT.ordinal()]);
        if (row.batch().has(Attribute.PRODUCT_NAME)) {
            // Said before by who knows the product but not the record.
        } else if (app >= 0 && Column.length(app) > 0) {
            row.set(Attribute.PRODUCT_NAME, app);
        } else {
            row.set(Attribute.PRODUCT_NAME, row.batch().constant(UNKNOWN));
        }
        if (time != Times.NONE) {
            row.set(Attribute.TIME, time);
        }
        row.map(mapping);
    }

    /// The message itself, for records that are nothing but one.
    void message(Row row, long slice) {
        row.set(MESSAGE, slice);
    }

    private static boolean hasAccount(byte[] b, long user) {
        int end = Column.from(user) + Column.length(user);
        return Column.length(user) > 0 && b[end - 1] != '\\';
    }

    private static void put(Row row, Attribute to, long slice) {
        if (slice >= 0 && Column.length(slice) > 0) {
            row.set(to, slice);
        }
    }

    private static void port(Row row, Attribute to, long slice) {
        if (slice >= 0) {
            long number = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
            if (number >= 0 && number <= 65535) {
                row.set(to, number);
            }
        }
    }

    private static final String[] LOGON_WORDS = {
        "logon",
        "login",
        "logged in",
        "logged on",
        "log in",
        "log on",
        "sign-in",
        "signin",
        "sign in",
        "signed in",
        "authenticat"
    };
    private static final String[] LOGOFF_WORDS = {
        "logoff", "logout", "logged out", "logged off", "log out", "log off", "sign-out", "signout", "sign out"
    };

    /// Whether the text speaks of a sign-in.
    static boolean saysLogon(byte[] b, long slice) {
        return says(b, slice, LOGON_WORDS) && !saysLogoff(b, slice);
    }

    static boolean saysLogoff(byte[] b, long slice) {
        return says(b, slice, LOGOFF_WORDS);
    }

    private static boolean says(byte[] b, long slice, String[] words) {
        int from = Column.from(slice);
        int to = from + Math.min(Column.length(slice), 512);
        for (int at = from; at < to; at++) {
            int c = b[at] | 0x20;
            if (c != 'l' && c != 's' && c != 'a') {
                continue;
            }
            for (String word : words) {
                if (to - at >= word.length() && NetworkFields.isWord(b, at, word.length(), word)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Instances by thread: a source is shared by all, and one record is read at a time by each.
    private static final ThreadLocal<@Nullable GenericFields> OWN = new ThreadLocal<>();

    static GenericFields own() {
        GenericFields own = OWN.get();
        if (own == null) {
            own = new GenericFields();
            OWN.set(own);
        }
        return own;
    }
}
