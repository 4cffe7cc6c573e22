package io.carom.source.parse;

import io.carom.event.Column;
import io.carom.source.InputContext;

/// What stands before the message of a syslog line: RFC 5424, RFC 3164, and what products make of them
/// (Cisco's sequence numbers, years and zones, ISO times, no priority in files). Reused from line to line;
/// slices are packed, -1 where absent.
public final class SyslogHeader {
    private boolean present;
    private int priority;
    private long time;
    private long host;
    private long app;
    private long pid;
    private long structured;

    /// Takes the header off the line.
    ///
    /// @return where the message begins; `from` if there is no header
    public int parse(byte[] b, int from, int to, InputContext context) {
        present = false;
        priority = -1;
        time = Times.NONE;
        host = -1;
        app = -1;
        pid = -1;
        structured = -1;
        int at = priority(b, from, to);
        if (priority >= 0 && at + 2 < to && b[at] == '1' && b[at + 1] == ' ') {
            int end = rfc5424(b, at + 2, to, context);
            if (end >= 0) {
                present = true;
                return end;
            }
        }
        int behindTime = time(b, at, to, context);
        if (behindTime < 0) {
            present = priority >= 0;
            return present ? skipSpaces(b, at, to) : from;
        }
        present = true;
        return hostAndTag(b, behindTime, to);
    }

    private int priority(byte[] b, int from, int to) {
        if (from >= to || b[from] != '<') {
            return from;
        }
        int value = 0;
        int at = from + 1;
        while (at < to && at - from <= 3 && b[at] >= '0' && b[at] <= '9') {
            value = value * 10 + b[at++] - '0';
        }
        if (at == from + 1 || at >= to || b[at] != '>' || value > 191) {
            return from;
        }
        priority = value;
        return at + 1;
    }

    /// `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]` behind `<PRI>1 ` (RFC 5424
    /// section 6).
    private int rfc5424(byte[] b, int at, int to, InputContext context) {
        long[] words = new long[5];
        for (int i = 0; i < 5; i++) {
            int end = word(b, at, to);
            if (end == at) {
                return -1;
            }
            words[i] = end - at == 1 && b[at] == '-' ? -1 : Column.pack(at, end);
            at = Math.min(end + 1, to);
        }
        if (words[0] >= 0) {
            time = Times.iso(b, Column.from(words[0]), Column.length(words[0]), context.zone());
            if (time == Times.NONE) {
                return -1;
            }
        }
        host = words[1];
        app = words[2];
        pid = words[3];
        if (at < to && b[at] == '-') {
            at++;
        } else if (at < to && b[at] == '[') {
            int start = at;
            boolean quoted = false;
            while (at < to) {
                byte c = b[at++];
                if (c == '\\' && quoted) {
                    at++;
                } else if (c == '"') {
                    quoted = !quoted;
                } else if (c == ']' && !quoted && (at >= to || b[at] != '[')) {
                    break;
                }
            }
            at = Math.min(at, to);
            structured = Column.pack(start, at);
        }
        at = skipSpaces(b, at, to);
        // A byte order mark may stand before a message in UTF-8.
        return to - at >= 3 && b[at] == (byte) 0xEF && b[at + 1] == (byte) 0xBB && b[at + 2] == (byte) 0xBF
                ? at + 3
                : at;
    }

    /// A time at the line's beginning, perhaps behind Cisco's `seq: ` and `*`; gives where it ends, or -1.
    private int time(byte[] b, int at, int to, InputContext context) {
        int digits = at;
        while (digits < to && digits - at < 10 && b[digits] >= '0' && b[digits] <= '9') {
            digits++;
        }
        if (digits > at && digits + 1 < to && b[digits] == ':' && b[digits + 1] == ' ') {
            at = digits + 2;
        }
        if (at < to && (b[at] == '*' || b[at] == '.')) {
            at++;
        }
        if (at >= to) {
            return -1;
        }
        if (Times.month(b, at, Math.min(at + 3, to)) != 0 && at + 3 < to && b[at + 3] == ' ') {
            // Month, day, perhaps a year, clock: the clock is the word with colons.
            int end = at + 3;
            for (int words = 0; words < 3 && end < to; words++) {
                int start = skipSpaces(b, end, to);
                end = word(b, start, to);
                if (indexOf(b, ':', start, end) >= 0) {
                    break;
                }
            }
            int stop = end > at && b[end - 1] == ':' ? end - 1 : end;
            time = Times.bsd(b, at, stop - at, context);
            if (time == Times.NONE) {
                return -1;
            }
            // `UTC:` or `CEST:` behind the clock, as Cisco writes it. A name that may mean several offsets stays the
            // input's zone.
            int zone = skipSpaces(b, end, to);
            int zoneEnd = word(b, zone, to);
            int name = zoneEnd - 1 - zone;
            if (stop == end && name >= 3 && name <= 5 && b[zoneEnd - 1] == ':' && isUpper(b, zone, zoneEnd - 1)) {
                long zoned = Times.bsd(b, at, zoneEnd - 1 - at, context);
                if (zoned != Times.NONE) {
                    time = zoned;
                }
                if (zoned != Times.NONE || name == 3) {
                    end = zoneEnd;
                }
            }
            return skipSpaces(b, end, to);
        }
        if (b[at] >= '1' && b[at] <= '9') {
            int end = word(b, at, to);
            // `2019-03-04T05:06:07Z` in one word, or `2019-03-04 05:06:07` in two.
            time = end - at >= 19 ? Times.iso(b, at, end - at, context.zone()) : Times.NONE;
            if (time == Times.NONE && end - at == 10 && b[at + 4] == '-') {
                end = word(b, Math.min(end + 1, to), to);
                time = Times.iso(b, at, end - at, context.zone());
                int zone = skipSpaces(b, end, to);
                int zoneEnd = word(b, zone, to);
                if (time != Times.NONE && isZone(b, zone, zoneEnd)) {
                    long zoned = Times.iso(b, at, zoneEnd - at, context.zone());
                    time = zoned == Times.NONE ? time : zoned;
                    end = zoneEnd;
                }
            }
            return time == Times.NONE ? -1 : skipSpaces(b, end, to);
        }
        return -1;
    }

