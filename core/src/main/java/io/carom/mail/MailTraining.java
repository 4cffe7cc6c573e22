package io.carom.mail;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Fits what reasons weigh to mails whose kind is known.
///
/// Logistic regression by gradient steps, drawn to the weights that were judged: a reason keeps its
/// sign, and gains no more than a quarter and 0.4, so that what one collection happens to be full of
/// does not decide. Steps are a fixed number in a fixed order: the same mails give the same weights.
public final class MailTraining {
    /// A mail of known kind.
    ///
    /// @param reasons that were seen in it
    /// @param phish whether it is one
    /// @param group mails of one group are held out together
    public record Sample(Set<String> reasons, boolean phish, int group) {
        public Sample {
            reasons = Set.copyOf(reasons);
        }
    }

    /// How weights do on mails.
    ///
    /// @param found phish called suspicious or worse
    /// @param alarms other mails called so
    public record Score(int phish, int found, int others, int alarms) {
        Score plus(Score o) {
            return new Score(phish + o.phish, found + o.found, others + o.others, alarms + o.alarms);
        }

        /// `96.1 % of 203 phish found, 0.4 % of 238 others called so`
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "%.1f %% of %d phish found, %.1f %% of %d others called so",
                    phish == 0 ? 0 : 100.0 * found / phish,
                    phish,
                    others == 0 ? 0 : 100.0 * alarms / others,
                    others);
        }
    }

    private static final int STEPS = 250;
    private static final double RATE = 0.02;
    private static final double DRAW = 1.0;
    /// A false alarm weighs as much as so many phish that are missed.
    private static final double ALARM = 1.5;

    private MailTraining() {}

    /// Weights for these mails, from those that were judged.
    public static Reasons fit(Reasons judged, List<Sample> samples) {
        Map<String, Double> weights = new LinkedHashMap<>();
        judged.all().forEach((id, reason) -> weights.put(id, reason.weight()));
        for (int step = 0; step < STEPS; step++) {
            Map<String, Double> gradient = new LinkedHashMap<>();
            for (Sample sample : samples) {
                double p = 1 / (1 + Math.exp(-sum(weights, sample.reasons)));
                double pull = sample.phish ? 1 - p : -p * ALARM;
                gradient.merge(Reasons.START, pull, Double::sum);
                sample.reasons.forEach(r -> gradient.merge(r, pull, Double::sum));
            }
            gradient.forEach((id, pull) -> {
                double weight = weights.getOrDefault(id, 0.0);
                double from = judged.of(id).weight();
                if (id.equals(Reasons.START)) {
                    weights.put(id, weight + RATE / 10 * pull);
                    return;
                }
                double next = weight + RATE * (pull - DRAW * (weight - from));
                double most = Math.abs(from) * 1.25 + 0.4;
                weights.put(id, from >= 0 ? Math.clamp(next, 0, most) : Math.clamp(next, -most, 0));
            });
        }
        Map<String, Double> rounded = new LinkedHashMap<>();
        weights.forEach((id, weight) -> rounded.put(id, Math.round(weight * 100) / 100.0));
        return judged.weighted(rounded);
    }

    private static double sum(Map<String, Double> weights, Set<String> reasons) {
        double sum = weights.getOrDefault(Reasons.START, 0.0);
        for (String reason : reasons) {
            sum += weights.getOrDefault(reason, 0.0);
        }
        return sum;
    }

    /// How weights do on these mails.
    public static Score score(Reasons reasons, List<Sample> samples) {
        Map<String, Double> weights = new LinkedHashMap<>();
        reasons.all().forEach((id, reason) -> weights.put(id, reason.weight()));
        int phish = 0;
        int found = 0;
        int alarms = 0;
        for (Sample sample : samples) {
            boolean told = sum(weights, sample.reasons) >= 0;
            phish += sample.phish ? 1 : 0;
            found += sample.phish && told ? 1 : 0;
            alarms += !sample.phish && told ? 1 : 0;
        }
        return new Score(phish, found, samples.size() - phish, alarms);
    }

    /// How fitting does on mails that it did not see: each group is left out once, fitted to the
    /// others and scored on.
    public static Score crossValidated(Reasons judged, List<Sample> samples, int folds) {
        Score all = new Score(0, 0, 0, 0);
        for (int fold = 0; fold < folds; fold++) {
            List<Sample> seen = new ArrayList<>();
            List<Sample> held = new ArrayList<>();
            for (Sample sample : samples) {
                (Math.floorMod(sample.group, folds) == fold ? held : seen).add(sample);
            }
            all = all.plus(score(fit(judged, seen), held));
        }
        return all;
    }

    /// What each reason does on these mails: `id, weight, phish it is in, others it is in, phish that
    /// are found only with it`.
    public static List<String> contributions(Reasons reasons, List<Sample> samples) {
        Map<String, Double> weights = new LinkedHashMap<>();
        reasons.all().forEach((id, reason) -> weights.put(id, reason.weight()));
        List<String> lines = new ArrayList<>();
        for (String id : reasons.all().keySet()) {
            int phish = 0;
            int others = 0;
            int only = 0;
            for (Sample sample : samples) {
                if (sample.reasons.contains(id)) {
                    phish += sample.phish ? 1 : 0;
                    others += sample.phish ? 0 : 1;
                    Set<String> without = new HashSet<>(sample.reasons);
                    without.remove(id);
                    only += sample.phish && sum(weights, sample.reasons) >= 0 && sum(weights, without) < 0 ? 1 : 0;
                }
            }
            if (phish + others > 0) {
                lines.add(String.format(
                        Locale.ROOT, "%s,%.2f,%d,%d,%d", id, reasons.of(id).weight(), phish, others, only));
            }
        }
        return lines;
    }
}
