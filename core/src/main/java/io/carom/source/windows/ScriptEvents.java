package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.windows.EventParts.anyActor;
import static io.carom.source.windows.EventParts.event;
import static io.carom.source.windows.EventParts.fromHere;
import static io.carom.source.windows.EventParts.user;
import static io.carom.source.windows.EventValues.ANSWERS;
import static io.carom.source.windows.EventValues.DNS_STATUS;
import static io.carom.source.windows.EventValues.HOST;
import static io.carom.source.windows.EventValues.HOST_APPLICATION;
import static io.carom.source.windows.EventValues.HOST_ID;
import static io.carom.source.windows.EventValues.PID;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.account;
import static io.carom.source.windows.EventValues.endpoint;
import static io.carom.source.windows.EventValues.file;
import static io.carom.source.windows.EventValues.labelled;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;

/// What ran on behalf of a script or a service of Windows: PowerShell, WMI, BITS, DNS.
final class ScriptEvents {
    private ScriptEvents() {}

    static void define(EventTable table) {
        powerShell(table);
        wmi(table);
        bits(table);
        dns(table);
    }

    // ---- PowerShell
    // ----------------------------------------------------------------------------------------------

    private static Mapping.Builder script(String name) {
        return event(name, 1009, 1)
                .field("ScriptBlockId", "script.uid", VALUE)
                .field("Path", "script.file.name", file("script.file"))
                .field("ContextInfo", "actor.process.cmd_line", HOST_APPLICATION)
                .field("ContextInfo", "actor.process.uid", HOST_ID)
                .field("ContextInfo", "actor.user.name", CONTEXT_USER)
                .fallback("user.name", "actor.user.name", VALUE)
                .fallback("Execution_ProcessID", "actor.process.pid", PID)
                .fallback("Provider_Name", "actor.app_name", VALUE)
                .constant("script.type_id", 2);
    }

    private static void powerShell(EventTable table) {
        EventTable.Provider modern = table.provider(
                "Microsoft-Windows-PowerShell",
                "Microsoft-Windows-PowerShell/Operational",
                "PowerShellCore",
                "PowerShellCore/Operational");
        modern.on(
                script("4104")
                        .field("ScriptBlockText", "script.script_content.value", VALUE)
                        .constant("script.script_content.value", ""),
                4104);
        modern.on(
                script("4103")
                        .field("Payload", "script.script_content.value", VALUE)
                        .fallback("Message", "script.script_content.value", VALUE)
                        .constant("script.script_content.value", ""),
                4103);
        modern.on(
                script("4100")
                        .field("Payload", "status_detail", VALUE)
                        .constant("script.script_content.value", "")
                        .constant("status_id", 2),
                4100);
        // A block began or ended: which one is said by its id alone, its text stands in 4104.
        modern.on(script("4105").constant("script.script_content.value", ""), 4105, 4106);

        EventTable.Provider classic = table.provider("PowerShell", "Windows PowerShell");
        classic.on(engine("400", 3), 400);
        classic.on(engine("403", 4), 403);
        classic.on(engine("600", 99), 600);
        classic.on(
                context(event("800", 1009, 1).field("Data", "script.script_content.value", VALUE))
                        .fallback("Message", "script.script_content.value", VALUE)
                        .constant("script.script_content.value", "")
                        .constant("script.type_id", 2),
                800);
    }

    private static Mapping.Builder engine(String name, int activity) {
        return context(event(name, 6002, activity))
                .constant("app.name", "PowerShell")
                .constant("app.vendor_name", "Microsoft");
    }

    private static final Conversion CONTEXT_USER = labelled("user", account("actor.user"));
    private static final Conversion CONTEXT_USER_ID = labelled("userid", account("actor.user"));

    /// What the classic log says of the process and the account, in its unnamed data or in the
    /// rendered text alone.
    private static Mapping.Builder context(Mapping.Builder b) {
        for (String field : new String[] {"Data", "Message"}) {
            b.field(field, "actor.process.cmd_line", HOST_APPLICATION)
                    .field(field, "actor.process.uid", HOST_ID)
                    .field(field, "actor.user.name", CONTEXT_USER_ID);
        }
        return b.fallback("Execution_ProcessID", "actor.process.pid", PID)
                .fallback("Provider_Name", "actor.app_name", VALUE);
    }

    // ---- WMI
    // -----------------------------------------------------------------------------------------------------

    private static void wmi(EventTable table) {
        Mapping.Builder activity = user(anyActor(event("WMI activity", 0, 99)), "User", "actor.user")
                .field("ClientProcessId", "actor.process.pid", PID)
                .field("ProcessID", "actor.process.pid", PID)
                .field("HostProcess", "actor.process.name", VALUE)
                .field("ResultCode", "status_code", VALUE)
                .field("PossibleCause", "status_detail", VALUE);
        table.provider(
                activity.build(), "Microsoft-Windows-WMI-Activity", "Microsoft-Windows-WMI-Activity/Operational");
    }

