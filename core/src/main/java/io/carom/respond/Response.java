package io.carom.respond;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What happened in the response to an incident, by name: the events {@link #EVENTS}, and duties that were done,
/// by their ids.
///
/// @param at when each happened
/// @param restated when an earlier first contact became known, the latest time; null if never
public record Response(Map<String, Instant> at, @Nullable Instant restated) {
    /// Events of a response in the order in which they usually come.
    public static final List<String> EVENTS = List.of(
            "occurred",
            "detected",
            "seen",
            "acknowledged",
            "aware",
            "classified",
            "material",
            "contained",
            "told",
            "closed");

    /// Those that a person states; the others are known from what was done.
    public static final List<String> STATED = List.of("seen", "aware", "classified", "material", "told");

    /// The regime of what contracts promise: to tell the client, which is done when it was told.
    static final String CONTRACT = "contract";

    public Response {
        at = Map.copyOf(at);
    }

    /// The clocks of these duties, in their order.
    public List<DutyClock> clocks(List<Duty> duties, Instant now) {
        Map<String, DutyClock> done = new HashMap<>();
        List<DutyClock> clocks = new ArrayList<>();
        for (Duty duty : duties) {
            DutyClock clock = clock(duty, done, now);
            done.put(duty.id(), clock);
            clocks.add(clock);
        }
        return clocks;
    }

    private record Start(String event, @Nullable Instant from, boolean forecast) {}

    private Start start(Duty duty, Map<String, DutyClock> before) {
        String follows = duty.met();
        if (follows == null) {
            return first(duty.from());
        }
        DutyClock clock = before.get(follows);
        if (clock == null) {
            return new Start(follows, at.get(follows), false);
        }
        Instant met = clock.metAt();
        return new Start(follows, met != null ? met : clock.due(), met == null);
    }

    private Start first(List<String> events) {
        for (String event : events) {
            Instant when = at.get(event);
            if (when != null) {
                return new Start(event, when, false);
            }
        }
        return new Start(events.getFirst(), null, false);
    }

    private DutyClock clock(Duty duty, Map<String, DutyClock> before, Instant now) {
        Start start = start(duty, before);
        Instant due = start.from == null ? null : duty.term().end(start.from);
        Duty.Latest latest = duty.latest();
        if (latest != null) {
            Start other = first(latest.from());
            Instant end = other.from == null ? null : latest.term().end(other.from);
            // What is classified only after the second end has its own time: the end was none of a duty yet.
            if (end != null
                    && (start.from == null || !start.from.isAfter(end) && end.isBefore(Objects.requireNonNull(due)))) {
                start = other;
                due = end;
            }
        }
        Instant met = at.getOrDefault(duty.id(), duty.regime().equals(CONTRACT) ? at.get("told") : null);
        DutyClock.State state = due == null && met == null
                ? DutyClock.State.WAITING
                : met != null
                        ? due != null && met.isAfter(due) ? DutyClock.State.MISSED : DutyClock.State.MET
                        : Objects.requireNonNull(due).isBefore(now) ? DutyClock.State.MISSED : DutyClock.State.RUNNING;
        Instant later = restated;
        return new DutyClock(
                duty,
                start.event,
                start.from,
                start.forecast,
                due,
                met,
                state,
                met != null && later != null && later.isAfter(met) ? later : null);
    }
}
