package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Suricata's EVE log: JSON objects with `event_type`, which says what is told below the key of the same
/// name.
///
/// Follows "EVE JSON Format" of the Suricata user guide, versions 3 to 8 (DNS logs 1 to 3). A log of a
/// transaction names the sender of the packet as its source; where that is the answering side (DNS
/// answers, DHCP replies) the two ends are turned, so that the source is always who asked. Who began a
/// flow is told by a SYN; without one it is not known.
@AutoService(Source.class)
public final class Suricata implements JsonSource {
    private static final int TYPE = FieldNames.of("event_type");
    private static final int TIMESTAMP = FieldNames.of("timestamp");
    private static final int SRC_IP = FieldNames.of("src_ip");
    private static final int FLOW_ID = FieldNames.of("flow_id");
    private static final int PACKET_SOURCE = FieldNames.of("pkt_src");
    private static final int PACKET_COUNT = FieldNames.of("pcap_cnt");
    private static final int UPTIME = FieldNames.of("stats.uptime");
    private static final int UPTIME_BARE = FieldNames.of("uptime");
    private static final int PROTOCOL = FieldNames.of("proto");
    private static final int SYN = FieldNames.of("tcp.syn");
    private static final int DNS_TYPE = FieldNames.of("dns.type");
    private static final int DHCP_TYPE = FieldNames.of("dhcp.type");
    private static final int SRC_PORT = FieldNames.of("src_port");
    private static final int DEST_PORT = FieldNames.of("dest_port");

    private static final Map<String, Integer> METHODS = Map.of(
            "CONNECT", 1, "DELETE", 2, "GET", 3, "HEAD", 4, "OPTIONS", 5, "POST", 6, "PUT", 7, "TRACE", 8, "PATCH", 9);
    private static final Map<String, Integer> DNS_CODES = Map.ofEntries(
            Map.entry("NOERROR", 0),
            Map.entry("FORMERR", 1),
            Map.entry("SERVFAIL", 2),
            Map.entry("NXDOMAIN", 3),
            Map.entry("NOTIMP", 4),
            Map.entry("REFUSED", 5),
            Map.entry("YXDOMAIN", 6),
            Map.entry("YXRRSET", 7),
            Map.entry("NXRRSET", 8),
            Map.entry("NOTAUTH", 9),
            Map.entry("NOTZONE", 10));
    private static final Map<String, Integer> DHCP_MESSAGES = Map.of(
            "discover", 1, "offer", 2, "request", 3, "decline", 4, "ack", 5, "nak", 6, "release", 7, "inform", 8);
    private static final Map<String, Integer> FTP_COMMANDS =
            Map.of("STOR", 1, "RETR", 2, "DELE", 4, "RNFR", 5, "RNTO", 5, "LIST", 6, "NLST", 6);

    /// What the engine did with the packet, as OCSF's actions and dispositions.
    private static final Map<String, Integer> ACTIONS = Map.of("allowed", 1, "blocked", 2);

    private static Mapping.Builder kind(String name, int classUid, int activity) {
        return Mapping.of(name, classUid)
                .activity(activity)
                .field("timestamp", "time", TIME)
                .field("event_type", "metadata.log_name", TEXT)
                .fallback("host", "device.hostname", LOWER)
                .product("OISF", "Suricata");
    }

    private static Mapping.Builder endpoints(String name, int classUid, int activity, boolean turned) {
        String from = turned ? "dst_endpoint" : "src_endpoint";
        String to = turned ? "src_endpoint" : "dst_endpoint";
        return kind(name, classUid, activity)
                .field("src_ip", from + ".ip", IP)
                .field("src_port", from + ".port", PORT)
                .field("dest_ip", to + ".ip", IP)
                .field("dest_port", to + ".port", PORT)
                .field("ether.src_mac", from + ".mac", LOWER)
                .field("ether.dest_mac", to + ".mac", LOWER);
    }

