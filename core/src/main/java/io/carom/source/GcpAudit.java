package io.carom.source;

import static io.carom.source.mapping.Conversion.BOOLEAN;
import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Google Cloud's audit logs (`google.cloud.audit.AuditLog`, admin activity, data access, system events,
/// policy denied), as Cloud Logging exports them to storage and Pub/Sub, or in the `data` of a message.
/// Google Workspace's logs that Cloud Logging shares have the same form.
///
/// Names follow the reference of `LogEntry` v2 and `AuditLog`. A method's last word tells what it does:
/// `storage.objects.get`, `google.iam.admin.v1.CreateServiceAccountKey`.
@AutoService(Source.class)
public final class GcpAudit implements JsonSource {
    private static final String[] PREFIXES = {"", "data."};
    private static final int[] TYPES = fields("protoPayload.@type");
    private static final int[] METHODS = fields("protoPayload.methodName");
    private static final int[] ADDRESSES = fields("protoPayload.requestMetadata.callerIp");

    private static int[] fields(String name) {
        int[] ids = new int[PREFIXES.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = FieldNames.of(PREFIXES[i] + name);
        }
        return ids;
    }

    private static final Conversion SEVERITY = CloudFields.words(Map.of(
            "DEFAULT",
            1,
            "DEBUG",
            1,
            "INFO",
            1,
            "NOTICE",
            1,
            "WARNING",
            2,
            "ERROR",
            3,
            "CRITICAL",
            4,
            "ALERT",
            5,
            "EMERGENCY",
            6));

    /// `google.rpc.Code`: 0 is OK.
    private static final Conversion OUTCOME = (row, to, slice, kind) -> {
        Conversion.put(row, to, row.equal(slice, "0") ? 1 : 2);
        return true;
    };

    private static final String[][] VERBS = {
        {"create", "1"},
        {"insert", "1"},
        {"add", "1"},
        {"generate", "1"},
        {"get", "2"},
        {"list", "2"},
        {"aggregatedlist", "2"},
        {"read", "2"},
        {"search", "2"},
        {"query", "2"},
        {"access", "2"},
        {"test", "2"},
        {"batchget", "2"},
        {"download", "2"},
        {"update", "3"},
        {"patch", "3"},
        {"set", "3"},
        {"enable", "3"},
        {"disable", "3"},
        {"start", "3"},
        {"stop", "3"},
        {"attach", "3"},
        {"detach", "3"},
        {"move", "3"},
        {"undelete", "3"},
        {"modify", "3"},
        {"delete", "4"},
        {"remove", "4"},
        {"destroy", "4"}
    };

    private static final Conversion VERB = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int word = end;
        while (word > from && b[word - 1] != '.') {
            word--;
        }
        int activity = 99;
        for (String[] verb : VERBS) {
            if (begins(b, word, end, verb[0])) {
                activity = verb[1].charAt(0) - '0';
                break;
            }
        }
        Conversion.put(row, to, activity);
        return true;
    };

    private static boolean begins(byte[] b, int from, int to, String lower) {
        if (to - from < lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if ((b[from + i] | 0x20) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static final Mapping CALL = call();

    private static Mapping call() {
        Mapping.Builder to = Mapping.of("API call", 6003);
        for (String p : PREFIXES) {
            String payload = p + "protoPayload.";
            to.field(p + "timestamp", "time", ISO_TIME)
                    .fallback(p + "receiveTimestamp", "time", ISO_TIME)
                    .field(p + "insertId", "metadata.uid", TEXT)
                    .field(p + "logName", "metadata.log_name", TEXT)
                    .field(p + "operation.id", "metadata.correlation_uid", TEXT)
                    .field(p + "severity", "severity_id", SEVERITY)
                    .field(p + "resource.labels.project_id", "cloud.project_uid", TEXT)
                    .field(p + "resource.labels.location", "cloud.region", TEXT)
                    .field(payload + "methodName", "metadata.event_code", TEXT)
                    .field(payload + "methodName", "api.operation", TEXT)
                    .field(payload + "methodName", "activity_id", VERB)
                    .field(payload + "serviceName", "api.service.name", TEXT)
                    .field(payload + "status.code", "status_id", OUTCOME)
                    .field(payload + "status.code", "status_code", TEXT)
                    .field(payload + "status.message", "status_detail", TEXT)
                    .field(payload + "authenticationInfo.principalEmail", "actor.user.name", TEXT)
                    .field(payload + "authenticationInfo.principalEmail", "actor.user.email_addr", CloudFields.MAIL)
                    .fallback(payload + "authenticationInfo.principalSubject", "actor.user.name", TEXT)
                    .field(payload + "authenticationInfo.principalSubject", "actor.user.uid", TEXT)
                    .field(
                            payload + "authenticationInfo.serviceAccountKeyName",
                            "actor.user.credential_uid",
                            CloudFields.LAST_PART)
                    .field(payload + "requestMetadata.callerIp", "src_endpoint.ip", CloudFields.IP)
                    .field(payload + "requestMetadata.callerIp", "src_endpoint.name", CloudFields.NAME_IF_NO_IP)
                    .field(payload + "requestMetadata.callerSuppliedUserAgent", "http_request.user_agent", TEXT)
                    .field(payload + "resourceName", "resources[].name", TEXT)
                    .field(payload + "authorizationInfo.permission", "unmapped.permissions", TEXT)
                    .field(payload + "authorizationInfo.granted", "unmapped.granted", BOOLEAN);
        }
        return to.constant("status_id", 1)
                .constant("actor.user.name", "Unknown")
                .constant("api.operation", "Unknown")
                .constant("cloud.provider", "GCP")
                .product("Google", "Cloud Audit Logs")
                .build();
    }

    @Override
    public String name() {
        return "gcp-audit";
    }

    @Override
    public String product() {
        return "Google Cloud audit logs: Cloud Logging LogEntry v2";
    }

    @Override
    public boolean claims(Row row) {
        for (int i = 0; i < PREFIXES.length; i++) {
            if (row.is(TYPES[i], "type.googleapis.com/google.cloud.audit.AuditLog")
                    || row.has(METHODS[i]) && (row.has(ADDRESSES[i]) || row.has(TYPES[i]) || i > 0)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void read(Row row) {
        CloudFields.sourceOrUnknown(row, ADDRESSES);
        row.map(CALL);
    }
}
