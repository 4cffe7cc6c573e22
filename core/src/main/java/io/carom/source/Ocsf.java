package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.Kind;
import io.carom.event.OcsfAttribute;
import io.carom.event.OcsfClass;
import io.carom.event.OcsfEnum;
import io.carom.event.OcsfSchema;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Events that are OCSF already, an object an event, of any version from 1.0 on: Amazon Security Lake, other
/// pipelines, Carom's own `convert`.
///
/// What detection and tracing ask of is taken over, by class, where OCSF 1.8.0 has it and the value is of its
/// type; all else stays in the native record. A class that 1.8.0 does not know is a base event.
@AutoService(Source.class)
public final class Ocsf implements JsonSource {
    private static final int CLASS = FieldNames.of("class_uid");
    private static final int[] OTHERS = {
        FieldNames.of("category_uid"), FieldNames.of("type_uid"), FieldNames.of("metadata.version")
    };

    private static final String[] ENDPOINT = {
        "ip",
        "port",
        "hostname",
        "name",
        "uid",
        "mac",
        "domain",
        "svc_name",
        "instance_uid",
        "vpc_uid",
        "zone",
        "type_id",
        "os.name",
        "os.version",
        "os.type_id",
        "location.city",
        "location.country",
        "autonomous_system.number"
    };
    private static final String[] USER = {
        "name", "uid", "domain", "email_addr", "full_name", "type_id", "uid_alt", "account.uid", "credential_uid"
    };
    private static final String[] FILE = {"name", "path", "size", "type_id", "mime_type", "parent_folder", "ext"};
    private static final String[] PROCESS = {"name", "pid", "uid", "cmd_line", "created_time", "integrity_id"};
    private static final String[] URL = {"url_string", "hostname", "path", "query_string", "scheme", "port"};

    private static final List<String> PATHS = paths();

    private static List<String> paths() {
        List<String> all = new ArrayList<>(List.of(
                "time",
                "activity_id",
                "severity_id",
                "status_id",
                "status_code",
                "status_detail",
                "message",
                "count",
                "duration",
                "start_time",
                "end_time",
                "timezone_offset",
                "action_id",
                "disposition_id",
                "confidence_id",
                "confidence_score",
                "risk_level_id",
                "risk_score",
                "is_alert",
                "metadata.uid",
                "metadata.event_code",
                "metadata.correlation_uid",
                "metadata.log_name",
                "metadata.log_provider",
                "metadata.original_time",
                "metadata.logged_time",
                "metadata.product.name",
                "metadata.product.vendor_name",
                "metadata.product.version",
                "metadata.product.uid",
                "cloud.provider",
                "cloud.region",
                "cloud.account.uid",
                "cloud.account.name",
                "cloud.org.uid",
                "cloud.project_uid"));
        all.addAll(List.of(
                "app_name",
                "connection_info.protocol_num",
                "connection_info.protocol_name",
                "connection_info.direction_id",
                "connection_info.boundary_id",
                "connection_info.uid",
                "connection_info.tcp_flags",
                "traffic.bytes",
                "traffic.bytes_in",
                "traffic.bytes_out",
                "traffic.packets",
                "traffic.packets_in",
                "traffic.packets_out",
                "query.hostname",
                "query.type",
                "query.class",
                "rcode_id",
                "answers[].rdata",
                "answers[].type",
                "answers[].class",
                "answers[].ttl",
                "http_request.http_method",
                "http_request.user_agent",
                "http_request.referrer",
                "http_request.version",
                "http_response.code",
                "http_response.content_type",
                "tls.version",
                "tls.sni",
                "tls.cipher",
                "tls.certificate.issuer",
                "tls.certificate.subject",
                "client_hassh.fingerprint.value",
                "dialect",
                "share",
                "share_type",
                "command",
                "protocol_name",
                "lease_dur",
                "transaction_uid"));
        all.addAll(List.of(
                "auth_protocol_id",
                "logon_type_id",
                "is_mfa",
                "is_remote",
                "is_cleartext",
                "is_new_logon",
                "session.uid",
                "session.issuer",
                "service.name",
                "service.uid",
                "group.name",
                "group.uid",
                "entity.name",
                "entity.uid",
                "entity.type",
                "privileges",
                "actor.app_name",
                "actor.app_uid",
                "actor.session.uid",
                "actor.invoked_by",
                "api.operation",
                "api.service.name",
                "api.version",
                "api.request.uid",
                "api.response.error",
                "api.response.code",
                "resources[].uid",
                "resources[].name",
                "resources[].type"));
        all.addAll(List.of(
                "reg_key.path",
                "reg_value.path",
                "reg_value.name",
                "reg_value.data",
                "win_service.name",
                "win_service.cmd_line",
                "win_service.run_state_id",
                "win_resource.name",
                "job.name",
                "job.cmd_line",
                "script.name",
                "script.script_content.value",
                "script.type_id",
                "log_name",
                "log_provider",
                "log_type_id",
                "requested_permissions",
                "actual_permissions",
                "email.from",
                "email.to",
                "email.cc",
                "email.subject",
                "email.message_uid",
                "email.size",
                "email.reply_to",
                "direction_id",
                "file_diff"));
        all.addAll(List.of(
                "finding.uid",
                "finding.title",
                "finding.desc",
                "finding.types",
                "command_uid",
                "vulnerabilities[].cve.uid",
                "vulnerabilities[].title",
                "vulnerabilities[].severity",
                "finding_info.uid",
                "finding_info.title",
                "finding_info.desc",
                "finding_info.types",
                "finding_info.created_time",
                "finding_info.modified_time",
                "finding_info.first_seen_time",
                "finding_info.last_seen_time",
                "finding_info.analytic.name",
                "finding_info.analytic.uid",
                "attacks[].technique.uid",
                "attacks[].technique.name",
                "malware[].name",
                "firewall_rule.name",
                "firewall_rule.uid",
                "policy.name",
                "policy.uid",
                "evidences[].src_endpoint.ip",
                "evidences[].src_endpoint.port",
                "evidences[].dst_endpoint.ip",
                "evidences[].dst_endpoint.port",
                "evidences[].device.hostname",
                "evidences[].device.ip",
                "evidences[].user.name",
                "evidences[].actor.user.name",
                "evidences[].actor.process.name",
                "evidences[].process.name",
                "evidences[].process.cmd_line",
                "evidences[].file.name",
                "evidences[].file.path",
                "evidences[].url.url_string",
                "evidences[].query.hostname",
                "finding_info_list[].uid",
                "finding_info_list[].title",
                "compliance.control",
                "package.name",
                "package.version"));
        for (String place : new String[] {"src_endpoint", "dst_endpoint", "device", "proxy_endpoint"}) {
            add(all, place, ENDPOINT);
        }
        for (String place : new String[] {"user", "actor.user", "process.user", "actor.process.user"}) {
            add(all, place, USER);
        }
        for (String place : new String[] {
            "file",
            "process.file",
            "actor.process.file",
            "module.file",
            "driver.file",
            "process.parent_process.file",
            "actor.process.parent_process.file",
            "file_result"
        }) {
            add(all, place, FILE);
        }
        for (String place :
                new String[] {"process", "actor.process", "process.parent_process", "actor.process.parent_process"}) {
            add(all, place, PROCESS);
        }
        for (String place : new String[] {"url", "http_request.url"}) {
            add(all, place, URL);
        }
        return List.copyOf(all);
    }

