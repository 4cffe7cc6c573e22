package io.carom.run;

import io.carom.event.EventBatch;
import java.io.IOException;

/// One step of the line: takes batches in the order in which they were read. All stages run in one
/// thread, after each other, so none needs to be safe for many.
public interface Stage {
    /// How far into an input a batch reaches.
    ///
    /// @param records of the input in this batch and those before it, rejects included
    /// @param bytes of the input, decompressed
    /// @param sha256 of those bytes; empty where nothing of the run is kept
    record Position(long records, long bytes, String sha256) {}

    /// Some events and rejects of an input. The batch is lent for the call.
    void take(Input input, EventBatch batch, Position position) throws IOException;

    /// The input is read to its end.
    default void end(Input input) throws IOException {}

    /// All inputs are read.
    default void finish() throws IOException {}
}
