package io.carom.server.listen;

import java.util.Arrays;

/// Lines in a piece of a text.
final class Lines {
    private Lines() {}

    /// Where the last whole line ends; 0 if there is none.
    static int end(byte[] b) {
        int end = b.length;
        while (end > 0 && b[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /// The lines at the beginning by which a format with a header reads all others: its comments, or its first line.
    ///
    /// @param text whether a zero says that it is no text, and has no such lines
    static byte[] head(byte[] b, boolean text) {
        int at = 0;
        while (at < b.length) {
            int stop = at;
            while (stop < b.length && b[stop] != '\n') {
                if (text && b[stop] == 0) {
                    return new byte[0];
                }
                stop++;
            }
            if (stop == b.length || at > 0 && b[at] != '#') {
                break;
            }
            boolean comment = b[at] == '#';
            at = stop + 1;
            if (!comment) {
                break;
            }
        }
        return Arrays.copyOf(b, at);
    }
}
