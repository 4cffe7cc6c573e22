package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void theMatrixIsWithoutWhatWasTakenOutOfIt() {
        assertEquals(691, AttackTechniques.current().size());
        assertTrue(AttackTechniques.current().containsAll(List.of("T1199", "T1021.001", "T1566")));
        // Indicator Removal from Tools, and PowerShell before it was a part of another.
        assertFalse(AttackTechniques.current().contains("T1066"));
        assertFalse(AttackTechniques.current().contains("T1086"));
        assertEquals(List.of(AttackTactic.EXECUTION), AttackTechniques.tactics("T1086"), "rules still name it");
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
