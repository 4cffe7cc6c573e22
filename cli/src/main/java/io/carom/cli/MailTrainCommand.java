package io.carom.cli;

import io.carom.mail.MailScanner;
import io.carom.mail.MailTraining;
import io.carom.mail.Reasons;
import io.carom.mail.structure.MailCutter;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/// What do reasons weigh in our own mail?
@Command(
        name = "train",
        header = {
            "Fits what reasons weigh to one's own mails, and says honestly how that does on mails it did not see.",
            "",
            "  carom mail train --phish reported/ --ham archive.mbox --out mail-weights.yaml",
            "  carom mail train --phish reported/ --ham archive.mbox --contributions table.csv --out w.yaml --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailTrainCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    MailReading reading = new MailReading();

    @Option(
            names = "--phish",
            paramLabel = "PATH",
            required = true,
            description = "Mails that are phishing. May be given several times.")
    List<String> phish = new ArrayList<>();

    @Option(
            names = "--ham",
            paramLabel = "PATH",
            required = true,
            description = "Mails that are not. May be given several times.")
    List<String> ham = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the weights go.")
    Path out = Path.of("");

    @Option(
            names = "--folds",
            paramLabel = "N",
            description = "Into how many parts mails are split to be held out in turn (default 5).")
    int folds = 5;

    @Option(names = "--contributions", paramLabel = "FILE", description = "A table of what each reason does, as CSV.")
    @org.jspecify.annotations.Nullable
    Path contributions;

    private int strange;

    @Override
    public Integer call() throws Exception {
        if (folds < 2 || folds > 100) {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(common.spec).commandLine(), "--folds: expected from 2 to 100");
        }
        MailScanner.Settings settings = reading.settings(common, List.of());
        MailScanner scanner = new MailScanner(settings);
        List<MailTraining.Sample> samples = new ArrayList<>();
        read(phish, true, scanner, samples);
        read(ham, false, scanner, samples);
        long phishing = samples.stream().filter(MailTraining.Sample::phish).count();
        if (phishing < 20 || samples.size() - phishing < 20) {
            throw new IOException("too few mails to learn from: " + phishing + " phishing, "
                    + (samples.size() - phishing) + " others; give 20 of each at least");
        }
        MailTraining.Score before = MailTraining.score(settings.reasons(), samples);
        MailTraining.Score held = MailTraining.crossValidated(settings.reasons(), samples, folds);
        Reasons fitted = MailTraining.fit(settings.reasons(), samples);
        MailTraining.Score after = MailTraining.score(fitted, samples);
        StringBuilder text = new StringBuilder("# What reasons weigh, fitted to " + phishing + " phishing and "
                + (samples.size() - phishing) + " other mails.\n# On mails it did not see (" + folds + " folds): "
                + held.text() + ".\n");
        fitted.all()
                .forEach((id, reason) -> text.append(id)
                        .append(": {weight: ")
                        .append(reason.weight())
                        .append("}\n"));
        Files.writeString(out, text, StandardCharsets.UTF_8);
        if (contributions != null) {
            Files.writeString(
                    contributions,
                    "reason,weight,phish,others,found only with it\n"
                            + String.join("\n", MailTraining.contributions(fitted, samples)) + "\n",
                    StandardCharsets.UTF_8);
        }
        print(Map.of("before", before, "held_out", held, "on_the_same", after));
        return strange > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private void print(Map<String, MailTraining.Score> scores) {
        for (String name : List.of("before", "held_out", "on_the_same")) {
            MailTraining.Score score = java.util.Objects.requireNonNull(scores.get(name));
            if (common.json) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("weights", name);
                line.put("phish", score.phish());
                line.put("found", score.found());
                line.put("others", score.others());
                line.put("alarms", score.alarms());
                common.out().println(JSON.writeValueAsString(line));
            } else {
                String what = switch (name) {
                    case "before" -> "weights before       ";
                    case "held_out" -> "fitted, on unseen    ";
                    default -> "fitted, on the same  ";
                };
                common.out().println(what + score.text());
            }
        }
    }

    private void read(List<String> paths, boolean phishing, MailScanner scanner, List<MailTraining.Sample> samples)
            throws IOException {
        Inputs.Listing listing = Inputs.list(paths);
        listing.missing().forEach(this::strange);
        Inputs.read(listing, new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                MailCutter.cut(bytes, (mail, number, envelope, cut) -> {
                    MailScanner.Look look = scanner.look(mail, envelope, cut);
                    // The same mails are held out together whatever folder they lie in.
                    int group = java.util.Arrays.hashCode(mail);
                    samples.add(new MailTraining.Sample(look.signs().seen().keySet(), phishing, group));
                });
            }

            @Override
            public void refused(String path, String reason) {
                strange(path + ": " + reason);
            }
        });
    }

    private void strange(String what) {
        strange++;
        common.fault("not read: " + Shown.text(what, 400));
    }
}
