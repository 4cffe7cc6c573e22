package io.carom.report;

import io.carom.incident.TimeSpread;
import io.carom.run.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/// What was read and what was not, and how far back the logs reach.
final class InputsPart {
    private static final int MAX_INPUTS = 2000;
    private static final Duration GAP = Duration.ofHours(24);

    private final ReportInput in;
    private final Html out;

    InputsPart(ReportInput in, Html out) {
        this.in = in;
        this.out = out;
    }

    static boolean understood(Line.Summary s) {
        return s.recognised() && s.refusal() == null;
    }

    void inputs() {
        out.raw(
                "<section id=inputs aria-labelledby=h-in><h2 id=h-in>What was read, and what was not</h2><p class=note>Inputs"
                        + " that were not read whole first. A record that was not understood is kept with its place and reason.</p>");
        if (in.inputs().isEmpty()) {
            out.raw("<div class=card>No input was given.</div></section>\n");
            return;
        }
        ReportPage.tools(out, "files", "Filter inputs");
        out.raw(
                "<div class=scroll tabindex=0 role=region aria-label=\"Inputs\"><table id=files><thead><tr><th>Input<th>Logs"
                        + " of<th>Format<th class=n>Events<th class=n>Not understood<th class=n>Known before<th class=n>Size<th>Came"
                        + " of it</thead><tbody>");
        in.inputs().stream()
                .sorted(Comparator.comparing(InputsPart::understood)
                        .thenComparing(
                                Comparator.comparingLong(Line.Summary::rejected).reversed())
                        .thenComparing(Line.Summary::path))
                .limit(MAX_INPUTS)
                .forEach(s -> {
                    out.raw("<tr><td class=long>")
                            .value(s.path())
                            .raw("<td>")
                            .value(s.client())
                            .raw("<td>")
                            .value(String.join(", ", s.format()))
                            .raw("<td class=n>")
                            .raw(Html.number(s.events()))
                            .raw("<td class=n>")
                            .raw(s.rejected() > 0 ? "<b class=bad>" + Html.number(s.rejected()) + "</b>" : "0")
                            .raw("<td class=n>")
                            .raw(Html.number(s.skipped()))
                            .raw("<td class=n>")
                            .raw(Html.bytes(s.bytes()))
                            .raw("<td>");
                    if (s.refusal() != null) {
                        out.raw("<span class=bad>").text(s.refusal(), 300).raw("</span>");
                    } else if (!s.recognised()) {
                        out.raw("<span class=bad>no known log format</span>");
                    } else {
                        out.raw("<span class=good>read</span>");
                    }
                });
        out.raw("</tbody></table></div>");
        if (in.inputs().size() > MAX_INPUTS) {
            out.raw("<p class=note>")
                    .number(in.inputs().size() - MAX_INPUTS, "more input is", "more inputs are")
                    .raw(" not listed.</p>");
        }
        out.raw("</section>\n");
    }

    void reach() {
        out.raw(
                "<section id=reach aria-labelledby=h-reach><h2 id=h-reach>How far back the logs reach</h2><p class=note>What"
                        + " happened outside these times, or in a gap, cannot be seen here. A gap is a day or more without any"
                        + " record of that source.</p>");
        if (in.reach().spreads().isEmpty()) {
            out.raw("<div class=card>No record has a time.</div></section>\n");
            return;
        }
        out.raw("<div class=scroll tabindex=0 role=region aria-label=\"Reach of the logs\"><table><thead><tr><th>Logs"
                + " of<th>Source<th>From (UTC)<th>To<th class=n>Records<th>Gaps</thead><tbody>");
        in.reach()
                .spreads()
                .forEach((client, sources) -> sources.forEach((source, times) -> {
                    out.raw("<tr><td>")
                            .value(client)
                            .raw("<td>")
                            .value(source)
                            .raw("<td>")
                            .minute(Instant.ofEpochMilli(times.first()))
                            .raw("<td>")
                            .minute(Instant.ofEpochMilli(times.last()))
                            .raw("<td class=n>")
                            .raw(Html.number(times.total()))
                            .raw("<td>");
                    gaps(times);
                }));
        out.raw("</tbody></table></div></section>\n");
    }

    private void gaps(TimeSpread times) {
        long end = Long.MIN_VALUE;
        int found = 0;
        for (long begin : times.slots().keySet()) {
            if (end != Long.MIN_VALUE && begin - end >= GAP.toMillis()) {
                if (found < 5) {
                    out.raw(found == 0 ? "" : "<br>")
                            .raw("<span class=bad>")
                            .minute(Instant.ofEpochMilli(end))
                            .raw(" – ")
                            .minute(Instant.ofEpochMilli(begin))
                            .raw("</span>");
                }
                found++;
            }
            end = begin + times.width();
        }
        if (found > 5) {
            out.raw("<br>and ").raw(Html.number(found - 5)).raw(" more");
        }
        if (found == 0) {
            out.raw("<span class=none>none</span>");
        }
    }
}
