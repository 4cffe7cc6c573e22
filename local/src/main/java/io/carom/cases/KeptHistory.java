package io.carom.cases;

import io.carom.observe.Observation.Lease;
import io.carom.trace.Carrier;
import io.carom.trace.History;
import io.carom.trace.Machines;
import io.carom.trace.Mention;
import io.carom.trace.Session;
import io.carom.trace.Tenure;
import io.carom.trace.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The sessions that are kept in a home, asked by machine: each question is a look-up by an index,
/// however many there are. What was asked is remembered for the trace at hand. Not safe for use by many
/// threads.
public final class KeptHistory implements History {
    private static final long SKEW = 6 * 60_000;
    private static final long DAY = 24L * 3_600_000;

    /// Sessions of one machine that are looked at; the latest.
    static final int MOST = 20_000;

    /// Sessions that are remembered; beyond, all are forgotten and asked for again.
    private static final int REMEMBERED = 400_000;

    private static final int FRESH = 5_000;

    /// What began longer before explains nothing, were it open for another month.
    private static final long EXPLAINS = 60 * DAY;

    // Without statistics SQLite takes the first index of the client's for the best: the right one is
    // named.
    private static final String COLUMNS =
            "SELECT source, target, time, \"end\", account, via, sure, bytes, earlier, earlier_account, records FROM ";

    /// Asked of each volume, see {@link SessionStore#ask}.
    private static final String SESSIONS = COLUMNS + "$s WHERE client = ?1 AND ";

    private static final String LATEST = " ORDER BY time DESC LIMIT ";

    private static final String DATA_MEANS = "'" + String.join("', '", DATA) + "'";

    private final Cases cases;
    private final int most;
    private int held;
    private final Map<String, List<Session>> into = new HashMap<>();
    private final Map<String, Optional<Names>> names = new HashMap<>();
    private final Map<String, String> labels = new HashMap<>();
    private final Map<String, Optional<String>> addresses = new HashMap<>();
    private final Map<String, Set<String>> leased = new HashMap<>();
    private final Map<String, Set<String>> desks = new HashMap<>();
    private final Map<String, Boolean> accounts = new HashMap<>();
    private final Map<String, Boolean> entered = new HashMap<>();
    private final Map<String, Optional<long[]>> spans = new HashMap<>();
    private final Map<String, long[]> habits = new HashMap<>();

    /// @param most sessions of one machine that are looked at, the latest
    KeptHistory(Cases cases, int most) {
        this.cases = cases;
        this.most = most;
    }

    private List<Session> remembered(String key, Supplier<List<Session>> asked) {
        List<Session> known = into.get(key);
        if (known == null) {
            known = asked.get();
            if (held + known.size() > REMEMBERED) {
                into.clear();
                habits.clear();
                held = 0;
            }
            into.put(key, known);
            held += known.size();
        }
        return known;
    }

