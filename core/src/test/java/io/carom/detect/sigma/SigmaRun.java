package io.carom.detect.sigma;

import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/// All of SigmaHQ's rules over bytes as the product reads them: for tests.
final class SigmaRun {
    private static final Rules RULES =
            new Rules(SigmaHqRulesTest.read("sigma/rules.tar.gz", "").rules(), LogSources.standard());

    private SigmaRun() {}

    /// Matches of each rule by its id, an event once.
    static Map<String, Integer> matches(String name, byte[] bytes) {
        Map<String, Integer> matches = new TreeMap<>();
        RuleMatcher matcher = new RuleMatcher(RULES);
        try {
            new InputReader(Sources.installed(), null)
                    .read(
                            new ByteArrayInputStream(bytes),
                            new InputContext(name, ZoneOffset.UTC, Instant.parse("2026-01-01T00:00:00Z")),
                            new EventBatch(1 << 16),
                            (batch, n) -> {
                                matcher.match(batch, (rule, kind, b, row) -> matches.merge(rule.id(), 1, Integer::sum));
                                return batch;
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return matches;
    }

    /// `id:count;id:count` as the truth tables have it.
    static Map<String, Integer> counts(String text) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String one : text.split(";")) {
            if (!one.isBlank()) {
                int colon = one.lastIndexOf(':');
                counts.put(one.substring(0, colon), Integer.parseInt(one.substring(colon + 1)));
            }
        }
        return counts;
    }
}
