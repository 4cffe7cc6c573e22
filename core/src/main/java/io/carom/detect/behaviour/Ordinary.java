package io.carom.detect.behaviour;

import java.time.Duration;
import java.util.List;

/// What speaks for an ordinary service, whatever looks odd about it: many of the client's machines call there,
/// they always did, a warninglist names it. It weighs, and never acquits wholly.
final class Ordinary {
    private static final Threshold MACHINES = Threshold.of("ordinary", "machines");
    private static final Threshold COMMON = Threshold.of("ordinary", "common_share");
    private static final Threshold OLD = Threshold.of("ordinary", "old_days");
    private static final long DAY = Duration.ofDays(1).toMillis();

    private Ordinary() {}

    /// A factor of 1 or less, not below 0.27, and in words what made it.
    ///
    /// @param destination address or host name
    static double weight(String destination, String client, Context context, List<String> notes) {
        double factor = 1;
        int machines = context.machines(client);
        int there = context.machinesAt(destination, client);
        if (machines >= context.whole(MACHINES)) {
            double share = Math.min(1, (double) there / machines);
            double common = context.value(COMMON);
            if (there > 1 && share > common) {
                double lowered = 1 - 0.5 * Math.min(1, (share - common) / (0.5 - common));
                factor *= lowered;
                notes.add("lowered by " + Words.percent(1 - lowered) + " because " + there + " of " + machines
                        + " machines call there");
            } else {
                notes.add(
                        there <= 1
                                ? "no other of " + machines + " machines calls there"
                                : there + " of " + machines + " machines call there");
            }
        }
        long begin = context.begin(client);
        long first = context.firstSeen(destination, client);
        if (first < Long.MAX_VALUE && context.now() - begin >= context.whole(OLD) * DAY) {
            if (first - begin < DAY) {
                factor *= 0.9;
                notes.add("lowered by 10 % because it was called since the logs begin, "
                        + Words.seconds((context.now() - begin) / 1000.0) + " ago");
            } else {
                notes.add("first called " + Words.seconds((first - begin) / 1000.0) + " after the logs begin");
            }
        }
        String list = context.warninglist(destination);
        if (list != null) {
            factor *= 0.6;
            notes.add("lowered by 40 % because it is on the list \"" + list + "\"");
        }
        return factor;
    }

    /// The notes as sentences, each with a space behind it.
    static String sentences(List<String> notes) {
        StringBuilder out = new StringBuilder();
        for (String note : notes) {
            out.append(Character.toUpperCase(note.charAt(0)))
                    .append(note, 1, note.length())
                    .append(". ");
        }
        return out.toString();
    }
}
