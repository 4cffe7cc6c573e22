package io.carom.trace;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One reading of how a machine was come by, and where it went on from there.
///
/// @param rank from 1, the likeliest reading
/// @param confidence 0 to 1, that the entry is the true one
/// @param entry where it came in to the client
/// @param origins where it began, the likeliest first: for what came over a supplier's link, in the
/// supplier's own logs
/// @param hops by time, from the first way in to the last machine reached
/// @param reached machines at the end of hops
/// @param channels from machines of it to the outside, that few other machines use; those with most
/// traffic first
/// @param gaps what is missing and would tell more, in words
public record Trace(
        int rank,
        double confidence,
        Entry entry,
        List<Origin> origins,
        List<Hop> hops,
        List<String> reached,
        List<Channel> channels,
        List<String> gaps) {
    public Trace {
        channels = List.copyOf(channels);
        origins = List.copyOf(origins);
        hops = List.copyOf(hops);
        reached = List.copyOf(reached);
        gaps = List.copyOf(gaps);
    }

    /// How an intruder gets his first machine.
    public enum Way {
        LINK("over a supplier's link"),
        PHISHING("by phishing"),
        DRIVE_BY("by a web page"),
        EXPOSED_SERVICE("by a service that is open to the Internet"),
        VALID_ACCOUNT("with somebody's account from outside"),
        REMOTE_TOOL("by a remote-support tool"),
        UNKNOWN("in a way that is not known");

        private final String words;

        Way(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }

        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// @param party whose side it came from; null if nobody declared it
    /// @param link over which it came; null if over none that is declared
    /// @param from machine or address outside the client that it came from; empty if not known
    /// @param why in words
    public record Entry(
            Way way, @Nullable String party, @Nullable String link, String from, String why) {}

    /// Where it began.
    ///
    /// @param party whose machine or account was the first
    /// @param from address outside it came from; empty if not known
    /// @param at the first machine
    /// @param account that was used; empty if none is known
    /// @param confidence 0 to 1
    public record Origin(
            Way way,
            String party,
            String from,
            String at,
            String account,
            Instant time,
            double confidence,
            String why) {
        public Origin with(double p) {
            return new Origin(way, party, from, at, account, time, p, why);
        }
    }

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

        /// The same from a machine by another name.
        Hop from(String machine, String party) {
            return new Hop(time, end, machine, to, account, via, party, toParty, link, confidence, why, records);
        }

        /// The same to another machine.
        Hop to(String machine, double p, String reason) {
            return new Hop(
                    time,
                    end,
                    from,
                    machine,
                    account,
                    via,
                    fromParty,
                    toParty,
                    link,
                    Math.round(p * 100) / 100.0,
                    reason,
                    records);
        }

        Hop with(double p) {
            return new Hop(
                    time,
                    end,
                    from,
                    to,
                    account,
                    via,
                    fromParty,
                    toParty,
                    link,
                    Math.round(p * 100) / 100.0,
                    why,
                    records);
        }
    }

    /// A machine spoke with the outside.
    ///
    /// @param from label of the machine
    /// @param machines how many of the client's machines were in touch with `to`
    /// @param count contacts, `bytesOut` and `bytesIn` of all together
    public record Channel(
            String client,
            String from,
            String to,
            int port,
            int machines,
            long count,
            long bytesOut,
            long bytesIn,
            Instant first,
            Instant last,
            Source record) {}

    /// A record of an input, by its number from 1.
    public record Source(String path, long record) {}
}
