package io.carom.spool;

import java.io.IOException;

/// The spool takes nothing now: it holds as much as it may, or the disk has no more room. Nothing of
/// what was to be appended is in it. Whoever sends is to wait and try again.
public final class SpoolFullException extends IOException {
    private static final long serialVersionUID = 1;

    public SpoolFullException(String message) {
        super(message);
    }
}
