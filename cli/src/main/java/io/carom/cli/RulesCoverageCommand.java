package io.carom.cli;

import io.carom.detect.sigma.LogSource;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleSet;
import io.carom.lake.Lake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which rules can ever fire, and what of ATT&CK they see.
@Command(
        name = "coverage",
        header = {
            "Tells, for each log source, how many rules ask it and whether its logs are there to be asked;",
            "writes what of ATT&CK the rules that can fire would see, as a layer for ATT&CK Navigator.",
            "",
            "  carom rules coverage sigma/rules",
            "  carom rules coverage --layer coverage.json sigma/rules",
            ""
        },
        mixinStandardHelpOptions = true)
final class RulesCoverageCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t\\d{4}(?:\\.\\d{3})?)");

    @Mixin
    Common common = new Common();

    @Mixin
    RuleReading reading = new RuleReading();

    @Option(names = "--layer", paramLabel = "FILE", description = "Where to write the layer for ATT&CK Navigator.")
    @Nullable
    Path layer;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Rule files, folders, globs or archives.")
    List<Path> paths = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        RuleSet set = reading.read(paths);
        RuleReading.tellRefused(common, set);
        LogSources sources = reading.logSources(common);
        Set<String> kept = kept();
        Map<LogSource, List<Rule>> bySource = new LinkedHashMap<>();
        for (Rule rule : set.rules()) {
            bySource.computeIfAbsent(rule.logSource(), k -> new ArrayList<>()).add(rule);
        }
        Map<String, List<Rule>> byTechnique = new TreeMap<>();
        long able = 0;
        long present = 0;
        for (Map.Entry<LogSource, List<Rule>> entry : bySource.entrySet().stream()
                .sorted((a, b) -> b.getValue().size() - a.getValue().size())
                .toList()) {
            Set<String> readers = sources.readers(entry.getKey());
            boolean isKept = kept.stream().anyMatch(k -> readers.stream().anyMatch(r -> LogSources.reads(r, k)));
            long ready = entry.getValue().stream()
                    .filter(r -> r.waitsFor().isEmpty())
                    .count();
            able += readers.isEmpty() ? 0 : ready;
            present += isKept ? ready : 0;
            if (!readers.isEmpty()) {
                entry.getValue().stream()
                        .filter(r -> r.waitsFor().isEmpty())
                        .forEach(rule -> techniques(rule)
                                .forEach(t -> byTechnique
                                        .computeIfAbsent(t, k -> new ArrayList<>())
                                        .add(rule)));
            }
            print(entry.getKey(), entry.getValue().size(), ready, readers, isKept);
        }
        Path file = layer;
        if (file != null) {
            Files.writeString(file, JSON.writeValueAsString(layer(byTechnique)));
            common.note("The layer is in " + file);
        }
        common.note(Shown.count(able) + " of " + Shown.count(set.rules().size())
                + " rules can fire on logs that can be read; " + Shown.count(present)
                + " on logs that were read so far. They name " + Shown.count(byTechnique.size())
                + " techniques of ATT&CK.");
        return Exit.DONE;
    }

    /// The formats whose events the lake holds.
    private Set<String> kept() throws Exception {
        Set<String> kept = new HashSet<>();
        if (Files.isDirectory(common.home())) {
            try (Lake lake = Lake.open(common.home())) {
                lake.sources().forEach(s -> kept.add(s.source()));
            }
        }
        return kept;
    }

    private void print(LogSource source, int rules, long ready, Set<String> readers, boolean isKept) {
        if (common.json) {
            ObjectNode node = JSON.createObjectNode()
                    .put("logsource", source.toString())
                    .put("rules", rules)
                    .put("can_fire", readers.isEmpty() ? 0 : ready)
                    .put("kept", isKept);
            node.set("read_by", JSON.valueToTree(readers));
            common.out().println(JSON.writeValueAsString(node));
        } else {
            common.out()
                    .printf(
                            Locale.ROOT,
                            "%-44s %5d rules  %s%n",
                            Shown.text(source.toString(), 200),
                            rules,
                            readers.isEmpty()
                                    ? "no log of this kind is known"
                                    : isKept ? "has logs" : "no logs yet; read from " + String.join(", ", readers));
        }
    }

    private static Set<String> techniques(Rule rule) {
        Set<String> techniques = new HashSet<>();
        for (String tag : rule.tags()) {
            Matcher technique = TECHNIQUE.matcher(tag.toLowerCase(Locale.ROOT));
            if (technique.matches()) {
                techniques.add(technique.group(1).toUpperCase(Locale.ROOT));
            }
        }
        return techniques;
    }

    /// Rules that a comment names; the score says how many there are.
    private static final int NAMED = 10;

    private static String comment(List<Rule> rules) {
        String named = rules.stream().limit(NAMED).map(Rule::title).collect(Collectors.joining("; "));
        return rules.size()
                + (rules.size() == 1 ? " rule: " : " rules: ")
                + named
                + (rules.size() > NAMED ? "; and others" : "");
    }

    /// A layer of version 4.5 of the Navigator's layer format.
    private static ObjectNode layer(Map<String, List<Rule>> byTechnique) {
        ObjectNode layer = JSON.createObjectNode();
        layer.put("name", "Sigma rules that can fire").put("domain", "enterprise-attack");
        layer.putObject("versions").put("layer", "4.5");
        layer.put("description", "How many rules look for each technique, of those whose logs can be read.");
        ArrayNode techniques = layer.putArray("techniques");
        int most = 1;
        for (Map.Entry<String, List<Rule>> technique : byTechnique.entrySet()) {
            int count = technique.getValue().size();
            most = Math.max(most, count);
            techniques
                    .addObject()
                    .put("techniqueID", technique.getKey())
                    .put("score", count)
                    .put("comment", comment(technique.getValue()));
        }
        ObjectNode gradient = layer.putObject("gradient");
        gradient.putArray("colors").add("#e8f1fa").add("#0b5394");
        gradient.put("minValue", 0).put("maxValue", most);
        return layer;
    }
}
