package io.carom.cli;

import io.carom.cli.TracingScore.Claim;
import io.carom.cli.TracingScore.Row;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/// What `carom bench tracing` prints: a line for each scenario, the sums, and how far stated confidence is
/// to be believed.
final class TracingTable {
    private final PrintWriter out;
    private final List<Row> rows = new ArrayList<>();
    private final int days;

    TracingTable(PrintWriter out, int days) {
        this.out = out;
        this.days = days;
    }

    void head() {
        out.println("seed clients  hit named  accused/spared  origin   link  hops right/told  found/true  recon  false"
                + "  seconds");
    }

    void add(Row r) {
        rows.add(r);
        out.println(String.format(
                Locale.ROOT,
                "%4d %7d %4d %5d %10d/%-5d %3d/%-3d %3d/%-3d %10d/%-5d %5d/%-5d %2d/%-3d %5d %8.1f",
                r.seed(),
                r.clients(),
                r.hit(),
                r.named(),
                r.accused(),
                r.spared(),
                r.origins(),
                r.hit(),
                r.links(),
                r.hit(),
                r.hopsRight(),
                r.hopsTold(),
                r.hopsFound(),
                r.hopsTrue(),
                r.recon(),
                r.hit(),
                r.falseIncidents(),
                r.seconds()));
        out.flush();
    }

    private int sum(ToIntFunction<Row> part) {
        return rows.stream().mapToInt(part).sum();
    }

    private void share(String what, int some, int all) {
        out.printf(Locale.ROOT, "%-40s %5.1f %%  (%d of %d)%n", what, 100.0 * some / Math.max(1, all), some, all);
    }

    void sums() {
        int hit = sum(Row::hit);
        int weeks = sum(r -> r.clients() + 1) * days;
        out.println();
        share("hit clients named", sum(Row::named), hit);
        share("clients not hit that were accused", sum(Row::accused), sum(Row::spared));
        share("true origin first", sum(Row::origins), hit);
        share("true link first", sum(Row::links), hit);
        share("hops: precision", sum(Row::hopsRight), sum(Row::hopsTold));
        share("hops: recall", sum(Row::hopsFound), sum(Row::hopsTrue));
        share("reconnaissance found before movement", sum(Row::recon), hit);
        out.printf(
                Locale.ROOT,
                "%-40s %5.2f    (%d in %d client-days)%n",
                "false incidents a client-week",
                sum(Row::falseIncidents) * 7.0 / Math.max(1, weeks),
                sum(Row::falseIncidents),
                weeks);
        curve("the link", Row::entryClaims);
        curve("the origin", Row::originClaims);
        curve("a hop", Row::hopClaims);
        out.flush();
    }

    /// Of all statements with about this confidence, how many there were and how many were right.
    private void curve(String of, Function<Row, List<Claim>> part) {
        List<Claim> all = rows.stream().flatMap(r -> part.apply(r).stream()).toList();
        double brier = all.stream()
                .mapToDouble(c -> Math.pow(c.confidence() - (c.right() ? 1 : 0), 2))
                .average()
                .orElse(0);
        out.printf(Locale.ROOT, "%nconfidence of %s: stated, how often, how often right (Brier %.3f)%n", of, brier);
        for (int band = 0; band < 10; band++) {
            double from = band / 10.0;
            List<Claim> in = all.stream()
                    .filter(c -> c.confidence() >= from && (c.confidence() < from + 0.1 || from >= 0.9))
                    .toList();
            if (!in.isEmpty()) {
                out.printf(
                        Locale.ROOT,
                        "  %.2f  %5d  %.2f%n",
                        in.stream().mapToDouble(Claim::confidence).average().orElse(0),
                        in.size(),
                        in.stream()
                                .mapToDouble(c -> c.right() ? 1 : 0)
                                .average()
                                .orElse(0));
            }
        }
    }

    static String json(Row r) {
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"clients\":%d,\"hit\":%d,\"named\":%d,\"spared\":%d,\"accused\":%d,\"origins\":%d,"
                        + "\"links\":%d,\"hops_right\":%d,\"hops_told\":%d,\"hops_found\":%d,\"hops_true\":%d,"
                        + "\"recon\":%d,\"false_incidents\":%d,\"seconds\":%.1f,\"link_claims\":%s,\"origin_claims\":%s,"
                        + "\"hop_claims\":%s}",
                r.seed(),
                r.clients(),
                r.hit(),
                r.named(),
                r.spared(),
                r.accused(),
                r.origins(),
                r.links(),
                r.hopsRight(),
                r.hopsTold(),
                r.hopsFound(),
                r.hopsTrue(),
                r.recon(),
                r.falseIncidents(),
                r.seconds(),
                claims(r.entryClaims()),
                claims(r.originClaims()),
                claims(r.hopClaims()));
    }

    private static String claims(List<Claim> claims) {
        return "["
                + String.join(
                        ",",
                        claims.stream()
                                .map(c -> "[" + c.confidence() + "," + (c.right() ? 1 : 0) + "]")
                                .toList())
                + "]";
    }
}
