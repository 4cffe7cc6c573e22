package io.carom.server.api;

import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.audit.AuditLog;
import io.carom.server.passkey.Passkeys;
import io.carom.server.provider.Providers;
import io.carom.view.View;
import io.carom.view.Views;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What answers are made from. Nothing of the cases and the lake is had from here but through {@link
/// #view}, which
/// shows each person what they may see.
public record Desk(
        Path home,
        Views views,
        Accounts accounts,
        People people,
        AuditLog audit,
        Providers providers,
        Passkeys passkeys,
        InstantSource clock) {
    static final ObjectMapper JSON = new ObjectMapper();

    public View view(Person person) throws IOException {
        String client = person.sight().client();
        View view = views.of(person.sight());
        return client == null ? view : view.with(people.ofClient(client));
    }

    Instant now() {
        return clock.instant();
    }

    /// Many answers in one object, as the API gives them.
    static ObjectNode listed(String name, List<? extends JsonNode> all) {
        ObjectNode out = JSON.createObjectNode();
        var into = out.putArray(name);
        all.forEach(into::add);
        return out;
    }
}
