package io.carom.source.windows;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import io.carom.source.parse.JsonFields;
import io.carom.source.parse.Marks;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts an event in XML into native fields in one pass over its bytes, and finds where events
/// begin and end in a text.
///
/// Reads what Windows writes: elements, attributes, text, CDATA, comments, the five named
/// entities and numbered characters (Extensible Markup Language 1.0, sections 2.4 to 4.1).
/// There are no document types, no other entities and no reading from elsewhere: an entity it
/// does not know stands as it was written. Fields are named as the same event turned to JSON
/// names them (`Event.System.Provider.#attributes.Name`), `<Data Name="X">` as `X`; namespaces
/// and their prefixes are left off. One instance belongs to one input and one thread.
public final class EventXml {
    static final int MAX_DEPTH = 64;
    static final int MAX_ATTRIBUTES = 32;
    /// Past this many different names in one input further names share {@link
    /// FieldNames#OTHER}.
    static final int MAX_NAMES = 20_000;

    private static final byte[] EVENT = ascii("Event");
    private static final byte[] SYSTEM = ascii("<System");
    private static final byte[] NAME = ascii("Name");
    private static final byte[] DATA = ascii("Data");
    private static final byte[] CDATA = ascii("<![CDATA[");

    // Names as a tree: node 0 stands above the event itself. A node is an element, or an attribute of its
    // parent.
    private int nodes = 1;
    private byte[][] nodeName = new byte[256][];
    private int[] nodeParent = new int[256];
    private int[] nodeField = new int[256];
    private boolean[] nodeAttribute = new boolean[256];
    private int[] table = new int[1024];

    // The elements that are open.
    private final int[] node = new int[MAX_DEPTH];
    private final int[] tagFrom = new int[MAX_DEPTH];
    private final int[] tagTo = new int[MAX_DEPTH];
    private final int[] content = new int[MAX_DEPTH];
    private final boolean[] parts = new boolean[MAX_DEPTH];

    private final int[] attributeFrom = new int[MAX_ATTRIBUTES];
    private final int[] attributeTo = new int[MAX_ATTRIBUTES];
    private final long[] attributeValue = new long[MAX_ATTRIBUTES];
    private int attributes;

    private byte[] b = new byte[0];
    private int to;

    public EventXml() {
        nodeName[0] = new byte[0];
        nodeField[0] = FieldNames.OTHER;
    }

    private static final ThreadLocal<EventXml> OWN = ThreadLocal.withInitial(EventXml::new);

