package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Objects of Microsoft Graph that tell of security and that name their own type in `@odata.type`: Defender's
/// alerts and incidents, Identity Protection's risky sign-ins and users, Intune's devices, applications and
/// compliance.
///
/// Names follow the Graph reference, v1.0 (`microsoft.graph.security.alert`, `riskDetection` and so on).
/// Sign-ins and directory audits carry no type and are read as {@link AzureSignIn} and {@link AzureAudit}.
@AutoService(Source.class)
public final class MicrosoftGraph implements JsonSource {
    private static final int TYPE = FieldNames.of("@odata.type");
    private static final String PREFIX = "#microsoft.graph.";

    private static final Conversion SEVERITY =
            CloudFields.words(Map.of("informational", 1, "low", 2, "medium", 3, "high", 4, "none", 1, "hidden", 0));
    private static final Conversion RISK = CloudFields.words(Map.of("none", 0, "low", 1, "medium", 2, "high", 3));
    /// Graph's states of alerts and incidents as OCSF's of findings.
    private static final Conversion STATE = Conversion.words(
            Map.of("new", 1, "inProgress", 2, "active", 2, "awaitingAction", 2, "resolved", 4, "redirected", 99), 0);

    private static final Conversion ACTIVITY =
            Conversion.words(Map.of("resolved", 3, "redirected", 3, "new", 1, "inProgress", 2), 2);

    /// What Microsoft or a person decided of it.
    private static final Conversion VERDICT = CloudFields.words(
            Map.of("falsePositive", 1, "truePositive", 2, "informationalExpectedActivity", 4, "unknown", 0));

    private static final Mapping ALERT = made("alert", 2004)
            .field("createdDateTime", "time", ISO_TIME)
            .fallback("lastUpdateDateTime", "time", ISO_TIME)
            .field("id", "finding_info.uid", TEXT)
            .field("title", "finding_info.title", TEXT)
            .field("description", "finding_info.desc", TEXT)
            .field("description", "message", TEXT)
            .field("category", "finding_info.types", TEXT)
            .field("createdDateTime", "finding_info.created_time", ISO_TIME)
            .field("lastUpdateDateTime", "finding_info.modified_time", ISO_TIME)
            .field("firstActivityDateTime", "finding_info.first_seen_time", ISO_TIME)
            .field("lastActivityDateTime", "finding_info.last_seen_time", ISO_TIME)
            .field("detectorId", "finding_info.analytic.uid", TEXT)
            .field("mitreTechniques", "attacks[].technique.uid", TEXT)
            .field("alertWebUrl", "src_url", TEXT)
            .field("severity", "severity_id", SEVERITY)
            .field("status", "status_id", STATE)
            .field("status", "activity_id", ACTIVITY)
            .field("classification", "verdict_id", VERDICT)
            .field("assignedTo", "assignee.name", TEXT)
            .field("serviceSource", "metadata.log_name", TEXT)
            .field("incidentId", "metadata.correlation_uid", TEXT)
            .field("evidence.deviceDnsName", "evidences[].device.hostname", TEXT)
            .field("evidence.mdeDeviceId", "evidences[].device.uid", TEXT)
            .field("evidence.ipAddress", "evidences[].src_endpoint.ip", CloudFields.IP)
            .field("evidence.userAccount.accountName", "evidences[].user.name", TEXT)
            .field("evidence.userAccount.userPrincipalName", "evidences[].user.email_addr", CloudFields.MAIL)
            .field("evidence.url", "evidences[].url.url_string", TEXT)
            .constant("is_alert", 1)
            .build();

    private static final Mapping INCIDENT = made("incident", 2005)
            .field("createdDateTime", "time", ISO_TIME)
            .fallback("lastUpdateDateTime", "time", ISO_TIME)
            .field("id", "finding_info_list[].uid", TEXT)
            .field("displayName", "finding_info_list[].title", TEXT)
            .field("description", "desc", TEXT)
            .field("summary", "message", TEXT)
            .field("incidentWebUrl", "src_url", TEXT)
            .field("severity", "severity_id", SEVERITY)
            .field("status", "status_id", STATE)
            .field("status", "activity_id", ACTIVITY)
            .field("classification", "verdict_id", VERDICT)
            .field("assignedTo", "assignee.name", TEXT)
            .constant("assignee.name", "Unknown")
            .build();

    private static Mapping.Builder risk(String name) {
        return made(name, 2004)
                .field("riskLevel", "risk_level_id", RISK)
                .field("riskLevel", "severity_id", SEVERITY)
                .field("riskDetail", "risk_details", TEXT)
                .field("riskState", "status_detail", TEXT)
                .field("id", "finding_info.uid", TEXT)
                .field("userPrincipalName", "evidences[].user.name", TEXT)
                .field("userDisplayName", "evidences[].user.full_name", TEXT)
                .constant("is_alert", 1)
                .activity(1);
    }

