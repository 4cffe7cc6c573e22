package io.carom.text;

/// Characters that a reader would not see, or that would make a page or a terminal show others than stand there.
public final class Unseen {
    private Unseen() {}

    /// Whether it is a control or format character (bidirectional ones are), a line or paragraph separator, half a
    /// pair, or one without a meaning of its own.
    public static boolean is(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /// As {@link #is}, and blanks that are none of those that people type.
    public static boolean isOrOddBlank(int codePoint) {
        return is(codePoint)
                || Character.getType(codePoint) == Character.SPACE_SEPARATOR && codePoint != ' ' && codePoint != 0xA0;
    }
}
