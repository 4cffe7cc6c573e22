package io.carom.detect.behaviour;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Remote-support tools by the names of their programs and services, as public lists have them (LOLRMM; CISA
/// AA23-025A, "Protecting Against Malicious Use of Remote Monitoring and Management Software").
final class RemoteTool {
    /// What the names contain, lower case, and the tool.
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("screenconnect", "ScreenConnect"),
            Map.entry("anydesk", "AnyDesk"),
            Map.entry("teamviewer", "TeamViewer"),
            Map.entry("splashtop", "Splashtop"),
            Map.entry("srserver.exe", "Splashtop"),
            Map.entry("logmein", "LogMeIn"),
            Map.entry("lmi_rescue", "LogMeIn Rescue"),
            Map.entry("gotoassist", "GoToAssist"),
            Map.entry("g2comm.exe", "GoToMyPC"),
            Map.entry("ateraagent", "Atera"),
            Map.entry("syncro", "Syncro"),
            Map.entry("ninjarmm", "NinjaOne"),
            Map.entry("rustdesk", "RustDesk"),
            Map.entry("dwagent", "DWService"),
            Map.entry("dwagsvc", "DWService"),
            Map.entry("meshagent", "MeshCentral"),
            Map.entry("supremo", "Supremo"),
            Map.entry("ammyy", "Ammyy Admin"),
            Map.entry("aa_v3.exe", "Ammyy Admin"),
            Map.entry("zohoassist", "Zoho Assist"),
            Map.entry("za_connect", "Zoho Assist"),
            Map.entry("bomgar", "BeyondTrust Remote Support"),
            Map.entry("netsupport", "NetSupport Manager"),
            Map.entry("client32.exe", "NetSupport Manager"),
            Map.entry("dameware", "DameWare"),
            Map.entry("dntus26.exe", "DameWare"),
            Map.entry("remoteutilities", "Remote Utilities"),
            Map.entry("rutserv", "Remote Utilities"),
            Map.entry("radmin", "Radmin"),
            Map.entry("ultraviewer", "UltraViewer"),
            Map.entry("tacticalrmm", "Tactical RMM"),
            Map.entry("action1", "Action1"),
            Map.entry("level-remote", "Level"),
            Map.entry("pdqconnect", "PDQ Connect"),
            Map.entry("simplehelp", "SimpleHelp"),
            Map.entry("fleetdeck", "FleetDeck"),
            Map.entry("parsecd.exe", "Parsec"),
            Map.entry("hoptodesk", "HopToDesk"),
            Map.entry("aeroadmin", "AeroAdmin"),
            Map.entry("tvnserver", "TightVNC"),
            Map.entry("winvnc", "UltraVNC"),
            Map.entry("vncserver", "RealVNC"),
            Map.entry("quickassist", "Quick Assist"),
            Map.entry("remoting_host.exe", "Chrome Remote Desktop"),
            Map.entry("basupsrvc", "N-able Take Control"),
            Map.entry("remotepc", "RemotePC"),
            Map.entry("isllight", "ISL Light"),
            Map.entry("getscreen.exe", "Getscreen.me"),
            Map.entry("iperiusremote", "Iperius Remote"),
            Map.entry("pcmonitorsrv", "Pulseway"),
            Map.entry("agentmon.exe", "Kaseya VSA"),
            Map.entry("cagservice.exe", "Datto RMM"),
            Map.entry("itsmservice", "ITarian"),
            Map.entry("lmiguardiansvc", "LogMeIn"));

    /// The longest first: in a folder of LogMeIn stands what is LogMeIn Rescue.
    private static final List<Map.Entry<String, String>> LONGEST = NAMES.entrySet().stream()
            .sorted((a, b) -> a.getKey().length() == b.getKey().length()
                    ? a.getKey().compareTo(b.getKey())
                    : b.getKey().length() - a.getKey().length())
            .toList();

    private RemoteTool() {}

    /// The tool a program or service belongs to; empty if it is none.
    ///
    /// @param name path or name
    static String of(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> one : LONGEST) {
            if (folded.contains(one.getKey())) {
                return one.getValue();
            }
        }
        return "";
    }
}
