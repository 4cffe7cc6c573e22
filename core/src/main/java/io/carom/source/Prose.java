package io.carom.source;

import io.carom.event.Column;
import io.carom.source.parse.Addresses;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// Addresses, ports and users in a message written for people, told by the words before them.
///
/// `from X`, `client X`, `src=X` make a source, `to Y`, `-> Y`, `server Y` a destination; of addresses
/// without such a word the first is the source and the second the destination. One instance belongs to one
/// thread, and is used for one message at a time.
final class Prose {
    /// No message for people is longer; what lies behind is not searched.
    private static final int MOST = 16_384;

    private static final Set<String> SOURCE = Set.of(
            "from",
            "src",
            "source",
            "client",
            "rhost",
            "saddr",
            "by",
            "peer",
            "remote",
            "sourceip",
            "srcip",
            "clientip",
            "attacker",
            "initiator",
            "sip",
            "sourceaddress",
            "remoteip",
            "remoteaddress",
            "workstation",
            "caller",
            "calling",
            "sourceipaddress",
            "clientaddress",
            "clients",
            "via");
    private static final Set<String> DESTINATION = Set.of(
            "to",
            "dst",
            "dest",
            "destination",
            "server",
            "target",
            "daddr",
            "dip",
            "towards",
            "against",
            "dstip",
            "destip",
            "destinationip",
            "destinationaddress",
            "serverip",
            "upstream",
            "into",
            "local",
            "localip",
            "nas");
    /// Words that stand between the telling word and the address.
    private static final Set<String> BETWEEN = Set.of(
            "ip",
            "address",
            "addr",
            "host",
            "ipaddress",
            "ipv4",
            "ipv6",
            "is",
            "the",
            "of",
            "machine",
            "user",
            "computer");

    private static final Set<String> NOT_USERS = Set.of(
            "authentication",
            "logged",
            "login",
            "logon",
            "logout",
            "has",
            "is",
            "was",
            "from",
            "account",
            "name",
            "with",
            "not",
            "session",
            "agent",
            "to",
            "in",
            "on",
            "and",
            "the",
            "for",
            "by",
            "id",
            "ip",
            "failed",
            "requested",
            "does",
            "password",
            "successfully",
            "unknown",
            "space",
            "event",
            "group",
            "access",
            "interface",
            "of",
            "activity",
            "data",
            "role",
            "input",
            "could",
            "can",
            "cannot",
            "invalid",
            "database",
            "defined",
            "accounts",
            "credentials",
            "connected",
            "disconnected",
            "mode",
            "or",
            "at",
            "as",
            "must",
            "via",
            "profile",
            "will");

    long source = -1;
    long sourcePort = -1;
    long destination = -1;
    long destinationPort = -1;
    long user = -1;
    private boolean announced;
    private boolean marked;
    private long first = -1;
    private long firstPort = -1;
    private long second = -1;
    private long secondPort = -1;

    /// Whether words or a port announced an address, or marks a user: what prose about other things rarely
    /// has.
    boolean isAnnounced() {
        return announced || marked;
    }

    /// Searches `[from, to)`, which holds no syslog header any more.
    void search(byte[] b, int from, int to) {
        source = sourcePort = destination = destinationPort = user = -1;
        first = firstPort = second = secondPort = -1;
        announced = marked = false;
        int end = Math.min(to, from + MOST);
        int at = from;
        while (at < end) {
            byte c = b[at];
            boolean begins = at == from || !isPart(b[at - 1]);
            if (begins && (isHex(c) || c == ':')) {
                int stop = addressEnd(b, at, end);
                if (stop > at) {
                    at = address(b, from, at, stop, end);
                    continue;
                }
            }
            if (begins && user < 0 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
                at = word(b, at, end);
                continue;
            }
            at++;
        }
        if (source < 0 && first >= 0) {
            source = first;
            sourcePort = firstPort;
            first = second;
            firstPort = secondPort;
        }
        if (destination < 0 && first >= 0 && first != source) {
            destination = first;
            destinationPort = firstPort;
        }
    }

