package io.carom.intel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What holds of every pattern: random ones, by a fixed seed.
class PatternPropertiesTest {
    private static final String[] TEXTS = {"", "a", "it's", "back\\slash", "ünï😀", "a b", "%_", "]["};
    private static final String[] KEYS = {"value", "hashes", "AND", "true", "with-hyphen", "a.b", "9", "x_ref", "é"};

    private final Random random = new Random(20260301);

    private int below(int bound) {
        return random.nextInt(bound);
    }

    private Literal literal() {
        return switch (below(6)) {
            case 0 -> new Literal.Text(TEXTS[below(TEXTS.length)]);
            case 1 -> new Literal.Number(new BigDecimal(below(2000) - 1000));
            case 2 -> new Literal.Number(new BigDecimal(below(2000) - 1000).movePointLeft(1 + below(3)));
            case 3 -> new Literal.Hex(below(2) == 0 ? "" : "0aFf");
            case 4 -> new Literal.Binary("AQIDBA==");
            default ->
                new Literal.Time(new Moment(below(2_000_000_000), below(2) == 0 ? "" : String.valueOf(1 + below(9))));
        };
    }

    private Comparison comparison(int depth) {
        if (depth == 0 || below(3) == 0) {
            List<ObjectPath.Step> steps = new ArrayList<>();
            steps.add(new ObjectPath.Key(KEYS[below(KEYS.length)]));
            for (int i = below(3); i > 0; i--) {
                steps.add(
                        switch (below(3)) {
                            case 0 -> new ObjectPath.Every();
                            case 1 -> new ObjectPath.Index(below(5) - 1);
                            default -> new ObjectPath.Key(KEYS[below(KEYS.length)]);
                        });
            }
            ObjectPath path = new ObjectPath(below(2) == 0 ? "file" : "x-thing_2", steps);
            boolean negated = below(2) == 0;
            return switch (below(6)) {
                case 0 -> new Comparison.Exists(path, negated);
                case 1 -> {
                    Literal one = literal();
                    yield new Comparison.Test(
                            path, negated, Comparison.Operator.IN, below(4) == 0 ? List.of() : List.of(one, one));
                }
                case 2 ->
                    new Comparison.Test(path, negated, Comparison.Operator.LIKE, List.of(new Literal.Text("a%_'")));
                case 3 ->
                    new Comparison.Test(
                            path, negated, Comparison.Operator.MATCHES, List.of(new Literal.Text("^\\d+'$")));
                case 4 ->
                    new Comparison.Test(
                            path, negated, Comparison.Operator.IS_SUBSET, List.of(new Literal.Text("2001:db8::/32")));
                default ->
                    new Comparison.Test(path, negated, Comparison.Operator.values()[below(6)], List.of(literal()));
            };
        }
        List<Comparison> operands = new ArrayList<>();
        for (int i = 2 + below(2); i > 0; i--) {
            operands.add(comparison(depth - 1));
        }
        return below(2) == 0 ? new Comparison.AllOf(operands) : new Comparison.AnyOf(operands);
    }

    private ObservationExpression expression(int depth) {
        if (depth == 0 || below(4) == 0) {
            return new ObservationExpression.Observed(comparison(2));
        }
        if (below(2) == 0) {
            return new ObservationExpression.Qualified(expression(depth - 1), qualifier());
        }
        List<ObservationExpression> operands = new ArrayList<>();
        for (int i = 2 + below(2); i > 0; i--) {
            operands.add(expression(depth - 1));
        }
        return switch (below(3)) {
            case 0 -> new ObservationExpression.Both(operands);
            case 1 -> new ObservationExpression.Either(operands);
            default -> new ObservationExpression.Followed(operands);
        };
    }

    private ObservationExpression.Qualifier qualifier() {
        return switch (below(3)) {
            case 0 -> new ObservationExpression.Within(new BigDecimal(1 + below(8)));
            case 1 -> new ObservationExpression.Repeats(1 + below(3));
            default -> {
                long from = below(12);
                yield new ObservationExpression.StartStop(new Moment(from, ""), new Moment(from + below(12), ""));
            }
        };
    }

