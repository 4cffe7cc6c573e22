package io.carom.server.listen;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of syslog into messages, as it comes in pieces. Each frame says by its first byte how
/// it is framed (RFC 6587, section 3.4.1 and 3.4.2): a digit begins a count of octets and a blank,
/// anything else goes on to the next line feed or zero. Where a count is none, the frame is a line.
///
/// What is held of a message that is not whole is at most {@link Records#LONGEST}; the rest of it is
/// passed over.
final class SyslogFrames {
    private static final int MOST_DIGITS = 9;

    interface Sink {
        void message(byte[] b, int from, int to);
    }

    private byte[] held = new byte[0];
    private int size;
    /// Octets of a counted message that is too long, still to be passed over.
    private long passing;

    private boolean passingLine;
    private final Sink sink;
    private final Runnable cut;

    /// @param cut told of a message that is longer than is held
    SyslogFrames(Sink sink, Runnable cut) {
        this.sink = sink;
        this.cut = cut;
    }

    /// Bytes that are held.
    int held() {
        return held.length;
    }

    void add(byte[] b, int from, int to) {
        byte[] all = b;
        int at = from;
        int end = to;
        if (size > 0) {
            grow(to - from);
            System.arraycopy(b, from, held, size, to - from);
            size += to - from;
            all = held;
            at = 0;
            end = size;
        }
        at = frames(all, at, end);
        keep(all, at, end);
    }

    private void grow(int more) {
        if (size + more > held.length) {
            held = Arrays.copyOf(held, Math.max(size + more, held.length * 2));
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void keep(byte[] all, int from, int to) {
        int left = to - from;
        if (left == 0) {
            held = held.length > 1 << 16 ? new byte[0] : held;
            size = 0;
            return;
        }
        if (all != held) {
            if (held.length < left || held.length > left + (1 << 16)) {
                held = new byte[left];
            }
            System.arraycopy(all, from, held, 0, left);
        } else {
            System.arraycopy(held, from, held, 0, left);
        }
        size = left;
    }

    private int frames(byte[] b, int from, int end) {
        int at = from;
        while (at < end) {
            if (passing > 0) {
                int skip = (int) Math.min(passing, end - at);
                passing -= skip;
                at += skip;
                continue;
            }
            if (passingLine) {
                int stop = lineEnd(b, at, end);
                passingLine = stop < 0;
                at = stop < 0 ? end : stop + 1;
                continue;
            }
            int next = b[at] >= '1' && b[at] <= '9' ? counted(b, at, end) : line(b, at, end);
            if (next < 0) {
                return at;
            }
            at = next;
        }
        return at;
    }

    /// @return behind the frame; -1 if it is not whole
    private int counted(byte[] b, int at, int end) {
        long octets = 0;
        int digit = at;
        while (digit < end && digit - at <= MOST_DIGITS && b[digit] >= '0' && b[digit] <= '9') {
            octets = octets * 10 + b[digit++] - '0';
        }
        if (digit == end && digit - at <= MOST_DIGITS) {
            return -1;
        }
        if (digit - at > MOST_DIGITS || b[digit] != ' ') {
            return line(b, at, end);
        }
        int from = digit + 1;
        if (octets > Records.LONGEST) {
            int have = Math.min(end - from, Records.LONGEST);
            if (have < Records.LONGEST) {
                return -1;
            }
            cut.run();
            sink.message(b, from, from + have);
            passing = octets - have;
            return from + have;
        }
        if (end - from < octets) {
            return -1;
        }
        sink.message(b, from, from + (int) octets);
        return from + (int) octets;
    }

    private static int lineEnd(byte[] b, int from, int end) {
        for (int i = from; i < end; i++) {
            if (b[i] == '\n' || b[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    private int line(byte[] b, int at, int end) {
        int stop = lineEnd(b, at, Math.min(end, at + Records.LONGEST));
        if (stop >= 0) {
            sink.message(b, at, stop);
            return stop + 1;
        }
        if (end - at >= Records.LONGEST) {
            cut.run();
            sink.message(b, at, at + Records.LONGEST);
            passingLine = true;
            return at + Records.LONGEST;
        }
        return -1;
    }

    /// The sender has gone: what is held of a line is a message; of a counted one it is a piece, and
    /// kept as such.
    void end() {
        if (size > 0) {
            int from = 0;
            @Nullable Integer behind = countedHead();
            if (behind != null) {
                from = behind;
            }
            sink.message(held, from, size);
            size = 0;
        }
    }

    private @Nullable Integer countedHead() {
        int digit = 0;
        while (digit < size && digit <= MOST_DIGITS && held[digit] >= '0' && held[digit] <= '9') {
            digit++;
        }
        return digit > 0 && digit < size && held[digit] == ' ' ? digit + 1 : null;
    }
}
