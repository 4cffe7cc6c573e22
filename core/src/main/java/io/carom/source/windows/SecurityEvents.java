package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.windows.EventParts.anyActor;
import static io.carom.source.windows.EventParts.by;
import static io.carom.source.windows.EventParts.entity;
import static io.carom.source.windows.EventParts.event;
import static io.carom.source.windows.EventParts.from;
import static io.carom.source.windows.EventParts.fromHere;
import static io.carom.source.windows.EventParts.here;
import static io.carom.source.windows.EventParts.process;
import static io.carom.source.windows.EventParts.security;
import static io.carom.source.windows.EventParts.subject;
import static io.carom.source.windows.EventParts.target;
import static io.carom.source.windows.EventValues.ANY_HOST;
import static io.carom.source.windows.EventValues.DIRECTION;
import static io.carom.source.windows.EventValues.FILE_ACCESS;
import static io.carom.source.windows.EventValues.GUID;
import static io.carom.source.windows.EventValues.HOST;
import static io.carom.source.windows.EventValues.KERBEROS;
import static io.carom.source.windows.EventValues.KEY_ACCESS;
import static io.carom.source.windows.EventValues.LOGON_ID;
import static io.carom.source.windows.EventValues.LOGON_TYPE;
import static io.carom.source.windows.EventValues.NTSTATUS;
import static io.carom.source.windows.EventValues.PACKAGE;
import static io.carom.source.windows.EventValues.PID;
import static io.carom.source.windows.EventValues.PORT;
import static io.carom.source.windows.EventValues.PRINCIPAL;
import static io.carom.source.windows.EventValues.SERVICE_START;
import static io.carom.source.windows.EventValues.SERVICE_TYPE;
import static io.carom.source.windows.EventValues.SID;
import static io.carom.source.windows.EventValues.SUB_STATUS;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.WORDS;
import static io.carom.source.windows.EventValues.account;
import static io.carom.source.windows.EventValues.endpoint;
import static io.carom.source.windows.EventValues.file;
import static io.carom.source.windows.EventValues.labelled;
import static io.carom.source.windows.EventValues.protocol;

import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.HashMap;
import java.util.Map;

/// The security log. Ids and fields are those of Microsoft's "Advanced security audit policy
/// settings", each event's page.
final class SecurityEvents {
    private SecurityEvents() {}

    static void define(EventTable table) {
        EventTable.Provider audit = table.provider(
                subject(security("Security", 0, 99)).build(), "Microsoft-Windows-Security-Auditing", "Security");
        logons(audit);
        tickets(audit);
        processes(audit);
        accounts(audit);
        groups(audit);
        rights(audit);
        objects(audit);
        jobs(audit);
        network(audit);
        configuration(audit);
        EventTable.Provider log = table.provider("Microsoft-Windows-Eventlog", "EventLog");
        log(log);
        // The channel stands for its providers where a record names none.
        audit.like(log);
    }

    // ---- who signs in
    // --------------------------------------------------------------------------------------------

    private static Mapping.Builder logon(String name, int activity) {
        return by(here(from(target(subject(security(name, 3002, activity))))), "ProcessName", "ProcessId")
                .field("TargetLogonId", "session.uid", LOGON_ID)
                .field("LogonGuid", "session.uuid", GUID)
                .field("LogonType", "logon_type_id", LOGON_TYPE)
                .field("AuthenticationPackageName", "auth_protocol_id", PACKAGE);
    }

