package io.carom.report;

import io.carom.incident.Incident;
import io.carom.report.PathGraph.Edge;
import io.carom.report.PathGraph.Node;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The path of one incident drawn: a box for each machine, arrows for steps, numbered as in the list of steps
/// below it, to which they lead. An SVG without any size of its own but its shape.
final class PathPicture {
    private static final int BOX_HEIGHT = 62;
    private static final int ROW_GAP = 16;
    private static final int TOP = 34;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Incident it;
    private final List<Incident.Hop> hops;
    private final PathGraph graph;
    private final Map<Integer, List<Integer>> columns = new TreeMap<>();
    private final List<int[]> places = new ArrayList<>();
    private int box;
    private int gap;
    private int height;
    private int width;

    PathPicture(Incident it, List<Incident.Hop> hops) {
        this.it = it;
        this.hops = hops;
        this.graph = new PathGraph(it, hops);
        place();
    }

    private void place() {
        List<Node> nodes = graph.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            columns.computeIfAbsent(nodes.get(i).column(), c -> new ArrayList<>())
                    .add(i);
            places.add(new int[2]);
        }
        int count = Math.max(1, columns.size());
        gap = count >= 6 ? 38 : count >= 5 ? 46 : 64;
        box = Math.clamp((1060 - (count - 1) * gap) / count, 112, 216);
        if (count > 1) {
            gap = Math.clamp((1060 - count * box) / (count - 1), gap, 170);
        }
        width = count * box + (count - 1) * gap + 4;
        int rows = columns.values().stream().mapToInt(List::size).max().orElse(0);
        height = TOP + rows * (BOX_HEIGHT + ROW_GAP);
        int x = 2;
        for (List<Integer> column : columns.values()) {
            int y = TOP + (rows - column.size()) * (BOX_HEIGHT + ROW_GAP) / 2;
            for (int node : column) {
                places.get(node)[0] = x;
                places.get(node)[1] = y;
                y += BOX_HEIGHT + ROW_GAP;
            }
            x += box + gap;
        }
    }

    /// Draws it; nothing where there is nothing to draw.
    void draw(Html out) {
        if (graph.edges().isEmpty()) {
            return;
        }
        out.raw("<div class=pic tabindex=0 role=region aria-label=\"Picture of the path\"><svg role=img class=\"path c"
                + columns.size() + "\" viewBox=\"0 0 " + width + " " + height
                + "\" aria-label=\"The path from machine to machine, from where it came in on the left\">");
        heads(out);
        graph.edges().forEach(e -> edge(out, e));
        for (int i = 0; i < graph.nodes().size(); i++) {
            node(out, graph.nodes().get(i), places.get(i));
        }
        graph.edges().forEach(e -> badge(out, e));
        out.raw("</svg></div>");
    }

    /// Over each column whose machines are in it.
    private void heads(Html out) {
        for (List<Integer> column : columns.values()) {
            List<String> parties = column.stream()
                    .map(n -> graph.nodes().get(n).party())
                    .distinct()
                    .toList();
            int[] first = places.get(column.getFirst());
            if (parties.size() == 1 && !parties.getFirst().isEmpty()) {
                out.raw("<text class=t2 x=" + (first[0] + 2) + " y=" + (TOP - 12) + ">")
                        .text(cut(parties.getFirst(), box / 7))
                        .raw("</text>");
            }
        }
    }

    private void edge(Html out, Edge e) {
        int[] a = places.get(e.from());
        int[] b = places.get(e.to());
        double y1 = a[1] + BOX_HEIGHT / 2.0;
        double y2 = b[1] + BOX_HEIGHT / 2.0;
        String d;
        if (b[0] > a[0]) {
            double x1 = a[0] + box;
            double bend = Math.min(gap, (b[0] - x1)) / 1.6;
            d = String.format(
                    Locale.ROOT,
                    "M%.0f %.1fC%.0f %.1f %.0f %.1f %d %.1f",
                    x1,
                    y1,
                    x1 + bend,
                    y1,
                    b[0] - bend,
                    y2,
                    b[0],
                    y2);
        } else {
            // Back, or within a column: around the right side.
            double x1 = a[0] + box;
            double x2 = b[0] + box;
            double out1 = Math.max(x1, x2) + gap * 0.6;
            d = String.format(
                    Locale.ROOT,
                    "M%.0f %.1fC%.0f %.1f %.0f %.1f %.0f %.1f",
                    x1,
                    y1 + 8,
                    out1,
                    y1 + 8,
                    out1,
                    y2 - 8,
                    x2,
                    y2 - 8);
        }
        out.raw(String.format(
                Locale.ROOT,
                "<path class=\"edge %s\" stroke-width=\"%.1f\" d=\"%s\"/>",
                e.kind(),
                1.2 + 2 * e.confidence(),
                d));
        boolean on = b[0] > a[0];
        int tip = on ? b[0] : b[0] + box;
        out.raw(String.format(
                Locale.ROOT,
                "<path class=\"tip %s\" d=\"M%d %.1fl%d -5v10z\"/>",
                e.kind(),
                tip,
                on ? y2 : y2 - 8,
                on ? -9 : 9));
    }

    private void badge(Html out, Edge e) {
        if (e.step() == 0) {
            return;
        }
        int[] a = places.get(e.from());
        int[] b = places.get(e.to());
        boolean on = b[0] > a[0];
        double x = on ? b[0] - gap / 2.0 : Math.max(a[0], b[0]) + box + gap * 0.45;
        double share = on ? 1 - gap / 2.0 / Math.max(1, b[0] - a[0] - box) : 0.5;
        double y = BOX_HEIGHT / 2.0 + a[1] + (b[1] - a[1]) * (on ? Math.clamp(share, 0.5, 1) : 0.5);
        out.raw("<a href=\"#")
                .attribute(it.id() + "-" + e.step())
                .raw(String.format(
                        Locale.ROOT,
                        "\" aria-label=\"Step %d\"><circle class=badge cx=%.1f cy=%.1f r=10 /><text class=n"
                                + " text-anchor=middle x=%.1f y=%.1f>%d</text></a>",
                        e.step(),
                        x,
                        y,
                        x,
                        y + 4,
                        e.step()));
    }

    private void node(Html out, Node node, int[] at) {
        String side = switch (node.side()) {
            case CLIENT -> "hit";
            case SUPPLIER -> "sup";
            case OUTSIDE -> "foe";
        };
        int letters = (int) ((box - 20) / 7.2);
        boolean many = node.names().size() > 1;
        out.raw("<rect class=\"box " + side + (node.hostile() ? " hostile" : "") + "\" x=" + at[0] + " y=" + at[1]
                + " width=" + box + " height=" + BOX_HEIGHT + " rx=9><title>");
        out.text(String.join(", ", node.names().stream().limit(40).toList()), 400)
                .raw("</title></rect>");
        String name = many ? node.names().size() + " machines" : node.names().getFirst();
        line(out, "b", at, 20, cut(name, letters));
        Instant time = reached(node);
        boolean root = time == null && node.side() != PathGraph.Side.OUTSIDE;
        List<String> lines = new ArrayList<>();
        if (many) {
            lines.add(String.join(", ", node.names().subList(0, 3)));
        } else if (node.hostile()) {
            lines.add("known hostile");
        } else if (root) {
            lines.add(node.party());
        }
        if (!node.how().isEmpty()) {
            lines.add(node.how());
        }
        if (!node.began().isEmpty()) {
            lines.add(node.began());
        }
        if (time != null) {
            boolean full = lines.size() >= 2;
            String last = TIME.format(time) + (full ? " " + lines.removeLast() : "");
            lines.add(last);
        }
        lines.removeIf(String::isEmpty);
        for (int i = 0; i < Math.min(2, lines.size()); i++) {
            String text = lines.get(i);
            String style = text.equals("known hostile") ? " bad" : text.equals(node.began()) ? " began" : "";
            line(out, "t2" + style, at, 37 + 16 * i, cut(text, letters + 3));
        }
    }

    private @Nullable Instant reached(Node node) {
        for (Incident.Hop hop : hops) {
            if (node.names().contains(hop.to())) {
                return hop.time();
            }
        }
        return null;
    }

    private static void line(Html out, String style, int[] at, int down, String text) {
        if (!text.isEmpty()) {
            out.raw("<text class=\"" + style + "\" x=" + (at[0] + 10) + " y=" + (at[1] + down) + ">")
                    .text(text)
                    .raw("</text>");
        }
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, Math.max(1, most - 1)) + "…" : text;
    }
}
