package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CidrTest {
    /// As RFC 4632 has it: the first bits are the same.
    private static boolean plainly(byte[] network, int bits, byte[] address) {
        BigInteger both = new BigInteger(1, network).xor(new BigInteger(1, address));
        return both.shiftRight(128 - bits).signum() == 0;
    }

    @Test
    void holdsWhatBeginsWithItsBits() {
        Random random = new Random(7);
        int held = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] network = new byte[16];
            random.nextBytes(network);
            int bits = random.nextInt(129);
            byte[] address = network.clone();
            // One bit differs, before the end of the prefix or behind it.
            int at = random.nextInt(128);
            address[at / 8] ^= (byte) (0x80 >> at % 8);
            boolean contains = new Cidr(network, bits).contains(address);
            assertEquals(plainly(network, bits, address), contains, bits + " bits, differs at " + at);
            held += contains ? 1 : 0;
        }
        assertTrue(held > 50_000 && held < 150_000);
    }

    @Test
    void everybodysNetworkHoldsAllAndAnAddressAloneItself() {
        byte[] one = Cidr.address("2001:db8::1");
        byte[] other = Cidr.address("10.0.0.1");
        assertTrue(Cidr.of("::/0").contains(one) && Cidr.of("::/0").contains(other));
        assertTrue(Cidr.of("10.0.0.1").contains(other));
        assertFalse(Cidr.of("10.0.0.2").contains(other));
        assertFalse(Cidr.of("10.0.0.1").contains(new byte[] {10, 0, 0, 1}));
    }
}
