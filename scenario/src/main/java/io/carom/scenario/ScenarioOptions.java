package io.carom.scenario;

import java.nio.file.Path;
import java.time.Instant;

/// What a scenario is to be.
///
/// @param seed decides every choice: names, networks, products, path, tools, times, noise
/// @param days it lasts, 3 to 400
/// @param clients of the supplier, 1 to 60
/// @param events to aim at, within five in a hundred; the background grows with it, the intrusion does not
/// @param out an empty or new folder
/// @param start the first midnight, UTC
public record ScenarioOptions(long seed, int days, int clients, long events, Path out, Instant start) {
    public ScenarioOptions {
        if (days < 3 || days > 400) {
            throw new IllegalArgumentException("a scenario lasts 3 to 400 days");
        }
        if (clients < 1 || clients > 60) {
            throw new IllegalArgumentException("a scenario has 1 to 60 clients");
        }
        if (events < 10_000 || events > 1_000_000_000L) {
            throw new IllegalArgumentException("a scenario has 10,000 to 1,000,000,000 events");
        }
    }
}
