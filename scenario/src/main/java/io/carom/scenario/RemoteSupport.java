package io.carom.scenario;

import io.carom.scenario.Org.Host;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The logs of remote-support products: the server's of ScreenConnect, each machine's own of AnyDesk and
/// TeamViewer.
final class RemoteSupport {
    private static final String COLUMNS = "SessionID,SessionName,SessionGuestMachineName,SessionConnectionProcessType,"
            + "SessionConnectionParticipantName,SessionConnectionNetworkAddress,ConnectionID,EventType,Time,Host,Data,Note\n";
    private static final String LOGINS =
            "\"EventID\",\"EventType\",\"Time\",\"NetworkAddress\",\"UserAgent\",\"OperationResult\",\"UserSource\",\"UserName\"\n";

    private final Logs logs;
    private final Random random;
    private final @Nullable LogFile sessions;
    private final @Nullable LogFile logins;
    private final Map<String, LogFile> traces = new HashMap<>();

    /// @param server whether the organisation runs ScreenConnect's server
    RemoteSupport(Logs logs, boolean server, Random random) {
        this.logs = logs;
        this.random = random;
        sessions = server
                ? logs.log(
                        "remote-support",
                        "screenconnect",
                        "sessions-DATE.csv",
                        (t, day) -> t.add(COLUMNS),
                        LogFile.Frame.NONE)
                : null;
        logins = server
                ? logs.log(
                        "remote-support",
                        "screenconnect",
                        "security-DATE.csv",
                        (t, day) -> t.add(LOGINS),
                        LogFile.Frame.NONE)
                : null;
    }

    private Text id(Text t, long of) {
        long state = of * 0x9E3779B97F4A7C15L + 99;
        for (int i = 0; i < 32; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            t.add(i == 8 || i == 12 || i == 16 || i == 20 ? "-" : "")
                    .add("0123456789abcdef".charAt((int) (state >>> 60)));
        }
        return t;
    }

    /// Somebody signing in to the server's page.
    void login(long at, String account, String from, boolean good, @Nullable String why) {
        LogFile log = logins;
        if (log != null) {
            long shown = log.begin(at, why);
            id(log.text.add('"'), random.nextLong())
                    .add("\",\"LoginAttempt\",\"")
                    .date(shown, '-')
                    .add('T')
                    .clock(shown);
            log.text.add("Z\",\"").add(from).add("\",\"Mozilla/5.0\",\"").add(good ? "Success" : "PasswordInvalid");
            log.text
                    .add("\",\"")
                    .add(good ? "InternalMembershipProvider" : "")
                    .add("\",\"")
                    .add(account)
                    .add('"');
            log.end();
        }
    }

    /// A session on a machine: the server's view of it.
    ///
    /// @param command run on the machine without a screen; empty for none
    void session(long at, long length, String machine, String who, String from, String command, @Nullable String why) {
        if (sessions == null) {
            return;
        }
        long connection = random.nextLong();
        event(at, machine, who, from, connection, "Connected", "", why);
        if (!command.isEmpty()) {
            event(at + length / 3, machine, who, from, connection, "RanCommand", command, why);
        }
        event(at + length, machine, who, from, connection, "Disconnected", "", why);
    }

    private void event(
            long at,
            String machine,
            String who,
            String from,
            long connection,
            String what,
            String data,
            @Nullable String why) {
        LogFile log = java.util.Objects.requireNonNull(sessions);
        long shown = log.begin(at, why);
        id(log.text, machine.hashCode())
                .add(',')
                .add(machine)
                .add(',')
                .add(machine)
                .add(",Host,")
                .add(who)
                .add(',');
        id(log.text.add(from).add(','), connection)
                .add(',')
                .add(what)
                .add(',')
                .date(shown, '-')
                .add(' ')
                .clock(shown);
        log.text
                .add("Z,,")
                .add(data.isEmpty() ? "" : '"' + data.replace("\"", "\"\"") + '"')
                .add(',');
        log.end();
    }

    /// A session as AnyDesk or TeamViewer on the machine itself writes it.
    void local(long at, long length, String tool, Host on, String who, String from, @Nullable String why) {
        if (tool.equals("AnyDesk")) {
            LogFile log =
                    traces.computeIfAbsent(on.name(), n -> logs.log("remote-support", "anydesk", n + "/ad_svc.trace"));
            int partner = 100_000_000 + Math.floorMod(who.hashCode(), 800_000_000);
            String relay = Integer.toHexString(from.hashCode());
            trace(log, at, "lsvc", "anynet.any_socket", "Accept request from " + partner + " (via relay).", why);
            trace(log, at + 80, "lsvc", "anynet.any_socket", "Client-ID: " + partner + " (FPR: 4b7e20d19c55).", why);
            trace(
                    log,
                    at + 90,
                    "lsvc",
                    "anynet.any_socket",
                    "Logged in from " + from + ":" + (1024 + random.nextInt(60_000)) + " on relay " + relay + ".",
                    why);
            trace(
                    log,
                    at + 400,
                    "back",
                    "app.backend_session",
                    "Incoming session request: " + who + " (" + partner + ")",
                    why);
            trace(log, at + 3000, "back", "app.backend_session", "Authenticated with permanent token.", why);
            trace(log, at + length, "back", "app.session", "Session closed by remote side: user.", why);
        } else {
            LogFile log = traces.computeIfAbsent(
                    on.name(), n -> logs.log("remote-support", "teamviewer", n + "/Connections_incoming.txt"));
            // TeamViewer writes the line when the session is over.
            log.begin(at + length, why);
            Text t = log.text
                    .add(100_000_000 + Math.floorMod(who.hashCode(), 800_000_000))
                    .add('\t')
                    .add(who)
                    .add('\t');
            day(t, at + log.skew).add('\t');
            id(day(t, at + length + log.skew).add("\tadmin\tRemoteControl\t{"), random.nextLong())
                    .add('}');
            log.end();
        }
    }

    private static Text day(Text t, long shown) {
        Text iso = new Text().date(shown, '-');
        String date = iso.toString();
        t.add(date.substring(8)).add('-').add(date.substring(5, 7)).add('-').add(date.substring(0, 4));
        return t.add(' ').clock(shown);
    }

    private void trace(LogFile log, long at, String process, String place, String message, @Nullable String why) {
        long shown = log.begin(at, why);
        Text t = log.text
                .add("   info ")
                .date(shown, '-')
                .add(' ')
                .clock(shown)
                .add('.')
                .pad(shown % 1000, 3);
        t.add("       ").add(process).add("   9952   9944   21 ");
        for (int i = place.length(); i < 35; i++) {
            t.add(' ');
        }
        t.add(place).add(" - ").add(message);
        log.end();
    }
}
