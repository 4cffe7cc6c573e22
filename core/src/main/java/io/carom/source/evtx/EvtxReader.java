package io.carom.source.evtx;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;

/// Reads a Windows event log (EVTX) record by record in constant memory, from a stream or block by block.
///
/// The file is a header of 4,096 bytes and chunks of 64 KiB. Neither the header nor the place of a
/// chunk is trusted: where no chunk begins at the expected place, one is looked for by its magic, and
/// bytes without any are searched for records. So a file without its head, with lost or inserted bytes,
/// cut off, or copied while it was written is read as far as it goes; what could not be read goes to
/// {@link EvtxSink#reject} and {@link EvtxSink#damage}. Only the stream itself may fail.
///
/// One thread at a time; used again for the next file it keeps its compiled templates. Memory: a few
/// chunks, and caches that input cannot grow past some tens of MiB.
public final class EvtxReader {
    /// A block with this many bytes, or all that is left, is enough to go on.
    public static final int BLOCK = Chunk.SIZE;

    private static final long MAGIC = 0x00656C6946666C45L; // "ElfFile\0"
    private static final int FILE_HEADER = 4096;
    private static final int DIRTY = 1;

    private final EvtxSink sink;
    private final Chunk chunk;
    // The chunk at hand, zero behind what there is of it: all offsets in it are counted from its first
    // byte.
    private final byte[] window = new byte[Chunk.SIZE];
    private long offset;
    private boolean headerPassed;
    private boolean closed;

    private long barrenFrom;
    private long barren;

    /// @param paths where the names of fields are interned; the sink looks them up there
    public EvtxReader(EvtxSink sink, EvtxPaths paths) {
        this.sink = sink;
        this.chunk = new Chunk(sink, paths);
    }

    /// Whether these first bytes of an input begin an event log: by the magic of the file, or by that
    /// of a chunk where the first one stands when the header is lost or overwritten.
    public static boolean recognises(byte[] head, int from, int to) {
        return to - from >= 8 && Bytes.i64(head, from) == MAGIC
                || Chunk.beginsAt(head, from, to)
                || Chunk.beginsAt(head, from + FILE_HEADER, to);
    }

    /// Forgets the file before.
    public void start() {
        chunk.newFile();
        offset = 0;
        barren = 0;
        headerPassed = false;
        closed = false;
    }

    /// Reads the stream to its end as one file and leaves it open.
    ///
    /// @throws IOException if the stream fails; what was read before has been given to the sink
    public void read(InputStream in) throws IOException {
        start();
        byte[] block = new byte[2 * BLOCK];
        int filled = 0;
        boolean end = false;
        while (!end) {
            int more = in.read(block, filled, block.length - filled);
            end = more < 0;
            filled += Math.max(more, 0);
            int used = read(block, 0, filled, end);
            System.arraycopy(block, used, block, 0, filled - used);
            filled -= used;
        }
    }

    /// Reads what is whole in the next bytes of the file: its header, chunks. The bytes are not changed.
    ///
    /// @param end whether nothing follows
    /// @return where the first byte stands that must come again with what follows; `to` if `end`
    public int read(byte[] bytes, int from, int to, boolean end) {
        int p = from;
        while (to - p >= BLOCK || end && p < to) {
            int used =
                    headerPassed ? next(bytes, p, Math.min(BLOCK, to - p)) : header(bytes, p, Math.min(BLOCK, to - p));
            p += used;
            offset += used;
        }
        if (end) {
            endBarren();
        }
        return p;
    }

    /// Passes the file's header; gives how long it is. Where there is none, its usual length is passed,
    /// unless a chunk begins before.
    private int header(byte[] bytes, int from, int length) {
        headerPassed = true;
        boolean whole = length >= 8 && Bytes.i64(bytes, from) == MAGIC;
        if (!whole && Chunk.beginsAt(bytes, from, from + length)) {
            sink.damage(0, 0, "no file header: a chunk begins with the first byte");
            return 0;
        }
        int begins =
                Chunk.beginsAt(bytes, from + FILE_HEADER, from + length) ? FILE_HEADER : search(bytes, from, 1, length);
        int used = begins > 0 && begins < FILE_HEADER ? begins : Math.min(length, FILE_HEADER);
        if (!whole) {
            sink.damage(0, used, "no file header");
        } else if (length < FILE_HEADER) {
            sink.damage(0, length, "a file header cut off after " + length + " bytes");
        } else {
            CRC32 crc = new CRC32();
            crc.update(bytes, from, 120);
            boolean holds = (int) crc.getValue() == Bytes.i32(bytes, from + 124);
            if (!holds) {
                sink.damage(0, FILE_HEADER, "the file header fails its checksum");
            }
            closed = holds && (Bytes.i32(bytes, from + 120) & DIRTY) == 0;
        }
        return used;
    }

    /// Reads the chunk here, or what stands before the next one; gives how many bytes that were.
    private int next(byte[] bytes, int from, int length) {
        boolean begins = Chunk.beginsAt(bytes, from, from + length);
        if (!begins && Chunk.blank(bytes, from, from + length)) {
            // Space that Windows sets aside for chunks to come.
            return length;
        }
        // Where bytes were lost, the next chunk begins before this one should end: but not within records
        // that
        // agree with their checksum.
        int sure = begins ? chunk.check(bytes, from, length) : 1;
        int search = search(bytes, from, sure, length);
        int used = search < 0 ? length : search;
        System.arraycopy(bytes, from, window, 0, used);
        Arrays.fill(window, used, Chunk.SIZE, (byte) 0);
        if (begins) {
            endBarren();
            chunk.read(window, used, offset, closed);
        } else {
            if (barren == 0) {
                barrenFrom = offset;
            }
            barren += used;
            if (chunk.readHeaderless(window, used, offset)) {
                endBarren();
            }
        }
        return used;
    }

    /// Where a chunk begins at or behind `start`, counted from `from`; -1 if nowhere.
    private static int search(byte[] bytes, int from, int start, int length) {
        int end = from + length;
        int i = from + start;
        while (i < end) {
            if (i + 8 <= end) {
                // Eight bytes at a time: a byte's high bit stays set where the byte is an 'E'.
                long unlike = Bytes.i64(bytes, i) ^ 0x4545454545454545L;
                if ((unlike - 0x0101010101010101L & ~unlike & 0x8080808080808080L) == 0) {
                    i += 8;
                    continue;
                }
            }
            for (int stop = Math.min(i + 8, end); i < stop; i++) {
                if (bytes[i] == 'E' && Chunk.beginsAt(bytes, i, end)) {
                    return i - from;
                }
            }
        }
        return -1;
    }

    /// Stretches without a chunk that lie side by side are one damage.
    private void endBarren() {
        if (barren > 0) {
            sink.damage(barrenFrom, barren, "no chunk begins here; records in it are read where they can be");
            barren = 0;
        }
    }
}
