package io.carom.server.listen;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What a listener counts.
public final class Counts {
    public final AtomicLong records = new AtomicLong();
    public final AtomicLong bytes = new AtomicLong();
    /// Records that were lost because nobody could be told to wait: of UDP alone.
    public final AtomicLong dropped = new AtomicLong();
    /// Records longer than may be, of which the beginning is kept.
    public final AtomicLong cut = new AtomicLong();
    /// Requests, connections and packets that were refused: too many, unknown, not what was expected.
    public final AtomicLong refused = new AtomicLong();
    /// How often a sender had to wait or was told to come again because the spool took nothing.
    public final AtomicLong waited = new AtomicLong();

    public final AtomicInteger connections = new AtomicInteger();
}