    private static boolean isPart(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.';
    }

    private static boolean isHex(byte c) {
        int lower = c | 0x20;
        return c >= '0' && c <= '9' || lower >= 'a' && lower <= 'f';
    }

    /// Where the address that begins here ends, or -1.
    private static int addressEnd(byte[] b, int from, int to) {
        int at = from;
        while (at < to && at - from < 16 && (b[at] >= '0' && b[at] <= '9' || b[at] == '.')) {
            at++;
        }
        while (at > from && b[at - 1] == '.') {
            at--;
        }
        if (Addresses.isIpv4(b, from, at)) {
            boolean goesOn = at < to
                    && (isPart(b[at]) && b[at] != '.'
                            || b[at] == '.' && at + 1 < to && b[at + 1] >= '0' && b[at + 1] <= '9');
            return goesOn ? -1 : at;
        }
        at = from;
        int colons = 0;
        while (at < to && at - from < 46 && (isHex(b[at]) || b[at] == ':' || b[at] == '.')) {
            colons += b[at] == ':' ? 1 : 0;
            at++;
        }
        if (at < to && isPart(b[at])) {
            return -1;
        }
        while (at > from && (b[at - 1] == '.' || b[at - 1] == ':' && (at - 2 < from || b[at - 2] != ':'))) {
            at--;
        }
        return colons >= 2 && at - from > 2 && Addresses.isIpv6(b, from, at) ? at : -1;
    }

    private int address(byte[] b, int begin, int from, int stop, int to) {
        int at = stop;
        long port = -1;
        boolean four = Addresses.isIpv4(b, from, stop);
        if (at < to && b[at] == ']') {
            at++;
        }
        if (at + 1 < to) {
            byte mark = b[at];
            int digits = at + 1;
            boolean written = mark == ':' && (four || at > stop) || mark == '(' || mark == '#' || mark == '/';
            if (!written) {
                // `, port 4711`, ` port 4711`, ` sport=4711` say it in words.
                int word = at;
                while (word < to && word - at < 3 && (b[word] == ' ' || b[word] == ',' || b[word] == ':')) {
                    word++;
                }
                if (is(b, word, to, "port")) {
                    digits = word + 4;
                    while (digits < to && (b[digits] == ' ' || b[digits] == ':' || b[digits] == '=')) {
                        digits++;
                    }
                    written = true;
                }
            }
            int end = digits;
            int value = 0;
            while (written && end < to && end - digits < 6 && b[end] >= '0' && b[end] <= '9') {
                value = value * 10 + b[end++] - '0';
            }
            boolean prefix = mark == '/' && value <= (four ? 32 : 128);
            boolean closed = mark != '(' || end < to && b[end] == ')';
            if (end > digits
                    && value <= 65535
                    && closed
                    && !prefix
                    && (end >= to || !isPart(b[end]) || b[end] == '.')) {
                port = Column.pack(digits, end);
                at = end;
            }
            if (prefix && end > digits && value < (four ? 32 : 128)) {
                // A network is nobody's address.
                return end;
            }
        }
        long slice = Column.pack(from, stop);
        int side = side(b, begin, from);
        announced |= side != 0 || port >= 0;
        if (side < 0 && source < 0) {
            source = slice;
            sourcePort = port;
        } else if (side > 0 && destination < 0) {
            destination = slice;
            destinationPort = port;
        } else if (side == 0 && first < 0) {
            first = slice;
            firstPort = port;
        } else if (side == 0 && second < 0) {
            second = slice;
            secondPort = port;
        }
        return Math.max(at, stop);
    }

