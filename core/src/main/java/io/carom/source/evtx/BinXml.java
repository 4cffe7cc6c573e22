package io.carom.source.evtx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decodes the binary XML of records: fields to the sink and, beside them, the record as JSON.
///
/// A template instance is a reference to a definition in the same chunk and a table of values. The
/// definition is compiled to a {@link Program} once and kept across chunks and files, found again by
/// its content, so that a record costs little more than writing its values. A value may itself be
/// binary XML, down to {@link
/// #MAX_NESTING} levels.
///
/// Templates can multiply: a few bytes may name a large value many times. What one chunk may grow to is
/// therefore bounded in bytes and steps, at some forty times of what chunks full of real records need.
final class BinXml {
    static final int MAX_NESTING = 8;
    private static final int MAX_RECORD_JSON = 1 << 20;
    private static final int MAX_CHUNK_JSON = 4 << 20;
    private static final int MAX_CHUNK_STEPS = 1 << 20;
    private static final int MAX_PROGRAMS = 1 << 12;
    private static final int MAX_PROGRAM_CODE = 1 << 22;
    private static final int MAX_VALUES = 1 << 14;
    private static final int MAX_OPEN = (MAX_NESTING + 1) * (Tokens.MAX_DEPTH + 1) + 1;

    private static final byte[] ATTRIBUTES = Utf8.bytes("\"#attributes\":{");
    private static final byte[] TEXT = Utf8.bytes("\"#text\":");
    private static final byte[] NULL = Utf8.bytes("null");
    private static final byte[] NOTHING = {};

    private final EvtxSink sink;
    private final EvtxPaths paths;
    private final Texts texts = new Texts();
    private final Tokens tokens = new Tokens(texts);
    private final Ints row = new Ints();
    private final Map<Row, Integer> programIds = new HashMap<>();
    private final List<Program> programs = new ArrayList<>();
    private int programCode;
    private final Offsets inChunk = new Offsets();

    private final Values values = new Values();
    private final Utf8 json = new Utf8();
    private final Utf8 plain = new Utf8();
    private final Frame[] frames = new Frame[MAX_NESTING + 1];
    private int jsonLeft;
    // Bytes of values that may still be read in this chunk: zeros at a text's end cost time but make no
    // JSON.
    private int valuesLeft;
    private int stepsLeft;

    // The elements that are open: where in the JSON each one's value begins, its path, and what it has so
    // far.
    private final int[] openAt = new int[MAX_OPEN];
    private final int[] openPath = new int[MAX_OPEN];
    private final byte[] openState = new byte[MAX_OPEN];
    private int open = -1;

    private static final byte EMPTY = 0, SCALAR = 1, OBJECT = 2;

    /// The values of one template instance: their types, and where in the chunk each begins and how long
    /// it is.
    private static final class Frame {
        int count;
        int[] at = new int[64];
        int[] length = new int[64];
        byte[] type = new byte[64];

        void room(int values) {
            if (values > at.length) {
                at = new int[values];
                length = new int[values];
                type = new byte[values];
            }
        }
    }

