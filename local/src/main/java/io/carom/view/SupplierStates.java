package io.carom.view;

import io.carom.cases.SignOffs;
import io.carom.party.Link;
import io.carom.party.Party;
import io.carom.report.LinkHabits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Suppliers: what each may reach, what its links normally do and did of late, and how much of a risk
/// that is.
///
/// The risk is a sum of points with a reason each, cut at 100. It says where to look first, no more: it
/// knows what is declared and what was seen, and nothing of how the supplier guards itself.
public final class SupplierStates {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SIGNED = Duration.ofDays(180);

    private final View view;

    public SupplierStates(View view) {
        this.view = view;
    }

    /// Whether the name is a supplier's with a link in sight.
    public boolean has(String supplier) throws IOException {
        return names().contains(supplier);
    }

    private Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        Snapshot snapshot = view.snapshot();
        for (Link link : snapshot.parties.links()) {
            if (view.sight().sees(link.client())) {
                names.add(link.supplier());
            }
        }
        if (view.sight().all()) {
            snapshot.parties.parties().stream()
                    .filter(p -> p.role() == Party.Role.SUPPLIER)
                    .forEach(p -> names.add(p.name()));
        }
        return names;
    }

    /// One object a supplier, the riskiest first; as {@link #one}, without the links' habits.
    public List<ObjectNode> all() throws IOException {
        List<ObjectNode> out = new ArrayList<>();
        for (String name : names()) {
            ObjectNode one = one(name);
            if (one != null) {
                one.path("links").forEach(l -> ((ObjectNode) l).remove("habits"));
                out.add(one);
            }
        }
        out.sort(Comparator.comparingInt((ObjectNode o) -> -o.path("risk").asInt(0))
                .thenComparing(o -> o.path("name").asString("")));
        return out;
    }

    /// `name`, `risk` (0 to 100), `reasons` with `points` and `text`, `fixes`, `links` with their
    /// `habits` and `drift`, `incidents`, `sign_offs`; null where there is no such supplier in sight.
    public @Nullable ObjectNode one(String name) throws IOException {
        if (!has(name)) {
            return null;
        }
        Snapshot snapshot = view.snapshot();
        List<Link> links = snapshot.parties.links().stream()
                .filter(l -> l.supplier().equals(name) && view.sight().sees(l.client()))
                .toList();
        ObjectNode out = JSON.createObjectNode();
        out.put("name", name)
                .put("contact", snapshot.parties.named(name).map(Party::contact).orElse(""));
        Points points = new Points();
        ArrayNode into = out.putArray("links");
        List<ObjectNode> incidents = view.incidents().stream()
                .filter(i -> i.path("entry").path("party").asString("").equals(name))
                .toList();
        for (Link link : links) {
            link(link, into.addObject(), points);
        }
        incidents(incidents, points, out.putArray("incidents"));
        long clients = links.stream().map(Link::client).distinct().count();
        if (clients > 1) {
            points.add(
                    (int) Math.min(15, 3 * clients),
                    "It reaches " + clients + " clients: one breach of it is " + clients + " of theirs.",
                    "");
        }
        signOffs(name, out, points);
        out.put("clients", clients).put("risk", Math.min(100, points.sum));
        out.set("reasons", points.reasons);
        out.set("fixes", points.fixes);
        return out;
    }

    private static final class Points {
        int sum;
        final ArrayNode reasons = JSON.createArrayNode();
        final ArrayNode fixes = JSON.createArrayNode();

        void add(int points, String reason, String fix) {
            sum += points;
            reasons.addObject().put("points", points).put("text", reason);
            if (!fix.isEmpty()) {
                fixes.add(fix);
            }
        }
    }

    private void link(Link link, ObjectNode out, Points points) throws IOException {
        out.put("name", link.name())
                .put("client", link.client())
                .put("kind", link.kind())
                .put("purpose", link.purpose())
                .put("contract", link.contract())
                .put("hours", link.hours())
                .put("zone", link.zone());
        ArrayNode networks = out.putArray("networks");
        link.networks().forEach(n -> networks.add(n.toString()));
        link.accounts().forEach(out.putArray("accounts")::add);
        link.ports().forEach(out.putArray("ports")::add);
        ArrayNode targets = out.putArray("targets");
        link.targets().forEach(t -> targets.add(t.toString()));
        link.targetHosts().forEach(targets::add);
        String name = link.name();
        if (targets.isEmpty()) {
            points.add(
                    12,
                    name + " may reach every machine of " + link.client() + ".",
                    "Declare which machines " + name + " is for, and let it reach no others.");
        }
        if (link.ports().isEmpty()) {
            points.add(6, name + " may use any port.", "Declare the ports that " + name + " needs.");
        }
        if (link.hours().isEmpty()) {
            points.add(
                    5,
                    name + " is open at any hour.",
                    "Declare the hours at which " + name + " is used, and open it then alone.");
        }
        if (link.accounts().isEmpty()) {
            points.add(
                    5,
                    "Nobody said whose accounts are used over " + name + ".",
                    "Give each person of the supplier an account of their own, and declare them.");
        }
        if (link.notifyWithin() == null) {
            points.add(
                    4,
                    "No contract says how soon the supplier tells of a breach.",
                    "Agree for " + name + " how soon each side tells the other.");
        }
        Optional<JsonNode> habits = LinkHabits.of(view.home(), link.client(), name);
        out.set("habits", habits.isPresent() ? habits.get() : JSON.nullNode());
        habits.ifPresent(h -> {
            if (!h.path("learned").asBoolean(false)) {
                points.add(3, name + " was seen on too few days to say what it normally does.", "");
            }
            int reached = h.path("hosts").size() + h.path("targets").size();
            if (reached > 10) {
                points.add(
                        6,
                        "Over " + name + " " + reached + " machines and addresses were reached.",
                        "Ask whether all of them are needed.");
            }
        });
        drift(link, out, points);
    }

    /// What a link did that it never did: findings that are about it.
    private void drift(Link link, ObjectNode out, Points points) throws IOException {
        ArrayNode drift = out.putArray("drift");
        for (ObjectNode incident : view.incidents()) {
            if (!incident.path("client").asString("").equals(link.client())) {
                continue;
            }
            for (JsonNode finding : incident.path("findings")) {
                String title = finding.path("title").asString("");
                boolean about =
                        finding.path("affected").asString("").equals(link.name()) || title.contains(link.name());
                if (about && drift.size() < 50) {
                    drift.addObject()
                            .put("title", title)
                            .put("severity", finding.path("severity").asString(""))
                            .put("first_seen", finding.path("first_seen").asString(""))
                            .put("last_seen", finding.path("last_seen").asString(""))
                            .put("count", finding.path("count").asLong(0))
                            .put("incident", incident.path("id").asString(""));
                }
            }
        }
        if (!drift.isEmpty()) {
            points.add(
                    Math.min(15, 5 * drift.size()),
                    link.name() + " did what it never did before, " + drift.size()
                            + (drift.size() == 1 ? " time." : " times."),
                    "");
        }
    }

    private static void incidents(List<ObjectNode> incidents, Points points, ArrayNode into) {
        incidents.forEach(i -> into.add(Now.summary(i)));
        List<ObjectNode> open = incidents.stream()
                .filter(i -> !i.path("status").asString("").equals("closed"))
                .toList();
        if (!open.isEmpty()) {
            double most = open.stream()
                    .mapToDouble(i -> i.path("entry").path("confidence").asDouble(0))
                    .max()
                    .orElse(0);
            points.add(
                    (int) Math.round(20 + 30 * most),
                    open.size() + (open.size() == 1 ? " open incident" : " open incidents")
                            + " came in by way of it, the surest at " + Math.round(100 * most) + " %.",
                    "Cut its links until it has explained its traffic.");
        } else if (!incidents.isEmpty()) {
            points.add(10, "Incidents came in by way of it before.", "");
        }
    }

    private void signOffs(String name, ObjectNode out, Points points) throws IOException {
        List<SignOffs.SignOff> all =
                view.sight().all() ? view.views().ask(cases -> cases.signOffs().of(name)) : List.of();
        ArrayNode into = out.putArray("sign_offs");
        for (SignOffs.SignOff one : all) {
            into.addObject()
                    .put("at", one.at().toString())
                    .put("who", one.who())
                    .put("note", one.note())
                    .put("risk", one.risk());
        }
        if (view.sight().all()
                && (all.isEmpty() || all.getFirst().at().isBefore(view.now().minus(SIGNED)))) {
            points.add(
                    5,
                    all.isEmpty() ? "Nobody has signed it off." : "It was signed off more than half a year ago.",
                    "Look through its links and sign it off.");
        }
    }

    /// Somebody looked at it and says that it is as it should be.
    ///
    /// @return whether there is such a supplier in sight
    public boolean signOff(String supplier, String who, String note) throws IOException {
        ObjectNode one = view.sight().all() ? one(supplier) : null;
        if (one == null) {
            return false;
        }
        Instant now = view.now();
        return view.views().change(cases -> {
            cases.signOffs()
                    .add(new SignOffs.SignOff(
                            supplier, now, who, note, one.path("risk").asInt(0)));
            return true;
        });
    }
}
