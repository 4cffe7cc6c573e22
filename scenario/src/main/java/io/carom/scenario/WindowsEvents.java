package io.carom.scenario;

import io.carom.scenario.Org.Host;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Windows' events as they are collected: as JSON lines with the fields flat, or as XML, one event a line.
final class WindowsEvents {
    private static final String SECURITY = "Microsoft-Windows-Security-Auditing";
    private static final String SYSMON = "Microsoft-Windows-Sysmon";
    private static final String SYSMON_CHANNEL = "Microsoft-Windows-Sysmon/Operational";
    private static final String GATEWAY = "Microsoft-Windows-TerminalServices-Gateway";
    private static final String SPLASHTOP = "Splashtop-Splashtop Streamer-Remote Session";

    private final Org org;
    private final boolean xml;
    private final LogFile log;
    private final Random random;
    private final Map<String, long[]> numbers = new HashMap<>();
    private final Map<String, String> hashes = new HashMap<>();
    /// `EventData`, or `UserData`, whose fields stand a level deeper.
    private boolean user;

    WindowsEvents(Org org, Logs logs, Random random) {
        this.org = org;
        this.xml = org.windowsXml;
        this.random = random;
        log = logs.log("windows", "windows", xml ? "events-DATE.xml" : "events-DATE.ndjson");
    }

    /// Two machines in three have Sysmon.
    static boolean sysmon(Host host) {
        return host.name().hashCode() % 3 != 0;
    }

    private long open(
            long at, String channel, String provider, int id, Host on, boolean userData, @Nullable String why) {
        user = userData;
        long shown = log.begin(at, why);
        Text t = log.text;
        long number = numbers.computeIfAbsent(on.name(), n -> new long[] {1000 + random.nextInt(900_000)})[0]++;
        if (xml) {
            t.add("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='");
            t.add(provider).add("'/><EventID>").add(id).add("</EventID><Version>1</Version><Level>");
            t.add(channel.equals("Security") ? 0 : 4).add("</Level><Task>0</Task><Opcode>0</Opcode><Keywords>");
            t.add(id == 4625 ? "0x8010000000000000" : channel.equals("Security") ? "0x8020000000000000" : "0x80");
            t.add("</Keywords><TimeCreated SystemTime='")
                    .date(shown, '-')
                    .add('T')
                    .clock(shown)
                    .add('.');
            t.pad(shown % 1000, 3)
                    .pad(shown * 7919 % 10_000, 4)
                    .add("Z'/><EventRecordID>")
                    .add(number);
            t.add("</EventRecordID><Correlation/><Execution ProcessID='").add(id == 4625 ? 612 : 644);
            t.add("' ThreadID='").add(random.nextInt(9000)).add("'/><Channel>").add(channel);
            t.add("</Channel><Computer>").add(on.fqdn()).add("</Computer><Security/></System>");
            t.add(user ? "<UserData><EventInfo xmlns='aag'>" : "<EventData>");
        } else {
            t.add("{\"@timestamp\":\"")
                    .iso(shown)
                    .add("\",\"EventTime\":\"")
                    .date(shown, '-')
                    .add(' ')
                    .clock(shown);
            t.add("\",\"Hostname\":\"")
                    .add(on.fqdn())
                    .add("\",\"EventID\":")
                    .add(id)
                    .add(",\"Channel\":\"");
            t.add(channel)
                    .add("\",\"SourceName\":\"")
                    .add(provider)
                    .add("\",\"RecordNumber\":")
                    .add(number);
            t.add(",\"Severity\":\"INFO\"");
        }
        return shown;
    }

    private WindowsEvents data(String name, String value) {
        Text t = log.text;
        if (!xml) {
            t.add(",\"").add(name).add("\":\"").json(value).add('"');
        } else if (user) {
            t.add('<').add(name).add('>').xml(value).add("</").add(name).add('>');
        } else {
            t.add("<Data Name='").add(name).add("'>").xml(value).add("</Data>");
        }
        return this;
    }

    private WindowsEvents data(String name, long value) {
        return data(name, Long.toString(value));
    }

    private WindowsEvents hex(String name) {
        return data(name, "0x" + Integer.toHexString(0x10000 + random.nextInt(0x7FFFFFF)));
    }

    private void close() {
        log.text.add(!xml ? "}" : user ? "</EventInfo></UserData></Event>" : "</EventData></Event>");
        log.end();
    }

    private WindowsEvents utc(long shown) {
        Text t = new Text();
        t.date(shown, '-').add(' ').clock(shown).add('.').pad(shown % 1000, 3);
        return data("UtcTime", t.toString());
    }

