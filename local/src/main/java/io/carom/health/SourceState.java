package io.carom.health;

import java.util.List;

/// How a source is now.
///
/// @param sender who sent last
/// @param first when it was first heard, milliseconds since 1970; `last` when last
/// @param eventTime the latest time that one of its events has
/// @param rate events a second, over the last minutes
/// @param lag how long after they happen its events come, milliseconds; the middle of late ones
/// @param rejectShare of its records, over the last minutes
/// @param formats that read its records, those that read most first
/// @param alarms that are open
public record SourceState(
        String client,
        String source,
        String sender,
        long events,
        long rejects,
        long bytes,
        long first,
        long last,
        long eventTime,
        double rate,
        long lag,
        double rejectShare,
        List<String> formats,
        List<Alarm> alarms) {
    public SourceState {
        formats = List.copyOf(formats);
        alarms = List.copyOf(alarms);
    }
}
