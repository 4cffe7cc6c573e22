package io.carom.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The first bytes of an input (up to 64 KiB, decoded from UTF-16 if it was that), from which its
/// format is told. For one thread: what one format asks is kept for the next.
public final class Head {
    private final String name;
    private final byte[] bytes;
    private final boolean whole;
    // The lines up to `linesTo`, the first byte that none of them takes in.
    private final List<String> lines = new ArrayList<>();
    private int linesTo;

    /// @param name file name, a hint for what content leaves open and never a reason alone
    /// @param bytes the bytes, not to be changed
    /// @param whole whether the input ends within them
    public Head(String name, byte[] bytes, boolean whole) {
        this.name = name;
        this.bytes = bytes;
        this.whole = whole;
    }

    public String name() {
        return name;
    }

    public byte[] bytes() {
        return bytes;
    }

    public boolean whole() {
        return whole;
    }

    public boolean startsWith(String ascii) {
        return at(0, ascii);
    }

    public boolean at(int position, String ascii) {
        if (bytes.length < position + ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[position + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// The head as text, one char a byte.
    public String latin1() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// The first whole lines, at most `most`, without line ends. A last line cut by the head's end is
    /// left out.
    public List<String> lines(int most) {
        int end = whole ? bytes.length : bytes.length - 1;
        while (!whole && end > 0 && bytes[end] != '\n') {
            end--;
        }
        // Only the lines that are asked for are made, and once: every format asks, of every input.
        int at = linesTo;
        while (at < end && lines.size() < most) {
            int stop = at;
            while (stop < end && bytes[stop] != '\n' && bytes[stop] != '\r') {
                stop++;
            }
            lines.add(new String(bytes, at, stop - at, StandardCharsets.ISO_8859_1));
            at = stop + 1 < end && bytes[stop] == '\r' && bytes[stop + 1] == '\n' ? stop + 2 : stop + 1;
        }
        linesTo = at;
        return List.copyOf(lines.subList(0, Math.min(most, lines.size())));
    }
}
