package io.carom.report;

import io.carom.incident.Incident;
import io.carom.incident.TimeSpread;
import io.carom.trace.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// When it happened: a lane for each client with its findings, the supplier links that were in use, where
/// incidents begin, and from when to when there are logs at all. An SVG.
final class TimelinePicture {
    private static final int WIDTH = 1060;
    private static final int LEFT = 170;
    private static final int RIGHT = 12;
    private static final int BINS = 140;
    private static final int MAX_LANES = 12;
    private static final int MAX_LINKS = 4;
    private static final int BARS = 46;

    private final ReportInput in;
    private final List<Ledger.Pair> pairs;
    private long from;
    private long to;

    TimelinePicture(ReportInput in, List<Ledger.Pair> pairs) {
        this.in = in;
        this.pairs = pairs;
        range();
    }

    /// From when to when is drawn: where 98 of 100 findings and 99 of 100 records lie, so that one wrong
    /// clock does not press the rest into a line.
    private void range() {
        long[] bounds = {Long.MAX_VALUE, Long.MIN_VALUE};
        in.findings().times().values().forEach(t -> widen(bounds, t, 0.01));
        long[] logs = {Long.MAX_VALUE, Long.MIN_VALUE};
        in.reach().spreads().values().forEach(m -> m.values().forEach(t -> widen(logs, t, 0.005)));
        if (bounds[0] > bounds[1]) {
            bounds[0] = logs[0];
            bounds[1] = logs[1];
        } else if (logs[0] <= logs[1]) {
            // Logs of a year around an hour of findings would hide the hour.
            long span = Math.max(bounds[1] - bounds[0], Duration.ofHours(12).toMillis());
            bounds[0] = Math.max(Math.min(logs[0], bounds[0]), bounds[0] - 2 * span);
            bounds[1] = Math.min(Math.max(logs[1], bounds[1]), bounds[1] + 2 * span);
        }
        if (bounds[0] > bounds[1]) {
            return;
        }
        long margin = Math.max((bounds[1] - bounds[0]) / 60, 600_000);
        from = bounds[0] - margin;
        to = bounds[1] + margin;
    }

    private static void widen(long[] bounds, TimeSpread times, double trimmed) {
        long dropped = (long) (times.total() * trimmed);
        Map<Long, Long> slots = times.slots();
        long before = 0;
        for (Map.Entry<Long, Long> slot : slots.entrySet()) {
            if (before + slot.getValue() > dropped) {
                bounds[0] = Math.min(bounds[0], Math.max(slot.getKey(), times.first()));
                break;
            }
            before += slot.getValue();
        }
        long after = 0;
        for (Map.Entry<Long, Long> slot : new TreeMap<>(slots).descendingMap().entrySet()) {
            if (after + slot.getValue() > dropped) {
                bounds[1] = Math.max(bounds[1], Math.min(slot.getKey() + times.width(), times.last()));
                break;
            }
            after += slot.getValue();
        }
    }

    boolean empty() {
        return to <= from;
    }

    private double x(long time) {
        return LEFT + (double) (time - from) / (to - from) * (WIDTH - LEFT - RIGHT);
    }

