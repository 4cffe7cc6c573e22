package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;
import java.util.Set;

/// Google Workspace's audit logs: activities of the Admin SDK's Reports API, v1 (`admin#reports#activity`).
///
/// The application and the first event's name decide the class: signing in, accounts, groups, roles, files of
/// Drive, warnings; all else is API activity. An activity may hold several events; the others stay in the
/// native record.
@AutoService(Source.class)
public final class GoogleWorkspace implements JsonSource {
    private static final int APPLICATION = FieldNames.of("id.applicationName");
    private static final int TIME = FieldNames.of("id.time");
    private static final int EVENT = FieldNames.of("events.name");
    private static final int ADDRESS = FieldNames.of("ipAddress");
    private static final int PARAMETER = FieldNames.of("events.parameters.name");
    private static final int VALUE = FieldNames.of("events.parameters.value");
    private static final int ACTOR = FieldNames.of("actor.email");

    private static final Attribute USER_NAME = Attribute.of("user.name");
    private static final Attribute USER_MAIL = Attribute.of("user.email_addr");
    private static final Attribute GROUP_NAME = Attribute.of("group.name");
    private static final Attribute PRIVILEGES = Attribute.of("privileges");
    private static final Attribute FILE_NAME = Attribute.of("file.name");
    private static final Attribute FILE_UID = Attribute.of("file.uid");
    private static final Attribute FILE_OWNER = Attribute.of("file.owner.name");
    private static final Attribute EVIDENCE_USER = Attribute.of("evidences[].user.name");
    private static final Attribute ACTOR_USER = Attribute.of("actor.user.name");
    private static final Attribute ACTOR_APP = Attribute.of("actor.app_name");

    private static Mapping.Builder basis(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("id.time", "time", ISO_TIME)
                .field("id.uniqueQualifier", "metadata.uid", TEXT)
                .field("id.applicationName", "metadata.log_name", TEXT)
                .field("events.name", "metadata.event_code", TEXT)
                .field("id.customerId", "cloud.account.uid", TEXT)
                .constant("cloud.provider", "Google")
                .product("Google", "Workspace");
    }

    private static Mapping.Builder kind(String name, int classUid) {
        return basis(name, classUid)
                .field("actor.email", "actor.user.name", TEXT)
                .field("actor.email", "actor.user.email_addr", CloudFields.MAIL)
                .field("actor.profileId", "actor.user.uid", TEXT)
                .fallback("actor.key", "actor.user.name", TEXT)
                .fallback("actor.callerType", "actor.user.name", TEXT)
                .field("actor.applicationInfo.applicationName", "actor.app_name", TEXT)
                .field("ipAddress", "src_endpoint.ip", CloudFields.IP)
                .field("networkInfo.regionCode", "src_endpoint.location.country", TEXT)
                .field("networkInfo.ipAsn", "src_endpoint.autonomous_system.number", Conversion.INTEGER);
    }

    private static final Mapping LOGIN = kind("sign-in", 3002)
            .field("actor.email", "user.name", TEXT)
            .field("actor.email", "user.email_addr", CloudFields.MAIL)
            .field("actor.email", "user.domain", CloudFields.MAIL_DOMAIN)
            .field("actor.profileId", "user.uid", TEXT)
            .constant("user.name", "Unknown")
            .field("events.name", "activity_id", words(Map.of("logout", 2), 1))
            .field(
                    "events.name",
                    "status_id",
                    CloudFields.words(Map.of("login_success", 1, "logout", 1, "login_failure", 2)))
            .field("id.applicationName", "service.name", TEXT)
            .constant("is_remote", 1)
            .build();

    /// What Google warns of; the account concerned is among the event's parameters.
    private static final Mapping WARNING = basis("warning", 2004)
            .field("id.uniqueQualifier", "finding_info.uid", TEXT)
            .field("events.name", "finding_info.title", TEXT)
            .field("events.type", "finding_info.types", TEXT)
            .field("ipAddress", "evidences[].src_endpoint.ip", CloudFields.IP)
            .constant("severity_id", 3)
            .constant("is_alert", 1)
            .activity(1)
            .build();

