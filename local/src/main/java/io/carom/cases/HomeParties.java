package io.carom.cases;

import io.carom.config.ConfigException;
import io.carom.intel.Warninglists;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.party.Party;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The parties that a home's incidents are about, where nobody names others.
public final class HomeParties {
    private HomeParties() {}

    /// Those of the home's own file; where it has none, those of the latest investigation.
    public static Parties of(Path home, Cases cases) throws IOException, ConfigException {
        Path own = home.resolve("parties.yaml");
        if (Files.isRegularFile(own)) {
            return PartiesFile.read(own);
        }
        String text = cases.parties();
        return text.isEmpty() ? Parties.NONE : PartiesFile.parse(text, "parties of the latest investigation");
    }

    /// Their file as text; empty if there is none.
    public static String text(Path home, Cases cases) throws IOException {
        Path own = home.resolve("parties.yaml");
        return Files.isRegularFile(own) ? Files.readString(own) : cases.parties();
    }

    /// What is no sign of trouble whatever lists a user has: what is known of itself, and the domains of clients and of
    /// whoever runs Carom.
    public static Warninglists excused(Parties parties) {
        return excused(parties, p -> p.role() != Party.Role.SUPPLIER);
    }

    /// As {@link #excused(Parties)}, as one client may know it: of parties' domains its own alone, for
    /// whatever is excused for another's sake tells whose it is.
    public static Warninglists excused(Parties parties, String client) {
        return excused(parties, p -> p.name().equals(client));
    }

    private static Warninglists excused(Parties parties, Predicate<Party> whose) {
        List<String> owned = new ArrayList<>();
        parties.parties().stream().filter(whose).forEach(p -> owned.addAll(p.domains()));
        return Warninglists.builtIn().and(Warninglists.own(owned));
    }
}