    private static Mapping.Builder network(String name, int classUid, int activity, boolean turned) {
        return endpoints(name, classUid, activity, turned)
                .field("community_id", "connection_info.community_uid", TEXT)
                .field("flow_id", "connection_info.uid", TEXT)
                .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
                .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER);
    }

    private static Mapping.Builder network(String name, int classUid, int activity) {
        return network(name, classUid, activity, false);
    }

    private static Mapping.Builder dns(boolean turned, int activity) {
        return network("dns", 4003, activity, turned)
                .field("dns.id", "query.packet_uid", INTEGER)
                .field("dns.rrname", "query.hostname", LOWER)
                .field("dns.rrtype", "query.type", TEXT)
                .field("dns.queries.rrname", "query.hostname", LOWER)
                .field("dns.queries.rrtype", "query.type", TEXT)
                // Version 1 of an older kind put the question's name below `query`, an array of objects.
                .field("dns.query.rrname", "query.hostname", LOWER)
                .field("dns.query.rrtype", "query.type", TEXT)
                .field("dns.query.id", "query.packet_uid", INTEGER)
                .field("dns.rcode", "rcode_id", words(DNS_CODES, 99))
                .field("dns.answers.rdata", "answers[].rdata", TEXT)
                .field("dns.rdata", "answers[].rdata", TEXT)
                .field("dns.answer.rdata", "answers[].rdata", TEXT);
    }

    private static Mapping.Builder dhcp(boolean turned) {
        return network("dhcp", 4004, 0, turned)
                .field("dhcp.dhcp_type", "activity_id", words(DHCP_MESSAGES, 99))
                .field("dhcp.client_mac", "src_endpoint.mac", LOWER)
                .field("dhcp.hostname", "src_endpoint.hostname", LOWER)
                .field("dhcp.lease_time", "lease_dur", INTEGER);
    }

    /// To be asked for pre-authentication is how a Kerberos sign-in begins, no failure.
    private static final Conversion KERBEROS_ERROR = (row, to, slice, kind) -> {
        Conversion.put(row, to, row.equal(slice, "KDC_ERR_PREAUTH_REQUIRED") ? 0 : 2);
        return true;
    };

    /// JA3 fingerprints are MD5 sums (OCSF algorithm 1).
    private static final Conversion MD5 = (row, to, slice, kind) -> {
        Conversion.put(row, to, 1);
        return true;
    };

    private static final Conversion ALERT_SEVERITY = words(Map.of("1", 4, "2", 3, "3", 2, "4", 1));

    private static final Mapping ALERT = kind("alert", 2004, 1)
            .field("alert.signature", "finding_info.title", TEXT)
            .field("alert.signature", "message", TEXT)
            .field("alert.category", "finding_info.types", TEXT)
            .field("alert.signature", "finding_info.analytic.name", TEXT)
            .field("alert.signature_id", "finding_info.analytic.uid", TEXT)
            .field("alert.rev", "finding_info.analytic.version", TEXT)
            .field("alert.category", "finding_info.analytic.category", TEXT)
            .field("alert.severity", "severity_id", ALERT_SEVERITY)
            .field("alert.action", "action", TEXT)
            .field("alert.action", "action_id", words(ACTIONS, 99))
            .field("alert.action", "disposition_id", words(ACTIONS, 99))
            .field("alert.metadata.mitre_technique_id", "finding_info.attacks[].technique.uid", TEXT)
            .field("flow_id", "finding_info.uid", TEXT)
            .field("src_ip", "evidences[].src_endpoint.ip", IP)
            .field("src_port", "evidences[].src_endpoint.port", PORT)
            .field("dest_ip", "evidences[].dst_endpoint.ip", IP)
            .field("dest_port", "evidences[].dst_endpoint.port", PORT)
            .field("community_id", "evidences[].connection_info.community_uid", TEXT)
            .field("proto", "evidences[].connection_info.protocol_name", LOWER)
            .constant("finding_info.analytic.type_id", 1)
            .constant("finding_info.title", "alert")
            .constant("finding_info.uid", "Unknown")
            .constant("is_alert", 1)
            .build();

    private static final Mapping FLOW = network("flow", 4001, 6)
            .field("app_proto", "dst_endpoint.svc_name", TEXT)
            .field("flow.bytes_toserver", "traffic.bytes_out", INTEGER)
            .field("flow.bytes_toclient", "traffic.bytes_in", INTEGER)
            .field("flow.pkts_toserver", "traffic.packets_out", INTEGER)
            .field("flow.pkts_toclient", "traffic.packets_in", INTEGER)
            .field("flow.start", "start_time", TIME)
            .field("flow.end", "end_time", TIME)
            .field("flow.age", "duration", SECONDS)
            .field("flow.state", "status_code", TEXT)
            .field("flow.state", "status_id", words(Map.of("established", 1, "closed", 1), 0))
            .field("flow.reason", "status_detail", TEXT)
            .field("flow.action", "action_id", words(Map.of("pass", 1, "accept", 1, "drop", 2)))
            .build();

    /// One direction of a flow: who began it is not said.
    private static final Mapping NETFLOW = network("netflow", 4001, 6)
            .field("app_proto", "dst_endpoint.svc_name", TEXT)
            .field("netflow.bytes", "traffic.bytes_out", INTEGER)
            .field("netflow.pkts", "traffic.packets_out", INTEGER)
            .field("netflow.start", "start_time", TIME)
            .field("netflow.end", "end_time", TIME)
            .field("netflow.age", "duration", SECONDS)
            .constant("connection_info.direction_id", 0)
            .build();

    private static final Mapping DNS_QUERY = dns(false, 1).build();
    private static final Mapping DNS_ANSWER = dns(false, 2).build();
    private static final Mapping DNS_ANSWER_TURNED = dns(true, 2).build();
    private static final Mapping DHCP = dhcp(false).build();
    private static final Mapping DHCP_TURNED = dhcp(true).build();

    private static final Mapping HTTP = network("http", 4002, 0)
            .field("http.http_method", "activity_id", words(METHODS, 99))
            .field("http.http_method", "http_request.http_method", TEXT)
            .field("http.hostname", "http_request.url.hostname", LOWER)
            .field("http.http_port", "http_request.url.port", INTEGER)
            .field("http.url", "http_request.url.url_string", WebFields.URL)
            .field("http.http_refer", "http_request.referrer", TEXT)
            .field("http.protocol", "http_request.version", TEXT)
            .field("http.http_user_agent", "http_request.user_agent", TEXT)
            .field("http.xff", "http_request.x_forwarded_for", IP)
            .field("http.status", "http_response.code", INTEGER)
            .field("http.length", "http_response.body_length", INTEGER)
            .field("http.http_content_type", "http_response.content_type", TEXT)
            .compose(WebFields.WHOLE_SEEN)
            .constant("http_response.code", 0)
            .build();

    private static final Mapping TLS = network("tls", 4001, 6)
            .field("tls.version", "tls.version", TEXT)
            .field("tls.sni", "tls.sni", LOWER)
            .field("tls.sni", "dst_endpoint.hostname", LOWER)
            .field("tls.subject", "tls.certificate.subject", TEXT)
            .field("tls.issuerdn", "tls.certificate.issuer", TEXT)
            .field("tls.serial", "tls.certificate.serial_number", LOWER)
            .field("tls.fingerprint", "tls.certificate.uid", LOWER)
            .field("tls.notbefore", "tls.certificate.created_time", TIME)
            .field("tls.notafter", "tls.certificate.expiration_time", TIME)
            .field("tls.ja3.hash", "tls.ja3_hash.value", LOWER)
            .field("tls.ja3.hash", "tls.ja3_hash.algorithm_id", MD5)
            .field("tls.ja3s.hash", "tls.ja3s_hash.value", LOWER)
            .field("tls.ja3s.hash", "tls.ja3s_hash.algorithm_id", MD5)
            .constant("dst_endpoint.svc_name", "tls")
            .constant("tls.version", "Unknown")
            .build();

    private static final Mapping FILE = network("fileinfo", 4010, 0)
            .field("fileinfo.filename", "file.name", TEXT)
            .field("fileinfo.size", "file.size", INTEGER)
            .field("fileinfo.magic", "file.mime_type", NetworkFields.WORD)
            .field("fileinfo.md5", "file.hashes[algorithm_id=1].value", LOWER)
            .field("fileinfo.sha1", "file.hashes[algorithm_id=2].value", LOWER)
            .field("fileinfo.sha256", "file.hashes[algorithm_id=3].value", LOWER)
            .field("app_proto", "actor.app_name", TEXT)
            .constant("actor.app_name", "Suricata")
            .constant("file.name", "Unknown")
            .build();

    private static final Mapping SMTP = endpoints("smtp", 4009, 1, false)
            .field("smtp.helo", "smtp_hello", TEXT)
            .field("smtp.mail_from", "email.smtp_from", Conversion.EMAIL)
            .field("smtp.rcpt_to", "email.smtp_to", Conversion.EMAIL)
            .field("email.from", "email.from", Conversion.EMAIL)
            .fallback("smtp.mail_from", "email.from", Conversion.EMAIL)
            .field("email.to", "email.to", Conversion.EMAIL)
            .field("email.cc", "email.cc", Conversion.EMAIL)
            .field("email.subject", "email.subject", TEXT)
            .field("email.message_id", "email.message_uid", TEXT)
            .field("email.x_originating_ip", "email.x_originating_ip", IP)
            .constant("email.from", "Unknown")
            .constant("direction_id", 0)
            .build();

    private static final Mapping SSH = network("ssh", 4007, 6)
            .field("ssh.client.hassh.hash", "client_hassh.fingerprint.value", LOWER)
            .field("ssh.server.hassh.hash", "server_hassh.fingerprint.value", LOWER)
            .field("ssh.server.proto_version", "protocol_ver", TEXT)
            .build();

    private static final Mapping SMB = network("smb", 4006, 0)
            .field("smb.command", "command", TEXT)
            .field("smb.dialect", "dialect", TEXT)
            .field("smb.share", "share", TEXT)
            .field("smb.share_type", "share_type", TEXT)
            .field("smb.filename", "file.name", TEXT)
            .field("smb.status", "status_code", TEXT)
            .field("smb.status", "status_id", words(Map.of("STATUS_SUCCESS", 1), 0))
            .field("smb.ntlmssp.user", "src_endpoint.owner.name", NetworkFields.WORD)
            .field("smb.ntlmssp.domain", "src_endpoint.owner.domain", NetworkFields.WORD)
            .field("smb.ntlmssp.host", "src_endpoint.hostname", NetworkFields.WORD)
            .build();

    private static final Mapping KERBEROS = endpoints("krb5", 3002, 0, false)
            .field("krb5.msg_type", "activity_id", words(Map.of("KRB_AS_REP", 3, "KRB_TGS_REP", 4)))
            .field("krb5.failed_request", "activity_id", words(Map.of("KRB_AS_REQ", 3, "KRB_TGS_REQ", 4)))
            .field("krb5.error_code", "status_id", KERBEROS_ERROR)
            .fallback("krb5.msg_type", "status_id", words(Map.of("KRB_ERROR", 2, "KRB_AS_REP", 1, "KRB_TGS_REP", 1), 0))
            .field("krb5.error_code", "status_code", TEXT)
            .field("krb5.cname", "user.name", NetworkFields.WORD)
            .field("krb5.realm", "user.domain", NetworkFields.WORD)
            .field("krb5.sname", "service.name", TEXT)
            .constant("auth_protocol_id", 2)
            .constant("user.name", "Unknown")
            .build();

    private static final Mapping RDP = network("rdp", 4005, 6)
            .field("rdp.cookie", "user.name", TEXT)
            .field("rdp.client.client_name", "src_endpoint.hostname", TEXT)
            .field("rdp.client.keyboard_layout", "keyboard_info.keyboard_layout", TEXT)
            .field("rdp.protocol", "protocol_ver", TEXT)
            .build();

    private static final Mapping FTP = network("ftp", 4008, 0)
            .field("ftp.command", "activity_id", words(FTP_COMMANDS, 99))
            .field("ftp.command", "command", TEXT)
            .field("ftp.command_data", "file.name", NetworkFields.WORD)
            .field("ftp_data.command", "activity_id", words(FTP_COMMANDS, 99))
            .field("ftp_data.command", "command", TEXT)
            .field("ftp_data.filename", "file.name", TEXT)
            .field("ftp.dynamic_port", "port", PORT)
            .build();

    private static final Mapping DROP = network("drop", 4001, 5)
            .field("drop.reason", "status_detail", TEXT)
            .field("alert.signature", "message", TEXT)
            .constant("action_id", 2)
            .constant("disposition_id", 6)
            .build();

    private static final Mapping ANOMALY = network("anomaly", 4001, 0)
            .field("anomaly.event", "message", TEXT)
            .field("anomaly.type", "status_detail", TEXT)
            .field("anomaly.app_proto", "dst_endpoint.svc_name", TEXT)
            .build();

    private static final Mapping OTHER_NETWORK = network("other-network", 4001, 6)
            .field("event_type", "dst_endpoint.svc_name", TEXT)
            .build();

    private static final Mapping OTHER =
            kind("other", 0, 99).field("anomaly.event", "message", TEXT).build();

    /// Every type the engine writes, with its mapping; a type without one of its own is told by its ends.
    private record Kind(String type, @Nullable Mapping mapping) {}

    private static final Kind[] KINDS = kinds();

    private static Kind[] kinds() {
        List<Kind> kinds = new ArrayList<>(List.of(
                new Kind("flow", FLOW),
                new Kind("dns", DNS_QUERY),
                new Kind("http", HTTP),
                new Kind("http2", HTTP),
                new Kind("tls", TLS),
                new Kind("fileinfo", FILE),
                new Kind("alert", ALERT),
                new Kind("netflow", NETFLOW),
                new Kind("smb", SMB),
                new Kind("ssh", SSH),
                new Kind("smtp", SMTP),
                new Kind("krb5", KERBEROS),
                new Kind("dhcp", DHCP),
                new Kind("rdp", RDP),
                new Kind("ftp", FTP),
                new Kind("ftp_data", FTP),
                new Kind("drop", DROP),
                new Kind("anomaly", ANOMALY)));
        for (String plain : List.of(
                "stats",
                "nfs",
                "snmp",
                "sip",
                "mqtt",
                "tftp",
                "rfb",
                "ike",
                "ikev2",
                "quic",
                "dnp3",
                "modbus",
                "mdns",
                "bittorrent_dht",
                "pgsql",
                "websocket",
                "ldap",
                "telnet",
                "frame",
                "arp",
                "enip",
                "doh2",
                "pop3",
                "packet",
                "metadata",
                "vars",
                "vlan",
                "engine",
                "dcerpc",
                "template",
                "rpc",
                "ssdp")) {
            kinds.add(new Kind(plain, null));
        }
        return kinds.toArray(new Kind[0]);
    }

    private static @Nullable Kind kind(Row row) {
        long type = row.value(TYPE);
        if (type >= 0) {
            for (Kind kind : KINDS) {
                if (row.equal(type, kind.type)) {
                    return kind;
                }
            }
        }
        return null;
    }

    @Override
    public String name() {
        return "suricata";
    }

    @Override
    public String product() {
        return "Suricata 3 to 8, EVE JSON";
    }

    @Override
    public boolean claims(Row row) {
        if (!row.has(TIMESTAMP) || !row.has(TYPE)) {
            return false;
        }
        if (row.has(FLOW_ID) && row.has(SRC_IP)) {
            return true;
        }
        return (row.has(PACKET_SOURCE)
                        || row.has(PACKET_COUNT)
                        || row.has(SRC_IP)
                        || row.has(UPTIME)
                        || row.has(UPTIME_BARE))
                && kind(row) != null;
    }

    @Override
    public void read(Row row) {
        Kind kind = kind(row);
        Mapping mapping = kind == null ? null : kind.mapping;
        if (mapping == DNS_QUERY) {
            mapping = dns(row);
        } else if (mapping == DHCP && row.is(DHCP_TYPE, "reply")) {
            mapping = DHCP_TURNED;
        } else if (mapping == FLOW) {
            int syn = row.find(SYN);
            boolean tcp = row.is(PROTOCOL, "TCP");
            boolean seen = syn >= 0 && row.batch().slotKind(syn) == EventBatch.TRUE;
            row.set(
                    NetworkFields.INITIATOR_CONFIDENCE,
                    tcp ? seen ? NetworkFields.SURE : NetworkFields.OPEN : NetworkFields.LIKELY);
        } else if (mapping == NETFLOW) {
            row.set(NetworkFields.INITIATOR_CONFIDENCE, NetworkFields.OPEN);
        }
        if (mapping == null || mapping == ANOMALY || mapping == DROP) {
            boolean ends = row.has(SRC_IP);
            mapping = !ends ? OTHER : mapping == null ? OTHER_NETWORK : mapping;
        }
        row.map(mapping);
    }

    /// A question, or an answer told by the server's packet (versions 1 and 2) or by the client's flow
    /// (version 3).
    private static Mapping dns(Row row) {
        if (!row.is(DNS_TYPE, "answer") && !row.is(DNS_TYPE, "response")) {
            return DNS_QUERY;
        }
        boolean fromServer = row.is(SRC_PORT, "53") && !row.is(DEST_PORT, "53");
        return fromServer ? DNS_ANSWER_TURNED : DNS_ANSWER;
    }
}
