package io.carom.intel.pattern;

/// What is wrong with a pattern, and where.
///
/// Lines are counted from 1 and columns from 0, in characters (code points), as OASIS's validator counts
/// them.
@SuppressWarnings("serial")
public final class PatternException extends Exception {
    private final int line;
    private final int column;
    private final String reason;

    PatternException(int line, int column, String reason) {
        super("line " + line + ":" + column + ": " + reason);
        this.line = line;
        this.column = column;
        this.reason = reason;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }

    /// The message without the place.
    public String reason() {
        return reason;
    }
}
