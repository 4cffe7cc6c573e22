package io.carom.advise;

import io.carom.cases.Cases;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Sends packages over the ways that a home states, keeps what was sent, and notes when each client was
/// told.
public final class Sender {
    /// A file's lock is a process's: threads of one take turns by these.
    private static final ConcurrentMap<Path, ReentrantLock> TURNS = new ConcurrentHashMap<>();

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

    /// Keeps a package that is to be sent.
    ///
    /// @param incidents that it tells of
    void keep(Parcel parcel, Instant detected, List<String> incidents) throws IOException {
        store.add(parcel, detected, incidents);
        AdviceFiles.write(parcel.files(), folder(parcel.client(), parcel.id()));
    }

    /// Sends a package; over a way by which the same went before only where `again` says so. Of two who
    /// send to a client at once, in one process or in several, one waits for the other.
    ///
    /// @param detected when the first of its incidents was; of none when it was made
    /// @param incidents that it tells of
    /// @param who sends it
    public List<AdviseStore.Sent> send(
            Parcel parcel, List<Delivery> ways, boolean again, Instant detected, List<String> incidents, String who)
            throws IOException {
        Path folder = Files.createDirectories(home.resolve("advise"));
        Path place = folder.resolve(parcel.client() + ".lock").toAbsolutePath();
        ReentrantLock turn = TURNS.computeIfAbsent(place, p -> new ReentrantLock());
        turn.lock();
        try (FileChannel channel = FileChannel.open(place, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            List<AdviseStore.Sent> sent = inTurn(parcel, ways, again, detected, incidents, who);
            if (!lock.isValid()) {
                throw new IOException(place + ": the lock was lost");
            }
            return sent;
        } finally {
            turn.unlock();
        }
    }

    private List<AdviseStore.Sent> inTurn(
            Parcel parcel, List<Delivery> ways, boolean again, Instant detected, List<String> incidents, String who)
            throws IOException {
        keep(parcel, detected, incidents);
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
                told(incidents, one, who);
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
    private void told(List<String> incidents, AdviseStore.Sent sent, String who) throws IOException {
        for (String id : incidents) {
            ObjectNode incident = cases.incident(id);
            if (incident != null && !incident.path("clocks").has("told")) {
                cases.moments().state(id, "told", sent.at(), who, "advice by " + sent.channel());
            }
        }
    }

    /// Where what was sent lies.
    Path folder(String client, String id) {
        return home.resolve("advise").resolve(client).resolve(id);
    }

    /// A file of a package that was sent, or that waits for a second person.
    public byte[] file(String client, String id, String name) throws IOException {
        Path file = folder(client, id).resolve(name);
        if (!AdviceFiles.NAMES.contains(name) || !Files.isRegularFile(file)) {
            throw new IOException("the package " + id + " of " + client + " has no " + name + " here");
        }
        return Files.readAllBytes(file);
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
                try {
                    reminded.put(state, remind(state));
                } catch (IOException e) {
                    reminded.put(state, List.of(failed(e, now)));
                }
            }
        }
        return reminded;
    }

    /// Sends a package once more, by the ways that reach a person.
    public List<AdviseStore.Sent> remind(AdviseStore.State state) throws IOException {
        int n = state.sent().stream().mapToInt(AdviseStore.Sent::reminder).max().orElse(0) + 1;
        Parcel parcel = parcel(state, n);
        List<AdviseStore.Sent> sent = new ArrayList<>();
        for (Delivery way : ways(state.client(), List.of())) {
            if (List.of("mail", "network", "webhook").contains(way.channel())) {
                sent.add(deliver(parcel, way));
            }
        }
        return sent;
    }

    /// The settings do not say a client's ways any more, or its files are gone: told, and no other waits for it.
    private static AdviseStore.Sent failed(IOException why, Instant now) {
        return new AdviseStore.Sent("settings", "", now, false, 0, String.valueOf(why.getMessage()));
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

    /// Sends once more what did not go, over each way of a client's latest package on which the last
    /// attempt failed: after a minute, then after twice the time before, in all {@value TRIES} times
    /// within a day and a half. Whoever acknowledged it meanwhile is left alone.
    ///
    /// @param who sends it
    public Map<AdviseStore.State, List<AdviseStore.Sent>> retry(Instant now, String who) throws IOException {
        Map<AdviseStore.State, List<AdviseStore.Sent>> again = new LinkedHashMap<>();
        String last = "";
        for (AdviseStore.State state : store.states(null)) {
            boolean latest = !state.client().equals(last);
            last = state.client();
            if (!latest || state.acknowledgedBy() != null || !failing(state, now)) {
                continue;
            }
            try {
                List<AdviseStore.Sent> sent = retry(state, now, who);
                if (!sent.isEmpty()) {
                    again.put(state, sent);
                }
            } catch (IOException e) {
                again.put(state, List.of(failed(e, now)));
            }
        }
        return again;
    }

    private List<AdviseStore.Sent> retry(AdviseStore.State state, Instant now, String who) throws IOException {
        List<AdviseStore.Sent> sent = new ArrayList<>();
        for (Delivery way : ways(state.client(), List.of())) {
            List<AdviseStore.Sent> tries = tries(state, way.channel(), way.target());
            if (isDue(tries, now)) {
                AdviseStore.Sent one = deliver(parcel(state, tries.getLast().reminder()), way);
                sent.add(one);
                if (one.ok()) {
                    told(state.incidents(), one, who);
                }
            }
        }
        return sent;
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
                && !tries.getLast()
                        .at()
                        .plus(FIRST.multipliedBy(1L << failed - 1))
                        .isAfter(now);
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
            files.put(name, file(state.client(), state.id(), name));
        }
        return files;
    }
}
