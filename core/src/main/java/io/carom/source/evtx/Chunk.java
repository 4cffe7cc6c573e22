package io.carom.source.evtx;

import java.util.zip.CRC32;

/// One chunk of an event log: a header of 512 bytes and records one behind the other, all that they refer
/// to inside it.
///
/// How far records reach is the header's word as long as its checksums hold: behind that place lie
/// remains of older records. Where a checksum fails, or the log was not closed, the header may be older
/// than the records: they are then followed past it as long as each has the next number.
final class Chunk {
    static final int SIZE = 1 << 16;
    static final int HEADER = 512;
    private static final int RECORD_HEADER = 24;
    /// Header, the shortest binary XML (a fragment's header and its end do not make a record) and the
    /// size again.
    private static final int MIN_RECORD = RECORD_HEADER + 4;

    private static final long MAGIC = 0x006B6E6843666C45L; // "ElfChnk\0"
    private static final int RECORD_MAGIC = 0x00002A2A;

    private final EvtxSink sink;
    private final BinXml xml;
    private final CRC32 crc = new CRC32();
    private long records;

    // What check() found.
    private boolean freeFits;
    private boolean headerHolds;
    private boolean recordsHold;

    Chunk(EvtxSink sink, EvtxPaths paths) {
        this.sink = sink;
        this.xml = new BinXml(sink, paths);
    }

    void newFile() {
        records = 0;
    }

    /// Whether a chunk's header begins here. The eight letters alone may stand in an event's text; the
    /// sizes tell.
    static boolean beginsAt(byte[] bytes, int at, int end) {
        if (at + 56 > end || Bytes.i64(bytes, at) != MAGIC) {
            return false;
        }
        int free = Bytes.i32(bytes, at + 48);
        return Bytes.i32(bytes, at + 40) == 128 || free >= HEADER && free <= SIZE;
    }

    /// Proves the checksums of the chunk that begins here; gives how many of its bytes are certainly its
    /// own.
    int check(byte[] bytes, int at, int available) {
        int free = Bytes.i32(bytes, at + 48);
        freeFits = free >= HEADER && free <= SIZE;
        headerHolds = available >= HEADER && headerSum(bytes, at) == Bytes.i32(bytes, at + 124);
        recordsHold = freeFits && free <= available && sum(bytes, at + HEADER, at + free) == Bytes.i32(bytes, at + 52);
        return recordsHold ? free : HEADER;
    }

    /// Reads the records of the chunk that was just checked.
    ///
    /// @param bytes at least {@link #SIZE} long, zero behind `available`
    /// @param available how much of the chunk is there
    /// @param offset where it begins in the input
    /// @param closed whether the file says that it was closed properly
    void read(byte[] bytes, int available, long offset, boolean closed) {
        xml.newChunk();
        int free = Bytes.i32(bytes, 48);
        if (available < SIZE) {
            sink.damage(offset, available, "a chunk cut off after " + available + " bytes");
        }
        if (!headerHolds && available >= HEADER) {
            sink.damage(offset, HEADER, "a chunk's header fails its checksum");
        }
        if (headerHolds && freeFits && free <= available && !recordsHold) {
            sink.damage(offset + HEADER, free - HEADER, "a chunk's records fail their checksum");
        }
        boolean exact = headerHolds && recordsHold;
        long before = records;
        Walk walk = new Walk(bytes, offset, exact ? free : available);
        walk.to(freeFits ? Math.min(free, available) : available, freeFits);
        if (freeFits && !(exact && closed)) {
            walk.follow(available);
        }
        long counted = Bytes.i64(bytes, 16) - Bytes.i64(bytes, 8) + 1;
        if (exact && closed && counted != records - before) {
            sink.damage(
                    offset,
                    HEADER,
                    "a chunk's header counts " + counted + " records, found were " + (records - before));
        }
    }

