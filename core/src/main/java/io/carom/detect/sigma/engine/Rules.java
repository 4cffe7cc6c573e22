package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A set of rules, made ready to be asked together. Shared by threads; each asks through a {@link
/// RuleMatcher} of its own.
///
/// The program of a kind of event is compiled when the first event of that kind comes, as most inputs hold
/// few of the kinds there are. At most {@link #COMPILED} are.
public final class Rules {
    private static final int KINDS = LogSources.KINDS;

    /// Kinds that are compiled, some dozens with all logs there are. Whoever can choose a log's names can
    /// make thousands, so events of more kinds are asked rule by rule.
    static final int COMPILED = 512;

    private static final Object NOTHING = new Object();

    /// In the place of a program, the rules that are asked one by one.
    private record Plain(List<Rule> rules) {}

    private final List<Rule> rules;
    private final LogSources sources;
    private final AtomicReferenceArray<Object> programs = new AtomicReferenceArray<>(KINDS);
    private final AtomicInteger made = new AtomicInteger();

    /// @param rules in the order in which their matches are told; those that wait for values are left out
    public Rules(List<Rule> rules, LogSources sources) {
        this.rules = rules.stream().filter(r -> r.waitsFor().isEmpty()).toList();
        this.sources = sources;
    }

    public LogSources sources() {
        return sources;
    }

    /// Rules that can match.
    public List<Rule> all() {
        return rules;
    }

    /// Whether events of that kind are asked rule by rule.
    boolean isPlain(int kind) {
        return kind >= KINDS || program(kind) == null && programs.get(kind) instanceof Plain;
    }

    /// The rules that look at a kind of event.
    List<Rule> looking(int kind) {
        if (kind < KINDS && programs.get(kind) instanceof Plain(List<Rule> known)) {
            return known;
        }
        List<Rule> of = new ArrayList<>();
        for (Rule rule : rules) {
            if (sources.covers(kind, rule.logSource())) {
                of.add(rule);
            }
        }
        return of;
    }

    /// The program for a kind of event, or null if no rule looks at it or none is made for it.
    @Nullable
    Program program(int kind) {
        if (kind < 0 || kind >= KINDS) {
            return null;
        }
        Object program = programs.get(kind);
        if (program == null) {
            List<Rule> of = looking(kind);
            program = of.isEmpty()
                    ? NOTHING
                    : made.getAndIncrement() < COMPILED ? Program.of(of, kind, sources) : new Plain(of);
            // Of two threads that came at once the first is right, whatever the other had room for.
            program = programs.compareAndSet(kind, null, program) ? program : programs.get(kind);
        }
        return program instanceof Program compiled ? compiled : null;
    }

    /// Compiles the kinds of event that another set of rules over the same log sources has compiled, so that
    /// this one can take its place at once.
    public void compileAs(Rules other) {
        for (int kind = 0; kind < KINDS; kind++) {
            if (other.programs.get(kind) != null) {
                program(kind);
            }
        }
    }

    /// Rough size of what is compiled so far, in bytes.
    public long bytes() {
        long sum = 0;
        for (int kind = 0; kind < KINDS; kind++) {
            if (programs.get(kind) instanceof Program program) {
                sum += program.bytes();
            }
        }
        return sum;
    }
}
