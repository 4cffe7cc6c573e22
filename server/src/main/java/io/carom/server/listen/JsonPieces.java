package io.carom.server.listen;

import io.carom.source.parse.JsonFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Finds where values, elements and members of JSON stand, without a tree of it: by brackets and quotes
/// alone. What stands within a piece is checked by whoever reads it. Where there is no value, or it does
/// not end, an `IllegalArgumentException` says so.
final class JsonPieces {
    /// Takes what stands at `[from, to)`.
    interface Piece {
        void at(int from, int to) throws IOException;
    }

    /// Takes a member, its name as it is written.
    interface Member {
        void at(String name, int from, int to) throws IOException;
    }

    private JsonPieces() {}

    /// Where something begins that is no blank.
    static int blank(byte[] b, int from) {
        int at = from;
        while (at < b.length && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t')) {
            at++;
        }
        return at;
    }

    /// Where the first value begins: a byte order mark may stand before it.
    static int begin(byte[] b) {
        boolean mark = b.length >= 3 && b[0] == (byte) 0xEF && b[1] == (byte) 0xBB && b[2] == (byte) 0xBF;
        return blank(b, mark ? 3 : 0);
    }

    /// Where the value ends that begins here.
    static int end(byte[] b, int from) {
        int at = from;
        byte first = at < b.length ? b[at] : 0;
        if (first == '{' || first == '[') {
            int end = JsonFields.end(b, from, b.length);
            if (end < 0) {
                throw new IllegalArgumentException("JSON that is cut short");
            }
            return end;
        }
        if (first == '"') {
            at++;
            while (at < b.length && b[at] != '"') {
                at += b[at] == '\\' ? 2 : 1;
            }
            if (at >= b.length) {
                throw new IllegalArgumentException("a text that is cut short");
            }
            return at + 1;
        }
        while (at < b.length && isPlain(b[at])) {
            at++;
        }
        if (at == from) {
            throw new IllegalArgumentException("a value is missing");
        }
        return at;
    }

    /// Of a number, `true`, `false` or `null`.
    private static boolean isPlain(byte c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'E';
    }

    /// The elements of the array that begins here.
    ///
    /// @return behind it
    static int elements(byte[] b, int from, Piece piece) throws IOException {
        int at = blank(b, from + 1);
        if (at < b.length && b[at] == ']') {
            return at + 1;
        }
        while (true) {
            int end = end(b, at);
            piece.at(at, end);
            at = blank(b, end);
            if (at >= b.length || b[at] != ',') {
                return closed(b, at, ']');
            }
            at = blank(b, at + 1);
        }
    }

    /// The members of the object that begins here.
    ///
    /// @return behind it
    static int members(byte[] b, int from, Member member) throws IOException {
        int at = blank(b, from + 1);
        if (at < b.length && b[at] == '}') {
            return at + 1;
        }
        while (true) {
            if (at >= b.length || b[at] != '"') {
                throw new IllegalArgumentException("a name is missing");
            }
            int named = end(b, at);
            String name = new String(b, at + 1, named - at - 2, StandardCharsets.UTF_8);
            at = blank(b, closed(b, blank(b, named), ':'));
            int end = end(b, at);
            member.at(name, at, end);
            at = blank(b, end);
            if (at >= b.length || b[at] != ',') {
                return closed(b, at, '}');
            }
            at = blank(b, at + 1);
        }
    }

    private static int closed(byte[] b, int at, char by) {
        if (at >= b.length || b[at] != by) {
            throw new IllegalArgumentException("expected " + by);
        }
        return at + 1;
    }
}
