package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TuningReaderTest {
    @Test
    void aDecisionSaysWhatWhoWhyAndUntilWhen() {
        Tuning.Read read = TuningReader.read("tuning.yaml", """
                - rule: 20F0EE37-5942-4e45-b7d5-c5b5db9df5cd
                  when: {Image|endswith: '\\backup.exe'}
                  until: 2027-03-31
                  by: ines
                  why: ordered backup job
                  suppress: true
                - {rule: any, until: 2027-01-01, by: ines, why: new site, level: low}
                """);
        assertEquals(List.of(), read.faults());
        Tuning first = read.tunings().getFirst();
        assertEquals(Set.of("20f0ee37-5942-4e45-b7d5-c5b5db9df5cd"), first.rules());
        assertEquals(
                new Expression.Test(
                        "Image",
                        new Match.Text(TextPattern.literal("\\backup.exe").suffix(), false)),
                first.when());
        assertEquals(LocalDate.of(2027, 3, 31), first.until());
        assertNull(first.level());
        assertEquals(Level.LOW, read.tunings().get(1).level());
        assertEquals(Set.of(), read.tunings().get(1).rules());
    }

    /// A decision that somebody did not finish is not one about all rules.
    @Test
    void whatNamesNoRuleOrWaitsForValuesIsRefused() {
        Tuning.Read read = TuningReader.read("tuning.yaml", """
                - {rule: [], until: 2027-03-31, by: ines, why: x, suppress: true}
                - {rule: null, until: 2027-03-31, by: ines, why: x, suppress: true}
                - {rule: a, rule: b, until: 2027-03-31, by: ines, why: x, suppress: true}
                - {rule: a, until: 2027-03-31, by: ines, why: x, suppress: true, when: {User|expand: '%Admins%'}}
                - {rule: a, until: 2027-03-31, by: ines, why: x, suppress: True}
                """);
        assertEquals(1, read.tunings().size());
        assertEquals(5, read.tunings().getFirst().line());
        assertEquals(
                List.of(
                        "tuning.yaml:1:10: \"rule\" names none: give the id of a rule, a list of ids, or any",
                        "tuning.yaml:2:10: \"rule\" names none: give the id of a rule, a list of ids, or any",
                        "tuning.yaml:3:13: \"rule\" stands twice",
                        "tuning.yaml:4:72: a decision is given no values for placeholders; write out Admins"),
                read.faults().stream().map(RuleFault::toString).toList());
    }

    @Test
    void whatIsMissingOrWrongIsToldWithItsPlace() {
        Tuning.Read read = TuningReader.read("tuning.yaml", """
                - {rule: a, until: 2027-03-31, by: ines, suppress: true}
                - {rule: a, by: ines, why: x, suppress: true}
                - {rule: a, until: soon, by: ines, why: x, suppress: true}
                - {rule: a, until: 2027-03-31, by: ines, why: x}
                - {rule: a, until: 2027-03-31, by: ines, why: x, level: hihg}
                - {rule: a, untill: 2027-03-31}
                - {rule: a, until: 2027-03-31, by: ines, why: x, suppress: true, when: {A|contian: b}}
                """);
        assertEquals(List.of(), read.tunings());
        assertEquals(
                List.of(
                        "tuning.yaml:1:3: \"why\" is missing: who decided, and why, is kept with the decision",
                        "tuning.yaml:2:3: \"until\" is missing: no decision is for ever. Give the last day, such as 2027-03-31",
                        "tuning.yaml:3:20: \"until\" is no day: expected such as 2027-03-31, found \"soon\"",
                        "tuning.yaml:4:3: say either \"suppress: true\" or a \"level\"",
                        "tuning.yaml:5:57: level \"hihg\" is unknown. Did you mean \"high\"?",
                        "tuning.yaml:6:13: \"untill\" is unknown. Did you mean \"until\"?",
                        "tuning.yaml:7:73: modifier \"contian\" is unknown. Did you mean \"contains\"?"),
                read.faults().stream().map(RuleFault::toString).toList());
    }
}
