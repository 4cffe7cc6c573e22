package io.carom.source.input;

import io.carom.event.EventBatch;
import java.io.IOException;

/// Takes filled batches, and gives in exchange the batch to fill next: the same one, or another from a
/// small pool when the taker works on the filled one in a thread of its own.
@FunctionalInterface
public interface BatchSink {
    /// @param filled rows and rejects of one block, in order; lent until a batch is given back
    /// @param records how many records of the input are in this batch and those before it
    EventBatch take(EventBatch filled, long records) throws IOException;
}
