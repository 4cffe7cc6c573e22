package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who one is here, and what was done here.
public final class MeAnswers {
    private MeAnswers() {}

    static ObjectNode me(Person person) {
        return Desk.JSON
                .createObjectNode()
                .put("name", person.name())
                .put("role", person.role().label())
                .put("client", person.sight().client())
                .put("may_read", person.read())
                .put("may_write", person.write() && Role.WORKERS.contains(person.role()));
    }

    /// The latest lines of the audit log that hold a text.
    public static ObjectNode audit(Desk desk, String text, int most) throws IOException {
        String wanted = text.toLowerCase(Locale.ROOT);
        List<JsonNode> lines = desk.audit()
                .latest(
                        most,
                        line -> wanted.isEmpty()
                                || line.toString().toLowerCase(Locale.ROOT).contains(wanted));
        return Desk.listed("lines", lines);
    }
}
