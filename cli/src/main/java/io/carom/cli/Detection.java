package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.LinkBaseline;
import io.carom.detect.behaviour.Thresholds;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.indicator.IndicatorSet;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.Tuning;
import io.carom.detect.sigma.TuningReader;
import io.carom.event.Indicator;
import io.carom.incident.Incident;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelFiles;
import io.carom.intelstore.IntelStore;
import io.carom.observe.Observation;
import io.carom.party.Parties;
import io.carom.run.Behaviours;
import io.carom.run.FindingSink;
import io.carom.run.IndicatorStage;
import io.carom.run.Line;
import io.carom.run.MailStage;
import io.carom.run.ObservationStage;
import io.carom.run.PhishFollowing;
import io.carom.run.RuleReload;
import io.carom.run.RuleWatch;
import io.carom.run.SigmaStage;
import io.carom.run.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What commands that detect have in common: what is looked for. Each kind of detector is a stage
/// of the line.
final class Detection {
    /// The kinds there are, as `--only` takes them.
    static final List<String> KINDS = List.of("indicators", "sigma", "analytics");

    /// Events of several hosts are seldom further apart on their way than this.
    private static final Duration LATE = Duration.ofMinutes(5);

    /// How often the rules' files are looked at.
    private static final Duration LOOK = Duration.ofSeconds(5);

    @Option(
            names = "--indicators",
            paramLabel = "PATH",
            description = "Indicators to look for: STIX, MISP, OpenIOC, CSV or a list. May be given several times.")
    List<Path> indicatorFiles = new ArrayList<>();

    @Option(
            names = "--rules",
            paramLabel = "PATH",
            description = "Sigma rules to ask: files, folders, globs or archives. May be given several times.")
    List<Path> ruleFiles = new ArrayList<>();

    @Option(
            names = "--tuning",
            paramLabel = "FILE",
            description = "Decisions about rules: matches not to be told of, or at another level, by whom, why and"
                    + " until when (default: tuning.yaml in the home).")
    @Nullable
    Path tuningFile;

    @Mixin
    RuleReading rules = new RuleReading();

    @Option(
            names = "--warninglist",
            paramLabel = "PATH",
            description = "What is no sign of trouble: a MISP warninglist or a plain list. An indicator on it is"
                    + " counted and gives no finding. May be given several times.")
    List<Path> warninglistFiles = new ArrayList<>();

