package io.carom.server.listen;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/// A request's body, decompressed, within bounds.
final class HttpBody {
    /// Decompressed; a larger one is refused.
    static final int MOST = 64 << 20;

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
    record Read(byte[] bytes, Budget budget, long taken) implements AutoCloseable {
        @Override
        public void close() {
            budget.give(taken);
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
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 13);
        byte[] piece = new byte[1 << 13];
        long taken = 0;
        boolean done = false;
        try {
            while (true) {
                int got = in.read(piece);
                if (got < 0) {
                    byte[] bytes = out.toByteArray();
                    done = true;
                    return new Read(bytes, budget, taken);
                }
                if (out.size() + got > MOST) {
                    throw new TooLargeException(413, "a body is at most " + (MOST >> 20) + " MiB, decompressed");
                }
                out.write(piece, 0, got);
                // Twice: the body, and what is made of it.
                long needed = 2L * out.size();
                if (needed > taken) {
                    long more = Math.max(1 << 16, needed);
                    if (!budget.take(more)) {
                        throw new TooLargeException(503, "too much is being received at once; try again");
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
}
