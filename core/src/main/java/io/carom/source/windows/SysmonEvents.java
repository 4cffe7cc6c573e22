package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.LOWER;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.windows.EventParts.anyActor;
import static io.carom.source.windows.EventParts.fromHere;
import static io.carom.source.windows.EventParts.process;
import static io.carom.source.windows.EventParts.sysmon;
import static io.carom.source.windows.EventParts.user;
import static io.carom.source.windows.EventValues.ANSWERS;
import static io.carom.source.windows.EventValues.DNS_STATUS;
import static io.carom.source.windows.EventValues.HOST;
import static io.carom.source.windows.EventValues.INITIATED;
import static io.carom.source.windows.EventValues.PID;
import static io.carom.source.windows.EventValues.PORT;
import static io.carom.source.windows.EventValues.UTC;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.endpoint;
import static io.carom.source.windows.EventValues.file;
import static io.carom.source.windows.EventValues.hashes;
import static io.carom.source.windows.EventValues.protocol;
import static io.carom.source.windows.EventValues.registryValue;

import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Sysmon for Windows 4 to 15, and for Linux. Ids and fields are those of its page, "Sysmon –
/// Sysinternals", and of the schema it prints (`sysmon -s`).
final class SysmonEvents {
    private SysmonEvents() {}

    static void define(EventTable table) {
        EventTable.Provider sysmon = table.provider(
                by(sysmon("Sysmon", 0, 99)).build(),
                "Microsoft-Windows-Sysmon",
                "Microsoft-Windows-Sysmon/Operational",
                "Linux-Sysmon",
                "Linux-Sysmon/Operational");
        processes(sysmon);
        files(sysmon);
        registry(sysmon);
        network(sysmon);
        sysmon.on(
                anyActor(sysmon("4", 201004, 0))
                        .field("State", "activity_id", Conversion.words(Map.of("Started", 3, "Stopped", 4), 99))
                        .field("EventData.Version", "metadata.product.version", VALUE)
                        .constant("win_service.name", "Sysmon")
                        .constant("win_service.service_type_id", 0),
                4);
        sysmon.on(
                by(sysmon("17", 201003, 1))
                        .field("PipeName", "win_resource.name", VALUE)
                        .field("EventType", "win_resource.details", VALUE)
                        .constant("win_resource.type_id", 99)
                        .constant("win_resource.type", "Named pipe"),
                17,
                18);
    }

    /// The process that did it: image, ids, user.
    private static Mapping.Builder by(Mapping.Builder b) {
        process(b, "actor.process", "Image", "ProcessId").field("ProcessGuid", "actor.process.uid", VALUE);
        return user(b, "User", "actor.user");
    }

    private static void processes(EventTable.Provider sysmon) {
        Mapping.Builder launch = sysmon("1", 1007, 1)
                .field("ProcessGuid", "process.uid", VALUE)
                .field("CommandLine", "process.cmd_line", VALUE)
                .field("CurrentDirectory", "process.working_directory", VALUE)
                .field("IntegrityLevel", "process.integrity_id", INTEGRITY)
                .field("LogonId", "process.session.uid", VALUE)
                .field("LogonGuid", "process.session.uuid", VALUE)
                .field("FileVersion", "process.file.version", VALUE)
                .field("Company", "process.file.company_name", VALUE)
                .field("Description", "process.file.desc", VALUE)
                .field("Product", "process.file.product.name", VALUE)
                .field("OriginalFileName", "process.file.internal_name", VALUE)
                .field("Hashes", "process.file.hashes[algorithm_id=3].value", hashes("process.file"))
                .field("Hash", "process.file.hashes[algorithm_id=3].value", hashes("process.file"))
                .field("process.hash.md5", "process.file.hashes[algorithm_id=1].value", LOWER)
                .field("process.hash.sha1", "process.file.hashes[algorithm_id=2].value", LOWER)
                .field("process.hash.sha256", "process.file.hashes[algorithm_id=3].value", LOWER)
                .field("ParentProcessGuid", "process.parent_process.uid", VALUE)
                .field("ParentCommandLine", "process.parent_process.cmd_line", VALUE)
                .field("ParentProcessGuid", "actor.process.uid", VALUE)
                .field("ParentCommandLine", "actor.process.cmd_line", VALUE);
        process(launch, "process", "Image", "ProcessId");
        process(launch, "process.parent_process", "ParentImage", "ParentProcessId");
        process(launch, "actor.process", "ParentImage", "ParentProcessId");
        user(launch, "User", "process.user");
        user(launch, "ParentUser", "actor.user");
        launch.fallback("User", "actor.user.name", EventValues.account("actor.user"));
        sysmon.on(launch, 1);

        Mapping.Builder end = process(by(sysmon("5", 1007, 2)), "process", "Image", "ProcessId")
                .field("ProcessGuid", "process.uid", VALUE);
        sysmon.on(user(end, "User", "process.user"), 5);

        sysmon.on(
                onAnother("8", 4)
                        .field("StartModule", "module.file.name", file("module.file"))
                        .field("StartFunction", "module.function_name", VALUE)
                        .field("StartAddress", "module.start_address", VALUE)
                        .constant("module.load_type_id", 0)
                        .constant("injection_type_id", 1),
                8);
        sysmon.on(
                onAnother("10", 3)
                        .field("GrantedAccess", "actual_permissions", Conversion.INTEGER)
                        .field("SourceThreadId", "actor.process.tid", PID),
                10);
        Mapping.Builder tampering = process(by(sysmon("25", 1007, 4)), "process", "Image", "ProcessId")
                .field("ProcessGuid", "process.uid", VALUE)
                .constant("injection_type_id", 99);
        sysmon.on(tampering, 25);

        sysmon.on(
                anyActor(by(sysmon("6", 1002, 1)))
                        .field("ImageLoaded", "driver.file.name", file("driver.file"))
                        .field("Hashes", "driver.file.hashes[algorithm_id=3].value", hashes("driver.file"))
                        .field("Signature", "driver.file.signature.developer_uid", VALUE),
                6);
        sysmon.on(
                by(sysmon("7", 1005, 1))
                        .field("ImageLoaded", "module.file.name", file("module.file"))
                        .field("Hashes", "module.file.hashes[algorithm_id=3].value", hashes("module.file"))
                        .field("FileVersion", "module.file.version", VALUE)
                        .field("Company", "module.file.company_name", VALUE)
                        .field("Description", "module.file.desc", VALUE)
                        .field("Product", "module.file.product.name", VALUE)
                        .field("OriginalFileName", "module.file.internal_name", VALUE)
                        .field("Signature", "module.file.signature.developer_uid", VALUE)
                        .constant("module.load_type_id", 0),
                7);
    }

