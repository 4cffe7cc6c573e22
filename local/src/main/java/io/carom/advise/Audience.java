package io.carom.advise;

import io.carom.event.Cidr;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.net.IDN;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What one client may know. Itself; of a supplier that reaches it over a link the name, and of the
/// link what the client sees of it; of everybody else nothing: no name, domain, network, account, host,
/// tenant.
///
/// A name of another's counts wherever it stands, in any spelling that reads like it, also inside a
/// longer word or encoded; not where it is part of a name that the client may know (`acme` in the
/// client `acme-europe`).
public final class Audience {
    /// Accounts and machines that everybody has.
    private static final Set<String> COMMON = Set.of(
            "administrator",
            "admin",
            "root",
            "system",
            "guest",
            "krbtgt",
            "anonymous",
            "localhost",
            "nobody",
            "user",
            "service",
            "backup",
            "local service",
            "network service",
            "anonymous logon",
            "unknown",
            "default");

    /// What stands between the words of a name, and what others put there: `acme_corp` for `acme-corp`.
    private static final Pattern JOINT = Pattern.compile("[-_. ]+");

    private static final List<String> JOINTS = List.of("", " ", "-", "_", ".");

    private static final String WITHHELD = "[withheld]";

    private final String client;
    private final Parties parties;
    private final Terms own = new Terms();
    private final Terms others = new Terms();
    private final List<Cidr> ways = new ArrayList<>();
    private final Set<String> suppliers = new HashSet<>();
    private final Set<ByteBuffer> withheld = new HashSet<>();

    public Audience(Parties parties, String client) {
        this.parties = parties;
        this.client = client;
        own.add(client, "");
        JOINTS.forEach(joint -> own.add(JOINT.matcher(client).replaceAll(joint), ""));
        parties.named(client).ifPresent(this::own);
        for (Link link : parties.links()) {
            if (link.client().equals(client) || link.supplier().equals(client)) {
                suppliers.add(link.supplier().equals(client) ? link.client() : link.supplier());
                own.add(link.name(), "");
                own.addAll(link.hosts(), "");
                plain(link.accounts()).forEach(a -> own.add(a, ""));
                ways.addAll(link.networks());
            }
        }
        for (Party party : parties.parties()) {
            if (party.role() == Party.Role.US) {
                suppliers.add(party.name());
            }
        }
        suppliers.remove(client);
        for (String supplier : suppliers) {
            own.add(supplier, "");
            parties.named(supplier).ifPresent(p -> {
                own.addAll(p.domains(), "");
                own.addAll(p.mailDomains(), "");
            });
        }
        for (Party party : parties.parties()) {
            if (!party.name().equals(client)) {
                other(party);
            }
        }
        for (Link link : parties.links()) {
            if (!link.client().equals(client) && !link.supplier().equals(client)) {
                other(link);
            }
        }
    }

    private void own(Party party) {
        own.addAll(party.domains(), "");
        own.addAll(party.mailDomains(), "");
        own.addAll(party.directories(), "");
        own.addAll(party.hosts(), "");
        own.addAll(party.tenants(), "");
        own.addAll(plain(party.accounts()), "");
    }

    private void other(Party party) {
        boolean supplier = suppliers.contains(party.name());
        String shown = supplier ? "[inside " + party.name() + "]" : WITHHELD;
        if (!supplier) {
            forbid(party.name(), WITHHELD);
            for (String joint : JOINTS) {
                forbid(JOINT.matcher(party.name()).replaceAll(joint), WITHHELD);
            }
            List.of(party.domains(), party.mailDomains())
                    .forEach(domains -> domains.forEach(d -> {
                        forbid(d, WITHHELD);
                        forbid(IDN.toUnicode(d), WITHHELD);
                    }));
            party.domains().stream().map(Audience::label).forEach(d -> forbid(d, WITHHELD));
            party.directories().forEach(d -> forbid(d, WITHHELD));
            party.logs().forEach(l -> forbid(l.substring(l.lastIndexOf('/') + 1), WITHHELD));
            if (!party.contact().isBlank()) {
                forbid(party.contact(), WITHHELD);
            }
        }
        party.hosts().forEach(h -> forbid(h, shown));
        party.tenants().forEach(t -> forbid(t, shown));
        plain(party.accounts()).forEach(a -> forbid(a, shown));
        plain(party.critical()).forEach(h -> forbid(h, shown));
        plain(party.privileged()).forEach(a -> forbid(a, shown));
    }

    private void other(Link link) {
        forbid(link.name(), WITHHELD);
        link.hosts().forEach(h -> forbid(h, WITHHELD));
        link.targetHosts().forEach(h -> forbid(h, WITHHELD));
        plain(link.accounts()).forEach(a -> forbid(a, WITHHELD));
    }

    /// Those without `*` are names; with one at an end the rest is part of a name, where it says enough.
    private static List<String> plain(Collection<String> patterns) {
        List<String> names = new ArrayList<>();
        for (String pattern : patterns) {
            String name = pattern.replace("*", "");
            if (name.startsWith("@")) {
                name = name.substring(1);
            }
            if (pattern.indexOf('*') < 0 || name.length() >= 5) {
                names.add(name);
            }
        }
        return names;
    }

