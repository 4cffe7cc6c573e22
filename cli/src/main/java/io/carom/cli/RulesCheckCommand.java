package io.carom.cli;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
        if (common.json) {
            LogSources sources = reading.logSources(common);
            for (Rule rule : set.rules()) {
                print(RulesListCommand.object(rule, RulesListCommand.error(rule, sources)), rule.file(), warnings);
            }
            for (Correlation correlation : set.correlations()) {
                print(RulesListCommand.object(correlation), correlation.file(), warnings);
            }
        }
        common.note(
                Shown.count(set.rules().size() + set.correlations().size()) + " rules are right, " + Shown.count(errors)
                        + " are refused, " + Shown.count(set.faults().size() - errors) + " warnings.");
        return errors > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private void print(ObjectNode rule, String file, Map<String, ArrayNode> warnings) {
        rule.set("warnings", warnings.getOrDefault(file, JSON.createArrayNode()));
        common.out().println(JSON.writeValueAsString(rule));
    }
}
