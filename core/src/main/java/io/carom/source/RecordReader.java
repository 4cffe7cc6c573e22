package io.carom.source;

/// Reads one input, block by block. Used by one thread.
@FunctionalInterface
public interface RecordReader {
    /// Reads whole records from the row's bytes in `[from, to)` and says where the first byte not
    /// consumed stands.
    ///
    /// A record that goes on past `to` is left for the next call, which brings it again with what
    /// follows; with `end` set nothing follows. Consuming nothing asks for a larger block. The bytes
    /// are `row.bytes()`, to be asked for again after anything was written to the row.
    ///
    /// @return position in `[from, to]`
    int read(Row row, int from, int to, boolean end);
}
