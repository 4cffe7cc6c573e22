package io.carom.report;

import io.carom.incident.Incident;
import io.carom.run.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The head of the page: were we touched, how, by way of whom, and in numbers.
final class Masthead {
    private final ReportInput in;
    private final Html out;

    Masthead(ReportInput in, Html out) {
        this.in = in;
        this.out = out;
    }

    static List<Incident> grave(List<Incident> incidents) {
        return incidents.stream()
                .filter(i -> i.severity().compareTo(Incident.Severity.MEDIUM) >= 0)
                .toList();
    }

    private Set<String> hit() {
        Set<String> out = new LinkedHashSet<>();
        grave(in.incidents()).forEach(i -> out.add(i.client().isEmpty() ? "these logs" : i.client()));
        return out;
    }

    String verdict() {
        Set<String> hit = hit();
        if (!hit.isEmpty()) {
            boolean sure = in.incidents().stream().anyMatch(i -> i.severity().compareTo(Incident.Severity.HIGH) >= 0);
            return list(hit, 4)
                    + (hit.size() == 1 && !hit.contains("these logs") ? " was" : " were")
                    + (sure ? " touched" : " perhaps touched");
        }
        return in.incidents().isEmpty() ? "no trace was found" : "nothing grave was found";
    }

    private static String list(Set<String> names, int most) {
        List<String> some = new ArrayList<>(names.stream().limit(most).toList());
        if (names.size() > most) {
            some.add(names.size() - most + " more");
        }
        int last = some.size() - 1;
        return last <= 0 ? String.join("", some) : String.join(", ", some.subList(0, last)) + " and " + some.get(last);
    }

    void draw() {
        String verdict = verdict();
        out.raw("<header><div class=w>\n<p class=brand><span><b>Carom</b> investigation report</span><span>made ")
                .minute(in.made())
                .raw(" UTC</span></p>\n<h1>")
                .text(verdict.substring(0, 1).toUpperCase(Locale.ROOT) + verdict.substring(1))
                .raw("</h1>\n<p class=lead>");
        answer();
        out.raw("</p>\n");
        facts();
        out.raw("<nav aria-label=\"Parts of the report\"><ul><li><a href=\"#incidents\">Incidents</a>"
                + leads()
                + "<li><a"
                + " href=\"#timeline\">Timeline</a><li><a href=\"#ways\">Who talked to whom</a><li><a"
                + " href=\"#indicators\">Indicators</a><li><a href=\"#inputs\">What was read</a><li><a"
                + " href=\"#reach\">How far back</a></ul></nav>\n</div></header>\n");
    }

    private String leads() {
        return grave(in.incidents()).size() == in.incidents().size() ? "" : "<li><a href=\"#leads\">Leads</a>";
    }

    /// Were we touched, how, by way of whom: in one paragraph.
    private void answer() {
        List<Incident> grave = grave(in.incidents());
        if (grave.isEmpty()) {
            out.text(
                    in.incidents().isEmpty()
                            ? "Nothing that was looked for is in these logs."
                            : "What was found is of low weight; it is listed below.");
            oldest();
            out.raw(" What is not in these logs is not known: see what was read, and how far back it reaches.");
            return;
        }
        Incident worst = grave.getFirst();
        out.text(worst.title()).raw(". ");
        Set<String> ways = new LinkedHashSet<>();
        grave.stream()
                .filter(i -> i.entry().link() != null && i.entry().confidence() >= 0.5)
                .forEach(i -> ways.add(i.entry().link()
                        + (i.entry().party() == null ? "" : " of " + i.entry().party())));
        long unknown = grave.stream().filter(i -> i.entry().link() == null).count();
        if (!ways.isEmpty()) {
            out.text("The likeliest way in: " + list(ways, 3) + ".");
        } else if (unknown == grave.size()) {
            out.text("How it came in is not known from these logs.");
        } else {
            out.text("The way in is not certain; each incident says what speaks for it.");
        }
        if (grave.size() > 1) {
            out.text(" " + Html.number(grave.size()) + " incidents need attention"
                    + (hit().size() > 1 ? ", at " + Html.number(hit().size()) + " clients" : "") + ".");
        }
        Set<String> spared = new LinkedHashSet<>(in.reach().spreads().keySet());
        spared.removeAll(hit());
        if (!spared.isEmpty() && !(spared.size() == 1 && spared.contains(""))) {
            out.text(" Nothing grave was found at " + list(spared, 4) + ".");
        }
    }

    private void oldest() {
        long[] span = {Long.MAX_VALUE, Long.MIN_VALUE};
        in.reach()
                .spreads()
                .values()
                .forEach(m -> m.values().forEach(t -> {
                    span[0] = Math.min(span[0], t.first());
                    span[1] = Math.max(span[1], t.last());
                }));
        if (span[0] <= span[1]) {
            out.raw(" They reach from ")
                    .minute(Instant.ofEpochMilli(span[0]))
                    .raw(" to ")
                    .minute(Instant.ofEpochMilli(span[1]))
                    .raw(".");
        }
    }

    private void facts() {
        Map<Incident.Severity, Integer> by = new TreeMap<>(Comparator.reverseOrder());
        in.incidents().forEach(i -> by.merge(i.severity(), 1, Integer::sum));
        long read = in.inputs().stream().mapToLong(Line.Summary::events).sum();
        long rejected = in.inputs().stream().mapToLong(Line.Summary::rejected).sum();
        long unread =
                in.inputs().stream().filter(s -> !InputsPart.understood(s)).count();
        out.raw("<dl class=facts><div><dt>Incidents</dt><dd>")
                .raw(Html.number(in.incidents().size()))
                .raw("<small>");
        String comma = "";
        for (Map.Entry<Incident.Severity, Integer> e : by.entrySet()) {
            out.raw(comma)
                    .raw(Html.number(e.getValue()))
                    .raw(" ")
                    .text(e.getKey().label());
            comma = ", ";
        }
        out.raw(by.isEmpty() ? "none" : "")
                .raw("</small></dd></div><div><dt>Clients touched</dt><dd>")
                .raw(Html.number(hit().size()))
                .raw("<small>of ")
                .raw(Html.number(Math.max(hit().size(), in.reach().spreads().size())))
                .raw(" with logs</small></dd></div><div><dt>Findings</dt><dd>")
                .raw(Html.number(in.findings().total()))
                .raw("<small>put together into incidents</small></dd></div><div><dt>Records read</dt><dd>")
                .raw(Html.number(read))
                .raw("<small>from ")
                .number(in.inputs().size(), "input", "inputs")
                .raw("</small></dd></div><div><dt>Not understood</dt><dd>")
                .raw(Html.number(rejected))
                .raw("<small>")
                .raw(unread == 0 ? "every input was recognised" : "")
                .raw(unread == 0 ? "" : Html.number(unread) + (unread == 1 ? " input" : " inputs") + " not read whole")
                .raw("</small></dd></div></dl>\n");
    }
}
