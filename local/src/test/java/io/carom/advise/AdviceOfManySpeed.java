package io.carom.advise;

import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// How much processor time the advice takes for a client with very many incidents, by its parts:
/// `AdviceOfManySpeed <incidents> <indicators of each> <machines at another client>`. Run by hand.
final class AdviceOfManySpeed {
    private AdviceOfManySpeed() {}

    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long lap(String what, long since) {
        System.out.printf("%-10s %,8d ms%n", what, (now() - since) / 1_000_000);
        return now();
    }

    static void main(String[] args) throws ConfigException, IOException {
        int incidents = Integer.parseInt(args[0]);
        int indicators = Integer.parseInt(args[1]);
        int elsewhere = Integer.parseInt(args[2]);
        Path folder = Files.createTempDirectory("advice");
        long t = now();
        AdviceHome home = new AdviceHome(folder)
                .machines("acme", incidents, indicators)
                .machines("borealis-bank", elsewhere, 1)
                .investigated();
        t = lap("home", t);
        try (Cases cases = Cases.open(folder);
                Adviser adviser = new Adviser(home.settings(), cases, Set.of())) {
            t = lap("adviser", t);
            Audience audience = adviser.audience("acme");
            t = lap("audience", t);
            Advice advice = adviser.of("acme", audience);
            t = lap("advice", t);
            Map<String, byte[]> files = AdviceFiles.unchecked(advice);
            t = lap("files", t);
            LeakScan.check(files, audience, Map.of());
            lap("scan", t);
            System.out.printf(
                    "%d incidents, %d indicators%n",
                    advice.incidents().size(), advice.indicators().size());
            files.forEach((name, bytes) -> System.out.printf("%-18s %,12d bytes%n", name, bytes.length));
        }
    }
}
