package io.carom.cases;

import io.carom.trace.History;
import io.carom.trace.Machines;
import io.carom.trace.Mention;
import io.carom.observe.Observation.Lease;
import io.carom.trace.Session;
import io.carom.trace.Tenure;
import io.carom.trace.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The sessions that are kept in a home, asked by machine: each question is a look-up by an index,
/// however many there
/// are. What was asked is remembered for the trace at hand. Not safe for use by many threads.
public final class KeptHistory implements History {
    private static final long SKEW = 6 * 60_000;

    private final Cases cases;
    private final Map<String, List<Session>> into = new HashMap<>();
    private final Map<String, String> labels = new HashMap<>();

    KeptHistory(Cases cases) {
        this.cases = cases;
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

    private static long number(Map<String, @Nullable Object> row, String column) {
        return ((Number) Objects.requireNonNull(row.get(column))).longValue();
    }

    @Override
    public Set<String> clients() {
        Set<String> out = new TreeSet<>();
        rows("SELECT client FROM spans").forEach(r -> out.add(text(r, "client")));
        return out;
    }

    @Override
    public long @Nullable [] span(String client) {
        List<Map<String, @Nullable Object>> rows =
                rows("SELECT begin, \"end\" AS until FROM spans WHERE client = ?", client);
        return rows.isEmpty() ? null : new long[] {number(rows.getFirst(), "begin"), number(rows.getFirst(), "until")};
    }

    @Override
    public String label(String client, String addressOrName) {
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
        List<Map<String, @Nullable Object>> rows = rows(
                "SELECT address FROM names WHERE client = ? AND host = ? AND weight > 1 ORDER BY weight DESC, address LIMIT 1",
                client,
                label);
        return rows.isEmpty() ? null : text(rows.getFirst(), "address");
    }

    @Override
    public List<Session> into(String client, String label) {
        return into.computeIfAbsent(client + "\0" + label, k -> {
            String address = address(client, label);
            List<Session> out = new ArrayList<>();
            Map<String, Integer> pairs = new HashMap<>();
            Map<String, Integer> accounts = new HashMap<>();
            // Logs that were read before the machine's name was known call it by its address.
            for (Map<String, @Nullable Object> row : rows(
                    "SELECT *, \"end\" AS until FROM sessions WHERE client = ? AND target IN (?, ?) ORDER BY time, source",
                    client,
                    label,
                    address == null ? label : address)) {
                String from = label(client, text(row, "source"));
                if (from.equals(label)) {
                    continue;
                }
                String account = text(row, "account");
                int earlier = pairs.merge(from, 1, Integer::sum) - 1;
                int earlierAccount = account.isEmpty() ? 0 : accounts.merge(account, 1, Integer::sum) - 1;
                out.add(new Session(
                        client,
                        from,
                        label,
                        number(row, "time"),
                        number(row, "until"),
                        account,
                        text(row, "via"),
                        ((Number) Objects.requireNonNull(row.get("sure"))).floatValue(),
                        number(row, "bytes"),
                        earlier,
                        earlierAccount,
                        Cases.records(text(row, "records"))));
            }
            return List.copyOf(out);
        });
    }

    @Override
    public List<Session> outOf(String client, String label) {
        String address = address(client, label);
        Set<String> targets = new TreeSet<>();
        rows(
                        "SELECT DISTINCT target FROM sessions WHERE client = ? AND source IN (?, ?)",
                        client,
                        label,
                        address == null ? label : address)
                .forEach(r -> targets.add(label(client, text(r, "target"))));
        List<Session> out = new ArrayList<>();
        for (String target : targets) {
            into(client, target).stream().filter(s -> s.from().equals(label)).forEach(out::add);
        }
        out.sort(java.util.Comparator.comparingLong(Session::time).thenComparing(Session::to));
        return out;
    }

    @Override
    public Set<String> machinesOf(String client, String account) {
        Set<String> out = new TreeSet<>();
        rows("SELECT DISTINCT target FROM sessions WHERE client = ? AND account = ?", client, account)
                .forEach(r -> out.add(label(client, text(r, "target"))));
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
                        (int) number(r, "port"),
                        (int) number(r, "machines"),
                        number(r, "count"),
                        number(r, "bytes_out"),
                        number(r, "bytes_in"),
                        Instant.ofEpochMilli(number(r, "first")),
                        Instant.ofEpochMilli(number(r, "last")),
                        new Trace.Source(text(r, "path"), number(r, "record"))))
                .toList();
    }

    @Override
    public Set<String> desksOf(String client, String account) {
        Set<String> out = new TreeSet<>();
        rows("SELECT DISTINCT source FROM sessions WHERE client = ? AND account = ? LIMIT 1000", client, account)
                .forEach(r -> out.add(label(client, text(r, "source"))));
        return out;
    }

    @Override
    public Set<String> sources(String client) {
        Set<String> out = new TreeSet<>();
        rows("SELECT DISTINCT source FROM sessions WHERE client = ? LIMIT " + MANY, client)
                .forEach(r -> out.add(label(client, text(r, "source"))));
        return out;
    }

    @Override
    public Set<String> targets(String client) {
        Set<String> out = new TreeSet<>();
        rows(
                        "SELECT target FROM sessions WHERE client = ? GROUP BY target ORDER BY count(*) DESC, target LIMIT "
                                + MANY,
                        client)
                .forEach(r -> out.add(label(client, text(r, "target"))));
        return out;
    }

    @Override
    public @Nullable Tenure tenure(String client, String address, long time) {
        List<Map<String, @Nullable Object>> rows = rows(
                "SELECT * FROM leases WHERE client = ? AND address = ? AND \"from\" <= ? ORDER BY \"from\" DESC LIMIT 1",
                client,
                address,
                time + SKEW);
        if (rows.isEmpty() || number(rows.getFirst(), "until") + SKEW < time) {
            return null;
        }
        Map<String, @Nullable Object> row = rows.getFirst();
        return new Tenure(
                address,
                text(row, "outside"),
                text(row, "host"),
                text(row, "account"),
                Lease.Kind.valueOf(text(row, "kind")),
                number(row, "from"),
                number(row, "until"),
                new Trace.Source(text(row, "path"), number(row, "record")));
    }

    @Override
    public List<Mention> mentions(String client, long from, long to) {
        return rows("SELECT * FROM mentions WHERE client = ? AND time BETWEEN ? AND ? ORDER BY time", client, from, to)
                .stream()
                .map(r -> new Mention(
                        number(r, "time"),
                        text(r, "host"),
                        text(r, "account"),
                        text(r, "named"),
                        new Trace.Source(text(r, "path"), number(r, "record"))))
                .toList();
    }
}
