package io.carom.run;

import io.carom.observe.Address;
import io.carom.observe.Origin;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Something that somebody did, of which a phishing mail may be the cause.
///
/// @param account who did it; empty if not known
/// @param src from where; null if not known
/// @param host on or by which machine; empty if not known
/// @param value what a mail would name: the host visited, who was answered, the file opened
/// @param more path of the page visited, or id of the answer; empty if not known
record Doing(
        Kind kind,
        Origin origin,
        long time,
        String account,
        @Nullable Address src,
        String host,
        String value,
        String more)
        implements Serializable {
    enum Kind {
        VISITED,
        ANSWERED,
        OPENED,
        SIGNED_IN
    }

    /// Who it was, as far as it is known.
    String who() {
        return switch (kind) {
            case VISITED -> account.isEmpty() ? src == null ? host : src.text() : account;
            case OPENED -> account + "@" + host;
            case ANSWERED, SIGNED_IN -> account;
        };
    }
}
