package io.carom.mailnet.federation;

import io.carom.certificate.Authority;
import io.carom.home.HomeDatabase;
import io.carom.mailnet.Network;
import io.carom.mailnet.OwnMail;
import io.carom.mailnet.enrol.Directory;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.store.AuditLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Takes mail to other networks: each in its own thread, so that one that is away keeps nobody waiting. What
/// cannot be handed over is returned to its sender, encrypted.
public final class Forwarder implements AutoCloseable {
    private static final long LOOKS_MILLIS = 250;
    private static final Duration ASKED = Duration.ofMinutes(10);
    private static final Duration GIVEN_UP = Duration.ofDays(3);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int AT_ONCE = 200;

    private final Network network;
    private final Authority.Issued own;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Map<String, Asked> asking = new ConcurrentHashMap<>();
    private @Nullable Thread thread;
    private volatile boolean closed;

    public Forwarder(Network network, Authority.Issued own) {
        this.network = network;
        this.own = own;
    }

    /// When a network was asked for its members last, and how often in vain.
    private record Asked(Instant at, int times) {}

    private record Waiting(long id, String message, String sender, String recipient, Instant made, int tries) {}

    public void start() {
        thread = Thread.ofVirtual().name("mail network forwarder").start(() -> {
            while (!closed) {
                try {
                    look();
                    Thread.sleep(LOOKS_MILLIS);
                } catch (InterruptedException e) {
                    return;
                } catch (IOException | RuntimeException e) {
                    // What waits is in the database, and is looked at again.
                    pause();
                }
            }
        });
    }

    private static void pause() {
        try {
            Thread.sleep(10 * LOOKS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws IOException {
        Instant now = network.clock().instant();
        List<String> domains = network.database()
                .ask(c -> HomeDatabase.rows(
                        c,
                        r -> r.getString(1),
                        "SELECT DISTINCT domain FROM queue WHERE next <= ?",
                        now.toEpochMilli()));
        for (String domain : domains) {
            once(domain, () -> hand(domain));
        }
        for (Peers.Peer peer : network.peers().all()) {
            Instant asked = peer.asked();
            Asked tried = asking.getOrDefault(peer.domain(), new Asked(Instant.EPOCH, 0));
            boolean due = asked == null || asked.isBefore(now.minus(ASKED));
            // Of two networks one federates first, and is not known to the other for a moment.
            long wait = Math.min(30, 1L << Math.min(tried.times, 5));
            if (!due) {
                asking.remove(peer.domain());
            } else if (peer.ended() == null && tried.at.isBefore(now.minusSeconds(wait))) {
                asking.put(peer.domain(), new Asked(now, tried.times + 1));
                once("members of " + peer.domain(), () -> ask(peer));
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private void once(String what, Task task) {
        if (busy.add(what)) {
            Thread.ofVirtual().name("mail network to " + what).start(() -> {
                try {
                    task.run();
                } catch (IOException | RuntimeException e) {
                    // Tried again; what was tried is noted with the mail.
                    pause();
                } finally {
                    busy.remove(what);
                }
            });
        }
    }

    private void ask(Peers.Peer peer) throws IOException {
        network.peers()
                .members(peer, Directory.ofPeer(peer, own, network.authority().certificate()));
    }

    private void hand(String domain) throws IOException {
        Instant now = network.clock().instant();
        List<Waiting> all = network.database()
                .ask(c -> HomeDatabase.rows(
                        c,
                        r -> new Waiting(
                                r.getLong("id"),
                                r.getString("message"),
                                r.getString("sender"),
                                r.getString("recipient"),
                                Instant.ofEpochMilli(r.getLong("made")),
                                r.getInt("tries")),
                        "SELECT * FROM queue WHERE domain = ? AND next <= ? ORDER BY id LIMIT ?",
                        domain,
                        now.toEpochMilli(),
                        AT_ONCE));
        Peers.Peer peer = network.peers().active(domain);
        if (peer == null) {
            for (Waiting one : all) {
                give(one, "this network is not federated with " + domain + " any more");
            }
            return;
        }
        Map<String, List<Waiting>> mails = new LinkedHashMap<>();
        all.forEach(
                w -> mails.computeIfAbsent(w.message(), m -> new ArrayList<>()).add(w));
        // What ends the connection is the mail in hand: those behind it are tried anew without it.
        List<Waiting> inHand = all;
        try (Handover handover = Handover.open(
                peer, own, network.authority().certificate(), network.settings().domain())) {
            for (List<Waiting> mail : mails.values()) {
                inHand = mail;
                Map<String, Handover.Said> said = handover.send(
                        mail.getFirst().sender(),
                        mail.stream().map(Waiting::recipient).toList(),
                        network.store().file(mail.getFirst().message()));
                for (Waiting one : mail) {
                    settle(one, said.getOrDefault(one.recipient(), new Handover.Said(0, "nothing was said")));
                }
                inHand = List.of();
            }
        } catch (IOException e) {
            for (Waiting one : inHand) {
                later(one, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            }
        }
    }

    private void settle(Waiting one, Handover.Said said) throws IOException {
        if (said.isKept()) {
            Instant now = network.clock().instant();
            network.database().alter(c -> {
                HomeDatabase.update(c, "DELETE FROM queue WHERE id = ?", one.id());
                AuditLog.add(
                        c,
                        now,
                        "mail.handed-over",
                        Map.of("mail", one.message(), "to", one.recipient(), "reply", said.text()));
            });
        } else if (said.isFinal()) {
            give(one, said.code() + " " + said.text());
        } else {
            later(one, said.code() + " " + said.text());
        }
    }

    private void later(Waiting one, String fault) throws IOException {
        Instant now = network.clock().instant();
        if (one.made().plus(GIVEN_UP).isBefore(now)) {
            give(one, fault);
            return;
        }
        Duration wait = Duration.ofSeconds(Math.min(LONGEST.toSeconds(), 2L << Math.min(one.tries() * 2, 20)));
        network.database()
                .change(c -> HomeDatabase.update(
                        c,
                        "UPDATE queue SET tries = tries + 1, next = ?, fault = ? WHERE id = ?",
                        now.plus(wait).toEpochMilli(),
                        fault,
                        one.id()));
    }

    /// Gives a mail up and tells its sender.
    private void give(Waiting one, String fault) throws IOException {
        Instant now = network.clock().instant();
        network.database().alter(c -> {
            HomeDatabase.update(c, "DELETE FROM queue WHERE id = ?", one.id());
            AuditLog.add(c, now, "mail.returned", Map.of("mail", one.message(), "to", one.recipient(), "why", fault));
        });
        Address sender = Address.of(one.sender()).orElse(null);
        if (sender != null
                && !sender.equals(network.members().system())
                && network.members().active(sender) != null) {
            OwnMail.send(
                    network,
                    List.of(sender),
                    "Not delivered: mail to " + one.recipient(),
                    "Your mail to " + one.recipient() + " could not be handed over:\n\n    " + fault + "\n\nIts id is "
                            + one.message() + ".\n");
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
