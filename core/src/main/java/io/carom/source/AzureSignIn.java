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
import java.util.Set;

/// Microsoft Entra ID (Azure AD) sign-ins, as Microsoft Graph gives them (`signIn`, v1.0 and beta) and
/// as Azure Monitor exports them, where Graph's members stand in `properties`.
///
/// Users, service principals and managed identities alike. A sign-in that was stopped (an interrupt, a
/// policy) carries an error code and is a failure.
@AutoService(Source.class)
public final class AzureSignIn implements JsonSource {
    private static final int CATEGORY = FieldNames.of("category");
    private static final int APP = FieldNames.of("appDisplayName");
    private static final int CREATED = FieldNames.of("createdDateTime");
    private static final int STATUS = FieldNames.of("status.errorCode");
    private static final int WRAPPED_STATUS = FieldNames.of("properties.status.errorCode");
    private static final int ADDRESS = FieldNames.of("ipAddress");

    /// An error code is 0 where there was no error.
    private static final Conversion OUTCOME = (row, to, slice, kind) -> {
        Conversion.put(row, to, row.equal(slice, "0") ? 1 : 2);
        return true;
    };

    private static final Conversion RISK = CloudFields.words(Map.of("none", 0, "low", 1, "medium", 2, "high", 3));

    private static final Mapping SIGN_IN = Mapping.of("sign-in", 3002)
            .field("createdDateTime", "time", ISO_TIME)
            .fallback("time", "time", ISO_TIME)
            .field("id", "metadata.uid", TEXT)
            .field("correlationId", "metadata.correlation_uid", TEXT)
            .field("category", "metadata.log_name", TEXT)
            .field("operationName", "metadata.event_code", TEXT)
            .field("userPrincipalName", "user.name", TEXT)
            .field("userPrincipalName", "user.email_addr", CloudFields.MAIL)
            .field("userPrincipalName", "user.domain", CloudFields.MAIL_DOMAIN)
            .field("userDisplayName", "user.full_name", TEXT)
            .field("userId", "user.uid", TEXT)
            .fallback("servicePrincipalName", "user.name", TEXT)
            .fallback("servicePrincipalId", "user.uid", TEXT)
            .fallback("userDisplayName", "user.name", TEXT)
            .field("userType", "user.type", TEXT)
            .field("homeTenantId", "user.org.uid", TEXT)
            .field("ipAddress", "src_endpoint.ip", CloudFields.IP)
            .field("callerIpAddress", "src_endpoint.ip", CloudFields.IP)
            .field("location.city", "src_endpoint.location.city", TEXT)
            .field("location.state", "src_endpoint.location.region", TEXT)
            .field("location.countryOrRegion", "src_endpoint.location.country", TEXT)
            .field("autonomousSystemNumber", "src_endpoint.autonomous_system.number", Conversion.INTEGER)
            .field("deviceDetail.displayName", "device.name", TEXT)
            .field("deviceDetail.deviceId", "device.uid", TEXT)
            .field("deviceDetail.isCompliant", "device.is_compliant", BOOLEAN)
            .field("deviceDetail.isManaged", "device.is_managed", BOOLEAN)
            .field("userAgent", "http_request.user_agent", TEXT)
            .field("resourceDisplayName", "service.name", TEXT)
            .field("resourceId", "service.uid", TEXT)
            .fallback("appDisplayName", "service.name", TEXT)
            .field("appDisplayName", "actor.app_name", TEXT)
            .field("appId", "actor.app_uid", TEXT)
            .field("authenticationProtocol", "auth_protocol", TEXT)
            .field(
                    "authenticationRequirement",
                    "is_mfa",
                    CloudFields.words(Map.of("multiFactorAuthentication", 1, "singleFactorAuthentication", 0)))
            .field("appliedConditionalAccessPolicies.displayName", "authorizations[].policy.name", TEXT)
            .field("appliedConditionalAccessPolicies.result", "authorizations[].decision", TEXT)
            .field("riskLevelDuringSignIn", "risk_level_id", RISK)
            .field("riskDetail", "risk_details", TEXT)
            .field("status.errorCode", "status_id", OUTCOME)
            .field("status.errorCode", "status_code", TEXT)
            .field("status.failureReason", "status_detail", TEXT)
            .field("resultType", "status_id", OUTCOME)
            .field("sessionId", "session.uid", TEXT)
            .field("tenantId", "cloud.account.uid", TEXT)
            .constant("cloud.provider", "Azure")
            .constant("is_remote", 1)
            .activity(1)
            .product("Microsoft", "Entra ID")
            .build();

    @Override
    public String name() {
        return "azure-signin";
    }

    @Override
    public String product() {
        return "Microsoft Entra ID sign-in logs: Microsoft Graph v1.0 and beta, Azure Monitor";
    }

    @Override
    public boolean claims(Row row) {
        if (row.has(WRAPPED_STATUS) || row.has(STATUS)) {
            long category = row.value(CATEGORY);
            if (category >= 0 && endsWith(row.bytes(), category, "SignInLogs")) {
                return true;
            }
        }
        return row.has(STATUS) && row.has(APP) && row.has(CREATED) && row.has(ADDRESS);
    }

    private static boolean endsWith(byte[] b, long slice, String ascii) {
        int skip = Column.length(slice) - ascii.length();
        return skip >= 0 && CloudFields.startsWith(b, Column.from(slice) + skip, ascii.length(), ascii);
    }

    @Override
    public void read(Row row) {
        if (row.has(WRAPPED_STATUS)) {
            CloudFields.unwrap(row, "properties.", Set.of("resourceId", "location", "level"));
        }
        row.map(SIGN_IN);
    }
}