    private static void add(List<String> all, String place, String[] members) {
        for (String member : members) {
            all.add(place + "." + member);
        }
    }

    /// Where hashes stand: a list whose elements name their algorithm.
    private static final List<String> HASHED = List.of(
            "file",
            "process.file",
            "actor.process.file",
            "module.file",
            "driver.file",
            "process.parent_process.file",
            "actor.process.parent_process.file");

    private static final int ALGORITHMS = 8;

    /// One class of OCSF.
    private record Shape(Mapping mapping, List<Hashes> hashes, List<Demand> demands) {}

    private record Hashes(
            int algorithms, int values, @Nullable Attribute[] byAlgorithm) {}

    /// An object that every event of the class has: what of it may be known, and what says that it is not.
    private record Demand(List<Attribute> known, Attribute unknown) {}

    private static final ConcurrentHashMap<Integer, Shape> SHAPES = new ConcurrentHashMap<>();

    private static Shape shape(OcsfClass of) {
        OcsfSchema schema = OcsfSchema.get();
        Mapping.Builder to = Mapping.of(of.name(), of.uid());
        for (String path : PATHS) {
            OcsfAttribute fact = schema.attribute(of, path);
            Conversion conversion = fact == null ? null : conversion(fact);
            if (conversion != null) {
                to.field(path.replace("[]", ""), path, conversion);
            }
        }
        to.fallback("time_dt", "time", Conversion.TIME);
        List<Hashes> hashes = new ArrayList<>();
        for (String place : HASHED) {
            if (schema.attribute(of, place + ".hashes") != null) {
                @Nullable Attribute[] byAlgorithm = new @Nullable Attribute[ALGORITHMS];
                for (int id = 1; id < ALGORITHMS; id++) {
                    byAlgorithm[id] = Attribute.of(place + ".hashes[algorithm_id=" + id + "].value");
                }
                String list = place + ".hashes.";
                hashes.add(
                        new Hashes(FieldNames.of(list + "algorithm_id"), FieldNames.of(list + "value"), byAlgorithm));
            }
        }
        return new Shape(to.build(), hashes, demands(of));
    }

    private static List<Demand> demands(OcsfClass of) {
        List<Demand> demands = new ArrayList<>();
        for (OcsfAttribute fact : of.attributes().values()) {
            if (!fact.isRequired() || !fact.profiles().isEmpty() || fact.name().equals("metadata")) {
                continue;
            }
            if (fact.objectType() == null) {
                // A list of texts, or a text without an enumeration: "Unknown" stands for it.
                if (fact.array() && fact.kind() == Kind.STRING && fact.values() == null) {
                    demands.add(new Demand(List.of(), Attribute.of(fact.name())));
                }
                continue;
            }
            for (String member : new String[] {
                "name",
                "user.name",
                "title",
                "cve.uid",
                "path",
                "operation",
                "file.name",
                "control",
                "from",
                "uid",
                "url_string"
            }) {
                String path = fact.name() + (fact.array() ? "[]." : ".") + member;
                OcsfAttribute at = OcsfSchema.get().attribute(of, path);
                if (at != null && at.kind() == Kind.STRING && !at.type().equals("email_t")) {
                    demands.add(new Demand(members(of, fact.name()), Attribute.of(path)));
                    break;
                }
            }
        }
        return demands;
    }

