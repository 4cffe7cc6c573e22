package io.carom.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the tracer asks of the past: who used which machine from which. Kept in memory for one run
/// ({@link SessionBook}) or in the home for all of them.
public interface History {
    /// By what means ({@link Session#via}) somebody has a machine's files or data and no hand on it.
    List<String> DATA = List.of("SMB", "network sign-in", "SQL Server", SessionBook.WEB);

    /// Whose logs there are.
    Set<String> clients();

    /// When a client's logs begin and end, milliseconds since 1970; null if there are none.
    long @Nullable [] span(String client);

    /// The label of the machine of a client that has this address or name.
    String label(String client, String addressOrName);

    /// The address that a machine was most often seen at; null if none is known.
    @Nullable
    String address(String client, String label);

    /// All sessions into a machine, by time, each knowing how many came before it.
    List<Session> into(String client, String label);

    /// Whether any session leads into a machine.
    default boolean entered(String client, String label) {
        return !into(client, label).isEmpty();
    }

    /// Whether any session into a machine says as which account.
    default boolean namesAccounts(String client, String label) {
        return into(client, label).stream().anyMatch(s -> !s.account().isEmpty());
    }

    /// The sessions into a machine that began before a time and may explain something then: all that were
    /// new in the two months before, and of the routine at least those of the two days before.
    default List<Session> into(String client, String label, long until) {
        return into(client, label).stream().filter(s -> s.time() <= until).toList();
    }

    /// How many sessions into a machine, or out of it, were the first of their pair, after the first day of
    /// the logs.
    ///
    /// @param control only those that give a hand on the machine (not by {@link #DATA})
    default long fresh(String client, String label, boolean into, boolean control) {
        long[] span = span(client);
        long from = span == null ? Long.MIN_VALUE : span[0] + 24L * 3_600_000;
        return (into ? into(client, label) : outOf(client, label))
                .stream()
                        .filter(s -> s.earlier() == 0 && s.time() >= from && (!control || Hops.control(s)))
                        .count();
    }

    /// All sessions out of a machine, by time, each knowing how many came before it.
    List<Session> outOf(String client, String label);

    /// The first session of each account from each of the places that are asked for; of more than {@link #MANY} the
    /// latest. By time.
    default List<Session> firstUses(String client, Predicate<String> places) {
        List<Session> out = new ArrayList<>();
        for (String from : sources(client)) {
            if (places.test(from)) {
                Set<String> accounts = new HashSet<>();
                outOf(client, from).stream()
                        .filter(s -> !s.account().isEmpty() && accounts.add(s.account()))
                        .forEach(out::add);
            }
        }
        out.sort(Comparator.comparingLong(Session::time)
                .thenComparing(Session::from)
                .thenComparing(Session::to));
        return out.size() > MANY ? out.subList(out.size() - MANY, out.size()) : out;
    }

    /// Machines that sessions go out of, at most {@link #MANY}.
    Set<String> sources(String client);

    /// Machines that sessions of several others go into, at most {@link #MANY}, those most used first.
    Set<String> targets(String client);

    int MANY = 2000;

    /// Machines that an account signed in to, by label.
    Set<String> machinesOf(String client, String account);

    /// Machines that an account signed in from, by label.
    Set<String> desksOf(String client, String account);

    /// When sessions of an account out of a machine began, the earliest first.
    default long[] times(String client, String from, String account) {
        return outOf(client, from).stream()
                .filter(s -> s.account().equals(account))
                .mapToLong(Session::time)
                .sorted()
                .toArray();
    }

    /// Commands between two times that name an address.
    List<Mention> mentions(String client, long from, long to);

    /// Connections of a client's machines to the outside that began between two times, by time.
    List<Carrier> carriers(String client, long from, long to);

    /// What a machine spoke with that only few others spoke with, at most {@link Channels#OF_ONE}.
    List<Trace.Channel> channels(String client, String label);

    /// Who had the address at that time; null if no lease says so.
    @Nullable
    Tenure tenure(String client, String address, long time);
}
