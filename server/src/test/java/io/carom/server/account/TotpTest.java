package io.carom.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
    /// RFC 6238, appendix B, for SHA-1: 8 digits.
    @ParameterizedTest
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void theStandardsOwnValues(long second, String code) {
        byte[] seed = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);
        assertEquals(code, Totp.at(seed, second / Totp.STEP_SECONDS, 8));
    }

    @Test
    void aCodeIsGoodOnceAndForAMinuteAndAHalf() {
        String seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        Instant now = Instant.ofEpochSecond(1_111_111_111);
        String code = Totp.at(Totp.bytes(seed), now.getEpochSecond() / 30, 6);
        long step = Totp.step(seed, code, 0, now);
        assertTrue(step > 0);
        assertEquals(-1, Totp.step(seed, code, step, now), "used");
        assertEquals(step, Totp.step(seed, code, 0, now.plusSeconds(30)));
        assertEquals(-1, Totp.step(seed, code, 0, now.plusSeconds(90)));
        assertEquals(-1, Totp.step(seed, "", 0, now));
        assertEquals(-1, Totp.step(seed, "12345", 0, now));
        assertNotEquals(Totp.seed(), Totp.seed());
        assertEquals(20, Totp.bytes(Totp.seed()).length);
    }

    /// Whoever saw the code that turned them on may not use it.
    @Test
    void theCodeThatProvedASeedIsUsed(@TempDir Path home) throws IOException {
        String seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        Instant now = Instant.ofEpochSecond(1_111_111_111);
        String code = Totp.at(Totp.bytes(seed), now.getEpochSecond() / 30, 6);
        try (Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            Account ana = new Account("ana", null, null, false);
            accounts.put(ana, now);
            people.put(ana, Role.ANALYST, false);
            people.seed("ana", seed, Totp.step(seed, code, 0, now));
            assertFalse(people.totp("ana", code, now));
            String next = Totp.at(Totp.bytes(seed), now.getEpochSecond() / 30 + 1, 6);
            assertTrue(people.totp("ana", next, now.plusSeconds(30)));
        }
    }

    @Test
    void aKeptSecretOpensForItsUseAlone(@TempDir Path home) throws IOException {
        Vault vault = Vault.open(home);
        String sealed = vault.sealed("seed", "totp:ana");
        assertEquals("seed", Vault.open(home).opened(sealed, "totp:ana"));
        assertThrows(IOException.class, () -> vault.opened(sealed, "totp:eve"));
        String changed = (sealed.charAt(20) == 'A' ? "B" : "A");
        assertThrows(
                IOException.class,
                () -> vault.opened(sealed.substring(0, 20) + changed + sealed.substring(21), "totp:ana"));
        assertThrows(IOException.class, () -> vault.opened("", "totp:ana"));
    }
}