    private static final Map<String, Integer> ACCOUNT_ACTIVITIES = Map.ofEntries(
            Map.entry("CREATE_USER", 1),
            Map.entry("UNSUSPEND_USER", 2),
            Map.entry("password_edit", 3),
            Map.entry("CHANGE_PASSWORD", 4),
            Map.entry("SUSPEND_USER", 5),
            Map.entry("ARCHIVE_USER", 5),
            Map.entry("DELETE_USER", 6),
            Map.entry("2sv_enroll", 10),
            Map.entry("2sv_disable", 11),
            Map.entry("TURN_OFF_2_STEP_VERIFICATION", 11),
            Map.entry("UNENROLL_USER_FROM_STRONG_AUTH", 11),
            Map.entry("UNDELETE_USER", 99),
            Map.entry("CHANGE_PASSWORD_ON_NEXT_LOGIN", 99),
            Map.entry("ADD_RECOVERY_EMAIL", 99),
            Map.entry("ADD_RECOVERY_PHONE", 99),
            Map.entry("recovery_email_edit", 99),
            Map.entry("recovery_phone_edit", 99),
            Map.entry("email_forwarding_out_of_domain", 99),
            Map.entry("titanium_enroll", 99));

    private static final Mapping ACCOUNT = kind("account changed", 3001)
            .field("events.name", "activity_id", words(ACCOUNT_ACTIVITIES, 99))
            .build();

    private static final Map<String, Integer> GROUP_ACTIVITIES = Map.of(
            "ADD_GROUP_MEMBER", 3,
            "REMOVE_GROUP_MEMBER", 4,
            "DELETE_GROUP", 5,
            "CREATE_GROUP", 6,
            "add_member", 3,
            "add_user", 3,
            "remove_member", 4,
            "remove_user", 4,
            "delete_group", 5,
            "create_group", 6);

    private static final Mapping GROUP = kind("group changed", 3006)
            .field("events.name", "activity_id", words(GROUP_ACTIVITIES, 99))
            .build();

    private static final Mapping ROLE = kind("role", 3005)
            .field(
                    "events.name",
                    "activity_id",
                    words(
                            Map.of(
                                    "ASSIGN_ROLE",
                                    1,
                                    "GRANT_ADMIN_PRIVILEGE",
                                    1,
                                    "UNASSIGN_ROLE",
                                    2,
                                    "REVOKE_ADMIN_PRIVILEGE",
                                    2),
                            99))
            .build();

    private static final Set<String> ROLES =
            Set.of("ASSIGN_ROLE", "UNASSIGN_ROLE", "GRANT_ADMIN_PRIVILEGE", "REVOKE_ADMIN_PRIVILEGE");

    private static final Mapping DRIVE = kind("file", 6006)
            .field(
                    "events.name",
                    "activity_id",
                    words(
                            Map.ofEntries(
                                    Map.entry("create", 1),
                                    Map.entry("upload", 1),
                                    Map.entry("download", 2),
                                    Map.entry("edit", 3),
                                    Map.entry("delete", 4),
                                    Map.entry("trash", 4),
                                    Map.entry("rename", 5),
                                    Map.entry("copy", 6),
                                    Map.entry("move", 7),
                                    Map.entry("untrash", 8),
                                    Map.entry("preview", 9),
                                    Map.entry("view", 14),
                                    Map.entry("change_user_access", 12),
                                    Map.entry("change_document_visibility", 12),
                                    Map.entry("change_document_access_scope", 12)),
                            99))
            .build();

    private static final Mapping CALL = kind("activity", 6003)
            .field("events.name", "api.operation", TEXT)
            .field("id.applicationName", "api.service.name", TEXT)
            .field(
                    "events.name",
                    "activity_id",
                    CloudFields.words(Map.of("authorize", 1, "revoke", 4, "activity", 2, "request", 1)))
            .field("events.name", "activity_id", verb())
            .build();

