package io.carom.mailnet.drill;

import io.carom.home.HomeDatabase;
import io.carom.mailnet.Network;
import io.carom.mailnet.OwnMail;
import io.carom.mailnet.identity.Address;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A drill with the members there are: each is told that it is one, and whoever answers has acknowledged. How long that
/// takes is what there is to be known before it is needed.
public final class Drill {
    static final String TEXT = """
            THIS IS A DRILL. Nothing has happened.

            If this were in earnest, it would say: our mail is read by intruders. Use this network from now on, and nothing
            that comes by the company's mail.

            Please answer this mail now; a word is enough. Your answer is your acknowledgement.
            """;

    private Drill() {}

    /// Who was told when, and when they answered.
    ///
    /// @param about which drill
    public record Answer(
            String about,
            Address address,
            Instant sent,
            @Nullable Instant answered) {}

    /// Tells all members.
    ///
    /// @return the drill's name
    public static String begin(Network network, String note) throws IOException {
        String name = "drill " + network.clock().instant();
        List<Address> all = network.members().all().stream()
                .filter(m -> !m.system() && m.revoked() == null)
                .map(m -> m.address())
                .toList();
        if (all.isEmpty()) {
            throw new IOException("the network has no members yet: carom mail network invite ADDRESS");
        }
        // One mail each: nobody needs to see who else there is.
        for (Address one : all) {
            tell(network, List.of(one), name, "", note.isBlank() ? TEXT : TEXT + "\n" + note + "\n");
        }
        return name;
    }

    static void tell(Network network, List<Address> to, String about, String client, String text) throws IOException {
        String id = OwnMail.send(network, to, "DRILL: please answer this mail", text);
        OwnMail.await(network, id, to, about, client);
    }

    /// The answers to one drill.
    public static List<Answer> answers(Network network, String name) throws IOException {
        return network.database()
                .ask(c -> HomeDatabase.rows(
                        c,
                        r -> {
                            long answered = r.getLong("answered");
                            return new Answer(
                                    r.getString("about"),
                                    Address.of(r.getString("address")).orElseThrow(),
                                    Instant.ofEpochMilli(r.getLong("sent")),
                                    answered == 0 ? null : Instant.ofEpochMilli(answered));
                        },
                        "SELECT * FROM awaited WHERE about = ? ORDER BY coalesce(answered, 9e18), address",
                        name));
    }

    /// The latest drill's name; null if there was none.
    public static @Nullable String latest(Network network) throws IOException {
        List<String> names = network.database()
                .ask(c -> HomeDatabase.rows(
                        c,
                        r -> r.getString(1),
                        "SELECT about FROM awaited WHERE about LIKE 'drill %' ORDER BY sent DESC LIMIT 1"));
        return names.isEmpty() ? null : names.getFirst();
    }
}
