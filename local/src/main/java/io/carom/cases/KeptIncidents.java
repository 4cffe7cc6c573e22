package io.carom.cases;

import io.carom.incident.Suppression;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The incidents of a home as `--json` prints them, with what people decided of them: merged, split,
/// suppressed.
public final class KeptIncidents {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SEVERITIES = List.of("informational", "low", "medium", "high", "critical");
    private static final String ISOLATE = "Take memory and disk evidence of, then isolate: ";

    private final Cases cases;

    KeptIncidents(Cases cases) {
        this.cases = cases;
    }

    /// All incidents, worst first, then the latest. Those that are part of others, or of which nothing is
    /// left by what is suppressed, are left out.
    public List<ObjectNode> all() throws IOException {
        List<Suppression> suppressions = acting();
        List<String> ids = new ArrayList<>();
        for (Map<String, @Nullable Object> row : cases.rows("SELECT id FROM incidents WHERE status <> 'merged'")) {
            ids.add(String.valueOf(row.get("id")));
        }
        for (Map<String, @Nullable Object> row : cases.rows("SELECT id FROM splits")) {
            ids.add(String.valueOf(row.get("id")));
        }
        List<ObjectNode> out = new ArrayList<>();
        for (String id : ids) {
            ObjectNode incident = one(id, suppressions);
            if (incident != null && !incident.path("status").asString("").equals("suppressed")) {
                out.add(incident);
            }
        }
        out.sort(java.util.Comparator.comparing(
                        (ObjectNode i) -> i.path("status").asString("").equals("closed"))
                .thenComparing(i -> -SEVERITIES.indexOf(i.path("severity").asString("")))
                .thenComparing(java.util.Comparator.comparing(
                                (ObjectNode i) -> i.path("last_seen").asString(""))
                        .reversed())
                .thenComparing(i -> i.path("id").asString("")));
        return out;
    }

    /// The incident with its state, clocks and notes; null if there is none of that id.
    public @Nullable ObjectNode one(String id) throws IOException {
        return one(id, acting());
    }

    private @Nullable ObjectNode one(String id, List<Suppression> suppressions) throws IOException {
        List<Map<String, @Nullable Object>> split = cases.rows("SELECT * FROM splits WHERE id = ?", id);
        String from = split.isEmpty() ? id : String.valueOf(split.getFirst().get("incident"));
        List<Map<String, @Nullable Object>> rows =
                cases.rows("SELECT status, assignee, json, detected, first FROM incidents WHERE id = ?", from);
        if (rows.isEmpty()) {
            return null;
        }
        ObjectNode node =
                (ObjectNode) JSON.readTree(String.valueOf(rows.getFirst().get("json")));
        node.put("id", id);
        List<Map<String, @Nullable Object>> parts = cases.rows("SELECT part FROM merges WHERE whole = ?", from);
        if (!parts.isEmpty()) {
            Map<String, Set<JsonNode>> told = told(node);
            for (Map<String, @Nullable Object> part : parts) {
                add(node, String.valueOf(part.get("part")), told);
            }
        }
        named(node);
        part(node, id, split.isEmpty() ? null : split.getFirst());
        state(node, id, rows.getFirst(), split.isEmpty());
        cases.moments().put(node, id, split.isEmpty() ? Cases.number(rows.getFirst(), "first") : Long.MAX_VALUE);
        for (Map<String, @Nullable Object> row : cases.rows("SELECT whole FROM merges WHERE part = ?", id)) {
            node.put("merged_into", String.valueOf(row.get("whole")));
        }
        suppress(node, suppressions);
        return node;
    }

    /// What an incident tells that others may tell too. It may have thousands of parts: it is noted
    /// once.
    private static Map<String, Set<JsonNode>> told(ObjectNode whole) {
        Map<String, Set<JsonNode>> told = new LinkedHashMap<>();
        for (String name : List.of("findings", "path", "parties", "techniques", "indicators", "actions", "gaps")) {
            Set<JsonNode> its = new HashSet<>();
            whole.withArray(name).forEach(its::add);
            told.put(name, its);
        }
        return told;
    }

