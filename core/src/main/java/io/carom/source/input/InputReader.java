package io.carom.source.input;

import io.carom.event.EventBatch;
import io.carom.event.Reject;
import io.carom.source.Head;
import io.carom.source.InputContext;
import io.carom.source.RecordReader;
import io.carom.source.Row;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.parse.Lines;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.io.input.ReaderInputStream;
import org.jspecify.annotations.Nullable;

/// Reads one input to its end: tells its format by the first bytes, then block by block into batches,
/// in constant memory.
public final class InputReader {
    /// How much is read at a time: so little that the block and the values cut from it, some five times
    /// as much, mostly stay in the second-level cache (8 % faster than 1 MiB), and so much that a batch
    /// has thousands of rows.
    public static final int BLOCK = 1 << 18;
    /// A record may be this long. A longer one is a reject that carries its place, its length and its
    /// first bytes.
    public static final int MAX_RECORD = 64 << 20;
    /// How much of a record over the limit is kept in its reject.
    public static final int GIANT_KEPT = 1 << 20;

    static final int HEAD = 1 << 16;

    private final Sources sources;
    private final @Nullable Source forced;

    /// @param forced the format to read all inputs as, or null to tell it by content
    public InputReader(Sources sources, @Nullable Source forced) {
        this.sources = sources;
        this.forced = forced;
    }

    /// Is told of an input's format and fingerprint before its first record is read.
    @FunctionalInterface
    public interface Opening {
        void opened(Fingerprint fingerprint) throws IOException;

        /// Whether the input is compared with others, for which its content is hashed.
        default boolean compares() {
            return true;
        }
    }

    private static final Opening ALONE = new Opening() {
        @Override
        public void opened(Fingerprint fingerprint) {}

        @Override
        public boolean compares() {
            return false;
        }
    };

    /// What came of an input.
    ///
    /// @param recognised false if no format knows it; nothing was read then
    /// @param records events and rejects
    /// @param bytes read, decompressed
    public record Result(boolean recognised, long records, long bytes) {}

    /// Reads all of it. Does not close the stream.
    ///
    /// @param batch the first to fill
    /// @throws IOException from the stream or the sink; what the sink took before stands
    public Result read(InputStream in, InputContext context, EventBatch batch, BatchSink sink) throws IOException {
        return read(in, context, batch, ALONE, sink);
    }

    /// As {@link #read(InputStream, InputContext, EventBatch, BatchSink)}, with a look at the
    /// fingerprint: complete up to the end of each batch whenever the sink takes one.
    public Result read(InputStream in, InputContext context, EventBatch batch, Opening opening, BatchSink sink)
            throws IOException {
        Coming.First head = first(in, context);
        byte[] first = head.bytes();
        boolean whole = head.end();
        Charset charset = utf16(first);
        InputStream rest = new SequenceInputStream(new ByteArrayInputStream(first), in);
        if (charset != null) {
            rest = ReaderInputStream.builder()
                    .setReader(new InputStreamReader(rest, charset))
                    .setCharset(StandardCharsets.UTF_8)
                    .get();
            head = first(rest, context);
            first = head.bytes();
            whole = head.end();
            rest = new SequenceInputStream(new ByteArrayInputStream(first), rest);
        }
        if (first.length >= 3 && first[0] == (byte) 0xEF && first[1] == (byte) 0xBB && first[2] == (byte) 0xBF) {
            rest.skipNBytes(3);
            first = Arrays.copyOfRange(first, 3, first.length);
        }
        return recognised(first, whole, rest, context, batch, opening, sink);
    }

    /// The first bytes, by which the format is told; of what still comes so many that a format knows
    /// them.
    private Coming.First first(InputStream in, InputContext context) throws IOException {
        if (!context.comes()) {
            byte[] bytes = new byte[HEAD];
            int got = in.readNBytes(bytes, 0, HEAD);
            return new Coming.First(got == HEAD ? bytes : Arrays.copyOf(bytes, got), got < HEAD);
        }
        Coming.First first = Coming.first(in, HEAD);
        while (!first.end()
                && first.bytes().length < HEAD
                && utf16(first.bytes()) == null
                && sources.open(new Head(context.path(), first.bytes(), false), context, forced)
                        .isEmpty()) {
            Coming.First more = Coming.first(in, HEAD - first.bytes().length);
            byte[] all = Arrays.copyOf(first.bytes(), first.bytes().length + more.bytes().length);
            System.arraycopy(more.bytes(), 0, all, first.bytes().length, more.bytes().length);
            first = new Coming.First(all, more.end());
        }
        return first;
    }

    /// Reads an input again from the bytes that its fingerprint was made of: text in UTF-16 is UTF-8 by
    /// then, and a byte order mark is gone.
    public Result readAgain(InputStream in, InputContext context, EventBatch batch, Opening opening, BatchSink sink)
            throws IOException {
        byte[] first = in.readNBytes(HEAD);
        InputStream rest = new SequenceInputStream(new ByteArrayInputStream(first), in);
        return recognised(first, first.length < HEAD, rest, context, batch, opening, sink);
    }

    private Result recognised(
            byte[] first,
            boolean whole,
            InputStream rest,
            InputContext context,
            EventBatch batch,
            Opening opening,
            BatchSink sink)
            throws IOException {
        Optional<RecordReader> reader = sources.open(new Head(context.path(), first, whole), context, forced);
        if (reader.isEmpty()) {
            return new Result(false, 0, first.length);
        }
        Fingerprint fingerprint = opening.compares() ? new Fingerprint(first) : Fingerprint.ofLengthAlone();
        opening.opened(fingerprint);
        return blocks(new Returnable(rest), context, reader.get(), batch, fingerprint, sink);
    }

