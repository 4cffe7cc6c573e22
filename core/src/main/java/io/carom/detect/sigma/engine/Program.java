package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.LogSource;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.LogSources.Place;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.TextPattern;
import io.carom.event.Attribute;
import io.carom.event.FieldNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All rules that look at one kind of event, compiled together. Immutable and shared by threads.
///
/// Each rule is an expression over bits. A bit is an *atom*, all that a stretch of the rule asks of one
/// field, shared by all rules that ask the same; or a comparison of two fields. Bits have a ground
/// state, that of an event without any field, so that an event is described by the few bits that its
/// values turn.
final class Program {
    /// What is asked only when a rule hangs on it, as it is dear.
    sealed interface Late {
        /// Two fields compared, by place in {@link #fields}.
        record Comparison(int field, int other, Match.Where where, boolean cased) implements Late {}

        /// A regular expression looked for in a field.
        record Search(int field, Match.Regex regex) implements Late {}
    }

    /// The field whose values are all values of the event.
    static final int EVERYTHING = 0;

    private final List<Rule> rules;
    final Node[] expressions;
    /// The same, laid out to be asked.
    final Question[] compiled;
    final List<Late> late;
    /// Those of {@link Late.Search}, by the same number.
    final @Nullable Search[] searches;
    final FieldTests[] fields;
    /// Where each field's values stand.
    final List<List<Place>> places;
    final int atoms;
    final boolean[] ground;
    /// A first guess at how often an atom turns; experience mends it.
    final double[] guess;

    /// Which fields a native name is a value of, by {@link FieldNames} id; null for none.
    private final int[] @Nullable [] byName;
    final Attribute[] columns;
    final int[][] byColumn;
    final boolean keywords;

    /// Compiles rules for a kind of event.
    static Program of(List<Rule> rules, int kind, LogSources sources) {
        // A rule that hangs on nothing but what is dear would be asked of every event: its expressions are
        // then better asked of each distinct value.
        boolean[] prompt = new boolean[rules.size()];
        for (int rule = 0; rule < prompt.length; rule++) {
            Expression expression = rules.get(rule).expression();
            prompt[rule] = isDear(expression) && !hangs(expression, true);
        }
        return new Program(rules, new Draft(rules, kind, sources, prompt));
    }

    /// Whether the expression asks what is dear to ask.
    private static boolean isDear(Expression expression) {
        return switch (expression) {
            case Expression.And(List<Expression> parts) -> anyIsDear(parts);
            case Expression.Or(List<Expression> parts) -> anyIsDear(parts);
            case Expression.Not(Expression part) -> isDear(part);
            case Expression.Selection(String name, Expression body) -> isDear(body);
            case Expression.Test(String field, Match match) ->
                match instanceof Match.Field || match instanceof Match.Regex && field != null;
        };
    }

