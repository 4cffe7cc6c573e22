package io.carom.source;

import static io.carom.source.mapping.Conversion.EPOCH;
import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Delimited;
import io.carom.source.parse.KeyValues;
import io.carom.source.parse.NameTable;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/// Check Point logs as Log Exporter sends them: `[action:"Accept"; src:"192.0.2.1"; …]` behind a syslog
/// header, or `time=…|action=…|…` and `name=value;` pairs; and the quoted values that SmartView exports.
///
/// Names follow "Log Fields" of Check Point's R80 and R81 (sk144192). Its CEF and LEEF are read as those.
@AutoService(Source.class)
public final class CheckPoint implements LineSource {
    private static final int SRC = FieldNames.of("src");
    private static final int DST = FieldNames.of("dst");
    private static final int ACTION = FieldNames.of("action");
    private static final int USER = FieldNames.of("user");
    private static final int OFFICE = FieldNames.of("office_mode_ip");
    private static final int PRODUCT = FieldNames.of("product");
    private static final int SENDER = FieldNames.of("sender");
    private static final int RECIPIENT = FieldNames.of("recipient");
    private static final int OBJECT = FieldNames.of("object");
    private static final int OBJECT_NAME = FieldNames.of("objectname");
    private static final int CLIENT = FieldNames.of("client_ip");

