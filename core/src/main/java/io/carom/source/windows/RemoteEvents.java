package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.windows.EventParts.anyActor;
import static io.carom.source.windows.EventParts.event;
import static io.carom.source.windows.EventParts.fromHere;
import static io.carom.source.windows.EventParts.here;
import static io.carom.source.windows.EventParts.user;
import static io.carom.source.windows.EventValues.HOST;
import static io.carom.source.windows.EventValues.NTSTATUS;
import static io.carom.source.windows.EventValues.PORT_BEHIND;
import static io.carom.source.windows.EventValues.SID;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.WIN32;
import static io.carom.source.windows.EventValues.account;
import static io.carom.source.windows.EventValues.behind;
import static io.carom.source.windows.EventValues.endpoint;
import static io.carom.source.windows.EventValues.labelled;
import static io.carom.source.windows.EventValues.thisHost;

import io.carom.event.Column;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Who came in from afar, and where this machine went: Remote Desktop on the server, the client
/// and the gateway, WinRM, SMB, NTLM.
final class RemoteEvents {
    private RemoteEvents() {}

    static void define(EventTable table) {
        sessions(table);
        connections(table);
        gateway(table);
        client(table);
        driver(table);
        federation(table);
        winrm(table);
        smb(table);
        ntlm(table);
        support(table);
    }

    // ---- Remote Desktop
    // ------------------------------------------------------------------------------------------

    private static Mapping.Builder session(String name, int classUid, int activity) {
        return user(here(event(name, classUid, activity)), "User", "user")
                .field("Address", "src_endpoint.ip", endpoint("src_endpoint"));
    }

    private static void sessions(EventTable table) {
        EventTable.Provider sessions = table.provider(
                "Microsoft-Windows-TerminalServices-LocalSessionManager",
                "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational");
        sessions.on(
                session("21", 3002, 1)
                        .field("SessionID", "session.uid", VALUE)
                        .constant("logon_type_id", 10)
                        .constant("status_id", 1),
                21,
                22);
        sessions.on(
                session("23", 3002, 2)
                        .field("SessionID", "session.uid", VALUE)
                        .constant("logon_type_id", 10)
                        .constant("status_id", 1),
                23);
        sessions.on(session("24", 4005, 7).constant("status_id", 1), 24, 39, 40);
        sessions.on(session("25", 4005, 8).constant("status_id", 1), 25);
        sessions.on(session("41", 4005, 99), 41, 42);
    }

    private static void connections(EventTable table) {
        // 1149 says that a user name came with a connection, not that its password was right: without
        // network level
        // authentication the sign-in follows only then.
        table.provider(
                        "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
                        "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational")
                .on(
                        here(event("1149", 4005, 3))
                                .field("Param1", "user.name", account("user"))
                                .field("Param2", "user.domain", VALUE)
                                .field("Param3", "src_endpoint.ip", endpoint("src_endpoint"))
                                .constant("connection_info.direction_id", 1),
                        1149)
                .on(
                        here(event("1158", 4005, 1))
                                .field("Param1", "src_endpoint.ip", endpoint("src_endpoint"))
                                .constant("connection_info.direction_id", 1),
                        1158,
                        261);
        table.provider(
                        "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
                        "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational")
                .on(core("131", 1), 131)
                .on(core("140", 4).constant("status_id", 2), 139, 140)
                .on(core("102", 7), 102, 103);
    }

