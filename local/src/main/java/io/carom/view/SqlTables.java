package io.carom.view;

import io.carom.view.EventsView.QuestionException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The tables that a question in SQL reads, as the database's own parser takes it apart. It is one SELECT
/// over tables in sight; what the database tells of itself, and what it reads of files, stands where a
/// table does, and is refused by whatever name before anything runs.
final class SqlTables {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// Tables that are made of what the question itself says.
    private static final Set<String> MADE = Set.of("range", "generate_series", "unnest");
    /// What may stand where a table does. What a later version knows besides is refused until somebody has
    /// looked at it.
    private static final Set<String> KINDS = Set.of(
            "BASE_TABLE",
            "SUBQUERY",
            "JOIN",
            "TABLE_FUNCTION",
            "EXPRESSION_LIST",
            "EMPTY",
            "EMPTY_FROM",
            "PIVOT",
            "SHOW_REF");
    /// What a question is made of; others write.
    private static final Set<String> NODES =
            Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");
    /// Names of the database's own views.
    private static final Set<String> ITS_OWN = ConcurrentHashMap.newKeySet();
    /// How the database's own things are called.
    private static final Pattern SYSTEM = Pattern.compile("^(duckdb|pragma|sqlite|pg|information)_");
    /// A name that is no file's.
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private final Set<String> known;
    private final Set<String> schemas;
    private final Set<String> own = new HashSet<>();
    private final Set<String> named = new HashSet<>();

    private SqlTables(Set<String> known, Set<String> clients) {
        this.known = known;
        this.schemas = new HashSet<>(Set.of("", "main"));
        clients.forEach(c -> schemas.add(c.toLowerCase(Locale.ROOT)));
    }

    /// Those of the known tables that the question reads.
    ///
    /// @param known the tables in sight
    /// @param clients whose they are
    /// @throws QuestionException if it is not one SELECT, or reads anything else
    static Set<String> of(String sql, Set<String> known, Set<String> clients) throws IOException, QuestionException {
        JsonNode parsed = parsed(sql);
        if (parsed.path("error").asBoolean(true)) {
            throw new QuestionException(parsed.path("error_message")
                    .asString("That is no SELECT.")
                    .lines()
                    .limit(6)
                    .reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b));
        }
        JsonNode statements = parsed.path("statements");
        if (statements.size() != 1) {
            throw new QuestionException("Ask one SELECT at a time.");
        }
        SqlTables tables = new SqlTables(known, clients);
        tables.own(statements);
        // Beyond where a question gives such a name it means what it means without: what the database
        // itself calls so, or a file, is not to be had by it.
        tables.own.removeIf(n -> !NAME.matcher(n).matches()
                || ITS_OWN.contains(n)
                || SYSTEM.matcher(n).find());
        tables.look(statements);
        return tables.named;
    }

    /// Collects names that the question gives itself.
    private void own(JsonNode node) {
        for (JsonNode cte : node.path("cte_map").path("map")) {
            own.add(folded(cte, "key"));
        }
        if (folded(node, "type").endsWith("cte_node")) {
            own.add(folded(node, "cte_name"));
        }
        for (JsonNode child : node) {
            own(child);
        }
    }

    private void look(JsonNode node) throws QuestionException {
        String type = node.path("type").asString("");
        if (type.endsWith("_NODE") && !NODES.contains(type)) {
            throw new QuestionException("Only what SELECTs is asked here.");
        }
        kind(node.path("from_table"));
        switch (type) {
            case "BASE_TABLE" -> table(node);
            case "TABLE_FUNCTION" -> made(node.path("function"));
            case "SHOW_REF" -> described(node);
            case "JOIN" -> {
                kind(node.path("left"));
                kind(node.path("right"));
            }
            case "PIVOT" -> kind(node.path("source"));
            default -> {}
        }
        for (JsonNode child : node) {
            look(child);
        }
    }

    private static void kind(JsonNode table) throws QuestionException {
        if (table.isObject() && !KINDS.contains(table.path("type").asString(""))) {
            throw new QuestionException("That is no table that is read here.");
        }
    }

    private void table(JsonNode node) throws QuestionException {
        String name = folded(node, "table_name");
        String schema = folded(node, "schema_name");
        String catalog = folded(node, "catalog_name");
        if (known.contains(name) && schemas.contains(schema) && (catalog.isEmpty() || catalog.equals("memory"))) {
            named.add(name);
        } else if (!schema.isEmpty() || !catalog.isEmpty() || !own.contains(name)) {
            throw new QuestionException("No table in sight is called \"" + shown(name) + "\". There are "
                    + String.join(", ", new TreeSet<>(known)) + ".");
        }
    }

    private static void made(JsonNode function) throws QuestionException {
        String name = folded(function, "function_name");
        if (!MADE.contains(name)
                || !folded(function, "schema").isEmpty()
                || !folded(function, "catalog").isEmpty()) {
            throw new QuestionException("\"" + shown(name)
                    + "\" is not asked here: beside the tables in sight there are range, generate_series and unnest.");
        }
    }

    /// DESCRIBE and SUMMARIZE of a table or a question; not the lists that SHOW gives.
    private static void described(JsonNode node) throws QuestionException {
        if (!node.path("query").isObject() || !folded(node, "table_name").isEmpty()) {
            throw new QuestionException("Nothing is listed here; DESCRIBE tells the columns of a table in sight.");
        }
    }

    private static String folded(JsonNode node, String name) {
        return node.path(name).asString("").toLowerCase(Locale.ROOT);
    }

    private static String shown(String name) {
        return name.length() <= 80 ? name : name.substring(0, 80) + "…";
    }

    /// A database that has nothing and opens nothing: what is asked is only taken apart there.
    private static synchronized JsonNode parsed(String sql) throws IOException, QuestionException {
        try {
            Connection connection = parser;
            if (connection == null) {
                connection = DriverManager.getConnection("jdbc:duckdb:");
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SET memory_limit = '64MB'");
                    statement.execute("SET temp_directory = ''");
                    statement.execute("SET threads = 1");
                    statement.execute("SET enable_external_access = false");
                    statement.execute("SET lock_configuration = true");
                    try (ResultSet views = statement.executeQuery("SELECT lower(view_name) FROM duckdb_views()"
                            + " WHERE schema_name <> 'information_schema'")) {
                        while (views.next()) {
                            ITS_OWN.add(views.getString(1));
                        }
                    }
                }
                parser = connection;
            }
            try (PreparedStatement parse =
                    connection.prepareStatement("SELECT CAST(json_serialize_sql(?) AS VARCHAR)")) {
                parse.setString(1, sql);
                try (ResultSet row = parse.executeQuery()) {
                    return row.next() ? JSON.readTree(row.getString(1)) : JSON.createObjectNode();
                }
            }
        } catch (SQLException e) {
            throw new IOException("the question cannot be taken apart: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new QuestionException("That question has too many questions in each other.");
        }
    }

    private static @Nullable Connection parser;
}
