package io.carom.cli;

import io.carom.lake.Lake;
import io.carom.source.Source;
import io.carom.source.Sources;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

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

    @Option(names = "--formats", description = "The formats that can be read, with the products they are of.")
    boolean formats;

    @Override
    public Integer call() throws Exception {
        if (formats) {
            for (Source source : Sources.installed().all()) {
                if (common.json) {
                    common.out()
                            .println(JSON.writeValueAsString(JSON.createObjectNode()
                                    .put("format", source.name())
                                    .put("product", source.product())));
                } else {
                    common.out().printf("%-22s %s%n", source.name(), source.product());
                }
            }
            return Exit.DONE;
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
                                    s.client(),
                                    s.source(),
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
                    common.out().printf("%-16s rejected %,d: %s%n", r.client(), r.count(), Shown.text(r.reason(), 200));
                }
            }
        }
        return Exit.DONE;
    }

    private static String second(long millis) {
        return Instant.ofEpochMilli(millis)
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
    }
}