    private static Mapping.Builder core(String name, int activity) {
        return here(event(name, 4005, activity))
                .field("ClientIP", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("ClientIP", "src_endpoint.port", PORT_BEHIND)
                .field("IPString", "src_endpoint.ip", endpoint("src_endpoint"))
                .constant("connection_info.direction_id", 1);
    }

    private static Mapping.Builder gate(String name, int classUid, int activity) {
        // Where no machine behind the gateway is named, the gateway is what was reached.
        return event(name, classUid, activity)
                .field("Username", "user.name", account("user"))
                .field("IpAddress", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("Resource", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .field("ErrorCode", "status_code", VALUE)
                .fallback("Computer", "dst_endpoint.hostname", thisHost("dst_endpoint"));
    }

    /// Remote Desktop Gateway: 200 and 201 the user met or failed the policy for connections,
    /// 300 and 301 that for resources, 302 to 304 the connection to the machine behind it.
    private static void gateway(EventTable table) {
        EventTable.Provider gateway = table.provider(
                "Microsoft-Windows-TerminalServices-Gateway", "Microsoft-Windows-TerminalServices-Gateway/Operational");
        gateway.on(
                gate("200", 3002, 1)
                        .constant("logon_type_id", 3)
                        .constant("is_remote", 1)
                        .constant("status_id", 1),
                200);
        gateway.on(
                gate("201", 3002, 1)
                        .constant("logon_type_id", 3)
                        .constant("is_remote", 1)
                        .constant("status_id", 2),
                201,
                203,
                204);
        gateway.on(gate("300", 4005, 3).constant("status_id", 1), 300);
        gateway.on(gate("301", 4005, 3).constant("status_id", 2), 301);
        gateway.on(gate("302", 4005, 4).constant("status_id", 1), 302);
        gateway.on(
                gate("303", 4005, 7)
                        .field("BytesReceived", "traffic.bytes_in", INTEGER)
                        .field("BytesTransfered", "traffic.bytes_out", INTEGER)
                        .field("SessionDuration", "duration", Conversion.SECONDS)
                        .constant("status_id", 1),
                202,
                303);
        // The two channels of a client, before anything was asked of who it is.
        gateway.on(gate("312", 4005, 1).constant("connection_info.direction_id", 1), 312, 313);
        gateway.on(gate("304", 4005, 4).constant("status_id", 2), 304, 305);
    }

    private static Mapping.Builder toward(String name, int activity) {
        return fromHere(event(name, 4005, activity))
                .field("Value", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .constant("connection_info.direction_id", 2);
    }

    /// Where this machine's own Remote Desktop client went.
    private static void client(EventTable table) {
        table.provider(
                        "Microsoft-Windows-TerminalServices-ClientActiveXCore",
                        "Microsoft-Windows-TerminalServices-RDPClient/Operational")
                .on(toward("1024", 1), 1024, 1102)
                .on(fromHere(event("1025", 4005, 4)).constant("connection_info.direction_id", 2), 1025)
                .on(
                        fromHere(event("1026", 4005, 7))
                                .field("Value", "status_code", VALUE)
                                .constant("connection_info.direction_id", 2),
                        1026,
                        1105);
    }

    /// The kernel's side of Remote Desktop: a client that broke the protocol, its address as
    /// unnamed data.
    private static void driver(EventTable table) {
        table.provider("TermDD")
                .on(
                        here(event("TermDD", 4005, 7))
                                .field("Data", "src_endpoint.ip", Conversion.IP)
                                .field("Message", "src_endpoint.ip", behind("Client IP: ", Conversion.IP))
                                .constant("connection_info.direction_id", 1)
                                .constant("status_id", 2),
                        50,
                        56);
    }

    /// Active Directory Federation Services since Windows Server 2016: an audit in XML as
    /// unnamed data (1200 a token was issued, 1202 credentials were right; 1201 and 1203 not).
    private static void federation(EventTable table) {
        table.provider("AD FS Auditing")
                .on(federated("1200").constant("status_id", 1), 1200, 1202)
                .on(federated("1201").constant("status_id", 2), 1201, 1203)
                .on(federated("1210").constant("status_id", 2), 1210);
    }

    private static Mapping.Builder federated(String name) {
        Mapping.Builder b = here(event(name, 3002, 1));
        for (String field : new String[] {"Data", "Message"}) {
            b.field(field, "user.name", behind("<UserId>", account("user")))
                    .field(field, "src_endpoint.ip", behind("<IpAddress>", Conversion.IP))
                    .field(field, "src_endpoint.ip", behind("IpAddress: ", Conversion.IP))
                    .field(field, "service.name", behind("<RelyingParty>", VALUE));
        }
        return b.constant("user.name", "").constant("service.name", "AD FS").constant("is_remote", 1);
    }

    // ---- WinRM
    // ---------------------------------------------------------------------------------------------------

    private static void winrm(EventTable table) {
        EventTable.Provider winrm = table.provider(
                "Microsoft-Windows-WinRM",
                "Microsoft-Windows-WinRM/Operational",
                "Microsoft-Windows-Windows Remote Management");
        winrm.on(
                here(event("169", 3002, 1))
                        .field("username", "user.name", account("user"))
                        .field("authenticationMechanism", "auth_protocol_id", EventValues.PACKAGE)
                        .constant("logon_type_id", 3)
                        .constant("service.name", "WinRM")
                        .constant("status_id", 1),
                169);
        winrm.on(
                here(event("161", 3002, 1))
                        .field("username", "user.name", account("user"))
                        .field("errorMessage", "status_detail", VALUE)
                        .fallback("Security_UserID", "user.uid", VALUE)
                        .constant("user.name", "")
                        .constant("service.name", "WinRM")
                        .constant("status_id", 2),
                161);
        // A session was begun towards another machine (6) or by another (91).
        winrm.on(
                fromHere(event("6", 4001, 1))
                        .field("connection", "dst_endpoint.hostname", CONNECTION)
                        .constant("connection_info.direction_id", 2),
                6);
        winrm.on(here(event("91", 4001, 1)).constant("connection_info.direction_id", 1), 91);
    }

    /// The machine in `server01.example.org/wsman?PSVersion=5.1`.
    private static final Conversion CONNECTION = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int at = from;
        while (at < end && b[at] != '/' && b[at] != ':') {
            at++;
        }
        return HOST.write(row, to, Column.pack(from, at), kind);
    };

    // ---- SMB
    // -----------------------------------------------------------------------------------------------------

    private static void smb(EventTable table) {
        table.provider(
                        "Microsoft-Windows-SMBServer",
                        "Microsoft-Windows-SMBServer/Security",
                        "Microsoft-Windows-SMBServer/Operational",
                        "Microsoft-Windows-SMBServer/Audit")
                .on(
                        here(event("551", 3002, 1))
                                .field("UserName", "user.name", account("user"))
                                .field("ClientName", "src_endpoint.ip", endpoint("src_endpoint"))
                                .field("Status", "status_code", NTSTATUS)
                                .fallback(
                                        "Message",
                                        "src_endpoint.ip",
                                        labelled("clientaddress", endpoint("src_endpoint")))
                                .constant("user.name", "")
                                .constant("logon_type_id", 3)
                                .constant("status_id", 2),
                        551)
                .on(
                        here(event("3000", 4006, 0)).field("ClientName", "src_endpoint.ip", endpoint("src_endpoint")),
                        1003,
                        1006,
                        1009,
                        3000);
        table.provider(
                        "Microsoft-Windows-SMBClient",
                        "Microsoft-Windows-SmbClient/Security",
                        "Microsoft-Windows-SMBClient/Operational",
                        "Microsoft-Windows-SmbClient/Connectivity")
                .on(
                        fromHere(event("31001", 4006, 0))
                                .field("ServerName", "dst_endpoint.hostname", HOST)
                                .field("UserName", "actor.user.name", account("actor.user"))
                                .field("ShareName", "share", VALUE)
                                .field("Status", "status_code", NTSTATUS),
                        30803,
                        30804,
                        30805,
                        30806,
                        30807,
                        30808,
                        31000,
                        31001,
                        31010,
                        31012,
                        31017,
                        31018);
    }

    // ---- NTLM
    // ----------------------------------------------------------------------------------------------------

    /// A value, where NTLM writes `(NULL)` for none.
    private static Conversion told(Conversion conversion) {
        return (row, to, slice, kind) -> row.equal(slice, "(NULL)") || conversion.write(row, to, slice, kind);
    }

    private static Mapping.Builder byNtlm(String name, int action) {
        return event(name, 3002, 1)
                .field("UserName", "user.name", told(account("user")))
                .field("DomainName", "user.domain", told(VALUE))
                .field("ClientUserName", "user.name", told(account("user")))
                .field("ClientDomainName", "user.domain", told(VALUE))
                .field("TargetName", "service.name", VALUE)
                .field("ProcessName", "actor.process.name", EventValues.BASE_NAME)
                .fallback("Security_UserID", "user.uid", SID)
                .constant("user.name", "")
                .constant("auth_protocol_id", 1)
                .constant("action_id", action);
    }

    private static Mapping.Builder ntlm(String name, int action) {
        return byNtlm(name, action)
                .field("WorkstationName", "src_endpoint.hostname", HOST)
                .field("SChannelName", "dst_endpoint.hostname", HOST)
                .fallback("Computer", "dst_endpoint.hostname", HOST);
    }

    /// A process of this machine signs in at another, whose name the service's has
    /// (`cifs/server01.example.org`).
    private static Mapping.Builder outgoing(String name, int action) {
        return fromHere(byNtlm(name, action))
                .field("TargetName", "dst_endpoint.ip", SERVICE_HOST)
                .constant("service.name", "NTLM")
                .constant("is_remote", 1);
    }

    private static final Conversion TARGET = endpoint("dst_endpoint");

    private static final Conversion SERVICE_HOST = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int end = Column.from(slice) + Column.length(slice);
        int at = Column.from(slice);
        while (at < end && b[at] != '/') {
            at++;
        }
        at = Math.min(at + 1, end);
        int stop = at;
        while (stop < end && b[stop] != '/' && b[stop] != ':' && b[stop] != '@') {
            stop++;
        }
        return stop == at || TARGET.write(row, to, Column.pack(at, stop), kind);
    };

    /// 8001 to 8006 are only audited, 4001 to 4006 stopped. Those of Windows 11 24H2 and Server 2025 tell
    /// that NTLM was used (4020 and 4021 towards another machine, 4022 and 4023 by one), or a password kept
    /// for it (4024; 4025 stopped it).
    private static void ntlm(EventTable table) {
        table.provider("Microsoft-Windows-NTLM", "Microsoft-Windows-NTLM/Operational")
                .on(ntlm("8002", 3), 8002, 8003, 8004, 8005, 8006, 4022, 4023)
                .on(outgoing("8001", 3), 8001, 4020, 4021, 4024)
                .on(ntlm("4002", 2).constant("status_id", 2), 4002, 4003, 4004, 4005, 4006)
                .on(outgoing("4001", 2).constant("status_id", 2), 4001, 4025);
        table.provider("NETLOGON")
                .on(
                        anyActor(event("5805", 0, 99))
                                .field("param1", "status_detail", VALUE)
                                .fallback("Status", "status_code", WIN32),
                        5805,
                        5722,
                        5723,
                        5827,
                        5828,
                        5829);
    }

    // ---- Remote support
    // ------------------------------------------------------------------------------------------

    /// The account in `Jane Support Connected`, the first line of what the service writes.
    private static final Conversion CONNECTED = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from;
        int last = from + Column.length(slice);
        while (end < last && !lineEnds(b, end, last)) {
            end++;
        }
        while (end > from && (b[end - 1] == '.' || b[end - 1] == ' ')) {
            end--;
        }
        int at = end;
        while (at > from && b[at - 1] != ' ') {
            at--;
        }
        return at > from && VALUE.write(row, to, Column.pack(from, at - 1), kind);
    };

    /// Whether a line ends here: as it is, or as XML (`&#13;`) or JSON (`\r`) writes it.
    private static boolean lineEnds(byte[] b, int at, int to) {
        return switch (b[at]) {
            case '\r', '\n' -> true;
            case '&' -> at + 1 < to && b[at + 1] == '#';
            case '\\' -> at + 1 < to && (b[at + 1] == 'r' || b[at + 1] == 'n');
            default -> false;
        };
    }

    private static Mapping.Builder supporter(String name, int activity) {
        return here(event(name, 3002, activity))
                .field("Data", "user.name", CONNECTED)
                .fallback("EventData.Message", "user.name", CONNECTED)
                .fallback("Message", "user.name", CONNECTED)
                .constant("user.name", "")
                .constant("service.name", "ScreenConnect")
                .constant("logon_type_id", 10)
                .constant("is_remote", 1)
                .constant("status_id", 1);
    }

    /// The client of ScreenConnect (ConnectWise Control) on the machine that is supported: who took
    /// control and left (100, 101), that a command ran (200) or files came (201). Before version 23 all
    /// had the id 0 or 1, so that their words tell. Where from is only in the audit of its server.
    private static void support(EventTable table) {
        Mapping.Builder traffic = here(event("screenconnect", 4001, 6))
                .field("Data", "message", VALUE)
                .constant("app_name", "ScreenConnect")
                .constant("connection_info.direction_id", 1);
        Mapping.Builder other = event("screenconnect other", 0, 99);
        table.provider("ScreenConnect", "ScreenConnect Client")
                .on(supporter("screenconnect connected", 1), 100)
                .on(supporter("screenconnect disconnected", 2), 101)
                .on(traffic, 200, 201)
                .onText(
                        Map.of(
                                " connected",
                                supporter("screenconnect connected", 1),
                                " disconnected",
                                supporter("screenconnect disconnected", 2),
                                "executed command of length",
                                traffic,
                                "transferred files with action",
                                traffic),
                        other,
                        0,
                        1);
    }
}
