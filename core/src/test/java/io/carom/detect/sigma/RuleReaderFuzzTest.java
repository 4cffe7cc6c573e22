package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.Mutation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// A rule file of any content gives rules, or faults that say where they are.
class RuleReaderFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of("""
                title: Remote service
                id: 6a0c6f3a-5f0b-4f2b-9a39-1c9c5b0f7d11
                status: test
                level: high
                logsource: {product: windows, category: process_creation}
                detection:
                  selection:
                    Image|endswith: ['\\psexesvc.exe', '\\paexec.exe']
                    CommandLine|contains|all: ['-s', '-d']
                    User|re: '^CLIENT\\\\.*$'
                  filter:
                    ParentImage|cidr: 10.0.0.0/8
                  condition: selection and not 1 of filter*
                falsepositives: [administrators]
                tags: [attack.t1021.002]
                """, """
                title: Many failures
                id: 6a0c6f3a-5f0b-4f2b-9a39-1c9c5b0f7d12
                correlation:
                  type: value_count
                  rules: [a, b]
                  group-by: [User]
                  timespan: 5m
                  condition: {field: Computer, gte: 10}
                ---
                title: Not the scanner
                logsource: {product: windows}
                filter:
                  rules: [a]
                  selection: {User|base64offset|contains: scan}
                  condition: not selection
                """).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void anyText(byte[] bytes) {
        holds(bytes);
    }

    @Test
    void spoiltRulesAreFaultsWithTheirPlace() {
        List<byte[]> samples = seeds().toList();
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 1000; i++) {
            holds(Mutation.of(samples, random));
        }
    }

    private static void holds(byte[] bytes) {
        RuleReader.Documents read =
                new RuleReader(Placeholders.NONE).read("rule.yml", new String(bytes, StandardCharsets.UTF_8));
        read.faults().forEach(fault -> assertFalse(fault.toString().isBlank()));
        RuleSet.of(List.of(read));
    }
}
