package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DecayTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    private static ThreatIndicator one(IntelType type, String value, int confidence, String... labels) {
        Facts.Draft facts = Facts.at("f:1");
        facts.confidence = confidence;
        facts.made = NOW.minus(Duration.ofDays(30));
        facts.labels.addAll(java.util.List.of(labels));
        return new ThreatIndicator(type, value, facts.done());
    }

    @Test
    void infrastructureFallsAsMispsNidsModelDoes() {
        // 80 · (1 − (t / 120)^(1/2))
        assertEquals(80, Decay.INFRASTRUCTURE.score(80, Duration.ZERO));
        assertEquals(40, Decay.INFRASTRUCTURE.score(80, Duration.ofDays(30)));
        assertEquals(11, Decay.INFRASTRUCTURE.score(80, Duration.ofDays(90)));
        assertEquals(0, Decay.INFRASTRUCTURE.score(80, Duration.ofDays(120)));
        assertEquals(0, Decay.INFRASTRUCTURE.score(80, Duration.ofDays(4000)));
        // 80 · (1 − (1 / 3)^(1/2.3))
        assertEquals(30, Decay.PHISHING.score(80, Duration.ofDays(1)));
    }

    @Test
    void ageIsCountedSinceItsOriginLastSaidSoOrItWasSeen() {
        assertEquals(40, Decay.score(one(IntelType.IP, "203.0.113.9", -1), null, NOW));
        assertEquals(80, Decay.score(one(IntelType.IP, "203.0.113.9", -1), NOW, NOW));
        assertEquals(40, Decay.score(one(IntelType.IP, "203.0.113.9", -1), NOW.minus(Duration.ofDays(99)), NOW));
        assertEquals(50, Decay.score(one(IntelType.IP, "203.0.113.9", 100), null, NOW));
    }

    @Test
    void theKindDecidesHowFast() {
        assertEquals(Decay.PHISHING, Decay.of(one(IntelType.URL, "x.test/a", -1, "kind:Phishing")));
        int hash = Decay.score(one(IntelType.HASH, "a".repeat(64), -1), null, NOW);
        int mail = Decay.score(one(IntelType.EMAIL, "a@x.test", -1), null, NOW);
        int address = Decay.score(one(IntelType.IP, "203.0.113.9", -1), null, NOW);
        assertTrue(hash > mail && mail > address, hash + " " + mail + " " + address);
    }

    @Test
    void whatIsOfTheFutureIsWhole() {
        assertEquals(80, Decay.score(one(IntelType.IP, "203.0.113.9", -1), NOW.plus(Duration.ofDays(9)), NOW));
    }
}
