package io.carom.cli;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.engine.Correlator;
import io.carom.detect.sigma.engine.Explanation;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.Attribute;
import io.carom.party.Parties;
import io.carom.run.History;
import io.carom.run.Line;
import io.carom.run.Stage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What rules find in samples, and why.
@Command(
        name = "test",
        header = {
            "Tries rules on sample logs: how often each matches in each file, and on what values.",
            "",
            "  carom rules test --rules psexec.yml samples/psexec.evtx",
            "  carom rules test --json --rules my-rules/ samples/",
            ""
        },
        mixinStandardHelpOptions = true)
final class RulesTestCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    RuleReading rules = new RuleReading();

    @Mixin
    Reading reading = new Reading();

    @Option(names = "--rules", paramLabel = "PATH", required = true, description = "Rule files, folders or archives.")
    List<Path> paths = new ArrayList<>();

    /// Events named of a correlation.
    private static final int EVENTS = 10;

    /// What one rule found in one file.
    private static final class Found {
        long count;
        List<Explanation.Reason> first = List.of();
    }

    @Override
    public Integer call() throws Exception {
        RuleSet set = rules.read(paths);
        int refused = RuleReading.tellRefused(common, set);
        Rules compiled = new Rules(set.rules(), rules.logSources(common));
        RuleMatcher matcher = new RuleMatcher(compiled);
        Explanation explanation = new Explanation(compiled.sources());
        Map<String, Map<Rule, Found>> found = new TreeMap<>();
        Correlator<String> correlator = new Correlator<>(set.correlations());
        Stage stage = (input, batch, position) -> matcher.match(batch, (rule, kind, b, row) -> {
            if (correlator.counts(rule)) {
                correlator.add(
                        rule,
                        b.number(Attribute.TIME, row, 0),
                        input.path() + ", record " + b.record(row),
                        field -> matcher.values(rule, kind, b, row, field));
            }
            Found of = found.computeIfAbsent(input.path(), k -> new java.util.LinkedHashMap<>())
                    .computeIfAbsent(rule, k -> new Found());
            if (of.count++ == 0) {
                of.first = explanation.of(kind, rule, b, row);
            }
        });
        List<Line.Summary> inputs = reading.run(common, Parties.NONE, History.NONE, List.of(stage));
        for (Map.Entry<String, Map<Rule, Found>> file : found.entrySet()) {
            for (Map.Entry<Rule, Found> one : file.getValue().entrySet()) {
                print(file.getKey(), one.getKey(), one.getValue());
            }
        }
        List<Correlator.Result<String>> together = correlator.finish();
        together.forEach(this::print);
        long matched = found.values().stream()
                .flatMap(f -> f.keySet().stream())
                .distinct()
                .count();
        common.note(Shown.count(matched) + " of " + Shown.count(compiled.all().size()) + " rules matched.");
        if (!set.correlations().isEmpty()) {
            long held =
                    together.stream().map(r -> r.correlation().id()).distinct().count();
            common.note(Shown.count(held) + " of "
                    + Shown.count(set.correlations().size()) + " correlations came about, over all files together.");
        }
        int read = Reading.tell(common, inputs);
        return read == Exit.DONE && refused > 0 ? Exit.SOME_REJECTED : read;
    }

    private void print(Correlator.Result<String> result) {
        Correlation correlation = result.correlation();
        String first = Instant.ofEpochMilli(result.first()).toString();
        String last = Instant.ofEpochMilli(result.last()).toString();
        if (common.json) {
            ObjectNode node = JSON.createObjectNode()
                    .put("id", correlation.id())
                    .put("title", correlation.title())
                    .put("count", result.events().size())
                    .put("value", result.value())
                    .put("first", first)
                    .put("last", last);
            ObjectNode group = node.putObject("group");
            result.group().forEach(group::put);
            var events = node.putArray("events");
            result.events().stream().limit(EVENTS).forEach(events::add);
            common.out().println(JSON.writeValueAsString(node));
            return;
        }
        common.out()
                .println("correlation " + Shown.text(correlation.title(), 200) + ": "
                        + result.events().size() + " events between " + first + " and " + last);
        result.group()
                .forEach((field, value) ->
                        common.out().println("    " + Shown.text(field, 60) + " = " + Shown.text(value, 200)));
        result.events().stream().limit(EVENTS).forEach(event -> common.out().println("    " + Shown.text(event, 300)));
    }

    private void print(String path, Rule rule, Found found) {
        if (common.json) {
            ObjectNode node = JSON.createObjectNode()
                    .put("path", path)
                    .put("id", rule.id())
                    .put("title", rule.title())
                    .put("count", found.count);
            var reasons = node.putArray("matched");
            found.first.forEach(reason -> reasons.addObject()
                    .put("selection", reason.selection())
                    .put("field", reason.field())
                    .put("value", reason.value()));
            common.out().println(JSON.writeValueAsString(node));
            return;
        }
        common.out().println(Shown.text(path, 300) + ": " + found.count + " × " + Shown.text(rule.title(), 200));
        for (Explanation.Reason reason : found.first) {
            common.out()
                    .println("    " + Shown.text(reason.selection(), 60) + ": "
                            + (reason.field() == null ? "keyword" : Shown.text(reason.field(), 60)) + " = "
                            + Shown.text(reason.value(), 200));
        }
    }
}
