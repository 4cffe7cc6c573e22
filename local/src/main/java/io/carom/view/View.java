package io.carom.view;

import io.carom.campaign.Campaign;
import io.carom.cases.Cases;
import io.carom.cases.DutyClocks;
import io.carom.cases.HomeParties;
import io.carom.cases.KeptCampaigns;
import io.carom.cases.SavedSearches;
import io.carom.cases.Ticks;
import io.carom.intel.Warninglists;
import io.carom.party.Parties;
import io.carom.respond.DutyClock;
import io.carom.respond.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A home as one sight shows it. What lies outside the sight is answered as what is not there: null,
/// false, empty.
/// Answers are not to be changed: others are given the same.
public final class View {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Views views;
    private final Sight sight;
    private final Set<String> people;

    View(Views views, Sight sight) {
        this(views, sight, Set.of());
    }

    private View(Views views, Sight sight, Set<String> people) {
        this.views = views;
        this.sight = sight;
        this.people = Set.copyOf(people);
    }

    /// The same view for a client that has these people: it reads their notes.
    public View with(Set<String> ownPeople) {
        return new View(views, sight, ownPeople);
    }

    public Sight sight() {
        return sight;
    }

    public Instant now() {
        return views.now();
    }

    Path home() {
        return views.home();
    }

    Views views() {
        return views;
    }

    Snapshot snapshot() throws IOException {
        return views.snapshot();
    }

    // ---- incidents

    /// Worst first, then the latest; closed ones last.
    public List<ObjectNode> incidents() throws IOException {
        Snapshot snapshot = snapshot();
        List<ObjectNode> out = new ArrayList<>();
        for (ObjectNode one : snapshot.incidents) {
            if (sight.sees(one.path("client").asString(""))) {
                out.add(shown(snapshot, one));
            }
        }
        return out;
    }

    /// Null if there is none of that id in sight.
    public @Nullable ObjectNode incident(String id) throws IOException {
        Snapshot snapshot = snapshot();
        ObjectNode one = snapshot.incident(id);
        if (one == null || !sees(one)) {
            // What is another's takes the way of what is not there.
            one = views.has(id, sight) ? views.incident(id, snapshot) : null;
        }
        return one == null || !sees(one) ? null : shown(snapshot, one);
    }

    private boolean sees(ObjectNode incident) {
        return sight.sees(incident.path("client").asString(""));
    }

    private ObjectNode shown(Snapshot snapshot, ObjectNode one) throws IOException {
        String client = sight.client();
        return client == null ? one : snapshot.redacted(views, client, one, people);
    }

    private boolean mayChange(String id) throws IOException {
        return views.has(id, sight);
    }

    /// Moves an incident on, as {@link Cases#step}.
    ///
    /// @return whether there is such an incident in sight
    public boolean step(String id, Cases.Step step, String who, String text) throws IOException {
        return mayChange(id) && change(cases -> cases.step(id, step, who, text));
    }

    /// What can be stated of an incident: events of the response, and its duties.
    public List<String> statements(String id) throws IOException {
        List<String> known = new ArrayList<>(Response.STATED);
        ObjectNode one = incident(id);
        if (one != null) {
            DutyClocks.of(one, snapshot().parties, views.now()).stream()
                    .map(DutyClock::duty)
                    .forEach(d -> known.add(d.id()));
        }
        return known;
    }

    /// States when something happened, or takes it back where `at` is null.
    ///
    /// @return whether there is such an incident in sight
    public boolean state(String id, String name, @Nullable Instant at, String who, String note) throws IOException {
        return mayChange(id)
                && change(cases -> at == null
                        ? cases.moments().unstate(id, name, who)
                        : cases.moments().state(id, name, at, who, note));
    }

    /// Says that somebody looks at an incident in sight; the first counts.
    public void seen(String id, String who) throws IOException {
        if (mayChange(id)) {
            change(cases -> cases.moments().seen(id, views.now(), who));
        }
    }

    /// A change to incidents by somebody who has this sight: what is written of it says so.
    <T> T change(Views.Question<T> change) throws IOException {
        return views.change(cases -> {
            cases.writtenBy(sight.client());
            return change.ask(cases);
        });
    }

    /// What was ticked off in an incident; empty for one out of sight. A client is not told who of others
    /// did it.
    public Map<String, Ticks.Tick> ticks(String id) throws IOException {
        Map<String, Ticks.Tick> all =
                mayChange(id) ? views.ask(cases -> cases.ticks().of(id)) : Map.of();
        Map<String, Ticks.Tick> out = new LinkedHashMap<>();
        all.forEach((item, tick) -> out.put(item, own(tick.who()) ? tick : new Ticks.Tick("", tick.at())));
        return out;
    }

    /// What came of ticking something off.
    public enum Ticked {
        DONE,
        /// There is no such incident in sight.
        NOT_THERE,
        /// A second person has to agree first.
        NOT_AGREED
    }

