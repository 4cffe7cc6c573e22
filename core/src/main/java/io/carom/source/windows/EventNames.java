package io.carom.source.windows;

import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The native names of Windows events: one name for a field, whatever form the event came in.
///
/// What stands in `EventData` or `UserData` has its bare name (`TargetUserName`), without the
/// spaces that Defender writes (`ThreatName`); unnamed data is `Data`, once for each. What
/// stands in `System` is `EventID`, `Channel`, `Computer`, `Level`, `Task`, `Opcode`,
/// `Keywords`, `Version`, `EventRecordID`, and joined by an underscore where it is an
/// attribute: `Provider_Name`, `Execution_ProcessID`, `Security_UserID`,
/// `Correlation_ActivityID`. The record's own time is `TimeCreated`, the rendered text
/// `Message`. Data that bears the name of a system field keeps `EventData.` before it. Names a
/// shipper adds stand as they are.
///
/// Renaming costs an array look-up a field: a name is judged once for the whole process. Safe
/// for use by many threads.
public final class EventNames {
    /// The forms that name their fields differently.
    public enum Form {
        /// Winlogbeat 7 and 8 (`winlog.event_data.…`), 5 and 6 (`event_data.…`).
        BEATS(EventNames::beats),
        /// The event's XML turned to JSON (`Event.System.…`), by evtx_dump, xmltodict,
        /// Velociraptor and others; XML; binary.
        NESTED(EventNames::nested),
        /// Fields side by side: NXLog, Sentinel's tables, `Get-WinEvent`.
        FLAT(EventNames::flat),
        /// What stands in `System` side by side, the data as JSON in the text of one field: EvtxECmd.
        PAYLOAD(EventNames::payload);

        private final Aliases aliases;

        Form(UnaryOperator<String> rule) {
            aliases = new Aliases(rule);
        }
    }

    public static final int EVENT_ID = FieldNames.of("EventID");
    public static final int PROVIDER = FieldNames.of("Provider_Name");
    public static final int CHANNEL = FieldNames.of("Channel");
    /// Says of the value that follows what its name is: `<Data Name="…">` as some make JSON of
    /// it.
    static final int NAME_OF_NEXT = FieldNames.of("EventData.Data.@Name");

    static final int XMLNS = FieldNames.of("xmlns");

    private static final int ID = 0xFFFFFF;
    /// Marks a name with a number behind it, which may be a repeated element's.
    private static final int NUMBERED = 1 << 24;

    private static final int KNOWN = 1 << 25;

    private static final Set<String> SYSTEM = Set.of(
            "EventID",
            "EventID_Qualifiers",
            "Provider_Name",
            "Provider_Guid",
            "Provider_EventSourceName",
            "Channel",
            "Computer",
            "Level",
            "Task",
            "Opcode",
            "Keywords",
            "Version",
            "EventRecordID",
            "TimeCreated",
            "Execution_ProcessID",
            "Execution_ThreadID",
            "Security_UserID",
            "Correlation_ActivityID",
            "Correlation_RelatedActivityID",
            "Message");

    private static final Map<String, String> OF_BEATS = Map.ofEntries(
            Map.entry("winlog.event_id", "EventID"),
            Map.entry("winlog.channel", "Channel"),
            Map.entry("winlog.provider_name", "Provider_Name"),
            Map.entry("winlog.provider_guid", "Provider_Guid"),
            Map.entry("winlog.computer_name", "Computer"),
            Map.entry("winlog.record_id", "EventRecordID"),
            Map.entry("winlog.process.pid", "Execution_ProcessID"),
            Map.entry("winlog.process.thread.id", "Execution_ThreadID"),
            Map.entry("winlog.user.identifier", "Security_UserID"),
            Map.entry("winlog.activity_id", "Correlation_ActivityID"),
            Map.entry("winlog.related_activity_id", "Correlation_RelatedActivityID"),
            Map.entry("winlog.keywords", "Keywords"),
            Map.entry("winlog.task", "Task"),
            Map.entry("winlog.opcode", "Opcode"),
            Map.entry("winlog.version", "Version"),
            Map.entry("winlog.time_created", "TimeCreated"),
            // HarfangLab forwards the event log in Winlogbeat's form with the event's own time under this
            // name.
            Map.entry("@event_create_date", "TimeCreated"),
            Map.entry("log.level", "Level"),
            Map.entry("message", "Message"),
            Map.entry("event_id", "EventID"),
            Map.entry("log_name", "Channel"),
            Map.entry("source_name", "Provider_Name"),
            Map.entry("provider_guid", "Provider_Guid"),
            Map.entry("computer_name", "Computer"),
            Map.entry("record_number", "EventRecordID"),
            Map.entry("process_id", "Execution_ProcessID"),
            Map.entry("thread_id", "Execution_ThreadID"),
            Map.entry("user.identifier", "Security_UserID"),
            Map.entry("activity_id", "Correlation_ActivityID"),
            Map.entry("keywords", "Keywords"),
            Map.entry("level", "Level"),
            Map.entry("task", "Task"),
            Map.entry("opcode", "Opcode"),
            Map.entry("version", "Version"));