    private static Result blocks(
            Returnable in,
            InputContext context,
            RecordReader reader,
            EventBatch batch,
            Fingerprint fingerprint,
            BatchSink sink)
            throws IOException {
        batch.reset();
        Row row = new Row(batch, context);
        long offset = 0;
        int block = BLOCK;
        int filled = 0;
        int wanted = 0;
        while (true) {
            byte[] arena = batch.reserve(block);
            int got = context.comes()
                    ? Coming.some(in, arena, filled, block, wanted)
                    : in.readNBytes(arena, filled, block - filled);
            boolean end = context.comes() ? got < 0 : got < block - filled;
            filled += Math.max(got, 0);
            batch.arenaEnd(filled);
            wanted = 0;
            row.onto(batch, 0, offset);
            int consumed = reader.read(row, 0, filled, end);
            if (consumed == 0 && !end && batch.rows() == 0 && batch.rejects().isEmpty()) {
                if (filled < block) {
                    // The rest of the record is still to come; it is not looked at anew for each of its bytes.
                    wanted = filled;
                    continue;
                }
                if (block < MAX_RECORD) {
                    block *= 2;
                    continue;
                }
                batch.block(offset, filled);
                offset += skipGiant(in, row, batch, filled, offset, fingerprint);
                batch = sink.take(batch, row.records());
                batch.reset();
                row.onto(batch, 0, offset);
                filled = 0;
                block = BLOCK;
                continue;
            }
            int left = end ? 0 : filled - consumed;
            byte[] tail = left == 0 ? NOTHING : Arrays.copyOfRange(batch.arena(), consumed, filled);
            batch.block(offset, end ? filled : consumed);
            offset += end ? filled : consumed;
            fingerprint.update(batch.arena(), 0, end ? filled : consumed);
            batch.settle();
            batch = sink.take(batch, row.records());
            batch.reset();
            if (end) {
                return new Result(true, row.records(), offset);
            }
            block = left > BLOCK / 2 ? left * 2 : BLOCK;
            System.arraycopy(tail, 0, batch.reserve(Math.max(block, left)), 0, left);
            filled = left;
        }
    }

    private static final byte[] NOTHING = {};

    /// What was read too far can be given back. Logs come by the thousand and next to none needs it, so
    /// nothing is set aside for it before.
    private static final class Returnable extends FilterInputStream {
        private byte[] back = NOTHING;
        private int at;

        Returnable(InputStream in) {
            super(in);
        }

        /// @param bytes to be read next
        void giveBack(byte[] bytes) {
            int left = back.length - at;
            byte[] both = Arrays.copyOf(bytes, bytes.length + left);
            System.arraycopy(back, at, both, bytes.length, left);
            back = both;
            at = 0;
        }

        @Override
        public int read() throws IOException {
            return at < back.length ? back[at++] & 0xFF : in.read();
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int left = Math.min(length, back.length - at);
            if (left == 0) {
                return in.read(into, from, length);
            }
            System.arraycopy(back, at, into, from, left);
            at += left;
            return left;
        }

        @Override
        public int available() throws IOException {
            return back.length - at + in.available();
        }
    }

    /// Rejects the record that fills the whole block, and passes over it up to the end of its line.
    ///
    /// @return how many bytes of input it took
    private static long skipGiant(
            Returnable in, Row row, EventBatch batch, int filled, long offset, Fingerprint fingerprint)
            throws IOException {
        byte[] kept = Arrays.copyOf(batch.arena(), GIANT_KEPT);
        long length = filled;
        fingerprint.update(batch.arena(), 0, filled);
        byte[] window = new byte[1 << 16];
        long taken = -1;
        while (taken < 0) {
            int got = in.read(window, 0, window.length);
            if (got <= 0) {
                taken = length;
                break;
            }
            int newline = Lines.newline(window, 0, got);
            if (newline >= 0) {
                in.giveBack(Arrays.copyOfRange(window, newline + 1, got));
                length += newline;
                fingerprint.update(window, 0, newline + 1);
                taken = length + 1;
            } else {
                fingerprint.update(window, 0, got);
                length += got;
            }
        }
        row.records(row.records() + 1);
        batch.reject(new Reject(
                row.records(),
                offset,
                length,
                "the record is longer than " + (MAX_RECORD >> 20) + " MiB; its first " + (GIANT_KEPT >> 20)
                        + " MiB are kept here",
                kept));
        return taken;
    }

    /// UTF-16 by its byte order mark, or by every second byte being zero.
    private static @Nullable Charset utf16(byte[] b) {
        if (b.length < 4) {
            return null;
        }
        if (b[0] == (byte) 0xFF && b[1] == (byte) 0xFE) {
            return StandardCharsets.UTF_16LE;
        }
        if (b[0] == (byte) 0xFE && b[1] == (byte) 0xFF) {
            return StandardCharsets.UTF_16BE;
        }
        int look = Math.min(b.length & ~1, 64);
        boolean little = true;
        boolean big = true;
        for (int i = 0; i < look; i += 2) {
            little &= b[i] != 0 && b[i + 1] == 0;
            big &= b[i] == 0 && b[i + 1] != 0;
        }
        return little ? StandardCharsets.UTF_16LE : big ? StandardCharsets.UTF_16BE : null;
    }
}
