package io.carom.cases;

import io.carom.observe.Observation.Lease;
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
    private static final long DAY = 24L * 3_600_000;

    /// Sessions of one machine that are looked at; the latest.
    private static final int MOST = 20_000;

    private static final int FRESH = 5_000;

    private static final String SESSIONS = "SELECT *, \"end\" AS until FROM sessions WHERE ";

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
        return into.computeIfAbsent(
                client + "\0" + label,
                k -> sessions(
                        client,
                        rows(
                                SESSIONS + "client = ? AND target IN (?, ?) ORDER BY time DESC LIMIT " + MOST,
                                client,
                                label,
                                other(client, label))));
    }

    /// Logs that were read before the machine's name was known call it by its address.
    private String other(String client, String label) {
        String address = address(client, label);
        return address == null ? label : address;
    }

    /// Whether any session leads into the machine or out of it.
    boolean knows(String client, String label) {
        String other = other(client, label);
        return !rows("SELECT 1 FROM sessions WHERE client = ? AND target IN (?, ?) LIMIT 1", client, label, other)
                        .isEmpty()
                || !rows("SELECT 1 FROM sessions WHERE client = ? AND source IN (?, ?) LIMIT 1", client, label, other)
                        .isEmpty();
    }

    @Override
    public List<Session> into(String client, String label, long until) {
        return into.computeIfAbsent(client + "\0" + label + "\0" + until, k -> {
            String other = other(client, label);
            List<Map<String, @Nullable Object>> rows = new ArrayList<>(rows(
                    SESSIONS + "client = ? AND target IN (?, ?) AND time <= ? AND (earlier < 3 OR earlier_account = 0)"
                            + " ORDER BY time DESC LIMIT " + FRESH,
                    client,
                    label,
                    other,
                    until));
            rows.addAll(rows(
                    SESSIONS + "client = ? AND target IN (?, ?) AND time BETWEEN ? AND ? AND earlier >= 3"
                            + " AND earlier_account > 0 ORDER BY time DESC LIMIT " + FRESH,
                    client,
                    label,
                    other,
                    until - 2 * DAY,
                    until));
            return sessions(client, rows);
        });
    }

    @Override
    public long fresh(String client, String label, boolean into) {
        long[] span = span(client);
        return number(
                rows(
                                "SELECT count(*) AS n FROM sessions WHERE client = ? AND "
                                        + (into ? "target" : "source")
                                        + " IN (?, ?) AND time >= ? AND earlier = 0"
                                        + (into ? " AND (earlier < 3 OR earlier_account = 0)" : ""),
                                client,
                                label,
                                other(client, label),
                                span == null ? Long.MIN_VALUE : span[0] + DAY)
                        .getFirst(),
                "n");
    }

    private List<Session> sessions(String client, List<Map<String, @Nullable Object>> rows) {
        List<Session> out = new ArrayList<>(rows.size());
        for (Map<String, @Nullable Object> row : rows) {
            String from = label(client, text(row, "source"));
            String to = label(client, text(row, "target"));
            if (!from.equals(to)) {
                out.add(new Session(
                        client,
                        from,
                        to,
                        number(row, "time"),
                        number(row, "until"),
                        text(row, "account"),
                        text(row, "via"),
                        ((Number) Objects.requireNonNull(row.get("sure"))).floatValue(),
                        number(row, "bytes"),
                        (int) number(row, "earlier"),
                        (int) number(row, "earlier_account"),
                        Cases.records(text(row, "records"))));
            }
        }
        out.sort(Comparator.comparingLong(Session::time)
                .thenComparing(Session::from)
                .thenComparing(Session::to));
        return List.copyOf(out);
    }

    @Override
    public List<Session> outOf(String client, String label) {
        return into.computeIfAbsent(
                client + "\0out\0" + label,
                k -> sessions(
                        client,
                        rows(
                                SESSIONS + "client = ? AND source IN (?, ?) ORDER BY time DESC LIMIT " + MOST,
                                client,
                                label,
                                other(client, label))));
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
