package io.carom.intel.pattern;

import java.util.Base64;
import java.util.Set;

/// Cuts a pattern into tokens, one at a time. Spaces and comments (`//` to the end of the line, `/* …
/// */`) part them.
final class PatternLexer {
    enum Kind {
        LEFT_BRACKET,
        RIGHT_BRACKET,
        LEFT_PARENTHESIS,
        RIGHT_PARENTHESIS,
        COLON,
        DOT,
        COMMA,
        ASTERISK,
        EQUAL,
        UNEQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        KEYWORD,
        TRUTH,
        NAME,
        HYPHENED_NAME,
        STRING,
        INTEGER,
        FLOAT,
        HEX,
        BINARY,
        TIME,
        END
    }

    static final Set<String> KEYWORDS = Set.of(
            "AND",
            "OR",
            "NOT",
            "FOLLOWEDBY",
            "LIKE",
            "MATCHES",
            "ISSUPERSET",
            "ISSUBSET",
            "EXISTS",
            "LAST",
            "IN",
            "START",
            "STOP",
            "SECONDS",
            "WITHIN",
            "REPEATS",
            "TIMES");

    private static final int MAX_DIGITS = 400;

    private final String text;
    private int at;
    private int start;
    private Kind kind = Kind.END;
    private String value = "";

    PatternLexer(String text) throws PatternException {
        this.text = text;
        if (text.length() > Pattern.MAX_LENGTH) {
            throw new PatternException(
                    1, 0, "a pattern of " + text.length() + " characters; at most " + Pattern.MAX_LENGTH + " are read");
        }
        next();
    }

    /// What the token is.
    Kind kind() {
        return kind;
    }

    /// Its text; of a constant what stands between the quotes, with escapes undone.
    String text() {
        return value;
    }

    boolean isWord(String keyword) {
        return kind == Kind.KEYWORD && value.equals(keyword);
    }

    /// Goes on if the token is that keyword.
    boolean takenWord(String keyword) throws PatternException {
        if (!isWord(keyword)) {
            return false;
        }
        next();
        return true;
    }

    void takeWord(String keyword) throws PatternException {
        if (!takenWord(keyword)) {
            throw expected(keyword);
        }
    }

    PatternException expected(String what) {
        String found = kind == Kind.END
                ? "the end"
                : "\"" + shown(text.substring(start, Math.max(start, Math.min(at, text.length())))) + "\"";
        return fault("found " + found + ", expected " + what);
    }

    /// A fault at the token.
    PatternException fault(String reason) {
        return faultAt(start, reason);
    }