    private List<Map<String, @Nullable Object>> rows(String sql, @Nullable Object... arguments) {
        try {
            return cases.rows(sql, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Map<String, @Nullable Object> row, String column) {
        return String.valueOf(row.get(column));
    }

    @Override
    public Set<String> clients() {
        Set<String> out = new TreeSet<>();
        rows("SELECT client FROM spans").forEach(r -> out.add(text(r, "client")));
        return out;
    }

    @Override
    public long @Nullable [] span(String client) {
        // Asked for each session that is looked at.
        return spans.computeIfAbsent(client, k -> {
                    List<Map<String, @Nullable Object>> rows =
                            rows("SELECT begin, \"end\" AS until FROM spans WHERE client = ?", client);
                    return rows.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new long[] {
                                Cases.number(rows.getFirst(), "begin"), Cases.number(rows.getFirst(), "until")
                            });
                })
                .orElse(null);
    }

    /// Names of a client that are read at once; of more each is asked for.
    private static final int NAMES = 50_000;

    /// What a client's machines are called, both ways; null where there are more than {@link #NAMES}.
    private record Names(Map<String, String> hosts, Map<String, String> addresses) {}

    private @Nullable Names names(String client) {
        return names.computeIfAbsent(client, k -> {
                    List<Map<String, @Nullable Object>> rows = rows(
                            "SELECT address, host, weight FROM names WHERE client = ? AND weight > 1 LIMIT "
                                    + (NAMES + 1),
                            client);
                    if (rows.size() > NAMES) {
                        return Optional.empty();
                    }
                    rows.sort(Comparator.comparingLong((Map<String, @Nullable Object> r) -> -Cases.number(r, "weight"))
                            .thenComparing(r -> text(r, "host"))
                            .thenComparing(r -> text(r, "address")));
                    Names all = new Names(new HashMap<>(), new HashMap<>());
                    rows.forEach(r -> {
                        all.hosts.putIfAbsent(text(r, "address"), text(r, "host"));
                        all.addresses.putIfAbsent(text(r, "host"), text(r, "address"));
                    });
                    return Optional.of(all);
                })
                .orElse(null);
    }

    @Override
    public String label(String client, String addressOrName) {
        Names known = names(client);
        if (known != null) {
            String host = known.hosts.get(addressOrName);
            return host == null ? Machines.shortName(addressOrName) : host;
        }
        return labels.computeIfAbsent(client + "\0" + addressOrName, k -> {
            List<Map<String, @Nullable Object>> rows = rows(
                    "SELECT host FROM names WHERE client = ? AND address = ? AND weight > 1 ORDER BY weight DESC, host LIMIT 1",
                    client,
                    addressOrName);
            return rows.isEmpty() ? Machines.shortName(addressOrName) : text(rows.getFirst(), "host");
        });
    }

    @Override
    public @Nullable String address(String client, String label) {
        Names known = names(client);
        if (known != null) {
            return known.addresses.get(label);
        }
        return addresses
                .computeIfAbsent(client + "\0" + label, k -> {
                    List<Map<String, @Nullable Object>> rows = rows(
                            "SELECT address FROM names INDEXED BY names_host WHERE client = ? AND host = ? AND weight > 1"
                                    + " ORDER BY weight DESC, address LIMIT 1",
                            client,
                            label);
                    return rows.isEmpty() ? Optional.empty() : Optional.of(text(rows.getFirst(), "address"));
                })
                .orElse(null);
    }

    @Override
    public List<Session> into(String client, String label) {
        return remembered(client + "\0" + label, () -> {
            List<Session> out = new ArrayList<>();
            for (String name : names(client, label)) {
                read(client, out, SESSIONS + "target = ?2", LATEST + most, client, name);
            }
            return ordered(out);
        });
    }

    @Override
    public boolean entered(String client, String label) {
        return entered.computeIfAbsent(client + "\0" + label, k -> any(client, label, "", s -> true));
    }

    @Override
    public boolean namesAccounts(String client, String label) {
        return accounts.computeIfAbsent(
                client + "\0" + label,
                k -> any(client, label, " AND account <> ''", s -> !s.account().isEmpty()));
    }

    /// Whether any session into a machine is like that: the latest few are asked before all are read, of
    /// which some may be from the machine itself, by its other name.
    ///
    /// @param like the condition in SQL, `is` the same in Java
    private boolean any(String client, String label, String like, Predicate<Session> is) {
        List<Session> known = into.get(client + "\0" + label);
        if (known == null) {
            for (String name : names(client, label)) {
                List<Session> some = new ArrayList<>();
                read(client, some, SESSIONS + "target = ?2" + like, LATEST + 20, client, name);
                if (!some.isEmpty()) {
                    return true;
                }
            }
            known = into(client, label);
        }
        return known.stream().anyMatch(is);
    }

    /// Logs that were read before the machine's name was known call it by its address.
    private String other(String client, String label) {
        String address = address(client, label);
        return address == null ? label : address;
    }

    /// Whether any session leads into the machine or out of it.
    boolean knows(String client, String label) {
        String other = other(client, label);
        try {
            SessionStore store = cases.sessions();
            return store.any("client = ?1 AND target IN (?2, ?3)", client, label, other)
                    || store.any("client = ?1 AND source IN (?2, ?3)", client, label, other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Session> into(String client, String label, long until) {
        return remembered(client + "\0" + label + "\0" + until, () -> {
            List<Session> out = new ArrayList<>();
            for (String name : names(client, label)) {
                read(
                        client,
                        out,
                        SESSIONS + "target = ?2 AND time BETWEEN ?3 AND ?4 AND (earlier < 3 OR earlier_account = 0)",
                        LATEST + FRESH,
                        client,
                        name,
                        until - EXPLAINS,
                        until);
                read(
                        client,
                        out,
                        SESSIONS + "target = ?2 AND time BETWEEN ?3 AND ?4 AND earlier >= 3 AND earlier_account > 0",
                        LATEST + FRESH,
                        client,
                        name,
                        until - 2 * DAY,
                        until);
            }
            return ordered(out);
        });
    }

    @Override
    public long fresh(String client, String label, boolean into, boolean control) {
        long[] span = span(client);
        long from = span == null ? Long.MIN_VALUE : span[0] + DAY;
        String which = into
                ? "SELECT count(*) FROM $s INDEXED BY $s_entered WHERE client = ?1 AND target = ?2"
                : "SELECT count(*) FROM $s INDEXED BY $s_first WHERE client = ?1 AND source = ?2";
        String how = " AND time >= ?3 AND earlier = 0" + (control ? " AND via NOT IN (" + DATA_MEANS + ")" : "");
        long[] all = new long[1];
        for (String name : names(client, label)) {
            ask(row -> all[0] += row.getLong(1), "", which + how, "", client, name, from);
        }
        return all[0];
    }

    private void ask(SessionStore.Row to, String before, String select, String after, @Nullable Object... arguments) {
        try {
            cases.sessions().ask(to, before, select, after, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads rows of {@link #SESSIONS}.
    private void read(String client, List<Session> out, String select, String after, @Nullable Object... arguments) {
        ask(
                row -> {
                    String from = label(client, row.getString(1));
                    String to = label(client, row.getString(2));
                    if (!from.equals(to)) {
                        out.add(new Session(
                                client,
                                from,
                                to,
                                row.getLong(3),
                                row.getLong(4),
                                row.getString(5),
                                row.getString(6),
                                row.getFloat(7),
                                row.getLong(8),
                                row.getInt(9),
                                row.getInt(10),
                                Cases.records(row.getString(11))));
                    }
                },
                "",
                select,
                after,
                arguments);
    }

    private static List<Session> ordered(List<Session> out) {
        out.sort(Comparator.comparingLong(Session::time)
                .thenComparing(Session::from)
                .thenComparing(Session::to));
        return List.copyOf(out);
    }

    /// The label, and the address under which logs of before its name was known have it.
    private Set<String> names(String client, String label) {
        String other = other(client, label);
        return other.equals(label) ? Set.of(label) : new TreeSet<>(List.of(label, other));
    }

    @Override
    public List<Session> outOf(String client, String label) {
        return remembered(client + "\0out\0" + label, () -> {
            List<Session> out = new ArrayList<>();
            for (String name : names(client, label)) {
                read(client, out, SESSIONS + "source = ?2", LATEST + most, client, name);
            }
            return ordered(out);
        });
    }

    @Override
    public long[] times(String client, String from, String account) {
        return habits.computeIfAbsent(client + "\0" + from + "\0" + account, k -> {
            List<Long> out = new ArrayList<>();
            for (String name : names(client, from)) {
                ask(
                        row -> {
                            if (!label(client, row.getString(2)).equals(from)) {
                                out.add(row.getLong(1));
                            }
                        },
                        "",
                        "SELECT time, target FROM $s INDEXED BY $s_whose WHERE client = ?1 AND account = ?2 AND source = ?3",
                        LATEST + most,
                        client,
                        account,
                        name);
            }
            return out.stream().mapToLong(Long::longValue).sorted().toArray();
        });
    }

    @Override
    public Set<String> machinesOf(String client, String account) {
        Set<String> out = new TreeSet<>();
        ask(
                row -> out.add(label(client, row.getString(1))),
                "",
                "SELECT DISTINCT target FROM $s INDEXED BY $s_named WHERE client = ?1 AND account = ?2 AND account <> ''",
                "",
                client,
                account);
        return out;
    }

    @Override
    public List<Trace.Channel> channels(String client, String label) {
        String address = address(client, label);
        return rows(
                        "SELECT * FROM channels WHERE client = ? AND source IN (?, ?)"
                                + " ORDER BY bytes_out + bytes_in + count * 1000 DESC, target, port LIMIT 50",
                        client,
                        label,
                        address == null ? label : address)
                .stream()
                .map(r -> new Trace.Channel(
                        client,
                        label,
                        text(r, "target"),
                        (int) Cases.number(r, "port"),
                        (int) Cases.number(r, "machines"),
                        Cases.number(r, "count"),
                        Cases.number(r, "bytes_out"),
                        Cases.number(r, "bytes_in"),
                        Instant.ofEpochMilli(Cases.number(r, "first")),
                        Instant.ofEpochMilli(Cases.number(r, "last")),
                        new Trace.Source(text(r, "path"), Cases.number(r, "record"))))
                .toList();
    }

    @Override
    public List<Carrier> carriers(String client, long from, long to) {
        return rows(
                        "SELECT * FROM carriers WHERE client = ? AND begin >= ? AND begin < ? ORDER BY begin, machine,"
                                + " target, port LIMIT 5000",
                        client,
                        from,
                        to)
                .stream()
                .map(r -> new Carrier(
                        label(client, text(r, "machine")),
                        text(r, "target"),
                        (int) Cases.number(r, "port"),
                        Cases.number(r, "begin"),
                        Cases.number(r, "end"),
                        Cases.number(r, "bytes_out"),
                        Cases.number(r, "bytes_in"),
                        new Trace.Source(text(r, "path"), Cases.number(r, "record"))))
                .toList();
    }

    @Override
    public Set<String> desksOf(String client, String account) {
        return desks.computeIfAbsent(client + "\0" + account, k -> desks(client, account));
    }

    private Set<String> desks(String client, String account) {
        Set<String> out = new TreeSet<>();
        ask(
                row -> out.add(label(client, row.getString(1))),
                "",
                "SELECT DISTINCT source FROM $s INDEXED BY $s_whose WHERE client = ?1 AND account = ?2",
                " LIMIT 1000",
                client,
                account);
        return out;
    }

    @Override
    public List<Session> firstUses(String client, Predicate<String> places) {
        record Use(String account, String from, long time) {}
        List<Use> uses = new ArrayList<>();
        ask(
                row -> {
                    if (uses.size() < MANY && places.test(label(client, row.getString(2)))) {
                        uses.add(new Use(row.getString(1), row.getString(2), row.getLong(3)));
                    }
                },
                "SELECT account, source, min(first) AS begin FROM (",
                "SELECT account, source, min(time) AS first FROM $s INDEXED BY $s_whose WHERE client = ?1"
                        + " AND account <> '' GROUP BY account, source",
                ") GROUP BY account, source ORDER BY begin DESC",
                client);
        List<Session> out = new ArrayList<>();
        for (Use use : uses) {
            read(
                    client,
                    out,
                    COLUMNS + "$s INDEXED BY $s_whose WHERE client = ?1 AND source = ?2 AND time = ?3 AND account = ?4",
                    " LIMIT 1",
                    client,
                    use.from,
                    use.time,
                    use.account);
        }
        return ordered(out);
    }

    @Override
    public Set<String> sources(String client) {
        Set<String> out = new TreeSet<>();
        machines("uses", "", client, out);
        return out;
    }

    @Override
    public Set<String> targets(String client) {
        Set<String> out = new TreeSet<>();
        machines("used", " ORDER BY used DESC, machine", client, out);
        return out;
    }

    private void machines(String used, String order, String client, Set<String> out) {
        try {
            cases.sessions().machines(used, order, client, MANY).forEach(machine -> out.add(label(client, machine)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable Tenure tenure(String client, String address, long time) {
        // Most addresses are never lent: a question to the database for each machine of each suspicion
        // adds up.
        if (!leased.computeIfAbsent(client, this::lent).contains(address)) {
            return null;
        }
        List<Map<String, @Nullable Object>> rows = rows(
                "SELECT * FROM leases WHERE client = ? AND address = ? AND \"from\" <= ? ORDER BY \"from\" DESC LIMIT 1",
                client,
                address,
                time + SKEW);
        if (rows.isEmpty() || Cases.number(rows.getFirst(), "until") + SKEW < time) {
            return null;
        }
        Map<String, @Nullable Object> row = rows.getFirst();
        return new Tenure(
                address,
                text(row, "outside"),
                text(row, "host"),
                text(row, "account"),
                Lease.Kind.valueOf(text(row, "kind")),
                Cases.number(row, "from"),
                Cases.number(row, "until"),
                new Trace.Source(text(row, "path"), Cases.number(row, "record")));
    }

    private Set<String> lent(String client) {
        Set<String> out = new HashSet<>();
        rows("SELECT DISTINCT address FROM leases WHERE client = ?", client).forEach(r -> out.add(text(r, "address")));
        return out;
    }

    @Override
    public List<Mention> mentions(String client, long from, long to) {
        return rows("SELECT * FROM mentions WHERE client = ? AND time BETWEEN ? AND ? ORDER BY time", client, from, to)
                .stream()
                .map(r -> new Mention(
                        Cases.number(r, "time"),
                        text(r, "host"),
                        text(r, "account"),
                        text(r, "named"),
                        new Trace.Source(text(r, "path"), Cases.number(r, "record"))))
                .toList();
    }
}