    private static String px(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    void draw(Html out) {
        Set<String> clients = new LinkedHashSet<>();
        in.incidents().forEach(i -> clients.add(i.client()));
        clients.addAll(in.findings().times().keySet());
        clients.addAll(in.reach().spreads().keySet());
        List<String> lanes = clients.stream().limit(MAX_LANES).toList();
        List<Map<String, List<Ledger.Pair>>> links = new ArrayList<>();
        int height = 30;
        for (String client : lanes) {
            Map<String, List<Ledger.Pair>> ofClient = links(client);
            links.add(ofClient);
            height += laneHeight(ofClient);
        }
        out.raw("<div class=pic tabindex=0 role=region aria-label=\"Timeline\"><svg role=img viewBox=\"0 0 " + WIDTH
                + " " + height + "\" aria-label=\"Findings over time by client, with the supplier links in use\">");
        int y = 26;
        axis(out, height - 6);
        for (int i = 0; i < lanes.size(); i++) {
            lane(out, lanes.get(i), i, y, links.get(i));
            y += laneHeight(links.get(i));
        }
        out.raw("</svg></div>");
        if (clients.size() > MAX_LANES) {
            out.raw("<p class=note>")
                    .raw(Html.number(clients.size() - MAX_LANES))
                    .raw(" more clients are not drawn.</p>");
        }
    }

    private static int laneHeight(Map<String, List<Ledger.Pair>> links) {
        return BARS + 26 + links.size() * 16;
    }

    /// The client's links that were in use in the time drawn, those of incidents first.
    private Map<String, List<Ledger.Pair>> links(String client) {
        Map<String, List<Ledger.Pair>> all = new LinkedHashMap<>();
        in.incidents().stream()
                .filter(i -> i.client().equals(client) && i.entry().link() != null)
                .forEach(i -> all.put(String.valueOf(i.entry().link()), new ArrayList<>()));
        for (Ledger.Pair pair : pairs) {
            if (pair.client().equals(client) && pair.link() != null && pair.last() >= from && pair.first() <= to) {
                all.computeIfAbsent(pair.link(), l -> new ArrayList<>()).add(pair);
            }
        }
        Map<String, List<Ledger.Pair>> some = new LinkedHashMap<>();
        all.forEach((link, its) -> {
            if (some.size() < MAX_LINKS && !its.isEmpty()) {
                some.put(link, its);
            }
        });
        return some;
    }

    private void axis(Html out, int bottom) {
        Duration span = Duration.ofMillis(to - from);
        long hours = Math.max(1, span.toHours());
        long step = 1;
        for (long candidate :
                new long[] {1, 2, 3, 6, 12, 24, 48, 72, 96, 24 * 7, 24 * 14, 24 * 30, 24 * 90, 24 * 365}) {
            step = candidate;
            if (hours / candidate <= 9) {
                break;
            }
        }
        while (hours / step > 12) {
            step *= 2;
        }
        DateTimeFormatter form = DateTimeFormatter.ofPattern(
                step < 24 ? "d MMM HH:mm" : step < 24 * 300 ? "d MMM uuuu" : "uuuu", Locale.ENGLISH);
        ZonedDateTime at = Instant.ofEpochMilli(from).atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS);
        for (int i = 0; i < 10_000 && at.toInstant().toEpochMilli() <= to; i++, at = at.plusHours(step)) {
            long time = at.toInstant().toEpochMilli();
            if (time < from) {
                continue;
            }
            double x = x(time);
            out.raw("<line class=axis x1=" + px(x) + " x2=" + px(x) + " y1=20 y2=" + bottom + " />");
            if (x < WIDTH - 60) {
                out.raw("<text class=t2 x=" + px(x + 3) + " y=14>")
                        .text(form.format(at))
                        .raw("</text>");
            }
        }
    }

    private void lane(Html out, String client, int index, int y, Map<String, List<Ledger.Pair>> links) {
        out.raw("<text class=b x=4 y=" + (y + 22) + ">")
                .text(client.isEmpty() ? "no client" : client, 20)
                .raw("</text>");
        TimeSpread times = in.findings().times().get(client);
        long total = times == null ? 0 : times.total();
        out.raw("<text class=t2 x=4 y=" + (y + 38) + ">")
                .number(total, "finding", "findings")
                .raw("</text>");
        out.raw("<rect class=lane x=" + LEFT + " y=" + y + " width=" + (WIDTH - LEFT - RIGHT) + " height=" + BARS
                + " />");
        if (times != null) {
            bars(out, times, index, y);
        }
        coverage(out, client, y + BARS + 2);
        int below = y + BARS + 8;
        for (Map.Entry<String, List<Ledger.Pair>> link : links.entrySet()) {
            out.raw("<text class=t2 x=4 y=" + (below + 10) + ">over ")
                    .text(link.getKey(), 22)
                    .raw("</text>");
            spans(out, link.getValue(), false, below);
            Set<String> reached = new LinkedHashSet<>();
            in.incidents().stream()
                    .filter(i -> i.client().equals(client)
                            && link.getKey().equals(i.entry().link()))
                    .flatMap(i -> i.path().stream())
                    .filter(h -> link.getKey().equals(h.link()))
                    .forEach(h -> reached.add(h.to()));
            spans(
                    out,
                    link.getValue().stream()
                            .filter(p -> reached.contains(p.dst()))
                            .toList(),
                    true,
                    below);
            below += 16;
        }
        int drawn = 0;
        for (Incident incident : Masthead.grave(in.incidents())) {
            long first = incident.firstSeen().toEpochMilli();
            if (incident.client().equals(client) && first >= from && first <= to && drawn++ < 40) {
                double x = x(first);
                out.raw("<a href=\"#")
                        .attribute(incident.id())
                        .raw("\"><path class=mark d=\"M" + px(x - 5) + " " + (y - 1) + "h10l-5 9z\"><title>")
                        .text(incident.title(), 160)
                        .raw("</title></path></a>");
            }
        }
    }

