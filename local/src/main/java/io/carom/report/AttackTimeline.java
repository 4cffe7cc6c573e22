package io.carom.report;

import io.carom.event.AttackTactic;
import io.carom.event.AttackTechniques;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The findings of one incident by ATT&CK's tactics, over time: a row for each tactic, in the matrix' order.
///
/// A technique that serves several tactics stands under the first of them.
final class AttackTimeline {
    private static final int MAX_TECHNIQUES = 6;
    private static final int MAX_MARKS = 120;
    private static final int WIDTH = 600;

    private AttackTimeline() {}

    private static final class Row {
        final Map<String, Long> techniques = new TreeMap<>();
        final List<Group> groups = new ArrayList<>();
        long first = Long.MAX_VALUE;
    }

    /// Draws it; nothing where findings name no techniques.
    static void draw(Incident it, Html out) {
        Map<AttackTactic, Row> rows = rows(it);
        if (rows.isEmpty()) {
            return;
        }
        long from = it.firstSeen().toEpochMilli();
        long to = Math.max(from + 1, it.lastSeen().toEpochMilli());
        out.raw("<h4>What was done, by ATT&amp;CK tactic</h4><div class=tactics>");
        rows.forEach((tactic, row) -> {
            out.raw("<div class=tac><b>").text(tactic.title()).raw("</b><span class=cut>");
            if (row.first > 0) {
                out.minute(Instant.ofEpochMilli(row.first));
            }
            out.raw("</span></div><div class=what><svg class=strip viewBox=\"0 0 " + WIDTH
                    + " 14\" preserveAspectRatio=none role=img aria-label=\"When\"><rect class=lane width=" + WIDTH
                    + " height=14 />");
            row.groups.stream().limit(MAX_MARKS).forEach(g -> mark(g, from, to, out));
            out.raw("</svg><div class=tech>");
            techniques(row, out);
            out.raw("</div></div>");
        });
        out.raw("</div><p class=ends><span>")
                .minute(it.firstSeen())
                .raw("</span><span>")
                .minute(it.lastSeen())
                .raw("</span></p>");
    }

    private static Map<AttackTactic, Row> rows(Incident it) {
        Map<AttackTactic, Row> rows = new EnumMap<>(AttackTactic.class);
        for (Group group : it.findings()) {
            Set<AttackTactic> its = new LinkedHashSet<>();
            for (String technique : group.attacks()) {
                List<AttackTactic> tactics = AttackTechniques.tactics(technique);
                if (!tactics.isEmpty()) {
                    Row row = rows.computeIfAbsent(tactics.getFirst(), t -> new Row());
                    row.techniques.merge(technique, group.count(), Long::sum);
                    its.add(tactics.getFirst());
                }
            }
            for (AttackTactic tactic : its) {
                Row row = rows.computeIfAbsent(tactic, t -> new Row());
                row.groups.add(group);
                row.first = Math.min(row.first, group.first());
            }
        }
        return rows;
    }

    private static void mark(Group group, long from, long to, Html out) {
        double x1 = (group.first() - from) * (double) (WIDTH - 6) / (to - from);
        double x2 = (group.last() - from) * (double) (WIDTH - 6) / (to - from);
        out.raw(String.format(
                        Locale.ROOT,
                        "<rect class=\"sev-%s\" x=%.1f y=2 width=%.1f height=10 rx=2><title>",
                        Incident.Severity.ofId(group.severityId()).label(),
                        Math.clamp(x1, 0, WIDTH - 6),
                        Math.clamp(x2 - x1, 0, WIDTH - 6) + 6))
                .text(group.title(), 160)
                .raw("</title></rect>");
    }

    private static void techniques(Row row, Html out) {
        List<Map.Entry<String, Long>> most = new ArrayList<>(row.techniques.entrySet());
        most.sort(Comparator.comparingLong((Map.Entry<String, Long> e) -> -e.getValue()));
        for (Map.Entry<String, Long> e : most.subList(0, Math.min(MAX_TECHNIQUES, most.size()))) {
            String name = AttackTechniques.name(e.getKey());
            out.raw("<span class=chip>").text(e.getKey(), 12);
            if (name != null) {
                out.raw(" ").text(name, 60);
            }
            out.raw("</span> ");
        }
        if (most.size() > MAX_TECHNIQUES) {
            out.raw("<span class=cut>and ")
                    .raw(Html.number(most.size() - MAX_TECHNIQUES))
                    .raw(" more</span>");
        }
    }
}
