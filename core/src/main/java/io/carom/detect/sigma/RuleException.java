package io.carom.detect.sigma;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// A rule cannot be read; says where and what to do.
@SuppressWarnings("serial")
final class RuleException extends Exception {
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
}
