package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Okta's System Log (API v1, `LogEvent`), an object an event.
///
/// Names follow the System Log API reference. The type of the event decides the class: sessions and
/// authentications, the life of accounts, members of groups, administrators' privileges; all else is
/// API activity.
@AutoService(Source.class)
public final class Okta implements JsonSource {
    private static final int TYPE = FieldNames.of("eventType");
    private static final int PUBLISHED = FieldNames.of("published");
    private static final int ACTOR = FieldNames.of("actor.alternateId");
    private static final int ADDRESS = FieldNames.of("client.ipAddress");
    private static final int RESULT = FieldNames.of("outcome.result");
    private static final int TARGET_TYPE = FieldNames.of("target.type");
    private static final int TARGET_ID = FieldNames.of("target.id");
    private static final int TARGET_NAME = FieldNames.of("target.alternateId");
    private static final int TARGET_SHOWN = FieldNames.of("target.displayName");

    private static final Attribute USER_NAME = Attribute.of("user.name");
    private static final Attribute USER_UID = Attribute.of("user.uid");
    private static final Attribute GROUP_NAME = Attribute.of("group.name");
    private static final Attribute GROUP_UID = Attribute.of("group.uid");

    private static final Conversion OUTCOME = CloudFields.words(
            Map.of("SUCCESS", 1, "ALLOW", 1, "FAILURE", 2, "DENY", 2, "SKIPPED", 99, "CHALLENGE", 99, "UNKNOWN", 0));

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("published", "time", ISO_TIME)
                .field("uuid", "metadata.uid", TEXT)
                .field("eventType", "metadata.event_code", TEXT)
                .field("transaction.id", "metadata.correlation_uid", TEXT)
                .field("displayMessage", "message", TEXT)
                .field(
                        "severity",
                        "severity_id",
                        CloudFields.words(Map.of("DEBUG", 1, "INFO", 1, "WARN", 3, "ERROR", 4)))
                .field("outcome.result", "status_id", OUTCOME)
                .field("outcome.reason", "status_detail", TEXT)
                .field("actor.alternateId", "actor.user.name", TEXT)
                .field("actor.alternateId", "actor.user.email_addr", CloudFields.MAIL)
                .field("actor.displayName", "actor.user.full_name", TEXT)
                .field("actor.id", "actor.user.uid", TEXT)
                .field("authenticationContext.externalSessionId", "actor.session.uid", TEXT)
                .field("client.ipAddress", "src_endpoint.ip", CloudFields.IP)
                .field("client.geographicalContext.city", "src_endpoint.location.city", TEXT)
                .field("client.geographicalContext.state", "src_endpoint.location.region", TEXT)
                .field("client.geographicalContext.country", "src_endpoint.location.country", TEXT)
                .field("securityContext.asNumber", "src_endpoint.autonomous_system.number", Conversion.INTEGER)
                .field("securityContext.asOrg", "src_endpoint.autonomous_system.name", TEXT)
                .field("securityContext.isp", "src_endpoint.isp", TEXT)
                .field("client.userAgent.rawUserAgent", "http_request.user_agent", TEXT)
                .constant("cloud.provider", "Okta")
                .product("Okta", "System Log");
    }

    private static final Mapping LOGIN = kind("sign-in", 3002)
            .field("actor.alternateId", "user.name", TEXT)
            .field("actor.alternateId", "user.email_addr", CloudFields.MAIL)
            .field("actor.displayName", "user.full_name", TEXT)
            .field("actor.id", "user.uid", TEXT)
            .field("authenticationContext.externalSessionId", "session.uid", TEXT)
            .field(
                    "eventType",
                    "activity_id",
                    words(Map.of("user.session.end", 2, "user.session.impersonation.initiate", 7), 1))
            .field("eventType", "is_mfa", CloudFields.words(Map.of("user.authentication.auth_via_mfa", 1)))
            .constant("service.name", "Okta")
            .constant("is_remote", 1)
            .build();

    private static final Mapping ACCOUNT = kind("account changed", 3001)
            .field(
                    "eventType",
                    "activity_id",
                    words(
                            Map.ofEntries(
                                    Map.entry("user.lifecycle.create", 1),
                                    Map.entry("user.lifecycle.activate", 2),
                                    Map.entry("user.lifecycle.reactivate", 2),
                                    Map.entry("user.lifecycle.unsuspend", 2),
                                    Map.entry("user.lifecycle.suspend", 5),
                                    Map.entry("user.lifecycle.deactivate", 5),
                                    Map.entry("user.lifecycle.delete.completed", 6),
                                    Map.entry("user.account.update_password", 3),
                                    Map.entry("user.account.reset_password", 4),
                                    Map.entry("user.account.lock", 9),
                                    Map.entry("user.account.unlock", 12),
                                    Map.entry("user.account.unlock_by_admin", 12),
                                    Map.entry("user.mfa.factor.activate", 10),
                                    Map.entry("user.mfa.factor.deactivate", 11),
                                    Map.entry("user.mfa.factor.reset_all", 11)),
                            99))
            .build();

    private static final Mapping GROUP = kind("members of a group", 3006)
            .field(
                    "eventType",
                    "activity_id",
                    words(
                            Map.of(
                                    "group.user_membership.add", 3,
                                    "group.user_membership.remove", 4,
                                    "group.lifecycle.create", 6,
                                    "group.lifecycle.delete", 5,
                                    "group.privilege.grant", 1,
                                    "group.privilege.revoke", 2),
                            99))
            .build();

    private static final Mapping OTHER = kind("other", 6003)
            .field("eventType", "api.operation", TEXT)
            .field("target.id", "resources[].uid", TEXT)
            .field("target.displayName", "resources[].name", TEXT)
            .field("target.type", "resources[].type", TEXT)
            .activity(99)
            .build();

    @Override
    public String name() {
        return "okta";
    }

    @Override
    public String product() {
        return "Okta System Log, API v1";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(TYPE) && row.has(PUBLISHED) && row.has(ACTOR) && row.has(RESULT);
    }

    @Override
    public void read(Row row) {
        String type = String.valueOf(row.text(TYPE));
        if (type.startsWith("user.session.") || type.startsWith("user.authentication.")) {
            row.map(LOGIN);
        } else if (type.startsWith("user.lifecycle.")
                || type.startsWith("user.mfa.factor.")
                || type.startsWith("user.account.") && !type.startsWith("user.account.privilege.")) {
            if (!target(row, "User", USER_NAME, USER_UID, TARGET_NAME)) {
                copy(row, ACTOR, USER_NAME);
            }
            row.map(ACCOUNT);
        } else if (type.startsWith("group.")) {
            target(row, "UserGroup", GROUP_NAME, GROUP_UID, TARGET_SHOWN);
            target(row, "User", USER_NAME, USER_UID, TARGET_NAME);
            row.map(GROUP);
        } else {
            CloudFields.sourceOrUnknown(row, ADDRESS);
            row.map(OTHER);
        }
    }

    private static void copy(Row row, int field, Attribute to) {
        String text = row.text(field);
        if (text != null) {
            row.set(to, text);
        }
    }

    /// Writes the first target of this type; false if there is none. Every target has the same members,
    /// so the n-th value of each belongs to the n-th target.
    private static boolean target(Row row, String type, Attribute name, Attribute uid, int nameField) {
        int n = 0;
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (batch.slotField(slot) == TARGET_TYPE) {
                if (row.equal(batch.slotValue(slot), type)) {
                    put(row, nameField, n, name);
                    put(row, TARGET_ID, n, uid);
                    return true;
                }
                n++;
            }
        }
        return false;
    }

    private static void put(Row row, int field, int nth, Attribute to) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        int n = 0;
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (batch.slotField(slot) == field && n++ == nth) {
                if (batch.slotKind(slot) == EventBatch.TEXT) {
                    Conversion.TEXT.write(row, to, batch.slotValue(slot), EventBatch.TEXT);
                }
                return;
            }
        }
    }
}
