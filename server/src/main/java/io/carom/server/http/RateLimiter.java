package io.carom.server.http;

import io.carom.server.account.Network;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Counts requests in token buckets: for each one who asks and each {@link Cost}, one that holds a
/// minute's worth and fills evenly. People are known by their account, strangers by their address, of
/// IPv6 by its first 64 bits, which are one customer's.
///
/// Bounds: 16,384 addresses and as many accounts. Who has not asked for a minute has a full bucket, and
/// is forgotten for whoever comes. If there are more addresses than that within a minute, those that
/// come are counted together by their network (/16, of IPv6 /32) in 1,024 buckets that are there from
/// the start; who was there before them keeps their own. For any number of threads.
public final class RateLimiter {
    static final int MOST = 16_384;
    private static final int SHARED_BITS = 10;
    private static final long FULL_MILLIS = 60_000;
    private static final int COSTS = Cost.values().length;

    private final RateLimits limits;
    private final InstantSource clock;
    private final Map<String, Bucket> people = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Bucket> strangers = new LinkedHashMap<>(16, 0.75f, true);
    private final Bucket[] shared = new Bucket[1 << SHARED_BITS];
    /// Nobody outside knows which networks share a bucket.
    private final long seed = new SecureRandom().nextLong() | 1;

    private final AtomicLongArray counts = new AtomicLongArray(4 * COSTS);

    /// What was spent of each cost, at a time.
    private static final class Bucket {
        final double[] spent = new double[COSTS];
        final boolean[] refusing = new boolean[COSTS];
        long at;

        Bucket(long at) {
            this.at = at;
        }
    }

    /// @param seconds to wait before asking again; 0 where one may go on
    /// @param limit a minute
    /// @param first whether the one before of that cost was let through
    public record Taken(int seconds, int limit, boolean first) {
        private static final Taken FREELY = new Taken(0, 0, false);

        public boolean refused() {
            return seconds > 0;
        }
    }

    public RateLimiter(RateLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        Arrays.setAll(shared, i -> new Bucket(clock.millis()));
    }

    /// @param account of who is known for sure
    public Taken person(String account, Cost cost) {
        return take(limits.people(), 0, cost, now -> own(people, account, now, true));
    }

    /// @param address as the socket has it
    public Taken stranger(String address, Cost cost) {
        return take(limits.strangers(), 2 * COSTS, cost, now -> {
            byte[] bits = Network.bits(address);
            Bucket own = own(strangers, Network.name(bits), now, false);
            return own != null ? own : shared[network(bits)];
        });
    }

    private interface Finding {
        @Nullable
        Bucket at(long now);
    }

    private synchronized Taken take(Map<Cost, Integer> by, int counted, Cost cost, Finding finding) {
        Integer limit = by.get(cost);
        if (limit == null || cost == Cost.FREE) {
            counts.incrementAndGet(counted + cost.ordinal());
            return Taken.FREELY;
        }
        long now = clock.millis();
        Bucket bucket = java.util.Objects.requireNonNull(finding.at(now));
        fill(bucket, by, now);
        double over = bucket.spent[cost.ordinal()] + 1 - limit;
        if (over > 1e-9) {
            counts.incrementAndGet(counted + COSTS + cost.ordinal());
            boolean first = !bucket.refusing[cost.ordinal()];
            bucket.refusing[cost.ordinal()] = true;
            return new Taken((int) Math.max(1, Math.ceil(over * FULL_MILLIS / limit / 1000)), limit, first);
        }
        counts.incrementAndGet(counted + cost.ordinal());
        bucket.spent[cost.ordinal()]++;
        bucket.refusing[cost.ordinal()] = false;
        return Taken.FREELY;
    }

    /// A clock that is set back fills nothing, and counts on from there.
    private static void fill(Bucket bucket, Map<Cost, Integer> by, long now) {
        long passed = Math.max(0, now - bucket.at);
        bucket.at = now;
        for (Map.Entry<Cost, Integer> one : by.entrySet()) {
            int i = one.getKey().ordinal();
            bucket.spent[i] = Math.max(0, bucket.spent[i] - (double) passed * one.getValue() / FULL_MILLIS);
        }
    }

    /// The bucket of one; null where there is no room for another.
    ///
    /// @param always whether the one who has not asked for longest gives way although their bucket is
    ///     not full
    private static @Nullable Bucket own(Map<String, Bucket> all, String who, long now, boolean always) {
        Bucket known = all.get(who);
        if (known != null) {
            return known;
        }
        while (all.size() >= MOST) {
            Map.Entry<String, Bucket> eldest = all.entrySet().iterator().next();
            if (!always && Math.abs(now - eldest.getValue().at) < FULL_MILLIS) {
                return null;
            }
            all.remove(eldest.getKey());
        }
        Bucket made = new Bucket(now);
        all.put(who, made);
        return made;
    }

    private int network(byte[] bits) {
        byte[] wide = Arrays.copyOf(bits, bits.length / 2);
        return (int) ((new BigInteger(1, wide).longValue() + wide.length * (1L << 40)) * seed >>> 64 - SHARED_BITS);
    }

    /// How many requests of a cost were let through or refused since the start.
    public long count(boolean ofPeople, boolean refused, Cost cost) {
        return counts.get((ofPeople ? 0 : 2 * COSTS) + (refused ? COSTS : 0) + cost.ordinal());
    }

    /// For how many it counts now, apart from the shared buckets.
    public synchronized int held() {
        return people.size() + strangers.size();
    }
}
