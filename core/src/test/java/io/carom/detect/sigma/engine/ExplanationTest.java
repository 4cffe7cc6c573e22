package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.RuleReader;
import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final String RULE = """
            title: Two commands
            logsource: {category: process_creation, product: windows}
            detection:
                one: {CommandLine|contains: whoami}
                two: {Image|endswith: cmd.exe}
                condition: one or two
            """;

    private static final String EVENT = """
            {"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,\
            "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1",\
            "TimeCreated":{"#attributes":{"SystemTime":"2026-02-01T00:00:00.000Z"}}},\
            "EventData":{"UtcTime":"2026-02-01 00:00:00.000","Image":"%s","CommandLine":"%s"}}}
            """;

    private static String event(String image, String commandLine) {
        return EVENT.formatted(image, commandLine);
    }

    /// A batch is used again for the next events: those have the numbers of rows that others had.
    @Test
    void aRowIsToldFromTheOneThatHadItsNumberInTheSameBatch() throws IOException {
        LogSources sources = LogSources.standard();
        Rules rules = new Rules(
                new RuleReader(Placeholders.NONE).read("rule.yml", RULE).rules(), sources);
        RuleMatcher matcher = new RuleMatcher(rules);
        Explanation explanation = new Explanation(sources);
        List<List<Explanation.Reason>> reasons = new ArrayList<>();
        EventBatch batch = new EventBatch(1 << 16);
        for (String event : List.of(
                event("C:\\\\Windows\\\\notepad.exe", "notepad whoami.txt"),
                event("C:\\\\Windows\\\\cmd.exe", "cmd /c dir"))) {
            new InputReader(Sources.installed(), null)
                    .read(
                            new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
                            new InputContext("a.json", ZoneOffset.UTC, Instant.EPOCH),
                            batch,
                            (filled, records) -> {
                                matcher.match(
                                        filled,
                                        (rule, kind, b, row) -> reasons.add(explanation.of(kind, rule, b, row)));
                                return filled;
                            });
        }
        assertEquals(
                List.of(
                        List.of(new Explanation.Reason("one", "CommandLine", "notepad whoami.txt")),
                        List.of(new Explanation.Reason("two", "Image", "C:\\Windows\\cmd.exe"))),
                reasons);
    }

    private static List<Explanation.Reason> reasons(String detection, String event) throws IOException {
        String rule = "title: x\nlogsource: {category: process_creation, product: windows}\ndetection:\n" + detection;
        LogSources sources = LogSources.standard();
        Rules rules = new Rules(
                new RuleReader(Placeholders.NONE).read("rule.yml", rule).rules(), sources);
        Explanation explanation = new Explanation(sources);
        RuleMatcher matcher = new RuleMatcher(rules);
        List<Explanation.Reason> reasons = new ArrayList<>();
        new InputReader(Sources.installed(), null)
                .read(
                        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
                        new InputContext("a.json", ZoneOffset.UTC, Instant.EPOCH),
                        new EventBatch(1 << 16),
                        (filled, records) -> {
                            matcher.match(
                                    filled, (of, kind, b, row) -> reasons.addAll(explanation.of(kind, of, b, row)));
                            return filled;
                        });
        return reasons;
    }

    @Test
    void aValueIsToldOnceOfAsManyTextsAsItHas() throws IOException {
        assertEquals(
                List.of(new Explanation.Reason("one", "CommandLine", "whoami /all")),
                reasons(
                        "    one: {CommandLine|contains: [nothing, who, whoami, /all]}\n    condition: one\n",
                        event("C:\\\\a.exe", "whoami /all")));
        assertEquals(
                List.of(
                        new Explanation.Reason("one", "CommandLine", "whoami /all"),
                        new Explanation.Reason("one", "Image", "C:\\a.exe")),
                reasons(
                        "    one: [{CommandLine|contains: who}, {Image|endswith: a.exe}, {CommandLine|contains: all}]\n"
                                + "    condition: one\n",
                        event("C:\\\\a.exe", "whoami /all")));
    }

    @Test
    void whatFailsInTheEndIsNotToldNorWhatIsDenied() throws IOException {
        assertEquals(
                List.of(new Explanation.Reason("two", "Image", "C:\\a.exe")),
                reasons(
                        "    one: {CommandLine|contains: who, Image|endswith: b.exe}\n"
                                + "    two: {Image|endswith: a.exe}\n"
                                + "    filter: {CommandLine|contains: [none, of, these]}\n"
                                + "    condition: (one or two) and not filter\n",
                        event("C:\\\\a.exe", "whoami /all")));
    }
}
