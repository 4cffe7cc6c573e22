package io.carom.server.api;

import io.carom.server.account.Account;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Tells browsers, as server-sent events, that what they see in has changed. It says that something
/// has, not what: they ask again, as who they are, and so nothing of another client can go out here. To
/// one client's people the word comes at fixed times, for when others' incidents change is nothing for
/// them either. Whose session is over, or whose account is another one now, is told nothing more within
/// fifteen seconds: their browser asks again, and learns that it has to sign in.
final class Changes implements AutoCloseable {
    private static final int MOST = 500;
    private static final int MOST_EACH = 24;
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final int CLIENT_LOOKS = 20;
    private static final int HEARTBEAT_LOOKS = 15;

    /// @param number by which the later is known
    private record Looking(Person person, long number) {}

    private final Desk desk;
    private final ConcurrentMap<SseClient, Looking> clients = new ConcurrentHashMap<>();
    private final Set<SseClient> busy = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final Thread thread;
    private volatile boolean stopping;

    Changes(Desk desk) {
        this.desk = desk;
        this.thread = Thread.ofPlatform().daemon().name("changes").start(this::look);
    }

    Route route() {
        return Route.api(
                HandlerType.GET,
                "/api/v1/changes",
                Role.ANYBODY,
                ApiDoc.of("That something has changed, as server-sent events", "", "text/event-stream"),
                this::give);
    }

    private void give(Context context, Person person) throws Exception {
        if (open.get() >= MOST) {
            throw new Refused(429, "Too many", "Too many pages are open.").header("Retry-After", "30");
        }
        makeRoom(person);
        context.header("Cache-Control", "no-store");
        context.header("X-Accel-Buffering", "no");
        new SseHandler(client -> {
                    client.keepAlive();
                    open.incrementAndGet();
                    clients.put(client, new Looking(person, numbers.incrementAndGet()));
                    client.onClose(() -> left(client));
                    client.sendEvent("hello", "{}");
                })
                .handle(context);
    }

    /// A page that was left is noticed only when something is written to it: of too many of one person the oldest go.
    private void makeRoom(Person person) {
        List<SseClient> own = clients.entrySet().stream()
                .filter(e -> e.getValue().person.name().equals(person.name()))
                .sorted(Comparator.comparingLong(e -> e.getValue().number))
                .map(Map.Entry::getKey)
                .toList();
        for (int i = 0; i <= own.size() - MOST_EACH; i++) {
            left(own.get(i));
            own.get(i).close();
        }
    }

    private void left(SseClient client) {
        if (clients.remove(client) != null) {
            open.decrementAndGet();
        }
    }

    private void look() {
        String before = "";
        String told = "";
        for (long looks = 0; !stopping; looks++) {
            try {
                String now = desk.views().state();
                boolean changed = !before.isEmpty() && !now.equals(before);
                boolean forClients = looks % CLIENT_LOOKS == 0;
                boolean changedForClients = forClients && !told.isEmpty();
                if (looks % HEARTBEAT_LOOKS == 0) {
                    dropThoseWhoLeft();
                }
                for (var entry : clients.entrySet()) {
                    boolean all = entry.getValue().person.sight().all();
                    if (all ? changed : changedForClients) {
                        tell(entry.getKey(), true);
                    } else if (looks % HEARTBEAT_LOOKS == 0) {
                        tell(entry.getKey(), false);
                    }
                }
                before = now;
                told = forClients ? now : told;
            } catch (IOException | RuntimeException | Error e) {
                // Told where somebody asks; here it is looked again.
                before = "";
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void dropThoseWhoLeft() throws IOException {
        for (var entry : clients.entrySet()) {
            if (!in(entry.getValue().person)) {
                left(entry.getKey());
                entry.getKey().close();
            }
        }
    }

    /// Whether they would be let in again as what they were. That a page of theirs is open is no use of
    /// the session.
    private boolean in(Person person) throws IOException {
        Person.Session session = person.session();
        if (session != null && desk.people().entered(session.id(), desk.now(), false) == null) {
            return false;
        }
        Account account = desk.accounts().account(person.name());
        People.Kept kept = desk.people().of(person.name());
        if (account == null
                || kept == null
                || kept.role() != person.role()
                || !Objects.equals(account.client(), person.account().client())) {
            return false;
        }
        People.Vouched vouched = kept.vouched();
        return vouched == null || desk.providers().letsIn(vouched.provider(), kept.role(), account.client());
    }

    /// A browser that takes nothing holds up nobody else: what it has not taken yet is not told again.
    private void tell(SseClient client, boolean changed) {
        if (busy.add(client)) {
            Thread.startVirtualThread(() -> {
                try {
                    if (changed) {
                        client.sendEvent("changed", "{}");
                    } else {
                        client.sendComment("still here");
                    }
                } finally {
                    busy.remove(client);
                }
            });
        }
    }

    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        clients.keySet().forEach(SseClient::close);
    }
}
