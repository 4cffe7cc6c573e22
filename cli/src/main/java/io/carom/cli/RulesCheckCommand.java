package io.carom.cli;

import io.carom.config.Suggestion;
import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.LogSource;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is wrong with rules, and what might be.
@Command(
        name = "check",
        header = {
            "Tells every fault of rule files with file, line and column: errors, and warnings of what might be meant otherwise.",
            "",
            "  carom rules check my-rules/lateral/psexec.yml",
            "  carom rules check --json my-rules/",
            ""
        },
        mixinStandardHelpOptions = true)
final class RulesCheckCommand implements Callable<Integer> {
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
        int errors = 0;
        Map<String, ArrayNode> warnings = new HashMap<>();
        for (RuleFault fault : set.faults()) {
            errors += fault.fatal() ? 1 : 0;
            if (common.json) {
                if (!fault.fatal()) {
                    warnings.computeIfAbsent(fault.file(), f -> JSON.createArrayNode())
                            .addObject()
                            .put("line", fault.line())
                            .put("column", fault.column())
                            .put("message", fault.message());
                    continue;
                }
                common.out().println(JSON.writeValueAsString(RulesListCommand.object(fault)));
            } else {
                String[] halves = {fault.file() + ":" + fault.line() + ":" + fault.column(), fault.message()};
                common.out()
                        .println(Shown.text(halves[0], 300) + ": " + (fault.fatal() ? "error: " : "warning: ")
                                + Shown.text(halves[1], 500));
            }
        }
        LogSources sources = reading.logSources(common);
        int doubts = set.faults().size() - errors;
        if (!common.json) {
            for (Rule rule : set.rules()) {
                if (!sources.knows(rule.logSource())) {
                    doubts++;
                    common.out()
                            .println(Shown.text(rule.file() + ":" + rule.line() + ":1", 300) + ": warning: "
                                    + Shown.text(unknown(rule.logSource(), sources), 500));
                }
            }
        }
        if (common.json) {
            for (Rule rule : set.rules()) {
                print(RulesListCommand.object(rule, RulesListCommand.error(rule, sources)), rule.file(), warnings);
            }
            for (Correlation correlation : set.correlations()) {
                print(RulesListCommand.object(correlation), correlation.file(), warnings);
            }
        }
        common.note(Shown.count(set.rules().size() + set.correlations().size()) + " rules are right, "
                + Shown.count(errors) + " are refused, " + Shown.count(doubts) + " warnings.");
        return errors > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }

    /// That a rule looks at nothing that is read, and what may have been meant.
    private static String unknown(LogSource source, LogSources sources) {
        String why = sources.reason(source);
        StringBuilder text =
                new StringBuilder("no log of the kind ").append(source).append(" is known");
        if (why != null) {
            return text.append(": ").append(why).toString();
        }
        text.append(", so the rule never fires.");
        List<LogSource> known =
                sources.routes().stream().map(LogSources.Route::of).toList();
        suggest(text, source.category(), known, LogSource::category);
        suggest(text, source.product(), known, LogSource::product);
        suggest(text, source.service(), known, LogSource::service);
        return text.toString();
    }

    private static void suggest(
            StringBuilder text,
            @Nullable String part,
            List<LogSource> known,
            Function<LogSource, @Nullable String> of) {
        TreeSet<String> names = new TreeSet<>();
        for (LogSource one : known) {
            String name = of.apply(one);
            if (name != null) {
                names.add(name);
            }
        }
        if (part != null && !names.contains(part)) {
            text.append(Suggestion.of(part, names));
        }
    }

    private void print(ObjectNode rule, String file, Map<String, ArrayNode> warnings) {
        rule.set("warnings", warnings.getOrDefault(file, JSON.createArrayNode()));
        common.out().println(JSON.writeValueAsString(rule));
    }
}
