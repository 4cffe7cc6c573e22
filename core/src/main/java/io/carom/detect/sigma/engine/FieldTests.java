package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Everything that the rules of one program ask of one field. Immutable and shared by threads.
///
/// Tests are numbered from 0. Expressions over this field alone are *atoms*; an atom's truth for an
/// absent field is the ground state, and a value is described by which atoms it turns from there.
final class FieldTests {
    /// How a literal must lie in the value for a test to hold.
    private static final int ANYWHERE = 0, START = 1, END = 2, WHOLE = 3, ASK = 4;

    private final Match[] matches;
    private final Asks[] asks;
    /// Of each test, literals of which one must be in a value (its letters folded) that passes; none if
    /// nothing is known.
    private final List<List<String>> needed;

    /// Literals that stand anywhere. One by which a single test passes tells that; another, as
    /// `~literal`, for each: tests, `test << 1 | asked`, where the test is yet to be asked or passes by
    /// that alone.
    private final Grams grams;
    private final int[][] literalUses;
    private final Affixes starts = new Affixes(false);
    private final Affixes ends = new Affixes(true);
    /// For each test, others that are asked of a value once it has passed that one; null for none. A
    /// text that most values hold says nothing where a rarer one of the same atom is missing, so it is
    /// not looked for before.
    private final int[] @Nullable [] followers;
    /// Tests that others follow: a few of thousands, so that most are told from it in the nearest cache.
    private final Bits leads;
    /// Each test as it is asked as a follower.
    private final Asks[] alone;
    /// Tests that no literal announces; those that an empty value passes.
    private final int[] direct;
    private final int[] empty;

    private final Question[] atoms;
    /// Number of each atom in the program.
    private final int[] atomIds;
    /// Atoms that are to be looked at when a test passes; and those that turn by that alone.
    private final int[][] atomsOfTest;
    private final int[][] atomsByTest;

    final boolean[] groundTruth;
    /// Atoms that turn when the field has a value that passes no test.
    private final int[] turnedByPresence;
    private final int[] testsOfPresence;
    /// What a field passes that is there as null.
    final int[] testsOfNull;
    /// What an element without content passes, which may be null or the empty text.
    final int[] testsOfBlank;
    /// Makes a number of each test, of which those of the tests passed make a hash. Nobody outside can
    /// choose values by it.
    private final long seed = new SecureRandom().nextLong();

    /// @param matches the tests, none of them a {@link Match.Field}
    /// @param atoms expressions whose bits are tests
    /// @param atomIds number of each atom in the program
    /// @param follow whether some tests may be asked once others have passed; all values are then to be
    /// asked again where there are several, by {@link Scratch#settle}
    FieldTests(List<Match> matches, List<Node> atoms, int[] atomIds, boolean follow) {
        this.matches = matches.toArray(Match[]::new);
        this.atoms = atoms.stream().map(Question::of).toArray(Question[]::new);
        this.atomIds = atomIds;
        this.asks = matches.stream().map(Asks::of).toArray(Asks[]::new);
        needed = needed(asks, matches);
        boolean[] follows = new boolean[asks.length];
        followers = follow ? followers(atoms, follows) : new int[asks.length][];
        leads = new Bits(asks.length);
        for (int test = 0; test < followers.length; test++) {
            if (followers[test] != null) {
                leads.set(test);
            }
        }
        alone = asks.clone();
        for (int test = 0; test < alone.length; test++) {
            if (follows[test]) {
                alone[test] = Asks.alone(asks[test]);
            }
        }
        Announced announced = new Announced();
        for (int test = 0; test < asks.length; test++) {
            if (!follows[test] && !(asks[test] instanceof Asks.Always)) {
                announced.add(test);
            }
        }
        starts.done();
        ends.done();
        literalUses = announced.uses.stream().map(Ints::toArray).toArray(int[][]::new);
        grams = new Grams(announced.texts, codes(literalUses));
        direct = announced.direct.toArray();
        empty = announced.empty.toArray();

        @Nullable Ints[] ofTest = new Ints[asks.length];
        @Nullable Ints[] byTest = new Ints[asks.length];
        for (int atom = 0; atom < this.atoms.length; atom++) {
            hang(atom, atoms.get(atom), ofTest, byTest);
        }
        atomsOfTest = arrays(ofTest);
        atomsByTest = arrays(byTest);

        groundTruth = groundTruth(matches, atoms);
        turnedByPresence = turned(state(matches, PRESENT));
        Ints presence = new Ints();
        for (int test = 0; test < this.matches.length; test++) {
            if (this.matches[test] instanceof Match.Exists(boolean wanted) && wanted) {
                presence.add(test);
            }
        }
        testsOfPresence = presence.toArray();
        for (int test = 0; test < this.matches.length; test++) {
            if (this.matches[test] instanceof Match.Null) {
                presence.add(test);
            }
        }
        testsOfNull = presence.toArray();
        Scratch blank = new Scratch(this);
        blank.ask(new byte[0], 0, 0);
        blank.pass(testsOfNull);
        testsOfBlank = blank.passed.toArray();
    }

