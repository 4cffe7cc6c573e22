package io.carom.cli;

import io.carom.lake.Lake;
import io.carom.lake.Rereading;
import io.carom.lake.RuleInterest;
import io.carom.party.Parties;
import io.carom.run.History;
import io.carom.run.Hunt;
import io.carom.run.Line;
import io.carom.run.RecordStage;
import io.carom.run.Stage;
import io.carom.source.Sources;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Takes what is kept through the stages once more, without the files it came from.
final class KeptReading {
    private final Common common;
    private final Lake lake;
    private final Hunt.Period period;
    private final Sources sources;
    private final Parties parties;
    private final String partiesText;

    KeptReading(Common common, Lake lake, @Nullable Path partiesFile, List<Path> mappings, Hunt.Period period)
            throws Exception {
        this.common = common;
        this.lake = lake;
        this.period = period;
        Reading reading = new Reading();
        reading.partiesFile = partiesFile;
        reading.mappings = mappings;
        parties = reading.parties(common);
        partiesText = reading.partiesText();
        sources = reading.sources(common);
    }

    /// Reads the inputs of clients that have events in the period. One that is no longer kept whole is in
    /// the summaries with its reason.
    List<Line.Summary> read(Set<String> clients, List<Stage> stages) throws Exception {
        return read(clients, Set.of(), stages);
    }

    /// Of those the inputs that have an event at which one of the rules may look. Those that other readers
    /// than today's read are always taken: today's may make other events of them.
    List<Line.Summary> read(Set<String> clients, List<Stage> stages, RuleInterest rules) throws Exception {
        return read(clients, Set.of(), stages, rules);
    }

    private List<Line.Summary> read(Set<String> clients, Set<String> paths, List<Stage> stages) throws Exception {
        return read(clients, paths, stages, null);
    }

    private List<Line.Summary> read(
            Set<String> clients, Set<String> paths, List<Stage> stages, @Nullable RuleInterest rules) throws Exception {
        try (Rereading rereading = new Rereading(lake)) {
            Set<String> within = rereading.within(clients, period.since(), period.until());
            Set<String> asked =
                    rules == null ? within : rereading.within(clients, period.since(), period.until(), rules);
            List<Rereading.Kept> chosen = new ArrayList<>();
            int passed = 0;
            for (Rereading.Kept input : rereading.inputs()) {
                String id = input.client() + "/" + input.id();
                if (within.contains(id) && (paths.isEmpty() || paths.contains(input.client() + "/" + input.path()))) {
                    if (asked.contains(id) || !input.as().version().equals(sources.version())) {
                        chosen.add(input);
                    } else {
                        passed++;
                    }
                }
            }
            if (passed > 0) {
                common.note(Shown.count(passed) + " of " + Shown.count(passed + chosen.size())
                        + " inputs have no event that a rule looks at and are not read.");
            }
            long bytes = chosen.stream().mapToLong(Rereading.Kept::bytes).sum();
            try (ProgressBar progress = new ProgressBar(
                    Objects.requireNonNull(common.spec).commandLine().getErr(), bytes, common.quiet)) {
                Line line = new Line(sources, null, ZoneOffset.UTC, null, path -> "", History.NONE, stages, progress);
                return line.again(rereading, chosen);
            }
        }
    }

    Investigation.Outcome investigate(Detection detection, Set<String> clients, Path out) throws Exception {
        Investigation.Events events = new Investigation.Events() {
            @Override
            public List<Line.Summary> read(History history, List<Stage> stages) throws Exception {
                return KeptReading.this.read(clients, stages);
            }

            @Override
            public RecordStage records(Set<RecordStage.Place> wanted) throws Exception {
                RecordStage stage = new RecordStage(wanted);
                KeptReading.this.read(
                        clients,
                        wanted.stream().map(w -> w.client() + "/" + w.path()).collect(Collectors.toSet()),
                        List.of(stage));
                return stage;
            }
        };
        return Investigation.run(common, parties, partiesText, detection, events, null, out);
    }

    /// Tells the inputs that could not be given back; true if there is one.
    static boolean refused(Common common, List<Line.Summary> inputs) {
        boolean any = false;
        for (Line.Summary s : inputs) {
            if (s.refusal() != null) {
                any = true;
                common.fault("not looked at: " + Shown.text(s.path(), 300) + ": " + Shown.text(s.refusal(), 300));
            }
        }
        return any;
    }
}
