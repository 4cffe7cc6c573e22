package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Mail;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.Use;
import io.carom.observe.Origin;
import io.carom.party.Party;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds host names that carry a party's own domain in front of somebody else's:
/// `mail.acme.com.secure-login.app` is
/// not acme's.
///
/// Combosquatting by subdomain, after Kintis et al., "Hiding in Plain Sight" (CCS 2017); in April 2019
/// lures of the form `securemail.CLIENT.com.internal-message.app` were used against outsourcers (public
/// indicator lists of that campaign). A name that ends in the domain is the party's; one that holds it
/// as whole labels before others is not. What the party itself, or a warninglist, says is harmless is
/// left out: mail gateways and content networks name their customers that way
/// (`acme-com.mail.protection.example`, `acme.com.edge.example`), which prevalence tells: many machines
/// over many days. Resolvers append the domains of their search list to names (RFC 1535): what is asked for
/// and is not there, or below a domain that is only used inside, pretends nothing.
///
/// Key: client and name. State: first and last records, machines and accounts; at most 3 KB.
@AutoService(Analytic.class)
public final class LookAlike implements Analytic<LookAlike.State> {
    private static final Threshold COMMON = Threshold.of("look-alike", "common");
    private static final int MACHINES = 24;
    private static final int NO_SUCH_NAME = 3;

    /// Domains that nobody has on the Internet (RFC 6762, appendix G; RFC 6761; RFC 8375).
    private static final List<String> INSIDE = List.of(
            ".local",
            ".localdomain",
            ".localhost",
            ".lan",
            ".home",
            ".home.arpa",
            ".internal",
            ".intranet",
            ".private",
            ".corp");

    private final java.util.Map<String, @Nullable String> known = new java.util.HashMap<>();

    /// What was seen of one name.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;
        final String name;
        final String victim;
        final TreeSet<String> machines = new TreeSet<>();
        final TreeSet<String> accounts = new TreeSet<>();
        final ArrayList<Seen> records = new ArrayList<>();
        long first;
        long last;
        boolean mail;
        boolean visited;

        State(String name, String victim, long first) {
            this.name = name;
            this.victim = victim;
            this.first = first;
        }
    }

    /// A record as plain data.
    record Seen(String client, int input, long record, int source, int classUid) implements Serializable {
        Origin origin() {
            return new Origin(client, input, record, source, classUid);
        }
    }

    @Override
    public String id() {
        return "look-alike";
    }

    @Override
    public String title() {
        return "Host names that pretend to be a party's";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1566.002", "T1583.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        String name = name(observation);
        if (name.isEmpty() || victim(name, context) == null) {
            return 0;
        }
        return Keys.of(context.tenant(observation), Keys.of(name));
    }

    /// The name an observation is about; of a mail that of its sender.
    private static String name(Observation observation) {
        return switch (observation) {
            case Request r -> r.host();
            case Hello h -> h.serverName();
            case Lookup l -> l.rcode() == NO_SUCH_NAME ? "" : l.name();
            case Mail m -> from(m.from());
            case Use u -> sender(u.what());
            default -> "";
        };
    }

    /// The domain of a mail address by itself or behind a name: `Human Resources <hr@example.org>`.
    private static String from(String sender) {
        String inside = sender(sender);
        return inside.isEmpty() ? sender.substring(sender.lastIndexOf('@') + 1).strip() : inside;
    }

    /// The domain of a mail address in angle brackets, as mail services write a message: `Subject
    /// <hr@example.org>`.
    private static String sender(String what) {
        int end = what.lastIndexOf('>');
        int at = end < 0 ? -1 : what.lastIndexOf('@', end);
        return at < 0 || what.indexOf('<', at) >= 0
                ? ""
                : what.substring(at + 1, end).strip().toLowerCase(Locale.ROOT);
    }

    /// Whose domain stands in the name though the name is not theirs; null if nobody's.
    private @Nullable String victim(String name, Context context) {
        if (known.containsKey(name)) {
            return known.get(name);
        }
        if (known.size() > 1 << 16) {
            known.clear();
        }
        String found = null;
        if (context.ownerOfName(name) == null && INSIDE.stream().noneMatch(name::endsWith)) {
            for (Party party : context.parties()) {
                for (String domain : party.domains()) {
                    if (name.startsWith(domain + ".") || name.contains("." + domain + ".")) {
                        found = party.name();
                    }
                }
            }
        }
        known.put(name, found);
        return found;
    }

    @Override
    public State begin(Observation observation, Context context) {
        String name = name(observation);
        String victim = victim(name, context);
        return new State(name, victim == null ? "" : victim, observation.time());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        state.last = observation.time();
        switch (observation) {
            case Request r -> {
                state.visited = true;
                add(state.machines, r.src().text());
                add(state.accounts, r.account());
            }
            case Hello h -> {
                state.visited = true;
                add(state.machines, h.src().text());
            }
            case Lookup l -> {
                Address src = l.src();
                add(state.machines, src == null ? l.srcHost() : src.text());
            }
            case Mail m -> {
                state.mail = true;
                m.to().forEach(to -> add(state.accounts, to));
            }
            case Use u -> {
                state.mail = true;
                add(state.accounts, u.account());
            }
            default -> {}
        }
        Origin o = observation.origin();
        boolean telling = observation instanceof Request;
        Seen seen = new Seen(o.client(), o.input(), o.record(), o.source(), o.classUid());
        if (telling && state.records.size() >= Draft.EVIDENCE / 2) {
            state.records.add(0, seen);
            if (state.records.size() > Draft.EVIDENCE) {
                state.records.removeLast();
            }
        } else if (state.records.size() < Draft.EVIDENCE) {
            state.records.add(seen);
        }
    }

    private static void add(TreeSet<String> to, String value) {
        if (!value.isEmpty() && to.size() < MACHINES) {
            to.add(value);
        }
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean review(State state, Context context) {
        String client = state.records.getFirst().client();
        int machines = context.machinesAt(state.name, client);
        int all = Math.max(1, context.machines(client));
        boolean common = machines > context.value(COMMON) * all && machines > 10;
        String listed = context.warninglist(state.name);
        if (!common && listed == null) {
            String who = state.accounts.isEmpty() ? "" : state.accounts.first();
            context.found(new Draft(
                    this,
                    state.name,
                    "A host name pretends to be " + state.victim + "'s: " + state.name,
                    "The name holds a domain of " + state.victim + " in front of another that is not theirs. "
                            + (state.mail ? "Mail came from it. " : "")
                            + (state.visited ? "It was visited. " : "")
                            + "Machines: " + state.machines.size() + (state.machines.isEmpty() ? "" : " (")
                            + String.join(", ", state.machines.stream().limit(6).toList())
                            + (state.machines.isEmpty() ? ". " : "). ")
                            + "Accounts: "
                            + String.join(", ", state.accounts.stream().limit(8).toList())
                            + ". Harmless if " + state.victim + " uses a service that names its customers so.",
                    state.visited ? 4 : 3,
                    state.visited ? 0.8 : 0.6,
                    state.first,
                    state.last,
                    state.machines.isEmpty() ? null : Address.of(state.machines.first()),
                    null,
                    "",
                    who,
                    List.of(new Finding.Observable("hostname", 1, state.name)),
                    List.of("T1566.002", "T1583.001"),
                    state.records.stream().map(Seen::origin).toList()));
        }
        return context.now() - state.last < Duration.ofDays(7).toMillis();
    }

    @Override
    public int capacity() {
        return 1 << 14;
    }

    @Override
    public int bytesPerKey() {
        return 3 << 10;
    }
}
