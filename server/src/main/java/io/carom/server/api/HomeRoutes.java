package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Query;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.view.EventsView;
import io.carom.view.Hunts;
import io.carom.view.IntelDesk;
import io.carom.view.RuleDesk;
import io.carom.view.SupplierStates;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Everything but single incidents: traces, hunts, campaigns, suppliers, clients, sources, events,
/// rules, intelligence.
final class HomeRoutes {
    private static final int TEXT = 4_000;
    private static final int DOCUMENT = 6 << 20;
    private static final int MOST_ROWS = 5000;
    private static final int MOST_WHOLE = 500;

    private final Desk desk;
    private final HomeAnswers answers;

    HomeRoutes(Desk desk) {
        this.desk = desk;
        this.answers = new HomeAnswers(desk);
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                                "trace",
                                Role.ANYBODY,
                                ApiDoc.of(
                                        "The hops that led to something",
                                        "Traces",
                                        ApiDoc.query("what", "an incident, finding, host, account or address")),
                                (c, p) -> answers.trace(p, Given.text(c, "what")))
                        .costing(Cost.COSTLY),
                Route.api(
                                HandlerType.POST,
                                "/api/v1/hunt",
                                Role.ANYBODY,
                                ApiDoc.of("Looks for whatever is pasted in all that is kept", "Hunted")
                                        .takes("Hunt")
                                        .orCsv(),
                                this::hunt)
                        .costing(Cost.COSTLY),
                Given.get(
                        "hunts",
                        Role.OURS,
                        ApiDoc.of("What the server's own hunts found, and how far the one is that runs", "Hunts"),
                        (c, p) -> answers.hunts(p)),
                Given.get(
                        "campaigns",
                        Role.OURS,
                        ApiDoc.of("Incidents of several clients that are one intruder's", "Campaigns"),
                        (c, p) -> answers.campaigns(p)),
                Given.get(
                        "campaigns/{campaign}",
                        Role.OURS,
                        ApiDoc.of("One campaign with its incidents", "Campaign"),
                        (c, p) -> answers.campaign(p, c.pathParam("campaign"))),
                Given.get(
                        "suppliers",
                        Role.ANYBODY,
                        ApiDoc.of("Suppliers, the riskiest first", "Suppliers"),
                        (c, p) -> answers.suppliers(p)),
                Given.get(
                        "suppliers/{supplier}",
                        Role.ANYBODY,
                        ApiDoc.of(
                                "A supplier: its links, what they normally do, and what they did of late", "Supplier"),
                        (c, p) -> answers.supplier(p, c.pathParam("supplier"))),
                Given.post(
                        "suppliers/{supplier}/sign-offs",
                        Role.ANALYSTS,
                        ApiDoc.of("Says that somebody looked at a supplier", "Supplier")
                                .takes("Note"),
                        this::signOff),
                Given.get(
                        "clients",
                        Role.ANYBODY,
                        ApiDoc.of("How it stands with each client", "Clients"),
                        (c, p) -> answers.clients(p)),
                Given.get(
                        "clients/{client}",
                        Role.ANYBODY,
                        ApiDoc.of("How it stands with one client", "Client"),
                        (c, p) -> answers.client(p, c.pathParam("client"))),
                Given.get(
                        "sources",
                        Role.ANYBODY,
                        ApiDoc.of("What feeds Carom, what is missing, and what of ATT&CK is looked for", "Sources"),
                        (c, p) -> answers.sources(p)),
                Given.get(
                        "clocks",
                        Role.ANYBODY,
                        ApiDoc.of("How long each part of the response takes", "Clocks"),
                        (c, p) -> answers.clocks(p)),
                Route.api(
                                HandlerType.GET,
                                "/api/v1/events",
                                Role.ANYBODY,
                                ApiDoc.of(
                                                "Kept events that hold something",
                                                "Events",
                                                ApiDoc.query(
                                                        "q",
                                                        "words, and field:value; * stands for anything, - for not"),
                                                ApiDoc.query("class", "only this OCSF class"),
                                                ApiDoc.query("client", "only this client's"),
                                                ApiDoc.query(
                                                        "from", "from this time on (the day before the latest event)"),
                                                ApiDoc.query("until", "before this time"),
                                                ApiDoc.query(
                                                        "last",
                                                        "of this long before now, such as 15m, 24h, 7d; where neither from nor until is given"),
                                                ApiDoc.query("limit", "at most so many (100)"),
                                                ApiDoc.query(
                                                        "fields",
                                                        "of so many of the latest the OCSF attributes too (0)"),
                                                ApiDoc.query(
                                                        "within",
                                                        "milliseconds after which it answers with what was found so far (30000)"))
                                        .orCsv(),
                                this::events)
                        .costing(Cost.COSTLY),
                Route.api(
                                HandlerType.POST,
                                "/api/v1/query",
                                Role.ANYBODY,
                                ApiDoc.of("One SELECT over the kept events in sight", "Rows")
                                        .takes("Question")
                                        .orCsv(),
                                this::query)
                        .costing(Cost.COSTLY),
                Given.get(
                        "searches",
                        Role.ANYBODY,
                        ApiDoc.of("The searches one keeps", "Searches"),
                        (c, p) -> answers.searches(p)),
                Given.post(
                        "searches",
                        Role.ANYBODY,
                        ApiDoc.of("Keeps a search", "Searches").takes("SavedSearch"),
                        this::keep),
                Given.delete("searches/{search}", Role.ANYBODY, ApiDoc.of("Forgets a search", "Searches"), (c, p) -> {
                    Given.there(desk.view(p).removeSearch(p.name(), c.pathParam("search")));
                    return answers.searches(p);
                }),
                Given.get("rules", Role.OURS, ApiDoc.of("The home's Sigma rules", "Rules"), (c, p) -> answers.rules(p)),
                Given.get(
                        "rules/text",
                        Role.OURS,
                        ApiDoc.of(
                                "A rule's text to be changed and kept: of one of a collection a copy with an id of its own",
                                "RuleSource",
                                ApiDoc.query("file", "as the list of rules names it")),
                        this::ruleText),
                Given.post(
                        "rules",
                        Role.ANALYSTS,
                        ApiDoc.of("Keeps a Sigma rule, not asked yet", "RuleFaults")
                                .takes("RuleText"),
                        (c, p) ->
                                faults(new RuleDesk(desk.view(p)).put(Body.of(c).text("text", 1 << 20)))),
                Given.post(
                        "rules/enable",
                        Role.ANALYSTS,
                        ApiDoc.of("Asks a rule from now on, or no longer", "Rules")
                                .takes("RuleSwitch"),
                        this::enable),
                Given.post(
                                "rules/trial",
                                Role.ANALYSTS,
                                ApiDoc.of("Asks a rule of what is kept", "Trial")
                                        .takes("RuleTrial"),
                                this::trial)
                        .costing(Cost.COSTLY),
                Given.get(
                        "intel",
                        Role.OURS,
                        ApiDoc.of(
                                "The home's indicators",
                                "Intel",
                                ApiDoc.query("q", "only those that hold this text"),
                                ApiDoc.query("limit", "at most so many (200)")),
                        (c, p) -> answers.intel(p, Given.text(c, "q"), Query.number(c, "limit", 200, 5000))),
                Given.post(
                        "intel",
                        Role.ANALYSTS,
                        ApiDoc.of("Takes indicators from whatever is pasted", "IntelChange")
                                .takes("IntelText"),
                        (c, p) -> {
                            Body body = Body.of(c);
                            String name = body.optional("name", 100).isBlank()
                                    ? "pasted by " + p.name() + " at " + desk.now()
                                    : body.optional("name", 100);
                            return new IntelDesk(desk.view(p)).add(name, body.text("text", DOCUMENT));
                        }),
                Given.post(
                        "intel/false-alarms",
                        Role.ANALYSTS,
                        ApiDoc.of("Marks an indicator as a false alarm, or takes the mark back", "Intel")
                                .takes("FalseAlarm"),
                        this::falseAlarm),
                Given.post(
                        "intel/removals",
                        Role.ANALYSTS,
                        ApiDoc.of("Takes an indicator out, whoever named it", "Intel")
                                .takes("IntelRemoval"),
                        this::removeIntel),
                Route.api(
                                HandlerType.GET,
                                "/api/v1/blocklist/{form}",
                                Role.ANYBODY,
                                ApiDoc.of(
                                        "What a firewall is to block, one value a line: ip, domain or url",
                                        "",
                                        "text/plain"),
                                this::blockList)
                        .aloneBy("blocklist"));
    }

    private void events(Context c, Person person) throws IOException, Refused {
        boolean csv = CsvAnswers.wanted(c);
        EventsView.Search search =
                SearchQuery.of(c, Query.number(c, "limit", 100, MOST_ROWS), Query.number(c, "fields", 0, MOST_WHOLE));
        ObjectNode answer = answers.search(
                person, search, Duration.ofMillis(Query.number(c, "within", 30_000, 30_000)), (found, doneTo) -> {});
        if (csv) {
            CsvAnswers.events(c, answer);
        } else {
            Given.json(c, answer);
        }
    }

    private void query(Context c, Person person) throws IOException, Refused {
        boolean csv = CsvAnswers.wanted(c);
        String sql = Body.of(c).text("sql", 100_000);
        Gate.about(c, sql, null);
        ObjectNode answer = answers.sql(person, sql, Query.number(c, "limit", 1000, MOST_ROWS));
        if (csv) {
            CsvAnswers.rows(c, answer);
        } else {
            Given.json(c, answer);
        }
    }

    private void hunt(Context c, Person person) throws IOException, Refused {
        boolean csv = CsvAnswers.wanted(c);
        Body body = Body.of(c);
        Hunts.Wanted wanted = HomeAnswers.wanted(c, body.text("text", DOCUMENT));
        ObjectNode answer = answers.hunt(person, wanted, body.time("since"), body.time("until"));
        if (csv) {
            CsvAnswers.sightings(c, answer);
        } else {
            Given.json(c, answer);
        }
    }

    private ObjectNode signOff(Context c, Person person) throws IOException, Refused {
        String supplier = c.pathParam("supplier");
        Given.there(new SupplierStates(desk.view(person))
                .signOff(supplier, person.name(), Body.of(c).text("text", TEXT)));
        return answers.supplier(person, supplier);
    }

    private ObjectNode keep(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        desk.view(person).keepSearch(person.name(), body.text("name", 100), body.text("question", TEXT));
        return answers.searches(person);
    }

    private static ObjectNode faults(List<String> faults) {
        ObjectNode out = Desk.JSON.createObjectNode();
        faults.forEach(out.putArray("faults")::add);
        return out;
    }

    private ObjectNode ruleText(Context c, Person person) throws IOException, Refused {
        String file = Given.text(c, "file");
        if (file.isBlank()) {
            throw Refused.notUnderstood("\"file\" is missing.");
        }
        return answers.ruleText(person, file);
    }

    private ObjectNode enable(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        String file = body.text("file", TEXT);
        boolean on = body.flag("enabled", true);
        Gate.about(c, file + (on ? " on" : " off"), null);
        if (!new RuleDesk(desk.view(person)).enable(file, on)) {
            throw Refused.notThere();
        }
        return answers.rules(person);
    }

    private ObjectNode falseAlarm(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        String value = body.text("value", TEXT);
        String why = body.text("why", TEXT);
        IntelDesk intel = new IntelDesk(desk.view(person));
        if (body.flag("undo", false)) {
            Gate.about(c, value + " is no false alarm: " + why, null);
            Given.there(intel.noFalseAlarm(value));
        } else {
            Gate.about(c, value + " is a false alarm: " + why, null);
            intel.falseAlarm(value, why);
        }
        return answers.intel(person, "", 200);
    }

    private ObjectNode removeIntel(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        String type = body.text("type", TEXT);
        String value = body.text("value", TEXT);
        Gate.about(c, "removed " + type + " " + value + ": " + body.text("why", TEXT), null);
        Given.there(new IntelDesk(desk.view(person)).remove(type, value));
        return answers.intel(person, "", 200);
    }

    private JsonNode trial(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        RuleDesk rules = new RuleDesk(desk.view(person));
        String file = body.optional("file", TEXT);
        String text = file.isEmpty() ? body.text("text", 1 << 20) : Given.there(rules.text(file));
        Instant[] span = desk.view(person).events().span();
        Instant from = body.time("from");
        Instant until = body.time("until");
        return rules.trial(
                text,
                from != null ? from : span == null ? desk.now() : span[0],
                until != null ? until : span == null ? desk.now() : span[1].plusMillis(1));
    }

    private void blockList(Context c, Person person) throws IOException, Refused {
        String form = c.pathParam("form");
        if (!List.of("ip", "domain", "url").contains(form)) {
            throw Refused.notThere();
        }
        c.contentType("text/plain").result(new IntelDesk(desk.view(person)).blockList(form));
    }
}
