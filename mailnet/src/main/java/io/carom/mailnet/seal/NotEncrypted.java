package io.carom.mailnet.seal;

import java.io.IOException;

/// A mail that could be read on its way; the message says by what.
public final class NotEncrypted extends IOException {
    private static final long serialVersionUID = 1;

    NotEncrypted(String message) {
        super(message);
    }
}
