package io.carom.source.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;

/// Reads what has come of a stream that somebody is still writing, rather than waiting until a buffer is full.
final class Coming {
    /// Where whole lines have come and nothing more for so long, they are what there is to go by. Milliseconds.
    private static final long QUIET = 200;

    private static final long LOOK = 10;

    private Coming() {}

    /// @param end whether the stream ends with these bytes
    record First(byte[] bytes, boolean end) {}

    /// The first bytes: at most so many, fewer where it ends, or where whole lines have come and then nothing for a
    /// while.
    static First first(InputStream in, int most) throws IOException {
        byte[] bytes = new byte[most];
        int at = 0;
        boolean line = false;
        while (at < most) {
            int got = in.read(bytes, at, most - at);
            if (got < 0) {
                return new First(Arrays.copyOf(bytes, at), true);
            }
            for (int i = at; i < at + got; i++) {
                line |= bytes[i] == '\n';
            }
            at += got;
            if (line && at < most && quiet(in)) {
                break;
            }
        }
        return new First(at == most ? bytes : Arrays.copyOf(bytes, at), false);
    }

    private static boolean quiet(InputStream in) throws IOException {
        for (long waited = 0; waited < QUIET; waited += LOOK) {
            if (in.available() > 0) {
                return false;
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            }
        }
        return in.available() == 0;
    }

    /// Reads what has come, at least one byte; waits for that.
    ///
    /// @param most where more than one byte is wanted: so many, or a line's end
    /// @return how many; -1 at the end
    static int some(InputStream in, byte[] into, int from, int to, int most) throws IOException {
        int at = from;
        boolean enough = most == 0;
        do {
            int got = in.read(into, at, to - at);
            if (got < 0) {
                return at == from ? -1 : at - from;
            }
            for (int i = at; i < at + got && !enough; i++) {
                enough = into[i] == '\n';
            }
            at += got;
            enough |= at - from >= most;
        } while (at < to && (!enough || in.available() > 0));
        return at - from;
    }
}
