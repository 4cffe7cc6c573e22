package io.carom.detect.behaviour;

import io.carom.observe.Keys;
import java.io.Serializable;
import java.util.Arrays;

/// Whether something was met before: exact for the first {@link #FEW}, then a Bloom filter (Bloom 1970)
/// of two generations, so that it is bounded and forgets what is oldest.
///
/// A filter that is full takes the place of the one before it. It says "met before" of something new
/// once in 40 at most; never "new" of one of the last `bits / 10` it met.
final class Known implements Serializable {
    private static final long serialVersionUID = 1;

    static final int FEW = 64;

    private static final int PROBES = 4;

    private final int length;
    private int[] few = new int[4];
    private int n;
    private long[] now = {};
    private long[] before = {};
    private int inNow;

    /// @param bits of one generation, a power of two; two take `bits / 4` bytes
    Known(int bits) {
        this.length = bits;
    }

    /// Takes it in.
    ///
    /// @param hash well mixed
    /// @return whether it is new
    boolean add(long hash) {
        int print = (int) (hash >>> 32);
        if (now.length == 0) {
            for (int i = 0; i < n; i++) {
                if (few[i] == print) {
                    return false;
                }
            }
            if (n < FEW) {
                if (n == few.length) {
                    few = Arrays.copyOf(few, n * 2);
                }
                few[n++] = print;
                return true;
            }
            now = new long[length >> 6];
            for (int i = 0; i < n; i++) {
                set(few[i]);
            }
            few = new int[0];
        }
        if (in(now, print) || before.length > 0 && in(before, print)) {
            return false;
        }
        if (inNow >= length / 10) {
            before = now;
            now = new long[length >> 6];
            inNow = 0;
        }
        set(print);
        return true;
    }

    private void set(int print) {
        long h = Keys.mixed(print);
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) h & length - 1;
            now[bit >> 6] |= 1L << (bit & 63);
            h = h >>> 16 | h << 48;
        }
        inNow++;
    }

    private boolean in(long[] bits, int print) {
        long h = Keys.mixed(print);
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) h & length - 1;
            if ((bits[bit >> 6] & 1L << (bit & 63)) == 0) {
                return false;
            }
            h = h >>> 16 | h << 48;
        }
        return true;
    }
}
