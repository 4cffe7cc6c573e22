package io.carom.lake;

import java.util.List;

/// What an event must hold to be found.
///
/// @param fields of each of which one attribute must have the value
/// @param words that the native record must have
public record EventTest(List<Field> fields, List<Word> words) {
    /// Everything passes.
    public static final EventTest ANY = new EventTest(List.of(), List.of());

    public EventTest {
        fields = List.copyOf(fields);
        words = List.copyOf(words);
    }

    /// @param places attributes, names joined by dots, any of which may have it
    /// @param value in any case, with `*` for anything
    /// @param not whether none may have it
    public record Field(List<String> places, String value, boolean not) {
        public Field {
            places = List.copyOf(places);
        }
    }

    /// @param value in any case, with `*` for anything
    /// @param not whether the record may not have it
    public record Word(String value, boolean not) {}

    boolean any() {
        return fields.isEmpty() && words.isEmpty();
    }
}
