package io.carom.source;

import static io.carom.source.mapping.Conversion.EPOCH_SECONDS;
import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.Kind;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Numbers;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What each kind of Zeek log says, in OCSF's terms. Names and meanings of fields are those of the Zeek
/// manual, "Log Files".
///
/// Zeek takes the side that sent first for the originator. Where its `history` begins with `^` it
/// turned the direction round by a guess at the ports; where a connection was met in its middle
/// (`conn_state` OTH) nobody knows who began. Both are said by `unmapped.carom.initiator_confidence`.
final class ZeekRecords {
    private static final Attribute WIRE_OUT = Attribute.unmapped("orig_ip_bytes", Kind.INTEGER);
    private static final Attribute WIRE_IN = Attribute.unmapped("resp_ip_bytes", Kind.INTEGER);
    private static final Attribute CONFIDENCE = Attribute.unmapped("carom.initiator_confidence", Kind.FLOAT);
    private static final Attribute DIRECTION = Attribute.of("connection_info.direction_id");

    private static final int HISTORY = FieldNames.of("history");
    private static final int STATE = FieldNames.of("conn_state");
    private static final int LOCAL_ORIG = FieldNames.of("local_orig");
    private static final int LOCAL_RESP = FieldNames.of("local_resp");

    private ZeekRecords() {}

    /// Originator sent first and the connection was seen from its beginning.
    private static final double SURE = 0.95;
    /// Zeek turned it round.
    private static final double FLIPPED = 0.7;
    /// Met in its middle.
    private static final double UNKNOWN = 0.5;

    private static Mapping.Builder kind(String name, int classUid, int activity) {
        return Mapping.of(name, classUid)
                .activity(activity)
                .field("ts", "time", INSTANT)
                .field("uid", "metadata.uid", TEXT)
                .product("Zeek", "Zeek")
                .constant("metadata.log_name", name);
    }

    /// A kind whose records say of a connection; for classes that know how it was connected.
    private static Mapping.Builder network(String name, int classUid, int activity) {
        return endpoints(name, classUid, activity)
                .field("community_id", "connection_info.community_uid", TEXT)
                .field("proto", "connection_info.protocol_name", TEXT);
    }

    private static Mapping.Builder endpoints(String name, int classUid, int activity) {
        return kind(name, classUid, activity)
                .field("id.orig_h", "src_endpoint.ip", IP)
                .field("id.orig_p", "src_endpoint.port", PORT)
                .field("id.resp_h", "dst_endpoint.ip", IP)
                .field("id.resp_p", "dst_endpoint.port", PORT);
    }

    /// `C`, `SYN sent, REJ`: what became of the connection, as OCSF's network activities and statuses.
    private static final Map<String, Integer> STATE_STATUS = Map.ofEntries(
            Map.entry("SF", 1),
            Map.entry("S1", 1),
            Map.entry("S2", 1),
            Map.entry("S3", 1),
            Map.entry("RSTO", 1),
            Map.entry("RSTR", 1),
            Map.entry("S0", 2),
            Map.entry("REJ", 2),
            Map.entry("RSTOS0", 2),
            Map.entry("RSTRH", 2),
            Map.entry("SH", 2),
            Map.entry("SHR", 2),
            Map.entry("OTH", 0));

    private static final Conversion SUCCESS = (row, to, slice, kind) -> {
        long value = row.equal(slice, "T") || row.equal(slice, "true") ? 1 : 2;
        row.batch().set(to, value);
        return true;
    };

    /// Seconds since 1970, far ones with an exponent in TSV (`2.385616957e+09`), or ISO 8601 as JSON may
    /// have it.
    private static final Conversion INSTANT =
            (row, to, slice, kind) -> EPOCH_SECONDS.write(row, to, slice, kind) || TIME.write(row, to, slice, kind);

    /// Seconds as milliseconds. TSV rounds to microseconds where JSON writes all digits: both are rounded
    /// so first.
    private static final Conversion INTERVAL = (row, to, slice, kind) -> {
        double seconds = Numbers.decimal(row.bytes(), Column.from(slice), Column.length(slice));
        if (Double.isNaN(seconds) || Math.abs(seconds) > 1e12) {
            return false;
        }
        Conversion.put(row, to, Math.floorDiv(Math.round(seconds * 1e6) + 500, 1000L));
        return true;
    };

