package io.carom.intel.pattern;

import io.carom.event.Cidr;
import io.carom.intel.pattern.Comparison.Operator;
import io.carom.intel.pattern.PatternLexer.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a pattern by descent, one token ahead. FOLLOWEDBY binds least, then OR, then AND, then
/// qualifiers.
final class PatternParser {
    private static final Map<String, int[]> HASH_DIGITS = Map.ofEntries(
            Map.entry("MD5", new int[] {32}),
            Map.entry("MD6", new int[] {32, 40, 56, 64, 96, 128}),
            Map.entry("RIPEMD160", new int[] {40}),
            Map.entry("SHA1", new int[] {40}),
            Map.entry("SHA224", new int[] {56}),
            Map.entry("SHA256", new int[] {64}),
            Map.entry("SHA384", new int[] {96}),
            Map.entry("SHA512", new int[] {128}),
            Map.entry("SHA3224", new int[] {56}),
            Map.entry("SHA3256", new int[] {64}),
            Map.entry("SHA3384", new int[] {96}),
            Map.entry("SHA3512", new int[] {128}),
            Map.entry("WHIRLPOOL", new int[] {128}));

    /// Kinds of qualifier, of which STIX 2.1 allows each once on a `[…]`.
    enum Sort {
        WITHIN,
        REPEATS,
        STARTSTOP
    }

    /// An expression with what must be known of it while reading.
    ///
    /// @param height levels in each other
    /// @param sorts qualifiers that stand directly on a `[…]`; null for anything else, which may have any
    private record Piece(
            ObservationExpression expression,
            int height,
            @Nullable Set<Sort> sorts) {}

    private final PatternLexer lexer;
    private final StixVersion version;
    private int brackets;
    private int terms;

    PatternParser(String text, StixVersion version) throws PatternException {
        this.lexer = new PatternLexer(text);
        this.version = version;
    }

    ObservationExpression pattern() throws PatternException {
        if (lexer.kind() != Kind.LEFT_BRACKET && lexer.kind() != Kind.LEFT_PARENTHESIS) {
            throw lexer.expected("\"[\" or \"(\"");
        }
        Piece all = followed();
        if (lexer.kind() != Kind.END) {
            throw lexer.expected("AND, OR, FOLLOWEDBY, a qualifier or the end");
        }
        return all.expression;
    }

    private Piece followed() throws PatternException {
        Piece first = either();
        if (!lexer.isWord("FOLLOWEDBY")) {
            return first;
        }
        List<ObservationExpression> all = new ArrayList<>(List.of(first.expression));
        int height = first.height;
        while (lexer.takenWord("FOLLOWEDBY")) {
            Piece next = either();
            all.add(next.expression);
            height = Math.max(height, next.height);
        }
        return new Piece(new ObservationExpression.Followed(all), higher(height), null);
    }

    private Piece either() throws PatternException {
        Piece first = both();
        if (!lexer.isWord("OR")) {
            return first;
        }
        List<ObservationExpression> all = new ArrayList<>(List.of(first.expression));
        int height = first.height;
        while (lexer.takenWord("OR")) {
            Piece next = both();
            all.add(next.expression);
            height = Math.max(height, next.height);
        }
        return new Piece(new ObservationExpression.Either(all), higher(height), null);
    }

    private Piece both() throws PatternException {
        Piece first = qualified();
        if (!lexer.isWord("AND")) {
            return first;
        }
        List<ObservationExpression> all = new ArrayList<>(List.of(first.expression));
        int height = first.height;
        while (lexer.takenWord("AND")) {
            Piece next = qualified();
            all.add(next.expression);
            height = Math.max(height, next.height);
        }
        return new Piece(new ObservationExpression.Both(all), higher(height), null);
    }

    private int higher(int height) throws PatternException {
        if (height >= Pattern.MAX_DEPTH * 4) {
            throw lexer.fault("more than " + Pattern.MAX_DEPTH * 4 + " expressions in each other");
        }
        return height + 1;
    }

