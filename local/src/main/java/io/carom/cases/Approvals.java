package io.carom.cases;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is done only where a second person agrees; what was asked for, and what was answered. That
/// whoever answers is not who asked is decided by the statement that writes the answer.
public final class Approvals {
    static final String TABLE = """
        CREATE TABLE IF NOT EXISTS approvals (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, client TEXT NOT NULL, incident TEXT NOT NULL, subject TEXT NOT NULL,
            what TEXT NOT NULL, detail TEXT NOT NULL, asked_by TEXT NOT NULL, asked_at INTEGER NOT NULL, why TEXT NOT NULL,
            verdict TEXT, answered_by TEXT, answered_at INTEGER, note TEXT) WITHOUT ROWID""";
    static final String OF_CLIENT = "CREATE INDEX IF NOT EXISTS approvals_of_client ON approvals (client, kind, id)";
    static final String ASKED_AS = "ALTER TABLE approvals ADD COLUMN asked_as TEXT";
    static final String RULES = """
        CREATE TABLE IF NOT EXISTS second_person (what TEXT PRIMARY KEY) WITHOUT ROWID""";

    /// Telling a client.
    public static final String TELL = "tell";
    /// What a second person may be asked for: telling a client, and kinds of actions that change
    /// something.
    public static final List<String> KNOWN = List.of(TELL, "cut", "block", "disable", "isolate", "pull");

    /// Who asks and is not answered asks again.
    private static final Duration LAPSES = Duration.ofDays(3);

    /// What a request is for: an action of an incident, a package for a client, or a change to what
    /// needs a second person.
    public enum Kind {
        ACTION,
        TELLING,
        RULES;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param incident empty where it is about none
    /// @param subject the action's key, or the package's id and how it is to be sent
    /// @param detail JSON that says how it is carried out, or what is to be blocked; empty for nothing
    /// @param of whose who asked was then; null for nobody's client
    /// @param answer null while it waits
    public record Request(
            String id,
            Kind kind,
            String client,
            String incident,
            String subject,
            String what,
            String detail,
            String by,
            @Nullable String of,
            Instant at,
            String why,
            @Nullable Answer answer) {
        public boolean agreed() {
            return answer != null && answer.verdict == Verdict.YES;
        }
    }

    public record Answer(Verdict verdict, String by, Instant at, String note) {}

    public enum Verdict {
        YES,
        NO,
        /// By who asked.
        WITHDRAWN;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Cases cases;

    Approvals(Cases cases) {
        this.cases = cases;
    }

    /// What needs a second person here; empty where nothing does.
    public Set<String> rules() throws IOException {
        Set<String> out = new TreeSet<>();
        cases.rows("SELECT what FROM second_person").forEach(row -> out.add(String.valueOf(row.get("what"))));
        return out;
    }

    public void rules(Set<String> what) throws IOException {
        cases.together(() -> {
            cases.run("DELETE FROM second_person");
            for (String one : what) {
                cases.run("INSERT INTO second_person VALUES (?)", one);
            }
        });
    }

    /// Asks; what waits for the same already is what is asked for.
    public Request ask(Kind kind, String client, String incident, String subject, String what, String detail, Who who)
            throws IOException {
        String[] id = new String[1];
        cases.together(() -> {
            // Of two who ask at once the other waits here.
            List<Request> same = list(
                    "INDEXED BY approvals_of_client WHERE client = ? AND kind = ? AND incident = ? AND subject = ?"
                            + " AND verdict IS NULL AND asked_at > ? ORDER BY asked_at, id",
                    client,
                    kind.name(),
                    incident,
                    subject,
                    who.at.minus(LAPSES).toEpochMilli());
            if (!same.isEmpty()) {
                id[0] = same.getFirst().id();
                return;
            }
            id[0] = "apr-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
            cases.run(
                    "INSERT INTO approvals (id, kind, client, incident, subject, what, detail, asked_by, asked_at, why,"
                            + " asked_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    id[0],
                    kind.name(),
                    client,
                    incident,
                    subject,
                    what,
                    detail,
                    who.name,
                    who.at.toEpochMilli(),
                    who.words,
                    cases.writers());
            log(incident, who.at, who.name, "asks for a second person", what, who.words);
        });
        return Objects.requireNonNull(of(id[0]));
    }

    /// Somebody, at a time, with their words.
    public record Who(String name, Instant at, String words) {}

    private void log(String incident, Instant at, String who, String what, String about, String words)
            throws SQLException {
        if (!incident.isEmpty()) {
            cases.log(incident, at, who, what, words.isEmpty() ? about : about + ": " + words);
        }
    }

    public @Nullable Request of(String id) throws IOException {
        return list("WHERE id = ?", id).stream().findFirst().orElse(null);
    }