    /// Values of a vector or set, which JSON writes as `[]` where it has none.
    private static final Conversion LIST =
            (row, to, slice, kind) -> row.equal(slice, "[]") || TEXT.write(row, to, slice, kind);

    private static final Attribute REALM = Attribute.of("user.domain");

    /// `jane/EXAMPLE.ORG`: what stands behind the last slash is the realm.
    private static final Conversion PRINCIPAL = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int realm = end;
        while (realm > from && b[realm - 1] != '/') {
            realm--;
        }
        if (realm <= from + 1) {
            return TEXT.write(row, to, slice, kind);
        }
        if (realm < end) {
            row.set(REALM, Column.pack(realm, end));
        }
        row.set(to, Column.pack(from, realm - 1));
        return true;
    };

    /// JA3 fingerprints are MD5 sums (OCSF algorithm 1).
    private static final Conversion MD5 = (row, to, slice, kind) -> {
        Conversion.put(row, to, 1);
        return true;
    };

    private static final Map<String, Integer> HTTP_ACTIVITY = Map.of(
            "CONNECT", 1, "DELETE", 2, "GET", 3, "HEAD", 4, "OPTIONS", 5, "POST", 6, "PUT", 7, "TRACE", 8, "PATCH", 9);

    private static final Map<String, Mapping> KINDS = new HashMap<>();

    private static void add(Mapping.Builder kind) {
        Mapping mapping = kind.build();
        KINDS.put(mapping.name(), mapping);
    }

    static {
        add(network("conn", 4001, 6)
                .field("duration", "duration", INTERVAL)
                .field("service", "dst_endpoint.svc_name", TEXT)
                .field("orig_bytes", "traffic.bytes_out", INTEGER)
                .field("resp_bytes", "traffic.bytes_in", INTEGER)
                .field("missed_bytes", "traffic.bytes_missed", INTEGER)
                .field("orig_ip_bytes", WIRE_OUT, INTEGER)
                .field("resp_ip_bytes", WIRE_IN, INTEGER)
                .field("orig_pkts", "traffic.packets_out", INTEGER)
                .field("resp_pkts", "traffic.packets_in", INTEGER)
                .field("history", "connection_info.flag_history", TEXT)
                .field("conn_state", "status_code", TEXT)
                .field("conn_state", "status_id", Conversion.words(STATE_STATUS, 99))
                .field("orig_l2_addr", "src_endpoint.mac", LOWER)
                .field("resp_l2_addr", "dst_endpoint.mac", LOWER)
                .field("vlan", "src_endpoint.vlan_uid", TEXT)
                .field("vlan", "dst_endpoint.vlan_uid", TEXT));
        add(network("dns", 4003, 6)
                .field("trans_id", "query.packet_uid", INTEGER)
                .field("query", "query.hostname", LOWER)
                .field("qclass_name", "query.class", TEXT)
                .field("qtype_name", "query.type", TEXT)
                .field("rcode", "rcode_id", INTEGER)
                .field("rtt", "duration", INTERVAL)
                .field("answers", "answers[].rdata", LIST));
        add(network("http", 4002, 0)
                .field("method", "activity_id", Conversion.words(HTTP_ACTIVITY, 99))
                .field("method", "http_request.http_method", TEXT)
                .field("host", "http_request.url.hostname", LOWER)
                .field("uri", "http_request.url.url_string", WebFields.URL)
                .field("referrer", "http_request.referrer", TEXT)
                .field("version", "http_request.version", TEXT)
                .field("user_agent", "http_request.user_agent", TEXT)
                .field("request_body_len", "http_request.body_length", INTEGER)
                .field("response_body_len", "http_response.body_length", INTEGER)
                .field("status_code", "http_response.code", INTEGER)
                .field("status_msg", "http_response.message", TEXT)
                .field("resp_mime_types", "http_response.content_type", LIST)
                .field("username", "src_endpoint.owner.name", TEXT)
                .compose(WebFields.WHOLE_SEEN)
                .constant("http_response.code", 0));
        add(network("ssl", 4001, 6)
                .field("version", "tls.version", TEXT)
                .field("cipher", "tls.cipher", TEXT)
                .field("server_name", "tls.sni", LOWER)
                .field("server_name", "dst_endpoint.hostname", LOWER)
                .field("ja3", "tls.ja3_hash.value", LOWER)
                .field("ja3", "tls.ja3_hash.algorithm_id", MD5)
                .field("ja3s", "tls.ja3s_hash.value", LOWER)
                .field("ja3s", "tls.ja3s_hash.algorithm_id", MD5)
                .field("established", "status_id", SUCCESS)
                .field("validation_status", "status_detail", TEXT)
                .field("issuer", "tls.certificate.issuer", TEXT)
                .field("subject", "tls.certificate.subject", TEXT)
                .constant("tls.version", "Unknown"));
        add(kind("x509", 4001, 6)
                .field("fingerprint", "tls.certificate.uid", LOWER)
                .field("certificate.version", "tls.certificate.version", TEXT)
                .field("certificate.serial", "tls.certificate.serial_number", LOWER)
                .field("certificate.subject", "tls.certificate.subject", TEXT)
                .field("certificate.issuer", "tls.certificate.issuer", TEXT)
                .field("certificate.not_valid_before", "tls.certificate.created_time", INSTANT)
                .field("certificate.not_valid_after", "tls.certificate.expiration_time", INSTANT)
                // The certificate says of which connection only by its file's id: the host that showed it
                // is not known.
                .constant("dst_endpoint.name", "Unknown")
                .constant("tls.version", "Unknown"));
        add(network("files", 4010, 0)
                .field("tx_hosts", "src_endpoint.ip", IP)
                .field("rx_hosts", "dst_endpoint.ip", IP)
                .field("filename", "file.name", TEXT)
                .field("fuid", "file.uid", TEXT)
                .field("mime_type", "file.mime_type", TEXT)
                .field("total_bytes", "file.size", INTEGER)
                .fallback("seen_bytes", "file.size", INTEGER)
                .field("md5", "file.hashes[algorithm_id=1].value", LOWER)
                .field("sha1", "file.hashes[algorithm_id=2].value", LOWER)
                .field("sha256", "file.hashes[algorithm_id=3].value", LOWER)
                .field("duration", "duration", INTERVAL)
                .fallback("fuid", "file.name", TEXT)
                .constant("file.name", "Unknown")
                .constant("src_endpoint.name", "Unknown")
                .constant("actor.app_name", "Zeek"));
        add(kind("dhcp", 4004, 0)
                .field("client_addr", "src_endpoint.ip", IP)
                .field("assigned_addr", "src_endpoint.ip", IP)
                // Up to Zeek 2.5 beside the connection's ends, of which the client's is 0.0.0.0 before it has a lease.
                .field("assigned_ip", "src_endpoint.ip", IP)
                .fallback("id.orig_h", "src_endpoint.ip", IP)
                .field("id.orig_p", "src_endpoint.port", PORT)
                .field("id.resp_p", "dst_endpoint.port", PORT)
                .field("community_id", "connection_info.community_uid", TEXT)
                .field("proto", "connection_info.protocol_name", TEXT)
                .field("mac", "src_endpoint.mac", LOWER)
                .field("host_name", "src_endpoint.hostname", LOWER)
                .field("server_addr", "dst_endpoint.ip", IP)
                .fallback("id.resp_h", "dst_endpoint.ip", IP)
                .field("domain", "src_endpoint.domain", LOWER)
                .field("lease_time", "lease_dur", INTEGER)
                .field("duration", "duration", INTERVAL)
                .constant("src_endpoint.name", "Unknown"));
        add(endpoints("smtp", 4009, 1)
                .field("mailfrom", "email.smtp_from", Conversion.EMAIL)
                .field("rcptto", "email.smtp_to", Conversion.EMAIL)
                .field("from", "email.from", Conversion.EMAIL)
                .fallback("mailfrom", "email.from", Conversion.EMAIL)
                .field("to", "email.to", Conversion.EMAIL)
                .field("cc", "email.cc", Conversion.EMAIL)
                .field("reply_to", "email.reply_to", Conversion.EMAIL)
                .field("msg_id", "email.message_uid", TEXT)
                .field("subject", "email.subject", TEXT)
                .field("x_originating_ip", "email.x_originating_ip", IP)
                .field("helo", "smtp_hello", TEXT)
                .field("last_reply", "status_detail", TEXT)
                .constant("email.from", "Unknown")
                .constant("direction_id", 0));
        add(network("ssh", 4007, 6)
                .field("auth_success", "status_id", SUCCESS)
                .field("host_key", "server_hassh.fingerprint.value", LOWER)
                .field("hassh", "client_hassh.fingerprint.value", LOWER)
                .field(
                        "direction",
                        "connection_info.direction_id",
                        Conversion.words(Map.of("INBOUND", 1, "OUTBOUND", 2)))
                .constant("connection_info.protocol_name", "tcp"));
        add(network("rdp", 4005, 6)
                .field("cookie", "user.name", TEXT)
                .field("client_name", "src_endpoint.hostname", TEXT)
                .field("security_protocol", "protocol_ver", TEXT)
                .field("result", "status_detail", TEXT)
                .field("keyboard_layout", "keyboard_info.keyboard_layout", TEXT)
                .constant("connection_info.protocol_name", "tcp"));
        Map<String, Integer> smbActions = Map.of(
                "SMB::FILE_OPEN",
                2,
                "SMB::FILE_READ",
                99,
                "SMB::FILE_WRITE",
                99,
                "SMB::FILE_CLOSE",
                99,
                "SMB::FILE_DELETE",
                99,
                "SMB::FILE_RENAME",
                99,
                "SMB::PRINT_OPEN",
                99);
        add(network("smb_files", 4006, 99)
                .field("action", "activity_id", Conversion.words(smbActions, 99))
                .field("action", "command", TEXT)
                .field("name", "file.name", TEXT)
                .field("path", "share", TEXT)
                .field("size", "file.size", INTEGER)
                .field("times.modified", "file.modified_time", INSTANT)
                .field("times.created", "file.created_time", INSTANT)
                .field("times.accessed", "file.accessed_time", INSTANT)
                .constant("file.name", "Unknown")
                .constant("connection_info.protocol_name", "tcp"));
        add(network("smb_mapping", 4006, 99)
                .field("path", "share", TEXT)
                .field("share_type", "share_type", TEXT)
                .field("service", "dst_endpoint.svc_name", TEXT)
                .constant("connection_info.protocol_name", "tcp"));
        add(network("smb_cmd", 4006, 99)
                .field("command", "command", TEXT)
                .field("tree", "share", TEXT)
                .field("status", "status_detail", TEXT)
                .constant("connection_info.protocol_name", "tcp"));
        add(endpoints("kerberos", 3002, 0)
                .field("request_type", "activity_id", Conversion.words(Map.of("AS", 3, "TGS", 4), 99))
                .field("client", "user.name", PRINCIPAL)
                .field("service", "service.name", TEXT)
                .field("success", "status_id", SUCCESS)
                .field("error_msg", "status_detail", TEXT)
                .constant("auth_protocol_id", 2)
                .constant("user.name", "Unknown"));
        add(endpoints("ntlm", 3002, 1)
                .field("username", "user.name", TEXT)
                .field("domainname", "user.domain", TEXT)
                .field("hostname", "src_endpoint.hostname", TEXT)
                .field("server_dns_computer_name", "dst_endpoint.hostname", LOWER)
                .field("server_nb_computer_name", "dst_endpoint.name", TEXT)
                .field("success", "status_id", SUCCESS)
                .constant("auth_protocol_id", 1)
                .constant("user.name", "Unknown"));
        add(endpoints("radius", 3002, 1)
                .field("username", "user.name", TEXT)
                .field("mac", "src_endpoint.mac", LOWER)
                .field("framed_addr", "src_endpoint.intermediate_ips", IP)
                .field("result", "status_id", Conversion.words(Map.of("success", 1, "failed", 2), 0))
                .field("reply_msg", "status_detail", TEXT)
                .constant("auth_protocol_id", 9)
                .constant("user.name", "Unknown"));
        add(network("ldap", 4001, 6)
                .field("result", "status_code", TEXT)
                .field("diagnostic_message", "status_detail", TEXT)
                .constant("dst_endpoint.svc_name", "ldap"));
        add(network("ldap_search", 4001, 6)
                .field("result", "status_code", TEXT)
                .field("diagnostic_message", "status_detail", TEXT)
                .constant("dst_endpoint.svc_name", "ldap"));
        add(network("dce_rpc", 4001, 6)
                .field("endpoint", "dst_endpoint.svc_name", TEXT)
                .field("operation", "unmapped.operation", TEXT)
                .field("rtt", "duration", INTERVAL)
                .constant("connection_info.protocol_name", "tcp"));
        Map<String, Integer> ftp = Map.of("STOR", 1, "RETR", 2, "DELE", 4, "RNFR", 5, "RNTO", 5, "LIST", 6, "NLST", 6);
        add(network("ftp", 4008, 99)
                .field("command", "activity_id", Conversion.words(ftp, 99))
                .field("command", "command", TEXT)
                .field("user", "src_endpoint.owner.name", TEXT)
                .field("mime_type", "file.mime_type", TEXT)
                .field("file_size", "file.size", INTEGER)
                .field("reply_msg", "status_detail", TEXT)
                .field("data_channel.resp_p", "port", PORT)
                .constant("connection_info.protocol_name", "tcp"));
        add(network("tunnel", 4014, 0)
                .field("action", "activity_id", Conversion.words(Map.of("Tunnel::DISCOVER", 1, "Tunnel::CLOSE", 2), 99))
                .field("tunnel_type", "tunnel_type", TEXT));
        Map<String, Integer> ntp = Map.of("1", 1, "2", 2, "3", 3, "4", 4, "5", 5, "6", 6, "7", 7);
        add(network("ntp", 4013, 0)
                .field("mode", "activity_id", Conversion.words(ntp, 99))
                .field("version", "version", TEXT)
                .field("stratum", "stratum_id", INTEGER)
                .constant("version", "Unknown")
                .constant("connection_info.protocol_name", "udp"));
        for (String plain : new String[] {
            "rfb",
            "snmp",
            "sip",
            "socks",
            "irc",
            "mysql",
            "modbus",
            "dnp3",
            "syslog",
            "mqtt_connect",
            "mqtt_publish",
            "mqtt_subscribe",
            "quic",
            "websocket",
            "postgresql",
            "redis"
        }) {
            add(network(plain, 4001, 6).constant("dst_endpoint.svc_name", plain));
        }
        add(notice("notice", "note", "msg").field("sub", "finding_info.desc", TEXT));
        add(notice("intel", "seen.indicator", "seen.where").field("sources", "unmapped.sources", TEXT));
        add(notice("signatures", "note", "event_msg").field("sub_msg", "finding_info.desc", TEXT));
        for (String other : new String[] {
            "weird", "dpd", "analyzer", "software", "known_hosts", "known_services", "known_certs", "known_modbus",
                    "pe",
            "ocsp", "stats", "capture_loss", "loaded_scripts", "packet_filter", "reporter", "traceroute", "arp",
                    "cluster",
            "broker", "config", "prof", "print", "telemetry", "known_devices", "known_routers"
        }) {
            add(kind(other, 0, 99).field("name", "message", TEXT).field("failure_reason", "message", TEXT));
        }
    }

    private static Mapping.Builder notice(String name, String title, String message) {
        return kind(name, 2004, 1)
                .field(title, "finding_info.title", TEXT)
                .field(message, "message", TEXT)
                .field("uid", "finding_info.uid", TEXT)
                .field("id.orig_h", "evidences[].src_endpoint.ip", IP)
                .field("id.orig_p", "evidences[].src_endpoint.port", PORT)
                .field("id.resp_h", "evidences[].dst_endpoint.ip", IP)
                .field("id.resp_p", "evidences[].dst_endpoint.port", PORT)
                .constant("finding_info.title", name)
                .constant("finding_info.uid", "Unknown");
    }

    private static final Mapping CONN = Objects.requireNonNull(KINDS.get("conn"));
    private static final Mapping OTHER_NETWORK = network("other", 4001, 6).build();
    private static final Mapping OTHER = kind("other", 0, 99).build();

    /// Fields by which a kind is told in logs that do not name it, most telling first.
    private static final String[][] TELLING = {
        {"conn", "conn_state"},
        {"dns", "qtype_name"},
        {"dns", "qclass"},
        {"dns", "query", "trans_id"},
        {"http", "trans_depth", "method"},
        {"http", "trans_depth", "status_code"},
        {"http", "request_body_len"},
        {"smtp", "mailfrom"},
        {"smtp", "helo"},
        {"ssl", "cert_chain_fuids"},
        {"ssl", "cert_chain_fps"},
        {"ssl", "server_name", "established"},
        {"ssl", "cipher", "resumed"},
        {"ssl", "established"},
        {"x509", "certificate.serial"},
        {"files", "fuid", "source", "seen_bytes"},
        {"files", "fuid", "analyzers"},
        {"notice", "note", "msg"},
        {"weird", "name", "notice", "peer"},
        {"kerberos", "request_type"},
        {"ntlm", "domainname"},
        {"ntlm", "server_nb_computer_name"},
        {"ssh", "auth_attempts"},
        {"ssh", "kex_alg"},
        {"rdp", "security_protocol"},
        {"smb_files", "action", "times.modified"},
        {"smb_mapping", "share_type"},
        {"dce_rpc", "operation", "endpoint"},
        {"dce_rpc", "named_pipe"},
        {"dhcp", "msg_types"},
        {"dhcp", "assigned_addr"},
        {"dhcp", "assigned_ip"},
        {"ftp", "command", "reply_code"},
        {"snmp", "community"},
        {"ntp", "stratum"},
        {"tunnel", "tunnel_type"},
        {"radius", "mac", "result"},
        {"pe", "compile_ts"},
        {"software", "software_type"},
        {"known_services", "port_num", "port_proto"},
        {"syslog", "facility", "severity"},
        {"intel", "seen.indicator"},
        {"capture_loss", "percent_lost"},
        {"stats", "pkts_proc"},
        {"packet_filter", "filter", "success"},
        {"analyzer", "analyzer_kind"},
    };

    private static final int[][] TELLING_IDS = new int[TELLING.length][];

    static {
        for (int i = 0; i < TELLING.length; i++) {
            TELLING_IDS[i] = new int[TELLING[i].length - 1];
            for (int j = 1; j < TELLING[i].length; j++) {
                TELLING_IDS[i][j - 1] = FieldNames.of(TELLING[i][j]);
            }
        }
    }

    private static final int ORIG = FieldNames.of("id.orig_h");

    static boolean isKind(@Nullable String path) {
        return path != null && KINDS.containsKey(path);
    }

    /// The mapping of a kind, told by its path or, where a log does not say it, by the fields of the
    /// record at hand.
    static Mapping mapping(String path, Row row) {
        Mapping known = KINDS.get(path);
        if (known == null && path.endsWith("_red")) {
            // Corelight sets records of less interest apart, in kinds of their own with the same fields.
            known = KINDS.get(path.substring(0, path.length() - 4));
        }
        if (known == null && path.isEmpty()) {
            known = KINDS.get(told(row));
        }
        return known != null ? known : row.has(ORIG) ? OTHER_NETWORK : OTHER;
    }

    /// Whether the record has the fields of some kind together.
    static boolean isTold(Row row) {
        return !told(row).isEmpty();
    }

    private static String told(Row row) {
        for (int i = 0; i < TELLING.length; i++) {
            boolean all = true;
            for (int field : TELLING_IDS[i]) {
                all &= row.has(field);
            }
            if (all) {
                return TELLING[i][0];
            }
        }
        return "";
    }

    /// Ends the record, with what Zeek knows and does not know of the connection's direction.
    static void map(Mapping mapping, Row row) {
        if (mapping == CONN) {
            direction(row);
        }
        row.map(mapping);
    }

    private static void direction(Row row) {
        EventBatch batch = row.batch();
        long history = -1;
        long state = -1;
        long localOrig = -1;
        long localResp = -1;
        // From the end, so that the first of several fields of a name counts.
        for (int slot = batch.slots() - 1; slot >= batch.firstSlot(batch.rows()); slot--) {
            int field = batch.slotField(slot);
            if (field == HISTORY) {
                history = batch.slotValue(slot);
            } else if (field == STATE) {
                state = batch.slotValue(slot);
            } else if (field == LOCAL_ORIG) {
                localOrig = batch.slotValue(slot);
            } else if (field == LOCAL_RESP) {
                localResp = batch.slotValue(slot);
            }
        }
        boolean flipped = history >= 0 && Column.length(history) > 0 && row.bytes()[Column.from(history)] == '^';
        double sure = state >= 0 && row.equal(state, "OTH") ? UNKNOWN : flipped ? FLIPPED : SURE;
        row.set(CONFIDENCE, Double.doubleToRawLongBits(sure));
        int orig = local(row, localOrig);
        int resp = local(row, localResp);
        if (orig >= 0 && resp >= 0) {
            // Inbound 1, outbound 2, lateral 3 (OCSF network_connection_info.direction_id).
            row.set(DIRECTION, orig == 1 && resp == 1 ? 3 : orig == 1 ? 2 : resp == 1 ? 1 : 0);
        }
    }

    private static int local(Row row, long value) {
        return value < 0 ? -1 : row.equal(value, "T") || row.equal(value, "true") ? 1 : 0;
    }
}
