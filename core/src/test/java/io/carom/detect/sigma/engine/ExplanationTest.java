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
}
