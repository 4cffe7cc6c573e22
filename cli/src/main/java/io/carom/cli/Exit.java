package io.carom.cli;

/// Exit codes, as COMMANDS promises them to scripts.
final class Exit {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;
    /// Done, but some input was not understood.
    static final int SOME_REJECTED = 3;
    /// Findings at or above `--fail-on`.
    static final int FOUND = 10;

    private Exit() {}
}
