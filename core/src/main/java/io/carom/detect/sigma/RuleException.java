package io.carom.detect.sigma;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// A rule cannot be read; says where and what to do.
@SuppressWarnings("serial")
final class RuleException extends Exception {
    /// What else is wrong with the same rule.
    private final List<RuleException> others = new ArrayList<>();

    private final int line;
    private final int column;

    RuleException(Node at, String message) {
        this(
                at.getStartMark().map(Mark::getLine).orElse(0) + 1,
                at.getStartMark().map(Mark::getColumn).orElse(0) + 1,
                message);
    }

    RuleException(int line, int column, String message) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /// The same as a doubt: the rule is read all the same.
    RuleFault warning(String file) {
        return new RuleFault(file, line, column, String.valueOf(getMessage()), false);
    }

    RuleFault in(String file) {
        return new RuleFault(file, line, column, String.valueOf(getMessage()), true);
    }

    RuleException with(List<RuleException> more) {
        others.addAll(more);
        return this;
    }

    /// The fault for which the rule is left out, and behind it, as doubts, what else would have been one: each rule is
    /// refused once.
    List<RuleFault> all(String file) {
        List<RuleFault> faults = new ArrayList<>();
        faults.add(in(file));
        others.forEach(o -> faults.add(new RuleFault(
                file, o.line, o.column, "the rule would be refused for this too: " + o.getMessage(), false)));
        return faults;
    }
}
