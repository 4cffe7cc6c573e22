package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.JsonFields;
import java.util.Map;
import java.util.Set;

/// Microsoft 365's unified audit log: records of the Office 365 Management Activity API, schema of 2015
/// to 2025, as they are or as text in the `AuditData` of what `Search-UnifiedAuditLog` gives, or below
/// `auditData` as Microsoft Graph gives them.
///
/// The workload and the operation decide the class: signing in, accounts, groups, files; what is done
/// to mailboxes (rules, forwarding, items read, searches), consents to applications and all else is API
/// activity. `CreationTime` is UTC though it does not say so.
@AutoService(Source.class)
public final class Microsoft365 implements JsonSource {
    private static final int CREATED = FieldNames.of("CreationTime");
    private static final int OPERATION = FieldNames.of("Operation");
    private static final int RECORD_TYPE = FieldNames.of("RecordType");
    private static final int WORKLOAD = FieldNames.of("Workload");
    private static final int ORGANISATION = FieldNames.of("OrganizationId");
    private static final int FILE = FieldNames.of("SourceFileName");
    private static final int[] ADDRESSES = {
        FieldNames.of("ClientIP"), FieldNames.of("ClientIPAddress"), FieldNames.of("ActorIpAddress")
    };
    private static final int ALERT = FieldNames.of("AlertId");
    private static final int ALERT_NAME = FieldNames.of("Name");
    private static final int DATA = FieldNames.of("Data");
    private static final String GUEST = "urn:spo:guest#";
    private static final int OBJECT = FieldNames.of("ObjectId");
    private static final int AUDIT_DATA = FieldNames.of("AuditData");
    private static final int BELOW_CREATED = FieldNames.of("auditData.CreationTime");
    private static final int BELOW_OPERATION = FieldNames.of("auditData.Operation");

    private static final Conversion OUTCOME = CloudFields.words(Map.of(
            "Success", 1, "Succeeded", 1, "True", 1, "PartiallySucceeded", 1, "Failed", 2, "Failure", 2, "False", 2));

