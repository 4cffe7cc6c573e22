package io.carom.trace;

/// A connection from a machine to the outside, open long enough to carry somebody's session: a tunnel, a relayed
/// desktop, a page in which a desktop is shown.
///
/// @param machine label of the machine that opened it
/// @param begin and `end`: milliseconds since 1970
/// @param bytesIn towards the machine, -1 where not stated, as `bytesOut`
public record Carrier(
        String machine, String to, int port, long begin, long end, long bytesOut, long bytesIn, Trace.Source record) {

    /// How well it fits a session elsewhere that it may have carried: both last as long and begin together
    /// (Zhang and Paxson, "Detecting Stepping Stones", USENIX Security 2000). A carrier may be opened
    /// shortly before and closed shortly after; clocks may differ.
    ///
    /// @return 0 to 1
    double fits(Session session) {
        double apart = Math.abs(begin - session.time()) / (double) MINUTE;
        double lasts = end - begin;
        double other = session.end() - session.time();
        double longer = Math.abs(lasts - other) / (MINUTE + 0.05 * other);
        return apart > WITHIN ? 0 : Math.exp(-Math.max(0, apart - 2) / 3 - longer / 2);
    }

    /// How well it fits a session elsewhere of which only the beginning is known.
    ///
    /// @return 0 to 1
    double begins(Session session) {
        double apart = Math.abs(begin - session.time()) / (double) MINUTE;
        return apart > WITHIN ? 0 : Math.exp(-Math.max(0, apart - 2) / 3);
    }

    /// Clocks and set-up set both apart by no more, in minutes.
    private static final double WITHIN = 10;

    private static final double MINUTE = 60_000;
}
