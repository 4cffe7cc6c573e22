package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that the rules of one program ask of one field. Immutable and shared by threads.
///
/// Tests are numbered from 0. Expressions over this field alone are *atoms*; an atom's truth for an absent
/// field is the ground state, and a value is described by which atoms it turns from there.
final class FieldTests {
    /// How a literal must lie in the value for a test to hold.
    private static final int ANYWHERE = 0, START = 1, END = 2, WHOLE = 3, ASK = 4;

    private final Match[] matches;
    private final Asks[] asks;

    private final Automaton automaton;
    /// For each literal: tests and how it must lie, `test << 3 | how`.
    private final int[][] literalUses;
    /// Tests that no literal announces.
    private final int[] direct;
    private final int[] literalLengths;

    private final Question[] atoms;
    /// Number of each atom in the program.
    private final int[] atomIds;
    private final int[][] atomsOfTest;

    final boolean[] groundTruth;
    /// Atoms that turn when the field is there as null; when it has a value that passes no test.
    final int[] turnedByNull;
    private final int[] turnedByPresence;
    private final int[] testsOfPresence;
    /// What a field passes that is there as null.
    final int[] testsOfNull;
    /// What an element without content passes, which may be null or the empty text; and what that turns.
    final int[] testsOfBlank;
    final int[] turnedByBlank;

    /// @param matches the tests, none of them a {@link Match.Field}
    /// @param atoms expressions whose bits are tests
    /// @param atomIds number of each atom in the program
    FieldTests(List<Match> matches, List<Node> atoms, int[] atomIds) {
        this.matches = matches.toArray(Match[]::new);
        this.atoms = atoms.stream().map(Question::of).toArray(Question[]::new);
        this.atomIds = atomIds;
        this.asks = new Asks[this.matches.length];
        Map<String, Integer> literals = new HashMap<>();
        List<byte[]> texts = new ArrayList<>();
        List<Ints> uses = new ArrayList<>();
        Ints directTests = new Ints();
        for (int test = 0; test < asks.length; test++) {
            asks[test] = Asks.of(this.matches[test]);
            List<String> needed = needed(asks[test], this.matches[test]);
            if (needed.isEmpty()) {
                directTests.add(test);
                continue;
            }
            int how = how(asks[test]);
            for (String literal : needed) {
                Integer known = literals.get(literal);
                if (known == null) {
                    known = texts.size();
                    literals.put(literal, known);
                    texts.add(literal.getBytes(StandardCharsets.UTF_8));
                    uses.add(new Ints());
                }
                uses.get(known).add(test << 3 | how);
            }
        }
        automaton = new Automaton(texts);
        literalLengths = texts.stream().mapToInt(t -> t.length).toArray();
        literalUses = uses.stream().map(Ints::toArray).toArray(int[][]::new);
        direct = directTests.toArray();

        @Nullable Ints[] ofTest = new Ints[asks.length];
        for (int atom = 0; atom < this.atoms.length; atom++) {
            int of = atom;
            bits(atoms.get(atom), bit -> {
                Ints list = ofTest[bit] == null ? (ofTest[bit] = new Ints()) : ofTest[bit];
                if (list.isEmpty() || list.last() != of) {
                    list.add(of);
                }
            });
        }
        atomsOfTest = new int[asks.length][];
        for (int test = 0; test < asks.length; test++) {
            atomsOfTest[test] = ofTest[test] == null ? new int[0] : ofTest[test].toArray();
        }

        Bits absent = state(m -> m instanceof Match.Null || m instanceof Match.Exists(boolean wanted) && !wanted);
        Bits isNull = state(m -> m instanceof Match.Null || m instanceof Match.Exists(boolean wanted) && wanted);
        Bits present = state(m -> m instanceof Match.Exists(boolean wanted) && wanted);
        groundTruth = new boolean[this.atoms.length];
        Ints byNull = new Ints();
        Ints byPresence = new Ints();
        for (int atom = 0; atom < this.atoms.length; atom++) {
            groundTruth[atom] = this.atoms[atom].holds(absent);
            if (this.atoms[atom].holds(isNull) != groundTruth[atom]) {
                byNull.add(atomIds[atom]);
            }
            if (this.atoms[atom].holds(present) != groundTruth[atom]) {
                byPresence.add(atom);
            }
        }
        turnedByNull = byNull.toArray();
        turnedByPresence = byPresence.toArray();
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
        testsOfBlank = blank.passed();
        turnedByBlank = blank.turned();
    }

    private Bits state(java.util.function.Predicate<Match> holds) {
        Bits bits = new Bits(matches.length);
        for (int test = 0; test < matches.length; test++) {
            if (holds.test(matches[test])) {
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

    /// Literals of which one must be in a value (its letters folded) that passes; none if nothing is
    /// known.
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

    /// A shorter value passes no test; 0 if any may.
    int shortest() {
        return direct.length > 0 ? 0 : automaton.shortest();
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

    long bytes() {
        return automaton.bytes();
    }

    /// Working memory of one thread for one value after another.
    static final class Scratch implements Automaton.Sink {
        private final FieldTests of;
        private final Bits bits;
        private final Ints passed = new Ints();
        private final int[] atomSeen;
        private int value;
        private final Ints turned = new Ints();
        private final Value form = new Value();
        private int length;

        Scratch(FieldTests of) {
            this.of = of;
            this.bits = new Bits(of.matches.length);
            this.atomSeen = new int[of.atoms.length];
        }

        /// Adds the tests that a value passes to those passed so far.
        void ask(byte[] b, int start, int size) {
            form.of(b, start, start + size);
            length = size;
            for (int test : of.direct) {
                if (of.asks[test].holds(form)) {
                    pass(test);
                }
            }
            for (int test : of.testsOfPresence) {
                pass(test);
            }
            if (Fold.keeps(b, start, start + size)) {
                of.automaton.scan(b, start, start + size, this);
            } else {
                byte[] folded = form.folded().getBytes(StandardCharsets.UTF_8);
                length = folded.length;
                of.automaton.scan(folded, 0, folded.length, this);
            }
        }

        @Override
        public void found(int literal, int end) {
            for (int use : of.literalUses[literal]) {
                int test = use >> 3;
                if (bits.get(test)) {
                    continue;
                }
                boolean holds = switch (use & 7) {
                    case ANYWHERE -> true;
                    case START -> end == of.literalLengths[literal];
                    case END -> end == length;
                    case WHOLE -> end == length && end == of.literalLengths[literal];
                    default -> of.asks[test].holds(form);
                };
                if (holds) {
                    pass(test);
                }
            }
        }

        private void pass(int test) {
            if (!bits.get(test)) {
                bits.set(test);
                passed.add(test);
            }
        }

        /// The tests passed so far.
        int[] passed() {
            return passed.toArray();
        }

        /// Adds tests passed by another value of the field.
        void pass(int[] tests) {
            for (int test : tests) {
                pass(test);
            }
        }

        /// The atoms (as numbered in the program) that the tests passed so far turn from their ground
        /// state; forgets the tests.
        int[] turned() {
            value++;
            turned.clear();
            for (int i = 0; i < passed.size(); i++) {
                for (int atom : of.atomsOfTest[passed.get(i)]) {
                    look(atom);
                }
            }
            for (int atom : of.turnedByPresence) {
                look(atom);
            }
            for (int i = 0; i < passed.size(); i++) {
                bits.clear(passed.get(i));
            }
            passed.clear();
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
