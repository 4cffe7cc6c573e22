package io.carom.view;

import io.carom.advise.Advice;
import io.carom.advise.AdviceFiles;
import io.carom.advise.AdviseSettings;
import io.carom.advise.AdviseStore;
import io.carom.advise.Adviser;
import io.carom.advise.Delivery;
import io.carom.advise.NetworkWay;
import io.carom.advise.Packages;
import io.carom.advise.Sender;
import io.carom.cases.Approvals;
import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Telling clients: what one would be told, how it is reached, what it was told and who has it. Those who
/// work for all clients make and send packages; a client's people see those that reached it.
public final class Telling {
    public static final List<String> SEVERITIES = List.of("informational", "low", "medium", "high", "critical");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PACKAGE = "[0-9a-f]{24}";

    private final View view;
    private final NetworkWay network;

    Telling(View view) {
        this.view = view;
        this.network = view.views().network();
    }

    /// Something of what was asked is wrong, or not so any more; said in words for who asked.
    public static final class TellingException extends Exception {
        private static final long serialVersionUID = 1;

        TellingException(String message) {
            super(message);
        }
    }

    /// How a package is made and sent.
    ///
    /// @param id of the package that was looked at
    /// @param channels only these; empty for all that are stated
    public record Order(
            String id, Tlp tlp, String severity, List<String> channels, boolean again, String who, String why) {
        public Order {
            channels = List.copyOf(channels);
        }
    }

    private boolean knows(String client) throws IOException {
        return view.sight().sees(client) && view.clients().contains(client);
    }

    private interface Work<T> {
        T on(Packages packages) throws IOException, TellingException;
    }

    private <T> T with(Tlp tlp, String severity, Work<T> work) throws IOException, TellingException {
        Snapshot snapshot = view.snapshot();
        Adviser.Settings settings = new Adviser.Settings(
                view.home(),
                snapshot.parties,
                view.now().truncatedTo(ChronoUnit.MINUTES),
                tlp,
                severity,
                Adviser.excused(snapshot.parties, Warninglists.builtIn()));
        try (Cases cases = Cases.open(view.home());
                Packages packages = new Packages(settings, cases, network)) {
            return work.on(packages);
        } catch (ConfigException e) {
            throw new TellingException(String.valueOf(e.getMessage()));
        }
    }

    private interface KeptWork<T> {
        T on(AdviseStore store, Sender sender) throws IOException, TellingException;
    }

    /// What was made before, and how clients are reached.
    private <T> T kept(KeptWork<T> work) throws IOException, TellingException {
        try (Cases cases = Cases.open(view.home());
                AdviseStore store = AdviseStore.open(view.home())) {
            return work.on(store, new Sender(view.home(), AdviseSettings.of(view.home()), store, cases, network::to));
        } catch (ConfigException e) {
            throw new TellingException(String.valueOf(e.getMessage()));
        }
    }

    // ---- a package before it is sent

    /// What a client would be told now; null if there is no such client in sight. Nothing is sent.
    public @Nullable ObjectNode draft(String client, Tlp tlp, String severity) throws IOException, TellingException {
        if (!view.sight().all() || !knows(client)) {
            return null;
        }
        // An hour's clocks and scores may stand; what is known may not be old.
        String state = view.views().state() + " " + view.now().getEpochSecond() / 3600;
        Packages.Draft known = view.views().drafts().latest(client, tlp, severity, state);
        Packages.Draft draft = known != null ? known : with(tlp, severity, packages -> packages.of(client));
        view.views().drafts().keep(draft, state);
        boolean went;
        try (AdviseStore store = AdviseStore.open(view.home())) {
            went = store.states(client).stream()
                    .anyMatch(s -> s.id().equals(draft.id()) && s.told().isPresent());
        }
        return json(draft).put("told_before", went);
    }

