package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.windows.EventValues.AUDIT;
import static io.carom.source.windows.EventValues.BASE_NAME;
import static io.carom.source.windows.EventValues.HOST;
import static io.carom.source.windows.EventValues.LEVEL;
import static io.carom.source.windows.EventValues.LOGON_ID;
import static io.carom.source.windows.EventValues.NOBODY;
import static io.carom.source.windows.EventValues.NOTHING;
import static io.carom.source.windows.EventValues.NXLOG_SEVERITY;
import static io.carom.source.windows.EventValues.OS_NAME;
import static io.carom.source.windows.EventValues.OS_TYPE;
import static io.carom.source.windows.EventValues.OUTCOME;
import static io.carom.source.windows.EventValues.PID;
import static io.carom.source.windows.EventValues.PORT;
import static io.carom.source.windows.EventValues.SHORT_HOST;
import static io.carom.source.windows.EventValues.SID;
import static io.carom.source.windows.EventValues.UTC;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.WRITER;
import static io.carom.source.windows.EventValues.account;
import static io.carom.source.windows.EventValues.endpoint;
import static io.carom.source.windows.EventValues.file;
import static io.carom.source.windows.EventValues.thisHost;
import static io.carom.source.windows.EventValues.unnumbered;

import io.carom.source.mapping.Mapping;

/// What many Windows events say in the same fields, as parts to put mappings together from.
///
/// A machine is named twice: `device.hostname` is `Computer` as it stands, in lower case;
/// `device.name` is its first label, the same for `WORKSTATION6` and
/// `WORKSTATION6.theshire.local`, which one machine writes by turns.
final class EventParts {
    private EventParts() {}

    /// What every event has: when, where, which, how bad. `SystemTime` is UTC; `@timestamp` has
    /// a zone too, but is set by a shipper; NXLog's `EventTime` is the host's local time
    /// without its zone, so it is read in the zone of the input and only where nothing else
    /// stands.
    static Mapping.Builder event(String name, int classUid, int activity) {
        return timed(name, classUid, activity).fallback("Security_UserID", "actor.user.uid", WRITER);
    }

    private static Mapping.Builder timed(String name, int classUid, int activity) {
        return header(name, classUid, activity)
                .field("TimeCreated", "time", UTC)
                .fallback("@timestamp", "time", UTC)
                .fallback("TimeGenerated", "time", UTC)
                .fallback("time", "time", UTC)
                .fallback("EventTime", "time", ISO_TIME)
                .fallback("EventReceivedTime", "time", ISO_TIME)
                .product("Microsoft", "Windows");
    }

    /// The same with Sysmon's own time, which is right even where a shipper's is not.
    static Mapping.Builder sysmon(String name, int classUid, int activity) {
        return header(name, classUid, activity)
                .field("UtcTime", "time", UTC)
                .fallback("TimeCreated", "time", UTC)
                .fallback("@timestamp", "time", UTC)
                .fallback("TimeGenerated", "time", UTC)
                .fallback("time", "time", UTC)
                .fallback("EventTime", "time", ISO_TIME)
                .product("Microsoft", "Sysmon");
    }

    private static Mapping.Builder header(String name, int classUid, int activity) {
        return Mapping.of(name, classUid)
                .activity(activity)
                .field("Computer", "device.hostname", HOST)
                .field("Computer", "device.name", SHORT_HOST)
                .field("EventID", "metadata.event_code", TEXT)
                .field("Channel", "metadata.log_name", TEXT)
                .field("Provider_Name", "metadata.log_provider", TEXT)
                .field("EventRecordID", "metadata.original_event_uid", TEXT)
                .field("Correlation_ActivityID", "metadata.correlation_uid", TEXT)
                .field("Message", "message", TEXT)
                .field("Level", "severity_id", LEVEL)
                .field("xmlns", "metadata.log_version", NOTHING)
                .field("EventData.Data.@Name", "metadata.log_version", NOTHING)
                .field("(xml)", "metadata.log_version", NOTHING)
                .field("Correlation", "metadata.log_version", NOTHING)
                .field("Security", "metadata.log_version", NOTHING)
                .fallback("SeverityValue", "severity_id", NXLOG_SEVERITY)
                .field("Computer", "device.os.name", OS_NAME)
                .field("Computer", "device.os.type_id", OS_TYPE)
                .constant("severity_id", 1);
    }

