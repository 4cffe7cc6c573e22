package io.carom.trace;

import io.carom.event.Cidr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The suspicions of all clients, by machine and account.
final class Suspects {
    /// Severity from which a finding makes a machine suspect by itself; milder ones count for a third.
    static final int MEDIUM = 3;

    private static final List<Suspicion> NONE = List.of();

    private final Map<String, Map<String, List<Suspicion>>> byMachine = new HashMap<>();
    private final Map<String, Map<String, List<Suspicion>>> byAccount = new HashMap<>();

    Suspects(History history, List<Suspicion> suspicions) {
        for (Suspicion s : suspicions) {
            if (!s.machine().isEmpty()) {
                byMachine
                        .computeIfAbsent(s.client(), c -> new HashMap<>())
                        .computeIfAbsent(label(history, s.client(), s.machine(), s.time()), m -> new ArrayList<>())
                        .add(s);
            }
            if (!s.account().isEmpty()) {
                byAccount
                        .computeIfAbsent(s.client(), c -> new HashMap<>())
                        .computeIfAbsent(Suspicion.bare(s.account()), a -> new ArrayList<>())
                        .add(s);
            }
        }
        sort(byMachine);
        sort(byAccount);
    }

    private static void sort(Map<String, Map<String, List<Suspicion>>> all) {
        all.values()
                .forEach(of -> of.values()
                        .forEach(l -> l.sort(Comparator.comparingLong(Suspicion::time)
                                .thenComparing(Suspicion::title)
                                .thenComparing(Suspicion::machine))));
    }

    /// The machine that had this address then, else the one that mostly has it.
    static String label(History history, String client, String named, long time) {
        String machine = Cidr.plain(named);
        Tenure tenure = history.tenure(client, machine, time);
        return tenure != null
                        && tenure.kind() == io.carom.observe.Observation.Lease.Kind.DHCP
                        && !tenure.host().isEmpty()
                ? Machines.shortName(tenure.host())
                : history.label(client, machine);
    }

    List<Suspicion> of(String client, String machine) {
        return byMachine.getOrDefault(client, Map.of()).getOrDefault(machine, NONE);
    }

    /// Suspicions that name the account.
    List<Suspicion> ofAccount(String client, String account) {
        return byAccount.getOrDefault(client, Map.of()).getOrDefault(Suspicion.bare(account), NONE);
    }

    Set<String> machines(String client) {
        return new TreeSet<>(byMachine.getOrDefault(client, Map.of()).keySet());
    }

    /// How suspect the machine was within a time: 1 for each kind of medium finding and more for worse,
    /// at most 3. The same found over and over is one.
    double weight(String client, String machine, long from, long to) {
        return weight(of(client, machine), from, to);
    }

    double accountWeight(String client, String account, long from, long to) {
        return weight(ofAccount(client, account), from, to);
    }

    private static double weight(List<Suspicion> all, long from, long to) {
        double sum = 0;
        List<String> counted = new ArrayList<>();
        for (Suspicion s : all) {
            if (s.time() > to) {
                break;
            }
            if (s.time() >= from && counted.size() < 16 && !counted.contains(s.title())) {
                counted.add(s.title());
                sum += s.severity() >= MEDIUM ? s.severity() - 2 : s.severity() == 2 ? 0.34 : 0.1;
            }
        }
        return Math.min(3, sum);
    }

    /// Severity of what by itself says that a machine is in wrong hands.
    private static final int GRAVE = 4;

    /// By when the machine was in wrong hands: soon after something grave was first found on it
    /// within a time; `until` if nothing was. What is found begins with its first record, guessed
    /// passwords before the one that was right.
    long since(String client, String machine, long from, long until) {
        for (Suspicion s : of(client, machine)) {
            if (s.time() >= from && s.time() <= until && s.severity() >= GRAVE) {
                return Math.min(until, s.time() + 3_600_000);
            }
        }
        return until;
    }

    /// The machines on which something grave was found within a time and since when, the earliest
    /// first.
    List<Map.Entry<String, Long>> grave(String client, long from, long until, int most) {
        List<Map.Entry<String, Long>> out = new ArrayList<>();
        for (String machine : machines(client)) {
            long since = since(client, machine, from, until + 1);
            if (since <= until) {
                out.add(Map.entry(machine, since));
            }
        }
        out.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        return out.subList(0, Math.min(most, out.size()));
    }

    /// The times before `until` at which suspicion of the machine began or grew, the earliest first; at
    /// most eight.
    List<Long> onsets(String client, String machine, long since, long until) {
        List<Long> out = new ArrayList<>();
        List<String> met = new ArrayList<>();
        for (Suspicion s : of(client, machine)) {
            if (s.time() >= since && s.time() <= until && s.severity() >= 2 && !met.contains(s.title())) {
                met.add(s.title());
                out.add(s.time());
                if (out.size() == 8) {
                    break;
                }
            }
        }
        return out;
    }
}
