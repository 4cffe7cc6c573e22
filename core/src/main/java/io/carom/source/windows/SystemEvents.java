package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.windows.EventParts.anyActor;
import static io.carom.source.windows.EventParts.by;
import static io.carom.source.windows.EventParts.event;
import static io.carom.source.windows.EventParts.process;
import static io.carom.source.windows.EventParts.user;
import static io.carom.source.windows.EventValues.BASE_NAME;
import static io.carom.source.windows.EventValues.HOST;
import static io.carom.source.windows.EventValues.PID;
import static io.carom.source.windows.EventValues.SERVICE_START;
import static io.carom.source.windows.EventValues.SERVICE_TYPE;
import static io.carom.source.windows.EventValues.VALUE;
import static io.carom.source.windows.EventValues.account;
import static io.carom.source.windows.EventValues.file;

import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Services, tasks, faults and installations: the system and application logs and the task
/// scheduler's own.
final class SystemEvents {
    private SystemEvents() {}

    static void define(EventTable table) {
        EventTable.Provider services = table.provider("Service Control Manager", "System");
        services(services);
        tasks(table.provider("Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational"));
        faults(table);
        installations(table);
        EventTable.Provider shutdown = table.provider("User32");
        shutdown.on(
                user(anyActor(event("1074", 0, 99)), "param7", "actor.user")
                        .field("param1", "actor.process.name", BASE_NAME)
                        .field("param5", "status_detail", VALUE),
                1074);
    }

    private static Mapping.Builder service(String name, int activity) {
        return anyActor(event(name, 201004, activity))
                .field("ServiceName", "win_service.name", VALUE)
                .field("ImagePath", "win_service.cmd_line", VALUE)
                .field("ServiceType", "win_service.service_type_id", SERVICE_TYPE)
                .field("StartType", "win_service.service_start_type_id", SERVICE_START)
                .constant("win_service.service_type_id", 0);
    }

    private static Mapping.Builder numbered(String name, int activity) {
        return service(name, activity).field("param1", "win_service.name", VALUE);
    }

    private static void services(EventTable.Provider services) {
        services.on(
                service("7045", 1)
                        .field("AccountName", "win_service.service_start_name", VALUE)
                        .constant("status_id", 1),
                7045);
        services.on(
                "param2",
                Map.of(
                        "running", numbered("7036 running", 3).constant("status_id", 1),
                        "stopped", numbered("7036 stopped", 4).constant("status_id", 1),
                        "paused", numbered("7036 paused", 5).constant("status_id", 1)),
                numbered("7036", 0).constant("status_id", 1),
                7036);
        services.on(numbered("7035", 0), 7035);
        services.on(
                service("7040", 2)
                        .field("param4", "win_service.name", VALUE)
                        .field("param3", "win_service.service_start_type_id", SERVICE_START)
                        .fallback("param1", "win_service.name", VALUE)
                        .constant("status_id", 1),
                7040);
        services.on(numbered("7034", 4).constant("status_id", 2), 7023, 7024, 7031, 7032, 7034, 7043);
        services.on(
                numbered("7000", 3).field("param2", "status_detail", VALUE).constant("status_id", 2),
                7000,
                7001,
                7009,
                7011,
                7022,
                7026,
                7038,
                7041);
        services.on(numbered("7042", 4).constant("status_id", 1), 7042);
    }

    // ---- task scheduler
    // ------------------------------------------------------------------------------------------

    private static Mapping.Builder task(String name, int activity) {
        Mapping.Builder b = event(name, 1006, activity)
                .field("TaskName", "job.name", TEXT)
                .field("Path", "job.file.name", file("job.file"))
                .field("ActionName", "job.cmd_line", VALUE)
                .field("ProcessID", "actor.process.pid", PID)
                .fallback("Name", "job.name", VALUE)
                .constant("job.name", "");
        user(b, "UserContext", "actor.user");
        return user(b, "UserName", "actor.user");
    }

