package io.carom.source;

import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// GitHub's audit log of an organisation or enterprise: its export, its REST API and its stream.
///
/// Names follow "Audit log events for your organization". The action is `category.operation`; `actor` did it,
/// `user` it was done to. Addresses are there only where the enterprise shows them.
@AutoService(Source.class)
public final class GithubAudit implements JsonSource {
    private static final int ACTION = FieldNames.of("action");
    private static final int ACTOR = FieldNames.of("actor");
    private static final int DOCUMENT = FieldNames.of("_document_id");
    private static final int STAMP = FieldNames.of("@timestamp");
    private static final int CREATED = FieldNames.of("created_at");
    private static final int ORGANISATION = FieldNames.of("org");
    private static final int ENTERPRISE = FieldNames.of("business");
    private static final int REPOSITORY = FieldNames.of("repo");
    private static final int TEAM = FieldNames.of("team");
    private static final int USER = FieldNames.of("user");
    private static final int ADDRESS = FieldNames.of("actor_ip");

    private static final Attribute GROUP_NAME = Attribute.of("group.name");
    private static final Attribute USER_NAME = Attribute.of("user.name");

    /// Milliseconds since 1970, or an ISO time in exports.
    private static final Conversion STAMPED = (row, to, slice, kind) ->
            Conversion.EPOCH.write(row, to, slice, kind) || Conversion.ISO_TIME.write(row, to, slice, kind);

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("@timestamp", "time", STAMPED)
                .field("created_at", "time", STAMPED)
                .field("_document_id", "metadata.uid", TEXT)
                .field("request_id", "metadata.correlation_uid", TEXT)
                .field("action", "metadata.event_code", TEXT)
                .field("actor", "actor.user.name", TEXT)
                .field("actor_id", "actor.user.uid", TEXT)
                .field("token_id", "actor.user.credential_uid", TEXT)
                .field("programmatic_access_type", "actor.user.type", TEXT)
                .field("actor_ip", "src_endpoint.ip", CloudFields.IP)
                .field("actor_location.country_code", "src_endpoint.location.country", TEXT)
                .field("user_agent", "http_request.user_agent", TEXT)
                .field("org", "cloud.org.name", TEXT)
                .field("org_id", "cloud.org.uid", TEXT)
                .fallback("business", "cloud.org.name", TEXT)
                .constant("cloud.provider", "GitHub")
                .product("GitHub", "Audit Log");
    }

    private static final Map<String, Integer> MEMBERS = Map.ofEntries(
            Map.entry("org.add_member", 3),
            Map.entry("org.remove_member", 4),
            Map.entry("org.invite_member", 99),
            Map.entry("org.update_member", 99),
            Map.entry("org.add_outside_collaborator", 3),
            Map.entry("org.remove_outside_collaborator", 4),
            Map.entry("team.add_member", 3),
            Map.entry("team.remove_member", 4),
            Map.entry("team.create", 6),
            Map.entry("team.destroy", 5),
            Map.entry("business.add_admin", 1),
            Map.entry("business.remove_admin", 2));

    private static final Mapping GROUP = kind("members", 3006)
            .field("action", "activity_id", words(MEMBERS, 99))
            .field("user", "user.name", TEXT)
            .field("user_id", "user.uid", TEXT)
            .build();

    private static final Mapping LOGIN = kind("sign-in", 3002)
            .field("actor", "user.name", TEXT)
            .field("actor_id", "user.uid", TEXT)
            .field(
                    "action",
                    "status_id",
                    CloudFields.words(Map.of("user.login", 1, "user.failed_login", 2, "org.sso_response", 1)))
            .constant("service.name", "GitHub")
            .constant("is_remote", 1)
            .activity(1)
            .build();

    private static final Mapping CALL = kind("action", 6003)
            .field("action", "api.operation", TEXT)
            .field(
                    "operation_type",
                    "activity_id",
                    words(Map.of("create", 1, "access", 2, "modify", 3, "restore", 3, "transfer", 3, "remove", 4), 99))
            .field("action", "activity_id", Conversion.words(Map.of("git.clone", 2, "git.fetch", 2, "git.push", 3), 99))
            .fallback("repo", "resources[].name", TEXT)
            .fallback("repository", "resources[].name", TEXT)
            .constant("api.service.name", "GitHub")
            .build();

    @Override
    public String name() {
        return "github-audit";
    }

    @Override
    public String product() {
        return "GitHub organisation and enterprise audit log: export, REST API, streaming";
    }

    @Override
    public boolean claims(Row row) {
        if (!row.has(ACTION) || !row.has(STAMP) && !row.has(CREATED)) {
            return false;
        }
        boolean where = row.has(ORGANISATION) || row.has(ENTERPRISE) || row.has(REPOSITORY);
        long action = row.value(ACTION);
        return (row.has(ACTOR) && (row.has(DOCUMENT) || where && row.has(CREATED)) || row.has(DOCUMENT) && where)
                && isDotted(row.bytes(), Column.from(action), Column.length(action));
    }

    /// `category.operation`.
    private static boolean isDotted(byte[] b, int from, int length) {
        for (int i = 1; i < length - 1; i++) {
            if (b[from + i] == '.') {
                return true;
            }
        }
        return false;
    }

    @Override
    public void read(Row row) {
        String action = String.valueOf(row.text(ACTION));
        if (MEMBERS.containsKey(action)) {
            int group = row.has(TEAM) ? TEAM : row.has(ORGANISATION) ? ORGANISATION : ENTERPRISE;
            long name = row.value(group);
            if (name >= 0 && Column.length(name) > 0) {
                row.set(GROUP_NAME, name);
            } else {
                row.set(GROUP_NAME, "Unknown");
            }
            row.map(GROUP);
        } else if (action.equals("user.login")
                || action.equals("user.failed_login")
                || action.equals("org.sso_response")) {
            if (!row.has(ACTOR) && !row.has(USER)) {
                row.set(USER_NAME, "Unknown");
            }
            row.map(LOGIN);
        } else {
            if (!row.has(ACTOR)) {
                row.set(Attribute.of("actor.user.name"), "Unknown");
            }
            CloudFields.sourceOrUnknown(row, ADDRESS);
            row.map(CALL);
        }
    }
}
