package io.carom.advise;

import io.carom.campaign.Campaign;
import io.carom.cases.Approvals;
import io.carom.cases.Cases;
import io.carom.cases.KeptCampaigns;
import io.carom.config.ConfigException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Packages for clients, from what a home keeps: made, looked at, and sent as they were looked at.
public final class Packages implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Adviser.Settings settings;
    private final Cases cases;
    private final Adviser adviser;
    private final AdviseStore store;
    private final Sender sender;

    /// @param cases open as long as this is
    public Packages(Adviser.Settings settings, Cases cases, NetworkWay network) throws IOException, ConfigException {
        this.settings = settings;
        this.cases = cases;
        Set<String> spread = new TreeSet<>();
        for (Campaign campaign : KeptCampaigns.of(cases, settings.home(), settings.parties(), settings.excused())) {
            if (campaign.clients().size() > 1) {
                spread.addAll(campaign.incidents());
            }
        }
        AdviseSettings ways = AdviseSettings.of(settings.home());
        this.adviser = new Adviser(settings, cases, spread);
        this.store = AdviseStore.open(settings.home());
        this.sender = new Sender(settings.home(), ways, store, cases, network::to);
    }

    /// A package that can be sent.
    ///
    /// @param severity the mildest incident that it tells of
    /// @param files empty where it is not to be given to anybody
    /// @param fault what of others is in it; empty if nothing is
    public record Draft(Advice advice, String id, String severity, Map<String, byte[]> files, String fault) {
        public Draft {
            files = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(files));
        }
    }

    /// How a package is to be sent.
    ///
    /// @param channels only these; empty for all that are stated for the client
    /// @param again also over a way by which the same went before
    /// @param who sends it
    /// @param why in their words
    public record Order(List<String> channels, boolean again, String who, String why) {
        public Order {
            channels = List.copyOf(channels);
        }
    }

    /// What came of an order.
    ///
    /// @param waits the request that a second person is to agree to before anything is sent; null if it
    ///     was sent
    public record Outcome(List<AdviseStore.Sent> sent, Approvals.@Nullable Request waits) {
        public Outcome {
            sent = List.copyOf(sent);
        }
    }

    /// As {@link Adviser#affected}.
    public List<String> affected() throws IOException {
        return adviser.affected();
    }

    /// What a client would be told.
    public Draft of(String client) throws IOException {
        Audience audience = adviser.audience(client);
        Advice advice = adviser.of(client, audience);
        String id = AdviceFiles.digest(advice);
        try {
            return new Draft(advice, id, settings.severity(), AdviceFiles.of(advice, audience), "");
        } catch (LeakException e) {
            return new Draft(advice, id, settings.severity(), Map.of(), String.valueOf(e.getMessage()));
        }
    }

    public AdviseStore store() {
        return store;
    }

    public Sender sender() {
        return sender;
    }

    /// Sends a package; where the home asks for a second person, one must have agreed to this very
    /// package by these very ways, and else is asked. What is sent is what was looked at, byte by byte,
    /// if it may still be told.
    ///
    /// @throws LeakException if something in it may not be told any more
    /// @throws IOException saying what is not stated, or what is wrong
    public Outcome send(Draft draft, Order order) throws IOException {
        String client = draft.advice().client();
        if (!draft.fault().isEmpty()) {
            throw new IOException(draft.fault());
        }
        List<Delivery> ways = sender.ways(client, order.channels());
        Parcel parcel = new Parcel(
                draft.id(),
                client,
                draft.advice().sender(),
                draft.advice().headline(),
                draft.advice().tlp(),
                draft.advice().made(),
                0,
                draft.files());
        List<String> incidents = new ArrayList<>();
        Instant detected = draft.advice().made();
        for (Advice.Case one : draft.advice().incidents()) {
            ObjectNode incident = cases.incident(one.id());
            if (incident != null) {
                incidents.add(one.id());
                Instant when =
                        Instant.parse(incident.path("clocks").path("detected").asString(""));
                detected = when.isBefore(detected) ? when : detected;
            }
        }
        ObjectNode detail = JSON.createObjectNode();
        detail.put("made", parcel.made().toString())
                .put("sender", parcel.sender())
                .put("headline", parcel.headline())
                .put("tlp", parcel.tlp().label())
                .put("severity", draft.severity())
                .put("detected", detected.toString())
                .put("again", order.again());
        incidents.forEach(detail.putArray("incidents")::add);
        ways.stream().map(Delivery::channel).distinct().sorted().forEach(detail.putArray("channels")::add);
        if (cases.approvals().rules().contains(Approvals.TELL)) {
            return withSecond(parcel, ways, detail, order);
        }
        return new Outcome(go(parcel, ways, detail, order.who()), null);
    }

    private Outcome withSecond(Parcel parcel, List<Delivery> ways, ObjectNode detail, Order order) throws IOException {
        String subject = parcel.id() + " "
                + String.join(
                        ",",
                        ways.stream().map(Delivery::channel).distinct().sorted().toList());
        Approvals approvals = cases.approvals();
        // What was agreed to and did not go by every way may be tried again; what went is sent once
        // more only by the word of both.
        Approvals.Request agreed =
                order.again() ? null : approvals.agreed(Approvals.Kind.TELLING, parcel.client(), "", subject);
        if (agreed != null) {
            return new Outcome(agreed(agreed), null);
        }
        List<String> incidents = new ArrayList<>();
        detail.path("incidents").forEach(one -> incidents.add(one.asString("")));
        sender.keep(parcel, Instant.parse(detail.path("detected").asString("")), incidents);
        return new Outcome(
                List.of(),
                approvals.ask(
                        Approvals.Kind.TELLING,
                        parcel.client(),
                        "",
                        subject + (order.again() ? " again" : ""),
                        "Tell " + parcel.client() + ": " + parcel.headline(),
                        detail.toString(),
                        new Approvals.Who(order.who(), Instant.now(), order.why())));
    }

    /// The package that a request is about.
    public static String idOf(Approvals.Request request) {
        return request.subject().split(" ")[0];
    }

    /// Sends what a second person agreed to.
    public List<AdviseStore.Sent> agreed(Approvals.Request request) throws IOException {
        if (request.kind() != Approvals.Kind.TELLING || !request.agreed()) {
            throw new IllegalArgumentException("nobody agreed to telling by " + request.id());
        }
        JsonNode detail = JSON.readTree(request.detail());
        List<String> channels = new ArrayList<>();
        detail.path("channels").forEach(c -> channels.add(c.asString("")));
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : AdviceFiles.NAMES) {
            files.put(name, sender.file(request.client(), idOf(request), name));
        }
        Parcel parcel = new Parcel(
                idOf(request),
                request.client(),
                detail.path("sender").asString(""),
                detail.path("headline").asString(""),
                Objects.requireNonNullElse(
                        io.carom.intel.Tlp.of(detail.path("tlp").asString("")), io.carom.intel.Tlp.AMBER),
                Instant.parse(detail.path("made").asString("")),
                0,
                files);
        return go(parcel, sender.ways(request.client(), channels), detail, request.by());
    }

    private List<AdviseStore.Sent> go(Parcel parcel, List<Delivery> ways, JsonNode detail, String who)
            throws IOException {
        // What was learned since it was made may forbid what it says.
        AdviceFiles.check(parcel.files(), adviser.audience(parcel.client()), parcel.made(), parcel.tlp());
        List<String> incidents = new ArrayList<>();
        detail.path("incidents").forEach(i -> incidents.add(i.asString("")));
        return sender.send(
                parcel,
                ways,
                detail.path("again").asBoolean(false),
                Instant.parse(detail.path("detected").asString("")),
                incidents,
                who);
    }

    @Override
    public void close() throws IOException {
        try (adviser) {
            store.close();
        }
    }
}
