package io.carom.cli;

import io.carom.mail.MailHistory;
import io.carom.mail.MailScanner;
import io.carom.mail.MailVerdict;
import io.carom.mail.structure.MailCutter;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// Is this mail phishing, and why?
@Command(
        name = "scan",
        header = {
            "Says of each mail whether it is phishing, with its reasons, the weightiest first. Nothing is fetched or run.",
            "",
            "  carom mail scan reported/ --parties parties.yaml",
            "  carom mail scan --json --dns answers.zone --fail-on phishing - < mail.eml",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailScanCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, MailVerdict.Verdict> LEVELS = Map.of(
            "suspicious", MailVerdict.Verdict.SUSPICIOUS,
            "medium", MailVerdict.Verdict.SUSPICIOUS,
            "phishing", MailVerdict.Verdict.PHISHING,
            "high", MailVerdict.Verdict.PHISHING);

    @Mixin
    Common common = new Common();

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Mails (EML), mailboxes (mbox), Maildir, folders, globs, or - for standard input; archives"
                    + " and compression are opened in place.")
    List<String> paths = new ArrayList<>();

    @Mixin
    MailReading reading = new MailReading();

    @Option(
            names = "--fail-on",
            paramLabel = "VERDICT",
            description = "Exit with 10 if a mail is this or worse: suspicious (or medium), phishing (or high).")
    @Nullable
    String failOn;

    private final Map<MailVerdict.Verdict, Long> counts = new LinkedHashMap<>();
    private int strange;

    @Override
    public Integer call() throws Exception {
        MailVerdict.Verdict bar = bar();
        MailScanner scanner = new MailScanner(reading.settings(common, paths));
        MailHistory history = new MailHistory();
        PrintWriter out = common.out();
        Inputs.Listing listing = Inputs.list(paths);
        listing.missing().forEach(this::strange);
        Inputs.Visitor visitor = new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                long mails = MailCutter.cut(bytes, (mail, number, envelope, cut) -> {
                    MailVerdict verdict = scanner.scan(mail, envelope, cut, history);
                    print(path, number, verdict, out);
                });
                if (mails == 0) {
                    strange(path + ": empty");
                }
            }

            @Override
            public void refused(String path, String reason) {
                strange(path + ": " + reason);
            }
        };
        Set<Path> named = reading.named();
        for (String file : listing.files()) {
            boolean mail = !Path.of(file).endsWith("parties.yaml")
                    && !named.contains(Path.of(file).toAbsolutePath().normalize());
            if (mail) {
                Inputs.readOne(file, visitor);
            }
        }
        out.flush();
        long all = counts.values().stream().mapToLong(n -> n).sum();
        common.note(Shown.count(all) + " mails: " + Shown.count(counts.getOrDefault(MailVerdict.Verdict.PHISHING, 0L))
                + " phishing, " + Shown.count(counts.getOrDefault(MailVerdict.Verdict.SUSPICIOUS, 0L))
                + " suspicious, " + Shown.count(counts.getOrDefault(MailVerdict.Verdict.CLEAN, 0L)) + " clean.");
        boolean found = bar != null && counts.keySet().stream().anyMatch(v -> v.compareTo(bar) >= 0);
        return found ? Exit.FOUND : strange > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private MailVerdict.@Nullable Verdict bar() {
        String level = failOn;
        if (level == null) {
            return null;
        }
        MailVerdict.Verdict bar = LEVELS.get(level.toLowerCase(Locale.ROOT));
        if (bar == null) {
            CommandLine program = java.util.Objects.requireNonNull(common.spec).commandLine();
            throw new CommandLine.ParameterException(
                    program, "--fail-on: no verdict is named \"" + level + "\"; expected suspicious or phishing");
        }
        return bar;
    }

    private void strange(String what) {
        strange++;
        common.fault("not read: " + Shown.text(what, 400));
    }

    private void print(String path, long number, MailVerdict verdict, PrintWriter out) {
        if (!verdict.isMail()) {
            strange(path + ": no mail; expected a header with From, Subject, Received or Message-ID");
            return;
        }
        counts.merge(verdict.verdict(), 1L, Long::sum);
        String place = number == 1 ? path : path + "#" + number;
        if (common.json) {
            out.println(JSON.writeValueAsString(MailVerdictJson.of(path, number, verdict)));
            return;
        }
        out.println(String.format(
                Locale.ROOT,
                "[%s %.0f %%] %s",
                verdict.verdict().label(),
                verdict.score() * 100,
                Shown.text(verdict.subject().isEmpty() ? "(no subject)" : verdict.subject(), 120)));
        out.println("    from " + Shown.text(verdict.from().isEmpty() ? "nobody" : verdict.from(), 120) + ", in "
                + Shown.text(place, 200));
        if (!verdict.isSuspicious()) {
            return;
        }
        for (MailVerdict.Seen seen : verdict.reasons()) {
            String details = String.join(" | ", seen.details());
            out.println(String.format(
                    Locale.ROOT,
                    "    %+5.1f  %s%s",
                    seen.reason().weight(),
                    seen.reason().text(),
                    details.isEmpty() ? "" : ": " + Shown.text(details, 200)));
        }
        for (String note : verdict.auth().notes()) {
            out.println("           " + Shown.text(note, 200));
        }
        for (String cut : verdict.cut()) {
            out.println("           not looked at: " + Shown.text(cut, 200));
        }
    }
}
