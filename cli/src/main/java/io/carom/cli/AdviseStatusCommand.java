package io.carom.cli;

import io.carom.advise.AdviseSettings;
import io.carom.advise.AdviseStore;
import io.carom.advise.Sender;
import io.carom.cases.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What became of packages.
@Command(
        name = "status",
        header = {
            "Shows what was sent to whom, how long it took, and who acknowledged it.",
            "",
            "  carom advise status",
            "  carom advise status acme --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class AdviseStatusCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "CLIENT", arity = "0..1", description = "Only this client.")
    @Nullable
    String client;

    @Override
    public Integer call() throws Exception {
        Instant now = Instant.now();
        try (AdviseStore store = AdviseStore.open(common.home());
                Cases cases = Cases.open(common.home())) {
            Sender sender = new Sender(
                    common.home(),
                    AdviseSettings.of(common.home()),
                    store,
                    cases,
                    to -> new MailNetworkDelivery(common.home(), to));
            MailNetworkDelivery.collect(common.home(), store);
            List<AdviseStore.State> states = store.states(client);
            for (AdviseStore.State state : states) {
                List<AdviseStore.Reported> reported = store.reported(state.client());
                if (common.json) {
                    common.out().println(JSON.writeValueAsString(json(state, reported.size(), sender.due(state, now))));
                } else {
                    print(state, reported.size(), sender.due(state, now));
                }
            }
            if (states.isEmpty()) {
                common.note("Nothing was sent yet. \"carom advise --send\" sends.");
            }
        }
        return Exit.DONE;
    }

    private static void seconds(ObjectNode into, String name, @Nullable Instant from, @Nullable Instant to) {
        if (from == null || to == null) {
            into.putNull(name);
        } else {
            into.put(name, Duration.between(from, to).toSeconds());
        }
    }

    private static ObjectNode json(AdviseStore.State state, int reported, boolean due) {
        ObjectNode line = JSON.createObjectNode();
        Instant told = state.told().orElse(null);
        Instant acknowledged = state.acknowledgedAt();
        line.put("client", state.client())
                .put("package", state.id())
                .put("made", state.made().toString())
                .put("tlp", state.tlp())
                .put("detected", state.detected().toString())
                .put("told", told == null ? null : told.toString());
        seconds(line, "time_to_notify_s", state.detected(), told);
        line.put("acknowledged_by", state.acknowledgedBy())
                .put("acknowledged_at", acknowledged == null ? null : acknowledged.toString());
        seconds(line, "time_to_acknowledge_s", told, acknowledged);
        line.put("reminder_due", due).put("reported", reported);
        ArrayNode sent = line.putArray("sent");
        state.sent().forEach(s -> AdviseCommand.sent(s, sent.addObject()));
        return line;
    }

    private void print(AdviseStore.State state, int reported, boolean due) {
        Instant told = state.told().orElse(null);
        Instant acknowledged = state.acknowledgedAt();
        String by = state.acknowledgedBy();
        common.out()
                .println(Shown.text(state.client(), 64) + "  " + state.id() + "  " + state.tlp() + "  "
                        + (told == null
                                ? "not delivered"
                                : "told " + told + ", "
                                        + ClockLines.words(Duration.between(state.detected(), told)
                                                .toSeconds())
                                        + " after it was detected")
                        + (by == null || acknowledged == null
                                ? due ? "; not acknowledged, a reminder is due" : "; not acknowledged"
                                : "; acknowledged by " + Shown.text(by, 100) + " " + acknowledged)
                        + (reported == 0 ? "" : "; reported back " + Shown.count(reported) + " sightings"));
        for (AdviseStore.Sent s : state.sent()) {
            common.out()
                    .println("  " + s.at() + "  " + s.channel() + " to " + Shown.text(s.target(), 120)
                            + (s.reminder() > 0 ? ", reminder " + s.reminder() : "")
                            + (s.ok() ? "" : ": " + Shown.text(s.detail(), 300)));
        }
    }
}
