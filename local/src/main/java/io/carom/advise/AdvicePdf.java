package io.carom.advise;

import io.carom.intel.Tlp;
import io.carom.respond.DutyClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// The page as PDF, for those to whom only that can be sent.
final class AdvicePdf {
    private AdvicePdf() {}

    static byte[] of(Advice in) throws IOException {
        CRC32 id = new CRC32();
        id.update((in.client() + in.made()).getBytes(StandardCharsets.UTF_8));
        String footer = "Advice for " + in.client() + ", as of " + minute(in.made()) + " UTC";
        try (PdfPaper paper = new PdfPaper(
                "Advice for " + in.client(), in.tlp().label(), colour(in.tlp()), footer, in.made(), id.getValue())) {
            paper.title("Advice for " + in.client());
            if (!in.sender().isEmpty()) {
                paper.soft("From " + in.sender() + (in.contact().isEmpty() ? "" : ", " + in.contact()));
            }
            paper.paragraph(in.headline()).heading("What to do first");
            int n = 0;
            for (Advice.Action action :
                    in.actions().stream().limit(Advice.TO_DO).toList()) {
                paper.item(++n + ".", action.text());
            }
            more(paper, in.actions().size() - n);
            if (n == 0) {
                paper.paragraph("Nothing is to be done beyond looking at what is told below.");
            }
            for (Advice.Case it : in.incidents().stream().limit(Advice.IN_FULL).toList()) {
                incident(paper, it);
            }
            others(paper, in);
            indicators(paper, in);
            unknown(paper, in);
            duties(paper, in);
            paper.soft(in.tlp().label() + ": " + AdvicePage.meaning(in.tlp()));
            return paper.done();
        }
    }

    private static float[] colour(Tlp tlp) {
        return switch (tlp) {
            case CLEAR -> new float[] {1, 1, 1};
            case GREEN -> new float[] {0.2f, 1, 0};
            case AMBER, AMBER_STRICT -> new float[] {1, 0.753f, 0};
            case RED -> new float[] {1, 0.169f, 0.169f};
        };
    }

    private static String minute(@Nullable Instant time) {
        return time == null ? "–" : CaseParts.MINUTES.format(time);
    }

    private static void incident(PdfPaper paper, Advice.Case it) throws IOException {
        paper.heading("What was seen: " + it.id());
        paper.paragraph(it.severity() + ", " + it.status() + ". " + it.headline());
        for (String restated : it.restated()) {
            paper.paragraph(restated);
        }
        paper.subheading("How it came in").paragraph(it.entry());
        if (!it.before().isEmpty()) {
            paper.soft(it.before());
        }
        if (it.elsewhere()) {
            paper.soft("The same was seen elsewhere; you are not the only one.");
        }
        if (!it.hops().isEmpty()) {
            paper.subheading("Its path");
            for (Advice.Hop hop : it.hops()) {
                paper.item(
                        "→",
                        minute(hop.time()) + "  " + hop.from() + " to " + hop.to()
                                + (hop.via().isEmpty() ? "" : " by " + hop.via())
                                + (hop.account().isEmpty() ? "" : " as " + hop.account())
                                + (hop.confidence() > 0
                                        ? String.format(Locale.ROOT, " (%.2f)", hop.confidence())
                                        : ""));
            }
        }
        if (!it.found().isEmpty()) {
            paper.subheading("What speaks for it");
            List<List<String>> rows = new ArrayList<>();
            for (Advice.Found found : it.found()) {
                rows.add(
                        List.of(minute(found.first()), found.title(), found.affected(), String.valueOf(found.count())));
            }
            paper.table(new float[] {0.2f, 0.5f, 0.22f, 0.08f}, List.of("First", "What", "At", "Times"), rows);
        }
    }