    private PatternException faultAt(int offset, String reason) {
        int line = 1;
        int begin = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
            line++;
            begin = i + 1;
        }
        return new PatternException(line, text.codePointCount(begin, Math.min(offset, text.length())), reason);
    }

    /// Text from outside, safe in a message.
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        int points = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (++points > 60) {
                return shown.append('…').toString();
            }
            switch (Character.getType(point)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                    shown.append(String.format(java.util.Locale.ROOT, "\\u%04x", point));
                default -> shown.appendCodePoint(point);
            }
        }
        return shown.toString();
    }

    void next() throws PatternException {
        skip();
        start = at;
        value = "";
        if (at >= text.length()) {
            kind = Kind.END;
            return;
        }
        char c = text.charAt(at);
        switch (c) {
            case '[' -> single(Kind.LEFT_BRACKET);
            case ']' -> single(Kind.RIGHT_BRACKET);
            case '(' -> single(Kind.LEFT_PARENTHESIS);
            case ')' -> single(Kind.RIGHT_PARENTHESIS);
            case ':' -> single(Kind.COLON);
            case ',' -> single(Kind.COMMA);
            case '*' -> single(Kind.ASTERISK);
            case '=' -> longer(Kind.EQUAL, text.startsWith("==", at) ? 2 : 1);
            case '!' -> {
                if (!text.startsWith("!=", at)) {
                    throw unknown();
                }
                longer(Kind.UNEQUAL, 2);
            }
            case '<' -> {
                if (text.startsWith("<=", at)) {
                    longer(Kind.LESS_OR_EQUAL, 2);
                } else if (text.startsWith("<>", at)) {
                    longer(Kind.UNEQUAL, 2);
                } else {
                    single(Kind.LESS);
                }
            }
            case '>' -> {
                if (text.startsWith(">=", at)) {
                    longer(Kind.GREATER_OR_EQUAL, 2);
                } else {
                    single(Kind.GREATER);
                }
            }
            case '\'' -> {
                kind = Kind.STRING;
                value = quoted(at);
            }
            case '.' -> {
                if (at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
                    number();
                } else {
                    single(Kind.DOT);
                }
            }
            default -> {
                if (isDigit(c) || c == '+' || c == '-') {
                    number();
                } else if (isNameStart(c)) {
                    name();
                } else {
                    throw unknown();
                }
            }
        }
    }

    private PatternException unknown() {
        return fault("\"" + shown(text.substring(at, at + Character.charCount(text.codePointAt(at))))
                + "\" has no meaning here");
    }

    private void single(Kind of) {
        longer(of, 1);
    }

    private void longer(Kind of, int length) {
        kind = of;
        value = text.substring(at, at + length);
        at += length;
    }

    private void skip() throws PatternException {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isSpace(c)) {
                at++;
            } else if (text.startsWith("//", at)) {
                while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                    at++;
                }
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw faultAt(at, "a comment that does not end");
                }
                at = end + 2;
            } else {
                return;
            }
        }
    }

    private static boolean isSpace(char c) {
        return c == ' '
                || c >= '\t' && c <= '\r'
                || c == '\u0085'
                || c == '\u00a0'
                || c == '\u1680'
                || c >= '\u2000' && c <= '\u200a'
                || c == '\u2028'
                || c == '\u2029'
                || c == '\u202f'
                || c == '\u205f'
                || c == '\u3000';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    /// What stands between the quotes of which the first is at `open`; goes on behind the second.
    private String quoted(int open) throws PatternException {
        StringBuilder unescaped = null;
        int from = open + 1;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'') {
                at = i + 1;
                return unescaped == null
                        ? text.substring(from, i)
                        : unescaped.append(text, from, i).toString();
            }
            if (c == '\\') {
                if (i + 1 >= text.length() || text.charAt(i + 1) != '\\' && text.charAt(i + 1) != '\'') {
                    throw faultAt(i, "a \\ stands only before \\ or ' in a text; write \\\\ for one");
                }
                unescaped = unescaped == null ? new StringBuilder() : unescaped;
                unescaped.append(text, from, i).append(text.charAt(i + 1));
                from = i + 2;
                i++;
            }
        }
        throw faultAt(open, "a text that does not end with '");
    }

    private void number() throws PatternException {
        int i = at;
        if (text.charAt(i) == '+' || text.charAt(i) == '-') {
            i++;
        }
        int digits = i;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        kind = Kind.INTEGER;
        int whole = i - digits;
        if (i + 1 < text.length() && text.charAt(i) == '.' && isDigit(text.charAt(i + 1))) {
            kind = Kind.FLOAT;
            i++;
            while (i < text.length() && isDigit(text.charAt(i))) {
                i++;
            }
        }
        if (kind == Kind.INTEGER && whole == 0) {
            throw unknown();
        }
        if (kind == Kind.INTEGER && whole > 1 && text.charAt(digits) == '0') {
            throw fault("a whole number does not begin with 0");
        }
        if (i - at > MAX_DIGITS) {
            throw fault("a number of " + (i - at) + " digits; at most " + MAX_DIGITS + " are read");
        }
        value = text.substring(at, i);
        at = i;
    }

    private void name() throws PatternException {
        char c = text.charAt(at);
        if ((c == 't' || c == 'h' || c == 'b') && at + 1 < text.length() && text.charAt(at + 1) == '\'') {
            constant(c);
            return;
        }
        boolean hyphen = false;
        int i = at;
        while (i < text.length() && (isNameStart(text.charAt(i)) || isDigit(text.charAt(i)) || text.charAt(i) == '-')) {
            hyphen |= text.charAt(i) == '-';
            i++;
        }
        value = text.substring(at, i);
        at = i;
        if (hyphen) {
            kind = Kind.HYPHENED_NAME;
        } else if (KEYWORDS.contains(value)) {
            kind = Kind.KEYWORD;
        } else {
            kind = value.equals("true") || value.equals("false") ? Kind.TRUTH : Kind.NAME;
        }
    }

    /// `t'…'`, `h'…'`, `b'…'`
    private void constant(char prefix) throws PatternException {
        value = quoted(at + 1);
        switch (prefix) {
            case 't' -> {
                kind = Kind.TIME;
                if (Moment.of(value) == null) {
                    throw fault("'" + shown(value) + "' is no time; expected one such as t'2026-03-01T12:00:00Z'");
                }
            }
            case 'h' -> {
                kind = Kind.HEX;
                boolean hex = value.length() % 2 == 0;
                for (int i = 0; i < value.length(); i++) {
                    char c = value.charAt(i);
                    hex &= isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
                }
                if (!hex) {
                    throw fault("'" + shown(value) + "' is no hexadecimal; expected pairs of digits");
                }
            }
            default -> {
                kind = Kind.BINARY;
                try {
                    if (value.length() % 4 != 0) {
                        throw new IllegalArgumentException("padding");
                    }
                    Base64.getDecoder().decode(value);
                } catch (IllegalArgumentException e) {
                    throw fault("'" + shown(value) + "' is no Base64");
                }
            }
        }
    }
}
