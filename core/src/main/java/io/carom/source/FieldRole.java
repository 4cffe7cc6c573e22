package io.carom.source;

import io.carom.event.FieldNames;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a native field of an unknown product most likely says, told by its name alone.
///
/// A name is read in lower case, its parts (split at dots) without `_`, `-`, spaces: `Source-IP`, `src_ip`,
/// `source.ip` and `sourceIp` are the same. Each role comes with a rank, 0 for a name that says it outright
/// (`srcip`), higher for weaker ones (`ip`). The answer for a name is worked out once and remembered by its
/// id.
enum FieldRole {
    NONE,
    SOURCE_ADDRESS,
    SOURCE_PORT,
    DESTINATION_ADDRESS,
    DESTINATION_PORT,
    LOCAL_ADDRESS,
    LOCAL_PORT,
    REMOTE_ADDRESS,
    REMOTE_PORT,
    USER,
    HOST,
    TIME,
    ACTION,
    OUTCOME,
    PROTOCOL,
    URL,
    TEXT,
    APPLICATION;

    private static final FieldRole[] ALL = values();

    /// Role and rank of names by id: `1 + rank << 8 | role`, 0 where not yet known. A lost write is only
    /// worked out again.
    private static volatile int[] known = new int[4096];

    /// Whole names of fields (without separators), and the ends by which longer names are told.
    private static final Map<String, Integer> ENDS = new HashMap<>();

    private static final Map<String, Integer> WHOLE = new HashMap<>();

    private static void ends(FieldRole role, int rank, String... names) {
        for (String name : names) {
            ENDS.put(name, rank << 8 | role.ordinal());
        }
    }

    private static void whole(FieldRole role, int rank, String... names) {
        for (String name : names) {
            WHOLE.put(name, rank << 8 | role.ordinal());
        }
    }