    private static boolean anyIsDear(List<Expression> parts) {
        for (Expression part : parts) {
            if (isDear(part)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a cheap test must answer otherwise than of an absent field for the expression to be as wanted.
    private static boolean hangs(Expression expression, boolean wanted) {
        return switch (expression) {
            case Expression.And(List<Expression> parts) -> wanted ? anyHangs(parts, true) : allHang(parts, false);
            case Expression.Or(List<Expression> parts) -> wanted ? allHang(parts, true) : anyHangs(parts, false);
            case Expression.Not(Expression part) -> hangs(part, !wanted);
            case Expression.Selection(String name, Expression body) -> hangs(body, wanted);
            case Expression.Test(String field, Match match) ->
                switch (match) {
                    case Match.Null n -> !wanted;
                    case Match.Exists(boolean there) -> there == wanted;
                    default -> wanted;
                };
        };
    }

    private static boolean anyHangs(List<Expression> parts, boolean wanted) {
        for (Expression part : parts) {
            if (hangs(part, wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean allHang(List<Expression> parts, boolean wanted) {
        for (Expression part : parts) {
            if (!hangs(part, wanted)) {
                return false;
            }
        }
        return true;
    }

    /// The rules as expressions over atoms, before what their fields are asked is laid out to be asked.
    private static final class Draft {
        final Compiler compiler;
        final Node[] expressions;
        final boolean[] ground;
        final double[] guess;

        /// @param prompt rules whose regular expressions are asked of each distinct value
        Draft(List<Rule> rules, int kind, LogSources sources, boolean[] prompt) {
            compiler = new Compiler(kind, sources);
            Node[] raw = new Node[rules.size()];
            for (int i = 0; i < raw.length; i++) {
                compiler.prompt = prompt[i];
                raw[i] = compiler.node(rules.get(i).logSource(), rules.get(i).expression());
            }
            expressions = new Node[raw.length];
            for (int i = 0; i < raw.length; i++) {
                expressions[i] = compiler.lift(raw[i]);
            }
            ground = new boolean[compiler.atoms];
            guess = new double[compiler.atoms];
            for (Compiler.Field field : compiler.fields) {
                List<Node> nodes = List.copyOf(field.atoms.keySet());
                boolean[] truth = FieldTests.groundTruth(field.tests, nodes);
                int atom = 0;
                for (int id : field.atoms.values()) {
                    ground[id] = truth[atom];
                    guess[id] = Math.min(1, likelihood(nodes.get(atom++), field.tests));
                }
            }
        }
    }

    private static boolean isLate(Node node) {
        return switch (node) {
            case Node.Lazy lazy -> true;
            case Node.Not(Node part) -> isLate(part);
            case Node.All(List<Node> parts) -> parts.stream().anyMatch(Program::isLate);
            case Node.Any(List<Node> parts) -> parts.stream().anyMatch(Program::isLate);
            default -> false;
        };
    }

    private Program(List<Rule> rules, Draft draft) {
        this.rules = List.copyOf(rules);
        Compiler compiler = draft.compiler;
        expressions = draft.expressions;
        compiled = Arrays.stream(expressions).map(Question::of).toArray(Question[]::new);
        atoms = compiler.atoms;
        late = List.copyOf(compiler.late.keySet());
        searches = new Search[late.size()];
        for (int i = 0; i < searches.length; i++) {
            if (late.get(i) instanceof Late.Search(int field, Match.Regex(String text, int flags))) {
                searches[i] = new Search(text, flags);
            }
        }
        places = List.copyOf(compiler.places.keySet());
        fields = new FieldTests[places.size()];
        ground = draft.ground;
        guess = draft.guess;
        for (int f = 0; f < fields.length; f++) {
            Compiler.Field field = compiler.fields.get(f);
            int[] ids =
                    field.atoms.values().stream().mapToInt(Integer::intValue).toArray();
            List<Node> nodes = List.copyOf(field.atoms.keySet());
            fields[f] = new FieldTests(field.tests, nodes, ids, f != EVERYTHING);
        }
        Map<Integer, Ints> names = new HashMap<>();
        Map<Attribute, Ints> attributes = new LinkedHashMap<>();
        int highest = 0;
        for (int f = 0; f < places.size(); f++) {
            for (Place place : places.get(f)) {
                switch (place) {
                    case Place.Native(String name) -> {
                        int id = FieldNames.of(name.replace(" ", ""));
                        highest = Math.max(highest, id);
                        names.computeIfAbsent(id, k -> new Ints()).add(f);
                    }
                    case Place.Column(Attribute attribute) ->
                        attributes.computeIfAbsent(attribute, k -> new Ints()).add(f);
                }
            }
        }
        byName = new int[highest + 1][];
        names.forEach((id, of) -> byName[id] = of.toArray());
        columns = attributes.keySet().toArray(Attribute[]::new);
        byColumn = attributes.values().stream().map(Ints::toArray).toArray(int[][]::new);
        keywords = !compiler.fields.get(EVERYTHING).tests.isEmpty();
    }

    Rule rule(int index) {
        return rules.get(index);
    }

    int rules() {
        return rules.size();
    }

    /// The fields that a native field is a value of.
    int @Nullable [] fieldsOf(int name) {
        return name < byName.length ? byName[name] : null;
    }

    /// Atoms of which at least one must turn for the rule to match; null if it can match without.
    ///
    /// @param cost how often each atom turns; of several choices the least is taken
    int @Nullable [] anchors(int rule, double[] cost) {
        return needed(expressions[rule], true, ground, cost);
    }

    private static int @Nullable [] needed(Node node, boolean wanted, boolean[] ground, double[] cost) {
        return switch (node) {
            case Node.Bit(int id) -> ground[id] == wanted ? null : new int[] {id};
            case Node.Lazy lazy -> null;
            case Node.Not(Node part) -> needed(part, !wanted, ground, cost);
            case Node.All(List<Node> parts) ->
                wanted ? best(parts, true, ground, cost) : every(parts, false, ground, cost);
            case Node.Any(List<Node> parts) ->
                wanted ? every(parts, true, ground, cost) : best(parts, false, ground, cost);
            case Node.Constant(boolean value) -> value == wanted ? null : new int[0];
        };
    }

    private static int @Nullable [] best(List<Node> parts, boolean wanted, boolean[] ground, double[] cost) {
        int[] best = null;
        double least = Double.MAX_VALUE;
        for (Node part : parts) {
            int[] one = needed(part, wanted, ground, cost);
            if (one == null) {
                continue;
            }
            double sum = 0;
            for (int atom : one) {
                sum += cost[atom];
            }
            if (sum < least) {
                least = sum;
                best = one;
            }
        }
        return best;
    }

    private static int @Nullable [] every(List<Node> parts, boolean wanted, boolean[] ground, double[] cost) {
        int[] all = new int[0];
        for (Node part : parts) {
            int[] one = needed(part, wanted, ground, cost);
            if (one == null) {
                return null;
            }
            int before = all.length;
            all = Arrays.copyOf(all, before + one.length);
            System.arraycopy(one, 0, all, before, one.length);
        }
        return all;
    }

    private static double likelihood(Node node, List<Match> tests) {
        return switch (node) {
            case Node.Bit(int id) -> likelihood(tests.get(id));
            case Node.Not not -> 1;
            case Node.All(List<Node> parts) ->
                parts.stream().mapToDouble(p -> likelihood(p, tests)).min().orElse(1);
            case Node.Any(List<Node> parts) ->
                parts.stream().mapToDouble(p -> likelihood(p, tests)).sum();
            case Node.Constant c -> 0;
            case Node.Lazy lazy -> 1;
        };
    }

    private static double likelihood(Match match) {
        if (!(match instanceof Match.Text(var pattern, boolean cased))) {
            return 0.2;
        }
        int letters = pattern.parts().stream()
                .mapToInt(p -> p instanceof TextPattern.Part.Literal(String text) ? text.length() : 0)
                .sum();
        return Math.pow(0.7, letters);
    }

    long bytes() {
        return Arrays.stream(fields).mapToLong(FieldTests::bytes).sum();
    }

    /// Numbers tests, atoms and fields while the rules are put in.
    private static final class Compiler {
        /// A test of a field: what a bit of an unlifted expression stands for.
        private record Asked(int field, int test) {}

        private static final class Field {
            final Map<Match, Integer> numbers = new HashMap<>();
            final List<Match> tests = new ArrayList<>();
            final Map<Node, Integer> atoms = new LinkedHashMap<>();
        }

        private final int kind;
        private final LogSources sources;
        final Map<List<Place>, Integer> places = new LinkedHashMap<>();
        final List<Field> fields = new ArrayList<>();
        private final Map<Asked, Integer> askedNumbers = new HashMap<>();
        private final List<Asked> asked = new ArrayList<>();
        final Map<Late, Integer> late = new LinkedHashMap<>();
        boolean prompt;
        private final Map<String, Map<LogSource, Integer>> known = new HashMap<>();
        int atoms;

        Compiler(int kind, LogSources sources) {
            this.kind = kind;
            this.sources = sources;
            field(List.of());
        }

        private int field(List<Place> at) {
            return places.computeIfAbsent(at, k -> {
                fields.add(new Field());
                return fields.size() - 1;
            });
        }

        private int field(LogSource of, @Nullable String name) {
            if (name == null) {
                return EVERYTHING;
            }
            return known.computeIfAbsent(name, k -> new HashMap<>())
                    .computeIfAbsent(of, k -> field(List.copyOf(sources.places(kind, of, name))));
        }

        /// The expression over tests.
        Node node(LogSource of, Expression expression) {
            return switch (expression) {
                case Expression.And(List<Expression> parts) -> Node.all(nodes(of, parts));
                case Expression.Or(List<Expression> parts) -> Node.any(nodes(of, parts));
                case Expression.Not(Expression part) -> Node.not(node(of, part));
                case Expression.Selection(String name, Expression body) -> node(of, body);
                case Expression.Test(String name, Match.Field compared) -> comparison(of, name, compared);
                case Expression.Test(String name, Match.Regex regex)
                when name != null && !prompt -> search(field(of, name), regex);
                case Expression.Test(String name, Match match) -> new Node.Bit(test(field(of, name), match));
            };
        }

        private Node comparison(LogSource of, @Nullable String name, Match.Field compared) {
            int field = field(of, name);
            int against = field(of, compared.other());
            // Both fields are there, or the answer is no: that much can be an anchor.
            return Node.all(List.of(
                    new Node.Bit(test(field, new Match.Exists(true))),
                    new Node.Bit(test(against, new Match.Exists(true))),
                    late(new Late.Comparison(field, against, compared.where(), compared.cased()))));
        }

        private Node search(int field, Match.Regex regex) {
            List<Node> literals = RequiredLiterals.of(regex.expression()).stream()
                    .<Node>map(l -> new Node.Bit(
                            test(field, new Match.Text(TextPattern.literal(l).anywhere(), false))))
                    .toList();
            Node guard = literals.isEmpty() ? new Node.Bit(test(field, new Match.Exists(true))) : Node.any(literals);
            return Node.all(List.of(guard, late(new Late.Search(field, regex))));
        }

        private List<Node> nodes(LogSource of, List<Expression> parts) {
            List<Node> nodes = new ArrayList<>(parts.size());
            for (Expression part : parts) {
                nodes.add(node(of, part));
            }
            return nodes;
        }

        private Node late(Late what) {
            int number = late.size();
            Integer known = late.putIfAbsent(what, number);
            return new Node.Lazy(known == null ? number : known);
        }

        private int test(int field, Match match) {
            Field of = fields.get(field);
            int local = of.numbers.computeIfAbsent(match, k -> {
                of.tests.add(match);
                return of.tests.size() - 1;
            });
            return askedNumbers.computeIfAbsent(new Asked(field, local), k -> {
                asked.add(k);
                return asked.size() - 1;
            });
        }

        private static final int NONE = -1, SEVERAL = -2;

        /// The one field that an expression asks.
        private int fieldOf(Node node) {
            return switch (node) {
                case Node.Bit(int id) -> asked.get(id).field;
                case Node.Lazy lazy -> SEVERAL;
                case Node.Not(Node part) -> fieldOf(part);
                case Node.All(List<Node> parts) -> fieldOf(parts);
                case Node.Any(List<Node> parts) -> fieldOf(parts);
                case Node.Constant c -> NONE;
            };
        }

        private int fieldOf(List<Node> parts) {
            int one = NONE;
            for (Node part : parts) {
                int field = fieldOf(part);
                if (field == SEVERAL || one >= 0 && field >= 0 && one != field) {
                    return SEVERAL;
                }
                one = Math.max(one, field);
            }
            return one;
        }

        /// The expression over atoms. To be called when all rules are in.
        Node lift(Node node) {
            if (node instanceof Node.Constant) {
                return node;
            }
            int field = fieldOf(node);
            if (field >= 0) {
                Node local = local(node);
                return new Node.Bit(fields.get(field).atoms.computeIfAbsent(local, k -> atoms++));
            }
            return switch (node) {
                case Node.Bit bit -> bit;
                case Node.Lazy lazy -> lazy;
                case Node.Not(Node part) -> Node.not(lift(part));
                case Node.All(List<Node> parts) -> Node.all(lift(parts, true));
                case Node.Any(List<Node> parts) -> Node.any(lift(parts, false));
                case Node.Constant c -> c;
            };
        }

        /// Parts that ask the same field become one.
        private List<Node> lift(List<Node> parts, boolean all) {
            Map<Integer, List<Node>> together = new LinkedHashMap<>();
            List<Node> lifted = new ArrayList<>();
            for (Node part : parts) {
                int field = fieldOf(part);
                if (field >= 0) {
                    together.computeIfAbsent(field, k -> new ArrayList<>()).add(part);
                } else {
                    lifted.add(lift(part));
                }
            }
            for (List<Node> same : together.values()) {
                lifted.addFirst(lift(all ? Node.all(same) : Node.any(same)));
            }
            // What is dear comes last.
            lifted.sort(Comparator.comparing(Program::isLate));
            return lifted;
        }

        private Node local(Node node) {
            return switch (node) {
                case Node.Bit(int id) -> new Node.Bit(asked.get(id).test);
                case Node.Not(Node part) -> new Node.Not(local(part));
                case Node.All(List<Node> parts) -> new Node.All(local(parts));
                case Node.Any(List<Node> parts) -> new Node.Any(local(parts));
                case Node.Constant c -> c;
                case Node.Lazy lazy -> lazy;
            };
        }

        private List<Node> local(List<Node> parts) {
            List<Node> local = new ArrayList<>(parts.size());
            for (Node part : parts) {
                local.add(local(part));
            }
            return local;
        }
    }
}
