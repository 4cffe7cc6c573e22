package io.carom.trace;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One reading of how a machine was come by, and where it went on from there.
///
/// @param rank from 1, the likeliest reading
/// @param confidence 0 to 1, that the entry is the true one
/// @param entry where it came in
/// @param hops by time, from the first way in to the last machine reached
/// @param reached machines at the end of hops
/// @param gaps what is missing and would tell more, in words
public record Trace(int rank, double confidence, Entry entry, List<Hop> hops, List<String> reached, List<String> gaps) {
    public Trace {
        hops = List.copyOf(hops);
        reached = List.copyOf(reached);
        gaps = List.copyOf(gaps);
    }

    /// @param party whose side it came from; null if nobody declared it
    /// @param link over which it came; null if over none that is declared
    /// @param from machine or address outside the client that it came from; empty if not known
    /// @param why in words
    public record Entry(@Nullable String party, @Nullable String link, String from, String why) {}

    /// Somebody went from one machine to another.
    ///
    /// @param from and `to`: machines by name where it is known, else by address
    /// @param account that was used; empty if no record says so
    /// @param via `RDP`, `SSH`, `VPN`, or the name of a link
    /// @param fromParty and `toParty`: who owns them; null if nobody declared it
    /// @param link it came over; null if none
    /// @param confidence 0 to 1
    /// @param why what speaks for it, in words
    /// @param records it stands on
    public record Hop(
            Instant time,
            Instant end,
            String from,
            String to,
            String account,
            String via,
            @Nullable String fromParty,
            @Nullable String toParty,
            @Nullable String link,
            double confidence,
            String why,
            List<Source> records) {
        public Hop {
            records = List.copyOf(records);
        }
    }

    /// A record of an input, by its number from 1.
    public record Source(String path, long record) {}
}
