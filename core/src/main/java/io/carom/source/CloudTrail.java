package io.carom.source;

import static io.carom.source.mapping.Conversion.BOOLEAN;
import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// AWS CloudTrail records, as files in S3 (`{"Records": [ … ]}`), an object a line, in an EventBridge
/// envelope, or as text within what `aws cloudtrail lookup-events` answers.
///
/// Names follow the user guide's "CloudTrail record contents", versions 1.02 to 1.11. Signing in and
/// taking on a role are authentications, what is done to a user or a group is account change or group
/// management, all else is API activity.
@AutoService(Source.class)
public final class CloudTrail implements JsonSource {
    private static final int NAME = FieldNames.of("eventName");
    private static final int SOURCE = FieldNames.of("eventSource");
    private static final int EVENT_VERSION = FieldNames.of("eventVersion");
    private static final int EVENT_TYPE = FieldNames.of("eventType");
    private static final int REGION = FieldNames.of("awsRegion");
    private static final int WRAPPED_VERSION = FieldNames.of("detail.eventVersion");
    private static final int WRAPPED_REGION = FieldNames.of("detail.awsRegion");
    private static final int LOOKED_UP = FieldNames.of("CloudTrailEvent");
    private static final int SUBJECT = FieldNames.of("requestParameters.userName");

    private static final int ADDRESS = FieldNames.of("sourceIPAddress");
    private static final int IDENTITY = FieldNames.of("userIdentity.type");
    private static final int ACCOUNT_ID = FieldNames.of("userIdentity.accountId");
    private static final int INVOKER = FieldNames.of("userIdentity.invokedBy");
    private static final Attribute SOURCE_NAME = Attribute.of("src_endpoint.name");
    private static final Attribute ACTOR_NAME = Attribute.of("actor.user.name");

