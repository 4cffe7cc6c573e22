package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.TuningReader;
import io.carom.event.EventBatch;
import io.carom.event.Finding;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import io.carom.source.input.ReadAs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigmaStageTest {
    private static final LogSources SOURCES = LogSources.standard();
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final Input INPUT = new Input(
            "sysmon.ndjson",
            "own",
            TIME,
            "id",
            0,
            new ReadAs("", ZoneOffset.UTC, TIME, Sources.installed().version()));

    /// Process creations of one image, read as the product reads them.
    private static EventBatch batch(int events) throws IOException {
        return batch("00", events);
    }

    private static EventBatch batch(String minute, int events) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < events; i++) {
            lines.append("{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",")
                    .append("\"UtcTime\":\"2026-01-01 00:")
                    .append(minute)
                    .append(":0")
                    .append(i % 10)
                    .append(".000\",\"Hostname\":\"h1\",\"Image\":\"C:\\\\tools\\\\evil.exe\",")
                    .append("\"CommandLine\":\"evil.exe -x\",\"User\":\"u")
                    .append(i)
                    .append("\"}\n");
        }
        EventBatch[] read = {new EventBatch(1 << 16)};
        new InputReader(Sources.installed(), null)
                .read(
                        new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)),
                        new InputContext("sysmon.ndjson", ZoneOffset.UTC, TIME),
                        read[0],
                        (b, n) -> b.rows() == events ? new EventBatch(1 << 16) : b);
        assertEquals(events, read[0].rows());
        return read[0];
    }

    private static RuleSet rules(String... texts) {
        return RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("rules.yml", String.join("\n---\n", texts))));
    }

    private static String rule(String id, String value) {
        return "title: " + id + "\nid: " + id + "\nname: " + id
                + "\nlogsource: {product: windows, category: process_creation}\n"
                + "description: What it is.\nfalsepositives: [Backup]\nreferences: ['https://example.org/1']\n"
                + "tags: [attack.t1059.001]\ndetection: {s: {Image|endswith: '" + value + "'}, condition: s}";
    }

    private static void take(SigmaStage stage, EventBatch batch) throws IOException {
        stage.take(INPUT, batch, new Stage.Position(batch.rows(), 0, ""));
    }

    @Test
    void aFindingSaysWhatTheRuleSaysAndSharesTheRecord() throws IOException {
        List<Finding> found = new ArrayList<>();
        SigmaStage stage =
                new SigmaStage(rules(rule("one", "evil.exe"), rule("two", ".exe")), SOURCES, List.of(), found::add);
        take(stage, batch(1));
        assertEquals(2, found.size());
        Finding first = found.getFirst();
        assertEquals("What it is. Known to be harmless: Backup. See https://example.org/1", first.message());
        assertEquals(List.of("T1059.001"), first.attacks());
        assertEquals("s: Image", first.observables().getFirst().name());
        assertSame(first.evidence(), found.getLast().evidence(), "two rules, one record");
    }

    @Test
    void aFindingSaysNoMoreThanTheRuleKnows() throws IOException {
        List<String> said = new ArrayList<>();
        String rule = rule("one", "evil.exe").replace("What it is.", "What it is");
        SigmaStage stage = new SigmaStage(
                rules(
                        rule.replace("[Backup]", "[Unknown]"),
                        rule.replace("one", "two").replace("references: ['https://example.org/1']\n", "")),
                SOURCES,
                List.of(),
                f -> said.add(f.message()));
        take(stage, batch(1));
        assertEquals(
                List.of("What it is. See https://example.org/1", "What it is. Known to be harmless: Backup."), said);
    }

    @Test
    void rulesAreReplacedAtTheBorderOfABatchWhileTheLineRuns() throws Exception {
        List<Set<String>> batches = new ArrayList<>();
        Set<String> now = new TreeSet<>();
        int[] count = {0};
        SigmaStage stage = new SigmaStage(rules(rule("v0", "evil.exe")), SOURCES, List.of(), finding -> {
            now.add(finding.analytic());
            count[0]++;
        });
        EventBatch batch = batch(50);
        CountDownLatch running = new CountDownLatch(1);
        Thread author = Thread.ofPlatform().start(() -> {
            try {
                running.await();
            } catch (InterruptedException e) {
                return;
            }
            for (int version = 1; version <= 200; version++) {
                stage.replace(rules(rule("v" + version, "evil.exe")), SOURCES, List.of());
            }
        });
        while (author.isAlive() || batches.size() < 200) {
            now.clear();
            count[0] = 0;
            take(stage, batch);
            running.countDown();
            assertEquals(50, count[0], "no event is left out and none is asked twice");
            batches.add(new TreeSet<>(now));
        }
        author.join();
        now.clear();
        take(stage, batch);
        assertTrue(batches.stream().allMatch(b -> b.size() == 1), "one set of rules a batch");
        assertTrue(new TreeSet<>(batches.stream().map(Set::toString).toList()).size() > 1, "it changed on the way");
        assertEquals(Set.of("v200"), now, "the last one stands");
    }

    @Test
    void correlationsKeepWhatTheyHeld() throws IOException {
        String same = "title: Many\nid: many\ncorrelation: {type: event_count, rules: [one], timespan: 1h,"
                + " condition: {gte: 20}}";
        String gone = same.replace("many", "gone").replace("Many", "Gone").replace("20", "10");
        List<String> found = new ArrayList<>();
        SigmaStage stage = new SigmaStage(
                rules(rule("one", "evil.exe"), same, gone), SOURCES, List.of(), f -> found.add(f.title()));
        take(stage, batch(10));
        assertEquals(List.of(), found);
        stage.replace(rules(rule("one", "evil.exe"), same), SOURCES, List.of());
        take(stage, batch(10));
        assertEquals(List.of("Gone"), found, "told as it ends");
        stage.finish();
        assertEquals(List.of("Gone", "Many"), found, "ten before and ten behind");
    }

    @Test
    void changedFilesAreReadAnew(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.yml");
        Files.writeString(file, rule("one", "x"));
        RuleWatch watch = new RuleWatch(List.of(folder), Placeholders.NONE);
        assertTrue(watch.changed().isEmpty());
        Files.writeString(file, rule("one", "x") + "\nauthor: ines");
        assertEquals("ines", watch.changed().orElseThrow().rules().getFirst().author());
        assertTrue(watch.changed().isEmpty());
        Files.writeString(folder.resolve("b.yml"), "title: broken");
        RuleSet set = watch.changed().orElseThrow();
        assertEquals(1, set.rules().size());
        assertEquals(1, set.faults().size());
        Files.delete(file);
        assertEquals(0, watch.changed().orElseThrow().rules().size());
    }

    @Test
    void correlationsAreToldAsTheirWindowsPass() throws IOException {
        String many = "title: Many\nid: many\ncorrelation: {type: event_count, rules: [one], timespan: 1m,"
                + " condition: {gte: 10}}";
        List<String> found = new ArrayList<>();
        SigmaStage stage = new SigmaStage(
                rules(rule("one", "evil.exe"), many), SOURCES, List.of(), f -> found.add(f.title() + f.time()));
        Instant now = Instant.parse("2026-01-01T00:30:00Z");
        stage.tellAsWindowsClose(Duration.ofMinutes(5), () -> now);
        take(stage, batch("00", 10));
        take(stage, batch("05", 1));
        assertEquals(List.of(), found, "something may yet come that shares the window");
        take(stage, batch("59", 1));
        assertEquals(List.of(), found, "an event from the future ends nothing");
        take(stage, batch("07", 1));
        assertEquals(List.of("Many" + (TIME.toEpochMilli() + 9000)), found);
        stage.finish();
        assertEquals(1, found.size());
    }

    @Test
    void decisionsActOnCorrelationsByWhatTheyGroupBy() throws IOException {
        String many = "title: Many\nid: many\nfalsepositives: [Backup]\ncorrelation: {type: event_count, rules: [one],"
                + " group-by: [User], timespan: 1h, condition: {gte: 1}}\nlevel: high";
        String decisions = "- {rule: many, when: {User: u1}, until: 2099-01-01, by: ines, why: hers, suppress: true}\n"
                + "- {rule: many, when: {User: u2}, until: 2099-01-01, by: ines, why: known, level: low}\n";
        List<String> found = new ArrayList<>();
        SigmaStage stage = new SigmaStage(
                rules(rule("one", "evil.exe"), many),
                SOURCES,
                TuningReader.read("tuning.yaml", decisions).tunings(),
                f -> found.add(f.severityId() + " " + f.observables().getFirst().value() + " "
                        + f.message().endsWith("Known to be harmless: Backup.")));
        take(stage, batch(3));
        stage.finish();
        assertEquals(List.of("2 u2 true", "4 u0 true"), found.stream().sorted().toList());
        assertEquals(List.of(1L, 1L), List.copyOf(stage.tuned().values()));
    }

    @Test
    void changedFilesAreAskedFromTheNextBatchOn(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.yml");
        Files.writeString(file, rule("one", "evil.exe"));
        List<Path> files = List.of(folder);
        List<String> found = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        SigmaStage stage = new SigmaStage(
                RuleFiles.read(files, Placeholders.NONE), SOURCES, List.of(), f -> found.add(f.analytic()));
        try (RuleReload reload = new RuleReload(
                new RuleWatch(files, Placeholders.NONE), stage, SOURCES, List.of(), Duration.ofDays(1), notes::add)) {
            take(stage, batch(1));
            assertEquals(List.of("one"), found);
            assertFalse(reload.look());
            Files.writeString(file, rule("another", "evil.exe"));
            Files.writeString(folder.resolve("b.yml"), "title: broken");
            assertTrue(reload.look());
            take(stage, batch(1));
            assertEquals(List.of("one", "another"), found);
            Files.delete(file);
            Files.delete(folder.resolve("b.yml"));
            assertFalse(reload.look());
            take(stage, batch(1));
            assertEquals(List.of("one", "another", "another"), found, "nothing is asked in place of no rules");
            assertEquals("The rule files changed and hold no rules now: those asked before are kept.", notes.getLast());
            Files.writeString(folder.resolve("a.yml.off"), rule("another", "evil.exe"));
            assertTrue(reload.look());
            take(stage, batch(1));
            assertEquals(List.of("one", "another", "another"), found, "the last rule was switched off");
        }
        assertTrue(notes.getFirst().endsWith("The rule is left out."), notes.toString());
        assertEquals("The rule files changed: 1 Sigma rules are asked from now on.", notes.get(1));
        assertEquals("The rule files changed: 0 Sigma rules are asked from now on.", notes.getLast());
    }
}
