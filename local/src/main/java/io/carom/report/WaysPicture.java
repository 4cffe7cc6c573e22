package io.carom.report;

import io.carom.incident.Incident;
import io.carom.party.Party;
import io.carom.trace.Ledger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Who reaches whom: suppliers on the left, clients in the middle, hostile addresses on the right; links
/// between. An SVG.
final class WaysPicture {
    private static final int WIDTH = 1060;
    private static final int BOX = 190;
    private static final int HIGH = 52;
    private static final int GAP = 22;
    private static final int MAX_ROWS = 12;
    private static final int MAX_EDGES = 40;

    private record Edge(String from, String to, String label, String kind, long count) {}

    private final ReportInput in;
    private final List<Ledger.Pair> pairs;

    WaysPicture(ReportInput in, List<Ledger.Pair> pairs) {
        this.in = in;
        this.pairs = pairs;
    }

    /// Draws it; nothing where there is no client to draw.
    void draw(Html out) {
        Set<String> clients = new LinkedHashSet<>();
        Set<String> foes = new LinkedHashSet<>();
        Set<String> hit = new LinkedHashSet<>();
        Map<String, Edge> edges = new LinkedHashMap<>();
        for (Incident incident : in.incidents()) {
            if (incident.severity().compareTo(Incident.Severity.MEDIUM) < 0) {
                continue;
            }
            clients.add(incident.client());
            hit.add(incident.client());
            incident.indicators().forEach(i -> {
                if (foes.size() < MAX_ROWS) {
                    foes.add(i);
                }
                if (foes.contains(i)) {
                    edge(edges, new Edge(incident.client(), i, "", "foe", 1));
                }
            });
        }
        Set<String> suppliers = new LinkedHashSet<>();
        for (Incident incident : in.incidents()) {
            if (incident.entry().party() != null && incident.entry().confidence() >= 0.5) {
                suppliers.add(incident.entry().party());
            }
        }
        for (Ledger.Pair pair : pairs) {
            if (pair.link() == null) {
                continue;
            }
            String supplier = in.parties().links().stream()
                    .filter(l -> l.name().equals(pair.link()) && l.client().equals(pair.client()))
                    .map(l -> l.supplier())
                    .findFirst()
                    .orElse("not declared");
            suppliers.add(supplier);
            clients.add(pair.client());
            boolean entry = in.incidents().stream()
                    .anyMatch(i -> i.client().equals(pair.client())
                            && pair.link().equals(i.entry().link())
                            && i.entry().confidence() >= 0.5);
            edge(edges, new Edge(supplier, pair.client(), pair.link(), entry ? "in" : "", pair.count()));
        }
        if (clients.isEmpty() || edges.isEmpty()) {
            return;
        }
        draw(out, rows(suppliers), rows(clients), rows(foes), hit, edges);
    }

    private static List<String> rows(Set<String> names) {
        return names.stream().limit(MAX_ROWS).toList();
    }

    private static void edge(Map<String, Edge> edges, Edge edge) {
        edges.merge(
                edge.from + "\0" + edge.to + "\0" + edge.label,
                edge,
                (a, b) -> new Edge(a.from, a.to, a.label, a.kind, a.count + b.count));
    }