    /// Atoms that are otherwise than of an absent field.
    private int[] turned(Bits state) {
        Ints turned = new Ints();
        for (int atom = 0; atom < atoms.length; atom++) {
            if (atoms[atom].holds(state) != groundTruth[atom]) {
                turned.add(atom);
            }
        }
        return turned.toArray();
    }

    /// What announces tests, while they are laid out: the literals that stand anywhere are numbered.
    private final class Announced {
        private final Map<String, Integer> numbers = new HashMap<>();
        final List<byte[]> texts = new ArrayList<>();
        final List<Ints> uses = new ArrayList<>();
        final Ints direct = new Ints();
        final Ints empty = new Ints();

        void add(int test) {
            if (asks[test] instanceof Asks.Form(TextPattern pattern, boolean cased, var glob)
                    && pattern.parts().isEmpty()) {
                empty.add(test);
            } else if (needed.get(test).isEmpty()) {
                direct.add(test);
            } else {
                literals(test);
            }
        }

        private void literals(int test) {
            int how = how(asks[test]);
            for (String literal : needed.get(test)) {
                byte[] text = literal.getBytes(StandardCharsets.UTF_8);
                switch (how) {
                    case START -> starts.add(text, false, test);
                    case WHOLE -> starts.add(text, true, test);
                    case END -> ends.add(text, false, test);
                    default -> uses.get(number(literal, text)).add(test << 1 | (how == ASK ? 1 : 0));
                }
            }
        }

        private int number(String literal, byte[] text) {
            Integer known = numbers.putIfAbsent(literal, texts.size());
            if (known != null) {
                return known;
            }
            texts.add(text);
            uses.add(new Ints());
            return texts.size() - 1;
        }
    }

    /// What is told where a literal is found: the test that passes by that alone, or `~literal`.
    private static int[] codes(int[][] uses) {
        int[] codes = new int[uses.length];
        for (int literal = 0; literal < codes.length; literal++) {
            int[] of = uses[literal];
            codes[literal] = of.length == 1 && (of[0] & 1) == 0 ? of[0] >> 1 : ~literal;
        }
        return codes;
    }

    /// Notes which tests an atom is to be looked at for.
    ///
    /// @param ofTest for each test the atoms that are then asked
    /// @param byTest for each test the atoms that turn by that alone
    private void hang(int atom, Node node, @Nullable Ints[] ofTest, @Nullable Ints[] byTest) {
        List<Node.Bit> alternatives = alternatives(node);
        if (!alternatives.isEmpty() && alternatives.stream().noneMatch(a -> ABSENT.test(matches[a.id()]))) {
            for (Node.Bit one : alternatives) {
                list(byTest, one.id()).add(atom);
            }
            return;
        }
        bits(node, test -> {
            Ints list = list(ofTest, test);
            if (list.isEmpty() || list.last() != atom) {
                list.add(atom);
            }
        });
    }

    private static Ints list(@Nullable Ints[] of, int at) {
        Ints list = of[at];
        if (list == null) {
            list = new Ints();
            of[at] = list;
        }
        return list;
    }

    private static int[][] arrays(@Nullable Ints[] of) {
        int[] none = {};
        int[][] out = new int[of.length][];
        for (int i = 0; i < out.length; i++) {
            Ints list = of[i];
            out[i] = list == null ? none : list.toArray();
        }
        return out;
    }

    /// Which atoms hold of an absent field.
    static boolean[] groundTruth(List<Match> matches, List<Node> atoms) {
        Bits absent = state(matches, ABSENT);
        boolean[] truth = new boolean[atoms.size()];
        for (int atom = 0; atom < truth.length; atom++) {
            truth[atom] = atoms.get(atom).holds(absent);
        }
        return truth;
    }

