package io.carom.cli;

import io.carom.intel.IntelType;
import io.carom.intelstore.IntelStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What is no longer kept, or no longer looked for.
@Command(
        name = "remove",
        header = {
            "Takes indicators out, or marks them as false alarms, which feeds cannot undo.",
            "",
            "  carom intel remove evil.example 203.0.113.9",
            "  carom intel remove cdn.example --false-alarm \"our content network\"",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelRemoveCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "VALUE", arity = "0..*", description = "Values as \"intel list\" writes them.")
    List<String> values = new ArrayList<>();

    @Option(names = "--document", paramLabel = "PATH", description = "All that this document said.")
    @Nullable
    String document;

    @Option(
            names = "--false-alarm",
            paramLabel = "WHY",
            description = "Keeps them and looks for them no longer; an empty WHY takes the mark back.")
    @Nullable
    String falseAlarm;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        if (values.isEmpty() && document == null) {
            throw new CommandLine.ParameterException(program, "name values, or a document with --document PATH");
        }
        int removed = 0;
        try (IntelStore store = IntelStore.open(common.home())) {
            if (document != null) {
                removed += store.removeDocument(document);
            }
            for (String value : values) {
                int before = removed;
                for (String spelled : IntelSpelling.of(value)) {
                    if (falseAlarm != null) {
                        store.markFalseAlarm(spelled, falseAlarm, Instant.now());
                        continue;
                    }
                    for (IntelType type : IntelType.values()) {
                        removed += store.remove(type, spelled);
                    }
                }
                if (falseAlarm != null) {
                    continue;
                }
                if (removed == before) {
                    common.note("nothing is kept of \"" + Shown.text(value, 200) + "\"");
                }
            }
        }
        common.note(
                falseAlarm == null
                        ? Shown.count(removed) + " removed"
                        : Shown.count(values.size()) + (falseAlarm.isEmpty() ? " no longer marked" : " marked"));
        return Exit.DONE;
    }
}