    private Piece qualified() throws PatternException {
        Piece piece = simple();
        while (true) {
            Sort sort = lexer.isWord("WITHIN")
                    ? Sort.WITHIN
                    : lexer.isWord("REPEATS") ? Sort.REPEATS : lexer.isWord("START") ? Sort.STARTSTOP : null;
            if (sort == null) {
                return piece;
            }
            Set<Sort> sorts = piece.sorts;
            if (sorts != null) {
                sorts = EnumSet.copyOf(sorts.isEmpty() ? EnumSet.noneOf(Sort.class) : sorts);
                if (!sorts.add(sort) && version == StixVersion.V2_1) {
                    throw lexer.fault("a second " + lexer.text() + " on one observation expression; put the first"
                            + " with its expression in parentheses");
                }
            }
            ObservationExpression.Qualifier qualifier = switch (sort) {
                case WITHIN -> within();
                case REPEATS -> repeats();
                case STARTSTOP -> startStop();
            };
            piece = new Piece(
                    new ObservationExpression.Qualified(piece.expression, qualifier), higher(piece.height), sorts);
        }
    }

    private ObservationExpression.Within within() throws PatternException {
        lexer.next();
        if (lexer.kind() != Kind.INTEGER && lexer.kind() != Kind.FLOAT
                || lexer.text().startsWith("-")) {
            throw lexer.expected("a number of seconds above 0");
        }
        BigDecimal seconds = number();
        if (seconds.signum() == 0) {
            throw lexer.fault("WITHIN 0 SECONDS: expected a number above 0");
        }
        lexer.next();
        lexer.takeWord("SECONDS");
        return new ObservationExpression.Within(seconds);
    }

    private ObservationExpression.Repeats repeats() throws PatternException {
        lexer.next();
        if (lexer.kind() != Kind.INTEGER || lexer.text().startsWith("-")) {
            throw lexer.expected("a whole number of times above 0");
        }
        int times = integer();
        if (times == 0) {
            throw lexer.fault("REPEATS 0 TIMES: expected a number above 0");
        }
        lexer.next();
        lexer.takeWord("TIMES");
        return new ObservationExpression.Repeats(times);
    }

    private ObservationExpression.StartStop startStop() throws PatternException {
        lexer.next();
        Moment from = edge();
        lexer.takeWord("STOP");
        Moment until = edge();
        return new ObservationExpression.StartStop(from, until);
    }

    /// `t'…'`, and in STIX 2.0 also `'…'`.
    private Moment edge() throws PatternException {
        Moment moment = null;
        if (lexer.kind() == Kind.TIME) {
            moment = Moment.of(lexer.text());
        } else if (lexer.kind() == Kind.STRING && version == StixVersion.V2_0) {
            moment = Moment.of(lexer.text());
            if (moment == null) {
                throw lexer.fault("'" + PatternLexer.shown(lexer.text())
                        + "' is no time; expected one such as '2026-03-01T12:00:00Z'");
            }
        }
        if (moment == null) {
            throw lexer.expected("a time such as t'2026-03-01T12:00:00Z'");
        }
        lexer.next();
        return moment;
    }

    private Piece simple() throws PatternException {
        if (lexer.kind() == Kind.LEFT_PARENTHESIS) {
            open();
            Piece inner = followed();
            close(Kind.RIGHT_PARENTHESIS, "AND, OR, FOLLOWEDBY, a qualifier or \")\"");
            return new Piece(inner.expression, inner.height, null);
        }
        if (lexer.kind() != Kind.LEFT_BRACKET) {
            throw lexer.expected("\"[\" or \"(\"");
        }
        open();
        Comparison comparison = anyOf();
        close(Kind.RIGHT_BRACKET, "AND, OR or \"]\"");
        return new Piece(new ObservationExpression.Observed(comparison), 1, EnumSet.noneOf(Sort.class));
    }

    private void open() throws PatternException {
        if (++brackets > Pattern.MAX_DEPTH) {
            throw lexer.fault("more than " + Pattern.MAX_DEPTH + " brackets in each other");
        }
        lexer.next();
    }

    private void close(Kind kind, String expected) throws PatternException {
        if (lexer.kind() != kind) {
            throw lexer.expected(expected);
        }
        brackets--;
        lexer.next();
    }

    private Comparison anyOf() throws PatternException {
        Comparison first = allOf();
        if (!lexer.isWord("OR")) {
            return first;
        }
        List<Comparison> all = new ArrayList<>(List.of(first));
        while (lexer.takenWord("OR")) {
            all.add(allOf());
        }
        return new Comparison.AnyOf(all);
    }

