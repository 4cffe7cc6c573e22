package io.carom.sightings;

/// The shards of one source and time of a segment, whose postings are told together: how often a value was seen in all
/// of them, first and last. So a value that is in every file is answered for by few numbers.
///
/// @param source of all its shards
/// @param since what the times of its postings are counted from, milliseconds since 1970: not later than any event
/// @param oldest and `newest`: numbers of shards between which all of its are
public record Group(String source, long since, long oldest, long newest) {
    /// Shards that begin within so many days are told together: what retention takes away, and what a question is
    /// about that names a time, is seldom in the middle of more.
    private static final long DAYS = 90;

    private static final long LENGTH = DAYS * 86_400_000;

    /// Of which stretch of time a shard is that begins then.
    static long stretch(long first) {
        return Math.floorDiv(first, LENGTH);
    }

    /// Whether shards of the one and the other are told together.
    boolean isWith(Group other) {
        return source.equals(other.source) && stretch(since) == stretch(other.since);
    }

    Group and(Group other) {
        return new Group(
                source, Math.min(since, other.since), Math.min(oldest, other.oldest), Math.max(newest, other.newest));
    }
}