    private static final Map<String, String> OF_FLAT = Map.ofEntries(
            Map.entry("Hostname", "Computer"),
            Map.entry("MachineName", "Computer"),
            Map.entry("SourceName", "Provider_Name"),
            Map.entry("ProviderName", "Provider_Name"),
            Map.entry("EventSourceName", "Provider_Name"),
            Map.entry("Provider", "Provider_Name"),
            Map.entry("ProviderGuid", "Provider_Guid"),
            Map.entry("RecordNumber", "EventRecordID"),
            Map.entry("RecordId", "EventRecordID"),
            Map.entry("EventRecordId", "EventRecordID"),
            Map.entry("ExecutionProcessID", "Execution_ProcessID"),
            Map.entry("SystemProcessId", "Execution_ProcessID"),
            Map.entry("ThreadID", "Execution_ThreadID"),
            Map.entry("ExecutionThreadID", "Execution_ThreadID"),
            Map.entry("SystemThreadId", "Execution_ThreadID"),
            Map.entry("UserID", "Security_UserID"),
            Map.entry("SystemUserId", "Security_UserID"),
            Map.entry("ActivityID", "Correlation_ActivityID"),
            Map.entry("EventLog", "Channel"),
            Map.entry("LogName", "Channel"),
            Map.entry("EventLevel", "Level"),
            Map.entry("RenderedDescription", "Message"),
            Map.entry("SystemTime", "TimeCreated"),
            Map.entry("properties.EventId", "EventID"),
            Map.entry("properties.ProviderName", "Provider_Name"),
            Map.entry("properties.ProviderGuid", "Provider_Guid"),
            Map.entry("properties.Channel", "Channel"),
            Map.entry("properties.Level", "Level"),
            Map.entry("properties.Pid", "Execution_ProcessID"),
            Map.entry("properties.Tid", "Execution_ThreadID"),
            Map.entry("properties.Description", "Message"));

    private static final Map<String, String> OF_NESTED = Map.ofEntries(
            Map.entry("System.Provider.@Name", "Provider_Name"),
            Map.entry("System.Provider.@Guid", "Provider_Guid"),
            Map.entry("System.Provider.@EventSourceName", "Provider_EventSourceName"),
            Map.entry("System.EventID.@Qualifiers", "EventID_Qualifiers"),
            Map.entry("System.TimeCreated.@SystemTime", "TimeCreated"),
            Map.entry("System.Execution.@ProcessID", "Execution_ProcessID"),
            Map.entry("System.Execution.@ThreadID", "Execution_ThreadID"),
            Map.entry("System.Security.@UserID", "Security_UserID"),
            Map.entry("System.Security.@UserId", "Security_UserID"),
            Map.entry("System.Correlation.@ActivityID", "Correlation_ActivityID"),
            Map.entry("System.Correlation.@RelatedActivityID", "Correlation_RelatedActivityID"),
            // Velociraptor makes members of the attributes, and of an id with qualifiers an object.
            Map.entry("System.Provider.Name", "Provider_Name"),
            Map.entry("System.Provider.Guid", "Provider_Guid"),
            Map.entry("System.Provider.EventSourceName", "Provider_EventSourceName"),
            Map.entry("System.EventID.Value", "EventID"),
            Map.entry("System.EventID.Qualifiers", "EventID_Qualifiers"),
            Map.entry("System.TimeCreated.SystemTime", "TimeCreated"),
            Map.entry("System.Execution.ProcessID", "Execution_ProcessID"),
            Map.entry("System.Execution.ThreadID", "Execution_ThreadID"),
            Map.entry("System.Security.UserID", "Security_UserID"),
            Map.entry("System.Correlation.ActivityID", "Correlation_ActivityID"),
            Map.entry("System.Correlation.RelatedActivityID", "Correlation_RelatedActivityID"),
            Map.entry("RenderingInfo.Message", "Message"));

    private static final Map<String, String> OF_PAYLOAD = Map.of(
            "EventId", "EventID",
            "Provider", "Provider_Name",
            "EventRecordId", "EventRecordID",
            "ProcessId", "Execution_ProcessID",
            "ThreadId", "Execution_ThreadID",
            "UserId", "Security_UserID",
            "Payload", "(payload)");