    @Option(
            names = "--only",
            paramLabel = "KIND",
            split = ",",
            description = "Only these detectors: indicators, sigma, analytics.")
    List<String> only = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "LEVEL",
            description =
                    "Exit with 10 if something is found that is this severe: informational, low, medium, high, critical.")
    @Nullable
    String failOn;

    private List<Indicator> indicators = List.of();
    private @Nullable IndicatorStage indicatorStage;
    private @Nullable SigmaStage sigmaStage;
    private @Nullable Behaviours behaviours;
    private @Nullable MailStage mailStage;
    private @Nullable PhishFollowing phishing;
    private Parties parties = Parties.NONE;
    private Warninglists warninglists = Warninglists.NONE;
    private Warninglists own = Warninglists.NONE;
    /// Whether the kept indicators are looked for too.
    boolean kept;
    private int faults;

    /// Reads what is to be looked for. A rule or indicator that is wrong is told, and the rest is used.
    ///
    /// @return the detecting stages, in the order in which they look
    List<Stage> stages(Common common, FindingSink sink) throws IOException, ConfigException {
        check(common);
        List<Stage> stages = new ArrayList<>();
        warninglists = warninglists(common);
        if (wants("indicators")) {
            indicators = indicators(common);
            IndicatorStage stage = new IndicatorStage(new IndicatorSet(indicators), warninglists.and(own), sink);
            indicatorStage = stage;
            stages.add(stage);
        }
        if (kept && ruleFiles.isEmpty() && Files.isDirectory(common.home().resolve("rules"))) {
            // The home's own, which the dashboard switches on and off.
            ruleFiles.add(common.home().resolve("rules"));
        }
        if (wants("sigma") && !ruleFiles.isEmpty()) {
            stages.addAll(rules(common, sink));
        }
        if (wants("analytics")) {
            PhishFollowing following = new PhishFollowing();
            MailStage stage = new MailStage(MailReading.kept(common, parties, indicators), following, sink);
            phishing = following;
            mailStage = stage;
            stages.add(stage);
        }
        return stages;
    }

    /// Asks the rules of what is kept, and reads of it only what a rule may look at.
    List<Line.Summary> rulesOver(Common common, FindingSink sink, KeptReading kept, Set<String> clients)
            throws Exception {
        List<Stage> stages = rules(common, sink);
        SigmaStage stage = sigmaStage;
        return stage == null ? kept.read(clients, stages) : kept.read(clients, stages, stage.interest());
    }

    /// The stage that asks the rules alone.
    List<Stage> rules(Common common, FindingSink sink) throws IOException, ConfigException {
        List<Stage> stages = new ArrayList<>();
        if (!ruleFiles.isEmpty()) {
            RuleSet set = rules.read(ruleFiles);
            tell(
                    common,
                    set.faults().stream()
                            .filter(RuleFault::fatal)
                            .map(f -> f + " The rule is left out.")
                            .toList(),
                    "rules");
            long waiting =
                    set.rules().stream().filter(r -> !r.waitsFor().isEmpty()).count();
            common.note(Shown.count(set.rules().size() + set.correlations().size()) + " Sigma rules are loaded"
                    + (waiting == 0 ? "." : "; " + Shown.count(waiting) + " wait for values and match nothing."));
            SigmaStage stage = new SigmaStage(set, rules.logSources(common), tunings(common), sink);
            sigmaStage = stage;
            stages.add(stage);
        }
        return stages;
    }

    /// To be asked after {@link #stages}, where events come as they happen: rules whose files
    /// change are asked from then on, and correlations are told when their windows have passed.
    ///
    /// @return to be closed when no more events come; null where there are no rules
    @Nullable
    RuleReload live(Common common) throws IOException, ConfigException {
        SigmaStage stage = sigmaStage;
        if (stage == null) {
            return null;
        }
        stage.tellAsWindowsClose(LATE, InstantSource.system());
        return new RuleReload(
                new RuleWatch(ruleFiles, rules.placeholders()),
                stage,
                rules.logSources(common),
                tunings(common),
                LOOK,
                text -> common.note(Shown.text(text, 400)));
    }

    /// To be asked after {@link #stages}, where events come as they happen: indicators that come or
    /// go, in the home or in the files that were named, are looked for or not from then on.
    ///
    /// @return to be closed when no more events come; null where indicators are not looked for
    @Nullable
    IndicatorReload liveIndicators(Common common) {
        IndicatorStage stage = indicatorStage;
        if (stage == null) {
            return null;
        }
        List<Path> files = new ArrayList<>(indicatorFiles);
        files.add(common.home().resolve("intel.db"));
        files.add(common.home().resolve("intel.db-wal"));
        return new IndicatorReload(
                files, stage, () -> indicators(common), LOOK, text -> common.note(Shown.text(text, 400)));
    }

    /// The clients' own domains and ours page nobody as indicators; a supplier's may well be what
    /// was taken over.
    void own(Parties parties) {
        this.parties = parties;
        own = Warninglists.own(parties.parties().stream()
                .filter(p -> p.role() != io.carom.party.Party.Role.SUPPLIER)
                .flatMap(p -> p.domains().stream())
                .toList());
    }

    /// The stage that puts what all inputs say into the order of time, for the behaviour analytics and
    /// for these.
    /// To be asked after {@link #stages}.
    ObservationStage observations(Common common, Parties parties, List<Consumer<Observation>> others)
            throws IOException, ConfigException {
        List<Consumer<Observation>> takers = new ArrayList<>();
        Runnable end = () -> {};
        if (wants("analytics")) {
            List<Analytic<?>> analytics = Runner.installed();
            Warninglists lists = warninglists;
            Behaviours made = new Behaviours(analytics, thresholds(common), parties, lists::holding);
            behaviours = made;
            takers.add(made);
            end = made::finish;
        }
        PhishFollowing following = phishing;
        if (following != null) {
            takers.add(following);
        }
        takers.addAll(others);
        return new ObservationStage(takers, end);
    }

    /// The thresholds of behaviour analytics, with those that the home changes.
    static Thresholds thresholds(Common common) throws IOException, ConfigException {
        Path own = common.home().resolve("analytics.yaml");
        return Files.isRegularFile(own) ? Thresholds.own().with(own) : Thresholds.own();
    }

    /// Name of the warninglist that a value is on; null if on none. To be asked after {@link #stages}.
    @Nullable
    String holding(String value) {
        return warninglists.holding(value);
    }

    /// What supplier links normally do, as far as it was learned.
    List<LinkBaseline> baselines() {
        Behaviours made = behaviours;
        return made == null ? List.of() : made.baselines();
    }

    /// Tells what the behaviour analytics found, now that all is read.
    void tellBehaviours(Common common, Behaviours.Records records, ObservationStage observations, FindingSink sink)
            throws Exception {
        PhishFollowing following = phishing;
        if (following != null) {
            following.tell(observations.inputs(), records, sink);
        }
        MailStage mails = mailStage;
        if (mails != null && mails.mails() > 0) {
            common.note(Shown.count(mails.mails()) + " mails were looked at; " + Shown.count(mails.told())
                    + " are phishing or suspicious.");
        }
        Behaviours made = behaviours;
        if (made == null) {
            return;
        }
        made.tell(observations.inputs(), records, sink);
        if (made.leftOut() > 0) {
            common.note(Shown.count(made.leftOut()) + " findings of behaviour analytics were left out, as one analytic"
                    + " found too many at one client to say anything.");
        }
    }

    /// The decisions that still act; those past their day are told and left out.
    private List<Tuning> tunings(Common common) throws IOException {
        Path file = tuningFile;
        if (file == null) {
            file = common.home().resolve("tuning.yaml");
            if (!Files.isRegularFile(file)) {
                return List.of();
            }
        }
        Tuning.Read read = TuningReader.read(file.toString(), TextFile.read(file));
        tell(
                common,
                read.faults().stream()
                        .map(f -> f + " The decision is left out.")
                        .toList(),
                file.toString());
        List<Tuning> acting = new ArrayList<>();
        for (Tuning tuning : read.tunings()) {
            if (tuning.until().isBefore(LocalDate.now(ZoneOffset.UTC))) {
                common.note(Shown.text(
                        tuning.file() + ":" + tuning.line() + ": this decision ended on " + tuning.until()
                                + " and no longer acts.",
                        400));
            } else {
                acting.add(tuning);
            }
        }
        return acting;
    }

    /// Files that say what is looked for, and are no logs where they lie among them.
    List<Path> files() {
        List<Path> files = new ArrayList<>(indicatorFiles);
        files.addAll(ruleFiles);
        files.addAll(warninglistFiles);
        if (tuningFile != null) {
            files.add(tuningFile);
        }
        return files;
    }

    boolean wants(String kind) {
        return only.isEmpty() || only.contains(kind);
    }

    /// @throws CommandLine.ParameterException if an option has a value that there is not
    void check(Common common) {
        CommandLine program = java.util.Objects.requireNonNull(common.spec).commandLine();
        for (String kind : only) {
            if (!KINDS.contains(kind)) {
                throw new CommandLine.ParameterException(
                        program, "--only: no detector is named \"" + kind + "\"; expected " + String.join(", ", KINDS));
            }
        }
        String level = failOn;
        if (level != null && severity(level) == null) {
            throw new CommandLine.ParameterException(
                    program,
                    "--fail-on: no level is named \"" + level
                            + "\"; expected informational, low, medium, high or critical");
        }
    }

    List<Indicator> indicators(Common common) throws IOException {
        List<Indicator> all = new ArrayList<>();
        for (Path file : indicatorFiles) {
            if (!Files.exists(file)) {
                throw new java.nio.file.NoSuchFileException(file.toString());
            }
            List<String> refused = new ArrayList<>();
            int before = all.size();
            int context = 0;
            for (IntelFiles.Document document : IntelFiles.read(List.of(file.toString()), false, false, refused)) {
                for (ThreatIndicator one : document.gathered().indicators()) {
                    boolean meant = one.facts().detect() && !one.facts().revoked();
                    context += meant && one.asked().isPresent() ? 0 : 1;
                    one.asked().filter(i -> meant).ifPresent(all::add);
                }
                tell(common, document.gathered().faults(), document.path());
            }
            tell(common, refused, file.toString());
            common.note(Shown.count(all.size() - before) + " indicators from " + file
                    + (context == 0
                            ? ""
                            : "; " + Shown.count(context)
                                    + " more are revoked, context, or of a kind that events are not asked for"));
        }
        if (kept && IntelStore.exists(common.home())) {
            int before = all.size();
            try (IntelStore store = IntelStore.open(common.home())) {
                for (IntelStore.Kept one : store.all(java.time.Instant.now())) {
                    if (one.active()) {
                        one.indicator().asked().ifPresent(all::add);
                    }
                }
            }
            common.note(Shown.count(all.size() - before) + " indicators that are kept");
        }
        return all;
    }

    private void tell(Common common, List<String> found, String of) {
        faults += found.size();
        found.stream().limit(20).forEach(fault -> common.fault(Shown.text(fault, 400)));
        if (found.size() > 20) {
            common.fault("… and " + (found.size() - 20) + " faults more of " + of);
        }
    }

    /// The warninglists that were named; a fault in one is told, and the rest is used.
    Warninglists warninglists(Common common) throws IOException {
        Warninglists.Read lists = IntelFiles.warninglists(
                warninglistFiles.stream().map(Path::toString).toList());
        tell(common, lists.faults(), "warninglists");
        return lists.lists();
    }

    /// All indicators that were asked, seen or not.
    List<Indicator> indicators() {
        return indicators;
    }

    /// Tells what was seen and gave no finding, and why.
    void tellExcused(Common common) {
        SigmaStage sigma = sigmaStage;
        if (sigma != null) {
            sigma.tuned()
                    .forEach((tuning, matches) -> common.note(Shown.text(
                            Shown.count(matches) + " matches "
                                    + (tuning.level() == null
                                            ? "not told"
                                            : "told as " + tuning.level().name().toLowerCase(Locale.ROOT))
                                    + " by decision of " + tuning.by() + " until " + tuning.until() + " ("
                                    + tuning.why() + "), "
                                    + tuning.file() + ":" + tuning.line(),
                            500)));
        }
        if (sigma != null) {
            sigma.givenUp()
                    .forEach((rule, values) -> common.note(Shown.text(
                            rule.file() + ":" + rule.line() + ": a regular expression of \"" + rule.title()
                                    + "\" took too long on " + Shown.count(values)
                                    + " values, which count as not matching. Write it without nested repetitions.",
                            500)));
        }
        if (sigma != null && sigma.dropped() > 0) {
            common.note("Correlation rules could not hold all matches: " + Shown.count(sigma.dropped())
                    + " were not counted. Narrow the rules that they count.");
        }
        IndicatorStage stage = indicatorStage;
        if (stage == null || stage.excused().isEmpty()) {
            return;
        }
        long times = stage.excused().values().stream().mapToLong(n -> n).sum();
        common.note(Shown.count(stage.excused().size()) + " indicators on warninglists were seen " + Shown.count(times)
                + " times and gave no finding:");
        stage.excused().entrySet().stream()
                .sorted(Map.Entry.<IndicatorStage.Excused, Long>comparingByValue()
                        .reversed())
                .limit(20)
                .forEach(e ->
                        common.note("  " + Shown.text(e.getKey().indicator().value(), 200) + ", "
                                + Shown.count(e.getValue()) + " times, on \""
                                + Shown.text(e.getKey().warninglist(), 200) + "\": "
                                + e.getKey().why()));
    }

    /// The exit code: `worst` is the most severe that was found, in OCSF's numbers.
    int exit(int reading, int worst) {
        Integer bar = failOn == null ? null : severity(failOn);
        if (bar != null && worst >= bar) {
            return Exit.FOUND;
        }
        return reading == Exit.DONE && faults > 0 ? Exit.SOME_REJECTED : reading;
    }

    private static @Nullable Integer severity(String level) {
        int at = List.of("informational", "low", "medium", "high", "critical").indexOf(level.toLowerCase(Locale.ROOT));
        return at < 0 ? null : at + 1;
    }

    /// OCSF's number of an incident's severity.
    static int severity(Incident.Severity severity) {
        Integer number = severity(severity.label());
        return number == null ? 0 : number;
    }
}
