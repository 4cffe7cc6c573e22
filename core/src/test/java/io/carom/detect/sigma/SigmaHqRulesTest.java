package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The rules that the field shares.
class SigmaHqRulesTest {
    static RuleSet read(String archive, String under) {
        RuleReader reader = new RuleReader(Placeholders.NONE);
        List<RuleReader.Documents> files = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : SigmaArchives.files(archive).entrySet()) {
            if (file.getKey().matches(under + ".*\\.ya?ml")) {
                files.add(reader.read(file.getKey(), new String(file.getValue(), StandardCharsets.UTF_8)));
            }
        }
        return RuleSet.of(files);
    }

    @Test
    void everyRuleOfSigmaHqIsRead() {
        RuleSet set = read("sigma/rules.tar.gz", "");
        assertEquals(
                List.of(),
                set.faults().stream()
                        .filter(RuleFault::fatal)
                        .map(RuleFault::toString)
                        .toList());
        assertEquals(3780, set.rules().size());
        List<Rule> waiting =
                set.rules().stream().filter(r -> !r.waitsFor().isEmpty()).toList();
        assertEquals(25, waiting.size());
    }

    @Test
    void whatSigmaTookOutIsRefusedWithItsPlace() {
        RuleSet set = read("endpoint/sigma-extra.tar.gz", "(?!tests)");
        List<RuleFault> refused = set.faults().stream().filter(RuleFault::fatal).toList();
        assertEquals(59, refused.size());
        assertEquals(59, refused.stream().map(RuleFault::file).distinct().count());
        long read = set.rules().stream().map(Rule::file).distinct().count();
        assertEquals(259 - 59, read);
        assertTrue(refused.stream().allMatch(f -> f.line() > 1), "each has a place");
    }
}
