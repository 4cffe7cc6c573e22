package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.spool.SpoolEntry;
import java.util.List;

/// Looks on as a live line reads: the health of sources. In the reading thread: must be quick, and keep
/// nothing of the batch.
@FunctionalInterface
public interface LiveWatcher {
    /// @param entries that the batch was read from
    void read(Input input, EventBatch batch, List<SpoolEntry> entries);
}