    /// A sign-in to a Windows machine; a failed one if `good` is false.
    void logon(
            long at,
            Host on,
            String account,
            String domain,
            String from,
            int type,
            boolean good,
            @Nullable String why) {
        open(at, "Security", SECURITY, good ? 4624 : 4625, on, false, why);
        data("SubjectUserSid", "S-1-5-18")
                .data("SubjectUserName", on.name() + "$")
                .data("SubjectDomainName", domain);
        data("SubjectLogonId", "0x3e7").data("TargetUserName", account).data("TargetDomainName", domain);
        if (good) {
            hex("TargetLogonId");
        } else {
            data("Status", "0xc000006d").data("FailureReason", "%%2313").data("SubStatus", "0xc000006a");
        }
        boolean ntlm = type == 3 && !good;
        data("LogonType", type).data("LogonProcessName", type == 10 ? "User32 " : ntlm ? "NtLmSsp " : "Kerberos");
        data("AuthenticationPackageName", type == 10 ? "Negotiate" : ntlm ? "NTLM" : "Kerberos");
        data("WorkstationName", type == 3 ? "-" : on.name())
                .data("ProcessId", "0x0")
                .data("ProcessName", "-");
        data("IpAddress", from).data("IpPort", from.equals("-") ? 0 : 1024 + random.nextInt(60_000));
        close();
    }

    /// A sign-in elsewhere under another account than one's own, seen where it was done.
    void explicit(long at, Host on, String account, String as, String domain, Host target, @Nullable String why) {
        open(at, "Security", SECURITY, 4648, on, false, why);
        data("SubjectUserName", account).data("SubjectDomainName", org.name);
        hex("SubjectLogonId").data("TargetUserName", as).data("TargetDomainName", domain);
        data("TargetServerName", target.fqdn()).data("TargetInfo", "TERMSRV/" + target.fqdn());
        data("ProcessId", "0x4").data("ProcessName", "C:\\Windows\\System32\\lsass.exe");
        data("IpAddress", "-").data("IpPort", "-");
        close();
    }

    /// A Kerberos ticket that the controller gave.
    void ticket(long at, String account, String service, String from, @Nullable String why) {
        open(at, "Security", SECURITY, 4769, org.dc(), false, why);
        data("TargetUserName", account + "@" + org.domain).data("TargetDomainName", org.domain);
        data("ServiceName", service).data("IpAddress", "::ffff:" + from);
        data("IpPort", 1024 + random.nextInt(60_000))
                .data("TicketEncryptionType", "0x12")
                .data("Status", "0x0");
        close();
    }

    /// A process that was started.
    void process(long at, Host on, String account, String image, String command, String parent, @Nullable String why) {
        process(at, on, account, image, "", command, parent, why);
    }

    /// @param original the name its maker gave it, where it was renamed
    void process(
            long at,
            Host on,
            String account,
            String image,
            String original,
            String command,
            String parent,
            @Nullable String why) {
        if (sysmon(on)) {
            utc(open(at, SYSMON_CHANNEL, SYSMON, 1, on, false, why));
            guid(at).data("ProcessId", 1000 + random.nextInt(60_000)).data("Image", image);
            String file = image.substring(image.lastIndexOf('\\') + 1);
            data("OriginalFileName", original.isEmpty() ? file : original).data("CommandLine", command);
            data("User", account).data("IntegrityLevel", account.contains("adm") ? "High" : "Medium");
            // The same program has the same hash wherever it stands.
            data("Hashes", hashes(original.isEmpty() ? file : original)).data("ParentImage", parent);
            data("ParentCommandLine", "\"" + parent + "\"");
        } else {
            open(at, "Security", SECURITY, 4688, on, false, why);
            data("SubjectUserName", account.substring(account.indexOf('\\') + 1))
                    .data("SubjectDomainName", org.name);
            hex("SubjectLogonId")
                    .hex("NewProcessId")
                    .data("NewProcessName", image)
                    .data("CommandLine", command);
            data("ParentProcessName", parent).data("TokenElevationType", "%%1938");
        }
        close();
    }

    private WindowsEvents guid(long at) {
        Text t = log.text;
        String name = "ProcessGuid";
        t.add(xml ? "<Data Name='" : ",\"").add(name).add(xml ? "'>{" : "\":\"{");
        hexadecimal(t, org.name.hashCode(), 8).add('-');
        hexadecimal(t, at >>> 16, 4).add('-');
        hexadecimal(t, at, 4).add('-');
        hexadecimal(t, random.nextInt(), 4).add('-');
        hexadecimal(t, random.nextLong(), 12).add(xml ? "}</Data>" : "}\"");
        return this;
    }

