package io.carom.mailnet.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// RFC 6238, appendix B, the last six digits of each code.
final class TotpTest {
    private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    @Test
    void theVectorsOfTheRfcHold() {
        assertArrayEquals("12345678901234567890".getBytes(StandardCharsets.US_ASCII), Totp.decoded(SECRET));
        long[] times = {59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000L};
        String[] codes = {"287082", "081804", "050471", "005924", "279037", "353130"};
        for (int i = 0; i < times.length; i++) {
            assertEquals(codes[i], Totp.code(SECRET, Totp.step(Instant.ofEpochSecond(times[i]))));
        }
    }

    @Test
    void aCodeCountsOnceAndForItsNeighbours() {
        Instant now = Instant.ofEpochSecond(1_800_000_000);
        long step = Totp.step(now);
        assertEquals(step, Totp.accepted(SECRET, Totp.code(SECRET, step), now, 0));
        assertEquals(step - 1, Totp.accepted(SECRET, Totp.code(SECRET, step - 1), now, 0));
        assertEquals(step + 1, Totp.accepted(SECRET, Totp.code(SECRET, step + 1), now, 0));
        assertEquals(-1, Totp.accepted(SECRET, Totp.code(SECRET, step), now, step));
        assertEquals(-1, Totp.accepted(SECRET, Totp.code(SECRET, step - 1), now, step));
        assertEquals(-1, Totp.accepted(SECRET, Totp.code(SECRET, step + 9), now, 0));
        assertEquals(-1, Totp.accepted(SECRET, "", now, 0));
    }

    @Test
    void whatIsMadeIsRead() {
        String secret = Totp.secret();
        assertEquals(32, secret.length());
        assertEquals(20, Totp.decoded(secret).length);
    }
}
