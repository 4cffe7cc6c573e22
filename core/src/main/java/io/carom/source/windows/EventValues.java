package io.carom.source.windows;

import static io.carom.source.mapping.Conversion.put;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.Kind;
import io.carom.source.Row;
import io.carom.source.mapping.Conversion;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;

/// How Windows writes values, and what they become. All stateless and on bytes, for most of a
/// network's events are Windows events.
final class EventValues {
    private static final Attribute STATUS_ID = Attribute.of("status_id");
    private static final Attribute STATUS_DETAIL = Attribute.of("status_detail");
    private static final Attribute USER_NAME = Attribute.of("user.name");
    private static final Attribute IS_REMOTE = Attribute.of("is_remote");
    private static final Attribute AUTH_PROTOCOL = Attribute.of("auth_protocol");
    private static final Attribute INITIATOR = Attribute.unmapped("carom.initiator_confidence", Kind.FLOAT);

    private EventValues() {}

    /// Takes note of a field without making an attribute of it: namespaces and other dressing
    /// of the record.
    static final Conversion NOTHING = (row, to, slice, kind) -> true;

    /// Text, unless it says that there is none: `-`, `%%1793` ("value not set"), nothing but
    /// space.
    static final Conversion VALUE = (row, to, slice, kind) -> {
        if (!none(row.bytes(), slice)) {
            put(row, to, slice);
        }
        return true;
    };