    private static final Conversion INTEGRITY =
            Conversion.words(Map.of("Untrusted", 1, "Low", 2, "Medium", 3, "High", 4, "System", 5, "Protected", 6), 99);

    /// A process that lays hands on another: the source acts, the target is the process of the
    /// event.
    private static Mapping.Builder onAnother(String name, int activity) {
        Mapping.Builder b = sysmon(name, 1007, activity)
                .field("SourceProcessGuid", "actor.process.uid", VALUE)
                .field("SourceProcessGUID", "actor.process.uid", VALUE)
                .field("TargetProcessGuid", "process.uid", VALUE)
                .field("TargetProcessGUID", "process.uid", VALUE);
        process(b, "actor.process", "SourceImage", "SourceProcessId");
        process(b, "process", "TargetImage", "TargetProcessId");
        user(b, "SourceUser", "actor.user");
        return user(b, "TargetUser", "process.user");
    }

    private static void files(EventTable.Provider sysmon) {
        sysmon.on(ofFile("2", 6).field("CreationUtcTime", "file.created_time", UTC), 2);
        sysmon.on(
                by(sysmon("9", 1001, 2))
                        .field("Device", "file.name", file("file"))
                        .constant("file.type_id", 5),
                9);
        sysmon.on(ofFile("11", 1).field("CreationUtcTime", "file.created_time", UTC), 11);
        sysmon.on(
                ofFile("15", 1)
                        .field("CreationUtcTime", "file.created_time", UTC)
                        .field("Hash", "file.hashes[algorithm_id=3].value", hashes("file")),
                15);
        sysmon.on(ofFile("23", 4), 23, 26);
        // An executable or a shredding that was stopped by Sysmon's configuration.
        sysmon.on(ofFile("27", 1).constant("action_id", 2).constant("disposition_id", 2), 27);
        sysmon.on(ofFile("28", 4).constant("action_id", 2).constant("disposition_id", 2), 28);
        sysmon.on(ofFile("29", 1), 29);
    }

    private static Mapping.Builder ofFile(String name, int activity) {
        return by(sysmon(name, 1001, activity))
                .field("TargetFilename", "file.name", file("file"))
                .field("Hashes", "file.hashes[algorithm_id=3].value", hashes("file"));
    }

    private static void registry(EventTable.Provider sysmon) {
        sysmon.on(
                "EventType",
                Map.of(
                        "CreateKey", key("12 CreateKey", 1),
                        "DeleteKey", key("12 DeleteKey", 4),
                        "CreateValue", value("12 CreateValue", 2),
                        "DeleteValue", value("12 DeleteValue", 4)),
                key("12", 0),
                12);
        sysmon.on(value("13", 2).field("Details", "reg_value.data", VALUE), 13);
        sysmon.on(
                "EventType",
                Map.of("RenameValue", value("14 RenameValue", 3)),
                key("14", 5).field("TargetObject", "prev_reg_key.path", TEXT),
                14);
    }

    private static Mapping.Builder key(String name, int activity) {
        return by(sysmon(name, 201001, activity))
                .field("NewName", "reg_key.path", VALUE)
                .fallback("TargetObject", "reg_key.path", TEXT);
    }

    private static Mapping.Builder value(String name, int activity) {
        return by(sysmon(name, 201002, activity)).field("TargetObject", "reg_value.name", registryValue());
    }

    private static void network(EventTable.Provider sysmon) {
        sysmon.on(
                fromHere(by(sysmon("3", 4001, 1)))
                        .field("SourceIp", "src_endpoint.ip", endpoint("src_endpoint"))
                        .field("SourcePort", "src_endpoint.port", PORT)
                        .field("SourceHostname", "src_endpoint.hostname", HOST)
                        .field("DestinationIp", "dst_endpoint.ip", endpoint("dst_endpoint"))
                        .field("DestinationPort", "dst_endpoint.port", PORT)
                        .field("DestinationHostname", "dst_endpoint.hostname", HOST)
                        .field("DestinationPortName", "dst_endpoint.svc_name", VALUE)
                        .field("Protocol", "connection_info.protocol_name", protocol())
                        .field("Initiated", "connection_info.direction_id", INITIATED),
                3);
        sysmon.on(
                fromHere(by(sysmon("22", 4003, 1)))
                        .field("QueryName", "query.hostname", VALUE)
                        .field("QueryResults", "answers[].rdata", ANSWERS)
                        .field("QueryStatus", "rcode_id", DNS_STATUS),
                22);
    }
}
