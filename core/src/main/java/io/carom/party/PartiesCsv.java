package io.carom.party;

import io.carom.config.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Makes a parties file of tables, as address management, inventories and contract registers export them.
///
/// A table with a column `value` has one thing that a party owns in each row:
///
///     party,role,type,value
///     acme,client,network,10.20.0.0/16
///
/// a table with a column `link` one link in each row, lists parted by `;`:
///
///     link,supplier,client,kind,networks,accounts,ports,hours,zone,targets,purpose,contact,contract
///
/// Columns may be in any order and be parted by comma, semicolon or tab. Rows of the same party are put
/// together. Every fault of every table is told at once.
public final class PartiesCsv {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("network", "networks"),
            Map.entry("domain", "domains"),
            Map.entry("mail-domain", "mail_domains"),
            Map.entry("account", "accounts"),
            Map.entry("directory", "directories"),
            Map.entry("host", "hosts"),
            Map.entry("tenant", "tenants"),
            Map.entry("critical", "critical"),
            Map.entry("privileged", "privileged"),
            Map.entry("scanner", "scanners"),
            Map.entry("logs", "logs"),
            Map.entry("contact", "contact"));

    private static final List<String> PARTY = List.of("party", "role", "type", "value");
    private static final List<String> LINK = List.of(
            "link",
            "supplier",
            "client",
            "kind",
            "networks",
            "hosts",
            "accounts",
            "ports",
            "hours",
            "zone",
            "targets",
            "purpose",
            "contact",
            "contract");
    private static final Set<String> LISTS = Set.of("networks", "hosts", "accounts", "ports", "targets");

    /// More rows than any organisation has.
    private static final int MOST = 1_000_000;

    private static final class Owned {
        String role = "";
        final Map<String, List<String>> values = new LinkedHashMap<>();
    }

    private final Map<String, Owned> parties = new LinkedHashMap<>();
    private final List<Map<String, String>> links = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /// Takes a table.
    ///
    /// @param file its name, for faults
    public void add(String file, String text) {
        List<String[]> rows = rows(text);
        if (rows.isEmpty()) {
            faults.add(file + ":1: the table is empty; expected a first line such as " + String.join(",", PARTY));
            return;
        }
        String[] head = rows.getFirst();
        List<String> columns = new ArrayList<>();
        for (String cell : head) {
            columns.add(cell.strip().toLowerCase(Locale.ROOT).replace(' ', '_'));
        }
        boolean owned = columns.contains("party") && columns.contains("value");
        if (!owned && !columns.contains("link")) {
            faults.add(file + ":1: found the columns " + String.join(", ", columns) + "; expected "
                    + String.join(",", PARTY) + " or " + String.join(",", LINK));
            return;
        }
        for (String column : columns) {
            if (!(owned ? PARTY : LINK).contains(column)) {
                faults.add(file + ":1: column \"" + column + "\" is unknown."
                        + io.carom.config.Suggestion.of(column, owned ? PARTY : LINK));
            }
        }
        for (int i = 1; i < rows.size(); i++) {
            String[] row = rows.get(i);
            Map<String, String> cells = new LinkedHashMap<>();
            for (int c = 0; c < columns.size(); c++) {
                cells.put(columns.get(c), c < row.length ? row[c].strip() : "");
            }
            if (cells.values().stream().allMatch(String::isEmpty)) {
                continue;
            }
            String place = file + ":" + (i + 1) + ": ";
            if (owned) {
                owned(place, cells);
            } else {
                links.add(cells);
            }
        }
    }

    private void owned(String place, Map<String, String> cells) {
        String name = cells.getOrDefault("party", "");
        String type = cells.getOrDefault("type", "").toLowerCase(Locale.ROOT).replace('_', '-');
        String value = cells.getOrDefault("value", "");
        if (name.isEmpty()) {
            faults.add(place + "the party is missing");
            return;
        }
        Owned party = parties.computeIfAbsent(slug(name), n -> new Owned());
        String role = cells.getOrDefault("role", "").toLowerCase(Locale.ROOT);
        if (!role.isEmpty()) {
            if (!party.role.isEmpty() && !party.role.equals(role)) {
                faults.add(place + "\"" + name + "\" is " + party.role + " in a row above and " + role + " here");
            }
            party.role = role;
        }
        if (type.isEmpty() && value.isEmpty()) {
            return;
        }
        String key =
                TYPES.get(type.endsWith("s") && !type.equals("logs") ? type.substring(0, type.length() - 1) : type);
        if (key == null) {
            faults.add(place + "type \"" + type + "\" is unknown."
                    + io.carom.config.Suggestion.of(
                            type, TYPES.keySet().stream().sorted().toList()));
            return;
        }
        if (value.isEmpty()) {
            faults.add(place + "the value is missing");
            return;
        }
        List<String> values = party.values.computeIfAbsent(key, k -> new ArrayList<>());
        if (!values.contains(value)) {
            values.add(value);
        }
    }

    /// `Acme Corp.` is `acme-corp`.
    static String slug(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length() && out.length() < 64; i++) {
            char c = Character.toLowerCase(name.charAt(i));
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_') {
                out.append(c);
            } else if (!out.isEmpty() && out.charAt(out.length() - 1) != '-') {
                out.append('-');
            }
        }
        while (!out.isEmpty() && out.charAt(out.length() - 1) == '-') {
            out.setLength(out.length() - 1);
        }
        return out.toString();
    }

    /// The parties file of all tables, checked.
    ///
    /// @throws ConfigException with every fault of the tables, or of the file they make
    public String yaml() throws ConfigException {
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        StringBuilder out = new StringBuilder("parties:\n");
        parties.forEach((name, party) -> {
            out.append("  - name: ").append(name).append('\n');
            if (!party.role.isEmpty()) {
                out.append("    role: ").append(quoted(party.role)).append('\n');
            }
            party.values.forEach((key, values) -> {
                out.append("    ").append(key).append(": ");
                out.append(key.equals("contact") ? quoted(String.join(", ", values)) : list(values));
                out.append('\n');
            });
        });
        out.append(links.isEmpty() ? "" : "links:\n");
        for (Map<String, String> link : links) {
            out.append("  - name: ")
                    .append(quoted(slug(link.getOrDefault("link", ""))))
                    .append('\n');
            link.forEach((column, value) -> {
                if (column.equals("link") || value.isEmpty()) {
                    return;
                }
                out.append("    ").append(column).append(": ");
                boolean party = column.equals("supplier") || column.equals("client");
                out.append(
                        LISTS.contains(column)
                                ? list(List.of(value.split("\\s*[;|]\\s*|\\s+")))
                                : quoted(party ? slug(value) : value));
                out.append('\n');
            });
        }
        String yaml = out.toString();
        PartiesFile.parse(yaml, "parties.yaml as made");
        return yaml;
    }

    private static String list(List<String> values) {
        return "[" + String.join(", ", values.stream().map(PartiesCsv::quoted).toList()) + "]";
    }

    private static String quoted(String text) {
        if (text.matches("[A-Za-z0-9][A-Za-z0-9._/@-]*")
                && !text.matches("[0-9.eE_+-]+|true|false|null|yes|no|on|off")) {
            return text;
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                out.append(' ');
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /// Rows of cells, by RFC 4180; what parts them is what the first line has most of.
    private static List<String[]> rows(String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int end = plain.indexOf('\n');
        String first = end < 0 ? plain : plain.substring(0, end);
        char by = ',';
        for (char c : new char[] {';', '\t'}) {
            by = first.chars().filter(x -> x == c).count()
                            > first.chars().filter(x -> x == ',').count()
                    ? c
                    : by;
        }
        List<String[]> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < plain.length() && rows.size() < MOST; i++) {
            char c = plain.charAt(i);
            if (inside) {
                if (c != '"') {
                    cell.append(c);
                } else if (i + 1 < plain.length() && plain.charAt(i + 1) == '"') {
                    cell.append(c);
                    i++;
                } else {
                    inside = false;
                }
            } else if (c == '"' && cell.toString().isBlank()) {
                cell.setLength(0);
                inside = true;
            } else if (c == by) {
                row.add(cell.toString());
                cell.setLength(0);
            } else if (c == '\n') {
                row.add(cell.toString());
                cell.setLength(0);
                rows.add(row.toArray(String[]::new));
                row.clear();
            } else if (c != '\r') {
                cell.append(c);
            }
        }
        if (!row.isEmpty() || !cell.toString().isBlank()) {
            row.add(cell.toString());
            rows.add(row.toArray(String[]::new));
        }
        return rows.size() == 1 && rows.getFirst().length == 1 && rows.getFirst()[0].isBlank() ? List.of() : rows;
    }
}
