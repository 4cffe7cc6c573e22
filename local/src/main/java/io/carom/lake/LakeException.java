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

    /// The fault of a disk that is full, if that is what is behind this one; else the fault itself.
    static IOException told(Exception fault, String where) {
        for (Throwable t = fault; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            if (message.contains("No space left")
                    || message.contains("disk is full")
                    || message.contains("SQLITE_FULL")) {
                return new LakeException(
                        "the disk is full at " + where + "; nothing of this step was kept. Free space and run it again",
                        fault);
            }
        }
        return fault instanceof IOException e
                ? e
                : new LakeException("the lake cannot be written: " + fault.getMessage(), fault);
    }
}
