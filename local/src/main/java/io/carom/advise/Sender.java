package io.carom.advise;

import io.carom.cases.Cases;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Sends packages over the ways that a home states, keeps what was sent, and notes when each client was
/// told.
public final class Sender {
    private final Path home;
    private final AdviseSettings settings;
    private final AdviseStore store;
    private final Cases cases;
    private final Function<List<String>, Delivery> network;

    public Sender(Path home, AdviseSettings settings, AdviseStore store, Cases cases) {
        this(home, settings, store, cases, addresses -> {
            throw new IllegalStateException("no mail network is at hand");
        });
    }

    /// @param network delivers to addresses of the private mail network
    public Sender(
            Path home,
            AdviseSettings settings,
            AdviseStore store,
            Cases cases,
            Function<List<String>, Delivery> network) {
        this.network = network;
        this.home = home;
        this.settings = settings;
        this.store = store;
        this.cases = cases;
    }

    /// The ways to a client.
    ///
    /// @param channels only these; empty for all that are stated for it
    /// @throws IOException saying what is not stated
    public List<Delivery> ways(String client, List<String> channels) throws IOException {
        AdviseSettings.Ways ways = settings.clients().getOrDefault(client, AdviseSettings.Ways.NONE);
        List<Delivery> all = new ArrayList<>();
        Path folder = ways.folder();
        if (folder != null) {
            all.add(new FolderDelivery(folder));
        }
        if (ways.taxii() || channels.contains("taxii")) {
            all.add(new TaxiiDelivery(home, client));
        }
        URI webhook = ways.webhook();
        Path secret = ways.secretFile();
        if (webhook != null && secret != null) {
            all.add(WebhookDelivery.of(webhook, secret));
        }
        if (!ways.mail().isEmpty()) {
            all.add(new MailDelivery(Objects.requireNonNull(settings.smtp()), ways.mail()));
        }
        if (!ways.network().isEmpty()) {
            all.add(network.apply(ways.network()));
        }
        if (!channels.isEmpty()) {
            all.removeIf(d -> !channels.contains(d.channel()));
        }
        for (String channel : channels) {
            if (all.stream().noneMatch(d -> d.channel().equals(channel))) {
                throw new IOException(
                        "no " + channel + " is stated for " + client + " in " + home.resolve(AdviseSettings.FILE));
            }
        }
        if (all.isEmpty()) {
            throw new IOException("no way to " + client + " is stated in " + home.resolve(AdviseSettings.FILE)
                    + ": clients: {" + client + ": {mail: […], network: […], webhook: …, folder: …, taxii: true}}");
        }
        return all;
    }

    /// Sends a package; over a way by which the same went before only where `again` says so.
    ///
    /// @param detected when the first of its incidents was; of none when it was made
    /// @param incidents that it tells of
    public List<AdviseStore.Sent> send(
            Parcel parcel, List<Delivery> ways, boolean again, Instant detected, List<String> incidents)
            throws IOException {
        store.add(parcel, detected, incidents);
        AdviceFiles.write(parcel.files(), folder(parcel.client(), parcel.id()));
        List<AdviseStore.Sent> before = store.states(parcel.client()).stream()
                .filter(s -> s.id().equals(parcel.id()))
                .flatMap(s -> s.sent().stream())
                .toList();
        List<AdviseStore.Sent> sent = new ArrayList<>();
        for (Delivery way : ways) {
            boolean went = before.stream()
                    .anyMatch(s -> s.ok()
                            && s.channel().equals(way.channel())
                            && s.target().equals(way.target()));
            if (!went || again) {
                sent.add(deliver(parcel, way));
            }
        }
        for (AdviseStore.Sent one : sent) {
            if (one.ok()) {
                told(incidents, one);
            }
        }
        return sent;
    }

    private AdviseStore.Sent deliver(Parcel parcel, Delivery way) throws IOException {
        AdviseStore.Sent sent;
        String who = "";
        try {
            who = way.deliver(parcel);
            sent = new AdviseStore.Sent(way.channel(), way.target(), Instant.now(), true, parcel.reminder(), "");
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            sent = new AdviseStore.Sent(way.channel(), way.target(), Instant.now(), false, parcel.reminder(), why);
        }
        store.sent(parcel.client(), parcel.id(), sent);
        if (!who.isEmpty()) {
            store.acknowledge(parcel.client(), parcel.id(), who, sent.at(), "by " + way.channel());
        }
        return sent;
    }

    /// The client was told when the first package of an incident reached it.
    private void told(List<String> incidents, AdviseStore.Sent sent) throws IOException {
        for (String id : incidents) {
            ObjectNode incident = cases.incident(id);
            if (incident != null && !incident.path("clocks").has("told")) {
                cases.moments().state(id, "told", sent.at(), "carom", "advice by " + sent.channel());
            }
        }
    }

    /// Where what was sent lies.
    Path folder(String client, String id) {
        return home.resolve("advise").resolve(client).resolve(id);
    }

