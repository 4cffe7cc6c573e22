package io.carom.source.parse;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The form of a message as its vendor documents it: plain text with native fields in braces, matched on
/// bytes.
///
/// `Deny {proto} src {src_if}:{src_ip:addr}/{src_port:int}[ ({user})] by {rule}`. A field reaches to the
/// text that follows it, or over the bytes of its type: `addr` (an address or host name), `int`, `word` (no
/// white space), `last` (to the last place where that text stands and the form goes on: for what a stranger
/// chose, who may choose that text too), `rest` (to the message's end). What stands in square brackets may be
/// absent; it begins with text, and so does what follows a bracket's end. `{}` passes over text without
/// keeping it. `\` takes the next character as text. The message may go on behind the form's end. Immutable,
/// safe for use by many threads; a match takes one pass, with a `last` field one more from the end.
public final class MessageForm {
    private static final int PLAIN = 0;
    private static final int ADDR = 1;
    private static final int INT = 2;
    private static final int WORD = 3;
    private static final int REST = 4;
    private static final int LAST = 5;
    private static final int SKIP = -1;
    private static final byte[] NOTHING = {};

    /// Text that must stand before the field, then the field (or none when only text), or an optional part.
    private record Piece(byte[] text, boolean field, int name, int type, Piece[] optional) {}

    private static final Piece[] NO_PIECES = {};

    private final Piece[] pieces;

    private MessageForm(Piece[] pieces) {
        this.pieces = pieces;
    }

    public static MessageForm of(String form) {
        int[] at = {0};
        return new MessageForm(pieces(form, at, false));
    }

    private static Piece[] pieces(String form, int[] at, boolean inner) {
        List<Piece> made = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (at[0] < form.length()) {
            char c = form.charAt(at[0]++);
            if (c == '\\') {
                text.append(form.charAt(at[0]++));
            } else if (c == '{') {
                int close = form.indexOf('}', at[0]);
                String field = form.substring(at[0], close);
                at[0] = close + 1;
                int colon = field.indexOf(':');
                String name = colon < 0 ? field : field.substring(0, colon);
                int type = switch (colon < 0 ? "" : field.substring(colon + 1)) {
                    case "" -> PLAIN;
                    case "addr" -> ADDR;
                    case "int" -> INT;
                    case "word" -> WORD;
                    case "rest" -> REST;
                    case "last" -> LAST;
                    default -> throw new IllegalArgumentException("unknown type of field in " + form);
                };
                made.add(new Piece(take(text), true, name.isEmpty() ? SKIP : FieldNames.of(name), type, NO_PIECES));
            } else if (c == '[') {
                if (!text.isEmpty()) {
                    made.add(new Piece(take(text), false, SKIP, PLAIN, NO_PIECES));
                }
                made.add(new Piece(NOTHING, false, SKIP, PLAIN, pieces(form, at, true)));
            } else if (c == ']' && inner) {
                break;
            } else {
                text.append(c);
            }
        }
        if (!text.isEmpty()) {
            made.add(new Piece(take(text), false, SKIP, PLAIN, NO_PIECES));
        }
        return made.toArray(NO_PIECES);
    }

    private static byte[] take(StringBuilder text) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        text.setLength(0);
        return bytes;
    }

    /// Gives the fields of a message of this form to the row. A message of another form leaves no fields.
    ///
    /// @return whether it was of this form
    public boolean match(Row row, int from, int to) {
        int mark = row.batch().slots();
        if (match(row, pieces, from, to) < 0) {
            row.batch().dropSlots(mark);
            return false;
        }
        return true;
    }

    private static int match(Row row, Piece[] pieces, int from, int to) {
        return match(row, pieces, 0, from, to);
    }

    private static int match(Row row, Piece[] pieces, int first, int from, int to) {
        byte[] b = row.bytes();
        int at = from;
        for (int i = first; i < pieces.length; i++) {
            Piece piece = pieces[i];
            if (piece.optional.length > 0) {
                int mark = row.batch().slots();
                int end = match(row, piece.optional, at, to);
                if (end < 0) {
                    row.batch().dropSlots(mark);
                } else {
                    at = end;
                }
                continue;
            }
            if (!stands(b, at, to, piece.text)) {
                return -1;
            }
            at += piece.text.length;
            if (!piece.field) {
                continue;
            }
            if (piece.type == LAST) {
                return last(row, pieces, i, at, to);
            }
            int end = switch (piece.type) {
                case ADDR -> address(b, at, to);
                case INT -> number(b, at, to);
                case WORD -> word(b, at, to);
                case REST -> to;
                default -> stop(b, at, to, pieces, i + 1);
            };
            if (end < 0 || end == at && (piece.type == ADDR || piece.type == INT)) {
                return -1;
            }
            if (piece.name != SKIP && end > at) {
                row.batch().slot(piece.name, Column.pack(at, end), EventBatch.TEXT);
            }
            at = end;
        }
        return at;
    }

    /// Matches a field that ends as far behind as what follows it allows, and what follows.
    private static int last(Row row, Piece[] pieces, int field, int from, int to) {
        byte[] follows = field + 1 < pieces.length ? pieces[field + 1].text : NOTHING;
        int name = pieces[field].name;
        int mark = row.batch().slots();
        for (int end = to - follows.length; end >= from; end--) {
            if (!stands(row.bytes(), end, to, follows)) {
                continue;
            }
            if (name != SKIP && end > from) {
                row.batch().slot(name, Column.pack(from, end), EventBatch.TEXT);
            }
            int behind = match(row, pieces, field + 1, end, to);
            if (behind >= 0) {
                return behind;
            }
            row.batch().dropSlots(mark);
        }
        return -1;
    }

    /// Where the text that follows a plain field first stands: of the next piece, or of an optional part
    /// before it.
    private static int stop(byte[] b, int from, int to, Piece[] pieces, int next) {
        int best = -1;
        for (int i = next; i < pieces.length; i++) {
            Piece piece = pieces[i];
            boolean may = piece.optional.length > 0;
            byte[] text = may ? piece.optional[0].text : piece.text;
            int found = indexOf(b, from, best < 0 ? to : best, text);
            if (found >= 0) {
                best = found;
            }
            if (!may) {
                return best;
            }
        }
        return best < 0 ? to : best;
    }

    private static int indexOf(byte[] b, int from, int to, byte[] text) {
        if (text.length == 0) {
            return from;
        }
        for (int at = from; at + text.length <= to; at++) {
            if (b[at] == text[0] && stands(b, at, to, text)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean stands(byte[] b, int at, int to, byte[] text) {
        if (to - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (b[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /// An address, or a name where the product writes names for addresses. `192.0.2.1:500` ends at its
    /// colon.
    static int address(byte[] b, int from, int to) {
        int at = from;
        boolean colon = false;
        boolean dot = false;
        while (at < to) {
            byte c = b[at];
            int lower = c | 0x20;
            if (c == ':') {
                if (dot && !colon) {
                    break;
                }
                colon = true;
            } else if (c == '.') {
                dot = true;
            } else if (!(lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '*')) {
                break;
            }
            at++;
        }
        while (at > from && (b[at - 1] == '.' || b[at - 1] == ':' && !(at - 1 > from && b[at - 2] == ':'))) {
            at--;
        }
        return at;
    }

    private static int number(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        return at;
    }

    private static int word(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] != ' ' && b[at] != '\t') {
            at++;
        }
        return at;
    }
}
