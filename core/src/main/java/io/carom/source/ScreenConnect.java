package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;
import java.util.Set;

/// The audit of a ScreenConnect server (ConnectWise Control): an object an event, as its triggers send
/// them, with `Event`, `Connection`, `Session` or `SecurityEvent`.
///
/// The side a connection belongs to is its process type: a Host is the person who supports, a Guest the
/// agent on the machine that is supported. A Host that connects or leaves is Authentication (3002), for
/// that class alone has the person, where they came from, the machine, the session (`session.uid` is the
/// connection's) and the tool; an agent that calls its server is Network Activity (4001). What was done,
/// commands and files, is API Activity (6003) by the person where the event or the only active Host tells
/// who it was. `dst_endpoint.uid` is the session's id, which is the agent's for as long as it is installed.
/// Names follow the server's own (versions 6 to 24).
@AutoService(Source.class)
public final class ScreenConnect implements JsonSource {
    /// ConnectWise writes an id of zeros for none.
    private static final Conversion ID = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int end = Column.from(slice) + Column.length(slice);
        for (int i = Column.from(slice); i < end; i++) {
            if (b[i] != '0' && b[i] != '-') {
                return TEXT.write(row, to, slice, kind);
            }
        }
        return true;
    };

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("Event.Time", "time", TIME)
                .fallback("SecurityEvent.Time", "time", TIME)
                .field("Event.EventID", "metadata.uid", ID)
                .field("Event.EventType", "metadata.event_code", TEXT)
                .field("Event.CorrelationEventID", "metadata.correlation_uid", ID)
                .field("Event.Data", "message", TEXT)
                .product("ConnectWise", "ScreenConnect");
    }

    /// Times of an export may be those of a spreadsheet.
    private static final Conversion TIME = (row, to, slice, kind) ->
            ISO_TIME.write(row, to, slice, kind) || Conversion.TIME.write(row, to, slice, kind);

    private static Mapping.Builder guest(Mapping.Builder b, String endpoint) {
        return b.field("Session.SessionID", endpoint + ".uid", ID)
                .field("Session.Name", endpoint + ".name", NetworkFields.WORD)
                .field("Session.GuestInfo.MachineName", endpoint + ".hostname", NetworkFields.HOSTNAME)
                .field("Session.GuestInfo.MachineDomain", endpoint + ".domain", NetworkFields.WORD)
                .field("Session.GuestNetworkAddress", endpoint + ".ip", NetworkFields.IP_OR_NONE)
                .field("Session.GuestInfo.GuestNetworkAddress", endpoint + ".ip", NetworkFields.IP_OR_NONE)
                .field("Session.GuestInfo.LoggedOnUserName", endpoint + ".owner.name", NetworkFields.ACCOUNT);
    }

    private static Mapping.Builder signing(String name, int activity) {
        return guest(kind(name, 3002), "dst_endpoint")
                .field("Connection.ParticipantName", "user.name", NetworkFields.ACCOUNT)
                .field("Connection.ParticipantName", "user.domain", NetworkFields.DOMAIN)
                .fallback("Event.Host", "user.name", NetworkFields.ACCOUNT)
                .field("Connection.NetworkAddress", "src_endpoint.ip", CloudFields.IP)
                .field("Event.ConnectionID", "session.uid", ID)
                .field("Connection.ConnectedTime", "session.created_time", TIME)
                .constant("user.name", "Unknown")
                .constant("service.name", "ScreenConnect")
                .constant("logon_type_id", 10)
                .constant("is_remote", 1)
                .constant("status_id", 1)
                .activity(activity);
    }

    private static final Mapping CONNECTED = signing("connected", 1).build();
    private static final Mapping DISCONNECTED = signing("disconnected", 2).build();

    private static Mapping.Builder agent(String name, int activity) {
        return guest(kind(name, 4001), "src_endpoint")
                .field("Connection.NetworkAddress", "src_endpoint.ip", CloudFields.IP)
                .field("Event.ConnectionID", "connection_info.uid", ID)
                .constant("dst_endpoint.svc_name", "ScreenConnect")
                .constant("app_name", "ScreenConnect")
                .constant("connection_info.direction_id", 1)
                .activity(activity);
    }

    private static final Mapping AGENT_CALLED = agent("agent called", 1).build();
    private static final Mapping AGENT_LEFT = agent("agent left", 2).build();

    private static final Mapping DONE = guest(kind("done", 6003), "dst_endpoint")
            .field("Event.EventType", "api.operation", TEXT)
            .field("Event.Host", "actor.user.name", NetworkFields.ACCOUNT)
            .field("Session.SessionID", "resources[].uid", ID)
            .constant("api.service.name", "ScreenConnect")
            .activity(99)
            .build();

    private static Mapping.Builder console(String name, int classUid) {
        return kind(name, classUid)
                .field("Event.UserName", "user.name", NetworkFields.ACCOUNT)
                .field("Event.UserName", "user.domain", NetworkFields.DOMAIN)
                .field("SecurityEvent.UserName", "user.name", NetworkFields.ACCOUNT)
                .field("Event.NetworkAddress", "src_endpoint.ip", CloudFields.IP)
                .field("SecurityEvent.NetworkAddress", "src_endpoint.ip", CloudFields.IP)
                .field("Event.UserAgent", "http_request.user_agent", TEXT)
                .field("Event.UrlReferrer", "http_request.referrer", TEXT)
                .field("Event.OperationResult", "status_code", TEXT)
                .field("Event.OperationResult", "status_id", OUTCOME)
                .constant("user.name", "Unknown");
    }

    /// A second factor that is asked for says that the first was right, and no more.
    private static final Conversion OUTCOME = Conversion.words(Map.of("Success", 1, "OneTimePasswordRequired", 99), 2);

    private static final Mapping LOGIN = console("sign-in to the server", 3002)
            .constant("service.name", "ScreenConnect")
            .constant("is_remote", 1)
            .activity(1)
            .build();
    private static final Mapping LOGOUT = console("sign-out of the server", 3002)
            .constant("service.name", "ScreenConnect")
            .constant("is_remote", 1)
            .activity(2)
            .build();
    private static final Mapping PASSWORD =
            console("password changed", 3001).activity(3).build();

    private static final int TYPE = FieldNames.of("Event.EventType");
    private static final int WHEN = FieldNames.of("Event.Time");
    private static final int EVENT_ID = FieldNames.of("Event.EventID");
    private static final int RESULT = FieldNames.of("Event.OperationResult");
    private static final int CONNECTION = FieldNames.of("Connection.ConnectionID");
    private static final int CONNECTION_ID = FieldNames.of("Event.ConnectionID");
    private static final int PROCESS = FieldNames.of("Connection.ProcessType");
    private static final int ADDRESS = FieldNames.of("Connection.NetworkAddress");
    private static final int PARTICIPANT = FieldNames.of("Connection.ParticipantName");
    private static final int CONNECTION_NULL = FieldNames.of("Connection");
    private static final int ACTIVE_PROCESS = FieldNames.of("Session.ActiveConnections.ProcessType");
    private static final int ACTIVE_NAME = FieldNames.of("Session.ActiveConnections.ParticipantName");
    private static final int ACTIVE_ADDRESS = FieldNames.of("Session.ActiveConnections.NetworkAddress");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");
    private static final Attribute ACTOR_SESSION = Attribute.of("actor.session.uid");
    private static final Attribute ACTOR_APP = Attribute.of("actor.app_name");
    private static final Attribute SOURCE_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SOURCE_NAME = Attribute.of("src_endpoint.name");
    private static final Set<String> ONLINE = Set.of("Connected", "Disconnected");

    @Override
    public String name() {
        return "screenconnect";
    }

    @Override
    public String product() {
        return "ScreenConnect (ConnectWise Control) 6 to 24, events of sessions and of the server, JSON";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(TYPE)
                && row.has(WHEN)
                && row.has(EVENT_ID)
                && (row.has(CONNECTION) || row.has(CONNECTION_NULL) || row.has(RESULT));
    }

    @Override
    public void read(Row row) {
        finish(row);
    }

    /// Ends a row whose fields have the names that the server's events have.
    static void finish(Row row) {
        String type = String.valueOf(row.text(TYPE));
        if (row.has(RESULT)) {
            switch (type) {
                case "LogoutAttempt" -> row.map(LOGOUT);
                case "ChangePasswordAttempt", "ResetPasswordAttempt" -> row.map(PASSWORD);
                default -> row.map(LOGIN);
            }
            return;
        }
        boolean host = row.is(PROCESS, "Host") || row.is(PROCESS, "1");
        if (ONLINE.contains(type)) {
            boolean came = type.equals("Connected");
            boolean guest = row.is(PROCESS, "Guest") || row.is(PROCESS, "2");
            if (guest) {
                row.map(came ? AGENT_CALLED : AGENT_LEFT);
            } else {
                row.map(came ? CONNECTED : DISCONNECTED);
            }
            return;
        }
        if (host) {
            put(row, row.value(PARTICIPANT), row.value(ADDRESS));
            if (row.has(CONNECTION_ID)) {
                ID.write(row, ACTOR_SESSION, row.value(CONNECTION_ID), EventBatch.TEXT);
            }
        } else {
            onlyHost(row);
        }
        if (!row.batch().has(SOURCE_IP)) {
            row.set(SOURCE_NAME, "Unknown");
        }
        row.set(ACTOR_APP, "ScreenConnect");
        row.map(DONE);
    }

    /// The one person who was connected while an agent told of what was done; two cannot be told apart.
    private static void onlyHost(Row row) {
        int hosts = 0;
        int n = 0;
        int of = -1;
        EventBatch batch = row.batch();
        for (int slot = batch.firstSlot(batch.rows()); slot < batch.slots(); slot++) {
            if (batch.slotField(slot) == ACTIVE_PROCESS) {
                long value = batch.slotValue(slot);
                if (row.equal(value, "1") || row.equal(value, "Host")) {
                    hosts++;
                    of = n;
                }
                n++;
            }
        }
        // Each connection has the same members, so the n-th value of each is the n-th connection's.
        if (hosts == 1 && count(row, ACTIVE_NAME) == n && count(row, ACTIVE_ADDRESS) == n) {
            put(row, nth(row, ACTIVE_NAME, of), nth(row, ACTIVE_ADDRESS, of));
        }
    }

    private static int count(Row row, int field) {
        EventBatch batch = row.batch();
        int n = 0;
        for (int slot = batch.firstSlot(batch.rows()); slot < batch.slots(); slot++) {
            n += batch.slotField(slot) == field ? 1 : 0;
        }
        return n;
    }

    private static long nth(Row row, int field, int nth) {
        EventBatch batch = row.batch();
        int n = 0;
        for (int slot = batch.firstSlot(batch.rows()); slot < batch.slots(); slot++) {
            if (batch.slotField(slot) == field && n++ == nth) {
                return batch.slotKind(slot) == EventBatch.NULL ? -1 : batch.slotValue(slot);
            }
        }
        return -1;
    }

    private static void put(Row row, long name, long address) {
        if (name >= 0) {
            NetworkFields.ACCOUNT.write(row, ACTOR, name, EventBatch.TEXT);
        }
        if (address >= 0) {
            CloudFields.IP.write(row, SOURCE_IP, address, EventBatch.TEXT);
        }
    }
}
