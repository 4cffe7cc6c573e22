package io.carom.observe;

/// 64-bit keys made of several values. Among ten million keys two are the same by accident once in some
/// 400,000 such sets.
public final class Keys {
    private Keys() {}

    /// Spreads the bits of a value over all 64 (the finisher of SplitMix64, Steele et al. 2014).
    public static long mixed(long value) {
        long h = value;
        h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
        h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
        return h ^ h >>> 31;
    }

    public static long of(long first, long second) {
        return mixed(first * 0x9E3779B97F4A7C15L + second);
    }

    public static long of(long first, long second, long third) {
        return of(of(first, second), third);
    }

    /// A text's key; the order of characters counts, case too.
    public static long of(CharSequence text) {
        long h = text.length();
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * 0x100000001B3L;
        }
        return mixed(h);
    }
}
