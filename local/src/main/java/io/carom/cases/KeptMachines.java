package io.carom.cases;

import io.carom.observe.Origin;
import io.carom.trace.Carrier;
import io.carom.trace.Mention;
import io.carom.trace.SessionBook;
import io.carom.trace.Tenure;
import io.carom.trace.Trace;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Enters what a book knows of machines but for their sessions: names, leases, channels, carriers, mentions,
/// and when logs begin and end.
final class KeptMachines {
    private KeptMachines() {}

    /// What else a book knows of machines, as rows of their tables: nobody needs to wait for them to be
    /// written who asks the book.
    record Rows(
            List<Object[]> names,
            List<Object[]> leases,
            List<Object[]> channels,
            List<Object[]> carriers,
            List<Object[]> spans,
            List<Object[]> mentions) {}

    static Rows rows(SessionBook book, Function<Origin, String> inputs) {
        Rows out = new Rows(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
        book.names((client, address, host, weight) -> out.names.add(new Object[] {client, address, host, weight}));
        var history = book.history(inputs);
        for (String client : history.clients()) {
            for (Tenure t : book.tenures(client, inputs)) {
                out.leases.add(new Object[] {
                    client,
                    t.address(),
                    t.from(),
                    t.until(),
                    t.outside(),
                    t.host(),
                    t.account(),
                    t.kind().name(),
                    t.record().path(),
                    t.record().record()
                });
            }
            for (Trace.Channel c : book.channels(client, inputs)) {
                out.channels.add(new Object[] {
                    client,
                    c.from(),
                    c.to(),
                    c.port(),
                    c.machines(),
                    c.count(),
                    c.bytesOut(),
                    c.bytesIn(),
                    c.first().toEpochMilli(),
                    c.last().toEpochMilli(),
                    c.record().path(),
                    c.record().record()
                });
            }
            for (Carrier c : book.carriers(client, inputs)) {
                out.carriers.add(new Object[] {
                    client,
                    c.begin(),
                    c.machine(),
                    c.to(),
                    c.port(),
                    c.end(),
                    c.bytesOut(),
                    c.bytesIn(),
                    c.record().path(),
                    c.record().record()
                });
            }
            long[] span = history.span(client);
            if (span != null && span[0] <= span[1]) {
                out.spans.add(new Object[] {client, span[0], span[1]});
            }
            for (Mention m : history.mentions(client, Long.MIN_VALUE, Long.MAX_VALUE)) {
                out.mentions.add(new Object[] {
                    client,
                    m.time(),
                    m.host(),
                    m.account(),
                    m.named(),
                    m.record().path(),
                    m.record().record()
                });
            }
        }
        return out;
    }

    /// Where a book goes on with a channel that is known, what it counted comes to that. What lies within
    /// what is known is the same once more, or a part of it.
    private static final String CHANNELS = """
            INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                machines = max(machines, excluded.machines),
                count = CASE WHEN excluded.first > last THEN count + excluded.count
                    ELSE max(count, excluded.count) END,
                bytes_out = CASE WHEN excluded.first > last THEN bytes_out + excluded.bytes_out
                    ELSE max(bytes_out, excluded.bytes_out) END,
                bytes_in = CASE WHEN excluded.first > last THEN bytes_in + excluded.bytes_in
                    ELSE max(bytes_in, excluded.bytes_in) END,
                path = CASE WHEN excluded.first < first THEN excluded.path ELSE path END,
                record = CASE WHEN excluded.first < first THEN excluded.record ELSE record END,
                first = min(first, excluded.first), last = max(last, excluded.last)""";

    /// Within a transaction. Entered again it is the same.
    static void enter(Cases cases, Rows rows) throws SQLException {
        insert(
                cases,
                "INSERT INTO names VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET weight = max(weight, excluded.weight)",
                rows.names);
        insert(cases, "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.leases);
        insert(cases, CHANNELS, rows.channels);
        insert(cases, "INSERT OR REPLACE INTO carriers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.carriers);
        insert(
                cases,
                "INSERT INTO spans VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET begin = min(begin, excluded.begin),"
                        + " \"end\" = max(\"end\", excluded.\"end\")",
                rows.spans);
        insert(cases, "INSERT OR REPLACE INTO mentions VALUES (?, ?, ?, ?, ?, ?, ?)", rows.mentions);
    }

    private static void insert(Cases cases, String sql, List<Object[]> rows) throws SQLException {
        try (PreparedStatement insert = cases.connection().prepareStatement(sql)) {
            for (Object[] row : rows) {
                Cases.set(insert, row);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
