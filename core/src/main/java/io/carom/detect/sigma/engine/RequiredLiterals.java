package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Texts of which a value must hold at least one, or a regular expression cannot be found in it.
///
/// An expression that is regular in the strict sense is taken apart ({@link RegexNeeds}). Of others only what is
/// sure is read; that stretch of the expression which is not demands nothing.
final class RequiredLiterals {
    /// More alternatives than this say little.
    private static final int MOST = 24;

    /// Single characters that few values hold; others say nothing alone.
    private static final String RARE = "`^{}[]<>|&#~!@$%;=+*?";

    private final String expression;
    private int at;
    private boolean unsure;

    private RequiredLiterals(String expression) {
        this.expression = expression;
    }

    /// The texts, or none if nothing is demanded.
    static List<String> of(String expression) {
        RegexNode node = RegexNode.read(expression, 0);
        if (node != null) {
            List<String> needed = RegexNeeds.of(node).needed();
            return needed == null ? List.of() : needed;
        }
        RequiredLiterals reader = new RequiredLiterals(expression);
        List<String> found = reader.alternatives(0);
        return reader.unsure || found == null || reader.at < expression.length() ? List.of() : found;
    }

    private @Nullable List<String> alternatives(int depth) {
        List<String> all = new ArrayList<>();
        boolean demands = depth < 100;
        while (true) {
            List<String> one = sequence(depth);
            if (one == null) {
                demands = false;
            } else {
                all.addAll(one);
            }
            if (at < expression.length() && expression.charAt(at) == '|' && !unsure) {
                at++;
                continue;
            }
            return demands && all.size() <= MOST ? all : null;
        }
    }

    /// What a sequence demands: the best of what its pieces demand.
    private @Nullable List<String> sequence(int depth) {
        List<String> best = null;
        StringBuilder run = new StringBuilder();
        while (at < expression.length() && !unsure) {
            char c = expression.charAt(at);
            if (c == '|' || c == ')') {
                break;
            }
            List<String> piece = null;
            int literal = -1;
            at++;
            switch (c) {
                case '(' -> piece = group(depth);
                case '[' -> skipClass();
                case '.', '^', '$' -> {}
                case '\\' -> literal = escape();
                case '*', '+', '?', '{' -> unsure = true;
                default -> literal = c;
            }
            int least = quantifier();
            if (literal >= 0 && least == 1) {
                run.append((char) literal);
                continue;
            }
            if (literal >= 0 && least > 1) {
                // Once for certain; what comes next does not follow on it.
                run.append((char) literal);
            }
            best = better(best, run);
            run.setLength(0);
            if (piece != null && least > 0) {
                best = better(best, piece);
            }
        }
        return better(best, run);
    }

    private static @Nullable List<String> better(@Nullable List<String> best, StringBuilder run) {
        boolean says = run.length() > 1 || run.length() == 1 && RARE.indexOf(run.charAt(0)) >= 0;
        return says ? better(best, List.of(run.toString())) : best;
    }

    private static @Nullable List<String> better(@Nullable List<String> best, List<String> more) {
        return best == null || worth(more) > worth(best) ? more : best;
    }

    private static int worth(List<String> literals) {
        int shortest = literals.stream().mapToInt(String::length).min().orElse(0);
        return 4 * shortest - literals.size();
    }

    /// Behind an opening bracket; reads to the closing one.
    private @Nullable List<String> group(int depth) {
        boolean demands = true;
        if (expression.startsWith("?:", at)) {
            at += 2;
        } else if (expression.startsWith("?", at)) {
            int close = at + 1;
            while (close < expression.length() && "ims-".indexOf(expression.charAt(close)) >= 0) {
                close++;
            }
            char end = close < expression.length() ? expression.charAt(close) : 0;
            if (end == ')' && close > at + 1) {
                at = close + 1;
                return null;
            }
            if (end == ':' && close > at + 1) {
                at = close + 1;
            } else {
                // A look to the side or a name: what is in it is not demanded here.
                demands = false;
                at++;
                while (at < expression.length() && "=!<>".indexOf(expression.charAt(at)) >= 0) {
                    at++;
                }
            }
        }
        List<String> inner = alternatives(depth + 1);
        if (at >= expression.length() || expression.charAt(at) != ')') {
            unsure = true;
            return null;
        }
        at++;
        return demands ? inner : null;
    }

    private void skipClass() {
        if (at < expression.length() && expression.charAt(at) == '^') {
            at++;
        }
        if (at < expression.length() && expression.charAt(at) == ']') {
            at++;
        }
        while (at < expression.length() && expression.charAt(at) != ']') {
            char c = expression.charAt(at);
            if (c == '[' || c == '&') {
                unsure = true;
                return;
            }
            at += c == '\\' ? 2 : 1;
        }
        at++;
    }

    /// Behind a backslash: the character it stands for, or -1 for a class of them.
    private int escape() {
        if (at >= expression.length()) {
            unsure = true;
            return -1;
        }
        char c = expression.charAt(at++);
        if (c >= '0' && c <= '9'
                || c == 'Q'
                || c == 'E'
                || c == 'k'
                || c == 'x'
                || c == 'u'
                || c == 'c'
                || c == 'p'
                || c == 'P'
                || c == 'N'
                || c == 'o'
                || c == 'g') {
            unsure = true;
            return -1;
        }
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            default -> Character.isLetter(c) ? -1 : c;
        };
    }

    /// How often at least, by what stands behind a piece: 1 where nothing does, 2 for "once or more".
    private int quantifier() {
        if (at >= expression.length()) {
            return 1;
        }
        int least;
        switch (expression.charAt(at)) {
            case '?', '*' -> {
                least = 0;
                at++;
            }
            case '+' -> {
                least = 2;
                at++;
            }
            case '{' -> {
                int close = expression.indexOf('}', at);
                if (close < 0) {
                    unsure = true;
                    return 0;
                }
                String from = expression.substring(at + 1, close);
                least = from.matches("[1-9]\\d{0,8}(,\\d*)?") ? 2 : 0;
                at = close + 1;
            }
            default -> {
                return 1;
            }
        }
        if (at < expression.length() && (expression.charAt(at) == '?' || expression.charAt(at) == '+')) {
            at++;
        }
        return least;
    }
}