    /// Sends what nobody acknowledged once more, where the time for it has come: the last attempt that
    /// went is longer ago than the settings say. Folders and collections are not reminded.
    public Map<AdviseStore.State, List<AdviseStore.Sent>> remind(Instant now) throws IOException {
        Map<AdviseStore.State, List<AdviseStore.Sent>> reminded = new LinkedHashMap<>();
        String last = "";
        for (AdviseStore.State state : store.states(null)) {
            boolean latest = !state.client().equals(last);
            last = state.client();
            if (latest && due(state, now)) {
                Parcel parcel = parcel(state, reminders(state) + 1);
                List<AdviseStore.Sent> sent = new ArrayList<>();
                for (Delivery way : waysNow(state.client(), now, sent)) {
                    if (List.of("mail", "network", "webhook").contains(way.channel())) {
                        sent.add(deliver(parcel, way));
                    }
                }
                reminded.put(state, sent);
            }
        }
        return reminded;
    }

    private static int reminders(AdviseStore.State state) {
        return state.sent().stream()
                .mapToInt(AdviseStore.Sent::reminder)
                .max()
                .orElse(0);
    }

    private Parcel parcel(AdviseStore.State state, int reminder) throws IOException {
        return new Parcel(
                state.id(),
                state.client(),
                "",
                state.headline(),
                Objects.requireNonNullElse(io.carom.intel.Tlp.of(state.tlp()), io.carom.intel.Tlp.AMBER),
                state.made(),
                reminder,
                files(state));
    }

    /// So often a way that fails is tried; the last times are hours apart.
    private static final int TRIES = 12;

    private static final Duration FIRST = Duration.ofMinutes(1);

    /// Sends once more what did not go, over each way of a client's latest package on which the last attempt failed: after
    /// a minute, then after twice the time before, in all {@value TRIES} times within a day and a half. Whoever
    /// acknowledged it meanwhile is left alone.
    public Map<AdviseStore.State, List<AdviseStore.Sent>> retry(Instant now) throws IOException {
        Map<AdviseStore.State, List<AdviseStore.Sent>> again = new LinkedHashMap<>();
        String last = "";
        for (AdviseStore.State state : store.states(null)) {
            boolean latest = !state.client().equals(last);
            last = state.client();
            if (!latest || state.acknowledgedBy() != null || !failing(state, now)) {
                continue;
            }
            List<AdviseStore.Sent> sent = new ArrayList<>();
            for (Delivery way : waysNow(state.client(), now, sent)) {
                List<AdviseStore.Sent> tries = tries(state, way.channel(), way.target());
                if (isDue(tries, now)) {
                    AdviseStore.Sent one =
                            deliver(parcel(state, tries.getLast().reminder()), way);
                    sent.add(one);
                    if (one.ok()) {
                        told(state.incidents(), one);
                    }
                }
            }
            if (!sent.isEmpty()) {
                again.put(state, sent);
            }
        }
        return again;
    }

    /// The ways to a client; none, and why not, where the settings do not say them any more: others are not to wait for
    /// that.
    private List<Delivery> waysNow(String client, Instant now, List<AdviseStore.Sent> failed) {
        try {
            return ways(client, List.of());
        } catch (IOException e) {
            failed.add(new AdviseStore.Sent("settings", "", now, false, 0, String.valueOf(e.getMessage())));
            return List.of();
        }
    }

    private static boolean failing(AdviseStore.State state, Instant now) {
        return state.sent().stream()
                .filter(s -> !s.ok())
                .anyMatch(s -> isDue(tries(state, s.channel(), s.target()), now));
    }

    /// The attempts over a way since it last went, that one too.
    private static List<AdviseStore.Sent> tries(AdviseStore.State state, String channel, String target) {
        List<AdviseStore.Sent> tries = new ArrayList<>();
        for (AdviseStore.Sent sent : state.sent()) {
            if (sent.channel().equals(channel) && sent.target().equals(target)) {
                if (sent.ok()) {
                    tries.clear();
                }
                tries.add(sent);
            }
        }
        return tries;
    }

    private static boolean isDue(List<AdviseStore.Sent> tries, Instant now) {
        if (tries.isEmpty() || tries.getLast().ok()) {
            return false;
        }
        int failed = (int) tries.stream().filter(s -> !s.ok()).count();
        return failed < TRIES
                && !tries.getLast().at().plus(FIRST.multipliedBy(1L << failed - 1)).isAfter(now);
    }

    /// Whether a package waits for an answer longer than it should.
    public boolean due(AdviseStore.State state, Instant now) {
        return state.acknowledgedBy() == null
                && state.sent().stream()
                        .filter(AdviseStore.Sent::ok)
                        .map(AdviseStore.Sent::at)
                        .max(Instant::compareTo)
                        .map(at -> !at.plus(settings.remindAfter()).isAfter(now))
                        .orElse(false);
    }

    private Map<String, byte[]> files(AdviseStore.State state) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : AdviceFiles.NAMES) {
            files.put(
                    name, Files.readAllBytes(folder(state.client(), state.id()).resolve(name)));
        }
        return files;
    }
}
