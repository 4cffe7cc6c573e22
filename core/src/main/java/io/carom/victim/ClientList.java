package io.carom.victim;

import io.carom.config.ConfigException;
import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.party.Party;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;

/// Reads who the clients are: a parties file (YAML), CSV or TSV with or without a header, JSON (an array or a
/// line each), or plain lines of names or domains.
///
/// Columns and members are known by their usual names: `name` (client, company, organisation), `domain(s)`
/// (website, url), `alias(es)` (brand, aka), `ticker(s)` (symbol, abbreviation). Several values of one are
/// parted by `;` or `|`. Without a header the first column is the name, and of the others what has a dot is a
/// domain, what is short and in capitals a ticker, anything else an alias.
public final class ClientList {
    /// A larger file is no list of clients.
    public static final long MAX_BYTES = 64 << 20;

    private enum Column {
        NAME,
        DOMAIN,
        ALIAS,
        TICKER,
        OTHER;

        static Column of(String header) {
            return switch (header.strip()
                    .toLowerCase(Locale.ROOT)
                    .replace(' ', '_')
                    .replace('-', '_')) {
                case "name",
                        "client",
                        "company",
                        "organisation",
                        "organization",
                        "org",
                        "customer",
                        "party",
                        "legal_name" -> NAME;
                case "domain", "domains", "website", "websites", "url", "web", "mail_domains" -> DOMAIN;
                case "alias",
                        "aliases",
                        "brand",
                        "brands",
                        "aka",
                        "also",
                        "other_names",
                        "trade_name",
                        "trading_as",
                        "names" -> ALIAS;
                case "ticker",
                        "tickers",
                        "symbol",
                        "symbols",
                        "stock",
                        "abbreviation",
                        "abbreviations",
                        "acronym",
                        "acronyms",
                        "short",
                        "code" -> TICKER;
                default -> OTHER;
            };
        }
    }

    private ClientList() {}

    /// @throws IOException if it cannot be read, says whom it does not understand, with file and line
    public static List<Client> read(Path file) throws IOException, ConfigException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    file + ": a list of clients of " + Files.size(file) + " bytes; at most " + MAX_BYTES + " are read");
        }
        return parse(Written.text(Files.readAllBytes(file)), file.toString());
    }

    /// @param file for faults, and by its ending whether it is YAML
    public static List<Client> parse(String text, String file) throws IOException, ConfigException {
        String lower = file.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".yaml") || lower.endsWith(".yml")) {
            return of(PartiesFile.parse(text, file));
        }
        String start = text.stripLeading();
        List<Client> clients = start.startsWith("[") || start.startsWith("{") ? json(start, file) : rows(text, file);
        if (clients.isEmpty()) {
            throw new IOException(
                    file + ": no client is named in it; expected one a line, or name, domains, aliases and"
                            + " tickers as CSV or JSON");
        }
        return clients;
    }

    /// The clients of a parties file; all parties that are not us where none is called a client.
    public static List<Client> of(Parties parties) {
        List<Client> clients = new ArrayList<>();
        boolean any = parties.parties().stream().anyMatch(p -> p.role() == Party.Role.CLIENT);
        for (Party party : parties.parties()) {
            if (any ? party.role() == Party.Role.CLIENT : party.role() != Party.Role.US) {
                clients.add(new Client(party.name(), List.of(party.name()), party.domains(), List.of()));
            }
        }
        return clients;
    }

    private static List<Client> json(String text, String file) throws IOException {
        List<Client> clients = new ArrayList<>();
        try {
            if (text.startsWith("[")) {
                if (JsonTree.of(text) instanceof JsonValue.Items items) {
                    for (JsonValue item : items.values()) {
                        clients.add(json(item, file, clients.size() + 1));
                    }
                }
                return clients;
            }
            int line = 0;
            for (String one : text.split("\n")) {
                line++;
                if (!one.isBlank()) {
                    clients.add(json(JsonTree.of(one.strip()), file, line));
                }
            }
            return clients;
        } catch (JacksonException e) {
            throw new IOException(file + ": no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Client json(JsonValue value, String file, int number) throws IOException {
        Map<Column, Set<String>> cells = new LinkedHashMap<>();
        switch (value) {
            case JsonValue.Text text ->
                put(cells, text.value().contains(".") ? Column.DOMAIN : Column.NAME, text.value());
            case JsonValue.Members members ->
                members.values().forEach((name, member) -> {
                    Column column = Column.of(name);
                    if (member instanceof JsonValue.Text text) {
                        put(cells, column, text.value());
                    } else if (member instanceof JsonValue.Items items) {
                        for (JsonValue item : items.values()) {
                            if (item instanceof JsonValue.Text text) {
                                put(cells, column, text.value());
                            }
                        }
                    }
                });
            default -> {}
        }
        return client(cells, file, number);
    }

    private static List<Client> rows(String text, String file) throws IOException {
        List<Client> clients = new ArrayList<>();
        List<Column> header = List.of();
        char by = 0;
        int number = 0;
        for (String line : text.split("\\r?\\n")) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (number == 1 || header.isEmpty() && clients.isEmpty()) {
                by = Rows.by(line, ClientList::header);
                if (by != 0) {
                    header = Rows.cells(line, by).stream().map(Column::of).toList();
                    continue;
                }
            }
            List<String> cells = by == 0 ? Rows.cells(line) : Rows.cells(line, by);
            Map<Column, Set<String>> byColumn = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                for (String value : cells.get(i).split("[;|]")) {
                    Column column = header.isEmpty()
                            ? guessed(value.strip(), i)
                            : i < header.size() ? header.get(i) : Column.OTHER;
                    put(byColumn, column, value);
                }
            }
            clients.add(client(byColumn, file, number));
        }
        return clients;
    }

    private static boolean header(List<String> cells) {
        return cells.stream().map(Column::of).anyMatch(c -> c == Column.NAME || c == Column.DOMAIN);
    }

    private static Column guessed(String value, int at) {
        if (HostName.of(value) != null && value.indexOf(' ') < 0) {
            return Column.DOMAIN;
        }
        if (at == 0) {
            return Column.NAME;
        }
        boolean capitals = value.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
        return capitals && value.length() <= 6 ? Column.TICKER : Column.ALIAS;
    }

    private static void put(Map<Column, Set<String>> cells, Column column, String value) {
        String plain = value.strip();
        if (!plain.isEmpty() && plain.length() <= Spelling.MOST) {
            cells.computeIfAbsent(column, c -> new LinkedHashSet<>()).add(plain);
        }
    }

    private static Client client(Map<Column, Set<String>> cells, String file, int number) throws IOException {
        List<String> names = new ArrayList<>(cells.getOrDefault(Column.NAME, Set.of()));
        names.addAll(cells.getOrDefault(Column.ALIAS, Set.of()));
        List<String> domains = new ArrayList<>();
        for (String written : cells.getOrDefault(Column.DOMAIN, Set.of())) {
            for (String one : written.split("[\\s,;|]+")) {
                // What stands in this column is no file, whatever it ends in.
                HostName host = HostName.of(one.contains("://") ? one : "https://" + one);
                if (host != null) {
                    String domain = host.part(0, host.size());
                    domains.add(domain.startsWith("www.") ? domain.substring(4) : domain);
                }
            }
        }
        if (names.isEmpty() && domains.isEmpty()) {
            throw new IOException(file + ":" + number + ": neither a name nor a domain of a client is here");
        }
        String id = names.isEmpty() ? domains.getFirst() : names.getFirst();
        return new Client(id, names, domains, List.copyOf(cells.getOrDefault(Column.TICKER, Set.of())));
    }
}