    private void bars(Html out, TimeSpread times, int index, int y) {
        long[] counts = new long[BINS];
        // Slots are hours: in a picture of less than a week they are wider than a bin.
        double bin = (double) (to - from) / BINS;
        int wide = (int) Math.max(1, Math.ceil(times.width() / bin));
        times.slots().forEach((begin, count) -> {
            long middle = begin + times.width() / 2;
            if (middle >= from && middle < to) {
                counts[(int) ((middle - from) / bin) / wide * wide] += count;
            }
        });
        long most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        double unit = (double) (WIDTH - LEFT - RIGHT) / BINS;
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                double h = 4 + (BARS - 6) * Math.log1p(counts[i]) / Math.log1p(most);
                out.raw("<rect class=c" + index % 6 + " x=" + px(LEFT + i * unit) + " y=" + px(y + BARS - h) + " width="
                                + px(Math.min(unit * wide, WIDTH - RIGHT - LEFT - i * unit) - 1) + " height=" + px(h)
                                + "><title>"
                                + Html.number(counts[i]) + " from ")
                        .text(Instant.ofEpochMilli(from + (long) (i * bin))
                                .truncatedTo(ChronoUnit.MINUTES)
                                .toString())
                        .raw("</title></rect>");
            }
        }
    }

    /// A thin line where the client's logs have records.
    private void coverage(Html out, String client, int y) {
        boolean[] had = new boolean[BINS];
        double bin = (double) (to - from) / BINS;
        in.reach()
                .spreads()
                .getOrDefault(client, Map.of())
                .values()
                .forEach(t -> t.slots().keySet().forEach(begin -> {
                    long end = begin + t.width();
                    if (end > from && begin < to) {
                        int first = (int) Math.max(0, (begin - from) / bin);
                        int last = (int) Math.min(BINS - 1, (end - 1 - from) / bin);
                        for (int i = first; i <= last; i++) {
                            had[i] = true;
                        }
                    }
                }));
        double unit = (double) (WIDTH - LEFT - RIGHT) / BINS;
        for (int i = 0; i < BINS; i++) {
            int run = i;
            while (run < BINS && had[run]) {
                run++;
            }
            if (run > i) {
                out.raw("<rect class=had x=" + px(LEFT + i * unit) + " y=" + y + " width=" + px((run - i) * unit)
                        + " height=3 />");
                i = run;
            }
        }
    }

    private void spans(Html out, List<Ledger.Pair> its, boolean entry, int y) {
        double until = -1;
        List<Ledger.Pair> ordered = new ArrayList<>(its);
        ordered.sort(java.util.Comparator.comparingLong(Ledger.Pair::first));
        double begin = -1;
        for (Ledger.Pair pair : ordered) {
            double a = Math.max(LEFT, x(pair.first()));
            double b = Math.min(WIDTH - RIGHT, Math.max(x(pair.last()), a + (entry ? 7 : 3)));
            if (begin < 0) {
                begin = a;
            } else if (a > until + 1) {
                span(out, begin, until, entry, y);
                begin = a;
            }
            until = Math.max(until, b);
        }
        if (begin >= 0) {
            span(out, begin, until, entry, y);
        }
    }

    private static void span(Html out, double a, double b, boolean entry, int y) {
        out.raw("<rect class=\"span" + (entry ? " in" : "") + "\" x=" + px(a) + " y=" + (y + 3) + " width=" + px(b - a)
                + " height=7 rx=2 />");
    }
}
