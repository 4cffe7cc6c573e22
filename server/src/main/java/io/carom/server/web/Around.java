package io.carom.server.web;

import io.carom.intel.IndicatorValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// Where the events are that lie around what was found.
public final class Around {
    private static final Duration MARGIN = Duration.ofMinutes(5);

    private Around() {}

    /// The address of the search for what a finding is about, from five minutes before it to five after.
    public static String finding(JsonNode finding, String client) {
        String address = "/search?q=" + V.url(text(finding.path("affected").asString(""))) + "&client=" + V.url(client);
        try {
            Instant from =
                    Instant.parse(finding.path("first_seen").asString("")).minus(MARGIN);
            Instant until =
                    Instant.parse(finding.path("last_seen").asString("")).plus(MARGIN);
            return address + "&from=" + V.url(from.toString()) + "&until=" + V.url(until.toString());
        } catch (DateTimeException e) {
            return address;
        }
    }

    /// An address or name by itself is looked up; anything else is a word of the record. Records write an
    /// account's domain by itself.
    private static String text(String value) {
        return IndicatorValue.of(value).isPresent()
                ? value
                : '"' + value.substring(value.lastIndexOf('\\') + 1).replace('"', '*') + '"';
    }
}