    private static ObjectNode json(Packages.Draft draft) {
        Advice in = draft.advice();
        ObjectNode out = JSON.createObjectNode();
        out.put("client", in.client())
                .put("package", draft.id())
                .put("made", in.made().toString())
                .put("tlp", in.tlp().label())
                .put("severity", draft.severity())
                .put("headline", in.headline())
                .put("sender", in.sender())
                .put("contact", in.contact())
                .put("sightings", in.sightings())
                .put("fault", draft.fault());
        ArrayNode incidents = out.putArray("incidents");
        for (Advice.Case one : in.incidents()) {
            incidents
                    .addObject()
                    .put("id", one.id())
                    .put("headline", one.headline())
                    .put("severity", one.severity())
                    .put("first_seen", one.first().toString())
                    .put("last_seen", one.last().toString())
                    .put("entry", one.entry())
                    .put("steps", one.hops().size())
                    .put("elsewhere", one.elsewhere());
        }
        ArrayNode indicators = out.putArray("indicators");
        for (Advice.Seen one : in.indicators()) {
            Tlp tlp = one.indicator().facts().tlp();
            indicators
                    .addObject()
                    .put("type", one.indicator().type().label())
                    .put("value", one.indicator().value())
                    .put("tlp", tlp == null ? "" : tlp.label())
                    .put("score", one.score())
                    .put("count", one.count())
                    .put("first_seen", one.first().toString())
                    .put("last_seen", one.last().toString());
        }
        ArrayNode actions = out.putArray("actions");
        in.actions().forEach(a -> actions.add(a.text()));
        ArrayNode unknown = out.putArray("unknown");
        in.unknown().forEach(unknown::add);
        ArrayNode files = out.putArray("files");
        draft.files()
                .forEach((name, bytes) -> files.addObject()
                        .put("name", name)
                        .put("type", AdviceFiles.type(name))
                        .put("bytes", bytes.length));
        return out;
    }

    /// A file of a package: one that was looked at, that waits, or that reached the client.
    public record File(String type, byte[] bytes) {}

    /// Null if there is none in sight.
    public @Nullable File file(String client, String id, String name) throws IOException, TellingException {
        if (!knows(client) || !id.matches(PACKAGE) || !AdviceFiles.NAMES.contains(name)) {
            return null;
        }
        Packages.Draft draft = view.sight().all() ? view.views().drafts().of(client, id) : null;
        byte[] looked = draft == null ? null : draft.files().get(name);
        if (looked != null) {
            return new File(AdviceFiles.type(name), looked);
        }
        Optional<File> file = kept((store, sender) -> {
            boolean there = shown(store, client).stream().anyMatch(s -> s.id().equals(id));
            return there
                    ? Optional.of(new File(AdviceFiles.type(name), sender.file(client, id, name)))
                    : Optional.empty();
        });
        return file.orElse(null);
    }

    /// To a client's people what reached it; to others what was made to be sent too.
    private List<AdviseStore.State> shown(AdviseStore store, String client) throws IOException {
        return store.states(client).stream()
                .filter(s -> view.sight().all() || s.told().isPresent())
                .toList();
    }

    // ---- what was told

    /// How a client is reached and what it was told; null if there is no such client in sight.
    public @Nullable ObjectNode of(String client) throws IOException, TellingException {
        if (!knows(client)) {
            return null;
        }
        boolean all = view.sight().all();
        ObjectNode out = JSON.createObjectNode().put("client", client);
        return kept((store, sender) -> {
            network.collect(view.home(), store);
            ArrayNode ways = out.putArray("ways");
            String fault = "";
            if (all) {
                try {
                    for (Delivery way : sender.ways(client, List.of())) {
                        ways.addObject().put("channel", way.channel()).put("target", way.target());
                    }
                } catch (IOException e) {
                    fault = String.valueOf(e.getMessage());
                }
            }
            out.put("fault", fault);
            ArrayNode told = out.putArray("packages");
            Instant now = view.now();
            for (AdviseStore.State one : shown(store, client)) {
                told.add(state(one, all && sender.due(one, now), all));
            }
            return out;
        });
    }

