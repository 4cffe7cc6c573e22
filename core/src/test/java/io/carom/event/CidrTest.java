package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
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

    @Test
    void anAddressHasOneTextOfItsOwn() {
        String[][] texts = {
            // RFC 5952, 4 and 5.
            {"2001:0db8::0001", "2001:db8::1"},
            {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
            {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
            {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
            {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
            {"2001:DB8::A", "2001:db8::a"},
            {"0:0:0:0:0:0:0:0", "::"},
            {"0:0:0:0:0:0:0:1", "::1"},
            {"1:0:0:0:0:0:0:0", "1::"},
            {"::FFFF:192.0.2.1", "192.0.2.1"},
            {"fe80::1%12", "fe80::1"},
            {"010.001.002.003", "10.1.2.3"},
            {"10.1.2.3", "10.1.2.3"},
            {"0.0.0.0", "0.0.0.0"},
            {"01.example.com", "01.example.com"},
            {"a:b", "a:b"},
            {"", ""}
        };
        for (String[] text : texts) {
            assertEquals(text[1], Cidr.plain(text[0]), text[0]);
        }
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int group = 0; group < 8; group++) {
                text.append(group == 0 ? "" : ":")
                        .append(Integer.toHexString(random.nextInt(3) * random.nextInt(32768)));
            }
            String plain = Cidr.plain(text.toString());
            assertEquals(plain, Cidr.plain(plain));
            assertTrue(Arrays.equals(Cidr.address(text.toString()), Cidr.address(plain)), text.toString());
        }
    }
}