    private static final Conversion CONSOLE_RESULT =
            CloudFields.words(Map.of("Success", 1, "Failure", 2, "Failed authentication", 2));
    private static final Conversion USER_TYPE = words(
            Map.of(
                    "Root",
                    2,
                    "IAMUser",
                    1,
                    "AssumedRole",
                    3,
                    "Role",
                    3,
                    "FederatedUser",
                    1,
                    "AWSService",
                    4,
                    "AWSAccount",
                    3),
            99);

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("eventTime", "time", ISO_TIME)
                .field("eventID", "metadata.uid", TEXT)
                .field("eventName", "metadata.event_code", TEXT)
                .field("eventVersion", "metadata.product.version", TEXT)
                .field("eventType", "metadata.log_name", TEXT)
                .field("eventName", "api.operation", TEXT)
                .field("eventSource", "api.service.name", TEXT)
                .field("apiVersion", "api.version", TEXT)
                .field("requestID", "api.request.uid", TEXT)
                .field("errorCode", "api.response.error", TEXT)
                .field("errorMessage", "api.response.error_message", TEXT)
                .field("errorCode", "status_id", CloudFields.number(2))
                .field("errorCode", "status_code", TEXT)
                .field("errorMessage", "status_detail", TEXT)
                .field("awsRegion", "cloud.region", TEXT)
                .field("recipientAccountId", "cloud.account.uid", TEXT)
                .fallback("userIdentity.accountId", "cloud.account.uid", TEXT)
                .field("sourceIPAddress", "src_endpoint.ip", CloudFields.IP)
                .field("sourceIPAddress", "src_endpoint.domain", CloudFields.NAME_IF_NO_IP)
                .field("vpcEndpointId", "src_endpoint.uid", TEXT)
                .field("userAgent", "http_request.user_agent", TEXT)
                .field("userIdentity.userName", "actor.user.name", TEXT)
                .field("userIdentity.onBehalfOf.userId", "actor.user.uid_alt", TEXT)
                .fallback("userIdentity.sessionContext.sessionIssuer.userName", "actor.user.name", TEXT)
                .fallback("userIdentity.arn", "actor.user.name", CloudFields.LAST_PART)
                .field("userIdentity.arn", "actor.user.uid", TEXT)
                .field("userIdentity.principalId", "actor.user.uid_alt", TEXT)
                .fallback("userIdentity.principalId", "actor.user.uid", TEXT)
                .field("userIdentity.type", "actor.user.type", TEXT)
                .field("userIdentity.type", "actor.user.type_id", USER_TYPE)
                .field("userIdentity.accountId", "actor.user.account.uid", TEXT)
                .field("userIdentity.accessKeyId", "actor.user.credential_uid", TEXT)
                .field("userIdentity.invokedBy", "actor.invoked_by", TEXT)
                .field("userIdentity.sessionContext.sessionIssuer.arn", "actor.session.issuer", TEXT)
                .field("userIdentity.sessionContext.attributes.creationDate", "actor.session.created_time", ISO_TIME)
                .field("userIdentity.sessionContext.attributes.mfaAuthenticated", "actor.session.is_mfa", BOOLEAN)
                .constant("status_id", 1)
                .constant("cloud.provider", "AWS")
                .product("AWS", "CloudTrail");
    }

    private static final Mapping CALL = kind("API call", 6003)
            .field("eventName", "activity_id", CloudFields.VERB)
            .field("insightDetails.eventName", "api.operation", TEXT)
            .field("insightDetails.eventSource", "api.service.name", TEXT)
            .field("resources.ARN", "resources[].uid", TEXT)
            .fallback("resources.arn", "resources[].uid", TEXT)
            .build();

    /// Not a call but what CloudTrail noticed of many: it names neither service nor operation.
    private static final Mapping INSIGHT = Mapping.of("insight", 0)
            .field("eventTime", "time", ISO_TIME)
            .field("eventID", "metadata.uid", TEXT)
            .field("eventType", "metadata.log_name", TEXT)
            .field("awsRegion", "cloud.region", TEXT)
            .field("recipientAccountId", "cloud.account.uid", TEXT)
            .constant("cloud.provider", "AWS")
            .product("AWS", "CloudTrail")
            .activity(99)
            .build();

    private static final Mapping LOGIN = kind("sign-in", 3002)
            .field("responseElements.ConsoleLogin", "status_id", CONSOLE_RESULT)
            .field("responseElements.CheckMfa", "status_id", CONSOLE_RESULT)
            .field("responseElements.SwitchRole", "status_id", CONSOLE_RESULT)
            .field("additionalEventData.MFAUsed", "is_mfa", BOOLEAN)
            .field(
                    "eventName",
                    "activity_id",
                    words(Map.of("SwitchRole", 7, "ExitRole", 7, "CheckMfa", 6, "Logout", 2, "GetSigninToken", 3), 1))
            .field("userIdentity.userName", "user.name", TEXT)
            .fallback("userIdentity.arn", "user.name", CloudFields.LAST_PART)
            .fallback("userIdentity.type", "user.name", TEXT)
            .field("userIdentity.arn", "user.uid", TEXT)
            .field("userIdentity.accountId", "user.account.uid", TEXT)
            .field("eventSource", "service.name", TEXT)
            .field("additionalEventData.LoginTo", "http_request.url.url_string", TEXT)
            .constant("is_remote", 1)
            .build();

    private static final Mapping ROLE = kind("role taken on", 3002)
            .field("requestParameters.roleArn", "user.name", CloudFields.LAST_PART)
            .field("requestParameters.roleArn", "user.uid", TEXT)
            .fallback("userIdentity.userName", "user.name", TEXT)
            .fallback("userIdentity.arn", "user.uid", TEXT)
            .field("responseElements.assumedRoleUser.assumedRoleId", "user.uid_alt", TEXT)
            .field("responseElements.credentials.accessKeyId", "user.credential_uid", TEXT)
            .field("requestParameters.roleSessionName", "session.uid", TEXT)
            .field("eventSource", "service.name", TEXT)
            .constant("account_switch_type_id", 2)
            .activity(7)
            .build();

    private static final Conversion ACCOUNT_ACTIVITY = words(
            Map.ofEntries(
                    Map.entry("CreateUser", 1),
                    Map.entry("DeleteUser", 6),
                    Map.entry("CreateLoginProfile", 2),
                    Map.entry("DeleteLoginProfile", 5),
                    Map.entry("UpdateLoginProfile", 4),
                    Map.entry("ChangePassword", 3),
                    Map.entry("AttachUserPolicy", 7),
                    Map.entry("PutUserPolicy", 7),
                    Map.entry("DetachUserPolicy", 8),
                    Map.entry("DeleteUserPolicy", 8),
                    Map.entry("EnableMFADevice", 10),
                    Map.entry("DeactivateMFADevice", 11)),
            99);

    private static final Mapping ACCOUNT = kind("user changed", 3001)
            .field("eventName", "activity_id", ACCOUNT_ACTIVITY)
            .field("requestParameters.userName", "user.name", TEXT)
            .fallback("userIdentity.userName", "user.name", TEXT)
            .field("responseElements.user.arn", "user.uid", TEXT)
            .field("responseElements.user.userId", "user.uid_alt", TEXT)
            .field("responseElements.accessKey.accessKeyId", "user.credential_uid", TEXT)
            .field("requestParameters.policyArn", "policies[].uid", TEXT)
            .field("requestParameters.policyName", "policies[].name", TEXT)
            .build();

    private static final Mapping GROUP = kind("group changed", 3006)
            .field(
                    "eventName",
                    "activity_id",
                    words(
                            Map.of(
                                    "AddUserToGroup", 3,
                                    "RemoveUserFromGroup", 4,
                                    "CreateGroup", 6,
                                    "DeleteGroup", 5,
                                    "AttachGroupPolicy", 1,
                                    "PutGroupPolicy", 1,
                                    "DetachGroupPolicy", 2,
                                    "DeleteGroupPolicy", 2),
                            99))
            .field("requestParameters.groupName", "group.name", TEXT)
            .field("responseElements.group.arn", "group.uid", TEXT)
            .field("requestParameters.userName", "user.name", TEXT)
            .build();

    @Override
    public String name() {
        return "cloudtrail";
    }

    @Override
    public String product() {
        return "AWS CloudTrail, record versions 1.02 to 1.11";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(EVENT_VERSION) && row.has(REGION) && row.has(EVENT_TYPE)
                || row.has(WRAPPED_VERSION) && row.has(WRAPPED_REGION)
                || CloudFields.holdsObject(row, LOOKED_UP);
    }

    @Override
    public void read(Row row) {
        if (row.has(WRAPPED_VERSION)) {
            CloudFields.unwrap(row, "detail.", CloudFields.EVENT_BRIDGE);
        } else if (!row.has(EVENT_VERSION) && !CloudFields.inner(row, LOOKED_UP)) {
            row.reject("expected a record of CloudTrail as JSON in CloudTrailEvent");
            return;
        }
        Mapping mapping = mapping(row);
        if (mapping == CALL) {
            if (!row.has(ADDRESS)) {
                row.set(SOURCE_NAME, "Unknown");
            }
            if (!row.has(IDENTITY) && !row.has(ACCOUNT_ID) && !row.has(INVOKER)) {
                row.set(ACTOR_NAME, "Unknown");
            }
        }
        row.map(mapping);
    }

    private static Mapping mapping(Row row) {
        long source = row.value(SOURCE);
        long name = row.value(NAME);
        if (source < 0 || name < 0) {
            return INSIGHT;
        }
        byte[] b = row.bytes();
        int from = Column.from(name);
        int length = Column.length(name);
        if (row.equal(source, "signin.amazonaws.com")) {
            return row.is(EVENT_TYPE, "AwsConsoleSignIn") || row.equal(name, "ConsoleLogin") ? LOGIN : CALL;
        }
        if (row.equal(source, "sts.amazonaws.com")) {
            return CloudFields.startsWith(b, from, length, "AssumeRole") ? ROLE : CALL;
        }
        if (row.equal(source, "iam.amazonaws.com")) {
            if (row.equal(name, "AddUserToGroup")
                    || row.equal(name, "RemoveUserFromGroup")
                    || row.equal(name, "CreateGroup")
                    || row.equal(name, "DeleteGroup")
                    || row.equal(name, "AttachGroupPolicy")
                    || row.equal(name, "PutGroupPolicy")
                    || row.equal(name, "DetachGroupPolicy")
                    || row.equal(name, "DeleteGroupPolicy")) {
                return GROUP;
            }
            if (isAccountChange(row, name) && (row.has(SUBJECT) || row.equal(name, "ChangePassword"))) {
                return ACCOUNT;
            }
        }
        return CALL;
    }

    private static boolean isAccountChange(Row row, long name) {
        return row.equal(name, "CreateUser")
                || row.equal(name, "DeleteUser")
                || row.equal(name, "UpdateUser")
                || row.equal(name, "CreateLoginProfile")
                || row.equal(name, "DeleteLoginProfile")
                || row.equal(name, "UpdateLoginProfile")
                || row.equal(name, "ChangePassword")
                || row.equal(name, "AttachUserPolicy")
                || row.equal(name, "PutUserPolicy")
                || row.equal(name, "DetachUserPolicy")
                || row.equal(name, "DeleteUserPolicy")
                || row.equal(name, "CreateAccessKey")
                || row.equal(name, "UpdateAccessKey")
                || row.equal(name, "DeleteAccessKey")
                || row.equal(name, "EnableMFADevice")
                || row.equal(name, "DeactivateMFADevice");
    }
}
