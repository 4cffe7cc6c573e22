package io.carom.server.provider;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Whether what a provider dates holds now.
///
/// @param skew by how much its clock may differ from ours
record Times(InstantSource clock, Duration skew) {
    /// What is brought here was made for that, right before.
    private static final Duration OLDEST = Duration.ofMinutes(10);

    private static String shown(@Nullable Instant said, Instant now) {
        return "(" + (said == null ? "none" : said) + "; here it is " + now + ")";
    }

    /// @param until from when it does not hold; it has to be said
    void notOver(String what, @Nullable Instant until) throws NotAdmitted {
        Instant now = clock.instant();
        if (until == null || !now.minus(skew).isBefore(until)) {
            throw NotAdmitted.wrong("the " + what + "'s time is over " + shown(until, now));
        }
    }

    /// @param from when it begins to hold; null for any time
    void come(String what, @Nullable Instant from) throws NotAdmitted {
        Instant now = clock.instant();
        if (from != null && now.plus(skew).isBefore(from)) {
            throw NotAdmitted.wrong("the " + what + "'s time has not come " + shown(from, now));
        }
    }

    /// @param made when; it has to be said
    void made(String what, @Nullable Instant made) throws NotAdmitted {
        Instant now = clock.instant();
        if (made == null
                || now.plus(skew).isBefore(made)
                || now.minus(skew).minus(OLDEST).isAfter(made)) {
            throw NotAdmitted.wrong("the " + what + " was not made now " + shown(made, now));
        }
    }

    /// From when on nothing that is taken now is taken again for its age.
    Instant spent() {
        return clock.instant().plus(skew).plus(OLDEST).plus(skew);
    }
}
