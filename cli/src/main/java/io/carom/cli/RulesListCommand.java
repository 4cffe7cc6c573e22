package io.carom.cli;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What rules there are.
@Command(
        name = "list",
        header = {
            "Lists rules, and those that could not be loaded with the reason.",
            "",
            "  carom rules list sigma/rules",
            "  carom rules list --json my-rules/ | jq -r .title",
            ""
        },
        mixinStandardHelpOptions = true)
final class RulesListCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    RuleReading reading = new RuleReading();

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Rule files, folders, globs or archives.")
    List<Path> paths = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        RuleSet set = reading.read(paths);
        LogSources sources = reading.logSources(common);
        for (Rule rule : set.rules()) {
            String error = error(rule, sources);
            if (common.json) {
                common.out().println(JSON.writeValueAsString(object(rule, error)));
            } else {
                common.out()
                        .printf(
                                "%-13s %-34s %s%s%n",
                                rule.level().name().toLowerCase(Locale.ROOT),
                                rule.logSource(),
                                Shown.text(rule.title(), 200),
                                error == null ? "" : " (" + error + ")");
            }
        }
        for (Correlation correlation : set.correlations()) {
            if (common.json) {
                common.out().println(JSON.writeValueAsString(object(correlation)));
            } else {
                common.out()
                        .printf(
                                "%-13s %-34s %s%n",
                                correlation.level().name().toLowerCase(Locale.ROOT),
                                "correlation",
                                Shown.text(correlation.title(), 200));
            }
        }
        int refused = 0;
        for (RuleFault fault : set.faults()) {
            if (!fault.fatal()) {
                continue;
            }
            refused++;
            if (common.json) {
                common.out().println(JSON.writeValueAsString(object(fault)));
            } else {
                common.fault(Shown.text(fault + " The rule is left out.", 600));
            }
        }
        long waiting = set.rules().stream().filter(r -> !r.waitsFor().isEmpty()).count();
        common.note(Shown.count(set.rules().size() + set.correlations().size()) + " rules are loaded, "
                + Shown.count(refused) + " were refused, " + Shown.count(waiting) + " wait for values.");
        return refused > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }

    /// Why a rule that is right can match nothing; null if it can.
    static @Nullable String error(Rule rule, LogSources sources) {
        return rule.waitsFor().isEmpty()
                ? sources.knows(rule.logSource()) ? null : "no log of this kind is known"
                : "waits for values of " + String.join(", ", rule.waitsFor());
    }

    static ObjectNode object(Rule rule, @Nullable String error) {
        ObjectNode node = JSON.createObjectNode()
                .put("id", rule.id())
                .put("title", rule.title())
                .put("level", rule.level().name().toLowerCase(Locale.ROOT))
                .put("status", rule.status())
                .put("logsource", rule.logSource().toString())
                .put("loaded", true)
                .put("error", error)
                .put("file", rule.file())
                .put("line", rule.line());
        node.set("waits_for", JSON.valueToTree(rule.waitsFor()));
        return node;
    }

    static ObjectNode object(Correlation correlation) {
        return JSON.createObjectNode()
                .put("id", correlation.id())
                .put("title", correlation.title())
                .put("level", correlation.level().name().toLowerCase(Locale.ROOT))
                .put("status", correlation.status())
                .put("logsource", "correlation")
                .put("loaded", true)
                .putNull("error")
                .put("file", correlation.file())
                .put("line", correlation.line());
    }

    /// A rule that could not be loaded, of which only its place is sure.
    static ObjectNode object(RuleFault fault) {
        return JSON.createObjectNode()
                .putNull("id")
                .putNull("title")
                .putNull("level")
                .putNull("status")
                .putNull("logsource")
                .put("loaded", false)
                .put("error", fault.message())
                .put("file", fault.file())
                .put("line", fault.line())
                .put("column", fault.column());
    }
}