    /// Seconds since 1970, or an ISO time with its zone in exports.
    private static final Conversion EPOCH_OR_TEXT =
            (row, to, slice, kind) -> EPOCH.write(row, to, slice, kind) || Conversion.TIME.write(row, to, slice, kind);

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("time", "time", EPOCH_OR_TEXT)
                .field("product", "metadata.product.name", TEXT)
                .field("loguid", "metadata.uid", TEXT)
                .field("orig", "device.hostname", NetworkFields.HOSTNAME)
                .field("orig", "device.ip", NetworkFields.IP_OR_NONE)
                .field("origin", "device.hostname", NetworkFields.HOSTNAME)
                .field("origin", "device.ip", NetworkFields.IP_OR_NONE)
                .field("hostname", "device.hostname", NetworkFields.HOSTNAME)
                .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("action", "action_id", NetworkFields.VERDICT)
                .field(
                        "severity",
                        "severity_id",
                        words(Map.ofEntries(
                                Map.entry("0", 1),
                                Map.entry("1", 2),
                                Map.entry("2", 3),
                                Map.entry("3", 4),
                                Map.entry("4", 5),
                                Map.entry("Informational", 1),
                                Map.entry("Low", 2),
                                Map.entry("Medium", 3),
                                Map.entry("High", 4),
                                Map.entry("Critical", 5))))
                .field("reason", "status_detail", TEXT)
                .field("message_info", "message", TEXT)
                .fallback("description", "message", TEXT)
                .constant("metadata.product.vendor_name", "Check Point")
                .constant("metadata.product.name", "Firewall");
    }

    private static Mapping.Builder endpoints(Mapping.Builder to) {
        return to.field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("dst", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("src_machine_name", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("inzone", "src_endpoint.zone", TEXT)
                .field("mac_source_address", "src_endpoint.mac", NetworkFields.MAC)
                .field("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dst_machine_name", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("outzone", "dst_endpoint.zone", TEXT)
                .fallback("client_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("s_port", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .fallback("service", "dst_endpoint.port", NetworkFields.DESTINATION_PORT);
    }

    private static final Mapping CONNECTION = endpoints(kind("connection", 4001))
            .field("src_user_name", "actor.user.name", NetworkFields.ACCOUNT)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .field("user", "actor.user.domain", NetworkFields.DOMAIN)
            .field("proto", "connection_info.protocol_name", NetworkFields.PROTOCOL)
            .field("proto", "connection_info.protocol_num", NetworkFields.PROTOCOL_NUMBER)
            .field("ifdir", "connection_info.direction_id", words(Map.of("inbound", 1, "outbound", 2), 0))
            .field(
                    "conn_direction",
                    "connection_info.direction_id",
                    words(Map.of("Incoming", 1, "Outgoing", 2, "Internal", 3), 0))
            .field("rule_name", "firewall_rule.name", TEXT)
            .field("rule_uid", "firewall_rule.uid", TEXT)
            .fallback("rule", "firewall_rule.uid", TEXT)
            .field("appi_name", "app_name", TEXT)
            .fallback("service_id", "app_name", TEXT)
            .field("sent_bytes", "traffic.bytes_out", INTEGER)
            .field("received_bytes", "traffic.bytes_in", INTEGER)
            .fallback("client_outbound_bytes", "traffic.bytes_out", INTEGER)
            .fallback("client_inbound_bytes", "traffic.bytes_in", INTEGER)
            .field("bytes", "traffic.bytes", INTEGER)
            .field("packets", "traffic.packets", INTEGER)
            .field("elapsed", "duration", SECONDS)
            .field("resource", "url.url_string", TEXT)
            .field(
                    "action",
                    "activity_id",
                    words(Map.of("Accept", 1, "Allow", 1, "Drop", 5, "Reject", 5, "Block", 5, "Prevent", 5), 6))
            .build();

    private static Mapping.Builder signing(String name, int activity) {
        return endpoints(kind(name, 3002))
                .field("user", "user.name", NetworkFields.ACCOUNT)
                .field("user", "user.domain", NetworkFields.DOMAIN)
                .field("product", "service.name", TEXT)
                .constant("service.name", "Check Point")
                .field("auth_status", "status_id", words(Map.of("Successful Login", 1, "Failed Login", 2)))
                .fallback(
                        "action",
                        "status_id",
                        words(Map.of("Log In", 1, "Log Out", 1, "Failed Log In", 2, "Reject", 2, "Accept", 1)))
                .activity(activity);
    }

    private static final Mapping LOGON = signing("sign-in", 1).build();
    private static final Mapping LOGOFF = signing("sign-out", 2).build();

    private static final Mapping TUNNEL = endpoints(kind("remote access", 4014))
            .field("user", "user.name", NetworkFields.ACCOUNT)
            .field("user", "user.domain", NetworkFields.DOMAIN)
            // The address leased to the client within the tunnel.
            .field("office_mode_ip", "tunnel_interface.ip", NetworkFields.IP_OR_NONE)
            .constant("tunnel_type_id", 0)
            .activity(1)
            .build();

    /// What a blade found: the connection in which it was found is the evidence.
    private static Mapping.Builder finding(String name, int classUid) {
        return kind(name, classUid)
                .field("loguid", "finding_info.uid", TEXT)
                .field("protection_name", "finding_info.title", TEXT)
                .fallback("threat_name", "finding_info.title", TEXT)
                .fallback("attack", "finding_info.title", TEXT)
                .fallback("malware_rule_name", "finding_info.title", TEXT)
                .fallback("data_type", "finding_info.title", TEXT)
                .fallback("message_info", "finding_info.title", TEXT)
                .fallback("attack_info", "finding_info.title", TEXT)
                .fallback("product", "finding_info.title", TEXT)
                .field("attack_info", "finding_info.desc", TEXT)
                .field("policy", "finding_info.analytic.name", TEXT)
                .field("confidence_level", "confidence_id", words(Map.of("Low", 1, "Medium", 2, "High", 3), 0))
                .constant("is_alert", 1)
                .activity(1);
    }

    private static final Mapping THREAT = finding("threat", 2004)
            .field("src", "evidences[].src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("s_port", "evidences[].src_endpoint.port", PORT)
            .field("src_machine_name", "evidences[].src_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("dst", "evidences[].dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("service", "evidences[].dst_endpoint.port", PORT)
            .field("dst_machine_name", "evidences[].dst_endpoint.hostname", NetworkFields.HOSTNAME)
            .field("user", "evidences[].actor.user.name", NetworkFields.ACCOUNT)
            .fallback("src_user_name", "evidences[].actor.user.name", NetworkFields.ACCOUNT)
            .field("url", "evidences[].url.url_string", TEXT)
            .fallback("resource", "evidences[].url.url_string", TEXT)
            .field("file_name", "evidences[].file.name", TEXT)
            .field("malware_family", "malware[].name", TEXT)
            .build();

    private static final Mapping LEAK = finding("data loss", 2006)
            .field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("s_port", "src_endpoint.port", PORT)
            .field("dst", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
            .field("service", "dst_endpoint.port", PORT)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .fallback("sender", "actor.user.email_addr", CloudFields.MAIL)
            .field("object", "file.name", TEXT)
            .fallback("file_name", "file.name", TEXT)
            .field("data_type", "data_security.detection_pattern", TEXT)
            .field("policy", "data_security.policy.name", TEXT)
            .constant("data_security.detection_system_id", 2)
            .build();

    private static final Mapping MAIL = endpoints(kind("mail", 4009))
            .field("sender", "email.from", CloudFields.MAIL)
            .fallback("from", "email.from", CloudFields.MAIL)
            .field("recipient", "email.to", CloudFields.MAIL)
            .fallback("to", "email.to", CloudFields.MAIL)
            .field("subject", "email.subject", TEXT)
            .fallback("email_subject", "email.subject", TEXT)
            .field("size", "email.size", INTEGER)
            .field("direction", "direction_id", words(Map.of("Inbound", 1, "Outbound", 2, "Internal", 3), 0))
            .activity(3)
            .build();

    private static Mapping.Builder administration(String name, int classUid) {
        return kind(name, classUid)
                .field("user", "actor.user.name", NetworkFields.ACCOUNT)
                .fallback("administrator", "actor.user.name", NetworkFields.ACCOUNT)
                .constant("actor.user.name", "Unknown")
                .field("src", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .fallback("client_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("status", "status_id", CloudFields.words(Map.of("Success", 1, "Failure", 2)));
    }

    private static final Conversion CHANGE = (row, to, slice, kind) -> {
        String text = row.batch().text(slice);
        int activity = text.startsWith("Create") || text.startsWith("Add")
                ? 1
                : text.startsWith("Delete") || text.startsWith("Remove")
                        ? 4
                        : text.startsWith("Update") || text.startsWith("Modify") || text.startsWith("Set") ? 3 : 99;
        Conversion.put(row, to, activity);
        return true;
    };

    private static final Mapping API = administration("management API", 6003)
            .field("operation", "api.operation", TEXT)
            .fallback("action", "api.operation", TEXT)
            .constant("api.operation", "Unknown")
            .field("operation", "activity_id", CHANGE)
            .fallback("action", "activity_id", CHANGE)
            .field("object", "resources[].name", TEXT)
            .fallback("objectname", "resources[].name", TEXT)
            .build();

    private static final Mapping ENTITY = administration("management", 3004)
            .field("operation", "activity_id", CHANGE)
            .fallback("action", "activity_id", CHANGE)
            .field("object", "entity.name", TEXT)
            .fallback("objectname", "entity.name", TEXT)
            .field("objecttype", "entity.type", TEXT)
            .build();

    private static final Mapping OTHER = kind("other", 0)
            .field("user", "actor.user.name", NetworkFields.ACCOUNT)
            .fallback("administrator", "actor.user.name", NetworkFields.ACCOUNT)
            .activity(99)
            .build();

    /// The columns of SmartView Tracker's export, in the order of its default view.
    private static final int[] EXPORT = ids(
            "num",
            "date",
            "clock",
            "ifname",
            "orig",
            "type",
            "action",
            "service",
            "s_port",
            "src",
            "dst",
            "proto",
            "rule",
            "rule_name",
            "current_rule",
            "user",
            "information",
            "product",
            "xlatesrc",
            "xlatedst");

    private static int[] ids(String... names) {
        int[] ids = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            ids[i] = FieldNames.of(names[i]);
        }
        return ids;
    }

    private static final ThreadLocal<KeyValues> BARS = ThreadLocal.withInitial(() -> new KeyValues('|'));
    private static final ThreadLocal<KeyValues> SEMICOLONS = ThreadLocal.withInitial(() -> new KeyValues(';'));
    private static final ThreadLocal<KeyValues> SPACES = ThreadLocal.withInitial(() -> new KeyValues(' '));
    private static final ThreadLocal<Delimited> CUTTER = ThreadLocal.withInitial(Delimited::new);

    private final NameTable names = new NameTable();

    @Override
    public String name() {
        return "checkpoint";
    }

    @Override
    public String product() {
        return "Check Point R77 to R81.20: Log Exporter (syslog, generic, splunk) and SmartView exports";
    }

    @Override
    public boolean claims(Line line) {
        return list(line) >= 0 || pairs(line) != 0 || isExport(line);
    }

    /// Where `[name:"` of the syslog form stands: the header takes it for structured data, which it is not.
    private static int list(Line line) {
        byte[] b = line.bytes();
        long structured = line.header().structured();
        int at = structured >= 0 ? Column.from(structured) : line.from();
        if (line.at(at, "syslog[")) {
            at += 6;
        }
        if (at >= line.to() || b[at] != '[') {
            return -1;
        }
        int name = at + 1;
        while (name < line.to() && isName(b[name])) {
            name++;
        }
        boolean pair = name > at + 1 && line.at(name, ":\"");
        return pair && (line.indexOf("action:\"", at) >= 0 || line.indexOf("loguid:\"", at) >= 0) ? at + 1 : -1;
    }

    private static boolean isName(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_';
    }

    /// What separates `name=value` pairs of Check Point's fields, 0 if these are none.
    private static char pairs(Line line) {
        if (line.startsWith("CEF:")
                || line.indexOf("loguid=", line.from()) < 0
                || line.indexOf("action=", line.from()) < 0) {
            return 0;
        }
        int at = line.indexOf("=", line.from());
        if (at < 0 || at - line.from() > 32 || line.contains("LEEF:") || line.contains("CEF:")) {
            return 0;
        }
        byte[] b = line.bytes();
        for (int i = at; i < line.to(); i++) {
            if (b[i] == '|' || b[i] == ';') {
                return (char) b[i];
            }
        }
        return ' ';
    }

    /// `"22" "10Dec2019" "23:44:49" "eth1" …`.
    private static boolean isExport(Line line) {
        byte[] b = line.bytes();
        int at = line.from();
        if (at >= line.to() || b[at] != '"') {
            return false;
        }
        int end = at + 1;
        while (end < line.to() && b[end] >= '0' && b[end] <= '9') {
            end++;
        }
        if (end == at + 1 || !line.at(end, "\" \"")) {
            return false;
        }
        int date = end + 3;
        int digits = date;
        while (digits < line.to() && b[digits] >= '0' && b[digits] <= '9') {
            digits++;
        }
        return digits > date
                && digits - date <= 2
                && Times.month(b, digits, line.to()) != 0
                && line.at(digits + 7, "\" \"");
    }

    @Override
    public void read(Line line, Row row) {
        int list = list(line);
        if (list >= 0) {
            list(row, list, line.to());
        } else {
            char separator = pairs(line);
            if (separator != 0) {
                (separator == '|' ? BARS : separator == ';' ? SEMICOLONS : SPACES)
                        .get()
                        .parse(row, line.from(), line.to());
            } else {
                export(row, line.from(), line.to());
            }
        }
        row.map(mapping(row));
    }

    /// `name:"value"; name:"value"]`, a backslash before what would end a value.
    private void list(Row row, int from, int to) {
        byte[] b = row.bytes();
        int at = from;
        while (at < to && b[at] != ']') {
            while (at < to && (b[at] == ' ' || b[at] == ';')) {
                at++;
            }
            int name = at;
            while (at < to && isName(b[at])) {
                at++;
            }
            if (at == name || at + 1 >= to || b[at] != ':') {
                at++;
                continue;
            }
            int field = names.id(b, name, at);
            at++;
            boolean quoted = b[at] == '"';
            int value = quoted ? at + 1 : at;
            at = value;
            while (at < to && (quoted ? b[at] != '"' : b[at] != ';' && b[at] != ']')) {
                at += b[at] == '\\' ? 2 : 1;
            }
            int end = Math.min(at, to);
            if (end > value) {
                row.field(field, value, end);
            }
            at = end + (quoted ? 1 : 0);
        }
    }

    private static void export(Row row, int from, int to) {
        Delimited cutter = CUTTER.get();
        int count = cutter.cut(row, from, to, ' ');
        for (int i = 0; i < Math.min(count, EXPORT.length); i++) {
            long slice = cutter.value(i);
            if (Column.length(slice) > 0) {
                row.field(EXPORT[i], slice, EventBatch.TEXT);
            }
        }
        String date = row.text(EXPORT[1]);
        String clock = row.text(EXPORT[2]);
        if (date != null && clock != null && date.length() >= 8 && date.length() <= 9 && clock.length() <= 16) {
            int month = date.length() - 7;
            byte[] text = (date.substring(0, month) + " " + date.substring(month, month + 3) + " "
                            + date.substring(month + 3) + " " + clock)
                    .getBytes(StandardCharsets.UTF_8);
            long millis = Times.dayMonthYear(text, 0, text.length, row.context().zone());
            if (millis != Times.NONE) {
                row.set(Attribute.TIME, millis);
            }
        }
    }

    private static final Set<String> THREATS = Set.of(
            "IPS",
            "SmartDefense",
            "Anti-Virus",
            "New Anti Virus",
            "Anti-Bot",
            "Anti Malware",
            "Threat Emulation",
            "Threat Extraction",
            "Zero Phishing",
            "Anti-Ransomware",
            "Forensics",
            "Endpoint Forensics");

    private static final Set<String> MAILS = Set.of("MTA", "Anti-Spam", "Anti-Spam and Email Security");

    private static final Set<String> CONSOLES =
            Set.of("SmartConsole", "SmartDashboard", "SmartUpdate", "Object Manager", "SmartWorkflow");

    /// Which kind of record this is: by the blade that wrote it, then by what it holds.
    static Mapping mapping(Row row) {
        long action = row.value(ACTION);
        boolean named = action >= 0 && Column.length(action) < 32;
        if (named && NetworkFields.isSaid(row, USER)) {
            byte[] b = row.bytes();
            if (GenericFields.saysLogoff(b, action)) {
                return LOGOFF;
            }
            if (GenericFields.saysLogon(b, action)) {
                return LOGON;
            }
        }
        if (row.has(OFFICE) && NetworkFields.isSaid(row, USER)) {
            return TUNNEL;
        }
        long product = row.value(PRODUCT);
        if (product >= 0 && Column.length(product) < 40) {
            String blade = row.batch().text(product);
            if (THREATS.contains(blade)) {
                return THREAT;
            }
            if (blade.equals("DLP")) {
                return LEAK;
            }
            if (MAILS.contains(blade) && (hasMail(row, SENDER) || hasMail(row, RECIPIENT))) {
                return MAIL;
            }
            if (blade.equals("WEB_API") || blade.equals("Web API")) {
                CloudFields.sourceOrUnknown(row, SRC, CLIENT);
                return API;
            }
            if (CONSOLES.contains(blade) && (row.has(OBJECT) || row.has(OBJECT_NAME))) {
                return ENTITY;
            }
        }
        if (named && row.equal(action, "Detect")) {
            return THREAT;
        }
        return NetworkFields.isSaid(row, SRC) || NetworkFields.isSaid(row, DST) ? CONNECTION : OTHER;
    }

    private static boolean hasMail(Row row, int field) {
        long slice = row.value(field);
        return slice >= 0 && row.batch().text(slice).indexOf('@') > 0;
    }
}
