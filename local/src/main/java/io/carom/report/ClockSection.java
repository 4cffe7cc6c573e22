package io.carom.report;

import io.carom.incident.Incident;
import io.carom.respond.ClientDuties;
import io.carom.respond.DutyBook;
import io.carom.respond.DutyClock;
import io.carom.respond.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The page's part about who must be told by when. Only duties of incidents of medium severity and
/// above are in it.
final class ClockSection {
    private static final int MAX = 60;

    private record Line(Incident incident, DutyClock clock) {}

    private ClockSection() {}

    /// Nothing where no party has a duty.
    static void write(Html out, ReportInput in) {
        List<Line> lines = new ArrayList<>();
        for (Incident incident : in.incidents()) {
            if (incident.severity().compareTo(Incident.Severity.MEDIUM) >= 0) {
                Map<String, Instant> at = Map.of(
                        "occurred",
                        incident.clocks().occurred(),
                        "detected",
                        incident.clocks().detected());
                new Response(at, null)
                        .clocks(
                                ClientDuties.of(
                                        in.parties(),
                                        incident.client(),
                                        incident.entry().link(),
                                        DutyBook.builtIn()),
                                in.made())
                        .forEach(c -> lines.add(new Line(incident, c)));
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        lines.sort(Comparator.comparing((Line l) -> l.clock.due() == null ? Instant.MAX : l.clock.due())
                .thenComparing(l -> l.incident.id())
                .thenComparing(l -> l.clock.duty().id()));
        out.raw("<section id=clocks><h2>Who must be told by when</h2><p>As of the investigation; ")
                .raw("<code>carom incidents ID</code> has the clocks of now, and ")
                .raw("<code>carom incidents clock ID WHAT</code> says what was done.</p>")
                .raw(
                        "<div class=card><table><thead><tr><th>Due, UTC</th><th>Left</th><th>Client</th><th>Duty</th><th>To</th>")
                .raw("<th>Where it is written</th></tr></thead><tbody>");
        for (Line line : lines.subList(0, Math.min(MAX, lines.size()))) {
            DutyClock clock = line.clock;
            out.raw("<tr><td>");
            Instant due = clock.due();
            if (due == null) {
                out.text("when it is " + clock.event());
            } else {
                out.minute(due);
            }
            Duration left = clock.left(in.made());
            out.raw("</td><td>").text(left == null ? "" : words(left)).text(clock.forecast() ? " (forecast)" : "");
            out.raw("</td><td>").text(line.incident.client()).raw("<br>").text(line.incident.id());
            out.raw("</td><td>")
                    .text(clock.duty().regimeName() + ": " + clock.duty().name());
            out.raw("</td><td>")
                    .text(clock.duty().to())
                    .raw("</td><td>")
                    .text(clock.duty().source())
                    .raw("</td></tr>");
        }
        out.raw("</tbody></table></div></section>");
    }

    private static String words(Duration left) {
        return left.toDays() > 0
                ? left.toDays() + " d " + left.toHoursPart() + " h"
                : left.toHours() + " h " + left.toMinutesPart() + " min";
    }
}
