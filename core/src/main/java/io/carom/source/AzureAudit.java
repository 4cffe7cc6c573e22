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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Microsoft Entra ID (Azure AD) directory audits, as Microsoft Graph gives them (`directoryAudit`, v1.0 and
/// beta), as Azure Monitor exports them, where Graph's members stand in `properties`, and as Log Analytics
/// writes them, with capital letters.
///
/// The activity and the type of its target decide the class: accounts, groups, roles; all other objects of
/// the directory are managed entities.
@AutoService(Source.class)
public final class AzureAudit implements JsonSource {
    private static final int CATEGORY = FieldNames.of("category");
    private static final int CATEGORY_LARGE = FieldNames.of("Category");
    private static final int LOGGED_BY = FieldNames.of("loggedByService");
    private static final int[] ACTIVITIES = forms("activityDisplayName", "operationName");
    private static final int[] TARGET_TYPES = forms("targetResources.type", "targetResources.Type");
    private static final int[] TARGET_IDS = forms("targetResources.id");
    private static final int[] TARGET_NAMES = forms("targetResources.displayName");
    private static final int[] TARGET_UPNS = forms("targetResources.userPrincipalName");
    private static final int[] CHANGED = forms("targetResources.modifiedProperties.displayName");
    private static final int[] CHANGED_TO = forms("targetResources.modifiedProperties.newValue");

    private static final Attribute USER_NAME = Attribute.of("user.name");
    private static final Attribute USER_MAIL = Attribute.of("user.email_addr");
    private static final Attribute USER_FULL_NAME = Attribute.of("user.full_name");
    private static final Attribute USER_UID = Attribute.of("user.uid");
    private static final Attribute GROUP_NAME = Attribute.of("group.name");
    private static final Attribute GROUP_UID = Attribute.of("group.uid");
    private static final Attribute ENTITY_NAME = Attribute.of("entity.name");
    private static final Attribute ENTITY_UID = Attribute.of("entity.uid");
    private static final Attribute ENTITY_TYPE = Attribute.of("entity.type");
    private static final Attribute PRIVILEGES = Attribute.of("privileges");

    private static final Conversion OUTCOME =
            CloudFields.words(Map.of("success", 1, "failure", 2, "timeout", 2, "clientError", 2, "0", 1));

    private static final Map<String, Integer> ACCOUNT_ACTIVITIES = Map.ofEntries(
            Map.entry("Add user", 1),
            Map.entry("Invite external user", 1),
            Map.entry("Enable account", 2),
            Map.entry("Change user password", 3),
            Map.entry("Change password (self-service)", 3),
            Map.entry("Reset user password", 4),
            Map.entry("Reset password (self-service)", 4),
            Map.entry("Reset password (by admin)", 4),
            Map.entry("Disable account", 5),
            Map.entry("Delete user", 6),
            Map.entry("Hard Delete user", 6),
            Map.entry("User registered security info", 10),
            Map.entry("Admin registered security info", 10),
            Map.entry("User deleted security info", 11),
            Map.entry("Admin deleted security info", 11),
            Map.entry("Disable Strong Authentication", 11),
            Map.entry("Unlock user account (self-service)", 12),
            Map.entry("Update user", 99),
            Map.entry("Restore user", 99),
            Map.entry("User changed default security info", 99),
            Map.entry("Update StsRefreshTokenValidFrom Timestamp", 99));

    private static final Map<String, Integer> GROUP_ACTIVITIES = Map.of(
            "Add member to group", 3,
            "Remove member from group", 4,
            "Delete group", 5,
            "Hard Delete group", 5,
            "Add group", 6,
            "Add owner to group", 99,
            "Remove owner from group", 99,
            "Restore Group", 99,
            "Update group", 99);

    /// The name as Graph, Azure Monitor and Log Analytics write it.
    private static List<String> spellings(String name) {
        String large = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        return List.of(name, "properties." + name, large);
    }

    private static int[] forms(String... names) {
        return List.of(names).stream()
                .flatMap(n -> spellings(n).stream())
                .mapToInt(FieldNames::of)
                .toArray();
    }

    private static void each(Mapping.Builder to, String name, String attribute, Conversion conversion) {
        for (String spelling : spellings(name)) {
            to.field(spelling, attribute, conversion);
        }
    }

    private static Mapping.Builder kind(String name, int classUid) {
        Mapping.Builder to = Mapping.of(name, classUid);
        each(to, "activityDateTime", "time", ISO_TIME);
        to.fallback("time", "time", ISO_TIME).fallback("TimeGenerated", "time", ISO_TIME);
        each(to, "id", "metadata.uid", TEXT);
        each(to, "correlationId", "metadata.correlation_uid", TEXT);
        each(to, "activityDisplayName", "metadata.event_code", TEXT);
        to.fallback("operationName", "metadata.event_code", TEXT)
                .fallback("OperationName", "metadata.event_code", TEXT);
        each(to, "loggedByService", "metadata.log_name", TEXT);
        each(to, "result", "status_id", OUTCOME);
        each(to, "result", "status_code", TEXT);
        each(to, "resultReason", "status_detail", TEXT);
        each(to, "initiatedBy.user.userPrincipalName", "actor.user.name", TEXT);
        each(to, "initiatedBy.user.userPrincipalName", "actor.user.email_addr", CloudFields.MAIL);
        each(to, "initiatedBy.user.displayName", "actor.user.full_name", TEXT);
        each(to, "initiatedBy.user.id", "actor.user.uid", TEXT);
        each(to, "initiatedBy.user.ipAddress", "src_endpoint.ip", CloudFields.IP);
        to.field("callerIpAddress", "src_endpoint.ip", CloudFields.IP);
        each(to, "initiatedBy.app.displayName", "actor.app_name", TEXT);
        each(to, "initiatedBy.app.appId", "actor.app_uid", TEXT);
        for (String spelling : spellings("initiatedBy.app.displayName")) {
            to.fallback(spelling, "actor.user.name", TEXT);
        }
        for (String spelling : spellings("initiatedBy.app.servicePrincipalId")) {
            to.fallback(spelling, "actor.user.uid", TEXT);
        }
        to.fallback("identity", "actor.user.name", TEXT).fallback("Identity", "actor.user.name", TEXT);
        return to.field("tenantId", "cloud.account.uid", TEXT)
                .fallback("TenantId", "cloud.account.uid", TEXT)
                .constant("cloud.provider", "Azure")
                .product("Microsoft", "Entra ID");
    }

    private static Mapping.Builder activity(Mapping.Builder to, Conversion conversion) {
        each(to, "activityDisplayName", "activity_id", conversion);
        return to.fallback("operationName", "activity_id", conversion)
                .fallback("OperationName", "activity_id", conversion);
    }

    private static final Mapping ACCOUNT = activity(kind("account changed", 3001), words(ACCOUNT_ACTIVITIES, 99))
            .build();
    private static final Mapping GROUP =
            activity(kind("group changed", 3006), words(GROUP_ACTIVITIES, 99)).build();
    private static final Mapping ROLE_GIVEN =
            kind("role given", 3005).activity(1).build();
    private static final Mapping ROLE_TAKEN =
            kind("role taken", 3005).activity(2).build();
    private static final Mapping ENTITY = entity().build();

    private static Mapping.Builder entity() {
        Mapping.Builder to = kind("directory object", 3004);
        each(
                to,
                "operationType",
                "activity_id",
                CloudFields.words(Map.ofEntries(
                        Map.entry("Add", 1),
                        Map.entry("Create", 1),
                        Map.entry("Get", 2),
                        Map.entry("Read", 2),
                        Map.entry("Update", 3),
                        Map.entry("Assign", 3),
                        Map.entry("Unassign", 3),
                        Map.entry("Set", 3),
                        Map.entry("Delete", 4),
                        Map.entry("Remove", 4))));
        return activity(to, CloudFields.VERB);
    }

    @Override
    public String name() {
        return "azure-audit";
    }

    @Override
    public String product() {
        return "Microsoft Entra ID directory audits: Microsoft Graph v1.0 and beta, Azure Monitor, Log Analytics";
    }

    @Override
    public boolean claims(Row row) {
        return row.is(CATEGORY, "AuditLogs") && any(row, ACTIVITIES) != null
                || row.is(CATEGORY_LARGE, "AuditLogs") && any(row, ACTIVITIES) != null
                || row.has(LOGGED_BY) && row.has(ACTIVITIES[0]);
    }

    @Override
    public void read(Row row) {
        String activity = String.valueOf(any(row, ACTIVITIES));
        boolean role = activity.contains(" role") && !activity.contains("app role") && !activity.contains("role def");
        if (role && (activity.startsWith("Add ") || activity.startsWith("Remove ")) && user(row)) {
            Target changed = changed(row, "Role.DisplayName");
            row.add(PRIVILEGES, changed == null ? "Unknown" : changed.text());
            row.map(activity.startsWith("Add ") ? ROLE_GIVEN : ROLE_TAKEN);
        } else if (GROUP_ACTIVITIES.containsKey(activity)) {
            if (!target(row, "Group", GROUP_NAME, GROUP_UID)) {
                Target name = changed(row, "Group.DisplayName");
                row.set(GROUP_NAME, name == null ? "Unknown" : name.text());
            }
            user(row);
            row.map(GROUP);
        } else if (ACCOUNT_ACTIVITIES.containsKey(activity) && user(row)) {
            row.map(ACCOUNT);
        } else {
            entity(row);
            row.map(ENTITY);
        }
    }

    private record Target(String text) {}

    /// The new value of a property that the activity changed, without the quotes that Graph puts around it.
    private static @Nullable Target changed(Row row, String property) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (is(batch.slotField(slot), CHANGED) && row.equal(batch.slotValue(slot), property)) {
                // A property's members stand together, its name first or last.
                for (int near = Math.max(slot - 2, 0); near <= slot + 2 && near < end; near++) {
                    if (is(batch.slotField(near), CHANGED_TO) && batch.slotKind(near) == EventBatch.TEXT) {
                        String text = batch.text(batch.slotValue(near));
                        String bare = text.replace("\"", "").replace("[", "").replace("]", "");
                        return bare.isBlank() ? null : new Target(bare);
                    }
                }
            }
        }
        return null;
    }

    /// Writes the person the activity was done to; false if it was done to none.
    private static boolean user(Row row) {
        boolean typed = target(row, "User", USER_FULL_NAME, USER_UID);
        long upn = -1;
        for (int field : TARGET_UPNS) {
            upn = upn < 0 ? text(row, field) : upn;
        }
        if (upn >= 0) {
            row.set(USER_NAME, upn);
            CloudFields.MAIL.write(row, USER_MAIL, upn, EventBatch.TEXT);
            return true;
        }
        if (typed && row.batch().has(USER_FULL_NAME)) {
            target(row, "User", USER_NAME, USER_UID);
        }
        return typed;
    }

    private static long text(Row row, int field) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (batch.slotField(slot) == field
                    && batch.slotKind(slot) == EventBatch.TEXT
                    && Column.length(batch.slotValue(slot)) > 0) {
                return batch.slotValue(slot);
            }
        }
        return -1;
    }

    /// Writes name and id of the first target of this type; false if none has it. Every target has all three
    /// members, so the n-th value of each is of the n-th target.
    private static boolean target(Row row, String type, Attribute name, Attribute uid) {
        int n = 0;
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (is(batch.slotField(slot), TARGET_TYPES)) {
                if (row.equal(batch.slotValue(slot), type)) {
                    put(row, TARGET_NAMES, n, name);
                    put(row, TARGET_IDS, n, uid);
                    return batch.has(name) || batch.has(uid);
                }
                n++;
            }
        }
        return false;
    }

    private static void entity(Row row) {
        put(row, TARGET_NAMES, 0, ENTITY_NAME);
        put(row, TARGET_IDS, 0, ENTITY_UID);
        put(row, TARGET_TYPES, 0, ENTITY_TYPE);
        if (!row.batch().has(ENTITY_NAME) && !row.batch().has(ENTITY_UID)) {
            row.set(ENTITY_NAME, "Unknown");
        }
    }

    private static void put(Row row, int[] fields, int nth, Attribute to) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        int n = 0;
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (is(batch.slotField(slot), fields) && n++ == nth) {
                if (batch.slotKind(slot) == EventBatch.TEXT) {
                    Conversion.TEXT.write(row, to, batch.slotValue(slot), EventBatch.TEXT);
                }
                return;
            }
        }
    }

    private static boolean is(int field, int[] fields) {
        for (int one : fields) {
            if (one == field) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String any(Row row, int[] fields) {
        for (int field : fields) {
            long slice = row.value(field);
            if (slice >= 0 && Column.length(slice) > 0 && Column.length(slice) < 256) {
                return new String(row.bytes(), Column.from(slice), Column.length(slice), StandardCharsets.UTF_8);
            }
        }
        return null;
    }
}