    /// `+0100`, `-05:00`, `UTC`, `GMT` as a word behind an ISO time: no host is called so.
    private static boolean isZone(byte[] b, int from, int to) {
        int length = to - from;
        if (length == 3) {
            return b[from] == 'U' && b[from + 1] == 'T' && b[from + 2] == 'C'
                    || b[from] == 'G' && b[from + 1] == 'M' && b[from + 2] == 'T';
        }
        if (length != 5 && length != 6 || b[from] != '+' && b[from] != '-') {
            return false;
        }
        for (int i = from + 1; i < to; i++) {
            boolean colon = length == 6 && i == from + 3;
            if (colon ? b[i] != ':' : b[i] < '0' || b[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /// `host tag[pid]: message`. Either may be missing: a word that ends in a colon or `]:` is the tag.
    private int hostAndTag(byte[] b, int at, int to) {
        int end = word(b, at, to);
        if (end == at) {
            return at;
        }
        if (b[end - 1] != ':' && !looksLikePayload(b, at, end) && end < to) {
            host = Column.pack(at, end);
            at = skipSpaces(b, end, to);
            if (at + 1 < to && b[at] == ':' && b[at + 1] == ' ') {
                // Cisco: `host : %ASA-6-…`.
                return at + 2;
            }
            end = word(b, at, to);
            if (end == at) {
                return at;
            }
        }
        if (b[end - 1] == ':' && !looksLikePayload(b, at, end)) {
            int tagEnd = end - 1;
            int bracket = indexOf(b, '[', at, tagEnd);
            if (bracket > at && b[tagEnd - 1] == ']') {
                pid = Column.pack(bracket + 1, tagEnd - 1);
                tagEnd = bracket;
            }
            app = Column.pack(at, tagEnd);
            return skipSpaces(b, end, to);
        }
        return at;
    }

    /// Words that begin a message themselves though they stand where a host or tag may:
    /// `%ASA-6-302013:`, `CEF:0|…`, `key=value`, `{`, `1,2019/…`.
    private static boolean looksLikePayload(byte[] b, int at, int end) {
        byte first = b[at];
        if (first == '%' || first == '{' || first == '[' || first == '"') {
            return true;
        }
        for (int i = at; i < end; i++) {
            if (b[i] == '=' || b[i] == '|' || b[i] == ',') {
                return true;
            }
        }
        return end - at >= 4 && b[at] == 'C' && b[at + 1] == 'E' && b[at + 2] == 'F' && b[at + 3] == ':';
    }

    private static int word(byte[] b, int at, int to) {
        while (at < to && b[at] != ' ' && b[at] != '\t') {
            at++;
        }
        return at;
    }

    private static int skipSpaces(byte[] b, int at, int to) {
        while (at < to && b[at] == ' ') {
            at++;
        }
        return at;
    }

    private static int indexOf(byte[] b, char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isUpper(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] < 'A' || b[i] > 'Z') {
                return false;
            }
        }
        return true;
    }

    /// Whether the line had a priority or a time before its message.
    public boolean present() {
        return present;
    }

    /// Facility × 8 + severity, or -1.
    public int priority() {
        return priority;
    }

    /// Syslog severity 0 (emergency) to 7 (debug), or -1.
    public int severity() {
        return priority < 0 ? -1 : priority & 7;
    }

    /// Milliseconds since 1970, or {@link Times#NONE}.
    public long time() {
        return time;
    }

    public long host() {
        return host;
    }

    /// Program: RFC 5424's APP-NAME, or the tag without its process id.
    public long app() {
        return app;
    }

    public long pid() {
        return pid;
    }

    /// RFC 5424's structured data with its brackets.
    public long structured() {
        return structured;
    }
}
