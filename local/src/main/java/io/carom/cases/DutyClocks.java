package io.carom.cases;

import io.carom.party.Parties;
import io.carom.respond.ClientDuties;
import io.carom.respond.DutyBook;
import io.carom.respond.DutyClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The clocks of the duties that a kept incident brings.
public final class DutyClocks {
    private DutyClocks() {}

    /// @param incident as {@link KeptIncidents} gives it
    public static List<DutyClock> of(JsonNode incident, Parties parties, Instant now) {
        String link = incident.path("entry").path("link").asString("");
        return Moments.response(incident.path("clocks"))
                .clocks(
                        ClientDuties.of(
                                parties,
                                incident.path("client").asString(""),
                                link.isEmpty() ? null : link,
                                DutyBook.builtIn()),
                        now);
    }

    /// Puts `duties` into the incident's `clocks`: one object a duty.
    public static void put(ObjectNode incident, Parties parties, Instant now) {
        ObjectNode clocks = incident.withObject("clocks");
        ArrayNode duties = clocks.putArray("duties");
        for (DutyClock clock : of(incident, parties, now)) {
            json(clock, now, duties.addObject());
        }
    }

    /// One clock; `left_s` are seconds, negative where the time is over.
    public static void json(DutyClock clock, Instant now, ObjectNode into) {
        into.put("id", clock.duty().id())
                .put("regime", clock.duty().regime())
                .put("name", clock.duty().name())
                .put("to", clock.duty().to())
                .put("source", clock.duty().source())
                .put("event", clock.event());
        time(into, "from", clock.from());
        into.put("forecast", clock.forecast());
        time(into, "due", clock.due());
        Duration left = clock.left(now);
        if (left == null) {
            into.putNull("left_s");
        } else {
            into.put("left_s", left.toSeconds());
        }
        time(into, "met", clock.metAt());
        into.put("state", clock.state().label());
        time(into, "restated", clock.restated());
    }

    private static void time(ObjectNode into, String name, @org.jspecify.annotations.Nullable Instant time) {
        into.put(name, time == null ? null : time.toString());
    }
}
