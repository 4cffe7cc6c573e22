package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.windows.EventParts.anyActor;
import static io.carom.source.windows.EventParts.entity;
import static io.carom.source.windows.EventParts.event;
import static io.carom.source.windows.EventParts.user;
import static io.carom.source.windows.EventValues.BASE_NAME;
import static io.carom.source.windows.EventValues.PID;
import static io.carom.source.windows.EventValues.SID;
import static io.carom.source.windows.EventValues.THREAT_SEVERITY;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.file;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// What Windows itself found or stopped: Defender, AppLocker, the firewall, code integrity.
final class DefenceEvents {
    private DefenceEvents() {}

    static void define(EventTable table) {
        defender(table.provider(
                "Microsoft-Windows-Windows Defender",
                "Microsoft-Windows-Windows Defender/Operational",
                "Windows Defender"));
        appLocker(table.provider(
                "Microsoft-Windows-AppLocker",
                "Microsoft-Windows-AppLocker/EXE and DLL",
                "Microsoft-Windows-AppLocker/MSI and Script",
                "Microsoft-Windows-AppLocker/Packaged app-Deployment",
                "Microsoft-Windows-AppLocker/Packaged app-Execution"));
        firewall(table.provider(
                "Microsoft-Windows-Windows Firewall With Advanced Security",
                "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"));
        codeIntegrity(table.provider("Microsoft-Windows-CodeIntegrity", "Microsoft-Windows-CodeIntegrity/Operational"));
    }

    // ---- Defender
    // ------------------------------------------------------------------------------------------------

    private static Mapping.Builder finding(String name, int activity, String title) {
        Mapping.Builder b = event(name, 2004, activity)
                .field("DetectionID", "finding_info.uid", VALUE)
                .field("ThreatName", "finding_info.title", VALUE)
                .field("CategoryName", "finding_info.types", VALUE)
                .field("ProcessName", "actor.app_name", PROCESS)
                .field("ActionID", "disposition_id", DISPOSITION)
                .fallback("ID", "finding_info.uid", VALUE)
                .fallback("EventRecordID", "finding_info.uid", VALUE)
                .fallback("EventID", "finding_info.uid", TEXT)
                .constant("finding_info.title", title)
                .constant("metadata.product.feature.name", "Windows Defender")
                .constant("is_alert", 1);
        return user(user(b, "DetectionUser", "actor.user"), "User", "actor.user");
    }

    private static final Attribute FILE_NAME = Attribute.of("evidences[].file.name");

