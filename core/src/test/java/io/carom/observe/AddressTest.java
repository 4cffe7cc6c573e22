package io.carom.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class AddressTest {
    private static Address of(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    @Test
    void theSameAddressIsToldByTheSameText() {
        for (String[] pair : new String[][] {
            {"2001:DB8:0:0:0:0:0:7", "2001:db8::7"},
            {"::ffff:10.1.2.3", "10.1.2.3"},
            {"fe80::1%eth0", "fe80::1"}
        }) {
            assertEquals(of(pair[1]), of(pair[0]));
            assertEquals(pair[1], of(pair[0]).text());
        }
        assertNull(Address.of("acme.example"));
        assertNull(Address.of("%12"));
    }
}
