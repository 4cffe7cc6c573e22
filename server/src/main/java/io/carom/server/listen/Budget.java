package io.carom.server.listen;

import java.util.concurrent.atomic.AtomicLong;

/// Memory that many senders share, in bytes. Safe for use by many threads.
public final class Budget {
    private final long most;
    private final AtomicLong used = new AtomicLong();

    public Budget(long most) {
        this.most = most;
    }

    /// Takes so many bytes, or nothing.
    boolean take(long bytes) {
        long now = used.addAndGet(bytes);
        if (now > most) {
            used.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    public long used() {
        return used.get();
    }
}