    private static void logons(EventTable.Provider audit) {
        audit.on(logon("4624", 1).constant("status_id", 1), 4624);
        audit.on(
                logon("4625", 1)
                        .field("SubStatus", "status_code", SUB_STATUS)
                        .fallback("Status", "status_code", NTSTATUS)
                        .constant("status_id", 2),
                4625);
        audit.on(logon("4634", 2).constant("status_id", 1), 4634, 4647);
        audit.on(
                logon("4648", 1)
                        .field("TargetServerName", "dst_endpoint.hostname", ANY_HOST)
                        .field("TargetInfo", "service.name", VALUE),
                4648);
        audit.on(logon("4649", 99), 4649, 4675);
        audit.on(
                here(target(security("4778", 4005, 8)))
                        .field("AccountName", "user.name", VALUE)
                        .field("AccountDomain", "user.domain", VALUE)
                        .field("LogonID", "actor.session.uid", VALUE)
                        .field("ClientAddress", "src_endpoint.ip", endpoint("src_endpoint"))
                        .field("ClientName", "src_endpoint.hostname", HOST),
                4778);
        audit.on(
                here(target(security("4779", 4005, 7)))
                        .field("AccountName", "user.name", VALUE)
                        .field("AccountDomain", "user.domain", VALUE)
                        .field("LogonID", "actor.session.uid", VALUE)
                        .field("ClientAddress", "src_endpoint.ip", endpoint("src_endpoint"))
                        .field("ClientName", "src_endpoint.hostname", HOST),
                4779);
        audit.on(
                here(security("4825", 3002, 1))
                        .field("AccountName", "user.name", VALUE)
                        .field("AccountDomain", "user.domain", VALUE)
                        .field("LogonID", "session.uid", VALUE)
                        .field("ClientAddress", "src_endpoint.ip", endpoint("src_endpoint"))
                        .fallback("Message", "user.name", labelled("username", VALUE))
                        .fallback("Message", "user.domain", labelled("domain", VALUE))
                        .fallback("Message", "src_endpoint.ip", labelled("clientaddress", endpoint("src_endpoint")))
                        .constant("logon_type_id", 10)
                        .constant("status_id", 2),
                4825);
        audit.on(
                subject(security("4672", 3003, 1))
                        .field("SubjectUserName", "user.name", VALUE)
                        .field("SubjectDomainName", "user.domain", VALUE)
                        .field("SubjectUserSid", "user.uid", VALUE)
                        .field("SubjectLogonId", "session.uid", VALUE)
                        .field("PrivilegeList", "privileges", WORDS),
                4672);
        audit.on(
                target(subject(by(security("4703", 3003, 1), "ProcessName", "ProcessId")))
                        .field("TargetLogonId", "session.uid", LOGON_ID)
                        .field("EnabledPrivilegeList", "privileges", WORDS)
                        .field("DisabledPrivilegeList", "privileges", WORDS),
                4703);
        // Locked, unlocked, screen saver on and off.
        audit.on(
                here(target(security("4800", 3002, 99))).field("TargetLogonId", "session.uid", LOGON_ID),
                4800,
                4801,
                4802,
                4803);
        networkPolicy(audit);
    }

    /// The Network Policy Server (RADIUS): who was let in by VPN or wireless.
    private static void networkPolicy(EventTable.Provider audit) {
        audit.on(radius("6272").constant("status_id", 1), 6272, 6278);
        audit.on(radius("6273").constant("status_id", 2), 6273, 6274, 6275, 6276, 6277, 6279);
    }

