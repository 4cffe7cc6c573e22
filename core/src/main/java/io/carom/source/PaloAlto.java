package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Delimited;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Palo Alto Networks PAN-OS over syslog: comma-separated values whose meaning the fourth, the log's type,
/// decides.
///
/// Names and order follow "Syslog Field Descriptions" of PAN-OS 9.1 to 11.1. A newer version only adds
/// values at the end, so a line of any length is read as far as it is known; the time with milliseconds and
/// zone, which has stood at several places, is known by its shape. Times without a zone are the device's
/// own.
@AutoService(Source.class)
public final class PaloAlto implements LineSource {
    private static final String COMMON = "future_use1,receive_time,serial,type,subtype,config_version,time_generated,";
    private static final String SESSION = COMMON
            + "src,dst,natsrc,natdst,rule,srcuser,dstuser,app,vsys,from,to,inbound_if,outbound_if,logset,future_use3,"
            + "sessionid,repeatcnt,sport,dport,natsport,natdport,flags,proto,action,";
    private static final String HIERARCHY =
            "dg_hier_level_1,dg_hier_level_2,dg_hier_level_3,dg_hier_level_4,vsys_name,device_name,";

    /// An address; PAN-OS writes `0.0.0.0` or `::` for one that is not there.
    private static final Conversion NO_ADDRESS_IS_ZERO = (row, to, slice, kind) -> {
        if (!row.equal(slice, "0.0.0.0") && !row.equal(slice, "::")) {
            Conversion.IP.write(row, to, slice, kind);
        }
        return true;
    };

    /// A kind of log: the names of its values in order, and its mapping.
    private record Kind(int[] names, Mapping mapping) {}

