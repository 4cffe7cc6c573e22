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

    /// Names of those who can be given an incident by this person.
    public List<String> workers(Person person) throws IOException {
        List<String> out = new ArrayList<>();
        String client = person.sight().client();
        for (People.Kept kept : desk.people().all()) {
            Account account = desk.accounts().account(kept.account());
            if (account != null
                    && Role.WORKERS.contains(kept.role())
                    && (client == null || client.equals(account.client()))) {
                out.add(kept.account());
            }
        }
        return out;
    }
}
