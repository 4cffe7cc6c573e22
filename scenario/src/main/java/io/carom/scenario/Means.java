package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import org.jspecify.annotations.Nullable;

/// How one gets from a machine to the next with an account; administrators and intruders use the same.
enum Means {
    RDP("RDP", 3389, "rdp"),
    PSEXEC("PsExec", 445, "smb"),
    WMI("WMI", 135, "dce_rpc"),
    WINRM("WinRM", 5985, "http"),
    TASK("scheduled task", 445, "smb"),
    SSH("SSH", 22, "ssh");

    final String label;
    final int port;
    final String service;

    Means(String label, int port, String service) {
        this.label = label;
        this.port = port;
        this.service = service;
    }

    /// The target's side of it, and the network's.
    ///
    /// @param from the address it comes from as it is seen there
    /// @param doing what is run at the target by means that run something
    void arrive(
            Logs log,
            long at,
            long length,
            String from,
            Host to,
            String account,
            String doing,
            boolean crossing,
            @Nullable String why) {
        long out = 20_000 + length / 20;
        long in = this == RDP ? length * 5 : 30_000 + length / 10;
        log.connection(at, from, to.ip(), port, service, length, out, in, Ended.SF, crossing, from, why);
        logon(log, at, length, from, to, account, doing, why);
    }

    /// Only the target's side.
    void logon(
            Logs log, long at, long length, String from, Host to, String account, String doing, @Nullable String why) {
        String user = log.org.name + "\\" + account;
        WindowsEvents windows = log.windows;
        if (this == SSH) {
            log.unix.ssh(at + 300, length, from, account, true, false, why);
            log.unix.sudo(at + length / 2, account, "/bin/bash", why);
            return;
        }
        windows.ticket(at + 900, account, to.name() + "$", from, why);
        windows.logon(at + 1500, to, account, log.org.name, from, this == RDP ? 10 : 3, true, why);
        switch (this) {
            case PSEXEC -> {
                windows.service(at + 2500, to, user, "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe", why);
                windows.process(at + 3200, to, user, doing, doing, "C:\\Windows\\PSEXESVC.exe", why);
            }
            case WMI -> {
                log.connection(
                        at + 200,
                        from,
                        to.ip(),
                        49_664 + Math.floorMod(to.ip().hashCode(), 40),
                        "dce_rpc",
                        length,
                        9000,
                        14_000,
                        Ended.SF,
                        false,
                        from,
                        why);
                windows.process(
                        at + 2800,
                        to,
                        user,
                        "C:\\Windows\\System32\\cmd.exe",
                        "cmd.exe /Q /c " + doing,
                        "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
                        why);
            }
            case WINRM ->
                windows.process(
                        at + 2400,
                        to,
                        user,
                        "C:\\Windows\\System32\\wsmprovhost.exe",
                        "C:\\Windows\\system32\\wsmprovhost.exe -Embedding",
                        "C:\\Windows\\System32\\svchost.exe",
                        why);
            case TASK -> {
                windows.task(at + 2600, to, account, "Update" + Math.floorMod(doing.hashCode(), 900), doing, why);
                windows.process(at + 60_000, to, user, doing, doing, "C:\\Windows\\System32\\svchost.exe", why);
            }
            case RDP ->
                windows.process(
                        at + 9000,
                        to,
                        user,
                        "C:\\Windows\\explorer.exe",
                        "C:\\Windows\\Explorer.EXE",
                        "C:\\Windows\\System32\\userinit.exe",
                        why);
            default -> {}
        }
    }

    /// The side it was begun at.
    ///
    /// @param as whoever is signed in there
    void leave(Logs log, long at, Host from, String as, String account, Org of, Host to, @Nullable String why) {
        String user = log.org.name + "\\" + as;
        String system = "C:\\Windows\\System32\\";
        String image = switch (this) {
            case RDP -> system + "mstsc.exe";
            case PSEXEC -> "C:\\Tools\\PsExec64.exe";
            case WMI -> system + "wbem\\WMIC.exe";
            case WINRM -> system + "WindowsPowerShell\\v1.0\\powershell.exe";
            case TASK -> system + "schtasks.exe";
            case SSH -> system + "OpenSSH\\ssh.exe";
        };
        String command = switch (this) {
            case RDP -> "mstsc.exe /v:" + to.ip();
            case PSEXEC ->
                "PsExec64.exe -accepteula \\\\" + to.ip() + " -u " + of.name + "\\" + account + " -s cmd.exe";
            case WMI -> "wmic.exe /node:" + to.ip() + " process call create cmd.exe";
            case WINRM -> "powershell.exe Enter-PSSession -ComputerName " + to.name();
            case TASK -> "schtasks.exe /create /s " + to.name() + " /sc once /st 03:00 /tn Update /tr cmd.exe";
            case SSH -> "ssh.exe " + account + "@" + to.ip();
        };
        log.windows.process(at - 4000, from, user, image, command, system + "cmd.exe", why);
        if (this != SSH && !as.equals(account)) {
            log.windows.explicit(at - 2000, from, as, account, of.name, to, why);
        }
    }
}
