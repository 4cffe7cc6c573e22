package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.TEXT;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.NameTable;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the records of one event of Linux' audit system mean together.
///
/// Native fields have the audit system's own names; those of a program's message, `msg='…'`, stand beside
/// the record's own, and hexadecimal values are decoded. Where a command's arguments are told (EXECVE), the
/// call's own `a0` to `a3`, which are addresses, are named `SYSCALL.a0` to `SYSCALL.a3`. `SYSCALL`, the
/// call's name, is added where the daemon did not write it and the machine's numbers are known. Reused from
/// event to event by one thread.
final class AuditEvents {
    // ---- the kinds of records
    // -------------------------------------------------------------------------------------------

    /// Numbers of `linux/audit.h` and `audit-records.h`, as the kernel prints them.
    private static final Map<Integer, String> TYPES = types(
            "1006 LOGIN 1100 USER_AUTH USER_ACCT USER_MGMT CRED_ACQ CRED_DISP USER_START USER_END USER_AVC",
            "1108 USER_CHAUTHTOK USER_ERR CRED_REFR USYS_CONFIG USER_LOGIN USER_LOGOUT ADD_USER DEL_USER ADD_GROUP",
            "1117 DEL_GROUP DAC_CHECK CHGRP_ID TEST TRUSTED_APP USER_SELINUX_ERR USER_CMD USER_TTY CHUSER_ID",
            "1126 GRP_AUTH SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL SERVICE_START SERVICE_STOP GRP_MGMT",
            "1133 GRP_CHAUTHTOK MAC_CHECK ACCT_LOCK ACCT_UNLOCK USER_DEVICE SOFTWARE_UPDATE",
            "1200 DAEMON_START DAEMON_END DAEMON_ABORT DAEMON_CONFIG DAEMON_RECONFIG DAEMON_ROTATE DAEMON_RESUME",
            "1207 DAEMON_ACCEPT DAEMON_CLOSE DAEMON_ERR",
            "1300 SYSCALL 1302 PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD 1309 EXECVE 1311 IPC_SET_PERM",
            "1312 MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR KERNEL_OTHER FD_PAIR OBJ_PID TTY EOE BPRM_FCAPS",
            "1322 CAPSET MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP PROCTITLE FEATURE_CHANGE REPLACE KERN_MODULE",
            "1331 FANOTIFY TIME_INJOFFSET TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT",
            "1400 AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW",
            "1700 ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT",
            "1800 INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE",
            "2100 ANOM_LOGIN_FAILURES ANOM_LOGIN_TIME ANOM_LOGIN_SESSIONS ANOM_LOGIN_ACCT ANOM_LOGIN_LOCATION",
            "2105 ANOM_MAX_DAC ANOM_MAX_MAC ANOM_AMTU_FAIL ANOM_RBAC_FAIL ANOM_RBAC_INTEGRITY_FAIL",
            "2110 ANOM_CRYPTO_FAIL ANOM_ACCESS_FS ANOM_EXEC ANOM_MK_EXEC ANOM_ADD_ACCT ANOM_DEL_ACCT ANOM_MOD_ACCT",
            "2117 ANOM_ROOT_TRANS 2300 USER_ROLE_CHANGE ROLE_ASSIGN ROLE_REMOVE LABEL_OVERRIDE",
            "2304 LABEL_LEVEL_CHANGE USER_LABELED_EXPORT USER_UNLABELED_EXPORT DEV_ALLOC DEV_DEALLOC FS_RELABEL",
            "2310 USER_MAC_POLICY_LOAD ROLE_MODIFY USER_MAC_CONFIG_CHANGE USER_MAC_STATUS",
            "2400 CRYPTO_TEST_USER CRYPTO_PARAM_CHANGE_USER CRYPTO_LOGIN CRYPTO_LOGOUT CRYPTO_KEY_USER",
            "2405 CRYPTO_FAILURE_USER CRYPTO_REPLAY_USER CRYPTO_SESSION CRYPTO_IKE_SA CRYPTO_IPSEC_SA",
            "2500 VIRT_CONTROL VIRT_RESOURCE VIRT_MACHINE_ID");

    private static final Set<String> NAMES = Set.copyOf(TYPES.values());

    private static Map<Integer, String> types(String... lists) {
        Map<Integer, String> types = new HashMap<>();
        int number = 0;
        for (String word : String.join(" ", lists).split(" ", -1)) {
            if (Character.isDigit(word.charAt(0))) {
                number = Integer.parseInt(word);
            } else {
                types.put(number++, word);
            }
        }
        return types;
    }

    /// Records of programs and of the daemon come one an event; so said by what their types begin with.
    private static final List<String> ALONE = List.of(
            "USER_",
            "CRED_",
            "ACCT_",
            "ADD_",
            "DEL_",
            "GRP_",
            "ROLE_",
            "SERVICE_",
            "SYSTEM_",
            "DAEMON_",
            "CRYPTO_",
            "VIRT_",
            "LABEL_",
            "RESP_",
            "CHGRP_ID",
            "CHUSER_ID",
            "SOFTWARE_UPDATE",
            "USYS_CONFIG",
            "FS_RELABEL",
            "TEST",
            "TRUSTED_APP",
            "DEV_",
            "DAC_CHECK",
            "MAC_CHECK");

    /// Whether events of this type have one record only.
    static boolean isAlone(String type) {
        for (String begin : ALONE) {
            if (type.startsWith(begin)) {
                return true;
            }
        }
        return false;
    }

    /// The type's name, where a number stands for it too.
    static String typeName(byte[] b, long slice) {
        int from = Column.from(slice);
        int length = Column.length(slice);
        boolean unknown = AuditRecord.stands(b, from, from + length, "UNKNOWN[") && b[from + length - 1] == ']';
        long number = unknown ? Numbers.integer(b, from + 8, length - 9) : Numbers.integer(b, from, length);
        String text = new String(b, from, length, StandardCharsets.ISO_8859_1);
        return number == Numbers.NONE ? text : TYPES.getOrDefault((int) number, text);
    }

    /// Whether this word is the name of a type.
    static boolean isKnown(byte[] b, int from, int to) {
        return to - from <= 40
                && to > from
                && NAMES.contains(new String(b, from, to - from, StandardCharsets.ISO_8859_1));
    }

    // ---- values
    // -------------------------------------------------------------------------------------------------------

    /// A value that is not one of the audit system's words for none.
    private static boolean isNone(byte[] b, long slice) {
        int from = Column.from(slice);
        int length = Column.length(slice);
        return NetworkFields.isNone(b, from, length)
                || length == 1 && b[from] == '?'
                || length == 2 && NetworkFields.isWord(b, from, length, "-1")
                || length == 5 && NetworkFields.isWord(b, from, length, "unset")
                || length == 10 && NetworkFields.isWord(b, from, length, "4294967295");
    }