    /// What a value passes by being there.
    private static final Predicate<Match> PRESENT = m -> m instanceof Match.Exists(boolean wanted) && wanted;

    /// For each test those that follow it.
    ///
    /// @param follows filled: tests that are asked only so
    private int[] @Nullable [] followers(List<Node> atoms, boolean[] follows) {
        double[] chance = new double[asks.length];
        for (int test = 0; test < chance.length; test++) {
            chance[test] = chance(test);
        }
        Bits present = state(Arrays.asList(matches), PRESENT);
        List<int[]> deciding =
                atoms.stream().map(a -> deciding(a, present, chance)).toList();
        for (int test = 0; test < follows.length; test++) {
            follows[test] = chance[test] >= COMMON && isAnywhere(test);
        }
        for (int[] tests : deciding) {
            for (int test : tests) {
                follows[test] = false;
            }
        }
        @Nullable Ints[] of = new Ints[asks.length];
        for (int atom = 0; atom < deciding.size(); atom++) {
            Ints common = new Ints();
            bits(atoms.get(atom), test -> {
                if (follows[test]) {
                    common.add(test);
                }
            });
            for (int test : deciding.get(atom)) {
                Ints list = of[test] == null ? (of[test] = new Ints()) : of[test];
                for (int i = 0; i < common.size(); i++) {
                    list.add(common.get(i));
                }
            }
        }
        int[] @Nullable [] all = new int[asks.length][];
        for (int test = 0; test < all.length; test++) {
            Ints list = of[test];
            all[test] = list == null || list.isEmpty()
                    ? null
                    : Arrays.stream(list.toArray()).distinct().toArray();
        }
        return all;
    }

    /// A test that a smaller part of values passes is looked for in each.
    private static final double COMMON = 0.01;

    /// Whether a test is for a text that may stand anywhere in a value.
    private boolean isAnywhere(int test) {
        if (!(asks[test] instanceof Asks.Form) || needed.get(test).isEmpty()) {
            return false;
        }
        int how = how(asks[test]);
        return how == ANYWHERE || how == ASK;
    }

    /// How many of the values pass a test, roughly; 1 if nothing is known.
    private double chance(int test) {
        double sum = 0;
        for (String literal : needed.get(test)) {
            sum += Commonness.inCommand(literal);
        }
        return needed.get(test).isEmpty() ? 1 : sum;
    }

    /// Tests of which one must pass, or the expression is as it is of a value that passes none; of
    /// several choices those that pass most seldom.
    private static int[] deciding(Node node, Bits present, double[] chance) {
        return switch (node) {
            case Node.Bit(int id) -> present.get(id) ? new int[0] : new int[] {id};
            case Node.Not(Node part) -> deciding(part, present, chance);
            case Node.All(List<Node> parts) -> deciding(parts, true, present, chance);
            case Node.Any(List<Node> parts) -> deciding(parts, false, present, chance);
            case Node.Constant c -> new int[0];
            case Node.Lazy lazy -> throw new IllegalArgumentException("a field's tests are not lazy");
        };
    }

    private static int[] deciding(List<Node> parts, boolean all, Bits present, double[] chance) {
        int[] best = null;
        double least = Double.MAX_VALUE;
        for (Node part : parts) {
            if (part.holds(present) != all) {
                int[] one = deciding(part, present, chance);
                double sum = Arrays.stream(one).mapToDouble(t -> chance[t]).sum();
                if (sum < least) {
                    least = sum;
                    best = one;
                }
            }
        }
        return best != null
                ? best
                : parts.stream()
                        .flatMapToInt(p -> Arrays.stream(deciding(p, present, chance)))
                        .distinct()
                        .toArray();
    }

    /// What an absent field passes.
    private static final Predicate<Match> ABSENT =
            m -> m instanceof Match.Null || m instanceof Match.Exists(boolean wanted) && !wanted;

    /// The tests of which one is enough, if the expression is no more than that.
    private static List<Node.Bit> alternatives(Node node) {
        return switch (node) {
            case Node.Bit bit -> List.of(bit);
            case Node.Any(List<Node> parts)
            when parts.stream().allMatch(Node.Bit.class::isInstance) ->
                parts.stream().map(Node.Bit.class::cast).distinct().toList();
            default -> List.of();
        };
    }