    /// Defender's `Path`: `file:_C:\\Temp\\a.exe; containerfile:_…`. The first file becomes
    /// evidence.
    private static final Conversion PATH = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        for (int i = from; i + 6 < end; i++) {
            if (b[i] == 'f'
                    && b[i + 1] == 'i'
                    && b[i + 2] == 'l'
                    && b[i + 3] == 'e'
                    && b[i + 4] == ':'
                    && b[i + 5] == '_') {
                int stop = i + 6;
                while (stop < end && b[stop] != ';') {
                    stop++;
                }
                long path = Column.pack(i + 6, stop);
                row.batch().add(to, path);
                return BASE_NAME.write(row, FILE_NAME, path, kind);
            }
        }
        return true;
    };

    /// The program at work, of which Defender tells the path and no process id.
    private static final Conversion PROCESS =
            (row, to, slice, kind) -> row.equal(slice, "Unknown") || VALUE.write(row, to, slice, kind);

    /// Defender's `Action ID` (MSFT_MpThreatDetection): 1 clean, 2 quarantine, 3 remove, 6
    /// allow, 8 user defined, 9 no action, 10 block.
    private static final Conversion DISPOSITION =
            Conversion.words(Map.of("1", 11, "2", 3, "3", 5, "6", 1, "8", 7, "9", 16, "10", 2), 99);

    private static void defender(EventTable.Provider defender) {
        Mapping.Builder malware = finding("1116", 1, "Malware detected")
                .field("Path", "evidences[].file.path", PATH)
                .field("ThreatName", "malware[].name", VALUE)
                .field("ThreatID", "malware[].uid", VALUE)
                .field("CategoryID", "malware[].classification_ids", CLASSIFICATION)
                .field("SeverityID", "severity_id", THREAT_SEVERITY);
        defender.on(malware, 1006, 1015, 1116);
        defender.on(acted("1117", 1), 1007, 1009, 1011, 1117);
        defender.on(acted("1118", 2), 1008, 1010, 1012, 1118, 1119);
        Mapping.Builder rule = finding("1121", 1, "Attack surface reduction")
                .field("Path", "evidences[].file.path", PLAIN_PATH)
                .field("Path", "evidences[].file.name", BASE_NAME);
        defender.on(rule, 1121, 1122, 1123, 1124, 1125, 1126, 1127, 1128, 1131, 1132, 1133, 1134);
        defender.on(finding("5001", 1, "Real-time protection was disabled"), 5001);
        defender.on(finding("5007", 1, "The configuration was changed"), 5004, 5007);
        defender.on(finding("5010", 1, "Scanning was disabled"), 5010, 5012, 5101);
        defender.on(finding("5013", 1, "Tamper protection stopped a change"), 5013);
        defender.on(finding("3002", 1, "Real-time protection failed"), 3002);
        defender.on(finding("1013", 99, "The history of threats was deleted"), 1013);
    }

    private static Mapping.Builder acted(String name, int status) {
        return finding(name, 1, "Malware acted upon")
                .field("Path", "evidences[].file.path", PATH)
                .field("ThreatName", "malware[].name", VALUE)
                .field("ThreatID", "malware[].uid", VALUE)
                .field("CategoryID", "malware[].classification_ids", CLASSIFICATION)
                .field("SeverityID", "severity_id", THREAT_SEVERITY)
                .field("ErrorCode", "status_code", VALUE)
                .field("ErrorDescription", "status_detail", VALUE)
                .constant("status_id", status == 1 ? 4 : 2);
    }

    private static final Conversion PLAIN_PATH = (row, to, slice, kind) -> {
        if (Column.length(slice) > 0) {
            row.batch().add(to, slice);
        }
        return true;
    };

    /// Defender's categories of threats (MSFT_MpThreat, `CategoryID`) as OCSF's malware
    /// classifications.
    private static final Conversion CLASSIFICATION = Conversion.words(
            Map.ofEntries(
                    Map.entry("1", 1),
                    Map.entry("2", 17),
                    Map.entry("3", 9),
                    Map.entry("4", 6),
                    Map.entry("5", 11),
                    Map.entry("6", 2),
                    Map.entry("8", 18),
                    Map.entry("9", 19),
                    Map.entry("10", 22),
                    Map.entry("11", 7),
                    Map.entry("30", 8),
                    Map.entry("36", 15),
                    Map.entry("46", 2),
                    Map.entry("50", 10)),
            99);

    // ---- AppLocker
    // -----------------------------------------------------------------------------------------------

    private static Mapping.Builder ran(String name, int action) {
        return anyActor(event(name, 1007, 1))
                .field("FullFilePath", "process.file.name", file("process.file"))
                .field("FullFilePath", "process.name", BASE_NAME)
                .field("FilePath", "process.file.name", file("process.file"))
                .field("FilePath", "process.name", BASE_NAME)
                .field("FileHash", "process.file.hashes[algorithm_id=3].value", SHA256)
                .field("TargetUser", "actor.user.uid", SID)
                .field("TargetProcessId", "process.pid", PID)
                .field("RuleName", "policy.name", VALUE)
                .field("RuleId", "policy.uid", VALUE)
                .fallback("Execution_ProcessID", "actor.process.pid", PID)
                .constant("action_id", action);
    }

    private static Mapping.Builder opened(String name, int action) {
        return anyActor(event(name, 1001, 14))
                .field("FullFilePath", "file.name", file("file"))
                .field("FilePath", "file.name", file("file"))
                .field("FileHash", "file.hashes[algorithm_id=3].value", SHA256)
                .field("TargetUser", "actor.user.uid", SID)
                .field("TargetProcessId", "actor.process.pid", PID)
                .field("RuleName", "policy.name", VALUE)
                .field("RuleId", "policy.uid", VALUE)
                .fallback("Fqbn", "file.name", VALUE)
                .fallback("Package", "file.name", VALUE)
                .constant("file.name", "")
                .constant("action_id", action);
    }

    private static final Conversion SHA256 =
            (row, to, slice, kind) -> Column.length(slice) != 64 || Conversion.LOWER.write(row, to, slice, kind);

    private static void appLocker(EventTable.Provider locker) {
        locker.on(ran("8002", 1), 8002);
        locker.on(ran("8003", 3), 8003);
        locker.on(ran("8004", 2), 8004);
        locker.on(opened("8005", 1), 8005, 8020, 8023);
        locker.on(opened("8006", 3), 8006, 8021, 8024);
        locker.on(opened("8007", 2), 8007, 8022, 8025);
    }

    // ---- firewall
    // ------------------------------------------------------------------------------------------------

    private static Mapping.Builder rule(String name, int activity) {
        return anyActor(entity(event(name, 3004, activity), "Firewall rule", "RuleName", "RuleId"))
                .field("ModifyingUser", "actor.user.uid", SID)
                .field("ModifyingApplication", "actor.process.file.name", file("actor.process.file"))
                .field("ModifyingApplication", "actor.process.name", BASE_NAME)
                .constant("entity.name", "Firewall settings");
    }

    private static void firewall(EventTable.Provider firewall) {
        firewall.on(rule("2004", 1), 2004, 2071, 2097);
        firewall.on(rule("2005", 3), 2002, 2003, 2005, 2008, 2009, 2010, 2032, 2073, 2082, 2083, 2099);
        firewall.on(rule("2006", 4), 2006, 2033, 2052, 2059, 2060);
    }

    // ---- code integrity
    // ------------------------------------------------------------------------------------------

    private static Mapping.Builder image(String name, int action) {
        return anyActor(event(name, 1005, 1))
                .field("FileNameBuffer", "module.file.name", file("module.file"))
                .field("FileName", "module.file.name", file("module.file"))
                .field("ProcessNameBuffer", "actor.process.file.name", file("actor.process.file"))
                .field("ProcessNameBuffer", "actor.process.name", BASE_NAME)
                .field("ProcessName", "actor.process.file.name", file("actor.process.file"))
                .field("ProcessName", "actor.process.name", BASE_NAME)
                .constant("module.file.name", "")
                .constant("module.load_type_id", 0)
                .constant("action_id", action);
    }

    private static void codeIntegrity(EventTable.Provider integrity) {
        integrity.on(image("3001", 3), 3001, 3034, 3064, 3065, 3066, 3076, 3082);
        integrity.on(image("3004", 2), 3002, 3003, 3004, 3010, 3023, 3033, 3036, 3037, 3063, 3077, 3104, 3111);
    }
}
