package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Texts looked for together are found where they stand, as if each was looked for alone.
class GramsTest {
    private static final String[] PIECES = {"a", "b", "ab", "ba", "-", " ", "\\", "ä", "x", "_", "\u007f", "1"};

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(most + 1); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static Set<String> texts(Random random, int least) {
        Set<String> texts = new TreeSet<>();
        for (int n = 1 + random.nextInt(40); n > 0; n--) {
            String text = text(random, 12);
            if (text.getBytes(StandardCharsets.UTF_8).length >= least) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void textsAreFoundWhereverTheyStand() {
        Random random = new Random(5);
        int found = 0;
        for (int round = 0; round < 400; round++) {
            // The shorter the shortest, the closer the places looked at.
            List<String> literals = new ArrayList<>(texts(random, 1 + random.nextInt(10)));
            Grams grams = new Grams(
                    literals.stream().map(GramsTest::bytes).toList(),
                    IntStream.range(0, literals.size()).toArray());
            Grams.Seen places = new Grams.Seen();
            Folded folded = new Folded();
            for (int i = 0; i < 100; i++) {
                String value = text(random, 60);
                if (random.nextBoolean()) {
                    value = value.toUpperCase(Locale.ROOT);
                }
                byte[] b = bytes("##" + value + "##");
                folded.of(b, 2, b.length - 2);
                Set<String> seen = new TreeSet<>();
                grams.find(folded, places, literal -> seen.add(literals.get(literal)));
                Set<String> expected = new TreeSet<>();
                String plain = Fold.fold(value);
                literals.stream().filter(plain::contains).forEach(expected::add);
                assertEquals(expected, seen, value);
                found += seen.size();
                if (grams.looksAhead() && Fold.keeps(b, 2, b.length - 2)) {
                    assertEquals(!expected.isEmpty(), grams.holds(b, 2, b.length - 2), value);
                }
            }
        }
        assertTrue(found > 10_000, "too few to mean anything: " + found);
    }

    @Test
    void singleBytesAreToldApartHoweverMany() {
        List<byte[]> literals = new ArrayList<>();
        for (char c = 0; c < 128; c++) {
            if (c < 'A' || c > 'Z') {
                literals.add(bytes(Character.toString(c)));
            }
        }
        Grams grams = new Grams(literals, IntStream.range(0, literals.size()).toArray());
        Random random = new Random(7);
        Folded folded = new Folded();
        for (int i = 0; i < 2_000; i++) {
            StringBuilder value = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                value.append((char) random.nextInt(128));
            }
            byte[] b = bytes(value.toString());
            folded.of(b, 0, b.length);
            Set<Integer> expected = new TreeSet<>();
            String plain = Fold.fold(value.toString());
            for (int l = 0; l < literals.size(); l++) {
                if (plain.indexOf(literals.get(l)[0]) >= 0) {
                    expected.add(l);
                }
            }
            Set<Integer> seen = new TreeSet<>();
            grams.find(folded, new Grams.Seen(), seen::add);
            assertEquals(expected, seen, value.toString());
        }
    }

    @Test
    void beginningsEndsAndWholesAreFound() {
        Random random = new Random(6);
        int found = 0;
        for (int round = 0; round < 300; round++) {
            List<String> literals = new ArrayList<>(texts(random, 1));
            boolean backward = random.nextBoolean();
            Affixes affixes = new Affixes(backward);
            for (int i = 0; i < literals.size(); i++) {
                affixes.add(bytes(literals.get(i)), i % 3 == 0, i);
            }
            affixes.done();
            for (int i = 0; i < 100; i++) {
                String value = random.nextInt(3) > 0 || literals.isEmpty()
                        ? text(random, 20)
                        : literals.get(random.nextInt(literals.size()));
                Set<Integer> expected = new TreeSet<>();
                for (int l = 0; l < literals.size(); l++) {
                    String literal = literals.get(l);
                    if (l % 3 == 0
                            ? value.equals(literal)
                            : backward ? value.endsWith(literal) : value.startsWith(literal)) {
                        expected.add(l);
                    }
                }
                Set<Integer> seen = new TreeSet<>();
                affixes.find(bytes(value), bytes(value).length, told -> {
                    for (int one : told) {
                        seen.add(one);
                    }
                });
                assertEquals(expected, seen, value);
                found += seen.size();
            }
        }
        assertTrue(found > 5_000, "too few to mean anything: " + found);
    }

    /// Beginnings that many texts share, cut anywhere, with anything behind.
    @Test
    void longAffixesAreFoundWhereverTheyPart() {
        Random random = new Random(9);
        int found = 0;
        for (int round = 0; round < 200; round++) {
            boolean backward = random.nextBoolean();
            List<String> literals = new ArrayList<>();
            literals.add("c:\\windows\\system32\\");
            for (int n = random.nextInt(12); n > 0; n--) {
                String one = literals.get(random.nextInt(literals.size()));
                String part = backward
                        ? one.substring(random.nextInt(one.length()))
                        : one.substring(0, 1 + random.nextInt(one.length()));
                String more = text(random, 12);
                String made = backward ? more + part : part + more;
                if (!literals.contains(made)) {
                    literals.add(made);
                }
            }
            Affixes affixes = new Affixes(backward);
            for (int i = 0; i < literals.size(); i++) {
                affixes.add(bytes(literals.get(i)), i % 3 == 0, i);
            }
            affixes.done();
            for (int i = 0; i < 100; i++) {
                String literal = literals.get(random.nextInt(literals.size()));
                String more = random.nextInt(3) == 0 ? text(random, 8) : "";
                int cut = random.nextInt(4) == 0 ? random.nextInt(literal.length()) : 0;
                String value =
                        backward ? more + literal.substring(cut) : literal.substring(0, literal.length() - cut) + more;
                Set<Integer> expected = new TreeSet<>();
                for (int l = 0; l < literals.size(); l++) {
                    String one = literals.get(l);
                    if (l % 3 == 0 ? value.equals(one) : backward ? value.endsWith(one) : value.startsWith(one)) {
                        expected.add(l);
                    }
                }
                Set<Integer> seen = new TreeSet<>();
                affixes.find(bytes(value), bytes(value).length, told -> {
                    for (int one : told) {
                        seen.add(one);
                    }
                });
                assertEquals(expected, seen, value);
                found += seen.size();
            }
        }
        assertTrue(found > 5_000, "too few to mean anything: " + found);
    }

    @Test
    void numbersAreWrittenAsTheJdkWritesThem() {
        Random random = new Random(10);
        byte[] b = new byte[20];
        for (int i = 0; i < 10_000; i++) {
            long value = switch (i) {
                case 0 -> 0;
                case 1 -> Long.MIN_VALUE;
                case 2 -> Long.MAX_VALUE;
                default -> random.nextLong() >> random.nextInt(64);
            };
            int from = Evaluation.digits(value, b);
            assertEquals(Long.toString(value), new String(b, from, b.length - from, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void foldingAgreesWithThatOfTexts() {
        Random random = new Random(8);
        Folded folded = new Folded();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.appendCodePoint(
                        switch (random.nextInt(6)) {
                            case 0 -> "ſKÄäß®İ€".charAt(random.nextInt(8));
                            case 1 -> 0x1F600;
                            default -> random.nextInt(128);
                        });
            }
            byte[] b = bytes(text.toString());
            folded.of(b, 0, b.length);
            assertEquals(
                    Fold.fold(text.toString()), new String(folded.bytes(), 0, folded.length(), StandardCharsets.UTF_8));
            for (int behind = 0; behind < Folded.BEHIND; behind++) {
                assertEquals(0, folded.bytes()[folded.length() + behind]);
            }
        }
    }
}