    private static final Conversion WORD =
            (row, to, slice, kind) -> isNone(row.bytes(), slice) || TEXT.write(row, to, slice, kind);

    private static final Conversion NUMBER =
            (row, to, slice, kind) -> isNone(row.bytes(), slice) || INTEGER.write(row, to, slice, kind);

    /// `root` for user 0, who has no other name by the kernel's rights.
    private static final Conversion ROOT = (row, to, slice, kind) -> {
        if (row.equal(slice, "0")) {
            row.set(to, "root");
        }
        return true;
    };

    /// `Unknown` where neither a name nor an id is told.
    private static Conversion unknown(String uid) {
        Attribute other = Attribute.of(uid);
        return (row, to, slice, kind) -> {
            if (!row.batch().has(other)) {
                row.set(to, "Unknown");
            }
            return true;
        };
    }

    private static final Conversion ADDRESS = (row, to, slice, kind) ->
            isNone(row.bytes(), slice) || NetworkFields.IP_OR_NONE.write(row, to, slice, kind);

    private static final Conversion HOST =
            (row, to, slice, kind) -> isNone(row.bytes(), slice) || NetworkFields.HOSTNAME.write(row, to, slice, kind);

    /// A path to `….path`, and its last part to `….name`.
    private static Conversion file(String file) {
        Attribute path = Attribute.of(file + ".path");
        return (row, to, slice, kind) -> {
            if (!isNone(row.bytes(), slice)) {
                row.set(path, slice);
                row.set(to, base(row.bytes(), slice));
            }
            return true;
        };
    }

    private static long base(byte[] b, long slice) {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int at = end;
        while (at > from && b[at - 1] != '/') {
            at--;
        }
        return at == end ? slice : Column.pack(at, end);
    }

    private static final Conversion RESULT =
            Conversion.words(Map.of("yes", 1, "no", 2, "success", 1, "failed", 2, "1", 1, "0", 2, "fail", 2, "ok", 1));

    private static final Conversion APPARMOR = Conversion.words(Map.of("DENIED", 2, "ALLOWED", 1, "AUDIT", 1));

    // ---- the mappings
    // -------------------------------------------------------------------------------------------------