    /// Looks for records in bytes that lack a chunk's header; gives whether any were found.
    boolean readHeaderless(byte[] bytes, int available, long offset) {
        xml.newChunk();
        int first = nextRecord(bytes, 0, available, available);
        if (first < 0) {
            return false;
        }
        Walk walk = new Walk(bytes, offset, available);
        walk.p = first;
        walk.to(available, false);
        return true;
    }

    private int headerSum(byte[] bytes, int at) {
        crc.reset();
        crc.update(bytes, at, 120);
        crc.update(bytes, at + 128, HEADER - 128);
        return (int) crc.getValue();
    }

    private int sum(byte[] bytes, int from, int to) {
        crc.reset();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    /// The way through the records of one chunk.
    private final class Walk {
        private final byte[] bytes;
        private final long offset;
        private int limit;
        private int p = HEADER;
        private long lastId;
        private boolean any;

        /// @param limit where at the latest a record ends
        Walk(byte[] bytes, long offset, int limit) {
            this.bytes = bytes;
            this.offset = offset;
            this.limit = limit;
        }

        /// Reads the records that begin before `end`, and goes on behind broken ones.
        ///
        /// @param known whether records are known to reach to `end`; otherwise what lies behind the last
        /// one
        ///     is counted as a broken record only if it begins like one
        void to(int end, boolean known) {
            while (p < end) {
                int size = sizeAt(bytes, p, limit);
                if (size > 0) {
                    record(p, size);
                    p += size;
                    continue;
                }
                int next = nextRecord(bytes, p + 1, end, limit);
                int stop = next < 0 ? end : next;
                boolean broken = known || next >= 0 || p + 4 <= end && Bytes.i32(bytes, p) == RECORD_MAGIC;
                if (broken && !blank(bytes, p, stop)) {
                    records++;
                    sink.reject(
                            records,
                            offset + p,
                            "no record where one should begin; the next begins "
                                    + (next < 0 ? "not in this chunk" : (stop - p) + " bytes on"),
                            bytes,
                            p,
                            stop);
                }
                p = stop;
            }
        }

        /// Reads on as long as a record stands right here and has the next number.
        void follow(int end) {
            limit = end;
            int size;
            while (any && (size = sizeAt(bytes, p, limit)) > 0 && Bytes.i64(bytes, p + 8) == lastId + 1) {
                record(p, size);
                p += size;
            }
        }

        private void record(int at, int size) {
            records++;
            lastId = Bytes.i64(bytes, at + 8);
            any = true;
            sink.startRecord(records, offset + at, size, lastId, Bytes.i64(bytes, at + 16));
            try {
                xml.decode(bytes, at + RECORD_HEADER, at + size - 4);
            } catch (DamagedException damaged) {
                sink.reject(records, offset + at, String.valueOf(damaged.getMessage()), bytes, at, at + size);
                return;
            }
            Utf8 json = xml.json();
            sink.endRecord(json.at, 0, json.size);
        }
    }

    /// The size of the record that begins here, or 0 if none does. The size stands at both ends of a
    /// record; where the second one disagrees it still is a record if the next one follows.
    private static int sizeAt(byte[] bytes, int at, int end) {
        if (at + MIN_RECORD > end || Bytes.i32(bytes, at) != RECORD_MAGIC) {
            return 0;
        }
        int size = Bytes.i32(bytes, at + 4);
        if (size < MIN_RECORD || size > end - at) {
            return 0;
        }
        boolean agrees = Bytes.i32(bytes, at + size - 4) == size
                || at + size == end
                || at + size + 4 <= end && Bytes.i32(bytes, at + size) == RECORD_MAGIC;
        return agrees ? size : 0;
    }

    private static int nextRecord(byte[] bytes, int from, int end, int limit) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == 0x2A && sizeAt(bytes, i, limit) > 0) {
                return i;
            }
        }
        return -1;
    }

    static boolean blank(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            if (Bytes.i64(bytes, i) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
