package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.source.input.InputReader;
import java.io.IOException;

/// One step of the line: takes batches in the order in which they were read. All stages run in one
/// thread, after each
/// other, so none needs to be safe for many.
public interface Stage {
    /// An input begins.
    default void begin(Input input) throws IOException {}

    /// Some of its events and rejects. The batch is lent for the call.
    ///
    /// @param records how many records of the input are in this batch and those before it
    void take(Input input, EventBatch batch, long records) throws IOException;

    /// An input is read to its end.
    default void end(Input input, InputReader.Result result) throws IOException {}
}
