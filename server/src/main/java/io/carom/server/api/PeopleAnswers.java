package io.carom.server.api;

import io.carom.server.account.Account;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Answers about people.
public final class PeopleAnswers {
    private final Desk desk;

    public PeopleAnswers(Desk desk) {
        this.desk = desk;
    }

    /// Names of those who can be given an incident of this client by this person.
    public List<String> workers(Person person, String client) throws IOException {
        List<String> out = new ArrayList<>();
        for (People.Kept kept : desk.people().all()) {
            if (mayHave(person, client, kept)) {
                out.add(kept.account());
            }
        }
        return out;
    }

    /// Whether somebody of this name can be given an incident of this client by this person.
    boolean mayHave(Person person, String client, String name) throws IOException {
        People.Kept kept = desk.people().of(name);
        return kept != null && mayHave(person, client, kept);
    }

    /// Incidents are had by people who may work on them and who see them; a client's people know of their
    /// own alone.
    private boolean mayHave(Person person, String client, People.Kept kept) throws IOException {
        Account account = desk.accounts().account(kept.account());
        if (account == null || !Role.WORKERS.contains(kept.role())) {
            return false;
        }
        String its = account.client();
        String own = person.sight().client();
        return its == null ? person.sight().all() : its.equals(client) && (own == null || its.equals(own));
    }
}
