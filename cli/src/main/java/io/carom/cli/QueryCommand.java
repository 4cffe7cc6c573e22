package io.carom.cli;

import io.carom.lake.Lake;
import io.carom.lake.SqlValue;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// SQL over the lake.
@Command(
        name = "query",
        header = {
            "Read-only SQL over the lake. A view for each OCSF class; \"show all tables\" lists them.",
            "",
            "  carom query \"select src_endpoint.ip, count(*) from network_activity group by 1 order by 2 desc limit 10\"",
            "  carom query --json --client acme \"select * from authentication where status_id = 2\"",
            ""
        },
        mixinStandardHelpOptions = true)
final class QueryCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "SQL", description = "The question.")
    String sql = "";

    @Option(names = "--client", paramLabel = "NAME", description = "Only these clients' events (default: all).")
    List<String> clients = List.of();

    @Option(names = "--csv", description = "The rows as CSV.")
    boolean csv;

    @Option(names = "--parquet", paramLabel = "FILE", description = "The rows into a Parquet file.")
    @Nullable
    Path parquet;

    @Override
    public Integer call() throws Exception {
        try (Lake lake = Lake.open(common.home())) {
            Set<String> seen = new HashSet<>(clients.isEmpty() ? lake.clients() : clients);
            Path folder = parquet == null ? null : parquet.toAbsolutePath().getParent();
            try (Connection connection = lake.connect(seen, folder);
                    Statement statement = connection.createStatement()) {
                if (parquet != null) {
                    // A comment may be what the question ends with.
                    statement.execute("COPY (" + sql.strip().replaceFirst("[;\\s]+$", "") + "\n) TO '"
                            + parquet.toAbsolutePath().toString().replace("'", "''")
                            + "' (FORMAT parquet, COMPRESSION zstd)");
                    return Exit.DONE;
                }
                if (statement.execute(sql)) {
                    try (ResultSet rows = statement.getResultSet()) {
                        print(rows);
                    }
                }
                return Exit.DONE;
            } catch (SQLException e) {
                common.fault("carom: the query failed: "
                        + String.valueOf(e.getMessage())
                                .lines()
                                .limit(6)
                                .map(line -> Shown.text(line, 1_000))
                                .reduce("", (a, b) -> a + "\n  " + b));
                return Exit.FAILED;
            }
        }
    }

    private void print(ResultSet rows) throws SQLException {
        PrintWriter out = common.out();
        ResultSetMetaData meta = rows.getMetaData();
        int columns = meta.getColumnCount();
        List<String> names = names(meta);
        if (!common.json) {
            StringBuilder head = new StringBuilder();
            for (int i = 1; i <= columns; i++) {
                head.append(i == 1 ? "" : csv ? "," : "\t")
                        .append(csv ? quoted(meta.getColumnLabel(i)) : Shown.text(meta.getColumnLabel(i), 200));
            }
            out.println(head);
        }
        // Who reads on with head has enough soon, and a lake may hold a billion rows.
        while (!out.checkError() && rows.next()) {
            if (common.json) {
                ObjectNode row = JSON.createObjectNode();
                for (int i = 1; i <= columns; i++) {
                    row.set(names.get(i - 1), JSON.valueToTree(SqlValue.plain(rows.getObject(i))));
                }
                out.println(JSON.writeValueAsString(row));
                continue;
            }
            StringBuilder line = new StringBuilder();
            for (int i = 1; i <= columns; i++) {
                String text = text(SqlValue.plain(rows.getObject(i)));
                line.append(i == 1 ? "" : csv ? "," : "\t").append(csv ? quoted(text) : Shown.text(text, 4000));
            }
            out.println(line);
        }
    }

    /// What has members is JSON in every form.
    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Map<?, ?> members -> JSON.writeValueAsString(members);
            case List<?> elements -> JSON.writeValueAsString(elements);
            default -> value.toString();
        };
    }

    /// What members are called: of columns that are called alike, which SQL may have, none takes another's
    /// place.
    static List<String> names(ResultSetMetaData meta) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            String label = meta.getColumnLabel(i);
            String name = label;
            for (int n = 1; !names.add(name); n++) {
                name = label + "_" + n;
            }
        }
        return List.copyOf(names);
    }

    private static String quoted(String text) {
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