    private void draw(
            Html out,
            List<String> suppliers,
            List<String> clients,
            List<String> foes,
            Set<String> hit,
            Map<String, Edge> all) {
        int rows = Math.max(clients.size(), Math.max(suppliers.size(), foes.size()));
        int height = 30 + rows * (HIGH + GAP) - GAP;
        out.raw("<div class=pic tabindex=0 role=region aria-label=\"Who reaches whom\"><svg role=img viewBox=\"0 0 "
                + WIDTH
                + " " + height
                + "\" aria-label=\"Suppliers, their links into clients, and hostile addresses the clients"
                + " were in touch with\">");
        int middle = (WIDTH - BOX) / 2;
        int right = WIDTH - BOX - 2;
        out.raw("<text class=t2 x=2 y=14>Suppliers</text><text class=t2 x=" + middle + " y=14>Clients</text>");
        if (!foes.isEmpty()) {
            out.raw("<text class=t2 x=" + right + " y=14>Known hostile</text>");
        }
        List<Edge> edges = new ArrayList<>(all.values());
        edges.sort(Comparator.comparing((Edge e) -> e.kind.isEmpty()).thenComparing(e -> -e.count));
        List<Edge> drawn = edges.stream().limit(MAX_EDGES).toList();
        Html labels = new Html();
        // Edges end beside one another at their client, in the order of where they come from.
        Map<String, List<Edge>> endings = new LinkedHashMap<>();
        drawn.stream()
                .sorted(Comparator.comparingInt(e -> suppliers.indexOf(e.from)))
                .forEach(e ->
                        endings.computeIfAbsent(e.to, k -> new ArrayList<>()).add(e));
        for (Edge edge : drawn) {
            boolean foe = edge.kind.equals("foe");
            int a = (foe ? clients : suppliers).indexOf(edge.from);
            int b = (foe ? foes : clients).indexOf(edge.to);
            if (a < 0 || b < 0) {
                continue;
            }
            List<Edge> beside = endings.getOrDefault(edge.to, List.of(edge));
            double apart = beside.size() < 2 ? 0 : Math.min(20, (HIGH - 14.0) / (beside.size() - 1));
            double shift = foe ? 0 : (beside.indexOf(edge) - (beside.size() - 1) / 2.0) * apart;
            double y1 = y(a, foe ? clients.size() : suppliers.size(), rows) + HIGH / 2.0;
            double y2 = y(b, foe ? foes.size() : clients.size(), rows) + HIGH / 2.0 + shift;
            int x1 = (foe ? middle : 2) + BOX;
            int x2 = foe ? right : middle;
            // Level for its last part, where its name stands.
            double flat = foe ? x2 : x2 - 150;
            double bend = (flat - x1) / 2.0;
            out.raw(String.format(
                    Locale.ROOT,
                    "<path class=\"edge %s\" stroke-width=\"%.1f\" d=\"M%d %.1fC%.1f %.1f %.1f %.1f %.1f %.1fH%d\"/>",
                    edge.kind,
                    1.2 + Math.min(5, Math.log10(edge.count + 1)),
                    x1,
                    y1,
                    x1 + bend,
                    y1,
                    x1 + bend,
                    y2,
                    flat,
                    y2,
                    x2));
            if (!edge.label.isEmpty()) {
                labels.raw(String.format(Locale.ROOT, "<text class=lab text-anchor=end x=%d y=%.1f>", x2 - 8, y2 - 5))
                        .text(edge.label.length() > 24 ? edge.label.substring(0, 23) + "…" : edge.label)
                        .raw("</text>");
            }
        }
        out.raw(labels.toString());
        boxes(out, suppliers, 2, rows, name -> "sup", name -> "");
        boxes(out, clients, middle, rows, name -> hit.contains(name) ? "hit" : "", name -> incidents(name));
        boxes(out, foes, right, rows, name -> "foe", name -> "");
        out.raw("</svg></div>");
    }

    private String incidents(String client) {
        long count = in.incidents().stream()
                .filter(i -> i.client().equals(client) && i.severity().compareTo(Incident.Severity.MEDIUM) >= 0)
                .count();
        String role = in.parties()
                        .named(client)
                        .map(Party::role)
                        .filter(r -> r == Party.Role.US)
                        .isPresent()
                ? "us; "
                : "";
        return role + (count == 0 ? "no incident" : count == 1 ? "1 incident" : count + " incidents");
    }

    private interface Of {
        String name(String name);
    }

    private static int y(int row, int of, int rows) {
        return 26 + row * (HIGH + GAP) + (rows - of) * (HIGH + GAP) / 2;
    }

    private static void boxes(Html out, List<String> names, int x, int rows, Of kind, Of note) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            int y = y(i, names.size(), rows);
            String below = note.name(name);
            out.raw("<rect class=\"box " + kind.name(name) + "\" x=" + x + " y=" + y + " width=" + BOX + " height="
                    + HIGH + " rx=8 />");
            out.raw("<text class=b x=" + (x + 12) + " y=" + (y + (below.isEmpty() ? 28 : 20)) + ">")
                    .text(name.isEmpty() ? "not declared" : name.length() > 23 ? name.substring(0, 22) + "…" : name)
                    .raw("</text>");
            if (!below.isEmpty()) {
                out.raw("<text class=t2 x=" + (x + 12) + " y=" + (y + 37) + ">")
                        .text(below)
                        .raw("</text>");
            }
        }
    }
}