    private static Bits state(List<Match> matches, Predicate<Match> holds) {
        Bits bits = new Bits(matches.size());
        for (int test = 0; test < matches.size(); test++) {
            if (holds.test(matches.get(test))) {
                bits.set(test);
            }
        }
        return bits;
    }

    private static void bits(Node node, java.util.function.IntConsumer each) {
        switch (node) {
            case Node.Bit(int id) -> each.accept(id);
            case Node.Not(Node part) -> bits(part, each);
            case Node.All(List<Node> parts) -> parts.forEach(p -> bits(p, each));
            case Node.Any(List<Node> parts) -> parts.forEach(p -> bits(p, each));
            case Node.Constant c -> {}
            case Node.Lazy lazy -> throw new IllegalArgumentException("a field's tests are not lazy");
        }
    }

    private static List<List<String>> needed(Asks[] asks, List<Match> matches) {
        List<List<String>> all = new ArrayList<>(asks.length);
        for (int test = 0; test < asks.length; test++) {
            all.add(needed(asks[test], matches.get(test)));
        }
        return all;
    }

    private static List<String> needed(Asks ask, Match match) {
        return switch (ask) {
            case Asks.Form(TextPattern pattern, boolean cased, var glob) -> {
                String longest = "";
                for (Part part : pattern.parts()) {
                    if (part instanceof Part.Literal(String text) && text.length() > longest.length()) {
                        longest = text;
                    }
                }
                yield longest.isEmpty() ? List.of() : List.of(Fold.fold(longest));
            }
            case Asks.Found f
            when match instanceof Match.Regex(String expression, int flags) ->
                RequiredLiterals.of(expression).stream()
                        .map(Fold::fold)
                        .distinct()
                        .toList();
            default -> List.of();
        };
    }

    private static int how(Asks ask) {
        if (!(ask instanceof Asks.Form(TextPattern pattern, boolean cased, var glob)) || cased) {
            return ASK;
        }
        List<Part> parts = pattern.parts();
        boolean open = parts.getFirst() instanceof Part.Any;
        boolean openEnd = parts.getLast() instanceof Part.Any;
        int literals = parts.size() - (open ? 1 : 0) - (openEnd ? 1 : 0);
        if (literals != 1) {
            return ASK;
        }
        return open ? openEnd ? ANYWHERE : END : openEnd ? START : WHOLE;
    }

    private long key(int test) {
        long key = (test + seed) * 0x9E3779B97F4A7C15L;
        key = (key ^ key >>> 30) * 0xBF58476D1CE4E5B9L;
        return key ^ key >>> 29;
    }

    /// Whether a value may pass a test, be it these bytes or some of them.
    boolean mayPass(byte[] b, int from, int to) {
        return direct.length > 0
                || !starts.isEmpty()
                || !ends.isEmpty()
                || !grams.looksAhead()
                || !Fold.keeps(b, from, to)
                || grams.holds(b, from, to);
    }

    /// For each expression, the values on which its search was given up.
    void givenUp(java.util.function.ObjLongConsumer<Match.Regex> each) {
        for (int test = 0; test < asks.length; test++) {
            if (asks[test] instanceof Asks.Found(Search search)
                    && search.givenUp() > 0
                    && matches[test] instanceof Match.Regex regex) {
                each.accept(regex, search.givenUp());
            }
        }
    }

    /// Number of tests that are asked only where another has passed.
    int following() {
        Bits seen = new Bits(asks.length);
        int count = 0;
        for (int[] tests : followers) {
            for (int i = 0; tests != null && i < tests.length; i++) {
                if (!seen.get(tests[i])) {
                    seen.set(tests[i]);
                    count++;
                }
            }
        }
        return count;
    }

    long bytes() {
        return grams.bytes() + starts.bytes() + ends.bytes();
    }

    /// Working memory of one thread for one value after another.
    static final class Scratch implements Grams.Sink, Affixes.Sink {
        private final FieldTests of;
        private final Bits bits;
        private final Ints passed = new Ints();
        private long hash;
        private final int[] atomSeen;
        private int value;
        private final Ints turned = new Ints();
        private final Value form = new Value();
        private final Grams.Seen seen = new Grams.Seen();
        private final int[] literalSeen;
        private int asked;
        /// Tests that follow those passed.
        private final Ints pending = new Ints();
        private final int[] pendingSeen;
        private int answered;

