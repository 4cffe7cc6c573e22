package io.carom.sightings;

/// A segment is not what was written. The lake says what to do about it: build the index again.
public final class SegmentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SegmentException(String message) {
        super(message);
    }
}
