package io.carom.intel.pattern;

/// Which observations may be taken, by time: those that can have happened at `from` or later, and at `to`
/// or before.
///
/// An observation happened at some time between its first and its last; which one is not known, so any
/// will do.
///
/// @param open whether `to` itself is excluded
record Span(Moment from, Moment to, boolean open) {
    static final Span ALWAYS = new Span(Moment.EARLIEST, Moment.LATEST, false);

    boolean holds(Observation observation) {
        int end = observation.first().compareTo(to);
        return observation.last().compareTo(from) >= 0 && (open ? end < 0 : end <= 0);
    }

    /// What lies in this and also at `start` or later and before `stop`.
    Span within(Moment start, Moment stop) {
        Span narrowed = from(start);
        return stop.compareTo(to) <= 0 ? new Span(narrowed.from, stop, true) : narrowed;
    }

    Span from(Moment start) {
        return start.compareTo(from) > 0 ? new Span(start, to, open) : this;
    }

    Span to(Moment end) {
        return end.compareTo(to) < 0 ? new Span(from, end, false) : this;
    }
}
