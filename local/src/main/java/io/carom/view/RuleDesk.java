package io.carom.view;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.detect.sigma.Level;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.Tuning;
import io.carom.detect.sigma.TuningReader;
import io.carom.detect.sigma.engine.Correlator;
import io.carom.detect.sigma.engine.Explanation;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.lake.Lake;
import io.carom.lake.Rereading;
import io.carom.run.Decisions;
import io.carom.run.History;
import io.carom.run.Input;
import io.carom.run.Line;
import io.carom.run.Stage;
import io.carom.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Sigma rules of the home: files below `rules`, of which those ending in `.off` are not asked. For
/// those who work for all clients.
public final class RuleDesk {
    public static final String FOLDER = "rules";
    private static final String OFF = ".off";
    private static final String TUNING = "tuning.yaml";
    private static final Pattern ID = Pattern.compile("(?m)^id[ \\t]*:");
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int LONGEST = 1 << 20;
    private static final int MOST_RULES = 20_000;
    private static final int SAMPLES = 20;
    private static final Duration TRIAL = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final View view;

    public RuleDesk(View view) {
        this.view = view;
    }

    private Path folder() {
        return view.home().resolve(FOLDER);
    }

    /// `rules`, each with `file`, `enabled` and what `carom rules list` says of it, and `faults`.
    public ObjectNode all() throws IOException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode rules = out.putArray("rules");
        ArrayNode faults = out.putArray("faults");
        Path folder = folder();
        if (!view.sight().all() || !Files.isDirectory(folder)) {
            return out;
        }
        List<Path> files;
        try (var walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile)
                    .filter(p -> p.toString().matches(".*\\.ya?ml(\\.off)?"))
                    .sorted()
                    .limit(MOST_RULES)
                    .toList();
        }
        RuleReader reader = new RuleReader(Placeholders.NONE);
        LogSources sources = sources();
        for (Path file : files) {
            if (Files.size(file) > LONGEST) {
                faults.add(folder.relativize(file) + " is longer than a rule can be");
                continue;
            }
            boolean on = !file.toString().endsWith(OFF);
            String name = folder.relativize(file).toString();
            RuleSet set = RuleSet.of(List.of(reader.read(name, Files.readString(file))));
            for (Rule rule : set.rules()) {
                ObjectNode one = rules.addObject();
                one.put("id", rule.id())
                        .put("title", rule.title())
                        .put("level", rule.level().name().toLowerCase(Locale.ROOT))
                        .put("status", rule.status())
                        .put("logsource", rule.logSource().toString())
                        .put("file", name)
                        .put("enabled", on)
                        .put("own", isOwn(name, rule.id()))
                        .put("can_fire", rule.waitsFor().isEmpty() && sources.knows(rule.logSource()));
                rule.tags().forEach(one.putArray("tags")::add);
            }
            for (RuleFault fault : set.faults()) {
                if (fault.fatal()) {
                    faults.add(fault.toString());
                }
            }
        }
        return out;
    }

    private LogSources sources() throws IOException {
        Path own = view.home().resolve("log-sources.yaml");
        if (!Files.isRegularFile(own)) {
            return LogSources.standard();
        }
        Faults faults = new Faults(own.toString());
        try {
            LogSources sources = LogSources.standard().with(Files.readString(own), faults);
            faults.throwIfAny();
            return sources;
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// The file of a rule; null if there is none of that name. A name leads nowhere but below the
    /// folder.
    private @Nullable Path file(String name) throws IOException {
        Path folder = folder().toAbsolutePath().normalize();
        Path file;
        try {
            file = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            return null;
        }
        return name.isBlank() || !file.startsWith(folder) || !Files.isRegularFile(file) ? null : file;
    }

    /// The name under which {@link #put} keeps a rule of this id that is asked.
    private static String nameOf(String id) {
        String plain = id.replaceAll("[^A-Za-z0-9-]", "");
        return (plain.isEmpty() ? "rule" : plain) + ".yml";
    }

    private static boolean isOwn(String file, String id) {
        return file.equals(nameOf(id)) || file.equals(nameOf(id) + OFF);
    }

    /// A file's text, to be changed and kept.
    ///
    /// @param own whether what is kept takes the place of the file; else it is a copy, which stands
    ///     beside it
    public record Source(String file, String text, boolean own) {}

    /// The text of a file, on or off, as it can be changed: of one that was kept here as it is, of any
    /// other, such as one of a collection, with ids of its own. Null if there is none.
    public @Nullable Source source(String name) throws IOException {
        boolean off = name.endsWith(OFF);
        String other = off ? name.substring(0, name.length() - OFF.length()) : name + OFF;
        // Kept again it is off, and switched on it is not: it is the same to whoever looks at it.
        Path file = !view.sight().all() ? null : file(name) != null ? file(name) : file(other);
        if (file == null || Files.size(file) > LONGEST) {
            return null;
        }
        String text = Files.readString(file);
        String shown = folder().toAbsolutePath().normalize().relativize(file).toString();
        RuleSet set = RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read(shown, text)));
        boolean own =
                !set.rules().isEmpty() && isOwn(shown, set.rules().getFirst().id());
        if (own) {
            return new Source(shown, text, true);
        }
        Set<String> ids = new TreeSet<>();
        set.rules().forEach(r -> ids.add(r.id()));
        set.correlations().forEach(c -> ids.add(c.id()));
        for (String id : ids) {
            // Correlations name what they count by ids too. What is no UUID may stand there as any word.
            if (UUID_TEXT.matcher(id).matches()) {
                text = Pattern.compile(id, Pattern.CASE_INSENSITIVE)
                        .matcher(text)
                        .replaceAll(UUID.randomUUID().toString());
            }
        }
        return new Source(shown, text, false);
    }

    /// The text of a file; null if there is none.
    public @Nullable String text(String name) throws IOException {
        Path file = view.sight().all() ? file(name) : null;
        return file == null || Files.size(file) > LONGEST ? null : Files.readString(file);
    }

    /// Asks a file's rules from now on, or no longer.
    ///
    /// @return whether there is such a file
    public boolean enable(String name, boolean on) throws IOException {
        Path file = view.sight().all() ? file(name) : null;
        if (file == null) {
            return false;
        }
        String text = file.toString();
        if (on != text.endsWith(OFF)) {
            return true;
        }
        Path other = Path.of(on ? text.substring(0, text.length() - OFF.length()) : text + OFF);
        Files.move(file, other, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    /// Keeps a rule, not asked yet, under its id.
    ///
    /// @return faults, in words; empty if it is kept
    public List<String> put(String text) throws IOException {
        if (!view.sight().all()) {
            return List.of("Rules are kept by those who see all clients.");
        }
        // Without an id of its own it would take the place of another one without.
        String whole = ID.matcher(text).find() ? text : "id: " + UUID.randomUUID() + "\n" + text;
        RuleSet set = read(whole);
        if (!whole.equals(text) && !fatal(set).isEmpty()) {
            whole = text;
            set = read(text);
        }
        List<String> faults = fatal(set);
        if (!faults.isEmpty() || set.rules().isEmpty()) {
            return faults.isEmpty() ? List.of("There is no rule in it.") : faults;
        }
        String name = nameOf(set.rules().getFirst().id());
        Path folder = Files.createDirectories(folder());
        Files.deleteIfExists(folder.resolve(name));
        Path part = Files.createTempFile(folder, "rule", ".part");
        Files.writeString(part, whole);
        Files.move(part, folder.resolve(name + OFF), StandardCopyOption.REPLACE_EXISTING);
        return List.of();
    }

    private static List<String> fatal(RuleSet set) {
        return set.faults().stream()
                .filter(RuleFault::fatal)
                .map(RuleFault::toString)
                .toList();
    }

    private static RuleSet read(String text) {
        return RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("what was pasted", text)));
    }

    /// Stops a trial when its time is over.
    private static final class EnoughException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// Where a match stands.
    private record Place(String path, long record) {}

    /// What a trial found at each client.
    private static final class Trial {
        final RuleSet set;
        final RuleMatcher matcher;
        final Decisions decisions;
        /// How many matches each decision was about.
        final Map<Tuning, Long> tuned = new LinkedHashMap<>();

        final long from;
        final long until;
        final Map<String, Long> counts = new TreeMap<>();
        final Map<String, List<ObjectNode>> samples = new TreeMap<>();
        /// No window joins events of two clients.
        final Map<String, Correlator<Place>> correlators = new TreeMap<>();

        long events;

        Trial(RuleSet set, LogSources sources, List<Tuning> tunings, Instant from, Instant until) {
            this.set = set;
            this.decisions = new Decisions(tunings, new Explanation(sources));
            this.matcher = new RuleMatcher(new Rules(set.rules(), sources));
            this.from = EventsView.millis(from);
            this.until = EventsView.millis(until);
        }

        void take(Input input, EventBatch batch) {
            events += batch.rows();
            Correlator<Place> correlator =
                    correlators.computeIfAbsent(input.client(), c -> new Correlator<>(set.correlations()));
            matcher.match(batch, (rule, kind, b, row) -> {
                long time = b.number(Attribute.TIME, row, 0);
                boolean counted = correlator.counts(rule);
                boolean told = !set.silent().contains(rule.id());
                if (time < from
                        || time >= until
                        || !counted && !told
                        || isTunedAway(decisions.of(rule, kind, b, row))) {
                    return;
                }
                Place place = new Place(input.path(), b.record(row));
                if (counted) {
                    correlator.add(rule, time, place, field -> matcher.values(rule, kind, b, row, field));
                }
                if (told) {
                    found(input.client(), rule.title(), time, place);
                }
            });
        }

        private boolean isTunedAway(@Nullable Tuning decision) {
            if (decision == null) {
                return false;
            }
            tuned.merge(decision, 1L, Long::sum);
            return decision.level() == null;
        }

        void finish() {
            correlators.forEach((client, correlator) -> {
                for (Correlator.Result<Place> result : correlator.finish()) {
                    if (!set.silent().contains(result.correlation().id()) && !isTunedAway(decisions.of(result))) {
                        String title =
                                result.correlation().title() + (result.group().isEmpty() ? "" : " " + result.group());
                        found(client, title, result.first(), result.events().getFirst());
                    }
                }
            });
        }

        private void found(String client, String title, long time, Place place) {
            counts.merge(client, 1L, Long::sum);
            List<ObjectNode> some = samples.computeIfAbsent(client, c -> new ArrayList<>());
            if (some.size() < SAMPLES) {
                some.add(JSON.createObjectNode()
                        .put("rule", title)
                        .put("time", Instant.ofEpochMilli(time).toString())
                        .put("path", place.path)
                        .put("record", place.record));
            }
        }

        /// How many matches are not told, and the decisions by which others or these are told otherwise.
        void tuned(ObjectNode out) {
            long away = 0;
            ArrayNode into = out.putArray("decisions");
            for (Map.Entry<Tuning, Long> one : tuned.entrySet()) {
                Tuning decision = one.getKey();
                Level level = decision.level();
                away += level == null ? one.getValue() : 0;
                into.addObject()
                        .put("place", decision.file() + ":" + decision.line())
                        .put("by", decision.by())
                        .put("why", decision.why())
                        .put("until", decision.until().toString())
                        .put("level", level == null ? null : level.name().toLowerCase(Locale.ROOT))
                        .put("count", one.getValue());
            }
            out.put("tuned", away);
        }
    }

    /// The home's decisions that still act, as a server asks them.
    ///
    /// @param faults takes what is wrong with others
    private List<Tuning> tunings(ArrayNode faults) throws IOException {
        Path file = view.home().resolve(TUNING);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        Tuning.Read read = TuningReader.read(TUNING, Files.readString(file));
        read.faults().forEach(f -> faults.add(f + " The decision is left out."));
        LocalDate today = LocalDate.ofInstant(view.now(), ZoneOffset.UTC);
        return read.tunings().stream().filter(t -> !t.until().isBefore(today)).toList();
    }

    /// Asks rules and correlations of what is kept, before they are asked of what comes: `faults`,
    /// `events` that were looked at, `whole` whether that was all of the period, and by client
    /// `matches` with samples. The home's decisions about rules act as they do on what comes: `tuned`
    /// says how many matches they keep from being told, `decisions` which those are.
    public ObjectNode trial(String text, Instant from, Instant until) throws IOException {
        ObjectNode out = JSON.createObjectNode();
        RuleSet set = read(text);
        ArrayNode faults = out.putArray("faults");
        set.faults().stream().filter(RuleFault::fatal).forEach(f -> faults.add(f.toString()));
        ArrayNode matches = out.putArray("matches");
        out.put("events", 0L).put("whole", true).put("rules", set.rules().size());
        out.put("tuned", 0L).putArray("decisions");
        if (set.rules().isEmpty()
                || !view.sight().all()
                || !Files.exists(view.home().resolve("lake").resolve("catalog.db"))) {
            return out;
        }
        Trial trial = new Trial(set, sources(), tunings(faults), from, until);
        long end = System.nanoTime() + TRIAL.toNanos();
        Stage stage = (input, batch, position) -> {
            trial.take(input, batch);
            if (System.nanoTime() > end) {
                throw new EnoughException();
            }
        };
        try (Lake lake = Lake.open(view.home());
                Rereading rereading = new Rereading(lake)) {
            Set<String> clients = Set.copyOf(lake.clients());
            Set<String> within = rereading.within(clients, EventsView.millis(from), EventsView.millis(until));
            List<Rereading.Kept> chosen = new ArrayList<>();
            for (Rereading.Kept input : rereading.inputs()) {
                if (within.contains(input.client() + "/" + input.id())) {
                    chosen.add(input);
                }
            }
            new Line(
                            Sources.installed(),
                            null,
                            ZoneOffset.UTC,
                            null,
                            path -> "",
                            History.NONE,
                            List.of(stage),
                            Line.Progress.SILENT)
                    .again(rereading, chosen);
        } catch (EnoughException e) {
            out.put("whole", false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.put("whole", false);
        }
        trial.finish();
        trial.tuned(out);
        out.put("events", trial.events);
        trial.counts.forEach((client, count) -> {
            ObjectNode one = matches.addObject();
            one.put("client", client).put("count", count);
            ArrayNode some = one.putArray("samples");
            trial.samples.getOrDefault(client, List.of()).forEach(some::add);
        });
        return out;
    }
}
