package io.carom.health;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

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
        SILENCE("high", "See whether it still runs and reaches this server: what happens there now is seen by nobody."),
        /// Events come long after they happened.
        LAG("medium", "See what holds it up: what is found in it is found as much later."),
        /// Events are of the future, or off by a whole number of half hours: a clock or a zone is
        /// wrong.
        CLOCK("medium", "Set its clock or its zone: what it tells seems to happen before or after what it follows."),
        /// Much of what comes is not understood any more, or only as generic text: a product was
        /// changed.
        SCHEMA(
                "high",
                "Hold the record against the product's release notes and map it (docs/mapping-files.md): what is not"
                        + " understood is not searched for intruders."),
        /// Far more or far less comes than is usual at this hour.
        VOLUME("medium", "See what changed there: logging that was turned down, or somebody who tries many things.");

        private final String severity;
        private final String toDo;

        Kind(String severity, String toDo) {
            this.severity = severity;
            this.toDo = toDo;
        }

        /// How grave it is, as of incidents: what blinds is graver than what is late.
        public String severity() {
            return severity;
        }

        /// The one best thing to do, a sentence.
        public String toDo() {
            return toDo;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean isOpen() {
        return until == 0;
    }

    /// For programs: while it lasts, with what to do.
    public ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("client", client)
                .put("received_from", source)
                .put("alarm", kind.label())
                .put("since", Instant.ofEpochMilli(since).toString())
                .put("text", text)
                .put("sample", sample)
                .put("severity", kind.severity())
                .put("to_do", kind.toDo());
    }
}