    private static Mapping.Builder event(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("node", "device.hostname", NetworkFields.HOSTNAME)
                .field("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .field("success", "status_id", RESULT)
                .field("res", "status_id", RESULT)
                .field("result", "status_id", RESULT)
                .field("apparmor", "status_id", APPARMOR)
                .field("exit", "status_code", WORD)
                .constant("device.os.name", "Linux")
                .constant("device.os.type_id", 200)
                .field("_HOSTNAME", "device.hostname", NetworkFields.HOSTNAME)
                .constant("metadata.log_provider", "auditd")
                .product("Linux", "Audit");
    }

    /// Who did it: the account that signed in, which `su` and `sudo` do not change, else the process' own.
    private static Mapping.Builder person(Mapping.Builder of) {
        return session(of).fallback("uid", "actor.user.uid", WORD).fallback("UID", "actor.user.name", WORD);
    }

    private static Mapping.Builder session(Mapping.Builder of) {
        return of.field("auid", "actor.user.uid", WORD)
                .field("AUID", "actor.user.name", WORD)
                .field("ses", "actor.session.uid", WORD)
                .field("tty", "actor.session.terminal", WORD)
                .field("terminal", "actor.session.terminal", WORD);
    }

    /// The process that called.
    private static Mapping.Builder caller(Mapping.Builder of) {
        return person(of)
                .field("pid", "actor.process.pid", NUMBER)
                .field("ppid", "actor.process.parent_process.pid", NUMBER)
                .field("comm", "actor.process.name", WORD)
                .field("exe", "actor.process.file.name", file("actor.process.file"))
                .field("proctitle", "actor.process.cmd_line", WORD)
                .field("cwd", "actor.process.working_directory", WORD)
                .field("euid", "actor.process.user.uid", WORD)
                .field("EUID", "actor.process.user.name", WORD)
                .fallback("euid", "actor.process.user.name", ROOT);
    }

    private static Mapping.Builder launch(String name) {
        return person(event(name, 1007))
                .field("pid", "process.pid", NUMBER)
                .field("euid", "process.user.uid", WORD)
                .field("EUID", "process.user.name", WORD)
                .fallback("uid", "process.user.uid", WORD)
                .fallback("euid", "process.user.name", ROOT)
                .field("cwd", "process.working_directory", WORD)
                .fallback("proctitle", "process.cmd_line", WORD)
                .activity(1);
    }

    /// With the new program in place of the old one: the record is made after the call.
    private static final Mapping LAUNCHED = launch("process started")
            .field("comm", "process.name", WORD)
            .field("exe", "process.file.name", file("process.file"))
            .field("ppid", "process.parent_process.pid", NUMBER)
            .field("ppid", "actor.process.pid", NUMBER)
            .build();

    /// A program that did not start: the process is still that of the caller, and `name` is what it wanted.
    private static final Mapping NOT_LAUNCHED = launch("process not started")
            .field("name", "process.file.name", file("process.file"))
            .field("pid", "actor.process.pid", NUMBER)
            .field("comm", "actor.process.name", WORD)
            .field("exe", "actor.process.file.name", file("actor.process.file"))
            .field("ppid", "actor.process.parent_process.pid", NUMBER)
            .constant("process.name", "Unknown")
            .build();

    private static final Mapping SIGNALLED = caller(event("process signalled", 1007))
            .field("opid", "process.pid", NUMBER)
            .field("ocomm", "process.name", WORD)
            .field("ouid", "process.user.uid", WORD)
            .field("OUID", "process.user.name", WORD)
            .build();

    private static final Mapping USER_SET = caller(event("user set", 1007))
            .field("pid", "process.pid", NUMBER)
            .field("comm", "process.name", WORD)
            .field("exe", "process.file.name", file("process.file"))
            .field("euid", "process.user.uid", WORD)
            .field("EUID", "process.user.name", WORD)
            .fallback("euid", "process.user.name", ROOT)
            .activity(5)
            .build();

    private static final Mapping FILE =
            caller(event("file", 1001)).constant("file.name", "Unknown").build();

    private static final Mapping MODULE = caller(event("kernel module", 1002))
            .constant("driver.file.name", "Unknown")
            .build();

    private static final Mapping NETWORK = caller(event("network", 4001)).build();

    private static final Mapping CALL =
            caller(event("system call", 0)).activity(99).build();

    private static final Mapping OTHER = caller(event("other", 0)).activity(99).build();

    /// Without the process: OCSF knows none without an id.
    private static final Mapping PLAIN =
            person(event("no process", 0)).activity(99).build();

    private static Mapping.Builder account(Mapping.Builder of) {
        return of.field("acct", "user.name", WORD)
                .field("id", "user.uid", WORD)
                .field("ID", "user.name", WORD)
                .fallback("type", "user.name", unknown("user.uid"));
    }

    /// A program's own process, where the user that the event is about is another.
    private static Mapping.Builder program(Mapping.Builder of) {
        return of.field("pid", "actor.process.pid", NUMBER)
                .field("comm", "actor.process.name", WORD)
                .field("exe", "actor.process.file.name", file("actor.process.file"))
                .field("op", "message", WORD);
    }

    private static Mapping.Builder authentication(String name) {
        return program(session(event(name, 3002)))
                .field("addr", "src_endpoint.ip", ADDRESS)
                .field("hostname", "src_endpoint.hostname", HOST)
                .field("addr", "src_endpoint.hostname", HOST)
                .field("exe", "service.name", (row, to, slice, kind) -> {
                    if (!isNone(row.bytes(), slice)) {
                        row.set(to, base(row.bytes(), slice));
                    }
                    return true;
                })
                .field("grantors", "auth_protocol", WORD)
                .field("ses", "session.uid", WORD)
                .field("terminal", "session.terminal", WORD)
                .field("node", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .field("syslog.hostname", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
                .constant("service.name", "Linux");
    }

    private static final Mapping AUTHENTICATION =
            account(authentication("authentication")).build();

    /// The kernel's own record of whom a session is laid to.
    private static final Mapping LOGIN = authentication("login")
            .field("auid", "user.uid", WORD)
            .field("AUID", "user.name", WORD)
            .fallback("type", "user.name", unknown("user.uid"))
            .activity(99)
            .build();

    private static final Mapping ACCOUNT = account(program(person(event("account", 3001))))
            .field("addr", "src_endpoint.ip", ADDRESS)
            .field("hostname", "src_endpoint.hostname", HOST)
            .build();

    private static final Mapping GROUP = program(person(event("group", 3006)))
            .field("grp", "group.name", WORD)
            .field("acct", "group.name", WORD)
            .field("id", "group.uid", WORD)
            .field("ID", "group.name", WORD)
            .fallback("type", "group.name", unknown("group.uid"))
            .build();

    /// A command run with another's rights, as {@link LinuxAuth} has it of sudo's own log.
    private static final Mapping COMMAND = program(person(event("command with rights", 3003)))
            .field("cmd", "privileges", TEXT)
            .field("uid", "user.uid", WORD)
            .field("UID", "user.name", WORD)
            .fallback("type", "user.name", unknown("user.uid"))
            .activity(1)
            .build();

    private static final Mapping SERVICE = program(person(event("service", 6002)))
            .field("unit", "app.name", WORD)
            .constant("app.name", "Unknown")
            .build();

    private static final Mapping DAEMON = program(person(event("audit daemon", 6002)))
            .field("ver", "app.version", WORD)
            .constant("app.name", "auditd")
            .build();

    private static final Mapping SSH = program(person(event("ssh session", 4007)))
            .field("addr", "src_endpoint.ip", ADDRESS)
            .fallback("rport", "src_endpoint.port", NetworkFields.SOURCE_PORT)
            .field("laddr", "dst_endpoint.ip", ADDRESS)
            .fallback("lport", "dst_endpoint.port", NetworkFields.DESTINATION_PORT)
            .field("node", "dst_endpoint.hostname", NetworkFields.HOSTNAME)
            .constant("dst_endpoint.svc_name", "sshd")
            .build();

    private static final Attribute EVENT_CODE = Attribute.of("metadata.event_code");
    private static final Attribute ORIGINAL_ID = Attribute.of("metadata.original_event_uid");
    private static final Attribute COMMAND_LINE = Attribute.of("process.cmd_line");
    private static final Attribute PROCESS_ID = Attribute.of("process.pid");
    private static final Attribute FILE_PATH = Attribute.of("file.path");
    private static final Attribute FILE_NAME = Attribute.of("file.name");
    private static final Attribute FILE_TYPE = Attribute.of("file.type_id");
    private static final Attribute FILE_OWNER = Attribute.of("file.owner.uid");
    private static final Attribute RESULT_PATH = Attribute.of("file_result.path");
    private static final Attribute RESULT_NAME = Attribute.of("file_result.name");
    private static final Attribute DRIVER_NAME = Attribute.of("driver.file.name");
    private static final Attribute SOURCE_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SOURCE_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute SOURCE_HOST = Attribute.of("src_endpoint.hostname");
    private static final Attribute DESTINATION_IP = Attribute.of("dst_endpoint.ip");
    private static final Attribute DESTINATION_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute DESTINATION_HOST = Attribute.of("dst_endpoint.hostname");
    private static final Attribute DIRECTION = Attribute.of("connection_info.direction_id");

    // ---- the fields
    // ---------------------------------------------------------------------------------------------------

    private static final int TYPE = FieldNames.of("type");
    private static final int MSG = FieldNames.of("msg");
    private static final int NODE = FieldNames.of("node");
    private static final int OP = FieldNames.of("op");
    private static final int NAME = FieldNames.of("name");
    private static final int NAMETYPE = FieldNames.of("nametype");
    private static final int MODE = FieldNames.of("mode");
    private static final int OWNER = FieldNames.of("ouid");
    private static final int CWD = FieldNames.of("cwd");
    private static final int PROCTITLE = FieldNames.of("proctitle");
    private static final int ARCH = FieldNames.of("arch");
    private static final int SYSCALL = FieldNames.of("syscall");
    private static final int SYSCALL_NAME = FieldNames.of("SYSCALL");
    private static final int SUCCESS = FieldNames.of("success");
    private static final int EXIT = FieldNames.of("exit");
    private static final int EXE = FieldNames.of("exe");
    private static final int SADDR = FieldNames.of("saddr");
    private static final int FAMILY = FieldNames.of("saddr_fam");
    private static final int LOCAL_ADDRESS = FieldNames.of("laddr");
    private static final int LOCAL_PORT = FieldNames.of("lport");
    private static final int SOCKET_PATH = FieldNames.of("path");
    private static final int PID = FieldNames.of("pid");
    private static final int OTHER_PID = FieldNames.of("opid");
    private static final int RIGHTS = FieldNames.of("seperms");
    private static final int VERDICT = FieldNames.of("seresult");
    private static final int HOST_FIELD = FieldNames.of("syslog.hostname");
    private static final int DATA = FieldNames.of("data");

    /// Fields of which the kernel and the programs write anything but plain text in hexadecimal.
    private static final BitSet ENCODED = new BitSet();

    static {
        for (String name : List.of(
                "acct",
                "cmd",
                "comm",
                "cwd",
                "data",
                "dir",
                "exe",
                "file",
                "grp",
                "host",
                "key",
                "name",
                "new-chardev",
                "new-disk",
                "new-fs",
                "new-rng",
                "new_group",
                "ocomm",
                "old-chardev",
                "old-disk",
                "old-fs",
                "old-rng",
                "op",
                "path",
                "proctitle",
                "root_dir",
                "sw",
                "unit",
                "vm",
                "watch",
                "profile",
                "lsm",
                "reason")) {
            ENCODED.set(FieldNames.of(name));
        }
    }

    private static final int MOST_NAMED_ARGUMENTS = 256;
    private static final int[] ARGUMENTS = new int[MOST_NAMED_ARGUMENTS];
    private static final int[] CALL_ARGUMENTS = new int[4];

    static {
        for (int i = 0; i < MOST_NAMED_ARGUMENTS; i++) {
            ARGUMENTS[i] = FieldNames.of("a" + i);
        }
        for (int i = 0; i < CALL_ARGUMENTS.length; i++) {
            CALL_ARGUMENTS[i] = FieldNames.of("SYSCALL.a" + i);
        }
    }

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    private final NameTable names = new NameTable();
    private String first = "";
    private String type = "";
    private boolean hasCall;
    private boolean hasExec;
    private boolean hasPath;
    private boolean hasLogin;
    private boolean hasPid;
    private long id;
    private long time;

    // The command line, argument by argument.
    private long[] arguments = new long[16];
    private int argumentCount;
    private int openArgument;
    private long openText;

    // The files named, in the order of their records.
    private long[] paths = new long[8];
    private long[] pathKinds = new long[8];
    private long[] pathModes = new long[8];
    private long[] pathOwners = new long[8];
    private int pathCount;

    private long peer;
    private long peerPort;
    private boolean hasPeer;

    /// Begins an event.
    void begin() {
        first = "";
        hasCall = false;
        hasExec = false;
        hasPath = false;
        hasLogin = false;
        id = -1;
        time = Times.NONE;
        argumentCount = 0;
        openArgument = -1;
        pathCount = 0;
        hasPeer = false;
    }

    /// Tells of a record that is to come, before the first is given.
    void expect(byte[] b, AuditRecord record) {
        switch (typeName(b, record.type())) {
            case "SYSCALL" -> hasCall = true;
            case "EXECVE" -> hasExec = true;
            case "PATH" -> hasPath = true;
            case "LOGIN" -> hasLogin = true;
            default -> {
                // Decides nothing beforehand.
            }
        }
    }

    /// Takes the event's next record.
    ///
    /// @param to where its line ends
    void record(Row row, AuditRecord record, int to) {
        if (id < 0) {
            id = record.id();
            time = record.time();
            if (record.node() >= 0) {
                row.field(NODE, record.node(), EventBatch.TEXT);
            }
            row.field(MSG, Column.from(id) - 6, Column.from(id) + Column.length(id) + 1);
        }
        typed(row, record.type(), record.body(), to);
    }

    /// Takes a record of which only the type and the fields are told.
    void typed(Row row, long typeSlice, int from, int to) {
        type = typeName(row.bytes(), typeSlice);
        if (first.isEmpty()) {
            first = type;
        }
        if (row.equal(typeSlice, type)) {
            row.field(TYPE, typeSlice, EventBatch.TEXT);
        } else {
            row.field(TYPE, row.batch().append(type), EventBatch.TEXT);
        }
        if (type.equals("PATH")) {
            path();
        }
        fields(row, from, to);
        argument(row, -1, -1);
    }

    private void path() {
        if (pathCount == paths.length) {
            paths = Arrays.copyOf(paths, pathCount * 2);
            pathKinds = Arrays.copyOf(pathKinds, pathCount * 2);
            pathModes = Arrays.copyOf(pathModes, pathCount * 2);
            pathOwners = Arrays.copyOf(pathOwners, pathCount * 2);
        }
        paths[pathCount] = -1;
        pathKinds[pathCount] = -1;
        pathModes[pathCount] = -1;
        pathOwners[pathCount++] = -1;
    }

    /// Gives the fields in `[from, to)` to the row: `name=value`, apart from each other by spaces or,
    /// in old releases, commas; 0x1D stands before what the daemon added.
    private void fields(Row row, int from, int to) {
        int at = from;
        while (at < to) {
            byte[] b = row.bytes();
            byte c = b[at];
            if (c == ' ' || c == ',' || c == 0x1D || c == '\'' || c == '(' || c == ')') {
                at++;
                continue;
            }
            int equals = at;
            while (equals < to && isName(b[equals])) {
                equals++;
            }
            if (equals == to || b[equals] != '=' || equals == at) {
                at = prose(row, at, to);
                continue;
            }
            at = field(row, at, equals, to);
        }
    }

    private static boolean isName(byte c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '-'
                || c == '['
                || c == ']'
                || c == '.'
                || c == '/';
    }

    /// Words without a name: `avc:  denied  { read write } for` says what was refused.
    private static int prose(Row row, int at, int to) {
        byte[] b = row.bytes();
        int end = AuditRecord.word(b, at, to);
        if (b[at] == '{') {
            int close = AuditRecord.indexOf(b, '}', at, to);
            if (close > at + 2) {
                row.field(RIGHTS, AuditRecord.spaces(b, at + 1, close), trimmed(b, at + 1, close));
                return close + 1;
            }
        }
        if (AuditRecord.stands(b, at, end, "denied") || AuditRecord.stands(b, at, end, "granted")) {
            row.field(VERDICT, at, end);
        }
        return Math.max(end, at + 1);
    }

    private static int trimmed(byte[] b, int from, int to) {
        int end = to;
        while (end > from && b[end - 1] == ' ') {
            end--;
        }
        return Math.max(end, AuditRecord.spaces(b, from, to));
    }

    /// Gives one field; says where the next may begin.
    private int field(Row row, int from, int equals, int to) {
        byte[] b = row.bytes();
        int value = equals + 1;
        if (value < to && b[value] == '"') {
            int close = AuditRecord.indexOf(b, '"', value + 1, to);
            int end = close < 0 ? to : close;
            value(row, from, equals, value + 1, end, true);
            return Math.min(end + 1, to);
        }
        if (value < to && b[value] == '\'' && equals - from == 3 && AuditRecord.stands(b, from, to, "msg=")) {
            // A program's message: its fields are walked like the record's own.
            return value + 1;
        }
        if (value < to && b[value] == '{') {
            int close = AuditRecord.indexOf(b, '}', value, to);
            int end = close < 0 ? to : close + 1;
            value(row, from, equals, value, end, true);
            return end;
        }
        int end = value;
        boolean rest = type.equals("PROCTITLE") && AuditRecord.stands(b, from, to, "proctitle=");
        while (end < to && b[end] != 0x1D && b[end] != '\'' && (b[end] != ' ' || rest)) {
            end++;
        }
        if (equals - from == 2 && AuditRecord.stands(b, from, to, "op=")) {
            // `op=adding user to group acct="jane"`: what is done may be several words.
            while (end < to && b[end] == ' ') {
                int next = end + 1;
                while (next < to && isName(b[next])) {
                    next++;
                }
                if (next == end + 1 || next < to && b[next] != ' ' && b[next] != '\'') {
                    break;
                }
                end = next;
            }
        }
        int stop = end;
        while (stop > value && (b[stop - 1] == ',' || b[stop - 1] == ')' && !opens(b, value, stop))) {
            stop--;
        }
        value(row, from, equals, value, stop, false);
        return Math.max(end, value);
    }

    private static boolean opens(byte[] b, int from, int to) {
        return AuditRecord.indexOf(b, '(', from, to) >= 0;
    }

    private void value(Row row, int nameFrom, int nameTo, int from, int to, boolean quoted) {
        byte[] b = row.bytes();
        if (type.equals("EXECVE")
                && b[nameFrom] == 'a'
                && nameFrom + 1 < nameTo
                && b[nameFrom + 1] >= '0'
                && b[nameFrom + 1] <= '9') {
            argument(row, nameFrom, nameTo, from, to, quoted);
            return;
        }
        int name = names.id(b, nameFrom, nameTo);
        if (type.equals("SYSCALL") && hasExec && nameTo - nameFrom == 2 && b[nameFrom] == 'a') {
            int number = b[nameFrom + 1] - '0';
            name = number >= 0 && number < 4 ? CALL_ARGUMENTS[number] : name;
        }
        long slice = Column.pack(from, to);
        if (!quoted && ENCODED.get(name) && isHex(b, from, to)) {
            slice = decoded(row, from, to, name == PROCTITLE || name == DATA && type.endsWith("TTY"));
        }
        row.field(name, slice, EventBatch.TEXT);
        switch (type) {
            case "PATH" -> {
                int last = pathCount - 1;
                if (name == NAME && paths[last] < 0) {
                    paths[last] = isNone(row.bytes(), slice) ? -1 : slice;
                } else if (name == NAMETYPE) {
                    pathKinds[last] = slice;
                } else if (name == MODE) {
                    pathModes[last] = slice;
                } else if (name == OWNER) {
                    pathOwners[last] = slice;
                }
            }
            case "SOCKADDR" -> {
                if (name == SADDR && isHex(row.bytes(), from, to)) {
                    socket(row, from, to);
                }
            }
            default -> {
                // Nothing more is to be known of it.
            }
        }
    }

    // ---- arguments
    // ----------------------------------------------------------------------------------------------------

    /// `a0="ls"`, or in parts: `a1_len=9000 a1[0]=… a1[1]=…`.
    private void argument(Row row, int nameFrom, int nameTo, int from, int to, boolean quoted) {
        byte[] b = row.bytes();
        int at = nameFrom + 1;
        int number = 0;
        while (at < nameTo && b[at] >= '0' && b[at] <= '9') {
            number = Math.min(number * 10 + b[at++] - '0', 1 << 20);
        }
        boolean part = at < nameTo && b[at] == '[';
        if (at < nameTo && !part) {
            row.field(names.id(b, nameFrom, nameTo), from, to);
            return;
        }
        long slice = !quoted && isHex(b, from, to) ? decoded(row, from, to, false) : Column.pack(from, to);
        if (part && number == openArgument) {
            openText = joined(row.batch(), openText, slice);
            return;
        }
        argument(row, number, slice);
        if (!part) {
            argument(row, -1, -1);
        }
    }

    /// Two texts as one. What lies at the arena's end grows there, so that many parts cost no more than their
    /// length.
    private static long joined(EventBatch batch, long text, long more) {
        int from = Column.from(text);
        int end = from + Column.length(text);
        int length = Column.length(more);
        if (end == Column.from(more)) {
            return Column.pack(from, end + length);
        }
        byte[] room = batch.reserve(end - from + length);
        if (end != batch.arenaEnd()) {
            int start = batch.arenaEnd();
            System.arraycopy(room, from, room, start, end - from);
            end = start + end - from;
            from = start;
        }
        System.arraycopy(room, Column.from(more), room, end, length);
        batch.arenaEnd(end + length);
        return Column.pack(from, end + length);
    }

    /// Ends the argument that is being put together, and begins the next unless it is -1.
    private void argument(Row row, int next, long slice) {
        if (openArgument >= 0) {
            if (openArgument < MOST_NAMED_ARGUMENTS) {
                row.field(ARGUMENTS[openArgument], openText, EventBatch.TEXT);
            }
            if (argumentCount == arguments.length) {
                arguments = Arrays.copyOf(arguments, argumentCount * 2);
            }
            arguments[argumentCount++] = openText;
        }
        openArgument = next;
        openText = slice;
    }

    /// The arguments with a space between them.
    private long commandLine(Row row) {
        int size = 0;
        for (int i = 0; i < argumentCount; i++) {
            size += Column.length(arguments[i]) + 1;
        }
        EventBatch batch = row.batch();
        byte[] room = batch.reserve(size);
        int start = batch.arenaEnd();
        int at = start;
        for (int i = 0; i < argumentCount; i++) {
            if (i > 0) {
                room[at++] = ' ';
            }
            System.arraycopy(room, Column.from(arguments[i]), room, at, Column.length(arguments[i]));
            at += Column.length(arguments[i]);
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }

    // ---- hexadecimal
    // --------------------------------------------------------------------------------------------------

    private static boolean isHex(byte[] b, int from, int to) {
        if (to == from || (to - from) % 2 != 0) {
            return false;
        }
        for (int i = from; i < to; i++) {
            byte c = b[i];
            if (!(c >= '0' && c <= '9' || c >= 'A' && c <= 'F')) {
                return false;
            }
        }
        return true;
    }

    private static int digit(byte c) {
        return c <= '9' ? c - '0' : c - 'A' + 10;
    }

    /// The text that was written in hexadecimal; what is not UTF-8 is taken for Windows-1252.
    ///
    /// @param spaced whether a NUL, which ends each argument, becomes a space
    private static long decoded(Row row, int from, int to, boolean spaced) {
        EventBatch batch = row.batch();
        byte[] b = batch.reserve((to - from) / 2);
        int start = batch.arenaEnd();
        int at = start;
        for (int i = from; i < to; i += 2) {
            int c = digit(b[i]) << 4 | digit(b[i + 1]);
            b[at++] = (byte) (c == 0 && spaced ? ' ' : c);
        }
        while (spaced && at > start && b[at - 1] == ' ') {
            at--;
        }
        while (at > start && b[at - 1] == 0) {
            at--;
        }
        if (!Lines.isUtf8(b, start, at)) {
            return batch.append(new String(b, start, at - start, WINDOWS_1252));
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }

    /// A `sockaddr` as the call got it: family in the machine's byte order, the rest in the network's.
    private void socket(Row row, int from, int to) {
        byte[] b = row.bytes();
        byte[] raw = new byte[Math.min((to - from) / 2, 128)];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) (digit(b[from + 2 * i]) << 4 | digit(b[from + 2 * i + 1]));
        }
        if (raw.length < 2) {
            return;
        }
        int family = raw[0] == 0 ? raw[1] : raw[0];
        switch (family) {
            case 1 -> {
                row.field(FAMILY, row.batch().append("local"), EventBatch.TEXT);
                // A name in the abstract space begins with NUL.
                int start = raw.length > 2 && raw[2] == 0 ? 3 : 2;
                int end = start;
                while (end < raw.length && raw[end] != 0) {
                    end++;
                }
                if (end > start) {
                    long path = row.batch()
                            .append(
                                    Lines.isUtf8(raw, start, end)
                                            ? new String(raw, start, end - start, StandardCharsets.UTF_8)
                                            : new String(raw, start, end - start, WINDOWS_1252));
                    row.field(SOCKET_PATH, path, EventBatch.TEXT);
                }
            }
            case 2 -> {
                row.field(FAMILY, row.batch().append("inet"), EventBatch.TEXT);
                if (raw.length >= 8) {
                    peer(
                            row,
                            raw,
                            (raw[4] & 0xFF) + "." + (raw[5] & 0xFF) + "." + (raw[6] & 0xFF) + "." + (raw[7] & 0xFF));
                }
            }
            case 10 -> {
                row.field(FAMILY, row.batch().append("inet6"), EventBatch.TEXT);
                if (raw.length >= 24) {
                    peer(row, raw, ipv6(raw, 8));
                }
            }
            case 16 -> row.field(FAMILY, row.batch().append("netlink"), EventBatch.TEXT);
            default -> row.field(FAMILY, row.batch().append(Integer.toString(family & 0xFF)), EventBatch.TEXT);
        }
    }

    private void peer(Row row, byte[] raw, String address) {
        peer = row.batch().append(address);
        peerPort = (raw[2] & 0xFF) << 8 | raw[3] & 0xFF;
        hasPeer = true;
        row.field(LOCAL_ADDRESS, peer, EventBatch.TEXT);
        row.field(LOCAL_PORT, row.batch().append(Long.toString(peerPort)), EventBatch.NUMBER);
    }

    /// RFC 5952's text of an address, an IPv4-mapped one as IPv4.
    static String ipv6(byte[] raw, int from) {
        int[] words = new int[8];
        boolean mapped = true;
        for (int i = 0; i < 8; i++) {
            words[i] = (raw[from + 2 * i] & 0xFF) << 8 | raw[from + 2 * i + 1] & 0xFF;
            mapped &= i > 5 || words[i] == (i == 5 ? 0xFFFF : 0);
        }
        if (mapped) {
            return (words[6] >> 8) + "." + (words[6] & 0xFF) + "." + (words[7] >> 8) + "." + (words[7] & 0xFF);
        }
        int best = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = i;
            while (run < 8 && words[run] == 0) {
                run++;
            }
            if (run - i > length) {
                best = i;
                length = run - i;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(words[i]));
        }
        return text.toString();
    }

    // ---- the event
    // ----------------------------------------------------------------------------------------------------

    private static final Map<String, Integer> SIGN_INS = Map.ofEntries(
            Map.entry("USER_LOGIN", 1),
            Map.entry("USER_AUTH", 1),
            Map.entry("USER_START", 1),
            Map.entry("USER_ERR", 1),
            Map.entry("GRP_AUTH", 1),
            Map.entry("CRYPTO_LOGIN", 1),
            Map.entry("ANOM_LOGIN_FAILURES", 1),
            Map.entry("ANOM_LOGIN_TIME", 1),
            Map.entry("ANOM_LOGIN_SESSIONS", 1),
            Map.entry("ANOM_LOGIN_ACCT", 1),
            Map.entry("ANOM_LOGIN_LOCATION", 1),
            Map.entry("USER_LOGOUT", 2),
            Map.entry("USER_END", 2),
            Map.entry("CRYPTO_LOGOUT", 2),
            Map.entry("USER_ACCT", 99),
            Map.entry("CRED_ACQ", 99),
            Map.entry("CRED_DISP", 99),
            Map.entry("CRED_REFR", 99),
            Map.entry("CHUSER_ID", 7));

    private static final Map<String, Integer> ACCOUNTS = Map.ofEntries(
            Map.entry("ADD_USER", 1),
            Map.entry("ANOM_ADD_ACCT", 1),
            Map.entry("DEL_USER", 6),
            Map.entry("ANOM_DEL_ACCT", 6),
            Map.entry("ACCT_LOCK", 9),
            Map.entry("ACCT_UNLOCK", 12),
            Map.entry("USER_CHAUTHTOK", 3),
            Map.entry("USER_MGMT", 99),
            Map.entry("ANOM_MOD_ACCT", 99),
            Map.entry("ROLE_ASSIGN", 99),
            Map.entry("ROLE_REMOVE", 99),
            Map.entry("USER_ROLE_CHANGE", 99));

    private static final Map<String, Integer> GROUPS =
            Map.of("ADD_GROUP", 6, "DEL_GROUP", 5, "GRP_MGMT", 99, "GRP_CHAUTHTOK", 99);

    private static final Map<String, Integer> SERVICES = Map.of("SERVICE_START", 3, "SERVICE_STOP", 4);

    private static final Map<String, Integer> DAEMONS =
            Map.of("DAEMON_START", 3, "DAEMON_END", 4, "DAEMON_ABORT", 4, "DAEMON_CONFIG", 99, "DAEMON_RECONFIG", 99);

    /// OCSF's activity of calls on files that do one thing; that of `open` is in its flags.
    private static final Map<String, Integer> FILE_CALLS = new HashMap<>();

    private static void calls(int activity, String names) {
        for (String name : names.split(" ", -1)) {
            FILE_CALLS.put(name, activity);
        }
    }

    static {
        calls(1, "creat mkdir mkdirat mknod mknodat link linkat symlink symlinkat");
        calls(2, "readlink readlinkat");
        calls(3, "truncate ftruncate truncate64 ftruncate64");
        calls(4, "unlink unlinkat rmdir");
        calls(5, "rename renameat renameat2");
        calls(6, "utime utimes utimensat futimesat removexattr lremovexattr fremovexattr");
        calls(6, "setxattr lsetxattr fsetxattr");
        calls(7, "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat chown32 fchown32 lchown32");
        calls(8, "stat lstat fstat newfstatat statx access faccessat faccessat2 getxattr lgetxattr fgetxattr");
        calls(12, "mount move_mount");
        calls(13, "umount umount2");
    }

    /// Ends the row as the event that its records make.
    void end(Row row) {
        row.set(EVENT_CODE, hasCall && !hasLogin ? "SYSCALL" : first);
        if (id >= 0) {
            row.set(ORIGINAL_ID, id);
            if (time == Times.NONE) {
                row.reject("the record's time is not a time");
                return;
            }
            row.set(Attribute.TIME, time);
        }
        long pid = row.value(PID);
        hasPid = pid >= 0 && Numbers.integer(row.bytes(), Column.from(pid), Column.length(pid)) >= 0;
        if (!hasPid) {
            other(row);
            return;
        }
        if (hasLogin) {
            row.map(LOGIN);
            return;
        }
        if (hasCall) {
            call(row);
            return;
        }
        Integer activity = SIGN_INS.get(first);
        if (activity != null) {
            row.set(Attribute.ACTIVITY_ID, switching(row, activity));
            row.map(AUTHENTICATION);
            return;
        }
        activity = ACCOUNTS.get(first);
        if (activity != null) {
            row.set(Attribute.ACTIVITY_ID, activity == 3 ? changing(row) : activity);
            row.map(ACCOUNT);
            return;
        }
        activity = GROUPS.get(first);
        if (activity != null) {
            row.set(Attribute.ACTIVITY_ID, activity);
            row.map(GROUP);
            return;
        }
        activity = SERVICES.get(first);
        if (activity != null) {
            row.set(Attribute.ACTIVITY_ID, activity);
            row.map(SERVICE);
            return;
        }
        activity = DAEMONS.get(first);
        if (activity != null) {
            row.set(Attribute.ACTIVITY_ID, activity);
            row.map(DAEMON);
            return;
        }
        if (first.equals("USER_CMD")) {
            row.map(COMMAND);
        } else if (first.equals("CRYPTO_SESSION") && row.has(LOCAL_ADDRESS)) {
            row.set(Attribute.ACTIVITY_ID, row.is(OP, "destroy") ? 2 : 1);
            row.map(SSH);
        } else {
            other(row);
        }
    }

    private void other(Row row) {
        if (argumentCount > 0) {
            row.set(Attribute.MESSAGE, commandLine(row));
        } else if (first.endsWith("TTY") && row.value(DATA) >= 0) {
            row.set(Attribute.MESSAGE, row.value(DATA));
        } else if (row.value(OP) >= 0) {
            row.set(Attribute.MESSAGE, row.value(OP));
        }
        if (first.startsWith("ANOM_")) {
            row.set(Attribute.SEVERITY_ID, 3);
        }
        if (row.is(VERDICT, "denied")) {
            row.set(Attribute.STATUS_ID, 2);
        }
        row.map(hasPid ? OTHER : PLAIN);
    }

    /// `su` and `sudo` give a session to a person who is there already.
    private static int switching(Row row, int activity) {
        long exe = row.value(EXE);
        if (activity != 1 || exe < 0) {
            return activity;
        }
        long name = base(row.bytes(), exe);
        return row.equal(name, "su") || row.equal(name, "sudo") ? 7 : activity;
    }

    /// USER_CHAUTHTOK is written of passwords and of whatever else `usermod` and `chage` change.
    private static int changing(Row row) {
        String op = row.text(OP);
        if (op == null) {
            return 3;
        }
        if (op.contains("unlock")) {
            return 12;
        }
        if (op.contains("lock")) {
            return 9;
        }
        return op.contains("password") || op.contains("chauthtok") ? 3 : 99;
    }

    private void call(Row row) {
        String name = callName(row);
        boolean failed = row.is(SUCCESS, "no");
        if (row.is(VERDICT, "denied")) {
            row.set(Attribute.STATUS_ID, 2);
        }
        if (hasExec || name.equals("execve") || name.equals("execveat")) {
            if (argumentCount > 0) {
                row.set(COMMAND_LINE, commandLine(row));
            }
            row.map(failed ? NOT_LAUNCHED : LAUNCHED);
            return;
        }
        switch (name) {
            case "connect", "bind", "accept", "accept4", "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg" -> {
                if (hasPeer) {
                    network(row, name, failed);
                    return;
                }
            }
            case "kill", "tkill", "tgkill", "ptrace", "process_vm_writev", "pidfd_send_signal" -> {
                if (signal(row, name)) {
                    return;
                }
            }
            case "setuid", "setreuid", "setresuid", "setuid32", "setreuid32", "setresuid32" -> {
                row.map(USER_SET);
                return;
            }
            case "init_module", "finit_module", "delete_module" -> {
                long module = row.value(NAME);
                if (module >= 0 && !isNone(row.bytes(), module)) {
                    row.set(DRIVER_NAME, module);
                }
                row.set(Attribute.ACTIVITY_ID, name.equals("delete_module") ? 2 : 1);
                row.map(MODULE);
                return;
            }
            default -> {
                // Told by its files, if it has any.
            }
        }
        if (hasPath && files(row, name)) {
            row.map(FILE);
        } else {
            row.map(CALL);
        }
    }

    /// The call's name: as the daemon wrote it, else by its number, which is then a native field too.
    private String callName(Row row) {
        String name = row.text(SYSCALL_NAME);
        if (name != null) {
            return name;
        }
        String number = row.text(SYSCALL);
        String arch = row.text(ARCH);
        if (number == null) {
            return "";
        }
        if (number.isEmpty() || number.charAt(0) < '0' || number.charAt(0) > '9') {
            return number;
        }
        name = arch == null || number.length() > 4 || !number.chars().allMatch(Character::isDigit)
                ? null
                : LinuxSyscalls.name(arch, Integer.parseInt(number));
        if (name == null) {
            return "";
        }
        row.field(SYSCALL_NAME, row.batch().append(name), EventBatch.TEXT);
        return name;
    }

    private static long argument(Row row, int number) {
        long slice = row.value(ARGUMENTS[number]);
        if (slice < 0 || Column.length(slice) > 16) {
            return 0;
        }
        long value = 0;
        byte[] b = row.bytes();
        for (int i = Column.from(slice); i < Column.from(slice) + Column.length(slice); i++) {
            int digit = Character.digit(b[i], 16);
            if (digit < 0) {
                return 0;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private void network(Row row, String name, boolean failed) {
        long own = row.value(NODE) >= 0 ? row.value(NODE) : row.value(HOST_FIELD);
        boolean inbound = name.startsWith("accept") || name.startsWith("recv");
        row.set(inbound ? SOURCE_IP : DESTINATION_IP, peer);
        row.set(inbound ? SOURCE_PORT : DESTINATION_PORT, peerPort);
        if (own >= 0 && !isNone(row.bytes(), own)) {
            row.set(inbound || name.equals("bind") ? DESTINATION_HOST : SOURCE_HOST, own);
        }
        boolean connect = name.equals("connect");
        boolean sure = connect || name.startsWith("accept");
        row.set(DIRECTION, connect ? 2 : name.startsWith("accept") ? 1 : 0);
        row.set(NetworkFields.INITIATOR_CONFIDENCE, sure ? NetworkFields.SURE : NetworkFields.OPEN);
        int activity = name.equals("bind") ? 7 : sure ? 1 : 6;
        // A socket that does not wait answers EINPROGRESS: its connection is under way.
        boolean underWay = isExit(row, "-115", "EINPROGRESS");
        if (failed && connect && !underWay) {
            activity = isExit(row, "-111", "ECONNREFUSED") ? 5 : 4;
        }
        if (underWay) {
            row.set(Attribute.STATUS_ID, 0);
        }
        row.set(Attribute.ACTIVITY_ID, activity);
        row.map(NETWORK);
    }

    private static boolean isExit(Row row, String number, String name) {
        return row.is(EXIT, number) || row.is(EXIT, name);
    }

    /// What a process does to another; false if it is not told which.
    private static boolean signal(Row row, String name) {
        long which = argument(row, 0);
        if (!row.has(OTHER_PID)) {
            if (!name.equals("kill") || which <= 0 || which > Integer.MAX_VALUE) {
                return false;
            }
            row.set(PROCESS_ID, which);
        }
        int activity = 99;
        switch (name) {
            case "ptrace" -> {
                // PTRACE_POKETEXT, POKEDATA, SETREGS, SETREGSET; PTRACE_ATTACH, PTRACE_SEIZE.
                if (which == 4 || which == 5 || which == 13 || which == 0x4205) {
                    activity = 4;
                } else if (which == 16 || which == 0x4206) {
                    activity = 3;
                }
            }
            case "process_vm_writev" -> activity = 4;
            default -> {
                long number = argument(row, name.equals("tgkill") ? 2 : 1);
                // SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGTERM end a process.
                if (number == 1 || number == 2 || number == 3 || number == 6 || number == 9 || number == 15) {
                    activity = 2;
                }
            }
        }
        row.set(Attribute.ACTIVITY_ID, activity);
        row.map(SIGNALLED);
        return true;
    }

    /// Sets the file that the call was about; false if none is named.
    private boolean files(Row row, String name) {
        int created = -1;
        int deleted = -1;
        int named = -1;
        for (int i = 0; i < pathCount; i++) {
            long kind = pathKinds[i];
            if (paths[i] < 0) {
                continue;
            }
            if (kind >= 0 && row.equal(kind, "CREATE")) {
                created = created < 0 ? i : created;
            } else if (kind >= 0 && row.equal(kind, "DELETE")) {
                deleted = deleted < 0 ? i : deleted;
            } else if (kind < 0 || !row.equal(kind, "PARENT")) {
                named = named < 0 ? i : named;
            }
        }
        int activity = FILE_CALLS.getOrDefault(name, 0);
        if (name.startsWith("open")) {
            long flags = argument(row, name.equals("open") ? 1 : 2);
            // O_WRONLY, O_RDWR, O_TRUNC; what openat2 wants stands in a record of its own.
            activity = !name.equals("openat2") && (flags & 3) != 0 || (flags & 0x200) != 0 ? 3 : 14;
        }
        boolean rename = activity == 5 || created >= 0 && deleted >= 0;
        int file = rename && deleted >= 0
                ? deleted
                : created >= 0 ? created : deleted >= 0 ? deleted : named >= 0 ? named : parent();
        if (file < 0) {
            return false;
        }
        if (rename) {
            activity = 5;
        } else if (created >= 0) {
            activity = 1;
        } else if (deleted >= 0) {
            activity = 4;
        } else if (activity == 0) {
            activity = name.isEmpty() ? 0 : 99;
        }
        row.set(Attribute.ACTIVITY_ID, activity);
        long path = absolute(row, paths[file]);
        row.set(FILE_PATH, path);
        row.set(FILE_NAME, base(row.bytes(), path));
        kind(row, pathModes[file]);
        if (pathOwners[file] >= 0) {
            row.set(FILE_OWNER, pathOwners[file]);
        }
        if (rename && created >= 0 && created != file) {
            long result = absolute(row, paths[created]);
            row.set(RESULT_PATH, result);
            row.set(RESULT_NAME, base(row.bytes(), result));
        }
        return true;
    }

    private int parent() {
        for (int i = pathCount - 1; i >= 0; i--) {
            if (paths[i] >= 0) {
                return i;
            }
        }
        return -1;
    }

    /// A path that is told from the working directory, with it before.
    private static long absolute(Row row, long path) {
        byte[] b = row.bytes();
        long directory = row.value(CWD);
        if (Column.length(path) == 0
                || b[Column.from(path)] == '/'
                || directory < 0
                || isNone(b, directory)
                || b[Column.from(directory)] != '/') {
            return path;
        }
        EventBatch batch = row.batch();
        byte[] room = batch.reserve(Column.length(directory) + Column.length(path) + 1);
        int start = batch.arenaEnd();
        System.arraycopy(room, Column.from(directory), room, start, Column.length(directory));
        int at = start + Column.length(directory);
        if (room[at - 1] != '/') {
            room[at++] = '/';
        }
        int from = Column.from(path);
        int length = Column.length(path);
        if (length > 2 && room[from] == '.' && room[from + 1] == '/') {
            from += 2;
            length -= 2;
        }
        System.arraycopy(room, from, room, at, length);
        batch.arenaEnd(at + length);
        return Column.pack(start, at + length);
    }

    /// The kind of file by its mode, octal (`0100644`), or as `ausearch -i` writes it (`file,644`).
    private static void kind(Row row, long mode) {
        if (mode < 0) {
            return;
        }
        byte[] b = row.bytes();
        int bits = 0;
        for (int i = Column.from(mode); i < Column.from(mode) + Math.min(Column.length(mode), 8); i++) {
            if (b[i] < '0' || b[i] > '7') {
                return;
            }
            bits = bits << 3 | b[i] - '0';
        }
        int type = switch (bits >> 12) {
            case 8 -> 1;
            case 4 -> 2;
            case 2 -> 3;
            case 6 -> 4;
            case 12 -> 5;
            case 1 -> 6;
            case 10 -> 7;
            default -> 0;
        };
        row.set(FILE_TYPE, type);
    }
}
