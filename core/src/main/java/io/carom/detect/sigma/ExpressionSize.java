package io.carom.detect.sigma;

/// How many parts a regular expression has with its counted repetitions written out: `(a{9}){9}` has 81.
/// Engines take time or memory by that number whatever the text, so it is bounded.
final class ExpressionSize {
    static final long MOST = 50_000;

    private ExpressionSize() {}

    /// An upper bound; what is no expression has some size too.
    static long of(String expression) {
        long[] sums = new long[expression.length() + 1];
        int depth = 0;
        long last = 0;
        boolean inClass = false;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\\') {
                i++;
                last = inClass ? last : 1;
                sums[depth] += inClass ? 0 : 1;
            } else if (inClass) {
                inClass = c != ']';
            } else if (c == '[') {
                inClass = true;
                last = 1;
                sums[depth]++;
            } else if (c == '(') {
                sums[++depth] = 0;
                last = 0;
            } else if (c == ')' && depth > 0) {
                last = Math.max(1, sums[depth--]);
                sums[depth] = bounded(sums[depth] + last);
            } else if (c == '{') {
                long times = times(expression, i);
                sums[depth] = bounded(sums[depth] + last * (times - 1));
                last = bounded(last * times);
            } else if ("*+?|^$".indexOf(c) < 0) {
                last = 1;
                sums[depth]++;
            }
        }
        while (depth > 0) {
            sums[depth - 1] = bounded(sums[depth - 1] + sums[depth]);
            depth--;
        }
        return sums[0];
    }

    private static long bounded(long size) {
        return Math.min(size, 1L << 30);
    }

    /// The larger number of `{n,m}`, at least 1.
    private static long times(String expression, int brace) {
        long times = 0;
        long number = 0;
        for (int i = brace + 1; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(1_000_000, number * 10 + c - '0');
            } else {
                times = Math.max(times, number);
                number = 0;
                if (c != ',' && c != ' ') {
                    break;
                }
            }
        }
        return Math.max(1, times);
    }
}
