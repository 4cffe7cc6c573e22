package io.carom.intelstore.feed;

import java.io.IOException;

/// A feed could not be read; the message says which, what was found and what to do.
public final class FeedException extends IOException {
    private static final long serialVersionUID = 1;

    FeedException(String message) {
        super(message);
    }

    FeedException(String message, Throwable cause) {
        super(message, cause);
    }
}
