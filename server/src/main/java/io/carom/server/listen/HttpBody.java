package io.carom.server.listen;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import tools.jackson.databind.JsonNode;

/// A request's body, decompressed, within bounds.
final class HttpBody {
    /// Decompressed; a larger one is refused.
    static final int MOST = 64 << 20;

    /// What a tree takes: mostly less than this for a byte, and never more than {@link #LARGEST_TREE}, as
    /// documents have so many tokens at most.
    private static final long TREE_OF_BYTE = 16;

    private static final long SMALL_TREE = 1 << 20;
    private static final long LARGEST_TREE = 16 << 20;
    private static final String BUSY = "too much is being received at once; try again";

    private HttpBody() {}

    /// The body is more than may be, or no memory is left for it now.
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
        final int status;

        TooLargeException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /// The body, and the memory that it takes of all listeners' until it is closed.
    static final class Read implements AutoCloseable {
        private final byte[] bytes;
        private final Budget budget;
        private final long taken;
        private long beside;

        Read(byte[] bytes, Budget budget, long taken) {
            this.bytes = bytes;
            this.budget = budget;
            this.taken = taken;
        }

        byte[] bytes() {
            return bytes;
        }

        /// A piece of it as a tree; one is held at a time.
        ///
        /// @throws tools.jackson.core.JacksonException if it is no JSON, or too much
        JsonNode tree(int from, int to) throws TooLargeException {
            treeOf(to - from);
            return Shipped.JSON.readTree(bytes, from, to - from);
        }

        /// A tree of so many bytes is made: what it takes is counted where it is much.
        void treeOf(int length) throws TooLargeException {
            long tree = length * TREE_OF_BYTE;
            if (tree > SMALL_TREE) {
                beside(Math.min(tree, LARGEST_TREE));
            }
        }

        /// So many bytes are held beside it.
        void beside(long held) throws TooLargeException {
            if (held > beside) {
                if (!budget.take(held - beside)) {
                    throw new TooLargeException(503, BUSY);
                }
                beside = held;
            }
        }

        @Override
        public void close() {
            budget.give(taken + beside);
        }
    }

    static Read read(Context context, Budget budget) throws IOException {
        String encoding = context.header("Content-Encoding");
        InputStream raw = context.req().getInputStream();
        InputStream in = switch (encoding == null ? "" : encoding.toLowerCase(Locale.ROOT)) {
            case "", "identity" -> raw;
            case "gzip", "x-gzip" -> new GZIPInputStream(raw, 1 << 13);
            case "deflate" -> new InflaterInputStream(raw);
            case "zstd" -> new ZstdInputStream(raw);
            default -> throw new TooLargeException(415, "Content-Encoding: expected gzip, deflate, zstd or none");
        };
        byte[] bytes = new byte[expected(context)];
        int size = 0;
        long taken = 0;
        boolean done = false;
        try {
            while (true) {
                int got = size < bytes.length ? in.read(bytes, size, bytes.length - size) : in.read();
                if (got < 0) {
                    done = true;
                    return new Read(size == bytes.length ? bytes : Arrays.copyOf(bytes, size), budget, taken);
                }
                if (size < bytes.length) {
                    size += got;
                } else {
                    bytes = Arrays.copyOf(bytes, Math.clamp(size * 2L, 1 << 13, MOST + 1));
                    bytes[size++] = (byte) got;
                }
                if (size > MOST) {
                    throw new TooLargeException(413, "a body is at most " + (MOST >> 20) + " MiB, decompressed");
                }
                // Twice: the body, and what is made of it.
                long needed = 2L * size;
                if (needed > taken) {
                    long more = Math.max(1 << 16, needed);
                    if (!budget.take(more)) {
                        throw new TooLargeException(503, BUSY);
                    }
                    taken += more;
                }
            }
        } catch (ZstdIOException e) {
            throw (IOException) new ZipException("no zstd").initCause(e);
        } finally {
            if (!done) {
                budget.give(taken);
            }
        }
    }

    /// What is said to come, so that it is read to where it stays; no more than is given to anybody unasked.
    private static int expected(Context context) {
        return Math.clamp(context.req().getContentLengthLong(), 0, 1 << 20);
    }
}
