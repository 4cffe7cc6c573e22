package io.carom.cli;

import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import io.carom.intel.pattern.Answer;
import io.carom.intel.pattern.ObservedData;
import io.carom.intel.pattern.Pattern;
import io.carom.intel.pattern.PatternException;
import io.carom.intel.pattern.StixVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// STIX patterns tried on observations.
@Command(
        name = "match",
        header = {
            "Tries STIX patterns on observations: NDJSON of {\"pattern\",\"observed\":[…],\"spec\"}.",
            "",
            "  carom intel match patterns.ndjson",
            "  carom intel match - --json < patterns.ndjson",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelMatchCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "PATH", description = "NDJSON: files, folders, globs, archives; - for standard input.")
    String path = "";

    private int wrong;

    @Override
    public Integer call() throws IOException {
        PathInputs.read(path, this::lines, what -> {
            wrong++;
            common.fault("not read: " + Shown.text(what, 400));
        });
        return wrong == 0 ? Exit.DONE : Exit.SOME_REJECTED;
    }

    private void lines(String of, InputStream bytes) throws IOException {
        int number = 0;
        BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            // What Windows writes may begin with a mark.
            line = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
            if (line.isBlank()) {
                continue;
            }
            try {
                match(line);
            } catch (JacksonException | IllegalArgumentException e) {
                wrong++;
                String why = e instanceof JacksonException j ? j.getOriginalMessage() : e.getMessage();
                common.fault(Shown.text(of, 300) + ":" + number + ": " + Shown.text(String.valueOf(why), 200)
                        + "; expected {\"pattern\",\"observed\":[…],\"spec\"}. The line is left out.");
            }
        }
    }

    private void match(String line) {
        if (!(JsonTree.of(line) instanceof JsonValue.Members members)) {
            throw new IllegalArgumentException("no JSON object");
        }
        String text = members.text("pattern");
        if (text == null) {
            throw new IllegalArgumentException("no \"pattern\"");
        }
        ObjectNode out = (ObjectNode) JSON.readTree(line);
        String spec = members.text("spec", StixVersion.V2_1.label());
        StixVersion version = StixVersion.of(spec);
        if (version == null) {
            List<String> known =
                    Arrays.stream(StixVersion.values()).map(StixVersion::label).toList();
            throw new IllegalArgumentException("no version of STIX is \"" + spec + "\": " + String.join(" or ", known));
        }
        switch (answer(text, version, members)) {
            case Answer.Matched matched -> out.put("matched", true).put("message", "");
            case Answer.Unmatched unmatched -> out.put("matched", false).put("message", "");
            case Answer.Undecided undecided -> out.put("matched", "error").put("message", undecided.reason());
        }
        if (common.json) {
            common.out().println(JSON.writeValueAsString(out));
        } else {
            String message = out.get("message").asString();
            common.out()
                    .println(String.format(
                                    Locale.ROOT, "%-6s", out.get("matched").asString())
                            + Shown.text(text, 160)
                            + (message.isEmpty() ? "" : "  (" + Shown.text(message, 200) + ")"));
        }
    }

    private static Answer answer(String text, StixVersion version, JsonValue.Members members) {
        try {
            return Pattern.parse(text, version).match(ObservedData.of(members.items("observed")));
        } catch (PatternException | ObservedData.Fault e) {
            return new Answer.Undecided(String.valueOf(e.getMessage()));
        }
    }
}