    /// As {@link #of(String)}, among those about actions of one client's incidents: another's is not
    /// even met.
    public @Nullable Request of(String client, String id) throws IOException {
        return list("INDEXED BY approvals_of_client WHERE client = ? AND kind = 'ACTION' AND id = ?", client, id)
                .stream()
                .findFirst()
                .orElse(null);
    }

    /// What nobody has answered yet, the oldest first.
    public List<Request> waiting(Instant now) throws IOException {
        return list(
                "WHERE verdict IS NULL AND asked_at > ? ORDER BY asked_at, id",
                now.minus(LAPSES).toEpochMilli());
    }

    /// As {@link #waiting(Instant)}, of actions of one client's incidents: another's are not even met.
    public List<Request> waiting(String client, Instant now) throws IOException {
        return list(
                "INDEXED BY approvals_of_client WHERE client = ? AND kind = 'ACTION' AND verdict IS NULL AND asked_at > ?"
                        + " ORDER BY asked_at, id",
                client,
                now.minus(LAPSES).toEpochMilli());
    }

    /// What was asked for of actions of incidents, the oldest first; without what waited too long.
    public List<Request> ofActions(Instant now) throws IOException {
        return list(
                "WHERE kind = 'ACTION' AND (verdict IS NOT NULL OR asked_at > ?) ORDER BY asked_at, id",
                now.minus(LAPSES).toEpochMilli());
    }

    /// The latest request for exactly this that somebody else agreed to; null if nobody did.
    public @Nullable Request agreed(Kind kind, String client, String incident, String subject) throws IOException {
        return list(
                        "WHERE kind = ? AND client = ? AND incident = ? AND subject = ? AND verdict = 'YES'"
                                + " ORDER BY answered_at DESC",
                        kind.name(),
                        client,
                        incident,
                        subject)
                .stream()
                .findFirst()
                .orElse(null);
    }

    /// Answers a request that waits. A change of what needs a second person holds with the answer that
    /// agrees to it.
    ///
    /// @return whether it did: nobody agrees to what they asked for themselves, nobody else withdraws
    ///     it,
    ///     and of two who answer at once one does
    public boolean answer(String id, Verdict verdict, Who who) throws IOException {
        Request asked = of(id);
        if (asked == null) {
            return false;
        }
        boolean[] done = new boolean[1];
        cases.together(() -> {
            done[0] = cases.changed(
                            "UPDATE approvals SET verdict = ?1, answered_by = ?2, answered_at = ?3, note = ?4 WHERE id = ?5"
                                    + " AND verdict IS NULL AND asked_at > ?6 AND (asked_by = ?2) = (?1 = 'WITHDRAWN')",
                            verdict.name(),
                            who.name,
                            who.at.toEpochMilli(),
                            who.words,
                            id,
                            who.at.minus(LAPSES).toEpochMilli())
                    > 0;
            if (done[0] && verdict == Verdict.YES && asked.kind == Kind.RULES) {
                cases.run("DELETE FROM second_person");
                for (String one : asked.subject.isEmpty() ? List.<String>of() : List.of(asked.subject.split(","))) {
                    cases.run("INSERT INTO second_person VALUES (?)", one);
                }
            }
            if (done[0]) {
                log(
                        asked.incident,
                        who.at,
                        who.name,
                        switch (verdict) {
                            case YES -> "agrees";
                            case NO -> "does not agree";
                            case WITHDRAWN -> "asks no longer";
                        },
                        asked.what,
                        who.words);
            }
        });
        return done[0];
    }

    private List<Request> list(String which, @Nullable Object... values) throws IOException {
        List<Request> out = new ArrayList<>();
        for (Map<String, @Nullable Object> row : cases.rows("SELECT * FROM approvals " + which, values)) {
            Object verdict = row.get("verdict");
            Object as = row.get("asked_as");
            out.add(new Request(
                    text(row, "id"),
                    Kind.valueOf(text(row, "kind")),
                    text(row, "client"),
                    text(row, "incident"),
                    text(row, "subject"),
                    text(row, "what"),
                    text(row, "detail"),
                    text(row, "asked_by"),
                    as == null ? null : as.toString(),
                    time(row, "asked_at"),
                    text(row, "why"),
                    verdict == null
                            ? null
                            : new Answer(
                                    Verdict.valueOf(verdict.toString()),
                                    text(row, "answered_by"),
                                    time(row, "answered_at"),
                                    text(row, "note"))));
        }
        return out;
    }

    private static String text(Map<String, @Nullable Object> row, String name) {
        return String.valueOf(row.get(name));
    }

    private static Instant time(Map<String, @Nullable Object> row, String name) {
        return Instant.ofEpochMilli(Cases.number(row, name));
    }
}