    private static final Map<String, Integer> SEVERITIES =
            Map.of("informational", 1, "low", 2, "medium", 3, "high", 4, "critical", 5);

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("high_res_timestamp", "time", TIME)
                .fallback("time_generated", "time", TIME)
                .fallback("receive_time", "time", TIME)
                .field("type", "metadata.log_name", TEXT)
                .field("subtype", "metadata.event_code", TEXT)
                .field("device_name", "device.hostname", NetworkFields.HOSTNAME)
                .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("serial", "device.uid", TEXT)
                .field("seqno", "metadata.uid", TEXT)
                .product("Palo Alto Networks", "PAN-OS");
    }

    private static Mapping.Builder session(String name) {
        return kind(name, 4001)
                .field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dst", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("from", "src_endpoint.zone", TEXT)
                .field("inbound_if", "src_endpoint.interface_name", TEXT)
                .field("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("to", "dst_endpoint.zone", TEXT)
                .field("outbound_if", "dst_endpoint.interface_name", TEXT)
                .field("srcuser", "actor.user.name", NetworkFields.ACCOUNT)
                .field("srcuser", "actor.user.domain", NetworkFields.DOMAIN)
                .field("proto", "connection_info.protocol_name", LOWER)
                .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
                .field("sessionid", "connection_info.uid", TEXT)
                .field("app", "app_name", NetworkFields.WORD)
                .field("rule", "firewall_rule.name", TEXT)
                .field("rule_uuid", "firewall_rule.uid", TEXT)
                .field("action", "action_id", NetworkFields.VERDICT)
                .fallback("sport", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("dport", "dst_endpoint.port", NetworkFields.DESTINATION_PORT);
    }

    private static final Mapping TRAFFIC = session("TRAFFIC")
            .field("subtype", "activity_id", words(Map.of("start", 1, "end", 2, "drop", 5, "deny", 5)))
            .field("bytes", "traffic.bytes", INTEGER)
            .field("bytes_sent", "traffic.bytes_out", INTEGER)
            .field("bytes_received", "traffic.bytes_in", INTEGER)
            .field("packets", "traffic.packets", INTEGER)
            .field("pkts_sent", "traffic.packets_out", INTEGER)
            .field("pkts_received", "traffic.packets_in", INTEGER)
            .field("start", "start_time", TIME)
            .field("elapsed", "duration", SECONDS)
            .field("session_end_reason", "status_detail", NetworkFields.WORD)
            .activity(6)
            .build();

    private static final Mapping THREAT = session("THREAT")
            .field("severity", "severity_id", words(SEVERITIES))
            .field("threatid", "message", TEXT)
            .constant("is_alert", 1)
            .activity(6)
            .build();

    /// Web requests and transfers of files: what a policy logs, not what it warns of.
    private static final Mapping URL = session("THREAT url")
            .field("severity", "severity_id", words(SEVERITIES))
            .field("misc", "url.url_string", TEXT)
            .activity(6)
            .build();

    private static final Mapping DECRYPTION = session("DECRYPTION")
            .field("tls_version", "tls.version", TEXT)
            .field("sni", "tls.sni", TEXT)
            .field("error", "status_detail", TEXT)
            .activity(6)
            .build();

    private static final Attribute SRC_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SRC_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute DST_IP = Attribute.of("dst_endpoint.ip");
    private static final Attribute DST_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute USER_DOMAIN = Attribute.of("user.domain");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");

    private static Mapping.Builder system(String name, int classUid) {
        return kind(name, classUid)
                .field("opaque", "message", TEXT)
                .field("severity", "severity_id", words(SEVERITIES));
    }

    private static final Mapping SYSTEM = system("SYSTEM", 0).activity(99).build();
    private static final Mapping SYSTEM_NETWORK =
            system("SYSTEM network", 4001).activity(99).build();
    private static final Mapping SYSTEM_AUTH = system("SYSTEM auth", 3002)
            .field("eventid", "status_id", (row, to, slice, kind) -> {
                byte[] b = row.bytes();
                int end = Column.from(slice) + Column.length(slice);
                boolean fail = Column.length(slice) > 4 && NetworkFields.isWord(b, end - 4, 4, "fail");
                Conversion.put(row, to, fail ? 2 : 1);
                return true;
            })
            .constant("service.name", "PAN-OS")
            .activity(1)
            .build();

    private static final Mapping CONFIG = kind("CONFIG", 6003)
            .field("host", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("host", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .fallback("host", "src_endpoint.name", TEXT)
            .field("admin", "actor.user.name", NetworkFields.ACCOUNT)
            .field("admin", "actor.user.domain", NetworkFields.DOMAIN)
            .field("cmd", "api.operation", TEXT)
            .field(
                    "cmd",
                    "activity_id",
                    words(
                            Map.of(
                                    "add", 1, "clone", 1, "set", 3, "edit", 3, "rename", 3, "move", 3, "commit", 3,
                                    "delete", 4),
                            99))
            .field("client", "api.service.name", TEXT)
            .field("result", "status_id", words(Map.of("Succeeded", 1, "Submitted", 1, "Failed", 2, "Unauthorized", 2)))
            .field("result", "status_detail", TEXT)
            .field("path", "message", TEXT)
            .build();

    private static final Mapping GLOBALPROTECT = kind("GLOBALPROTECT", 4014)
            .field("public_ip", "src_endpoint.ip", NO_ADDRESS_IS_ZERO)
            .field("public_ipv6", "src_endpoint.ip", NO_ADDRESS_IS_ZERO)
            .field("machinename", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("client_os", "src_endpoint.os.name", TEXT)
            .field(
                    "client_os",
                    "src_endpoint.os.type_id",
                    words(
                            Map.of("Windows", 100, "Linux", 200, "Mac", 300, "Android", 201, "iOS", 301, "Chrome", 99),
                            99))
            .field("srcuser", "user.name", NetworkFields.ACCOUNT)
            .field("srcuser", "user.domain", NetworkFields.DOMAIN)
            // The address leased to the client within the tunnel.
            .field("private_ip", "tunnel_interface.ip", NO_ADDRESS_IS_ZERO)
            .field("private_ipv6", "tunnel_interface.ip", NO_ADDRESS_IS_ZERO)
            .field("tunnel_type", "protocol_name", TEXT)
            .constant("tunnel_type_id", 0)
            .field(
                    "eventid",
                    "activity_id",
                    words(
                            Map.of(
                                    "gateway-connected", 1,
                                    "gateway-auth", 1,
                                    "gateway-login", 1,
                                    "gateway-register", 1,
                                    "gateway-tunnel-latency", 99,
                                    "gateway-logout", 2,
                                    "gateway-disconnected", 2),
                            99))
            .field("status", "status_id", words(Map.of("success", 1, "failure", 2)))
            .field("error", "status_detail", TEXT)
            .fallback("reason", "status_detail", TEXT)
            .field("opaque", "message", TEXT)
            .field("gateway", "dst_endpoint.name", TEXT)
            .fallback("portal", "dst_endpoint.name", TEXT)
            .field("login_duration", "duration", SECONDS)
            .build();

    private static final Mapping USERID = kind("USERID", 3002)
            .field("ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("beginport", "src_endpoint.port", PORT)
            .field("user", "user.name", NetworkFields.ACCOUNT)
            .field("user", "user.domain", NetworkFields.DOMAIN)
            .field("datasourcename", "service.name", TEXT)
            .fallback("datasource", "service.name", TEXT)
            .field("subtype", "activity_id", words(Map.of("login", 1, "logout", 2), 99))
            .constant("service.name", "User-ID")
            .constant("status_id", 1)
            .build();

    private static final Mapping AUTHENTICATION = kind("AUTHENTICATION", 3002)
            .field("ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("user", "user.name", NetworkFields.ACCOUNT)
            .field("user", "user.domain", NetworkFields.DOMAIN)
            .fallback("normalize_user", "user.name", NetworkFields.ACCOUNT)
            .field("serverprofile", "service.name", TEXT)
            .fallback("object", "service.name", TEXT)
            .field("authproto", "auth_protocol", TEXT)
            .field("desc", "message", TEXT)
            .field("event", "status_detail", TEXT)
            .constant("service.name", "Authentication policy")
            .activity(1)
            .build();
    /// An Authentication event must name its user; where none signed in, what is left is who asked.
    private static final Mapping AUTHENTICATION_UNKNOWN = kind("AUTHENTICATION without user", 4001)
            .field("ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("desc", "message", TEXT)
            .field("event", "status_detail", TEXT)
            .activity(99)
            .build();

    private static final Mapping HIPMATCH = kind("HIPMATCH", 4001)
            .field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("srcipv6", "src_endpoint.ip", NO_ADDRESS_IS_ZERO)
            .field("machinename", "src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("mac", "src_endpoint.mac", NetworkFields.MAC)
            .field("srcuser", "actor.user.name", NetworkFields.ACCOUNT)
            .field("srcuser", "actor.user.domain", NetworkFields.DOMAIN)
            .field("matchname", "message", TEXT)
            .activity(99)
            .build();

    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private static Kind kind(String names, Mapping mapping) {
        List<Integer> ids = new ArrayList<>();
        for (String name : names.split(",")) {
            ids.add(FieldNames.of(name));
        }
        return new Kind(ids.stream().mapToInt(Integer::intValue).toArray(), mapping);
    }

    private static final Kind TRAFFIC_KIND = kind(
            SESSION + "bytes,bytes_sent,bytes_received,packets,start,elapsed,category,future_use4,seqno,actionflags,"
                    + "srcloc,dstloc,future_use5,pkts_sent,pkts_received,session_end_reason," + HIERARCHY
                    + "action_source,src_uuid,dst_uuid,tunnelid,monitortag,parent_session_id,parent_start_time,tunnel,"
                    + "assoc_id,chunks,chunks_sent,chunks_received,rule_uuid,http2_connection,link_change_count,"
                    + "policy_id,link_switches,sdwan_cluster,sdwan_device_type,sdwan_cluster_type,sdwan_site,"
                    + "dynusergroup_name,xff_ip,src_category,src_profile,src_model,src_vendor,src_osfamily,"
                    + "src_osversion,src_host,src_mac,dst_category,dst_profile,dst_model,dst_vendor,dst_osfamily,"
                    + "dst_osversion,dst_host,dst_mac",
            TRAFFIC);
    private static final Kind THREAT_KIND = kind(
            SESSION + "misc,threatid,category,severity,direction,seqno,actionflags,srcloc,dstloc,future_use4,"
                    + "contenttype,pcap_id,filedigest,cloud,url_idx,user_agent,filetype,xff,referer,sender,subject,"
                    + "recipient,reportid," + HIERARCHY
                    + "future_use5,src_uuid,dst_uuid,http_method,tunnelid,monitortag,parent_session_id,"
                    + "parent_start_time,tunnel,thr_category,contentver,future_use6,assoc_id,ppid,http_headers,"
                    + "url_category_list,rule_uuid,http2_connection",
            THREAT);
    private static final Kind SYSTEM_KIND = kind(
            COMMON + "vsys,eventid,object,future_use3,future_use4,module,severity,opaque,seqno,actionflags," + HIERARCHY
                    + "future_use5,future_use6",
            SYSTEM);

    private static final Map<String, Kind> KINDS = new HashMap<>();

    static {
        KINDS.put("TRAFFIC", TRAFFIC_KIND);
        KINDS.put("THREAT", THREAT_KIND);
        KINDS.put("SYSTEM", SYSTEM_KIND);
        KINDS.put(
                "CONFIG",
                kind(
                        COMMON + "host,vsys,cmd,admin,client,result,path,seqno,actionflags," + HIERARCHY
                                + "dg_id,comment",
                        CONFIG));
        KINDS.put(
                "GLOBALPROTECT",
                kind(
                        COMMON + "vsys,eventid,stage,auth_method,tunnel_type,srcuser,srcregion,machinename,public_ip,"
                                + "public_ipv6,private_ip,private_ipv6,hostid,serialnumber,client_ver,client_os,"
                                + "client_os_ver,repeatcnt,reason,error,opaque,status,location,login_duration,"
                                + "connect_method,error_code,portal,seqno,actionflags,high_res_timestamp,"
                                + "selection_type,response_time,priority,attempted_gateways,gateway," + HIERARCHY
                                + "vsys_id",
                        GLOBALPROTECT));
        KINDS.put(
                "USERID",
                kind(
                        COMMON + "vsys,ip,user,datasourcename,eventid,repeatcnt,timeout,beginport,endport,datasource,"
                                + "datasourcetype,seqno,actionflags," + HIERARCHY
                                + "vsys_id,factortype,factorcompletiontime,factorno,ugflags,userbysource,tag_name",
                        USERID));
        KINDS.put(
                "DECRYPTION",
                kind(
                        SESSION
                                + "tunnel,future_use4,future_use5,src_uuid,dst_uuid,rule_uuid,hs_stage_c2f,hs_stage_f2s,"
                                + "tls_version,tls_keyxchg,tls_enc,tls_auth,policy_name,ec_curve,err_index,root_status,"
                                + "chain_status,proxy_type,cert_serial,fingerprint,notbefore,notafter,cert_ver,"
                                + "cert_size,cn_len,issuer_len,rootcn_len,sni_len,cert_flags,cn,issuer_cn,root_cn,sni,"
                                + "error",
                        DECRYPTION));
        Kind authentication = kind(
                COMMON + "vsys,ip,user,normalize_user,object,authpolicy,repeatcnt,authid,vendor,logset,serverprofile,"
                        + "desc,clienttype,event,factorno,seqno,actionflags," + HIERARCHY + "vsys_id,authproto,uuid",
                AUTHENTICATION);
        KINDS.put("AUTHENTICATION", authentication);
        KINDS.put("AUTH", authentication);
        KINDS.put(
                "HIPMATCH",
                kind(
                        COMMON
                                + "srcuser,vsys,machinename,os,src,matchname,repeatcnt,matchtype,future_use3,future_use4,"
                                + "seqno,actionflags," + HIERARCHY + "vsys_id,srcipv6,hostid,serialnumber,mac",
                        HIPMATCH));
        for (String type : new String[] {"CORRELATION", "GTP", "SCTP", "TUNNEL", "IPTAG", "START", "END", "AUDIT"}) {
            KINDS.put(type, kind(COMMON.substring(0, COMMON.length() - 1), OTHER));
        }
    }

    private static final int HIGH_RES = FieldNames.of("high_res_timestamp");
    private static final int SRC = FieldNames.of("src");
    private static final int DST = FieldNames.of("dst");
    private static final int OPAQUE = FieldNames.of("opaque");
    private static final int EVENT = FieldNames.of("eventid");
    private static final int SUBTYPE = FieldNames.of("subtype");
    private static final int USERNAME = FieldNames.of("user");
    private static final int NORMALIZED = FieldNames.of("normalize_user");
    private static final ThreadLocal<Delimited> CUTTER = ThreadLocal.withInitial(Delimited::new);
    private static final ThreadLocal<Prose> PROSE = ThreadLocal.withInitial(Prose::new);

    @Override
    public String name() {
        return "paloalto";
    }

    @Override
    public String product() {
        return "Palo Alto Networks PAN-OS 9.1 to 11.1, Panorama, Prisma Access: syslog, comma-separated";
    }

    @Override
    public boolean claims(Line line) {
        int at = start(line);
        return at >= 0 && kind(line.bytes(), at, line.to()) != null;
    }

    /// Where `1,` and a time stand: at the message's begin, or behind words that stood for a host.
    private static int start(Line line) {
        byte[] b = line.bytes();
        int at = line.from();
        if (line.startsWith(": ")) {
            at += 2;
        }
        return at + 20 < line.to()
                        && b[at] >= '0'
                        && b[at] <= '9'
                        && b[at + 1] == ','
                        && b[at + 2] >= '0'
                        && b[at + 2] <= '9'
                ? at
                : -1;
    }

    private static @Nullable Kind kind(byte[] b, int from, int to) {
        int at = from;
        for (int commas = 0; commas < 3; at++) {
            if (at >= to || at - from > 120) {
                return null;
            }
            commas += b[at] == ',' ? 1 : 0;
        }
        int end = at;
        while (end < to && b[end] >= 'A' && b[end] <= 'Z') {
            end++;
        }
        if (end >= to || b[end] != ',') {
            return null;
        }
        // The two that fill a day are told without a String.
        if (end - at == 7 && b[at] == 'T' && b[at + 1] == 'R' && b[at + 2] == 'A') {
            return TRAFFIC_KIND;
        }
        if (end - at == 6 && b[at] == 'T' && b[at + 1] == 'H') {
            return THREAT_KIND;
        }
        return end == at || end - at > 16
                ? null
                : KINDS.get(new String(b, at, end - at, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @Override
    public void read(Line line, Row row) {
        int at = start(line);
        Kind kind = Objects.requireNonNull(kind(row.bytes(), at, line.to()));
        Delimited cutter = CUTTER.get();
        int count = cutter.cut(row, at, line.to(), ',');
        if (count < 7) {
            row.reject("expected at least the seven values that every PAN-OS log begins with, found " + count);
            return;
        }
        int[] names = kind.names;
        boolean stamped = false;
        for (int i = 0; i < count; i++) {
            long slice = cutter.value(i);
            int length = Column.length(slice);
            if (length == 0) {
                continue;
            }
            if (!stamped && i > 14 && isHighResolution(row.bytes(), Column.from(slice), length)) {
                row.field(HIGH_RES, slice, EventBatch.TEXT);
                stamped = true;
            } else if (i < names.length) {
                row.field(names[i], slice, EventBatch.TEXT);
            } else if (i < MORE + UNNAMED.length && i >= MORE) {
                row.field(UNNAMED[i - MORE], slice, EventBatch.TEXT);
            }
        }
        end(row, kind);
    }

    /// Values beyond the known ones keep their place in the line as their name.
    private static final int MORE = 7;

    private static final int[] UNNAMED = new int[160];

    static {
        for (int i = 0; i < UNNAMED.length; i++) {
            UNNAMED[i] = FieldNames.of("field" + (MORE + i + 1));
        }
    }

    /// `2024-01-12T11:21:15.190+01:00`.
    private static boolean isHighResolution(byte[] b, int from, int length) {
        return length >= 23
                && length <= 32
                && b[from + 4] == '-'
                && b[from + 10] == 'T'
                && b[from + 13] == ':'
                && b[from + 19] == '.';
    }

    private static void end(Row row, Kind kind) {
        boolean session = kind.mapping == TRAFFIC || kind.mapping == THREAT || kind.mapping == DECRYPTION;
        if (session && !NetworkFields.isSaid(row, SRC) && !NetworkFields.isSaid(row, DST)) {
            row.map(OTHER);
        } else if (kind.mapping == TRAFFIC || kind.mapping == THREAT) {
            boolean plain = kind.mapping == THREAT && (row.is(SUBTYPE, "url") || row.is(SUBTYPE, "file"));
            row.map(plain ? URL : kind.mapping);
        } else if (kind.mapping == SYSTEM) {
            system(row, row.value(OPAQUE), row.value(EVENT));
        } else if (kind.mapping == AUTHENTICATION
                && !NetworkFields.isSaid(row, USERNAME)
                && !NetworkFields.isSaid(row, NORMALIZED)) {
            row.map(AUTHENTICATION_UNKNOWN);
        } else if (kind.mapping == USERID && !NetworkFields.isSaid(row, USERNAME)) {
            row.map(OTHER);
        } else {
            row.map(kind.mapping);
        }
    }

    /// A system log says in a sentence who signed in from where.
    private static void system(Row row, long text, long event) {
        long source = -1;
        long sourcePort = -1;
        long server = -1;
        long serverPort = -1;
        long user = -1;
        if (text >= 0) {
            Prose prose = PROSE.get();
            prose.search(row.bytes(), Column.from(text), Column.from(text) + Column.length(text));
            source = prose.source;
            sourcePort = prose.sourcePort;
            server = prose.destination;
            serverPort = prose.destinationPort;
            user = prose.user;
        }
        boolean auth = user >= 0 && event >= 0 && isAuthentication(row.bytes(), event);
        Mapping mapping = auth ? SYSTEM_AUTH : source >= 0 || server >= 0 ? SYSTEM_NETWORK : SYSTEM;
        if (source >= 0) {
            row.set(SRC_IP, source);
            if (sourcePort >= 0) {
                PORT.write(row, SRC_PORT, sourcePort, EventBatch.TEXT);
            }
        }
        if (server >= 0) {
            row.set(DST_IP, server);
            if (serverPort >= 0) {
                PORT.write(row, DST_PORT, serverPort, EventBatch.TEXT);
            }
        }
        if (user >= 0) {
            NetworkFields.ACCOUNT.write(row, auth ? USER : ACTOR, user, EventBatch.TEXT);
            if (auth) {
                NetworkFields.DOMAIN.write(row, USER_DOMAIN, user, EventBatch.TEXT);
            }
        }
        row.map(mapping);
    }

    private static boolean isAuthentication(byte[] b, long event) {
        return Column.length(event) >= 9 && NetworkFields.isWord(b, Column.from(event), 5, "auth-");
    }
}