    private static List<Attribute> members(OcsfClass of, String object) {
        return PATHS.stream()
                .filter(path -> path.startsWith(object + ".") || path.startsWith(object + "[]."))
                .filter(path -> OcsfSchema.get().attribute(of, path) != null)
                .map(Attribute::of)
                .toList();
    }

    private static @Nullable Conversion conversion(OcsfAttribute fact) {
        OcsfEnum values = fact.values();
        if (values != null) {
            return fact.kind() == Kind.STRING ? word(values) : number(values);
        }
        return switch (fact.type()) {
            case "ip_t" -> NetworkFields.IP_OR_NONE;
            case "mac_t" -> NetworkFields.MAC;
            case "email_t" -> CloudFields.MAIL;
            case "port_t" -> Conversion.PORT;
            case "timestamp_t" -> Conversion.TIME;
            case "uuid_t", "datetime_t", "json_t", "bytestring_t", "subnet_t" -> null;
            default ->
                switch (fact.kind()) {
                    case STRING -> TEXT;
                    case INTEGER, LONG -> Conversion.INTEGER;
                    case BOOLEAN -> Conversion.BOOLEAN;
                    case FLOAT -> Conversion.FLOAT;
                    case TIMESTAMP -> Conversion.TIME;
                    case JSON -> null;
                };
        };
    }

    /// Text, but not the signs of an empty list or object.
    private static final Conversion TEXT = (row, to, slice, kind) ->
            row.equal(slice, "[]") || row.equal(slice, "{}") || Conversion.TEXT.write(row, to, slice, kind);

    /// A number that the enumeration has; other versions' are Other.
    private static Conversion number(OcsfEnum values) {
        return (row, to, slice, kind) -> {
            long value = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
            if (value == Numbers.NONE) {
                return false;
            }
            if (values.caption(value) != null) {
                Conversion.put(row, to, value);
            } else if (values.caption(OcsfEnum.OTHER) != null) {
                Conversion.put(row, to, OcsfEnum.OTHER);
            }
            return true;
        };
    }

    private static Conversion word(OcsfEnum values) {
        return (row, to, slice, kind) -> {
            if (Column.length(slice) < 64 && values.has(row.batch().text(slice))) {
                Conversion.put(row, to, slice);
            }
            return true;
        };
    }

    @Override
    public String name() {
        return "ocsf";
    }

    @Override
    public String product() {
        return "OCSF events as JSON, versions 1.0 to 1.8: Amazon Security Lake, pipelines, Carom";
    }

    /// Asked before the products, whose own names may stand in `unmapped`.
    @Override
    public int rank() {
        return 10;
    }

    @Override
    public boolean claims(Row row) {
        if (!row.has(CLASS)) {
            return false;
        }
        for (int other : OTHERS) {
            if (row.has(other)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void read(Row row) {
        long slice = row.value(CLASS);
        long uid = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        OcsfClass of = uid < 0 || uid > 999_999 ? null : OcsfSchema.get().findByUid((int) uid);
        Shape shape = SHAPES.computeIfAbsent(
                of == null ? 0 : of.uid(), id -> shape(OcsfSchema.get().byUid(id)));
        for (Hashes hashes : shape.hashes()) {
            hashes(row, hashes);
        }
        if (!row.apply(shape.mapping())) {
            return;
        }
        EventBatch batch = row.batch();
        for (Demand demand : shape.demands()) {
            if (!batch.has(demand.unknown()) && demand.known().stream().noneMatch(batch::has)) {
                if (demand.unknown().list()) {
                    row.add(demand.unknown(), "Unknown");
                } else {
                    row.set(demand.unknown(), "Unknown");
                }
            }
        }
        row.end(shape.mapping());
    }

    /// Every element has both members, so the n-th value is of the n-th algorithm.
    private static void hashes(Row row, Hashes hashes) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        int value = batch.firstSlot(batch.rows());
        for (int slot = value; slot < end; slot++) {
            if (batch.slotField(slot) != hashes.algorithms()) {
                continue;
            }
            while (value < end && batch.slotField(value) != hashes.values()) {
                value++;
            }
            if (value == end) {
                return;
            }
            long id = Numbers.integer(
                    row.bytes(), Column.from(batch.slotValue(slot)), Column.length(batch.slotValue(slot)));
            Attribute to = id > 0 && id < ALGORITHMS ? hashes.byAlgorithm()[(int) id] : null;
            if (to != null && batch.slotKind(value) == EventBatch.TEXT && !batch.has(to)) {
                Conversion.LOWER.write(row, to, batch.slotValue(value), EventBatch.TEXT);
            }
            value++;
        }
    }
}
