package io.carom.observe;

import io.carom.observe.Observation.Carried;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.Rest;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;

/// Knows connections again: a contact that another event told of (a firewall beside a sensor, the end
/// behind the beginning), and the connection on which a hello or a request was sent.
///
/// Two contacts of one client are the same if their addresses and ports are and they began within {@link
/// #APART}. Firewalls tell of a connection's beginning, of what passed so far, and of its end: of the later
/// ones is told what the earlier ones did not tell ({@link Rest}). What passed on a connection is told with
/// the first hello and the first request on it that come after its beginning. Fixed tables: what they forget
/// is told twice, or not with the request. Takes observations in the order of their times. Not safe for use
/// by many threads.
public final class Conversations implements Serializable {
    private static final long serialVersionUID = 1;

    /// Clocks of two sensors, and the whole seconds of firewalls, in milliseconds.
    static final long APART = 10_000;

    /// A port is seldom used again for the same server sooner, and a connection said to have ended before
    /// then was not this one. Milliseconds.
    static final long LASTS = 3_600_000;

    private static final int SLOTS = 1 << 18;

    private final long[] keys = new long[SLOTS];
    private final long[] times = new long[SLOTS];
    private final long[] out = new long[SLOTS];
    private final long[] in = new long[SLOTS];
    private final long[] duration = new long[SLOTS];
    private final byte[] taken = new byte[SLOTS];

    /// The input that told of it last. States of older versions lack it.
    private int[] by = new int[SLOTS];

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        if (by == null) {
            by = new int[SLOTS];
        }
    }

    public Conversations() {
        Arrays.fill(duration, -1);
    }

    /// As they are now.
    public Conversations copy() {
        Conversations copy = new Conversations();
        System.arraycopy(keys, 0, copy.keys, 0, SLOTS);
        System.arraycopy(times, 0, copy.times, 0, SLOTS);
        System.arraycopy(out, 0, copy.out, 0, SLOTS);
        System.arraycopy(in, 0, copy.in, 0, SLOTS);
        System.arraycopy(duration, 0, copy.duration, 0, SLOTS);
        System.arraycopy(taken, 0, copy.taken, 0, SLOTS);
        System.arraycopy(by, 0, copy.by, 0, SLOTS);
        return copy;
    }

    /// The observation: marked if it was told before, with what its connection carried if that is known.
    public Observation told(Observation observation) {
        return switch (observation) {
            case Contact c -> told(c);
            case Hello h -> {
                Carried carried = carried(h.origin(), h.src(), h.srcPort(), h.dst(), h.dstPort(), h.time(), 1);
                yield carried.equals(Carried.UNKNOWN) ? h : h.on(carried);
            }
            case Request r -> {
                Address dst = r.dst();
                Carried carried = dst == null
                        ? Carried.UNKNOWN
                        : carried(r.origin(), r.src(), r.srcPort(), dst, r.dstPort(), r.time(), 2);
                yield carried.equals(Carried.UNKNOWN) ? r : r.on(carried);
            }
            default -> observation;
        };
    }

    private Observation told(Contact c) {
        // An ICMP type is no port: every ping of a series has the same.
        boolean portless = c.transport() == 1 || c.transport() == 58;
        if (c.again() || portless || c.srcPort() <= 0 || c.dstPort() < 0) {
            return c;
        }
        long key = key(c.origin(), c.src(), c.srcPort(), c.dst(), c.dstPort());
        int slot = (int) key & SLOTS - 1;
        long passedOut = c.wireOut() >= 0 ? c.wireOut() : c.bytesOut();
        long passedIn = c.wireIn() >= 0 ? c.wireIn() : c.bytesIn();
        boolean again = keys[slot] == key && Math.abs(c.time() - times[slot]) <= APART;
        if (again) {
            return again(c, slot, passedOut, passedIn);
        }
        keys[slot] = key;
        times[slot] = c.time();
        out[slot] = passedOut;
        in[slot] = passedIn;
        duration[slot] = c.duration();
        taken[slot] = 0;
        by[slot] = c.origin().input();
        return c;
    }

    private Contact again(Contact c, int slot, long passedOut, long passedIn) {
        boolean another = by[slot] != c.origin().input();
        long moreOut = more(passedOut, out[slot], another);
        long moreIn = more(passedIn, in[slot], another);
        if (moreOut == 0 && moreIn == 0 && c.duration() <= duration[slot]) {
            return c.told();
        }
        boolean none = out[slot] < 0 && in[slot] < 0;
        by[slot] = c.origin().input();
        out[slot] = moreOut > 0 ? passedOut : out[slot];
        in[slot] = moreIn > 0 ? passedIn : in[slot];
        duration[slot] = Math.max(duration[slot], c.duration());
        return c.told(none ? Rest.ALL : Rest.MORE, moreOut, moreIn);
    }

    /// What passed beyond what was told. Of one connection one product counts the headers of packets and another
    /// does not: an eighth more is the same.
    private static long more(long passed, long told, boolean byAnother) {
        long before = Math.max(0, told);
        return passed > before + (byAnother ? before / 8 : 0) ? passed - before : 0;
    }

    private Carried carried(Origin origin, Address src, int srcPort, Address dst, int dstPort, long time, int whose) {
        if (srcPort <= 0 || dstPort < 0) {
            return Carried.UNKNOWN;
        }
        long key = key(origin, src, srcPort, dst, dstPort);
        int slot = (int) key & SLOTS - 1;
        if (keys[slot] != key
                || (taken[slot] & whose) != 0
                || time - times[slot] > Math.max(LASTS, duration[slot] + APART)
                || out[slot] < 0 && in[slot] < 0) {
            return Carried.UNKNOWN;
        }
        taken[slot] |= (byte) whose;
        return new Carried(out[slot], in[slot], duration[slot]);
    }

    private static long key(Origin origin, Address src, int srcPort, Address dst, int dstPort) {
        return Keys.of(Keys.of(origin.client().hashCode(), src.hash(), dst.hash()), srcPort * 65_536L + dstPort);
    }
}
