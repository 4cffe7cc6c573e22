package io.carom.source.input;

import java.io.IOException;
import java.io.InputStream;

/// A binary table that is opened in place and read as text, one JSON object a row. Implementations are found by
/// `ServiceLoader`, so that the library one needs lies where it weighs nothing for others.
public interface TableFile {
    /// Whether a file that begins with these bytes is one, by its magic number.
    boolean claims(byte[] head);

    /// The rows, in the order of the file. Closing it lets go of all it holds.
    ///
    /// @param bytes the whole file from its first byte; closed by the caller
    /// @throws IOException if it is damaged, says how
    InputStream open(InputStream bytes) throws IOException;
}
