package io.carom.source;

import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.MessageForm;
import java.util.List;
import java.util.Map;

/// What Linux's own programs write of people and their rights: sshd, sudo, su, PAM, logind, cron and the
/// tools that change accounts, as in `auth.log`, `secure` or over syslog.
///
/// A line is told by the program in its syslog header. The forms are those of the programs' sources
/// (OpenSSH 6 to 10, sudo 1.8 and 1.9, shadow-utils 4, Linux-PAM 1, systemd, cronie and Vixie cron). A
/// message of another form is kept whole as a plain event.
@AutoService(Source.class)
public final class LinuxAuth implements LineSource {
    private record Kind(MessageForm form, Mapping mapping) {}

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("message", "message", TEXT)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("syslog.appname", "metadata.log_provider", TEXT)
                .include(Journald.fields())
                .product("Linux", "Linux");
    }

    private static Mapping.Builder signing(String name, int activity, int status) {
        return kind(name, 3002)
                .field("src_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src_ip", "src_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("src_port", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .field("user", "user.name", NetworkFields.ACCOUNT)
                .field("uid", "user.uid", TEXT)
                .field("method", "auth_protocol", TEXT)
                .field("by", "actor.user.name", TEXT)
                .field("reason", "status_detail", TEXT)
                .field("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("syslog.appname", "service.name", TEXT)
                .field("_HOSTNAME", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .constant("service.name", "PAM")
                .constant("user.name", "Unknown")
                .constant("status_id", status)
                .activity(activity);
    }

    private static final Mapping SIGNED_IN = signing("sign-in", 1, 1).build();
    private static final Mapping FAILED = signing("sign-in failed", 1, 2).build();
    private static final Mapping SIGNED_OUT = signing("sign-out", 2, 1).build();

    /// A command run with another's rights. OCSF's process must have an id, which sudo does not tell,
    /// so it is the rights that the event is about; the command stands in the native record and the
    /// message.
    private static Mapping.Builder rights(String name, int status) {
        return kind(name, 3003)
                .field("by", "actor.user.name", TEXT)
                .field("user", "user.name", TEXT)
                .field("reason", "status_detail", TEXT)
                // The right to run this.
                .field("command", "privileges", TEXT)
                .constant("user.name", "Unknown")
                .constant("status_id", status)
                .activity(1);
    }

    private static final Mapping RIGHTS = rights("command with rights", 1).build();
    private static final Mapping REFUSED = rights("command refused", 2).build();

    private static Mapping.Builder session(String name, int activity) {
        return kind(name, 4007)
                .field("src_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("src_port", "src_endpoint.port", NetworkFields.SOURCE_PORT)
                .field("dst_ip", "dst_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("dst_port", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
                .field("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("_HOSTNAME", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("reason", "status_detail", TEXT)
                .constant("dst_endpoint.svc_name", "sshd")
                .activity(activity);
    }

    private static final Mapping OPENED = session("connection", 1).build();
    private static final Mapping CLOSED = session("connection closed", 2).build();

    private static Mapping.Builder account(String name, int activity) {
        return kind(name, 3001)
                .field("user", "user.name", TEXT)
                .field("uid", "user.uid", TEXT)
                .constant("user.name", "Unknown")
                .activity(activity);
    }

    private static final Mapping CREATED = account("account created", 1).build();
    private static final Mapping PASSWORD = account("password changed", 3).build();
    private static final Mapping DELETED = account("account deleted", 6).build();
    private static final Mapping CHANGED = account("account changed", 99).build();

    private static final Mapping GROUP = kind("group", 3006)
            .field("user", "user.name", TEXT)
            .field("group", "group.name", TEXT)
            .constant("group.name", "Unknown")
            .activity(3)
            .build();

    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    /// A name that a stranger signs in with is any text, such as `x from 192.0.2.1 port 22`: the address is
    /// the last.
    private static final List<Kind> SSHD = List.of(
            new Kind(
                    MessageForm.of(
                            "Accepted {method} for {user} from {src_ip:addr} port {src_port:int}[ ssh2: {key:rest}]"),
                    SIGNED_IN),
            new Kind(
                    MessageForm.of(
                            "Failed {method} for invalid user {user:last} from {src_ip:addr} port {src_port:int}"),
                    FAILED),
            new Kind(MessageForm.of("Failed {method} for {user:last} from {src_ip:addr} port {src_port:int}"), FAILED),
            new Kind(MessageForm.of("Invalid user {user:last} from {src_ip:addr} port {src_port:int}"), FAILED),
            new Kind(MessageForm.of("Invalid user {user:last} from {src_ip:addr}"), FAILED),
            new Kind(MessageForm.of("Postponed {method} for {user} from {src_ip:addr} port {src_port:int}"), OTHER),
            new Kind(
                    MessageForm.of(
                            "{reason:word} authentication attempts exceeded for {user} from {src_ip:addr} port {src_port:int}"),
                    FAILED),
            new Kind(
                    MessageForm.of(
                            "error: maximum authentication attempts exceeded for invalid user {user:last} from {src_ip:addr} port {src_port:int}"),
                    FAILED),
            new Kind(
                    MessageForm.of(
                            "error: maximum authentication attempts exceeded for {user:last} from {src_ip:addr} port {src_port:int}"),
                    FAILED),
            new Kind(MessageForm.of("User {user:last} from {src_ip:addr} not allowed because {reason:rest}"), FAILED),
            new Kind(MessageForm.of("Disconnected from user {user} {src_ip:addr} port {src_port:int}"), SIGNED_OUT),
            left("Disconnected from authenticating user"),
            left("Disconnected from invalid user"),
            left("Connection closed by authenticating user"),
            left("Connection closed by invalid user"),
            left("Connection reset by authenticating user"),
            left("Connection reset by invalid user"),
            left("Disconnecting authenticating user"),
            left("Disconnecting invalid user"),
            left("Disconnected from illegal user"),
            new Kind(MessageForm.of("Accepted {method} for {user:word}"), SIGNED_IN),
            new Kind(
                    MessageForm.of(
                            "Connection from {src_ip:addr} port {src_port:int} on {dst_ip:addr} port {dst_port:int}"),
                    OPENED),
            new Kind(MessageForm.of("Connection closed by {src_ip:addr}[ port {src_port:int}]"), CLOSED),
            new Kind(MessageForm.of("Connection reset by {src_ip:addr}[ port {src_port:int}]"), CLOSED),
            new Kind(MessageForm.of("Disconnected from {src_ip:addr}[ port {src_port:int}]"), CLOSED),
            new Kind(
                    MessageForm.of("Received disconnect from {src_ip:addr}[ port {src_port:int}]:{reason:rest}"),
                    CLOSED),
            new Kind(
                    MessageForm.of(
                            "Bad protocol version identification {:last} from {src_ip:addr} port {src_port:int}"),
                    CLOSED),
            new Kind(
                    MessageForm.of("Did not receive identification string from {src_ip:addr}[ port {src_port:int}]"),
                    CLOSED));

    /// Whoever left, or was sent away, before having signed in.
    private static Kind left(String words) {
        return new Kind(MessageForm.of(words + " {user:last} {src_ip:addr} port {src_port:int}"), FAILED);
    }

    /// Beginnings of sshd's messages, by which one is told whose header names no program.
    private static final List<String> MARKS = List.of(
            "Accepted publickey for ",
            "Accepted password for ",
            "Accepted keyboard-interactive",
            "Accepted google_authenticator for ",
            "Failed password for ",
            "Failed publickey for ",
            "Failed none for ",
            "Invalid user ",
            "Disconnected from ",
            "Connection closed by ",
            "Connection from ",
            "Received disconnect from ",
            "error: maximum authentication attempts exceeded for ",
            "Did not receive identification string from ",
            "pam_unix(sshd:");

    private static final List<Kind> PAM = List.of(
            new Kind(
                    MessageForm.of(
                            "pam_unix({service}:session): session opened for user {user}(uid={uid:int}) by {by}(uid="),
                    SIGNED_IN),
            new Kind(
                    MessageForm.of("pam_unix({service}:session): session opened for user {user} by {by}(uid="),
                    SIGNED_IN),
            new Kind(MessageForm.of("pam_unix({service}:session): session closed for user {user:word}"), SIGNED_OUT),
            new Kind(
                    MessageForm.of(
                            "pam_unix({service}:auth): authentication failure; logname={} uid={uid:int} euid={} tty={} ruser={} rhost={src_ip:addr}  user={user:word}"),
                    FAILED),
            new Kind(
                    MessageForm.of(
                            "pam_unix({service}:auth): authentication failure; logname={} uid={uid:int} euid={} tty={} ruser={} rhost={}  user={user:word}"),
                    FAILED),
            new Kind(
                    MessageForm.of(
                            "pam_unix({service}:auth): authentication failure; logname={} uid={} euid={} tty={} ruser={} rhost={src_ip:addr}"),
                    FAILED),
            new Kind(MessageForm.of("pam_unix({service}:auth): check pass; user unknown"), FAILED),
            new Kind(MessageForm.of("pam_unix({service}:chauthtok): password changed for {user:word}"), PASSWORD));

    private static final List<Kind> SUDO = List.of(
            new Kind(
                    MessageForm.of(
                            "{by} : {reason} ; TTY={tty} ; PWD={directory} ; USER={user} ; COMMAND={command:rest}"),
                    REFUSED),
            new Kind(
                    MessageForm.of("{by} : TTY={tty} ; PWD={directory} ; USER={user} ; COMMAND={command:rest}"),
                    RIGHTS),
            new Kind(MessageForm.of("{by} : PWD={directory} ; USER={user} ; COMMAND={command:rest}"), RIGHTS));

    private static final List<Kind> SU = List.of(
            new Kind(MessageForm.of("Successful su for {user} by {by:word}"), SIGNED_IN),
            new Kind(MessageForm.of("FAILED su for {user} by {by:word}"), FAILED),
            new Kind(MessageForm.of("FAILED SU (to {user}) {by} on {tty:word}"), FAILED),
            new Kind(MessageForm.of("(to {user}) {by} on {tty:word}"), SIGNED_IN));

    private static final List<Kind> LOGIND = List.of(
            new Kind(MessageForm.of("New session {session} of user {user}."), SIGNED_IN),
            new Kind(MessageForm.of("Session {session} logged out."), OTHER));

    private static final List<Kind> ACCOUNTS = List.of(
            new Kind(MessageForm.of("new user: name={user}, UID={uid:int}"), CREATED),
            new Kind(MessageForm.of("delete user '{user}'"), DELETED),
            new Kind(MessageForm.of("add '{user}' to group '{group}'"), GROUP),
            new Kind(MessageForm.of("add '{user}' to shadow group '{group}'"), GROUP),
            new Kind(MessageForm.of("change user '{user}' password"), PASSWORD),
            new Kind(MessageForm.of("change user '{user}' "), CHANGED),
            new Kind(MessageForm.of("password changed for {user:word}"), PASSWORD));

    private static final List<Kind> CRON = List.of(new Kind(MessageForm.of("({by}) CMD ({command:rest}"), OTHER));

    private static final Map<String, List<Kind>> PROGRAMS = Map.ofEntries(
            Map.entry("sshd", SSHD),
            Map.entry("sshd-session", SSHD),
            Map.entry("sshd-auth", SSHD),
            Map.entry("sudo", SUDO),
            Map.entry("su", SU),
            Map.entry("systemd-logind", LOGIND),
            Map.entry("useradd", ACCOUNTS),
            Map.entry("userdel", ACCOUNTS),
            Map.entry("usermod", ACCOUNTS),
            Map.entry("groupadd", ACCOUNTS),
            Map.entry("gpasswd", ACCOUNTS),
            Map.entry("chage", ACCOUNTS),
            Map.entry("passwd", ACCOUNTS),
            Map.entry("CRON", CRON),
            Map.entry("crond", CRON),
            Map.entry("cron", CRON),
            Map.entry("login", List.of()),
            Map.entry("polkitd", List.of()),
            Map.entry("gdm-password", List.of()));

    private static final int MESSAGE = FieldNames.of("message");

    @Override
    public String name() {
        return "auth-log";
    }

    @Override
    public String product() {
        return "Linux auth.log, secure: sshd, sudo, su, PAM, logind, cron, accounts";
    }

    @Override
    public boolean claims(Line line) {
        if (line.header().app() >= 0) {
            return PROGRAMS.containsKey(program(line));
        }
        int from = start(line);
        return MARKS.stream().anyMatch(mark -> line.at(from, mark));
    }

    private static int start(Line line) {
        int from = line.from();
        while (from < line.to() && line.bytes()[from] == ' ') {
            from++;
        }
        return from;
    }

    private static String program(Line line) {
        long app = line.header().app();
        int length = app < 0 ? 0 : Column.length(app);
        return length == 0 || length > 20
                ? ""
                : new String(line.bytes(), Column.from(app), length, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Override
    public void read(Line line, Row row) {
        int from = start(line);
        int to = line.to();
        row.field(MESSAGE, from, to);
        understand(row, line.header().app() < 0 ? "sshd" : program(line), from, to);
    }

    /// Whether this program's messages are understood here.
    static boolean knows(String program) {
        return PROGRAMS.containsKey(program);
    }

    /// Ends the row as what this program's message `[from, to)` says. The message is a native field
    /// already.
    static void understand(Row row, String program, int from, int to) {
        if (!match(row, PROGRAMS.getOrDefault(program, List.of()), from, to) && !match(row, PAM, from, to)) {
            row.map(OTHER);
        }
    }

    private static boolean match(Row row, List<Kind> kinds, int from, int to) {
        for (Kind kind : kinds) {
            if (kind.form.match(row, from, to)) {
                row.map(kind.mapping);
                return true;
            }
        }
        return false;
    }
}
