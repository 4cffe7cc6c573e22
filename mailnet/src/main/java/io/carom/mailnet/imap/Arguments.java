package io.carom.mailnet.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What stands behind a command (RFC 3501, 9): atoms, quoted strings, literals and lists, read one after the other.
final class Arguments {
    /// Stands in the text for a literal; no line has one, for lines with NUL are refused.
    static final char LITERAL = '\0';

    private final String text;
    private final List<String> literals;
    private int at;
    private int literal;

    Arguments(String text, List<String> literals) {
        this.text = text;
        this.literals = literals;
    }

    boolean isEnd() {
        return at >= text.length();
    }

    /// @throws BadCommand if more follows
    void end() throws BadCommand {
        if (!isEnd()) {
            throw new BadCommand("more than expected");
        }
    }

    char peek() {
        return isEnd() ? '\n' : text.charAt(at);
    }

    boolean take(char c) {
        if (peek() == c && !isEnd()) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c) throws BadCommand {
        if (!take(c)) {
            throw new BadCommand("expected \"" + c + "\"");
        }
    }

    void space() throws BadCommand {
        if (!take(' ')) {
            throw new BadCommand("an argument is missing");
        }
    }

    /// Whether this is what comes next, in any case of letters.
    boolean follows(String what) {
        return text.regionMatches(true, at, what, 0, what.length());
    }

    /// Up to the next space or bracket of a list.
    String atom() throws BadCommand {
        int from = at;
        while (!isEnd() && " ()\"".indexOf(text.charAt(at)) < 0 && text.charAt(at) != LITERAL) {
            at++;
        }
        if (from == at) {
            throw new BadCommand("an argument is missing");
        }
        return text.substring(from, at);
    }

    String word() throws BadCommand {
        return atom().toUpperCase(Locale.ROOT);
    }

    /// An atom, a quoted string or a literal.
    String string() throws BadCommand {
        if (take(LITERAL)) {
            return literals.get(literal++);
        }
        if (!take('"')) {
            return atom();
        }
        StringBuilder read = new StringBuilder();
        while (!take('"')) {
            if (isEnd()) {
                throw new BadCommand("a quote has no end");
            }
            char c = text.charAt(at++);
            if (c == '\\') {
                if (peek() != '"' && peek() != '\\') {
                    throw new BadCommand("a backslash within quotes");
                }
                c = text.charAt(at++);
            }
            read.append(c);
        }
        return read.toString();
    }

    /// `(a b c)`
    List<String> list() throws BadCommand {
        List<String> all = new ArrayList<>();
        expect('(');
        while (!take(')')) {
            if (!all.isEmpty()) {
                space();
            }
            all.add(string());
        }
        return all;
    }

    /// Up to the bracket that ends a section, e.g. of `BODY[HEADER.FIELDS (TO)]<0.10>`; strings within are read.
    String upTo(char end) throws BadCommand {
        StringBuilder read = new StringBuilder();
        while (!take(end)) {
            if (isEnd()) {
                throw new BadCommand("expected \"" + end + "\"");
            }
            if (peek() == '"' || peek() == LITERAL) {
                read.append(string());
            } else {
                read.append(text.charAt(at++));
            }
        }
        return read.toString();
    }

    /// Up to one of these, which stays.
    String until(String ends) {
        int from = at;
        while (!isEnd() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }
}
