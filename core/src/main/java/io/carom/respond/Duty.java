package io.carom.respond;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that must be told to somebody within a time.
///
/// @param id `nis2.early-warning`
/// @param regime the law or contract it comes from, by its id
/// @param to who must be told
/// @param source where it is written
/// @param from events that start the clock, the first that is known counts
/// @param met id of the duty whose being done starts the clock instead; null if events do
/// @param term from then on
/// @param latest a second end, the earlier of both holds; null if there is none
public record Duty(
        String id,
        String regime,
        String regimeName,
        String name,
        String to,
        String source,
        List<String> from,
        @Nullable String met,
        Term term,
        @Nullable Latest latest) {
    public Duty {
        from = List.copyOf(from);
    }

    /// An end that holds beside the term's.
    public record Latest(List<String> from, Term term) {
        public Latest {
            from = List.copyOf(from);
        }
    }
}