    private Comparison allOf() throws PatternException {
        Comparison first = test();
        if (!lexer.isWord("AND")) {
            return first;
        }
        List<Comparison> all = new ArrayList<>(List.of(first));
        while (lexer.takenWord("AND")) {
            all.add(test());
        }
        return new Comparison.AllOf(all);
    }

    private Comparison test() throws PatternException {
        if (lexer.kind() == Kind.LEFT_PARENTHESIS) {
            open();
            Comparison inner = anyOf();
            close(Kind.RIGHT_PARENTHESIS, "AND, OR or \")\"");
            return inner;
        }
        count();
        boolean negated = lexer.takenWord("NOT");
        if (negated || lexer.isWord("EXISTS")) {
            lexer.takeWord("EXISTS");
            return new Comparison.Exists(path(), negated);
        }
        ObjectPath path = path();
        negated = lexer.takenWord("NOT");
        Operator operator = operator();
        lexer.next();
        List<Literal> values = operator == Operator.IN ? set(path) : List.of(value(path, operator));
        return new Comparison.Test(path, negated, operator, values);
    }

    private void count() throws PatternException {
        if (++terms > Pattern.MAX_TERMS) {
            throw lexer.fault("more than " + Pattern.MAX_TERMS + " comparisons and elements of sets");
        }
    }

    private Operator operator() throws PatternException {
        return switch (lexer.kind()) {
            case EQUAL -> Operator.EQUAL;
            case UNEQUAL -> Operator.UNEQUAL;
            case LESS -> Operator.LESS;
            case LESS_OR_EQUAL -> Operator.LESS_OR_EQUAL;
            case GREATER -> Operator.GREATER;
            case GREATER_OR_EQUAL -> Operator.GREATER_OR_EQUAL;
            case KEYWORD ->
                switch (lexer.text()) {
                    case "IN" -> Operator.IN;
                    case "LIKE" -> Operator.LIKE;
                    case "MATCHES" -> Operator.MATCHES;
                    case "ISSUBSET" -> Operator.IS_SUBSET;
                    case "ISSUPERSET" -> Operator.IS_SUPERSET;
                    default -> throw lexer.expected("an operator such as = or LIKE");
                };
            default -> throw lexer.expected("an operator such as = or LIKE");
        };
    }

    private ObjectPath path() throws PatternException {
        if (lexer.kind() != Kind.NAME && lexer.kind() != Kind.HYPHENED_NAME) {
            throw lexer.expected("a type of object such as file");
        }
        String type = lexer.text();
        lexer.next();
        if (lexer.kind() != Kind.COLON) {
            throw lexer.expected("\":\"");
        }
        List<ObjectPath.Step> steps = new ArrayList<>();
        do {
            if (lexer.kind() == Kind.LEFT_BRACKET) {
                lexer.next();
                steps.add(index());
            } else {
                lexer.next();
                steps.add(key());
            }
            if (steps.size() > Pattern.MAX_DEPTH) {
                throw lexer.fault("a path of more than " + Pattern.MAX_DEPTH + " steps");
            }
        } while (lexer.kind() == Kind.DOT || lexer.kind() == Kind.LEFT_BRACKET);
        return new ObjectPath(type, steps);
    }

    private ObjectPath.Key key() throws PatternException {
        if (lexer.kind() == Kind.HYPHENED_NAME) {
            throw lexer.fault(
                    "the name " + PatternLexer.shown(lexer.text()) + " has a hyphen: it must stand in quotes, '…'");
        }
        if (lexer.kind() != Kind.NAME && lexer.kind() != Kind.STRING) {
            throw lexer.expected("a property's name");
        }
        ObjectPath.Key key = new ObjectPath.Key(lexer.text());
        lexer.next();
        return key;
    }

    private ObjectPath.Step index() throws PatternException {
        ObjectPath.Step step;
        if (lexer.kind() == Kind.ASTERISK) {
            step = new ObjectPath.Every();
        } else if (lexer.kind() == Kind.INTEGER) {
            step = new ObjectPath.Index(integer());
        } else {
            throw lexer.expected("a whole number or *");
        }
        lexer.next();
        if (lexer.kind() != Kind.RIGHT_BRACKET) {
            throw lexer.expected("\"]\"");
        }
        lexer.next();
        return step;
    }

