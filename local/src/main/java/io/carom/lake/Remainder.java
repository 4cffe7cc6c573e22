package io.carom.lake;

import com.github.luben.zstd.Zstd;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.parse.Lines;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/// The bytes of an input that none of its kept native records covers: line ends, headers, rejects, and
/// all of it where the native record is not what stood there (EVTX, text that was not UTF-8).
///
/// With the native records they give the input back byte for byte; see {@link Rereading}. One piece a
/// block, each compressed (Zstandard) on its own; a file is one piece after another:
///
///     int32   bytes that follow
///     utf     id of the input (as DataOutput writes it)
///     int64   where in the decompressed input the piece begins, int64 where it ends
///     int64   how many bytes at its end are kept nowhere (of a record over the size limit)
///     int32   size of what follows, decompressed
///     zstd    count of covered records; for each the bytes before it and the difference of its number
///             from that of the one before (LEB128); then the bytes themselves
final class Remainder {
    static final String TABLE = "remainder";
    static final String ENDING = ".remainder";

    private static final int LEVEL = 3;

    private final ByteArrayOutputStream places = new ByteArrayOutputStream();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// A piece's head and where its content lies.
    ///
    /// @param at where its compressed bytes begin in the file
    record Piece(Path file, String input, long from, long to, long missing, int size, long at, int packed) {}

    /// Writes what the batch's records leave of the input's bytes from `after` on.
    ///
    /// @param kept records up to this number were kept before and cover nothing here
    /// @param to where the batch ends in the input
    void write(OutputStream out, String input, EventBatch batch, long kept, long after, long to) throws IOException {
        places.reset();
        bytes.reset();
        byte[] arena = batch.arena();
        long from = Math.max(after, batch.blockOffset());
        int cursor = (int) Math.min(from - batch.blockOffset(), batch.blockBytes());
        long last = 0;
        int covered = 0;
        for (int row = 0; row < batch.rows(); row++) {
            long slice = batch.nativeText(row);
            int at = Column.from(slice);
            int end = at + Column.length(slice);
            if (batch.record(row) <= kept || at < cursor || end > batch.blockBytes() || !Lines.isUtf8(arena, at, end)) {
                continue;
            }
            number(places, at - cursor);
            number(places, batch.record(row) - last);
            bytes.write(arena, cursor, at - cursor);
            last = batch.record(row);
            cursor = end;
            covered++;
        }
        bytes.write(arena, cursor, batch.blockBytes() - cursor);
        ByteArrayOutputStream content = new ByteArrayOutputStream(places.size() + bytes.size() + 5);
        number(content, covered);
        places.writeTo(content);
        bytes.writeTo(content);
        byte[] packed = Zstd.compress(content.toByteArray(), LEVEL);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(head);
        data.writeUTF(input);
        data.writeLong(from);
        data.writeLong(to);
        data.writeLong(Math.max(0, to - Math.max(from, batch.blockOffset() + batch.blockBytes())));
        data.writeInt(content.size());
        DataOutputStream piece = new DataOutputStream(out);
        piece.writeInt(head.size() + packed.length);
        head.writeTo(out);
        out.write(packed);
    }

    private static void number(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left >= 0x80) {
            out.write((int) left & 0x7F | 0x80);
            left >>>= 7;
        }
        out.write((int) left);
    }

    /// Takes the pieces of a file, one after another.
    @FunctionalInterface
    interface Pieces {
        void piece(Piece piece) throws IOException;
    }

    /// Tells the pieces of a file, reading their heads alone.
    static void each(Path file, Pieces pieces) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long at = 0;
            long end = in.length();
            byte[] window = new byte[512];
            while (at < end) {
                in.seek(at);
                int got = in.read(window, 0, (int) Math.min(window.length, end - at));
                if (got < Integer.BYTES) {
                    throw damaged(file, at);
                }
                DataInputStream head = new DataInputStream(new java.io.ByteArrayInputStream(window, 0, got));
                try {
                    int size = head.readInt();
                    String input = head.readUTF();
                    long from = head.readLong();
                    long to = head.readLong();
                    long missing = head.readLong();
                    int content = head.readInt();
                    int length = got - head.available() - Integer.BYTES;
                    if (size < length || at + Integer.BYTES + size > end || content < 0) {
                        throw damaged(file, at);
                    }
                    pieces.piece(new Piece(
                            file, input, from, to, missing, content, at + Integer.BYTES + length, size - length));
                    at += Integer.BYTES + size;
                } catch (EOFException e) {
                    throw damaged(file, at);
                }
            }
        }
    }

    private static LakeException damaged(Path file, long at) {
        return new LakeException(file + " is damaged at byte " + at + "; see \"carom lake verify\"");
    }

    /// Writes a file's pieces without those of some inputs into another.
    ///
    /// @return how many were left out and how many were written
    static long[] without(Path file, Predicate<String> input, Path into) throws IOException {
        long[] counts = new long[2];
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r");
                OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(into), 1 << 16)) {
            long[] from = {0};
            each(file, piece -> {
                long end = piece.at + piece.packed;
                if (input.test(piece.input)) {
                    counts[0]++;
                } else {
                    counts[1]++;
                    in.seek(from[0]);
                    byte[] whole = new byte[(int) (end - from[0])];
                    in.readFully(whole);
                    out.write(whole);
                }
                from[0] = end;
            });
        }
        return counts;
    }

    /// A piece's content, to be gone through once.
    static final class Content {
        private final byte[] content;
        private int place;
        private int at;
        private long left;
        private long record;

        Content(Piece piece) throws IOException {
            byte[] packed = new byte[piece.packed];
            try (RandomAccessFile in = new RandomAccessFile(piece.file.toFile(), "r")) {
                in.seek(piece.at);
                in.readFully(packed);
            }
            content = Zstd.decompress(packed, piece.size);
            left = number();
            // The bytes begin behind the places, which are passed over once to find where.
            int places = place;
            for (long i = 0; i < 2 * left; i++) {
                number();
            }
            at = place;
            place = places;
        }

        private long number() throws IOException {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (place >= content.length) {
                    throw new EOFException("a piece of an input ends too early");
                }
                byte b = content[place++];
                value |= (long) (b & 0x7F) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            return value;
        }

        /// Writes the bytes before the next covered record and gives its number; 0 behind the last one.
        long next(OutputStream out) throws IOException {
            if (left == 0) {
                out.write(content, at, content.length - at);
                at = content.length;
                return 0;
            }
            left--;
            int gap = (int) number();
            record += number();
            if (gap > content.length - at) {
                throw new EOFException("a piece of an input ends too early");
            }
            out.write(content, at, gap);
            at += gap;
            return record;
        }
    }
}
