package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Numbers;

/// AWS GuardDuty findings, schema version 2.0, as exported to S3 or in an EventBridge envelope.
///
/// Names follow the user guide's "Finding details". The remote address of the finding's action is the
/// evidence's source endpoint.
@AutoService(Source.class)
public final class GuardDuty implements JsonSource {
    private static final int SERVICE = FieldNames.of("service.serviceName");
    private static final int WRAPPED = FieldNames.of("detail.service.serviceName");

    /// GuardDuty's bounds: below 4 low, below 7 medium, below 9 high, then critical.
    private static final Conversion SEVERITY = (row, to, slice, kind) -> {
        double severity = Numbers.decimal(row.bytes(), Column.from(slice), Column.length(slice));
        if (Double.isNaN(severity)) {
            return false;
        }
        Conversion.put(row, to, severity < 4 ? 2 : severity < 7 ? 3 : severity < 9 ? 4 : 5);
        return true;
    };

    private static final Mapping FINDING = finding();

    private static Mapping finding() {
        Mapping.Builder m = Mapping.of("finding", 2004)
                .field("updatedAt", "time", ISO_TIME)
                .fallback("service.eventLastSeen", "time", ISO_TIME)
                .fallback("createdAt", "time", ISO_TIME)
                .field("id", "finding_info.uid", TEXT)
                .field("id", "metadata.uid", TEXT)
                .field("title", "finding_info.title", TEXT)
                .field("description", "finding_info.desc", TEXT)
                .field("description", "message", TEXT)
                .field("type", "finding_info.types", TEXT)
                .field("type", "metadata.event_code", TEXT)
                .field("createdAt", "finding_info.created_time", ISO_TIME)
                .field("updatedAt", "finding_info.modified_time", ISO_TIME)
                .field("service.eventFirstSeen", "finding_info.first_seen_time", ISO_TIME)
                .field("service.eventLastSeen", "finding_info.last_seen_time", ISO_TIME)
                .field("severity", "severity_id", SEVERITY)
                .field("accountId", "cloud.account.uid", TEXT)
                .field("region", "cloud.region", TEXT)
                .field("resource.accessKeyDetails.userName", "evidences[].actor.user.name", TEXT)
                .field("resource.accessKeyDetails.principalId", "evidences[].actor.user.uid", TEXT)
                .field("resource.accessKeyDetails.accessKeyId", "evidences[].actor.user.credential_uid", TEXT)
                .field("service.action.awsApiCallAction.api", "evidences[].api.operation", TEXT)
                .field("service.action.awsApiCallAction.serviceName", "evidences[].api.service.name", TEXT)
                .field("service.action.dnsRequestAction.domain", "evidences[].query.hostname", TEXT)
                .field("resource.instanceDetails.instanceId", "resources[].uid", TEXT)
                .field("resource.s3BucketDetails.arn", "resources[].uid", TEXT)
                .field("resource.eksClusterDetails.arn", "resources[].uid", TEXT)
                .constant("cloud.provider", "AWS")
                .constant("is_alert", 1)
                .activity(1)
                .product("AWS", "GuardDuty");
        for (String action : new String[] {
            "awsApiCallAction",
            "networkConnectionAction",
            "kubernetesApiCallAction",
            "rdsLoginAttemptAction",
            "portProbeAction.portProbeDetails"
        }) {
            String remote = "service.action." + action + ".remoteIpDetails.";
            m.field(
                    "service.action." + action + ".localIpDetails.ipAddressV4",
                    "evidences[].dst_endpoint.ip",
                    CloudFields.IP);
            m.field(remote + "ipAddressV4", "evidences[].src_endpoint.ip", CloudFields.IP)
                    .field(remote + "ipAddressV6", "evidences[].src_endpoint.ip", CloudFields.IP)
                    .field(remote + "country.countryName", "evidences[].src_endpoint.location.country", TEXT)
                    .field(remote + "city.cityName", "evidences[].src_endpoint.location.city", TEXT);
        }
        return m.field(
                        "service.action.networkConnectionAction.remotePortDetails.port",
                        "evidences[].src_endpoint.port",
                        PORT)
                .field(
                        "service.action.networkConnectionAction.localPortDetails.port",
                        "evidences[].dst_endpoint.port",
                        PORT)
                .build();
    }

    @Override
    public String name() {
        return "guardduty";
    }

    @Override
    public String product() {
        return "AWS GuardDuty, finding schema 2.0";
    }

    @Override
    public boolean claims(Row row) {
        return row.is(SERVICE, "guardduty") || row.is(WRAPPED, "guardduty");
    }

    @Override
    public void read(Row row) {
        if (row.has(WRAPPED)) {
            CloudFields.unwrap(row, "detail.", CloudFields.EVENT_BRIDGE);
        }
        row.map(FINDING);
    }
}