    // ---- BITS
    // ----------------------------------------------------------------------------------------------------

    private static Mapping.Builder transfer(String name) {
        return user(user(fromHere(event(name, 4002, 3)), "jobOwner", "actor.user"), "User", "actor.user")
                .field("url", "http_request.url.url_string", VALUE)
                .field("url", "http_request.url.hostname", URL_HOST)
                .field("RemoteName", "http_request.url.url_string", VALUE)
                .field("RemoteName", "http_request.url.hostname", URL_HOST)
                .field("processPath", "actor.process.file.name", file("actor.process.file"))
                .field("bytesTransferred", "traffic.bytes_in", INTEGER)
                .field("LocalName", "file.name", file("file"))
                .constant("http_request.http_method", "GET");
    }

    private static final Attribute URL_TO = Attribute.of("dst_endpoint.hostname");

    /// The host in a URL, for the request and for the endpoint.
    private static final Conversion URL_HOST = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int at = from;
        while (at + 2 < end && !(b[at] == ':' && b[at + 1] == '/' && b[at + 2] == '/')) {
            at++;
        }
        if (at + 3 >= end) {
            return true;
        }
        at += 3;
        int stop = at;
        while (stop < end && b[stop] != '/' && b[stop] != ':' && b[stop] != '?') {
            stop++;
        }
        HOST.write(row, to, Column.pack(at, stop), kind);
        return HOST.write(row, URL_TO, Column.pack(at, stop), kind);
    };

    private static void bits(EventTable table) {
        EventTable.Provider bits =
                table.provider("Microsoft-Windows-Bits-Client", "Microsoft-Windows-Bits-Client/Operational");
        Mapping.Builder job = event("3", 1006, 1)
                .field("jobTitle", "job.name", VALUE)
                .field("string", "job.name", VALUE)
                .field("jobId", "job.desc", VALUE)
                .field("processPath", "actor.process.file.name", file("actor.process.file"))
                .field("processId", "actor.process.pid", PID)
                .constant("job.name", "");
        bits.on(user(user(job, "jobOwner", "actor.user"), "string2", "actor.user"), 3);
        bits.on(transfer("59").constant("status_id", 0), 59);
        bits.on(transfer("60").constant("status_id", 1), 60);
        bits.on(transfer("61").constant("status_id", 2), 61);
        bits.on(transfer("16403"), 16403);
    }

    // ---- DNS
    // -----------------------------------------------------------------------------------------------------

    private static void dns(EventTable table) {
        table.provider(
                        "Microsoft-Windows-DNS-Client",
                        "Microsoft-Windows-DNS Client Events",
                        "Microsoft-Windows-DNS-Client/Operational",
                        "Microsoft-Windows-DNS Client Events/Operational")
                .on(asked("3006", 1), 1014, 1016, 3006, 3009, 3010, 3016, 3019)
                .on(
                        asked("3008", 2)
                                .field("QueryResults", "answers[].rdata", ANSWERS)
                                .field("QueryStatus", "rcode_id", DNS_STATUS)
                                .field("Status", "rcode_id", DNS_STATUS),
                        3008,
                        3011,
                        3018,
                        3020);
        table.provider(
                        "Microsoft-Windows-DNSServer",
                        "Microsoft-Windows-DNSServer/Analytical",
                        "Microsoft-Windows-DNS-Server-Service")
                .on(served("256", 1), 256)
                .on(served("257", 2), 257, 258, 259);
    }

    private static Mapping.Builder asked(String name, int activity) {
        return fromHere(event(name, 4003, activity))
                .field("QueryName", "query.hostname", VALUE)
                .field("QueryType", "query.type", VALUE)
                .field("DnsServerIpAddress", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .fallback("Execution_ProcessID", "actor.process.pid", PID)
                .constant("query.hostname", "");
    }

    private static Mapping.Builder served(String name, int activity) {
        return event(name, 4003, activity)
                .field("QNAME", "query.hostname", VALUE)
                .field("QTYPE", "query.type", VALUE)
                .field("Source", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("Destination", "src_endpoint.ip", endpoint("src_endpoint"))
                .field("Port", "src_endpoint.port", EventValues.PORT)
                .field("InterfaceIP", "dst_endpoint.ip", endpoint("dst_endpoint"))
                .field("RCODE", "rcode_id", INTEGER)
                .fallback("Computer", "dst_endpoint.hostname", HOST)
                .constant("query.hostname", "");
    }
}
