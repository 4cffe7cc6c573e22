package io.carom.server.web;

import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.api.CsvAnswers;
import io.carom.server.api.Desk;
import io.carom.server.api.HomeAnswers;
import io.carom.server.api.SearchQuery;
import io.carom.server.api.SettingsAnswers;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.view.EventsView;
import io.carom.view.Hunts;
import io.carom.view.Traces;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The pages beside incidents.
final class HomePages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PASTED = 6 << 20;
    /// What a page sends once more to have a table; a form is read up to a million bytes, and a sign may
    /// take six.
    private static final int SENT_AGAIN = 150_000;

    private static final int SHOWN = 100;
    private static final int MOST_ROWS = 5000;
    /// A page waits no longer for what is looked for.
    private static final Duration AT_ONCE = Duration.ofMillis(80);
    /// Between the parts of an answer that comes bit by bit.
    private static final String PART = "\n\u001e\n";

    private final Desk desk;
    private final HomeAnswers answers;

    HomePages(Desk desk) {
        this.desk = desk;
        this.answers = new HomeAnswers(desk);
    }

    private static Route answered(String path, Set<Role> roles, String template, String title, PageRoutes.Shown shown) {
        String active = path.substring(1).split("/")[0];
        return PageRoutes.page(path, roles, template, title, active.equals("query") ? "search" : active, shown);
    }

    List<Route> routes() {
        return List.of(
                answered("/trace", Role.ANYBODY, "trace", "Trace", this::trace).costing(Cost.COSTLY),
                Route.page(HandlerType.GET, "/trace/answer", Role.ANYBODY, this::traced)
                        .costing(Cost.COSTLY),
                answered(
                        "/hunt",
                        Role.ANYBODY,
                        "hunt",
                        "Hunt",
                        (c, p) -> Map.of(
                                "text",
                                PageRoutes.text(c, "text"),
                                "reach",
                                reach(p),
                                "standing",
                                new Hunts(desk.view(p)).standing(200))),
                Route.page(HandlerType.POST, "/hunt/answer", Role.ANYBODY, this::hunt)
                        .costing(Cost.COSTLY),
                Route.page(HandlerType.POST, "/hunt/sightings.csv", Role.ANYBODY, this::sightings)
                        .costing(Cost.COSTLY),
                answered(
                        "/campaigns",
                        Role.OURS,
                        "campaigns",
                        "Campaigns",
                        (c, p) -> Map.of("answer", answers.campaigns(p))),
                answered(
                        "/campaigns/{campaign}",
                        Role.OURS,
                        "campaign",
                        "Campaign",
                        (c, p) -> Map.of("it", answers.campaign(p, c.pathParam("campaign")))),
                answered(
                        "/suppliers",
                        Role.ANYBODY,
                        "suppliers",
                        "Suppliers",
                        (c, p) -> Map.of("answer", answers.suppliers(p))),
                answered(
                        "/suppliers/{supplier}",
                        Role.ANYBODY,
                        "supplier",
                        "Supplier",
                        (c, p) -> Map.of(
                                "it",
                                answers.supplier(p, c.pathParam("supplier")),
                                "title",
                                V.shown(c.pathParam("supplier"), 80))),
                answered(
                        "/clients", Role.ANYBODY, "clients", "Clients", (c, p) -> Map.of("answer", answers.clients(p))),
                answered(
                        "/clients/{client}",
                        Role.ANYBODY,
                        "client",
                        "Client",
                        (c, p) -> Map.of(
                                "it",
                                answers.client(p, c.pathParam("client")),
                                "title",
                                V.shown(c.pathParam("client"), 80))),
                answered(
                        "/sources", Role.ANYBODY, "sources", "Sources", (c, p) -> Map.of("answer", answers.sources(p))),
                answered("/clocks", Role.ANYBODY, "clocks", "Clocks", (c, p) -> Map.of("answer", answers.clocks(p))),
                answered("/search", Role.ANYBODY, "search", "Search", this::search)
                        .costing(Cost.COSTLY),
                Route.page(HandlerType.GET, "/search/answer", Role.ANYBODY, this::rest)
                        .costing(Cost.COSTLY),
                answered("/query", Role.ANYBODY, "query", "SQL", this::query).costing(Cost.COSTLY),
                Route.page(HandlerType.GET, "/query/rows.csv", Role.ANYBODY, this::rows)
                        .costing(Cost.COSTLY),
                answered("/rules", Role.OURS, "rules", "Rules", this::rules),
                answered(
                        "/intel",
                        Role.OURS,
                        "intel",
                        "Intel",
                        (c, p) -> Map.of(
                                "answer",
                                answers.intel(p, PageRoutes.text(c, "q"), 300),
                                "q",
                                PageRoutes.text(c, "q"))),
                answered("/settings", Role.ANYBODY, "settings", "Settings", this::settings));
    }

    /// The page with the trace that is kept; what is not, or not of what is known now, comes by {@link
    /// #traced}.
    private Map<String, Object> trace(Context c, Person person) throws IOException, Refused {
        String what = PageRoutes.text(c, "what");
        Traces.Read kept = answers.keptTrace(person, what);
        return Map.of(
                "answer",
                answers.traces(what, kept),
                "kept",
                kept != null,
                "current",
                kept == null || kept.current(),
                "made",
                kept == null ? "" : kept.made().toString());
    }

    private void traced(Context c, Person person) throws IOException, Refused {
        Templates.give(
                c,
                "part/traces",
                Map.of(
                        "shell",
                        new Shell("", "trace", person),
                        "answer",
                        answers.trace(person, PageRoutes.text(c, "what"))));
    }

    private String reach(Person person) throws IOException {
        Map<String, Instant> reach = new Hunts(desk.view(person)).reach();
        return reach.isEmpty()
                ? ""
                : "Looks back to "
                        + reach.values().stream()
                                .min(Instant::compareTo)
                                .map(t -> t.toString().substring(0, 10))
                                .orElse("")
                        + " at " + V.many(reach.size(), "client", "clients") + ".";
    }

    /// Parts of the page as they are known, each ended by a sign that no page holds.
    private void hunt(Context context, Person person) throws Exception {
        byte[] bytes = context.req().getInputStream().readNBytes(PASTED + 1);
        if (bytes.length > PASTED) {
            throw new Refused(413, "Too much", "Paste at most " + (PASTED >> 20) + " MiB.");
        }
        JsonNode asked;
        try {
            asked = JSON.readTree(bytes);
        } catch (tools.jackson.core.JacksonException e) {
            throw Refused.notUnderstood("That is no JSON.");
        }
        String text = asked.path("text").asString("");
        Hunts.Wanted wanted = HomeAnswers.wanted(context, text);
        Instant since = SearchQuery.time("since", asked.path("since").asString(""));
        Instant until = SearchQuery.time("until", asked.path("until").asString(""));
        // Looked for before they are kept: what comes of it is seen first.
        boolean keep = asked.path("keep").asBoolean(false) && Role.ANALYSTS.contains(person.role()) && person.write();
        Hunts hunts = new Hunts(desk.view(person));
        context.contentType("text/html; charset=utf-8");
        OutputStream out = context.res().getOutputStream();
        int[] seen = new int[1];
        long[] clients = new long[1];
        if (wanted.indicators().isEmpty()) {
            part(out, "<p data-state>No address, name, hash or other indicator was found in that text.</p>");
            if (keep) {
                keeping(out, text, 0);
            }
            return;
        }
        part(
                out,
                "<p data-state>" + V.many(wanted.indicators().size(), "indicator is", "indicators are")
                        + " looked for…</p>");
        hunts.run(wanted, since, until, (client, sightings, done, all) -> {
            if (!sightings.isEmpty()) {
                seen[0] += sightings.size();
                clients[0]++;
                part(
                        out,
                        Templates.text(
                                "found",
                                Map.of(
                                        "client",
                                        client,
                                        "seen",
                                        List.<JsonNode>copyOf(sightings),
                                        "ours",
                                        person.sight().all())));
            }
            part(out, "<p data-state>" + done + " of " + all + " asked…</p>");
        });
        part(
                out,
                "<p data-state>"
                        + (seen[0] == 0
                                ? "None of " + V.many(wanted.indicators().size(), "indicator", "indicators")
                                        + " was ever seen in what is kept."
                                : V.many(seen[0], "sighting", "sightings") + " at "
                                        + V.many(clients[0], "client", "clients") + ".")
                        + "</p>");
        if (keep) {
            keeping(out, text, wanted.indicators().size());
        }
        if (seen[0] > 0) {
            part(
                    out,
                    Templates.text(
                            "part/table",
                            Map.of(
                                    "shell",
                                    new Shell("", "hunt", person),
                                    "text",
                                    text.length() > SENT_AGAIN ? "" : text.replace('\u001e', ' '),
                                    "since",
                                    since == null ? "" : since.toString(),
                                    "until",
                                    until == null ? "" : until.toString())));
        }
    }

    private static void keeping(OutputStream out, String text, int indicators) throws IOException {
        part(out, Templates.text("part/keep", Map.of("text", text.replace('\u001e', ' '), "indicators", indicators)));
    }

    /// What a hunt has seen, as a table.
    private void sightings(Context c, Person person) throws IOException, Refused {
        String text = c.formParam("text");
        Hunts.Wanted wanted = HomeAnswers.wanted(c, text == null ? "" : text);
        CsvAnswers.sightings(
                c,
                answers.hunt(
                        person,
                        wanted,
                        SearchQuery.time("since", c.formParam("since")),
                        SearchQuery.time("until", c.formParam("until"))));
    }

    private static void part(OutputStream out, String html) throws IOException {
        out.write((html + PART).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// The page with what was found in the first moment; the rest comes by {@link #rest}.
    private Map<String, Object> search(Context c, Person person) throws IOException, Refused {
        String fault = "";
        EventsView.Search search = SearchQuery.of(c, SHOWN, SHOWN);
        ObjectNode answer;
        try {
            answer = answers.search(person, search, AT_ONCE, (found, doneTo) -> {});
        } catch (Refused e) {
            fault = e.description();
            answer = JSON.createObjectNode();
        }
        Map<String, Object> out = new HashMap<>();
        out.put("answer", answer);
        out.put("search", search);
        out.put("searches", answers.searches(person));
        out.put("clients", desk.view(person).clients());
        out.put("base", base(search));
        out.put("kept", kept(search));
        out.put("address", address(search, answer));
        out.put("fault", fault);
        return out;
    }

    /// How far a search has come, part by part, and last the whole answer.
    private void rest(Context context, Person person) throws Exception {
        EventsView.Search search = SearchQuery.of(context, SHOWN, SHOWN);
        context.contentType("text/html; charset=utf-8");
        OutputStream out = context.res().getOutputStream();
        ObjectNode answer;
        try {
            answer = answers.search(
                    person,
                    search,
                    EventsView.LONGEST,
                    (found, doneTo) -> part(
                            out,
                            "<p data-state>" + V.number(found) + " so far, looked back to "
                                    + doneTo.toString().substring(0, 16).replace('T', ' ') + " UTC…</p>"));
        } catch (Refused e) {
            part(out, Templates.text("part/fault", Map.of("text", e.description())));
            return;
        }
        part(
                out,
                Templates.text(
                        "part/events",
                        Map.of(
                                "shell",
                                new Shell("", "search", person),
                                "answer",
                                answer,
                                "search",
                                search,
                                "address",
                                address(search, answer),
                                "goesOn",
                                false)));
    }

    /// The address of a search without its time.
    private static String base(EventsView.Search search) {
        return "q=" + V.url(search.text()) + "&class=" + V.url(search.table()) + "&client=" + V.url(search.client());
    }

    /// The address by which a search is asked again: with the time that was asked for, so that it finds
    /// what has come since.
    private static String kept(EventsView.Search search) {
        Instant from = search.from();
        Instant until = search.until();
        EventsView.Last last = search.last();
        return base(search)
                + (from == null ? "" : "&from=" + V.url(from.toString()))
                + (until == null ? "" : "&until=" + V.url(until.toString()))
                + (last == null ? "" : "&last=" + V.url(last.text()));
    }

    /// The address of what an answer was made of, and of nothing that came since.
    private static String address(EventsView.Search search, JsonNode answer) {
        return base(search) + "&from=" + V.url(V.raw(answer, "from")) + "&until=" + V.url(V.raw(answer, "until"));
    }

    private void rows(Context c, Person person) throws IOException, Refused {
        String sql = PageRoutes.text(c, "sql");
        if (sql.isBlank()) {
            throw Refused.notUnderstood("\"sql\" is missing.");
        }
        Gate.about(c, "SQL", null);
        CsvAnswers.rows(c, answers.sql(person, sql, MOST_ROWS));
    }

    private Map<String, Object> query(Context c, Person person) throws IOException, Refused {
        String sql = PageRoutes.text(c, "sql");
        ObjectNode answer = JSON.createObjectNode();
        String fault = "";
        if (!sql.isBlank()) {
            Gate.about(c, "SQL " + sql, null);
            try {
                answer = answers.sql(person, sql, 1000);
            } catch (Refused e) {
                fault = e.description();
            }
        }
        return Map.of("sql", sql, "answer", answer, "fault", fault);
    }

    private Map<String, Object> rules(Context c, Person person) throws IOException, Refused {
        String file = PageRoutes.text(c, "file");
        return Map.of(
                "answer",
                answers.rules(person),
                "source",
                file.isBlank() ? JSON.createObjectNode() : answers.ruleText(person, file));
    }

    private Map<String, Object> settings(Context c, Person person) throws IOException {
        People.Kept kept = desk.people().of(person.name());
        SettingsAnswers settings = new SettingsAnswers(desk);
        return Map.ofEntries(
                Map.entry("oneTime", kept != null && kept.totp()),
                Map.entry("password", settings.hasPassword(person)),
                Map.entry("tokens", settings.tokens(person)),
                Map.entry("allTokens", settings.allTokens(person)),
                Map.entry("accounts", settings.accounts(person)),
                Map.entry("playbooks", settings.playbooks(person)),
                Map.entry("providers", settings.providers(person)),
                Map.entry("passkeys", settings.passkeys(person)),
                Map.entry("targets", settings.targets(person)),
                Map.entry("second", desk.view(person).secondPerson().rules()),
                Map.entry("clients", person.sight().all() ? desk.view(person).clients() : List.<String>of()));
    }
}