    private int integer() throws PatternException {
        BigDecimal number = number();
        if (number.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
            throw lexer.fault("the number " + PatternLexer.shown(lexer.text()) + " is above " + Integer.MAX_VALUE);
        }
        return number.intValueExact();
    }

    private BigDecimal number() {
        return new BigDecimal(lexer.text());
    }

    private List<Literal> set(ObjectPath path) throws PatternException {
        if (lexer.kind() != Kind.LEFT_PARENTHESIS) {
            throw lexer.expected("\"(\"");
        }
        lexer.next();
        List<Literal> values = new ArrayList<>();
        if (lexer.kind() == Kind.RIGHT_PARENTHESIS) {
            lexer.next();
            return values;
        }
        while (true) {
            count();
            Literal value = literal(path, Operator.IN);
            if (!values.isEmpty() && values.getFirst().kind() != value.kind()) {
                throw lexer.fault("a set of values of different types");
            }
            values.add(value);
            lexer.next();
            if (lexer.kind() == Kind.RIGHT_PARENTHESIS) {
                lexer.next();
                return values;
            }
            if (lexer.kind() != Kind.COMMA) {
                throw lexer.expected("\",\" or \")\"");
            }
            lexer.next();
        }
    }

    private Literal value(ObjectPath path, Operator operator) throws PatternException {
        Literal value = literal(path, operator);
        lexer.next();
        return value;
    }

    /// The constant that the lexer stands at.
    private Literal literal(ObjectPath path, Operator operator) throws PatternException {
        switch (operator) {
            case LIKE, MATCHES, IS_SUBSET, IS_SUPERSET -> {
                if (lexer.kind() != Kind.STRING) {
                    throw lexer.expected("a text in quotes, '…'");
                }
            }
            default -> {}
        }
        String text = lexer.text();
        Literal literal = switch (lexer.kind()) {
            case STRING -> new Literal.Text(text);
            case INTEGER, FLOAT -> new Literal.Number(number());
            case HEX -> new Literal.Hex(text);
            case BINARY -> new Literal.Binary(text);
            case TIME -> new Literal.Time(moment(text));
            case TRUTH -> new Literal.Truth(text.equals("true"));
            default -> throw lexer.expected("a constant such as '…', 1, true, h'…', b'…' or t'…'");
        };
        switch (operator) {
            case MATCHES -> {
                try {
                    Regex.of(text);
                } catch (Regex.Fault e) {
                    throw lexer.fault("the regular expression is not understood: " + e.getMessage());
                }
            }
            case IS_SUBSET, IS_SUPERSET -> {
                try {
                    Cidr.of(text);
                } catch (IllegalArgumentException e) {
                    throw lexer.fault(
                            "'" + PatternLexer.shown(text) + "' is no address and no network such as 198.51.100.0/24");
                }
            }
            case EQUAL, UNEQUAL, IN -> hash(path, literal);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
                if (literal instanceof Literal.Truth) {
                    throw lexer.expected("a number, text, time or binary, which have an order");
                }
            }
            case LIKE -> {}
        }
        return literal;
    }

    private Moment moment(String text) throws PatternException {
        Moment moment = Moment.of(text);
        if (moment == null) {
            throw lexer.expected("a time such as t'2026-03-01T12:00:00Z'");
        }
        return moment;
    }

    /// Hashes of a known algorithm have its length.
    private void hash(ObjectPath path, Literal literal) throws PatternException {
        if (!(literal instanceof Literal.Text text)
                || !(path.steps().getLast() instanceof ObjectPath.Key key)
                || !path.steps().contains(new ObjectPath.Key("hashes"))) {
            return;
        }
        int[] lengths = HASH_DIGITS.get(key.name().toUpperCase(Locale.ROOT).replace("-", ""));
        if (lengths == null) {
            return;
        }
        for (int length : lengths) {
            if (text.value().length() == length && isHex(text.value())) {
                return;
            }
        }
        throw lexer.fault("'" + PatternLexer.shown(text.value()) + "' is no " + PatternLexer.shown(key.name())
                + " hash; expected " + lengths[0] + " hexadecimal digits");
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }
}
