package io.carom.source.evtx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/// Writes event logs for tests, sound ones and, token by token, ones that no Windows would write.
///
/// Templates are stored where they are first used and referred to afterwards, names likewise, as Windows
/// does it.
final class EvtxWriter {
    static final int FILE_HEADER = 4096;

    private final List<byte[]> chunks = new ArrayList<>();
    private ByteBuffer chunk = newChunk();
    private final Map<String, Integer> names = new HashMap<>();
    private final Map<Object, Integer> templates = new HashMap<>();
    private long nextId = 1;
    private long firstId = 1;
    private int lastRecord = 512;
    private int flags;

    private static ByteBuffer newChunk() {
        return ByteBuffer.allocate(65536).order(ByteOrder.LITTLE_ENDIAN).position(512);
    }

    /// A value of a template instance: its type and what writes its bytes.
    record Value(int type, Consumer<EvtxWriter> bytes) {
        void writeTo(EvtxWriter writer) {
            bytes.accept(writer);
        }
    }

    static Value value(int type, int... bytes) {
        return new Value(type, w -> {
            for (int b : bytes) {
                w.u8(b);
            }
        });
    }

    static Value none() {
        return value(Values.NULL);
    }

    static Value string(String text) {
        return new Value(Values.STRING, w -> w.chunk.put(text.getBytes(StandardCharsets.UTF_16LE)));
    }

    static Value number(int type, int width, long number) {
        return new Value(type, w -> {
            for (int i = 0; i < width; i++) {
                w.u8((int) (number >>> 8 * i));
            }
        });
    }

    static Value xml(Consumer<EvtxWriter> fragment) {
        return new Value(Values.BINXML, fragment);
    }

    // ---- tokens
    // --------------------------------------------------------------------------------------------------

    EvtxWriter u8(int value) {
        chunk.put((byte) value);
        return this;
    }

    EvtxWriter u16(int value) {
        chunk.putShort((short) value);
        return this;
    }

    EvtxWriter u32(long value) {
        chunk.putInt((int) value);
        return this;
    }

    int at() {
        return chunk.position();
    }

    EvtxWriter fragment() {
        return u8(0x0F).u8(1).u8(1).u8(0);
    }

    EvtxWriter name(String name) {
        Integer known = names.get(name);
        if (known != null) {
            return u32(known);
        }
        int place = at() + 4;
        names.put(name, place);
        int hash = 0;
        for (char c : name.toCharArray()) {
            hash = hash * 65599 + c;
        }
        u32(place).u32(0).u16(hash).u16(name.length());
        chunk.put(name.getBytes(StandardCharsets.UTF_16LE));
        return u16(0);
    }

    /// An element in a definition: with dependency id.
    EvtxWriter open(String name, boolean attributes) {
        u8(attributes ? 0x41 : 0x01).u16(0xFFFF).u32(0).name(name);
        return attributes ? u32(0) : this;
    }

    /// An element outside definitions: without.
    EvtxWriter openPlain(String name, boolean attributes) {
        u8(attributes ? 0x41 : 0x01).u32(0).name(name);
        return attributes ? u32(0) : this;
    }

    EvtxWriter attribute(String name) {
        return u8(0x06).name(name);
    }

    EvtxWriter content() {
        return u8(0x02);
    }

    EvtxWriter empty() {
        return u8(0x03);
    }

    EvtxWriter close() {
        return u8(0x04);
    }

    EvtxWriter eof() {
        return u8(0x00);
    }

    EvtxWriter text(String text) {
        u8(0x05).u8(0x01).u16(text.length());
        chunk.put(text.getBytes(StandardCharsets.UTF_16LE));
        return this;
    }

    EvtxWriter cdata(String text) {
        u8(0x07).u16(text.length());
        chunk.put(text.getBytes(StandardCharsets.UTF_16LE));
        return this;
    }

    EvtxWriter substitution(int index) {
        return u8(0x0D).u16(index).u8(0x01);
    }

    EvtxWriter optional(int index) {
        return u8(0x0E).u16(index).u8(0x01);
    }

    EvtxWriter leaf(String name, int index) {
        return open(name, false).content().optional(index).close();
    }

    EvtxWriter data(String name, int index) {
        return open("Data", true)
                .attribute("Name")
                .text(name)
                .content()
                .optional(index)
                .close();
    }

    /// A template instance. The definition is stored at the first use of this key in the chunk.
    EvtxWriter template(Object key, Consumer<EvtxWriter> definition, Value... values) {
        instance(key, definition).u32(values.length);
        int table = at();
        for (Value value : values) {
            u16(0).u8(value.type).u8(0);
        }
        for (int i = 0; i < values.length; i++) {
            int from = at();
            values[i].writeTo(this);
            chunk.putShort(table + 4 * i, (short) (at() - from));
        }
        return this;
    }

