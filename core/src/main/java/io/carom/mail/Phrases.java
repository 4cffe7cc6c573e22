package io.carom.mail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What lures say, by what they want (`phrases.yaml` beside this class). A look-up a word, whatever
/// the number of phrases.
public final class Phrases {
    private static final Phrases OWN = new Phrases();

    private record Phrase(String topic, List<String> words) {}

    private final Map<String, List<Phrase>> byFirst = new HashMap<>();
    /// Phrases of one word that may go on.
    private final List<Phrase> open = new ArrayList<>();

    private Phrases() {
        Lists.node("phrases.yaml")
                .members()
                .forEach((topic, phrases) -> phrases.elements().forEach(p -> {
                    List<String> words = new ArrayList<>();
                    for (String word : p.text().split(" ")) {
                        words.add(word.endsWith("*") ? Words.plain(word.substring(0, word.length() - 1)) + "*" : word);
                    }
                    Phrase phrase = new Phrase(topic, words);
                    if (words.getFirst().endsWith("*")) {
                        open.add(phrase);
                    } else {
                        byFirst.computeIfAbsent(words.getFirst(), k -> new ArrayList<>())
                                .add(phrase);
                    }
                }));
    }

    /// Carom's own phrases.
    public static Phrases own() {
        return OWN;
    }

    /// The phrases found, each once, by topic.
    public Map<String, Set<String>> find(List<String> words) {
        Map<String, Set<String>> found = new LinkedHashMap<>();
        Map<String, Boolean> seen = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            for (Phrase phrase : byFirst.getOrDefault(words.get(i), List.of())) {
                if (isAt(phrase, words, i)) {
                    add(found, phrase);
                }
            }
            if (seen.putIfAbsent(words.get(i), true) == null) {
                for (Phrase phrase : open) {
                    if (isAt(phrase, words, i)) {
                        add(found, phrase);
                    }
                }
            }
        }
        return found;
    }

    private static void add(Map<String, Set<String>> found, Phrase phrase) {
        found.computeIfAbsent(phrase.topic, k -> new LinkedHashSet<>()).add(String.join(" ", phrase.words));
    }

    private static boolean isAt(Phrase phrase, List<String> words, int at) {
        if (at + phrase.words.size() > words.size()) {
            return false;
        }
        for (int i = 0; i < phrase.words.size(); i++) {
            String wanted = phrase.words.get(i);
            String word = words.get(at + i);
            boolean fits = wanted.endsWith("*")
                    ? word.length() <= wanted.length() + 6 && word.startsWith(wanted.substring(0, wanted.length() - 1))
                    : word.equals(wanted);
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
