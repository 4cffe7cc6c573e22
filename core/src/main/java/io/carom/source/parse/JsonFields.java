package io.carom.source.parse;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Cuts a JSON object (RFC 8259) into native fields in one pass over the bytes: no tree, no strings,
/// names interned.
///
/// A nested name is joined by dots (`winlog.event_data.Image`); every element of an array carries the
/// array's name.
/// An
/// empty object or array gives a field with the text `{}` or `[]`. Values nested deeper than {@link
/// #MAX_DEPTH} are
/// kept as one field of raw JSON. Text that stands without escapes is a slice of the input; other text
/// is decoded into the arena. One instance belongs to one input and one thread.
public final class JsonFields {
    public static final int MAX_DEPTH = 32;
    /// Past this many different names in one input further names share {@link FieldNames#OTHER}.
    public static final int MAX_NAMES = 20_000;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    // Names as a tree: node 0 is the record itself, a child is found by parent and key bytes in an open
    // hash table.
    private int nodes = 1;
    private byte[][] nodeKey = new byte[256][];
    private int[] nodeParent = new int[256];
    private int[] nodeField = new int[256];
    // The node that followed last time under the same parent: records of one kind repeat their order of
    // names.
    private int[] nodeNext = new int[256];
    private int[] nodeFirstChild = new int[256];
    private int[] table = new int[1024];

    private byte[] b = new byte[0];
    private int to;
    private Row row;
    private String error = "";
    private int errorAt;

    public JsonFields(Row row) {
        this.row = row;
        nodeKey[0] = new byte[0];
    }

    /// Cuts the object that begins at the first byte of `[from, end)` that is not white space into
    /// fields of the row's current record.
    ///
    /// @return where the object ends, or -1 if it is not well-formed; {@link #error} then says why
    public int parse(Row into, int from, int end) {
        row = into;
        b = into.bytes();
        to = end;
        int at = space(from);
        if (at >= to || b[at] != '{') {
            return fail("expected a JSON object", at);
        }
        return object(at, 0, 0);
    }

    /// What was wrong in the last `parse` that gave -1.
    public String error() {
        return error;
    }

    /// Where it was wrong.
    public int errorAt() {
        return errorAt;
    }

    private int fail(String what, int at) {
        error = what;
        errorAt = at;
        return -1;
    }

    private int object(int at, int node, int depth) {
        at = space(at + 1);
        if (at < to && b[at] == '}') {
            if (node != 0) {
                row.field(nodeField[node], at - 1, at + 1, EventBatch.TEXT);
                if (b[at - 1] != '{') {
                    // White space stood between: the two bytes are not `{}` as they lie.
                    row.batch().dropSlots(row.batch().slots() - 1);
                    row.field(nodeField[node], appended("{}"), EventBatch.TEXT);
                }
            }
            return at + 1;
        }
        int previous = -1;
        while (true) {
            if (at >= to || b[at] != '"') {
                return fail(at >= to ? "the object is cut off" : "expected a name in quotes", at);
            }
            int keyFrom = at + 1;
            int keyTo = stringEnd(keyFrom);
            if (keyTo < 0) {
                return -1;
            }
            int child;
            if (escaped) {
                long decoded = decode(keyFrom, keyTo);
                child = child(node, b, Column.from(decoded), Column.from(decoded) + Column.length(decoded), previous);
            } else {
                child = child(node, b, keyFrom, keyTo, previous);
            }
            previous = child;
            at = space(keyTo + 1);
            if (at >= to || b[at] != ':') {
                return fail(at >= to ? "the object is cut off" : "expected a colon behind the name", at);
            }
            at = value(space(at + 1), child, depth + 1);
            if (at < 0) {
                return -1;
            }
            at = space(at);
            if (at < to && b[at] == ',') {
                at = space(at + 1);
            } else if (at < to && b[at] == '}') {
                return at + 1;
            } else {
                return fail(at >= to ? "the object is cut off" : "expected a comma or the object's end", at);
            }
        }
    }

    private int value(int at, int node, int depth) {
        if (at >= to) {
            return fail("the object is cut off", at);
        }
        int field = nodeField[node];
        switch (b[at]) {
            case '"' -> {
                int end = stringEnd(at + 1);
                if (end < 0) {
                    return -1;
                }
                if (escaped) {
                    row.field(field, decode(at + 1, end), EventBatch.TEXT);
                } else {
                    row.field(field, at + 1, end, EventBatch.TEXT);
                }
                return end + 1;
            }
            case '{' -> {
                return depth >= MAX_DEPTH ? raw(at, field) : object(at, node, depth);
            }
            case '[' -> {
                return depth >= MAX_DEPTH ? raw(at, field) : array(at, node, depth);
            }
            case 't' -> {
                return word(at, "true", field, EventBatch.TRUE);
            }
            case 'f' -> {
                return word(at, "false", field, EventBatch.FALSE);
            }
            case 'n' -> {
                return word(at, "null", field, EventBatch.NULL);
            }
            default -> {
                int end = at;
                while (end < to && isNumeric(b[end])) {
                    end++;
                }
                if (end == at) {
                    return fail("expected a value", at);
                }
                row.field(field, at, end, EventBatch.NUMBER);
                return end;
            }
        }
    }

