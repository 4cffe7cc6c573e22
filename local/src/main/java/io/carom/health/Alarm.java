package io.carom.health;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Something about a source that a person should look at.
///
/// @param source as the listener calls it
/// @param since when it began, milliseconds since 1970
/// @param until when it was over; 0 while it is not
/// @param text what is wrong, in words
/// @param sample a record that shows it, cut; may hold anything. Null where none does
public record Alarm(
        String client,
        String source,
        Kind kind,
        long since,
        long until,
        String text,
        @Nullable String sample) {
    public enum Kind {
        /// Nothing comes from a source that was regular.
        SILENCE,
        /// Events come long after they happened.
        LAG,
        /// Events are of the future, or off by a whole number of half hours: a clock or a zone is
        /// wrong.
        CLOCK,
        /// Much of what comes is not understood any more, or only as generic text: a product was
        /// changed.
        SCHEMA,
        /// Far more or far less comes than is usual at this hour.
        VOLUME;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean isOpen() {
        return until == 0;
    }
}
