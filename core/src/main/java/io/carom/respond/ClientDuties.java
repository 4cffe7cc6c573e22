package io.carom.respond;

import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which duties an incident of a client brings: what its contracts promise, and what the laws demand that the
/// parties file declares for it.
public final class ClientDuties {
    private ClientDuties() {}

    /// @param link over which it came in; null if over none that is declared
    public static List<Duty> of(Parties parties, String client, @Nullable String link, DutyBook book) {
        List<Duty> duties = new ArrayList<>();
        Party party = parties.named(client).orElse(null);
        for (Link one : parties.links()) {
            Duration hours = one.notifyWithin();
            if (one.name().equals(link) && one.client().equals(client) && hours != null) {
                String by = one.contract().isEmpty() ? "the contract of link " + one.name() : one.contract();
                duties.add(contract("contract.link", by, client, hours));
            }
        }
        if (party == null) {
            return duties;
        }
        Duration hours = party.obligations().notifyWithin();
        if (hours != null) {
            String name = party.obligations().contract();
            duties.add(contract("contract", name.isEmpty() ? "the contract with " + client : name, client, hours));
        }
        for (String regime : party.obligations().regimes()) {
            duties.addAll(book.duties().getOrDefault(regime, List.of()));
        }
        return duties;
    }

    private static Duty contract(String id, String by, String client, Duration hours) {
        return new Duty(
                id,
                Response.CONTRACT,
                "Contract",
                "Tell " + client,
                client,
                by + ": within " + hours(hours) + " of detection",
                List.of("detected"),
                null,
                new Term.Hours(hours),
                null);
    }

    private static String hours(Duration time) {
        return time.toMinutes() % 60 == 0 ? time.toHours() + " hours" : time.toMinutes() + " minutes";
    }
}
