package io.carom.server;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Does something again and again in a thread of its own until it is closed. What goes wrong is told,
/// and tried again the next time; the same fault is told once until it is another.
final class Repeated implements AutoCloseable {
    /// What is done.
    interface Task {
        void run() throws Exception;
    }

    private final Duration every;
    private final Task task;
    private final Consumer<String> notes;
    private final Thread thread;
    private volatile boolean stopping;

    /// @param name of the thread, and of what is done, for notes
    Repeated(String name, Duration every, Task task, Consumer<String> notes) {
        this.every = every;
        this.task = task;
        this.notes = notes;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::keep);
    }

    /// Begins, with a first time at once.
    void start() {
        thread.start();
    }

    boolean isStopping() {
        return stopping;
    }

    private void keep() {
        String told = "";
        while (!stopping) {
            try {
                task.run();
                told = "";
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                String why = String.valueOf(e.getMessage());
                if (!stopping && !why.equals(told)) {
                    notes.accept(thread.getName() + ": " + why + "; it is tried again");
                    told = why;
                }
            }
            if (!stopping) {
                LockSupport.parkNanos(every.toNanos());
            }
        }
    }

    /// Waits for what is being done now; a wait for another server is broken off.
    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        if (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
