package io.carom.cli;

import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

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
        for (RuleFault fault : set.faults()) {
            errors += fault.fatal() ? 1 : 0;
            if (common.json) {
                common.out()
                        .println(JSON.writeValueAsString(JSON.createObjectNode()
                                .put("file", fault.file())
                                .put("line", fault.line())
                                .put("column", fault.column())
                                .put("severity", fault.fatal() ? "error" : "warning")
                                .put("message", fault.message())));
            } else {
                String[] halves = {fault.file() + ":" + fault.line() + ":" + fault.column(), fault.message()};
                common.out()
                        .println(Shown.text(halves[0], 300) + ": " + (fault.fatal() ? "error: " : "warning: ")
                                + Shown.text(halves[1], 500));
            }
        }
        common.note(
                Shown.count(set.rules().size() + set.correlations().size()) + " rules are right, " + Shown.count(errors)
                        + " are refused, " + Shown.count(set.faults().size() - errors) + " warnings.");
        return errors > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }
}
