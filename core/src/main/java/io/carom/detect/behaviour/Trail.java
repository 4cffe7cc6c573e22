package io.carom.detect.behaviour;

import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/// The latest first contacts of a source, oldest overwritten: to whom, on which port, when, and in which
/// record.
///
/// Flat arrays of 32 bytes an entry that grow to the most it holds.
final class Trail implements Serializable {
    private static final long serialVersionUID = 1;

    /// Which entries are asked for.
    interface Of {
        /// @param host fingerprint of the address contacted
        /// @param port with its transport, as {@link Approach#port} gives it
        /// @param by what {@link #add} was told
        boolean is(int host, int port, int by);
    }

    private final int most;
    private int[] hosts = new int[4];
    private int[] ports = new int[4];
    private int[] by = new int[4];
    private int[] seconds = new int[4];
    private int[] inputs = new int[4];
    private int[] kinds = new int[4];
    private long[] records = new long[4];
    private int size;
    private int next;

    Trail(int most) {
        this.most = most;
    }

    void add(int host, int port, int by, long time, Origin origin) {
        if (size < most && size == hosts.length) {
            int longer = Math.min(most, size * 2);
            hosts = Arrays.copyOf(hosts, longer);
            ports = Arrays.copyOf(ports, longer);
            this.by = Arrays.copyOf(this.by, longer);
            seconds = Arrays.copyOf(seconds, longer);
            inputs = Arrays.copyOf(inputs, longer);
            kinds = Arrays.copyOf(kinds, longer);
            records = Arrays.copyOf(records, longer);
        }
        int at = size < most ? size++ : next;
        next = (at + 1) % most;
        hosts[at] = host;
        ports[at] = port;
        this.by[at] = by;
        seconds[at] = (int) Math.floorDiv(time, 1000);
        inputs[at] = origin.input();
        // A class takes 18 bits, a source's number fits the rest.
        kinds[at] = origin.source() << 18 | origin.classUid();
        records[at] = origin.record();
    }

    int size() {
        return size;
    }

    /// From when on nothing is forgotten: everything, until it is full.
    long whole() {
        return size < most ? Long.MIN_VALUE : seconds[slot(size - 1)] * 1000L;
    }

    /// Where the entry lies that is so many steps back; 0 is the latest.
    private int slot(int age) {
        return (next - 1 - age + 2 * most) % most;
    }

    private boolean since(int at, long from) {
        return seconds[at] * 1000L + 999 >= from;
    }

    /// Entries since that moment that are asked for.
    int count(long from, Of of) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += since(i, from) && of.is(hosts[i], ports[i], by[i]) ? 1 : 0;
        }
        return count;
    }

    int distinctHosts(long from, Of of) {
        return distinct(hosts, from, of);
    }

    int distinctPorts(long from, Of of) {
        return distinct(ports, from, of);
    }

    private int distinct(int[] values, long from, Of of) {
        int[] found = new int[size];
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (since(i, from) && of.is(hosts[i], ports[i], by[i])) {
                found[n++] = values[i];
            }
        }
        Arrays.sort(found, 0, n);
        int distinct = 0;
        for (int i = 0; i < n; i++) {
            distinct += i == 0 || found[i] != found[i - 1] ? 1 : 0;
        }
        return distinct;
    }

    /// The ports of the entries asked for, sorted, at most `limit`.
    int[] ports(long from, Of of, int limit) {
        int[] found = new int[size];
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (since(i, from) && of.is(hosts[i], ports[i], by[i])) {
                found[n++] = ports[i];
            }
        }
        return Arrays.stream(found, 0, n).sorted().distinct().limit(limit).toArray();
    }

    /// When the oldest entry asked for was, in milliseconds; `Long.MAX_VALUE` if there is none.
    long first(long from, Of of) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            if (since(i, from) && of.is(hosts[i], ports[i], by[i])) {
                first = Math.min(first, seconds[i] * 1000L);
            }
        }
        return first;
    }

    /// The oldest records asked for, in their order, at most `limit` of them added to the list.
    void oldest(long from, Of of, String client, int limit, List<Origin> to) {
        for (int age = size - 1, n = 0; age >= 0 && n < limit; age--) {
            n += give(slot(age), from, of, client, to);
        }
    }

    /// The latest ones, the latest first.
    void latest(long from, Of of, String client, int limit, List<Origin> to) {
        for (int age = 0, n = 0; age < size && n < limit; age++) {
            n += give(slot(age), from, of, client, to);
        }
    }

    private int give(int at, long from, Of of, String client, List<Origin> to) {
        if (!since(at, from) || !of.is(hosts[at], ports[at], by[at])) {
            return 0;
        }
        Origin origin = new Origin(client, inputs[at], records[at], kinds[at] >>> 18, kinds[at] & (1 << 18) - 1);
        if (!to.contains(origin)) {
            to.add(origin);
            return 1;
        }
        return 0;
    }
}
