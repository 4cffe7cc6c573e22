package io.carom.run;

import io.carom.source.input.Fingerprint;
import java.io.IOException;
import java.util.Set;

/// Knows which inputs were read before.
public interface History {
    /// An input that is being opened, as far as it is known.
    ///
    /// @param id of the input, new or known
    /// @param records of it that are kept; 0 if it is new
    /// @param bytes that were read then; the fingerprint at that byte must be `sha256`, or it is
    ///     another input
    record Known(String id, long records, long bytes, String sha256) {}

    /// @param except ids that it is not, as found out before
    Known find(String client, String path, Fingerprint fingerprint, Set<String> except) throws IOException;

    /// The reader has come so far in an input, ahead of its batches being taken: the same content under
    /// another name is known from now on.
    default void reached(Input input, Fingerprint fingerprint, Stage.Position at) {}

    /// Whether anything is asked of an input's content; if not, it is not hashed.
    default boolean remembers() {
        return true;
    }

    /// Nothing is known: every input is new.
    History NONE = new History() {
        @Override
        public Known find(String client, String path, Fingerprint fingerprint, Set<String> except) {
            return new Known(path, 0, 0, "");
        }

        @Override
        public boolean remembers() {
            return false;
        }
    };
}
