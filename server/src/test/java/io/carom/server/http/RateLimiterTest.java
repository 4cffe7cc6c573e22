package io.carom.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final RateLimits LIMITS =
            new RateLimits(Map.of(Cost.READ, 60, Cost.COSTLY, 6), Map.of(Cost.READ, 30));

    private Instant now = Instant.parse("2026-03-04T05:06:07Z");
    private final RateLimiter limiter = new RateLimiter(LIMITS, () -> now);

    private int letThrough(String account, Cost cost, int asked) {
        int through = 0;
        for (int i = 0; i < asked; i++) {
            through += limiter.person(account, cost).refused() ? 0 : 1;
        }
        return through;
    }

    private int strangers(String address, int asked) {
        int through = 0;
        for (int i = 0; i < asked; i++) {
            through += limiter.stranger(address, Cost.READ).refused() ? 0 : 1;
        }
        return through;
    }

    @Test
    void aMinutesWorthMayComeAtOnceAndIsThereAgainEvenly() {
        assertEquals(60, letThrough("ana", Cost.READ, 100));
        RateLimiter.Taken taken = limiter.person("ana", Cost.READ);
        assertEquals(1, taken.seconds());
        assertEquals(60, taken.limit());
        assertFalse(taken.first(), "of many that are refused one behind the other the first is told of");
        now = now.plusSeconds(10);
        assertEquals(10, letThrough("ana", Cost.READ, 100));
        now = now.plusMillis(500);
        assertEquals(0, letThrough("ana", Cost.READ, 10));
        now = now.plusMillis(500);
        assertEquals(1, letThrough("ana", Cost.READ, 10));
        now = now.plus(Duration.ofDays(3));
        assertEquals(60, letThrough("ana", Cost.READ, 100), "never more than a minute's worth");
    }

    /// Whoever waits as long as they are told is let through, and who waits a second less is not.
    @Test
    void whatIsToldToWaitIsEnoughAndNotMore() {
        assertEquals(6, letThrough("ana", Cost.COSTLY, 7));
        int seconds = limiter.person("ana", Cost.COSTLY).seconds();
        assertEquals(10, seconds);
        now = now.plusSeconds(seconds - 1);
        assertTrue(limiter.person("ana", Cost.COSTLY).refused());
        now = now.plusSeconds(1);
        assertFalse(limiter.person("ana", Cost.COSTLY).refused());
    }

    @Test
    void eachPersonEachAddressAndEachCostIsCountedByItself() {
        assertEquals(60, letThrough("ana", Cost.READ, 100));
        assertEquals(6, letThrough("ana", Cost.COSTLY, 100));
        assertEquals(60, letThrough("gina", Cost.READ, 100));
        assertEquals(30, strangers("192.0.2.1", 100));
        assertEquals(30, strangers("192.0.2.2", 100));
        assertEquals(100, letThrough("ana", Cost.CHANGE, 100), "of what has no limit there is any number");
        assertEquals(100, letThrough("ana", Cost.FREE, 100));
        assertEquals(120, limiter.count(true, false, Cost.READ));
        assertEquals(80, limiter.count(true, true, Cost.READ));
        assertEquals(60, limiter.count(false, false, Cost.READ));
        assertEquals(140, limiter.count(false, true, Cost.READ));
    }

    /// A customer has all addresses of a /64: they are one.
    @Test
    void addressesOfOneSlash64AreOne() {
        assertEquals(30, strangers("2001:db8:1:2::1", 20) + strangers("[2001:db8:1:2:ffff:ffff:ffff:ffff]", 20));
        assertEquals(30, strangers("2001:db8:1:3::1", 40), "the next /64 is another");
        assertEquals(30, strangers("fe80::1%eth0", 40));
        assertEquals(30, strangers("::ffff:192.0.2.9", 20) + strangers("192.0.2.9", 20), "IPv4 written as IPv6");
        assertEquals(30, strangers("no address", 20) + strangers("", 20));
    }

    @Test
    void aClockThatIsSetBackLocksNobodyOutForLong() {
        assertEquals(60, letThrough("ana", Cost.READ, 100));
        now = now.minus(Duration.ofDays(30));
        assertEquals(0, letThrough("ana", Cost.READ, 10));
        now = now.plusSeconds(5);
        assertEquals(5, letThrough("ana", Cost.READ, 10));
    }

    /// However many addresses come, no more is held; and who was there before keeps what is theirs.
    @Test
    void manyAddressesTakeUpNoMoreRoom() {
        Random random = new Random(7);
        assertEquals(10, strangers("198.51.100.1", 10));
        assertEquals(60, letThrough("ana", Cost.READ, 60));
        int most = 0;
        for (int i = 0; i < 10 * RateLimiter.MOST; i++) {
            // One network of a provider, by each of its customers.
            limiter.stranger(
                    "2001:db8:" + Integer.toHexString(i >>> 16) + ":" + Integer.toHexString(i & 0xFFFF) + "::"
                            + Integer.toHexString(random.nextInt(1 << 16)),
                    Cost.READ);
            most = Math.max(most, limiter.held());
        }
        assertEquals(RateLimiter.MOST + 1, most, "addresses, and one account");
        assertEquals(20, strangers("198.51.100.1", 40), "what this address had spent is not forgotten");
        assertEquals(0, letThrough("ana", Cost.READ, 10), "nor what a person had");
        // Those for whom there is no room share what their network has.
        assertTrue(strangers("2001:db8:ffff:1::1", 10) + strangers("2001:db8:ffff:2::1", 10) == 0);
        assertEquals(60, letThrough("gina", Cost.READ, 100), "people are let through meanwhile");
        // A minute later all of that is old, and there is room again.
        now = now.plusSeconds(60);
        assertEquals(30, strangers("2001:db8:ffff:1::1", 40));
        assertEquals(30, strangers("2001:db8:ffff:2::1", 40));
        assertEquals(RateLimiter.MOST + 2, limiter.held());
    }

    @Test
    void manyAccountsTakeUpNoMoreRoomEither() {
        for (int i = 0; i < 3 * RateLimiter.MOST; i++) {
            assertFalse(limiter.person("p" + i, Cost.READ).refused());
        }
        assertEquals(RateLimiter.MOST, limiter.held());
    }

    @Test
    void aLimitOfNothingIsNone() {
        assertThrows(IllegalArgumentException.class, () -> new RateLimits(Map.of(Cost.READ, 0), Map.of()));
        assertThrows(IllegalArgumentException.class, () -> new RateLimits(Map.of(Cost.FREE, 5), Map.of()));
    }
}
