package io.carom.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// What a scenario is to be.
///
/// @param seed decides every choice: names, networks, products, way in, path, tools, times, noise
/// @param days it lasts, 3 to 400
/// @param clients of the supplier, 1 to 60
/// @param events to aim at before any is dropped, within five in a hundred; the background grows with it, the
///     intrusion does not
/// @param out an empty or new folder
/// @param start the first midnight, UTC
/// @param drop share of the records that never reached their log, 0 to 0.9; which ones is the seed's choice
/// @param without sources that nobody collected, of {@link #SOURCES}
/// @param skew how far a product's clock may be off either way; zero means the ordinary: most right to two
///     seconds, one in five some minutes off
public record ScenarioOptions(
        long seed,
        int days,
        int clients,
        long events,
        Path out,
        Instant start,
        double drop,
        Set<String> without,
        Duration skew) {
    /// What a log can be of, whatever the product.
    public static final Set<String> SOURCES = Set.of(
            "network",
            "windows",
            "firewall",
            "vpn",
            "proxy",
            "web",
            "cloud",
            "linux",
            "dns",
            "dhcp",
            "remote-support",
            "mail");

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
        if (!(drop >= 0 && drop <= 0.9)) {
            throw new IllegalArgumentException("the share of records dropped is 0 to 0.9");
        }
        if (skew.isNegative() || skew.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("a clock is off by 0 seconds to a day");
        }
        without = Set.copyOf(without);
        for (String source : without) {
            if (!SOURCES.contains(source)) {
                throw new IllegalArgumentException("there is no source \"" + source + "\" to leave out; there are "
                        + String.join(", ", SOURCES.stream().sorted().toList()));
            }
        }
    }

    /// One with every record, every source and ordinary clocks.
    public ScenarioOptions(long seed, int days, int clients, long events, Path out, Instant start) {
        this(seed, days, clients, events, out, start, 0, Set.of(), Duration.ZERO);
    }
}