    private static ObjectNode state(AdviseStore.State one, boolean due, boolean all) {
        ObjectNode out = JSON.createObjectNode();
        Instant told = one.told().orElse(null);
        Instant acknowledged = one.acknowledgedAt();
        out.put("package", one.id())
                .put("made", one.made().toString())
                .put("tlp", one.tlp())
                .put("headline", one.headline())
                .put("told", told == null ? null : told.toString());
        if (told == null) {
            out.putNull("time_to_notify_s");
        } else {
            out.put("time_to_notify_s", Duration.between(one.detected(), told).toSeconds());
        }
        out.put("acknowledged_by", one.acknowledgedBy())
                .put("acknowledged_at", acknowledged == null ? null : acknowledged.toString())
                .put("reminder_due", due);
        ArrayNode sent = out.putArray("sent");
        for (AdviseStore.Sent s : one.sent()) {
            if (all) {
                sent.add(json(s));
            } else if (s.ok()) {
                sent.addObject()
                        .put("channel", s.channel())
                        .put("at", s.at().toString())
                        .put("ok", true);
            }
        }
        return out;
    }

    private static ObjectNode json(AdviseStore.Sent s) {
        return JSON.createObjectNode()
                .put("channel", s.channel())
                .put("at", s.at().toString())
                .put("ok", s.ok())
                .put("target", s.target())
                .put("reminder", s.reminder())
                .put("detail", s.detail());
    }

    // ---- sending

    /// Sends the package that was looked at, or asks a second person where the home wants one: `sent`,
    /// and the id of what waits. Null if there is no such client in sight.
    ///
    /// @throws TellingException if what is told has changed since, or there is no way
    public @Nullable ObjectNode send(String client, Order order) throws IOException, TellingException {
        if (!view.sight().all() || !knows(client)) {
            return null;
        }
        Packages.Outcome outcome = with(order.tlp(), order.severity(), packages -> {
            Packages.Draft looked = view.views().drafts().of(client, order.id());
            Packages.Draft draft = looked == null ? packages.of(client) : looked;
            if (!draft.id().equals(order.id())) {
                throw new TellingException(
                        "What " + client + " would be told has changed since you looked: look again.");
            }
            try {
                return packages.send(
                        draft, new Packages.Order(order.channels(), order.again(), order.who(), order.why()));
            } catch (IOException e) {
                throw new TellingException(String.valueOf(e.getMessage()));
            }
        });
        view.views().touched();
        return outcome(outcome);
    }

    private static ObjectNode outcome(Packages.Outcome outcome) {
        ObjectNode out = JSON.createObjectNode();
        Approvals.Request waits = outcome.waits();
        out.put("waits", waits == null ? null : waits.id());
        ArrayNode sent = out.putArray("sent");
        outcome.sent().forEach(s -> sent.add(json(s)));
        return out;
    }

    /// Sends what a second person has just agreed to.
    ObjectNode agreed(Approvals.Request request) throws IOException, TellingException {
        JsonNode detail = JSON.readTree(request.detail());
        Tlp tlp = Tlp.of(detail.path("tlp").asString(""));
        List<AdviseStore.Sent> sent =
                with(tlp == null ? Tlp.AMBER : tlp, detail.path("severity").asString("medium"), packages -> {
                    try {
                        return packages.agreed(request);
                    } catch (IOException e) {
                        throw new TellingException(String.valueOf(e.getMessage()));
                    }
                });
        view.views().touched();
        return outcome(new Packages.Outcome(sent, null));
    }

    /// Notes who at a client has a package.
    ///
    /// @return whether it was sent to a client in sight
    public boolean receipt(String client, String id, String who, String note) throws IOException {
        if (!knows(client)) {
            return false;
        }
        try (AdviseStore store = AdviseStore.open(view.home())) {
            if (store.states(client).stream()
                    .noneMatch(s -> s.id().equals(id) && s.told().isPresent())) {
                return false;
            }
            store.acknowledge(client, id, who, view.now(), note);
        }
        return true;
    }

    /// Sends a package that nobody acknowledged once more by the ways that reach a person; null if it is
    /// not there.
    public @Nullable ObjectNode remind(String client, String id) throws IOException, TellingException {
        if (!view.sight().all() || !knows(client)) {
            return null;
        }
        Optional<ObjectNode> outcome = kept((store, sender) -> {
            for (AdviseStore.State one : store.states(client)) {
                if (one.id().equals(id) && one.told().isPresent()) {
                    try {
                        return Optional.of(outcome(new Packages.Outcome(sender.remind(one), null)));
                    } catch (IOException e) {
                        throw new TellingException(String.valueOf(e.getMessage()));
                    }
                }
            }
            return Optional.empty();
        });
        return outcome.orElse(null);
    }
}
