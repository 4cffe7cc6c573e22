package io.carom.lake;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Upkeep as a program of its own, so that a test can kill it: `HOME compact` or `HOME expire`.
final class Upkeeping {
    private Upkeeping() {}

    public static void main(String[] arguments) throws Exception {
        try (LakeWriter writer = Lake.writer(Path.of(arguments[0]))) {
            Upkeep upkeep = new Upkeep(writer);
            if (arguments[1].equals("compact")) {
                upkeep.compact(false);
            } else {
                upkeep.expire(
                        List.of(new Upkeep.Retention(null, "network_activity", 3)),
                        Instant.parse("2019-03-09T12:00:00Z"),
                        false);
            }
        }
        System.out.println("done");
    }
}
