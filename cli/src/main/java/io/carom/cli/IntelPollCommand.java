package io.carom.cli;

import io.carom.intel.Tlp;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.feed.Feed;
import io.carom.intelstore.feed.FeedPoll;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What feeds say now.
@Command(
        name = "poll",
        header = {
            "Asks the feeds that were added by their addresses for what is new.",
            "",
            "  carom intel poll",
            "  carom intel poll https://cert.example/taxii2/root/collections/ID/ --json",
            "  carom intel poll --list",
            "  carom intel poll --forget https://feeds.example/list.csv",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelPollCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "ADDRESS", arity = "0..*", description = "Only these, as --list writes them.")
    List<String> addresses = new ArrayList<>();

    @Option(names = "--list", description = "Lists the feeds, and asks none.")
    boolean list;

    @Option(names = "--forget", paramLabel = "ADDRESS", description = "Asks it no more; what it said stays kept.")
    @Nullable
    String forget;

    @Option(names = "--no-hunt", description = "Does not look for what is new in what is kept.")
    boolean noHunt;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        IntelTold told = new IntelTold(common);
        NewIntelHunt hunt = new NewIntelHunt(common);
        try (IntelStore store = IntelStore.open(common.home())) {
            if (forget != null) {
                if (!store.feeds().forget(forget)) {
                    throw new CommandLine.ParameterException(program, "--forget: no feed is kept by that address");
                }
                return Exit.DONE;
            }
            List<Feed> feeds = store.feeds().all();
            for (String address : addresses) {
                if (feeds.stream().noneMatch(f -> f.url().equals(address))) {
                    throw new CommandLine.ParameterException(
                            program, "no feed is kept by the address " + address + "; \"intel add\" it first");
                }
            }
            FeedPoll poll = new FeedPoll(store, System.getenv());
            Instant now = Instant.now();
            for (Feed feed : feeds) {
                if (!addresses.isEmpty() && !addresses.contains(feed.url())) {
                    continue;
                }
                if (list) {
                    show(feed);
                } else {
                    told.polled(poll, feed, now);
                }
            }
            if (feeds.isEmpty()) {
                common.note("no feed is kept; \"carom intel add https://…\" adds one");
            }
            if (!list && !noHunt && !feeds.isEmpty()) {
                hunt.addKept(store, now);
            }
        }
        common.out().flush();
        hunt.run();
        return told.faults() ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private void show(Feed feed) {
        Tlp tlp = feed.terms().tlp();
        Instant polled = feed.polled();
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("path", feed.url())
                    .put("kind", feed.kind().label())
                    .put("source", feed.terms().source())
                    .put("tlp", tlp == null ? null : tlp.label())
                    .put("polled", polled == null ? null : polled.toString())
                    .put("every_s", feed.every().toSeconds())
                    .put("due", feed.due().toString())
                    .put("error", feed.error());
            common.out().println(JSON.writeValueAsString(line));
            return;
        }
        common.out()
                .println(feed.kind().label() + "  " + Shown.text(feed.url(), 400)
                        + (polled == null ? "  never asked" : "  asked " + polled)
                        + "  every " + Shown.seconds(feed.every().toSeconds())
                        + (feed.error().isEmpty() ? "" : "  failed: " + Shown.text(feed.error(), 200)));
    }
}
