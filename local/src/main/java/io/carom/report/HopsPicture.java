package io.carom.report;

import io.carom.incident.Incident;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The hops of one incident as a sequence: a column for each machine, in the order in which it was
/// reached, an arrow
/// for each hop, time going down. An SVG.
final class HopsPicture {
    private static final int WIDTH = 1060;
    private static final int LEFT = 112;
    private static final int HEAD = 62;
    private static final int ROW = 40;
    private static final int MAX_MACHINES = 9;
    private static final int MAX_HOPS = 24;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Incident it;
    private final Map<String, @Nullable String> machines = new LinkedHashMap<>();
    private final List<Incident.Hop> hops = new ArrayList<>();

    HopsPicture(Incident it) {
        this.it = it;
        for (Incident.Hop hop : it.path()) {
            if (hop.confidence() <= 0 || hops.size() == MAX_HOPS) {
                continue;
            }
            int more = (machines.containsKey(hop.from()) ? 0 : 1) + (machines.containsKey(hop.to()) ? 0 : 1);
            if (machines.size() + more > MAX_MACHINES) {
                continue;
            }
            machines.putIfAbsent(hop.from(), hop.party());
            machines.putIfAbsent(hop.to(), hop.toParty());
            hops.add(hop);
        }
    }

    /// Draws it; nothing where no hop was traced.
    void draw(Html out) {
        if (hops.isEmpty()) {
            return;
        }
        List<String> order = new ArrayList<>(machines.keySet());
        double step = Math.min(220, (WIDTH - LEFT - 20.0) / order.size());
        int height = HEAD + hops.size() * ROW + 16;
        out.raw("<div class=pic tabindex=0 role=region aria-label=\"Hops\"><svg role=img viewBox=\"0 0 " + WIDTH + " "
                + height + "\" aria-label=\"The way from machine to machine, by time\">");
        out.raw("<defs><marker id=tip viewBox=\"0 0 8 8\" refX=7 refY=4 markerWidth=7 markerHeight=7 orient=auto>"
                + "<path class=tip d=\"M0 0L8 4L0 8z\"/></marker></defs>");
        for (int i = 0; i < order.size(); i++) {
            String machine = order.get(i);
            String party = machines.get(machine);
            double x = LEFT + step * i;
            out.raw(String.format(
                    Locale.ROOT,
                    "<line class=life x1=%.0f x2=%.0f y1=%d y2=%d />",
                    x + step / 2,
                    x + step / 2,
                    HEAD - 14,
                    height - 6));
            out.raw(String.format(
                    Locale.ROOT,
                    "<rect class=\"box %s\" x=%.0f y=4 width=%.0f height=44 rx=8 />",
                    party == null ? "foe" : party.equals(it.client()) ? "hit" : "sup",
                    x + 3,
                    step - 6));
            int fits = (int) (step / 7.4);
            out.raw(String.format(Locale.ROOT, "<text class=b text-anchor=middle x=%.0f y=22>", x + step / 2))
                    .text(cut(machine, fits))
                    .raw("</text>");
            out.raw(String.format(Locale.ROOT, "<text class=t2 text-anchor=middle x=%.0f y=39>", x + step / 2))
                    .text(cut(party == null ? "outside" : party, fits + 2))
                    .raw("</text>");
        }
        for (int i = 0; i < hops.size(); i++) {
            Incident.Hop hop = hops.get(i);
            double from = LEFT + step * (order.indexOf(hop.from()) + 0.5);
            double to = LEFT + step * (order.indexOf(hop.to()) + 0.5);
            int y = HEAD + i * ROW + 22;
            out.raw("<text class=t2 x=2 y=" + (y + 4) + ">")
                    .text(TIME.format(hop.time()))
                    .raw("</text>");
            out.raw(String.format(
                    Locale.ROOT,
                    "<path class=\"edge in\" stroke-width=\"%.1f\" marker-end=\"url(#tip)\" d=\"M%.0f %dH%.0f\"/>",
                    1 + 2 * hop.confidence(),
                    from,
                    y,
                    to));
            boolean rightwards = to >= from;
            out.raw(String.format(
                            Locale.ROOT,
                            "<text class=lab text-anchor=%s x=%.0f y=%d>",
                            rightwards ? "start" : "end",
                            from + (rightwards ? 6 : -6),
                            y - 6))
                    .text(label(hop, (int) (Math.abs(to - from) / 6.2)))
                    .raw("</text>");
        }
        out.raw("</svg></div>");
    }

    private static String label(Incident.Hop hop, int fits) {
        String via = Objects.equals(hop.via(), hop.link()) ? "over the link" : hop.via();
        String whole = via + (hop.account().isEmpty() ? "" : " as " + hop.account());
        return cut(whole, Math.max(12, fits));
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, Math.max(1, most - 1)) + "…" : text;
    }
}
