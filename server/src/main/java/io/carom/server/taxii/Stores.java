package io.carom.server.taxii;

import io.carom.server.http.Refused;
import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A few stores for many requests. Their number bounds what is read and held at once.
final class Stores implements AutoCloseable {
    private static final int MOST = 8;
    private static final long WAIT_SECONDS = 10;

    private final Path home;
    private final Semaphore free = new Semaphore(MOST, true);
    private final Deque<CollectionStore> idle = new ArrayDeque<>();

    Stores(Path home) {
        this.home = home;
    }

    interface Work<T> {
        T with(CollectionStore store) throws IOException, Refused;
    }

    /// @throws Refused with 503 if all are busy for long
    <T> T use(Work<T> work) throws IOException, Refused, InterruptedException {
        if (!free.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new Refused(503, "Busy", "Too many ask at once; ask again.").header("Retry-After", "10");
        }
        try {
            CollectionStore store = take();
            try {
                return work.with(store);
            } finally {
                give(store);
            }
        } finally {
            free.release();
        }
    }

    private CollectionStore take() throws IOException {
        synchronized (idle) {
            CollectionStore one = idle.poll();
            if (one != null) {
                return one;
            }
        }
        return CollectionStore.open(home);
    }

    private void give(CollectionStore store) {
        synchronized (idle) {
            idle.push(store);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (idle) {
            for (CollectionStore store : idle) {
                store.close();
            }
            idle.clear();
        }
    }
}