    /// The data as JSON that stood in one field and was read: its fields stand beside it.
    public static final int PAYLOAD_TEXT = FieldNames.of("(payload)");

    private EventNames() {}

    /// Gives the fields of the row's current record their names, from the first slot on that is
    /// given.
    public static void rename(Row row, Form form, int firstSlot) {
        EventBatch batch = row.batch();
        int first = batch.firstSlot(batch.rows());
        int end = batch.slots();
        int next = 0;
        for (int slot = firstSlot; slot < end; slot++) {
            int field = batch.slotField(slot);
            int known = form.aliases.of(field);
            int name = known & ID;
            if (name == NAME_OF_NEXT) {
                long value = batch.slotValue(slot);
                next = slot + 1 < end && form.aliases.of(batch.slotField(slot + 1)) == (KNOWN | DATA)
                        ? FieldNames.of(data(batch.text(value)))
                        : 0;
            } else if (next != 0) {
                name = next;
                next = 0;
            } else if ((known & NUMBERED) != 0 && repeats(batch, first, slot, name)) {
                name = base(name);
            }
            if (name != field) {
                batch.rename(slot, name);
            }
        }
    }

    /// XML that stood in one field and was read: its fields stand beside it.
    public static final int XML_TEXT = FieldNames.of("(xml)");

    private static final int UTC_TIME = FieldNames.of("UtcTime");

    /// What Winlogbeat's Sysmon module makes of the data before it drops it, by the Elastic
    /// Common Schema's name.
    private static final Map<Integer, Integer> OF_ECS = ids(Map.ofEntries(
            Map.entry("process.entity_id", "ProcessGuid"),
            Map.entry("process.pid", "ProcessId"),
            Map.entry("process.executable", "Image"),
            Map.entry("process.command_line", "CommandLine"),
            Map.entry("process.working_directory", "CurrentDirectory"),
            Map.entry("process.parent.entity_id", "ParentProcessGuid"),
            Map.entry("process.parent.pid", "ParentProcessId"),
            Map.entry("process.parent.executable", "ParentImage"),
            Map.entry("process.parent.command_line", "ParentCommandLine"),
            Map.entry("process.pe.original_file_name", "OriginalFileName"),
            Map.entry("file.path", "TargetFilename"),
            Map.entry("registry.path", "TargetObject"),
            Map.entry("registry.data.strings", "Details"),
            Map.entry("source.ip", "SourceIp"),
            Map.entry("source.port", "SourcePort"),
            Map.entry("source.domain", "SourceHostname"),
            Map.entry("destination.ip", "DestinationIp"),
            Map.entry("destination.port", "DestinationPort"),
            Map.entry("destination.domain", "DestinationHostname"),
            Map.entry("network.transport", "Protocol"),
            Map.entry("dns.question.name", "QueryName"),
            Map.entry("rule.name", "RuleName"),
            Map.entry("user.name", "User")));

    private static Map<Integer, Integer> ids(Map<String, String> names) {
        Map<Integer, Integer> ids = new HashMap<>();
        names.forEach((from, to) -> ids.put(FieldNames.of(from), FieldNames.of(to)));
        return Map.copyOf(ids);
    }

