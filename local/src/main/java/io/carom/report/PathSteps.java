package io.carom.report;

import io.carom.event.Finding;
import io.carom.incident.Incident;
import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The path of one incident as a list of steps, each with what speaks for it and the records it stands on.
final class PathSteps {
    private static final int MAX_RECORDS = 4;
    private static final int RECORD = 1500;

    private final ReportInput in;
    private final Html out;

    PathSteps(ReportInput in, Html out) {
        this.in = in;
        this.out = out;
    }

    /// @param hops of the incident that are told
    /// @param budget characters of native records that may still be shown
    /// @return how many were
    int draw(Incident it, List<Incident.Hop> hops, int budget) {
        Map<Trace.Source, String> known = found(it);
        int used = 0;
        out.raw("<ol class=steps>");
        for (int i = 0; i < hops.size(); i++) {
            Incident.Hop hop = hops.get(i);
            out.raw("<li id=\"").attribute(it.id() + "-" + (i + 1)).raw("\"><div class=step><b>");
            out.value(hop.from()).raw("</b>");
            owner(hop.party(), it);
            out.raw(" <span class=arrow>→</span> <b>").value(hop.to()).raw("</b>");
            owner(hop.toParty(), it);
            if (it.indicators().contains(hop.to())) {
                out.raw(" <span class=bad>known hostile</span>");
            }
            out.raw("</div><div class=how>").time(hop.time());
            chip(hop.via().isEmpty() && hop.port() >= 0 ? "port " + hop.port() : hop.via());
            if (!hop.account().isEmpty()) {
                chip("as " + hop.account());
            }
            if (hop.link() != null && !hop.link().equals(hop.via())) {
                chip("over " + hop.link());
            }
            if (hop.confidence() > 0) {
                bar(out, hop.confidence());
            }
            out.raw("</div><div class=why>")
                    .text(
                            hop.why().isEmpty()
                                    ? "Seen " + Html.number(hop.count()) + (hop.count() == 1 ? " time." : " times.")
                                    : hop.why(),
                            400)
                    .raw("</div>");
            used += records(hop, known, budget - used);
            out.raw("</li>");
        }
        out.raw("</ol>");
        return used;
    }

    /// Records that findings show anyway.
    private static Map<Trace.Source, String> found(Incident it) {
        Map<Trace.Source, String> out = new HashMap<>();
        it.findings()
                .forEach(g -> g.kept().forEach(f -> {
                    Finding.Evidence e = f.evidence();
                    out.put(new Trace.Source(e.path(), e.record()), e.nativeRecord());
                }));
        return out;
    }

    private int records(Incident.Hop hop, Map<Trace.Source, String> known, int budget) {
        if (hop.records().isEmpty()) {
            return 0;
        }
        int used = 0;
        out.raw("<details><summary>")
                .number(hop.records().size(), "record", "records")
                .raw("</summary>");
        List<Trace.Source> shown = new ArrayList<>(hop.records());
        for (Trace.Source source : shown.subList(0, Math.min(MAX_RECORDS, shown.size()))) {
            out.raw("<p class=src>")
                    .value(source.path())
                    .raw(", record ")
                    .raw(Html.number(source.record()))
                    .raw("</p>");
            String text = in.records().getOrDefault(source, known.getOrDefault(source, ""));
            if (!text.isEmpty() && used + Math.min(RECORD, text.length()) <= budget) {
                out.raw("<pre>").text(text, RECORD).raw("</pre>");
                used += Math.min(RECORD, text.length());
            }
        }
        if (shown.size() > MAX_RECORDS) {
            out.raw("<p class=src>")
                    .raw(Html.number(shown.size() - MAX_RECORDS))
                    .raw(" more in incidents.json</p>");
        }
        out.raw("</details>");
        return used;
    }

    private void owner(@org.jspecify.annotations.Nullable String party, Incident it) {
        if (party != null && !party.equals(it.client())) {
            out.raw(" <span class=cut>").text(party, 40).raw("</span>");
        }
    }

    private void chip(String text) {
        if (!text.isEmpty()) {
            out.raw(" <span class=chip>").text(text, 60).raw("</span>");
        }
    }

    /// A bar and the number of a confidence.
    static void bar(Html out, double confidence) {
        double p = Math.clamp(confidence, 0, 1);
        out.raw(String.format(
                Locale.ROOT,
                "<span class=sure><svg class=conf viewBox=\"0 0 60 6\" role=img aria-label=\"Confidence %.2f\"><rect"
                        + " class=track width=60 height=6 rx=3 /><rect class=fill width=%.0f height=6 rx=3 /></svg>%.0f %%</span>",
                p,
                60 * p,
                100 * p));
    }
}
