package io.carom.source;

import io.carom.event.Column;
import io.carom.source.parse.Numbers;
import io.carom.source.parse.Times;

/// The head of a line of Linux' audit log: `node=HOST type=TYPE msg=audit(SECONDS.MILLIS:SERIAL): …`.
///
/// Also as the kernel prints it when no daemon listens (`audit: type=1400 audit(…): …`, perhaps behind
/// `[ 12.345]`). Reused from line to line; slices are packed, -1 where absent.
final class AuditRecord {
    private long node;
    private long type;
    private long id;
    private long time;
    private long serial;
    private int body;

    /// Reads the head of the record at `from`, behind any syslog header.
    ///
    /// @return false if this is no record of the audit log
    boolean parse(byte[] b, int from, int to, InputContext context) {
        node = -1;
        int at = spaces(b, from, to);
        if (at < to && b[at] == '[') {
            int close = indexOf(b, ']', at, Math.min(to, at + 24));
            if (close < 0) {
                return false;
            }
            at = spaces(b, close + 1, to);
        }
        if (stands(b, at, to, "node=")) {
            int end = word(b, at + 5, to);
            node = Column.pack(at + 5, end);
            at = spaces(b, end, to);
        }
        if (stands(b, at, to, "audit: ")) {
            at = spaces(b, at + 7, to);
        }
        if (!stands(b, at, to, "type=")) {
            return false;
        }
        int end = word(b, at + 5, to);
        if (!isType(b, at + 5, end)) {
            return false;
        }
        type = Column.pack(at + 5, end);
        at = spaces(b, end, to);
        if (stands(b, at, to, "msg=")) {
            at += 4;
        }
        if (!stands(b, at, to, "audit(")) {
            return false;
        }
        int open = at + 6;
        int close = indexOf(b, ')', open, Math.min(to, open + 64));
        int colon = close;
        while (colon > open && b[colon - 1] != ':') {
            colon--;
        }
        if (close < 0 || colon == open || colon == close) {
            return false;
        }
        serial = Numbers.integer(b, colon, close - colon);
        if (serial < 0) {
            return false;
        }
        id = Column.pack(open, close);
        int length = colon - 1 - open;
        time = Times.epochSeconds(b, open, length);
        if (time == Times.NONE) {
            // `ausearch -i` writes the time for people.
            time = Times.any(b, open, length, context);
        }
        body = close + 1;
        while (body < to && (b[body] == ' ' || b[body] == ':')) {
            body++;
        }
        return true;
    }

    /// `SYSCALL`, `USER_LOGIN`, `UNKNOWN[1336]`, `1400`.
    private static boolean isType(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            byte c = b[i];
            if (!(c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '[' || c == ']')) {
                return false;
            }
        }
        return to > from && to - from <= 40;
    }

    /// The host that the record is of, where the daemon is told to write it.
    long node() {
        return node;
    }

    long type() {
        return type;
    }

    /// Time and serial number as they stand: what the records of one event have in common.
    long id() {
        return id;
    }

    /// Milliseconds since 1970, {@link Times#NONE} if what stands there is no time.
    long time() {
        return time;
    }

    long serial() {
        return serial;
    }

    /// Where the fields begin.
    int body() {
        return body;
    }

    static int spaces(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] == ' ') {
            at++;
        }
        return at;
    }

    static int word(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] != ' ') {
            at++;
        }
        return at;
    }

    static int indexOf(byte[] b, int wanted, int from, int to) {
        for (int at = from; at < to; at++) {
            if (b[at] == wanted) {
                return at;
            }
        }
        return -1;
    }

    static boolean stands(byte[] b, int at, int to, String ascii) {
        if (to - at < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (b[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