    /// A user's name; SharePoint writes guests as `urn:spo:guest#` and a mail address.
    private static final Conversion PERSON = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int length = Column.length(slice);
        boolean guest = length > GUEST.length() && CloudFields.startsWith(row.bytes(), from, length, GUEST);
        return Conversion.TEXT.write(row, to, guest ? Column.pack(from + GUEST.length(), from + length) : slice, kind);
    };

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("CreationTime", "time", ISO_TIME)
                .field("Id", "metadata.uid", TEXT)
                .field("Operation", "metadata.event_code", TEXT)
                .field("Workload", "metadata.log_name", TEXT)
                .field("OrganizationId", "cloud.org.uid", TEXT)
                .field("UserId", "actor.user.name", PERSON)
                .field("UserId", "actor.user.email_addr", CloudFields.MAIL)
                .field("UserKey", "actor.user.uid", TEXT)
                .field("AppAccessContext.AADSessionId", "actor.session.uid", TEXT)
                .fallback("SessionId", "actor.session.uid", TEXT)
                .field("ClientIP", "src_endpoint.ip", CloudFields.IP)
                .field("ClientIP", "src_endpoint.port", CloudFields.PORT)
                .field("ClientIPAddress", "src_endpoint.ip", CloudFields.IP)
                .field("ClientIPAddress", "src_endpoint.port", CloudFields.PORT)
                .field("ActorIpAddress", "src_endpoint.ip", CloudFields.IP)
                .field("UserAgent", "http_request.user_agent", TEXT)
                .fallback("ClientInfoString", "http_request.user_agent", TEXT)
                .constant("cloud.provider", "Microsoft 365")
                .product("Microsoft", "Microsoft 365");
    }

    private static Mapping.Builder outcome(Mapping.Builder kind) {
        return kind.field("ResultStatus", "status_id", OUTCOME).field("ResultStatus", "status_code", TEXT);
    }

    private static Mapping.Builder login(String name) {
        return kind(name, 3002)
                .field("UserId", "user.name", PERSON)
                .field("UserId", "user.email_addr", CloudFields.MAIL)
                .field("UserId", "user.domain", CloudFields.MAIL_DOMAIN)
                .field("UserKey", "user.uid", TEXT)
                .field("LogonError", "status_detail", TEXT)
                .field("ErrorNumber", "status_code", TEXT)
                .field("ApplicationId", "actor.app_uid", TEXT)
                .field("Operation", "activity_id", words(Map.of("UserLoggedOff", 2), 1))
                .field("Workload", "service.name", TEXT)
                .constant("is_remote", 1);
    }

    private static final Mapping LOGIN = outcome(login("sign-in")).build();

    /// A sign-in that failed; the record's own `ResultStatus` may say `Success`, for it was recorded well.
    private static final Mapping LOGIN_FAILED =
            login("sign-in failed").constant("status_id", 2).build();

    private static final Mapping FILES = outcome(kind("file", 6006))
            .field("SourceFileName", "file.name", TEXT)
            .field("ObjectId", "file.uri", TEXT)
            .field("SourceFileExtension", "file.ext", TEXT)
            .field("SourceRelativeUrl", "file.path", TEXT)
            .field(
                    "Operation",
                    "activity_id",
                    words(
                            Map.ofEntries(
                                    Map.entry("FileUploaded", 1),
                                    Map.entry("FileDownloaded", 2),
                                    Map.entry("FileSyncDownloadedFull", 2),
                                    Map.entry("FileModified", 3),
                                    Map.entry("FileModifiedExtended", 3),
                                    Map.entry("FileDeleted", 4),
                                    Map.entry("FileRecycled", 4),
                                    Map.entry("FileRenamed", 5),
                                    Map.entry("FileCopied", 6),
                                    Map.entry("FileMoved", 7),
                                    Map.entry("FileRestored", 8),
                                    Map.entry("FilePreviewed", 9),
                                    Map.entry("SharingSet", 12),
                                    Map.entry("AnonymousLinkCreated", 12),
                                    Map.entry("SharingInvitationCreated", 12),
                                    Map.entry("SharingRevoked", 13),
                                    Map.entry("FileAccessed", 14),
                                    Map.entry("FileAccessedExtended", 14)),
                            99))
            .build();

    private static final Map<String, Integer> ACCOUNT_ACTIVITIES = Map.of(
            "Add user.", 1,
            "Enable account.", 2,
            "Change user password.", 3,
            "Reset user password.", 4,
            "Disable account.", 5,
            "Delete user.", 6,
            "Update user.", 99,
            "Update StsRefreshTokenValidFrom Timestamp.", 99);

    private static final Mapping ACCOUNT = outcome(kind("account changed", 3001))
            .field("ObjectId", "user.name", TEXT)
            .field("ObjectId", "user.email_addr", CloudFields.MAIL)
            .field("Operation", "activity_id", words(ACCOUNT_ACTIVITIES, 99))
            .build();

    private static final Map<String, Integer> GROUP_ACTIVITIES = Map.of(
            "Add member to group.", 3,
            "Remove member from group.", 4,
            "Delete group.", 5,
            "Add group.", 6,
            "Update group.", 99);

    private static final Mapping GROUP = outcome(kind("group changed", 3006))
            .field("ObjectId", "user.name", CloudFields.MAIL)
            .field("Target.ID", "group.uid", TEXT)
            .field("Operation", "activity_id", words(GROUP_ACTIVITIES, 99))
            .build();

    private static final Conversion KNOWN_VERB = CloudFields.words(Map.ofEntries(
            Map.entry("MailItemsAccessed", 2),
            Map.entry("SearchQueryInitiatedExchange", 2),
            Map.entry("SearchQueryInitiatedSharePoint", 2),
            Map.entry("New-InboxRule", 1),
            Map.entry("New-TransportRule", 1),
            Map.entry("Set-InboxRule", 3),
            Map.entry("Set-Mailbox", 3),
            Map.entry("UpdateInboxRules", 3),
            Map.entry("Add-MailboxPermission", 1),
            Map.entry("Remove-InboxRule", 4),
            Map.entry("Consent to application.", 1),
            Map.entry("SoftDelete", 4),
            Map.entry("HardDelete", 4),
            Map.entry("MoveToDeletedItems", 4),
            Map.entry("Send", 1),
            Map.entry("SendAs", 1),
            Map.entry("SendOnBehalf", 1)));

    private static final Mapping CALL = outcome(kind("operation", 6003))
            .field("Operation", "activity_id", KNOWN_VERB)
            .field("Operation", "activity_id", CloudFields.VERB)
            .field("Operation", "api.operation", TEXT)
            .field("Workload", "api.service.name", TEXT)
            .field("ObjectId", "resources[].name", TEXT)
            .field("MailboxOwnerUPN", "resources[].owner.name", TEXT)
            .build();

    /// An alert of the compliance centre. What it is about stands in `Data` as JSON with short names:
    /// `f3u` is the user who set it off, `trc` the recipient, `sip` the sender's address.
    private static final Mapping ALERTED = Mapping.of("alert", 2004)
            .field("CreationTime", "time", ISO_TIME)
            .field("Id", "metadata.uid", TEXT)
            .field("Operation", "metadata.event_code", TEXT)
            .field("Workload", "metadata.log_name", TEXT)
            .field("OrganizationId", "cloud.org.uid", TEXT)
            .field("AlertId", "finding_info.uid", TEXT)
            .field("Name", "finding_info.title", TEXT)
            .field("Category", "finding_info.types", TEXT)
            .field("Comments", "message", TEXT)
            .field(
                    "Severity",
                    "severity_id",
                    CloudFields.words(Map.of("Informational", 1, "Low", 2, "Medium", 3, "High", 4)))
            .field("ad", "finding_info.desc", TEXT)
            .field("f3u", "evidences[].actor.user.name", TEXT)
            .field("trc", "evidences[].user.name", TEXT)
            .field("sip", "evidences[].src_endpoint.ip", CloudFields.IP)
            .field("Operation", "activity_id", words(Map.of("AlertTriggered", 1, "AlertEntityGenerated", 1), 2))
            .constant("cloud.provider", "Microsoft 365")
            .constant("is_alert", 1)
            .product("Microsoft", "Microsoft 365")
            .build();

    private static final Set<String> LOGINS =
            Set.of("UserLoggedIn", "UserLoggedOff", "MailboxLogin", "TeamsSessionStarted");

    @Override
    public String name() {
        return "microsoft-365";
    }

    @Override
    public String product() {
        return "Microsoft 365 unified audit log, Office 365 Management Activity API";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(CREATED)
                        && row.has(OPERATION)
                        && row.has(RECORD_TYPE)
                        && (row.has(WORKLOAD) || row.has(ORGANISATION))
                || CloudFields.holdsObject(row, AUDIT_DATA)
                || row.has(BELOW_CREATED) && row.has(BELOW_OPERATION);
    }

    @Override
    public void read(Row row) {
        if (row.has(BELOW_CREATED)) {
            CloudFields.unwrap(row, "auditData.", Set.of());
        } else if (!row.has(CREATED) && !CloudFields.inner(row, AUDIT_DATA)) {
            row.reject("expected a record of the audit log as JSON in AuditData");
            return;
        }
        String operation = String.valueOf(row.text(OPERATION));
        if (row.has(ALERT) && row.has(ALERT_NAME)) {
            long data = row.value(DATA);
            if (data >= 0) {
                int from = Column.from(data);
                // What is no JSON to its end gives the fields it has.
                new JsonFields(row).parse(row, from, from + Column.length(data));
            }
            row.map(ALERTED);
        } else if (operation.equals("UserLoginFailed")) {
            row.map(LOGIN_FAILED);
        } else if (LOGINS.contains(operation)) {
            row.map(LOGIN);
        } else if (row.has(FILE)) {
            CloudFields.sourceOrUnknown(row, ADDRESSES);
            row.map(FILES);
        } else if (ACCOUNT_ACTIVITIES.containsKey(operation) && row.has(OBJECT)) {
            row.map(ACCOUNT);
        } else if (GROUP_ACTIVITIES.containsKey(operation)) {
            row.map(GROUP);
        } else {
            CloudFields.sourceOrUnknown(row, ADDRESSES);
            row.map(CALL);
        }
    }
}