    static {
        for (String side : new String[] {"src", "source", "attacker", "initiator", "orig", "originator"}) {
            for (String ip : new String[] {"ip", "ipaddress", "ipaddr", "addr", "address", "ipv4", "ipv6", "hostip"}) {
                ends(SOURCE_ADDRESS, 0, side + ip);
            }
            ends(SOURCE_PORT, 0, side + "port", side + "portnumber", side + "pt");
        }
        ends(SOURCE_ADDRESS, 0, "ipsrc", "ipsource", "saddr", "origh");
        whole(SOURCE_ADDRESS, 0, "src", "source", "sip", "saddr", "origin", "srchost", "sourceips");
        for (String side : new String[] {
            "client",
            "caller",
            "user",
            "actor",
            "requester",
            "requestor",
            "request",
            "login",
            "logon",
            "sender",
            "from",
            "peer",
            "originating",
            "origin",
            "connecting",
            "session",
            "employee"
        }) {
            for (String ip : new String[] {"ip", "ipaddress", "ipaddr", "addr", "address", "ipv4", "ipv6"}) {
                ends(SOURCE_ADDRESS, 4, side + ip);
            }
            ends(SOURCE_PORT, 4, side + "port");
        }
        whole(SOURCE_ADDRESS, 4, "client", "cip", "caddr", "callingstationid", "rhost", "peer", "attacker");
        whole(SOURCE_PORT, 0, "sport", "spt", "srcport", "origp", "cport");
        ends(SOURCE_ADDRESS, 7, "publicip", "externalip", "publicipaddress", "externalipaddress", "wanip");
        ends(SOURCE_ADDRESS, 8, "xforwardedfor", "trueclientip", "cfconnectingip", "realip", "forwardedfor");
        for (String machine : new String[] {
            "device",
            "machine",
            "host",
            "computer",
            "agent",
            "endpoint",
            "last",
            "internal",
            "private",
            "workstation",
            "system",
            "lan",
            "asset"
        }) {
            ends(SOURCE_ADDRESS, 10, machine + "ip", machine + "ipaddress", machine + "ipv4", machine + "address");
        }
        whole(
                SOURCE_ADDRESS,
                9,
                "ip",
                "ipaddress",
                "ipaddr",
                "ipv4",
                "ipv6",
                "addr",
                "address",
                "ips",
                "ipaddresses",
                "inet",
                "framedipaddress",
                "clients");
        for (String side :
                new String[] {"dst", "dest", "destination", "target", "server", "victim", "resp", "responder"}) {
            for (String ip : new String[] {"ip", "ipaddress", "ipaddr", "addr", "address", "ipv4", "ipv6", "hostip"}) {
                ends(DESTINATION_ADDRESS, 0, side + ip);
            }
            ends(DESTINATION_PORT, 0, side + "port", side + "portnumber");
        }
        ends(DESTINATION_ADDRESS, 0, "ipdst", "ipdest", "ipdestination", "daddr", "resph", "toip", "upstreamaddr");
        whole(DESTINATION_ADDRESS, 0, "dst", "dest", "destination", "dip", "daddr", "target", "server", "dsthost");
        whole(DESTINATION_ADDRESS, 4, "nasipaddress");
        whole(DESTINATION_PORT, 0, "dport", "dpt", "dstport", "respp");
        for (String ip : new String[] {
            "ip", "addr", "address", "ipaddress", "host", "ipv4", "ipv6", "addressip4", "addressip6", "ip4", "ip6"
        }) {
            ends(REMOTE_ADDRESS, 3, "remote" + ip);
            ends(LOCAL_ADDRESS, 3, "local" + ip);
        }
        whole(REMOTE_ADDRESS, 3, "remip", "raddr", "remote");
        whole(LOCAL_ADDRESS, 3, "locip", "laddr", "local");
        ends(REMOTE_PORT, 3, "remoteport", "remport");
        ends(LOCAL_PORT, 3, "localport", "locport");

        whole(
                USER,
                0,
                "username",
                "user",
                "usrname",
                "usr",
                "suser",
                "srcuser",
                "sourceuser",
                "sourceusername",
                "login",
                "loginname",
                "account",
                "accountname",
                "uname",
                "userlogin",
                "userprincipalname",
                "upn",
                "authuser",
                "remoteuser",
                "clientuser",
                "loginuser",
                "logonuser",
                "useraccount",
                "acct",
                "srcusername",
                "loginid");
        ends(USER, 2, "username", "userprincipalname", "accountname", "loginname", "userlogin", "authuser");
        ends(USER, 3, "useremail", "useremailaddress", "useraccount", "actoremail");
        for (String who :
                new String[] {"user", "account", "actor", "initiatedby", "principal", "caller", "requester"}) {
            ends(USER, 1, who + "name");
            ends(USER, 3, who + "email", who + "emailaddress", who + "login", who + "alternateid");
            ends(USER, 5, who + "displayname", who + "fullname", who + "principalid");
        }
        whole(
                USER,
                4,
                "actor",
                "principal",
                "subject",
                "owner",
                "admin",
                "adminname",
                "admin_user",
                "requestor",
                "identity");
        ends(USER, 5, "targetusername", "subjectusername", "targetuser", "userid");
        whole(
                USER,
                5,
                "duser",
                "dstuser",
                "userid",
                "subjectusername",
                "targetusername",
                "email",
                "emailaddress",
                "mail");
        whole(USER, 7, "displayname", "fullname");

        whole(
                HOST,
                0,
                "hostname",
                "host",
                "computername",
                "computer",
                "devicename",
                "machinename",
                "dvchost",
                "devname",
                "machine",
                "endpointname",
                "device",
                "workstationname");
        ends(HOST, 2, "hostname", "computername", "devicename", "machinename", "workstation");
        for (String what : new String[] {"host", "device", "computer", "machine", "agent", "endpoint"}) {
            ends(HOST, 1, what + "name", what + "hostname");
        }

        whole(
                TIME,
                0,
                "timestamp",
                "@timestamp",
                "eventtime",
                "eventtimestamp",
                "datetime",
                "eventdatetime",
                "activitydatetime",
                "timegenerated",
                "createddatetime",
                "creationtime",
                "utctime",
                "timecreated",
                "systemtime",
                "eventcreated",
                "occurredat",
                "occurred",
                "detectedat",
                "eventdate");
        whole(
                TIME,
                1,
                "time",
                "published",
                "ts",
                "rt",
                "devtime",
                "createdat",
                "created",
                "creationdate",
                "eventts",
                "date",
                "requesttime",
                "generatedtime",
                "activitytime",
                "operationtime",
                "timestampms",
                "eventdatetimeutc");
        ends(
                TIME,
                3,
                "timestamp",
                "eventtime",
                "createdat",
                "createdtime",
                "createddate",
                "datetime",
                "eventdate",
                "createtime",
                "creationtime",
                "timeutc",
                "timegenerated",
                "detecttime",
                "detectiontime");
        whole(TIME, 4, "logtime", "starttime", "start", "starttimestamp", "startdate", "firstseen", "begin");
        ends(
                TIME,
                6,
                "starttime",
                "firstseen",
                "updatedat",
                "lastseen",
                "receivedtime",
                "updatedtime",
                "endtime",
                "time");
        whole(TIME, 7, "end", "endtime", "lastseen", "updated", "lastupdated", "receivedtime");

        whole(
                ACTION,
                0,
                "action",
                "act",
                "operation",
                "operationname",
                "eventname",
                "eventaction",
                "activity",
                "verdict");
        whole(ACTION, 3, "event", "eventtype", "activitytype", "eventtypename", "msgid", "auditaction");
        ends(ACTION, 4, "eventaction", "eventname", "operationname", "actiontype");
        whole(ACTION, 6, "type", "category", "title", "name");

        whole(OUTCOME, 0, "outcome", "result", "eventoutcome", "loginresult", "authresult");
        whole(OUTCOME, 2, "status", "success", "resulttype", "resultstatus", "actionresult");
        ends(OUTCOME, 3, "outcome", "outcomeresult", "statuscode");

        whole(PROTOCOL, 0, "proto", "protocol", "transport", "ipprotocol", "protocolname", "transportprotocol");
        ends(PROTOCOL, 3, "protocol", "proto", "transport");
        whole(URL, 0, "url", "requesturl", "uri", "request", "fullurl", "urlfull", "urloriginal", "requesturi");
        whole(
                TEXT,
                0,
                "message",
                "msg",
                "description",
                "desc",
                "details",
                "detail",
                "text",
                "log",
                "rawdata",
                "body",
                "eventoriginal",
                "rawmessage",
                "summary",
                "reason",
                "event",
                "raw",
                "info",
                "content");
        whole(
                APPLICATION,
                0,
                "app",
                "application",
                "appname",
                "applicationname",
                "service",
                "servicename",
                "product",
                "appdisplayname",
                "program",
                "process",
                "daemon");
    }

