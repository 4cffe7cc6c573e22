package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttackTechniquesTest {
    @Test
    void techniquesHaveNames() {
        assertEquals("Trusted Relationship", AttackTechniques.name("T1199"));
        assertEquals("Remote Desktop Protocol", AttackTechniques.name("T1021.001"));
        assertEquals("Indicator Removal from Tools", AttackTechniques.name("T1066"), "taken out, still in rules");
        assertNull(AttackTechniques.name("T9999"));
    }

    @Test
    void techniquesServeTacticsInTheOrderOfTheMatrix() {
        assertEquals(List.of(AttackTactic.INITIAL_ACCESS), AttackTechniques.tactics("T1199"));
        assertEquals(
                List.of(
                        AttackTactic.INITIAL_ACCESS,
                        AttackTactic.PERSISTENCE,
                        AttackTactic.PRIVILEGE_ESCALATION,
                        AttackTactic.DEFENSE_EVASION),
                AttackTechniques.tactics("T1078"));
        assertEquals(List.of(), AttackTechniques.tactics("T9999"));
        assertEquals("command-and-control", AttackTactic.COMMAND_AND_CONTROL.shortName());
        assertEquals(AttackTactic.COMMAND_AND_CONTROL, AttackTactic.of("command-and-control"));
    }
}
