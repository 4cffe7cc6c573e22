package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import io.carom.run.RuleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What commands that use Sigma rules have in common.
final class RuleReading {
    @Option(
            names = "--values",
            paramLabel = "FILE",
            description = "Values for the rules' placeholders, as YAML: a name with one value or a list.")
    @Nullable
    Path values;

    @Option(
            names = "--log-sources",
            paramLabel = "FILE",
            description =
                    "More log sources, in the form of docs/log-sources.md (default: log-sources.yaml in the home).")
    @Nullable
    Path logSources;

    /// @throws ConfigException if the file of values is wrong
    RuleSet read(List<Path> paths) throws IOException, ConfigException {
        return RuleFiles.read(new ArrayList<>(paths), placeholders());
    }

    /// Tells the rules that are refused, each with its place.
    ///
    /// @return how many there are
    static int tellRefused(Common common, RuleSet set) {
        List<RuleFault> refused = set.faults().stream().filter(RuleFault::fatal).toList();
        refused.forEach(f -> common.fault(Shown.text(f + " The rule is left out.", 600)));
        return refused.size();
    }

    /// @throws ConfigException if the file of values is wrong
    Placeholders placeholders() throws IOException, ConfigException {
        Path file = values;
        if (file == null) {
            return Placeholders.NONE;
        }
        Faults faults = new Faults(file.toString());
        Placeholders placeholders = Placeholders.read(TextFile.read(file), faults);
        faults.throwIfAny();
        return placeholders;
    }

    /// @throws ConfigException if the user's own log sources are wrong
    LogSources logSources(Common common) throws IOException, ConfigException {
        Path file = logSources;
        if (file == null && Files.isRegularFile(common.home().resolve("log-sources.yaml"))) {
            file = common.home().resolve("log-sources.yaml");
        }
        if (file == null) {
            return LogSources.standard();
        }
        Faults faults = new Faults(file.toString());
        LogSources sources = LogSources.standard().with(TextFile.read(file), faults);
        faults.throwIfAny();
        return sources;
    }
}