    /// As {@link #VALUE}, in lower case: names of machines.
    static final Conversion HOST = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        while (from < end && b[from] == '\\') {
            from++;
        }
        long name = Column.pack(from, end);
        return none(b, name) || Conversion.LOWER.write(row, to, name, kind);
    };

    /// A machine that may be the one that wrote the event, called `localhost`: that name is everybody's and
    /// no value.
    static final Conversion ANY_HOST =
            (row, to, slice, kind) -> Column.length(slice) == 9 && startsWith(row.bytes(), slice, "localhost")
                    || HOST.write(row, to, slice, kind);

    /// The machine that wrote the event, as the end of a connection whose address is not told.
    static Conversion thisHost(String endpoint) {
        Attribute address = Attribute.of(endpoint + ".ip");
        return (row, to, slice, kind) -> row.batch().has(address) || HOST.write(row, to, slice, kind);
    }

    private static final byte[] WINDOWS = ascii("Windows");
    private static final byte[] LINUX = ascii("Linux");

    /// The system of the machine that a record names: Windows, unless Sysmon for Linux wrote
    /// it.
    static final Conversion OS_NAME = (row, to, slice, kind) -> {
        EventBatch batch = row.batch();
        batch.set(to, batch.constant(row.is(EventNames.PROVIDER, "Linux-Sysmon") ? LINUX : WINDOWS));
        return true;
    };

    static final Conversion OS_TYPE = (row, to, slice, kind) -> {
        put(row, to, row.is(EventNames.PROVIDER, "Linux-Sysmon") ? 200 : 100);
        return true;
    };

    /// The first label of a machine's name, in lower case: `WORKSTATION6` and
    /// `WORKSTATION6.theshire.local` are one.
    static final Conversion SHORT_HOST = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        if (Addresses.isIpv4(b, from, end)) {
            return HOST.write(row, to, slice, kind);
        }
        int dot = from;
        while (dot < end && b[dot] != '.') {
            dot++;
        }
        return HOST.write(row, to, Column.pack(from, dot), kind);
    };

    /// An address, the name of a machine where one stands in its place, or neither.
    static Conversion endpoint(String endpoint) {
        Attribute name = Attribute.of(endpoint + ".hostname");
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            int from = Column.from(slice);
            int end = from + Column.length(slice);
            while (from < end && b[from] == '\\') {
                from++;
            }
            if (end > from && Conversion.IP.write(row, to, Column.pack(from, end), kind)) {
                return true;
            }
            int colon = end;
            while (colon > from && b[colon - 1] != ':') {
                colon--;
            }
            // `192.0.2.1:50123`, as Remote Desktop writes a client.
            if (colon > from && Conversion.IP.write(row, to, Column.pack(from, colon - 1), kind)) {
                return true;
            }
            if (!row.equal(slice, "LOCAL")
                    && !row.equal(slice, "N/A")
                    && !row.equal(slice, "Unknown")
                    && !row.batch().has(name)) {
                HOST.write(row, name, slice, kind);
            }
            return true;
        };
    }

    /// The port behind the colon of `192.0.2.1:50123`.
    static final Conversion PORT_BEHIND = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int colon = end;
        while (colon > from && b[colon - 1] != ':') {
            colon--;
        }
        return colon > from && Conversion.PORT.write(row, to, Column.pack(colon, end), kind);
    };

    /// A port; 0 is none.
    static final Conversion PORT = (row, to, slice, kind) -> {
        long port = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        return port == 0 || Conversion.PORT.write(row, to, slice, kind);
    };

    /// A security identifier; that of nobody (`S-1-0-0`) is none.
    static final Conversion SID = (row, to, slice, kind) -> {
        if (!row.equal(slice, "S-1-0-0")) {
            VALUE.write(row, to, slice, kind);
        }
        return true;
    };

    private static final int ACCOUNT_TYPE = FieldNames.of("AccountType");
    private static final int[] WRITER_NAMES = {FieldNames.of("AccountName"), FieldNames.of("winlog.user.name")};
    private static final int[] WRITER_DOMAINS = {FieldNames.of("Domain"), FieldNames.of("winlog.user.domain")};
    private static final Attribute ACTOR_NAME = Attribute.of("actor.user.name");
    private static final Attribute ACTOR_DOMAIN = Attribute.of("actor.user.domain");

    /// The account under which an event was written, where nothing else says who acted; with it
    /// the name that NXLog (which then tells the account's type as well) or Winlogbeat found
    /// for it.
    static final Conversion WRITER = (row, to, slice, kind) -> {
        EventBatch batch = row.batch();
        if (batch.has(ACTOR_NAME)) {
            return true;
        }
        SID.write(row, to, slice, kind);
        int form = row.has(ACCOUNT_TYPE) ? 0 : 1;
        long name = row.value(WRITER_NAMES[form]);
        if (name >= 0) {
            VALUE.write(row, ACTOR_NAME, name, kind);
            long domain = row.value(WRITER_DOMAINS[form]);
            if (domain >= 0 && !batch.has(ACTOR_DOMAIN)) {
                VALUE.write(row, ACTOR_DOMAIN, domain, kind);
            }
        }
        return true;
    };

    /// Tells processes apart that an event names without a number: by the record, for the same
    /// image may run many times.
    static Conversion unnumbered(String process) {
        Attribute pid = Attribute.of(process + ".pid");
        Attribute name = Attribute.of(process + ".name");
        Attribute path = Attribute.of(process + ".file.path");
        return (row, to, slice, kind) -> {
            EventBatch batch = row.batch();
            if (!batch.has(pid) && (batch.has(name) || batch.has(path))) {
                VALUE.write(row, to, slice, kind);
            }
            return true;
        };
    }

    /// Any identifier, where the user has no name: even nobody is somebody whom an event is
    /// about.
    static final Conversion NOBODY = (row, to, slice, kind) -> {
        if (!row.batch().has(USER_NAME)) {
            VALUE.write(row, to, slice, kind);
        }
        return true;
    };

    /// A logon session; `0x0` is none.
    static final Conversion LOGON_ID =
            (row, to, slice, kind) -> row.equal(slice, "0x0") || VALUE.write(row, to, slice, kind);

    /// A GUID; that of zeros is none.
    static final Conversion GUID = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int end = Column.from(slice) + Column.length(slice);
        for (int i = Column.from(slice); i < end; i++) {
            if (b[i] != '0' && b[i] != '-' && b[i] != '{' && b[i] != '}') {
                return VALUE.write(row, to, slice, kind);
            }
        }
        return true;
    };

    /// `DOMAIN\\user` to the name and, beside it, the domain.
    static Conversion account(String user) {
        Attribute domain = Attribute.of(user + ".domain");
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            int from = Column.from(slice);
            int end = from + Column.length(slice);
            if (none(b, slice)) {
                return true;
            }
            int slash = from;
            while (slash < end && b[slash] != '\\') {
                slash++;
            }
            if (slash == end) {
                put(row, to, slice);
                return true;
            }
            if (slash > from && !row.batch().has(domain)) {
                put(row, domain, Column.pack(from, slash));
            }
            return VALUE.write(row, to, Column.pack(slash + 1, end), kind);
        };
    }

    /// An account that may have its realm behind it: `user@EXAMPLE.ORG`, as Kerberos writes it.
    /// The realm has a field of its own.
    static final Conversion PRINCIPAL = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int at = end;
        while (at > from && b[at - 1] != '@') {
            at--;
        }
        return VALUE.write(row, to, at > from + 1 ? Column.pack(from, at - 1) : slice, kind);
    };

    /// A path to `….path`, and to `….name` what stands behind its last separator.
    static Conversion file(String file) {
        Attribute path = Attribute.of(file + ".path");
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            if (none(b, slice)) {
                return true;
            }
            if (!row.batch().has(path)) {
                put(row, path, slice);
            }
            put(row, to, base(b, slice));
            return true;
        };
    }

    /// The part of a path behind its last separator, all of it where it ends with one.
    static final Conversion BASE_NAME = (row, to, slice, kind) -> {
        if (!none(row.bytes(), slice)) {
            put(row, to, base(row.bytes(), slice));
        }
        return true;
    };

    private static long base(byte[] b, long slice) {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int at = end;
        while (at > from && b[at - 1] != '\\' && b[at - 1] != '/') {
            at--;
        }
        return at == end ? slice : Column.pack(at, end);
    }

    /// A process id, decimal or hexadecimal; 0 is none.
    static final Conversion PID = (row, to, slice, kind) -> {
        long pid = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (pid > 0 && pid <= Integer.MAX_VALUE) {
            put(row, to, pid);
        }
        return pid >= 0;
    };

    /// `SHA1=…,MD5=…,SHA256=…,IMPHASH=…` to the hashes of a file. A hash of zeros says that
    /// there is none.
    static Conversion hashes(String file) {
        Attribute md5 = Attribute.of(file + ".hashes[algorithm_id=1].value");
        Attribute sha1 = Attribute.of(file + ".hashes[algorithm_id=2].value");
        Attribute sha256 = Attribute.of(file + ".hashes[algorithm_id=3].value");
        Attribute imphash = Attribute.of(file + ".hashes[algorithm_id=18].value");
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            int at = Column.from(slice);
            int end = at + Column.length(slice);
            while (at < end) {
                int stop = at;
                int equals = -1;
                while (stop < end && b[stop] != ',') {
                    if (b[stop] == '=' && equals < 0) {
                        equals = stop;
                    }
                    stop++;
                }
                if (equals > at && stop - equals > 1) {
                    Attribute hash = switch (stop - equals - 1) {
                        case 32 -> (b[at] | 0x20) == 'i' ? imphash : md5;
                        case 40 -> sha1;
                        case 64 -> sha256;
                        default -> null;
                    };
                    if (hash != null && !zeros(b, equals + 1, stop)) {
                        Conversion.LOWER.write(row, hash, Column.pack(equals + 1, stop), kind);
                        b = row.bytes();
                    }
                }
                at = stop + 1;
            }
            return true;
        };
    }

    private static boolean zeros(byte[] b, int from, int end) {
        for (int i = from; i < end; i++) {
            if (b[i] != '0') {
                return false;
            }
        }
        return true;
    }

    /// Sysmon's `UtcTime`, and every other time that is UTC whatever the input's zone. Windows PowerShell's
    /// `ConvertTo-Json` writes `/Date(1551675967123)/`, Velociraptor seconds since 1970 with a fraction, and
    /// tables for people the local time as the country has it.
    static final Conversion UTC = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        long time = Times.iso(b, from, length, ZoneOffset.UTC);
        if (time == Times.NONE) {
            time = Times.any(b, from, length, row.context());
        }
        if (time == Times.NONE) {
            return false;
        }
        put(row, to, time);
        return true;
    };

    /// The level of an event (winmeta.xml: 1 critical, 2 error, 3 warning, 4 and 0 information,
    /// 5 verbose), as a number or a word. An error of a service is OCSF's "medium": action is
    /// needed, but no harm is stated.
    static final Conversion LEVEL = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        if (length == 0) {
            return true;
        }
        int severity = switch (b[from] | 0x20) {
            case '1' | 0x20, 'c' -> 4;
            case '2' | 0x20 -> 3;
            case 'e' -> 3;
            case '3' | 0x20, 'w' -> 2;
            default -> 1;
        };
        put(row, to, length > 2 && b[from] >= '0' && b[from] <= '9' ? 1 : severity);
        return true;
    };

    /// NXLog's `SeverityValue`: 1 debug, 2 information, 3 warning, 4 error, 5 critical.
    static final Conversion NXLOG_SEVERITY = (row, to, slice, kind) -> {
        long value = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (value < 1 || value > 5) {
            return false;
        }
        put(row, to, value < 3 ? 1 : value - 1);
        return true;
    };

    /// Audit success or failure from `Keywords`: bits 53 and 52 of a number in hexadecimal or
    /// signed decimal, or `Audit Failure` in words.
    static final Conversion AUDIT = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        long bits = 0;
        if (length > 0 && (b[from] == '-' || b[from] >= '0' && b[from] <= '9')) {
            bits = Numbers.integer(b, from, length);
            if (bits == Numbers.NONE) {
                return false;
            }
        } else if (isAudit(row, slice, "failure")) {
            bits = 1L << 52;
        } else if (isAudit(row, slice, "success")) {
            bits = 1L << 53;
        }
        if ((bits & 1L << 52) != 0) {
            put(row, to, 2);
        } else if ((bits & 1L << 53) != 0) {
            put(row, to, 1);
        }
        return true;
    };

    /// `Audit Failure`, `AuditFailure`, or as EvtxECmd has it `Audit failure`.
    private static boolean isAudit(Row row, long slice, String outcome) {
        byte[] b = row.bytes();
        int length = Column.length(slice);
        return length == 13 && startsWith(b, slice, "audit " + outcome)
                || length == 12 && startsWith(b, slice, "audit" + outcome);
    }

    /// NXLog's `EventType`, Winlogbeat's `event.outcome`: `AUDIT_FAILURE`, `failure`.
    static final Conversion OUTCOME = (row, to, slice, kind) -> {
        if (row.equal(slice, "AUDIT_FAILURE") || row.equal(slice, "failure")) {
            put(row, to, 2);
        } else if (row.equal(slice, "AUDIT_SUCCESS") || row.equal(slice, "success")) {
            put(row, to, 1);
        }
        return true;
    };

    /// `LogonType` (MSDN, "SECURITY_LOGON_TYPE"); OCSF took over the numbers. Also tells
    /// whether it was from afar.
    static final Conversion LOGON_TYPE = (row, to, slice, kind) -> {
        long type = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (type < 0) {
            return false;
        }
        put(row, to, type == 0 ? 1 : type > 13 || type == 6 || type == 1 ? 99 : type);
        if (type > 1 && type < 14) {
            put(row, IS_REMOTE, type == 3 || type == 8 || type == 10 || type == 12 ? 1 : 0);
        }
        return true;
    };

    /// An authentication package: NTLM, Kerberos, WDigest; others are named.
    static final Conversion PACKAGE = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        if (none(b, slice)) {
            return true;
        }
        int protocol = startsWith(b, slice, "ntlm") || startsWith(b, slice, "microsoft_authentication_package")
                ? 1
                : startsWith(b, slice, "kerberos") ? 2 : startsWith(b, slice, "wdigest") ? 3 : 99;
        put(row, to, protocol);
        if (protocol == 99 && !row.batch().has(AUTH_PROTOCOL)) {
            put(row, AUTH_PROTOCOL, slice);
        }
        return true;
    };

    /// An NTSTATUS: 0 is success; another is kept as the code, and in words where it is known.
    static final Conversion NTSTATUS = status(StatusCodes::ntstatus);

    /// A Kerberos error code (RFC 4120, section 7.5.9): 0 is success.
    static final Conversion KERBEROS = status(StatusCodes::kerberos);

    /// A Win32 error code: 0 is success.
    static final Conversion WIN32 = status(StatusCodes::win32);

    /// What a status code means in words, if it is known.
    @FunctionalInterface
    interface Codes {
        @org.jspecify.annotations.Nullable
        String words(long code);
    }

    /// Sets `status_code`, and what follows from it: success or not, in words where the code is
    /// known.
    private static Conversion status(Codes codes) {
        return (row, to, slice, kind) -> {
            long code = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
            if (code == Numbers.NONE) {
                return false;
            }
            put(row, to, slice);
            put(row, STATUS_ID, code == 0 ? 1 : 2);
            String words = code == 0 ? null : codes.words(code & 0xFFFFFFFFL);
            if (words != null) {
                row.set(STATUS_DETAIL, words);
            }
            return true;
        };
    }

    /// 4625's `SubStatus` says more than its `Status`, unless it is 0.
    static final Conversion SUB_STATUS = (row, to, slice, kind) -> {
        long code = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        return code == 0 || NTSTATUS.write(row, to, slice, kind);
    };

    /// Names parted by white space, commas or semicolons: privileges.
    static final Conversion WORDS = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int at = Column.from(slice);
        int end = at + Column.length(slice);
        while (at < end) {
            int stop = at;
            while (stop < end && b[stop] > ' ' && b[stop] != ',' && b[stop] != ';') {
                stop++;
            }
            if (stop > at && !(stop - at == 1 && b[at] == '-')) {
                put(row, to, Column.pack(at, stop));
            }
            at = stop + 1;
        }
        return true;
    };

    /// Sysmon's `Initiated`: whether the process of this host began the connection. `true` is
    /// outbound.
    static final Conversion INITIATED = (row, to, slice, kind) -> {
        byte first = Column.length(slice) == 0 ? 0 : (byte) (row.bytes()[Column.from(slice)] | 0x20);
        if (first != 't' && first != 'f') {
            return false;
        }
        put(row, to, first == 't' ? 2 : 1);
        return true;
    };

    /// The filtering platform's `Direction`: `%%14592` inbound, `%%14593` outbound, or in
    /// words.
    static final Conversion DIRECTION = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        if (row.equal(slice, "%%14592") || startsWith(b, slice, "inbound")) {
            put(row, to, 1);
        } else if (row.equal(slice, "%%14593") || startsWith(b, slice, "outbound")) {
            put(row, to, 2);
        } else {
            put(row, to, 0);
        }
        return true;
    };

    /// A protocol by its number or its name; for UDP, of whose first packet nobody knows that
    /// it was the first, the confidence in who began is halved.
    static Conversion protocol() {
        Attribute number = Attribute.of("connection_info.protocol_num");
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            long value = Numbers.integer(b, Column.from(slice), Column.length(slice));
            String name = value == 6 || startsWith(b, slice, "tcp")
                    ? "tcp"
                    : value == 17 || startsWith(b, slice, "udp")
                            ? "udp"
                            : value == 1 ? "icmp" : value == 58 ? "icmpv6" : "";
            if (!name.isEmpty()) {
                row.batch().set(to, row.batch().constant(PROTOCOLS.getOrDefault(name, UNKNOWN)));
                value = name.equals("tcp") ? 6 : name.equals("udp") ? 17 : value;
            }
            if (value >= 0 && value < 256) {
                put(row, number, value);
            }
            if (value == 17) {
                put(row, INITIATOR, Double.doubleToRawLongBits(0.5));
            }
            return true;
        };
    }

    private static final byte[] UNKNOWN = {};
    private static final Map<String, byte[]> PROTOCOLS =
            Map.of("tcp", ascii("tcp"), "udp", ascii("udp"), "icmp", ascii("icmp"), "icmpv6", ascii("icmpv6"));

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Sysmon's `QueryResults`: `type:  5 www.example.org;::ffff:192.0.2.1;192.0.2.2;`.
    static final Conversion ANSWERS = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int at = Column.from(slice);
        int end = at + Column.length(slice);
        while (at < end) {
            int stop = at;
            while (stop < end && b[stop] != ';') {
                stop++;
            }
            int from = at;
            while (from < stop && b[from] <= ' ') {
                from++;
            }
            if (stop - from > 5 && b[from] == 't' && b[from + 4] == ':') {
                from += 5;
                while (from < stop && (b[from] <= ' ' || b[from] >= '0' && b[from] <= '9')) {
                    from++;
                }
                // A name may begin with a digit: the type ends at the last space.
                while (from > at && b[from - 1] != ' ') {
                    from--;
                }
            }
            if (stop > from && !(stop - from == 1 && b[from] == '-')) {
                long address = Addresses.clean(b, from, stop);
                put(row, to, address >= 0 ? address : Column.pack(from, stop));
            }
            at = stop + 1;
        }
        return true;
    };

    /// The Windows DNS client's status: 0, or a DNS error of winerror.h (9001 to 9018 are the
    /// response codes).
    static final Conversion DNS_STATUS = (row, to, slice, kind) -> {
        long code = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (code == Numbers.NONE) {
            return false;
        }
        put(row, to, code == 0 ? 0 : code > 9000 && code < 9012 ? code - 9000 : 99);
        return true;
    };

    /// A key's value by its path, `HKLM\…\Key\Value`: its name, and beside it the key's path.
    static Conversion registryValue() {
        Attribute key = Attribute.of("reg_value.path");
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            int from = Column.from(slice);
            int end = from + Column.length(slice);
            if (end == from) {
                return true;
            }
            int slash = end;
            while (slash > from && b[slash - 1] != '\\') {
                slash--;
            }
            put(row, key, slash > from + 1 ? Column.pack(from, slash - 1) : slice);
            put(row, to, slash < end ? Column.pack(slash, end) : slice);
            return true;
        };
    }

    /// What was asked of a file, as one activity of OCSF's File System Activity: the gravest of
    /// the bits of an access mask (MS-DTYP 2.4.3 and the file rights of winnt.h).
    static final Conversion FILE_ACCESS = mask(new int[] {
        0x10000,
        4,
        0xC0000,
        7,
        0x6,
        3,
        0x110,
        6,
        0x40000000,
        3,
        0x10000000,
        3,
        0x1,
        2,
        0x80000000,
        2,
        0x20,
        14,
        0x88,
        8,
        0x20000,
        9
    });

    /// The same of a registry key: delete, security, set, create, read.
    static final Conversion KEY_ACCESS =
            mask(new int[] {0x10000, 4, 0xC0000, 6, 0x2, 3, 0x4, 1, 0x40000000, 3, 0x2B019, 2, 0x80000000, 2});

    private static Conversion mask(int[] activities) {
        return (row, to, slice, kind) -> {
            long bits = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
            if (bits == Numbers.NONE) {
                return false;
            }
            for (int i = 0; i < activities.length; i += 2) {
                if ((bits & activities[i] & 0xFFFFFFFFL) != 0) {
                    put(row, to, activities[i + 1]);
                    return true;
                }
            }
            put(row, to, 0);
            return true;
        };
    }

    /// The value of a line `HostApplication=…`, `Host Application = …` or `Client Address: …`
    /// in a text of many lines: the label is compared without regard to case and spaces, its
    /// words given here in lower case.
    static Conversion labelled(String label, Conversion value) {
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            int at = Column.from(slice);
            int end = at + Column.length(slice);
            while (at < end) {
                while (at < end && b[at] <= ' ' && b[at] >= 0) {
                    at++;
                }
                int matched = 0;
                int i = at;
                while (i < end && matched < label.length() && (b[i] == ' ' || (b[i] | 0x20) == label.charAt(matched))) {
                    matched += b[i] == ' ' ? 0 : 1;
                    i++;
                }
                while (i < end && b[i] == ' ') {
                    i++;
                }
                boolean found = matched == label.length() && i < end && (b[i] == '=' || b[i] == ':');
                int stop = i;
                while (stop < end && b[stop] != '\n' && b[stop] != '\r') {
                    stop++;
                }
                if (found) {
                    int from = i + 1;
                    while (from < stop && (b[from] == ' ' || b[from] == '\t')) {
                        from++;
                    }
                    return value.write(row, to, Column.pack(from, stop), kind);
                }
                at = stop;
            }
            return true;
        };
    }

    /// The value behind a mark anywhere in a text: up to a tag, a comma or white space, without
    /// a full stop at its end.
    static Conversion behind(String mark, Conversion value) {
        byte[] marked = ascii(mark);
        return (row, to, slice, kind) -> {
            byte[] b = row.bytes();
            int from = Column.from(slice);
            int end = from + Column.length(slice);
            for (int i = from; i + marked.length < end; i++) {
                if (b[i] != marked[0] || !Arrays.equals(b, i, i + marked.length, marked, 0, marked.length)) {
                    continue;
                }
                int at = i + marked.length;
                int stop = at;
                while (stop < end && (b[stop] > ' ' || b[stop] < 0) && b[stop] != '<' && b[stop] != ',') {
                    stop++;
                }
                while (stop > at && b[stop - 1] == '.') {
                    stop--;
                }
                return value.write(row, to, Column.pack(at, stop), kind);
            }
            return true;
        };
    }

    static final Conversion HOST_APPLICATION = labelled("hostapplication", VALUE);

    /// The GUID that PowerShell gave the process it runs in.
    static final Conversion HOST_ID = labelled("hostid", VALUE);

    /// What kind of service: words of event 7045, or the number of the registry (winsvc.h).
    static final Conversion SERVICE_TYPE = Conversion.words(
            Map.ofEntries(
                    Map.entry("kernel mode driver", 1),
                    Map.entry("file system driver", 2),
                    Map.entry("user mode service", 3),
                    Map.entry("0x1", 1),
                    Map.entry("0x2", 2),
                    Map.entry("0x10", 3),
                    Map.entry("0x20", 4),
                    Map.entry("0x110", 3),
                    Map.entry("0x120", 4)),
            99);

    /// How a service starts: words of event 7045, or the numbers of the registry.
    static final Conversion SERVICE_START = Conversion.words(
            Map.ofEntries(
                    Map.entry("boot start", 1),
                    Map.entry("0", 1),
                    Map.entry("system start", 2),
                    Map.entry("1", 2),
                    Map.entry("auto start", 3),
                    Map.entry("2", 3),
                    Map.entry("demand start", 4),
                    Map.entry("3", 4),
                    Map.entry("disabled", 5),
                    Map.entry("4", 5)),
            99);

    /// Text found in the given words (ASCII, lower case) that the value begins with.
    static boolean startsWith(byte[] b, long slice, String lower) {
        if (Column.length(slice) < lower.length()) {
            return false;
        }
        int from = Column.from(slice);
        for (int i = 0; i < lower.length(); i++) {
            byte c = b[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean none(byte[] b, long slice) {
        int from = Column.from(slice);
        int length = Column.length(slice);
        if (length == 0 || length == 1 && (b[from] == '-' || b[from] <= ' ')) {
            return true;
        }
        return length == 6
                && b[from] == '%'
                && b[from + 1] == '%'
                && b[from + 2] == '1'
                && b[from + 3] == '7'
                && b[from + 4] == '9'
                && b[from + 5] == '3';
    }

    /// Severity of what Defender found, by its own number: 1 low, 2 moderate, 4 high, 5 severe.
    static final Conversion THREAT_SEVERITY = (row, to, slice, kind) -> {
        long value = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (value == Numbers.NONE) {
            return false;
        }
        put(row, to, value == 1 ? 2 : value == 2 ? 3 : value == 4 ? 4 : value == 5 ? 5 : 1);
        return true;
    };
}
