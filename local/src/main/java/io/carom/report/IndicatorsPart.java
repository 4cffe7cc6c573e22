package io.carom.report;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which indicators were seen, where and when, and which were not.
final class IndicatorsPart {
    private static final int MAX_SEEN = 500;
    private static final int MAX_UNSEEN = 200;

    private final ReportInput in;
    private final Html out;

    IndicatorsPart(ReportInput in, Html out) {
        this.in = in;
        this.out = out;
    }

    private record Seen(long count, long first, long last, Set<String> clients) {}

    void draw() {
        out.raw("<section id=indicators aria-labelledby=h-ind><h2 id=h-ind>Indicators</h2>");
        Map<String, Seen> seen = new TreeMap<>();
        for (Incident incident : in.incidents()) {
            for (Group group : incident.findings()) {
                if (group.byIndicator()) {
                    Set<String> clients = new LinkedHashSet<>(Set.of(incident.client()));
                    seen.merge(
                            group.analytic(), new Seen(group.count(), group.first(), group.last(), clients), (a, b) -> {
                                a.clients.addAll(b.clients);
                                return new Seen(
                                        a.count + b.count,
                                        Math.min(a.first, b.first),
                                        Math.max(a.last, b.last),
                                        a.clients);
                            });
                }
            }
        }
        if (in.indicators().isEmpty() && seen.isEmpty()) {
            out.raw("<div class=card>No list of indicators was given.</div></section>\n");
            return;
        }
        long unseen = Math.max(0, in.indicators().size() - seen.size());
        out.raw("<p class=note>")
                .number(in.indicators().size(), "indicator was", "indicators were")
                .raw(" looked for: ")
                .raw(Html.number(seen.size()))
                .raw(" seen, ")
                .raw(Html.number(unseen))
                .raw(" not seen.</p>");
        if (!seen.isEmpty()) {
            out.raw("<div class=scroll tabindex=0 role=region aria-label=\"Indicators seen\"><table><caption>Seen"
                    + "</caption><thead><tr><th>Kind<th>Value<th class=n>Times<th>Clients<th>First (UTC)<th>Last</thead>"
                    + "<tbody>");
            seen.entrySet().stream()
                    .sorted(Comparator.comparingLong((Map.Entry<String, Seen> e) -> -e.getValue().count))
                    .limit(MAX_SEEN)
                    .forEach(e -> {
                        String[] parts = e.getKey().split(":", 3);
                        out.raw("<tr><td>")
                                .text(parts.length > 1 ? parts[1] : "", 20)
                                .raw("<td class=long>")
                                .value(parts.length > 2 ? parts[2] : e.getKey())
                                .raw("<td class=n>")
                                .raw(Html.number(e.getValue().count))
                                .raw("<td>")
                                .value(String.join(", ", e.getValue().clients))
                                .raw("<td>")
                                .minute(Instant.ofEpochMilli(e.getValue().first))
                                .raw("<td>")
                                .minute(Instant.ofEpochMilli(e.getValue().last));
                    });
            out.raw("</tbody></table></div>");
        }
        if (unseen > 0) {
            out.raw("<details><summary>Not seen in these logs</summary><p>");
            in.indicators().stream()
                    .filter(i -> !seen.containsKey(i.uid()))
                    .limit(MAX_UNSEEN)
                    .forEach(i -> out.raw("<span class=tag>").value(i.value()).raw("</span>"));
            if (unseen > MAX_UNSEEN) {
                out.raw("<span class=cut>and ")
                        .raw(Html.number(unseen - MAX_UNSEEN))
                        .raw(" more</span>");
            }
            out.raw("</p></details>");
        }
        out.raw("</section>\n");
    }
}
