package io.carom.intel.pattern;

/// Ends an evaluation that has no answer; never leaves the package.
@SuppressWarnings("serial")
final class Unanswerable extends RuntimeException {
    private final String reason;

    Unanswerable(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
