package io.carom.source;

import io.carom.source.parse.SyslogHeader;

/// One line of text, its syslog header (if it had one) already taken off. Reused: valid only during the
/// call.
public final class Line {
    private byte[] bytes = new byte[0];
    private int lineFrom;
    private int from;
    private int to;
    private final SyslogHeader header = new SyslogHeader();

    public void set(byte[] inBytes, int lineStart, int lineEnd, InputContext context) {
        bytes = inBytes;
        lineFrom = lineStart;
        to = lineEnd;
        from = header.parse(inBytes, lineStart, lineEnd, context);
    }

    public byte[] bytes() {
        return bytes;
    }

    /// Where the message begins, behind the syslog header.
    public int from() {
        return from;
    }

    /// Where the whole line begins.
    public int lineFrom() {
        return lineFrom;
    }

    public int to() {
        return to;
    }

    /// The syslog header; `header().present()` tells whether there was one.
    public SyslogHeader header() {
        return header;
    }

    /// Whether the message begins with this ASCII text.
    public boolean startsWith(String ascii) {
        return at(from, ascii);
    }

    public boolean at(int position, String ascii) {
        if (position < 0 || to - position < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[position + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Where this ASCII text first stands in the message, from `start` on, or -1.
    public int indexOf(String ascii, int start) {
        int last = to - ascii.length();
        byte first = (byte) ascii.charAt(0);
        for (int i = Math.max(start, lineFrom); i <= last; i++) {
            if (bytes[i] == first && at(i, ascii)) {
                return i;
            }
        }
        return -1;
    }

    public boolean contains(String ascii) {
        return indexOf(ascii, from) >= 0;
    }
}
