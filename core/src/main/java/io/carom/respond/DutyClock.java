package io.carom.respond;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How much time is left to do a duty of one incident.
///
/// @param event that started it, or that would; of a duty that follows another, its id
/// @param from when it started; null if it has not
/// @param forecast whether `from` is only when the duty before it is due, for that one is not done yet
/// @param due null if it has not started
/// @param metAt when it was done; null if it was not
/// @param restated since when what was told is out of date: an earlier first contact became known after it was
/// done; null if it holds
public record DutyClock(
        Duty duty,
        String event,
        @Nullable Instant from,
        boolean forecast,
        @Nullable Instant due,
        @Nullable Instant metAt,
        State state,
        @Nullable Instant restated) {
    /// Where it stands.
    public enum State {
        /// The event that starts it is not known to have happened.
        WAITING,
        RUNNING,
        MET,
        /// The time is over: nothing was done, or only later.
        MISSED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Until it is due, negative if that is past; null where nothing runs any more or yet.
    public @Nullable Duration left(Instant now) {
        return due == null || metAt != null ? null : Duration.between(now, due);
    }
}
