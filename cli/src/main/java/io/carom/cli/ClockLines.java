package io.carom.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/// The clocks of an incident, for people.
final class ClockLines {
    private ClockLines() {}

    /// @param clocks of an incident's JSON, with `duties`
    static void print(JsonNode clocks, PrintWriter out) {
        out.println("Clocks");
        clocks.propertyStream()
                .filter(clock -> clock.getValue().isString())
                .map(clock -> Map.entry(clock.getKey(), clock.getValue().asString("")))
                .sorted(Map.Entry.comparingByValue())
                .forEach(clock ->
                        out.printf("  %-28s %s%n", Shown.text(clock.getKey(), 40), Shown.text(clock.getValue(), 30)));
        for (JsonNode one : clocks.path("restated")) {
            out.println("  restated " + one.path("at").asString("") + ": the first contact was at "
                    + one.path("to").asString("") + ", not " + one.path("from").asString("") + "; "
                    + Shown.text(one.path("why").asString(""), 200));
        }
        if (clocks.path("duties").isEmpty()) {
            return;
        }
        out.println();
        out.println("Duties");
        for (JsonNode duty : clocks.path("duties")) {
            out.printf(
                    "  %-8s %-22s %s%n",
                    duty.path("state").asString(""),
                    Shown.text(duty.path("id").asString(""), 40),
                    Shown.text(duty.path("name").asString(""), 80) + " to "
                            + Shown.text(duty.path("to").asString(""), 80));
            out.println("           " + state(duty));
            out.println("           " + Shown.text(duty.path("source").asString(""), 300));
        }
    }

    private static String state(JsonNode duty) {
        String event = duty.path("event").asString("");
        String due = duty.path("due").asString("");
        String stale = duty.path("restated").isString() ? "; an earlier first contact is known since: tell them" : "";
        if (duty.path("state").asString("").equals("waiting")) {
            return "starts when it is " + event + ": carom incidents clock ID " + event + " --at TIME";
        }
        String since = (duty.path("forecast").asBoolean(false) ? "forecast: " + event + " is due " : event + " ")
                + duty.path("from").asString("");
        if (duty.path("met").isString()) {
            return "done " + duty.path("met").asString("") + ", due " + due + stale;
        }
        long left = duty.path("left_s").asLong(0);
        return (left >= 0 ? words(left) + " left" : words(-left) + " late") + ", due " + due + " (" + since + ")";
    }

    /// `3 d 04 h`, `5 h 07 min`
    static String words(long seconds) {
        Duration time = Objects.requireNonNull(Duration.ofSeconds(seconds));
        return time.toDays() > 0
                ? "%d d %02d h".formatted(time.toDays(), time.toHoursPart())
                : "%d h %02d min".formatted(time.toHours(), time.toMinutesPart());
    }
}