    private static Text hexadecimal(Text t, long bits, int digits) {
        for (int i = digits - 1; i >= 0; i--) {
            t.add("0123456789abcdef".charAt((int) (bits >>> 4 * i & 15)));
        }
        return t;
    }

    private String hashes(String program) {
        return hashes.computeIfAbsent(program, WindowsEvents::hash);
    }

    private static String hash(String program) {
        StringBuilder out = new StringBuilder("SHA1=");
        long state = program.hashCode() * 0x9E3779B97F4A7C15L + 1;
        for (int i = 0; i < 72; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            out.append(i == 40 ? ",MD5=" : "").append("0123456789ABCDEF".charAt((int) (state >>> 60)));
        }
        return out.toString();
    }

    /// A service that was installed on a machine.
    void service(long at, Host on, String account, String name, String path, @Nullable String why) {
        open(at, "System", "Service Control Manager", 7045, on, false, why);
        data("ServiceName", name).data("ImagePath", path).data("ServiceType", "user mode service");
        data("StartType", "demand start").data("AccountName", "LocalSystem");
        if (!xml) {
            data("UserID", account);
        }
        close();
    }

    /// A task that was made to be run later.
    void task(long at, Host on, String account, String name, String command, @Nullable String why) {
        open(at, "Security", SECURITY, 4698, on, false, why);
        data("SubjectUserName", account).data("SubjectDomainName", org.name).hex("SubjectLogonId");
        data("TaskName", "\\" + name);
        data(
                "TaskContent",
                "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\"><Actions><Exec><Command>"
                        + command + "</Command></Exec></Actions></Task>");
        close();
    }

    /// A file that was written; only Sysmon tells.
    void fileWritten(long at, Host on, String account, String image, String path, @Nullable String why) {
        if (sysmon(on)) {
            utc(open(at, SYSMON_CHANNEL, SYSMON, 11, on, false, why));
            data("ProcessId", 1000 + random.nextInt(60_000))
                    .data("Image", image)
                    .data("TargetFilename", path);
            data("User", account);
            close();
        }
    }

    /// One process that opened another's memory; only Sysmon tells.
    void accessed(long at, Host on, String account, String image, String target, @Nullable String why) {
        if (sysmon(on)) {
            utc(open(at, SYSMON_CHANNEL, SYSMON, 10, on, false, why));
            data("SourceProcessId", 1000 + random.nextInt(60_000)).data("SourceImage", image);
            data("TargetProcessId", 640).data("TargetImage", target).data("GrantedAccess", "0x1FFFFF");
            data("CallTrace", "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c03e");
            data("SourceUser", account).data("TargetUser", "NT AUTHORITY\\SYSTEM");
            close();
        }
    }

    /// A session through the remote-desktop gateway to a machine behind it; or that it was refused.
    void gateway(
            long at,
            long length,
            Host on,
            String account,
            String from,
            String resource,
            boolean good,
            @Nullable String why) {
        for (int id : good ? new int[] {300, 302, 303} : new int[] {300, 304}) {
            long when = id == 300 ? at : id == 303 ? at + length : at + 400;
            open(when, GATEWAY + "/Operational", GATEWAY, id, on, true, why);
            data("Username", org.name + "\\" + account).data("IpAddress", from).data("AuthType", "");
            data("Resource", resource).data("ConnectionProtocol", "HTTP");
            if (id == 303) {
                data("BytesReceived", length / 4).data("BytesTransfered", length * 5);
                data("SessionDuration", length / 1000);
            }
            data("ErrorCode", id == 304 ? "23005" : "0");
            close();
        }
    }

    /// What ScreenConnect's and Splashtop's agents tell Windows.
    void support(long at, Host on, String tool, String who, String what, @Nullable String why) {
        if (tool.equals("ScreenConnect")) {
            int id = what.equals("Connected") ? 100 : what.equals("Disconnected") ? 101 : 200;
            open(at, "Application", "ScreenConnect", id, on, false, why);
            String path =
                    "C:\\Program Files (x86)\\ScreenConnect Client (0f1e2d3c4b5a6978)\\ScreenConnect.ClientService.exe";
            data(
                    "Message",
                    (id == 200 ? what : who + " " + what) + "\r\n\r\nVersion: 19.0.23665.7058\r\nExecutable Path: "
                            + path + "\r\n");
        } else {
            open(at, SPLASHTOP + "/Operational", SPLASHTOP, what.equals("Connected") ? 1000 : 1001, on, false, why);
            data(
                    "Message",
                    "A remote session by " + who + (what.equals("Connected") ? " was started." : " was ended."));
        }
        close();
    }
}