    /// Gives Sysmon's fields their own names back where Winlogbeat's module kept only ECS.
    /// Called for events of its provider alone: elsewhere the same names mean other things.
    public static void restoreSysmon(Row row) {
        if (row.has(UTC_TIME)) {
            return;
        }
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            Integer name = OF_ECS.get(batch.slotField(slot));
            if (name != null && !row.has(name)) {
                batch.rename(slot, name);
            }
        }
    }

    private static final int DATA = FieldNames.of("Data");
    private static final int PARAM_1 = FieldNames.of("param1");

    /// Providers of the classic kind whose data has no names: there `param1` is what Winlogbeat
    /// calls the first.
    private static final List<String> CLASSIC = List.of(
            "PowerShell",
            "MSSQLSERVER",
            "Application Error",
            "Application Hang",
            "Windows Error Reporting",
            "MsiInstaller",
            "AD FS Auditing",
            "TermDD",
            "ESENT",
            "Outlook");

    /// Gives unnamed data its common name back where Winlogbeat numbered it.
    public static void restoreUnnamed(Row row) {
        if (!row.has(PARAM_1)) {
            return;
        }
        long provider = row.value(PROVIDER);
        if (provider < 0 || CLASSIC.stream().noneMatch(name -> row.equal(provider, name))) {
            return;
        }
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            String name = FieldNames.name(batch.slotField(slot));
            if (name.startsWith("param") && name.chars().skip(5).allMatch(c -> c >= '0' && c <= '9')) {
                batch.rename(slot, DATA);
            }
        }
    }

    private static final Map<Integer, Integer> BASES = new HashMap<>();

    private static int base(int numbered) {
        synchronized (BASES) {
            return BASES.computeIfAbsent(numbered, id -> {
                String name = FieldNames.name(id);
                return FieldNames.of(name.substring(0, name.lastIndexOf('_')));
            });
        }
    }

    /// Whether a field of the name without its number stands before it in the record: then it
    /// is that field again.
    private static boolean repeats(EventBatch batch, int first, int slot, int numbered) {
        int base = base(numbered);
        for (int before = first; before < slot; before++) {
            if (batch.slotField(before) == base) {
                return true;
            }
        }
        return false;
    }

    private static String beats(String name) {
        String bare = name.startsWith("_source.") ? name.substring(8) : name;
        String known = OF_BEATS.get(bare);
        if (known != null) {
            return known;
        }
        for (String data : new String[] {"winlog.event_data.", "winlog.user_data.", "event_data.", "user_data."}) {
            if (bare.startsWith(data)) {
                return data(bare.substring(data.length()));
            }
        }
        return bare;
    }

    private static String flat(String name) {
        String bare = name.startsWith("_source.") ? name.substring(8) : name;
        String known = OF_FLAT.get(bare);
        // Sentinel's WindowsEvent table holds its data in an object.
        return known != null ? known : bare.startsWith("EventData.") ? data(bare.substring(10)) : bare.replace(" ", "");
    }

    private static String payload(String name) {
        String bare = name.startsWith("_source.") ? name.substring(8) : name;
        return OF_PAYLOAD.getOrDefault(bare, bare);
    }

    private static String nested(String name) {
        String bare = name.startsWith("_source.") ? name.substring(8) : name;
        // Azure Monitor wraps an event's data in an element of its own.
        bare = bare.startsWith("Event.") ? bare.substring(6) : bare.startsWith("DataItem.") ? bare.substring(9) : bare;
        bare = bare.replace("#attributes.", "@").replace("_attributes.", "@");
        if (bare.startsWith("@xmlns") || bare.contains(".@xmlns")) {
            return "xmlns";
        }
        String known = OF_NESTED.get(bare);
        if (known != null) {
            return known;
        }
        for (String text : new String[] {".#text", "._text", ".$"}) {
            if (bare.endsWith(text)) {
                bare = bare.substring(0, bare.length() - text.length());
            }
        }
        if (bare.startsWith("System.")) {
            return bare.substring(7).replace(".@", "_");
        }
        if (bare.startsWith("EventData.")) {
            return bare.equals("EventData.Data.@Name") ? bare : data(bare.substring(10));
        }
        if (bare.startsWith("UserData.")) {
            int below = bare.indexOf('.', 9);
            return data(below < 0 ? bare.substring(9) : bare.substring(below + 1));
        }
        return bare;
    }

    private static String data(String name) {
        String bare = name.indexOf(' ') < 0 ? name : name.replace(" ", "");
        return SYSTEM.contains(bare) ? "EventData." + bare : bare.isEmpty() ? "Data" : bare;
    }

    /// What each name of one form is called, learnt as names appear.
    private static final class Aliases {
        private final UnaryOperator<String> rule;
        private volatile int[] known = new int[1024];

        Aliases(UnaryOperator<String> rule) {
            this.rule = rule;
        }

        int of(int field) {
            int[] now = known;
            int alias = field < now.length ? now[field] : 0;
            return alias != 0 ? alias : learn(field);
        }

        private synchronized int learn(int field) {
            String name = rule.apply(FieldNames.name(field));
            int alias = KNOWN | FieldNames.of(name) | (isNumbered(name) ? NUMBERED : 0);
            if (field == FieldNames.OTHER) {
                alias = KNOWN | FieldNames.OTHER;
            }
            int[] now = known;
            if (field >= now.length) {
                now = java.util.Arrays.copyOf(now, Integer.highestOneBit(field) * 2);
            }
            // Who reads the array meanwhile finds 0 and comes here, or the alias.
            now[field] = alias;
            known = now;
            return alias;
        }

        private static boolean isNumbered(String name) {
            int at = name.length();
            while (at > 0 && name.charAt(at - 1) >= '0' && name.charAt(at - 1) <= '9') {
                at--;
            }
            return at < name.length() && at > 1 && name.charAt(at - 1) == '_';
        }
    }
}