    /// Adds what another incident tells.
    ///
    /// @param told what is told already; what is added is put into it
    private void add(ObjectNode whole, String part, Map<String, Set<JsonNode>> told) throws IOException {
        List<Map<String, @Nullable Object>> rows = cases.rows("SELECT json FROM incidents WHERE id = ?", part);
        if (rows.isEmpty()) {
            return;
        }
        JsonNode other = JSON.readTree(String.valueOf(rows.getFirst().get("json")));
        told.forEach((name, known) -> {
            ArrayNode into = whole.withArray(name);
            other.path(name).forEach(e -> {
                if (known.add(e)) {
                    into.add(e);
                }
            });
        });
        whole.put(
                "findings_total",
                whole.path("findings_total").asLong(0)
                        + other.path("findings_total").asLong(0));
        extreme(whole, other, "first_seen", false);
        extreme(whole, other, "last_seen", true);
        String mine = whole.path("severity").asString("");
        String its = other.path("severity").asString("");
        if (SEVERITIES.indexOf(its) > SEVERITIES.indexOf(mine)) {
            whole.put("severity", its);
        }
        whole.withArray("merged").add(part);
    }

    private static void extreme(ObjectNode whole, JsonNode other, String name, boolean later) {
        String a = whole.path(name).asString("");
        String b = other.path(name).asString("");
        if (b.isEmpty()) {
            return;
        }
        boolean better = a.isEmpty()
                || (later
                        ? Instant.parse(b).isAfter(Instant.parse(a))
                        : Instant.parse(b).isBefore(Instant.parse(a)));
        if (better) {
            whole.put(name, b);
        }
    }

    /// Isolating machines was called `look` once: what was kept so is told as what it is.
    private static void named(ObjectNode node) {
        for (JsonNode action : node.path("actions")) {
            if (action.path("kind").asString("").equals("look")
                    && action.path("text").asString("").startsWith(ISOLATE)) {
                ((ObjectNode) action).put("kind", "isolate");
            }
        }
    }

    /// Takes out what was split off, or all but that.
    private void part(ObjectNode node, String id, @Nullable Map<String, @Nullable Object> split) throws IOException {
        List<Map<String, @Nullable Object>> off =
                split != null ? List.of(split) : cases.rows("SELECT * FROM splits WHERE incident = ?", id);
        if (off.isEmpty()) {
            return;
        }
        List<JsonNode> kept = new ArrayList<>();
        for (JsonNode finding : node.path("findings")) {
            boolean its = off.stream().anyMatch(s -> fits(s, finding));
            if (its == (split != null)) {
                kept.add(finding);
            }
        }
        replace(node, kept);
        if (split != null && !kept.isEmpty()) {
            JsonNode first = kept.getFirst();
            node.put(
                    "title",
                    node.path("client").asString("") + ": "
                            + first.path("affected").asString("a machine") + " showed \""
                            + first.path("title").asString("") + "\"");
            node.put("summary", "Split off from " + split.get("incident") + ".");
            node.put("severity", worst(kept));
            node.put("split_from", String.valueOf(split.get("incident")));
        }
    }

    private static boolean fits(Map<String, @Nullable Object> split, JsonNode finding) {
        String analytic = String.valueOf(split.get("analytic"));
        String affected = String.valueOf(split.get("affected"));
        return (analytic.isEmpty() || analytic.equals(finding.path("analytic").asString("")))
                && (affected.isEmpty()
                        || affected.equalsIgnoreCase(finding.path("affected").asString("")));
    }

    private static void replace(ObjectNode node, List<JsonNode> findings) {
        ArrayNode into = node.putArray("findings");
        long total = 0;
        String first = "";
        String last = "";
        for (JsonNode finding : findings) {
            into.add(finding);
            total += finding.path("count").asLong(0);
            String begin = finding.path("first_seen").asString("");
            String end = finding.path("last_seen").asString("");
            first = first.isEmpty() || begin.compareTo(first) < 0 ? begin : first;
            last = end.compareTo(last) > 0 ? end : last;
        }
        node.put("findings_total", total);
        if (!findings.isEmpty()) {
            node.put("first_seen", first).put("last_seen", last);
        }
    }

    private static String worst(List<JsonNode> findings) {
        return findings.stream()
                .map(f -> f.path("severity").asString(""))
                .max(java.util.Comparator.comparingInt(SEVERITIES::indexOf))
                .orElse("informational");
    }

