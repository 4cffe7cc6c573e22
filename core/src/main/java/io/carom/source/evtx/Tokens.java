package io.carom.source.evtx;

/// Reads the token stream of one element of binary XML out of a chunk and writes it down as a row of
/// ints in which names and literals are ids of {@link Texts}.
///
/// What it writes no longer depends on where in which chunk the element stood: two definitions of the
/// same template in two chunks give equal rows, and a row is known to be well formed: every element
/// closed, nesting at most {@link
/// #MAX_DEPTH}. Section 2.2.12 of MS-EVEN6; the places of names inside the chunk are described by libevtx.
final class Tokens {
    /// An element begins: the id of its name follows.
    static final int OPEN = 1;
    /// An attribute of the element just begun: the id of its name follows; its value is the texts and
    /// substitutions after.
    static final int ATTRIBUTE = 2;
    /// Literal text: its id follows.
    static final int TEXT = 3;
    /// A value of the template instance: its index follows.
    static final int SUBSTITUTION = 4;
    /// The element's start tag is complete.
    static final int CONTENT = 5;
    /// The element is complete.
    static final int CLOSE = 6;

    static final int MAX_DEPTH = 64;
    private static final int MAX_NAME = 1024;
    private static final int MORE = 0x40;
    private static final int NAME_HEADER = 8;

    private final Texts texts;
    private final Offsets names = new Offsets();
    private final StringBuilder entity = new StringBuilder(1);

    Tokens(Texts texts) {
        this.texts = texts;
    }

    /// Forgets the names of the chunk before.
    void newChunk() {
        names.clear();
    }

    /// Appends the element that begins at `at` to `out`; gives the place behind it.
    ///
    /// @param inTemplate whether it stands in a template's definition: there its start carries a
    /// dependency id
    /// @throws DamagedException if it is not complete and well formed before `limit`
    int element(byte[] chunk, int at, int limit, boolean inTemplate, Ints out) throws DamagedException {
        int depth = 0;
        boolean startTag = false;
        int p = at;
        while (true) {
            need(p + 1, limit);
            int token = chunk[p] & ~MORE;
            switch (token) {
                case 0x01 -> {
                    if (startTag) {
                        throw new DamagedException("an element begins inside a start tag");
                    }
                    if (++depth > MAX_DEPTH) {
                        throw new DamagedException("elements nested deeper than " + MAX_DEPTH);
                    }
                    boolean attributes = (chunk[p] & MORE) != 0;
                    p += inTemplate || hasDependency(chunk, p, limit) ? 7 : 5;
                    need(p + 4, limit);
                    out.add(OPEN);
                    p = name(chunk, p, limit, out);
                    if (attributes) {
                        need(p + 4, limit);
                        p += 4;
                    }
                    startTag = true;
                }
                case 0x06 -> {
                    if (!startTag) {
                        throw new DamagedException("an attribute outside a start tag");
                    }
                    need(p + 5, limit);
                    out.add(ATTRIBUTE);
                    p = name(chunk, p + 1, limit, out);
                }
                case 0x02 -> {
                    if (!startTag) {
                        throw new DamagedException("a start tag ends that never began");
                    }
                    startTag = false;
                    out.add(CONTENT);
                    p++;
                }
                case 0x03, 0x04 -> {
                    if (startTag != (token == 0x03)) {
                        throw new DamagedException("an element ends where it cannot");
                    }
                    if (startTag) {
                        out.add(CONTENT);
                        startTag = false;
                    }
                    out.add(CLOSE);
                    p++;
                    if (--depth == 0) {
                        return p;
                    }
                }
                case 0x05 -> {
                    need(p + 4, limit);
                    if (chunk[p + 1] != Values.STRING) {
                        throw new DamagedException("a literal of a type other than string");
                    }
                    p = literal(chunk, p + 2, limit, out);
                }
                case 0x07 -> p = literal(chunk, p + 1, limit, out);
                case 0x08 -> {
                    need(p + 3, limit);
                    out.add(TEXT);
                    entity.setLength(0);
                    out.add(texts.of(
                            entity.append((char) Bytes.u16(chunk, p + 1)).toString()));
                    p += 3;
                }
                case 0x09 -> p = entity(chunk, p, limit, out);
                case 0x0a -> {
                    // Processing instructions say nothing about the event.
                    need(p + 5, limit);
                    int kept = out.size;
                    p = name(chunk, p + 1, limit, out);
                    out.size = kept;
                }
                case 0x0b -> {
                    int kept = out.size;
                    p = literal(chunk, p + 1, limit, out);
                    out.size = kept;
                }
                case 0x0d, 0x0e -> {
                    need(p + 4, limit);
                    out.add(SUBSTITUTION);
                    out.add(Bytes.u16(chunk, p + 1));
                    p += 4;
                }
                default ->
                    throw new DamagedException(
                            "token 0x" + Integer.toHexString(chunk[p] & 0xFF) + " where binary XML has none");
            }
        }
    }

