package io.carom.observe;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remote procedures of Windows by which one machine acts on another, as a sensor on the wire names them:
/// interface and operation.
///
/// The operations are those that MITRE's BZAR ("Bro/Zeek ATT&CK-based Analytics and Reporting") watches, with
/// the meaning that Microsoft's MS-SCMR, MS-TSCH, MS-WMI, MS-RRP, MS-DRSR, MS-EVEN, MS-EFSR and MS-RSP give
/// them.
///
/// @param means by which it is done, `service` or `scheduled task`, as sessions are called; empty for what
/// begins no program
/// @param words what was done
/// @param attack ATT&CK technique
public record RemoteProcedure(String means, String words, String attack) implements Serializable {
    private static final RemoteProcedure SERVICE =
            new RemoteProcedure("service", "a service was made, changed or begun", "T1569.002");
    private static final RemoteProcedure JOB = new RemoteProcedure("scheduled task", "a job was made", "T1053.002");
    private static final RemoteProcedure TASK =
            new RemoteProcedure("scheduled task", "a task was made or begun", "T1053.005");
    private static final RemoteProcedure WMI =
            new RemoteProcedure("WMI", "something was asked of WMI that may begin programs", "T1047");
    private static final RemoteProcedure HIVE =
            new RemoteProcedure("", "a part of the registry was saved to a file", "T1003.002");
    private static final RemoteProcedure REPLICATION =
            new RemoteProcedure("", "the directory's secrets were asked for as a domain controller does", "T1003.006");
    private static final RemoteProcedure ROGUE =
            new RemoteProcedure("", "a domain controller was made known to the directory", "T1207");
    private static final RemoteProcedure CLEARED = new RemoteProcedure("", "an event log was cleared", "T1070.001");
    private static final RemoteProcedure FORCED =
            new RemoteProcedure("", "it was made to sign in somewhere else", "T1187");
    private static final RemoteProcedure STOPPED = new RemoteProcedure("", "it was told to shut down", "T1529");

    private static final Map<String, RemoteProcedure> ALL = Map.ofEntries(
            Map.entry("svcctl createservice", SERVICE),
            Map.entry("svcctl createservicewow64", SERVICE),
            Map.entry("svcctl createwowservice", SERVICE),
            Map.entry("svcctl changeserviceconfig", SERVICE),
            Map.entry("svcctl startservice", SERVICE),
            Map.entry("atsvc jobadd", JOB),
            Map.entry("atsvc netrjobadd", JOB),
            Map.entry("itaskschedulerservice schrpcregistertask", TASK),
            Map.entry("itaskschedulerservice schrpcrun", TASK),
            Map.entry("itaskschedulerservice schrpcenabletask", TASK),
            Map.entry("iwbemservices execmethod", WMI),
            Map.entry("iwbemservices execmethodasync", WMI),
            Map.entry("winreg baseregsavekey", HIVE),
            Map.entry("winreg baseregsavekeyex", HIVE),
            Map.entry("drsuapi drsgetncchanges", REPLICATION),
            Map.entry("drsuapi drsreplicaadd", ROGUE),
            Map.entry("eventlog elfrclearelf", CLEARED),
            Map.entry("ieventservice evtrpcclearlog", CLEARED),
            Map.entry("efs efsrpcopenfileraw", FORCED),
            Map.entry("efs efsrpcencryptfilesrv", FORCED),
            Map.entry("efsrpc efsrpcopenfileraw", FORCED),
            Map.entry("efsrpc efsrpcencryptfilesrv", FORCED),
            Map.entry("efs efsrpcdecryptfilesrv", FORCED),
            Map.entry("efsrpc efsrpcdecryptfilesrv", FORCED),
            Map.entry("efs efsrpcqueryusersonfile", FORCED),
            Map.entry("efsrpc efsrpcqueryusersonfile", FORCED),
            Map.entry("efs efsrpcqueryrecoveryagents", FORCED),
            Map.entry("efsrpc efsrpcqueryrecoveryagents", FORCED),
            Map.entry("netdfs netrdfsaddstdroot", FORCED),
            Map.entry("netdfs netrdfsremovestdroot", FORCED),
            Map.entry("windowsshutdown wsdrinitiateshutdown", STOPPED),
            Map.entry("winreg baseinitiatesystemshutdown", STOPPED),
            Map.entry("winreg baseinitiatesystemshutdownex", STOPPED),
            Map.entry("initshutdown baseinitiateshutdown", STOPPED),
            Map.entry("initshutdown baseinitiateshutdownex", STOPPED));

    /// What takes away again what another procedure made.
    private static final Map<String, RemoteProcedure> UNDOING = Map.of(
            "svcctl deleteservice",
            SERVICE,
            "atsvc jobdel",
            JOB,
            "atsvc netrjobdel",
            JOB,
            "itaskschedulerservice schrpcdelete",
            TASK);

    /// The techniques that there are of these, each once.
    public static List<String> techniques() {
        return ALL.values().stream()
                .map(RemoteProcedure::attack)
                .distinct()
                .sorted()
                .toList();
    }

    /// Null for what only asks.
    public static @Nullable RemoteProcedure of(String endpoint, String operation) {
        String folded = folded(endpoint, operation);
        RemoteProcedure known = ALL.get(folded);
        // Wide and narrow characters are two operations: CreateServiceW and CreateServiceA.
        return known != null || folded.length() < 2 ? known : ALL.get(folded.substring(0, folded.length() - 1));
    }

    /// The procedure whose work this one takes away again; null if it does not.
    public static @Nullable RemoteProcedure undone(String endpoint, String operation) {
        return UNDOING.get(folded(endpoint, operation));
    }

    private static String folded(String endpoint, String operation) {
        return endpoint.toLowerCase(Locale.ROOT) + " " + operation.toLowerCase(Locale.ROOT);
    }

    /// Whether it may leave a program running there.
    public boolean executes() {
        return !means.isEmpty();
    }
}
