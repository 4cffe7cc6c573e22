package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class AttackTechniquesTest {
    @Test
    void techniquesHaveNames() {
        assertEquals("Trusted Relationship", AttackTechniques.name("T1199"));
        assertEquals("Remote Desktop Protocol", AttackTechniques.name("T1021.001"));
        assertEquals("Indicator Removal from Tools", AttackTechniques.name("T1066"), "taken out, still in rules");
        assertNull(AttackTechniques.name("T9999"));
    }
}