    /// Event names begin with their verb, in capitals or not: `CREATE_ALERT`, `change_event`.
    private static Conversion verb() {
        return (row, to, slice, kind) -> {
            String name = row.batch().text(slice).toLowerCase(java.util.Locale.ROOT);
            int activity = name.startsWith("create_") || name.startsWith("add_")
                    ? 1
                    : name.startsWith("view_") || name.startsWith("download_") || name.startsWith("export_")
                            ? 2
                            : name.startsWith("change_") || name.startsWith("update_") || name.startsWith("toggle_")
                                    ? 3
                                    : name.startsWith("delete_") || name.startsWith("remove_") ? 4 : 99;
            Conversion.put(row, to, activity);
            return true;
        };
    }

    private static final Set<String> LOGINS = Set.of(
            "login_success",
            "login_failure",
            "logout",
            "login_challenge",
            "login_verification",
            "risky_sensitive_action_allowed",
            "risky_sensitive_action_blocked");

    @Override
    public String name() {
        return "google-workspace";
    }

    @Override
    public String product() {
        return "Google Workspace audit logs: Admin SDK Reports API v1";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(APPLICATION) && row.has(TIME) && row.has(EVENT);
    }

    @Override
    public void read(Row row) {
        String application = String.valueOf(row.text(APPLICATION));
        String event = String.valueOf(row.text(EVENT));
        boolean login = application.equals("login") || application.equals("saml");
        if (login && LOGINS.contains(event)) {
            row.map(LOGIN);
        } else if (login
                && (event.startsWith("suspicious_")
                        || event.startsWith("account_disabled_")
                        || event.endsWith("_attack_warning"))) {
            if (!parameter(row, "affected_email_address", EVIDENCE_USER)) {
                copyActor(row, EVIDENCE_USER);
            }
            row.map(WARNING);
        } else if (ROLES.contains(event) && parameter(row, "USER_EMAIL", USER_NAME)) {
            if (!parameter(row, "ROLE_NAME", PRIVILEGES)) {
                row.add(PRIVILEGES, event);
            }
            row.map(ROLE);
        } else if (GROUP_ACTIVITIES.containsKey(event)
                && (parameter(row, "GROUP_EMAIL", GROUP_NAME) || parameter(row, "group_id", GROUP_NAME))) {
            if (!parameter(row, "USER_EMAIL", USER_NAME)) {
                parameter(row, "member_id", USER_NAME);
            }
            row.map(GROUP);
        } else if (ACCOUNT_ACTIVITIES.containsKey(event)
                && (parameter(row, "USER_EMAIL", USER_NAME) || copyActor(row, USER_NAME))) {
            parameter(row, "USER_EMAIL", USER_MAIL);
            row.map(ACCOUNT);
        } else if (application.equals("drive") && parameter(row, "doc_title", FILE_NAME)) {
            parameter(row, "doc_id", FILE_UID);
            parameter(row, "owner", FILE_OWNER);
            CloudFields.sourceOrUnknown(row, ADDRESS);
            row.map(DRIVE);
        } else {
            if (application.equals("token")) {
                parameter(row, "app_name", ACTOR_APP);
            } else if (!row.has(ACTOR)) {
                parameter(row, "DEVICE_USER", ACTOR_USER);
            }
            CloudFields.sourceOrUnknown(row, ADDRESS);
            row.map(CALL);
        }
    }

    private static boolean copyActor(Row row, Attribute to) {
        long actor = row.value(ACTOR);
        if (actor >= 0 && Column.length(actor) > 0) {
            Conversion.put(row, to, actor);
            return true;
        }
        return false;
    }

    /// Writes the text value of a parameter; false if the record has none. A parameter's value stands next to
    /// its name.
    private static boolean parameter(Row row, String name, Attribute to) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end - 1; slot++) {
            if (batch.slotField(slot) == PARAMETER
                    && batch.slotField(slot + 1) == VALUE
                    && row.equal(batch.slotValue(slot), name)
                    && Column.length(batch.slotValue(slot + 1)) > 0) {
                Conversion.put(row, to, batch.slotValue(slot + 1));
                return true;
            }
        }
        return false;
    }
}
