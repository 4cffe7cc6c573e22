package io.carom.intelstore.feed;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A place that is asked again.
///
/// @param url of the collection, the folder of the MISP feed, or the document; the path of files
/// @param credentials the file that says how; null for none
/// @param mark how far it was read: a TAXII `added_after`, or the `ETag` of a document; empty for not
/// at all
/// @param polled when it was asked last; null for never
/// @param error why the last time failed; empty if it did not
/// @param every how often a server that runs asks it by itself
/// @param failures how often it failed since it last did not
public record Feed(
        String url,
        Kind kind,
        FeedTerms terms,
        @Nullable Path credentials,
        String mark,
        @Nullable Instant polled,
        String error,
        Duration every,
        int failures) {
    /// Where nothing else is said.
    public static final Duration HOURLY = Duration.ofHours(1);

    /// One that was not asked yet.
    Feed(String url, Kind kind, FeedTerms terms, @Nullable Path credentials) {
        this(url, kind, terms, credentials, "", null, "", HOURLY, 0);
    }

    /// What is there.
    public enum Kind {
        TAXII,
        MISP,
        DOCUMENT,
        /// Files and folders of this machine.
        FILES;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Feed marked(String mark) {
        return new Feed(url, kind, terms, credentials, mark, polled, error, every, failures);
    }

    Feed every(Duration often) {
        return new Feed(url, kind, terms, credentials, mark, polled, error, often, failures);
    }

    /// When it is to be asked next. One that fails is asked again after a minute, then after twice the time before, and
    /// never less often than one that does not.
    public Instant due() {
        if (polled == null) {
            return Instant.EPOCH;
        }
        Duration wait = failures == 0 ? every : Duration.ofMinutes(1L << Math.min(failures - 1, 20));
        return polled.plus(wait.compareTo(every) < 0 ? wait : every);
    }
}
