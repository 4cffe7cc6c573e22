package io.carom.trace;

import io.carom.observe.Observation.Lease;
import java.util.HashMap;
import java.util.Map;

/// How unusual a session is for the machine it leads to or comes from, given what its logs show before.
///
/// A pair that met often before is usual. A pair that never met is unusual, but the less so the more such
/// pairs the machine sees on an ordinary day: a file server is met by somebody new daily, a desk is not.
final class Novelty {
    private static final long DAY = 24L * 3_600_000;

    private final History history;
    private final Map<String, Double> rates = new HashMap<>();
    private final Map<String, long[]> habits = new HashMap<>();
    private final Map<String, Boolean> accounts = new HashMap<>();
    private final Map<String, long[]> lent = new HashMap<>();
    private final Map<String, Double> nameless = new HashMap<>();

    Novelty(History history) {
        this.history = history;
    }

    /// Whether the logs had begun less than a day before: then everything is new.
    boolean young(Session s) {
        long[] span = history.span(s.client());
        return span == null || s.time() - span[0] < DAY;
    }

    /// New pairs a day at the machine. That many new ones use the files of a server says nothing of how often somebody
    /// new takes control of it: those are counted apart.
    private double rate(Session s, String machine, boolean into) {
        boolean control = Hops.control(s);
        return rates.computeIfAbsent(
                s.client() + "\0" + machine + "\0" + into + control,
                k -> rate(s.client(), history.fresh(s.client(), machine, into, control)));
    }

    /// New pairs a day, after the first day. One is taken off, for the session in question is among them.
    private double rate(String client, long fresh) {
        long[] span = history.span(client);
        if (span == null) {
            return 0;
        }
        double days = Math.max(1, (span[1] - span[0]) / (double) DAY - 1);
        return Math.max(0, fresh - 1) / days;
    }

    /// 1 if the pair never met before, 1/2 after one session, and so on. Who comes by a VPN comes from another address
    /// each time: he is told by the account that the address was lent to.
    double pair(Session s) {
        String lent = lent(s);
        return 1.0 / (1 + (lent.isEmpty() ? s.earlier() : before(lentTo(s, lent, ""), s.time())));
    }

    /// The account that the address was lent to then, by a VPN; empty if it was not.
    private String lent(Session s) {
        Tenure tenure = history.tenure(s.client(), s.from(), s.time());
        return tenure == null || tenure.kind() != Lease.Kind.VPN ? "" : tenure.account();
    }

    /// When sessions into the machine began from addresses that were lent to this person.
    ///
    /// @param account that signed in; empty means any
    private long[] lentTo(Session s, String person, String account) {
        return lent.computeIfAbsent(s.client() + "\0" + s.to() + "\0" + person + "\0" + account, k -> {
            return history.into(s.client(), s.to()).stream()
                    .filter(o -> (account.isEmpty() || o.account().equals(account)) && lent(o).equals(person))
                    .mapToLong(Session::time)
                    .sorted()
                    .toArray();
        });
    }

    /// 1 if the account never signed in there before, 1/2 after one sign-in, and so on; 0 without an account.
    static double accountTo(Session s) {
        return s.account().isEmpty() ? 0 : 1.0 / (1 + s.earlierAccount());
    }

    /// 1 if the account was never used from there before, 1/2 after one session, and so on; 0 without an account.
    double accountFrom(Session s) {
        String lent = lent(s);
        if (!lent.isEmpty() && !s.account().isEmpty()) {
            return 1.0 / (1 + before(lentTo(s, lent, s.account()), s.time()));
        }
        return s.account().isEmpty() ? 0 : 1.0 / (1 + before(times(s.client(), s.from(), s.account()), s.time()));
    }

    /// 1 if the account never began a session at about this hour of the day before, from wherever it is used; 0
    /// without an account.
    double oddHour(Session s) {
        if (s.account().isEmpty()) {
            return 0;
        }
        int around = 0;
        int asked = 0;
        for (String desk : history.desksOf(s.client(), s.account())) {
            if (asked++ == DESKS) {
                break;
            }
            long[] all = times(s.client(), desk, s.account());
            int end = before(all, s.time());
            for (int i = 0; i < end && around < MANY; i++) {
                long apart = Math.floorMod(all[i] - s.time(), DAY);
                around += Math.min(apart, DAY - apart) <= 90 * 60_000 ? 1 : 0;
            }
        }
        return 1.0 / (1 + around);
    }

    /// Whether the account never came from there again after a day.
    boolean once(Session s) {
        long[] all = times(s.client(), s.from(), s.account());
        return all.length == 0 || all[all.length - 1] - s.time() < DAY;
    }

    /// How many sessions an account ever began from a place.
    int uses(String client, String account, String place) {
        return times(client, place, account).length;
    }

    private static final int DESKS = 24;
    private static final int MANY = 50;

    /// Whether the logs say at all who signs in to the machine: that a session has no account says nothing where none
    /// has.
    boolean namesAccounts(String client, String machine) {
        return accounts.computeIfAbsent(client + "\0" + machine, k -> history.namesAccounts(client, machine));
    }

    /// Of how many sessions that give control of a machine the logs of a client say no account: 0 of none, 1 of all.
    double nameless(String client) {
        return nameless.computeIfAbsent(client, k -> {
            long all = 0;
            long named = 0;
            int asked = 0;
            for (String machine : history.targets(client)) {
                if (asked++ == MACHINES) {
                    break;
                }
                for (Session s : history.into(client, machine)) {
                    if (Hops.control(s)) {
                        all++;
                        named += s.account().isEmpty() ? 0 : 1;
                    }
                }
            }
            return all == 0 ? 1 : 1 - named / (double) all;
        });
    }

    private static final int MACHINES = 64;

    /// How suddenly new pairs come here: 1 for a machine that nobody new ever uses.
    double quiet(Session s) {
        return 1 / (1 + 0.3 * rate(s, s.to(), true));
    }

    private static int before(long[] times, long time) {
        int at = java.util.Arrays.binarySearch(times, time);
        while (at > 0 && times[at - 1] == time) {
            at--;
        }
        return at < 0 ? -at - 1 : at;
    }

    /// When sessions of the account went out of the machine, the earliest first.
    private long[] times(String client, String from, String account) {
        return habits.computeIfAbsent(client + "\0" + from + "\0" + account, k -> history.times(client, from, account));
    }
}