    private static Mapping.Builder radius(String name) {
        return here(security(name, 3002, 1))
                .field("SubjectUserName", "user.name", account("user"))
                .field("SubjectDomainName", "user.domain", VALUE)
                .field("SubjectUserSid", "user.uid", SID)
                .field("CallingStationID", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("ClientIPAddress", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .field("NASIPv4Address", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .field("AuthenticationServer", "dst_endpoint.hostname", HOST)
                .field("ReasonCode", "status_code", VALUE)
                .field("Reason", "status_detail", VALUE)
                .constant("auth_protocol_id", 10);
    }

    // ---- Kerberos and NTLM
    // ---------------------------------------------------------------------------------------

    private static Mapping.Builder ticket(String name, int activity) {
        return here(from(security(name, 3002, activity)))
                .field("TargetUserName", "user.name", PRINCIPAL)
                .field("TargetDomainName", "user.domain", VALUE)
                .field("TargetSid", "user.uid", SID)
                .field("LogonGuid", "session.uuid", GUID)
                .field("ServiceName", "service.name", VALUE)
                .field("ServiceSid", "service.uid", SID)
                .constant("auth_protocol_id", 2);
    }

    private static void tickets(EventTable.Provider audit) {
        audit.on(ticket("4768", 3).fallback("Status", "status_code", KERBEROS), 4768);
        audit.on(ticket("4769", 4).fallback("Status", "status_code", KERBEROS), 4769);
        audit.on(ticket("4770", 5).constant("status_id", 1), 4770);
        audit.on(ticket("4771", 6).fallback("Status", "status_code", KERBEROS).constant("status_id", 2), 4771);
        audit.on(
                ticket("4772", 3)
                        .fallback("FailureCode", "status_code", KERBEROS)
                        .constant("status_id", 2),
                4772);
        audit.on(
                ticket("4773", 4)
                        .fallback("FailureCode", "status_code", KERBEROS)
                        .constant("status_id", 2),
                4773);
        audit.on(
                ticket("4820", 3).fallback("Status", "status_code", KERBEROS).constant("status_id", 2),
                4820,
                4821,
                4824);
        Mapping.Builder ntlm = here(security("4776", 3002, 1))
                .field("TargetUserName", "user.name", VALUE)
                .field("LogonAccount", "user.name", VALUE)
                .field("Workstation", "src_endpoint.hostname", HOST)
                .field("SourceWorkstation", "src_endpoint.hostname", HOST)
                .field("PackageName", "auth_protocol_id", PACKAGE)
                .fallback("Status", "status_code", NTSTATUS)
                .fallback("ErrorCode", "status_code", NTSTATUS);
        audit.on(ntlm, 4774, 4775, 4776, 4777, 4822, 4823);
    }

    // ---- processes, services, jobs
    // -------------------------------------------------------------------------------

    private static void processes(EventTable.Provider audit) {
        Mapping.Builder launch = subject(security("4688", 1007, 1))
                .field("CommandLine", "process.cmd_line", VALUE)
                .field("TargetUserName", "process.user.name", VALUE)
                .field("TargetDomainName", "process.user.domain", VALUE)
                .field("TargetUserSid", "process.user.uid", SID)
                .field("TargetLogonId", "process.session.uid", LOGON_ID)
                .field("MandatoryLabel", "process.integrity_id", INTEGRITY)
                .constant("status_id", 1);
        process(launch, "process", "NewProcessName", "NewProcessId");
        process(launch, "process.parent_process", "ParentProcessName", "ProcessId");
        process(launch, "actor.process", "ParentProcessName", "ProcessId");
        audit.on(launch, 4688);
        audit.on(
                process(
                                by(subject(security("4689", 1007, 2)), "ProcessName", "ProcessId"),
                                "process",
                                "ProcessName",
                                "ProcessId")
                        .field("Status", "exit_code", Conversion.INTEGER),
                4689);
        audit.on(
                process(
                        by(subject(security("4696", 1007, 99)), "ProcessName", "ProcessId"),
                        "process",
                        "TargetProcessName",
                        "TargetProcessId"),
                4696);
        audit.on(
                subject(security("4697", 201004, 1))
                        .field("ServiceName", "win_service.name", VALUE)
                        .field("ServiceFileName", "win_service.cmd_line", VALUE)
                        .field("ServiceAccount", "win_service.service_start_name", VALUE)
                        .field("ServiceType", "win_service.service_type_id", SERVICE_TYPE)
                        .field("ServiceStartType", "win_service.service_start_type_id", SERVICE_START),
                4697);
    }

    /// The mandatory label of a process (MS-DTYP 2.4.2.4): `S-1-16-` and a level.
    private static final Conversion INTEGRITY = Conversion.words(Map.of(
            "S-1-16-0", 1,
            "S-1-16-4096", 2,
            "S-1-16-8192", 3,
            "S-1-16-8448", 3,
            "S-1-16-12288", 4,
            "S-1-16-16384", 5,
            "S-1-16-20480", 6));

    private static void jobs(EventTable.Provider audit) {
        audit.on(job("4698", 1), 4698);
        audit.on(job("4699", 3), 4699);
        audit.on(job("4700", 4), 4700);
        audit.on(job("4701", 5), 4701);
        audit.on(job("4702", 2), 4702);
    }

    private static Mapping.Builder job(String name, int activity) {
        return subject(security(name, 1006, activity))
                .field("TaskName", "job.name", TEXT)
                .field("TaskContent", "job.desc", VALUE)
                .field("TaskContentNew", "job.desc", VALUE)
                .field("TaskContent", "job.cmd_line", COMMAND)
                .field("TaskContentNew", "job.cmd_line", COMMAND)
                .field("ClientProcessId", "actor.process.pid", PID)
                .fallback("TaskName", "job.name", TEXT);
    }

    /// What a task runs, from its XML (MS-TSCH 2.5.1): the text of `Exec/Command` and, behind a
    /// space, `Arguments`.
    private static final Conversion COMMAND = (row, to, slice, kind) -> {
        String xml = row.batch().text(slice);
        String command = between(xml, "<Command>", "</Command>");
        if (command.isEmpty()) {
            return true;
        }
        String arguments = between(xml, "<Arguments>", "</Arguments>");
        row.set(to, plain(arguments.isEmpty() ? command : command + " " + arguments));
        return true;
    };

    private static String between(String text, String open, String close) {
        int from = text.indexOf(open);
        int end = from < 0 ? -1 : text.indexOf(close, from);
        return end < 0 ? "" : text.substring(from + open.length(), end).strip();
    }

    private static String plain(String xml) {
        return xml.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&apos;", "'")
                .replace("&amp;", "&");
    }

    // ---- accounts, groups, rights
    // --------------------------------------------------------------------------------

    private static Mapping.Builder change(String name, int activity) {
        return target(subject(security(name, 3001, activity)))
                .field("SamAccountName", "user_result.name", VALUE)
                .field("UserPrincipalName", "user_result.email_addr", VALUE)
                .field("DisplayName", "user_result.display_name", VALUE);
    }

    private static void accounts(EventTable.Provider audit) {
        audit.on(change("4720", 1), 4720, 4741);
        audit.on(change("4722", 2), 4722);
        audit.on(change("4723", 3), 4723);
        audit.on(change("4724", 4), 4724);
        audit.on(
                subject(security("4794", 3001, 4))
                        .field("Workstation", "src_endpoint.hostname", HOST)
                        .fallback("Status", "status_code", NTSTATUS)
                        .constant("user.name", "DSRM Administrator"),
                4794);
        audit.on(change("4725", 5), 4725);
        audit.on(change("4726", 6), 4726, 4743);
        audit.on(
                // Here the "domain" is the machine from which the wrong passwords came.
                subject(security("4740", 3001, 9))
                        .field("TargetUserName", "user.name", VALUE)
                        .field("TargetSid", "user.uid", SID)
                        .field("TargetUserSid", "user.uid", SID)
                        .field("TargetDomainName", "src_endpoint.hostname", HOST),
                4740);
        audit.on(change("4767", 12), 4767);
        audit.on(
                change("4738", 99)
                        .field("NewTargetUserName", "user_result.name", VALUE)
                        .field("OldTargetUserName", "user.name", VALUE),
                4738,
                4742,
                4765,
                4766,
                4780,
                4781,
                4782,
                5376,
                5377);
    }

    private static Mapping.Builder group(String name, int activity) {
        return subject(security(name, 3006, activity))
                .field("TargetUserName", "group.name", VALUE)
                .field("TargetDomainName", "group.domain", VALUE)
                .field("TargetSid", "group.uid", VALUE)
                .field("NewTargetUserName", "group.name", VALUE)
                .field("MemberName", "user.name", VALUE)
                .field("MemberSid", "user.uid", SID)
                .field("PrivilegeList", "privileges", WORDS);
    }

    private static void groups(EventTable.Provider audit) {
        audit.on(group("4727", 6), 4727, 4731, 4744, 4749, 4754, 4759, 4783, 4790);
        audit.on(group("4728", 3), 4728, 4732, 4746, 4751, 4756, 4761, 4785, 4787);
        audit.on(group("4729", 4), 4729, 4733, 4747, 4752, 4757, 4762, 4786, 4788);
        audit.on(group("4730", 5), 4730, 4734, 4748, 4753, 4758, 4763, 4789, 4792);
        audit.on(group("4735", 99), 4735, 4737, 4745, 4750, 4755, 4760, 4764, 4784, 4791);
    }

    private static void rights(EventTable.Provider audit) {
        // Certificate services: asked for, granted, refused.
        audit.on(
                security("4886", 0, 99)
                        .field("Requester", "actor.user.name", account("actor.user"))
                        .field("RequesterName", "actor.user.name", account("actor.user")),
                4886,
                4887,
                4888);
        audit.on(right("4704", 1, "PrivilegeList"), 4704);
        audit.on(right("4705", 2, "PrivilegeList"), 4705);
        audit.on(right("4717", 1, "AccessGranted"), 4717);
        audit.on(right("4718", 2, "AccessRemoved"), 4718);
    }

    private static Mapping.Builder right(String name, int activity, String privileges) {
        return subject(security(name, 3005, activity))
                .field("TargetSid", "user.uid", VALUE)
                .field("TargetUserName", "user.name", VALUE)
                .field(privileges, "privileges", WORDS);
    }

    // ---- objects
    // -------------------------------------------------------------------------------------------------

    private static void objects(EventTable.Provider audit) {
        audit.on(
                "ObjectType",
                Map.of("File", accessedFile("4663 file"), "Key", accessedKey("4663 key")),
                resource("4663"),
                4656,
                4661,
                4663,
                4659,
                4664);
        audit.on(resource("4673"), 4658, 4660, 4673, 4674, 4690, 4691);
        Mapping.Builder permissionsOfFile = by(subject(security("4670 file", 1001, 7)), "ProcessName", "ProcessId")
                .field("ObjectName", "file.name", file("file"));
        Mapping.Builder permissionsOfKey = by(subject(security("4670 key", 201001, 6)), "ProcessName", "ProcessId")
                .field("ObjectName", "reg_key.path", VALUE);
        audit.on("ObjectType", Map.of("File", permissionsOfFile, "Key", permissionsOfKey), resource("4670"), 4670);
        Map<String, Mapping.Builder> values = new HashMap<>();
        values.put("%%1904", registryValue("4657 new", 2));
        values.put("%%1905", registryValue("4657 modified", 3));
        values.put("%%1906", registryValue("4657 deleted", 4));
        audit.on("OperationType", values, registryValue("4657", 3), 4657);
        audit.on(directory("4662", 2), 4662);
        audit.on(directory("5136", 3), 5136);
        audit.on(directory("5137", 1), 5137, 5138);
        audit.on(directory("5139", 5), 5139);
        audit.on(directory("5141", 4), 5141);
        audit.on(share("5140", 0), 5140, 5168);
        audit.on(
                share("5145", 2)
                        .field("RelativeTargetName", "file.name", file("file"))
                        .field("ShareLocalPath", "file.parent_folder", VALUE),
                5145);
        audit.on(shared("5142", 1), 5142);
        audit.on(shared("5143", 3), 5143);
        audit.on(shared("5144", 4), 5144);
    }

    private static Mapping.Builder accessedFile(String name) {
        return by(subject(security(name, 1001, 0)), "ProcessName", "ProcessId")
                .field("ObjectName", "file.name", file("file"))
                .field("AccessMask", "activity_id", FILE_ACCESS);
    }

    private static Mapping.Builder accessedKey(String name) {
        return by(subject(security(name, 201001, 0)), "ProcessName", "ProcessId")
                .field("ObjectName", "reg_key.path", VALUE)
                .field("AccessMask", "activity_id", KEY_ACCESS);
    }

    private static Mapping.Builder resource(String name) {
        return by(subject(security(name, 201003, 1)), "ProcessName", "ProcessId")
                .field("ObjectName", "win_resource.name", VALUE)
                .field("ObjectType", "win_resource.type_id", RESOURCE_TYPE)
                .field("ObjectType", "win_resource.type", VALUE)
                .field("HandleId", "win_resource.uid", VALUE)
                .field("SourceHandleId", "win_resource.uid", VALUE)
                .field("Service", "win_resource.svc_name", VALUE)
                .fallback("Service", "win_resource.name", VALUE)
                .fallback("PrivilegeList", "win_resource.name", VALUE)
                .fallback("ObjectServer", "win_resource.name", VALUE);
    }

    private static final Conversion RESOURCE_TYPE = Conversion.words(resourceTypes(), 99);

    private static Map<String, Integer> resourceTypes() {
        String[] types = {
            "Directory",
            "Event",
            "Timer",
            "Device",
            "Mutant",
            "Type",
            "File",
            "Token",
            "Thread",
            "Section",
            "WindowStation",
            "DebugObject",
            "FilterCommunicationPort",
            "EventPair",
            "Driver",
            "IoCompletion",
            "Controller",
            "SymbolicLink",
            "WmiGuid",
            "Process",
            "Profile",
            "Desktop",
            "KeyedEvent",
            "Adapter",
            "Key",
            "WaitablePort",
            "Callback",
            "Semaphore",
            "Job",
            "Port",
            "FilterConnectionPort",
            "ALPC Port",
            "SAM_ALIAS",
            "SAM_GROUP",
            "SAM_USER",
            "SAM_DOMAIN",
            "SAM_SERVER"
        };
        Map<String, Integer> numbers = new HashMap<>();
        for (int i = 0; i < types.length; i++) {
            numbers.put(types[i], i + 1);
        }
        numbers.put("-", 0);
        return numbers;
    }

    private static Mapping.Builder registryValue(String name, int activity) {
        return by(subject(security(name, 201002, activity)), "ProcessName", "ProcessId")
                .field("ObjectName", "reg_value.path", TEXT)
                .field("ObjectValueName", "reg_value.name", TEXT)
                .field("NewValue", "reg_value.data", VALUE)
                .field("OldValue", "prev_reg_value.data", VALUE)
                .field("ObjectValueName", "prev_reg_value.name", TEXT)
                .field("ObjectName", "prev_reg_value.path", TEXT);
    }

    private static Mapping.Builder directory(String name, int activity) {
        return subject(security(name, 3004, activity))
                .field("ObjectDN", "entity.name", VALUE)
                .field("NewObjectDN", "entity.name", VALUE)
                .field("ObjectName", "entity.name", VALUE)
                .field("ObjectGUID", "entity.uid", VALUE)
                .field("ObjectClass", "entity.type", VALUE)
                .field("ObjectType", "entity.type", VALUE)
                .field("OldObjectDN", "entity.uid", VALUE)
                .constant("entity.type_id", 99)
                .constant("entity.type", "Directory object");
    }

    private static Mapping.Builder share(String name, int activity) {
        return here(from(subject(security(name, 4006, activity)))).field("ShareName", "share", VALUE);
    }

    private static Mapping.Builder shared(String name, int activity) {
        return entity(subject(security(name, 3004, activity)), "Network share", "ShareName", "ShareLocalPath");
    }

    // ---- network
    // -------------------------------------------------------------------------------------------------

    private static void network(EventTable.Provider audit) {
        audit.on(filtered("5156", 1, 1), 5156);
        audit.on(filtered("5157", 5, 2), 5150, 5151, 5152, 5153, 5157);
        audit.on(filtered("5154", 7, 1), 5154);
        audit.on(filtered("5155", 7, 2), 5155);
        audit.on(filtered("5158", 99, 1), 5158);
        audit.on(filtered("5159", 99, 2), 5159);
        audit.on(
                anyActor(fromHere(by(security("5031", 4001, 5), "Application", "ProcessId")))
                        .constant("action_id", 2),
                5031);
    }

    private static Mapping.Builder filtered(String name, int activity, int action) {
        return fromHere(by(security(name, 4001, activity), "Application", "ProcessID"))
                .field("ProcessId", "actor.process.pid", PID)
                .field("SourceAddress", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("SourcePort", "src_endpoint.port", PORT)
                .field("DestAddress", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .field("DestPort", "dst_endpoint.port", PORT)
                .field("Protocol", "connection_info.protocol_name", protocol())
                .field("Direction", "connection_info.direction_id", DIRECTION)
                .constant("action_id", action);
    }

    // ---- the audit itself, policies, the firewall
    // ----------------------------------------------------------------

    private static void configuration(EventTable.Provider audit) {
        audit.on(
                entity(subject(security("4719", 3004, 3)), "Audit policy", "SubcategoryId", "SubcategoryGuid")
                        .fallback("SubcategoryGuid", "entity.name", VALUE)
                        .fallback("CategoryId", "entity.name", VALUE),
                4719,
                4912);
        audit.on(
                by(
                        entity(subject(security("4907", 3004, 3)), "Audit policy", "ObjectName", "HandleId")
                                .fallback("AuditSourceName", "entity.name", VALUE)
                                .fallback("CrashOnAuditFailValue", "entity.name", VALUE)
                                .constant("entity.name", "Audit settings"),
                        "ProcessName",
                        "ProcessId"),
                4902,
                4904,
                4905,
                4906,
                4907,
                4908,
                4715);
        audit.on(
                entity(subject(security("4739", 3004, 3)), "Policy", "DomainPolicyChanged", "DomainSid")
                        .fallback("KerberosPolicyChange", "entity.name", VALUE)
                        .fallback("DomainName", "entity.name", VALUE)
                        .constant("entity.name", "Domain policy"),
                4713,
                4714,
                4739,
                4706,
                4707,
                4716,
                4864,
                4865,
                4866,
                4867);
        audit.on(rule("4946", 1), 4945, 4946);
        audit.on(rule("4947", 3), 4947, 4949, 4950, 4951, 4952, 4953, 4954, 4956, 4957, 4958);
        audit.on(rule("4948", 4), 4948);
        audit.on(
                entity(
                                subject(security("5447", 3004, 3)),
                                "Filter of the filtering platform",
                                "FilterName",
                                "FilterKey")
                        .field("ProcessId", "actor.process.pid", PID)
                        .field("UserSid", "actor.user.uid", SID)
                        .field("UserName", "actor.user.name", account("actor.user")),
                5447,
                5441);
        audit.on(subject(by(security("4616", 0, 99), "ProcessName", "ProcessId")), 4616);
    }

    private static Mapping.Builder rule(String name, int activity) {
        return anyActor(entity(security(name, 3004, activity), "Firewall rule", "RuleName", "RuleId"))
                .fallback("SettingType", "entity.name", VALUE)
                .constant("entity.name", "Firewall settings");
    }

    // ---- the log
    // -------------------------------------------------------------------------------------------------

    /// The log service writes to the security log (1100 to 1108), the system log (104), and its
    /// classic events 6005 to 6013 mark that the machine's logging began and ended.
    private static void log(EventTable.Provider log) {
        audit(log, "1102", 1, 1102, 517);
        audit(log, "104", 1, 104);
        audit(log, "1100", 7, 1100);
        audit(log, "1104", 99, 1101, 1104, 1108);
        audit(log, "1105", 4, 1105);
        log.on(service("6005", 3), 6005);
        log.on(service("6006", 4), 6006);
    }

    private static void audit(EventTable.Provider log, String name, int activity, int... ids) {
        log.on(
                subject(event(name, 1008, activity))
                        .field("EventData.Channel", "log_name", VALUE)
                        .fallback("Channel", "log_name", TEXT)
                        .field("ClientProcessId", "actor.process.pid", PID)
                        .field("BackupPath", "file.name", file("file"))
                        .field("Provider_Name", "log_provider", TEXT)
                        .constant("log_type_id", 1)
                        .constant("status_id", 1),
                ids);
    }

    private static Mapping.Builder service(String name, int activity) {
        return anyActor(event(name, 201004, activity))
                .constant("win_service.name", "EventLog")
                .constant("win_service.service_type_id", 0)
                .constant("status_id", 1);
    }
}
