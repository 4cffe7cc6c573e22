package io.carom.scenario;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What is to happen at its time, planned beforehand.
final class Schedule {
    interface Act {
        void at(long time);
    }

    private record Step(long at, Act act) {}

    private final List<Step> steps = new ArrayList<>();
    private int next;
    private boolean sorted;

    void add(long at, Act act) {
        steps.add(new Step(at, act));
    }

    /// Plays what falls before a time and was not played yet.
    void play(long before) {
        if (!sorted) {
            steps.sort(Comparator.comparingLong(Step::at));
            sorted = true;
        }
        while (next < steps.size() && steps.get(next).at < before) {
            Step step = steps.get(next++);
            step.act.at(step.at);
        }
    }
}
