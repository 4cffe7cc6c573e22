package io.carom.server.listen;

import java.io.IOException;
import java.time.Duration;

/// Looks for something again and again, in a thread of its own, until it is closed, and writes down how far it came
/// each time. What goes wrong is told, once as long as it is the same, and tried again.
final class Rounds implements AutoCloseable {
    private static final Duration AGAIN = Duration.ofSeconds(2);

    interface Round {
        void look() throws IOException;
    }

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Progress progress;
    private final Duration leave;
    private final Thread thread;
    private volatile boolean closing;

    /// @param every how long it rests where the settings do not say
    /// @param leave how long a round that is under way when this is closed is waited for
    Rounds(
            ListenerSettings settings,
            Surrounding surrounding,
            Progress progress,
            Duration every,
            Duration leave,
            Round round) {
        this.settings = settings;
        this.surrounding = surrounding;
        this.progress = progress;
        this.leave = leave;
        Duration rest = settings.duration("every", every);
        thread = Thread.ofPlatform().name("carom-" + settings.kind()).daemon().unstarted(() -> run(rest, round));
    }

    /// Begins. Apart from making it, as the first round may be looked at before whoever made it is whole.
    void start() {
        thread.start();
    }

    boolean isClosing() {
        return closing;
    }

    private void run(Duration rest, Round round) {
        String told = "";
        while (!closing) {
            try {
                round.look();
                progress.settle();
                told = "";
                Thread.sleep(rest);
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                if (!closing) {
                    String why = String.valueOf(e.getMessage());
                    if (!why.equals(told)) {
                        surrounding.notes().accept(settings.name() + ": " + why + "; it is tried again");
                    }
                    told = why;
                    try {
                        Thread.sleep(AGAIN);
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        closing = true;
        thread.interrupt();
        try {
            thread.join(leave);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        progress.save();
    }
}