    private void state(ObjectNode node, String id, Map<String, @Nullable Object> row, boolean whole)
            throws IOException {
        node.put("status", whole ? String.valueOf(row.get("status")) : "new");
        Object assignee = row.get("assignee");
        node.put("assignee", assignee == null ? null : assignee.toString());
        ObjectNode clocks = (ObjectNode) node.get("clocks");
        clocks.put(
                "detected", Instant.ofEpochMilli(Cases.number(row, "detected")).toString());
        ArrayNode notes = node.putArray("log");
        for (Map<String, @Nullable Object> entry : cases.rows(
                "SELECT at, who, what, text, client FROM incident_log WHERE incident = ? ORDER BY at, rowid", id)) {
            String at = Instant.ofEpochMilli(Cases.number(entry, "at")).toString();
            String what = String.valueOf(entry.get("what"));
            ObjectNode note = notes.addObject();
            note.put("at", at);
            note.put("who", String.valueOf(entry.get("who")));
            note.put("what", what);
            note.put("text", String.valueOf(entry.get("text")));
            Object writers = entry.get("client");
            if (writers != null) {
                note.put("client", writers.toString());
            }
            switch (what) {
                case "ack" -> {
                    if (!clocks.has("acknowledged")) {
                        clocks.put("acknowledged", at);
                    }
                }
                case "contain" -> clocks.put("contained", at);
                case "close" -> {
                    clocks.put("closed", at);
                    node.remove("false_alarm");
                }
                case "false_alarm" -> {
                    clocks.put("closed", at);
                    node.put("false_alarm", true);
                }
                case "reopen" -> {
                    clocks.remove("closed");
                    clocks.remove("contained");
                    node.remove("false_alarm");
                }
                default -> {}
            }
            if (!whole) {
                switch (what) {
                    case "ack" -> node.put("status", "acknowledged");
                    case "contain" -> node.put("status", "contained");
                    case "close", "false_alarm" -> node.put("status", "closed");
                    case "reopen" -> node.put("status", "new");
                    default -> {}
                }
            }
        }
    }

    // ---- suppressions

    /// Takes out what is suppressed; where nothing is left its state is `suppressed`. `hidden` says how many
    /// findings that are, by whose word and until when.
    private static void suppress(ObjectNode node, List<Suppression> suppressions) {
        if (suppressions.isEmpty()) {
            return;
        }
        String client = node.path("client").asString("");
        List<JsonNode> left = new ArrayList<>();
        Map<Suppression, Long> by = new LinkedHashMap<>();
        for (JsonNode finding : node.path("findings")) {
            Suppression of = suppressions.stream()
                    .filter(s -> matches(s, client, finding))
                    .findFirst()
                    .orElse(null);
            if (of == null) {
                left.add(finding);
            } else {
                by.merge(of, Math.max(1, finding.path("count").asLong(1)), Long::sum);
            }
        }
        if (by.isEmpty()) {
            return;
        }
        ArrayNode ids = node.putArray("suppressed_by");
        ArrayNode hidden = node.putArray("hidden");
        by.forEach((s, findings) -> {
            ids.add(s.id());
            hidden.addObject()
                    .put("id", s.id())
                    .put("findings", findings)
                    .put("analytic", s.analytic())
                    .put("value", s.value())
                    .put("reason", s.why())
                    .put("by", s.by())
                    .put("until", s.until().toString());
        });
        if (left.isEmpty()) {
            node.put("status", "suppressed");
        } else {
            replace(node, left);
            String worst = worst(left);
            if (SEVERITIES.indexOf(worst) < SEVERITIES.indexOf("medium")) {
                node.put("severity", worst);
            }
        }
    }

    private static boolean matches(Suppression s, String client, JsonNode finding) {
        if (!s.client().isEmpty() && !s.client().equals(client)
                || !s.analytic().isEmpty()
                        && !s.analytic().equals(finding.path("analytic").asString(""))) {
            return false;
        }
        String analytic = finding.path("analytic").asString("");
        return s.value().isEmpty()
                || s.about(finding.path("affected").asString(""))
                || analytic.startsWith("indicator:") && s.about(analytic.substring(analytic.indexOf(':', 10) + 1));
    }

    /// All suppressions, those that still act first.
    public List<Suppression> suppressions() throws IOException {
        List<Suppression> out = new ArrayList<>();
        for (Map<String, @Nullable Object> row : cases.rows("SELECT * FROM suppressions ORDER BY until DESC, id")) {
            out.add(new Suppression(
                    String.valueOf(row.get("id")),
                    String.valueOf(row.get("client")),
                    String.valueOf(row.get("analytic")),
                    String.valueOf(row.get("value")),
                    String.valueOf(row.get("why")),
                    String.valueOf(row.get("by")),
                    Instant.ofEpochMilli(Cases.number(row, "made")),
                    Instant.ofEpochMilli(Cases.number(row, "until"))));
        }
        return out;
    }