    /// -1 for a source, 1 for a destination, 0 where the words before do not tell.
    private static int side(byte[] b, int begin, int from) {
        int at = from;
        for (int words = 0; words < 3; words++) {
            int gap = at;
            while (at > begin && gap - at < 6 && !isLetter(b[at - 1])) {
                if (b[at - 1] == '>' && at - 1 > begin && (b[at - 2] == '-' || b[at - 2] == '=')) {
                    return 1;
                }
                if (b[at - 1] >= '0' && b[at - 1] <= '9'
                        || b[at - 1] == '.'
                        || b[at - 1] == ','
                        || b[at - 1] == ';'
                        || b[at - 1] == '|') {
                    return 0;
                }
                at--;
            }
            int end = at;
            while (at > begin && (isLetter(b[at - 1]) || b[at - 1] == '_' || b[at - 1] == '-')) {
                at--;
            }
            if (end == at || end - at > 40) {
                return 0;
            }
            String word = new String(b, at, end - at, StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT)
                    .replace("_", "")
                    .replace("-", "");
            if (SOURCE.contains(word)) {
                return -1;
            }
            if (DESTINATION.contains(word)) {
                return 1;
            }
            if (!BETWEEN.contains(word)) {
                int told = FieldRole.tell(word);
                if ((told & 0xFF) == FieldRole.SOURCE_ADDRESS.ordinal() && told >>> 8 < 48) {
                    return -1;
                }
                return (told & 0xFF) == FieldRole.DESTINATION_ADDRESS.ordinal() ? 1 : 0;
            }
        }
        return 0;
    }

    private static boolean isLetter(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    /// Takes the user that a word such as `user` announces; gives where to go on.
    private int word(byte[] b, int from, int to) {
        int at = from;
        while (at < to && (isLetter(b[at]) || b[at] == '_')) {
            at++;
        }
        int length = at - from;
        boolean user = is(b, from, at, "user") && length == 4
                || is(b, from, at, "username") && length == 8
                || is(b, from, at, "user_name") && length == 9
                || is(b, from, at, "account") && length == 7
                || is(b, from, at, "usr") && length == 3
                || is(b, from, at, "login") && length == 5;
        boolean loose = is(b, from, at, "user") || is(b, from, at, "username");
        if (!user || at >= to) {
            return Math.max(at, from + 1);
        }
        int value = at;
        if (is(b, value, to, " name") && value + 5 < to && !isLetter(b[value + 5])) {
            value += 5;
        }
        boolean marked = false;
        while (value < to && value - at < 12 && " =:'\"<[(".indexOf(b[value]) >= 0) {
            marked |= b[value] != ' ';
            value++;
        }
        if (value == at || !marked && !loose) {
            return at;
        }
        byte before = b[value - 1];
        byte close =
                before == '"' || before == '\'' ? before : before == '<' ? (byte) '>' : before == '[' ? (byte) ']' : 0;
        int end = value;
        while (end < to && end - value < 256) {
            byte c = b[end];
            if (close != 0
                    ? c == close
                    : c == ' ' || c == ',' || c == ';' || c == ')' || c == ']' || c == '\t' || c == '"') {
                break;
            }
            end++;
        }
        if (close == 0) {
            while (end > value && (b[end - 1] == '.' || b[end - 1] == ':' || b[end - 1] == '\'')) {
                end--;
            }
        }
        int sign = end - 1;
        while (close == 0 && sign > value && b[sign] != '@') {
            sign--;
        }
        int address = sign > value ? addressEnd(b, sign + 1, to) : -1;
        if (address == end) {
            // `root@192.0.2.1`: the address is the source's and is met next.
            end = sign;
        }
        if (end == value || NetworkFields.isNone(b, value, end - value)) {
            return at;
        }
        if (!marked || before == ' ') {
            String word = new String(b, value, Math.min(end - value, 40), StandardCharsets.ISO_8859_1);
            if (NOT_USERS.contains(word.toLowerCase(Locale.ROOT)) || !marked && word.indexOf('=') >= 0) {
                return at;
            }
        }
        this.user = Column.pack(value, end);
        this.marked = marked;
        return end;
    }

    /// Whether this lower-case word stands here, in any case.
    private static boolean is(byte[] b, int at, int to, String word) {
        return to - at >= word.length() && NetworkFields.isWord(b, at, word.length(), word);
    }
}
