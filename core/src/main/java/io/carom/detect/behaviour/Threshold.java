package io.carom.detect.behaviour;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A number an analytic decides by. Its value and the reason for it stand in `analytics.yaml`; a file
/// of the same form in the home overrides them.
public final class Threshold {
    private static final Map<String, Threshold> BY_NAME = new HashMap<>();
    private static final List<Threshold> ALL = new ArrayList<>();

    private final String name;
    private final int index;

    private Threshold(String name, int index) {
        this.name = name;
        this.index = index;
    }

    /// @param analytic its section in the file
    /// @param name in that section
    public static synchronized Threshold of(String analytic, String name) {
        return BY_NAME.computeIfAbsent(analytic + "." + name, n -> {
            Threshold made = new Threshold(n, ALL.size());
            ALL.add(made);
            return made;
        });
    }

    static synchronized List<Threshold> all() {
        return List.copyOf(ALL);
    }

    /// `analytic.name`.
    public String name() {
        return name;
    }

    int index() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}