    /// Those that act now.
    public List<Suppression> acting() throws IOException {
        Instant now = Instant.now();
        return suppressions().stream().filter(s -> s.acts(now)).toList();
    }

    public void suppress(Suppression s) throws IOException {
        change(() -> cases.run(
                "INSERT OR REPLACE INTO suppressions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                s.id(),
                s.client(),
                s.analytic(),
                s.value(),
                s.why(),
                s.by(),
                s.made().toEpochMilli(),
                s.until().toEpochMilli()));
    }

    /// Ends a suppression; what it hid is seen again.
    ///
    /// @return whether there is such a one that acts
    public boolean unsuppress(String id) throws IOException {
        if (acting().stream().noneMatch(s -> s.id().equals(id))) {
            return false;
        }
        change(() -> cases.run(
                "UPDATE suppressions SET until = ? WHERE id = ?", Instant.now().toEpochMilli(), id));
        return true;
    }

    // ---- merging and splitting

    /// Makes one incident part of another of the same client.
    public void merge(String part, String whole, String who) throws IOException {
        ObjectNode a = one(part);
        ObjectNode b = one(whole);
        if (a == null || b == null) {
            throw new IOException("there is no incident \"" + (a == null ? part : whole) + "\" in this home");
        }
        String client = b.path("client").asString("");
        if (!client.equals(a.path("client").asString(""))) {
            throw new IOException(part + " is of " + a.path("client").asString("") + " and " + whole + " of " + client
                    + ": two clients' incidents are never one; those of one intruder have the same campaign");
        }
        if (part.equals(whole) || a.has("merged_into") || b.has("merged_into") || a.has("split_from")) {
            throw new IOException(part + " cannot become part of " + whole
                    + ": one of them is part of another already, or they are the same");
        }
        change(() -> {
            cases.run("INSERT OR REPLACE INTO merges VALUES (?, ?)", part, whole);
            cases.run("UPDATE merges SET whole = ? WHERE whole = ?", whole, part);
            cases.run("UPDATE incidents SET status = 'merged' WHERE id = ?", part);
            cases.log(part, Instant.now(), who, "merge", "Part of " + whole + " now.");
            cases.log(whole, Instant.now(), who, "merge", part + " is part of it now.");
        });
    }

    /// Makes the findings of an analytic or about a thing, or both, an incident of their own; undoes a merge
    /// where `id` was merged.
    ///
    /// @return the id of the new incident, or of the one that stands by itself again
    public String split(String id, String analytic, String affected, String who) throws IOException {
        ObjectNode node = one(id);
        if (node == null) {
            throw new IOException("there is no incident \"" + id + "\" in this home");
        }
        if (node.has("merged_into")) {
            change(() -> {
                cases.run("DELETE FROM merges WHERE part = ?", id);
                cases.run("UPDATE incidents SET status = 'new' WHERE id = ?", id);
                cases.log(id, Instant.now(), who, "split", "It stands by itself again.");
            });
            return id;
        }
        long fits = 0;
        long all = 0;
        for (JsonNode finding : node.path("findings")) {
            Map<String, @Nullable Object> by = Map.of("analytic", analytic, "affected", affected);
            all++;
            fits += fits(by, finding) ? 1 : 0;
        }
        if (fits == 0 || fits == all || analytic.isEmpty() && affected.isEmpty()) {
            throw new IOException(
                    (fits == 0 ? "no finding of " : "every finding of ") + id + " is of that kind; \"carom"
                            + " incidents " + id + " --json\" lists them with analytic and affected");
        }
        String off = "inc-" + print(id + "\0" + analytic + "\0" + affected);
        change(() -> {
            cases.run("INSERT OR REPLACE INTO splits VALUES (?, ?, ?, ?)", off, id, analytic, affected);
            cases.log(id, Instant.now(), who, "split", off + " was split off.");
            cases.log(off, Instant.now(), who, "split", "Split off from " + id + ".");
        });
        return off;
    }

    /// An id made of what a thing is.
    public static String print(String of) {
        try {
            byte[] print = MessageDigest.getInstance("SHA-256").digest(of.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(print, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private void change(Cases.Changes changes) throws IOException {
        cases.together(changes);
    }
}