    /// A template instance without its table of values.
    EvtxWriter instance(Object key, Consumer<EvtxWriter> definition) {
        u8(0x0C).u8(1).u32(key.hashCode());
        Integer known = templates.get(key);
        if (known != null) {
            u32(known);
        } else {
            int place = at() + 4;
            templates.put(key, place);
            u32(place).u32(0).u32(1).u32(2).u32(3).u32(4);
            int size = at();
            u32(0).fragment();
            definition.accept(this);
            eof();
            chunk.putInt(size, at() - size - 4);
        }
        return this;
    }

    // ---- records, chunks, file
    // -----------------------------------------------------------------------------------

    EvtxWriter record(Consumer<EvtxWriter> xml) {
        return record(nextId, 132_000_000_000_000_000L + nextId, xml);
    }

    EvtxWriter record(long id, long written, Consumer<EvtxWriter> xml) {
        int from = at();
        lastRecord = from;
        u32(0x2A2A).u32(0);
        chunk.putLong(id).putLong(written);
        fragment();
        xml.accept(this);
        eof();
        while ((at() + 4) % 8 != 0) {
            u8(0);
        }
        int size = at() + 4 - from;
        u32(size);
        chunk.putInt(from + 4, size);
        nextId = id + 1;
        return this;
    }

    /// Ends the chunk with sound checksums; records to come go into the next.
    EvtxWriter endChunk() {
        chunks.add(seal(chunk, firstId, nextId - 1, lastRecord, at()));
        chunk = newChunk();
        names.clear();
        templates.clear();
        firstId = nextId;
        return this;
    }

    static byte[] seal(ByteBuffer chunk, long first, long last, int lastRecord, int free) {
        byte[] bytes = chunk.array();
        ByteBuffer to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        to.put(0, "ElfChnk\0".getBytes(StandardCharsets.US_ASCII));
        to.putLong(8, first).putLong(16, last).putLong(24, first).putLong(32, last);
        to.putInt(40, 128).putInt(44, lastRecord).putInt(48, free);
        CRC32 crc = new CRC32();
        crc.update(bytes, 512, free - 512);
        to.putInt(52, (int) crc.getValue());
        crc.reset();
        crc.update(bytes, 0, 120);
        crc.update(bytes, 128, 384);
        to.putInt(124, (int) crc.getValue());
        return bytes;
    }

    /// Marks the file as one that was not closed.
    EvtxWriter dirty() {
        flags = 1;
        return this;
    }

    byte[] file() {
        if (at() > 512) {
            endChunk();
        }
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put(0, "ElfFile\0".getBytes(StandardCharsets.US_ASCII));
        header.putLong(16, chunks.size() - 1).putLong(24, nextId);
        header.putInt(32, 128).putShort(36, (short) 1).putShort(38, (short) 3);
        header.putShort(40, (short) FILE_HEADER)
                .putShort(42, (short) chunks.size())
                .putInt(120, flags);
        CRC32 crc = new CRC32();
        crc.update(header.array(), 0, 120);
        header.putInt(124, (int) crc.getValue());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header.array());
        chunks.forEach(out::writeBytes);
        return out.toByteArray();
    }

    // ---- events as Windows writes them
    // ---------------------------------------------------------------------------

    /// An event of invented hosts with these named data, by a template of its own for each event id.
    EvtxWriter event(int eventId, String channel, Map<String, Value> data) {
        List<String> fields = new ArrayList<>(data.keySet());
        List<Value> values = new ArrayList<>(data.values());
        return record(w -> w.template(
                "system",
                d -> {
                    d.open("Event", true)
                            .attribute("xmlns")
                            .text("http://schemas.example/event")
                            .content();
                    d.open("System", false).content();
                    d.open("Provider", true).attribute("Name").optional(0).empty();
                    d.leaf("EventID", 1);
                    d.open("TimeCreated", true)
                            .attribute("SystemTime")
                            .optional(2)
                            .empty();
                    d.open("Correlation", true)
                            .attribute("ActivityID")
                            .optional(3)
                            .empty();
                    d.leaf("Channel", 4).leaf("Computer", 5).close();
                    d.optional(6).close();
                },
                string("Microsoft-Windows-Security-Auditing"),
                number(Values.UINT16, 2, eventId),
                number(Values.FILETIME, 8, 132_000_000_000_000_000L),
                none(),
                string(channel),
                string("ws1.corp.example"),
                xml(x -> x.fragment()
                        .template(
                                eventId,
                                d -> {
                                    d.open("EventData", false).content();
                                    for (int i = 0; i < fields.size(); i++) {
                                        d.data(fields.get(i), i);
                                    }
                                    d.close();
                                },
                                values.toArray(Value[]::new))
                        .eof())));
    }
}