    /// The label before the ending, where it is long enough to mean somebody: `contoso` of
    /// `contoso.co.uk`.
    private static String label(String domain) {
        String label = domain.indexOf('.') < 0 ? domain : domain.substring(0, domain.indexOf('.'));
        return label.length() >= 6 ? label : "";
    }

    private void forbid(String name, String shown) {
        String folded = Folded.text(name).strip();
        if (folded.length() > 0 && !COMMON.contains(folded) && !own.has(folded) && Cidr.address(folded) == null) {
            others.add(folded, shown);
        }
    }

    /// Names that were seen at another party, such as machines and accounts in its incidents.
    ///
    /// @param here whether the client has something of that name too
    public void seenElsewhere(String party, Collection<String> names, java.util.function.Predicate<String> here) {
        boolean supplier = suppliers.contains(party);
        for (String name : names) {
            String folded = Folded.text(name).strip();
            if (folded.length() >= 4
                    && !here.test(folded)
                    && folded.codePoints().anyMatch(Character::isLetter)) {
                forbid(folded, supplier ? "[inside " + party + "]" : WITHHELD);
            }
        }
    }

    /// A value that may not go to the client, by whatever its origin allows.
    public void withhold(String value) {
        byte[] address = Cidr.address(value);
        if (address != null) {
            withheld.add(ByteBuffer.wrap(address));
        } else {
            others.add(value, WITHHELD);
        }
    }

    public String client() {
        return client;
    }

    /// Whether the client knows this party by name: itself, and those at the other end of its links.
    public boolean knows(String party) {
        return party.equals(client) || suppliers.contains(party);
    }

    /// Whether an address is the client's, an end of its links, or nobody's that is declared.
    private @Nullable String objection(byte[] address) {
        if (withheld.contains(ByteBuffer.wrap(address))) {
            return WITHHELD;
        }
        for (Cidr way : ways) {
            if (way.contains(address)) {
                return null;
            }
        }
        Party owner = parties.ownerOf(address, client);
        if (owner == null || owner.name().equals(client)) {
            return elsewhere(address) ? WITHHELD : null;
        }
        return suppliers.contains(owner.name()) ? "[inside " + owner.name() + "]" : WITHHELD;
    }

    /// Whether it is an end of a link of others only.
    private boolean elsewhere(byte[] address) {
        Party owner = parties.ownerOf(address, client);
        if (owner != null && owner.name().equals(client)) {
            return false;
        }
        for (Link link : parties.links()) {
            if (link.networks().stream().anyMatch(n -> n.contains(address))) {
                return true;
            }
        }
        return false;
    }

    /// Those that are not part of one of the client's own; both are sorted by where they begin.
    static List<Terms.Match> outside(List<Terms.Match> others, List<Terms.Match> own) {
        List<Terms.Match> outside = new ArrayList<>();
        int next = 0;
        int reached = -1;
        for (Terms.Match other : others) {
            while (next < own.size() && own.get(next).from() <= other.from()) {
                reached = Math.max(reached, own.get(next++).to());
            }
            if (other.to() > reached) {
                outside.add(other);
            }
        }
        return outside;
    }

    private List<Terms.Match> matches(Folded folded) {
        List<Terms.Match> found = others.in(folded.text);
        if (!found.isEmpty()) {
            found = outside(found, own.in(folded.text));
        }
        for (AddressesIn.Found address : AddressesIn.of(folded.text)) {
            String objection = objection(address.address());
            if (objection != null) {
                found.add(new Terms.Match(
                        address.from(), address.to(), folded.text.substring(address.from(), address.to()), objection));
            }
        }
        found.sort(Comparator.comparingInt(Terms.Match::from).thenComparing(m -> -m.to()));
        return found;
    }

    /// What of others stands in a text, encoded parts included.
    public Set<String> leaks(String text) {
        Set<String> leaks = new HashSet<>();
        matches(Folded.of(text)).forEach(m -> leaks.add(m.term()));
        for (String reading : Disguises.of(text)) {
            matches(Folded.of(reading)).forEach(m -> leaks.add(m.term()));
        }
        return leaks;
    }

    /// The value, or empty if the client may not know it. A value is never changed.
    public Optional<String> value(@Nullable String value) {
        return value == null || value.isEmpty() || !leaks(value).isEmpty() ? Optional.empty() : Optional.of(value);
    }

    /// The text with everything taken out that the client may not know.
    public String text(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        Folded folded = Folded.of(text);
        StringBuilder out = new StringBuilder();
        int done = 0;
        for (Terms.Match match : matches(folded)) {
            int from = folded.origin(match.from());
            int to = folded.origin(match.to());
            if (to <= done) {
                continue;
            }
            if (from >= done) {
                out.append(text, done, from).append(match.shown());
            }
            done = to;
        }
        out.append(text, done, text.length());
        String clean = out.toString();
        return leaks(clean).isEmpty() ? clean : WITHHELD;
    }
}
