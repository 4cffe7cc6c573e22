package io.carom.cli;

import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.health.SourceState;
import io.carom.lake.Lake;
import io.carom.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What feeds Carom.
@Command(
        name = "sources",
        header = {
            "Every product that feeds Carom: events, how far back, last read, and what was rejected.",
            "",
            "  carom sources",
            "  carom sources --formats",
            ""
        },
        mixinStandardHelpOptions = true)
final class SourcesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(
            names = "--formats",
            description = "The formats that can be read, with the products they are of; those that the home's mapping"
                    + " files describe too.")
    boolean formats;

    @Override
    public Integer call() throws Exception {
        if (formats) {
            for (Source source : new Reading().sources(common).all()) {
                if (common.json) {
                    common.out()
                            .println(JSON.writeValueAsString(JSON.createObjectNode()
                                    .put("format", source.name())
                                    .put("product", source.product())));
                } else {
                    common.out().printf("%-22s %s%n", Shown.text(source.name(), 60), Shown.text(source.product(), 200));
                }
            }
            return Exit.DONE;
        }
        boolean listened = KeptHealth.exists(common.home());
        if (listened) {
            try (KeptHealth health = KeptHealth.open(common.home())) {
                listened(health);
            }
            if (!Files.exists(common.home().resolve("lake").resolve("catalog.db"))) {
                return Exit.DONE;
            }
        }
        try (Lake lake = Lake.open(common.home())) {
            if (!common.json) {
                common.out()
                        .printf(
                                "%-16s %-22s %12s  %-20s  %-20s  %s%n",
                                "client", "source", "events", "first", "last", "last read");
            }
            for (Lake.SourceState s : lake.sources()) {
                if (common.json) {
                    common.out()
                            .println(JSON.writeValueAsString(JSON.createObjectNode()
                                    .put("client", s.client())
                                    .put("source", s.source())
                                    .put("events", s.events())
                                    .put("first_seen", Shown.time(s.first()))
                                    .put("last_seen", Shown.time(s.last()))
                                    .put("ingested", Shown.time(s.ingested()))));
                } else {
                    common.out()
                            .printf(
                                    "%-16s %-22s %,12d  %-20s  %-20s  %s%n",
                                    Shown.text(s.client(), 64),
                                    Shown.text(s.source(), 60),
                                    s.events(),
                                    second(s.first()),
                                    second(s.last()),
                                    second(s.ingested()));
                }
            }
            for (Lake.RejectCount r : lake.rejects()) {
                if (common.json) {
                    common.out()
                            .println(JSON.writeValueAsString(JSON.createObjectNode()
                                    .put("client", r.client())
                                    .put("reject_reason", r.reason())
                                    .put("count", r.count())));
                } else {
                    common.out()
                            .printf(
                                    "%-16s rejected %,d: %s%n",
                                    Shown.text(r.client(), 64), r.count(), Shown.text(r.reason(), 200));
                }
            }
        }
        return Exit.DONE;
    }

    /// What `carom serve` listens to, and what of that is out of the ordinary.
    private void listened(KeptHealth health) throws IOException {
        List<KeptHealth.Kept> all = health.states();
        if (!common.json && !all.isEmpty()) {
            common.out()
                    .printf(
                            "%-12s %-30s %-20s %9s %8s %9s  %s%n",
                            "client", "received from", "last", "events/s", "lag", "rejected", "alarms");
        }
        for (KeptHealth.Kept kept : all) {
            SourceState s = kept.state();
            List<String> open = s.alarms().stream().map(a -> a.kind().label()).toList();
            if (common.json) {
                ObjectNode line = JSON.createObjectNode()
                        .put("client", s.client())
                        .put("received_from", s.source())
                        .put("sender", s.sender())
                        .put("events", s.events())
                        .put("rejects", s.rejects())
                        .put("bytes", s.bytes())
                        .put("first_heard", Shown.time(s.first()))
                        .put("last_heard", Shown.time(s.last()))
                        .put("last_event", s.eventTime() == 0 ? null : Shown.time(s.eventTime()))
                        .put("events_a_second", s.rate())
                        .put("lag_seconds", s.lag() / 1e3)
                        .put("reject_share", s.rejectShare())
                        .put("as_of", Shown.time(kept.written()));
                s.formats().forEach(line.putArray("formats")::add);
                open.forEach(line.putArray("alarms")::add);
                common.out().println(JSON.writeValueAsString(line));
            } else {
                common.out()
                        .printf(
                                "%-12s %-30s %-20s %9.1f %8s %8.1f%%  %s%n",
                                Shown.text(s.client(), 64),
                                Shown.text(s.source(), 30),
                                second(s.last()),
                                s.rate(),
                                s.lag() < 1000 ? s.lag() + " ms" : Math.round(s.lag() / 1e3) + " s",
                                100.0 * s.rejects() / Math.max(1, s.events() + s.rejects()),
                                String.join(", ", open));
            }
        }
        for (Alarm alarm : health.alarms(true, 100)) {
            if (common.json) {
                common.out().println(JSON.writeValueAsString(alarm.json()));
            } else {
                common.out()
                        .println("ALARM since " + second(alarm.since()) + ": "
                                + Shown.text(
                                        alarm.source() + " of " + alarm.client() + ": " + alarm.text()
                                                + (alarm.sample() == null ? "" : "; for example: " + alarm.sample()),
                                        500));
            }
        }
        if (!common.json && !all.isEmpty()) {
            common.out().println();
        }
    }

    private static String second(long millis) {
        return Instant.ofEpochMilli(millis)
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
    }
}
