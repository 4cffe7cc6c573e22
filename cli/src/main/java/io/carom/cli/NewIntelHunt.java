package io.carom.cli;

import io.carom.event.Indicator;
import io.carom.intelstore.IntelStore;
import io.carom.run.HistoryHunt;
import io.carom.run.Hunt;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Hunts for indicators that just came in, and says who was touched.
final class NewIntelHunt {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Common common;
    private final HistoryHunt hunt;

    NewIntelHunt(Common common) {
        this.common = common;
        this.hunt = new HistoryHunt(common.home());
    }

    /// Takes what a document names.
    void add(List<Indicator> ofDocument) {
        hunt.add(ofDocument);
    }

    /// Takes everything that the home looks for.
    void addKept(IntelStore store, Instant now) throws IOException {
        hunt.addKept(store, now);
    }

    void run() throws Exception {
        if (hunt.isEmpty()) {
            return;
        }
        if (!hunt.hasHistory()) {
            common.note("Nothing is kept here yet, so there is no history to hunt in.");
            return;
        }
        long started = System.nanoTime();
        HistoryHunt.Answer answer = hunt.run(new HistoryHunt.Told() {
            @Override
            public void seen(String client, Hunt.Sighting sighting, @Nullable String listed) {
                print(client, sighting, listed);
            }

            @Override
            public void restated(String incident, Instant first) {
                common.note(incident + ": its first contact was at " + first
                        + ", earlier than was known; its clocks are restated (\"carom incidents clock " + incident
                        + "\")");
            }

            @Override
            public void progress(int done, int steps) {
                if (steps >= 10 && done % Math.max(1, steps / 10) == 0) {
                    common.note("hunting: " + Shown.count(done) + " of " + Shown.count(steps) + " clients");
                }
            }
        });
        if (answer.from() != null) {
            common.note("Looked back to " + answer.from() + " in " + Shown.count(answer.events()) + " events"
                    + (answer.gone() == 0 ? "" : "; " + Shown.count(answer.gone()) + " more are no longer kept") + ".");
        }
        common.out().flush();
        common.note("Hunted for " + Shown.count(answer.indicators()) + " indicators, " + Shown.count(answer.fresh())
                + " of them new here, in " + Shown.seconds((System.nanoTime() - started) / 1e9) + ": "
                + (answer.touched().isEmpty()
                        ? "nobody was touched."
                        : Shown.count(answer.seen()) + " seen, touched: "
                                + Shown.text(String.join(", ", answer.touched()), 400)
                                + ". \"carom hunt --indicators … --investigate\" makes incidents of it."));
    }

    private void print(String client, Hunt.Sighting s, @Nullable String listed) {
        Indicator indicator = s.indicator();
        String first = Instant.ofEpochMilli(s.first()).toString();
        String last = Instant.ofEpochMilli(s.last()).toString();
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("type", indicator.type().label())
                    .put("value", indicator.value())
                    .put("count", s.count())
                    .put("first_seen", first)
                    .put("last_seen", last);
            s.sources().forEach(line.putArray("sources")::add);
            line.putArray("parties").add(client);
            if (listed != null) {
                line.put("warninglist", listed);
            }
            common.out().println(JSON.writeValueAsString(line));
            return;
        }
        common.out()
                .println(Shown.text(client, 64) + ": " + indicator.type().label() + " "
                        + Shown.text(indicator.value(), 200) + " in " + Shown.count(s.count()) + " events, " + first
                        + " to "
                        + last + ", in " + String.join(", ", s.sources())
                        + (listed == null ? "" : "; on the warninglist \"" + Shown.text(listed, 100) + "\""));
    }
}
