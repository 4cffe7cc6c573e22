package io.carom.lake;

import java.io.IOException;

/// The lake could not do what it was asked; the message says what, where and what to do. Nothing is half
/// done.
public final class LakeException extends IOException {
    private static final long serialVersionUID = 1;

    public LakeException(String message) {
        super(message);
    }

    public LakeException(String message, Throwable cause) {
        super(message, cause);
    }
}
