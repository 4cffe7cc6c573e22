package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A set of rules, made ready to be asked together. Shared by threads; each asks through a {@link
/// RuleMatcher} of its own.
///
/// The program of a kind of event is compiled when the first event of that kind comes, as most inputs hold
/// few of the kinds there are.
public final class Rules {
    /// Kinds of event beyond this have no program; the log sources know a tenth as many.
    private static final int KINDS = 1 << 14;

    private static final Object NOTHING = new Object();

    private final List<Rule> rules;
    private final LogSources sources;
    private final AtomicReferenceArray<Object> programs = new AtomicReferenceArray<>(KINDS);

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

    /// The program for a kind of event, or null if no rule looks at it.
    @Nullable
    Program program(int kind) {
        if (kind < 0 || kind >= KINDS) {
            return null;
        }
        Object program = programs.get(kind);
        if (program == null) {
            List<Rule> of = new ArrayList<>();
            for (Rule rule : rules) {
                if (sources.covers(kind, rule.logSource())) {
                    of.add(rule);
                }
            }
            program = of.isEmpty() ? NOTHING : Program.of(of, kind, sources);
            programs.set(kind, program);
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
