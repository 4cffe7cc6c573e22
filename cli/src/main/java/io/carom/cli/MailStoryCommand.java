package io.carom.cli;

import io.carom.lake.Lake;
import io.carom.phishing.PhishStories;
import io.carom.phishing.PhishStory;
import io.carom.phishing.PhishTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// From a phish to its story.
@Command(
        name = "story",
        header = {
            "Who got a phish, who opened or answered it, who was signed in where afterwards; what to pull back, what to",
            "tell the registrar, what to tell people. From the mails and incidents that the home keeps.",
            "",
            "  carom mail story \"<20260202.1@bad.example>\"",
            "  carom mail story 20260202.1@bad.example --out phish-17 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailStoryCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "MESSAGE-ID", description = "Of one of its mails, as the header has it.")
    String messageId = "";

    @Option(names = "--client", paramLabel = "NAME", description = "Only these clients' mail (default: all).")
    List<String> clients = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Where pull-back.csv, take-down.txt and warning.txt go.")
    @Nullable
    Path out;

    @Override
    public Integer call() throws Exception {
        Set<String> seen = new LinkedHashSet<>(clients);
        if (seen.isEmpty()) {
            try (Lake lake = Lake.open(common.home())) {
                seen.addAll(lake.clients());
            }
        }
        PhishStory story = new PhishStories(common.home()).of(messageId, seen);
        if (story == null) {
            throw new IOException("no mail with the id \"" + Shown.text(messageId, 200)
                    + "\" is kept in this home; \"carom investigate PATH\" or \"carom ingest PATH\" keeps mails");
        }
        if (out != null) {
            write(story, out);
        }
        if (common.json) {
            common.out().println(JSON.writeValueAsString(json(story)));
        } else {
            print(story);
        }
        return Exit.DONE;
    }

    private static void write(PhishStory story, Path out) throws IOException {
        Files.createDirectories(out);
        StringBuilder csv = new StringBuilder("client,message_id,time,to\n");
        for (PhishStory.Message message : story.messages()) {
            for (String to : message.to().isEmpty() ? List.of("") : message.to()) {
                csv.append(cell(message.client()))
                        .append(',')
                        .append(cell(message.messageId()))
                        .append(',')
                        .append(message.time())
                        .append(',')
                        .append(cell(to))
                        .append('\n');
            }
        }
        Files.writeString(out.resolve("pull-back.csv"), csv);
        Files.writeString(out.resolve("take-down.txt"), PhishTexts.takeDown(story));
        Files.writeString(out.resolve("warning.txt"), PhishTexts.warning(story));
    }

    /// A cell that a spreadsheet takes for text, whatever it begins with.
    private static String cell(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}]", " ");
        String safe = !clean.isEmpty() && "=+-@\t".indexOf(clean.charAt(0)) >= 0 ? "'" + clean : clean;
        return "\"" + safe.replace("\"", "\"\"") + "\"";
    }

    private Map<String, Object> json(PhishStory story) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("from", story.from());
        line.put("subject", story.subject());
        List<Map<String, Object>> messages = new ArrayList<>();
        for (PhishStory.Message message : story.messages()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("client", message.client());
            one.put("message_id", message.messageId());
            one.put("time", message.time().toString());
            one.put("to", message.to());
            messages.add(one);
        }
        line.put("messages", messages);
        line.put("urls", story.urls());
        line.put("hosts", story.hosts());
        line.put("sent_from", story.senders());
        List<Map<String, Object>> deeds = new ArrayList<>();
        for (PhishStory.Deed deed : story.deeds()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("client", deed.client());
            one.put("kind", deed.kind());
            one.put("time", deed.time());
            one.put("who", deed.who());
            one.put("text", deed.text());
            deeds.add(one);
        }
        line.put("deeds", deeds);
        line.put("incidents", story.incidents());
        line.put("take_down", PhishTexts.takeDown(story));
        line.put("warning", PhishTexts.warning(story));
        return line;
    }

    private void print(PhishStory story) {
        Set<String> readers = new TreeSet<>();
        story.messages().forEach(m -> readers.addAll(m.to()));
        common.out().println("\"" + Shown.text(story.subject(), 160) + "\" from " + Shown.text(story.from(), 160));
        common.out()
                .println(Shown.count(story.messages().size()) + " mails to " + Shown.count(readers.size())
                        + " people; incidents: "
                        + (story.incidents().isEmpty() ? "none" : String.join(", ", story.incidents())));
        common.out().println();
        common.out().println("What came of it:");
        if (story.deeds().isEmpty()) {
            common.out().println("  nothing that these logs show");
        }
        for (PhishStory.Deed deed : story.deeds()) {
            common.out().println("  " + Shown.text(deed.time(), 40) + "  " + Shown.text(deed.text(), 240));
        }
        common.out().println();
        common.out().println("To pull back:");
        for (PhishStory.Message message : story.messages()) {
            common.out()
                    .println("  " + Shown.text(message.messageId(), 160) + "  "
                            + Shown.text(String.join(", ", message.to()), 160));
        }
        common.out().println();
        common.out().println("For the registrar or host:");
        PhishTexts.takeDown(story).lines().forEach(l -> common.out().println("  " + Shown.text(l, 400)));
        common.out().println();
        common.out().println("For those who got it:");
        PhishTexts.warning(story).lines().forEach(l -> common.out().println("  " + Shown.text(l, 400)));
    }
}
