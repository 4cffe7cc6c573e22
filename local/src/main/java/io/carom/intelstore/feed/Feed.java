package io.carom.intelstore.feed;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A place that is asked again.
///
/// @param url of the collection, the folder of the MISP feed, or the document
/// @param credentials the file that says how; null for none
/// @param mark how far it was read: a TAXII `added_after`, or the `ETag` of a document; empty for not
/// at all
/// @param polled when it was asked last; null for never
/// @param error why the last time failed; empty if it did not
public record Feed(
        String url,
        Kind kind,
        FeedTerms terms,
        @Nullable Path credentials,
        String mark,
        @Nullable Instant polled,
        String error) {
    /// What is there.
    public enum Kind {
        TAXII,
        MISP,
        DOCUMENT;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Feed marked(String mark) {
        return new Feed(url, kind, terms, credentials, mark, polled, error);
    }
}