    /// Ticks off an action of an incident or a step of its playbook, or takes the tick away.
    ///
    /// @param what it in words
    public Ticked tick(String id, String item, boolean done, String who, String what) throws IOException {
        if (!mayChange(id)) {
            return Ticked.NOT_THERE;
        }
        if (done && !secondPerson().agreed(id, item)) {
            return Ticked.NOT_AGREED;
        }
        Map<String, List<String>> former = former(id, item);
        return change(cases -> {
            for (Map.Entry<String, List<String>> one : former.entrySet()) {
                cases.ticks().rename(id, one.getKey(), one.getValue());
            }
            cases.ticks().set(id, item, done, who, what, views.now());
            return Ticked.DONE;
        });
    }

    /// Keys of before by which the action was ticked off, each with the keys that all it stood for have
    /// now: ticked anew, it is one of them.
    private Map<String, List<String>> former(String id, String item) throws IOException {
        Map<String, List<String>> out = new HashMap<>();
        Snapshot snapshot = snapshot();
        // Keys are made of what an incident names, not of what a client is shown of it.
        ObjectNode incident = snapshot.incident(id);
        incident = incident == null ? views.incident(id, snapshot) : incident;
        if (incident == null) {
            return out;
        }
        Set<String> ticked = ticks(id).keySet();
        for (JsonNode action : incident.path("actions")) {
            for (String before : Work.formerly(action)) {
                if (ticked.contains(before)) {
                    out.computeIfAbsent(before, k -> new ArrayList<>())
                            .add(action.path("key").asString(""));
                }
            }
        }
        out.values().removeIf(now -> !now.contains(item));
        return out;
    }

    /// What needs a second person, and what waits for one.
    public SecondPerson secondPerson() {
        return new SecondPerson(this);
    }

    /// Telling clients.
    public Telling telling() {
        return new Telling(this);
    }

    /// Whether somebody is of the client that looks, or who looks sees all.
    boolean own(String person) {
        return sight.all() || people.contains(person);
    }

    /// Whether somebody wrote something as one of the client that looks, or who looks sees all. The name
    /// alone says nothing: it may have been another's then.
    ///
    /// @param of whose they were when they wrote it; null for nobody's client
    boolean wrote(String person, @Nullable String of) {
        return sight.all() || of != null && sight.sees(of) && people.contains(person);
    }

    /// What is no sign of trouble, as far as who looks may know why.
    Warninglists excused() throws IOException {
        String client = sight.client();
        return client == null ? snapshot().excused() : HomeParties.excused(snapshot().parties, client);
    }

    // ---- others

    /// Whom anything is known of: clients declared, of incidents, and of kept events. A client sees
    /// itself.
    public List<String> clients() throws IOException {
        String own = sight.client();
        if (own != null) {
            return List.of(own);
        }
        return new ClientStates(this).names();
    }

    /// The parties as they are declared; a client sees nobody's but its own picture, so it has none.
    public Parties parties() throws IOException {
        return sight.all() ? snapshot().parties : Parties.NONE;
    }

    /// As `carom campaigns --json` prints them. Campaigns are of several clients: a client sees none.
    public List<ObjectNode> campaigns() throws IOException {
        List<ObjectNode> out = new ArrayList<>();
        if (sight.all()) {
            for (Campaign one : snapshot().campaigns(views)) {
                ObjectNode node = JSON.createObjectNode();
                KeptCampaigns.json(one, node);
                out.add(node);
            }
        }
        return out;
    }

    public EventsView events() {
        return new EventsView(this);
    }

    /// What a person keeps: `name`, and `question` as it stands behind the `?` of the search's address.
    public List<ObjectNode> searches(String owner) throws IOException {
        List<ObjectNode> out = new ArrayList<>();
        for (SavedSearches.Search one : views.ask(cases -> cases.searches().of(owner))) {
            out.add(JSON.createObjectNode().put("name", one.name()).put("question", one.question()));
        }
        return out;
    }

    public void keepSearch(String owner, String name, String question) throws IOException {
        views.change(cases -> {
            cases.searches().put(owner, new SavedSearches.Search(name, question), views.now());
            return true;
        });
    }

    /// Forgets what somebody kept who is no more, or is another's now.
    public void forgetSearches(String owner) throws IOException {
        views.change(cases -> {
            cases.searches().forget(owner);
            return true;
        });
    }

    /// @return whether there was one of that name
    public boolean removeSearch(String owner, String name) throws IOException {
        return views.change(cases -> cases.searches().remove(owner, name));
    }

    /// The sight's clients among these.
    Set<String> seen(Iterable<String> of) {
        Set<String> out = new TreeSet<>();
        of.forEach(c -> {
            if (sight.sees(c)) {
                out.add(c);
            }
        });
        return out;
    }
}
