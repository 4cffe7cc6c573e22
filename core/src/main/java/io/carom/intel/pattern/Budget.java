package io.carom.intel.pattern;

/// How much work one question may cost; a hostile pattern or value ends it, not the program.
final class Budget {
    /// Steps of any kind: characters compared, observations looked at. About a second.
    static final long STEPS = 200_000_000;

    private long left = STEPS;

    /// @throws Unanswerable if no more is left
    void spend(long steps) {
        left -= steps;
        if (left < 0) {
            throw new Unanswerable("it would take more than " + STEPS + " steps to answer");
        }
    }
}
