package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.audit.AuditEntry;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.view.ClientStates;
import io.carom.view.ClockFigures;
import io.carom.view.EventsView;
import io.carom.view.Hunts;
import io.carom.view.IntelDesk;
import io.carom.view.Now;
import io.carom.view.RuleDesk;
import io.carom.view.SourceStates;
import io.carom.view.SupplierStates;
import io.carom.view.Traces;
import io.carom.view.View;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers about everything but single incidents.
public final class HomeAnswers {
    private final Desk desk;

    public HomeAnswers(Desk desk) {
        this.desk = desk;
    }

    public ObjectNode trace(Person person, String what) throws IOException {
        ObjectNode out =
                Desk.listed("traces", what.isBlank() ? List.of() : new Traces(desk.view(person)).of(what.strip()));
        return out.put("what", what.strip());
    }

    /// A trace that is kept, current or not; null if there is none. Nothing is traced for it.
    public Traces.@Nullable Read keptTrace(Person person, String what) throws IOException {
        return new Traces(desk.view(person)).kept(what.strip());
    }

    /// Readings as {@link #trace} gives them.
    public ObjectNode traces(String what, Traces.@Nullable Read kept) {
        return Desk.listed("traces", kept == null ? List.of() : kept.readings()).put("what", what.strip());
    }

    public ObjectNode hunt(Person person, Hunts.Wanted wanted, @Nullable Instant since, @Nullable Instant until)
            throws IOException {
        return new Hunts(desk.view(person)).answer(wanted, since, until);
    }

    /// What is to be hunted for; the audit log is told of it.
    public static Hunts.Wanted wanted(Context context, String text) throws IOException {
        Hunts.Wanted wanted = Hunts.read(text);
        Gate.about(context, wanted.indicators().size() + " values in a text of " + AuditEntry.print(text), null);
        return wanted;
    }

    public ObjectNode hunts(Person person) throws IOException {
        return new Hunts(desk.view(person)).standing(2_000);
    }

    public ObjectNode campaigns(Person person) throws IOException {
        return Desk.listed("campaigns", desk.view(person).campaigns());
    }

    public ObjectNode campaign(Person person, String id) throws IOException, Refused {
        View view = desk.view(person);
        for (ObjectNode one : view.campaigns()) {
            if (one.path("id").asString("").equals(id)) {
                ObjectNode out = one.deepCopy();
                var incidents = out.putArray("members");
                for (JsonNode incident : one.path("incidents")) {
                    ObjectNode whole = view.incident(incident.asString(""));
                    if (whole != null) {
                        incidents.add(Now.summary(whole));
                    }
                }
                return out;
            }
        }
        throw Refused.notThere();
    }

    public ObjectNode suppliers(Person person) throws IOException {
        return Desk.listed("suppliers", new SupplierStates(desk.view(person)).all());
    }

    public ObjectNode supplier(Person person, String name) throws IOException, Refused {
        return Given.there(new SupplierStates(desk.view(person)).one(name));
    }

    public ObjectNode clients(Person person) throws IOException {
        return Desk.listed("clients", new ClientStates(desk.view(person)).all());
    }

    /// One client with its incidents and links.
    public ObjectNode client(Person person, String name) throws IOException, Refused {
        View view = desk.view(person);
        for (ObjectNode one : new ClientStates(view).all()) {
            if (one.path("name").asString("").equals(name)) {
                List<JsonNode> incidents = new ArrayList<>();
                for (ObjectNode incident : view.incidents()) {
                    if (incident.path("client").asString("").equals(name)) {
                        incidents.add(Now.summary(incident));
                    }
                }
                var into = one.putArray("incidents");
                incidents.forEach(into::add);
                var suppliers = one.putArray("suppliers");
                for (ObjectNode supplier : new SupplierStates(view).all()) {
                    for (JsonNode link : supplier.path("links")) {
                        if (link.path("client").asString("").equals(name)) {
                            suppliers
                                    .addObject()
                                    .put("supplier", supplier.path("name").asString(""))
                                    .put("link", link.path("name").asString(""))
                                    .put("kind", link.path("kind").asString(""))
                                    .put("drift", link.path("drift").size());
                        }
                    }
                }
                return one;
            }
        }
        throw Refused.notThere();
    }

    public ObjectNode sources(Person person) throws IOException {
        SourceStates states = new SourceStates(desk.view(person));
        ObjectNode out = states.of();
        out.set("coverage", states.coverage());
        return out;
    }

    public ObjectNode clocks(Person person) throws IOException {
        return new ClockFigures(desk.view(person)).of();
    }

    public ObjectNode search(Person person, EventsView.Search search) throws IOException, Refused {
        return search(person, search, EventsView.LONGEST, (found, doneTo) -> {});
    }

    /// With what was found within a time.
    public ObjectNode search(Person person, EventsView.Search search, Duration within, EventsView.Progress progress)
            throws IOException, Refused {
        try {
            return desk.view(person).events().search(search, within, progress);
        } catch (EventsView.QuestionException e) {
            throw Refused.notUnderstood(String.valueOf(e.getMessage()));
        }
    }

    public ObjectNode sql(Person person, String sql, int limit) throws IOException, Refused {
        try {
            return desk.view(person).events().sql(sql, limit, person.name());
        } catch (EventsView.QuestionException e) {
            throw Refused.notUnderstood(String.valueOf(e.getMessage()));
        } catch (EventsView.BusyException e) {
            throw new Refused(429, "Too many at once", e.getMessage() + " Ask again in a moment.")
                    .header("Retry-After", "5");
        }
    }

    public ObjectNode searches(Person person) throws IOException {
        return Desk.listed("searches", desk.view(person).searches(person.name()));
    }

    public ObjectNode rules(Person person) throws IOException {
        return new RuleDesk(desk.view(person)).all();
    }

    /// A rule's text, to be changed and kept.
    public ObjectNode ruleText(Person person, String file) throws IOException, Refused {
        RuleDesk.Source source = Given.there(new RuleDesk(desk.view(person)).source(file));
        return Desk.JSON
                .createObjectNode()
                .put("file", source.file())
                .put("text", source.text())
                .put("own", source.own());
    }

    public ObjectNode intel(Person person, String text, int most) throws IOException {
        return new IntelDesk(desk.view(person)).all(text, most);
    }
}
