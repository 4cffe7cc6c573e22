package io.carom.victim;

import java.util.List;

/// Names shortened word by word: `nortlog` for Northgate Logistics, `infos` for Infosys.
final class Abbreviation {
    /// Shorter ones fit too many names.
    static final int LEAST = 5;

    private Abbreviation() {}

    /// Whether a text is made of the beginnings of all words in their order, two letters of the first or more.
    static boolean beginnings(String text, List<String> words) {
        return text.length() >= LEAST && beginnings(text, 0, words, 0);
    }

    private static boolean beginnings(String text, int from, List<String> words, int word) {
        if (word == words.size()) {
            return from == text.length();
        }
        String next = words.get(word);
        int most = 0;
        while (most < next.length() && from + most < text.length() && next.charAt(most) == text.charAt(from + most)) {
            most++;
        }
        for (int length = most; length >= (word == 0 ? 2 : 1); length--) {
            if (beginnings(text, from + length, words, word + 1)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a text has the first letters of all words, and between them some of their letters in order.
    static boolean letters(String text, List<String> words) {
        int total = words.stream().mapToInt(String::length).sum();
        if (text.length() < LEAST || text.length() * 5 < total * 2) {
            return false;
        }
        return letters(text, 0, words, 0);
    }

    private static boolean letters(String text, int from, List<String> words, int word) {
        if (word == words.size()) {
            return from == text.length();
        }
        String next = words.get(word);
        if (from >= text.length() || text.charAt(from) != next.charAt(0)) {
            return false;
        }
        // As many letters of this word as there are in order, then fewer.
        int[] reached = new int[text.length() - from + 1];
        int count = 1;
        int at = 1;
        while (from + count < text.length()) {
            int found = next.indexOf(text.charAt(from + count), at);
            if (found < 0) {
                break;
            }
            at = found + 1;
            reached[count++] = at;
        }
        for (int length = count; length >= 1; length--) {
            if (letters(text, from + length, words, word + 1)) {
                return true;
            }
        }
        return false;
    }
}
