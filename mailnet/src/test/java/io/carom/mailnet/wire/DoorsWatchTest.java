package io.carom.mailnet.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DoorsWatchTest {
    @Test
    void ofIpv6ANetworkIsOneSource() {
        try (Doors doors = new Doors(100, 2, Patience.USUAL)) {
            assertEquals("", doors.enter("2001:db8:0:1:0:0:0:1"));
            assertEquals("", doors.enter("2001:db8:0:1:abcd:0:0:2"));
            assertEquals(
                    "2001:db8:0:1::/64 has 2 connections that are not signed in", doors.enter("2001:db8:0:1:0:0:0:3"));
            assertEquals("", doors.enter("2001:db8:0:2:0:0:0:1"));
            doors.known("2001:db8:0:1:0:0:0:1");
            assertEquals("", doors.enter("2001:db8:0:1:0:0:0:4"));
            assertEquals("", doors.enter("192.0.2.1"));
            assertEquals("", doors.enter("192.0.2.2"));
        }
    }

    @Test
    void aLookThatFailsIsNotTheLast() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(2);
        try (Doors doors = new Doors(100, 2, Patience.USUAL)) {
            doors.also(() -> {
                looks.countDown();
                throw new AssertionError("broken");
            });
            assertTrue(looks.await(1, TimeUnit.MINUTES));
            assertTrue(doors.failures() > 0);
        }
    }
}