    /// An event of the security log: informational whatever its level, its outcome told by the
    /// audit keywords.
    static Mapping.Builder security(String name, int classUid, int activity) {
        return timed(name, classUid, activity)
                .field("Keywords", "status_id", AUDIT)
                .fallback("EventType", "status_id", OUTCOME)
                .fallback("event.outcome", "status_id", OUTCOME);
    }

    /// Who did it: the `Subject…` fields.
    static Mapping.Builder subject(Mapping.Builder b) {
        return b.field("SubjectUserName", "actor.user.name", VALUE)
                .field("SubjectDomainName", "actor.user.domain", VALUE)
                .field("SubjectUserSid", "actor.user.uid", SID)
                .field("SubjectLogonId", "actor.session.uid", LOGON_ID);
    }

    /// By which process: path and id.
    static Mapping.Builder by(Mapping.Builder b, String image, String pid) {
        return process(b, "actor.process", image, pid);
    }

    static Mapping.Builder process(Mapping.Builder b, String process, String image, String pid) {
        return b.field(image, process + ".file.name", file(process + ".file"))
                .field(image, process + ".name", BASE_NAME)
                .field(pid, process + ".pid", PID)
                .fallback("EventRecordID", process + ".uid", unnumbered(process))
                .fallback(image, process + ".uid", unnumbered(process));
    }

    /// To whom: the `Target…` fields.
    static Mapping.Builder target(Mapping.Builder b) {
        return b.field("TargetUserName", "user.name", VALUE)
                .field("TargetDomainName", "user.domain", VALUE)
                .field("TargetUserSid", "user.uid", SID)
                .field("TargetSid", "user.uid", SID)
                .fallback("TargetUserSid", "user.uid", NOBODY)
                .fallback("TargetSid", "user.uid", NOBODY);
    }

    /// A user in one field, `DOMAIN\name`.
    static Mapping.Builder user(Mapping.Builder b, String field, String user) {
        return b.field(field, user + ".name", account(user));
    }

    /// From where: address, port, machine.
    static Mapping.Builder from(Mapping.Builder b) {
        return b.field("IpAddress", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("IpPort", "src_endpoint.port", PORT)
                .field("WorkstationName", "src_endpoint.hostname", HOST)
                // Winlogbeat's security module keeps the address in ECS alone.
                .fallback("source.ip", "src_endpoint.ip", endpoint("src_endpoint"))
                .fallback("source.port", "src_endpoint.port", PORT);
    }

    /// At the machine that wrote the event.
    static Mapping.Builder here(Mapping.Builder b) {
        return b.fallback("Computer", "dst_endpoint.hostname", thisHost("dst_endpoint"));
    }

    /// From the machine that wrote the event.
    static Mapping.Builder fromHere(Mapping.Builder b) {
        return b.fallback("Computer", "src_endpoint.hostname", thisHost("src_endpoint"));
    }

    /// OCSF wants to know of an actor: where no field tells one, the account and at last the
    /// provider that wrote the event.
    static Mapping.Builder anyActor(Mapping.Builder b) {
        return b.fallback("Security_UserID", "actor.user.uid", WRITER)
                .fallback("Provider_Name", "actor.app_name", TEXT);
    }

    /// An entity that was managed: a rule, a policy, an object of the directory.
    static Mapping.Builder entity(Mapping.Builder b, String type, String name, String uid) {
        b.field(name, "entity.name", VALUE);
        if (!uid.isEmpty()) {
            b.field(uid, "entity.uid", VALUE);
        }
        return b.constant("entity.type_id", 99).constant("entity.type", type);
    }

    /// A number as it stands.
    static Mapping.Builder number(Mapping.Builder b, String field, String attribute) {
        return b.field(field, attribute, INTEGER);
    }
}