    private static void tasks(EventTable.Provider tasks) {
        tasks.on(task("106", 1).constant("status_id", 1), 106);
        tasks.on(task("140", 2).constant("status_id", 1), 140);
        tasks.on(task("141", 3).constant("status_id", 1), 141);
        tasks.on(task("142", 5).constant("status_id", 1), 142);
        tasks.on(
                task("100", 6).constant("status_id", 1),
                100,
                107,
                108,
                109,
                110,
                117,
                118,
                119,
                120,
                121,
                123,
                124,
                125,
                129,
                200);
        tasks.on(task("102", 99).constant("status_id", 1), 102, 111, 201, 330);
        tasks.on(task("101", 6).constant("status_id", 2), 101, 103, 104, 105, 126, 203, 204, 322, 332);
        tasks.on(task("202", 99).constant("status_id", 2), 202, 331);
    }

    // ---- faults
    // --------------------------------------------------------------------------------------------------

    private static void faults(EventTable table) {
        Mapping.Builder error = anyActor(event("1000", 1007, 2))
                .field("AppName", "process.name", BASE_NAME)
                .field("AppPath", "process.file.name", file("process.file"))
                .field("ProcessId", "process.pid", PID)
                .field("ModuleName", "module.file.name", VALUE)
                .field("ModulePath", "module.file.path", VALUE)
                .field("Data", "process.name", BASE_NAME)
                .constant("process.name", "")
                .constant("process.uid", "");
        error.fallback("AppName", "process.file.name", VALUE);
        table.provider("Application Error").on(error, 1000);
        table.provider("Application Hang")
                .on(
                        process(anyActor(event("1002", 1007, 2)), "process", "Data", "ProcessId")
                                .fallback("AppName", "process.name", VALUE)
                                .constant("process.uid", ""),
                        1002);
        table.provider("Windows Error Reporting")
                .on(
                        anyActor(event("1001", 1007, 2))
                                .field("P1", "process.name", BASE_NAME)
                                .field("AppName", "process.name", BASE_NAME)
                                .constant("process.uid", ""),
                        1001);
    }

    // ---- installations
    // -------------------------------------------------------------------------------------------

    private static Mapping.Builder product(String name, int activity, int status) {
        return anyActor(event(name, 6002, activity))
                .field("Data", "app.name", VALUE)
                .constant("app.name", "")
                .constant("status_id", status);
    }

    private static void installations(EventTable table) {
        EventTable.Provider installer = table.provider("MsiInstaller");
        installer.on(product("11707", 1, 1), 1033, 11707);
        installer.on(product("11708", 1, 2), 11708);
        installer.on(product("11724", 2, 1), 1034, 11724);
        installer.on(product("11725", 2, 2), 11725);
        installer.on(product("1035", 8, 1), 1035, 1036, 11728);
        // SQL Server writes who could not sign in as unnamed data: the account, the reason, `[CLIENT:
        // address]`.
        table.provider("MSSQLSERVER", "MSSQL$SQLEXPRESS")
                .on(
                        anyActor(event("18456", 3002, 1))
                                .field("Data", "user.name", account("user"))
                                .field("Data", "src_endpoint.ip", CLIENT)
                                .constant("user.name", "")
                                .constant("service.name", "Microsoft SQL Server")
                                .constant("status_id", 2)
                                .fallback("Computer", "dst_endpoint.hostname", HOST),
                        18450,
                        18451,
                        18452,
                        18456,
                        18470,
                        18486);
        table.provider("OpenSSH").on(by(event("OpenSSH", 0, 99), "process", "Execution_ProcessID"), 4);
    }

    /// The address in `[CLIENT: 192.0.2.1]`.
    private static final io.carom.source.mapping.Conversion CLIENT = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = io.carom.event.Column.from(slice);
        int end = from + io.carom.event.Column.length(slice);
        if (!EventValues.startsWith(b, slice, " [client:") && !EventValues.startsWith(b, slice, "[client:")) {
            return true;
        }
        int at = from;
        while (at < end && b[at] != ':') {
            at++;
        }
        at++;
        while (at < end && b[at] == ' ') {
            at++;
        }
        int stop = at;
        while (stop < end && b[stop] != ']') {
            stop++;
        }
        return io.carom.source.mapping.Conversion.IP.write(row, to, io.carom.event.Column.pack(at, stop), kind);
    };
}