    private static final Mapping RISK_DETECTION = risk("risk detection")
            .field("activityDateTime", "time", ISO_TIME)
            .fallback("detectedDateTime", "time", ISO_TIME)
            .field("detectedDateTime", "finding_info.created_time", ISO_TIME)
            .field("lastUpdatedDateTime", "finding_info.modified_time", ISO_TIME)
            .field("riskEventType", "finding_info.title", TEXT)
            .field("riskEventType", "metadata.event_code", TEXT)
            .field("source", "metadata.log_name", TEXT)
            .field("correlationId", "metadata.correlation_uid", TEXT)
            .field("userId", "evidences[].user.uid", TEXT)
            .field("ipAddress", "evidences[].src_endpoint.ip", CloudFields.IP)
            .field("location.city", "evidences[].src_endpoint.location.city", TEXT)
            .field("location.countryOrRegion", "evidences[].src_endpoint.location.country", TEXT)
            .build();

    private static final Mapping RISKY_USER = risk("risky user")
            .field("riskLastUpdatedDateTime", "time", ISO_TIME)
            .field("id", "evidences[].user.uid", TEXT)
            .constant("finding_info.title", "Risky user")
            .build();

    private static final Mapping DEVICE = made("device", 5001)
            .field("lastSyncDateTime", "time", ISO_TIME)
            .field("deviceName", "device.name", TEXT)
            .field("deviceName", "device.hostname", NetworkFields.HOSTNAME)
            .field("id", "device.uid", TEXT)
            .field("azureADDeviceId", "device.uid_alt", TEXT)
            .field("operatingSystem", "device.os.name", TEXT)
            .field("osVersion", "device.os.version", TEXT)
            .field("model", "device.model", TEXT)
            .field("manufacturer", "device.vendor_name", TEXT)
            .field("serialNumber", "device.hw_info.serial_number", TEXT)
            .field("wiFiMacAddress", "device.mac", NetworkFields.MAC)
            .field("enrolledDateTime", "device.first_seen_time", ISO_TIME)
            .field("lastSyncDateTime", "device.last_seen_time", ISO_TIME)
            .field(
                    "complianceState",
                    "device.is_compliant",
                    CloudFields.words(Map.of("compliant", 1, "noncompliant", 0)))
            .field("userPrincipalName", "device.owner.name", TEXT)
            .field("userPrincipalName", "device.owner.email_addr", CloudFields.MAIL)
            .field("userDisplayName", "device.owner.full_name", TEXT)
            .field("userId", "device.owner.uid", TEXT)
            .activity(2)
            .build();

    /// One application as found on many devices: which ones is asked elsewhere.
    private static final Mapping APPLICATION = made("application", 5020)
            .field("displayName", "package.name", TEXT)
            .field("version", "package.version", TEXT)
            .field("publisher", "package.vendor_name", TEXT)
            .field("id", "package.uid", TEXT)
            .constant("package.name", "Unknown")
            .constant("package.version", "Unknown")
            .constant("device.name", "Unknown")
            .activity(2)
            .build();

    private static final Mapping COMPLIANCE = made("compliance", 2003)
            .field("id", "finding_info.uid", TEXT)
            .field("settingName", "finding_info.title", TEXT)
            .field("setting", "compliance.control", TEXT)
            .constant("finding_info.title", "Compliance")
            .constant("compliance.control", "Unknown")
            .activity(1)
            .build();

    private static final Mapping OTHER = Mapping.of("other", 0)
            .field("activityDateTime", "time", ISO_TIME)
            .fallback("createdDateTime", "time", ISO_TIME)
            .fallback("lastModifiedDateTime", "time", ISO_TIME)
            .field("id", "metadata.uid", TEXT)
            .field("@odata.type", "metadata.event_code", TEXT)
            .field("displayName", "message", TEXT)
            .product("Microsoft", "Graph")
            .activity(99)
            .build();

    private static Mapping.Builder made(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("id", "metadata.uid", TEXT)
                .field("tenantId", "cloud.account.uid", TEXT)
                .constant("cloud.provider", "Azure")
                .product("Microsoft", "Graph");
    }

    private static final Map<String, Mapping> BY_TYPE = Map.of(
            "security.alert", ALERT,
            "security.incident", INCIDENT,
            "riskDetection", RISK_DETECTION,
            "servicePrincipalRiskDetection", RISK_DETECTION,
            "riskyUser", RISKY_USER,
            "managedDevice", DEVICE,
            "detectedApp", APPLICATION,
            "deviceCompliancePolicySettingStateSummary", COMPLIANCE);

    @Override
    public String name() {
        return "microsoft-graph";
    }

    @Override
    public String product() {
        return "Microsoft Graph v1.0: Defender XDR alerts and incidents, Entra ID Protection, Intune";
    }

    /// The object's own type stands first; one further in is of a member.
    @Override
    public boolean claims(Row row) {
        return type(row) != null;
    }

    private static @Nullable String type(Row row) {
        long slice = row.value(TYPE);
        if (slice < 0 || Column.length(slice) > 100) {
            return null;
        }
        String type = row.batch().text(slice);
        return type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : null;
    }

    @Override
    public void read(Row row) {
        row.map(BY_TYPE.getOrDefault(String.valueOf(type(row)), OTHER));
    }
}