    private static void others(PdfPaper paper, Advice in) throws IOException {
        if (in.incidents().size() <= Advice.IN_FULL) {
            return;
        }
        paper.heading("Other incidents");
        List<List<String>> rows = new ArrayList<>();
        in.incidents().stream()
                .skip(Advice.IN_FULL)
                .limit(Advice.LINES)
                .forEach(it -> rows.add(
                        List.of(it.id(), it.severity(), minute(it.first()), minute(it.last()), it.headline())));
        paper.table(
                new float[] {0.15f, 0.09f, 0.15f, 0.15f, 0.46f},
                List.of("Incident", "Severity", "First", "Last", "What"),
                rows);
        more(paper, in.incidents().size() - Advice.IN_FULL - Advice.LINES);
    }

    private static void more(PdfPaper paper, long n) throws IOException {
        if (n > 0) {
            paper.soft(Advice.more(n));
        }
    }

    private static void indicators(PdfPaper paper, Advice in) throws IOException {
        paper.heading("Indicators seen at " + in.client());
        if (in.indicators().isEmpty()) {
            paper.paragraph("None: what was found was found by what it does.");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Advice.Seen seen : in.indicators()
                .subList(0, Math.min(Advice.LINES, in.indicators().size()))) {
            Tlp tlp = seen.indicator().facts().tlp();
            String pap = seen.indicator().facts().pap();
            rows.add(List.of(
                    seen.indicator().type().label(),
                    seen.indicator().value(),
                    String.valueOf(seen.count()),
                    minute(seen.first()),
                    minute(seen.last()),
                    String.join(", ", seen.sources()),
                    (tlp == null ? "" : tlp.label()) + (pap.isEmpty() ? "" : " PAP:" + pap)));
        }
        paper.table(
                new float[] {0.08f, 0.28f, 0.08f, 0.15f, 0.15f, 0.12f, 0.14f},
                List.of("Kind", "Value", "Events", "First seen", "Last seen", "In", "May go to"),
                rows);
        more(paper, in.indicators().size() - Advice.LINES);
    }

    private static void unknown(PdfPaper paper, Advice in) throws IOException {
        paper.heading("What we do not know");
        for (String unknown : in.unknown()) {
            paper.item("•", unknown);
        }
        if (in.reach().isEmpty()) {
            return;
        }
        paper.subheading("How far back each of your logs was looked at");
        List<List<String>> rows = new ArrayList<>();
        for (Advice.Reach reach : in.reach()) {
            rows.add(List.of(
                    reach.source(),
                    minute(reach.from()),
                    minute(reach.to()),
                    String.format(Locale.ENGLISH, "%,d", reach.events()),
                    String.format(Locale.ENGLISH, "%,d", reach.gone())));
        }
        paper.table(
                new float[] {0.28f, 0.22f, 0.22f, 0.14f, 0.14f},
                List.of("Log", "From", "To", "Events", "No longer kept"),
                rows);
        paper.soft("What happened before, or in logs that are not named here, was not looked at.");
    }

    private static void duties(PdfPaper paper, Advice in) throws IOException {
        List<Advice.Case> dutiful = in.dutiful();
        if (dutiful.isEmpty()) {
            return;
        }
        paper.heading("When somebody must be told");
        paper.soft(
                "Times in UTC. Whether a law applies to this incident is for you to judge; the clocks are those of the"
                        + " laws that are noted for you, counted from when it was detected until you say since when you were aware.");
        for (Advice.Case it : dutiful.subList(0, Math.min(Advice.IN_FULL, dutiful.size()))) {
            List<List<String>> rows = new ArrayList<>();
            for (DutyClock clock : it.duties()) {
                rows.add(List.of(
                        clock.duty().regimeName() + ": " + clock.duty().name(),
                        clock.duty().to(),
                        minute(clock.due()) + (clock.forecast() ? " (forecast)" : ""),
                        clock.state().label(),
                        clock.duty().source()));
            }
            paper.subheading(it.id());
            paper.table(
                    new float[] {0.2f, 0.17f, 0.16f, 0.09f, 0.38f},
                    List.of("Duty", "To", "Due", "State", "Where it is written"),
                    rows);
        }
        more(paper, dutiful.size() - Advice.IN_FULL);
    }
}