    @Test
    void whatIsPrintedReadsAsTheSame() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            Pattern pattern = new Pattern(expression(4), StixVersion.values()[below(2)]);
            String text = pattern.toString();
            assertEquals(pattern, Pattern.parse(text, pattern.version()), text);
        }
    }

    @Test
    void garbageIsRefusedAtAPlaceInItOrRead() {
        String alphabet = "[]()':=<>!.,*+-tbh01aAND OR NOT\\\n\u2028é/";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            if (below(2) == 0) {
                text.append(new Pattern(expression(2), StixVersion.V2_1));
                for (int j = 1 + below(3); j > 0; j--) {
                    int at = below(text.length());
                    text.replace(at, at + below(2), String.valueOf(alphabet.charAt(below(alphabet.length()))));
                }
            } else {
                for (int j = below(30); j > 0; j--) {
                    text.append(alphabet.charAt(below(alphabet.length())));
                }
            }
            try {
                Pattern pattern = Pattern.parse(text.toString(), StixVersion.V2_1);
                assertEquals(pattern, Pattern.parse(pattern.toString(), StixVersion.V2_1), text.toString());
            } catch (PatternException e) {
                String[] lines = text.toString().split("\n", -1);
                assertTrue(e.line() >= 1 && e.line() <= lines.length, text + ": " + e.getMessage());
                assertTrue(e.column() >= 0 && e.column() <= lines[e.line() - 1].length(), text + ": " + e.getMessage());
            }
        }
    }

    /// `[x:v < 3]` and its like: few values, so that sets overlap.
    private ObservationExpression small(int depth) {
        if (depth == 0 || below(3) == 0) {
            Comparison.Operator operator =
                    below(2) == 0 ? Comparison.Operator.EQUAL : Comparison.Operator.GREATER_OR_EQUAL;
            return new ObservationExpression.Observed(new Comparison.Test(
                    new ObjectPath("x", List.of(new ObjectPath.Key("v"))),
                    below(3) == 0,
                    operator,
                    List.of(new Literal.Number(new BigDecimal(below(4))))));
        }
        if (below(2) == 0) {
            return new ObservationExpression.Qualified(small(depth - 1), qualifier());
        }
        List<ObservationExpression> operands = List.of(small(depth - 1), small(depth - 1));
        return switch (below(3)) {
            case 0 -> new ObservationExpression.Both(operands);
            case 1 -> new ObservationExpression.Either(operands);
            default -> new ObservationExpression.Followed(operands);
        };
    }

    private List<Observation> observations() {
        List<Observation> all = new ArrayList<>();
        for (int i = 1 + below(4); i > 0; i--) {
            long first = below(12);
            Members object = new Members(
                    Map.of("type", new JsonValue.Text("x"), "v", new JsonValue.Number(new BigDecimal(below(4)))));
            Map<String, Members> objects = Map.of("0", object);
            all.add(new Observation(
                    "o" + i,
                    "",
                    new Moment(first, ""),
                    new Moment(first + (below(2) == 0 ? 0 : below(4)), ""),
                    1 + below(2),
                    objects,
                    objects));
        }
        return all;
    }

    @Test
    void observationOperatorsEqualTryingEveryWay() {
        int matched = 0;
        int unmatched = 0;
        for (int i = 0; i < 30_000; i++) {
            ObservationExpression expression = small(3);
            List<Observation> observations = observations();
            EveryWay plain = new EveryWay(observations);
            Set<List<Integer>> ways = plain.ways(expression);
            if (ways == null) {
                continue;
            }
            Pattern pattern = new Pattern(expression, StixVersion.V2_0);
            Answer answer = pattern.match(observations);
            String told = pattern + " on " + observations + ": " + answer;
            if (ways.isEmpty()) {
                unmatched++;
                assertEquals(new Answer.Unmatched(), answer, told);
            } else {
                matched++;
                assertTrue(answer instanceof Answer.Matched, told);
                List<Observation> by = ((Answer.Matched) answer).by();
                boolean among = ways.stream().anyMatch(way -> {
                    List<Observation> used = new ArrayList<>();
                    for (int at = 0; at < way.size(); at++) {
                        if (way.get(at) > 0) {
                            used.add(observations.get(at));
                        }
                    }
                    return used.equals(by);
                });
                assertTrue(among, told);
            }
        }
        assertTrue(matched > 3000 && unmatched > 3000, matched + " matched, " + unmatched + " not");
    }

    /// The plain interpreter: every way in which observations can satisfy an expression, each as how
    /// often each observation is taken.
    private static final class EveryWay {
        private static final int MOST = 4000;

        private final List<Observation> observations;

        EveryWay(List<Observation> observations) {
            this.observations = observations;
        }

        /// Null where there are too many to list.
        Set<List<Integer>> ways(ObservationExpression expression) {
            return switch (expression) {
                case ObservationExpression.Observed(Comparison comparison) -> {
                    Set<List<Integer>> ways = new HashSet<>();
                    for (int i = 0; i < observations.size(); i++) {
                        if (holds(comparison, observations.get(i))) {
                            Integer[] way = new Integer[observations.size()];
                            Arrays.fill(way, 0);
                            way[i] = 1;
                            ways.add(List.of(way));
                        }
                    }
                    yield ways;
                }
                case ObservationExpression.Both(List<ObservationExpression> all) -> {
                    Set<List<Integer>> ways = ways(all.getFirst());
                    for (ObservationExpression next : all.subList(1, all.size())) {
                        ways = joined(ways, ways(next), false);
                    }
                    yield ways;
                }
                case ObservationExpression.Followed(List<ObservationExpression> all) -> {
                    Set<List<Integer>> ways = ways(all.getFirst());
                    for (ObservationExpression next : all.subList(1, all.size())) {
                        ways = joined(ways, ways(next), true);
                    }
                    yield ways;
                }
                case ObservationExpression.Either(List<ObservationExpression> all) -> {
                    Set<List<Integer>> ways = new HashSet<>();
                    for (ObservationExpression next : all) {
                        Set<List<Integer>> some = ways(next);
                        if (some == null) {
                            yield null;
                        }
                        ways.addAll(some);
                    }
                    yield ways;
                }
                case ObservationExpression.Qualified(
                        ObservationExpression inner,
                        ObservationExpression.Repeats(int times)) -> {
                    Set<List<Integer>> once = ways(inner);
                    Set<List<Integer>> ways = once;
                    for (int i = 1; i < times; i++) {
                        ways = joined(ways, once, false);
                    }
                    yield ways;
                }
                case ObservationExpression.Qualified(
                        ObservationExpression inner,
                        ObservationExpression.Within(BigDecimal seconds)) -> {
                    Set<List<Integer>> ways = ways(inner);
                    if (ways != null) {
                        ways.removeIf(w -> latestFirst(w) - earliestLast(w) > seconds.longValueExact());
                    }
                    yield ways;
                }
                case ObservationExpression.Qualified(
                        ObservationExpression inner,
                        ObservationExpression.StartStop(Moment from, Moment until)) -> {
                    Set<List<Integer>> ways = ways(inner);
                    if (ways != null) {
                        ways.removeIf(w -> latestFirst(w) >= until.second() || earliestLast(w) < from.second());
                    }
                    yield ways;
                }
            };
        }

        private static boolean holds(Comparison comparison, Observation observation) {
            Comparison.Test test = (Comparison.Test) comparison;
            Members object = observation.objects().values().iterator().next();
            int order = ((JsonValue.Number) object.values().get("v"))
                    .value()
                    .compareTo(((Literal.Number) test.values().getFirst()).value());
            return (test.operator() == Comparison.Operator.EQUAL ? order == 0 : order >= 0) != test.negated();
        }

        private Set<List<Integer>> joined(Set<List<Integer>> left, Set<List<Integer>> right, boolean followed) {
            if (left == null || right == null || (long) left.size() * right.size() > MOST * 10L) {
                return null;
            }
            Set<List<Integer>> ways = new HashSet<>();
            for (List<Integer> a : left) {
                for (List<Integer> b : right) {
                    List<Integer> sum = new ArrayList<>();
                    boolean enough = true;
                    for (int i = 0; i < a.size(); i++) {
                        sum.add(a.get(i) + b.get(i));
                        enough &= sum.get(i) <= observations.get(i).times();
                    }
                    if (enough && (!followed || latestFirst(a) <= earliestLast(b))) {
                        ways.add(sum);
                    }
                }
            }
            return ways.size() > MOST ? null : ways;
        }

        private long latestFirst(List<Integer> way) {
            long latest = Long.MIN_VALUE;
            for (int i = 0; i < way.size(); i++) {
                latest = way.get(i) > 0
                        ? Math.max(latest, observations.get(i).first().second())
                        : latest;
            }
            return latest;
        }

        private long earliestLast(List<Integer> way) {
            long earliest = Long.MAX_VALUE;
            for (int i = 0; i < way.size(); i++) {
                earliest = way.get(i) > 0
                        ? Math.min(earliest, observations.get(i).last().second())
                        : earliest;
            }
            return earliest;
        }
    }
}
