package io.carom.observe;

import io.carom.observe.Observation.Contact;

/// Knows a contact again that another event told of: a firewall beside a sensor, or the end of a
/// connection behind
/// its beginning.
///
/// Two contacts of one client are the same if their addresses and ports are and they began within {@link
/// #APART}. A
/// fixed table: what it forgets is told twice. Not safe for use by many threads.
public final class Conversations {
    /// Clocks of two sensors, and the whole seconds of firewalls, in milliseconds.
    static final long APART = 10_000;

    private static final int SLOTS = 1 << 18;

    private final long[] keys = new long[SLOTS];
    private final long[] times = new long[SLOTS];

    /// The observation, marked if it was told before.
    public Observation told(Observation observation) {
        if (!(observation instanceof Contact c) || c.srcPort() <= 0 || c.dstPort() < 0) {
            return observation;
        }
        long key = Keys.of(
                Keys.of(c.origin().client().hashCode(), c.src().hash(), c.dst().hash()),
                c.srcPort() * 65_536L + c.dstPort());
        int slot = (int) key & SLOTS - 1;
        boolean again = keys[slot] == key && Math.abs(c.time() - times[slot]) <= APART;
        if (again) {
            return c.told();
        }
        keys[slot] = key;
        times[slot] = c.time();
        return observation;
    }
}