        Scratch(FieldTests of) {
            this.of = of;
            this.bits = new Bits(of.matches.length);
            this.atomSeen = new int[of.atoms.length];
            this.literalSeen = new int[of.literalUses.length];
            this.pendingSeen = new int[of.matches.length];
            Arrays.fill(pendingSeen, -1);
        }

        /// Adds the tests that a value passes to those passed so far.
        void ask(byte[] b, int start, int size) {
            find(b, start, size);
            settle();
        }

        /// Whether tests follow those passed so far: where a field has several values, each is then to
        /// be put to {@link #settle(byte[], int, int)} once all are asked.
        boolean unsettled() {
            return !pending.isEmpty();
        }

        /// Adds those tests that follow the ones passed, also by other values, and that this value
        /// passes.
        void settle(byte[] b, int start, int size) {
            form.of(b, start, start + size);
            settle();
        }

        private void settle() {
            for (int i = 0; i < pending.size(); i++) {
                int test = pending.get(i);
                if (!bits.get(test) && of.alone[test].holds(form)) {
                    pass(test);
                }
            }
        }

        private void find(byte[] b, int start, int size) {
            asked++;
            form.of(b, start, start + size);
            for (int test : of.direct) {
                if (of.asks[test].holds(form)) {
                    pass(test);
                }
            }
            for (int test : of.testsOfPresence) {
                pass(test);
            }
            if (size == 0) {
                pass(of.empty);
            }
            boolean affixes = !of.starts.isEmpty() || !of.ends.isEmpty();
            if (!affixes
                    && (size * 2 < of.grams.shortest()
                            || of.grams.looksAhead()
                                    && Fold.keeps(b, start, start + size)
                                    && !of.grams.holds(b, start, start + size))) {
                return;
            }
            Folded folded = form.folded();
            if (affixes) {
                of.starts.find(folded.bytes(), folded.length(), this);
                of.ends.find(folded.bytes(), folded.length(), this);
            }
            of.grams.find(folded, seen, this);
        }

        @Override
        public void found(int code) {
            if (code >= 0) {
                pass(code);
                return;
            }
            int literal = ~code;
            if (literalSeen[literal] == asked) {
                return;
            }
            literalSeen[literal] = asked;
            for (int use : of.literalUses[literal]) {
                int test = use >> 1;
                if (!bits.get(test) && ((use & 1) == 0 || of.asks[test].holds(form))) {
                    pass(test);
                }
            }
        }

        private void pass(int test) {
            if (!bits.get(test)) {
                bits.set(test);
                passed.add(test);
                hash ^= of.key(test);
                if (of.leads.get(test)) {
                    follow(of.followers[test]);
                }
            }
        }

        private void follow(int @Nullable [] tests) {
            for (int i = 0; tests != null && i < tests.length; i++) {
                if (pendingSeen[tests[i]] != answered) {
                    pendingSeen[tests[i]] = answered;
                    pending.add(tests[i]);
                }
            }
        }

        /// Adds tests passed, also by another value of the field.
        @Override
        public void pass(int[] tests) {
            for (int test : tests) {
                pass(test);
            }
        }

        /// What the tests passed so far say; forgets the tests.
        Answers answers(AnswerBook book) {
            Answers answers = book.find(hash, bits, passed.size());
            if (answers == null) {
                answers = book.put(hash, passed.toArray(), turned());
            }
            for (int i = 0; i < passed.size(); i++) {
                bits.clear(passed.get(i));
            }
            passed.clear();
            hash = 0;
            pending.clear();
            answered++;
            return answers;
        }

        /// The atoms (as numbered in the program) that the tests passed turn from their ground state.
        private int[] turned() {
            value++;
            turned.clear();
            for (int i = 0; i < passed.size(); i++) {
                int test = passed.get(i);
                for (int atom : of.atomsByTest[test]) {
                    if (atomSeen[atom] != value) {
                        atomSeen[atom] = value;
                        turned.add(of.atomIds[atom]);
                    }
                }
                for (int atom : of.atomsOfTest[test]) {
                    look(atom);
                }
            }
            for (int atom : of.turnedByPresence) {
                look(atom);
            }
            return turned.toArray();
        }

        private void look(int atom) {
            if (atomSeen[atom] != value) {
                atomSeen[atom] = value;
                if (of.atoms[atom].holds(bits) != of.groundTruth[atom]) {
                    turned.add(of.atomIds[atom]);
                }
            }
        }
    }
}