    /// One for the use of this thread between two events, where an input has none of its own:
    /// what it keeps is names.
    public static EventXml ofThisThread() {
        EventXml own = OWN.get();
        if (own.nodes > MAX_NAMES / 2) {
            own = new EventXml();
            OWN.set(own);
        }
        return own;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- finding events
    // ------------------------------------------------------------------------------------------

    /// Whether an event's start tag stands here: `<Event>`, `<Event xmlns=…>`, and not
    /// `<Events>`.
    public static boolean beginsAt(byte[] b, int at, int to) {
        return to - at >= 7
                && b[at] == '<'
                && startsWith(b, at + 1, to, EVENT)
                && (b[at + 6] == '>' || isSpace(b[at + 6]));
    }

    /// Whether an event as Windows writes it stands here: its start tag, and the one of
    /// `System` behind it.
    public static boolean recordBeginsAt(byte[] b, int at, int to) {
        int close = beginsAt(b, at, to) ? indexOf(b, '>', at, to) : -1;
        return close >= 0 && startsWith(b, space(b, close + 1, to), to, SYSTEM);
    }

    /// Where the event that begins at `at` ends; -1 if it goes on past `to`; `-2 - p` if
    /// another event begins at `p` before this one has ended.
    public static int end(byte[] b, int at, int to) {
        int depth = 0;
        int i = at;
        while (i < to) {
            if (b[i] != '<') {
                int next = Marks.first(b, i, to, (byte) '<');
                i = next < 0 ? to : next;
            } else if (i + 1 < to && b[i + 1] == '!') {
                i = passMarked(b, i, to);
                if (i < 0) {
                    return -1;
                }
            } else if (i + 1 < to && b[i + 1] == '/' && startsWith(b, i + 2, to, EVENT)) {
                i = space(b, i + 7, to);
                if (i < to && b[i] == '>') {
                    i++;
                    if (--depth <= 0) {
                        return i;
                    }
                }
            } else if (beginsAt(b, i, to)) {
                int close = indexOf(b, '>', i, to);
                if (close < 0) {
                    return -1;
                }
                if (depth > 0) {
                    int inner = space(b, close + 1, to);
                    if (to - inner < SYSTEM.length) {
                        return -1;
                    }
                    // Data may hold an element of this name; only a record goes on with <System>.
                    if (startsWith(b, inner, to, SYSTEM)) {
                        return -2 - i;
                    }
                }
                i = close + 1;
                if (b[close - 1] != '/') {
                    depth++;
                } else if (depth == 0) {
                    return i;
                }
            } else {
                i++;
            }
        }
        return -1;
    }

    /// Passes a comment, CDATA, a document type or another declaration; gives where it ends, or
    /// -1 if it goes on past `to`.
    public static int passMarked(byte[] b, int at, int to) {
        if (startsWith(b, at, to, CDATA)) {
            return passTo(b, "]]>", at + CDATA.length, to);
        }
        if (at + 3 < to && b[at + 2] == '-' && b[at + 3] == '-') {
            return passTo(b, "-->", at + 4, to);
        }
        int brackets = 0;
        for (int i = at; i < to; i++) {
            brackets += b[i] == '[' ? 1 : b[i] == ']' ? -1 : 0;
            if (b[i] == '>' && brackets <= 0) {
                return i + 1;
            }
        }
        return -1;
    }

    private static int passTo(byte[] b, String closing, int from, int to) {
        for (int i = from; i + 3 <= to; i++) {
            if (b[i] == closing.charAt(0) && b[i + 1] == closing.charAt(1) && b[i + 2] == '>') {
                return i + 3;
            }
        }
        return -1;
    }

    static boolean startsWith(byte[] b, int at, int to, byte[] what) {
        return to - at >= what.length && Arrays.equals(b, at, at + what.length, what, 0, what.length);
    }

    static int indexOf(byte[] b, char c, int from, int to) {
        return Marks.first(b, from, to, (byte) c);
    }

    public static int space(byte[] b, int at, int to) {
        while (at < to && isSpace(b[at])) {
            at++;
        }
        return at;
    }

    static boolean isSpace(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    // ---- reading one event
    // ---------------------------------------------------------------------------------------

    /// Gives the fields of the event in `[from, end)` to the row's current record, under their
    /// canonical names.
    ///
    /// @return null, or what is wrong with it
    public @Nullable String parse(Row row, int from, int end) {
        int first = row.batch().slots();
        b = row.bytes();
        to = end;
        String fault = elements(row, space(b, from, to));
        b = new byte[0];
        EventNames.rename(row, EventNames.Form.NESTED, first);
        return fault;
    }

    private @Nullable String elements(Row row, int at) {
        int depth = -1;
        boolean system = false;
        while (at < to) {
            if (b[at] != '<') {
                int next = indexOf(b, '<', at, to);
                if (next < 0) {
                    break;
                }
                at = next;
            } else if (at + 1 < to && (b[at + 1] == '!' || b[at + 1] == '?')) {
                if (depth >= 0) {
                    parts[depth] = true;
                }
                at = passMarked(b, at, to);
                if (at < 0) {
                    return "the event is cut off";
                }
            } else if (at + 1 < to && b[at + 1] == '/') {
                int nameTo = nameEnd(at + 2);
                int close = space(b, nameTo, to);
                if (depth < 0
                        || close >= to
                        || b[close] != '>'
                        || !Arrays.equals(b, at + 2, nameTo, b, tagFrom[depth], tagTo[depth])) {
                    return close >= to ? "the event is cut off" : "an element is closed that is not the open one";
                }
                if (content[depth] >= 0) {
                    text(row, depth, at, system);
                }
                depth--;
                at = close + 1;
                if (depth < 0) {
                    return null;
                }
            } else {
                if (depth + 1 == MAX_DEPTH) {
                    return "elements nested deeper than " + MAX_DEPTH;
                }
                int nameFrom = at + 1;
                int nameTo = nameEnd(nameFrom);
                if (nameTo == nameFrom) {
                    return nameTo >= to ? "the event is cut off" : "expected the name of an element";
                }
                at = attributes(row, nameTo);
                if (at < 0) {
                    return at == -1 ? "the event is cut off" : "expected an attribute or the end of a start tag";
                }
                if (depth >= 0) {
                    content[depth] = -1;
                }
                depth++;
                tagFrom[depth] = nameFrom;
                tagTo[depth] = nameTo;
                int local = local(nameFrom, nameTo);
                if (depth == 1) {
                    system = startsWith(b, nameFrom - 1, to, SYSTEM) && nameTo - nameFrom == SYSTEM.length - 1;
                }
                node[depth] = element(depth == 0 ? 0 : node[depth - 1], local, nameTo);
                boolean has = emit(row, node[depth]);
                boolean closed = b[at] == '/';
                at += closed ? 2 : 1;
                content[depth] = at;
                parts[depth] = false;
                if (closed) {
                    if (!has && !system && depth > 1) {
                        row.field(nodeField[node[depth]], at, at);
                    }
                    depth--;
                    if (depth < 0) {
                        return null;
                    }
                }
            }
        }
        return "the event is cut off";
    }

    /// The text of an element that has no elements in it.
    private void text(Row row, int depth, int end, boolean system) {
        int from = content[depth];
        if (from == end && (system || depth < 2)) {
            return;
        }
        int field = nodeField[node[depth]];
        if (depth < 2 && space(b, from, end) == end) {
            return;
        }
        row.field(
                field,
                parts[depth] || indexOf(b, '&', from, end) >= 0 ? decode(row, from, end) : Column.pack(from, end),
                from == end ? EventBatch.BLANK : EventBatch.TEXT);
    }

    /// Reads the attributes behind a name; gives where the tag's `>` or `/>` stands, -1 if cut
    /// off, -2 if malformed.
    private int attributes(Row row, int at) {
        attributes = 0;
        while (true) {
            int next = space(b, at, to);
            if (next >= to) {
                return -1;
            }
            if (b[next] == '>') {
                return next;
            }
            if (b[next] == '/') {
                return next + 1 >= to ? -1 : b[next + 1] == '>' ? next : -2;
            }
            int nameTo = nameEnd(next);
            int equals = space(b, nameTo, to);
            int quote = equals >= to ? to : space(b, equals + 1, to);
            if (quote >= to) {
                return -1;
            }
            if (nameTo == next || b[equals] != '=' || b[quote] != '"' && b[quote] != '\'') {
                return -2;
            }
            int close = indexOf(b, (char) b[quote], quote + 1, to);
            if (close < 0) {
                return -1;
            }
            if (attributes < MAX_ATTRIBUTES) {
                attributeFrom[attributes] = next;
                attributeTo[attributes] = nameTo;
                attributeValue[attributes] = indexOf(b, '&', quote + 1, close) >= 0
                        ? decode(row, quote + 1, close)
                        : Column.pack(quote + 1, close);
                attributes++;
            }
            at = close + 1;
        }
    }

    /// The node of an element; `<Data Name="X">` is called X, and that attribute then says no
    /// more.
    private int element(int above, int from, int nameTo) {
        if (nameTo - from >= DATA.length && Arrays.equals(b, nameTo - DATA.length, nameTo, DATA, 0, DATA.length)) {
            for (int i = 0; i < attributes; i++) {
                if (Arrays.equals(b, attributeFrom[i], attributeTo[i], NAME, 0, NAME.length)) {
                    int valueFrom = Column.from(attributeValue[i]);
                    int length = Column.length(attributeValue[i]);
                    attributeTo[i] = attributeFrom[i];
                    if (length > 0) {
                        return child(above, valueFrom, valueFrom + length, false);
                    }
                }
            }
        }
        return child(above, from, nameTo, false);
    }

    /// Gives the attributes as fields; says whether there was any.
    private boolean emit(Row row, int owner) {
        boolean any = false;
        for (int i = 0; i < attributes; i++) {
            int from = attributeFrom[i];
            int end = attributeTo[i];
            if (from == end
                    || end - from >= 5
                            && b[from] == 'x'
                            && b[from + 1] == 'm'
                            && b[from + 2] == 'l'
                            && b[from + 3] == 'n'
                            && b[from + 4] == 's') {
                continue;
            }
            any = true;
            row.field(nodeField[child(owner, local(from, end), end, true)], attributeValue[i], EventBatch.TEXT);
        }
        return any;
    }

    private int nameEnd(int at) {
        while (at < to && !isSpace(b[at]) && b[at] != '>' && b[at] != '/' && b[at] != '=' && b[at] != '<') {
            at++;
        }
        return at;
    }

    private int local(int from, int end) {
        int colon = indexOf(b, ':', from, end);
        return colon < 0 || colon + 1 == end ? from : colon + 1;
    }

    /// Text with its entities, CDATA and comments resolved, in the arena.
    private long decode(Row row, int from, int end) {
        EventBatch batch = row.batch();
        b = batch.reserve(end - from + 4);
        int start = batch.arenaEnd();
        int at = start;
        int i = from;
        while (i < end) {
            byte c = b[i];
            if (c == '<') {
                int stop = passMarked(b, i, end);
                stop = stop < 0 ? end : stop;
                if (startsWith(b, i, end, CDATA)) {
                    int length = Math.max(stop - 3 - (i + CDATA.length), 0);
                    System.arraycopy(b, i + CDATA.length, b, at, length);
                    at += length;
                }
                i = stop;
            } else if (c == '&') {
                int stop = indexOf(b, ';', i, Math.min(end, i + 12));
                int point = stop < 0 ? -1 : entity(i + 1, stop);
                if (point < 0) {
                    b[at++] = c;
                    i++;
                } else {
                    at = JsonFields.utf8(b, at, point);
                    i = stop + 1;
                }
            } else {
                b[at++] = c;
                i++;
            }
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }

    private int entity(int from, int end) {
        if (end - from >= 2 && b[from] == '#') {
            boolean hex = (b[from + 1] | 0x20) == 'x';
            int value = 0;
            for (int i = hex ? from + 2 : from + 1; i < end; i++) {
                int digit = Character.digit(b[i], hex ? 16 : 10);
                if (digit < 0 || value > 0x10FFFF) {
                    return -1;
                }
                value = value * (hex ? 16 : 10) + digit;
            }
            boolean none = hex && end - from == 2;
            return none || value > 0x10FFFF || value >= 0xD800 && value < 0xE000 ? -1 : value;
        }
        return switch (new String(b, from, end - from, StandardCharsets.ISO_8859_1)) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "amp" -> '&';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> -1;
        };
    }

    // ---- names
    // ---------------------------------------------------------------------------------------------------

    private int child(int above, int from, int end, boolean attribute) {
        int hash = hash(above, b, from, end, attribute);
        int slot = hash & table.length - 1;
        while (table[slot] != 0) {
            int known = table[slot];
            if (nodeParent[known] == above
                    && nodeAttribute[known] == attribute
                    && Arrays.equals(nodeName[known], 0, nodeName[known].length, b, from, end)) {
                return known;
            }
            slot = slot + 1 & table.length - 1;
        }
        if (nodes >= MAX_NAMES) {
            return 0;
        }
        String name = new String(b, from, end - from, StandardCharsets.UTF_8);
        String before = FieldNames.name(nodeField[above]);
        String full = above == 0 ? name : before + (attribute ? ".#attributes." : ".") + name;
        if (nodes == nodeName.length) {
            int size = nodes * 2;
            nodeName = Arrays.copyOf(nodeName, size);
            nodeParent = Arrays.copyOf(nodeParent, size);
            nodeField = Arrays.copyOf(nodeField, size);
            nodeAttribute = Arrays.copyOf(nodeAttribute, size);
        }
        nodeName[nodes] = Arrays.copyOfRange(b, from, end);
        nodeParent[nodes] = above;
        nodeField[nodes] = FieldNames.of(full);
        nodeAttribute[nodes] = attribute;
        table[slot] = nodes;
        if (++nodes * 2 > table.length) {
            rehash();
        }
        return nodes - 1;
    }

    private static int hash(int above, byte[] bytes, int from, int end, boolean attribute) {
        int hash = above * 2 + (attribute ? 1 : 0);
        for (int i = from; i < end; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash * 0x9E3779B1 >>> 8;
    }

    private void rehash() {
        table = new int[table.length * 2];
        for (int known = 1; known < nodes; known++) {
            byte[] name = nodeName[known];
            int slot = hash(nodeParent[known], name, 0, name.length, nodeAttribute[known]) & table.length - 1;
            while (table[slot] != 0) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = known;
        }
    }
}
