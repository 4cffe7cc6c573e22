package io.carom.server.api;

import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.out.Targets;
import io.carom.server.provider.Providers;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// What the page of settings shows to whom: to others than those whom it concerns, nothing.
public final class SettingsAnswers {
    private final Desk desk;

    public SettingsAnswers(Desk desk) {
        this.desk = desk;
    }

    public ObjectNode accounts(Person person) throws IOException {
        return person.role() == Role.ADMINISTRATOR ? AccountRoutes.all(desk) : Desk.JSON.createObjectNode();
    }

    /// One's own tokens.
    public ObjectNode tokens(Person person) throws IOException {
        return AccountRoutes.tokens(desk, person.name());
    }

    /// The tokens of everybody, by the names of their accounts.
    public ObjectNode allTokens(Person person) throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        if (person.role() == Role.ADMINISTRATOR) {
            for (Accounts.Listed listed : desk.accounts().list()) {
                String name = listed.account().name();
                out.set(name, AccountRoutes.tokens(desk, name).path("tokens"));
            }
        }
        return out;
    }

    /// Whether somebody signs in by a password of this home's.
    public boolean hasPassword(Person person) throws IOException {
        People.Kept kept = desk.people().of(person.name());
        return kept != null && kept.vouched() == null;
    }

    public ObjectNode playbooks(Person person) throws IOException {
        return person.sight().all() ? new PlaybookAnswers(desk).all() : Desk.JSON.createObjectNode();
    }

    /// One's own passkeys, and whether there can be any.
    public ObjectNode passkeys(Person person) throws IOException {
        return AccountRoutes.passkeys(desk, person, null);
    }

    /// By which providers people come in.
    public ObjectNode providers(Person person) {
        ObjectNode out = Desk.JSON.createObjectNode();
        if (person.role() == Role.ADMINISTRATOR) {
            var into = out.putArray("providers");
            for (Providers.Listed one : desk.providers().list()) {
                ObjectNode told = into.addObject();
                told.put("name", one.name())
                        .put("label", one.label())
                        .put("kind", one.kind())
                        .put("issuer", one.issuer());
                one.roles().forEach(told.putArray("roles")::add);
            }
        }
        return out;
    }

    public ObjectNode targets(Person person) throws IOException {
        if (person.role() != Role.ADMINISTRATOR) {
            return Desk.JSON.createObjectNode();
        }
        try (Targets targets = new Targets(desk.home())) {
            return TargetRoutes.all(targets);
        }
    }
}