    private int array(int at, int node, int depth) {
        int open = at;
        at = space(at + 1);
        if (at < to && b[at] == ']') {
            row.field(nodeField[node], at == open + 1 ? Column.pack(open, at + 1) : appended("[]"), EventBatch.TEXT);
            return at + 1;
        }
        while (true) {
            at = value(at, node, depth + 1);
            if (at < 0) {
                return -1;
            }
            at = space(at);
            if (at < to && b[at] == ',') {
                at = space(at + 1);
            } else if (at < to && b[at] == ']') {
                return at + 1;
            } else {
                return fail(at >= to ? "the array is cut off" : "expected a comma or the array's end", at);
            }
        }
    }

    /// A value that is nested too deep: skipped over by counting brackets, kept as text.
    private int raw(int at, int field) {
        int end = end(b, at, to);
        if (end < 0) {
            return fail("the object is cut off", to);
        }
        row.field(field, at, end, EventBatch.TEXT);
        return end;
    }

    private int word(int at, String word, int field, byte kind) {
        int end = at + word.length();
        if (end > to) {
            return fail("the object is cut off", to);
        }
        for (int i = 0; i < word.length(); i++) {
            if (b[at + i] != word.charAt(i)) {
                return fail("expected a value", at);
            }
        }
        row.field(field, at, end, kind);
        return end;
    }