    private int literal(byte[] chunk, int p, int limit, Ints out) throws DamagedException {
        need(p + 2, limit);
        int end = p + 2 + 2 * Bytes.u16(chunk, p);
        need(end, limit);
        out.add(TEXT);
        out.add(texts.of(chunk, p + 2, end));
        return end;
    }

    private int entity(byte[] chunk, int p, int limit, Ints out) throws DamagedException {
        need(p + 5, limit);
        int kept = out.size;
        int end = name(chunk, p + 1, limit, out);
        String name = texts.text(out.at[kept]);
        out.size = kept;
        out.add(TEXT);
        out.add(texts.of(
                switch (name) {
                    case "amp" -> "&";
                    case "lt" -> "<";
                    case "gt" -> ">";
                    case "quot" -> "\"";
                    case "apos" -> "'";
                    default -> '&' + name + ';';
                }));
        return end;
    }

    /// Appends the id of the name whose place in the chunk stands at `p`. Where that place is the one
    /// right behind, the name itself is stored there and is passed over.
    private int name(byte[] chunk, int p, int limit, Ints out) throws DamagedException {
        int place = Bytes.i32(chunk, p);
        int id = place < 0 ? -1 : names.get(place);
        if (id < 0) {
            int end = nameEnd(chunk, place);
            if (end < 0) {
                throw new DamagedException("a name lies outside the chunk");
            }
            id = texts.of(chunk, place + NAME_HEADER, end);
            names.put(place, id);
        }
        out.add(id);
        if (place != p + 4) {
            return p + 4;
        }
        int behind = nameEnd(chunk, place) + 2;
        need(behind, limit);
        return behind;
    }

    /// Where the characters of the name at this place end, or -1 if there can be none.
    private static int nameEnd(byte[] chunk, int place) {
        if (place < 0 || place > Chunk.SIZE - NAME_HEADER) {
            return -1;
        }
        int characters = Bytes.u16(chunk, place + 6);
        int end = place + NAME_HEADER + 2 * characters;
        return characters == 0 || characters > MAX_NAME || end + 2 > Chunk.SIZE ? -1 : end;
    }

    /// Outside definitions an element's start has no dependency id by the specification, but writers
    /// differ. The 16-bit hash stored with each name tells: without the id, the name's place stands two
    /// bytes earlier.
    private static boolean hasDependency(byte[] chunk, int p, int limit) {
        return !(p + 9 <= limit && nameAgrees(chunk, Bytes.i32(chunk, p + 5)))
                && p + 11 <= limit
                && nameAgrees(chunk, Bytes.i32(chunk, p + 7));
    }

    private static boolean nameAgrees(byte[] chunk, int place) {
        int end = nameEnd(chunk, place);
        if (end < 0) {
            return false;
        }
        int hash = 0;
        for (int i = place + NAME_HEADER; i < end; i += 2) {
            hash = hash * 65599 + Bytes.u16(chunk, i);
        }
        return (hash & 0xFFFF) == Bytes.u16(chunk, place + 4);
    }

    private static void need(int end, int limit) throws DamagedException {
        if (end > limit) {
            throw new DamagedException("binary XML runs past its end");
        }
    }
}
