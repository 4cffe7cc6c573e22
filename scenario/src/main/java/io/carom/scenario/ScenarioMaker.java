package io.carom.scenario;

import io.carom.scenario.World.Org;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongConsumer;

/// Makes a scenario: a supplier and its clients over some days, their ordinary life, and an intrusion
/// through the supplier in it, as the logs of their products.
///
/// Time goes by in hours; an hour of one organisation is held in memory, no more. Every organisation and
/// hour has a random source of its own, so the same seed gives the same bytes.
public final class ScenarioMaker {
    static final long HOUR = 3_600_000L;

    private ScenarioMaker() {}

    /// Makes it.
    ///
    /// @param progress told how many records were written so far
    /// @return what really happened, as in `truth.json`
    public static Truth make(ScenarioOptions options, LongConsumer progress) throws IOException {
        Files.createDirectories(options.out());
        World world = new World(options.seed(), options.clients());
        Truth truth = new Truth();
        Map<Org, Logs> logs = new LinkedHashMap<>();
        List<Org> orgs = new ArrayList<>();
        orgs.add(world.supplier);
        orgs.addAll(world.clients);
        for (Org org : orgs) {
            logs.put(org, new Logs(org, options.out(), truth, new Random(options.seed() * 131 + org.name.hashCode())));
        }
        for (Org org : orgs) {
            org.servers.forEach(h -> truth.machine(org.name, h.name(), h.ip()));
            org.users.forEach(u -> truth.machine(
                    org.name, u.workstation().name(), u.workstation().ip()));
        }
        long start = options.start().toEpochMilli();
        Intrusion intrusion = new Intrusion(world, options, truth);
        Background background = new Background(world, logs);
        double weight = 0;
        for (int hour = 0; hour < options.days() * 24; hour++) {
            weight += Background.weight(start + hour * HOUR) * orgs.size();
        }
        long written = 0;
        double owed = 0;
        for (int hour = 0; hour < options.days() * 24; hour++) {
            long at = start + hour * HOUR;
            intrusion.play(at, at + HOUR, logs);
            for (Org org : orgs) {
                // What one hour wrote too much or too little the next makes up for.
                owed += options.events() * Background.weight(at) / weight;
                Random random = new Random(options.seed() * 1_000_003 + hour * 8191L + org.name.hashCode());
                owed -= background.play(org, at, owed, random);
            }
            for (Logs of : logs.values()) {
                written += of.flush(at + HOUR);
            }
            progress.accept(written);
        }
        for (Logs of : logs.values()) {
            written += of.flush(Long.MAX_VALUE);
            of.close();
        }
        Files.writeString(options.out().resolve("parties.yaml"), world.parties());
        truth.write(options.out(), written);
        return truth;
    }
}