    /// Where the value that begins at `at` ends, found by brackets and quotes alone; -1 if it goes on
    /// past `to`.
    public static int end(byte[] b, int at, int to) {
        int open = 0;
        boolean quoted = false;
        for (; at < to; at++) {
            byte c = b[at];
            if (quoted) {
                if (c == '\\') {
                    at++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                open++;
            } else if (c == '}' || c == ']') {
                if (--open <= 0) {
                    return at + 1;
                }
            }
        }
        return -1;
    }

    private boolean escaped;

    /// Where the string's closing quote stands; notes in `escaped` whether it holds escapes.
    private int stringEnd(int at) {
        escaped = false;
        while (true) {
            // Eight bytes at a time: a byte equal to x becomes zero under xor, and (v - 1) & ~v marks
            // zeros by their
            // high bit.
            while (at + 8 <= to) {
                long v = (long) LONG.get(b, at);
                long quote = v ^ 0x2222222222222222L;
                long slash = v ^ 0x5C5C5C5C5C5C5C5CL;
                long hit = ((quote - ONES) & ~quote | (slash - ONES) & ~slash) & HIGH;
                if (hit != 0) {
                    at += Long.numberOfTrailingZeros(hit) >>> 3;
                    break;
                }
                at += 8;
            }
            while (at < to && b[at] != '"' && b[at] != '\\') {
                at++;
            }
            if (at >= to) {
                return fail("the text is cut off", at);
            }
            if (b[at] == '"') {
                return at;
            }
            escaped = true;
            at += 2;
        }
    }

    /// Decodes the escapes of `[from, end)` into the arena. A lone surrogate becomes U+FFFD, an unknown
    /// escape stands.
    private long decode(int from, int end) {
        EventBatch batch = row.batch();
        b = batch.reserve(end - from + 4);
        int at = batch.arenaEnd();
        int start = at;
        for (int i = from; i < end; ) {
            byte c = b[i++];
            if (c != '\\' || i >= end) {
                b[at++] = c;
                continue;
            }
            c = b[i++];
            switch (c) {
                case 'n' -> b[at++] = '\n';
                case 't' -> b[at++] = '\t';
                case 'r' -> b[at++] = '\r';
                case 'b' -> b[at++] = '\b';
                case 'f' -> b[at++] = '\f';
                case 'u' -> {
                    int unit = hex4(i, end);
                    if (unit < 0) {
                        b[at++] = '\\';
                        b[at++] = 'u';
                        continue;
                    }
                    i += 4;
                    int point = unit;
                    if (unit >= 0xD800 && unit < 0xE000) {
                        int low = unit < 0xDC00 && i + 6 <= end && b[i] == '\\' && b[i + 1] == 'u'
                                ? hex4(i + 2, end)
                                : -1;
                        if (low >= 0xDC00 && low < 0xE000) {
                            point = Character.toCodePoint((char) unit, (char) low);
                            i += 6;
                        } else {
                            point = 0xFFFD;
                        }
                    }
                    at = utf8(b, at, point);
                }
                default -> {
                    if (c != '"' && c != '\\' && c != '/') {
                        b[at++] = '\\';
                    }
                    b[at++] = c;
                }
            }
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }

    private int hex4(int at, int end) {
        if (at + 4 > end) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(b[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// Writes a code point as UTF-8; gives the position behind it.
    public static int utf8(byte[] into, int at, int point) {
        if (point < 0x80) {
            into[at++] = (byte) point;
        } else if (point < 0x800) {
            into[at++] = (byte) (0xC0 | point >> 6);
            into[at++] = (byte) (0x80 | point & 0x3F);
        } else if (point < 0x10000) {
            into[at++] = (byte) (0xE0 | point >> 12);
            into[at++] = (byte) (0x80 | point >> 6 & 0x3F);
            into[at++] = (byte) (0x80 | point & 0x3F);
        } else {
            into[at++] = (byte) (0xF0 | point >> 18);
            into[at++] = (byte) (0x80 | point >> 12 & 0x3F);
            into[at++] = (byte) (0x80 | point >> 6 & 0x3F);
            into[at++] = (byte) (0x80 | point & 0x3F);
        }
        return at;
    }

    private long appended(String text) {
        long slice = row.batch().append(text);
        b = row.bytes();
        return slice;
    }

    private int space(int at) {
        while (at < to && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static boolean isNumeric(byte c) {
        return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }

    // ---- names
    // ---------------------------------------------------------------------------------------------------

    private int child(int parent, byte[] key, int from, int end, int previous) {
        int guess = previous < 0 ? nodeFirstChild[parent] : nodeNext[previous];
        // The node of all names past the bound stands below many parents: what followed it may be of another.
        if (guess != 0
                && nodeParent[guess] == parent
                && Arrays.equals(nodeKey[guess], 0, nodeKey[guess].length, key, from, end)) {
            return guess;
        }
        int found = lookup(parent, key, from, end);
        if (found != 0) {
            if (previous < 0) {
                nodeFirstChild[parent] = found;
            } else {
                nodeNext[previous] = found;
            }
        }
        return found == 0 ? overflow(parent) : found;
    }

    private int lookup(int parent, byte[] key, int from, int end) {
        int hash = parent * 0x9E3779B1;
        for (int i = from; i < end; i++) {
            hash = hash * 31 + key[i];
        }
        hash *= 0x9E3779B1;
        int slot = hash >>> 8 & table.length - 1;
        while (table[slot] != 0) {
            int node = table[slot];
            if (nodeParent[node] == parent && Arrays.equals(nodeKey[node], 0, nodeKey[node].length, key, from, end)) {
                return node;
            }
            slot = slot + 1 & table.length - 1;
        }
        if (nodes >= MAX_NAMES) {
            return 0;
        }
        String name = new String(key, from, end - from, java.nio.charset.StandardCharsets.UTF_8);
        String full = parent == 0 ? name : FieldNames.name(nodeField[parent]) + "." + name;
        int node = add(parent, Arrays.copyOfRange(key, from, end), FieldNames.of(full));
        table[slot] = node;
        if (nodes * 2 > table.length) {
            rehash();
        }
        return node;
    }

    private int add(int parent, byte[] key, int field) {
        if (nodes == nodeKey.length) {
            int size = nodes * 2;
            nodeKey = Arrays.copyOf(nodeKey, size);
            nodeParent = Arrays.copyOf(nodeParent, size);
            nodeField = Arrays.copyOf(nodeField, size);
            nodeNext = Arrays.copyOf(nodeNext, size);
            nodeFirstChild = Arrays.copyOf(nodeFirstChild, size);
        }
        nodeKey[nodes] = key;
        nodeParent[nodes] = parent;
        nodeField[nodes] = field;
        return nodes++;
    }

    private int overflowNode;

    /// One node stands for all names past the bound.
    private int overflow(int parent) {
        if (overflowNode == 0) {
            overflowNode = add(parent, new byte[0], FieldNames.OTHER);
        }
        return overflowNode;
    }

    private void rehash() {
        table = new int[table.length * 2];
        for (int node = 1; node < nodes; node++) {
            int hash = nodeParent[node] * 0x9E3779B1;
            for (byte c : nodeKey[node]) {
                hash = hash * 31 + c;
            }
            hash *= 0x9E3779B1;
            int slot = hash >>> 8 & table.length - 1;
            while (table[slot] != 0) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = node;
        }
    }
}
