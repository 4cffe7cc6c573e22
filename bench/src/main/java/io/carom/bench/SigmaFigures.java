package io.carom.bench;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import io.carom.run.RuleFiles;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// How fast Sigma rules are asked of parsed events by one thread, by number of rules.
///
/// `SigmaFigures RULES EVENTS ROUNDS COUNT...`: reads rules and events, and for each count of rules tells
/// the time to compile, the heap held after a collection, and events a second of the thread's processor time in each
/// round, each batch taken into the cache first; the memory of values is empty at each round's begin. A count beyond
/// the rules there are is filled with variants: the same rules with other texts. With 0 rounds it tells what all
/// rules take to compile for every kind of event that is met in the files, and to hold.
public final class SigmaFigures {
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    private SigmaFigures() {}

    public static void main(String[] args) throws IOException {
        long begun = System.nanoTime();
        List<Rule> read = RuleFiles.read(List.of(Path.of(args[0])), Placeholders.NONE).rules().stream()
                .filter(r -> r.waitsFor().isEmpty())
                .toList();
        System.out.printf(Locale.ROOT, "%d rules read in %.2f s%n", read.size(), seconds(begun));
        if (args[2].equals("0")) {
            compile(read, args[1]);
            return;
        }
        List<EventBatch> batches = new ArrayList<>();
        read(args[1], b -> {
            batches.add(b);
            return new EventBatch(1 << 20);
        });
        long events = batches.stream().mapToLong(EventBatch::rows).sum();
        int rounds = Integer.parseInt(args[2]);
        for (String count : Arrays.asList(args).subList(3, args.length)) {
            List<Rule> rules = rules(read, Integer.parseInt(count));
            long before = heap();
            begun = System.nanoTime();
            Rules compiled = new Rules(rules, LogSources.standard());
            Round first = match(compiled, batches.subList(0, 1));
            double compile = seconds(begun);
            long matches = first.matches;
            long held = heap() - before;
            List<Double> rates = new ArrayList<>();
            long[] least = null;
            for (int round = 0; round < rounds; round++) {
                Round of = match(compiled, batches);
                least = least(least, of.parts);
                matches = of.matches;
                rates.add(events * 1e9 / of.nanos);
            }
            List<Double> settled = new ArrayList<>(rates.subList(rounds / 2, rounds));
            Collections.sort(settled);
            System.out.printf(
                    Locale.ROOT,
                    "%6d rules: first batch %.2f s, %d MB held, %d matches in %d events, events/s %.0f (%.0f to %.0f)"
                            + " first round %.0f, undisturbed %.0f%n",
                    rules.size(),
                    compile,
                    held >> 20,
                    matches,
                    events,
                    settled.get(settled.size() / 2),
                    settled.getFirst(),
                    settled.getLast(),
                    rates.getFirst(),
                    events * 1e9 / Arrays.stream(Objects.requireNonNull(least)).sum());
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static long heap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// Events timed together: fewer than the machine runs without turning to other work.
    private static final int PART = 64;

    /// @param parts the time of each part
    private record Round(long matches, long nanos, long[] parts) {}

    /// A batch comes to the rules right from its reader, so it is taken into the cache before the time counts.
    private static Round match(Rules rules, List<EventBatch> batches) {
        RuleMatcher matcher = new RuleMatcher(rules);
        long[] found = {0};
        List<Long> parts = new ArrayList<>();
        for (EventBatch batch : batches) {
            unused += touch(batch);
            for (int from = 0; from < batch.rows(); from += PART) {
                long begun = THREAD.getCurrentThreadCpuTime();
                matcher.match(batch, from, Math.min(batch.rows(), from + PART), (rule, kind, b, row) -> found[0]++);
                parts.add(THREAD.getCurrentThreadCpuTime() - begun);
            }
        }
        long[] nanos = parts.stream().mapToLong(Long::longValue).toArray();
        return new Round(found[0], Arrays.stream(nanos).sum(), nanos);
    }

    /// Of the rounds the least time of each part: what it takes where nothing else is in the way.
    private static long[] least(long @Nullable [] known, long[] more) {
        if (known != null) {
            for (int i = 0; i < more.length; i++) {
                more[i] = Math.min(more[i], known[i]);
            }
        }
        return more;
    }

    private static volatile long unused;

    private static long touch(EventBatch batch) {
        byte[] arena = batch.arena();
        long sum = 0;
        for (int at = 0; at < batch.arenaEnd(); at += 64) {
            sum += arena[at];
        }
        return sum;
    }

    private static void compile(List<Rule> rules, String path) throws IOException {
        System.out.printf(Locale.ROOT, "%d MB of heap with the rules read%n", heap() >> 20);
        AtomicReference<Rules> held = new AtomicReference<>(met(rules, path));
        System.out.printf(Locale.ROOT, "%d MB with programs that were asked%n", heap() >> 20);
        for (int i = 0; i < 3; i++) {
            long begun = THREAD.getCurrentThreadCpuTime();
            Rules compiled = new Rules(rules, held.get().sources());
            compiled.compileAs(held.get());
            System.out.printf(
                    Locale.ROOT,
                    "%d rules compiled for %d kinds of events in %.2f s of processor time%n",
                    compiled.all().size(),
                    compiled.sources().kinds(),
                    (THREAD.getCurrentThreadCpuTime() - begun) / 1e9);
            held.set(compiled);
        }
        System.out.printf(
                Locale.ROOT,
                "%d MB with programs that were not asked yet, of it %d MB tables of literals%n",
                heap() >> 20,
                held.get().bytes() >> 20);
    }

    /// Rules that were asked of all events there.
    private static Rules met(List<Rule> rules, String path) throws IOException {
        Rules asked = new Rules(rules, LogSources.standard());
        RuleMatcher matcher = new RuleMatcher(asked);
        read(path, b -> {
            matcher.match(b, (rule, kind, batch, row) -> {});
            b.reset();
            return b;
        });
        return asked;
    }

    private static void read(String path, UnaryOperator<EventBatch> each) throws IOException {
        Inputs.read(Inputs.list(List.of(path)), new Inputs.Visitor() {
            @Override
            public void input(String file, Instant modified, InputStream bytes) throws IOException {
                new InputReader(Sources.installed(), null)
                        .read(
                                bytes,
                                new InputContext(file, ZoneOffset.UTC, modified),
                                new EventBatch(1 << 20),
                                (b, n) -> b.rows() == 0 ? b : each.apply(b));
            }

            @Override
            public void refused(String file, String reason) {
                System.err.println(file + ": " + reason);
            }
        });
    }

    /// So many rules: some of those there are, evenly chosen, or all and variants of them.
    private static List<Rule> rules(List<Rule> read, int count) {
        List<Rule> rules = new ArrayList<>();
        if (count <= read.size()) {
            for (int i = 0; i < count; i++) {
                rules.add(read.get((int) ((long) i * read.size() / count)));
            }
            return rules;
        }
        rules.addAll(read);
        Random random = new Random(1);
        for (int i = 0; rules.size() < count; i++) {
            rules.add(variant(read.get(i % read.size()), i, random));
        }
        return rules;
    }

    private static Rule variant(Rule rule, int number, Random random) {
        return new Rule(
                rule.id() + "-" + number,
                null,
                rule.title(),
                "",
                rule.status(),
                rule.level(),
                rule.logSource(),
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                variant(rule.expression(), random),
                List.of(),
                rule.file(),
                rule.line());
    }

    private static Expression variant(Expression expression, Random random) {
        return switch (expression) {
            case Expression.And(var parts) ->
                new Expression.And(parts.stream().map(p -> variant(p, random)).toList());
            case Expression.Or(var parts) ->
                new Expression.Or(parts.stream().map(p -> variant(p, random)).toList());
            case Expression.Not(var part) -> new Expression.Not(variant(part, random));
            case Expression.Selection(var name, var body) -> new Expression.Selection(name, variant(body, random));
            case Expression.Test(var field, Match.Text(var pattern, boolean cased))
            when letters(pattern) > 3 -> new Expression.Test(field, new Match.Text(variant(pattern, random), cased));
            case Expression.Test test -> test;
        };
    }

    private static int letters(TextPattern pattern) {
        return pattern.parts().stream()
                .mapToInt(p -> p instanceof TextPattern.Part.Literal(String text) ? text.length() : 0)
                .sum();
    }

    /// Two letters of the longest literal are others.
    private static TextPattern variant(TextPattern pattern, Random random) {
        List<TextPattern.Part> parts = new ArrayList<>(pattern.parts());
        int longest = -1;
        int length = 0;
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof TextPattern.Part.Literal(String text) && text.length() > length) {
                longest = i;
                length = text.length();
            }
        }
        StringBuilder text = new StringBuilder(((TextPattern.Part.Literal) parts.get(longest)).text());
        for (int i = 0; i < 2; i++) {
            text.setCharAt(random.nextInt(text.length()), (char) ('a' + random.nextInt(26)));
        }
        parts.set(longest, new TextPattern.Part.Literal(text.toString()));
        return new TextPattern(parts);
    }
}