    /// A token row below a path, compared by content.
    private record Row(int parent, int[] tokens) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Row that && parent == that.parent && Arrays.equals(tokens, that.tokens);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(tokens) * 31 + parent;
        }
    }

    BinXml(EvtxSink sink, EvtxPaths paths) {
        this.sink = sink;
        this.paths = paths;
        Arrays.setAll(frames, i -> new Frame());
    }

    /// Forgets what belonged to the chunk before.
    void newChunk() {
        inChunk.clear();
        tokens.newChunk();
        jsonLeft = MAX_CHUNK_JSON;
        valuesLeft = MAX_CHUNK_JSON;
        stepsLeft = MAX_CHUNK_STEPS;
        if (texts.full() || programs.size() > MAX_PROGRAMS || programCode > MAX_PROGRAM_CODE) {
            texts.clear();
            programIds.clear();
            programs.clear();
            programCode = 0;
        }
    }

    /// Decodes the binary XML in `[from, to)`, gives its fields to the sink and leaves its JSON in {@link
    /// #json}.
    void decode(byte[] chunk, int from, int to) throws DamagedException {
        json.size = 0;
        open = -1;
        json.put('{');
        try {
            fragment(chunk, from, to, EvtxPaths.ROOT, 0);
        } finally {
            jsonLeft -= json.size;
        }
        if (json.size == 1) {
            throw new DamagedException("a record without an element");
        }
        json.at[json.size - 1] = '}';
    }

    Utf8 json() {
        return json;
    }

    private void fragment(byte[] chunk, int from, int to, int parent, int depth) throws DamagedException {
        if (depth > MAX_NESTING) {
            throw new DamagedException("binary XML nested deeper than " + MAX_NESTING);
        }
        int p = from;
        while (p < to) {
            switch (chunk[p] & 0xFF) {
                case 0x00 -> {
                    return;
                }
                case 0x0F -> p += 4;
                case 0x0C -> p = instance(chunk, p, to, parent, depth);
                case 0x01, 0x41 -> {
                    row.clear();
                    p = elements(chunk, p, to, false);
                    int id = program(parent);
                    frames[depth].count = 0;
                    run(programs.get(id), chunk, frames[depth], depth);
                }
                case 0x0A -> p += 5;
                case 0x0B -> p += p + 3 <= to ? 3 + 2 * Bytes.u16(chunk, p + 1) : 3;
                default ->
                    throw new DamagedException("token 0x" + Integer.toHexString(chunk[p] & 0xFF)
                            + " where an element or a template instance begins");
            }
        }
    }

    private int elements(byte[] chunk, int from, int to, boolean inTemplate) throws DamagedException {
        int p = from;
        while (p < to && (chunk[p] & ~0x40) == 0x01) {
            p = tokens.element(chunk, p, to, inTemplate, row);
        }
        steps(row.size);
        return p;
    }

    private int program(int parent) {
        Row key = new Row(parent, row.copy());
        Integer known = programIds.get(key);
        if (known != null) {
            return known;
        }
        Program made = Program.compile(key.tokens, parent, texts, paths);
        int id = programs.size();
        programs.add(made);
        programCode += made.code.length;
        programIds.put(key, id);
        return id;
    }

    /// Layout: token, a byte, template id (4), place of the definition (4), the definition itself where
    /// that place is the one right behind, then the number of values (4), for each its size, type and a
    /// byte, and the values.
    private int instance(byte[] chunk, int at, int to, int parent, int depth) throws DamagedException {
        need(at + 14, to);
        int place = Bytes.i32(chunk, at + 6);
        int p = at + 10;
        if (place < Chunk.HEADER || place > Chunk.SIZE - 24) {
            throw new DamagedException("a template lies outside the chunk");
        }
        int size = Bytes.i32(chunk, place + 20);
        boolean inline = place == p;
        if (size < 0 || size > (inline ? to : Chunk.SIZE) - place - 24) {
            throw new DamagedException("a template runs past its end");
        }
        long key = (long) (parent + 1) << 16 | place;
        int id = inChunk.get(key);
        if (id < 0) {
            id = define(chunk, place + 24, place + 24 + size, parent);
            inChunk.put(key, id);
        }
        if (inline) {
            p = place + 24 + size;
        }
        Frame frame = frames[depth];
        int end = table(chunk, p, to, frame);
        run(programs.get(id), chunk, frame, depth);
        return end;
    }

    private int define(byte[] chunk, int from, int to, int parent) throws DamagedException {
        int p = from;
        if (p < to && chunk[p] == 0x0F) {
            p += 4;
        }
        while (p + 5 <= to && chunk[p] == 0x0A) {
            p += 5;
        }
        row.clear();
        elements(chunk, p, to, true);
        if (row.size == 0) {
            throw new DamagedException("a template without an element");
        }
        return program(parent);
    }

    private static int table(byte[] chunk, int at, int to, Frame frame) throws DamagedException {
        need(at + 4, to);
        int count = Bytes.i32(chunk, at);
        if (count < 0 || count > MAX_VALUES) {
            throw new DamagedException("a template instance with " + (count & 0xFFFFFFFFL) + " values");
        }
        int p = at + 4;
        int value = p + 4 * count;
        need(value, to);
        frame.room(count);
        frame.count = count;
        for (int i = 0; i < count; i++, p += 4) {
            int length = Bytes.u16(chunk, p);
            frame.at[i] = value;
            frame.length[i] = length;
            frame.type[i] = chunk[p + 2];
            value += length;
        }
        if (value > to) {
            throw new DamagedException("the values of a template instance run past the record's end");
        }
        return value;
    }

    private void run(Program program, byte[] chunk, Frame frame, int depth) throws DamagedException {
        int[] code = program.code;
        byte[][] constants = program.constants;
        steps(code.length);
        int bottom = open;
        int pc = 0;
        while (pc < code.length) {
            if (json.size > MAX_RECORD_JSON || json.size > jsonLeft || valuesLeft < 0) {
                throw new DamagedException("a record that grows past " + (MAX_RECORD_JSON >> 10)
                        + " KiB, or its chunk past " + (MAX_CHUNK_JSON >> 10) + " KiB");
            }
            switch (code[pc]) {
                case Program.LEAF -> {
                    leaf(constants[code[pc + 1]], code[pc + 2], code[pc + 3], chunk, frame, depth);
                    pc += 4;
                }
                case Program.CONSTANT -> {
                    json.put(constants[code[pc + 1]]);
                    byte[] text = constants[code[pc + 3]];
                    sink.field(code[pc + 2], text, 0, text.length, EvtxSink.TEXT);
                    pc += 4;
                }
                case Program.OPEN -> {
                    child();
                    json.put(constants[code[pc + 1]]);
                    push(code[pc + 2]);
                    pc += 3;
                }
                case Program.OPEN_NAMED -> {
                    child();
                    int parent = code[pc + 1];
                    pc = compose(code, pc + 2, constants, chunk, frame);
                    json.put('"');
                    json.json(plain.at, 0, plain.size);
                    json.put('"');
                    json.put(':');
                    push(paths.element(
                            parent, new String(plain.at, 0, plain.size, java.nio.charset.StandardCharsets.UTF_8)));
                }
                case Program.ATTRIBUTE -> pc = attribute(code, pc, constants, chunk, frame);
                case Program.ATTRIBUTES_END -> {
                    // The object of attributes is open only where one had a value.
                    if (openState[open] == OBJECT) {
                        json.at[json.size - 1] = '}';
                        json.put(',');
                    }
                    pc++;
                }
                case Program.TEXT -> pc = text(code, pc, constants, chunk, frame, depth);
                case Program.CLOSE -> {
                    close();
                    pc++;
                }
                default -> throw new IllegalStateException("op " + code[pc]);
            }
        }
        if (open != bottom) {
            throw new IllegalStateException("elements left open");
        }
    }

    private void leaf(byte[] key, int path, int index, byte[] chunk, Frame frame, int depth) throws DamagedException {
        child();
        json.put(key);
        int type = index < frame.count ? frame.type[index] & 0xFF : Values.NULL;
        if (type < Values.BINXML) {
            value(type, chunk, frame.at[Math.min(index, frame.at.length - 1)], length(frame, index), path);
            json.put(',');
        } else {
            push(path);
            content(type, chunk, frame.at[index], frame.length[index], TEXT, depth);
            close();
        }
    }

    private static int length(Frame frame, int index) {
        return index < frame.count ? frame.length[index] : 0;
    }

    private int attribute(int[] code, int at, byte[][] constants, byte[] chunk, Frame frame) throws DamagedException {
        byte[] key = constants[code[at + 1]];
        int path = code[at + 2];
        byte[] name = constants[code[at + 3]];
        int parts = code[at + 4];
        int part = code[at + 5];
        boolean single = parts == 1 && part >= 0;
        if (single && (part >= frame.count || Values.isNull(frame.type[part] & 0xFF, frame.length[part]))) {
            return at + 6;
        }
        if (openState[open] == EMPTY) {
            openState[open] = OBJECT;
            json.put('{');
            json.put(ATTRIBUTES);
        }
        if (path < 0) {
            path = paths.attribute(openPath[open], new String(name, java.nio.charset.StandardCharsets.UTF_8));
        }
        json.put(key);
        int next = at + 6;
        if (single) {
            int type = frame.type[part] & 0xFF;
            if ((type & Values.ARRAY) != 0) {
                array(type & ~Values.ARRAY, chunk, frame.at[part], frame.length[part], path);
            } else {
                value(type, chunk, frame.at[part], frame.length[part], path);
            }
        } else {
            next = compose(code, at + 4, constants, chunk, frame);
            composed(path);
        }
        json.put(',');
        return next;
    }

    private int text(int[] code, int at, byte[][] constants, byte[] chunk, Frame frame, int depth)
            throws DamagedException {
        byte[] key = constants[code[at + 1]];
        boolean amongElements = code[at + 2] != 0;
        int parts = code[at + 3];
        int part = parts == 0 ? 0 : code[at + 4];
        if (parts == 1 && part >= 0) {
            int type = part < frame.count ? frame.type[part] & 0xFF : Values.NULL;
            if (type >= Values.BINXML) {
                content(type, chunk, frame.at[part], frame.length[part], key, depth);
            } else if (!Values.isNull(type, length(frame, part))) {
                startText(key, amongElements);
                value(type, chunk, frame.at[part], frame.length[part], openPath[open]);
                json.put(',');
            }
            return at + 5;
        }
        if (hasContent(code, at + 3, frame)) {
            return eachPart(code, at + 3, key, constants, chunk, frame, depth);
        }
        int next = compose(code, at + 3, constants, chunk, frame);
        startText(key, amongElements);
        composed(openPath[open]);
        json.put(',');
        return next;
    }

    private static boolean hasContent(int[] code, int at, Frame frame) {
        for (int i = at + code[at]; i > at; i--) {
            int part = code[i];
            if (part >= 0 && part < frame.count && (frame.type[part] & 0xFF) >= Values.BINXML) {
                return true;
            }
        }
        return false;
    }

    /// Substitutions side by side of which one holds elements: they are not one text, each stands for
    /// itself.
    private int eachPart(int[] code, int at, byte[] key, byte[][] constants, byte[] chunk, Frame frame, int depth)
            throws DamagedException {
        child();
        int last = at + code[at];
        for (int i = at + 1; i <= last; i++) {
            int part = code[i];
            if (part < 0) {
                plain.size = 0;
                plain.put(constants[~part]);
                json.put(key);
                composed(openPath[open]);
                json.put(',');
            } else if (part < frame.count) {
                content(frame.type[part] & 0xFF, chunk, frame.at[part], frame.length[part], key, depth);
            }
        }
        if (json.at[json.size - 1] == '{') {
            json.size--;
            openState[open] = EMPTY;
        }
        return last + 1;
    }

    private void startText(byte[] key, boolean amongElements) {
        if (amongElements) {
            child();
        }
        if (openState[open] == EMPTY) {
            openState[open] = SCALAR;
        } else {
            json.put(key);
        }
    }

    /// A value that is not one scalar: elements, or an array. It is the content of the open element.
    private void content(int type, byte[] chunk, int at, int length, byte[] key, int depth) throws DamagedException {
        if (type == Values.BINXML) {
            int before = json.size;
            byte state = openState[open];
            child();
            int begun = json.size;
            fragment(chunk, at, at + length, openPath[open], depth + 1);
            if (json.size == begun) {
                json.size = before;
                openState[open] = state;
            }
        } else if ((type & Values.ARRAY) != 0) {
            if (length != 0) {
                child();
                json.put(key);
                array(type & ~Values.ARRAY, chunk, at, length, openPath[open]);
                json.put(',');
            }
        } else if (!Values.isNull(type, length)) {
            startText(key, false);
            value(type, chunk, at, length, openPath[open]);
            json.put(',');
        }
    }

    /// Something with a key of its own follows in the open element: its value is an object.
    private void child() {
        if (open >= 0 && openState[open] != OBJECT) {
            openState[open] = OBJECT;
            json.put('{');
        }
    }

    private void push(int path) {
        open++;
        openAt[open] = json.size;
        openPath[open] = path;
        openState[open] = EMPTY;
    }

    private void close() {
        switch (openState[open]) {
            case EMPTY -> {
                json.put(NULL);
                json.put(',');
                sink.field(openPath[open], NOTHING, 0, 0, EvtxSink.NULL);
            }
            case OBJECT -> {
                // Every member ended with a comma; the last one's makes room for the brace.
                json.at[json.size - 1] = '}';
                json.put(',');
            }
            default -> {}
        }
        open--;
    }

    private void value(int type, byte[] chunk, int at, int length, int path) {
        valuesLeft -= length;
        if (Values.isNull(type, length)) {
            json.put(NULL);
            sink.field(path, NOTHING, 0, 0, EvtxSink.NULL);
            return;
        }
        if (!Values.isText(type, length)) {
            int from = json.size;
            byte kind = values.write(type, chunk, at, length, json);
            sink.field(path, json.at, from, json.size, kind);
            return;
        }
        json.put('"');
        int from = json.size;
        byte kind = values.write(type, chunk, at, length, json);
        if (kind != EvtxSink.TEXT) {
            System.arraycopy(json.at, from, json.at, from - 1, json.size - from);
            json.size--;
            sink.field(path, json.at, from - 1, json.size, kind);
            return;
        }
        if (json.escapes) {
            // The field is the text as it is; JSON gets it once more, escaped.
            plain.size = 0;
            plain.put(json.at, from, json.size);
            json.size = from;
            json.json(plain.at, 0, plain.size);
            sink.field(path, plain.at, 0, plain.size, EvtxSink.TEXT);
        } else {
            sink.field(path, json.at, from, json.size, EvtxSink.TEXT);
        }
        json.put('"');
    }

    /// The elements of an array, each a field of the same path; in JSON an array, or the value alone
    /// where it is one.
    private void array(int type, byte[] chunk, int at, int length, int path) throws DamagedException {
        int start = json.size;
        json.put('[');
        int end = at + length;
        int width = Values.width(type);
        int count = 0;
        int p = at;
        while (p < end) {
            int to;
            int next;
            switch (type) {
                case Values.STRING -> {
                    to = p;
                    while (to + 1 < end && Bytes.u16(chunk, to) != 0) {
                        to += 2;
                    }
                    to = Math.min(to, end);
                    next = to + 2;
                }
                case Values.ANSI -> {
                    to = p;
                    while (to < end && chunk[to] != 0) {
                        to++;
                    }
                    next = to + 1;
                }
                case Values.SID -> {
                    to = p + 8 <= end ? Math.min(end, p + Values.sidLength(chunk, p)) : end;
                    next = to;
                }
                default -> {
                    to = width == 0 ? end : Math.min(end, p + width);
                    next = to;
                }
            }
            value(type, chunk, p, to - p, path);
            json.put(',');
            count++;
            p = next;
            if (json.size > MAX_RECORD_JSON) {
                throw new DamagedException("an array that grows past " + (MAX_RECORD_JSON >> 10) + " KiB");
            }
        }
        if (count == 1) {
            System.arraycopy(json.at, start + 1, json.at, start, json.size - start - 2);
            json.size -= 2;
        } else {
            json.size--;
            json.put(']');
        }
    }

    /// Joins the parts at `at` in {@link #plain}; gives the place behind them.
    private int compose(int[] code, int at, byte[][] constants, byte[] chunk, Frame frame) {
        plain.size = 0;
        int parts = code[at];
        for (int i = 1; i <= parts; i++) {
            int part = code[at + i];
            if (part < 0) {
                plain.put(constants[~part]);
            } else if (part < frame.count && !Values.isNull(frame.type[part] & 0xFF, frame.length[part])) {
                valuesLeft -= frame.length[part];
                values.write(frame.type[part] & 0xFF, chunk, frame.at[part], frame.length[part], plain);
            }
        }
        return at + 1 + parts;
    }

    private void composed(int path) {
        json.put('"');
        json.json(plain.at, 0, plain.size);
        json.put('"');
        sink.field(path, plain.at, 0, plain.size, EvtxSink.TEXT);
    }

    private void steps(int more) throws DamagedException {
        stepsLeft -= more;
        if (stepsLeft < 0) {
            throw new DamagedException("a chunk that takes more than " + MAX_CHUNK_STEPS + " steps");
        }
    }

    private static void need(int end, int to) throws DamagedException {
        if (end > to) {
            throw new DamagedException("binary XML runs past its end");
        }
    }
}
