package io.carom.event;

import org.jspecify.annotations.Nullable;

/// A path, class or object that the OCSF schema does not have.
///
/// The message is a sentence to show to whoever wrote the path; it names no file, which the reader of
/// the file adds.
public final class OcsfPathException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int column;
    private final @Nullable String suggestion;

    OcsfPathException(String message, int column, @Nullable String suggestion) {
        super(suggestion == null ? message : message + " Did you mean \"" + suggestion + "\"?");
        this.column = column;
        this.suggestion = suggestion;
    }

    /// Where in the text the fault begins, counted from 0.
    public int column() {
        return column;
    }

    /// The nearest thing that does exist, or null where nothing is near.
    public @Nullable String suggestion() {
        return suggestion;
    }
}
