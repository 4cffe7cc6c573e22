package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.observe.Address;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Origin;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private static final long T = 1_750_000_000_000L;
    private static final long HOUR = 3_600_000;

    private static Lease lease(long time, String host, String mac, boolean ended) {
        return new Lease(
                new Origin("acme", 0, 1, 1, 4004),
                time,
                Objects.requireNonNull(Address.of("10.20.1.5")),
                null,
                host,
                mac,
                "",
                Lease.Kind.DHCP,
                0,
                ended);
    }

    private static String at(Leases leases, long time) {
        Lease lease = leases.at("10.20.1.5", time);
        return lease == null ? "nobody" : lease.host();
    }

    @Test
    void whatIsClearedAwayLateWasSomebodyElses() {
        Leases leases = new Leases();
        leases.add(lease(T, "ws1", "00:0c:29:00:00:01", false));
        leases.add(lease(T + 2 * HOUR, "ws2", "00:0c:29:00:00:02", false));
        leases.add(lease(T + 3 * HOUR, "ws1.acme.example", "000c29000001", true));
        assertEquals("ws2", at(leases, T + 9 * HOUR));
        leases.add(lease(T + 10 * HOUR, "", "000c29000002", true));
        assertEquals("nobody", at(leases, T + 14 * HOUR));
    }

    @Test
    void whoGivesBackAtOnceHadItForAMoment() {
        Leases leases = new Leases();
        leases.add(lease(T, "ws1", "", false));
        leases.add(lease(T, "ws1", "", true));
        assertEquals("nobody", at(leases, T + 9 * HOUR));
    }
}
