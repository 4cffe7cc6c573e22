package io.carom.mailnet.imap;

import java.io.IOException;

/// A command that is not understood; the conversation goes on.
final class BadCommand extends IOException {
    private static final long serialVersionUID = 1;

    BadCommand(String message) {
        super(message);
    }
}
