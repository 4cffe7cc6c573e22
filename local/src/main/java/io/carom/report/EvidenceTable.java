package io.carom.report;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// What was found in one incident, the gravest first, with the records as they stood.
final class EvidenceTable {
    private static final int MAX_GROUPS = 40;
    private static final int RECORD = 2000;
    private static final int VALUE = 300;

    private final Html out;
    private int left;

    /// @param left characters of native records that may still be shown
    EvidenceTable(Html out, int left) {
        this.out = out;
        this.left = left;
    }

    /// @return characters of native records that may still be shown
    int draw(Incident it) {
        List<Group> groups = it.findings().stream()
                .sorted(Comparator.comparingInt((Group g) -> -g.severityId()).thenComparingLong(Group::first))
                .limit(MAX_GROUPS)
                .toList();
        out.raw("<details><summary>Evidence: what was found, with the records as they stood (")
                .raw(Html.number(it.findings().size()))
                .raw(
                        ")</summary><div class=scroll tabindex=0 role=region aria-label=\"Evidence\"><table><thead><tr><th>"
                                + "Severity<th>First (UTC)<th>Finding<th>About<th class=n>Times<th>Records</thead><tbody>");
        groups.forEach(group -> {
            String severity = Incident.Severity.ofId(group.severityId()).label();
            out.raw("<tr><td><span class=\"sev ")
                    .attribute(severity)
                    .raw("\">")
                    .text(severity)
                    .raw("</span><td>")
                    .time(Instant.ofEpochMilli(group.first()))
                    .raw("<td class=long>")
                    .text(group.title(), 200);
            if (!group.message().isEmpty() && !group.message().equals(group.title())) {
                out.raw("<br><span class=cut>").text(group.message(), 500).raw("</span>");
            }
            out.raw("<br><span class=cut>")
                    .value(group.analytic())
                    .raw("</span><td>")
                    .value(group.affected() == null ? null : group.affected().value())
                    .raw("<td class=n>")
                    .raw(Html.number(group.count()))
                    .raw("<td class=long>");
            records(group);
        });
        out.raw("</tbody></table></div>");
        if (it.findings().size() > MAX_GROUPS) {
            out.raw("<p class=note>")
                    .number(it.findings().size() - MAX_GROUPS, "more row is", "more rows are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</details>");
        return left;
    }

    private void records(Group group) {
        if (left <= 0) {
            out.raw("<span class=cut>in incidents.json</span>");
            return;
        }
        out.raw("<details><summary>")
                .number(group.kept().size(), "record", "records")
                .raw("</summary>");
        for (Finding finding : group.kept()) {
            Finding.Evidence e = finding.evidence();
            out.raw("<p class=src>")
                    .value(e.path())
                    .raw(", record ")
                    .raw(Html.number(e.record()))
                    .raw(" (")
                    .text(e.source(), 40)
                    .raw("), ")
                    .time(Instant.ofEpochMilli(finding.time()));
            for (Finding.Observable seen : finding.observables()) {
                out.raw("<br>").text(seen.name(), 100).raw(" = <bdi class=v>");
                out.text(seen.value().replace('\n', '␊').replace('\t', ' '), VALUE)
                        .raw("</bdi>");
                left -= Math.min(VALUE, seen.value().length());
            }
            out.raw("</p><pre>").text(e.nativeRecord(), RECORD).raw("</pre>");
            left -= Math.min(RECORD, e.nativeRecord().length());
        }
        out.raw("</details>");
    }
}
