package io.carom.cli;

import io.carom.intel.Decay;
import io.carom.intel.Facts;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intelstore.IntelStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is kept.
@Command(
        name = "list",
        aliases = "show",
        header = {
            "Lists the kept indicators with what their origins say; with values, only those.",
            "",
            "  carom intel list --type domain,ip --min-confidence 50",
            "  carom intel list --json",
            "  carom intel show evil.example",
            "  carom intel show evil.example --inactive --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelListCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    IntelSelection selection = new IntelSelection();

    @Parameters(paramLabel = "VALUE", arity = "0..*", description = "Only these values.")
    List<String> values = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Instant now = Instant.now();
        Set<String> meant = new HashSet<>();
        values.forEach(value -> meant.addAll(IntelSpelling.of(value)));
        List<IntelStore.Kept> kept = selection.of(common).stream()
                .filter(k -> values.isEmpty() || meant.contains(k.indicator().value()))
                .sorted(Comparator.comparingInt((IntelStore.Kept k) -> -Decay.score(k.indicator(), null, now)))
                .toList();
        for (IntelStore.Kept one : kept) {
            if (common.json) {
                common.out().println(json(one, now));
            } else {
                print(one, now);
            }
        }
        common.note(Shown.count(kept.size()) + " indicators");
        return Exit.DONE;
    }

    private static String json(IntelStore.Kept kept, Instant now) {
        ObjectNode line = (ObjectNode) JSON.readTree(kept.indicator().json());
        line.put("score", Decay.score(kept.indicator(), null, now));
        line.put("active", kept.active());
        if (!kept.falseAlarm().isEmpty()) {
            line.put("false_alarm", kept.falseAlarm());
        }
        ArrayNode origins = line.putArray("origins");
        kept.origins().forEach(o -> origins.add(JSON.readTree(o.json())));
        return JSON.writeValueAsString(line);
    }

    private void print(IntelStore.Kept kept, Instant now) {
        ThreatIndicator one = kept.indicator();
        Facts facts = one.facts();
        Tlp tlp = facts.tlp();
        common.out()
                .println(one.type().label() + "  " + Shown.text(one.value(), 200)
                        + (tlp == null ? "" : "  " + tlp.label())
                        + (facts.confidence() < 0 ? "" : "  confidence " + facts.confidence())
                        + "  score " + Decay.score(one, null, now)
                        + (kept.active() ? "" : "  not looked for")
                        + (kept.falseAlarm().isEmpty() ? "" : "  false alarm: " + Shown.text(kept.falseAlarm(), 200)));
        if (!values.isEmpty()) {
            for (ThreatIndicator origin : kept.origins()) {
                common.out()
                        .println("    " + Shown.text(origin.facts().origin(), 200) + "  "
                                + Shown.text(origin.facts().source(), 100) + "  "
                                + Shown.text(origin.facts().comment(), 200));
            }
        }
    }
}
