package io.carom.report;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import java.util.List;

/// One incident on the page: what happened, what to do now, how it went, and what it stands on.
final class IncidentCard {
    private static final int MAX_HOPS = 25;

    private final ReportInput in;
    private final Html out;

    IncidentCard(ReportInput in, Html out) {
        this.in = in;
        this.out = out;
    }

    /// @param budget characters of native records that may still be shown
    /// @return what is left of it
    int draw(Incident it, int budget) {
        int left = budget;
        String severity = it.severity().label();
        out.raw("<article class=\"card inc ")
                .attribute(severity)
                .raw("\" id=\"")
                .attribute(it.id())
                .raw("\"><div class=top><span class=\"sev ")
                .attribute(severity)
                .raw("\">")
                .text(severity)
                .raw("</span><span>")
                .text(it.client().isEmpty() ? "no client declared" : it.client(), 60)
                .raw("</span><span>")
                .minute(it.firstSeen());
        if (it.lastSeen().toEpochMilli() / 60_000 != it.firstSeen().toEpochMilli() / 60_000) {
            out.raw(" – ").minute(it.lastSeen());
        }
        out.raw("</span><span>")
                .number(it.findings().stream().mapToLong(Group::count).sum(), "finding", "findings")
                .raw("</span><span class=v>")
                .text(it.id())
                .raw("</span></div><h3>")
                .text(it.title())
                .raw("</h3><p>")
                .text(it.summary(), 1500)
                .raw("</p>");
        if (!it.campaign().isEmpty()) {
            out.raw(
                            "<p class=note>One of several clients' incidents that lead back to the same machine of a supplier: ")
                    .text(it.campaign())
                    .raw(".</p>");
        }
        todo(it);
        left = path(it, left);
        Readings readings = new Readings(out);
        out.raw("<div class=two><div>");
        readings.wayIn(it);
        out.raw("</div><div>");
        readings.origins(it);
        readings.gaps(it);
        out.raw("</div></div>");
        AttackTimeline.draw(it, out);
        out.raw("<div class=two><div>");
        tags("Affected", it.affected().stream().map(e -> e.value()).toList());
        out.raw("</div><div>");
        why(it);
        out.raw("</div></div>");
        readings.channels(it);
        left = new EvidenceTable(out, left).draw(it);
        out.raw("</article>\n");
        return left;
    }

    private void todo(Incident it) {
        if (it.actions().isEmpty()) {
            return;
        }
        out.raw("<div class=todo><h4>What to do</h4><ul class=act>");
        int n = 0;
        for (Incident.Action action : it.actions()) {
            out.raw("<li><label><input type=checkbox data-done=\"")
                    .attribute(it.id() + "-" + ++n)
                    .raw("\"><span><b>")
                    .text(action.kind())
                    .raw("</b> ")
                    .text(action.text(), 600)
                    .raw("</span></label>");
        }
        out.raw("</ul></div>");
    }

    private int path(Incident it, int budget) {
        if (it.path().isEmpty()) {
            return budget;
        }
        List<Incident.Hop> hops = it.path().stream().limit(MAX_HOPS).toList();
        out.raw("<h4>The path</h4>");
        new PathPicture(it, hops).draw(out);
        out.raw("<details class=path><summary>Step by step, with the evidence (")
                .raw(Html.number(it.path().size()))
                .raw(")</summary>");
        int used = new PathSteps(in, out).draw(it, hops, budget);
        if (it.path().size() > hops.size()) {
            out.raw("<p class=note>")
                    .number(it.path().size() - hops.size(), "more is", "more are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</details>");
        return budget - used;
    }

    private void why(Incident it) {
        if (it.severityWhy().isEmpty()) {
            return;
        }
        out.raw("<h4>Why it is ").text(it.severity().label()).raw("</h4><ul class=gaps>");
        it.severityWhy().forEach(w -> out.raw("<li>").text(w, 300));
        out.raw("</ul>");
    }

    private void tags(String title, List<String> values) {
        if (values.isEmpty()) {
            return;
        }
        out.raw("<h4>").raw(title).raw("</h4><div>");
        values.stream()
                .limit(24)
                .forEach(v -> out.raw("<span class=tag>").value(v).raw("</span>"));
        if (values.size() > 24) {
            out.raw("<span class=cut>and ").raw(Html.number(values.size() - 24)).raw(" more</span>");
        }
        out.raw("</div>");
    }
}
