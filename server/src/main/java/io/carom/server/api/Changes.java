package io.carom.server.api;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Tells browsers, as server-sent events, that what they see in has changed. It says that something
/// has, not what: they
/// ask again, as who they are, and so nothing of another client can go out here. To one client's people
/// the word comes
/// at fixed times, for when others' incidents change is nothing for them either.
final class Changes implements AutoCloseable {
    private static final int MOST = 500;
    private static final int MOST_EACH = 12;
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final int CLIENT_LOOKS = 20;
    private static final int HEARTBEAT_LOOKS = 15;

    private final Desk desk;
    private final ConcurrentMap<SseClient, Person> clients = new ConcurrentHashMap<>();
    private final Set<SseClient> busy = ConcurrentHashMap.newKeySet();
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
        long own = clients.values().stream()
                .filter(p -> p.name().equals(person.name()))
                .count();
        if (own >= MOST_EACH || open.get() >= MOST) {
            throw new Refused(429, "Too many", "Too many pages are open.").header("Retry-After", "30");
        }
        context.header("Cache-Control", "no-store");
        context.header("X-Accel-Buffering", "no");
        new SseHandler(client -> {
                    client.keepAlive();
                    open.incrementAndGet();
                    clients.put(client, person);
                    client.onClose(() -> {
                        if (clients.remove(client) != null) {
                            open.decrementAndGet();
                        }
                    });
                    client.sendEvent("hello", "{}");
                })
                .handle(context);
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
                for (var entry : clients.entrySet()) {
                    boolean all = entry.getValue().sight().all();
                    if (all ? changed : changedForClients) {
                        tell(entry.getKey(), true);
                    } else if (looks % HEARTBEAT_LOOKS == 0) {
                        tell(entry.getKey(), false);
                    }
                }
                before = now;
                told = forClients ? now : told;
            } catch (IOException | RuntimeException e) {
                // Told where somebody asks; here it is looked again.
                before = "";
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
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
