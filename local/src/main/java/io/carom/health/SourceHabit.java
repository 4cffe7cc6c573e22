package io.carom.health;

import org.jspecify.annotations.Nullable;

/// What is usual for a source, as it was learned and is kept.
///
/// @param first when it was first heard, milliseconds since 1970; `last` when last
/// @param windows minutes in which it was heard
/// @param usualRejects the share of its records that is not understood, `usualGeneric` that no
///     product's format knows
/// @param usualLag how long after they happen its events come, milliseconds; null if none had a time
/// @param gap between what comes, milliseconds
/// @param mean events of a minute by hour of the day (UTC), 24 of them; `square` their squares' mean;
///     `hours` minutes of which it is
/// @param share by hour of the week (UTC, from a Thursday's first on), 168 of them: of its minutes those in
///     which something comes; `level` events of a minute. -1 of hours that were not watched yet; null
///     where none was, as older versions wrote
public record SourceHabit(
        String client,
        String source,
        long first,
        long last,
        int windows,
        double usualRejects,
        double usualGeneric,
        @Nullable Double usualLag,
        double gap,
        double longestGap,
        double[] mean,
        double[] square,
        int[] hours,
        double @Nullable [] share,
        double @Nullable [] level) {
    static final int HOURS = 24;
    static final int WEEK = 7 * HOURS;

    public SourceHabit {
        if (mean.length != HOURS || square.length != HOURS || hours.length != HOURS) {
            throw new IllegalArgumentException("a day has 24 hours");
        }
        if (share != null && share.length != WEEK || level != null && level.length != WEEK) {
            throw new IllegalArgumentException("a week has 168 hours");
        }
    }
}
