package io.carom.detect.behaviour;

import java.io.Serializable;
import java.util.Arrays;

/// A few distinct texts with how often each came; those beyond the bound are counted as others.
final class Few implements Serializable {
    private static final long serialVersionUID = 1;

    private final int most;
    private String[] texts = {};
    private int[] counts = {};
    private int others;

    /// @param most texts held
    Few(int most) {
        this.most = most;
    }

    void add(String text) {
        for (int i = 0; i < texts.length; i++) {
            if (texts[i].equals(text)) {
                counts[i]++;
                return;
            }
        }
        if (texts.length >= most) {
            others++;
            return;
        }
        texts = Arrays.copyOf(texts, texts.length + 1);
        counts = Arrays.copyOf(counts, texts.length);
        texts[texts.length - 1] = text;
        counts[texts.length - 1] = 1;
    }

    int size() {
        return texts.length;
    }

    /// Whether there were more than are held.
    boolean more() {
        return others > 0;
    }

    String get(int i) {
        return texts[i];
    }

    /// The one that came most often, the earliest of those; empty if none came.
    String top() {
        int best = -1;
        for (int i = 0; i < texts.length; i++) {
            best = best < 0 || counts[i] > counts[best] ? i : best;
        }
        return best < 0 ? "" : texts[best];
    }

    /// `a, b, c and others`.
    String words(int limit) {
        StringBuilder out = new StringBuilder();
        int n = Math.min(limit, texts.length);
        for (int i = 0; i < n; i++) {
            out.append(i == 0 ? "" : ", ").append(texts[i]);
        }
        return out.append(n < texts.length || others > 0 ? " and others" : "").toString();
    }
}
