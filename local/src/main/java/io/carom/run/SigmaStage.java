package io.carom.run;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.Level;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.Tuning;
import io.carom.detect.sigma.engine.Correlator;
import io.carom.detect.sigma.engine.Explanation;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Finding;
import io.carom.lake.RuleInterest;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Puts Sigma rules to what the line reads.
public final class SigmaStage implements Stage {
    private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t\\d{4}(?:\\.\\d{3})?)");

    /// Values told of one match, and how much of each.
    private static final int REASONS = 12;
    private static final int LONGEST = 500;

    /// OCSF's `type_id` for an observable of no listed kind.
    private static final int OTHER = 99;

    /// How rules say that no false positive is known.
    private static final Set<String> NONE_KNOWN = Set.of("unknown", "unlikely", "none", "n/a", "-");

    /// Events named in the finding of a correlation.
    private static final int NAMED = 10;

    /// What is asked until it is replaced.
    private record Asked(RuleSet set, Rules rules, RuleMatcher matcher, Explanation explanation, Decisions decisions) {}

    /// What each finding of a rule says alike.
    private record Words(String message, List<String> techniques) {}

    private volatile Asked asked;
    private final AtomicReference<@Nullable Asked> next = new AtomicReference<>();
    private final Map<Rule, Words> words = new IdentityHashMap<>();
    private final Map<String, Correlator<Finding>> correlators = new TreeMap<>();
    private final FindingSink sink;
    private final Map<Tuning, Long> tuned = new LinkedHashMap<>();
    private final Map<Rule, Long> givenUp = new LinkedHashMap<>();

    // Where events come as they happen: how late one may come, and until when time has come, by client.
    private @Nullable Duration late;
    private InstantSource clock = InstantSource.system();
    private final Map<String, Long> reached = new TreeMap<>();

    // Of the event at hand: several rules often match one.
    private int evidenceRow = -1;
    private Finding.@Nullable Evidence evidence;

    /// @param set rules and correlations as they were read
    /// @param sources which rules look at which events
    /// @param tunings decisions that still act, the first that concerns a match counts
    public SigmaStage(RuleSet set, LogSources sources, List<Tuning> tunings, FindingSink sink) {
        this.asked = asked(set, sources, tunings);
        this.sink = sink;
    }

    /// Which kept events the rules can look at.
    public RuleInterest interest() {
        Rules rules = asked.rules;
        return new RuleInterest(
                rules.sources(),
                rules.all().stream().map(Rule::logSource).distinct().toList());
    }

    /// Tells a correlation when its window has passed, by the events' own time, and not at the end:
    /// where events come about as they happen. What comes later than allowed is counted with what comes
    /// then.
    ///
    /// @param allowed how much later than others an event may come
    /// @param now an event from the future does not end windows of the present
    public void tellAsWindowsClose(Duration allowed, InstantSource now) {
        late = allowed;
        clock = now;
    }

    private static Asked asked(RuleSet set, LogSources sources, List<Tuning> tunings) {
        Rules rules = new Rules(set.rules(), sources);
        Explanation explanation = new Explanation(sources);
        return new Asked(set, rules, new RuleMatcher(rules), explanation, new Decisions(tunings, explanation));
    }

    /// Asks these rules from the next batch on; may be called by any thread, also while the line runs.
    /// The kinds of event seen so far are compiled before it returns, so that the line does not wait
    /// for it. Matches held by correlations that stay the same are kept; those of others are told.
    public void replace(RuleSet set, LogSources sources, List<Tuning> tunings) {
        Asked other = asked(set, sources, tunings);
        Rules running = asked.rules;
        if (running.sources() == sources) {
            other.rules.compileAs(running);
        }
        next.set(other);
    }

    /// Writes what correlations hold, to be taken up again by {@link #load}. By the line's thread.
    void save(ObjectOutputStream out) throws IOException {
        out.writeObject(new TreeMap<>(reached));
        out.writeInt(correlators.size());
        for (Map.Entry<String, Correlator<Finding>> client : correlators.entrySet()) {
            out.writeUTF(client.getKey());
            client.getValue().save(out);
        }
    }

    @SuppressWarnings("unchecked")
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        reached.putAll((Map<String, Long>) in.readObject());
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            correlator(in.readUTF()).load(in);
        }
    }

    /// Rules that can match, of those asked now.
    public List<Rule> rules() {
        return asked.rules.all();
    }

    private void turnOver(Asked other) throws IOException {
        asked.matcher.givenUp().forEach((rule, values) -> givenUp.merge(rule, values, Long::sum));
        Asked before = asked;
        asked = other;
        words.clear();
        for (Map.Entry<String, Correlator<Finding>> client : correlators.entrySet()) {
            tell(client.getKey(), client.getValue().replace(other.set.correlations()), before.set);
        }
    }

    /// One for each client: what happens at one is not counted with what happens at another.
    private Correlator<Finding> correlator(String client) {
        return correlators.computeIfAbsent(client, k -> new Correlator<>(asked.set.correlations()));
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) throws IOException {
        Asked other = next.getAndSet(null);
        if (other != null) {
            turnOver(other);
        }
        evidenceRow = -1;
        Set<String> silent = asked.set.silent();
        try {
            asked.matcher.match(batch, (rule, kind, b, row) -> {
                try {
                    Correlator<Finding> correlator = correlator(input.client());
                    boolean counted = correlator.counts(rule);
                    boolean told = !silent.contains(rule.id());
                    if (!counted && !told) {
                        return;
                    }
                    Tuning tuning = asked.decisions.of(rule, kind, b, row);
                    Level level = rule.level();
                    if (tuning != null) {
                        tuned.merge(tuning, 1L, Long::sum);
                        if (tuning.level() == null) {
                            return;
                        }
                        level = tuning.level();
                    }
                    Finding finding = finding(input, rule, level, kind, b, row);
                    if (counted) {
                        correlator.add(
                                rule,
                                finding.time(),
                                finding,
                                field -> asked.matcher.values(rule, kind, b, row, field));
                    }
                    if (told) {
                        sink.found(finding);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Duration allowed = late;
        if (allowed != null && !asked.set.correlations().isEmpty()) {
            closeWindows(input.client(), batch, allowed);
        }
    }

    private void closeWindows(String client, EventBatch batch, Duration allowed) throws IOException {
        long now = clock.millis();
        long time = Long.MIN_VALUE;
        for (int row = 0; row < batch.rows(); row++) {
            long of = batch.number(Attribute.TIME, row, Long.MIN_VALUE);
            time = of <= now ? Math.max(time, of) : time;
        }
        if (time != Long.MIN_VALUE) {
            time = reached.merge(client, time, Math::max);
            tell(client, correlator(client).close(time - allowed.toMillis()), asked.set);
        }
    }

    @Override
    public void finish() throws IOException {
        for (Map.Entry<String, Correlator<Finding>> client : correlators.entrySet()) {
            tell(client.getKey(), client.getValue().finish(), asked.set);
        }
    }

    private void tell(String client, List<Correlator.Result<Finding>> results, RuleSet of) throws IOException {
        for (Correlator.Result<Finding> result : results) {
            Correlation correlation = result.correlation();
            if (of.silent().contains(correlation.id())) {
                continue;
            }
            Tuning tuning = asked.decisions.of(result);
            Level level = correlation.level();
            if (tuning != null) {
                tuned.merge(tuning, 1L, Long::sum);
                if (tuning.level() == null) {
                    continue;
                }
                level = tuning.level();
            }
            sink.found(finding(client, result, level));
        }
    }

    /// How many matches each decision was about.
    public Map<Tuning, Long> tuned() {
        return Collections.unmodifiableMap(tuned);
    }

    /// Matches that no correlation counted, as there were too many to hold.
    public long dropped() {
        return correlators.values().stream().mapToLong(Correlator::dropped).sum();
    }

    /// Rules of whose regular expressions some values found no answer in the time allowed, and how
    /// many.
    public Map<Rule, Long> givenUp() {
        Map<Rule, Long> all = new LinkedHashMap<>(givenUp);
        asked.matcher.givenUp().forEach((rule, values) -> all.merge(rule, values, Long::sum));
        return all;
    }

    private static Finding finding(String client, Correlator.Result<Finding> result, Level level) {
        Correlation correlation = result.correlation();
        Finding last = result.events().getLast();
        StringBuilder why = new StringBuilder(correlation.description()).append(' ');
        why.append(result.events().size()).append(" events between ").append(Instant.ofEpochMilli(result.first()));
        why.append(" and ").append(Instant.ofEpochMilli(result.last()));
        List<Finding.Observable> seen = new ArrayList<>();
        result.group().forEach((field, value) -> seen.add(new Finding.Observable(field, OTHER, value)));
        why.append(": ");
        for (Finding event : result.events().stream().limit(NAMED).toList()) {
            why.append(event.title())
                    .append(" (")
                    .append(event.evidence().path())
                    .append(", record ");
            why.append(event.evidence().record()).append("); ");
        }
        if (result.events().size() > NAMED) {
            why.append("and ").append(result.events().size() - NAMED).append(" more.");
        }
        notes(why, correlation.falsePositives(), correlation.references());
        return new Finding(
                uid(correlation.id() + "\0" + client + "\0" + result.group() + "\0" + result.first()),
                correlation.id(),
                correlation.title(),
                why.toString().strip(),
                level.severityId(),
                result.last(),
                client,
                last.evidence(),
                seen,
                techniques(correlation.tags()));
    }

    private Finding finding(Input input, Rule rule, Level level, int kind, EventBatch batch, int row) {
        Words of = words.computeIfAbsent(rule, SigmaStage::words);
        return new Finding(
                uid(rule.id() + "\0" + input.client() + "\0" + input.id() + "\0" + batch.record(row)),
                rule.id(),
                rule.title(),
                of.message,
                level.severityId(),
                batch.number(Attribute.TIME, row, 0),
                input.client(),
                evidence(input, batch, row),
                seen(asked.explanation.of(kind, rule, batch, row)),
                of.techniques);
    }

    private static String uid(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static List<Finding.Observable> seen(List<Explanation.Reason> reasons) {
        List<Finding.Observable> seen = new ArrayList<>();
        for (Explanation.Reason reason : reasons) {
            if (seen.size() == REASONS) {
                break;
            }
            String field = reason.field() == null ? "keyword" : reason.field();
            String value =
                    reason.value().length() > LONGEST ? reason.value().substring(0, LONGEST) + "…" : reason.value();
            seen.add(new Finding.Observable(reason.selection() + ": " + field, OTHER, value));
        }
        return seen;
    }

    private Finding.Evidence evidence(Input input, EventBatch batch, int row) {
        Finding.Evidence known = evidence;
        if (known == null || evidenceRow != row) {
            known = EventEvidence.of(input, batch, row);
            evidence = known;
            evidenceRow = row;
        }
        return known;
    }

    private static Words words(Rule rule) {
        StringBuilder why = new StringBuilder(rule.description());
        notes(why, rule.falsePositives(), rule.references());
        return new Words(why.toString().strip(), techniques(rule.tags()));
    }

    private static void notes(StringBuilder why, List<String> falsePositives, List<String> references) {
        List<String> known = falsePositives.stream()
                .filter(f -> !NONE_KNOWN.contains(f.strip().toLowerCase(Locale.ROOT)))
                .toList();
        if (!known.isEmpty()) {
            sentence(why).append(" Known to be harmless: ").append(String.join("; ", known));
        }
        if (!references.isEmpty()) {
            sentence(why).append(" See ").append(String.join(" ", references));
        } else {
            sentence(why);
        }
    }

    /// Ends what stands there as a sentence.
    private static StringBuilder sentence(StringBuilder text) {
        text.setLength(text.toString().stripTrailing().length());
        return text.isEmpty() || ".!?:;".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text.append('.');
    }

    private static List<String> techniques(List<String> tags) {
        List<String> techniques = new ArrayList<>();
        for (String tag : tags) {
            Matcher technique = TECHNIQUE.matcher(tag.toLowerCase(Locale.ROOT));
            if (technique.matches()) {
                techniques.add(technique.group(1).toUpperCase(Locale.ROOT));
            }
        }
        return techniques;
    }
}
