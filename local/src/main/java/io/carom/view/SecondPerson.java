package io.carom.view;

import io.carom.cases.Approvals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is done only where a second person agrees: who asks, and who answers. A client's people have to
/// do with the actions of their own incidents alone.
public final class SecondPerson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final View view;

    SecondPerson(View view) {
        this.view = view;
    }

    /// What needs a second person here, and what may: `for`, `known`.
    public ObjectNode rules() throws IOException {
        ObjectNode out = JSON.createObjectNode();
        var set = out.putArray("for");
        view.views().ask(cases -> cases.approvals().rules()).forEach(set::add);
        var known = out.putArray("known");
        Approvals.KNOWN.forEach(known::add);
        return out;
    }

    /// Whether an item of an incident may be ticked off: it needs no second person, or one agreed.
    boolean agreed(String incident, String key) throws IOException {
        ObjectNode action = action(incident, key);
        if (action == null) {
            return true;
        }
        String kind = action.path("kind").asString("");
        return view.views()
                .ask(cases -> !cases.approvals().rules().contains(kind)
                        || cases.approvals().agreed(Approvals.Kind.ACTION, clientOf(incident), incident, key) != null);
    }

    /// What was agreed to be blocked, by incident in sight: it stays so though more was found since, which
    /// nobody has agreed to yet.
    Map<String, Set<String>> agreedTargets() throws IOException {
        Map<String, Set<String>> out = new HashMap<>();
        for (Approvals.Request one : view.views().ask(cases -> cases.approvals().ofActions(view.now()))) {
            if (one.agreed() && !one.detail().isEmpty() && sees(one)) {
                Set<String> targets = out.computeIfAbsent(one.incident(), i -> new TreeSet<>());
                JSON.readTree(one.detail()).forEach(t -> targets.add(t.asString("")));
            }
        }
        return out;
    }

    private String clientOf(String incident) throws IOException {
        ObjectNode one = view.incident(incident);
        return one == null ? "" : one.path("client").asString("");
    }

    private @Nullable ObjectNode action(String incident, String key) throws IOException {
        ObjectNode one = view.incident(incident);
        if (one != null) {
            for (JsonNode action : one.path("actions")) {
                if (action.path("key").asString("").equals(key)) {
                    return (ObjectNode) action;
                }
            }
        }
        return null;
    }

    /// What waits for somebody's word, in sight.
    public List<ObjectNode> waiting() throws IOException {
        String client = view.sight().client();
        List<ObjectNode> out = new ArrayList<>();
        for (Approvals.Request one : view.views()
                .ask(cases -> client == null
                        ? cases.approvals().waiting(view.now())
                        : cases.approvals().waiting(client, view.now()))) {
            if (sees(one)) {
                out.add(json(one));
            }
        }
        return out;
    }

    private boolean sees(Approvals.Request one) {
        return one.kind() == Approvals.Kind.ACTION
                ? view.sight().sees(one.client())
                : view.sight().all();
    }

    private Approvals.@Nullable Request request(String id) throws IOException {
        String client = view.sight().client();
        Approvals.Request one = view.views()
                .ask(cases -> Optional.ofNullable(
                        client == null
                                ? cases.approvals().of(id)
                                : cases.approvals().of(client, id)))
                .orElse(null);
        return one == null || !sees(one) ? null : one;
    }

    /// A request in sight; null if there is none.
    public @Nullable ObjectNode one(String id) throws IOException {
        Approvals.Request one = request(id);
        return one == null ? null : json(one);
    }

    private ObjectNode json(Approvals.Request one) throws IOException {
        ObjectNode out = JSON.createObjectNode();
        out.put("id", one.id())
                .put("kind", one.kind().label())
                .put("client", one.client())
                .put("incident", one.incident())
                .put("what", words(one))
                // What those who work for all clients say among themselves is not a client's.
                .put("why", view.wrote(one.by(), one.of()) ? one.why() : "");
        if (one.kind() == Approvals.Kind.TELLING) {
            out.put("package", io.carom.advise.Packages.idOf(one));
            JsonNode detail = JSON.readTree(one.detail());
            out.set("channels", detail.path("channels"));
            out.put("tlp", detail.path("tlp").asString(""));
        }
        state(one, out);
        // Nor is who of them said it.
        for (String who : List.of("by", "answered_by")) {
            if (out.path(who).isString() && !view.own(out.path(who).asString(""))) {
                out.put(who, "");
            }
        }
        return out;
    }

    /// A client is shown the action as its own incident has it.
    private String words(Approvals.Request one) throws IOException {
        if (view.sight().all()) {
            return one.what();
        }
        ObjectNode action = action(one.incident(), one.subject());
        return action == null ? "" : action.path("text").asString("");
    }

    /// How it stands with a request: `state` (`waiting`, `yes`, `no`, `withdrawn`), who asked and who
    /// answered.
    static void state(Approvals.Request one, ObjectNode into) {
        Approvals.Answer answer = one.answer();
        into.put("id", one.id())
                .put("state", answer == null ? "waiting" : answer.verdict().label())
                .put("by", one.by())
                .put("at", one.at().toString())
                .put("answered_by", answer == null ? null : answer.by())
                .put("answered_at", answer == null ? null : answer.at().toString());
    }

    /// Asks for somebody's word on an action of an incident; null if there is no such action in sight,
    /// or it needs nobody's.
    public @Nullable ObjectNode ask(String incident, String key, String who, String why) throws IOException {
        ObjectNode action = action(incident, key);
        if (action == null) {
            return null;
        }
        String client = clientOf(incident);
        String kind = action.path("kind").asString("");
        // In the words of who sees all: each who looks is shown their own.
        View all = new View(view.views(), Sight.ALL);
        ObjectNode whole = all.secondPerson().action(incident, key);
        ObjectNode wanted = whole == null ? action : whole;
        String what = wanted.path("text").asString("");
        String targets = wanted.path("kind").asString("").equals("block")
                ? wanted.path("targets").toString()
                : "";
        Approvals.Request asked = view.change(cases -> cases.approvals().rules().contains(kind)
                        ? Optional.of(cases.approvals()
                                .ask(
                                        Approvals.Kind.ACTION,
                                        client,
                                        incident,
                                        key,
                                        what,
                                        targets,
                                        new Approvals.Who(who, view.now(), why)))
                        : NOBODY)
                .orElse(null);
        return asked == null ? null : json(asked);
    }

    /// Changes what needs a second person. More of it holds at once; for less of it a second person has
    /// to agree.
    ///
    /// @return the request that waits; null if it holds already
    public @Nullable ObjectNode change(Set<String> wanted, String who, String why) throws IOException {
        Set<String> now = view.views().ask(cases -> cases.approvals().rules());
        Set<String> more = new TreeSet<>(wanted);
        more.addAll(now);
        boolean less = !wanted.containsAll(now);
        Approvals.Request waits = view.views()
                .change(cases -> {
                    cases.approvals().rules(more);
                    return less ? Optional.of(lessen(cases.approvals(), wanted, who, why)) : NOBODY;
                })
                .orElse(null);
        return waits == null ? null : json(waits);
    }

    private static final Optional<Approvals.Request> NOBODY = Optional.empty();

    private Approvals.Request lessen(Approvals approvals, Set<String> wanted, String who, String why)
            throws IOException {
        String names = String.join(", ", new TreeSet<>(wanted));
        return approvals.ask(
                Approvals.Kind.RULES,
                "",
                "",
                names.replace(", ", ","),
                "A second person is asked for " + (wanted.isEmpty() ? "nothing" : "these alone: " + names),
                "",
                new Approvals.Who(who, view.now(), why));
    }

    /// What came of an answer.
    ///
    /// @param counted whether it did: nobody answers what they asked themselves, nor what is answered
    /// @param request as it is now
    /// @param sent what was sent upon it, as {@link Telling#send} says; null if nothing was to be sent
    public record Answered(
            boolean counted, ObjectNode request, @Nullable ObjectNode sent) {}

    /// Answers a request in sight with `yes`, `no`, or `withdrawn` by who asked; null if there is none.
    /// What is agreed to is done.
    public @Nullable Answered answer(String id, String word, String who, String note)
            throws IOException, Telling.TellingException {
        Approvals.Verdict verdict = Approvals.Verdict.valueOf(word.toUpperCase(Locale.ROOT));
        Approvals.Request before = request(id);
        if (before == null) {
            return null;
        }
        boolean counted =
                view.change(cases -> cases.approvals().answer(id, verdict, new Approvals.Who(who, view.now(), note)));
        Approvals.Request now = request(id);
        ObjectNode sent = counted && now != null && now.agreed() && now.kind() == Approvals.Kind.TELLING
                ? view.telling().agreed(now)
                : null;
        return new Answered(counted, json(now == null ? before : now), sent);
    }
}