    /// Words of a name that say the value is of a translated connection, a network, or no event's own.
    private static final Set<String> FOREIGN = Set.of(
            "nat", "natted", "translated", "trans", "xlate", "xlated", "mask", "netmask", "subnet", "gateway", "dns");

    private static final String[] FOREIGN_PARTS = {
        "natip",
        "natsrc",
        "natdst",
        "natsource",
        "natdestination",
        "natport",
        "translated",
        "transip",
        "xlate",
        "postnat",
        "prenat"
    };

    /// Role of a field by the id of its name.
    static FieldRole of(int field) {
        return ALL[entry(field) & 0xFF];
    }

    /// How weak the name says it, 0 outright; deeper names are weaker.
    static int rank(int field) {
        return (entry(field) >>> 8) - 1;
    }

    private static int entry(int field) {
        int[] table = known;
        if (field >= table.length) {
            table = Arrays.copyOf(table, Math.max(field + 1, table.length * 2));
            known = table;
        }
        int entry = table[field];
        if (entry == 0) {
            int told = tell(FieldNames.name(field));
            entry = told + 0x100;
            table[field] = entry;
        }
        return entry;
    }

    /// `rank << 8 | role` of a name.
    static int tell(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String[] parts = lower.split("[./\\[\\]]+");
        int depth = Math.min(parts.length - 1, 7);
        String last = squash(parts[parts.length - 1]);
        String whole = squash(lower);
        for (String word : lower.split("[^a-z0-9]+")) {
            if (FOREIGN.contains(word)) {
                return NONE.ordinal();
            }
        }
        for (String part : FOREIGN_PARTS) {
            if (whole.contains(part)) {
                return NONE.ordinal();
            }
        }
        Integer told = WHOLE.get(whole);
        if (told == null) {
            told = end(whole);
        }
        if (told == null) {
            told = WHOLE.get(last);
        }
        if (told == null) {
            return NONE.ordinal();
        }
        int role = told & 0xFF;
        int rank = told >>> 8;
        boolean target = parts.length > 1 && (whole.contains("target") || whole.contains("object"));
        if (target && (role == USER.ordinal() || role == HOST.ordinal())) {
            rank += 6;
        }
        return Math.min(rank * 8 + depth, 0xFFFF) << 8 | role;
    }

    /// The longest end of the name that tells a role.
    private static @Nullable Integer end(String whole) {
        for (int from = 0; from < whole.length() - 1; from++) {
            Integer told = ENDS.get(whole.substring(from));
            if (told != null) {
                return told;
            }
        }
        return null;
    }

    private static String squash(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '@') {
                out.append(c);
            }
        }
        return out.toString();
    }
}
