package io.carom.victim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Words that say nothing of whose a name is, from `words.txt`. Immutable.
final class Vocabulary {
    static final Vocabulary OWN = read();

    private final Set<String> legal = new HashSet<>();
    private final Map<String, String> generic = new HashMap<>();
    private final Set<String> folder = new HashSet<>();
    private final Set<String> everyday = new HashSet<>();
    private final Set<String> unit = new HashSet<>();
    private final Set<String> tool = new HashSet<>();
    private final Set<String> place = new HashSet<>();

    private static Vocabulary read() {
        Vocabulary own = new Vocabulary();
        try (InputStream in = Objects.requireNonNull(Vocabulary.class.getResourceAsStream("words.txt"))) {
            String section = "";
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("#") || line.isBlank()) {
                    continue;
                }
                if (line.startsWith("[")) {
                    section = line.substring(1, line.indexOf(']'));
                    continue;
                }
                for (String words : line.trim().split(" +")) {
                    own.add(section, words);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return own;
    }

    private void add(String section, String words) {
        String[] same = words.split("=");
        switch (section) {
            case "legal" -> legal.add(words);
            case "folder" -> folder.add(words);
            case "everyday" -> everyday.add(words);
            case "unit" -> unit.add(words);
            case "tool" -> tool.add(words);
            case "place" -> place.add(words);
            case "generic" -> {
                for (String word : same) {
                    generic.putIfAbsent(word, same[0]);
                }
            }
            default -> throw new IllegalStateException("words.txt: no section is named " + section);
        }
    }

    /// Legal form, article or conjunction.
    boolean isLegal(String word) {
        return legal.contains(word);
    }

    /// What many companies are called after: their trade, their country.
    boolean isGeneric(String word) {
        return generic.containsKey(word);
    }

    /// One word for all that mean the same in several languages; the word itself where there is none.
    String meaning(String word) {
        return generic.getOrDefault(word, word);
    }

    /// A word that companies are called, and that means something without any company.
    boolean isEveryday(String word) {
        return everyday.contains(word) || folder.contains(word);
    }

    /// A part that companies have: beside a common word it says that a company is meant.
    boolean isUnit(String word) {
        return unit.contains(word);
    }

    /// What is said of programs: beside a name it says that the company's product is meant.
    boolean isTool(String word) {
        return tool.contains(word);
    }

    /// A city that companies are called after.
    boolean isPlace(String word) {
        return place.contains(word);
    }

    /// A word that may stand beside a company's name and says nothing.
    boolean isFiller(String word) {
        return folder.contains(word) || legal.contains(word) || generic.containsKey(word) || isNumber(word);
    }

    static boolean isNumber(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return false;
            }
        }
        return !word.isEmpty();
    }

    /// Whether a text is nothing but fillers and digits written together: `hrmail2019`.
    boolean isAllFillers(String text) {
        int most = Math.min(text.length(), 64);
        boolean[] reached = new boolean[most + 1];
        reached[0] = true;
        for (int from = 0; from < most; from++) {
            if (!reached[from]) {
                continue;
            }
            for (int to = from + 1; to <= most && to - from <= 16; to++) {
                String piece = text.substring(from, to);
                // One letter alone is no word: any text is made of those.
                if (isNumber(piece) || piece.length() > 1 && isFiller(piece)) {
                    reached[to] = true;
                }
            }
        }
        return reached[most] && text.length() == most;
    }
}
