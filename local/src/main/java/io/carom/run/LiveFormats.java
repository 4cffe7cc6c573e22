package io.carom.run;

/// How an entry of the spool says how it is to be read, beside the names of formats.
public final class LiveFormats {
    /// By its content, as a file is: for entries that are files.
    public static final String BY_CONTENT = "*";

    private LiveFormats() {}
}
